"""``conclure``: findings in, conclusions out, in a table and in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from console import Console
from greffons import EDITIONS, distribution

from certif_rules.errors import DataError, Issue
from certif_rules.source import entree
from certif_rules.source.schema import check

ORGANISME = {
    "nom": "Organisme d’exemple",
    "categories": ["AF"],
    "faits": {
        "sous_traitance": False, "certifiante": False, "situation_travail": False, "alternance": False,
        "plus_de_deux_jours": True,
    },
}  # fmt: skip
MINEURES = dict.fromkeys(["1", "9", "17", "30"], "nc_mineure")

UNKNOWN = """\
format: 1
referentiel: qualiopy
audit: {type: initial, date: 2024-03-18}
organisme: {categories: [AF]}
constats: []
"""


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def head(call: Console, tmp_path: Path) -> dict[str, Any]:
    """What a findings file copies from the checklist of an initial audit."""
    profil = tmp_path / "audit.yaml"
    profil.write_text(
        json.dumps(
            {
                "format": 1,
                "referentiel": "qualiopi",
                "audit": {"type": "initial", "date": "2024-03-18"},
                "organisme": ORGANISME,
            }
        ),
        encoding="utf-8",
    )
    reponse = call("checklist", "--profil", profil, "--format", "json")
    assert reponse.status == 0, reponse.err
    copied: dict[str, Any] = {
        key: reponse.json[key] for key in ("format", "referentiel", "audit", "organisme")
    }
    due = [ligne["numero"] for ligne in reponse.json["lignes"] if ligne["etat"] == "a_auditer"]
    return copied | {"constats": due}


def findings(head: dict[str, Any], folder: Path, said: dict[str, Any], **changes: Any) -> Path:
    """A findings file: every line due conforming, but those said."""
    entries = []
    for numero in dict.fromkeys((*head["constats"], *said)):
        found = said.get(numero, "conforme")
        details = found if isinstance(found, dict) else {"constat": found, "commentaire": "Vu sur place."}
        entries.append({"id": f"qualiopi/{numero}", **details})
    path = folder / "constats.json"
    content = head | {"constats": entries, "ecarts_notifies_le": "2024-03-29"} | changes
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_the_json_keeps_its_published_keys(call: Console, tmp_path: Path, head: dict[str, Any]) -> None:
    """Four minors and a major: every key and value that programs were promised."""
    reponse = call("conclure", findings(head, tmp_path, MINEURES | {"4": "nc_majeure"}), "--format", "json")
    assert reponse.status == 0, reponse.err
    (conclusion,) = reponse.json["conclusions"]
    assert conclusion["motifs"]
    assert all({"code", "texte", "sources"} <= motif.keys() for motif in conclusion["motifs"])
    assert {key: value for key, value in conclusion.items() if key not in ("motifs", "texte")} == {
        "objet": "qualiopi", "decision": "non_delivrable", "delivrable": False, "majeures": 1, "mineures": 4,
        "majeures_equivalentes": 1, "a_evaluer": 0, "a_confirmer": 0,
    }  # fmt: skip
    dated = {entry.pop("id"): entry for entry in reponse.json["echeances"]}
    assert dated["qualiopi/4"] == {
        "constat": "nc_majeure", "correction_avant": "2024-06-29", "verification_avant": "2024-07-29",
        "sources": ["A5", "CPNC"],
    }  # fmt: skip
    assert dated["qualiopi/1"]["correction_avant"] == "2024-09-29"
    assert dated["qualiopi/1"]["verification_avant"] is None
    assert set(reponse.json["sources"]) >= {"A5", "CPNC", "NCD"}


def test_the_table(call: Console, tmp_path: Path, head: dict[str, Any]) -> None:
    """The table says the conclusion, its measures, the dates in words, and where each comes from."""
    path = findings(head, tmp_path, MINEURES)
    shown = " ".join(call("conclure", path).out.decode().split())
    assert "qualiopi : délivrance possible sous réserve du plan d’actions" in shown
    assert "non-conformités mineures non levées : 4" in shown
    assert "Audit initial du 18 mars 2024" in shown
    assert "notifiés le 29 mars 2024" in shown
    assert "17 — Non-conformité mineure : correction avant le 29 septembre 2024 [A5, CPNC]" in shown
    assert "Organisme d’exemple" in shown
    left = findings(head, tmp_path, {"1": "a_evaluer", "2": "a_evaluer"})
    shown = " ".join(call("conclure", left).out.decode().split())
    assert "conclusion impossible : 2 lignes à évaluer" in shown
    assert "d’après les règles : inconnu" in shown


def test_standard_input_and_two_runs(call: Console, tmp_path: Path, head: dict[str, Any]) -> None:
    """« - » reads standard input; two runs give the same bytes."""
    path = findings(head, tmp_path, MINEURES)
    first = call("conclure", path, "--format", "json")
    piped = call("conclure", "-", "--format", "json", stdin=path.read_text(encoding="utf-8"))
    assert (first.status, piped.status) == (0, 0), piped.err
    assert first.out == piped.out == call("conclure", path, "--format", "json").out


def test_several_files_in_one_run(call: Console, tmp_path: Path, head: dict[str, Any]) -> None:
    """Each is concluded for itself, a line of JSON or a heading each; a wrong one hides no other."""
    one = findings(head, tmp_path, MINEURES).rename(tmp_path / "a.json")
    two = findings(head, tmp_path, {}).rename(tmp_path / "b.json")
    wrong = findings(head, tmp_path, {"1": "inconnue"})
    both = call("conclure", one, two, "--format", "json")
    lines = [json.loads(line) for line in both.out.splitlines()]
    assert [line["fichier"] for line in lines] == [str(one), str(two)]
    for line, path in zip(lines, (one, two), strict=True):
        del line["fichier"]
        assert line == call("conclure", path, "--format", "json").json
    some = call("conclure", one, wrong, two)
    assert some.status == 1
    shown = some.out.decode()
    assert [shown.count(f"=== {path}") for path in (one, wrong, two)] == [1, 0, 1]
    assert "constats.json" in some.err
    assert "a.json" not in some.err


def test_a_closed_standard_input_hides_no_file(
    call: Console, tmp_path: Path, head: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong file, « - » that is closed, a right file: two faults are told, and the right one concluded."""
    right = findings(head, tmp_path, MINEURES).rename(tmp_path / "a.json")
    wrong = findings(head, tmp_path, {"1": "inconnue"})

    def closed(*_: object) -> bytes:
        raise DataError([Issue("fichier-illisible", "l’entrée standard est fermée")])

    monkeypatch.setattr(entree, "standard_input", closed)
    reponse = call("conclure", wrong, "-", right, "--format", "json")
    assert reponse.status == 1
    assert [json.loads(line)["fichier"] for line in reponse.out.splitlines()] == [str(right)]
    assert "constats.json" in reponse.err
    assert sorted(reponse.codes) == ["constat-non-permis", "fichier-illisible"]


def test_a_finding_is_lifted_and_the_conclusion_recomputed(
    call: Console, tmp_path: Path, head: dict[str, Any]
) -> None:
    """A major lifted, with its date and author, no longer stands in the way."""
    major = {"constat": "nc_majeure", "commentaire": "Aucun engagement."}
    open_ = call("conclure", findings(head, tmp_path, {"4": major}), "--format", "json").json
    lifted_major = major | {"leve_le": "2024-05-02", "leve_par": "J. D."}
    lifted = call("conclure", findings(head, tmp_path, {"4": lifted_major}), "--format", "json").json
    assert [c["delivrable"] for c in (*open_["conclusions"], *lifted["conclusions"])] == [False, True]
    assert "a_l_audit" not in open_
    assert lifted["a_l_audit"] == open_["conclusions"], "what the audit concluded stays"
    shown = call("conclure", findings(head, tmp_path, {"4": lifted_major})).text
    before, _, after = shown.partition("Après levée :")
    assert "À l’audit :" in before
    assert "délivrance impossible" in before
    assert "délivrance possible" in after
    assert [len(found["echeances"]) for found in (open_, lifted)] == [1, 0]


def test_every_impossible_finding_is_listed(call: Console, tmp_path: Path, head: dict[str, Any]) -> None:
    """Status 1 and all of them, each naming its line and its place; nothing on standard output."""
    said = {
        "4": "nc_mineure",
        "12": {"constat": "non_applicable"},
        "14": "conforme",
        "33": "conforme",
        "2": {"constat": "nc_mineure", "commentaire": "…", "leve_le": "2024-01-02", "leve_par": "J. D."},
    }
    path = findings(head, tmp_path, said)
    reponse = call("conclure", path)
    assert (reponse.status, reponse.out) == (1, b"")
    assert sorted(reponse.codes) == [
        "commentaire-manquant", "constat-non-permis", "constat-non-permis", "levee-avant-audit",
        "ligne-inconnue",
    ]  # fmt: skip
    assert "ligne 12 : « Non applicable » demande un commentaire" in reponse.err
    assert reponse.err.startswith(f"{path}:")


def test_other_rules(call: Console, tmp_path: Path, head: dict[str, Any]) -> None:
    """Findings made with other rules are refused with the difference, or read with a warning that stays."""
    other = head["referentiel"] | {"empreinte": "sha256:" + "0" * 64}
    path = findings(head, tmp_path, {}, referentiel=other)
    refused = call("conclure", path)
    assert (refused.status, refused.codes) == (1, ["regles-differentes"])
    accepted = call("conclure", path, "--accepter-autres-regles", "--format", "json")
    assert accepted.status == 0, accepted.err
    assert "autres_regles" in [a["code"] for a in accepted.json["avertissements"]]
    assert "autres_regles" in call("conclure", path, "--accepter-autres-regles").out.decode()


def test_a_short_file_is_enough(call: Console, tmp_path: Path, head: dict[str, Any]) -> None:
    """Numbers for ids, a référentiel by its name, no digest: read, with a warning."""
    path = tmp_path / "constats.yaml"
    entries = "".join(f"  - {{id: {numero}, constat: conforme}}\n" for numero in head["constats"])
    organisme = json.dumps(ORGANISME, ensure_ascii=False)
    path.write_text(
        "format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: 2024-03-18}\n"
        f"organisme: {organisme}\nconstats:\n{entries}",
        encoding="utf-8",
    )
    reponse = call("conclure", path, "--format", "json")
    assert reponse.status == 0, reponse.err
    assert reponse.json["conclusions"][0]["delivrable"] is True
    assert "empreinte_absente" in [a["code"] for a in reponse.json["avertissements"]]
    assert reponse.json["echeances"] == []


def test_without_a_notification_no_date(call: Console, tmp_path: Path, head: dict[str, Any]) -> None:
    """Dates are never counted from a day that is not given."""
    path = findings(head, tmp_path, MINEURES, ecarts_notifies_le=None)
    found = call("conclure", path, "--format", "json").json
    assert found["echeances"] == []
    assert "notification_absente" in [a["code"] for a in found["avertissements"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "syntaxe"),
        ("format: 1\norganisme: {categories: [AF]}\n", "cle-manquante"),
        ("format: 1\norganisme: {categories: [AF]}\nconstats: []\n", "information-manquante"),
        ('{"format": 2, "organisme": {"categories": ["AF"]}, "constats": []}', "format-inconnu"),
        (UNKNOWN, "referentiel-inconnu"),
    ],
    ids=["syntaxe", "cle", "information", "format", "referentiel"],
)
def test_a_wrong_file_is_status_1(call: Console, tmp_path: Path, text: str, code: str) -> None:
    """What is wrong in the file is a problem of the file, at its place."""
    path = tmp_path / "constats.yaml"
    path.write_text(text, encoding="utf-8")
    reponse = call("conclure", path)
    assert (reponse.status, reponse.codes) == (1, [code])
    assert reponse.err.startswith(f"{path}:")


def test_no_such_file(call: Console, tmp_path: Path) -> None:
    """A file that is not there is said, without a traceback."""
    assert call("conclure", tmp_path / "rien.json").codes == ["fichier-illisible"]
    assert call("conclure").status == 2


def test_the_findings_feed_the_next_audit(call: Console, tmp_path: Path, head: dict[str, Any]) -> None:
    """The same file gives the surveillance its perimeter, and each earlier finding stands on its line."""
    path = findings(head, tmp_path, {"2": "nc_mineure", "30": "nc_mineure"})
    surveillance = (
        "checklist",
        "qualiopi",
        "--type",
        "surveillance",
        "--date",
        "2025-09-01",
        "--categorie",
        "AF",
    )
    reponse = call(*surveillance, "--precedent", path, "--format", "json")
    assert {n for n, li in reponse.lignes.items() if li["constat_precedent"] == "nc_mineure"} == {"2", "30"}
    assert {reponse.lignes[n]["etat"] for n in ("2", "30")} == {"a_auditer"}
    for format_ in ("table", "md", "html", "csv"):
        shown = call(*surveillance, "--precedent", path, "--format", format_).out.decode()
        assert "Non-conformité mineure" in shown.replace("\u00a0", " ") or "nc_mineure" in shown, format_


def test_what_is_decided_beside_the_label_is_shown(
    call: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A1 at 0 refuses, and stars have no object; lifted to 2, (2 + 2 + 3 + 3) / 4 gives two, A none."""
    donnees = Path(__file__).parent / "fictif_notes" / "etoiles"
    distribution(tmp_path / "site", "etoiles", EDITIONS, donnees=donnees)
    monkeypatch.syspath_prepend(tmp_path / "site")
    lifted = {"leve_le": "2024-02-02", "leve_par": "J. D.", "leve_constat": "niveau_2"}
    request = {
        "format": 1,
        "referentiel": "etoiles",
        "audit": {"type": "visite", "date": "2024-01-10"},
        "organisme": {"categories": ["TOUT"]},
        "constats": [
            {"id": "A1", "constat": "niveau_0", "commentaire": "Rien.", **lifted},
            {"id": "A2", "constat": "niveau_2"},
            *({"id": id_, "constat": "niveau_3"} for id_ in ("B1", "B2")),
        ],
    }
    path = tmp_path / "constats.json"
    path.write_text(json.dumps(request), encoding="utf-8")
    before, after = call("conclure", path).text.split("Après levée")
    assert "Étoiles : sans objet (seulement avec : label accordé) [DOC]" in before
    assert "Étoiles : deux étoiles [DOC]" in after
    assert "Étoile du domaine (A) : sans étoile [DOC]" in after
    assert "Étoile du domaine (B) : étoile [DOC]" in after
    written = call("conclure", path, "--format", "json").json
    assert check(written, "sortieconclure") == []
    assert written["a_l_audit"][0]["distinctions"][0] == {
        "id": "etoiles",
        "titre": "Étoiles",
        "decision": "sans_objet",
        "possibles": ["sans_objet"],
        "texte": "sans objet (seulement avec : label accordé)",
        "motifs": [{"code": "sans_objet", "texte": "seulement avec : label accordé", "sources": ["DOC"]}],
    }
    assert written["conclusions"][0]["distinctions"][1] == {
        "id": "domaines",
        "titre": "Étoile du domaine",
        "critere": "etoiles/A",
        "decision": "sans",
        "possibles": ["sans"],
        "texte": "sans étoile",
        "motifs": [{"code": "decision", "texte": "sans étoile", "sources": ["DOC"]}],
    }
