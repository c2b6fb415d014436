"""Personal data where people type: warned about with their place, replaced when asked (story A8)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from console import Console, words
from grilles import AF, FORMATS, exported_form, filled, grille
from msgspec.structs import fields

from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.demande import Demande, from_profile
from certif_rules.echanges.constats import as_data
from certif_rules.personnes.pseudonymes import personal_data, pseudonymised
from certif_rules.services.constats import from_data

NOTE = "Vu convention signée, jean.dupont@exemple.fr, 06 12 34 56 78"
SANS = "Vu convention C-014, J. D., 12/03/2023"
CACHEE = "Vu convention signée, [courriel], [téléphone]"
CHECKLIST = grille()
PREMIERE = next(li.indicateur.id for li in CHECKLIST.lignes if li.etat == "a_auditer")


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def said(err: str) -> list[str]:
    return re.findall(r"donnee_personnelle : (.*)", err)


def saisie(note: str) -> dict[str, dict[str, str]]:
    return {PREMIERE: {"Constat": "Conforme", "Commentaire": note}}


# ---- story A8 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_two_warnings_with_their_cell(call: Console, tmp_path: Path, suffix: str) -> None:
    """An address and a telephone in a note are each told with the cell that holds them."""
    path = filled(CHECKLIST, suffix, saisie(NOTE), tmp_path)
    lu = call("lire", path)
    assert lu.status == 0
    first, second = said(lu.err)
    place = f"{path}:Grille!O2 : ligne 1, « commentaire » contient "
    assert (
        first == f"{place}une adresse électronique : écrire plutôt la fonction, ou une référence de document"
    )
    assert second == f"{place}un numéro de téléphone : l’ôter, ou écrire une référence de document"
    assert "jean.dupont" not in lu.err
    assert "06 12" not in lu.err
    assert lu.json["constats"][0]["commentaire"] == NOTE


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_note_with_initials_and_a_reference_has_none(call: Console, tmp_path: Path, suffix: str) -> None:
    """A note written as advised raises no warning."""
    lu = call("lire", filled(CHECKLIST, suffix, saisie(SANS), tmp_path))
    assert lu.status == 0
    assert said(lu.err) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_export_replaces_both_and_is_read_again(call: Console, tmp_path: Path, suffix: str) -> None:
    """Pseudonyms go to the export, counted, and the auditor's own grid is untouched."""
    path = filled(CHECKLIST, suffix, saisie(NOTE), tmp_path)
    before = path.read_bytes()
    constats = tmp_path / "constats.json"
    lu = call("lire", path, "--pseudonymiser", "-o", constats)
    assert (lu.status, said(lu.err)) == (0, [])
    assert "Pseudonymisé : adresse électronique (1), numéro de téléphone (1)." in lu.err
    assert json.loads(constats.read_text(encoding="utf-8"))["constats"][0]["commentaire"] == CACHEE
    assert path.read_bytes() == before
    again = call("lire", constats)
    assert (again.status, said(again.err)) == (0, [])
    assert again.out == constats.read_bytes()
    assert call("conclure", constats).status == 0


def test_the_line_on_handicap_carries_its_warning(call: Console) -> None:
    """The line on handicap, and no other, warns of health data, with its source."""
    lignes = call("checklist", "qualiopi", "--type", "initial", "--date", "2024-03-18", "--categorie", "AF",
                  "--format", "json").lignes  # fmt: skip
    assert {n for n, ligne in lignes.items() if ligne["donnees_sensibles"]} == {"26"}
    sensibles = lignes["26"]["donnees_sensibles"]
    assert (sensibles["nature"], sensibles["lecture"]) == ("sante", True)
    assert "RGPD9" in sensibles["sources"]


# ---- places ---------------------------------------------------------------------------------------------


def constats(**champs: Any) -> dict[str, Any]:
    entries = [{"id": li.indicateur.id, "constat": "conforme", "preuves_vues": []}
               for li in CHECKLIST.lignes if li.etat == "a_auditer"]  # fmt: skip
    entries[0] |= champs
    return {**AF, "constats": entries}


def test_a_findings_file_names_the_line_and_the_column(call: Console, tmp_path: Path) -> None:
    """Each trace of a findings file is told with its line of text and its column."""
    path = tmp_path / "c.json"
    data = constats(commentaire="a@exemple.fr puis b@exemple.fr", preuves_vues=["ok", "06 12 34 56 78"],
                    ecart={"causes": "Mme Marie Durand absente"}, evalue_par="Marie Durand")  # fmt: skip
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    conclu = call("conclure", path, "--format", "json")
    assert conclu.status == 0
    messages = [a["message"] for a in conclu.json["avertissements"] if a["code"] == "donnee_personnelle"]
    found = {re.search(r"« (.*?) » contient (\w+ \w+)", m).groups(): m for m in messages}  # type: ignore[union-attr]
    assert set(found) == {
        ("commentaire", "une adresse"), ("preuves vues", "un numéro"), ("causes", "un nom"),
        ("évalué par", "un nom"),
    }  # fmt: skip
    row = next(n for n, line in enumerate(lines, 1) if '"commentaire": "a@' in line)
    assert found["commentaire", "une adresse"].startswith(f"{path}:{row}:")


def test_a_follow_up_is_warned_about_at_its_own_cell(call: Console, tmp_path: Path) -> None:
    """A trace on the sheet of gaps is told at its cell there."""
    from openpyxl import load_workbook

    path = filled(
        CHECKLIST, "xlsx", {PREMIERE: {"Constat": "Non-conformité mineure", "Commentaire": "vu"}}, tmp_path
    )
    book = load_workbook(path, rich_text=True)
    book["Écarts"]["A2"], book["Écarts"]["F2"] = "1", "voir avec a@exemple.fr"
    book.save(path)
    (message,) = said(call("lire", path).err)
    assert message.startswith(f"{path}:Écarts!F2 : ligne 1, « correction » contient une adresse")


PROFIL = """\
format: 1
referentiel: qualiopi
audit: {type: initial, date: 2024-03-18, mode: "à distance, 06 12 34 56 78"}
organisme:
  nom: Mme Marie Durand, formatrice
  siren: "123456782"
  nda: "76310000000"
  categories: [AF]
  sites: [{id: S1, commune: "Auch, M. Dupont", region: jeanne@exemple.fr}]
"""


def test_a_profile_is_warned_about_but_for_the_name_of_the_organisation(
    call: Console, tmp_path: Path
) -> None:
    """The name of the organisation is the one name left alone."""
    path = tmp_path / "profil.yaml"
    path.write_text(PROFIL, encoding="utf-8")
    grid = tmp_path / "grille.md"
    made = call("checklist", "--profil", path, "-o", grid)
    assert made.status == 0
    found = {re.search(r"« (.*?) » contient", m)[1] for m in said(made.err)}  # type: ignore[index]
    assert found == {"mode", "sites.commune", "sites.region"}
    assert all(m.startswith(f"{path}:") for m in said(made.err))
    assert {re.search(r"yaml:(\d+):", m)[1] for m in said(made.err)} == {"3", "9"}  # type: ignore[index]


@pytest.mark.parametrize("suffix", ["md", "html", "csv", "json", "xlsx", "ods", "txt"])
def test_a_checklist_is_written_without_them(call: Console, tmp_path: Path, suffix: str) -> None:
    """Every format of a checklist can be written without names and numbers."""
    path, grid = tmp_path / "profil.yaml", tmp_path / f"grille.{suffix}"
    path.write_text(PROFIL, encoding="utf-8")
    chosen = ("--format", "table") if suffix == "txt" else ()
    made = call("checklist", "--profil", path, "--pseudonymiser", "-o", grid, *chosen)
    assert (made.status, said(made.err)) == (0, [])
    text = words(grid.read_bytes())
    for hidden in ("06 12 34", "Dupont", "jeanne@"):
        assert hidden not in text
    assert "Marie Durand" in text  # the organisation itself
    if suffix in FORMATS:
        assert call("lire", grid).status == 0


def test_the_form_read_back(call: Console, tmp_path: Path) -> None:
    """What an exported form holds about people is found and replaced as in a grid."""
    path = exported_form(CHECKLIST, saisie(NOTE), tmp_path)
    assert len(said(call("lire", path).err)) == 2
    assert CACHEE in call("lire", path, "--pseudonymiser").out.decode()


def test_conclude_without_them(call: Console, tmp_path: Path) -> None:
    """A conclusion can be made without names and numbers, and says how many went."""
    path = tmp_path / "c.json"
    data = constats(commentaire=NOTE)
    data["organisme"] = {**data["organisme"], "sites": [{"id": "S1", "commune": "06 12 34 56 78"}]}
    path.write_text(json.dumps(data), encoding="utf-8")
    conclu = call("conclure", path, "--pseudonymiser", "--format", "json")
    assert conclu.status == 0
    assert conclu.json["organisme"]["sites"][0] == {"id": "S1", "commune": "[téléphone]"}
    assert "donnee_personnelle" not in {a["code"] for a in conclu.json["avertissements"]}
    assert "numéro de téléphone (2)" in conclu.err


# ---- every typed field ----------------------------------------------------------------------------------

MOUCHARD = "a@exemple.fr"
#: What is no free text in a finding: names, codes, days, places.
GARDES = {"ligne", "site", "constat", "annotations", "evalue_le", "leve_le", "leve_constat", "lieu", "lieux"}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from strings(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from strings(child)


def test_every_typed_field_of_a_finding_is_looked_into() -> None:
    """A field that is added to a finding is looked into, unless somebody says here that nobody types it."""
    values: dict[str, Any] = {}
    for f in fields(Releve):
        if f.name not in GARDES:
            values[f.name] = (
                {"causes": MOUCHARD, "date": MOUCHARD} if f.name == "ecart"
                else (MOUCHARD,) if "tuple" in str(f.type) else MOUCHARD
            )  # fmt: skip
    dossier = Dossier(demande=Demande(), releves=(Releve(ligne="a/1", **values),))
    expected = {"ecart.causes", "ecart.date", *(v for v in values if v != "ecart")}
    assert {t.trouvaille.champ.partition("[")[0] for t in personal_data(dossier)} == expected
    (hidden,) = pseudonymised(dossier).releves
    assert [t for name in values for t in strings(getattr(hidden, name)) if MOUCHARD in t] == []
    assert hidden.ligne == "a/1"


def test_the_same_findings_but_for_what_is_replaced() -> None:
    """Pseudonyms change no finding, and leave nothing to find."""
    data = constats(commentaire=NOTE)
    dossier = from_data(data)
    before, after = as_data(dossier), as_data(pseudonymised(dossier))
    before["constats"][0]["commentaire"] = CACHEE
    assert after == before
    assert personal_data(pseudonymised(dossier)) == ()


def test_a_checklist_on_its_own() -> None:
    """A checklist without findings is freed of names too, its lines unchanged."""
    checklist = grille(organisme={**AF["organisme"], "sites": [{"id": "S1", "commune": "M. Dupont"}]})
    hidden = pseudonymised(checklist)
    assert hidden.organisme["sites"][0]["commune"] == "M. [nom]"
    assert hidden.contexte.organisme.sites[0]["commune"] == "M. [nom]"
    assert hidden.lignes == checklist.lignes
    assert hidden.organisme["nom"] == checklist.organisme["nom"]


def test_what_a_findings_file_adds_of_the_organisation_is_looked_into() -> None:
    """The contact of the organisation is looked into, field by field."""
    contact = {"nom": "Jeanne Martin", "courriel": MOUCHARD, "telephone": "0612345678"}
    demande = from_profile({**AF, "organisme": {**AF["organisme"], "contact": contact}})
    champs = {t.trouvaille.champ for t in personal_data(demande)}
    assert champs == {f"organisme.contact.{key}" for key in contact}
    assert pseudonymised(demande).organisme["contact"] == {
        "nom": "[nom]", "courriel": "[courriel]", "telephone": "[téléphone]",
    }  # fmt: skip


def test_initials_and_roles_stay() -> None:
    """Initials and roles, which are advised, are not replaced; a full name is."""
    demande = from_profile(
        {**AF, "organisme": {**AF["organisme"], "referente_handicap": "J. D.", "note": "formatrice"}}
    )
    assert pseudonymised(demande) == demande
    full = from_profile({**AF, "organisme": {**AF["organisme"], "referente_handicap": "Jeanne Martin"}})
    assert pseudonymised(full).organisme["referente_handicap"] == "[nom]"


# ---- what is typed around the audit ---------------------------------------------------------------------


def test_answers_of_a_self_assessment_are_looked_into(call: Console, tmp_path: Path) -> None:
    """A comment and a reason are typed freely: warned about with their line, replaced when asked."""
    answers = tmp_path / "reponses.json"
    content = {
        "format": 1,
        "referentiel": "qualiopi",
        "audit": {"type": "initial", "date": "2024-03-18"},
        "organisme": {"categories": ["AF"]},
        "reponses": [{"id": "1", "niveau": 2, "commentaire": "Vu avec jean.dupont@exemple.fr"}],
    }
    answers.write_text(json.dumps(content), encoding="utf-8")
    said = call("autodiagnostic", "--reponses", answers, "--format", "json")
    assert said.status == 0, said.err
    assert "donnee_personnelle" in {a["code"] for a in said.json["avertissements"]}
    hidden = call("autodiagnostic", "--reponses", answers, "--format", "json", "--pseudonymiser")
    assert hidden.status == 0, hidden.err
    assert "jean.dupont" not in hidden.out.decode()
    assert "donnee_personnelle" not in {a["code"] for a in hidden.json["avertissements"]}
    assert "Pseudonymisé : adresse électronique (1)." in hidden.err


def test_an_application_is_looked_into_and_keeps_its_places(call: Console, tmp_path: Path) -> None:
    """A note in the file goes; what is wrong in it is still said at its place."""
    profil = tmp_path / "dossier.yaml"
    profil.write_text(
        "format: 1\nreferentiel: certifregion\naudit: {type: initial, date: 2024-03-18}\n"
        "organisme: {categories: [AF]}\n"
        "dossier:\n  motif_mode: décidé avec jean.dupont@exemple.fr\n  auditeur: Cabinet Untel\n",
        encoding="utf-8",
    )
    wrong = call("dossier", "--profil", profil, "--pseudonymiser")
    assert wrong.status == 1
    assert "dossier.yaml:7:13: auditeur-inconnu" in wrong.err
    profil.write_text(profil.read_text(encoding="utf-8").replace("  auditeur: Cabinet Untel\n", ""), "utf-8")
    hidden = call("dossier", "--profil", profil, "--pseudonymiser", "--format", "json")
    assert hidden.status == 0, hidden.err
    assert "jean.dupont" not in hidden.out.decode()


@pytest.mark.parametrize("champ", ["id", "population", "methode", "graine", "liste", "note"])
def test_what_a_sample_says_is_read_too(champ: str) -> None:
    """Each free text of a sample, its seed included, is warned about and replaced; the rest is as it was."""
    texte = "dossiers de jean.dupont@exemple.fr"
    said = {"id": "ACT", "graine": "7", champ: [texte] if champ == "liste" else texte}
    head = {"format": 1, "referentiel": {"id": "qualiopi", "edition": "2019"}, "constats": []}
    head |= {"audit": {"type": "initial", "date": "2024-03-18"}, "organisme": {"categories": ["AF"]}}
    dossier = from_data(head | {"echantillons": [said]})
    assert [t.trouvaille.nature for t in personal_data(dossier)] == ["courriel"]
    (sample,) = as_data(pseudonymised(dossier))["echantillons"]
    replaced = "dossiers de [courriel]"
    assert sample == said | {champ: [replaced] if champ == "liste" else replaced}
