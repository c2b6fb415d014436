"""Durations: tables that cannot lie, a label of its own, and the command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from console import Console
from greffons import DONNEES, registry
from regimes import open_regime

from certif_rules.audit.demande import Demande, from_profile
from certif_rules.errors import DataError
from certif_rules.services.duree import make_duration
from certif_rules.vie.montants import exact


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


BAREME = """\
format: 1
duree:
  baremes:
    - id: ordinaire
      titre: Barème inventé
      types: [bapteme]
      tranches:
        - {de: 0, moins_de: 1000, base: "0.25", supplements: {VELO: "1", COUT: null}, par_site: 0}
        - {de: 1000, moins_de: null, base: 2, supplements: {VELO: 0, COUT: 0}, par_site: 1}
      cherche: la case de la coutellerie
      sources: [REG]
"""


def refused(tmp_path: Path, texte: str) -> set[str]:
    """The codes of what is wrong in a ``vie`` of the made-up référentiel, its digest left aside."""
    donnees = shutil.copytree(DONNEES["fictif"], tmp_path / "certif_rules_fictif" / "donnees")
    folder = donnees / "regles" / "charte-1" / "vie"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    (folder / "duree.yaml").write_text(texte, encoding="utf-8")
    with pytest.raises(DataError) as error:
        open_regime(registry(fictif=donnees), Demande(referentiel="fictif"))
    return {issue.code for issue in error.value.issues} - {"empreinte-inconnue"}


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        ("de: 1000", "de: 1001", {"tranches-disjointes"}),
        ("de: 1000", "de: 999", {"tranches-disjointes"}),
        ("moins_de: null", "moins_de: 5000", {"tranches-disjointes"}),
        ("moins_de: 1000", "moins_de: 0", {"nombre-trop-petit"}),
        ("      cherche: la case de la coutellerie\n", "", {"case-muette"}),
        ("types: [bapteme]", "types: [bapteme]\n      comme: autre", {"bareme-ambigu"}),
        ("types: [bapteme]", "types: [inconnu]", {"type-inconnu"}),
        ("{VELO: 0", "{FER: 0", {"categorie-inconnue"}),
        ("sources: [REG]", "sources: [RIEN]", {"source-inconnue"}),
        ('base: "0.25"', "base: demi", {"forme-inattendue"}),
    ],
)
def test_a_table_that_lies_is_refused(tmp_path: Path, before: str, after: str, codes: set[str]) -> None:
    """A hole between two bands, an empty cell left unsaid, an unknown name: each by its code."""
    assert before in BAREME
    assert refused(tmp_path / "sound", BAREME) == set()
    assert refused(tmp_path / "wrong", BAREME.replace(before, after, 1)) == codes


def test_one_answer_for_an_audit_type(tmp_path: Path) -> None:
    """A table and a sentence for the same audit would leave the choice to the order of the file."""
    more = "  sans_bareme:\n    - {types: [bapteme], texte: à part, connue: true, sources: [REG]}\n"
    assert refused(tmp_path, BAREME + more) == {"identifiant-en-double"}


def test_a_label_counts_as_it_likes() -> None:
    """The made-up référentiel counts in quarters of a day, without sites; nothing of the core knows."""
    profil = {
        "audit": {"type": "bapteme", "date": "2024-03-18"},
        "organisme": {"categories": ["VELO"], "chiffre_affaires": 999},
        "referentiel": "fictif",
    }
    found = make_duration(registry(), from_profile(profil), sites=1)
    assert exact(found.calcul.jours) == "1.25"
    profil["organisme"] = {"categories": ["COUT"], "chiffre_affaires": 999}
    unknown = make_duration(registry(), from_profile(profil), sites=1)
    assert unknown.calcul.jours is None
    assert any("la case inventée" in poste.texte for poste in unknown.calcul.postes)


def test_what_is_asked_is_asked_at_once(call: Console) -> None:
    """Turnover and sites together, with the options that give them."""
    audit = ("--type", "initial", "--date", "2024-03-18", "--categorie", "AF")
    reponse = call("duree", "qualiopi", *audit)
    assert reponse.status == 2
    assert "--chiffre-affaires" in reponse.err
    assert "--sites" in reponse.err
    given = call(
        "duree", "qualiopi", *audit, "--chiffre-affaires", "320000", "--sites", "12", "--format", "json"
    )
    assert given.json["jours"] == "3"
    assert [poste["jours"] for poste in given.json["postes"]] == ["1", "0.5", "1.5"]
    assert set(given.json["postes"][0]["sources"]) <= given.json["sources"].keys()


def test_the_profile_is_enough(call: Console, tmp_path: Path) -> None:
    """Turnover and sites of the profile; an option wins."""
    profil = tmp_path / "audit.yaml"
    profil.write_text(
        "format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: 2024-03-18}\n"
        "organisme: {categories: [AF], chiffre_affaires: 90000, sites: [{id: S1}]}\n",
        encoding="utf-8",
    )
    assert call("duree", "--profil", profil, "--format", "json").json["jours"] == "1"
    more = call("duree", "--profil", profil, "--chiffre-affaires", "150000", "--format", "json")
    assert more.json["jours"] == "1.5"


def test_the_terminal_says_where_each_half_day_comes_from(call: Console) -> None:
    """Words for people: decimals with a comma, confidence and sources beside each part, at 80 columns."""
    reponse = call("duree", "qualiopi", "--type", "initial", "--date", "2024-03-18", "--categorie", "CFA",
                   "--chiffre-affaires", "800000", "--sites", "1")  # fmt: skip
    text = reponse.text
    assert "Durée : 2,5 jours" in text
    assert "1 jour : actions de formation par apprentissage (CFA) (confiance moyenne)" in text
    assert text.startswith("Durée de l’audit – Référentiel national qualité (Qualiopi), édition 2019\n===")
    assert "Le tableau officiel de l’article 4 n’a pas été lu" in text
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 80


def test_a_label_without_table_says_who_decides(call: Console) -> None:
    """The sentence of the presentation, between guillemets, and its slide."""
    reponse = call("duree", "certifregion", "--type", "initial", "--date", "2024-03-18", "--categorie", "AF")
    text = " ".join(reponse.out.decode().split())
    assert "« La durée de l’audit est calculée par l’auditeur choisi par l’opérateur" in text
    assert "[S15]" in text


def test_nothing_said_of_durations(call: Console) -> None:
    """A référentiel that is silent is said to be; its base, which speaks, is named."""
    reponse = call("duree", "enseigne", "--type", "bapteme", "--date", "2022-03-18", "--categorie", "COUT")
    assert reponse.status == 2
    assert "sujet-absent" in reponse.err
    assert "fictif" in reponse.err
