"""What a body adds to its documents, ready to be laid out: logo, name, columns to fill, last sentences.

Its sentences are printed under its name: nobody takes them for the program’s, nor for the référentiel’s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.recevabilite import lacks_text, levels_after_lifting
from certif_rules.blocs.arbre import Image
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.colonnes import APPUI, NIVEAU_LEVE, SITE
from certif_rules.habillage.modele import Ecrit, Habillage


def name(checklist: Checklist) -> str:
    """Return the name of the body, empty when there is none."""
    return clean(checklist.habillage.emetteur) if checklist.habillage else ""


def logo(habillage: Habillage | None, *, svg: bool = True) -> Image | None:
    """Return the logo as a block of a document; ``svg`` says whether the format takes one."""
    if habillage is None:
        return None
    image = (habillage.logo if svg else None) or habillage.image
    if image is None:
        return None
    return Image(
        contenu=image.contenu, texte=clean(image.texte), largeur=image.largeur, svg=image.nature == "svg"
    )


def closing(habillage: Habillage | None, ecrit: Ecrit = "grille") -> tuple[str, ...]:
    """Return the last paragraphs of a document, the first one under the name of the body; often none."""
    texte = habillage.phrases.get(ecrit) if habillage else None
    if habillage is None or texte is None:
        return ()
    first, *rest = paragraphs(texte)
    return (f"{clean(habillage.emetteur)}{INSECABLE}: {first}", *rest)


def paragraphs(texte: str) -> tuple[str, ...]:
    """Return a text of the body in paragraphs, with French typography; a blank line stands between two."""
    blocks = texte.replace("\r\n", "\n").strip().split("\n\n")
    return tuple(filter(None, (prose(block) for block in blocks)))


def columns(checklist: Checklist) -> dict[str, str]:
    """Return the columns that the body adds to the grid: the key of each, then its title as it is printed."""
    habillage = checklist.habillage
    return {c.cle: prose(c.titre) for c in habillage.colonnes} if habillage else {}


def shows(checklist: Checklist, column: str) -> bool:
    """Return whether a column of the grid is shown, and what stands for it elsewhere.

    Those that serve some audits only are shown where they do, whatever the body says.
    """
    if column in _UTILES:
        return _UTILES[column](checklist)
    return checklist.habillage is None or column not in checklist.habillage.masquees


#: The columns that serve some audits only, each with where it does.
_UTILES: Final[Mapping[str, Callable[[Checklist], bool]]] = {
    SITE.titre: lambda checklist: bool(checklist.plusieurs_sites),
    APPUI.titre: lambda checklist: any(
        lacks_text(ligne) for ligne in checklist.lignes if ligne.constats_permis
    ),
    NIVEAU_LEVE.titre: lambda checklist: bool(levels_after_lifting(checklist)),
}
