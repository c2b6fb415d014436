"""The JSON of every command is that of its published schema, whatever is asked; and the schemas refuse.

Every case of the plugins and of the made-up référentiels is run again, what its command writes being kept.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from console import Console
from depots import deposits, vie
from greffons import registry
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.demande import Demande, from_profile
from certif_rules.audit.questions import questions
from certif_rules.echanges import checklist as json_
from certif_rules.echanges.autodiagnostic import comparison, synthesis
from certif_rules.echanges.calendrier import document
from certif_rules.echanges.champs import as_bytes
from certif_rules.echanges.dossier import award_as_data, study_as_data
from certif_rules.echanges.echantillon import document as sample_document
from certif_rules.errors import IssuesError
from certif_rules.model.base import Texte
from certif_rules.services.calendrier import Saisie, make_calendar
from certif_rules.services.checklist import prepare
from certif_rules.services.echantillon import make_sample
from certif_rules.services.explication import explain
from certif_rules.services.formats import FORMATS, write_document
from certif_rules.source.conforme import schema_path
from certif_rules.source.schema import check
from certif_rules.testing.fichier import differences, read_cases
from certif_rules.vie.autodiagnostic import Synthese
from certif_rules.vie.declaration import Depot
from certif_rules.vie.dossier import study
from certif_rules.vie.echantillon import DemandeTirage
from certif_rules.vie.progression import Comparaison

ROOT = Path(__file__).resolve().parent.parent
CASES = sorted([*ROOT.glob("plugins/*/tests/cas/*.yaml"), *ROOT.glob("tests/fictif/cas/*.yaml")])
EXAMPLES = sorted((ROOT / "tests" / "exemples" / "valides").glob("sortie*.json"))


@cache
def known() -> Any:
    return registry()


def accepted(data: Any, schema: str) -> None:
    """What is written of ``data`` is what the schema describes."""
    issues = check(json.loads(as_bytes(data)), schema, schema)
    assert issues == [], "\n".join(str(issue) for issue in issues)


# ---- what is written ------------------------------------------------------------------------------------


def _of_checklist(checklist: Checklist) -> None:
    # One line of each kind: the others are written alike.
    kinds = {(li.etat, tuple(m.code for m in li.motifs)): li for li in checklist.lignes}
    for ligne in kinds.values():
        explained = explain(checklist, ligne.indicateur.id)
        accepted(json_.explanation(checklist, explained.ligne, explained.changements), "sortieexpliquer")


def _of_synthesis(synthese: Synthese) -> None:
    accepted(synthesis(synthese), "sortieautodiagnostic")
    grid = json.loads(write_document("grille", FORMATS["json"], synthese.cadre))
    accepted(grid, "sortiegrille")
    accepted(grid, "reponses")


def _of_comparison(comparaison: Comparaison) -> None:
    accepted(comparison(comparaison), "sortieprogression")


#: Where the runner of a kind of case makes its answer, and what is asked of that answer.
MADE: dict[str, dict[str, Callable[[Any], None]]] = {
    "cas": {"make_checklist": _of_checklist},
    "constats": {"document": lambda data: accepted(data, "sortieconclure")},
    "calendrier": {"document": lambda data: accepted(data, "sortiecalendrier")},
    "dossier": {"document": lambda data: accepted(data, "sortiedossier")},
    "duree": {"document": lambda data: accepted(data, "sortieduree")},
    "echantillon": {"document": lambda data: accepted(data, "sortieechantillon")},
    "autodiagnostic": {"synthesis": _of_synthesis, "compare_syntheses": _of_comparison},
}


@pytest.mark.lent
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_the_cases_get_is_described(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer of each case; a case that expects a refusal gets none."""
    seen = []

    def watched(make: Callable[..., Any], judge: Callable[[Any], None]) -> Callable[..., Any]:
        def made(*arguments: Any, **options: Any) -> Any:
            found = make(*arguments, **options)
            judge(found)
            seen.append(found)
            return found

        return made

    for name, makers in MADE.items():
        module = import_module(f"certif_rules.testing.{name}")
        for maker, judge in makers.items():
            monkeypatch.setattr(module, maker, watched(getattr(module, maker), judge))
    kind, cases = read_cases(path)
    for case in cases:
        assert differences(kind, case, known()) == []
    assert len(seen) >= sum("erreur" not in case["attendu"] for case in cases)


@pytest.mark.parametrize("nom", ["qualiopi", "certifregion", "fictif", "enseigne"])
def test_questions_are_described(nom: str) -> None:
    """For every audit type that needs no more than a date and a category, with nothing told of the facts."""
    couche = known().layers(nom, "exigence")[0]
    resolved = known().resolve(nom, day=couche.du, edition=couche.id).referentiel
    described = 0
    for type_audit in resolved.types_audit.values():
        profile = {
            "referentiel": nom,
            "audit": {"type": type_audit.code, "date": couche.du},
            "organisme": {"categories": [next(iter(resolved.categories))]},
        }
        try:
            _, contexte = prepare(known(), replace(from_profile(profile), edition=couche.id))
        except IssuesError:
            continue
        found = questions(resolved, contexte)
        accepted(json_.questions(found, resolved), "sortiequestions")
        described += bool(found)
    assert described


EVENTS = st.sampled_from(["2023-02-28", "2023-08-31", "2024-02-29", "2024-05-01", "2026-07-14"])


@settings(max_examples=25)
@given(st.data())
def test_any_calendar_is_described(data: st.DataObject) -> None:
    """Whatever is known of the cycle, in any order, with any option; or it is refused."""
    nom = data.draw(st.sampled_from(["certifregion", "enseigne", "qualiopi"]))
    asked = Demande(referentiel=nom)
    names = list(make_calendar(known(), asked, Saisie()).declares)
    given_ = data.draw(st.dictionaries(st.sampled_from(names), EVENTS, max_size=6))
    saisie = Saisie(
        evenements=tuple(f"{name}={day}" for name, day in given_.items()),
        comites=tuple(data.draw(st.lists(EVENTS, max_size=3))) if nom != "qualiopi" else (),
        report=data.draw(st.booleans()),
        au=data.draw(st.none() | EVENTS),
        territoire=data.draw(st.sampled_from([None, "La Réunion"])),
    )
    try:
        made = make_calendar(known(), asked, saisie)
    except IssuesError:
        return
    accepted(document(made), "sortiecalendrier")


@settings(max_examples=25)
@given(deposits())
def test_any_file_is_described(told_: tuple[str, Depot]) -> None:
    """Whatever is told of an application: the parts that the study makes, under the keys of the whole."""
    label, depot = told_
    rules = vie(label)
    assert rules.dossier is not None
    whole = json.loads((ROOT / "tests/exemples/valides/sortiedossier.json").read_text(encoding="utf-8"))
    studied = study_as_data(study(rules.dossier, rules.instances, depot), rules.dossier)
    accepted({**whole, **studied, **award_as_data(rules.attribution, rules.instances)}, "sortiedossier")


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def test_the_lists_are_described(call: Console, tmp_path: Path) -> None:
    """What is installed, with a plugin left out; what is wrong with files, and with none of them."""
    for arguments in (("plugins",), ("--sans-plugin", "fictif", "plugins")):
        accepted(call(*arguments, "--format", "json").json, "sortieplugins")
    accepted(call("referentiels", "--format", "json").json, "sortiereferentiels")
    wrong = tmp_path / "profil.yaml"
    wrong.write_text("format: 1\nautre: 1\norganisme: {categories: [1]}\n", encoding="utf-8")
    broken = tmp_path / "casse.yaml"
    broken.write_text("format: 1\nformat: 1\na: [\n", encoding="utf-8")
    found = call("valider", wrong, broken, "--format", "json").json
    assert found["fichiers"] == 2
    assert found["problemes"]
    accepted(found, "sortievalider")


# ---- what an answer says of its worth --------------------------------------------------------------------


def test_a_sample_says_that_its_rule_is_a_reading() -> None:
    """What a source implies without saying is marked, in a sample as elsewhere; a rule it states is not."""
    asked = DemandeTirage(objet="sites", population=["A", "B", "C"], graine="1")
    said = Demande(referentiel="qualiopi", type_audit="initial", date="2024-03-18")
    sample = make_sample(known(), said, asked)
    assert sample.regle is not None
    for reading in (True, False):
        found = sample_document(replace(sample, regle=replace(sample.regle, lecture=reading)))
        assert found["regle"].get("lecture", False) is reading
        accepted(found, "sortieechantillon")


def test_a_text_of_a_file_says_when_it_is_not_sure() -> None:
    """Its confidence stands beside it when it is not high, and only then."""
    rules = vie("enseigne")
    assert rules.dossier is not None
    step = next(iter(rules.dossier.etapes.values()))
    for confidence, expected in (("faible", {"confiance": "faible"}), ("elevee", {})):
        task = Texte(texte="À faire.", sources=("REG",), confiance=confidence)  # type: ignore[arg-type]
        steps = {**rules.dossier.etapes, step.id: replace(step, taches=(task,))}
        files = replace(rules.dossier, etapes=steps)
        (found, *_) = study_as_data(study(files, rules.instances, Depot()), files)["etapes"]
        assert found["taches"] == [{"texte": "À faire.", "citation": False, "sources": ["REG"], **expected}]


def test_conclusions_repeat_their_request(call: Console, tmp_path: Path) -> None:
    """Conclusions repeat the request of their checklist: its audit, its rules and its sources."""
    request = {
        "format": 1,
        "referentiel": "certifregion",
        "audit": {"type": "initial", "date": "2024-03-18"},
        "organisme": {"categories": ["AF"]},
    }
    (tmp_path / "profil.json").write_text(json.dumps(request), encoding="utf-8")
    checklist = call("checklist", "--profil", tmp_path / "profil.json", "--format", "json").json
    due = [line["id"] for line in checklist["lignes"] if line["etat"] == "a_auditer"]
    findings = {**request, "constats": [{"id": id_, "constat": "a_evaluer"} for id_ in due]}
    (tmp_path / "constats.json").write_text(json.dumps(findings), encoding="utf-8")
    found = call("conclure", tmp_path / "constats.json", "--format", "json").json
    accepted(found, "sortieconclure")
    assert found["audit"] == checklist["audit"]
    assert found["referentiel"]["empreinte"] == checklist["referentiel"]["empreinte"]
    natures = {key: source.get("nature") for key, source in checklist["sources"].items()}
    beside = {code for act in found["procedure"] for code in act["prevu"]["sources"]}
    cited = {key: source.get("nature") for key, source in found["sources"].items() if key not in beside}
    assert cited.items() <= natures.items()
    assert beside <= found["sources"].keys()


# ---- what is refused ------------------------------------------------------------------------------------

#: Objects whose keys are names that data give: any key may be there, by schema and path in the example.
OPEN = {
    "conclusions": "the measures of the référentiel",
    "echeances": "the days of the référentiel",
    "evenements": "events",
    "sources": "codes of sources",
    "faits": "facts",
    "categories": "codes of categories",
    "mentions": "tags of lines",
    "types_audit": "codes of audit types",
}


Way = tuple[str | int, ...]


def objects(node: Any) -> list[Way]:
    """The way to one object of each shape at each place of a document."""
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], Way] = {}
    waiting: list[tuple[Any, Way]] = [(node, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, dict):
            found.setdefault((tuple(s for s in path if isinstance(s, str)), tuple(value)), path)
            waiting += [(child, (*path, key)) for key, child in value.items()]
        elif isinstance(value, list):
            waiting += [(child, (*path, index)) for index, child in enumerate(value)]
    return list(found.values())


def short(node: Any) -> Any:
    """The document with the first and the last item of each list: the others are of the same shapes."""
    if isinstance(node, dict):
        return {key: short(child) for key, child in node.items()}
    return [short(child) for child in (*node[:1], *node[1:][-1:])] if isinstance(node, list) else node


def at(node: Any, path: Way) -> Any:
    for step in path:
        node = node[step]
    return node


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_unknown_key_is_refused_everywhere(path: Path) -> None:
    """At every depth, but where keys are names that the data give: there it must be a value of theirs."""
    whole = short(json.loads(path.read_text(encoding="utf-8")))
    for where in objects(whole):
        wrong = copy.deepcopy(whole)
        at(wrong, where)["intrus"] = ["intrus"]
        assert check(wrong, path.stem), where
        names = [step for step in where if isinstance(step, str)]
        if not names or names[-1] not in OPEN:
            assert {issue.code for issue in check(wrong, path.stem)} == {"cle-inconnue"}, where


#: Keys that may be absent of what a command writes, by schema.
OPTIONAL = {
    "sortiecalendrier": {
        "seances", "certitude", "visee", "lecture", "incoherences", "calcul", "non_ouvre", "donnee",
        "evenements_manquants", "calculee", "origine", "constat", "suivi", "accomplie", "ecart_jours",
        "occurrences", "sans_objet",
    },
    "sortielot": {"siren", "nda"},
    "sortiecomparer": {"issu_de"},
    "sortiedossier": {"confiance", "lecture", "incoherences"},
    "sortieconclure": {
        "majeures", "mineures", "majeures_equivalentes", "correction_avant", "verification_avant",
        "procedure", "prevu", "sens", "apres", "s_ecarte_de", "decisions", "regles", "confiance",
        "distinctions", "critere",
    },
}  # fmt: skip
#: What a profile may leave out is left out of an answer that repeats it; a text may say its nature.
EVERYWHERE = {"nom", "faits", "nature", "lecture", "citation", "categories"}


@pytest.mark.lent
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_missing_key_or_another_type_is_refused(path: Path) -> None:
    """Each key of each object is needed, unless it may be absent; none may be what nobody writes."""
    whole = short(json.loads(path.read_text(encoding="utf-8")))
    needed = 0
    for where in objects(whole):
        names = [step for step in where if isinstance(step, str)]
        given_names = bool(names) and names[-1] in OPEN and not isinstance(where[-1], int)
        for key in at(whole, where):
            wrong = copy.deepcopy(whole)
            at(wrong, where)[key] = {"intrus": ["intrus"]}
            assert check(wrong, path.stem), (where, key)
            if given_names or key in OPTIONAL.get(path.stem, set()) | EVERYWHERE:
                continue
            del at(wrong, where)[key]
            # A date of the calendar without the key that makes it a limit, a window… is no date.
            assert check(wrong, path.stem), (where, key)
            needed += 1
    assert needed >= 3


@pytest.mark.parametrize(
    ("schema", "where", "value"),
    [
        ("sortiecalendrier", ("dates", 0, "confiance"), "sûre"),
        ("sortiecalendrier", ("dates", 0, "au_plus_tard"), "2023-02-30"),
        ("sortiecalendrier", ("dates", 0, "sources"), ["A", "A"]),
        ("sortiecalendrier", ("seances", "seances", 0, "etat"), "peut-être"),
        ("sortiedossier", ("resultat",), "conforme"),
        ("sortiedossier", ("pieces", 0, "etat"), "perdue"),
        ("sortiedossier", ("devis", 0, "montant"), 100.5),
        ("sortiedossier", ("devis", 0, "montant"), "100,50"),
        ("sortieduree", ("jours",), 1.5),
        ("sortieduree", ("postes", 0, "jours"), "un"),
        ("sortieechantillon", ("population", "empreinte"), "sha256:abc"),
        ("sortieechantillon", ("regle", "arrondi"), "au_hasard"),
        ("sortiegrille", ("reponses", 0, "niveau"), 3),
        ("sortieautodiagnostic", ("ensemble", "pourcent"), 101),
        ("sortieautodiagnostic", ("lignes", 0, "niveau"), "conforme"),
        ("sortieprogression", ("lignes", 0, "sens"), "mieux"),
        ("sortieconclure", ("conclusions", 0, "delivrable"), "oui"),
        ("sortieconclure", ("echeances", 0, "correction_avant"), "bientôt"),
        ("sortieexpliquer", ("regles", 0, "code"), "parce_que"),
        ("sortieplugins", ("plugins", 0, "etat"), "peut-être"),
        ("sortiereferentiels", ("editions", 0, "criteres"), "3"),
        ("sortiequestions", ("questions", 0, "fait"), "Un fait"),
        ("sortievalider", ("problemes", 0, "ligne"), "4"),
    ],
)
def test_a_value_nobody_writes_is_refused(schema: str, where: Way, value: Any) -> None:
    """A word that is none of ours, a day that does not exist, a number that is not exact."""
    data = json.loads((ROOT / f"tests/exemples/valides/{schema}.json").read_text(encoding="utf-8"))
    assert check(data, schema) == []
    at(data, where[:-1])[where[-1]] = value
    assert check(data, schema), (where, value)


def test_every_output_has_its_schema_and_its_row() -> None:
    """One schema per command that writes JSON of its own, none that no command writes, all in the page."""
    written = {path.name.split(".")[0] for path in schema_path("sortie").parent.glob("sortie?*.schema.json")}
    assert written - {"sortiepieces"} == {path.stem for path in EXAMPLES}
    page = (ROOT / "docs" / "ligne-de-commande.md").read_text(encoding="utf-8")
    table = page.split("## Les réponses en JSON")[1].split("\n## ")[0]
    named = set(re.findall(r"`([a-z]+)\.schema\.json`", table))
    assert named == written - {"sortiepieces"} | {"sortie", "checklist", "reponses", "constats"}
