"""What is handed over of an audit: the documents that its findings give, by name, written in any process."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec import Struct

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import Dossier
from certif_rules.audit.correction import Correction
from certif_rules.audit.plan import Creneau, PlanAudit
from certif_rules.errors import Issue, IssuesError, UsageError
from certif_rules.plugins.registry import Registry
from certif_rules.services.atelier import open_atelier
from certif_rules.services.autodiagnostic import make_grid
from certif_rules.services.calendrier import Saisie, make_calendar
from certif_rules.services.conclusion import conclude_file
from certif_rules.services.constats import open_dossier, read_dossier
from certif_rules.services.ecriture import ecrire
from certif_rules.services.formats import FORMATS, write_document
from certif_rules.services.rapport import report_file
from certif_rules.source.entree import FichierDonne
from certif_rules.vie.echeancier import Echeancier

#: The formats that take long enough to be written elsewhere while people go on.
LENTS: Final = frozenset({"docx", "pdf"})
_FICHIER: Final = "constats.json"


class DocumentRemis(Struct, frozen=True, kw_only=True):
    """A document has the name of its file, a title, what it is written of (``quoi``) and its format."""

    quoi: str
    format: str
    titre: str

    @property
    def nom(self) -> str:
        """Return the name of its file."""
        suffix = FORMATS[self.format].suffix
        return f"{self.quoi}-a-remplir{suffix}" if self.se_remplit else f"{self.quoi}{suffix}"

    @property
    def se_remplit(self) -> bool:
        """Return whether it is a page that fills itself in a browser, then gives a file."""
        return self.format == "formulaire" or (self.quoi, self.format) == ("autodiagnostic", "html")

    @property
    def lente(self) -> bool:
        """Return whether it is written elsewhere, while people go on."""
        return self.format in LENTS


#: The documents by what they are of, each with its title and its formats.
_TITRES: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("rapport", "Le rapport d’audit, fiches comprises", ("html", "docx", "pdf")),
    ("fiches", "Les fiches d’écart, une par page", ("html", "docx", "pdf")),
    ("plan", "Le plan d’audit, sans l’échantillon", ("html", "docx", "pdf")),
    ("cloture", "La fiche de la réunion de clôture", ("html", "docx", "pdf")),
    ("grille", "La grille vierge, à remplir", ("html", "xlsx", "ods", "csv", "formulaire", "docx", "pdf")),
    ("releve", "La grille remplie", ("xlsx", "ods", "csv", "formulaire")),
    ("constats", "Les constats, pour tout autre programme", ("json",)),
    ("conclusion", "Ce que donnent les règles, pour tout autre programme", ("json",)),
    ("autodiagnostic", "L’autodiagnostic, à remplir par l’organisme", ("html", "csv", "docx", "pdf")),
    ("calendrier", "Les dates du cycle, pour un agenda", ("ics", "json")),
)
PIECES: Final[tuple[DocumentRemis, ...]] = tuple(
    DocumentRemis(quoi=quoi, format=form, titre=titre) for quoi, titre, forms in _TITRES for form in forms
)


def piece_named(nom: str) -> DocumentRemis | None:
    """Return the document whose file bears this name."""
    return next((piece for piece in PIECES if piece.nom == nom), None)


def written(
    constats: bytes,
    piece: DocumentRemis,
    registry: Registry | None = None,
    creneaux: tuple[Creneau, ...] = (),
) -> bytes:
    """Return a document of the audit of a findings file; the same findings give the same bytes.

    Args:
        constats: the findings file.
        piece: the document.
        registry: the rules that are installed; by default they are opened once in this process.
        creneaux: the slots of the plan, which findings do not hold.

    Raises:
        DataError, UsageError: the findings are wrong, or a library is not installed; everything is listed.
    """
    rules = registry or _rules()
    source = FichierDonne(_FICHIER, constats)
    if piece.quoi == "constats":
        return constats
    if piece.quoi in ("rapport", "fiches", "cloture"):
        return write_document(piece.quoi, FORMATS[piece.format], report_file(rules, source)[0])
    if piece.quoi == "calendrier":
        return _calendar(rules, source, piece.format)
    if piece.quoi == "conclusion":
        return ecrire(conclude_file(rules, source)[0], piece.format)
    if piece.quoi == "autodiagnostic":
        return ecrire(make_grid(rules, read_dossier(source).demande), piece.format)
    return _of_lines(*open_dossier(rules, read_dossier(source)), piece, creneaux)


def _of_lines(
    checklist: Checklist, dossier: Dossier, piece: DocumentRemis, creneaux: tuple[Creneau, ...]
) -> bytes:
    """Return the grid, blank or filled, or the plan."""
    if piece.quoi == "releve":
        carried = Correction(checklist=checklist, dossier=dossier, changements=())
        return write_document("reprise", FORMATS[piece.format], carried)
    value: Checklist | PlanAudit = checklist
    if piece.quoi == "plan":
        people = dossier.compte_rendu.personnes
        value = PlanAudit(checklist=checklist, creneaux=creneaux, personnes=people)
    return ecrire(value, piece.format)


class DocumentEcrit(Struct, frozen=True):
    """A document was written elsewhere; or it could not be, and ``fautes`` say why."""

    contenu: bytes
    fautes: tuple[Issue, ...] = ()


def written_elsewhere(
    constats: bytes, piece: DocumentRemis, creneaux: tuple[Creneau, ...] = ()
) -> DocumentEcrit:
    """Return a document, or why there is none; whoever types is served before this process."""
    _stand_back()
    try:
        return DocumentEcrit(written(constats, piece, creneaux=creneaux))
    except IssuesError as error:
        return DocumentEcrit(b"", error.issues)


def _calendar(registry: Registry, source: FichierDonne, format_: str) -> bytes:
    dossier = read_dossier(source)
    value = make_calendar(registry, dossier.demande, Saisie(), dossier)
    return ecrire(value, format_) if format_ == "json" else agenda(value)


def agenda(value: Echeancier) -> bytes:
    """Return the dates of a calendar as iCalendar.

    Raises:
        UsageError: no day at all is known.
    """
    from certif_rules.documents.calendrier import ics

    if not value.evenements:
        message = "aucune date n’est connue : il n’y a rien à mettre dans un agenda"
        raise UsageError([Issue("information-manquante", message, None, "donner le jour de l’audit")])
    return ics.render(value)


@lru_cache(maxsize=1)
def _rules() -> Registry:
    return open_atelier().registry


@lru_cache(maxsize=1)
def _stand_back() -> None:
    """Let every other process of this machine come first, once."""
    import os

    if hasattr(os, "nice"):
        os.nice(5)
