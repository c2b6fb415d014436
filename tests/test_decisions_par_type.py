"""Decisions and measures that exist at some audit types only, and what is decided beside the label."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from greffons import registry, seal

from certif_rules.audit.editions import compare_editions
from certif_rules.errors import DataError, Issue
from certif_rules.model.referentiel import Referentiel
from certif_rules.plugins.empreinte import digest
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
    return copy


def resolved(copy: Path) -> Referentiel:
    """It, sealed and read."""
    seal(copy / "regles" / "R1")
    return registry(etoiles=copy).resolve("etoiles", day="2024-01-10").referentiel


def refused(copy: Path) -> list[Issue]:
    """What is wrong in it."""
    with pytest.raises(DataError) as error:
        resolved(copy)
    return [issue for issue in error.value.issues if issue.code != "empreinte-inconnue"]


SUITE = "\n  decisions:\n    - code: refuse"
TOTAL = "    total: {somme: [{mesure: faibles}, {mesure: zeros}], titre: total, sources: [DOC]}"
PERDU = (
    "    - {code: perdu, delivrable: false, si: [{mesure: faibles, au_moins: 3}], titre: label perdu,"
    " types: [suivi, contre_visite], sources: [DOC]}\n"
)
CONTROLE = (
    "  - {id: controle, titre: Contrôle, perimetre: [{toutes: true, sources: [DOC]}], sinon: hors,"
    " sources: [DOC]}\n"
)
ACCORDE = "{code: accorde, delivrable: true, titre: label accordé, types: [visite], sources: [DOC]}"
MAINTENU = (
    "    - {code: maintenu, delivrable: true, titre: label maintenu, types: [suivi, contre_visite],"
    " sources: [DOC]}\n"
)
SI = "delivrable: true, si: [{mesure: zeros, au_plus: 2}]"


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        # At the follow-up, the last decision left has conditions.
        (
            MAINTENU,
            MAINTENU.replace("delivrable: true", SI),
            "decision-manquante",
            "(types d’audit : « contre_visite », « suivi »)",
        ),
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
        ("sous 2, types: [suivi,", "sous 2, types: [suivis,", "type-inconnu", "« suivis »"),
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


PRESQUE = (
    '        - {code: presque, titre: presque trois étoiles, si: [{mesure: moyenne, au_moins: "2.75"}],'
    " sources: [DOC]}\n"
)
BRILLANT = (
    '    - {code: brillant, delivrable: true, si: [{mesure: moyenne, au_moins: "2.75"}], types: [visite],'
    " titre: label brillant, sources: [DOC]}\n"
)
SAUVE = (
    '        - {code: sauve, titre: sauvée, si: [{mesure: par_domaine, critere: A, au_moins: "2.75"}],'
    " sources: [DOC]}\n"
)
ZERO = "        - {code: zero, titre: zéro étoile, si: [{mesure: moyenne, moins_de: 2}], sources: [DOC]}\n"
UNE = "        - {code: une,"
TROIS = "        - {code: trois,"
SANS = "        - {code: sans, titre: sans étoile, sources: [DOC]}\n"


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("si_decision: [accorde]", "si_decision: [accordes]", "decision-inconnue", "« accordes »"),
        (SANS, "", "decision-manquante", "aucune décision ne vaut"),
        # No measure by criterion: each domain would have the same star.
        ("{mesure: par_domaine, au_moins", "{mesure: moyenne, au_moins", "mot-deplace", "« domaines »"),
        ("code: sans,", "code: sans_objet,", "forme-inattendue", "« sans_objet »"),
        ("code: sans,", "code: sans, delivrable: false,", "cle-inconnue", "« delivrable »"),
        ("{mesure: par_domaine, au_moins", "{mesure: domaine, au_moins", "mesure-inconnue", "« domaine »"),
        # The mean is 3 at the most.
        ("mesure: moyenne, au_moins: 3", "mesure: moyenne, au_moins: 4", "seuil-hors-portee", "jamais"),
        # A mean of 5/2 gives two stars: one of 2.75 never gives something else after that.
        (UNE, PRESQUE + UNE, "decision-inatteignable", "« presque »"),
        # Under 2 the visit refuses: stars that are granted with the label never are none.
        (
            f"si_decision: [accorde, maintenu]\n      decisions:\n{TROIS}",
            f"si_decision: [accorde]\n      decisions:\n{ZERO}{TROIS}",
            "decision-inatteignable",
            "« zero »",
        ),
        # No decision of the label that stars ask for exists at the only type where there are some.
        ("si_decision: [accorde]", "si_decision: [maintenu]", "decision-inatteignable", "« oui »"),
    ],
)  # fmt: skip
def test_a_mistake_beside_the_label_is_told(
    tmp_path: Path, before: str, after: str, code: str, words: str
) -> None:
    """What is decided beside the label is checked as its decisions are, and with them."""
    issues = refused(changed(tmp_path, (before, after)))
    assert {issue.code for issue in issues} == {code}
    assert words in issues[0].message
    assert all(issue.location and issue.location.line for issue in issues)


def test_no_star_is_reached_where_the_label_does_not_refuse(tmp_path: Path) -> None:
    """Stars of the follow-up too: a mean under 2 maintains the label there, and gives none."""
    copy = changed(tmp_path, (TROIS, ZERO + TROIS))
    assert resolved(copy)


def test_what_grants_by_one_decision_is_reached(tmp_path: Path) -> None:
    """A label granted with honours from 2.75 on: the praise that asks for as much goes with these."""
    copy = changed(
        tmp_path,
        ("    - code: refuse\n", f"{BRILLANT}    - code: refuse\n"),
        ("si_decision: [accorde]", "si_decision: [accorde, brillant]"),
        ("si: [{mesure: par_domaine, critere: B, au_moins: 3}]", 'si: [{mesure: moyenne, au_moins: "2.75"}]'),
    )
    assert resolved(copy)


def test_the_mean_of_another_domain_is_another_number(tmp_path: Path) -> None:
    """Under 2.5 itself, a domain is without star, or saved by domain A at 2.75: neither hides the other."""
    assert resolved(changed(tmp_path, (SANS, SAUVE + SANS)))


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
    assert resolved(copy)


def test_another_star_is_another_judgement(tmp_path: Path) -> None:
    """Stars at another threshold: the digest is another one, and comparing editions says so."""
    before = resolved(changed(tmp_path / "a"))
    after = resolved(
        changed(tmp_path / "b", ("mesure: moyenne, au_moins: 3", 'mesure: moyenne, au_moins: "2.75"'))
    )
    assert digest(before) != digest(after)
    (mutation,) = compare_editions(before, after, ("", "")).mutations
    assert (mutation.sorte, mutation.id, mutation.sens) == ("jugement", "etoiles", "changee")


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
