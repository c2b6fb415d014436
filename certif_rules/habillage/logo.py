"""Whether the content of a picture file may stand in a document: its kind, its size, nothing that acts.

A PNG or a JPEG is walked through to its end without being decoded; an SVG is read element by element, and
refused rather than mended when it could run, fetch, or grow.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import Final
from xml.parsers import expat

from certif_rules.errors import Issue, Location
from certif_rules.habillage.modele import Logo, NatureImage

#: Largest picture, in bytes: it is copied into every document.
MAX_BYTES: Final = 500_000
#: Largest side of a picture of pixels: a small file can hold a huge one.
MAX_PIXELS: Final = 4_000
#: Most elements of an SVG, how deep, and how many that draw another again (each can double what there is).
MAX_ELEMENTS, MAX_DEPTH, MAX_USES = 20_000, 60, 8
#: Flattest and tallest: beyond, what is printed is a line.
_RAPPORTS: Final = (0.02, 20.0)

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_SVG: Final = "http://www.w3.org/2000/svg"
#: Elements that only draw, or name what is drawn.
_DESSIN: Final = frozenset({
    "svg", "g", "defs", "title", "desc", "metadata", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan", "use", "symbol", "style", "linearGradient", "radialGradient", "stop",
    "clipPath", "mask",
})  # fmt: skip
#: What drawing programs write for themselves: never drawn. Anything else from elsewhere is refused.
_ANNEXES: Final = re.compile(
    r"http://(www\.inkscape\.org/|sodipodi\.sourceforge\.net/|www\.w3\.org/1999/02/22-rdf-syntax-ns#"
    r"|creativecommons\.org/ns#|web\.resource\.org/cc/|purl\.org/dc/)"
)
_XML: Final = "http://www.w3.org/XML/1998/namespace"
#: In a style or a value: what fetches, or could once its escapes are undone.
_APPEL: Final = re.compile(r"url\s*+\(\s*+['\"]?+\s*+(?!#)|\\", re.IGNORECASE)
#: The functions of a style that only draw; any other (``image``, ``cross-fade``, ``src``…) may fetch.
_FONCTION: Final = re.compile(r"(?<![\w-])([a-z-][\w-]*+)\s*+\(", re.IGNORECASE)
_DESSINENT: Final = frozenset({
    "url", "rgb", "rgba", "hsl", "hsla", "matrix", "translate", "translatex", "translatey", "scale", "scalex",
    "scaley", "rotate", "skewx", "skewy", "calc", "circle", "ellipse", "inset", "polygon", "not", "nth-child",
})  # fmt: skip
_COMMENTAIRE: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
#: Attributes that only name or describe: what they hold is drawn nowhere.
_NOMMENT: Final = re.compile(r"id|class|lang|role|about|(?:aria|data)-.*", re.DOTALL)
#: A number that no drawing needs, and that drawing programs cannot hold.
_DEMESURE: Final = re.compile(r"(?<![0-9.#a-fA-F])[-+]?(?:[0-9]{10}|[0-9.]++[eE]\+?0*+[1-9][0-9])")
#: Smallest and largest side of a drawing, in any unit.
_COTES: Final = (0.01, 1_000_000.0)
_NOMBRE: Final = re.compile(
    r"\s*+((?:[0-9]++\.?+|\.(?=[0-9]))[0-9]*+(?:[eE][-+]?[0-9]++)?)\s*+(px|pt|pc|mm|cm|in|em|ex)?\s*+"
)


class _Refus(Exception):  # noqa: N818 - a finding, not a failure
    """This error says why a picture is refused, and what to do."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.hint = code, hint


def check_logo(content: bytes, where: Location, *, texte: str, largeur: int) -> Logo | Issue:
    """Return a picture as a value, or what is wrong with it.

    Args:
        content: the file; one byte more than :data:`MAX_BYTES` is enough to refuse it.
        where: what an issue is placed at.
        texte: what the picture shows, in words.
        largeur: in millimetres.
    """
    try:
        nature, rapport = _inspect(content)
    except _Refus as refus:
        return Issue(refus.code, f"logo : {refus}", where, refus.hint)
    return Logo(contenu=content, nature=nature, texte=texte, largeur=largeur, rapport=rapport)


def _inspect(content: bytes) -> tuple[NatureImage, float]:
    if len(content) > MAX_BYTES:
        message = f"plus de {MAX_BYTES // 1000} ko"
        raise _Refus(
            "fichier-trop-grand", message, "réduire l’image : un logo n’a pas besoin de tant de points"
        )
    if content.startswith(_PNG):
        return "png", _ratio(*_png(content))
    if content.startswith(_JPEG):
        return "jpeg", _ratio(*_jpeg(content))
    start = content[:1000].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"")
    if start.startswith(b"<"):
        return "svg", _ratio(*_svg(content))
    message = "ce n’est ni un PNG, ni un JPEG, ni un SVG, quel que soit son nom"
    raise _Refus("image-inconnue", message, "l’enregistrer dans l’un de ces formats")


def _ratio(width: float, height: float) -> float:
    low, high = _RAPPORTS
    smallest, largest = _COTES
    if not all(smallest <= side <= largest for side in (width, height)):
        message = "largeur ou hauteur démesurée, ou presque nulle"
        raise _Refus("image-inconnue", message, "l’enregistrer à sa taille d’usage")
    if not (width > 0 and height > 0) or not low <= height / width <= high:
        raise _Refus(
            "image-inconnue", "largeur et hauteur sans proportion", "vérifier les dimensions de l’image"
        )
    return height / width


def _pixels(width: int, height: int) -> tuple[int, int]:
    if max(width, height) > MAX_PIXELS:
        message = f"{width} × {height} points, plus de {MAX_PIXELS} de côté"
        raise _Refus("fichier-trop-grand", message, "réduire l’image")
    return width, height


def _broken() -> _Refus:
    return _Refus("fichier-tronque", "image tronquée ou abîmée", "la copier ou la télécharger à nouveau")


def _png(content: bytes) -> tuple[int, int]:
    """Return the size of a PNG whose every piece is whole."""
    size: tuple[int, int] | None = None
    rest, kind = memoryview(content)[len(_PNG) :], b""
    while kind != b"IEND":
        if len(rest) < 8:
            raise _broken()
        length, kind = struct.unpack(">I4s", rest[:8])
        piece, rest = rest[4 : 8 + length], rest[8 + length :]
        if len(piece) < 4 + length or rest[:4] != struct.pack(">I", zlib.crc32(piece)):
            raise _broken()
        rest = rest[4:]
        if size is None:
            if kind != b"IHDR" or length < 8:
                raise _broken()
            size = _pixels(*struct.unpack(">II", piece[4:][:8]))
    assert size is not None  # the first piece gave it
    return size


def _jpeg(content: bytes) -> tuple[int, int]:
    """Return the size of a JPEG, from the header of its frame; its end mark must be there."""
    if b"\xff\xd9" not in content[-64:]:
        raise _broken()
    place = 2
    while place + 4 <= len(content):
        mark, kind, length = struct.unpack(">BBH", content[place : place + 4])
        if mark != 0xFF or length < 2:
            break
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            frame = content[place + 4 : place + 2 + length]
            if len(frame) < 6:
                break
            height, width = struct.unpack(">HH", frame[1:5])
            return _pixels(width, height)
        place += 2 + length
    raise _broken()


# ---- SVG ----------------------------------------------------------------------------------------------


def _unsafe(message: str) -> _Refus:
    hint = "l’enregistrer en « SVG simple », textes en tracés, sans script ni renvoi ; ou donner un PNG"
    return _Refus("image-active", message, hint)


class _Svg:
    """This reader takes an SVG: everything that is not plain drawing stops it."""

    def __init__(self) -> None:
        self.depth = self.elements = self.uses = 0
        self.inside: list[str] = []
        self.style: list[str] = []
        self.size: tuple[float, float] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        self.inside.append(local if space == _SVG else "")
        self.elements += 1
        self.uses += local == "use"
        if len(self.inside) > MAX_DEPTH or self.elements > MAX_ELEMENTS or self.uses > MAX_USES:
            raise _Refus("fichier-trop-grand", "dessin SVG démesuré", "le simplifier, ou donner un PNG")
        if self.elements == 1:
            if (space, local) != (_SVG, "svg"):
                raise _Refus("image-inconnue", "ce XML n’est pas un SVG", "donner un PNG, un JPEG ou un SVG")
            self.size = _dimensions(attributes)
        if _ANNEXES.match(space) and local.lower() not in ("script", "handler", "listener"):
            return
        if space != _SVG or local not in _DESSIN:
            raise _unsafe(f"l’élément « {local[:40]} » n’est pas admis dans un SVG")
        for key, value in attributes.items():
            _check_attribute(key, value)

    def end(self, _: str) -> None:
        self.inside.pop()

    def text(self, data: str) -> None:
        if self.inside and self.inside[-1] == "style":
            self.style.append(data)


def _check_attribute(name: str, value: str) -> None:
    space, _, local = name.rpartition(" ")
    if _ANNEXES.match(space) or (space == _XML and local != "base"):
        return
    if local.lower().startswith("on") or space == _XML:
        raise _unsafe(f"l’attribut « {local[:40]} » n’est pas admis dans un SVG")
    if local == "href" and not value.strip().startswith("#"):
        raise _unsafe("le SVG renvoie à autre chose que lui-même")
    if _NOMMENT.fullmatch(local):
        return
    if _DEMESURE.search(value):
        raise _Refus("fichier-trop-grand", f"nombre démesuré dans « {local[:40]} »", "donner un PNG")
    if _fetches(value):
        raise _unsafe(f"l’attribut « {local[:40]} » du SVG appelle autre chose que lui-même")


def _fetches(style: str) -> bool:
    """Return whether a style calls anything but what its own drawing names, its comments undone or not."""
    bare = _COMMENTAIRE.sub("", style)
    called = (name for text in {style, bare} for name in _FONCTION.findall(text))
    return bool(_APPEL.search(style) or _APPEL.search(bare)) or any(
        name.lower() not in _DESSINENT for name in called
    )


def _dimensions(attributes: dict[str, str]) -> tuple[float, float]:
    """Return the size that the root says, or its view box: in any unit, only the proportion counts."""
    sizes = [_NOMBRE.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
    first, second = sizes
    box = attributes.get("viewBox", "").replace(",", " ").split()
    try:
        if box:
            _ratio(float(box[2]), float(box[3]))
        if first and second and first[2] == second[2]:
            return float(first[1]), float(second[1])
        return float(box[2]), float(box[3])
    except (IndexError, ValueError):
        message = "le SVG ne dit ni sa taille ni son cadre"
        raise _Refus(
            "image-inconnue", message, "l’enregistrer avec « width » et « height », ou « viewBox »"
        ) from None


def _svg(content: bytes) -> tuple[float, float]:
    reader = _Svg()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def doctype(*_: object) -> None:
        raise _unsafe("le SVG déclare un type de document (DOCTYPE)")

    def instruction(*_: object) -> None:
        raise _unsafe("le SVG contient une instruction de traitement « <? … ?> »")

    parser.StartDoctypeDeclHandler = doctype
    parser.ProcessingInstructionHandler = instruction
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last: an encoding that is not one
        raise _broken() from error
    style = "".join(reader.style)
    if _fetches(style) or "@" in style:
        raise _unsafe("la feuille de style du SVG appelle autre chose que lui-même")
    assert reader.size is not None  # an XML document has a root
    return reader.size
