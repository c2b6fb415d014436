"""The context of an audit under way corrected: lines move, findings follow, and the journal is told what."""

from __future__ import annotations

from typing import Any

import pytest
from grilles import AF, FAITS, atelier
from hypothesis import given, settings
from hypothesis import strategies as st

from certif_rules.echanges.constats import as_data
from certif_rules.errors import IssuesError
from certif_rules.journal.fichier import fields_of
from certif_rules.services.contexte import ContexteCorrige, correct_context
from certif_rules.services.espace import AuditEnCours, open_work

MAJEURE = {"constat": "nc_majeure", "commentaire": "Aucun contrat", "preuves_vues": ["P-1"]}


def audit(**lignes: dict[str, Any]) -> AuditEnCours:
    """An audit under way; « l1 » is what is said of line 1."""
    found = [{"id": f"qualiopi/{key[1:]}", **said} for key, said in lignes.items()]
    return open_work(atelier(), {**AF, "constats": found})


def corrected(chantier: AuditEnCours, **facts: bool) -> ContexteCorrige:
    data = {**AF, "organisme": {**AF["organisme"], "faits": FAITS | facts}}
    return correct_context(atelier(), chantier, data)


def fields(chantier: AuditEnCours) -> dict[str, Any]:
    """What an audit says field by field, but which rules its file is made with."""
    empty: tuple[Any, ...] = (None, "", [], {}, "a_evaluer")
    values = fields_of(as_data(chantier.dossier))
    return {cle.chemin: value for cle, value in values if value not in empty}


def test_lines_move_and_no_finding_is_lost() -> None:
    """Without subcontracting 27 leaves, its major set aside; with a certification 3, 7 and 16 enter."""
    value = corrected(audit(l1={"constat": "conforme"}, l27=MAJEURE), sous_traitance=False, certifiante=True)
    assert [one.numero for one in value.mouvements if one.sens == "entree"] == ["3", "7", "16"]
    assert [one.numero for one in value.mouvements if one.sens == "sortie"] == ["27"]
    changed = len(value.mouvements) - 4
    assert value.phrase == (
        f"3 lignes ajoutées, 1 retirée, {changed} changées, aucun constat perdu ; 1 constat à revoir"
    )
    (again,) = value.a_revoir
    assert (again.releve.ligne, again.releve.constat, again.raison) == (
        "qualiopi/27",
        "nc_majeure",
        "la ligne n’est plus de cet audit",
    )
    assert value.chantier.releve("qualiopi/1").constat == "conforme"
    assert {"qualiopi/3", "qualiopi/7", "qualiopi/16"} <= set(value.chantier.restent)


def test_nothing_to_move_is_said_so() -> None:
    """The same context: no line moves, and no field changes."""
    value = corrected(audit(l1={"constat": "conforme"}))
    assert (value.phrase, value.mouvements) == ("0 ligne ajoutée, 0 retirée, aucun constat perdu", ())
    assert value.champs == ()


def test_what_the_journal_is_given() -> None:
    """The fact, the finding that leaves, field by field, and where it is set aside; nothing else."""
    value = corrected(audit(l1={"constat": "conforme"}, l27=MAJEURE), sous_traitance=False)
    given = {cle.chemin: (avant, apres) for cle, avant, apres in value.champs}
    apart = given.pop("a_revoir")
    assert given == {
        "organisme.faits.sous_traitance": (True, False),
        "constats.qualiopi/27.constat": ("nc_majeure", None),
        "constats.qualiopi/27.commentaire": ("Aucun contrat", None),
        "constats.qualiopi/27.preuves_vues": (["P-1"], None),
    }
    assert apart[0] is None
    assert [(one["id"], one["constat"]) for one in apart[1]] == [("qualiopi/27", "nc_majeure")]


def test_a_wrong_correction_is_refused_and_the_audit_stays() -> None:
    """A fact that contradicts another: its field is told."""
    chantier = audit(l27=MAJEURE)
    with pytest.raises(IssuesError) as refused:
        corrected(chantier, alternance=True, situation_travail=False)
    assert [issue.champ for issue in refused.value.issues] == ["organisme.faits.situation_travail"]
    assert chantier.releve("qualiopi/27").constat == "nc_majeure"


LINES = st.dictionaries(
    st.sampled_from(["l1", "l3", "l9", "l27"]),
    st.sampled_from([{"constat": "conforme"}, MAJEURE, {"constat": "a_evaluer", "commentaire": "à voir"}]),
)


@settings(max_examples=40, deadline=None)
@given(LINES, st.booleans(), st.booleans())
def test_whatever_was_written_is_there_or_set_aside(lines: Any, sub: bool, certified: bool) -> None:
    """Each comment and each finding stays on its line or is set aside; the fields given make that audit."""
    before = audit(**lines)
    value = corrected(before, sous_traitance=sub, certifiante=certified)
    after = {r.ligne: r for r in value.chantier.dossier.releves}
    apart = {one.releve.ligne: one.releve for one in value.chantier.dossier.a_revoir}
    for releve in before.dossier.releves:
        held = [one for one in (after.get(releve.ligne), apart.get(releve.ligne)) if one is not None]
        if releve.porte:
            assert releve.constat in {one.constat for one in held}
        if releve.commentaire:
            assert releve.commentaire in {one.commentaire for one in held}
    told = fields(before)
    for cle, _, apres in value.champs:
        told[cle.chemin] = apres
    rules = ("referentiel.empreinte", "referentiel.couches")
    one, two = (
        {k: v for k, v in all_.items() if v is not None and k not in rules}
        for all_ in (told, fields(value.chantier))
    )
    assert one == two
