"""A fact corrected while the audit is held: its findings carried to the context that it should have had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from console import Console
from grilles import AF, FAITS, atelier, exported_form, filled, grille
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import certif_rules as cr
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.correction import Correction, correct
from certif_rules.audit.demande import from_profile
from certif_rules.echanges.constats import as_data, write_dossier
from certif_rules.services.constats import from_data, open_dossier, with_rules
from certif_rules.services.lecture import read_grids
from certif_rules.source.schema import check

CHECKLIST = grille()
MAJEURE, MINEURE = "Non-conformité majeure", "Non-conformité mineure"
FILLED = {
    "qualiopi/1": {"Constat": "Conforme", "Preuves vues": "Site, page des tarifs"},
    "qualiopi/9": {"Constat": MINEURE, "Commentaire": "Règlement non remis"},
    "qualiopi/27": {"Constat": MAJEURE, "Commentaire": "Aucun contrat"},
}


def corrected(**facts: bool) -> dict[str, Any]:
    return {**AF, "organisme": {"categories": ["AF"], "faits": FAITS | facts}}


def carried(grid: Path, **facts: bool) -> Correction:
    return cr.reprendre(atelier(), grid, profil=corrected(**facts))


@pytest.fixture(params=["xlsx", "ods", "csv", "json", "formulaire"])
def grid(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The grid, or the form, filled while subcontracting was believed true."""
    if request.param == "formulaire":
        return exported_form(CHECKLIST, FILLED, tmp_path)
    return filled(CHECKLIST, request.param, FILLED, tmp_path)


def test_what_enters_and_leaves_is_told_and_nothing_is_dropped(grid: Path) -> None:
    """Without subcontracting 27 leaves; with a certification 3, 7 and 16 enter: so say their portées."""
    correction = carried(grid, sous_traitance=False, certifiante=True)
    moves = {c.numero: c.sens for c in correction.changements if c.sens != "changee"}
    assert moves == {"3": "entree", "7": "entree", "16": "entree", "27": "sortie"}
    (left,) = [c for c in correction.changements if c.sens == "sortie"]
    assert (left.constat, left.a_revoir) == ("nc_majeure", "la ligne n’est plus de cet audit")
    assert left.motifs == ("pas de sous-traitance ni de portage salarial",)
    releves = {r.ligne: r for r in correction.dossier.releves}
    assert releves["qualiopi/1"].preuves_vues == ("Site, page des tarifs",)
    assert releves["qualiopi/9"].constat == "nc_mineure"
    assert releves["qualiopi/3"].constat == "a_evaluer"
    assert "qualiopi/27" not in releves
    (aside,) = correction.dossier.a_revoir
    assert (aside.releve.ligne, aside.releve.commentaire) == ("qualiopi/27", "Aucun contrat")


def test_what_is_carried_is_sound_and_told_again(grid: Path) -> None:
    """The file written is accepted as it is; the finding set aside is no more counted, and still told."""
    written = as_data(carried(grid, sous_traitance=False).dossier)
    assert check(written, "constats") == []
    bilan = cr.conclure(atelier(), written)
    (conclusion,) = bilan.conclusions
    assert (conclusion.mesures["mineures"], conclusion.mesures["majeures"]) == (1, 0)
    messages = [w.message for w in bilan.avertissements if w.code == "a_revoir"]
    assert messages == ["ligne 27 : « nc_majeure » est à revoir, la ligne n’est plus de cet audit"]
    assert (
        cr.reprendre(atelier(), written, profil=corrected()).dossier.a_revoir == from_data(written).a_revoir
    )


def test_a_finding_that_was_looked_at_again_is_no_more_recalled(grid: Path) -> None:
    """Who looked at it, and when, is read and written; the conclusion then says nothing of it."""
    written = as_data(carried(grid, sous_traitance=False).dossier)
    written["a_revoir"][0] |= {"revu_le": "2024-06-04", "revu_par": "A. B."}
    assert check(written, "constats") == []
    (aside,) = from_data(written).a_revoir
    assert (aside.revu_le, aside.revu_par) == ("2024-06-04", "A. B.")
    assert as_data(from_data(written))["a_revoir"] == written["a_revoir"]
    assert [w for w in cr.conclure(atelier(), written).avertissements if w.code == "a_revoir"] == []


def test_a_line_that_comes_back_is_to_assess() -> None:
    """« Non applicable » was right while the fact was false: the line applies now, and nobody assessed it."""
    without = grille(organisme=corrected(sous_traitance=False)["organisme"])
    releves = (Releve(ligne="qualiopi/27", constat="non_applicable", commentaire="Pas de sous-traitant"),)
    dossier = with_rules(without, Dossier(demande=from_profile(corrected()), releves=releves))
    correction = correct(without, CHECKLIST, dossier)
    (line,) = [r for r in correction.dossier.releves if r.ligne == "qualiopi/27"]
    assert (line.constat, line.commentaire) == ("a_evaluer", "Pas de sous-traitant")
    assert [one.raison for one in correction.dossier.a_revoir] == ["la ligne s’applique désormais"]


def test_a_line_that_the_auditor_brought_back_stays() -> None:
    """A finding with its note on a line that was out by a fact is allowed once the fact is corrected."""
    without = grille(organisme=corrected(sous_traitance=False)["organisme"])
    releves = (Releve(ligne="qualiopi/27", constat="conforme", commentaire="Un sous-traitant vu"),)
    dossier = with_rules(without, Dossier(demande=from_profile(corrected()), releves=releves))
    correction = correct(without, CHECKLIST, dossier)
    assert correction.dossier.a_revoir == ()
    assert [r.constat for r in correction.dossier.releves if r.ligne == "qualiopi/27"] == ["conforme"]


def test_a_check_that_is_no_longer_made_is_set_aside() -> None:
    """A surveillance checks the display of the certificate, an initial audit does not: its result stays."""
    from grilles import SURVEILLANCE

    before = grille(**SURVEILLANCE)
    check_ = Releve(ligne="affichage_certificat", constat="non_satisfaite", commentaire="Rien")
    dossier = Dossier(demande=from_profile(AF), releves=(), verifications=(check_,))
    correction = correct(before, CHECKLIST, with_rules(CHECKLIST, dossier))
    assert [(one.releve, one.verification) for one in correction.dossier.a_revoir] == [(check_, True)]
    assert from_data(as_data(correction.dossier)).a_revoir == correction.dossier.a_revoir


CONSTATS = st.sampled_from(["a_evaluer", "conforme", "nc_mineure", "nc_majeure", "non_applicable"])
FACTS = st.dictionaries(
    st.sampled_from(["sous_traitance", "certifiante", "situation_travail"]), st.booleans()
)


@given(FACTS, st.lists(CONSTATS, min_size=32, max_size=32))
def test_no_finding_is_lost_and_what_stays_is_allowed(facts: dict[str, bool], constats: list[str]) -> None:
    """Whatever was found and whatever is corrected: each finding stays, allowed, or stands to be reviewed."""
    releves = tuple(
        Releve(ligne=li.indicateur.id, constat=c, commentaire="vu")
        for li, c in zip(CHECKLIST.lignes, constats, strict=True)
        if c in li.constats_permis or c == "a_evaluer"
    )
    apres = grille(organisme=corrected(**facts)["organisme"])
    dossier = Dossier(demande=from_profile(corrected(**facts)), releves=releves)
    correction = correct(CHECKLIST, apres, with_rules(apres, dossier))
    open_dossier(atelier(), correction.dossier)
    stays = {(r.ligne, r.constat) for r in correction.dossier.releves}
    aside = {(one.releve.ligne, one.releve.constat) for one in correction.dossier.a_revoir}
    assert {(r.ligne, r.constat) for r in releves} <= stays | aside


def test_two_files_with_findings_set_aside_join(tmp_path: Path) -> None:
    """What one auditor has to review is still there once the files are joined, and once only."""
    dossier = carried(filled(CHECKLIST, "csv", FILLED, tmp_path), sous_traitance=False).dossier
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path, one in zip(paths, (dossier, replace(dossier, a_revoir=())), strict=True):
        path.write_bytes(write_dossier(one))
    for pair in (paths, paths[::-1], [paths[0], paths[0]]):
        assert read_grids(atelier(), pair).dossier.a_revoir == dossier.a_revoir


def test_the_command(tmp_path: Path, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line that differs is told with its reason; options correct a fact as a profile does."""
    call = Console(capfdbinary, monkeypatch)
    path = filled(CHECKLIST, "xlsx", FILLED, tmp_path)
    answer = call("reprendre", path, "--sans", "sous_traitance")
    assert answer.status == 0
    assert "ligne 27 sort (à auditer → non applicable) : pas de sous-traitance" in answer.err
    assert "« nc_majeure » à revoir : la ligne n’est plus de cet audit" in answer.err
    assert "0 ligne entre, 1 sort" in answer.err
    profile = tmp_path / "profil.yaml"
    profile.write_text(json.dumps(corrected(sous_traitance=False)), encoding="utf-8")
    other = call("reprendre", path, "--profil", profile)
    assert [c["id"] for c in other.json["constats"]] == [c["id"] for c in answer.json["constats"]]
    assert other.json["a_revoir"] == answer.json["a_revoir"]
    assert call("reprendre", path, "--sans", "sous_traitanse").status == 2
