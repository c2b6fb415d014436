"""A context corrected while its audit is held: what moves, in a sentence; no finding is ever lost."""

from __future__ import annotations

from typing import Any

from grilles import AF, FAITS, atelier

from certif_rules.audit.correction import Mouvement
from certif_rules.journal.etat import Champ, ValeurDonnee
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import fields_of, findings_of
from certif_rules.services.contexte import corrected, sentence
from certif_rules.services.espace import AuditEnCours, open_work


def audit(*constats: dict[str, Any], **faits: Any) -> AuditEnCours:
    """The audit of AF with these facts in place of the usual ones."""
    organisme = {"categories": ["AF"], "faits": {**FAITS, **faits}}
    return open_work(atelier(), AF | {"organisme": organisme, "constats": list(constats)})


def test_a_fact_that_turns_true_brings_its_lines() -> None:
    """Without subcontracting, 27 is out; with it, 27 enters, and nothing else moves."""
    correction = corrected(audit(sous_traitance=False), audit(sous_traitance=True))
    assert [(m.numero, m.sens) for m in correction.changements] == [("27", "entree")]
    assert correction.phrase == "1 ligne ajoutée, aucun constat perdu"
    assert correction.valeurs == ()


def test_a_finding_whose_line_leaves_is_set_aside_whole() -> None:
    """27 was a gap; its line leaves: its fields empty, and all of it stands in « a_revoir »."""
    gap = {"id": "qualiopi/27", "constat": "nc_majeure", "commentaire": "Aucun suivi."}
    correction = corrected(audit(gap, sous_traitance=True), audit(gap, sous_traitance=False))
    assert correction.phrase == "1 ligne retirée, 1 constat à revoir, aucun perdu"
    values = dict(correction.valeurs)
    assert values[Endroit("ligne", "constat", "qualiopi/27")] is None
    assert values[Endroit("ligne", "commentaire", "qualiopi/27")] is None
    (aside,) = values[Endroit("tete", "a_revoir")]
    assert (aside["id"], aside["constat"], aside["commentaire"]) == (
        "qualiopi/27",
        "nc_majeure",
        "Aucun suivi.",
    )
    assert aside["raison"] == "la ligne n’est plus de cet audit"


def test_the_values_make_the_findings_that_correcting_them_makes() -> None:
    """Given to the journal, they conclude as the corrected file does: 27 waits to be looked at again."""
    gap = {"id": "qualiopi/27", "constat": "nc_majeure", "commentaire": "Aucun suivi."}
    before = audit(gap, sous_traitance=True)
    given = [*fields_of({"constats": [gap]}), *corrected(before, audit(gap, sous_traitance=False)).valeurs]
    state = {
        cle: Champ((ValeurDonnee(valeur=value, acteur="", quand="", version=0, base=0, contenu=""),))
        for cle, value in given
    }
    data = findings_of(state)
    assert data["constats"] == [{"id": "qualiopi/27", "constat": "a_evaluer"}]
    assert [entry["id"] for entry in data["a_revoir"]] == ["qualiopi/27"]


def test_the_sentence_counts_each_way_of_moving() -> None:
    """Three in, one out, two that change: in this order, and the noun once."""

    def moved(sens: Any, a_revoir: str | None = None) -> Mouvement:
        return Mouvement(id="x", numero="1", sens=sens, avant=None, apres=None, motifs=(), a_revoir=a_revoir)

    several = [moved("entree")] * 3 + [moved("sortie")] + [moved("changee")] * 2
    assert sentence(several) == "3 lignes ajoutées, 1 retirée, 2 changées, aucun constat perdu"
    assert sentence([moved("sortie", "x")] * 2) == "2 lignes retirées, 2 constats à revoir, aucun perdu"
    assert sentence([]) == "aucune ligne ne change"
