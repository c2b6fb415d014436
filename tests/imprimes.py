"""The checklist as it is printed: the bytes of a format, made the way a command makes them."""

from functools import partial

from certif_rules.audit.checklist import Checklist
from certif_rules.services.formats import FORMATS, write_document


def printed(format_: str, checklist: Checklist, *, poor: bool = False) -> bytes:
    """Return a checklist in one of our formats."""
    return write_document("checklist", FORMATS[format_], checklist, poor=poor)


html = partial(printed, "html")
md = partial(printed, "md")
table = partial(printed, "table")
