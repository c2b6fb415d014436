"""A colleague's file joined to the audit under way, by line, site and field, with what both were made from.

Nothing raises and nothing is lost: what cannot be joined is refused, whole, with its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.compte_rendu import Version
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.correction import correct
from certif_rules.audit.reunion import Apport, join_dossiers
from certif_rules.audit.silence import kept_from
from certif_rules.audit.sites import open_conflicts
from certif_rules.echanges.constats import as_data
from certif_rules.errors import Issue, IssuesError
from certif_rules.francais import count
from certif_rules.journal.etat import VIDES
from certif_rules.journal.evenements import Endroit, Genre
from certif_rules.journal.fichier import fields_of
from certif_rules.plugins.registry import Registry
from certif_rules.services.constats import with_rules
from certif_rules.services.espace import AuditEnCours
from certif_rules.services.lecture import Lecture, different_audits, read_grids
from certif_rules.source.entree import FichierDonne

#: What the audit under way is called, beside the name of a file.
ICI = "cet audit"
#: What becomes of a field of a file: taken as it is, put together with ours, already so here, both kept.
SortDuChamp = Literal["repris", "reuni", "deja", "a_accorder"]


class ChampReuni(Struct, frozen=True, kw_only=True):
    """This is a field that a file changes: its value here, in the file, and once joined.

    ``a_accorder``: nobody chose, the field is empty and ``versions`` are the values, each with who gave it.
    """

    cle: Endroit
    sort: SortDuChamp
    ici: Any
    venu: Any
    apres: Any
    versions: tuple[Version, ...] = ()


class Reunion(Struct, frozen=True, kw_only=True):
    """This is an audit once a file is joined, each field that it changes, and why it is refused if it is.

    A file that is refused changes nothing: ``chantier`` is then the audit as it was.
    """

    chantier: AuditEnCours
    champs: tuple[ChampReuni, ...] = ()
    refus: tuple[Issue, ...] = ()

    @property
    def phrase(self) -> str:
        """Return how many fields were taken, were the same already, and are left to settle."""
        if self.refus:
            return f"fichier refusé, rien n’est changé : {count(len(self.refus), 'raison')}"
        taken, same, open_ = (
            sum(one.sort in sorts for one in self.champs)
            for sorts in (("repris", "reuni"), ("deja",), ("a_accorder",))
        )
        return (
            f"{count(taken, 'champ repris', 'champs repris')}, {same} déjà "
            f"{'identique' if same < 2 else 'identiques'}, {open_} à accorder"
        )


def join_file(
    registry: Registry, chantier: AuditEnCours, fichier: FichierDonne, base: AuditEnCours | None = None
) -> Reunion:
    """Return an audit joined with a file of the same one: findings, a filled grid, the export of a form.

    Args:
        registry: the rules that are installed.
        chantier: the audit under way.
        fichier: what the colleague gives.
        base: the audit as the file was made from it; without it, all that differs is to settle.
    """
    try:
        venu = read_grids(registry, [fichier], unfinished=True)
    except IssuesError as error:
        return Reunion(chantier=chantier, refus=error.issues)
    dossier = venu.dossier if base is None else kept_from(base.dossier, venu.dossier, venu.silence)
    start = base.dossier if base else None
    wrong = different_audits(ICI, _reading(chantier), fichier.nom, venu)
    if wrong and base is not None and not different_audits(ICI, _reading(base), fichier.nom, venu):
        # The context was corrected here since: what both say goes to the corrected one.
        demande = chantier.dossier.demande
        dossier, start = (
            correct(base.checklist, chantier.checklist, replace(each, demande=demande)).dossier
            for each in (dossier, base.dossier)
        )
    elif wrong:
        return Reunion(chantier=chantier, refus=tuple(wrong))
    name = PurePath(fichier.nom).name
    ours, theirs = Apport(nom=ICI, dossier=chantier.dossier), Apport(nom=name, dossier=dossier)
    joined = join_dossiers(chantier.checklist, ours, theirs, start)
    return Reunion(
        chantier=replace(chantier, dossier=joined),
        champs=tuple(_fields(chantier.dossier, dossier, start, joined)),
    )


def _reading(chantier: AuditEnCours) -> Lecture:
    """Return an audit as it is compared with that of a file."""
    return Lecture(checklist=chantier.checklist, dossier=with_rules(chantier.checklist, chantier.dossier))


def _fields(ici: Dossier, venu: Dossier, start: Dossier | None, joined: Dossier) -> Iterator[ChampReuni]:
    """Yield what becomes of each field that the file changes, in the order of the findings."""
    one, two, before, after = (dict(fields_of(as_data(d))) if d else {} for d in (ici, venu, start, joined))
    conflicts = dict(_conflicts(joined))
    for cle in dict.fromkeys((*two, *before, *conflicts)):
        given = two.get(cle)
        if cle in conflicts:
            sort: SortDuChamp = "a_accorder"
        elif _same(given, before.get(cle)) or _of_rules(cle):
            continue
        elif _same(given, one.get(cle)):
            sort = "deja"
        else:
            sort = "repris" if _same(after.get(cle), given) else "reuni"
        yield ChampReuni(
            cle=cle,
            sort=sort,
            ici=one.get(cle),
            venu=given,
            apres=after.get(cle),
            versions=conflicts.get(cle, ()),
        )


def _of_rules(cle: Endroit) -> bool:
    """Return whether a field is of the request, which two files of one audit share."""
    return cle.genre == "tete" and cle.champ.partition(".")[0] in {
        "referentiel", "audit", "organisme", "ajouts", "precedent", "certificats", "habillage", "textes",
    }  # fmt: skip


def _same(one: Any, two: Any) -> bool:
    """Return whether two values say the same: an empty field says nothing, however it is written."""
    empty = (*VIDES, "a_evaluer")
    return one == two or (one in empty and two in empty)


def _conflicts(dossier: Dossier) -> Iterator[tuple[Endroit, tuple[Version, ...]]]:
    """Yield the fields that are left to settle, with the values."""
    for conflict in open_conflicts(dossier):
        yield Endroit("tete", conflict.champ), conflict.valeurs
    findings: tuple[tuple[Genre, Sequence[Releve]], ...] = (
        ("ligne", dossier.releves),
        ("verification", dossier.verifications),
    )
    for genre, releves in findings:
        for whole in releves:
            for releve in (whole, *whole.par_site):
                site = "" if releve is whole else releve.site or ""
                for conflict in releve.disputes:
                    of_check = genre == "verification" and conflict.champ == "constat"
                    champ = "resultat" if of_check else conflict.champ
                    yield Endroit(genre, champ, whole.ligne, site), conflict.valeurs
