"""What a grid was written with: findings that were carried to it, and what its cells do not hold of them.

A cell that nobody changed gives back the value it was written from; one that was changed or emptied says
what a person says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, point_key
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.demande import Demande
from certif_rules.audit.recevabilite import check_findings
from certif_rules.audit.silence import Silence
from certif_rules.colonnes import CONSTAT, INDICATEUR, LEVEE, SAISIE, SUITE
from certif_rules.documents import emetteur
from certif_rules.errors import Issue, Location
from certif_rules.grilles.classeur import fitted
from certif_rules.grilles.relecture.saisie import Levee, Lu, cell_of_lifting, values_of
from certif_rules.grilles.reprise import has_cell, typed, without_cell


def with_carried(checklist: Checklist, dossier: Dossier, lu: Lu, *, suite: bool) -> Lu:
    """Return what a grid says with what was carried beside its cells.

    Args:
        checklist: the checklist, computed again.
        dossier: what stands beside the request of the grid.
        lu: what its cells say.
        suite: it has a sheet for what follows a gap, and a cell for its notification.
    """
    beyond = frozenset(without_cell(checklist, suite=suite))
    silence = Silence(
        lignes=lu.silence.lignes | beyond,
        verifications=lu.silence.verifications | beyond,
        dossier=_ENSEMBLE if suite else _ENSEMBLE | {"notifie_le"},
    )
    texts = typed(checklist, dossier)
    lines = {ligne.indicateur.id: ligne.indicateur.id for ligne in checklist.lignes}
    checks = {point.id: point_key(point) for point in checklist.verifications}
    grille = _Grille(checklist, texts, silence)
    followed = _followed(
        lu,
        _merged(grille, dossier.releves, lu.releves, lines),
        _merged(grille, dossier.verifications, lu.verifications, checks, check=True),
        checks,
    )
    notified = lu.notifie_le if suite else dossier.notifie_le
    whole = replace(followed, silence=silence, notifie_le=notified)
    whole = replace(whole, issues=(*lu.issues, *_impossible(checklist, whole, checks)))
    return _explained(checklist, whole) if dossier.releves or dossier.verifications else whole


def _explained(checklist: Checklist, lu: Lu) -> Lu:
    """Return the same, less the comments that a cell lacks and that stand beside: at a site, or disputed."""
    merged = Dossier(demande=Demande(), releves=lu.releves, verifications=lu.verifications)
    lacking = {issue.message for issue in check_findings(checklist, merged) if issue.code == _SANS_RAISON}
    issues = (i for i in lu.issues if i.code != _SANS_RAISON or i.message in lacking)
    return replace(lu, issues=tuple(issues))


#: What is wrong with a finding that needs a reason.
_SANS_RAISON = "commentaire-manquant"


def _followed(
    lu: Lu, releves: Sequence[Releve], verifications: Sequence[Releve], checks: Mapping[str, str]
) -> Lu:
    """Return these findings, each part of them as the rows of its site say that it was lifted."""
    return replace(
        lu,
        releves=tuple(_lifted(lu, one, one.ligne, lu.silence.lignes) for one in releves),
        verifications=tuple(
            _lifted(lu, one, checks[one.ligne], lu.silence.verifications) for one in verifications
        ),
    )


def _lifted(lu: Lu, releve: Releve, key: str, silent: frozenset[str]) -> Releve:
    """Return a finding whose parts are lifted as their rows say; untouched where nothing says of sites."""
    there = lu.par_site
    if there is None or not releve.par_site:
        return releve
    parts = (_part(part, there.get((key, part.site or "")), silent) for part in releve.par_site)
    return replace(releve, par_site=tuple(parts))


def _part(part: Releve, levee: Levee | None, silent: frozenset[str]) -> Releve:
    """Return the finding of a site with what its row says; without a row, nothing follows it."""
    fields = [colonne.champ for colonne in LEVEE if colonne.champ not in silent]
    values = {champ: getattr(levee, champ, None) for champ in fields}
    if "leve_par" in values and part.leve_par is not None and values["leve_par"] == fitted(part.leve_par):
        values["leve_par"] = part.leve_par
    suivi = levee.suivi if levee else {}
    # A text that no cell holds whole is given back by the cell that nobody changed.
    same = {cle: texte for cle, texte in part.ecart.items() if suivi.get(cle) == fitted(texte)}
    beyond = {cle: texte for cle, texte in part.ecart.items() if f"ecart.{cle}" not in _SUIVIS}
    where = {"lieu": levee.lieu(INDICATEUR.titre), "lieux": {**part.lieux, **levee.lieux}} if levee else {}
    return replace(part, **values, ecart={**beyond, **suivi, **same}, **where)


def _impossible(checklist: Checklist, lu: Lu, checks: Mapping[str, str]) -> list[Issue]:
    """Return what cannot be in the lifting of the findings of a site, each at its cell."""
    rows: dict[Location | None, Levee] = {}
    levels: set[Location | None] = set()
    for releve in (*lu.releves, *lu.verifications):
        for part in releve.par_site:
            levee = (lu.par_site or {}).get((checks.get(releve.ligne, releve.ligne), part.site or ""))
            if levee is not None:
                rows[part.lieu] = levee
                levels |= {levee.lieux.get("leve_constat")} - {None}
    dossier = Dossier(
        demande=Demande(),
        releves=lu.releves,
        verifications=lu.verifications,
        notifie_le=lu.notifie_le,
    )
    return [
        i
        if i.location in levels
        else Issue(
            i.code, i.message, cell_of_lifting(i.code, rows[i.location]) or i.location, i.hint, i.related
        )
        for i in (check_findings(checklist, dossier) if rows else ())
        if i.location in levels or (i.location in rows and i.code != _SANS_RAISON)
    ]


#: What follows a gap, in the cells of its sheet.
_SUIVIS = frozenset(colonne.champ for colonne in SUITE)
#: What no cell of a grid says of the file as a whole.
_ENSEMBLE = frozenset({"compte_rendu", "a_accorder", "a_revoir"})


class _Grille(Struct, frozen=True):
    """A grid gives its checklist, what was typed in it for people, and what it has no place for."""

    checklist: Checklist
    texts: Mapping[str, Mapping[str, str]]
    silence: Silence


def _merged(
    grille: _Grille, carried: Sequence[Releve], read: Sequence[Releve], keys: Mapping[str, str], *,
    check: bool = False,
) -> tuple[Releve, ...]:  # fmt: skip
    """Return the findings in the order of the grid; ``keys`` give the row of each."""
    before = {releve.ligne: releve for releve in carried}
    now = {releve.ligne: releve for releve in read}
    merged = []
    for ligne, key in keys.items():
        releve, other = now.get(ligne), before.get(ligne)
        if other is not None:
            texts = grille.texts[key]
            merged.append(_whole(grille, releve or Releve(ligne=ligne), other, texts, check=check))
        elif releve is not None:
            merged.append(releve)
    return tuple(merged)


def _whole(
    grille: _Grille, releve: Releve, other: Releve, texts: Mapping[str, str], *, check: bool
) -> Releve:
    """Return a finding as its cells say it, with what none of them holds of the one it was written from."""
    written = values_of(grille.checklist, texts)
    fields = [c for c in SAISIE if c is not CONSTAT]
    same = {
        colonne.champ
        for colonne in fields
        if not has_cell(grille.checklist, colonne, check=check)
        or getattr(releve, colonne.champ) == written.get(colonne.champ)
    }
    same |= grille.silence.verifications if check else grille.silence.lignes
    columns = {} if check else emetteur.columns(grille.checklist)
    beyond = {cle: texte for cle, texte in other.complements.items() if cle not in columns}
    values = {champ: getattr(other, champ) for champ in same}
    return replace(releve, **values, complements={**beyond, **releve.complements})
