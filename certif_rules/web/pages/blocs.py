"""A document of blocks inside a page: the values that a template lays out, nothing that is markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import line, passages, simple
from certif_rules.documents.formats.rendu import ready


def laid(blocs: Iterable[b.Bloc]) -> Iterator[dict[str, Any]]:
    """Yield blocks as a template reads them; an image is called by its rank among the images."""
    images = 0
    for bloc in ready(tuple(simple(blocs))):
        if isinstance(bloc, b.Image):
            yield {"genre": "image", "rang": images, "texte": line(bloc.texte)}
            images += 1
        else:
            yield from _laid(bloc)


def pictures_of(blocs: Iterable[b.Bloc]) -> list[b.Image]:
    """Return the images of a document, in order."""
    return [bloc for bloc in ready(tuple(simple(blocs))) if isinstance(bloc, b.Image)]


def _laid(bloc: b.Bloc) -> Iterator[dict[str, Any]]:
    if isinstance(bloc, b.Titre):
        yield {"genre": "titre", "niveau": bloc.niveau, "texte": line(bloc.texte)}
    elif isinstance(bloc, b.Paragraphe):
        yield {"genre": "paragraphe", "lignes": runs(bloc.texte)}
    elif isinstance(bloc, b.Encadre):
        yield {"genre": "encadre", "titre": line(bloc.titre), "lignes": runs(bloc.texte)}
    elif isinstance(bloc, b.Liste):
        yield {"genre": "liste", "elements": [runs(one) for one in bloc.elements]}
    elif isinstance(bloc, b.Fiche):
        rows = [(line(name), runs(value)) for name, value in bloc.rangs]
        yield {"genre": "fiche", "legende": line(bloc.legende), "rangs": rows}
    elif isinstance(bloc, b.Tableau):
        yield {
            "genre": "tableau",
            "legende": line(bloc.legende),
            "tetes": [line(head) for head in bloc.tetes],
            "lignes": [[_cell(cell) for cell in row] for row in bloc.lignes],
        }


def _cell(cell: b.Cellule) -> list[list[dict[str, str]]]:
    """Return what a cell says; what is there to be written by hand says nothing on a screen."""
    return [] if isinstance(cell, b.Case | b.EspaceLibre) else runs(cell)


def runs(texte: b.Texte) -> list[list[dict[str, str]]]:
    """Return a text by lines, each as runs with how they stand out."""
    return [[{"texte": run.texte, "relief": run.relief} for run in passage] for passage in passages(texte)]
