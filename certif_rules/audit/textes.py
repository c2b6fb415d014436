"""A body gives what a source lacks from its own documents, and it is never shipped.

A line takes the texts that nobody gave, each marked as given by the body wherever it is printed; a text of
the référentiel is never replaced. The digest of the rules does not change: these texts have their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.json import encode
from msgspec.structs import replace

from certif_rules.errors import DataError, Issue
from certif_rules.model.base import Texte
from certif_rules.model.referentiel import Indicateur, Referentiel, TextesDonnes
from certif_rules.plugins.empreinte import digest
from certif_rules.source.donnees import read_checked
from certif_rules.source.json import read
from certif_rules.source.yaml import PlacedDict, place

if TYPE_CHECKING:
    from certif_rules.construction.lecteur import Lecteur

#: Beside every text given so: whoever reads it anywhere knows where it comes from.
MARQUE = "(texte donné par l’organisme)"
_PHRASES = ("titre", "exigence")
_LISTES = ("preuves", "precisions", "adaptations", "commentaires")


class TextesDits(Struct, frozen=True, kw_only=True):
    """A file of texts has the name it goes by, its digest, its data (``None``: known by its digest alone)."""

    nom: str
    empreinte: str
    data: Mapping[str, Any] | None = None


def read_textes(path: Path) -> TextesDits:
    """Return the texts that a body gives in a file.

    Raises:
        DataError: the file cannot be read, or its schema refuses it; everything is listed.
    """
    data = read_checked(path, "textes")
    return TextesDits(nom=path.name, empreinte=digest(data), data=data)


def carried_textes(data: Any) -> TextesDits | None:
    """Return the texts that a grid carries, or that findings name by their digest; ``None`` where none."""
    if not isinstance(data, Mapping):
        return None
    contenu = data.get("contenu")
    empreinte = data["empreinte"] if contenu is None else digest(contenu)
    return TextesDits(nom=data["nom"], empreinte=empreinte, data=contenu)


def completed(referentiel: Referentiel, dits: TextesDits) -> tuple[Referentiel, TextesDonnes]:
    """Return the référentiel with the texts that it lacks and that the body gives.

    Raises:
        DataError: a text is of no line, or of a line that has it; everything is listed.
    """
    from certif_rules.construction.lecteur import Lecteur, read_sources  # few requests come with texts

    data = dits.data or {}
    if not isinstance(data, PlacedDict):  # out of findings: what is wrong of it has a place all the same
        data = read(encode(data).decode(), dits.nom)
    lecteur = Lecteur(origine=referentiel.id)
    lecteur.know_referentiel(referentiel)
    lecteur.know("source", referentiel.sources)
    own = read_sources(lecteur, data, referentiel.sources)
    sources = {nom: replace(source, titre=f"{source.titre} {MARQUE}") for nom, source in own.items()}
    lines = dict(referentiel.indicateurs)
    given = []
    for node in data.get("indicateurs") or ():
        identifiant = lecteur.qualify(node["code"])
        line = lines.get(identifiant)
        if line is None:
            lecteur.cite("indicateur", identifiant, node, "code")
            lecteur.cite_all("source", node, "sources")
        elif identifiant in given:
            message = f"les textes de « {node['code']} » sont donnés deux fois"
            lecteur.refuse("ligne-en-double", message, node, "code", "les réunir")
        else:
            lines[identifiant] = _line(line, node, lecteur)
            given.append(identifiant)
    if lecteur.issues:
        raise DataError(lecteur.issues)
    whole = replace(referentiel, indicateurs=lines, sources={**referentiel.sources, **sources})
    return whole, TextesDonnes(nom=dits.nom, empreinte=dits.empreinte, contenu=data, lignes=tuple(given))


def _line(line: Indicateur, node: Any, lecteur: Lecteur) -> Indicateur:
    """Return the line with what ``node`` gives and it lacks; what it has is an issue."""
    from certif_rules.construction.surcouche import without  # as above

    values: dict[str, Any] = {}
    for champ in (*_PHRASES, "niveau_attendu"):
        if node.get(champ) is None:
            continue
        if getattr(line, champ) is not None:
            message = f"« {champ} » de {line.numero} est déjà dans le référentiel, que personne ne change ici"
            lecteur.issues.append(Issue("texte-deja-donne", message, place(node, champ), "le retirer"))
        elif champ in _PHRASES:
            values[champ] = f"{node[champ]} {MARQUE}"
        else:
            values[champ] = _marked(lecteur.read(Texte, node[champ]))
    for champ in _LISTES:
        texts = (_marked(texte) for texte in lecteur.read_all(Texte, node, champ))
        values[champ] = (*getattr(line, champ), *texts)
    filled = {champ for champ in values if values[champ]}
    quoted = line.citation and "exigence" not in filled
    sources = tuple(dict.fromkeys((*line.sources, *lecteur.cite_all("source", node, "sources"))))
    lacunes = without(line.lacunes, filled)
    return replace(line, **values, citation=quoted, sources=sources, lacunes=lacunes)


def _marked(texte: Texte) -> Texte:
    return replace(texte, texte=f"{texte.texte} {MARQUE}")
