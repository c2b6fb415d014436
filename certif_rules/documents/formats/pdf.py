"""A document as PDF/UA-1: tagged, in French, its title shown, with the fonts that the typst compiler carries.

The content goes as JSON into one fixed template, ``document.typ``: what people typed is data, never code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from certif_rules.blocs.arbre import (
    Bloc,
    Case,
    Cellule,
    Document,
    Ecriture,
    Encadre,
    Fiche,
    Image,
    Liste,
    Paragraphe,
    SautDePage,
    Tableau,
    Texte,
    Titre,
)
from certif_rules.documents.formats import extras
from certif_rules.documents.formats.pdf_assemblage import LIEN, Partie, assemble, read
from certif_rules.documents.formats.rendu import (
    Pages,
    ems,
    foot,
    height,
    line,
    pages,
    passages,
    ready,
    shares,
)
from certif_rules.documents.formats.troncons import Troncon, cut
from certif_rules.errors import DataError, Issue

if TYPE_CHECKING:
    from typst import Compiler

_TEMPLATE = Path(__file__).with_name("document.typ")
_STANDARDS: Final[list[Any]] = ["ua-1"]

#: Millimetres of a point; the size of type in the template, in millimetres.
_POINT: Final = 0.3528
_CORPS: Final = 10.5 * _POINT
#: Blank on both sides of a cell, in millimetres.
_BLANC = 3.4
#: Rows higher than this many lines may be cut by the end of a page.
_SECABLE = 30
#: Share of the labels of a sheet of labels and values.
_LIBELLES = 32

#: What the fonts of the template surely draw: nothing else is looked up.
_USUAL: Final = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180)))) | frozenset(
    "\u202f–—‘’“”…€•★●◐○☐☒☑×→≥≤−\ufffd"
)
MANQUANTS: Final = (
    "Des caractères de ce document n’ont pas de dessin dans ses polices\u00a0: ils y sont remplacés par"
    " «\u00a0\ufffd\u00a0». Les autres formats les gardent."
)


def render(document: Document) -> bytes:
    """``document`` as a PDF file.

    Raises:
        UsageError: the library that makes PDF files is not installed.
        DataError: a picture cannot be decoded.
    """
    extras.check("pdf")
    import typst

    typesetter = _Typesetter(document, typst.Compiler(ignore_system_fonts=True))
    stretches = cut(ready(document))
    if len(stretches) == 1:
        return typesetter.compile(_data(document, stretches[0], _Place(fin=True)))
    return _long(document, stretches, typesetter)


class _Place(Struct, frozen=True):
    """Where a stretch is in its document; ``renvois`` is the table of contents of a document of several."""

    debut: int = 1
    total: int | None = None
    suite: bool = False
    fin: bool = False
    renvois: tuple[tuple[str, str, int], ...] | None = None


class _Typesetter:
    """The compiler, the one template, and which characters its fonts lack."""

    def __init__(self, document: Document, compiler: Compiler) -> None:
        self._compiler = compiler
        self._instant = _instant(document)
        self._known = set(_USUAL)
        self._missing: set[str] = set()

    def compile(self, data: dict[str, Any]) -> bytes:
        """One PDF of ``data``, by PDF/UA-1 unless it goes on another."""
        import typst

        content = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        unseen = set(content) - self._known
        self._missing |= _without_glyph(self._compiler, unseen)
        self._known |= unseen
        if self._missing:
            content = content.translate(dict.fromkeys(map(ord, self._missing), "\ufffd"))
        # A stretch may start below the first level, which the standard refuses of a whole document only.
        standards = [] if data["suite"] else _STANDARDS
        try:
            made = self._compiler.compile(
                input=_TEMPLATE.read_bytes(),
                sys_inputs={"donnees": content, "manquants": MANQUANTS if self._missing else ""},
                pdf_standards=standards,
                timestamp=self._instant,
            )
        except typst.TypstError as error:
            # Our template and its data always compile: only what a picture holds can be wrong.
            if "image" not in str(error):
                raise
            hint = "l’ouvrir et l’enregistrer à nouveau, ou choisir un autre format"
            message = f"une image de ce document ne se décode pas ({error})"
            raise DataError([Issue("image-illisible", message, None, hint)]) from error
        assert isinstance(made, bytes), "a PDF is one file"
        return made

    def forget(self) -> None:
        """Let go of the last compilation: the compiler drops what ten later ones do not use."""
        for _ in range(11):
            self._compiler.compile(input=b'#set document(title: "-")\n-', timestamp=self._instant)


def _long(document: Document, stretches: tuple[Troncon, ...], typesetter: _Typesetter) -> bytes:
    """The stretches laid out twice: to count their pages, then with the numbers that this gives.

    No number moves a line (the template keeps room for them): the second count is the first one.
    """
    titles = [bloc for stretch in stretches for bloc in stretch if isinstance(bloc, Titre)]
    uncounted = [Partie(contenu=b"", pages=1, reperes=()) for _ in stretches]
    counted = _laid_out(document, stretches, typesetter, uncounted, [0] * (len(titles) + 1))
    starts = [1 + sum(part.pages for part in counted[:number]) for number in range(len(counted))]
    numbers = [
        start + mark.page for start, part in zip(starts, counted, strict=True) for mark in part.reperes
    ]
    names = [(1, line(document.titre) or "–"), *((title.niveau, line(title.texte)) for title in titles)]
    return assemble(_laid_out(document, stretches, typesetter, counted, numbers), names)


def _laid_out(
    document: Document,
    stretches: tuple[Troncon, ...],
    typesetter: _Typesetter,
    counted: list[Partie],
    numbers: list[int],
) -> list[Partie]:
    """Each stretch as a PDF; ``counted`` tells their pages, ``numbers`` the page of every heading."""
    parts = []
    for number, stretch in enumerate(stretches):
        place = _Place(
            debut=1 + sum(part.pages for part in counted[:number]),
            total=sum(part.pages for part in counted),
            suite=number > 0,
            fin=number == len(stretches) - 1,
            renvois=_renvois(stretches, numbers) if number == 0 and document.sommaire else None,
        )
        parts.append(read(typesetter.compile(_data(document, stretch, place))))
        typesetter.forget()
    return parts


def _renvois(stretches: tuple[Troncon, ...], numbers: list[int]) -> tuple[tuple[str, str, int], ...]:
    """The table of contents: link, words and page of each chapter; the document’s title is heading 0."""
    titles = (bloc for stretch in stretches for bloc in stretch if isinstance(bloc, Titre))
    return tuple(
        (LIEN.format(rank), title.texte, numbers[rank])
        for rank, title in enumerate(titles, start=1)
        if title.niveau == 2
    )


def _table(sheet: Pages) -> float:
    return sheet.corps * _POINT


def _instant(document: Document) -> datetime:
    return datetime.combine(date.fromisoformat(document.date), datetime.min.time(), UTC)


def _without_glyph(compiler: Compiler, characters: set[str]) -> set[str]:
    """Those of ``characters`` that no font of the compiler draws: PDF/UA refuses them.

    Asked of the compiler itself, by halves: most often one question is enough.
    """
    from typst import TypstError

    probe = b'#set document(title: "-")\n#for c in json(bytes(sys.inputs.c)) [#c ]'

    def refused(group: list[str]) -> set[str]:
        try:
            compiler.compile(
                input=probe,
                sys_inputs={"c": json.dumps(group)},
                pdf_standards=_STANDARDS,
                timestamp=0,
            )
        except TypstError:
            if len(group) == 1:
                return set(group)
            middle = len(group) // 2
            return refused(group[:middle]) | refused(group[middle:])
        return set()

    return refused(sorted(characters)) if characters else set()


def _data(document: Document, blocs: Troncon, place: _Place) -> dict[str, Any]:
    sheet = pages(document)
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
        "logo": _image(document.logo, sheet) if document.logo else None,
        "blocs": [{"genre": _GENRES[type(b)][0]} | _GENRES[type(b)][1](b, sheet) for b in blocs],
        **asdict(place),
    }


def _texte(texte: Texte, room: float, bold: float = 1.0) -> str | list[list[list[str]]]:
    """A text for the template; a word wider than ``room`` ems may break anywhere."""
    lines = passages(texte)
    found = [[[run.relief, *_pieces(run.texte, room / bold)] for run in runs] for runs in lines]
    if len(found) == 1 and len(found[0]) <= 1:
        runs = found[0]
        if not runs:
            return ""
        if len(runs[0]) == 2 and runs[0][0] == "normal":
            return runs[0][1]
    return found


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


def _titre(bloc: Titre, sheet: Pages) -> dict[str, Any]:
    texte = _texte(bloc.texte, sheet.texte / _CORPS / 1.6)
    return {"texte": texte, "niveau": bloc.niveau, "page": bloc.nouvelle_page}


def _paragraphe(bloc: Paragraphe, sheet: Pages) -> dict[str, Any]:
    return {"texte": _texte(bloc.texte, sheet.texte / _CORPS)}


def _encadre(bloc: Encadre, sheet: Pages) -> dict[str, Any]:
    room = (sheet.texte - 8) / _CORPS
    return {"titre": _texte(bloc.titre, room, 1.1), "texte": _texte(bloc.texte, room), "ton": bloc.ton}


def _liste(bloc: Liste, sheet: Pages) -> dict[str, Any]:
    room = (sheet.texte - 10) / _CORPS
    return {"elements": [_texte(e, room) for e in bloc.elements], "numerotee": bloc.numerotee}


def _fiche(bloc: Fiche, sheet: Pages) -> dict[str, Any]:
    label, value = (part - _BLANC for part in shares((_LIBELLES, 100 - _LIBELLES), sheet.texte))
    return {
        "legende": _texte(bloc.legende, sheet.texte / _table(sheet), 1.1),
        "rangs": [
            [_texte(a, label / _table(sheet)), _texte(b, value / _table(sheet))] for a, b in bloc.rangs
        ],
        "part": _LIBELLES,
    }


def _tableau(bloc: Tableau, sheet: Pages) -> dict[str, Any]:
    rooms = [(part - _BLANC) / _table(sheet) for part in shares(bloc.largeurs, sheet.texte)]
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
                "secable": max(height(c, room) for c, room in zip(row, rooms, strict=True)) > _SECABLE,
            }
            for row in bloc.lignes
        ],
    }


def _cellule(cellule: Cellule, room: float, bold: float) -> Any:
    if isinstance(cellule, Case):
        return {"choix": _choices(cellule, room - 1.6, bold)}
    if isinstance(cellule, Ecriture):
        return {"intitule": _texte(cellule.intitule, room), "lignes": cellule.lignes}
    return _texte(cellule, room, bold)


def _choices(case: Case, room: float, bold: float = 1.0) -> list[Any]:
    return [[choice == case.cochee, _texte(choice, room, bold)] for choice in case.choix]


def _cases(bloc: Case, sheet: Pages) -> dict[str, Any]:
    return {"choix": _choices(bloc, sheet.texte / _CORPS - 2)}


def _ecriture(bloc: Ecriture, sheet: Pages) -> dict[str, Any]:
    return {"intitule": _texte(bloc.intitule, sheet.texte / _CORPS), "lignes": bloc.lignes}


def _image(bloc: Image, _sheet: Pages) -> dict[str, Any]:
    content: Any = bloc.contenu.decode("utf-8") if bloc.svg else list(bloc.contenu)
    return {"genre": "image", "contenu": content, "texte": line(bloc.texte), "largeur": bloc.largeur}


def _saut(_bloc: SautDePage, _sheet: Pages) -> dict[str, Any]:
    return {}


_GENRES: Mapping[type[Bloc], tuple[str, Callable[[Any, Pages], dict[str, Any]]]] = {
    Titre: ("titre", _titre),
    Paragraphe: ("paragraphe", _paragraphe),
    Encadre: ("encadre", _encadre),
    Liste: ("liste", _liste),
    Fiche: ("fiche", _fiche),
    Tableau: ("tableau", _tableau),
    Case: ("cases", _cases),
    Ecriture: ("ecriture", _ecriture),
    Image: ("image", _image),
    SautDePage: ("saut", _saut),
}
