"""How findings were lifted and what follows them, as typed: the sheet Écarts, columns of a CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from msgspec import Struct

from certif_rules import colonnes
from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import A_EVALUER, Releve
from certif_rules.errors import Issue, Location
from certif_rules.grilles import grille as ecrite
from certif_rules.grilles.relecture.feuille import LectureFeuille
from certif_rules.grilles.relecture.saisie import (
    Levee,
    Rangee,
    bad_day,
    day,
    named_finding,
    site_among,
)
from certif_rules.grilles.relecture.valeurs import folded
from certif_rules.model.base import Avertissement
from certif_rules.noms import cle

#: How the fields of the follow-up of a gap begin.
_SUIVI = "ecart."
_SITE = colonnes.SITE_ECART.titre


def read_lifting(
    checklist: Checklist, texts: Mapping[str, str], place: Callable[[str], Location]
) -> tuple[Levee, list[Issue]]:
    """Return what was typed of the lifting of a finding, and each day that is none.

    ``texts`` are the cells that hold something, by column; ``place`` says where a column stands.
    """
    issues: list[Issue] = []
    typed: dict[str, str | None] = {}
    for colonne in colonnes.ECARTS:
        if not colonne.champ or colonne.titre not in texts:
            continue
        text = texts[colonne.titre]
        if colonne.genre == "constat":
            # What names no level stays as it is typed: it is refused where levels are known.
            level = named_finding(checklist, text) or folded(text)
            typed[colonne.champ] = None if level == A_EVALUER else level
        elif colonne.genre == "jour":
            typed[colonne.champ] = day(text)
            if typed[colonne.champ] is None:
                issues.append(bad_day(text, place(colonne.titre)))
        else:
            typed[colonne.champ] = text
    levee = Levee(
        suivi={c.removeprefix(_SUIVI): value or "" for c, value in typed.items() if c.startswith(_SUIVI)},
        **{c.champ: typed.get(c.champ) for c in colonnes.LEVEE},
        lieu=place,
        lieux={c.champ: place(c.titre) for c in colonnes.ECARTS if c.champ in typed and c.champ != "leve_le"},
    )
    return levee, issues


class Suivi(Struct, frozen=True, kw_only=True):
    """A suivi reads the sheet Écarts by id of line or key of check; ``par_site``, with the id of a site too.

    ``par_site`` is ``None`` where the sheet has no column for sites, and so says nothing of them.
    """

    lignes: Mapping[str, Levee]
    par_site: Mapping[tuple[str, str], Levee] | None


def read_gaps(
    table: LectureFeuille, checklist: Checklist, sites: Iterable[str] = ()
) -> tuple[Suivi, list[Issue], list[Issue | Avertissement]]:
    """Return what the sheet Écarts says, what is wrong with it, and the doubts.

    ``sites`` are those of findings that the grid was written with, beside those of the organisation.
    """
    issues, doubts = list(table.issues), list[Issue | Avertissement]()
    ids = {folded(label): identifiant for identifiant, label in ecrite.numbers(checklist).items()}
    levees: dict[tuple[str, str], Levee] = {}
    typed = [c for c in ecrite.COLONNES_ECARTS if c not in ecrite.CALCULEES_ECARTS]
    known = tuple(dict.fromkeys((*checklist.plusieurs_sites, *sites)))
    for row in table.rows:
        texts = {column: table.text(row, column) for column in typed if table.text(row, column).strip()}
        issues += [i for i in table.formulas(row) if i.location in {table.place(row, c) for c in typed}]
        doubts += table.doubtful(row, typed)
        if not texts or not table.whole(row, colonnes.INDICATEUR.titre):
            continue
        where = table.place(row, colonnes.INDICATEUR.titre)
        name = texts.get(colonnes.INDICATEUR.titre, "")
        identifiant = ids.get(folded(name))
        if identifiant is None:
            issues.append(_refused("ligne-inconnue", f"aucune ligne « {name[:40]} »", where))
            continue
        wrong: list[Issue] = []
        site = ""
        if text := texts.get(_SITE, ""):
            site = site_among(known, text, table.place(row, _SITE), wrong)
        levee, days = read_lifting(checklist, texts, partial(table.place, row))
        if (identifiant, site) in levees:
            there = f" au site {site[:40]}" if site else ""
            wrong.append(_refused("ligne-en-double", f"la ligne {name[:40]} a deux écarts{there}", where))
        elif not wrong:
            levees[identifiant, site] = levee
        issues += [*wrong, *days]
    own = {identifiant: levee for (identifiant, site), levee in levees.items() if not site}
    parts = {key: levee for key, levee in levees.items() if key[1]}
    return Suivi(lignes=own, par_site=parts if _SITE in table.columns else None), issues, doubts


def _refused(code: str, message: str, where: Location) -> Issue:
    return Issue(code, message, where, "choisir l’indicateur dans la liste")


def of_findings(
    checklist: Checklist, suivi: Suivi, rangees: Iterable[Rangee], carried: Mapping[str, Releve]
) -> tuple[Suivi, list[Issue]]:
    """Return each gap with the finding that it follows, and those that follow none.

    Args:
        checklist: the checklist, computed again.
        suivi: what the sheet Écarts says.
        rangees: the rows of findings; one made at a site is that of the gap of this site.
        carried: the findings that the grid was written with, by id of line or key of check.
    """
    own, there = dict(suivi.lignes), dict[tuple[str, str], Levee]()
    seen_at = {rangee.ligne: cle(rangee.saisie.get(_SITE, "")) for rangee in rangees}
    names = ecrite.numbers(checklist)
    issues = []
    for (identifiant, site), levee in (suivi.par_site or {}).items():
        parts = carried[identifiant].par_site if identifiant in carried else ()
        if any(part.site == site for part in parts):
            there[identifiant, site] = levee
        elif seen_at.get(identifiant) == cle(site) and identifiant not in own:
            own[identifiant] = levee
        elif seen_at.get(identifiant) == cle(site):
            message = f"la ligne {names[identifiant]} a deux écarts au site {site[:40]}"
            hint = "n’en garder qu’un : l’autre rangée, sans site, est celle du même constat"
            issues.append(Issue("ligne-en-double", message, levee.lieu(_SITE), hint))
        else:
            message = f"la ligne {names[identifiant]} n’a pas de constat au site {site[:40]} : rien à y lever"
            hint = "porter le constat à ce site, ou vider la cellule : l’écart est alors celui de la ligne"
            issues.append(Issue("levee-sans-constat", message, levee.lieu(_SITE), hint))
    return Suivi(lignes=own, par_site=None if suivi.par_site is None else there), issues
