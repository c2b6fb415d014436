"""Personal data in typed text: what is found, what is not, and how much work that takes."""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certif_rules.personnes import detection as donnees_personnelles
from certif_rules.personnes.detection import REMPLACEMENTS, find, is_role, pseudonymise


def found(texte: str, **options: Any) -> list[tuple[str, str]]:
    return [(hit.nature, texte[hit.debut : hit.fin]) for hit in find(texte, **options)]


NIR = "1 85 05 78 006 084 91"


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        # Story A8.
        (
            "Vu convention signée, jean.dupont@exemple.fr, 06 12 34 56 78",
            [("courriel", "jean.dupont@exemple.fr"), ("telephone", "06 12 34 56 78")],
        ),
        # E-mails.
        ("<jerome.lefevre+a@mail.exemple.co>", [("courriel", "jerome.lefevre+a@mail.exemple.co")]),
        ("écrire à Jérôme@exemple.fr.", [("courriel", "Jérôme@exemple.fr")]),
        ("0612345678@exemple.fr", [("courriel", "0612345678@exemple.fr")]),
        # Telephones.
        ("tél. 0612345678", [("telephone", "0612345678")]),
        ("Tél.06.12.34.56.78", [("telephone", "06.12.34.56.78")]),
        ("05-61-00-00-00", [("telephone", "05-61-00-00-00")]),
        ("+33 6 12 34 56 78", [("telephone", "+33 6 12 34 56 78")]),
        ("+33612345678", [("telephone", "+33612345678")]),
        ("+33 (0)6 12 34 56 78", [("telephone", "+33 (0)6 12 34 56 78")]),
        ("0033612345678", [("telephone", "0033612345678")]),
        ("0033 6.12.34.56.78", [("telephone", "0033 6.12.34.56.78")]),
        ("+262 692 12 34 56", [("telephone", "+262 692 12 34 56")]),
        ("06\u00a012\u202f34\u00a056\u00a078", [("telephone", "06\u00a012\u202f34\u00a056\u00a078")]),
        ("12/03/2023 06 12 34 56 78", [("telephone", "06 12 34 56 78")]),
        ("06 12 34 56 78 / 0512345678", [("telephone", "06 12 34 56 78"), ("telephone", "0512345678")]),
        # Social security numbers, keys checked.
        (NIR, [("nir", NIR)]),
        ("n°185057800608491 vu", [("nir", "185057800608491")]),
        ("2 69 05 49 588 157 80", [("nir", "2 69 05 49 588 157 80")]),
        ("1 51 02 2A 001 001 43", [("nir", "1 51 02 2A 001 001 43")]),
        ("151022b00100170", [("nir", "151022b00100170")]),
        # Names beside a role or a civility.
        ("formatrice Marie Durand", [("nom", "Marie Durand")]),
        ("Mme Jeanne MARTIN, référente handicap", [("nom", "Jeanne MARTIN")]),
        ("Vu Marie Durand, formatrice", [("nom", "Marie Durand")]),
        ("M. Dupont et Mme LE GOFF", [("nom", "Dupont"), ("nom", "LE GOFF")]),
        ("l’apprentie Léa Petit-Jean", [("nom", "Léa Petit-Jean")]),
        ("responsable de la formation : Anne de La Tour", [("nom", "Anne de La Tour")]),
        ("Référente handicap : J. Durand", [("nom", "J. Durand")]),
        ("Paul Martin (tuteur)", [("nom", "Paul Martin")]),
        ("Paul Martin est le directeur", [("nom", "Paul Martin")]),
        ("formateurs : Marie Durand, Paul Martin et Léa Roy",
         [("nom", "Marie Durand"), ("nom", "Paul Martin"), ("nom", "Léa Roy")]),
    ],
)  # fmt: skip
def test_what_is_found(texte: str, attendu: list[tuple[str, str]]) -> None:
    """Each way of writing a name, an address or a number of a person is found."""
    assert found(texte) == attendu


@pytest.mark.parametrize(
    "texte",
    [
        "Vu convention C-014, J. D., 12/03/2023",  # story A8
        "123456782", "123 456 782", "SIREN 012 345 678",
        "12345678200012", "123 456 782 00012", "01234567800012", "012 345 678 00012",
        "76310000000", "76 31 00000 00", "NDA 93 01 23 45 67 89",
        "12/03/2023", "2024-03-18", "01.02.03", "18 mars 2024", "2023-2024",
        "320 000 €", "1 234 567,89", "0,612345678", "06 12", "réf. 0612-34",
        "C-0612345678", "REF0612345678", "dossier 2024-0612345678",
        "FR76 3000 6000 0112 3456 7890 189",
        # A wrong key, no month, a digit less.
        "1 85 05 78 006 084 92", "1 85 13 78 006 084 91", "18505780060849",
        "qualité@2019", "@exemple.fr", "jean@exemple", "a@b.1",
        "J. D.", "Mme J. D.", "M. D.", "formatrice J. D.", "initiales JD, formateur",
        "Marie Durand", "La formatrice a signé.", "Madame la Directrice", "Monsieur le Président",
        "formateur Excel Avancé", "référent PSH RGPD", "Responsable Qualité Formation", "stagiaire Niveau B",
        "référent handicap formé par un organisme", "[nom], formatrice", "",
    ],
)  # fmt: skip
def test_what_is_not(texte: str) -> None:
    """Ordinary words of an audit are not taken for personal data, and stay."""
    assert found(texte) == []
    assert pseudonymise(texte) == texte


def test_a_field_that_holds_somebody_needs_no_role() -> None:
    """In a field for a person a bare name is found, initials are not."""
    assert found("Marie Durand", personne=True) == [("nom", "Marie Durand")]
    assert found("M. D.", personne=True) == []


def test_a_hit_says_its_field_and_its_place() -> None:
    """A trace gives its kind, its field and its place in the text."""
    (hit,) = find("Tél. : 06 12 34 56 78.", "commentaire")
    assert (hit.nature, hit.champ, hit.debut, hit.fin) == ("telephone", "commentaire", 7, 21)


def test_what_is_replaced() -> None:
    """Each trace of a sentence becomes a word for its kind, the rest staying as it is."""
    texte = f"Vu Mme Marie Durand, formatrice (jean.dupont@exemple.fr, 06 12 34 56 78), {NIR}."
    assert pseudonymise(texte) == (
        "Vu Mme [nom], formatrice ([courriel], [téléphone]), [numéro de sécurité sociale]."
    )


@pytest.mark.parametrize("mot", ["formatrice", "l’apprenti", "co-directeurs", "référentes"])
def test_a_role_in_its_forms(mot: str) -> None:
    """A role is known in the feminine and the plural, and is not any longer word."""
    assert is_role(mot)
    assert not is_role(f"{mot}x")


# ---- laws -----------------------------------------------------------------------------------------------

CHIFFRES = "0123456789"


def key(number: str) -> str:
    """As its rule is written: the letter of Corsica is a zero, less one million for A, two for B."""
    less = 1_000_000 * ("A" in number) + 2_000_000 * ("B" in number)
    return f"{97 - (int(number.replace('A', '0').replace('B', '0')) - less) % 97:02d}"


@given(
    st.sampled_from("12"), st.integers(0, 99), st.integers(1, 12),
    st.sampled_from(["01", "31", "75", "2A", "2B", "97"]), st.integers(0, 999999), st.sampled_from(["", " "]),
)  # fmt: skip
def test_every_number_with_its_key_is_found_and_no_other(
    sexe: str, annee: int, mois: int, lieu: str, rang: int, blanc: str
) -> None:
    """A number of social security is found by its key, wrong keys left."""
    parts = [sexe, f"{annee:02d}", f"{mois:02d}", lieu, f"{rang:06d}"[:3], f"{rang:06d}"[3:]]
    right = key("".join(parts))
    assert found(blanc.join([*parts, right]))[0][0] == "nir"
    wrong = f"{(int(right) % 97) + 1:02d}"
    assert "nir" not in [nature for nature, _ in found(blanc.join([*parts, wrong]))]


@given(st.text(CHIFFRES, min_size=11, max_size=14).filter(lambda t: not t.startswith("00")))
def test_a_number_of_another_length_is_no_telephone(texte: str) -> None:
    """A number too short or too long is not hidden as a telephone."""
    assert found(texte) == []


@given(st.text(CHIFFRES, min_size=9, max_size=9), st.dates())
def test_a_siren_and_a_date_are_nothing(siren: str, jour: Any) -> None:
    """The SIREN of an organisation and a date are never hidden."""
    grouped = f"{siren[:3]} {siren[3:6]} {siren[6:]}"
    assert found(f"SIREN {grouped}, vu le {jour:%d/%m/%Y} et le {jour.isoformat()}") == []


MORCEAUX = st.sampled_from(
    [
        "Marie",
        "Durand",
        "formatrice",
        "M.",
        "J.",
        "06 12 34 56 78",
        "a@b.fr",
        NIR,
        ",",
        " ",
        "et",
        "\n",
        "@",
        "é",
    ]
)


@given(st.one_of(st.text(), st.lists(MORCEAUX, max_size=12).map(" ".join), st.lists(MORCEAUX).map("".join)))
def test_nothing_is_left_to_find_and_the_rest_is_untouched(texte: str) -> None:
    """Once replaced, no text holds a trace, and no other letter moved."""
    hits = find(texte)
    assert [h.debut for h in hits] == sorted(h.debut for h in hits)
    assert all(one.fin <= two.debut for one, two in pairwise(hits))
    hidden = pseudonymise(texte)
    assert find(hidden) == ()
    if not hits:
        assert hidden == texte


def test_a_replacement_is_never_a_hit() -> None:
    """The words put in place of traces are not traces themselves."""
    assert find(" ".join(["formatrice", *REMPLACEMENTS.values(), "Mme"])) == ()


# ---- work -----------------------------------------------------------------------------------------------


def calls(texte: str) -> int:
    """How many functions are called to read a text."""
    count = 0

    def count_one(frame: FrameType, event: str, _: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(count_one)
    try:
        find(texte)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "motif",
    ["a", "a.", "a@", "a-", "1 ", "1", "06 12 34 56 ", "+33 ", "Marie ", "M. ", "formatrice ", "J. D. ",
     NIR[:-1], "formatrice Marie Durand, ", "d’", "a@b.", "2024-03-18 "],
)  # fmt: skip
def test_twice_the_text_is_twice_the_work(motif: str) -> None:
    """A long text cannot make the search of traces last for ever."""
    few, many = calls(motif * 400), calls(motif * 1600)
    assert many <= 4.5 * few + 200


def test_no_expression_repeats_without_bound_what_it_may_give_up() -> None:
    """An expression with something to match after its repetitions bounds them: no backtracking grows."""
    parser = re._parser  # type: ignore[attr-defined]

    def unbounded(parsed: Any) -> bool:
        return any(
            (op in (parser.MAX_REPEAT, parser.MIN_REPEAT) and arg[1] is parser.MAXREPEAT)
            or any(unbounded(child) for child in _children(arg))
            for op, arg in parsed
        )

    def _children(arg: Any) -> list[Any]:
        if isinstance(arg, parser.SubPattern):
            return [arg]
        return [c for item in arg for c in _children(item)] if isinstance(arg, tuple | list) else []

    patterns = {
        name: pattern
        for name, value in vars(donnees_personnelles).items()
        for pattern in (value if isinstance(value, tuple) else (value,))
        if isinstance(pattern, re.Pattern)
    }
    free = {name for name, p in patterns.items() if unbounded(parser.parse(p.pattern, p.flags))}
    assert free == {"_MOT", "_AUTRE"}  # nothing is asked after them: they are never given up
    assert {"_COURRIEL", "_NIR", "_TELEPHONES", "_ENTRE"} <= patterns.keys()
