"""The sheet Vérifications of the workbook: what is checked at this audit and is no indicator, a row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Point, point_key, point_numbers
from certif_rules.blocs.typographie import clean, prose
from certif_rules.documents.mots import cite, finding
from certif_rules.documents.rubriques import MOTS_RESULTATS
from certif_rules.grilles.classeur import Cellule, Feuille
from certif_rules.grilles.feuilles import CHECK_RESULT, VERIFICATIONS, due_formula

#: The name of the drop-down of their results.
RESULTATS: Final = "resultats"


def _text(point: Point) -> str:
    doubt = [] if point.certain else ["À confirmer : audit précédent à renseigner."]
    return "\n".join(map(prose, [point.texte, *doubt]))


def _failing(checklist: Checklist, point: Point) -> str:
    return finding(checklist, point.constat) if point.constat else "–"


_Moteur = Callable[[Checklist, Point], str]
#: Columns of the sheet: what the engine writes, or ``None`` for what the auditor fills, and the width.
COLONNES: Final[Mapping[str, tuple[_Moteur | None, int]]] = {
    "N°": (lambda checklist, point: point_numbers(checklist)[point_key(point)], 8),
    "Compte pour": (lambda _, point: clean(point.compte_pour), 13),
    "Vérification": (lambda _, point: _text(point), 44),
    "À défaut": (_failing, 18),
    "Sources": (lambda _, point: cite(point.sources).strip("[]") or "–", 12),
    "Constat": (None, 16),
    "Preuves vues": (None, 24),
    "Commentaire": (None, 32),
    "Échéance de traitement": (None, 12),
    "Évalué par": (None, 10),
    "Évalué le": (None, 12),
    "Identifiant": (lambda _, point: point_key(point), 0),
}
_CENTREES = frozenset({"N°", "Compte pour", "À défaut", "Sources"})


def engine_cells(checklist: Checklist, point: Point) -> dict[str, str]:
    """What the engine writes on a row of the sheet, by column."""
    return {name: write(checklist, point) for name, (write, _) in COLONNES.items() if write}


def checks_sheet(checklist: Checklist) -> Feuille:
    """A row for each check; its result starts empty."""
    entete = tuple(
        Cellule(name, "entete" if write or name == "Échéance de traitement" else "entete_saisie")
        for name, (write, _) in COLONNES.items()
    )
    rows = tuple(
        _row(checklist, point, number) for number, point in enumerate(checklist.verifications, start=2)
    )
    largeurs = tuple(largeur for _, largeur in COLONNES.values())
    return Feuille(nom=VERIFICATIONS, largeurs=largeurs, lignes=(entete, *rows), entete=True, figees=1)


def _row(checklist: Checklist, point: Point, number: int) -> tuple[Cellule, ...]:
    tone = "moteur" if point.certain else "confirmer"
    failed = {MOTS_RESULTATS[NON_SATISFAITE]: point.constat} if point.constat else {}
    due = due_formula(checklist, point.compte_pour, f"${CHECK_RESULT}{number}", failed)
    special = {
        "Constat": Cellule(style="saisie_choix", liste=RESULTATS),
        "Évalué le": Cellule(style="saisie_date"),
        "Échéance de traitement": Cellule(style="date", formule=due),
    }
    for name, text in engine_cells(checklist, point).items():
        special[name] = Cellule(text, f"{tone}_centre" if name in _CENTREES else tone)
    return tuple(special.get(name, Cellule(style="saisie")) for name in COLONNES)
