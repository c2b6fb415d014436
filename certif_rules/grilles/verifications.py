"""The sheet Vérifications of the workbook: what is checked at this audit and is no indicator, a row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Point, point_key, point_numbers
from certif_rules.blocs.typographie import clean, prose
from certif_rules.colonnes import CONSTAT, ECHEANCE, GRILLE, IDENTIFIANT, SAISIE, SITE
from certif_rules.documents.mots import cite, earlier_check, finding
from certif_rules.documents.rubriques import MOTS_RESULTATS
from certif_rules.grilles.classeur import Cellule, Feuille, cell
from certif_rules.grilles.feuilles import (
    A_DEFAUT,
    COLONNES_VERIFICATIONS,
    COMPTE_POUR,
    NUMERO,
    SOURCES,
    VERIFICATION,
    VERIFICATIONS,
    due_formula,
)

#: The name of the drop-down of their results.
RESULTATS: Final = "resultats"
#: That of the sites of the organisation, where it has several.
SITES: Final = "sites"


def _text(checklist: Checklist, point: Point) -> str:
    doubt = [] if point.certain else ["À confirmer : audit précédent à renseigner."]
    before = earlier_check(checklist, point)
    named = [f"Audit précédent : {before[0]}", *before[1:]] if before else []
    return "\n".join(map(prose, [point.texte, *doubt, *named]))


_Moteur = Callable[[Checklist, Point], str]
#: What the engine writes in the sheet, by column.
_MOTEURS: Final[Mapping[str, _Moteur]] = {
    NUMERO: lambda checklist, point: point_numbers(checklist)[point_key(point)],
    COMPTE_POUR: lambda _, point: clean(point.compte_pour),
    VERIFICATION: _text,
    A_DEFAUT: lambda checklist, point: finding(checklist, point.constat) if point.constat else "–",
    SOURCES: lambda _, point: cite(point.sources).strip("[]") or "–",
    IDENTIFIANT.titre: lambda _, point: point_key(point),
}
_LARGEURS: Final[Mapping[str, int]] = {
    NUMERO: 8,
    COMPTE_POUR: 13,
    VERIFICATION: 36,
    A_DEFAUT: 18,
    SOURCES: 12,
    **{c.titre: c.verification for c in GRILLE if c.verification is not None},
    IDENTIFIANT.titre: IDENTIFIANT.largeur,
}
_CENTREES = frozenset({NUMERO, COMPTE_POUR, A_DEFAUT, SOURCES})


def engine_cells(checklist: Checklist, point: Point) -> dict[str, str]:
    """Return what the engine writes on a row of the sheet, by column."""
    return {name: write(checklist, point) for name, write in _MOTEURS.items()}


def checks_sheet(checklist: Checklist) -> Feuille:
    """Return a row for each check; its result starts empty."""
    entete = tuple(
        Cellule(name, "entete" if name in _MOTEURS or name == ECHEANCE.titre else "entete_saisie")
        for name in COLONNES_VERIFICATIONS
    )
    rows = tuple(
        _row(checklist, point, number) for number, point in enumerate(checklist.verifications, start=2)
    )
    hidden = set() if checklist.plusieurs_sites else {SITE.titre}
    largeurs = tuple(0 if name in hidden else _LARGEURS[name] for name in COLONNES_VERIFICATIONS)
    return Feuille(
        nom=VERIFICATIONS, largeurs=largeurs, lignes=(entete, *rows), entete=True, figees=1, souples=True
    )


def _row(checklist: Checklist, point: Point, number: int) -> tuple[Cellule, ...]:
    tone = "moteur" if point.certain else "confirmer"
    failed = {MOTS_RESULTATS[NON_SATISFAITE]: point.constat} if point.constat else {}
    due = due_formula(
        checklist, point.compte_pour, cell(COLONNES_VERIFICATIONS, CONSTAT.titre, number), failed
    )
    special = {
        **{c.titre: Cellule(style="saisie_date") for c in SAISIE if c.genre == "jour"},
        CONSTAT.titre: Cellule(style="saisie_choix", liste=RESULTATS),
        SITE.titre: Cellule(style="saisie", liste=SITES if checklist.plusieurs_sites else None),
        ECHEANCE.titre: Cellule(style="date", formule=due),
    }
    for name, text in engine_cells(checklist, point).items():
        special[name] = Cellule(text, f"{tone}_centre" if name in _CENTREES else tone)
    return tuple(special.get(name, Cellule(style="saisie")) for name in COLONNES_VERIFICATIONS)
