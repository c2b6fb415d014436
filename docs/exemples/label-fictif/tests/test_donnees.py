"""Les données du greffon passent les contrôles de « certif-rules valider »."""

from pathlib import Path

import certif_rules as cr

ICI = Path(__file__).resolve().parent.parent


def test_rien_n_est_faux() -> None:
    """Chaque couche suit son schéma, et tout ce qu’elle nomme existe."""
    assert cr.valider(ICI / "certif_rules_label_fictif" / "donnees", ICI / "tests" / "cas") == ()


def test_le_greffon_est_installe() -> None:
    """L’édition est parmi celles que trouve le programme."""
    editions = cr.referentiels(cr.open_registry(), "label-fictif")
    assert "1" in {edition["edition"] for edition in editions}
