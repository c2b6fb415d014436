"""Headers, ids and folders: what would be compared, overridden or left out in silence is refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fautes import DEROGATIONS, EN_TETE, TYPES, VOCABULAIRE, Copy, Edit
from greffons import EDITIONS, distribution, registry

from certif_rules.blocs.typographie import plain
from certif_rules.cli import run
from certif_rules.rules.contexte import Contexte, Organisme
from certif_rules.rules.faits import origin, resolve

AUDIT = ["--type", "initial", "--date", "2024-05-01", "--categorie", "AF"]
CONSTATS = "regles/arrete-2023-05-31/constats.yaml"


@pytest.fixture
def qualiopi(tmp_path: Path) -> Copy:
    return Copy(tmp_path, "qualiopi")


@pytest.fixture
def certifregion(tmp_path: Path) -> Copy:
    return Copy(tmp_path, "certifregion")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of distributions, first on the path."""
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("greffon_"):
            del sys.modules[name]


def codes(copy: Copy) -> set[str]:
    return {issue.code for issue in copy.issues()}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('du: "2019-06-06"', "du: 20190606"),
        ('au: "2026-10-31"', "au: 2026"),
        ("titre:", "titre: [a]\nnom_long:"),
    ],
)
def test_a_header_of_the_wrong_type_is_named(qualiopi: Copy, before: str, after: str) -> None:
    """A date without quotes or a list for a name is a located problem, never a comparison that fails."""
    qualiopi.edit(Edit(EN_TETE, "format", before, after))
    found = [issue for issue in qualiopi.issues() if issue.code == "type-inattendu"]
    assert found
    assert all(issue.location is not None and issue.location.file.endswith(EN_TETE) for issue in found)


def test_a_wrong_header_of_another_plugin_stops_nobody(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A plugin whose header cannot be read is broken and named; the others go on working."""
    package = distribution(site, "guide", EDITIONS)
    layer = package / "donnees" / "guide" / "V10"
    layer.mkdir(parents=True)
    (layer / "couche.yaml").write_text(
        'format: 1\nreferentiel: qualiopi\nnature: guide\nid: "V10"\ntitre: Essai\ndu: 20261201\n'
        'pour: ["2026"]\nconfiance: faible\nsources: []\nrevisions: []\n',
        encoding="utf-8",
    )
    assert run(["checklist", "qualiopi", *AUDIT, "--format", "json"]) == 0
    told = capfd.readouterr()
    assert json.loads(told.out)["referentiel"]["guide"] == "V9"
    assert "greffon « guide » écarté" in plain(told.err)
    assert run(["plugins"]) == 1
    assert "guide : cassé" in plain(capfd.readouterr().out)


def test_a_folder_that_is_no_path_breaks_its_plugin(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A declaration whose folder is a text breaks that plugin, with the reason, and no other."""
    code = "@hookimpl\ndef certif_rules_editions():\n    return [Donnees(dossier='donnees')]\n"
    distribution(site, "texte", code)
    assert run(["plugins"]) == 1
    assert "Donnees.dossier doit être un pathlib.Path, non 'donnees'" in capfd.readouterr().out.replace(
        "\n      ", " "
    )


def test_a_label_without_its_base_hides_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    """Without its base, a label is reported by its own name; the other référentiels are listed."""
    assert run(["--sans-plugin", "qualiopi", "referentiels"]) == 1
    told = capfd.readouterr()
    assert "certifregion@V5 repose sur qualiopi@2019, qu’aucun greffon actif ne déclare" in plain(told.err)
    assert "fictif@" in told.out


def test_dates_of_a_header_are_in_order(qualiopi: Copy) -> None:
    """A layer cannot end before it begins, nor be admitted after it is compulsory."""
    qualiopi.edit(Edit(EN_TETE, "format", 'au: "2026-10-31"', 'au: "2018-12-31"'))
    qualiopi.edit(Edit("guide/V9/couche.yaml", "format", 'admis_du: "2024-01-08"', 'admis_du: "2024-06-08"'))
    found = [issue for issue in qualiopi.issues() if issue.code == "periode-incoherente"]
    assert {issue.location.file.split("donnees/")[1] for issue in found if issue.location} == {
        EN_TETE,
        "guide/V9/couche.yaml",
    }


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('    au: "2022-12-31"', '    au: "2019-12-31"', "`au` vient avant `du`"),
        ('du: "2023-01-01"\n    au: "2025', 'du: "2022-12-31"\n    au: "2025', "commence avant la fin"),
    ],
)
def test_periods_of_recognition_follow_one_another(
    certifregion: Copy, before: str, after: str, message: str
) -> None:
    """Two periods share no day: which decision recognises the label that day would be a guess."""
    certifregion.edit(Edit("exigence/V5/couche.yaml", "reconnaissance:", before, after))
    assert [message in i.message for i in certifregion.issues() if i.code == "periode-incoherente"] == [True]


def test_recognition_is_a_list_of_periods(certifregion: Copy) -> None:
    """A single period, as headers had it once, is refused at its place."""
    old = 'reconnaissance: {du: "2020-01-01", au: "2025-12-31", par: X, sources: [S05]}\nancienne:\n'
    certifregion.edit(Edit("exigence/V5/couche.yaml", "format", "reconnaissance:\n", old))
    assert {"type-inattendu", "cle-inconnue"} <= codes(certifregion)


def test_revisions_are_numbered_upwards(qualiopi: Copy) -> None:
    """Two revisions do not share a number."""
    twice = 'revisions:\n  - {numero: 1, date: "2026-11-22", raison: "Essai", empreinte: "sha256:a-calculer"}'
    qualiopi.edit(Edit(EN_TETE, "format", "revisions:", twice))
    assert "revisions-en-desordre" in codes(qualiopi)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (Edit(VOCABULAIRE, "faits:", "id: alternance", "id: certifiante"), "identifiant-en-double"),
        (Edit(VOCABULAIRE, "categories:", "[OF]", "[BC]"), "synonyme-en-double"),
        (Edit(CONSTATS, "constats:", "id: nc_mineure", "id: conforme"), "identifiant-en-double"),
        (Edit(TYPES, "types_audit:", "id: amenage", "id: initial"), "identifiant-en-double"),
    ],
)
def test_an_id_is_declared_once(qualiopi: Copy, edit: Edit, code: str) -> None:
    """A fact, a category, a finding or an audit type declared twice: which one wins would be a guess."""
    qualiopi.edit(edit)
    assert code in codes(qualiopi)


def test_a_label_does_not_redefine_its_base(certifregion: Copy) -> None:
    """A fact of the base cannot be declared again by the label, with other words."""
    certifregion.edit(
        Edit("exigence/V5/vocabulaire.yaml", "faits:", "id: formation_a_distance", "id: sous_traitance")
    )
    assert "identifiant-en-double" in codes(certifregion)


def test_a_field_is_modified_once(certifregion: Copy) -> None:
    """Two modifications of one field of one node are a clash, with both places."""
    path = certifregion.dossier / "exigence" / "V5" / "modifications.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.split("modifications:\n", 1)[1], encoding="utf-8")
    (clash,) = [issue for issue in certifregion.issues() if issue.code == "modification-en-double"]
    assert "« variantes » de « qualiopi/4 »" in clash.message
    assert clash.related


def test_a_layer_that_lost_its_header_is_seen(qualiopi: Copy) -> None:
    """Files without their header, or that are not .yaml, would be left out in silence: they are named."""
    (qualiopi.dossier / "guide" / "V7" / "couche.yaml").unlink()
    (qualiopi.dossier / DEROGATIONS).rename((qualiopi.dossier / DEROGATIONS).with_suffix(".yml"))
    assert {"en-tete-manquant", "fichier-ignore"} <= codes(qualiopi)


@pytest.mark.parametrize(
    ("body", "cause"),
    [("raise ValueError('vide')", "ValueError : vide"), ("return 'texte'", "il rend str, et non des octets")],
)
def test_a_failing_format_is_named(
    site: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], body: str, cause: str
) -> None:
    """A format of a plugin that fails is named, and nothing is written."""
    code = (
        f"def render(checklist):\n    {body}\n\n\n@hookimpl\ndef certif_rules_exporters():\n"
        "    return [Exporter(name='essai', suffix='.essai', value=render)]\n"
    )
    distribution(site, "essai", code)
    assert run(["checklist", "qualiopi", *AUDIT, "-o", str(tmp_path / "a.essai")]) == 1
    assert cause in plain(capfd.readouterr().err)
    assert not (tmp_path / "a.essai").exists()


def test_a_derived_fact_is_explained(capfd: pytest.CaptureFixture[str]) -> None:
    """`expliquer` shows the rule that gave a fact its value, by nature or by implication, and its place."""
    alternance = [*AUDIT, "--avec", "alternance", "--format", "json"]
    assert run(["expliquer", "qualiopi", "28", *alternance]) == 0
    (rule, *_) = json.loads(capfd.readouterr().out)["regles"]
    assert "suite de" in rule["texte"]
    assert any("vocabulaire.yaml" in place for place in rule["emplacements"])
    assert run(["expliquer", "qualiopi", "3", *AUDIT[:-1], "CFA", "--format", "json"]) == 0
    (rule, *_) = json.loads(capfd.readouterr().out)["regles"]
    assert "L6211-1" in rule["sources"]
    assert any("vocabulaire.yaml" in place for place in rule["emplacements"])


def test_a_fact_denied_by_its_consequence_is_explained(capfd: pytest.CaptureFixture[str]) -> None:
    """Without what a fact implies, that fact is false: the reason says what it follows from."""
    denied = [*AUDIT, "--sans", "situation_travail", "--format", "json"]
    assert run(["expliquer", "qualiopi", "13", *denied]) == 0
    (rule, *_) = json.loads(capfd.readouterr().out)["regles"]
    assert rule["code"] == "condition_non_remplie"
    assert "suite de" in rule["texte"]


def test_what_is_not_known_has_no_origin() -> None:
    """A fact that nobody said and that nothing decides comes from no rule."""
    referentiel = registry().resolve("qualiopi", day="2024-05-01").referentiel
    contexte = Contexte(
        type_audit="qualiopi/initial", date=date(2024, 5, 1), organisme=Organisme(categories=("AF",))
    )
    values = resolve(referentiel, contexte, "AF")
    assert origin(referentiel, contexte, "AF", "sous_traitance", values) is None


def test_mixed_facts_are_read_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A checklist's own head, with a fact for all and for one category, gives the same checklist again."""
    asked = ["--type", "initial", "--date", "2024-03-18", "--format", "json"]
    asked += [word for c in ("AF", "CFA", "VAE") for word in ("--categorie", c)]
    asked += ["--sans", "certifiante", "--avec", "certifiante:VAE"]
    assert run(["checklist", "qualiopi", *asked]) == 0
    first = json.loads(capfd.readouterr().out)
    profil = {"format": 1, "referentiel": "qualiopi", "audit": {"type": "initial", "date": "2024-03-18"}}
    path = tmp_path / "audit.json"
    path.write_text(json.dumps({**profil, "organisme": first["organisme"]}), encoding="utf-8")
    assert run(["checklist", "--profil", str(path), "--format", "json"]) == 0
    again = json.loads(capfd.readouterr().out)
    assert [(li["id"], li["etat"]) for li in again["lignes"]] == [
        (li["id"], li["etat"]) for li in first["lignes"]
    ]
