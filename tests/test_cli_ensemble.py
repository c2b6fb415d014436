"""All that is wrong in one call is told at once: no error hides another."""

from __future__ import annotations

from pathlib import Path

import pytest
from console import Console

from certif_rules.cli import COMMANDS, cli


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    """The program, called as from a shell."""
    return Console(capfdbinary, monkeypatch)


#: A wrong type, date, category and fact, and nothing that another command needs besides.
WRONG = ("--type", "foo", "--date", "2024-3-1", "--categorie", "ZZ", "--avec", "bof", "--avec", "a:")
WRONG_CODES = {"type-inconnu", "date-invalide", "categorie-inconnue", "fait-inconnu", "fait-illisible"}

CASES: list[tuple[tuple[str, ...], set[str]]] = [
    (("checklist", "qualiopi", *WRONG), WRONG_CODES),
    (("checklist", "qualiopi", *WRONG, "--format", "bof", "--certificat", "x"),
     WRONG_CODES | {"format-inconnu", "certificat-illisible"}),
    (("questions", "qualiopi", *WRONG), WRONG_CODES),
    (("expliquer", "qualiopi", *WRONG), WRONG_CODES | {"usage"}),
    (("expliquer", "qualiopi", "4", *WRONG), WRONG_CODES),
    (("autodiagnostic", "qualiopi", *WRONG, "--lignes", "bof"), WRONG_CODES | {"usage"}),
    (("dossier", "certifregion", *WRONG, "--format", "xml"), WRONG_CODES | {"usage"}),
    (("dossier", "certifregion@", *WRONG), WRONG_CODES | {"information-manquante"}),
    (("duree", "qualiopi", *WRONG, "--sites", "0", "--chiffre-affaires", "-5"), WRONG_CODES | {"usage"}),
    (("duree", "certifregion", "--type", "foo", "--date", "x"), {"type-inconnu", "date-invalide"}),
    (("echantillon", "qualiopi", *WRONG), WRONG_CODES | {"population-vide"}),
    (("echantillon", "qualiopi", *WRONG, "--graine", "g", "--aucun-vu", "--deja-vu", "S"),
     WRONG_CODES | {"usage", "population-vide"}),
    (("checklist", "qualiopi", "--type", "foo", "--date", "x"),
     {"type-inconnu", "date-invalide", "information-manquante"}),
    (("checklist", "inconnu", "--type", "foo", "--date", "x", "--avec", "a:"),
     {"date-invalide", "fait-illisible", "information-manquante", "referentiel-inconnu"}),
    (("checklist", "inconnu"), {"information-manquante", "referentiel-inconnu"}),
    (("checklist", "QUALIOPI", "--categorie", "ZZ"), {"information-manquante", "categorie-inconnue"}),
    (("checklist", "--date", "x", "--avec", "a:"),
     {"date-invalide", "fait-illisible", "information-manquante"}),
    (("calendrier", "certifregion", "--evenement", "foo=2024", "--evenement", "bar", "--au", "x",
      "--comites", "absent.txt", "--territoire", "z", "--cloture", "-1", "--sequence", "a", "--dossier", "é"),
     {"evenement-inconnu", "evenement-illisible", "date-invalide", "fichier-illisible", "territoire-inconnu",
      "usage", "dossier-illisible"}),
    (("calendrier", "certifregion@1999", "--evenement", "foo=2024-01-01", "--au", "x"),
     {"edition-introuvable", "evenement-inconnu", "date-invalide"}),
    (("calendrier", "certifregion", "--format", "ics", "--au", "", "--territoire", "z"),
     {"usage", "information-manquante", "territoire-inconnu"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "codes"), CASES, ids=lambda v: " ".join(v if isinstance(v, tuple) else ())
)
def test_every_error_of_a_call_is_told(call: Console, arguments: tuple[str, ...], codes: set[str]) -> None:
    """Nothing on standard output, and every code at once."""
    reponse = call(*arguments)
    assert set(reponse.codes) == codes
    assert reponse.out == b""
    assert reponse.status == (1 if "fichier-illisible" in codes else 2)


def test_each_wrong_value_is_told_with_what_is_admitted(call: Console) -> None:
    """The bounds, the unit and an example; the option to add where it is missing."""
    err = call("duree", "qualiopi", "--chiffre-affaires", "-5", "--sites", "deux").err
    assert (
        "valeur « -5 » non admise pour --chiffre-affaires : il faut un nombre entier d’euros, 0 au moins"
        in err
    )
    assert "par exemple --chiffre-affaires 320000" in err
    assert "valeur « deux » non admise pour --sites : il faut un nombre entier, 1 au moins" in err
    err = call("calendrier", "certifregion", "--cloture", "400").err
    assert "il faut un nombre entier de jours, de 0 à 366" in err


def test_a_blank_value_does_not_hide_those_after_it(call: Console) -> None:
    """Nor does it hide an argument too many: each has its own line."""
    arguments = ("--objet", "bof", "--graine", " ", "--taille", "zéro", "trop")
    err = call("echantillon", "qualiopi", "--type", "initial", "--date", "2024-03-18", *arguments).err
    said = ("« bof » non admise", "la valeur de --graine est vide", "« zéro » non admise", "en trop : trop")
    assert [words for words in said if words not in err] == []


def test_a_wrong_file_does_not_hide_the_rest(call: Console, tmp_path: Path) -> None:
    """A profile that is not there tells nothing: what it may hold is not asked for."""
    missing = str(tmp_path / "absent.yaml")
    for command in ("checklist", "questions", "dossier", "duree", "autodiagnostic"):
        reponse = call(command, "certifregion", "--profil", missing, "--type", "foo", "--avec", "bof")
        assert set(reponse.codes) == {"fichier-illisible", "type-inconnu", "fait-inconnu"}, command
        assert reponse.status == 1


def test_an_existing_file_is_told_with_the_rest(call: Console, tmp_path: Path) -> None:
    """And stays as it was."""
    path = tmp_path / "a.json"
    path.write_text("moi", encoding="utf-8")
    for command in ("checklist", "dossier", "calendrier", "autodiagnostic"):
        wrong = ("--au", "x") if command == "calendrier" else ("--date", "x")
        reponse = call(command, "certifregion", *wrong, "-o", str(path))
        assert {"fichier-existant", "date-invalide"} <= set(reponse.codes), command
        assert path.read_text(encoding="utf-8") == "moi"


def test_a_contradiction_with_the_profile_does_not_hide_the_rest(call: Console) -> None:
    """The argument and the profile disagree, and the date is wrong."""
    profile = b"format: 1\nreferentiel: certifregion\norganisme: {categories: [AF]}\n"
    reponse = call(
        "checklist", "qualiopi", "--profil", "-", "--date", "x", "--type", "foo", stdin=profile.decode()
    )
    assert set(reponse.codes) == {"demande-contradictoire", "date-invalide", "type-inconnu"}


def test_a_name_that_one_edition_admits_is_not_refused_for_lack_of_a_date(call: Console) -> None:
    """Every édition has this fact; the date alone is wrong."""
    arguments = ("--type", "initial", "--date", "x", "--categorie", "AF", "--avec", "certifiante")
    assert call("checklist", "qualiopi", *arguments).codes == ["date-invalide"]


GATHERS = (
    "autodiagnostic", "calendrier", "checklist", "comparer", "dossier", "duree", "echantillon", "expliquer",
    "nouveau", "questions", "rebaser", "reprendre",
)  # fmt: skip


def test_the_commands_that_go_on_are_known() -> None:
    """Those that run in spite of what click refuses are those that the next test calls."""
    context = cli.make_context("certif-rules", ["plugins"], resilient_parsing=True)
    found = {nom for nom in COMMANDS if getattr(cli.get_command(context, nom), "gathers", False)}
    assert found == set(GATHERS)


@pytest.mark.parametrize("nom", GATHERS)
def test_a_command_that_goes_on_in_spite_of_a_wrong_value_never_answers(call: Console, nom: str) -> None:
    """Whoever gathers what click refuses must raise it: nothing is answered to « --format bof »."""
    full = ("--type", "surveillance", "--date", "2024-03-18", "--categorie", "AF")
    more = {
        "calendrier": ("qualiopi", "--evenement", "certification=2024-01-01", "--cloture", "x"),
        "echantillon": ("qualiopi", *full, "--graine", "g", "--taille", "x"),
        "expliquer": ("qualiopi", "1", *full, "--format", "bof"),
        "checklist": ("qualiopi", *full, "--date", ""),
        "comparer": ("qualiopi@2019", "qualiopi@2026", *full, "--date", ""),
        "nouveau": ("bof", "atelier"),
        "reprendre": ("constats.json", *full, "--date", ""),
        "autodiagnostic": ("qualiopi", *full, "--lignes", "bof"),
    }
    reponse = call(nom, *more.get(nom, ("qualiopi", *full, "--format", "bof")))
    assert (reponse.status, reponse.out) == (2, b"")
    assert "usage" in reponse.codes


def test_the_duration_that_no_table_gives_needs_no_category(call: Console) -> None:
    """Of a label whose duration is its auditor's; where a table rules, the categories are needed."""
    for kind in ("initial", "complementaire", "surveillance", "renouvellement", "extension"):
        reponse = call("duree", "certifregion", "--type", kind, "--date", "2024-03-15")
        assert (reponse.status, reponse.err) == (0, ""), kind
    assert (
        "fixée hors barème" in call("duree", "certifregion", "--type", "initial", "--date", "2024-03-15").text
    )
    asked = call("duree", "qualiopi", "--type", "initial", "--date", "2024-03-15").err
    assert "il manque au moins une catégorie (--categorie), le chiffre d’affaires" in asked


def test_a_suffix_that_says_no_format_is_refused(call: Console, tmp_path: Path) -> None:
    """A text is never written as a document of another kind; nothing is written."""
    for command in ("dossier", "calendrier"):
        path = tmp_path / f"{command}.docx"
        reponse = call(command, "certifregion", "-o", path)
        assert (reponse.status, reponse.codes) == (2, ["format-inconnu"])
        assert not path.exists()


def test_a_missing_name_is_asked_for_once(call: Console) -> None:
    """With the names that exist."""
    for command in ("calendrier", "dossier"):
        reponse = call(command)
        assert (reponse.status, reponse.codes) == (2, ["information-manquante"])
        assert "référentiels : certifregion, " in reponse.err
