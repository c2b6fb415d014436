"""Names looked up as people write them (story M10), whatever the locale of the system."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from console import Console
from greffons import registry
from hypothesis import given
from hypothesis import strategies as st

from certif_rules.errors import UsageError, suggestion
from certif_rules.noms import cle, mots, nom_de_fichier, ordre, retrouver

AUDIT = ("--type", "initial", "--date", "2024-03-18", "--categorie", "AF", "--format", "json")
ECRITURES = [
    "certifregion", "Certif'Région", "certif’region", "CERTIF REGION", "certif-région",
    "Certif\u2011Re\u0301gion",
    "certif\u202frégion", "Certif\u00a0Région", "certif_region", "Certif\u2018Région", "CERTIF\u00adRÉGION",
]  # fmt: skip


@pytest.mark.parametrize("texte", ECRITURES)
def test_one_key_for_every_spelling(texte: str) -> None:
    """Accents, case, blanks and signs do not keep a user from naming a référentiel."""
    assert cle(texte) == "certifregion"


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [("Œuvre", "oeuvre"), ("ÆQUO", "aequo"), ("Straße", "strasse"), ("ﬁn", "fin"), ("1.1", "1.1"),
     ("etabli/3", "etabli/3"), ("", ""), ("’ -", "")],
)  # fmt: skip
def test_what_is_folded_and_what_is_kept(texte: str, attendu: str) -> None:
    """The folding of a name stops at the signs that tell names apart."""
    assert cle(texte) == attendu


@pytest.mark.parametrize(("un", "autre"), [("1.1", "11"), ("a/b", "ab"), ("A", "B"), ("peche", "poche")])
def test_other_names_stay_apart(un: str, autre: str) -> None:
    """Two names that differ by more than their spelling are not mixed up."""
    assert cle(un) != cle(autre)


@given(st.text())
def test_a_key_is_its_own_key(texte: str) -> None:
    """Folding a name twice changes nothing more."""
    assert cle(cle(texte)) == cle(texte)
    assert cle(texte.upper()) == cle(texte.upper().lower())


def test_lists_are_sorted_as_a_dictionary_is() -> None:
    """A list is sorted as a French reader looks a word up."""
    noms = ["Zoé", "école", "Étude", "eau", "œuvre", "Ordre", "à part", "abri", "l’an", "lancer"]
    assert sorted(noms, key=ordre) == [
        "à part", "abri", "eau", "école", "Étude", "l’an", "lancer", "œuvre", "Ordre", "Zoé",
    ]  # fmt: skip
    assert mots("Prêt-à-porter  d’été") == "pret a porter dete"
    assert ordre("pêche") != ordre("pèche")


def test_the_locale_decides_nothing() -> None:
    """The order of a list is the same on every machine, whatever its locale."""
    code = (
        "import locale; locale.setlocale(locale.LC_ALL, 'C');"
        "from certif_rules.noms import ordre;"
        "print(*sorted(['zone', 'Été', 'eau'], key=ordre), sep=',')"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, check=True, env={"LC_ALL": "C"}
    )
    assert done.stdout.decode().strip() == "eau,Été,zone"


# ---- looking up -----------------------------------------------------------------------------------------

NOMS = {"atelier": ("Atelier d’art",), "ate-lier": (), "etabli": ("Établi",)}


@pytest.mark.parametrize(
    ("texte", "trouves"),
    [
        ("atelier", ("atelier",)),
        ("ate-lier", ("ate-lier",)),
        ("ATELIER", ("atelier", "ate-lier")),
        ("établi", ("etabli",)),
        ("atelier d'art", ("atelier",)),
        ("autre", ()),
        ("’", ()),
    ],
)
def test_the_exact_name_wins_and_the_others_are_all_named(texte: str, trouves: tuple[str, ...]) -> None:
    """An exact spelling is taken at once; else every candidate is given."""
    assert retrouver(texte, NOMS) == trouves


@pytest.mark.parametrize("texte", [*ECRITURES, "Certif’Région Occitanie"])
def test_every_spelling_finds_the_same_referentiel(texte: str) -> None:
    """The registry resolves each spelling to the same référentiel."""
    resolved = registry().resolve(texte, day="2024-03-18").referentiel
    assert resolved.id == "certifregion"


def test_an_ambiguous_name_is_refused_with_the_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spelling of two référentiels is refused, with both names."""
    known = registry()
    monkeypatch.setattr(known, "referentiels", lambda: ("qualiopi", "quali-opi"))
    with pytest.raises(UsageError) as caught:
        known.resolve("Quali Opi", day="2024-03-18")
    (issue,) = caught.value.issues
    assert issue.code == "referentiel-ambigu"
    assert "qualiopi, quali-opi" in issue.message
    assert known.resolve("qualiopi", day="2024-03-18").referentiel.id == "qualiopi"


def test_an_unknown_name_suggests_the_nearest_as_it_is_written() -> None:
    """A name that is unknown gets the nearest, or the list."""
    assert suggestion("CERTIF REGIONS", ["certif-région", "autre"]) == "vouliez-vous dire « certif-région » ?"
    assert suggestion("zzz", ["a", "b"]) == "connus : a, b"


def test_the_commands_take_every_spelling(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The commands and the profiles take every spelling of a référentiel."""
    call = Console(capfdbinary, monkeypatch)
    reference = call("checklist", "certifregion", *AUDIT).out
    for texte in ("Certif'Région", "certif’region", "CERTIF REGION", "Certif’Région@V5"):
        found = call("checklist", texte, *AUDIT)
        assert found.json["referentiel"]["id"] == "certifregion"
        assert found.json["lignes"] == json_lines(reference)
    profil = tmp_path / "p.yaml"
    profil.write_text(
        "format: 1\nreferentiel: certifregion\norganisme: {categories: [AF]}\n", encoding="utf-8"
    )
    assert call("checklist", "CERTIF REGION", "--profil", profil, *AUDIT).status == 0
    assert call("checklist", "qualiopi", "--profil", profil, *AUDIT).codes == ["demande-contradictoire"]
    listed = call("referentiels", "certif région", "--format", "json").json["editions"]
    assert {edition["referentiel"] for edition in listed} == {"certifregion"}
    assert call("referentiels", "QUALITÉ", "--format", "json").json["editions"] != []
    assert call("referentiels", "rien de tel").status == 2
    explained = call("expliquer", "certifregion", "h", *AUDIT)
    assert explained.json["id"] == "certifregion/H"


def json_lines(content: bytes) -> object:
    import json

    return json.loads(content)["lignes"]


# ---- names of files -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parties", "attendu"),
    [
        (("Certif’Région", "V5"), "certif-region_v5"),
        (("2024-03-18", "Œuvre d’été : n° 1"), "2024-03-18_oeuvre-d-ete-n-1"),
        (("../../etc/passwd",), "etc-passwd"),
        (("CON",), "con_"),
        (("nul.txt",), "nul.txt_"),
        (("日本",), "document"),
        (("", "a"), "a"),
    ],
)
def test_a_name_of_file_is_ascii(parties: tuple[str, ...], attendu: str) -> None:
    """The name of a file is made of plain letters, whatever it is made from."""
    assert nom_de_fichier(*parties) == attendu


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_a_name_of_file_suits_every_system(parties: list[str]) -> None:
    """No text gives a name that some file system refuses."""
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", nom_de_fichier(*parties))
