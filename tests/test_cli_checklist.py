"""``checklist``: what is asked, what is refused, and the documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from console import AUDIT, PROFIL, Console, process

from certif_rules.services.atelier import open_atelier
from certif_rules.services.catalogue import describe
from certif_rules.services.formats import BUILTIN
from certif_rules.source.schema import check


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def facts(call: Console, *options: str) -> Any:
    """The facts of the organisation, as the JSON document gives them."""
    reponse = call("checklist", *AUDIT, "--format", "json", *options)
    assert reponse.status == 0, reponse.err
    return reponse.json["organisme"]["faits"]


# ---- what is missing, unknown or contradictory ----------------------------------------------------------


def test_everything_missing_is_asked_at_once(call: Console) -> None:
    """A checklist asks by name, in one message, for all it cannot do without."""
    reponse = call("checklist")
    assert (reponse.status, reponse.out, reponse.codes) == (2, b"", ["information-manquante"])
    for name in ("référentiel", "--type", "--date", "--categorie", "--profil"):
        assert name in reponse.err


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (("qualiopi", "--type", "initial", "--date", "2024-03-18"), "catégorie"),
        (("qualiopi", "--type", "initial", "--categorie", "AF"), "date"),
        (("qualiopi", "--date", "2024-03-18", "--categorie", "AF"), "type"),
        (("--type", "initial", "--date", "2024-03-18", "--categorie", "AF"), "référentiel"),
    ],
)
def test_only_what_is_missing_is_asked(call: Console, given: tuple[str, ...], missing: str) -> None:
    """The message names the one thing that is missing, and no other."""
    reponse = call("checklist", *given)
    assert reponse.status == 2
    named = reponse.err.partition("il manque ")[2].partition("\n")[0]
    assert missing in named
    assert "," not in named


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({0: "qualiopy"}, "referentiel-inconnu", "vouliez-vous dire « qualiopi » ?"),
        ({0: "qualiopi@2020"}, "edition-introuvable", "éditions : 2019, 2026"),
        ({2: "initiale"}, "type-inconnu", "vouliez-vous dire « initial » ?"),
        ({4: "2024-03-18T10:00"}, "date-invalide", "AAAA-MM-JJ, sans heure"),
        ({4: "18/03/2024"}, "date-invalide", "AAAA-MM-JJ"),
        ({4: "2024-02-30"}, "date-invalide", "n’est pas une date"),
        ({4: "2001-01-01"}, "edition-introuvable", "périodes connues : 2019 du 2019-06-06 au 2026-10-31"),
        ({6: "CFAA"}, "categorie-inconnue", "vouliez-vous dire « CFA » ?"),
        ({7: "--guide=V99"}, "guide-introuvable", "guides : V1-V6, V7, V8, V9"),
        ({7: "--edition=2020"}, "edition-introuvable", "éditions : 2019, 2026"),
        ({7: "--avec=certifante"}, "fait-inconnu", "vouliez-vous dire « certifiante » ?"),
        ({7: "--sans=certifiante:VAA"}, "categorie-inconnue", "vouliez-vous dire « VAE » ?"),
        ({7: "--format=jsn"}, "format-inconnu", "vouliez-vous dire « json » ?"),
        ({7: "--ajout-categorie=XY"}, "categorie-inconnue", "connus : AF, BC, VAE, CFA"),
        ({7: "--certificat=qualiopi"}, "certificat-illisible", "--certificat qualiopi=2022-05-12:2025-05-12"),
        (
            {7: "--certificat=qualiopi=2025-01-01:2024-01-01"},
            "date-invalide",
            "finit (1er janvier 2024) avant de commencer",
        ),
        ({7: "--certificat=qualiopi=hier:2024-01-01"}, "date-invalide", "« hier » n’est pas une date"),
        ({7: "--certificat=qualiopy=2024-01-01:2026-01-01"}, "certificat-inconnu", "« qualiopi » ?"),
        ({7: "--avec=certifiante:"}, "fait-illisible", "« certifiante: » n’a pas la forme"),
        ({0: "qualiopi@"}, "information-manquante", "il manque l’édition après « @ »"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unknown_names_are_refused_with_a_suggestion(
    call: Console, changes: dict[int, str], code: str, words: str
) -> None:
    """A wrong value on the command line is status 2, with its code and what could be meant."""
    arguments = dict(enumerate(AUDIT)) | changes
    reponse = call("checklist", *arguments.values())
    assert (reponse.status, reponse.out, reponse.codes) == (2, b"", [code])
    assert words in reponse.err


def test_every_unknown_name_is_listed(call: Console) -> None:
    """A wrong type, category and fact are three problems told at once."""
    reponse = call(
        "checklist", "qualiopi", "--type", "x", "--date", "2024-03-18", "--categorie", "XX", "--avec", "yy"
    )
    assert reponse.status == 2
    assert sorted(reponse.codes) == ["categorie-inconnue", "fait-inconnu", "type-inconnu"]
    assert reponse.err.endswith("3 problèmes.\n")


def test_a_fact_both_true_and_false_is_refused(call: Console) -> None:
    """``--avec X --sans X`` is a contradiction."""
    reponse = call("checklist", *AUDIT, "--avec", "certifiante", "--sans", "certifiante")
    assert (reponse.status, reponse.codes) == (2, ["fait-contraire"])
    assert "« certifiante » est dit vrai et faux" in reponse.err


def test_a_contradiction_through_another_name_of_the_category_is_seen(call: Console) -> None:
    """``X:AF`` and ``X:OF`` speak of the same category."""
    reponse = call("checklist", *AUDIT, "--avec", "certifiante:AF", "--sans", "certifiante:OF")
    assert (reponse.status, reponse.codes) == (2, ["fait-contraire"])


def test_a_fact_for_one_category_wins_over_the_fact_for_all(call: Console) -> None:
    """``X:CAT`` wins over ``X``, in whatever order they come."""
    both = ("--categorie", "VAE")
    expected = {"certifiante": {"AF": False, "VAE": True}}
    assert facts(call, *both, "--avec", "certifiante", "--sans", "certifiante:AF") == expected
    assert facts(call, *both, "--sans", "certifiante:OF", "--avec", "certifiante") == expected


def test_a_fact_against_the_nature_of_a_category_cites_its_source(call: Console) -> None:
    """Saying false, for a category, what holds there by nature is an error that cites the source."""
    reponse = call("checklist", *AUDIT[:-1], "CFA", "--sans", "certifiante:CFA")
    assert (reponse.status, reponse.codes) == (2, ["fait-contraire"])
    assert "Code du travail, art. L. 6211-1" in reponse.err


def test_a_global_value_does_not_touch_what_holds_by_nature(call: Console) -> None:
    """``--sans X`` says nothing against a category where X holds by nature."""
    reponse = call("checklist", *AUDIT[:-1], "CFA", "--sans", "certifiante", "--format", "json")
    assert reponse.status == 0
    assert reponse.lignes["7"]["etat"] == "a_auditer"


def test_a_fact_that_changes_nothing_is_accepted(call: Console) -> None:
    """A fact said of a category that the organisation does not have is no error."""
    assert call("checklist", *AUDIT, "--avec", "certifiante:VAE").status == 0


def test_other_names_of_categories_are_accepted(call: Console) -> None:
    """``OF`` is ``AF``, once."""
    reponse = call("checklist", *AUDIT, "--categorie", "OF", "--format", "json")
    assert reponse.json["organisme"]["categories"] == ["AF"]


def test_edition_after_the_name(call: Console) -> None:
    """``nom@edition`` is ``--edition``; out of its period it is used with a warning."""
    argument = call("checklist", "qualiopi@2026", *AUDIT[1:], "--format", "json")
    option = call("checklist", *AUDIT, "--edition", "2026", "--format", "json")
    assert (argument.status, argument.out) == (0, option.out)
    assert argument.json["referentiel"]["edition"] == "2026"
    assert "edition_hors_periode" in {a["code"] for a in argument.json["avertissements"]}


def test_two_editions_contradict(call: Console) -> None:
    """``nom@edition`` and another ``--edition`` are a usage error."""
    reponse = call("checklist", "qualiopi@2019", *AUDIT[1:], "--edition", "2026")
    assert (reponse.status, reponse.codes) == (2, ["demande-contradictoire"])
    assert call("checklist", "qualiopi@2019", *AUDIT[1:], "--edition", "2019").status == 0


def test_the_guide_may_be_chosen(call: Console) -> None:
    """``--guide`` wins over the date, with a warning when it is not admitted that day."""
    reponse = call("checklist", *AUDIT, "--guide", "V8", "--format", "json")
    assert reponse.json["referentiel"]["guide"] == "V8"
    assert {"guide_hors_periode", "couche_non_lue"} <= {a["code"] for a in reponse.json["avertissements"]}


def test_additions_are_required_where_the_type_says_so(call: Console) -> None:
    """An extension that adds nothing is refused, and the message names the options."""
    arguments = ("qualiopi", "--type", "extension", *AUDIT[3:])
    reponse = call("checklist", *arguments)
    assert (reponse.status, reponse.codes) == (2, ["ajout-requis"])
    assert "--ajout-categorie" in reponse.err
    assert "--ajout-site" in reponse.err
    done = call("checklist", *arguments, "--ajout-categorie", "APP", "--ajout-site", "S2", "--format", "json")
    assert done.json["ajouts"] == {"categories": ["CFA"], "sites": ["S2"]}


# ---- formats --------------------------------------------------------------------------------------------


@pytest.mark.lent
@pytest.mark.parametrize("format_", BUILTIN)
def test_two_runs_give_the_same_bytes(format_: str) -> None:
    """Two processes, with two orders of hashing, write the same document."""
    arguments = ("checklist", "certifregion", *AUDIT[1:], "--categorie", "CFA", "--format", format_)
    first, second = (
        process(*arguments, env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}) for seed in ("1", "2")
    )
    assert first.status == 0, first.err
    assert first.err == ""
    assert first.out == second.out
    assert len(first.out) > 1000


def test_table_is_the_default(call: Console) -> None:
    """Without a format, a table."""
    assert call("checklist", *AUDIT).out == call("checklist", *AUDIT, "--format", "table").out


def _types() -> Iterator[Any]:
    """Every audit type of every edition installed, with a request that it accepts."""
    registry = open_atelier().registry
    editions, issues = describe(registry)
    assert not issues
    for edition in editions:
        nom = edition["referentiel"]
        latest = max(couche["admis_du"] for couche in edition["couches"])
        day = min(latest, edition["au"] or latest)
        referentiel = registry.resolve(nom, day=day, edition=edition["edition"]).referentiel
        *first, last = edition["categories"]
        for code in edition["types_audit"]:
            options = ["--type", code, "--date", day]
            options += [word for c in first or [last] for word in ("--categorie", c)]
            for exigence in referentiel.types_audit[f"{nom}/{code}"].exige:
                if exigence.mot == "certificat_si_donne":
                    continue
                if exigence.mot == "ajout":
                    options += ["--ajout-categorie", last, "--ajout-site", "S2"]
                else:
                    options += [w for n in exigence.valeur for w in ("--certificat", f"{n}={day}:{day}")]
            yield pytest.param(
                f"{nom}@{edition['edition']}", options, id=f"{nom}@{edition['edition']}-{code}"
            )


TYPES = list(_types())
KEYS = {
    "format", "referentiel", "audit", "organisme", "avertissements", "compteurs", "lignes", "pieces",
    "verifications", "sources",
}  # fmt: skip
LINE_KEYS = {
    "id", "numero", "critere", "origine", "titre", "exigence", "niveau_attendu", "etat", "categories",
    "motifs", "constats_permis", "preuves", "precisions", "adaptations", "commentaires",
    "constat_precedent", "confiance",
}  # fmt: skip
STATES = {"a_auditer", "a_confirmer", "non_audite", "non_applicable"}


@pytest.mark.lent
@pytest.mark.parametrize(("referentiel", "options"), TYPES)
def test_json_of_every_type_of_every_edition(call: Console, referentiel: str, options: list[str]) -> None:
    """The JSON document has the keys promised, satisfies its schema, and cites only sources it lists."""
    reponse = call("checklist", referentiel, *options, "--format", "json")
    assert reponse.status == 0, reponse.err
    document = reponse.json
    assert check(document, "checklist") == []
    assert document.keys() >= KEYS
    assert document["referentiel"].keys() >= {"id", "edition", "base", "guide", "empreinte", "couches"}
    assert document["compteurs"].keys() == STATES
    assert sum(document["compteurs"].values()) == len(document["lignes"])
    for ligne in document["lignes"]:
        assert ligne.keys() >= LINE_KEYS
        assert ligne["motifs"]
        assert all(motif["sources"] for motif in ligne["motifs"])
    cited = {
        s
        for text in json.dumps(document).split('"sources": [')[1:]
        for s in json.loads("[" + text.split("]")[0] + "]")
    }
    assert cited == document["sources"].keys()


@pytest.mark.lent
@pytest.mark.parametrize(("referentiel", "options"), TYPES)
def test_a_document_can_be_asked_again(
    call: Console, tmp_path: Path, referentiel: str, options: list[str]
) -> None:
    """What a JSON document says of the audit is a profile that gives the same document."""
    first = call("checklist", referentiel, *options, "--format", "json")
    document = first.json
    kept = ("format", "audit", "organisme", "ajouts", "precedent", "certificats")
    profil = {key: document[key] for key in kept if key in document}
    profil["audit"] = {key: document["audit"][key] for key in ("type", "date")}
    path = tmp_path / "profil.json"
    path.write_text(json.dumps(profil), encoding="utf-8")
    again = call("checklist", referentiel, "--profil", path, "--format", "json")
    assert again.status == 0, again.err
    assert again.out == first.out


def test_profile_and_options_give_the_same_document(call: Console, tmp_path: Path) -> None:
    """The profile of the documentation, said in options, gives the same lines."""
    path = tmp_path / "audit.yaml"
    path.write_text(PROFIL, encoding="utf-8")
    constats = {
        "format": 1, "organisme": {"categories": ["AF"]}, "audit": {"type": "initial", "date": "2023-01-10"},
        "constats": [{"id": "2", "constat": "nc_mineure"}, {"id": "30", "constat": "nc_mineure"},
                     {"id": "1", "constat": "conforme"}],
    }  # fmt: skip
    (tmp_path / "constats.json").write_text(json.dumps(constats), encoding="utf-8")
    written = call("checklist", "--profil", path, "--format", "json").lignes
    typed = call(
        "checklist", "certifregion@V5", "--type", "initial", "--date", "2024-03-15", "--categorie", "AF",
        "--avec", "sous_traitance", "--sans", "certifiante", "--avec", "formation_a_distance",
        "--ajout-categorie", "CFA", "--ajout-site", "S2", "--precedent", tmp_path / "constats.json",
        "--certificat", "qualiopi=2022-05-12:2025-05-12", "--format", "json",
    ).lignes  # fmt: skip
    # The one difference: a findings file says « conforme » of a line, a profile says nothing of it.
    assert typed["1"]["constat_precedent"] == "conforme"
    typed["1"]["constat_precedent"] = None
    assert typed == written
