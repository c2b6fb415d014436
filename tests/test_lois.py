"""What must hold of every checklist, whatever the référentiel and the audit: drawn at random, many times."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from itertools import permutations
from typing import Any

import pytest
from greffons import DONNEES, registry
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from certif_rules.audit.lignes import build_lines
from certif_rules.construction.surcouche import Surcouche, Trame, apply
from certif_rules.echanges.checklist import render
from certif_rules.model.referentiel import Referentiel
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry, Resolution
from certif_rules.rules.contexte import (
    Ajouts,
    Certificat,
    ConstatPrecedent,
    Contexte,
    FaitDeclare,
    Organisme,
    Precedent,
)
from certif_rules.rules.faits import contradictions, resolve
from certif_rules.rules.motifs import ETATS, Etat
from certif_rules.services.checklist import build

#: Référentiels by the day of an audit: every edition, with and without a guide, in and out of derogations.
JOURS = {
    "qualiopi-2020": ("qualiopi", "2020-01-15"),
    "qualiopi-2024": ("qualiopi", "2024-03-18"),
    "qualiopi-2025": ("qualiopi", "2025-03-01"),
    "qualiopi-2026": ("qualiopi", "2026-12-01"),
    "certifregion": ("certifregion", "2024-03-18"),
    "fictif-2020": ("fictif", "2020-01-15"),
    "fictif-2021": ("fictif", "2021-06-01"),
    "fictif-2022": ("fictif", "2022-03-01"),
    "fictif-2024": ("fictif", "2024-06-15"),
    "enseigne": ("enseigne", "2022-03-01"),
}
#: Why a line is due, beside the fact that it applies.
DUE = {"perimetre", "constat_precedent", "non_vue", "ajout", "derogation"}

#: Audits tried for each law: enough for every day of a usual run, more when asked.
EXEMPLES = int(os.environ.get("CERTIF_RULES_EXEMPLES", "80"))

often = settings(
    max_examples=EXEMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@cache
def resolution(jour: str) -> Resolution:
    nom, day = JOURS[jour]
    return _registry().resolve(nom, day=day)


@cache
def _registry() -> Registry:
    return registry()


def subsets(items: list[str], **sizes: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(items), unique=True, **sizes)


@st.composite
def precedents(draw: st.DrawFn, referentiel: Referentiel, type_audit: str) -> Precedent | None:
    admitted = referentiel.types_audit[type_audit].precedents
    codes = sorted(admitted or {t.code for t in referentiel.types_audit.values()})
    lines = list(referentiel.indicateurs)
    constat = st.builds(
        ConstatPrecedent, constat=st.sampled_from(list(referentiel.constats)), ouvert=st.booleans()
    )
    known = st.builds(
        Precedent,
        type=st.none() | st.sampled_from(codes),
        indicateurs_audites=st.none() | subsets(lines).map(frozenset),
        constats=st.none() | st.dictionaries(st.sampled_from(lines), constat, max_size=4),
    )
    return draw(st.none() | known)


def reconcile(referentiel: Referentiel, contexte: Contexte) -> Contexte:
    """The same, less the facts that contradict a nature or an implication."""
    while found := contradictions(referentiel, contexte):
        gone = {contradiction.fait for contradiction in found}
        contexte = replace(contexte, faits={f: v for f, v in contexte.faits.items() if f not in gone})
    return contexte


def certificats(referentiel: Referentiel) -> st.SearchStrategy[dict[str, Certificat]]:
    """Any certificates that an equivalence names: valid or not, for all or for some categories and sites."""
    names = sorted({equivalence.certificat for equivalence in referentiel.equivalences})
    held = st.builds(
        Certificat,
        notification=st.sampled_from([date(2020, 1, 1), date(2022, 3, 1), date(2030, 1, 1)]),
        echeance=st.sampled_from([date(2021, 12, 31), date(2040, 1, 1)]),
        etat=st.sampled_from([None, None, "suspendu", "retire"]),
        categories=st.none() | subsets(list(referentiel.categories)).map(tuple),
        sites=st.none() | subsets(["S1", "S2"]).map(tuple),
    )
    return st.dictionaries(st.sampled_from(names), held, max_size=len(names))


@st.composite
def contextes(draw: st.DrawFn, jour: str, code: str | None = None) -> Contexte:
    """Any audit of the référentiel of ``jour``, of the type ``code`` if given, that contradicts nothing."""
    referentiel = resolution(jour).referentiel
    types = [
        t for t in referentiel.types_audit.values() if t.origine == referentiel.id and code in (None, t.code)
    ]
    type_audit = draw(st.sampled_from([t.id for t in types]))
    categories = list(referentiel.categories)
    fait = st.builds(
        FaitDeclare,
        valeur=st.none() | st.booleans(),
        par_categorie=st.dictionaries(st.sampled_from(categories), st.booleans(), max_size=2),
    )
    return reconcile(
        referentiel,
        Contexte(
            type_audit=type_audit,
            date=date.fromisoformat(JOURS[jour][1]),
            organisme=Organisme(categories=tuple(draw(subsets(categories, min_size=1)))),
            faits=draw(st.dictionaries(st.sampled_from(list(referentiel.faits)), fait)),
            ajouts=Ajouts(
                categories=tuple(draw(subsets(categories, max_size=2))),
                sites=tuple(draw(subsets(["S1", "S2"]))),
            ),
            precedent=draw(precedents(referentiel, type_audit)),
            certificats=draw(certificats(referentiel)) if referentiel.equivalences else {},
        ),
    )


def states(jour: str, contexte: Contexte) -> dict[str, Etat]:
    return {li.indicateur.id: li.etat for li in build_lines(resolution(jour).referentiel, contexte)}


def law(function: Callable[..., None]) -> Callable[..., None]:
    """A law of every référentiel and every day."""
    return often(given(jour=st.sampled_from(list(JOURS)), data=st.data())(function))


@pytest.mark.lent
@law
def test_the_order_of_what_is_said_changes_nothing(jour: str, data: st.DataObject) -> None:
    """Categories, added ones and facts in any order: the same lines, reasons, texts and findings."""

    def shuffle(items: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(data.draw(st.permutations(list(items))))

    contexte = data.draw(contextes(jour))
    shuffled = replace(
        contexte,
        organisme=replace(contexte.organisme, categories=shuffle(contexte.organisme.categories)),
        ajouts=replace(contexte.ajouts, categories=shuffle(contexte.ajouts.categories)),
        faits=dict(shuffle(contexte.faits.items())),
    )
    referentiel = resolution(jour).referentiel
    assert build_lines(referentiel, shuffled) == build_lines(referentiel, contexte)


@st.composite
def answered(draw: st.DrawFn, referentiel: Referentiel, contexte: Contexte) -> Contexte:
    """The same audit, some of its unknowns known: facts, type of the earlier audit, its findings, its lines.

    What the earlier audit looked at is unknown only if its type is: otherwise it is what that type made due.
    """
    faits = dict(contexte.faits)
    for categorie in contexte.categories:
        for nom, value in resolve(referentiel, contexte, categorie).items():
            answer = draw(st.none() | st.booleans()) if value is None else None
            if answer is not None:
                said = faits.get(nom, FaitDeclare())
                faits[nom] = replace(said, par_categorie={**said.par_categorie, categorie: answer})
    before = contexte.precedent or Precedent()
    drawn = draw(precedents(referentiel, contexte.type_audit)) or Precedent()
    seen = before.indicateurs_audites
    known = Precedent(
        type=before.type or drawn.type,
        indicateurs_audites=drawn.indicateurs_audites if seen is None and before.type is None else seen,
        constats=drawn.constats if before.constats is None else before.constats,
    )
    return replace(contexte, faits=faits, precedent=known)


@pytest.mark.lent
@law
def test_an_answer_never_changes_what_was_sure(jour: str, data: st.DataObject) -> None:
    """An unknown that becomes known leaves every line to audit, and every line out of scope, where it was."""
    referentiel = resolution(jour).referentiel
    contexte = data.draw(contextes(jour))
    more = data.draw(answered(referentiel, contexte))
    assume(not contradictions(referentiel, more))
    after = states(jour, more)
    sure = {i: e for i, e in states(jour, contexte).items() if e in ("a_auditer", "non_applicable")}
    assert {i: after[i] for i in sure} == sure


def alone(contexte: Contexte, categorie: str) -> Contexte:
    """The same audit of one category."""
    kept = tuple(c for c in contexte.ajouts.categories if c == categorie)
    return replace(
        contexte,
        organisme=replace(contexte.organisme, categories=(categorie,)),
        ajouts=replace(contexte.ajouts, categories=kept),
    )


@pytest.mark.lent
@law
def test_a_line_has_the_strongest_state_of_its_pairs(jour: str, data: st.DataObject) -> None:
    """Together, categories give each line the strongest of the states they give it alone, never a new one."""
    contexte = data.draw(contextes(jour))
    each = [states(jour, alone(contexte, categorie)) for categorie in contexte.categories]
    together = states(jour, contexte)
    assert together == {i: min((e[i] for e in each), key=ETATS.index) for i in together}


@pytest.mark.lent
@law
def test_at_first_a_category_only_adds(jour: str, data: st.DataObject) -> None:
    """At an initial audit, several categories have every line to audit that one of them has."""
    code = "bapteme" if jour.startswith(("fictif", "enseigne")) else "initial"
    contexte = data.draw(contextes(jour, code))
    together = {i for i, etat in states(jour, contexte).items() if etat == "a_auditer"}
    for categorie in contexte.categories:
        assert {
            i for i, e in states(jour, alone(contexte, categorie)).items() if e == "a_auditer"
        } <= together


@pytest.mark.lent
@law
def test_every_reason_has_a_source(jour: str, data: st.DataObject) -> None:
    """A rule without a source does not ship: every line has reasons, each with words and a source."""
    referentiel = resolution(jour).referentiel
    for ligne in build_lines(referentiel, data.draw(contextes(jour))):
        assert ligne.motifs
        for motif in ligne.motifs:
            assert motif.texte.strip(), motif
            assert motif.sources, motif
            assert set(motif.sources) <= set(referentiel.sources)
            assert motif.categories, motif
            assert all(motif.emplacements), motif


@pytest.mark.lent
@law
def test_a_line_to_audit_says_twice_why(jour: str, data: st.DataObject) -> None:
    """A line to audit applies, and is due: it has a reason for each, for the categories it is due for."""
    for ligne in build_lines(resolution(jour).referentiel, data.draw(contextes(jour))):
        if ligne.etat == "a_auditer":
            assert ligne.categories
            for codes in ({"applicable"}, DUE):
                said = {c for motif in ligne.motifs if motif.code in codes for c in motif.categories}
                assert set(ligne.categories) <= said, (ligne.indicateur.id, ligne.motifs)
        else:
            assert ligne.categories == ()


@pytest.mark.lent
@law
def test_a_state_is_explained(jour: str, data: st.DataObject) -> None:
    """What is to confirm names an unknown; what is not due or out of scope names what puts it out."""
    codes = {
        "a_confirmer": {"condition_inconnue", "portee_inconnue", "perimetre_inconnu", "precedent_inconnu"},
        "non_audite": {"hors_perimetre", "pieces"},
        "non_applicable": {"hors_categorie", "condition_non_remplie"},
    }
    for ligne in build_lines(resolution(jour).referentiel, data.draw(contextes(jour))):
        found = {motif.code for motif in ligne.motifs}
        if ligne.etat in codes:
            assert found & codes[ligne.etat], (ligne.etat, ligne.motifs)
        if ligne.etat == "non_applicable":
            assert found <= codes["non_applicable"]


@pytest.mark.lent
@law
def test_findings_follow_the_state(jour: str, data: st.DataObject) -> None:
    """A line not due receives no finding; one out by category, what says so; others, all of theirs."""
    referentiel = resolution(jour).referentiel
    for ligne in build_lines(referentiel, data.draw(contextes(jour))):
        permis = ligne.indicateur.constats_permis
        out = {motif.code for motif in ligne.motifs} == {"hors_categorie"}
        if ligne.etat == "non_audite":
            assert ligne.constats_permis == ()
        elif ligne.etat == "non_applicable" and out:
            assert ligne.constats_permis == tuple(c for c in permis if referentiel.constats[c].hors_portee)
            assert ligne.constats_permis
        else:
            assert ligne.constats_permis == permis


@pytest.mark.lent
@law
def test_same_audit_same_bytes(jour: str, data: st.DataObject) -> None:
    """A checklist is a value: made and written twice, it is the same to the byte."""
    contexte = data.draw(contextes(jour))
    assert render(build(resolution(jour), contexte)) == render(build(resolution(jour), contexte))


@pytest.mark.parametrize("jour", JOURS)
def test_an_overlay_of_nothing_is_its_base(jour: str) -> None:
    """No operation at all gives the body of the base, in its order."""
    referentiel = resolution(jour).referentiel
    base = Trame(criteres=referentiel.criteres, indicateurs=referentiel.indicateurs)
    corps, issues = apply(base, Surcouche())
    assert issues == []
    assert corps == base
    assert [list(part) for part in (corps.criteres, corps.indicateurs)] == [
        list(part) for part in (base.criteres, base.indicateurs)
    ]


def test_the_order_of_plugins_changes_nothing() -> None:
    """Whatever the order in which plugins are found, every référentiel writes the same JSON."""

    def documents(order: Any) -> list[bytes]:
        found = Registry([(nom, Donnees(dossier=DONNEES[nom])) for nom in order])
        made = []
        for jour, (nom, day) in JOURS.items():
            resolu = found.resolve(nom, day=day)
            types = [t.id for t in resolu.referentiel.types_audit.values() if t.origine == nom]
            contexte = Contexte(
                type_audit=types[0],
                date=date.fromisoformat(day),
                organisme=Organisme(categories=tuple(resolution(jour).referentiel.categories)),
            )
            made.append(render(build(resolu, contexte)))
        return made

    first, *others = list(permutations(DONNEES))[::5]
    expected = documents(first)
    assert all(documents(order) == expected for order in others)
