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
from certif_rules.services.formats import choose, write_document
from certif_rules.services.lot import Lot, Rangee, lines_of, table_of
from certif_rules.services.organismes import Correspondance, Organisation
from certif_rules.services.ouvriers import Ouvriers
from certif_rules.services.parquet import parquet_of, written_by
from certif_rules.services.places import Partie, Place, document_name

#: Rows of a part, and organisations of a part where each has a document: a second of work, or so.
PART = 5000
PART_OF_DOCUMENTS = 20

Rangees = Sequence[Organisation | Issue]


class Ouvrage(Struct, frozen=True, kw_only=True):
    """What is asked of a work, told to whoever answers a part of it.

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
    """Answers the parts of a work by the rules of this process.

    Raises:
        UsageError: there is no such format.
        DataError: the rules here, or the program, are not those that the work was given with.
    """

    def __init__(self, lot: Lot, exporters: Iterable[Exporter], ouvrage: Ouvrage) -> None:
        if (__version__, lot.resolution.empreinte) != (ouvrage.version, ouvrage.empreinte):
            message = "un ouvrier n’a pas les mêmes règles, ou pas la même version du programme"
            hint = "y installer la même version et les mêmes greffons"
            raise DataError([Issue("autres-regles", message, None, hint)])
        self._lot = lot
        self._documents = ouvrage.documents
        if self._documents:
            self._format = choose("checklist", ouvrage.forme, None, exporters)
        elif ouvrage.forme == "parquet":
            self._render = parquet_of(lot, ouvrage.correspondance)
        else:
            self._render = table_of(lot, ouvrage.correspondance) if ouvrage.forme == "csv" else lines_of

    def answer(self, rank: int, rangees: Rangees) -> Partie:
        """Return what is answered of the part that stands at ``rank``."""
        rows: list[Rangee] = []
        documents: list[tuple[str, bytes]] = []
        faults: list[Issue] = []
        for organisation in rangees:
            answer = [organisation] if isinstance(organisation, Issue) else self._answer(organisation)
            if isinstance(answer, list):
                faults += dict.fromkeys(answer)
            elif isinstance(answer, Rangee):
                rows.append(answer)
            else:
                documents.append(answer)
        table = b"" if self._documents else self._render(rank, rows)
        return Partie(table, tuple(documents), tuple(faults))

    def _answer(self, organisation: Organisation) -> Rangee | tuple[str, bytes] | list[Issue]:
        if not self._documents:
            return self._lot.answer(organisation)
        checklist = self._lot.checklist(organisation)
        if isinstance(checklist, list):
            return checklist
        name = document_name(organisation, self._format.suffix)
        return name, write_document("checklist", self._format, checklist)


#: The one who answers in this process, and the key of the work: most parts that come are of the same.
_ICI: Final[dict[str, Repondeur]] = {}
_LOCK: Final = Lock()


def begin(atelier: Atelier, lot: Lot, ouvrage: Ouvrage, digests: Iterable[str]) -> str:
    """Return the key of a work, once this process can answer its parts.

    Raises:
        UsageError: there is no such format.
    """
    cle = ouvrage.key(digests)
    with _LOCK:
        _ICI.clear()
        _ICI[cle] = Repondeur(lot, atelier.plugins.exporters, ouvrage)
    return cle


def answer_part(cle: str, ouvrage: Ouvrage, rank: int, rangees: Rangees) -> Partie:
    """Return what is answered of a part in the process that it was handed to, one thread at a time."""
    with _LOCK:
        if cle not in _ICI:
            atelier = open_atelier(disabled=ouvrage.ecartes)
            lot = Lot(atelier.registry, ouvrage.commun, ouvrage.correspondance, ouvrage.name)
            _ICI.clear()
            _ICI[cle] = Repondeur(lot, atelier.plugins.exporters, ouvrage)
        return _ICI[cle].answer(rank, rangees)


class Etape(Struct, frozen=True):
    """A part that is put down: how many rows it has, what was wrong, and whether it was there before."""

    rangees: int
    fautes: Sequence[Issue]
    deja: bool


def work(
    ouvrage: Ouvrage, cle: str, population: Iterator[Organisation | Issue], place: Place, ouvriers: Ouvriers
) -> Iterator[Etape]:
    """Yield each part once it is put down, then finish what they make; stopped between two, it goes on later.

    Raises:
        UsageError, DataError, OSError: what reads, answers or writes raised it.
    """
    size = PART_OF_DOCUMENTS if ouvrage.documents else PART
    waited: deque[tuple[int, int, Future[Partie] | Sequence[Issue]]] = deque()
    number = 0
    while (rangees := list(islice(population, size))) or number == 0:
        faults = place.known(number)
        answer = ouvriers.submit(answer_part, cle, ouvrage, number, rangees) if faults is None else faults
        waited.append((number, len(rangees), answer))
        number += 1
        while len(waited) > ouvriers.avance:
            yield _put_down(place, *waited.popleft())
    while waited:
        yield _put_down(place, *waited.popleft())
    place.finish(number)


def _put_down(place: Place, rank: int, rangees: int, answer: Future[Partie] | Sequence[Issue]) -> Etape:
    if not isinstance(answer, Future):
        return Etape(rangees, answer, deja=True)
    partie = answer.result()
    place.add(rank, partie)
    return Etape(rangees, partie.fautes, deja=False)
