"""How many organisations owe each line: under two editions, two types, rules that are not published."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from shutil import copytree

import pytest
from console import Console
from greffons import DONNEES, registry, seal
from msgspec.structs import replace
from test_lot import AUDIT, CSV, call, folder, rows

from certif_rules.audit.demande import Demande, FaitDit
from certif_rules.audit.denombrement import Comptes, Denombrement
from certif_rules.calcul import compilation
from certif_rules.services import denombrement as service
from certif_rules.services.atelier import with_project
from certif_rules.services.denombrement import count_population
from certif_rules.services.lot import Lot, lots_of
from certif_rules.services.organismes import Correspondance, organisations, read_correspondance
from certif_rules.source.schema import check

__all__ = ["call", "folder"]  # fixtures

#: Three workshops: one of bicycles, one of bicycles and sewing, one of sewing.
ATELIERS = "velo;couture;benevoles\noui;non;non\noui;oui;non\nnon;oui;non\n"
LUS = "format: 1\ncategories: {VELO: velo, COUT: couture}\nfaits: {benevoles: benevoles}\n"
VISITE = Demande(referentiel="fictif", type_audit="visite", date="2021-06-01")


def test_counts_are_those_of_the_rows(call: Console, folder: Path) -> None:
    """How many owe each line is how many rows say so, under each of two editions; no name is written."""
    Path("b.yaml").write_text(
        "format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: 2026-12-01}\n"
        "organisme: {categories: [AF]}\n",
        encoding="utf-8",
    )
    arguments = ("denombrer", "of.csv", *AUDIT, "--colonnes", "c.yaml", "--contre", "b.yaml")
    reponse = call(*arguments, "--format", "json")
    assert reponse.status == 0, reponse.err
    assert check(reponse.json, "sortiedenombrer") == []
    assert (reponse.json["organismes"], reponse.json["rangees_ecartees"]) == (3, 0)
    counts = {line["numero"]: line["effectifs"] for line in reponse.json["lignes"]}
    assert counts["27"] == [{"dues": 1, "a_confirmer": 1}] * 2
    assert counts["14"][0] == {"dues": 2, "a_confirmer": 0}
    assert counts["33"] == [None, {"dues": 2, "a_confirmer": 0}]
    given = rows(call("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml").out)
    due = Counter(line for row in given for line in row["a_auditer"])  # type: ignore[attr-defined]
    assert {n: one["dues"] for n, (one, _) in counts.items() if one} == {
        n: due[f"qualiopi/{n}"] for n, (one, _) in counts.items() if one
    }
    assert "Élan" not in reponse.out.decode()
    shown = call(*arguments).out.decode()
    assert "3 organismes comptés, 0 rangée écartée." in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_what_two_audits_lack_is_told_where_each_is_asked(call: Console, folder: Path) -> None:
    """No date in the options nor in the other profile: both at once; that of the profile at its place."""
    Path("b.yaml").write_text(
        "format: 1\nreferentiel: qualiopi\naudit: {type: initial}\norganisme: {categories: [AF]}\n",
        encoding="utf-8",
    )
    asked = (
        "denombrer",
        "of.csv",
        "qualiopi",
        "--type",
        "initial",
        "--colonnes",
        "c.yaml",
        "--contre",
        "b.yaml",
    )
    both = call(*asked)
    assert (both.status, both.codes) == (2, ["information-manquante"] * 2)
    other = call(*asked, "--date", "2024-03-18")
    assert (other.status, other.codes) == (1, ["information-manquante"])
    assert other.err.startswith("b.yaml: ")
    assert "l’écrire dans ce profil" in other.err


def denying() -> tuple[Correspondance, Demande]:
    """Columns and a request by which the last row denies what the request implies."""
    colonnes = "format: 1\ncategories: {AF: certif.AF, CFA: certif.CFA}\nfaits: {situation_travail: st}\n"
    Path("c.yaml").write_text(colonnes, encoding="utf-8")
    Path("of.csv").write_text(CSV.replace(";0;1;non", ";1;0;non"), encoding="utf-8")
    by = read_correspondance(Path("c.yaml"))
    commun = Demande(
        referentiel="qualiopi",
        type_audit="initial",
        date="2024-03-18",
        faits=(FaitDit("alternance", None, True),),
    )
    return by, commun


def test_a_refusal_of_two_sets_of_rules_is_told_once(folder: Path) -> None:
    """The same audit twice, for a row that denies what is implied: one fault a row, not two."""
    by, commun = denying()
    lots = lots_of([(registry(), None, commun)] * 2, by, "of.csv")
    assert len(count_population(lots, organisations(Path("of.csv"), by), by).ecartees) == 1


def test_a_line_has_the_title_of_the_first_rules_that_have_it() -> None:
    """An edition that renames a line, put second: the title is still that of the first."""
    first = registry().resolve("qualiopi", day="2024-03-18").referentiel
    renamed = replace(first.indicateurs["qualiopi/1"], titre="Autre titre")
    second = replace(first, indicateurs={"qualiopi/1": renamed})
    comptes = tuple(Comptes(referentiel=r, empreinte="", effectifs={}) for r in (first, second))
    counted = Denombrement(nombre=0, ecartees=(), comptes=comptes)
    assert counted.lignes == tuple(first.indicateurs.values())


def test_one_that_a_set_of_rules_refuses_is_counted_under_none(folder: Path) -> None:
    """No work situation, where all are said to be in alternance: that row is left out, with its line."""
    by, commun = denying()
    lot = Lot(registry(), commun, by, "of.csv")
    counted = count_population([lot], organisations(Path("of.csv"), by), by)
    assert counted.nombre == 2
    assert [(issue.code, str(issue.location)) for issue in counted.ecartees] == [
        ("fait-contraire", "of.csv:4:1")
    ]


def counts(*asked: tuple[object, Demande]) -> list[dict[str, tuple[int, int]]]:
    """Of the three workshops, how many owe each line, and for how many it is to be confirmed."""
    Path("ateliers.csv").write_text(ATELIERS, encoding="utf-8")
    Path("lus.yaml").write_text(LUS, encoding="utf-8")
    by = read_correspondance(Path("lus.yaml"))
    lots = lots_of(((r, None, demande) for r, demande in asked), by, "ateliers.csv")  # type: ignore[misc]
    counted = count_population(lots, organisations(Path("ateliers.csv"), by), by)
    assert (counted.nombre, counted.ecartees) == (3, ())
    return [{line: (e.dues, e.a_confirmer) for line, e in c.effectifs.items()} for c in counted.comptes]


def test_another_type_is_counted_beside(folder: Path) -> None:
    """Two owe estimates (1.2) at a baptism; at a visit, nobody knows before the earlier audit is told.

    They are asked but in sewing. Prices (1.1) are owed by all three at both.
    """
    visite, bapteme = counts((registry(), VISITE), (registry(), replace(VISITE, type_audit="bapteme")))
    assert (visite["fictif/1.2"], bapteme["fictif/1.2"]) == ((0, 2), (2, 0))
    assert visite["fictif/1.1"] == bapteme["fictif/1.1"] == (3, 0)


def test_another_edition_is_counted_beside(folder: Path) -> None:
    """Line 3.1 is asked for bicycles: two owe it at a baptism. Line 3.2 is of the second edition only."""
    bapteme = replace(VISITE, type_audit="bapteme")
    first, second = counts((registry(), bapteme), (registry(), replace(bapteme, edition="B")))
    assert first["fictif/3.1"] == (2, 0)
    assert "fictif/3.2" not in first
    assert "fictif/3.2" in second


def projet(*, citees: str) -> Path:
    """The rules of the made-up référentiel, by which a visit always sees these lines."""
    layer = Path("projet") / "regles" / "charte-1"
    copytree(DONNEES["fictif"] / "regles" / "charte-1", layer)
    text = (layer / "types-audit.yaml").read_text(encoding="utf-8")
    assert '{lignes: ["1.1"], motif' in text
    changed = text.replace('{lignes: ["1.1"], motif', f"{{lignes: {citees}, motif")
    (layer / "types-audit.yaml").write_text(changed, encoding="utf-8")
    return layer


def test_rules_that_are_not_published_are_counted_beside(folder: Path) -> None:
    """A draft by which a visit sees estimates (1.2): the two that may owe them do; no other line changes."""
    seal(projet(citees='["1.1", "1.2"]'))
    opened = registry()
    today, drafted = counts((opened, VISITE), (with_project(opened, Path("projet"), here=Path.cwd()), VISITE))
    assert (today.pop("fictif/1.2"), drafted.pop("fictif/1.2")) == ((0, 2), (2, 0))
    assert today == drafted
    assert counts((opened, VISITE))[0]["fictif/1.2"] == (0, 2)  # the installed rules are as they were


def test_a_draft_that_nobody_sealed_is_refused(call: Console, folder: Path) -> None:
    """A draft whose digest no revision declares, a folder without a layer: each is told, with its place."""
    layer = Path("projet") / "regles" / "arrete-2023-05-31"
    copytree(DONNEES["qualiopi"] / "regles" / "arrete-2023-05-31", layer)
    text = (layer / "types-audit.yaml").read_text(encoding="utf-8")
    (layer / "types-audit.yaml").write_text(text.replace('["1", "17", "19"]', '["17", "19"]'), "utf-8")
    asked = ("denombrer", "of.csv", "qualiopi", "--type", "surveillance", "--date", "2024-03-18")
    reponse = call(*asked, "--colonnes", "c.yaml", "--projet", "projet")
    assert (reponse.status, reponse.codes) == (1, ["empreinte-inconnue"])
    assert reponse.err.startswith("projet/regles/arrete-2023-05-31/couche.yaml:")
    Path("vide").mkdir()
    reponse = call(*asked, "--colonnes", "c.yaml", "--projet", "vide")
    assert (reponse.status, "dossier-vide: aucune couche dans ce dossier" in reponse.err) == (1, True)


def test_a_draft_that_says_so_needs_no_digest(call: Console, folder: Path) -> None:
    """`brouillon: true`: the draft is counted beside, and that it is a draft is said of it alone."""
    layer = Path("projet") / "regles" / "arrete-2023-05-31"
    copytree(DONNEES["qualiopi"] / "regles" / "arrete-2023-05-31", layer)
    text = (layer / "types-audit.yaml").read_text(encoding="utf-8")
    (layer / "types-audit.yaml").write_text(text.replace('["1", "17", "19"]', '["17", "19"]'), "utf-8")
    header = (layer / "couche.yaml").read_text(encoding="utf-8")
    (layer / "couche.yaml").write_text(f"{header}brouillon: true\n", encoding="utf-8")
    asked = ("denombrer", "of.csv", "qualiopi", "--type", "surveillance", "--date", "2024-03-18")
    reponse = call(*asked, "--colonnes", "c.yaml", "--projet", "projet", "--format", "json")
    assert reponse.status == 0, reponse.err
    assert ["couche_en_brouillon" in rules["avertissements"] for rules in reponse.json["regles"]] == [
        False,
        True,
    ]
    assert reponse.err.count("est un brouillon") == 1


def test_a_draft_is_told_beside_its_counts(call: Console, folder: Path) -> None:
    """A draft no longer cites line 1: those who owe it are those who may; the second count says so."""
    layer = Path("projet") / "regles" / "arrete-2023-05-31"
    copytree(DONNEES["qualiopi"] / "regles" / "arrete-2023-05-31", layer)
    text = (layer / "types-audit.yaml").read_text(encoding="utf-8")
    (layer / "types-audit.yaml").write_text(text.replace('["1", "17", "19"]', '["17", "19"]'), "utf-8")
    seal(layer)
    asked = ("denombrer", "of.csv", "qualiopi", "--type", "surveillance", "--date", "2024-03-18")
    options = ("--colonnes", "c.yaml", "--projet", "projet")
    data = call(*asked, *options, "--format", "json").json
    line = next(line for line in data["lignes"] if line["numero"] == "1")
    assert line["effectifs"] == [{"dues": 3, "a_confirmer": 0}, {"dues": 0, "a_confirmer": 3}]
    assert data["regles"][0]["empreinte"] != data["regles"][1]["empreinte"]
    shown = call(*asked, *options).out.decode()
    assert " ".join(shown.split()).count("édition 2019, avec les couches de projet") == 1
    assert max(map(len, shown.splitlines())) <= 80


def test_a_word_without_column_is_counted_all_the_same(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word that nobody compiled: context by context, the same numbers, and it is said."""
    asked = ("denombrer", "of.csv", "qualiopi", "--type", "surveillance", "--date", "2024-03-18")
    asked = (*asked, "--colonnes", "c.yaml")
    by_columns = call(*asked, "--format", "json").json
    monkeypatch.setattr(compilation, "_MOTS", {k: v for k, v in compilation._MOTS.items() if k != "vue"})
    by_contexts = call(*asked, "--format", "json").json
    assert by_columns["lignes"] == by_contexts["lignes"]
    assert [r.pop("sans_colonnes") for r in by_columns["regles"]] == [None]
    assert [r.pop("sans_colonnes") for r in by_contexts["regles"]] == ["le mot « vue »"]
    assert by_columns == by_contexts
    shown = call(*asked).out.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert "Compté contexte par contexte : le mot « vue » n’a pas de colonne." in shown


def test_what_is_kept_of_contexts_is_bounded(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One context kept, blocks of two organisations: the counts are those of one block and all contexts."""
    asked = ("denombrer", "of.csv", *AUDIT, "--colonnes", "c.yaml", "--format", "json")
    whole = call(*asked).out
    monkeypatch.setattr(service, "_MOST", 1)
    monkeypatch.setattr(service, "BLOC", 2)
    assert call(*asked).out == whole
