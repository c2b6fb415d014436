"""Lines shared between audits: byte for byte those that each audit would have by itself."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from itertools import product
from random import Random
from threading import Thread
from typing import Any

import pytest
from greffons import registry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from test_lois import EXEMPLES, JOURS, contextes, resolution

from certif_rules.audit import partage
from certif_rules.audit.lignes import build_lines
from certif_rules.audit.partage import Partage, shared_lines
from certif_rules.echanges import checklist as json_
from certif_rules.echanges.champs import as_bytes
from certif_rules.echanges.checklist import document, render
from certif_rules.model.base import Regle
from certif_rules.model.referentiel import Referentiel
from certif_rules.rules.contexte import ConstatPrecedent, Contexte, FaitDeclare, Organisme, Precedent
from certif_rules.rules.mots import MOTS_DE_LIGNE
from certif_rules.services.checklist import build

#: Days on both sides of those that the shipped rules and the made-up ones name, and the days themselves.
DAYS = (
    *("2020-01-15", "2021-06-01", "2024-03-18", "2024-12-31", "2025-01-01", "2025-06-30", "2025-07-01"),
    *("2025-09-30", "2025-10-01", "2026-12-01"),
)
FAITS = ("certifiante", "alternance", "situation_travail", "sous_traitance", "plus_de_deux_jours")
often = settings(
    max_examples=EXEMPLES * 5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.mark.lent
@pytest.mark.parametrize("jour", JOURS)
def test_a_shared_line_is_that_of_the_audit(jour: str) -> None:
    """Any type, extension, added site, earlier audit, day: what others share is what the rules say alone."""
    referentiel = resolution(jour).referentiel

    @often
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        contexte = data.draw(contextes(jour))
        contexte = replace(contexte, date=date.fromisoformat(data.draw(st.sampled_from(DAYS))))
        assert shared_lines(referentiel, contexte) == build_lines(referentiel, contexte)

    compare()


@pytest.mark.lent
@pytest.mark.parametrize("jour", JOURS)
def test_every_earlier_audit(jour: str) -> None:
    """One line, whatever the earlier audit says of it: its finding, open or lifted, seen or not, any type."""
    whole = resolution(jour).referentiel
    for line in list(whole.indicateurs.values())[:: len(whole.indicateurs) // 3]:
        alone = replace(whole, indicateurs={line.id: line})
        constats = [
            None,
            {},
            *(
                {line.id: ConstatPrecedent(constat=c, ouvert=o)}
                for c in whole.constats
                for o in (True, False)
            ),
        ]
        codes = {type_audit.code for type_audit in whole.types_audit.values()}
        precedents = [
            Precedent(type=code, indicateurs_audites=seen, constats=constat)
            for code in (None, *sorted(codes))
            for seen in (None, frozenset[str](), frozenset({line.id}))
            for constat in constats
        ]
        for type_audit in (t for t in whole.types_audit.values() if t.origine == whole.id):
            for precedent in (None, *precedents):
                contexte = Contexte(
                    type_audit=type_audit.id,
                    date=date.fromisoformat(JOURS[jour][1]),
                    organisme=Organisme(categories=tuple(whole.categories)[:1]),
                    precedent=precedent,
                )
                assert shared_lines(alone, contexte) == build_lines(alone, contexte)


@pytest.mark.lent
@pytest.mark.parametrize("jour", ["qualiopi-2025", "certifregion", "fictif-2022"])
def test_a_line_written_once_is_written_the_same(jour: str) -> None:
    """The JSON of a checklist whose lines were written for another is the JSON of its values."""

    @settings(max_examples=EXEMPLES, deadline=None, derandomize=True)
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        checklist = build(resolution(jour), data.draw(contextes(jour)))
        assert render(checklist) == as_bytes(document(checklist))

    compare()


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_checklist_of_few_lines_is_written_whole(number: int) -> None:
    """No line, one, two or three: the head of the document is there, and what follows the lines."""
    resolved = resolution("certifregion")
    whole = build(resolved, asked_of(resolved.referentiel))
    few = replace(whole, lignes=whole.lignes[:number])
    assert render(few) == as_bytes(document(few))


def asked_of(referentiel: Referentiel, code: str = "certifregion/initial") -> Contexte:
    """An audit of this référentiel, for all of its categories."""
    categories = tuple(referentiel.categories)
    return Contexte(type_audit=code, date=date(2024, 3, 18), organisme=Organisme(categories=categories))


#: What each word says of one line that it does not say of all: its value, and what the line is for that.
SAID_OF_ONE: dict[str, tuple[bool | str | tuple[str, ...], dict[str, tuple[str, ...]]]] = {
    "lignes": (("qualiopi/2",), {}),
    "etiquette": ("essai", {"etiquettes": ("essai",)}),
    "origine": ("certifregion", {}),
    "edition": (("V5",), {}),
    "constat_exclu": ("nc_majeure", {"constats_permis": ("conforme",)}),
}


@pytest.mark.parametrize("champ", ["perimetre", "sinon_selon"])
@pytest.mark.parametrize("mot", sorted(SAID_OF_ONE))
def test_what_rules_say_of_one_line_is_not_said_of_others(mot: str, champ: str) -> None:
    """A line is due, or is not for its own reason, by what a word reads of it; so are those alike only."""
    assert SAID_OF_ONE.keys() == MOTS_DE_LIGNE
    valeur, line = SAID_OF_ONE[mot]
    whole = resolution("certifregion").referentiel
    lines = {**whole.indicateurs, "qualiopi/2": replace(whole.indicateurs["qualiopi/2"], **line)}
    kind = whole.types_audit["certifregion/initial"]
    rules = {
        "perimetre": (Regle(mots={"toutes": False}),),
        champ: (Regle(mots={mot: valeur}, motif="propre"),),
    }
    types = {**whole.types_audit, kind.id: replace(kind, **rules)}
    referentiel = replace(whole, indicateurs=lines, types_audit=types, derogations=(), equivalences=())
    lignes = shared_lines(referentiel, asked_of(referentiel))
    assert lignes == build_lines(referentiel, asked_of(referentiel))
    assert len({any(motif.texte == "propre" for motif in ligne.motifs) for ligne in lignes}) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"sources": ("A", "B", "A")},
        {"confiance": "faible"},
        {"lecture": True},
        {"incoherences": ("i", "i")},
        {"emplacement": "ailleurs.yaml:1"},
        {"mots": {"toutes": False}},
        {"mots": {"categories": ("AF",)}},
        {"mots": {"toutes": False}, "motif": "Pas ici."},
    ],
)
def test_each_line_applies_by_its_own_rule(changes: dict[str, Any]) -> None:
    """Lines whose scopes have the same words share what these say, never what a rule rests on."""
    whole = resolution("certifregion").referentiel
    base = Regle(
        mots={"toutes": changes.get("mots", {}).get("toutes", True)}, sources=("S",), emplacement="a:1"
    )
    scopes = (base, replace(base, **changes), base)
    lines = {
        line.id: replace(line, portee=(regle,))
        for line, regle in zip(whole.indicateurs.values(), scopes, strict=False)
    }
    referentiel = replace(whole, indicateurs=lines)
    every = asked_of(referentiel)
    for contexte in (every, replace(every, organisme=Organisme(categories=("AF",)))):
        assert shared_lines(referentiel, contexte) == build_lines(referentiel, contexte)


def test_lines_written_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit all are dropped, and those that are written anew are the same."""
    gravees = json_._Gravees()
    monkeypatch.setattr(json_, "_GRAVEES", gravees)
    monkeypatch.setattr(json_, "LIMITE", 40)
    resolu = resolution("qualiopi-2024")
    for code in ("initial", "surveillance", "renouvellement", "initial"):
        checklist = build(resolu, asked_of(resolu.referentiel, f"qualiopi/{code}"))
        assert render(checklist) == as_bytes(document(checklist))
        assert len(gravees._gravees) <= 40


@pytest.mark.lent
def test_threads_write_no_line_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four threads write the same audits, lines being dropped: each document is that of its audit."""
    monkeypatch.setattr(json_, "_GRAVEES", json_._Gravees())
    monkeypatch.setattr(json_, "LIMITE", 60)
    resolu = resolution("qualiopi-2024")
    audits = [
        build(
            resolu,
            replace(asked_of(resolu.referentiel, f"qualiopi/{code}"), organisme=Organisme(categories=c)),
        )
        for code in ("initial", "surveillance")
        for c in (("AF",), ("AF", "CFA"), ("VAE",), ("BC", "VAE"))
    ]
    alone = [as_bytes(document(checklist)) for checklist in audits]
    wrong: list[int] = []

    def write(seed: int) -> None:
        order = [*range(len(audits))] * 4
        Random(seed).shuffle(order)
        wrong.extend(rank for rank in order if render(audits[rank]) != alone[rank])

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [Thread(target=write, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert not wrong


def test_two_audits_that_agree_share_their_lines() -> None:
    """Another organisation, the same facts: the lines are the same objects, none was answered twice."""
    referentiel = resolution("certifregion").referentiel
    contexte = Contexte(
        type_audit="certifregion/initial",
        date=date(2024, 3, 18),
        organisme=Organisme(categories=tuple(referentiel.categories)),
    )
    other = replace(contexte, organisme=replace(contexte.organisme, nom="Un autre", siren="732829320"))
    first, second = shared_lines(referentiel, contexte), shared_lines(referentiel, other)
    assert all(one is two for one, two in zip(first, second, strict=True))


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit all is dropped, and the lines answered anew are the same."""
    resolu = resolution("qualiopi-2024")
    monkeypatch.setattr(partage, "LIMITE", 40)
    shared = Partage(resolu.referentiel)

    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        contexte = data.draw(contextes("qualiopi-2024"))
        assert shared.lines(contexte) == build_lines(resolu.referentiel, contexte)
        assert sum(len(gardees.lignes) for gardees in shared._gardees) <= 40 + 32

    compare()


def test_a_day_makes_no_referentiel_of_its_own() -> None:
    """Two years of days have as many référentiels as sets of layers in force, each with its own digest."""
    days = [date(2024, 1, 1) + timedelta(days=30 * number) for number in range(36)]
    opened = registry()
    resolutions = [opened.resolve("qualiopi", day=day.isoformat()) for day in days]
    by_layers = {
        tuple((r.couche.cle, r.contenu.cle) for r in resolu.referentiel.couches) for resolu in resolutions
    }
    assert len({id(resolu.referentiel) for resolu in resolutions}) == len(by_layers) > 1
    assert len({resolu.empreinte for resolu in resolutions}) == len(by_layers)


def test_few_referentiels_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts given by bodies make référentiels of their own: the answers of the oldest are forgotten."""
    monkeypatch.setattr(partage, "_PARTAGES", {})
    resolu = resolution("qualiopi-2024").referentiel
    contexte = Contexte(
        type_audit="qualiopi/initial", date=date(2024, 3, 18), organisme=Organisme(categories=("AF",))
    )
    others = [replace(resolu, titre=f"Un autre {number}") for number in range(partage.REFERENTIELS)]
    first = shared_lines(resolu, contexte)
    assert shared_lines(resolu, contexte)[0] is first[0]
    for other in others:
        assert shared_lines(other, contexte) == first
    assert len(partage._PARTAGES) == partage.REFERENTIELS
    assert shared_lines(resolu, contexte)[0] is not first[0]


@pytest.mark.lent
def test_threads_share_no_wrong_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four threads ask for the same audits, each in its order, answers being dropped: lines are their own."""
    monkeypatch.setattr(partage, "_PARTAGES", {})
    monkeypatch.setattr(partage, "LIMITE", 100)
    referentiel = resolution("qualiopi-2024").referentiel
    audits = [
        Contexte(
            type_audit=f"qualiopi/{kind}",
            date=date(2024, 3, 18),
            organisme=Organisme(categories=categories),
            faits={nom: FaitDeclare(valeur=value) for nom, value in zip(FAITS, values, strict=True)},
        )
        for kind in ("initial", "surveillance")
        for categories in (("AF",), ("AF", "CFA"), ("VAE",))
        for values in product((True, False), repeat=len(FAITS))
    ]
    alone = [build_lines(referentiel, contexte) for contexte in audits]
    wrong: list[Contexte] = []

    def ask(seed: int) -> None:
        order = list(range(len(audits)))
        Random(seed).shuffle(order)
        wrong.extend(audits[i] for i in order if shared_lines(referentiel, audits[i]) != alone[i])

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [Thread(target=ask, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert not wrong
