"""Rules compiled to columns: cell by cell what the engine answers, whatever the référentiel and the audit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import pytest
from greffons import DONNEES, registry

from certif_rules.audit.partage import shared_lines
from certif_rules.calcul import compilation
from certif_rules.calcul.compilation import NonCompilable, compile_lines
from certif_rules.calcul.encodage import Encodage, split
from certif_rules.calcul.evaluation import BLOC, _bits, answers, count_due
from certif_rules.calcul.expressions import FAUX, INCONNU, VRAI, Expressions
from certif_rules.model.referentiel import Referentiel
from certif_rules.plugins.registry import Registry
from certif_rules.rules.contexte import (
    Ajouts,
    Certificat,
    ConstatPrecedent,
    Contexte,
    FaitDeclare,
    Organisme,
    Precedent,
)
from certif_rules.rules.perimetre import VOCABULAIRE

NOTES = Path(__file__).parent / "fictif_notes"
#: Audits drawn for each type, edition and référentiel: a thousand in a step of `.ci/run`.
EXEMPLES = int(os.environ.get("CERTIF_RULES_EXEMPLES", "50"))
#: Days on both sides of those that rules name, and those days.
DAYS = (
    *("2020-01-15", "2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01", "2023-12-31", "2024-01-01"),
    *("2024-12-31", "2025-01-01", "2025-06-30", "2025-07-01", "2025-09-30", "2025-10-01", "2026-12-01"),
)
#: The cell of each state.
CELLULES: Mapping[str, int] = {"a_auditer": VRAI, "a_confirmer": INCONNU}


#: Every edition of the référentiels of this repository, made-up ones included.
EDITIONS = (
    *("qualiopi@2019", "qualiopi@2026", "certifregion@V5", "fictif@A", "fictif@B", "enseigne@E1"),
    *("avis@N1", "echelle@N1", "echelle@N2", "etoiles@N1", "incontournables@N1", "niveaux@N1"),
    *("deux_comites@N1", "domaines@N1", "refuge@R1", "reseau@N1"),
)


@cache
def opened() -> Registry:
    return registry(**DONNEES, **{folder.name: folder for folder in NOTES.iterdir() if folder.is_dir()})


@cache
def referentiel(edition: str, day: str | None = None) -> Referentiel:
    nom, _, id_ = edition.partition("@")
    couche = next(c for c in opened().layers(nom, "exigence") if c.id == id_)
    return opened().resolve(nom, day=day or opened().latest_day(couche), edition=id_).referentiel


def own_types(of: Referentiel) -> list[str]:
    return [t.id for t in of.types_audit.values() if t.origine == of.id]


def drawn(referentiel: Referentiel, type_audit: str, chance: Random) -> Contexte:
    """Any audit of a type: categories, facts, additions, day, earlier audit, contradictory or not."""
    categories = list(referentiel.categories)
    return Contexte(
        type_audit=type_audit,
        date=date.fromisoformat(chance.choice(DAYS)),
        organisme=Organisme(categories=tuple(chance.sample(categories, chance.randint(1, len(categories))))),
        faits={
            nom: FaitDeclare(
                valeur=chance.choice((None, True, False)),
                par_categorie={c: chance.random() < 0.5 for c in categories if chance.random() < 0.2},
            )
            for nom in referentiel.faits
            if chance.random() < 0.7
        },
        ajouts=Ajouts(
            categories=tuple(chance.sample(categories, chance.choice((0, 0, 1)))),
            sites=chance.choice(((), (), ("S1",))),
        ),
        precedent=chance.choice((None, *[_precedent(referentiel, type_audit, chance)] * 4)),
        certificats={
            equivalence.certificat: Certificat(
                notification=date.fromisoformat(chance.choice(DAYS)),
                echeance=date(2040, 1, 1),
                etat=chance.choice((None, None, "suspendu")),
                categories=chance.choice((None, tuple(chance.sample(categories, 1)))),
                sites=chance.choice((None, ("S1",))),
            )
            for equivalence in referentiel.equivalences
            if chance.random() < 0.7
        },
    )


def _precedent(referentiel: Referentiel, type_audit: str, chance: Random) -> Precedent:
    admitted = referentiel.types_audit[type_audit].precedents
    codes = sorted(admitted or {t.code for t in referentiel.types_audit.values()})
    lines, constats = list(referentiel.indicateurs), list(referentiel.constats)
    found = {
        line: ConstatPrecedent(constat=chance.choice(constats), ouvert=chance.random() < 0.5)
        for line in lines
        if chance.random() < 0.4
    }
    return Precedent(
        type=chance.choice((None, *codes)),
        date=chance.choice((None, *map(date.fromisoformat, DAYS))),
        indicateurs_audites=chance.choice((None, frozenset(line for line in lines if chance.random() < 0.5))),
        constats=chance.choice((None, *[found] * 4)),
    )


@cache
def audits(edition: str, day: str | None, type_audit: str, number: int) -> tuple[list[Contexte], list[bytes]]:
    """Audits drawn at random, and what the engine answers of each line: a cell an audit."""
    whole, chance = referentiel(edition, day), Random(f"{edition} {type_audit}")
    contextes = [drawn(whole, type_audit, chance) for _ in range(number)]
    states = [[ligne.etat for ligne in shared_lines(whole, contexte)] for contexte in contextes]
    return contextes, [bytes(CELLULES.get(e, FAUX) for e in column) for column in zip(*states, strict=True)]


def differences(edition: str, day: str | None, type_audit: str, number: int) -> Iterator[str]:
    """Yield each line of an audit on which columns and engine differ."""
    whole = referentiel(edition, day)
    contextes, expected = audits(edition, day, type_audit, number)
    programme = compile_lines(whole, whole.types_audit[type_audit])
    encodage = Encodage(whole)
    records = b"".join(encodage.record(contexte, programme.colonnes) for contexte in contextes)
    given = answers(programme, number, split(records, programme.colonnes))
    for line, cells in zip(whole.indicateurs, expected, strict=True):
        of_line = [f"{number:0{len(cells)}b}" for number in given[line]]
        for rank, digits in enumerate(zip(*of_line, strict=True)):
            cell = sum(map(int, digits))
            if cell != cells[rank]:
                yield f"{line} : {cell}, not {cells[rank]}, of {contextes[rank]}"


@pytest.mark.lent
@pytest.mark.parametrize("edition", EDITIONS)
def test_columns_answer_cell_by_cell_as_the_engine(edition: str) -> None:
    """Of any type, drawn at random: each line is due, not due or to be confirmed as the engine says."""
    for type_audit in own_types(referentiel(edition)):
        assert list(differences(edition, None, type_audit, EXEMPLES)) == []


@pytest.mark.parametrize("day", ["2020-01-15", "2021-06-01", "2022-03-01"])
def test_scopes_that_a_guide_gives_are_compiled(day: str) -> None:
    """Each guide of a made-up edition leaves or gives the scope of a line: columns follow."""
    for type_audit in own_types(referentiel("fictif@A", day)):
        assert list(differences("fictif@A", day, type_audit, 20)) == []


def test_every_edition_is_compared() -> None:
    """An edition added to this repository is added to the comparison."""
    names = opened().referentiels()
    assert sorted(f"{n}@{c.id}" for n in names for c in opened().layers(n, "exigence")) == sorted(EDITIONS)


def test_every_word_has_a_column() -> None:
    """No rule that can be written today is counted context by context."""
    assert set(compilation._MOTS) == set(VOCABULAIRE)


@pytest.mark.parametrize("mot", VOCABULAIRE)
def test_a_wrong_word_is_seen(mot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: a word compiled to its opposite differs on a made-up référentiel."""
    right = compilation._MOTS[mot]

    def wrong(c: compilation._Compilation, valeur: object, cas: compilation._Cas) -> int:
        return c.write.negate(right(c, valeur, cas))

    monkeypatch.setattr(compilation, "_MOTS", {**compilation._MOTS, mot: wrong})
    both = [(edition, t) for edition in ("fictif@A", "fictif@B") for t in own_types(referentiel(edition))]
    assert any(next(differences(edition, None, t, 20), None) for edition, t in both)


def _unguarded(self: Expressions, guard: int, when_true: int, when_false: int) -> int:
    return self.either(self.both(guard, when_true), self.both(self.negate(guard), when_false))


def _hopeful(self: Expressions, de: int, otherwise: int) -> int:
    return self.either(de, otherwise)


@pytest.mark.parametrize(("nom", "wrong"), [("choose", _unguarded), ("default", _hopeful)])
def test_a_wrong_operation_is_seen(nom: str, wrong: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A derogation that may hold where both types agree, an implied fact that was denied: both are seen."""
    monkeypatch.setattr(Expressions, nom, wrong)
    both = [(edition, t) for edition in ("fictif@A", "fictif@B") for t in own_types(referentiel(edition))]
    assert any(next(differences(edition, None, t, 100), None) for edition, t in both)


def test_an_expression_is_written_once_and_simplified() -> None:
    """What is written twice is the same, constants go away, a double negation too: by hand."""
    write = Expressions()
    a, b = write.read(("a",)), write.read(("b",))
    assert write.both(a, b) == write.both(b, a, VRAI, b)
    assert write.both(a, write.both(b, FAUX)) == FAUX
    assert write.either(a, VRAI) == write.both() == VRAI
    assert write.either() == write.negate(VRAI) == FAUX
    assert write.negate(INCONNU) == INCONNU
    assert write.negate(write.negate(a)) == a
    assert write.certainly(INCONNU) == FAUX
    assert write.certainly(VRAI) == VRAI
    sure = write.certainly(write.both(a, b))
    assert write.certainly(sure) == sure
    assert write.needed([sure]) == [a, b, write.both(a, b), sure]


def test_a_column_that_is_the_same_for_all_is_a_constant() -> None:
    """Of three columns, two have one cell for all: what is left to read is the third."""
    write = Expressions({("a",): VRAI, ("b",): INCONNU, ("d",): FAUX}.get)
    third = write.read(("c",))
    assert write.both(write.read(("a",)), third) == third
    assert (write.read(("b",)), write.read(("d",))) == (INCONNU, FAUX)


def test_counts_go_from_one_block_to_the_next() -> None:
    """One organisation in three has the category, over two blocks and a bit: a third of them owe the line."""
    whole = referentiel("fictif@A")
    programme = compile_lines(
        whole, whole.types_audit["fictif/bapteme"], lambda c: None if c == ("categorie", "VELO") else FAUX
    )
    number = 2 * BLOC + 30
    cells = {("categorie", "VELO"): bytes(VRAI if rank % 3 == 0 else FAUX for rank in range(number))}
    assert programme.colonnes == (("categorie", "VELO"),)
    assert count_due(programme, number, cells)["fictif/1.1"] == ((number + 2) // 3, 0)


def test_what_has_no_column_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word nobody compiled, or more findings than cells: the reason is given, no count is."""
    whole = referentiel("fictif@A")
    visite = whole.types_audit["fictif/visite"]
    monkeypatch.setattr(compilation, "MOST", len(whole.constats) - 1)
    with pytest.raises(NonCompilable, match="plus de"):
        compile_lines(whole, visite)
    monkeypatch.undo()
    monkeypatch.setattr(compilation, "_MOTS", {k: v for k, v in compilation._MOTS.items() if k != "vue"})
    with pytest.raises(NonCompilable, match="le mot « vue »"):
        compile_lines(whole, visite)


def test_the_organisations_of_some_answers_are_the_ones_of_a_number() -> None:
    """Of four organisations answered 7, 0, 9 and 7, the first, the third and the last are of 7 or 9: 1011."""
    assert _bits(bytes([7, 0, 9, 7]), frozenset({7, 9})) == 0b1011
    assert _bits(bytes([7, 0, 9, 7]), frozenset()) == 0
