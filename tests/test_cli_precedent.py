"""``--precedent`` and ``--certificat``: the earlier audit told by its findings, the certificates held."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from console import AUDIT, Console

SURVEILLANCE = ("qualiopi", "--type", "surveillance", "--date", "2025-09-01", "--categorie", "AF")
COMPLEMENTAIRE = ("qualiopi", "--type", "complementaire", "--date", "2024-06-03", "--categorie", "AF")
LABEL = ("certifregion", "--type", "complementaire", "--date", "2024-03-18", "--categorie", "AF")


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def findings(*entries: dict[str, Any], **changes: Any) -> str:
    """A findings file, of an initial audit."""
    return json.dumps(
        {
            "format": 1,
            "referentiel": {"id": "qualiopi", "edition": "2019", "empreinte": "sha256:" + "0" * 64},
            "audit": {"type": "initial", "date": "2024-03-18"},
            "organisme": {"categories": ["AF"]},
            "ecarts_notifies_le": "2024-03-29",
            "constats": list(entries),
            "cle_d_un_autre_programme": True,
        }
        | changes
    )


OPEN = {
    "id": "qualiopi/17", "constat": "nc_mineure", "commentaire": "…", "preuves_vues": ["…"],
    "annotations": ["point_sensible"], "leve_le": None, "leve_par": None,
}  # fmt: skip
LIFTED = {"id": "qualiopi/28", "constat": "nc_majeure", "leve_le": "2024-05-02", "leve_par": "visite"}


@pytest.fixture
def precedent(tmp_path: Path) -> Path:
    """One open minor finding, one major finding lifted since, one line conforming, one left to assess."""
    path = tmp_path / "constats.json"
    conform = {"id": "1", "constat": "conforme"}
    left = {"id": "qualiopi/30", "constat": "a_evaluer"}
    path.write_text(findings(OPEN, LIFTED, conform, left), encoding="utf-8")
    return path


def due_for_findings(call: Console, arguments: tuple[str, ...], path: Path) -> set[str]:
    reponse = call(
        "checklist", *arguments, "--avec", "sous_traitance", "--precedent", path, "--format", "json"
    )
    assert reponse.status == 0, reponse.err
    return {
        numero
        for numero, ligne in reponse.lignes.items()
        if ligne["etat"] == "a_auditer" and "constat_precedent" in {m["code"] for m in ligne["motifs"]}
    }


def test_a_surveillance_counts_findings_lifted_or_not(call: Console, precedent: Path) -> None:
    """At a surveillance an earlier non-conformity makes its line due, lifted or not."""
    found = due_for_findings(call, SURVEILLANCE, precedent)
    assert "17" in found
    lifted = call("checklist", *SURVEILLANCE, "--precedent", precedent, "--format", "json").lignes["28"]
    assert lifted["constat_precedent"] == "nc_majeure"


def test_a_closing_audit_counts_open_findings_only(call: Console, precedent: Path) -> None:
    """At the closing of non-conformities, only the findings still open make their lines due."""
    assert due_for_findings(call, COMPLEMENTAIRE, precedent) == {"17"}


def test_the_findings_say_which_lines_were_seen(call: Console, precedent: Path) -> None:
    """The lines with a finding were seen; a line left to assess was not, and has no earlier finding."""
    reponse = call("checklist", *SURVEILLANCE, "--precedent", precedent, "--format", "json")
    told = reponse.json["precedent"]
    assert told["indicateurs_audites"] == ["qualiopi/1", "qualiopi/17", "qualiopi/28"]
    assert told["type"] == "initial"
    assert told["date"] == "2024-03-18"
    assert told["leves"] == ["qualiopi/28"]
    assert reponse.lignes["30"]["constat_precedent"] is None


AT_SITES = [
    {"site": "S1", "constat": "conforme"},
    {"site": "S2", "constat": "nc_mineure", "commentaire": "…"},
]
OF_FILES = [{"champ": "constat", "valeurs": [{"valeur": "conforme"}, {"valeur": "nc_mineure"}]}]


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ({"par_site": AT_SITES}, ["constat-a-choisir"]),
        ({"a_accorder": OF_FILES}, ["constat-a-choisir"]),
        # Seen at a site without a finding, or nothing kept of two: nothing was found.
        ({"par_site": [{"site": "S1", "commentaire": "à revoir"}]}, []),
        ({"a_accorder": [{**OF_FILES[0], "aucune": True}]}, []),
        ({"a_accorder": [{**OF_FILES[0], "champ": "commentaire"}]}, []),
        # Chosen.
        ({"par_site": AT_SITES, "constat": "nc_mineure", "commentaire": "isolé"}, []),
    ],
)
def test_a_gap_that_nobody_weighed_is_not_dropped(
    call: Console, tmp_path: Path, entry: dict[str, Any], codes: list[str]
) -> None:
    """A minor at one site, the gravity of the line not chosen: the next audit would not see it at all."""
    path = tmp_path / "constats.json"
    path.write_text(findings({"id": "qualiopi/9", "constat": "a_evaluer"} | entry), encoding="utf-8")
    reponse = call("checklist", *SURVEILLANCE, "--precedent", path, "--format", "json")
    assert reponse.codes == codes
    assert reponse.status == (1 if codes else 0)


def test_the_option_wins_over_the_profile(call: Console, tmp_path: Path, precedent: Path) -> None:
    """``--precedent`` replaces the earlier audit of the profile."""
    profil = tmp_path / "audit.yaml"
    profil.write_text(
        "format: 1\nreferentiel: qualiopi\norganisme: {categories: [AF]}\n"
        "audit: {type: surveillance, date: 2025-09-01}\nprecedent: {type: amenage, constats: {}}\n",
        encoding="utf-8",
    )
    reponse = call("checklist", "--profil", profil, "--precedent", precedent, "--format", "json")
    assert reponse.json["precedent"]["type"] == "initial"


def test_standard_input_is_a_findings_file(call: Console, precedent: Path) -> None:
    """``--precedent -`` reads standard input, which cannot also be the profile."""
    arguments = ("checklist", *SURVEILLANCE, "--format", "json", "--precedent")
    piped = call(*arguments, "-", stdin=precedent.read_text(encoding="utf-8"))
    assert piped.out == call(*arguments, precedent).out
    both = call("checklist", "--profil", "-", "--precedent", "-")
    assert (both.status, both.codes) == (2, ["demande-contradictoire"])


def test_findings_are_also_a_profile(call: Console, precedent: Path) -> None:
    """A findings file given as a profile asks again for the audit it tells."""
    reponse = call("checklist", "--profil", precedent, "--format", "json")
    assert reponse.status == 0, reponse.err
    assert reponse.out == call("checklist", "qualiopi@2019", *AUDIT[1:], "--format", "json").out


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (findings({"id": "999", "constat": "conforme"}), "ligne-inconnue"),
        (findings({"id": "1", "constat": "parfait"}), "constat-inconnu"),
        (findings(OPEN, {"id": "17", "constat": "conforme"}), "ligne-en-double"),
        (findings(audit={"type": "visite"}), "type-inconnu"),
        (findings({"id": "1"}), "cle-manquante"),
        (findings(audit={"type": "initial", "date": "2024-13-18"}), "date-invalide"),
        ("{", "syntaxe"),
        ("format: 1\norganisme: {categories: [AF]}\n", "cle-manquante"),
    ],
    ids=lambda value: value if value.replace("-", "").isalpha() else "",
)
def test_a_wrong_findings_file_is_placed(call: Console, tmp_path: Path, text: str, code: str) -> None:
    """What is wrong in a findings file is status 1, at its place in that file."""
    path = tmp_path / "constats.json"
    path.write_text(text, encoding="utf-8")
    reponse = call("checklist", *SURVEILLANCE, "--precedent", path)
    assert (reponse.status, reponse.codes) == (1, [code])
    assert reponse.err.startswith(f"{path}:")


def test_a_certificate_is_required_and_checked(call: Console) -> None:
    """The label's complementary route asks for a certificate valid on the day of the audit."""
    missing = call("checklist", *LABEL)
    assert (missing.status, missing.codes) == (2, ["certificat-requis"])
    assert "--certificat qualiopi=DEBUT:FIN" in missing.err
    expired = call("checklist", *LABEL, "--certificat", "qualiopi=2020-03-01:2023-02-28")
    assert (expired.status, expired.codes) == (2, ["certificat-hors-validite"])
    assert "28 février 2023" in expired.err


@pytest.mark.parametrize("period", ["2024-03-18:2027-03-17", "2021-03-19:2024-03-18"])
def test_both_ends_of_a_certificate_are_valid(call: Console, period: str) -> None:
    """The first and the last day of a certificate are days of validity."""
    reponse = call("checklist", *LABEL, "--certificat", f"qualiopi={period}", "--format", "json")
    assert reponse.status == 0, reponse.err
    debut, fin = period.split(":")
    assert reponse.json["certificats"] == {"qualiopi": {"notification": debut, "echeance": fin}}


@pytest.mark.parametrize("nom", ["qualiopi", "certifregion"])
@pytest.mark.parametrize(
    ("period", "codes"),
    [("2020-03-01:2023-02-28", ["certificat-hors-validite"]), ("2023-03-01:2026-02-28", []), (None, [])],
)
def test_an_extension_is_made_while_the_certificate_given_is_valid(
    call: Console, nom: str, period: str | None, codes: list[str]
) -> None:
    """An extension asks for no certificate, but is refused outside the validity of the one given."""
    given = ("--certificat", f"{nom}={period}") if period else ()
    extension = ("--type", "extension", "--date", "2024-03-18", "--categorie", "AF", "--ajout-site", "S2")
    reponse = call("checklist", nom, *extension, *given, "--format", "json")
    assert (reponse.status, reponse.codes) == (2 if codes else 0, codes)


def test_a_line_found_not_to_apply_was_not_seen(call: Console, tmp_path: Path) -> None:
    """A line found not applicable at the reduced audit is due once it applies: nobody has seen it."""
    path = tmp_path / "constats.json"
    found = [{"id": "qualiopi/28", "constat": "non_applicable"}, {"id": "1", "constat": "conforme"}]
    path.write_text(findings(*found, audit={"type": "amenage", "date": "2024-03-18"}), encoding="utf-8")
    given = ("--avec", "situation_travail", "--precedent", path, "--format", "json")
    reponse = call("checklist", *SURVEILLANCE, *given)
    assert reponse.json["precedent"]["indicateurs_audites"] == ["qualiopi/1"]
    assert reponse.lignes["28"]["etat"] == "a_auditer"
    assert "precedent_incoherent" not in {a["code"] for a in reponse.json["avertissements"]}


@pytest.mark.parametrize(("day", "codes"), [("2025-09-01", []), ("2025-09-02", ["date-invalide"])])
def test_the_earlier_audit_is_not_after_the_audit(
    call: Console, tmp_path: Path, day: str, codes: list[str]
) -> None:
    """An earlier audit after the audit is a problem of its file."""
    path = tmp_path / "constats.json"
    path.write_text(findings(audit={"type": "initial", "date": day}), encoding="utf-8")
    reponse = call("checklist", *SURVEILLANCE, "--precedent", path)
    assert (reponse.status, reponse.codes) == (1 if codes else 0, codes)
    assert not codes or reponse.err.startswith(f"{path}:1:")


def test_findings_that_cannot_be_are_warnings(call: Console) -> None:
    """A finding its line does not permit, or of a line not seen, is a warning each."""
    profil = (
        "format: 1\nreferentiel: qualiopi\norganisme: {categories: [AF]}\n"
        "audit: {type: surveillance, date: 2025-09-01}\n"
        "precedent: {type: initial, indicateurs_audites: [1, 4], constats: {1: nc_mineure, 2: nc_mineure, "
        "4: nc_mineure}}\n"
    )
    document = call("checklist", "--profil", "-", "--format", "json", stdin=profil).json
    found = [a["message"] for a in document["avertissements"] if a["code"] == "precedent_incoherent"]
    assert len(found) == 2
    assert "la ligne 2 a un constat" in found[0]
    assert "« Non-conformité mineure » n’est pas permis sur la ligne 4 (permis : Conforme, " in found[1]
