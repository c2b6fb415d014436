"""A SIREN typed in a request, against its key: nine digits, the last of which checks the others (Luhn).

Only what is certain is told. A SIREN has a right key or names nobody; the key of a SIRET has its exceptions
(the offices of La Poste), so that nothing is said of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from certif_rules.audit.demande import Demande
from certif_rules.model.base import Avertissement

_LENGTH: Final = 9


def siren_warnings(demande: Demande) -> Iterator[Avertissement]:
    """Yield that the SIREN of a request cannot be one, with its place; what is no number is left alone."""
    typed = demande.organisme.get("siren")
    digits = "".join(c for c in str(typed or "") if not c.isspace() and c not in ".-")
    if not (digits.isascii() and digits.isdigit()):
        return
    if len(digits) != _LENGTH:
        wrong = f"a {len(digits)} chiffres, un SIREN en a neuf"
    elif not has_right_key(digits):
        wrong = "a une clé fausse"
    else:
        return
    lieu = demande.lieu("organisme.siren")
    place = f"{lieu} : " if lieu is not None else ""
    message = f"{place}le SIREN « {digits[:20]} » {wrong} : le recopier de l’avis de situation"
    yield Avertissement("siren_faux", message)


def has_right_key(digits: str) -> bool:
    """Return whether the last digit checks the others: every second one doubled, the sum ends in zero."""
    doubled = (int(digit) * (1 + rank % 2) for rank, digit in enumerate(reversed(digits)))
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0
