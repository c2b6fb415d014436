"""What data likely do not mean: texts, periods and decisions, each rule alone."""

from __future__ import annotations

from typing import Any

import pytest

from certif_rules.construction.decisions import refuse_never_taken
from certif_rules.construction.jugement import build_jugement
from certif_rules.construction.lecteur import Lecteur
from certif_rules.construction.prose import spoilt
from certif_rules.model.referentiel import Couche
from certif_rules.plugins.choix import holes
from certif_rules.source.yaml import read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Chaque réclamation reçoit une réponse.", None),
        ("majeures, cinq mineures en valant une", None),
        ("Le référentiel « national » (V9) vaut.", None),
        ("nous nous engageons ; nous nous engageons", None),
        ("Non. Non. Non.", None),
        ("porte-clés et savoir- être", "mot-coupe"),
        ("Adaptation de la", "texte-tronque"),
        ("Liste des pièces :", "texte-tronque"),
        ("le niveau de l’", "texte-tronque"),
        ("le texte « cité s’arrête", "texte-tronque"),
        ("il faut (au moins un an", "texte-tronque"),
        ("la liste de de contrôle", "texte-double"),
        ("Le public est informé. Il répond. Le public est informé.", "texte-double"),
    ],
)
def test_a_sentence_that_a_copy_spoilt(text: str, code: str | None) -> None:
    """Cut short, a word broken, said twice; what people do write is left alone."""
    assert [issue.code for issue in spoilt(read(f'texte: "{text}"', "f"))] == ([code] if code else [])


def couche(nature: Any, code: str, du: str, au: str | None, pour: tuple[str, ...] = ()) -> Couche:
    return Couche(
        referentiel="r", nature=nature, id=code, titre=code, nom=None, admis_du=du, du=du, au=au, pour=pour,
        base=None, confiance="elevee", note=None, reconnaissance=(), lacunes=(), sources=(), revisions=(),
        emplacement=f"{nature}-{code}.yaml:1",
    )  # fmt: skip


def test_days_that_no_layer_covers() -> None:
    """Each hole is told once, with its first and last days, at the layer that leaves it."""
    editions = [
        couche("exigence", "A", "2020-01-01", "2020-12-31"),
        couche("exigence", "B", "2021-01-02", None),
    ]
    regles = [
        couche("regles", "1", "2020-02-01", "2020-06-30", ("A",)),
        couche("regles", "2", "2020-07-01", "2020-11-30", ("A",)),
        couche("regles", "3", "2021-01-02", "2021-12-31", ("B",)),
    ]
    guides = [
        couche("guide", "V1", "2020-03-01", "2020-04-01", ("A",)),
        couche("guide", "V2", "2020-04-02", None, ("A",)),
    ]
    told = [(str(hole.location).partition(":")[0], hole.message) for hole in holes(editions, regles, guides)]
    assert told == [
        ("exigence-B.yaml", "aucune couche ne vaut du 2021-01-01 au 2021-01-01 : avant l’édition B"),
        (
            "regles-1.yaml",
            "aucune couche ne vaut du 2020-01-01 au 2020-01-31 : l’édition A y est sans règles",
        ),
        (
            "regles-2.yaml",
            "aucune couche ne vaut du 2020-12-01 au 2020-12-31 : l’édition A y est sans règles",
        ),
        ("regles-3.yaml", "aucune couche ne vaut à partir du 2022-01-01 : l’édition B y est sans règles"),
    ]
    assert list(holes([couche("exigence", "A", "2020-01-01", None)], [], [])) == []


JUGEMENT = """\
mesures:
  m: {compte: [x], titre: m, sources: [S]}
  moyenne: {moyenne: ensemble, titre: moyenne, sources: [S]}
  criteres: {moyenne: par_critere, titre: criteres, sources: [S]}
decisions:
"""
BAS = "{mesure: moyenne, moins_de: 1}"


@pytest.mark.parametrize(
    ("conditions", "dead"),
    [
        (["{mesure: m, au_moins: 2}"], []),
        (["{mesure: m, au_moins: 2}", "{mesure: m, plus_de: 2}"], [1]),
        (["{mesure: m, au_moins: 2}", "{mesure: m, au_moins: 1}"], []),
        # A count is a whole number: more than 1 is at least 2; none or one is fewer than 2.
        (["{mesure: m, au_moins: 2}", "{mesure: m, plus_de: 1}"], [1]),
        (["{mesure: m, au_moins: 2}", "{mesure: m, au_plus: 1}"], [2]),
        # A mean is not: between 1 and 2 the second is taken, and a mean may have no value at all.
        (["{mesure: moyenne, au_moins: 2}", "{mesure: moyenne, plus_de: 1}"], []),
        (["{mesure: moyenne, au_moins: 2}", "{mesure: moyenne, moins_de: 2}"], []),
        ([f"{BAS}, {{mesure: moyenne, au_moins: 1, moins_de: 2}}", "{mesure: moyenne, moins_de: 2}"], [1]),
        # One criterion is enough: what holds of any holds of A; what holds of A may not of B.
        (["{mesure: criteres, moins_de: 2}", "{mesure: criteres, critere: A, moins_de: 1}"], [1]),
        (["{mesure: criteres, critere: A, moins_de: 2}", "{mesure: criteres, moins_de: 1}"], []),
        # Alive by one of its two conditions.
        (["{mesure: m, au_moins: 2}", "{mesure: m, au_moins: 3}, {mesure: moyenne, moins_de: 1}"], []),
    ],
)  # fmt: skip
def test_decisions_that_nothing_reaches(conditions: list[str], dead: list[int]) -> None:
    """Those after others that are always taken instead, by their place in the list."""
    lines = [
        f"  - {{code: d{i}, delivrable: false, si: [{si}], titre: d, sources: [S]}}"
        for i, si in enumerate(conditions)
    ]
    text = JUGEMENT + "\n".join([*lines, "  - {code: fin, delivrable: true, titre: fin, sources: [S]}"])
    node = read(text, "f")
    lecteur = Lecteur(origine="r", sans_references=True)
    refuse_never_taken(node, build_jugement(node, lecteur), lecteur)
    first = text[: text.index("  - {code: d0")].count("\n") + 1
    found = [(issue.code, issue.location.line - first) for issue in lecteur.issues if issue.location]
    assert found == [("decision-inatteignable", place) for place in dead]
