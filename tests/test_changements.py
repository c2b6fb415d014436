"""What a label changes in its base keeps its own sources and reason, and is no longer a gap of the base."""

from __future__ import annotations

import shutil
from pathlib import Path

import greffons
import pytest

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.demande import Demande
from certif_rules.blocs.textes import line
from certif_rules.blocs.typographie import plain
from certif_rules.documents import rubriques
from certif_rules.echanges.checklist import document
from certif_rules.services.checklist import make_checklist
from certif_rules.services.explication import document as explanation
from certif_rules.services.explication import explain

#: The made-up label gives the titles that its base lacks: that of criterion III and of line 3.1.
TITRES = """\
format: 1
modifications:
  - {critere: fictif/3, titre: Entretenir, motif: Le dépliant lui donne un nom., sources: [ENS]}
  - {indicateur: fictif/3.1, titre: Registre, motif: Le dépliant nomme la ligne., sources: [ENS]}
  - {indicateur: fictif/1.1, exigence: Un sourire., motif: Le dépliant demande plus., sources: [ENS]}
"""


@pytest.fixture
def checklist(tmp_path: Path) -> Checklist:
    """A checklist of the made-up label, which gives the titles that its base lacks."""
    folder = tmp_path / "enseigne" / "donnees"
    shutil.copytree(greffons.DONNEES["enseigne"], folder)
    (folder / "exigence" / "E1" / "titres.yaml").write_text(TITRES, encoding="utf-8")
    greffons.seal(folder / "exigence" / "E1")
    registry = greffons.registry(fictif=greffons.DONNEES["fictif"], enseigne=folder)
    demande = Demande(referentiel="enseigne", type_audit="bapteme", date="2023-05-01", categories=("VELO",))
    return make_checklist(registry, demande)


def test_a_title_that_a_label_gives_has_its_sources(checklist: Checklist) -> None:
    """The base says nothing of that title; of a line, its requirement still stands on the base's source."""
    referentiel = checklist.referentiel
    assert referentiel.criteres["fictif/3"].sources == ("ENS",)
    assert referentiel.criteres["fictif/2"].sources == ("ENS",)
    assert referentiel.indicateurs["fictif/3.1"].sources == ("ENS", "CH-A")
    assert referentiel.indicateurs["fictif/1.2"].sources == ("CH-A",)


def test_a_gap_that_a_label_fills_is_not_listed(checklist: Checklist) -> None:
    """Both titles were gaps of the base; none is left of these two."""
    referentiel = checklist.referentiel
    assert referentiel.criteres["fictif/3"].lacunes == ()
    assert referentiel.indicateurs["fictif/3.1"].lacunes == ()
    assert "L’intitulé de cette ligne." not in {lacune.cherche for lacune in checklist.lacunes}


def test_every_change_is_told_with_its_reason(checklist: Checklist) -> None:
    """In the JSON and in the notes of the label’s layer: changes, and the line that it takes away."""
    told = [(c["numero"], c["champs"], c["motif"], c["sources"]) for c in document(checklist)["changements"]]
    assert ("I-2-b", [], "L’enseigne ne compte pas les aiguilles.", ["ENS"]) in told
    assert ("III", ["titre"], "Le dépliant lui donne un nom.", ["ENS"]) in told
    notes = [plain(line(n)) for layer in rubriques.layers(checklist) for n in layer.notes]
    assert "Indicateur I-2-b retiré : L’enseigne ne compte pas les aiguilles. [ENS]" in notes
    assert "Critère III modifié (intitulé) : Le dépliant lui donne un nom. [ENS]" in notes


def test_the_reason_of_a_change_is_explained(checklist: Checklist) -> None:
    """« expliquer » gives the change of the line, its source and the place where it is written."""
    told = explanation(explain(checklist, "fictif/3.1"))
    assert told["sources"].keys() >= {"ENS"}
    (change,) = told["changements"]
    assert (change["champs"], change["motif"]) == (["titre"], "Le dépliant nomme la ligne.")
    assert change["emplacement"].endswith("exigence/E1/titres.yaml:4")


def test_the_slides_that_name_criterion_4_are_in_every_list_of_layers() -> None:
    """S13 has two titles for criterion 4: both are told with the slide, and why the national one stands."""
    demande = Demande(referentiel="certifregion", type_audit="initial", date="2024-03-18", categories=("AF",))
    shipped = greffons.registry(
        qualiopi=greffons.DONNEES["qualiopi"], certifregion=greffons.DONNEES["certifregion"]
    )
    layers = rubriques.layers(make_checklist(shipped, demande))
    notes = [plain(line(note)) for layer in layers for note in layer.notes if layer.origine == "certifregion"]
    assert (
        "Critère 4, autre rédaction : « Mobiliser les moyens nécessaires » (titre de la diapositive) [S13]"
    ) in notes
    assert any("c’est l’intitulé national qui fait foi. [S13, R1]" in note for note in notes)
