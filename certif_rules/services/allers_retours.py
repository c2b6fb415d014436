"""What a plugin loses when its files or its findings are written and read again: each loss at its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from msgspec.structs import replace

from certif_rules.audit.checklist import NON_SATISFAITE
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.correction import DUS, Correction
from certif_rules.audit.recevabilite import lacks_text
from certif_rules.echanges.constats import write_dossier
from certif_rules.errors import DataError, Issue, IssuesError, from_emplacement
from certif_rules.plugins.couche import HEADER
from certif_rules.plugins.registry import Registry
from certif_rules.plugins.revision import with_next
from certif_rules.services.conformite import Audit, Greffon, audits
from certif_rules.services.constats import with_rules
from certif_rules.services.formats import FORMATS, write_document
from certif_rules.services.lecture import read_grids
from certif_rules.source.retouche import MisplacedError, Retouche
from certif_rules.source.yaml import PlacedDict, PlacedList, place, read_bytes

#: What is typed beside each finding, with what spreadsheets and CSV treat apart.
_ESSAI: Final = "Écrit pour l’essai ; « à relire », sans formule"
_APPUI: Final = "document d’essai, page 1"
_CONSEIL: Final = (
    "deux constats de même titre, ou deux lignes de même numéro, ne se distinguent pas à la relecture"
)
#: Most problems of one file that are told.
_TOLD: Final = 3
_JOUR, _RAISON = "2000-01-01", "Essai de la révision suivante"


# ---- files ------------------------------------------------------------------------------------------------


def closed(greffon: Greffon) -> Iterator[Issue]:
    """Yield the lists of layers that take no further item, all that stands around it staying as it is.

    A header must take its next revision, and any other list of things what a program adds to it.
    """
    for couche in greffon.couches:
        en_tete = greffon.registry.header(couche)
        try:
            with_next(en_tete, jour=_JOUR, raison=_RAISON)
        except DataError as error:
            yield from error.issues
        for path in sorted(en_tete.dossier.rglob("*.yaml")):
            if path.name != HEADER:
                try:
                    yield from _closed(path.read_bytes(), en_tete.name_of(path))
                except DataError as error:
                    yield from error.issues


def _closed(content: bytes, name: str) -> Iterator[Issue]:
    """Yield the lists of a file to which nothing can be added."""
    data = read_bytes(content, name)
    for key, items in data.items():
        if not (isinstance(items, PlacedList) and items and isinstance(items[-1], PlacedDict)):
            continue
        retouche = Retouche(content, name)
        try:
            retouche.append(retouche.data, key, {"essai": _ESSAI})
            retouche.result({**data, key: [*items, {"essai": _ESSAI}]})
        except MisplacedError:
            message = f"« {key} » est écrit de telle façon que rien ne peut s’y ajouter sans le récrire"
            yield Issue("aller-retour", message, place(data, key), "un tiret par élément, sur sa ligne")


# ---- findings and grids -----------------------------------------------------------------------------------


def lost(greffon: Greffon) -> Iterator[Issue]:
    """Yield the findings that come back otherwise from a file or from a grid, at an audit of each type.

    Every line due has one of the findings that it may receive, in turn, and a comment; so has every check.
    Workbooks take long: an edition is put through one, at its last type.
    """
    of_edition = {(a.demande.referentiel, a.demande.edition): a for a in audits(greffon, last=True)}
    with TemporaryDirectory() as folder:
        for audit in audits(greffon, last=True):
            book = audit.demande in [other.demande for other in of_edition.values()]
            for suffix in (".json", ".csv", ".xlsx") if book else (".json", ".csv"):
                yield from _lost(greffon.registry, audit, Path(folder) / f"constats{suffix}")


def _lost(registry: Registry, audit: Audit, path: Path) -> Iterator[Issue]:
    """Yield what one audit loses in one file."""
    before = _filled(audit)
    if path.suffix == ".json":
        path.write_bytes(write_dossier(before))
    else:
        correction = Correction(checklist=audit.checklist, dossier=before, changements=())
        path.write_bytes(write_document("reprise", FORMATS[path.suffix.removeprefix(".")], correction))
    try:
        after = read_grids(registry, [path]).dossier
    except IssuesError as error:
        words = " ; ".join(issue.message for issue in error.issues[:_TOLD])
    else:
        written, read = (
            {r.ligne: _bare(r) for r in (*dossier.releves, *dossier.verifications)}
            for dossier in (before, after)
        )
        other = [ligne for ligne, releve in written.items() if read.get(ligne) != releve]
        words = f"reviennent autrement : {', '.join(other)}" if other else ""
    if words:
        referentiel, code = audit.checklist.referentiel, audit.type_audit.code
        form = path.suffix.removeprefix(".").upper()
        message = f"{referentiel.id}@{referentiel.edition}, audit « {code} », constats en {form} : {words}"
        yield Issue("aller-retour", message, from_emplacement(audit.type_audit.emplacement), _CONSEIL)


def _filled(audit: Audit) -> Dossier:
    """Return findings for every line due of an audit, and for its checks."""
    checklist = audit.checklist
    due = [li for li in checklist.lignes if li.etat in DUS and li.constats_permis]
    releves = [
        Releve(ligne=li.indicateur.id, constat=li.constats_permis[rank % len(li.constats_permis)],
               commentaire=_ESSAI, appui=_APPUI if lacks_text(li) else None)
        for rank, li in enumerate(due)
    ]  # fmt: skip
    checks = [
        Releve(ligne=point.id, constat=NON_SATISFAITE, commentaire=_ESSAI)
        for point in checklist.verifications
    ]
    dossier = Dossier(demande=audit.demande, releves=tuple(releves), verifications=tuple(checks))
    return with_rules(checklist, dossier)


def _bare(releve: Releve) -> Releve:
    """Return a finding without the places where it was read."""
    return replace(releve, lieu=None, lieux={})
