"""Samples: how many, which ones, and that anyone draws them again."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
from console import Console
from hypothesis import given
from hypothesis import strategies as st

from certif_rules.blocs.typographie import plain
from certif_rules.errors import DataError, Location
from certif_rules.model.echantillon import MethodeEchantillon, RegleSites
from certif_rules.services.population import parse_population
from certif_rules.vie.echantillon import draw, rule_for, sites_to_see

getcontext().prec = 60
NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8), max_size=30)
COEFFICIENTS = st.sampled_from(["1", "0.6", "2", "1/3", "0.75"])


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


# ---- how many ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sites", "nearest", "above", "below"),
    [(1, 1, 1, 1), (2, 1, 2, 1), (4, 2, 2, 2), (5, 2, 3, 2), (12, 3, 4, 3), (13, 4, 4, 3), (20, 4, 5, 4)],
)
def test_the_root_made_whole_in_three_ways(sites: int, nearest: int, above: int, below: int) -> None:
    """The worked values of the auditors: nearest and ceiling differ at 2, 5, 12 and 20 sites."""
    found = [sites_to_see(sites, "1", way) for way in ("au_plus_proche", "superieur", "inferieur")]
    assert found == [nearest, above, below]


@given(st.integers(0, 10**9), COEFFICIENTS)
def test_exact_whatever_the_size(sites: int, coefficient: str) -> None:
    """As sixty digits of decimals would have it, and between the two other ways."""
    root = (Decimal(Fraction(coefficient).numerator) / Decimal(Fraction(coefficient).denominator)) * Decimal(
        sites
    ).sqrt()
    nearest = sites_to_see(sites, coefficient, "au_plus_proche")
    assert nearest == int(root.to_integral_value(ROUND_HALF_UP))
    below, above = (sites_to_see(sites, coefficient, way) for way in ("inferieur", "superieur"))
    assert below <= nearest <= above <= below + 1


@given(st.integers(0, 1000), st.integers(0, 1000), COEFFICIENTS)
def test_more_sites_never_mean_fewer(one: int, other: int, coefficient: str) -> None:
    """An organisation with more sites never has fewer of them to see."""
    few, many = sorted((one, other))
    assert sites_to_see(few, coefficient, "au_plus_proche") <= sites_to_see(
        many, coefficient, "au_plus_proche"
    )


def rule(**changes: object) -> RegleSites:
    values = {"types": ("visite",), "coefficient": "1", "arrondi": "inferieur", "sources": ("S",)}
    return RegleSites(**values | changes)  # type: ignore[arg-type]


def test_the_day_of_the_audit_chooses_the_rule() -> None:
    """Both ends included; without a day, the latest; no rule is no rule."""
    before, after = rule(au="2023-08-31", coefficient=None), rule(du="2023-09-01")
    rules = MethodeEchantillon(sites=(before, after))
    assert rule_for(rules, "visite", "2023-08-31") is before
    assert rule_for(rules, "visite", "2023-09-01") is after
    assert rule_for(rules, "visite", None) is after
    assert rule_for(rules, "autre", "2023-09-01") is None
    assert rule_for(MethodeEchantillon(sites=(before,)), "visite", "2024-01-01") is None


# ---- which ones ----------------------------------------------------------------------------------------


@given(NAMES, st.text(max_size=10), st.randoms(), st.data())
def test_the_order_of_the_population_counts_for_nothing(
    names: list[str], seed: str, shuffler: object, data: st.DataObject
) -> None:
    """Nor names given twice; the same seed draws the same list and prints the same digest."""
    size = data.draw(st.integers(0, len(set(names)) and 1))
    other = [*names, *names]
    shuffler.shuffle(other)  # type: ignore[attr-defined]
    assert draw(names, size, seed) == draw(other, size, seed)


@given(st.sets(st.text("abcdef", min_size=1), min_size=1), st.text(max_size=5), st.data())
def test_a_larger_sample_holds_the_smaller(names: set[str], seed: str, data: st.DataObject) -> None:
    """Enlarging a sample keeps who is in it: what was seen stays seen."""
    size = data.draw(st.integers(0, len(names)))
    less = draw(names, max(size - 1, 0), seed).liste
    assert set(less) <= set(draw(names, size, seed).liste) <= names


@given(st.sets(st.text("abcdef", min_size=1), min_size=1), st.data())
def test_the_unseen_come_first_as_far_as_there_are(names: set[str], data: st.DataObject) -> None:
    """As many unseen ones as asked, or all there are, never more members than the size."""
    seen = data.draw(st.sets(st.sampled_from(sorted(names))))
    size = data.draw(st.integers(0, len(names)))
    wanted = data.draw(st.integers(0, 3))
    tirage = draw(names, size, "graine", vus=seen, non_vus=wanted)
    assert len(tirage.liste) == size
    assert tirage.non_vus is not None
    assert set(tirage.non_vus) == set(tirage.liste) - seen
    assert len(tirage.non_vus) >= min(wanted, size, len(names - seen))


def test_a_draw_is_written_down_for_ever() -> None:
    """A report prints the seed: next year's program must draw the same list."""
    sites = [f"S{n}" for n in range(1, 13)]
    tirage = draw(sites, 3, "2024-031")
    assert tirage.liste == ("S5", "S4", "S8")
    assert tirage.empreinte == "sha256:fb7375f551386ed48027eea0cc3a414d531b4b268b49c48b2dcf808805e37424"
    by_hand = sorted(sites, key=lambda name: sha256(f"2024-031\0{name}".encode()).digest())
    assert tirage.liste == tuple(by_hand[:3]), "the method, as its sentence says it"
    assert draw(sites, 3, "2024-032").liste != tirage.liste


def test_two_writings_of_an_accent_are_one_name() -> None:
    """A file made on a Mac decomposes accents."""
    assert draw(["Se\u0301te", "Nîmes"], 1, "g") == draw(["S\u00e9te", "Nîmes"], 1, "g")


@pytest.mark.parametrize("size", [-1, 3])
def test_a_size_that_cannot_be(size: int) -> None:
    """More members than there are, or fewer than none, cannot be drawn."""
    with pytest.raises(ValueError, match="parmi 2"):
        draw(["a", "b"], size, "g")


# ---- the command ---------------------------------------------------------------------------------------


def test_the_population_comes_from_a_file_or_from_the_profile(call: Console, tmp_path: Path) -> None:
    """The same names, the same sample; a file may come from a spreadsheet, with its mark and its ends."""
    profil = tmp_path / "audit.yaml"
    profil.write_text(
        "format: 1\norganisme: {categories: [AF], sites: [{id: S1}, {id: S2}, {id: S3}, {id: S4}]}\n",
        encoding="utf-8",
    )
    names = tmp_path / "sites.txt"
    names.write_bytes("\ufeffS4\r\nS3\r\n\r\nS2\r\nS1\r\n".encode())
    common = ("echantillon", "qualiopi", "--type", "initial", "--graine", "g", "--format", "json")
    by_file = call(*common, "--population", names)
    by_profile = call(*common, "--profil", profil)
    assert by_file.status == by_profile.status == 0
    assert by_file.json == by_profile.json
    assert by_file.json["taille"] == 2
    assert {"graine", "methode", "population", "liste"} <= by_file.json.keys()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a\xff\n", "encodage"),
        (b"a\x07b\nc\n", "caractere-de-controle"),
        (b"a\n" * 100_001, "echantillon-trop-grand"),
    ],
)
def test_a_file_that_is_no_list_of_names(call: Console, tmp_path: Path, content: bytes, code: str) -> None:
    """One message with the place, and nothing drawn."""
    path = tmp_path / "noms.txt"
    path.write_bytes(content)
    reponse = call("echantillon", "qualiopi", "--type", "initial", "--graine", "g", "--population", path)
    assert (reponse.status, reponse.out) == (1, b"")
    assert code in reponse.err


def test_all_the_faults_of_a_line_are_told_at_once() -> None:
    """An invisible character and no day; a name given before whose day is bad: two each, all told."""
    with pytest.raises(DataError) as caught:
        parse_population(b"A;2026-01-02\nB\x07;demain\nA\x07;2026-01-03\n", "noms", depuis="2026-01-01")
    assert [(i.code, i.location and i.location.line) for i in caught.value.issues] == [
        ("caractere-de-controle", 2), ("jour-absent", 2),
        ("caractere-de-controle", 3), ("identifiant-en-double", 3),
    ]  # fmt: skip


def test_a_file_that_is_not_there(call: Console, tmp_path: Path) -> None:
    """A population file that is missing is told in French."""
    reponse = call(
        "echantillon", "qualiopi", "--type", "initial", "--graine", "g", "--population", tmp_path / "rien.txt"
    )
    assert reponse.status == 1
    assert "fichier introuvable" in reponse.err


def test_what_contradicts_itself_is_a_wrong_use(call: Console) -> None:
    """A draw asked for with contradictory options is refused."""
    common = ("echantillon", "qualiopi", "--type", "initial", "--graine", "g", "--population", "-")
    assert call(*common, "--aucun-vu", "--deja-vu", "A", stdin="A\nB\n").status == 2
    stranger = call(*common, "--deja-vu", "C", stdin="A\nB\n")
    assert stranger.status == 2
    assert "membre-inconnu" in stranger.err
    unknown = call("echantillon", "qualiopi", "--type", "initiale", "--graine", "g", stdin="")
    assert "vouliez-vous dire « initial »" in unknown.err


def test_what_is_printed_is_enough_to_draw_again(call: Console) -> None:
    """Seed, size, method, digest of the population and list; the rule with its source."""
    reponse = call(
        "echantillon", "qualiopi", "--type", "surveillance", "--date", "2024-03-18", "--graine", "dossier 31",
        "--population", "-", "--aucun-vu", stdin="A\nB\nC\nD\n",
    )  # fmt: skip
    assert reponse.status == 0
    text = reponse.out.decode()
    tirage = draw("ABCD", 1, "dossier 31", vus=(), non_vus=1)
    for wanted in (
        "dossier 31",
        tirage.liste[0],
        "SHA-256",
        "0,6 × racine carrée",
        "non vu",
        "1 site sur 4\n",
    ):
        assert wanted in text
    assert "en plus de la fonction centrale (confiance moyenne) [AFN]" in " ".join(text.split())
    assert text.startswith("Échantillon – Référentiel national qualité (Qualiopi), édition 2019\n===")
    assert "\nAudit de surveillance\n" in text
    assert tirage.empreinte in text


def test_standard_input_serves_once(call: Console) -> None:
    """The population and the profile cannot both be read from it."""
    asked = ("echantillon", "--graine", "g", "--objet", "dossiers", "--taille", "1")
    reponse = call(*asked, "--profil", "-", "--population", "-", stdin="A\nB\n")
    assert reponse.status != 0
    assert "demande-contradictoire" in reponse.codes


# ---- the seed, and the earlier audit --------------------------------------------------------------------

DATED = "A-1;2023-05-01\nA-2;2024-01-01\n\nA-3 ; 2024-03-01\nA-4\t2024-03-02\n"


def test_a_seed_that_nobody_chose_cannot_be_guessed(call: Console) -> None:
    """Two draws of one file have two seeds, each printed; the one printed draws the same list again."""
    asked = (
        "echantillon", "qualiopi", "--type", "initial", "--date", "2024-03-18", "--objet", "dossiers",
        "--taille", "2", "--population", "-",
    )  # fmt: skip
    names = "A-1\nA-2\nA-3\nA-4\n"
    one, other = (call(*asked, "--format", "json", stdin=names).json for _ in range(2))
    assert one["graine_tiree"] is True
    assert one["graine"] != other["graine"]
    assert len(one["graine"]) == 16
    again = call(*asked, "--format", "json", "--graine", one["graine"], stdin=names).json
    assert (again["liste"], again["graine_tiree"]) == (one["liste"], False)
    assert "tirée au sort : la garder" in plain(call(*asked, stdin=names).text)
    assert "tirée au sort" not in call(*asked, "--graine", "g", stdin=names).text


def test_what_is_older_than_the_earlier_audit_is_not_drawn(call: Console) -> None:
    """Of four files, one ended before the audit of 1 January 2024: three are left, that day included."""
    asked = (
        "echantillon", "qualiopi", "--type", "surveillance", "--date", "2024-06-03", "--objet", "dossiers",
        "--taille", "3", "--population", "-", "--depuis", "2024-01-01", "--graine", "g",
    )  # fmt: skip
    drawn = call(*asked, "--format", "json", stdin=DATED).json
    assert sorted(drawn["liste"]) == ["A-2", "A-3", "A-4"]
    assert (drawn["depuis"], drawn["anterieurs"]) == ("2024-01-01", 1)
    assert "le 1er janvier 2024 ou après (1 nom écarté)" in plain(call(*asked, stdin=DATED).text)
    undated = call(*asked, stdin="A-1;2024-02-30\n\nA-2;2024-02-01\nA-3\n")
    assert (undated.status, undated.codes) == (1, ["jour-absent", "jour-absent"])
    assert "<entrée standard>:1:1:" in undated.err
    assert "<entrée standard>:4:1:" in undated.err


def test_an_earlier_audit_that_the_profile_dates_is_recalled(call: Console, tmp_path: Path) -> None:
    """Its day is known and nothing leaves older files out: it is told."""
    profile = (
        "format: 1\nreferentiel: qualiopi\naudit: {type: surveillance, date: 2024-06-03}\n"
        "organisme: {categories: [AF], sites: [{id: S1}, {id: S2}]}\n"
        "precedent: {type: initial, date: 2023-06-01}\n"
    )
    path = tmp_path / "profil.yaml"
    path.write_text(profile, encoding="utf-8")
    asked = ("echantillon", "--profil", path, "--taille", "1", "--format", "json")
    files = (*asked, "--objet", "dossiers", "--population", "-")
    drawn = call(*files, stdin="A-1;2023-05-01\nA-2;2024-01-01\n").json
    assert [w["code"] for w in drawn["avertissements"]] == ["anterieurs_possibles"]
    assert "du 1er juin 2023 : sans --depuis 2023-06-01," in drawn["avertissements"][0]["message"]
    assert call(*files, "--depuis", "2023-06-01", stdin=DATED).json["avertissements"] == []
    sites = call(*asked)
    assert sites.status == 0, sites.err
    assert sites.json["avertissements"] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--depuis", "hier", "--objet", "dossiers"), "date-invalide"),
        (("--depuis", "2024-06-04", "--objet", "dossiers"), "date-invalide"),
        (("--depuis", "2024-01-01"), "usage"),
    ],
)
def test_an_earlier_audit_that_cannot_be(call: Console, more: tuple[str, ...], code: str) -> None:
    """No date, a day after the audit, and sites, which have no day."""
    asked = ("echantillon", "qualiopi", "--type", "surveillance", "--date", "2024-06-03", "--taille", "1")
    reponse = call(*asked, "--population", "-", *more, stdin="A;2024-06-05\nB;2024-06-05\n")
    assert reponse.status == 2
    assert code in reponse.codes


def test_a_grid_never_shows_the_sample(call: Console, tmp_path: Path) -> None:
    """What is given before the audit, made from findings that hold the sample, does not hold it."""
    grid = tmp_path / "g.json"
    audit = ("qualiopi", "--type", "initial", "--date", "2024-03-18", "--categorie", "AF")
    call("checklist", *audit, "-o", grid)
    call("lire", grid, "-o", tmp_path / "c.json")
    findings = json.loads((tmp_path / "c.json").read_text("utf-8"))
    findings["echantillons"] = [{"id": "E1", "graine": "xyzt", "liste": ["DOSSIER-77"]}]
    (tmp_path / "c.json").write_text(json.dumps(findings), encoding="utf-8")
    for format_ in ("table", "json", "md", "csv", "html", "formulaire"):
        reponse = call("checklist", "--profil", tmp_path / "c.json", "--format", format_)
        assert reponse.status == 0, reponse.err
        assert "DOSSIER-77" not in reponse.text
        assert "xyzt" not in reponse.text


@pytest.mark.lent
def test_a_name_twice_in_a_population_is_told_where_it_stands() -> None:
    """Composed or not, it is the same name; of 100,000 times the same, the first are told, at once."""
    with pytest.raises(DataError) as caught:
        parse_population("Élan\nAutre\nE\u0301lan\n".encode(), "p.txt")
    (issue,) = caught.value.issues
    assert (issue.code, issue.location, issue.related[0][0]) == (
        "identifiant-en-double", Location("p.txt", 3, 1), Location("p.txt", 1, 1),
    )  # fmt: skip
    with pytest.raises(DataError) as caught:
        parse_population(b"a\n" * 100_000, "p.txt")
    assert len(caught.value.issues) == 201
