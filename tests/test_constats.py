"""Findings files: read, checked, written again; what filling and lifting may change."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from greffons import registry
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from certif_rules.audit.certificats import CertificatDit
from certif_rules.audit.checklist import Checklist
from certif_rules.audit.conclusion import Bilan, conclude
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.demande import Demande, FaitDit, read_profile
from certif_rules.audit.precedent import PrecedentDit, read_precedent
from certif_rules.audit.recevabilite import check_findings, with_ids
from certif_rules.echanges.constats import as_data, write_dossier
from certif_rules.errors import DataError
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import make_checklist
from certif_rules.services.constats import from_data, open_dossier, read_dossier, with_rules
from certif_rules.source.schema import check

FAITS = ("certifiante", "alternance", "situation_travail", "nouvel_entrant")
DEMANDE = Demande(
    referentiel="qualiopi",
    type_audit="initial",
    date="2024-03-18",
    categories=("AF",),
    faits=(
        *(FaitDit(nom, None, False) for nom in FAITS),
        *(FaitDit(nom, None, True) for nom in ("sous_traitance", "plus_de_deux_jours")),
    ),
)


@cache
def known() -> Registry:
    return registry()


@cache
def grille(referentiel: str = "qualiopi") -> Checklist:
    return make_checklist(known(), replace(DEMANDE, referentiel=referentiel))


def dossier(**changes: str) -> Dossier:
    """Every line due conforming, but those given by number."""
    releves = tuple(
        Releve(
            ligne=ligne.indicateur.id,
            constat=changes.get(f"l{ligne.indicateur.numero}", "conforme"),
            commentaire="vu",
        )
        for ligne in grille().lignes
        if ligne.etat == "a_auditer"
    )
    return with_rules(grille(), Dossier(demande=DEMANDE, releves=releves))


def written(found: Dossier, folder: Path, **changes: Any) -> Path:
    path = folder / "constats.json"
    path.write_text(json.dumps(as_data(found) | changes), encoding="utf-8")
    return path


def codes(found: Dossier, *, other_rules: bool = False) -> list[str]:
    """The codes of everything refused."""
    try:
        open_dossier(known(), found, other_rules=other_rules)
    except DataError as error:
        return [issue.code for issue in error.issues]
    return []


# ---- reading and writing --------------------------------------------------------------------------------

TEXTES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12)
JOURS = st.dates().filter(lambda d: d.year >= 1000).map(str)
RELEVES = st.builds(
    Releve,
    ligne=st.sampled_from(["qualiopi/1", "2", "certifregion/E"]),
    constat=st.sampled_from(["a_evaluer", "conforme", "nc_mineure"]),
    commentaire=st.none() | TEXTES,
    preuves_vues=st.lists(TEXTES, max_size=2).map(tuple),
    annotations=st.lists(st.sampled_from(["point_fort", "point_sensible"]), unique=True).map(tuple),
    echantillons=st.lists(TEXTES, max_size=2).map(tuple),
    evalue_par=st.none() | TEXTES,
    evalue_le=st.none() | JOURS,
    leve_le=st.none() | JOURS,
    leve_par=st.none() | TEXTES,
)
PRECEDENTS = st.builds(
    PrecedentDit,
    type=st.sampled_from(["initial", None]),
    date=st.none() | JOURS,
    indicateurs_audites=st.none() | st.just(("1", "2")),
)


@settings(deadline=None)
@given(st.lists(RELEVES, max_size=3), st.none() | JOURS, st.none() | PRECEDENTS)
def test_what_is_written_is_read_again(
    releves: list[Releve], notified: str | None, precedent: PrecedentDit | None
) -> None:
    """Findings written as JSON satisfy their schema and read back the same; so do their bytes."""
    demande = replace(
        DEMANDE,
        precedent=precedent,
        certificats={"qualiopi": CertificatDit(notification="2022-05-12", echeance="2025-05-12")},
    )
    before = Dossier(
        demande=demande, releves=tuple(releves), notifie_le=notified, empreinte="sha256:" + "0" * 64
    )
    data = json.loads(write_dossier(before))
    assert check(data, "constats") == []
    after = from_data(data)
    assert after.releves == before.releves
    assert (after.notifie_le, after.empreinte) == (before.notifie_le, before.empreinte)
    assert replace(after.demande, lieux={}) == demande
    assert write_dossier(after) == write_dossier(before)


def test_a_checklist_copied_whole_is_a_head(tmp_path: Path) -> None:
    """Keys copied from a checklist, its layers among them, are understood and kept."""
    before = dossier()
    read = read_dossier(written(before, tmp_path, auditeur="J. D.", lignes=[]))
    assert read.couches == before.couches
    assert {c.nature for c in read.couches} == {"exigence", "regles", "guide"}
    assert codes(read) == []
    assert read_profile(tmp_path / "constats.json").guide == "V9"


def test_yaml_json_and_its_escapes(tmp_path: Path) -> None:
    """Findings are read in YAML, in JSON, and in JSON with escapes that YAML lacks."""
    path = tmp_path / "constats.yaml"
    path.write_text(
        "format: 1\norganisme: {categories: [AF]}\nconstats:\n  - {id: 1, constat: conforme}\n",
        encoding="utf-8",
    )
    (releve,) = read_dossier(path).releves
    assert (releve.ligne, str(releve.lieu)) == ("1", f"{path}:4:10")
    assert read_precedent(path).indicateurs_audites == ("1",)
    path.write_text(
        '{"format": 1, "organisme": {"categories": ["AF"]}, "constats":'
        ' [{"id": "1", "constat": "conforme", "commentaire": "\\ud83d\\ude00 \\/"}]}',
        encoding="utf-8",
    )
    assert read_dossier(path).releves[0].commentaire == "😀 /"


def test_a_lifted_earlier_finding_stays_lifted() -> None:
    """An earlier audit copied from a checklist keeps which of its findings were lifted."""
    data = as_data(dossier()) | {
        "precedent": {"constats": {"17": "nc_mineure", "28": "nc_majeure"}, "leves": ["28"]}
    }
    constats = from_data(data).demande.precedent.constats  # type: ignore[union-attr]
    assert constats is not None
    assert [(c.cle, c.ouvert) for c in constats] == [("17", True), ("28", False)]
    assert as_data(from_data(data))["precedent"] == data["precedent"]


# ---- other rules ----------------------------------------------------------------------------------------


def test_other_rules_are_refused_and_named() -> None:
    """Another digest, guide or edition: refused with the difference, or accepted with a warning."""
    sound = dossier()
    couches = tuple(
        replace(c, id="V8", empreinte="sha256:" + "1" * 64) if c.nature == "guide" else c
        for c in sound.couches
    )
    for found, part in (
        (replace(sound, empreinte="sha256:" + "0" * 64, couches=couches), "guide « V8 »"),
        (replace(sound, empreinte="sha256:" + "0" * 64, couches=()), "empreinte 00000000…"),
        (replace(sound, demande=replace(sound.demande, edition="2018")), "« 2018 »"),
    ):
        with pytest.raises(DataError, match=part) as refused:
            open_dossier(known(), found)
        assert "accepter les autres" in str(refused.value)
        checklist, _ = open_dossier(known(), found, other_rules=True)
        assert "autres_regles" in [a.code for a in checklist.avertissements]
    checklist, _ = open_dossier(known(), replace(sound, empreinte=None))
    assert "empreinte_absente" in [a.code for a in checklist.avertissements]


# ---- what is impossible ---------------------------------------------------------------------------------


def with_line(found: Dossier, numero: str, /, **changes: Any) -> Dossier:
    releves = (replace(r, **changes) if r.ligne == numero else r for r in found.releves)
    return replace(found, releves=tuple(releves))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"constat": "nc_mineure"}, ["constat-non-permis"]),
        ({"constat": "parfait"}, ["constat-non-permis"]),
        ({"constat": "nc_majeure", "commentaire": " "}, ["commentaire-manquant"]),
        ({"constat": "non_applicable", "commentaire": None}, ["commentaire-manquant"]),
        ({"annotations": ("point_mort",)}, ["annotation-inconnue"]),
        ({"constat": "nc_majeure", "leve_le": "2024-03-17", "leve_par": "J. D."}, ["levee-avant-audit"]),
        ({"constat": "nc_majeure", "leve_par": "J. D."}, ["levee-sans-date"]),
        ({"constat": "nc_majeure", "leve_le": "2024-05-01"}, ["levee-sans-auteur"]),
        ({"constat": "nc_majeure", "leve_le": "2024-05-01", "leve_par": " "}, ["levee-sans-auteur"]),
        ({"constat": "conforme", "leve_le": "2024-04-17", "leve_par": "J. D."}, ["levee-sans-objet"]),
        ({"constat": "a_evaluer", "leve_le": "2024-04-17", "leve_par": "J. D."}, ["levee-sans-constat"]),
        ({"constat": "nc_majeure", "leve_le": "2024-03-18", "leve_par": "J. D."}, []),
        ({"ligne": "999"}, ["ligne-inconnue", "ligne-manquante"]),
        ({"ligne": "5"}, ["ligne-en-double", "ligne-manquante"]),
        ({"constat": "a_evaluer"}, []),
    ],
)
def test_what_is_impossible(changes: dict[str, Any], expected: list[str]) -> None:
    """Each impossible finding has its code; line 4 admits no minor."""
    assert codes(with_line(dossier(), "qualiopi/4", **changes)) == expected


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    """Problems of several lines and of the dates come together, each at its place."""
    found = with_line(dossier(), "qualiopi/4", constat="nc_mineure")
    found = with_line(found, "qualiopi/2", constat="nc_mineure", commentaire=None)
    path = written(found, tmp_path, ecarts_notifies_le="2024-03-01")
    with pytest.raises(DataError) as refused:
        open_dossier(known(), read_dossier(path))
    assert {i.code for i in refused.value.issues} == {
        "constat-non-permis", "commentaire-manquant", "notification-avant-audit",
    }  # fmt: skip
    assert all(issue.location and issue.location.line for issue in refused.value.issues)


def test_a_finding_is_lifted_once_it_was_notified() -> None:
    """The day it was notified is known: it cannot have been lifted before; that very day, it can."""
    lifted = {"constat": "nc_majeure", "leve_le": "2024-03-28", "leve_par": "J. D."}
    found = with_line(dossier(), "qualiopi/4", **lifted)
    assert codes(found) == []
    assert codes(replace(found, notifie_le="2024-03-29")) == ["levee-avant-notification"]
    assert codes(replace(found, notifie_le="2024-03-28")) == []


def test_a_number_that_two_lines_bear_is_ambiguous() -> None:
    """A printed number is accepted where one line bears it; where two do, the id is asked for, once."""
    checklist = grille()
    referentiel = checklist.referentiel
    lines = {
        i: replace(line, numero="2") if i == "qualiopi/1" else line
        for i, line in referentiel.indicateurs.items()
    }
    doubled = replace(
        checklist,
        referentiel=replace(referentiel, indicateurs=lines),
        lignes=tuple(replace(li, indicateur=lines[li.indicateur.id]) for li in checklist.lignes),
    )
    said = Dossier(demande=DEMANDE, releves=(Releve(ligne="2", constat="conforme"), Releve(ligne="4")))
    found, issues = with_ids(doubled.referentiel, said)
    assert [issue.code for issue in issues] == ["ligne-ambigue"]
    assert [releve.ligne for releve in found.releves] == ["2", "qualiopi/4"]
    assert "ligne-inconnue" not in {issue.code for issue in check_findings(doubled, found)}


def test_rules_that_say_nothing_conclude_nothing() -> None:
    """A référentiel without a judgement has its findings checked, and no conclusion."""
    demande = Demande(referentiel="fictif", type_audit="bapteme", date="2022-03-01", categories=("COUT",))
    checklist = make_checklist(known(), demande)
    due = (li.indicateur.id for li in checklist.lignes if li.etat == "a_auditer")
    found = Dossier(demande=demande, releves=tuple(Releve(ligne=i, constat="bloquant") for i in due))
    assert list(check_findings(checklist, found)) == []
    (conclusion,) = conclude(checklist, found).conclusions
    assert (conclusion.decision, conclusion.delivrable, conclusion.mesures) == (None, None, {})
    assert [motif.code for motif in conclusion.motifs] == ["jugement_absent"]


# ---- what filling and lifting may change ----------------------------------------------------------------


@st.composite
def filled(draw: st.DrawFn, referentiel: str) -> Dossier:
    """Findings at random among those allowed; some lines left, some findings lifted."""
    releves = []
    for ligne in grille(referentiel).lignes:
        if ligne.etat not in ("a_auditer", "a_confirmer"):
            continue
        mostly = st.sampled_from(["conforme", "conforme", "conforme", "a_evaluer", *ligne.constats_permis])
        constat = draw(mostly)
        lifted = constat.startswith("nc") and draw(st.booleans())
        releves.append(
            Releve(
                ligne=ligne.indicateur.id, constat=constat, commentaire="vu",
                leve_le="2024-06-01" if lifted else None, leve_par="J. D." if lifted else None,
            )
        )  # fmt: skip
    return Dossier(demande=replace(DEMANDE, referentiel=referentiel), releves=tuple(releves))


def judged(found: Dossier, referentiel: str) -> Bilan:
    assert list(check_findings(grille(referentiel), found)) == []
    return conclude(grille(referentiel), found)


@pytest.mark.lent
@pytest.mark.parametrize("referentiel", ["qualiopi", "certifregion"])
@settings(deadline=None)
@given(data=st.data())
def test_filling_a_line_never_changes_a_conclusion_given(data: st.DataObject, referentiel: str) -> None:
    """What is concluded with lines left stays concluded whatever they turn out to be."""
    before = data.draw(filled(referentiel))
    left = [r.ligne for r in before.releves if not r.porte]
    if not left:
        return
    chosen = data.draw(st.sampled_from(left))
    allowed = next(li.constats_permis for li in grille(referentiel).lignes if li.indicateur.id == chosen)
    after = with_line(before, chosen, constat=data.draw(st.sampled_from(allowed)))
    for old, new in zip(
        judged(before, referentiel).conclusions, judged(after, referentiel).conclusions, strict=True
    ):
        assert old.delivrable in (None, new.delivrable)
        assert old.decision in (None, new.decision)


ORDER = {False: 0, None: 1, True: 2}


@pytest.mark.lent
@pytest.mark.parametrize("referentiel", ["qualiopi", "certifregion"])
@settings(deadline=None)
@given(data=st.data())
def test_lifting_a_finding_never_worsens(data: st.DataObject, referentiel: str) -> None:
    """A finding lifted leaves every conclusion as it was, or better."""
    before = data.draw(filled(referentiel))
    opened = [r.ligne for r in before.releves if r.ouvert and r.constat.startswith("nc")]
    if not opened:
        return
    after = with_line(before, data.draw(st.sampled_from(opened)), leve_le="2024-06-01", leve_par="J. D.")
    for old, new in zip(
        judged(before, referentiel).conclusions, judged(after, referentiel).conclusions, strict=True
    ):
        assert ORDER[new.delivrable] >= ORDER[old.delivrable]
