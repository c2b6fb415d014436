"""A document as PDF/UA-1: tagged, in French, its title shown, with the fonts that the typst compiler carries.

The content goes as JSON into one fixed template, ``document.typ``: what people typed is data, never code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from certif_rules.blocs import arbre as b
from certif_rules.blocs.largeurs import ems
from certif_rules.blocs.textes import line, passages, simple
from certif_rules.documents.formats import extras
from certif_rules.documents.formats.compilation import Ouvrage, compiled
from certif_rules.documents.formats.rendu import (
    LIBELLES,
    Gabarit,
    foot,
    gabarit,
    height,
    ready,
    shares,
    whole,
)
from certif_rules.errors import UsageError

_TEMPLATE = Path(__file__).with_name("document.typ")

#: Millimetres of a point; the size of type in the template, in millimetres.
_POINT: Final = 0.3528
_CORPS: Final = 10.5 * _POINT
#: Blank on both sides of a cell, in millimetres.
_BLANC = 3.4
#: Rows higher than this many lines may be cut by the end of a page.
_SECABLE = 30
#: Rows no higher than this many lines go by two at both ends of a table: a page is left no emptier for it.
_COURTE = 8
#: Dots per inch of a drawing made a picture: sharp on paper.
_PPP: Final = 220

#: Characters that the fonts of the template draw: the compiler is asked of the others only.
_USUAL: Final = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180)))) | frozenset(
    "\u202f–—‘’“”…€•★●◐○■△☐☒☑×→≥≤−\ufffd"
)
MANQUANTS: Final = (
    "Des caractères de ce document n’ont pas de dessin dans ses polices\u00a0: ils y sont remplacés par"
    " «\u00a0\ufffd\u00a0». Les autres formats les gardent."
)


def render(document: b.Document) -> bytes:
    """Return ``document`` as a PDF file.

    Raises:
        UsageError: the library that makes PDF files is not installed.
        DataError: a picture cannot be decoded, or the compiler stopped before the end.
    """
    extras.check("pdf")
    content = json.dumps(_data(document), ensure_ascii=False, separators=(",", ":"))
    return compiled(
        Ouvrage(
            modele=_TEMPLATE.read_text(encoding="utf-8"),
            donnees=content,
            instant=datetime.fromisoformat(document.date).replace(tzinfo=UTC).isoformat(),
            manquants=MANQUANTS,
            douteux="".join(sorted(set(content) - _USUAL)),
        )
    )


def png(dessin: b.Image) -> bytes | None:
    """Return an SVG drawing as PNG, for formats that show pictures only, or ``None`` without the compiler.

    Raises:
        UnicodeDecodeError: the drawing is not UTF-8.
        DataError: it cannot be decoded, or the compiler stopped before the end.
    """
    try:
        extras.check("pdf")
    except UsageError:
        return None
    template = (
        "#let d = json(bytes(sys.inputs.donnees))\n"
        "#set page(width: d.largeur * 1mm, height: auto, margin: 0pt, fill: none)\n"
        '#image(bytes(d.contenu), format: "svg", width: 100%)\n'
    )
    content = json.dumps({"contenu": dessin.contenu.decode("utf-8"), "largeur": dessin.largeur})
    return compiled(Ouvrage(modele=template, donnees=content, ppp=_PPP))


def _table(sheet: Gabarit) -> float:
    return sheet.corps * _POINT


def _data(document: b.Document) -> dict[str, Any]:
    sheet = gabarit(document)
    day = date.fromisoformat(document.date)
    room = sheet.texte / _CORPS
    return {
        "titre": line(document.titre) or "–",
        "titre_imprime": _texte(line(document.titre) or "–", room / 2.4),
        "sous_titre": _texte(document.sous_titre, room / 1.2),
        "sujet": line(document.sujet),
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "pied": _texte(foot(document), (sheet.texte - 32) / (8 * _POINT)),
        "paysage": document.paysage,
        "marge": sheet.marge,
        "corps": sheet.corps,
        "sommaire": document.sommaire,
        "logo": _bloc(document.logo, sheet) if document.logo else None,
        "blocs": [_bloc(bloc, sheet) for bloc in ready(simple(document.blocs))],
    }


def _bloc(bloc: b.Bloc, sheet: Gabarit) -> dict[str, Any]:
    genre, data = _GENRES[type(bloc)]
    return {"genre": genre} | data(bloc, sheet)


def _texte(texte: b.Texte, room: float, bold: float = 1.0) -> str | list[list[list[str]]]:
    """Return a text for the template; a word wider than ``room`` ems may break anywhere."""
    lines = passages(texte)
    parts = [[[run.relief, *_pieces(run.texte, room / bold)] for run in runs] for runs in lines]
    if len(parts) == 1 and len(parts[0]) <= 1:
        runs = parts[0]
        if not runs:
            return ""
        if len(runs[0]) == 2 and runs[0][0] == "normal":
            return runs[0][1]
    return parts


def _pieces(texte: str, room: float) -> list[str]:
    if len(texte) < room:
        return [texte]
    pieces = [""]
    for number, word in enumerate(texte.split(" ")):
        blank = " " if number else ""
        if len(word) < room or ems(word) < room:
            pieces[-1] += blank + word
        else:
            pieces[-1] += blank
            pieces += [*word, ""]
    return [piece for piece in pieces if piece]


def _titre(bloc: b.Titre, sheet: Gabarit) -> dict[str, Any]:
    texte = _texte(bloc.texte, sheet.texte / _CORPS / 1.6)
    return {"texte": texte, "niveau": bloc.niveau, "page": bloc.nouvelle_page}


def _paragraphe(bloc: b.Paragraphe, sheet: Gabarit) -> dict[str, Any]:
    return {"texte": _texte(bloc.texte, sheet.texte / _CORPS)}


def _encadre(bloc: b.Encadre, sheet: Gabarit) -> dict[str, Any]:
    room = (sheet.texte - 8) / _CORPS
    return {
        "titre": _texte(bloc.titre, room, 1.1),
        "texte": _texte(bloc.texte, room),
        "ton": bloc.ton,
        "entier": whole([height(bloc.texte, room)]),
    }


def _liste(bloc: b.Liste, sheet: Gabarit) -> dict[str, Any]:
    room = (sheet.texte - 10) / _CORPS
    return {"elements": [_texte(e, room) for e in bloc.elements], "numerotee": bloc.numerotee}


def _fiche(bloc: b.Fiche, sheet: Gabarit) -> dict[str, Any]:
    sizes = (part - _BLANC for part in shares((LIBELLES, 100 - LIBELLES), sheet.texte))
    label, value = (size / _table(sheet) for size in sizes)
    heights = [max(height(nom, label), height(valeur, value)) for nom, valeur in bloc.rangs]
    return {
        "legende": _texte(bloc.legende, sheet.texte / _table(sheet), 1.1),
        "rangs": [
            [_texte(nom, label), _texte(valeur, value), rise > _SECABLE]
            for (nom, valeur), rise in zip(bloc.rangs, heights, strict=True)
        ],
        "part": LIBELLES,
        "entier": whole(heights),
    }


def _tableau(bloc: b.Tableau, sheet: Gabarit) -> dict[str, Any]:
    rooms = [(part - _BLANC) / _table(sheet) for part in shares(bloc.largeurs, sheet.texte)]
    heights = [max(height(c, room) for c, room in zip(row, rooms, strict=True)) for row in bloc.lignes]
    return {
        "legende": _texte(bloc.legende, sheet.texte / _table(sheet), 1.1),
        "largeurs": [max(width, 1) for width in bloc.largeurs],
        "tetes": [_texte(head, room, 1.1) for head, room in zip(bloc.tetes, rooms, strict=True)],
        "lignes": [
            {
                "cellules": [
                    _cellule(cell, room, 1.1 if number == 0 else 1.0)
                    for number, (cell, room) in enumerate(zip(row, rooms, strict=True))
                ],
                "secable": rise > _SECABLE,
                "courte": rise <= _COURTE,
            }
            for row, rise in zip(bloc.lignes, heights, strict=True)
        ],
        "entier": whole(heights),
    }


def _cellule(cellule: b.Cellule, room: float, bold: float) -> Any:
    if isinstance(cellule, b.Case):
        return {"choix": _choices(cellule, room - 1.6, bold)}
    if isinstance(cellule, b.EspaceLibre):
        return {"intitule": _texte(cellule.intitule, room), "lignes": cellule.lignes}
    return _texte(cellule, room, bold)


def _choices(case: b.Case, room: float, bold: float = 1.0) -> list[Any]:
    return [[choice == case.cochee, _texte(choice, room, bold)] for choice in case.choix]


def _cases(bloc: b.Case, sheet: Gabarit) -> dict[str, Any]:
    return {"choix": _choices(bloc, sheet.texte / _CORPS - 2)}


def _ecriture(bloc: b.EspaceLibre, sheet: Gabarit) -> dict[str, Any]:
    return {"intitule": _texte(bloc.intitule, sheet.texte / _CORPS), "lignes": bloc.lignes}


def _image(bloc: b.Image, _sheet: Gabarit) -> dict[str, Any]:
    content: Any = bloc.contenu.decode("utf-8") if bloc.svg else list(bloc.contenu)
    return {"contenu": content, "texte": line(bloc.texte), "largeur": bloc.largeur}


_GENRES: Mapping[type[b.Bloc], tuple[str, Callable[[Any, Gabarit], dict[str, Any]]]] = {
    b.Titre: ("titre", _titre),
    b.Paragraphe: ("paragraphe", _paragraphe),
    b.Encadre: ("encadre", _encadre),
    b.Liste: ("liste", _liste),
    b.Fiche: ("fiche", _fiche),
    b.Tableau: ("tableau", _tableau),
    b.Case: ("cases", _cases),
    b.EspaceLibre: ("ecriture", _ecriture),
    b.Image: ("image", _image),
    b.SautDePage: ("saut", lambda _bloc, _sheet: {}),
}
