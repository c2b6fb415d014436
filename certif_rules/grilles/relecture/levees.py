"""How findings were lifted and what follows them, as typed: the sheet Écarts, columns of a CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from certif_rules import colonnes
from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import A_EVALUER
from certif_rules.errors import Issue, Location
from certif_rules.grilles import grille as ecrite
from certif_rules.grilles.relecture.feuille import LectureFeuille
from certif_rules.grilles.relecture.saisie import Levee, bad_day, day, folded, named_finding
from certif_rules.model.base import Avertissement

#: How the fields of the follow-up of a gap begin.
_SUIVI = "ecart."


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


def read_gaps(
    table: LectureFeuille, checklist: Checklist
) -> tuple[dict[str, Levee], list[Issue], list[Issue | Avertissement]]:
    """Return what the sheet Écarts says, by id of line or key of check; what is wrong with it, the doubts."""
    issues, doubts = list(table.issues), list[Issue | Avertissement]()
    ids = {folded(label): identifiant for identifiant, label in ecrite.numbers(checklist).items()}
    levees: dict[str, Levee] = {}
    typed = [c for c in ecrite.COLONNES_ECARTS if c not in ecrite.CALCULEES_ECARTS]
    for row in table.rows:
        texts = {column: table.text(row, column) for column in typed if table.text(row, column).strip()}
        issues += [i for i in table.formulas(row) if i.location in {table.place(row, c) for c in typed}]
        doubts += table.doubtful(row, typed)
        if not texts or not table.whole(row, colonnes.INDICATEUR.titre):
            continue
        where = table.place(row, colonnes.INDICATEUR.titre)
        identifiant = ids.get(folded(texts.get(colonnes.INDICATEUR.titre, "")))
        if identifiant is None or identifiant in levees:
            code = "ligne-inconnue" if identifiant is None else "ligne-en-double"
            name = texts.get(colonnes.INDICATEUR.titre, "")[:40]
            message = f"aucune ligne « {name} »" if identifiant is None else f"la ligne {name} a deux écarts"
            issues.append(Issue(code, message, where, "choisir l’indicateur dans la liste"))
            continue
        levees[identifiant], wrong = read_lifting(checklist, texts, partial(table.place, row))
        issues += wrong
    return levees, issues, doubts
