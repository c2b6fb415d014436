"""Application files: what is asked, what is refused, and the titles of what is printed."""

from __future__ import annotations

import re

import pytest
from console import DOSSIER, PROFIL, Console


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def test_the_printed_profile_is_read(call: Console) -> None:
    """As printed: it tells of no file, so nothing is missing yet."""
    found = call("dossier", "--profil", "-", "--format", "json", stdin=PROFIL).json
    assert found["resultat"] == "a_confirmer"
    assert "manquante" not in {piece["etat"] for piece in found["pieces"]}
    assert found["format"] == 1
    assert set(found["sources"]) >= {"S15", "S23", "S26"}


def test_other_commands_leave_the_file_aside(call: Console) -> None:
    """The same profile gives its checklist."""
    reponse = call("checklist", "--profil", "-", "--format", "json", stdin=DOSSIER)
    assert reponse.status == 0
    assert reponse.json["audit"]["type"] == "initial"


def test_without_a_file_the_command_says_what_to_gather(call: Console) -> None:
    """Neither type nor date is needed; what they would decide is asked."""
    found = call("dossier", "certifregion", "--format", "json").json
    assert found["audit"]["type"] is None
    assert found["a_demander"][0] == {"texte": "Quel type d’audit ?", "cle": "audit.type", "sources": []}
    assert {piece["etat"] for piece in found["pieces"]} == {"a_confirmer", "conditionnelle"}


def test_the_two_firms_are_listed_when_the_one_named_is_not_of_them(call: Console) -> None:
    """With its place in the file and both names."""
    reponse = call("dossier", "--profil", "-", stdin=DOSSIER.replace("maieutika", "Cabinet Untel"))
    assert reponse.status == 1
    assert "<entrée standard>:15:22: auditeur-inconnu" in reponse.err
    assert "Cidées Conseil & Formation (cidees), Maïeutika (maieutika)" in reponse.err


def test_a_label_that_says_nothing_of_it_is_a_wrong_usage(call: Console) -> None:
    """The référentiel is known, the subject is not its own."""
    reponse = call("dossier", "fictif")
    assert (reponse.status, reponse.codes) == (2, ["sujet-absent"])
    assert "aucune source lue pour « fictif » ne parle d’un dossier de candidature" in reponse.err
    assert "→ le demander" in reponse.err or "→ demander" in reponse.err


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("depot: 2023-02-22", "depot: 2023-02-30"), "date-invalide"),
        (("depot: 2023-02-22", "depot: hier"), "date-invalide"),
        (("adresse_site: true", "adresse_site: {fourni_le: 2023-02-30}"), "date-invalide"),
        (("adresse_site: true", "adresse_site: ouais"), "forme-inattendue"),
        (("adresse_site: true", "couleur: true"), "piece-inconnue"),
        (("adresse_site: true", "devis_signe: true"), "piece-deplacee"),
        (("adresse_site: true", "certificat_qualiopi: true"), "piece-deplacee"),
        (("3200,50", "-3"), "montant-illisible"),
        (("3200,50", "1e9"), "montant-illisible"),
        (("3200,50", "١٢"), "montant-illisible"),
        (("3200,50", "1,234"), "montant-illisible"),
        (("2,5", "0"), "duree-illisible"),
        (("2,5", "1/0"), "duree-illisible"),
        (("type: initial", "type: surveillanc"), "type-inconnu"),
        (("detention: aucun", "detention: [a]"), "type-inattendu"),
        (("detention: aucun", "detention: personne"), "reponse-inconnue"),
        (("detention: aucun", "occitanie: non"), "reponse-contraire"),
        (("  depot:", "  depose:"), "cle-inconnue"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(call: Console, change: tuple[str, str], code: str) -> None:
    """One clear message with its place, status 1, nothing written."""
    assert change[0] in DOSSIER
    reponse = call("dossier", "--profil", "-", stdin=DOSSIER.replace(*change))
    assert reponse.status == 1
    assert code in reponse.codes
    assert reponse.out == b""
    assert "<entrée standard>:" in reponse.err


def test_a_mode_is_checked_where_it_is_to_be_decided(call: Console) -> None:
    """Elsewhere it is whatever people print."""
    free = DOSSIER.replace("date: 2023-05-10", "date: 2023-05-10, mode: le matin")
    assert call("dossier", "--profil", "-", stdin=free).status == 0
    later = free.replace("type: initial", "type: surveillance").replace(
        "dossier:", "precedent: {type: initial}\ndossier:", 1
    )
    assert call("dossier", "--profil", "-", stdin=later).codes == ["mode-inconnu"]


def test_files_and_request_are_refused_together(call: Console) -> None:
    """A wrong type, a wrong day of the audit and a wrong document of the file, each with its place."""
    wrong = DOSSIER.replace("type: initial", "type: foo")
    wrong = wrong.replace("adresse_site: true", "couleur: true").replace("3200,50", "-3")
    reponse = call("dossier", "--profil", "-", "--categorie", "ZZ", "--date", "hier", stdin=wrong)
    assert set(reponse.codes) == {
        "type-inconnu", "date-invalide", "piece-inconnue", "montant-illisible", "categorie-inconnue"
    }  # fmt: skip


# ---- titles, and no code --------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["table", "md", "html"])
@pytest.mark.parametrize("extra", [(), ("--attribution",)])
def test_no_code_stands_where_the_data_have_a_title(
    call: Console, format_: str, extra: tuple[str, ...]
) -> None:
    """Audit types, routes, answers and dates of the calendar are called by their titles."""
    text = call("dossier", "certifregion", *extra, "--format", format_).out.decode()
    flat = re.sub(r"\s+", " ", re.sub(r"<[^>]+>|[\\*|]", " ", text))
    assert not re.search(r"\bpour (?:initial|extension|surveillance|complementaire)\b", flat)
    assert "nouvelle_demande" not in flat
    if extra:
        assert "pour audit initial" in flat
        assert "Nouvelle demande" in flat
    else:
        assert "audit initial (--type initial)" in flat


def test_the_national_file_tells_what_its_sources_tell(call: Console) -> None:
    """The documents of article 1, the doubt on the contract; of a later audit, that nothing is told."""
    found = call("dossier", "qualiopi", "--type", "initial", "--format", "json").json
    assert {piece["id"] for piece in found["pieces"]} >= {
        "organigramme",
        "liste_sites",
        "declaration_honneur",
    }
    assert all(piece["sources"] for piece in found["pieces"])
    assert any("contrat" in item["texte"] for item in found["a_demander"])
    later = call("dossier", "qualiopi", "--type", "surveillance", "--format", "json").json
    assert (later["resultat"], later["pieces"]) == ("a_confirmer", [])
