"""The work on a population: cut in parts, answered here or elsewhere, put down in the order of the file.

Where a part goes and who answers it are two things that this module is given. A part that was put down before
a kill is neither answered again nor lost.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from hashlib import sha256
from itertools import islice
from threading import Lock
from typing import Final

from msgspec import Struct

from certif_rules import __version__
from certif_rules.audit.demande import Demande
from certif_rules.errors import DataError, Issue
from certif_rules.plugins.hookspecs import Exporter
from certif_rules.services.atelier import Atelier, open_atelier
from certif_rules.services.destinations import Destination, Rendu, document_name
from certif_rules.services.formats import choose, write_document
from certif_rules.services.lot import Dues, Lot, lines_of, table_of
from certif_rules.services.organismes import Correspondance, Organisation
from certif_rules.services.ouvriers import Ouvriers
from certif_rules.services.parquet import parquet_of, written_by

#: Rows of a part, and organisations of a part where each has a document: a second of work, or so.
PART = 5000
PART_OF_DOCUMENTS = 20

Rangees = Sequence[Organisation | Issue]


class Chantier(Struct, frozen=True, kw_only=True):
    """A chantier tells whoever answers a part of a work what is asked of it.

    ``forme`` is a table (``jsonl``, ``csv``, ``parquet``) or, with ``documents``, a format of checklists.
    ``empreinte`` and ``version`` are those of the rules and of the program where the work was given: others
    would give another answer. ``ecartes`` are the plugins left out.
    """

    commun: Demande
    correspondance: Correspondance
    name: str
    forme: str
    documents: bool
    empreinte: str
    ecartes: tuple[str, ...] = ()
    version: str = __version__

    def key(self, digests: Iterable[str]) -> str:
        """Return what tells this work from another; ``digests`` are those of the two files it comes from."""
        asked = (self.forme, self.documents, repr(self.commun), self.empreinte, self.ecartes, self.version)
        library = written_by() if self.forme == "parquet" else ""
        return sha256(repr((asked, PART, PART_OF_DOCUMENTS, library, *digests)).encode()).hexdigest()


class Repondeur:
    """This responder answers the parts of a work by the rules of this process.

    Raises:
        UsageError: there is no such format.
        DataError: the rules here, or the program, are not those that the work was given with.
    """

    def __init__(self, lot: Lot, exporters: Iterable[Exporter], chantier: Chantier) -> None:
        if (__version__, lot.resolution.empreinte) != (chantier.version, chantier.empreinte):
            message = "un ouvrier n’a pas les mêmes règles, ou pas la même version du programme"
            hint = "y installer la même version et les mêmes greffons"
            raise DataError([Issue("regles-differentes", message, None, hint)])
        self._lot = lot
        self._documents = chantier.documents
        if self._documents:
            self._format = choose("checklist", chantier.forme, None, exporters)
        elif chantier.forme == "parquet":
            self._render = parquet_of(lot, chantier.correspondance)
        else:
            self._render = table_of(lot, chantier.correspondance) if chantier.forme == "csv" else lines_of

    def answer(self, rank: int, rangees: Rangees) -> Rendu:
        """Return what is answered of the part that stands at ``rank``."""
        rows: list[Dues] = []
        documents: list[tuple[str, bytes]] = []
        faults: list[Issue] = []
        for organisation in rangees:
            answer = [organisation] if isinstance(organisation, Issue) else self._answer(organisation)
            if isinstance(answer, list):
                faults += dict.fromkeys(answer)
            elif isinstance(answer, Dues):
                rows.append(answer)
            else:
                documents.append(answer)
        table = b"" if self._documents else self._render(rank, rows)
        return Rendu(table, tuple(documents), tuple(faults))

    def _answer(self, organisation: Organisation) -> Dues | tuple[str, bytes] | list[Issue]:
        if not self._documents:
            return self._lot.answer(organisation)
        checklist = self._lot.checklist(organisation)
        if isinstance(checklist, list):
            return checklist
        name = document_name(organisation, self._format.suffix)
        return name, write_document("checklist", self._format, checklist)


#: The work whose parts this process last answered, and who answers them: most that come are of the same.
_ICI: Final[list[tuple[Chantier, Repondeur]]] = []
_LOCK: Final = Lock()


def begin(atelier: Atelier, lot: Lot, chantier: Chantier) -> None:
    """Let this process answer the parts of a work, by what it has open already.

    Raises:
        UsageError: there is no such format.
    """
    repondeur = Repondeur(lot, atelier.plugins.exporters, chantier)
    with _LOCK:
        _ICI[:] = [(chantier, repondeur)]


def answer_part(chantier: Chantier, rank: int, rangees: Rangees) -> Rendu:
    """Return what is answered of a part in the process that it was handed to, one thread at a time."""
    with _LOCK:
        if not _ICI or _ICI[0][0] != chantier:
            atelier = open_atelier(disabled=chantier.ecartes)
            lot = Lot(atelier.registry, chantier.commun, chantier.correspondance, chantier.name)
            _ICI[:] = [(chantier, Repondeur(lot, atelier.plugins.exporters, chantier))]
        return _ICI[0][1].answer(rank, rangees)


class Avancee(Struct, frozen=True):
    """A part is put down with how many rows it has, what was wrong, and whether it was there before."""

    rangees: int
    fautes: Sequence[Issue]
    deja: bool


def work(
    chantier: Chantier, population: Iterator[Organisation | Issue], to: Destination, ouvriers: Ouvriers
) -> Iterator[Avancee]:
    """Yield each part once it is put down, then finish what they make; stopped between two, it goes on later.

    Raises:
        UsageError, DataError, OSError: what reads, answers or writes raised it.
    """
    size = PART_OF_DOCUMENTS if chantier.documents else PART
    waited: deque[tuple[int, int, Future[Rendu] | Sequence[Issue]]] = deque()
    number = 0
    while (rangees := list(islice(population, size))) or number == 0:
        faults = to.known(number)
        answer = ouvriers.submit(answer_part, chantier, number, rangees) if faults is None else faults
        waited.append((number, len(rangees), answer))
        number += 1
        while len(waited) > ouvriers.avance:
            yield _put_down(to, *waited.popleft())
    while waited:
        yield _put_down(to, *waited.popleft())
    to.finish(number)


def _put_down(to: Destination, rank: int, rangees: int, answer: Future[Rendu] | Sequence[Issue]) -> Avancee:
    if not isinstance(answer, Future):
        return Avancee(rangees, answer, deja=True)
    rendu = answer.result()
    to.add(rank, rendu)
    return Avancee(rangees, rendu.fautes, deja=False)
