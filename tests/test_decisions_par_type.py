"""Decisions and measures that exist at some audit types only."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from greffons import registry, seal

from certif_rules.errors import DataError, Issue
from certif_rules.services.validation import validate
from certif_rules.testing.cas import differences
from certif_rules.testing.fichier import read_cases

NOTES = Path(__file__).parent / "fictif_notes"
_, CASES = read_cases(NOTES / "etoiles.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["nom"])
def test_each_audit_has_its_decisions(case: dict[str, Any]) -> None:
    """A visit grants or refuses, a follow-up maintains, suspends or withdraws; measures differ too."""
    assert differences(case, registry(etoiles=NOTES / "etoiles")) == []


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """A copy of the référentiel whose rules were changed."""
    copy = tmp_path / "etoiles"
    shutil.copytree(NOTES / "etoiles", copy)
    path = copy / "regles" / "R1" / "contenu.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")
    seal(copy / "regles" / "R1")
    return copy


def refused(copy: Path) -> list[Issue]:
    """What is wrong in it."""
    with pytest.raises(DataError) as error:
        registry(etoiles=copy).resolve("etoiles", day="2024-01-10")
    return error.value.issues


SUITE = "\n  decisions:"
TOTAL = "    total: {somme: [{mesure: faibles}, {mesure: zeros}], titre: total, sources: [DOC]}"
PERDU = (
    "    - {code: perdu, delivrable: false, si: [{mesure: faibles, au_moins: 3}], titre: label perdu,"
    " types: [suivi], sources: [DOC]}\n"
)
CONTROLE = (
    "  - {id: controle, titre: Contrôle, perimetre: [{toutes: true, sources: [DOC]}], sinon: hors,"
    " sources: [DOC]}\n"
)
ACCORDE = "{code: accorde, delivrable: true, titre: label accordé, types: [visite], sources: [DOC]}"
MAINTENU = "    - {code: maintenu, delivrable: true, titre: label maintenu, types: [suivi], sources: [DOC]}\n"


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        # At the follow-up, the last decision left has conditions.
        (MAINTENU, "", "decision-manquante", "(type d’audit : « suivi »)"),
        # No decision at all exists at one more audit type.
        ("types_audit:\n", f"types_audit:\n{CONTROLE}", "decision-manquante", "« controle »)"),
        # At the visit too, « accordé » holds always: what is common to both types hides what follows.
        (ACCORDE, ACCORDE.replace(", types: [visite]", ""), "decision-manquante", "toujours (type"),
        # The decision of a visit reads a measure of the follow-up, and a sum reads it at both.
        (
            "{mesure: moyenne, moins_de: 2}",
            "{mesure: faibles, au_moins: 2}",
            "mesure-absente",
            "la décision « refuse » lit la mesure « faibles », qui n’existe pas (type d’audit : « visite »)",
        ),
        (
            SUITE,
            f"\n{TOTAL}{SUITE}",
            "mesure-absente",
            "la somme « total » lit la mesure « faibles », qui n’existe pas (type d’audit : « visite »)",
        ),
        ("moyenne, types: [visite]", "moyenne, types: [visites]", "type-inconnu", "« visites »"),
        # Two lines under 2 suspend already: three never do something else after that.
        (MAINTENU, PERDU + MAINTENU, "decision-inatteignable", "« perdu »"),
    ],
)  # fmt: skip
def test_a_mistake_about_types_is_told(
    tmp_path: Path, before: str, after: str, code: str, words: str
) -> None:
    """What would leave an audit without a decision, or a decision without its measure, is refused."""
    (issue,) = refused(changed(tmp_path, (before, after)))
    assert issue.code == code
    assert words in issue.message
    assert issue.location is not None
    assert issue.location.line


def test_taken_at_one_type_is_enough(tmp_path: Path) -> None:
    """A decision that another one hides at the visit only is no mistake: it is taken at the follow-up."""
    own = (
        "    - {code: arrete, delivrable: false, si: [{mesure: zeros, au_moins: 1}], titre: visite arrêtée,"
        " types: [visite], sources: [DOC]}\n"
        "    - {code: zero, delivrable: false, si: [{mesure: zeros, au_moins: 1}], titre: une ligne à 0,"
        " sources: [DOC]}\n"
    )
    copy = changed(tmp_path, ("    - code: refuse\n", own + "    - code: refuse\n"))
    # « refuse » and « suspendu » each keep a condition of their own.
    assert registry(etoiles=copy).resolve("etoiles", day="2024-01-10")


LABEL = {
    "exigence/E1/couche.yaml": """\
format: 1
referentiel: dessus
nature: exigence
id: E1
titre: Label inventé au-dessus
nom: Label inventé au-dessus
base: etoiles@N1
du: "2020-01-01"
au: null
confiance: elevee
sources: [DOC]
brouillon: true
""",
    "exigence/E1/contenu.yaml": """\
format: 1
sources:
  DOC: {titre: Document inventé, reference: Document qui n’existe pas}
ajouts:
  indicateurs:
    - code: D1
      critere: etoiles/A
      titre: Ligne D1
      exigence: Une exigence inventée.
      portee: [{toutes: true, sources: [DOC]}]
      confiance: elevee
      sources: [DOC]
""",
    "regles/R1/couche.yaml": """\
format: 1
referentiel: dessus
nature: regles
id: R1
titre: Règles inventées
pour: [E1]
du: "2020-01-01"
au: null
confiance: elevee
sources: [DOC]
brouillon: true
""",
    "regles/R1/contenu.yaml": """\
format: 1
constats_permis:
  - {{lignes: [D1], constats: [niveau_3], texte: Un niveau., sources: [DOC]}}
types_audit:
  - id: {type}
    titre: Audit
    perimetre: [{{toutes: true, motif: tout, sources: [DOC]}}]
    sinon: hors
    sources: [DOC]
""",
}


@pytest.mark.parametrize(("nom", "codes"), [("suivi", []), ("inopine", ["decision-manquante"])])
def test_a_type_that_the_judgement_below_does_not_know(tmp_path: Path, nom: str, codes: list[str]) -> None:
    """A label adds an audit type: its base would conclude nothing there, unless it knows the code."""
    for name, text in LABEL.items():
        path = tmp_path / "dessus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(type=nom) if "types_audit" in text else text, encoding="utf-8")
    validation = validate([tmp_path / "dessus", NOTES / "etoiles"], [], here=tmp_path)
    assert [issue.code for issue in validation.problemes] == codes
    for issue in validation.problemes:
        assert (issue.location and issue.location.line) == 5
