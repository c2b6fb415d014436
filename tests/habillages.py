"""A body's file as a body writes it, with its pictures."""

from __future__ import annotations

from pathlib import Path

from grilles import grille
from images import png

from certif_rules.audit.checklist import Checklist, dressed
from certif_rules.habillage.fichier import read_habillage
from certif_rules.habillage.regles import HabillageDit

#: The checklist of the worked example, as it is without a dress.
NUE = grille()

#: The dress of story L10, with one column more.
L10 = """\
format: 1
emetteur: Certif’Exemple
logo: logo.png
annotations: {piste_amelioration: Opportunité d’amélioration}
colonnes:
  masquees: [12]
  ajoutees:
    - {cle: reference_interne, titre: Référence interne}
    - {cle: lieu, titre: "Vu, où ?", largeur: 30}
sections:
  - {titre: Confidentialité, texte: "À personne d’autre."}
  - {titre: Observations de l’organisme, lignes: 6, place: apres_constats}
phrases_de_fin: {grille: "Merci de votre accueil !", rapport: "Contester : par écrit."}
"""


def habillage_file(folder: Path, text: str = L10, name: str = "corps.yaml") -> Path:
    """The file of a body and its logo, in a folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (folder / "logo.png").write_bytes(png(400, 100))
    return path


def dit(folder: Path, text: str = L10) -> HabillageDit:
    return read_habillage(habillage_file(folder, text))


def habillee(folder: Path, text: str = L10) -> Checklist:
    """The checklist of the worked example, dressed."""
    return dressed(NUE, dit(folder, text))
