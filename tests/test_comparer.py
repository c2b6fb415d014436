"""Two editions compared: what is new, gone, reworded, renumbered, split or merged, and for whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from console import Console
from greffons import registry
from grilles import AF, atelier, filled, grille
from msgspec.structs import replace

from certif_rules.audit.demande import Demande, from_profile
from certif_rules.audit.editions import EditionsComparees, compare_editions
from certif_rules.audit.redactions import Passe, compare_words, tiled, words_of
from certif_rules.model.referentiel import Evolution, Indicateur, Referentiel
from certif_rules.services.checklist import make_checklist
from certif_rules.services.comparaison import compare_files
from certif_rules.services.formats import FORMATS, write_document
from certif_rules.source.schema import check

#: Worked out by hand on the decree of 2026: thirteen lines reworded, 31 in form only, and 33 added.
REWORDED = ["1", "2", "3", "7", "12", "14", "15", "19", "20", "27", "30", "31", "32"]
DEUX = ("qualiopi@2019", "qualiopi@2026")


def numbers(lines: Any) -> list[str]:
    """The printed numbers of lines."""
    return [getattr(line, "apres", line).numero for line in lines]


def compared(*sides: str, **profile: Any) -> EditionsComparees:
    demande = from_profile({"format": 1, **profile}) if profile else Demande()
    return compare_files(atelier(), *(sides or DEUX), demande)


def organisation(*categories: str, **facts: bool) -> dict[str, Any]:
    return {"organisme": {"categories": list(categories), "faits": facts}}


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


# ---- what the shipped data say --------------------------------------------------------------------------


def test_from_2019_to_2026() -> None:
    """Thirteen lines reworded of which 31 in form only, one added, nineteen the same, none withdrawn."""
    found = compared()
    assert numbers(found.reformulees) == REWORDED
    assert [li.apres.numero for li in found.reformulees if li.reformulation == "forme"] == ["31"]
    assert (numbers(found.ajoutees), found.retirees, len(found.inchangees)) == (["33"], (), 19)
    assert [(c.nature, c.avant, c.apres) for c in found.couches] == [
        ("exigence", "2019", "2026"),
        ("guide", "V9", None),
    ]
    assert found.avertissements == ()


def test_the_other_way_round() -> None:
    """From 2026 to 2019 the same lines are reworded, as declared, and 33 is withdrawn."""
    found = compared(*reversed(DEUX))
    assert numbers(found.reformulees) == REWORDED
    assert (found.ajoutees, numbers(found.retirees), len(found.inchangees)) == ((), ["33"], 19)


def test_an_edition_and_itself() -> None:
    """Nothing differs from an edition to itself."""
    found = compared("qualiopi@2019", "qualiopi@2019")
    assert len(found.inchangees) == 32
    assert not any((found.reformulees, found.ajoutees, found.retirees, found.mutations, found.couches))


def test_for_a_training_body_that_subcontracts() -> None:
    """Of the thirteen, 3, 7, 14, 15 and 20 are not of a body without certification: eight are left."""
    faits = {
        "certifiante": False,
        "alternance": False,
        "situation_travail": False,
        "plus_de_deux_jours": True,
    }
    found = compared(**organisation("AF", sous_traitance=True, **faits))
    assert numbers(found.reformulees) == ["1", "2", "12", "19", "27", "30", "31", "32"]
    assert found.ajoutees == ()
    assert found.organisme is not None
    assert found.organisme.incidences == ()


def test_for_apprenticeship() -> None:
    """All thirteen are of an apprenticeship centre that subcontracts, and 33 enters."""
    found = compared(**organisation("CFA", sous_traitance=True))
    assert numbers(found.reformulees) == REWORDED
    assert found.organisme is not None
    assert [(i.numero, i.sens, i.avant, i.apres) for i in found.organisme.incidences] == [
        ("33", "entree", None, "applicable")
    ]


def test_at_one_audit_states_are_told() -> None:
    """33 is due to apprenticeship; without a guide, 12 is to confirm for actions of two days at most."""
    asked = {"audit": {"type": "initial", "date": "2026-11-02"}}
    found = compared(**asked, **organisation("CFA", sous_traitance=True))
    assert found.organisme is not None
    assert found.organisme.type_audit == "Audit initial"
    (entered,) = found.organisme.incidences
    assert (entered.numero, entered.avant, entered.apres) == ("33", None, "a_auditer")
    assert entered.motifs[0] == "applicable à cette catégorie d’actions"
    short = {"plus_de_deux_jours": False, "certifiante": False, "situation_travail": False}
    found = compared(**asked, **organisation("AF", sous_traitance=True, **short))
    assert found.organisme is not None
    changed = [(i.numero, i.sens, i.avant, i.apres) for i in found.organisme.incidences]
    assert changed == [("12", "entree", "non_applicable", "a_confirmer")]


def test_a_label_and_its_base() -> None:
    """The twelve lines A to L of the label are not those of its base; the rest is the same."""
    found = compared("qualiopi@2019", "certifregion@V5")
    assert sorted(numbers(found.ajoutees)) == list("ABCDEFGHIJKL")
    assert (found.reformulees, found.retirees, len(found.inchangees)) == ((), (), 32)
    assert ("critère", "certifregion/8", "entree") in [(m.sorte, m.id, m.sens) for m in found.mutations]


# ---- findings of a running audit ------------------------------------------------------------------------


def test_which_findings_are_kept(tmp_path: Path) -> None:
    """A finding on 4, unchanged, and on 31, changed in form, are kept; on 1 it is to read again."""
    filled_lines = {
        "qualiopi/1": {"Constat": "Conforme"},
        "qualiopi/4": {"Constat": "Conforme"},
        "qualiopi/31": {"Constat": "Conforme"},
    }
    for format_ in ("xlsx", "json"):
        grid = filled(grille(), format_, filled_lines, tmp_path)
        found = compare_files(atelier(), str(grid), "qualiopi@2026", Demande())
        assert found.organisme is not None
        assert found.organisme.constats is not None
        assert [(r.numero, r.sort) for r in found.organisme.constats] == [
            ("1", "a_relire"), ("4", "garde"), ("31", "garde"),
        ]  # fmt: skip
        assert found.organisme.categories == ("AF",)


def test_a_finding_whose_line_leaves_is_to_look_at_again(tmp_path: Path) -> None:
    """A finding on 33, of an audit under 2026, is on a line that 2019 does not have."""
    asked = {**AF, "audit": {"type": "initial", "date": "2026-11-02"}, **organisation("CFA")}
    checklist = make_checklist(atelier(), from_profile(asked))
    grid = filled(checklist, "json", {"qualiopi/33": {"Constat": "Conforme"}}, tmp_path)
    found = compare_files(atelier(), str(grid), "qualiopi@2019", Demande())
    assert found.organisme is not None
    assert found.organisme.constats is not None
    (left,) = found.organisme.constats
    assert (left.numero, left.sort) == ("33", "a_revoir")
    assert left.raison == "la ligne n’existe plus dans ces règles"
    assert [(i.numero, i.sens) for i in found.organisme.incidences] == [("33", "sortie")]


# ---- words ----------------------------------------------------------------------------------------------


def test_words_side_by_side() -> None:
    """« l’entreprise » becomes « les entreprises », and the full stop is a word that both have."""
    assert compare_words("Interroger l'entreprise.", "Interroger les entreprises.") == (
        Passe("egal", "Interroger"),
        Passe("retrait", " l'entreprise"),
        Passe("ajout", " les entreprises"),
        Passe("egal", "."),
    )
    assert compare_words(None, "Neuf") == (Passe("ajout", "Neuf"),)
    assert compare_words("Vieux", None) == (Passe("retrait", "Vieux"),)


def test_the_words_of_a_text_ignore_its_typography() -> None:
    """A curved apostrophe, an accent, a dash alone are no word of their own."""
    assert words_of("L’été – enfin !") == words_of("l'ete enfin !")
    assert words_of(None) == ()


def test_texts_put_end_to_end() -> None:
    """Only parts whose words are, in order, all those of the whole; one alone is no part."""
    parts = [("a", ("un", "deux")), ("b", ("trois",)), ("c", ("deux",)), ("d", ())]
    assert tiled(("un", "deux", "trois"), parts) == ("a", "b")
    assert tiled(("un", "deux", "quatre"), parts) == ()
    assert tiled(("un", "deux"), parts) == ()
    assert tiled(("deux", "trois", "un", "deux"), parts) == ("c", "b", "a")


# ---- lines that are called otherwise --------------------------------------------------------------------

LONGUE = "Tenir un registre des visites et le montrer à qui le demande"


@pytest.fixture(scope="module")
def base() -> Referentiel:
    return registry().resolve("fictif", day="2023-05-01").referentiel


def made(
    base: Referentiel, edition: str, *lines: tuple[str, str, Evolution | None] | tuple[str, str]
) -> Referentiel:
    """An edition of these lines alone: code, requirement, and how it is said to have changed."""
    some = next(iter(base.indicateurs.values()))
    couches = tuple(
        replace(r, couche=replace(r.couche, id=edition)) if r.couche.nature == "exigence" else r
        for r in base.couches
    )
    indicateurs: dict[str, Indicateur] = {}
    for code, texte, *more in lines:
        evolution: Any = more[0] if more else None
        nom = f"fictif/{code}"
        changes = {"id": nom, "code": code, "numero": code, "titre": None, "exigence": texte}
        indicateurs[nom] = replace(some, evolution=evolution, **changes)
    return replace(base, edition=edition, couches=couches, indicateurs=indicateurs)


def said(nature: Any, *issu_de: str) -> Evolution:
    return Evolution(depuis="A", nature=nature, issu_de=issu_de, sources=())


def of(avant: Referentiel, apres: Referentiel) -> EditionsComparees:
    return compare_editions(avant, apres, ("", ""))


def test_a_line_that_moved_is_known_by_its_words(base: Referentiel) -> None:
    """A new line 1 pushes the others down: 1 is now 2 and 2 is 3, as their words show, none is reworded."""
    avant = made(base, "A", ("1", "Compter les roues"), ("2", "Gonfler les pneus"))
    apres = made(base, "B", ("1", "Saluer"), ("2", "Compter les roues"), ("3", "Gonfler les pneus"))
    found = of(avant, apres)
    assert [(li.avant.numero, li.apres.numero, li.indice) for li in found.lignes] == [
        ("1", "2", "texte"),
        ("2", "3", "texte"),
    ]
    assert (numbers(found.ajoutees), found.retirees, found.reformulees, found.inchangees) == (
        ["1"],
        (),
        (),
        (),
    )


def test_a_line_said_to_have_changed_stays_where_its_id_is(base: Referentiel) -> None:
    """Its data say that 1 was reworded: the words of the old 1 on a new line 2 do not make it move."""
    avant = made(base, "A", ("1", "Compter les roues"))
    apres = made(base, "B", ("1", "Saluer", said("fond")), ("2", "Compter les roues"))
    found = of(avant, apres)
    assert [(li.avant.numero, li.apres.numero, li.reformulation) for li in found.lignes] == [
        ("1", "1", "fond")
    ]
    assert numbers(found.ajoutees) == ["2"]


def test_two_lines_of_the_same_words_are_not_chosen_between(base: Referentiel) -> None:
    """Which of two equal texts the withdrawn line became is not guessed: both are named as near."""
    avant = made(base, "A", ("1", LONGUE))
    apres = made(base, "B", ("2", LONGUE), ("3", LONGUE))
    found = of(avant, apres)
    assert (numbers(found.ajoutees), numbers(found.retirees), found.lignes) == (["2", "3"], ["1"], ())
    assert [(a.numero, z.numero) for a, z in found.proches] == [("1", "2"), ("1", "3")]


def test_a_line_nearly_the_same_is_named_and_not_tied(base: Referentiel) -> None:
    """One word more under another number: somebody should look, nothing says that it is the same line."""
    found = of(made(base, "A", ("1", LONGUE)), made(base, "B", ("2", f"{LONGUE} poliment"), ("3", "Saluer")))
    assert (numbers(found.ajoutees), numbers(found.retirees)) == (["2", "3"], ["1"])
    assert [(a.numero, z.numero) for a, z in found.proches] == [("1", "2")]


@pytest.mark.parametrize("way", [1, -1])
def test_a_line_split_or_merged_as_its_words_show(base: Referentiel, way: int) -> None:
    """« Saluer. Sourire. » is now « Saluer. » and « Sourire. », one under its old number; or the reverse."""
    editions = (
        made(base, "A", ("1", "Saluer. Sourire."), ("2", "Compter")),
        made(base, "B", ("1", "Saluer."), ("2", "Compter"), ("3", "Sourire.")),
    )
    found = of(*editions[::way])
    (one,) = found.recompositions
    assert (numbers(one.de), numbers(one.vers)) == ((["1"], ["1", "3"]) if way == 1 else (["1", "3"], ["1"]))
    assert (one.indice, found.ajoutees, found.retirees) == ("texte", (), ())
    assert numbers(found.inchangees) == ["2"]


@pytest.mark.parametrize("way", [1, -1])
def test_a_line_renumbered_split_or_merged_as_its_data_say(base: Referentiel, way: int) -> None:
    """Declared: 5 was 1; 2 and 6 come from 2; 7 puts 3 and 4 together. Whatever their words are."""
    avant = made(base, "A", ("1", "a"), ("2", "b"), ("3", "c"), ("4", "d"))
    apres = made(
        base, "B", ("2", "e"), ("5", "f", said("forme", "1")), ("6", "g", said("fond", "2")),
        ("7", "h", said("fond", "3", "4")),
    )  # fmt: skip
    found = of(*(avant, apres)[::way])
    ties = [(numbers(one.de), numbers(one.vers))[::way] for one in found.recompositions]
    assert sorted(ties) == [(["2"], ["2", "6"]), (["3", "4"], ["7"])]
    assert {one.indice for one in found.recompositions} == {"declare"}
    (moved,) = found.lignes
    assert (moved.avant.numero, moved.apres.numero)[::way] == ("1", "5")
    assert (moved.indice, moved.reformulation, moved.renumerotee) == ("declare", "forme", True)
    assert (found.ajoutees, found.retirees) == ((), ())


def test_what_data_say_against_the_words_is_told(base: Referentiel) -> None:
    """Declared unchanged with other words; changed with the same; new, but there; from an unknown line."""
    avant = made(base, "A", ("1", "a"), ("2", "b"), ("3", "c"), ("4", "d"))
    apres = made(
        base, "B", ("1", "z", said("aucune")), ("2", "b", said("fond")), ("3", "c", said("nouveau")),
        ("4", "d", said("forme", "9")),
    )  # fmt: skip
    found = of(avant, apres)
    assert [a.message for a in found.avertissements] == [
        "ligne 1 : déclarée inchangée, mais ses mots diffèrent",
        "ligne 2 : déclarée modifiée sur le fond, mais ses mots sont les mêmes",
        "ligne 3 : déclarée nouvelle, mais elle est dans les deux éditions",
        "ligne 4 : déclarée issue de 9, que l’édition A n’a pas",
    ]
    assert [li.reformulation for li in found.lignes] == [None, "fond", None, "forme"]


def test_an_absent_text_is_no_rewording(base: Referentiel) -> None:
    """Where a source lacks a wording, before, after or both, nobody knows whether it changed."""
    texts: Any = (("1", None), ("2", "b"), ("3", None), ("4", "d"))
    others: Any = (("1", "a"), ("2", None), ("3", None), ("4", None, said("fond")))
    found = of(made(base, "A", *texts), made(base, "B", *others))
    assert (numbers(found.sans_texte), numbers(found.reformulees), found.inchangees) == (
        ["1", "2", "3"],
        ["4"],
        (),
    )
    assert not any(line.redactions for line in found.lignes)
    text = write_document("editions", FORMATS["table"], found).decode()
    assert "3 lignes sans texte à comparer\u00a0: 1, 2, 3" in text
    assert found.avertissements == ()


def test_what_is_no_wording_is_told_apart(base: Referentiel) -> None:
    """Findings allowed, scope, guide, audit types, derogations: each under its own name."""
    line = next(iter(base.indicateurs.values()))
    other = replace(
        base,
        indicateurs={
            line.id: replace(line, constats_permis=(), portee=(), precisions=()),
            "x": replace(line, id="x"),
        },
        types_audit=dict(list(base.types_audit.items())[1:]),
        derogations=(),
    )
    found = of(replace(base, indicateurs={line.id: line}), other)
    assert found.lignes[0].regles == ("portee", "constats_permis")
    kinds = {(m.sorte, m.sens) for m in found.mutations}
    assert ("type d’audit", "sortie") in kinds
    assert (("dérogations", "changee") in kinds) is bool(base.derogations)


#: What names a référentiel, what it rests on, what labels did to a base: no rule of it.
NAMES = {"id", "titre", "edition", "base", "guide", "sources", "changements"}


@pytest.mark.parametrize("champ", sorted({*Referentiel.__struct_fields__} - NAMES))
def test_nothing_of_a_referentiel_is_left_out(base: Referentiel, champ: str) -> None:
    """Whatever else it declares makes a difference when it is another."""
    some: dict[str, Any] = {
        "couches": base.couches[:1],
        "derogations": ("une",),
        "equivalences": ("une",),
        "indicateurs": {**base.indicateurs, "fictif/neuf": next(iter(base.indicateurs.values()))},
    }
    other = some.get(champ, {"neuf": next(iter(base.categories.values()))})
    found = of(base, replace(base, **{champ: other}))
    assert any((found.mutations, found.couches, found.ajoutees))


# ---- what is read ---------------------------------------------------------------------------------------


def test_the_json_is_that_of_its_schema(call: Console) -> None:
    """The lists of the contract, by id; every source cited is there."""
    data = call("comparer", *DEUX, "--categorie", "CFA", "--format", "json").json
    assert check(data, "sortiecomparer") == []
    assert data["ajoutes"] == ["qualiopi/33"]
    assert data["reformules"] == [f"qualiopi/{numero}" for numero in REWORDED]
    assert (data["retires"], data["renumerotes"], len(data["inchanges"])) == ([], [], 19)
    (line,) = [line for line in data["lignes"] if line["id"] == "qualiopi/27"]
    (words,) = line["redactions"]
    assert "".join(p["texte"] for p in words["mots"] if p["signe"] != "retrait") == words["apres"]
    assert "".join(p["texte"] for p in words["mots"] if p["signe"] != "ajout") == words["avant"]
    assert set(line["evolution"]["sources"]) <= set(data["sources"])


def test_signs_stand_around_what_changed(call: Console, tmp_path: Path) -> None:
    """Words added and withdrawn stand between signs in every text, and are ``ins`` and ``del`` on a page."""
    text = call("comparer", *DEUX).out.decode()
    assert "[−\u00a0l’entreprise concernée\u00a0−] [+\u00a0les entreprises concernées\u00a0+]" in " ".join(
        text.replace("\n    ", " ").split(" ")
    )
    assert max(map(len, text.splitlines())) <= 80
    call("comparer", *DEUX, "-o", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "[−\u00a0<del>l’entreprise concernée</del>\u00a0−]" in page
    assert "[+\u00a0<ins>les entreprises concernées</ins>\u00a0+]" in page
    assert r"\[−" in call("comparer", *DEUX, "--format", "md").out.decode()


def test_a_document_of_every_shape_is_laid_out(base: Referentiel) -> None:
    """Lines moved, split, near, withdrawn, and what contradicts the data: each under its heading."""
    avant = made(base, "A", ("1", "a"), ("2", "b"), ("3", LONGUE), ("4", "d"))
    apres = made(
        base, "B", ("2", "e"), ("5", "f", said("forme", "1")), ("6", "g", said("fond", "2")),
        ("7", f"{LONGUE} poliment"), ("4", "z", said("aucune")),
    )  # fmt: skip
    found = replace(of(avant, apres), empreintes=("sha256:1", "sha256:2"))
    text = write_document("editions", FORMATS["table"], found).decode()
    for words in (
        "1 → 5 (d’après les données)",
        "2 → 2, 6 (d’après les données)",
        "3 et 7",
        "1 avertissement",
    ):
        assert words in text
    assert json.loads(write_document("editions", FORMATS["json"], found))["proches"] == [
        {"de": "fictif/3", "vers": "fictif/7"}
    ]
    for format_ in ("html", "docx", "pdf", "md"):
        assert write_document("editions", FORMATS[format_], found)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("qualiopi@2019", "qualiopi"), "edition-requise", "éditions : qualiopi@2019, qualiopi@2026"),
        (("rien.json", "qualiopi@2026"), "edition-requise", "ni un fichier ni une édition"),
        (("qualiopi@2018", "qualiopi@2027"), "edition-introuvable", "2 problèmes"),
        ((*DEUX, "--avec", "certifiante"), "information-manquante", "--categorie"),
        ((*DEUX, "--categorie", "XX"), "categorie-inconnue", "XX"),
        ((*DEUX, "--edition", "2019", "--categorie", "ZZ"), "categorie-inconnue", "2 problèmes"),
        ((*DEUX, "--guide", "V9"), "usage", "--guide n’a pas de sens ici"),
        ((*DEUX, "--type", "initial", "--categorie", "ZZ"), "categorie-inconnue", "ZZ"),
        ((*DEUX, "--date", "hier"), "date-invalide", "hier"),
    ],
)
def test_what_cannot_be_compared(call: Console, arguments: tuple[str, ...], code: str, words: str) -> None:
    """A wrong edition, a missing one, a fact without a category: wrong usage, told in French."""
    reponse = call("comparer", *arguments)
    assert (reponse.status, reponse.out) == (2, b"")
    assert code in reponse.err
    assert words in reponse.err
