"""What a filled workbook holds besides the cells that are read: each thing is told, where it stands.

Sheets added or copied, notes, pictures, and what is written where nothing is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from certif_rules.errors import Location
from certif_rules.francais import count
from certif_rules.grilles import feuilles as nommees
from certif_rules.grilles.classeur import LISTES
from certif_rules.grilles.relecture.feuille import LectureFeuille
from certif_rules.grilles.relecture.propres import Propres
from certif_rules.grilles.relecture.saisie import COMMENTAIRE, CONSTAT, PREUVES_VUES, TOLD, strays
from certif_rules.grilles.relecture.tableur import FeuilleLue, Feuilles, ObjetPose
from certif_rules.grilles.relecture.valeurs import folded
from certif_rules.model.base import Avertissement

#: The cell of the logo of a body.
_LOGO: Final = (1, 1)
#: What follows the place of a warning; the request of a grid that is read again has no place of its own.
_PLACE: Final = " : "


def around(feuilles: Feuilles, propres: Propres, name: str, *, same_rules: bool) -> Iterator[Avertissement]:
    """Yield what the workbook called ``name`` holds and no finding takes, beside what is our own.

    With other rules, what they wrote cannot be told from what a person did.
    """
    checklist, written = propres.checklist, propres.textes
    ours = {*written, nommees.GRILLE, nommees.ECARTS, nommees.DONNEES, LISTES}
    ours |= {nommees.VERIFICATIONS} if checklist.verifications else set()
    for sheet, feuille in feuilles.items():
        if sheet not in ours:
            yield from _added(feuille, name, sheet)
            continue
        logo = _LOGO if sheet == nommees.CONTEXTE else None
        yield from _laid((o for o in feuille.objets if o.place != logo), name, sheet)
        # A grid carries the names and columns of its dress, not the sentences that « À propos » ends with.
        if sheet == nommees.A_PROPOS and checklist.habillage is not None:
            continue
        if sheet in written and same_rules:
            yield from _typed(feuille, written[sheet], name, sheet)


def _added(feuille: FeuilleLue, name: str, sheet: str) -> Iterator[Avertissement]:
    """Yield a sheet that is not ours and holds something; a copy of one of ours is told as such."""
    filled = sum(not cell.blanche for cell in feuille.cellules.values())
    where = Location(name, 0, 0, sheet)
    held = [count(filled, "cellule remplie", "cellules remplies")] if filled else []
    held += [count(len(feuille.objets), "note ou image", "notes ou images")] if feuille.objets else []
    if not held:
        return
    for title, columns in (
        (nommees.GRILLE, nommees.COLONNES),
        (nommees.VERIFICATIONS, nommees.COLONNES_VERIFICATIONS),
    ):
        table = LectureFeuille(feuille, name, sheet, columns)
        if len(table.columns) > len(columns) // 2:
            number = sum(bool(table.text(row, CONSTAT).strip()) for row in table.rows)
            constats = count(number, "constat porté", "constats portés")
            message = (
                f"{where} : une copie de « {title} » ({constats}) ; "
                f"elle n’est pas lue, seule « {title} » l’est : y reporter ce qui doit compter"
            )
            yield Avertissement("feuille_ajoutee", message)
            return
    message = (
        f"{where} : cette feuille n’est pas de la grille ; son contenu ({', '.join(held)}) n’est pas repris "
        "dans les constats, il ne reste que dans ce fichier"
    )
    yield Avertissement("feuille_ajoutee", message)


def _laid(objets: Iterable[ObjetPose], name: str, sheet: str) -> Iterator[Avertissement]:
    """Yield the notes, pictures and drawings of a sheet, each with its cell."""
    seen: Counter[str] = Counter()
    for objet in sorted(objets, key=lambda o: o.place):
        seen[objet.nature] += 1
        if seen[objet.nature] <= TOLD:
            yield _object(objet.nature, f"{Location(name, *objet.place, sheet)} :")
    for nature, number in seen.items():
        if number > TOLD:
            yield _object(nature, f"{Location(name, 0, 0, sheet)} : {number - TOLD} fois encore,")


def _object(nature: str, where: str) -> Avertissement:
    if nature == "note":
        message = (
            f"{where} une note ou un fil de commentaires ; son texte ne va pas dans les constats, et ne "
            f"reste que dans ce fichier : le reporter dans « {COMMENTAIRE} »"
        )
        return Avertissement("note_de_cellule", message)
    what = "une image" if nature == "image" else "un dessin, un graphique ou une zone de texte"
    message = (
        f"{where} {what} ; rien n’en va dans les constats, et cela ne reste que dans ce fichier : noter une "
        f"référence dans « {PREUVES_VUES} »"
    )
    return Avertissement("image_collee", message)


def _typed(feuille: FeuilleLue, written: frozenset[str], name: str, sheet: str) -> Iterator[Avertissement]:
    """Yield what was typed on a sheet that is not filled, but for the one cell that is read."""
    unknown = [
        place
        for place, cell in feuille.cellules.items()
        if (text := folded(cell.vue.texte)) not in written
        and text.split(_PLACE, 1)[-1] not in written  # what remains of it without a place in front
        and not cell.formule
        and not cell.blanche
    ]
    label = folded(nommees.NOTIFIES)
    places = [
        (row, column)
        for row, column in sorted(unknown)
        if column != 2 or folded(feuille.text(row, 1)) != label
    ]
    yield from strays([Location(name, *place, sheet) for place in places])
