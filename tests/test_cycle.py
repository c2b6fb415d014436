"""A cycle as data: what a layer may write of it, and everything that is refused with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from greffons import DONNEES, registry
from regimes import open_regime

from certif_rules.audit.demande import Demande
from certif_rules.errors import DataError, Issue

CYCLE = """\
format: 1
cycle:
  evenements:
    - {id: depot, titre: Dépôt, sources: [REG]}
    - {id: seance, titre: Séance, pas_avant: [depot], sources: [REG]}
  dates:
    - id: limite
      titre: Limite
      regles:
        - {texte: dix jours avant, au_plus_tard: {de: seance, jours: -10}, ouvre: avant, sources: [REG]}
    - id: visite
      titre: Visite
      pas_apres: limite
      regles:
        - {texte: une fenêtre, fenetre: [{de: seance, mois: [14, 22], sources: [REG]}], sources: [REG]}
  seances:
    evenement: seance
    titre: Séance
    attend: depot
    limite: limite
    periode_mois: 3
    texte: une par trimestre
    sources: [REG]
"""


def refused(tmp_path: Path, texte: str) -> tuple[Issue, ...]:
    """What is wrong in a ``vie`` of the made-up référentiel, its digest left aside."""
    donnees = shutil.copytree(DONNEES["fictif"], tmp_path / "certif_rules_fictif" / "donnees")
    folder = donnees / "regles" / "charte-1" / "vie"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "cycle.yaml").write_text(texte, encoding="utf-8")
    with pytest.raises(DataError) as error:
        open_regime(registry(fictif=donnees), Demande(referentiel="fictif"))
    return tuple(issue for issue in error.value.issues if issue.code != "empreinte-inconnue")


def test_the_cycle_as_written_is_accepted(tmp_path: Path) -> None:
    """Only its digest is not declared yet."""
    assert refused(tmp_path, CYCLE) == ()


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        ("pas_avant: [depot]", "pas_avant: [seance]", {"evenement-inconnu"}),
        ("pas_avant: [depot]", "exclut: [inconnu]", {"evenement-inconnu"}),
        ("id: seance, titre", "id: depot, titre",
         {"identifiant-en-double", "date-du-cycle-inconnue", "evenement-inconnu"}),
        ("- id: visite", "- id: limite", {"identifiant-en-double", "date-mal-formee"}),
        ("{de: seance, jours: -10}", "{de: visite, jours: -10}",
         {"date-du-cycle-inconnue", "date-mal-formee"}),
        ("{de: seance, jours: -10}", "{de: depot, jours: -10}", {"date-mal-formee"}),
        ("pas_apres: limite", "pas_apres: visite", {"date-du-cycle-inconnue"}),
        ("pas_apres: limite", "fait_par: [limite]", {"evenement-inconnu"}),
        ("ouvre: avant", "ouvre: avant, report: permis", {"date-mal-formee"}),
        ("fenetre: [", "ouvre: avant, fenetre: [", {"date-mal-formee"}),
        ("ouvre: avant", "a_partir_du: {de: seance}", {"date-mal-formee"}),
        ("au_plus_tard: {de: seance, jours: -10}, ouvre: avant", "avec: [depot]", {"date-mal-formee"}),
        ("avant, sources: [REG]", "avant, avec: [rien], sources: [REG]", {"evenement-inconnu"}),
        ("avant, sources: [REG]", "avant, si: {rien: {avant: '2021-01-01'}}, sources: [REG]",
         {"evenement-inconnu"}),
        ("avant, sources: [REG]", "avant, incoherences: [X-1], sources: [REG]", {"incoherence-inconnue"}),
        ("avant, sources: [REG]", "avant, sources: [NULLE]", {"source-inconnue"}),
        ("mois: [14, 22]", "mois: [22, 14]", {"date-mal-formee"}),
        ("mois: [14, 22]", "mois: [14]", {"date-mal-formee"}),
        ("mois: [14, 22]", "mois: [14, 22], jours: [1, 2]", {"date-mal-formee"}),
        ("- id: visite", "- id: depot", {"date-mal-formee"}),
        ("periode_mois: 3", "periode_mois: 5", {"date-mal-formee"}),
        ("attend: depot", "attend: limite", {"evenement-inconnu"}),
        ("limite: limite", "limite: rien", {"date-du-cycle-inconnue"}),
        ("limite: limite", "limite: limite\n    plancher: [rien]", {"date-du-cycle-inconnue"}),
        ("titre: Limite", "titres: Limite", {"cle-inconnue", "cle-manquante"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(
    tmp_path: Path, before: str, after: str, codes: set[str]
) -> None:
    """Names that nothing declares before, forms that contradict one another, intervals that turn back."""
    assert before in CYCLE
    issues = refused(tmp_path, CYCLE.replace(before, after, 1))
    assert {issue.code for issue in issues} == codes
    assert all(i.location and i.location.file.endswith("vie/cycle.yaml") and i.location.line for i in issues)
    assert all(issue.hint for issue in issues)
