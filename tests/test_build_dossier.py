"""What a label may not say of its applications: names that nothing declares, rules that say two things."""

from __future__ import annotations

import pytest

from certif_rules.construction.candidature import build_dossier
from certif_rules.construction.lecteur import Lecteur
from certif_rules.construction.vie import build_attribution, build_instances
from certif_rules.source.yaml import read

GOOD = """\
dossier:
  voies:
    - {id: grande, titre: Grande, si: [{types: [bapteme], precedents: [bapteme]}], sources: [S]}
  questions:
    - {id: place, texte: Place, choix: [{id: oui, titre: oui, mene_a: [bapteme], sources: [S]}], sources: [S]}
  volets:
    - {id: registre, titre: Registre, si: [{types: [bapteme]}], pieces: [carnet], sources: [S]}
  pieces:
    - {id: carnet, titre: Carnet, classe: null, etape: a, si: [{voies: [grande]}], incoherences: [I], sources: [S]}
  financements:
    - {id: ville, titre: Ville, si: [{reponses: {place: [oui]}, pieces: [carnet]}], taux: "1/2", sources: [S]}
  lieux:
    - {id: jour, question: Quand, si: [{categories: [VELO]}], modes: {jour: de jour}, phrases: [{texte: Oui, mode: jour, sources: [S]}], sources: [S]}
  etapes:
    - {id: a, titre: Lire, sources: [S]}
acteurs:
  - {id: prefet, nom: le préfet, sources: [S]}
interventions:
  - {id: avis, objet: Enseigne, role: donne_avis, acteur: prefet, nature: conforme, sens: [{id: oui, titre: Oui, decisions: [pose], regles: [posable]}], sources: [S]}
  - {id: decision, objet: Enseigne, role: decide, acteur: prefet, apres: [avis], sens: [{id: pose, titre: Posée}, {id: refus, titre: Refusée}], sources: [S]}
  - {id: notification, objet: Enseigne, role: notifie, acteur: prefet, apres: [decision], sources: [S]}
  - {id: accueil, objet: Enseigne, role: recoit, acteur: prefet, sources: [S]}
attribution:
  suites: [{id: pose, titre: Pose, texte: On pose, date: jour_dit, sources: [S]}]
  remises: [{id: clou, titre: Clou, sources: [S]}]
"""  # noqa: E501


def codes(text: str) -> list[str]:
    """What is wrong in these sections, each issue with its place."""
    data = read(text, "vie/essai.yaml")
    lecteur = Lecteur(origine="essai")
    for kind, names in (
        ("source", ["S"]), ("incohérence", ["I"]), ("type d’audit", ["essai/bapteme"]),
        ("audit précédent", ["bapteme"]), ("catégorie", ["VELO"]), ("référentiel", ["essai"]),
        ("date du cycle", ["jour_dit"]), ("décision des règles", ["posable"]),
    ):  # fmt: skip
        lecteur.know(kind, names)
    build_dossier(data["dossier"], lecteur)
    build_instances(data["acteurs"], data["interventions"], lecteur)
    build_attribution(data["attribution"], lecteur)
    assert all(issue.location and issue.location.line for issue in lecteur.issues)
    return [issue.code for issue in lecteur.issues]


def test_nothing_is_wrong_here() -> None:
    """The sections that the refusals change."""
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("types: [bapteme], precedents", "types: [autre], precedents", "type-inconnu"),
        ("precedents: [bapteme]", "precedents: [autre]", "type-inconnu"),
        ("mene_a: [bapteme]", "mene_a: [autre]", "type-inconnu"),
        ("voies: [grande]", "voies: [petite]", "voie-inconnue"),
        ("place: [oui]", "place: [non]", "reponse-inconnue"),
        ("place: [oui]", "rue: [oui]", "question-inconnue"),
        ("pieces: [carnet]}],", "pieces: [carte]}],", "piece-inconnue"),
        ("pieces: [carnet], sources", "pieces: [carte], sources", "piece-inconnue"),
        ("etape: a", "etape: b", "etape-inconnue"),
        ("incoherences: [I]", "incoherences: [J]", "incoherence-inconnue"),
        ("categories: [VELO]", "categories: [MOTO]", "categorie-inconnue"),
        ("precedents: [bapteme]", "voies: [grande]", "mot-deplace"),
        ("si: [{voies: [grande]}]", "si: [{sauf: {pieces: [carnet]}}]", "mot-deplace"),
        ("texte: Place, choix", "texte: Place, champ: nom, choix", "question-sans-reponse"),
        ("pieces: [carnet], sources", "sources", "volet-vide"),
        ('taux: "1/2"', 'taux: "1/2", inconnu: on ne sait pas', "financement-sans-taux"),
        ('taux: "1/2"', 'taux: "3/2"', "taux-impossible"),
        ("mode: jour", "mode: nuit", "mode-inconnu"),
        ("acteur: prefet, nature", "acteur: ministre, nature", "acteur-inconnu"),
        ("acteur: prefet, nature", "acteur: null, nature", "acteur-manquant"),
        ("acteur: prefet, nature", "acteur: prefet, inconnu: on ne sait pas, nature", "acteur-manquant"),
        ("apres: [avis]", "apres: [avis_du_maire]", "intervention-inconnue"),
        ("apres: [avis]", "apres: [accueil]", "acte-deplace"),
        ("apres: [decision]", "apres: [avis]", "acte-deplace"),
        ("role: recoit, acteur: prefet", "role: recoit, acteur: prefet, nature: simple", "acte-deplace"),
        ("role: recoit, acteur: prefet", "role: recoit, acteur: prefet, apres: [avis]", "acte-deplace"),
        ("titre: Refusée", "titre: Refusée, decisions: [pose]", "acte-deplace"),
        ("id: refus,", "id: pose,", "identifiant-en-double"),
        ("decisions: [pose], regles", "decisions: [posee], regles", "decision-inconnue"),
        ("regles: [posable]", "regles: [pose]", "decision-inconnue"),
        ("decisions: [pose], regles", "regles", "avis-sans-decision"),
        ("nature: conforme, sens: [{id: oui, titre: Oui, decisions: [pose],",
         "sens: [{id: oui, titre: Oui,", None),
        ("date: jour_dit", "date: jour_dis", "date-du-cycle-inconnue"),
        ("remises: [", "remises: [{id: clou, titre: Clou, sources: [S]}, ", "identifiant-en-double"),
        ("titre: Clou, sources: [S]", "titre: Clou, sources: [T]", "source-inconnue"),
    ],
)  # fmt: skip
def test_each_fault_is_said_where_it_is(old: str, new: str, code: str | None) -> None:
    """One fault, one code; an opinion that binds nobody may leave its decisions unsaid."""
    assert GOOD.count(old) == 1
    assert codes(GOOD.replace(old, new)) == ([code] if code else [])


def test_a_decider_without_words_decides_in_those_of_the_judgement() -> None:
    """Where the words of the decision are not given, an opinion names the decisions of the judgement."""
    words = ", sens: [{id: pose, titre: Posée}, {id: refus, titre: Refusée}]"
    text = GOOD.replace(words, "")
    assert codes(text) == ["decision-inconnue"]
    assert codes(text.replace("decisions: [pose]", "decisions: [posable]")) == []


def test_all_faults_are_said_at_once() -> None:
    """None hides another."""
    text = GOOD.replace("etape: a", "etape: b").replace('"1/2"', '"3/2"').replace("mode: jour", "mode: nuit")
    assert sorted(codes(text)) == ["etape-inconnue", "mode-inconnu", "taux-impossible"]
