"""Scores drawn: bars, and a radar for those who expect one. Small SVG files that fetch and run nothing.

The scale is fixed, 0 to 100. Nothing is told by a colour alone: words stand beside every bar and at the end
of every axis, and the two series of a comparison differ by their line and their mark. What has no score is
not drawn as zero: its bar is an empty frame with a word, its axis breaks the line. The box of a drawing is
computed from the room that its words take, so that none is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import cos, pi, sin
from typing import Final

from msgspec import Struct

from certif_rules.blocs.largeurs import ems
from certif_rules.blocs.typographie import clean

#: Fewest axes with a score that make a shape.
AXES_MINIMUM: Final = 3

_ENCRE, _DOUX, _FILET = "#1d2826", "#4d5a57", "#8b9793"
_BASE, _LABEL = "#0d5a50", "#a3141c"
_POLICE = "system-ui, 'Segoe UI', Arial, 'Libertinus Serif', sans-serif"
_CORPS = 15
_MAIGRE, _GRAS = 400, 600
_MARGE = 10.0


class Trace(Struct, frozen=True, kw_only=True):
    """A trace draws one criterion: ``valeurs`` are per cent, one per series, ``None`` without a score.

    ``nom`` is its short name, at the end of an axis; ``intitule`` its long one, over a bar; ``mots`` say each
    value in full.
    """

    nom: str
    intitule: str
    valeurs: tuple[int | None, ...]
    mots: tuple[str, ...]
    label: bool = False


class _Cadre(Struct):
    """A frame is the smallest box around what is drawn."""

    gauche: float = 0.0
    haut: float = 0.0
    droite: float = 0.0
    bas: float = 0.0

    def hold(self, x: float, y: float) -> None:
        self.gauche, self.droite = min(self.gauche, x), max(self.droite, x)
        self.haut, self.bas = min(self.haut, y), max(self.bas, y)


def bars(traces: Sequence[Trace], series: Sequence[str], titre: str, description: str) -> bytes:
    """Draw horizontal bars, in the order given; one bar per series under each name."""
    cadre = _Cadre()
    content: list[str] = []
    y = 0.0
    for trace in traces:
        for name in folded(trace.intitule, _INTITULE):
            colour = _LABEL if trace.label else _ENCRE
            content.append(_text(cadre, 0, y + _CORPS, name, weight=_GRAS, colour=colour))
            y += _CORPS + 3
        y += 3
        for index, (valeur, mots) in enumerate(zip(trace.valeurs, trace.mots, strict=True)):
            content += _bar(cadre, y, valeur, trace.label, earlier=index < len(series) - 1)
            words = cut(f"{series[index]} – {mots}" if len(series) > 1 else mots, 320)
            colour = _DOUX if valeur is None else _ENCRE
            content.append(_text(cadre, _beside(valeur, words), y + _CORPS, words, colour=colour))
            y += _BARRE + 3
        y += 9
    content.append(_scale(cadre, y))
    return _svg(cadre, "barres", titre, description, content)


def radar(traces: Sequence[Trace], series: Sequence[str], titre: str, description: str) -> bytes | None:
    """Draw a radar, its axes clockwise from the top; ``None`` with too few scores for a shape."""
    if sum(trace.valeurs[-1] is not None for trace in traces) < AXES_MINIMUM:
        return None
    cadre = _Cadre(-_RAYON, -_RAYON, _RAYON, _RAYON)
    angles = [2 * pi * index / len(traces) - pi / 2 for index in range(len(traces))]
    content = [
        f'<circle r="{_n(_RAYON * part / 100)}" fill="none" stroke="{_FILET}" stroke-width="{width}"/>'
        for part, width in ((25, 0.6), (50, 0.6), (75, 0.6), (100, 1.2))
    ]
    content += [_axis(angle, trace) for angle, trace in zip(angles, traces, strict=True)]
    for index in range(len(series)):
        values = [trace.valeurs[index] for trace in traces]
        content += _shape(angles, values, earlier=index < len(series) - 1)
    content += [
        _text(cadre, 4, -_RAYON * part / 100 + 5, str(part), size=11, colour=_DOUX) for part in (25, 50, 75)
    ]
    for angle, trace in zip(angles, traces, strict=True):
        content += _axis_words(cadre, angle, trace, series)
    if len(series) > 1:
        content += _legend(cadre, series)
    return _svg(cadre, "radar", titre, description, content)


def wide(texte: str, size: float = _CORPS, *, bold: bool = False) -> float:
    """Return the room that a line of text takes in the widest of the fonts in use."""
    return ems(texte) * size * (1.25 if bold else 1.1)


def cut(texte: str, room: float, *, bold: bool = False) -> str:
    """Return ``texte`` on one line no wider than ``room``, ended by « … » where it was cut."""
    words = clean(texte)
    if wide(words, bold=bold) <= room:
        return words
    while words and wide(words + "…", bold=bold) > room:
        words = words[:-1]
    return words.rstrip() + "…"


def folded(texte: str, room: float) -> list[str]:
    """Write ``texte``, bold and whole, on lines no wider than ``room``; a wider word goes on below."""
    lines = [""]
    for word in clean(texte).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if wide(longer, bold=True) <= room:
            lines[-1] = longer
            continue
        lines += _parts(word, room)
    return [line for line in lines if line] or [""]


def _parts(word: str, room: float) -> list[str]:
    """Return a word in pieces of which none is wider than ``room``."""
    parts = [""]
    for letter in word:
        if parts[-1] and wide(parts[-1] + letter, bold=True) > room:
            parts.append("")
        parts[-1] += letter
    return parts


# ---- bars -------------------------------------------------------------------------------------------------

#: Width of a full bar, and height of a bar.
_LONGUEUR, _BARRE = 270.0, 19.0
#: Room of a name over its bar.
_INTITULE = 390.0


def _beside(valeur: int | None, words: str) -> float:
    """Return where the words of a bar begin: after it in its frame, or beyond it, never across its edge."""
    start = 8.0 if valeur is None else valeur * _LONGUEUR / 100 + 8
    return start if start + wide(words) <= _LONGUEUR - 2 else _LONGUEUR + 8


def _bar(cadre: _Cadre, y: float, valeur: int | None, label: bool, *, earlier: bool) -> list[str]:
    """Draw a frame and the bar in it, hatched for a label, hollow for an earlier series."""
    cadre.hold(_LONGUEUR, y + _BARRE)
    dashes = ' stroke-dasharray="4 4"' if valeur is None else ""
    frame = (
        f'<rect x="0" y="{_n(y)}" width="{_n(_LONGUEUR)}" height="{_n(_BARRE)}" fill="none" stroke="{_FILET}"'
        f' stroke-width="1"{dashes}/>'
    )
    if valeur is None:
        return [frame]
    colour = _LABEL if label else _BASE
    fill = "#ffffff" if earlier else "url(#hachures)" if label else colour
    width = valeur * _LONGUEUR / 100
    full = (
        f'<rect x="0" y="{_n(y)}" width="{_n(width)}" height="{_n(_BARRE)}" fill="{fill}" stroke="{colour}"'
        ' stroke-width="1.5"/>'
    )
    return [frame, full]


def _scale(cadre: _Cadre, y: float) -> str:
    marks = [
        f'<path d="M{_n(part * _LONGUEUR / 100)} {_n(y)}v6" stroke="{_DOUX}" stroke-width="1"/>'
        + _text(
            cadre, part * _LONGUEUR / 100, y + 20, f"{part}", size=12, colour=_DOUX,
            anchor="start" if part == 0 else "middle",
        )
        for part in (0, 50, 100)
    ]  # fmt: skip
    return f'<path d="M0 {_n(y)}h{_n(_LONGUEUR)}" stroke="{_DOUX}" stroke-width="1"/>' + "".join(marks)


# ---- radar ------------------------------------------------------------------------------------------------

_RAYON = 118.0
#: The line of an earlier series.
_TIRETS = ' stroke-dasharray="7 4"'


def _point(angle: float, part: float) -> tuple[float, float]:
    return cos(angle) * _RAYON * part / 100, sin(angle) * _RAYON * part / 100


def _axis(angle: float, trace: Trace) -> str:
    x, y = _point(angle, 100)
    dashes = ' stroke-dasharray="3 5"' if trace.valeurs[-1] is None else ""
    return f'<path d="M0 0L{_n(x)} {_n(y)}" stroke="{_DOUX}" stroke-width="1"{dashes}/>'


def _shape(angles: Sequence[float], valeurs: Sequence[int | None], *, earlier: bool) -> list[str]:
    """Return the line of a series, broken where a value is missing, and a mark on each value."""
    points = [None if v is None else _point(a, v) for a, v in zip(angles, valeurs, strict=True)]
    dashes = _TIRETS if earlier else ""
    colour = _DOUX if earlier else _BASE
    drawn = []
    if all(points):
        path = "L".join(f"{_n(p[0])} {_n(p[1])}" for p in points if p)
        fill = 'fill="none"' if earlier else f'fill="{colour}" fill-opacity="0.13"'
        drawn.append(f'<path d="M{path}Z" {fill} stroke="{colour}" stroke-width="2.2"{dashes}/>')
    else:
        for here, there in zip(points, [*points[1:], points[0]], strict=True):
            if here and there:
                drawn.append(
                    f'<path d="M{_n(here[0])} {_n(here[1])}L{_n(there[0])} {_n(there[1])}" fill="none"'
                    f' stroke="{colour}" stroke-width="2.2"{dashes}/>'
                )
    return drawn + [_mark(p[0], p[1], earlier=earlier) for p in points if p]


def _mark(x: float, y: float, *, earlier: bool) -> str:
    """Return a full disc for the latest series, a hollow square for the earlier one."""
    if not earlier:
        return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="4.2" fill="{_BASE}"/>'
    return (
        f'<rect x="{_n(x - 4)}" y="{_n(y - 4)}" width="8" height="8" fill="#ffffff" stroke="{_DOUX}"'
        ' stroke-width="1.8"/>'
    )


def _axis_words(cadre: _Cadre, angle: float, trace: Trace, series: Sequence[str]) -> list[str]:
    """Return the name of an axis and its value, two lines beyond its end, away from the circle."""
    x, y = cos(angle) * (_RAYON + 14), sin(angle) * (_RAYON + 14)
    anchor = "middle" if abs(cos(angle)) < 0.1 else "start" if cos(angle) > 0 else "end"
    height = 2 * (_CORPS + 3)
    top = y - height if sin(angle) < -0.9 else y if sin(angle) > 0.9 else y - height / 2
    colour = _LABEL if trace.label else _ENCRE
    short = ("–" if valeur is None else f"{valeur}\u00a0%" for valeur in trace.valeurs)
    words = trace.mots[-1] if len(series) == 1 else " → ".join(short)
    return [
        _text(
            cadre, x, top + _CORPS, cut(trace.nom, 150, bold=True), weight=_GRAS, colour=colour, anchor=anchor
        ),
        _text(cadre, x, top + 2 * _CORPS + 3, cut(words, 170), colour=colour, anchor=anchor),
    ]


def _legend(cadre: _Cadre, series: Sequence[str]) -> list[str]:
    y = cadre.bas + 24
    drawn = []
    for index, name in enumerate(series):
        earlier = index < len(series) - 1
        dashes, colour = (_TIRETS, _DOUX) if earlier else ("", _BASE)
        drawn.append(f'<path d="M{_n(-_RAYON)} {_n(y)}h40" stroke="{colour}" stroke-width="2.2"{dashes}/>')
        drawn.append(_mark(-_RAYON + 20, y, earlier=earlier))
        drawn.append(_text(cadre, -_RAYON + 50, y + 5, cut(name, 260)))
        y += 24
    return drawn


# ---- both -------------------------------------------------------------------------------------------------


def _text(
    cadre: _Cadre, x: float, y: float, texte: str, *,
    size: float = _CORPS, weight: int = _MAIGRE, colour: str = _ENCRE, anchor: str = "start",
) -> str:  # fmt: skip
    """Return a line of text on a white edge, and its room in the box: ``y`` is its baseline."""
    width = wide(texte, size, bold=weight > _MAIGRE)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    cadre.hold(left, y - size)
    cadre.hold(left + width, y + size * 0.3)
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" font-weight="{weight}" fill="{colour}"'
        f' text-anchor="{anchor}" stroke="#ffffff" stroke-width="3" paint-order="stroke">'
        f"{escape(texte)}</text>"
    )


def _svg(cadre: _Cadre, nom: str, titre: str, description: str, content: Iterable[str]) -> bytes:
    left, top = cadre.gauche - _MARGE, cadre.haut - _MARGE
    width, height = cadre.droite + _MARGE - left, cadre.bas + _MARGE - top
    box = f"{_n(left)} {_n(top)} {_n(width)} {_n(height)}"
    hatching = (
        '<pattern id="hachures" width="6" height="6" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/>'
        f'<rect width="3" height="6" fill="{_LABEL}"/></pattern>'
    )
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{_n(width)}" height="{_n(height)}"'
        f' role="img" aria-labelledby="{nom}-titre {nom}-description" lang="fr" font-family="{_POLICE}">'
    )
    parts = [
        root,
        f'<title id="{nom}-titre">{escape(clean(titre))}</title>',
        f'<desc id="{nom}-description">{escape(clean(description))}</desc>',
        f"<defs>{hatching}</defs>" if nom == "barres" else "",
        f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" height="{_n(height)}" fill="#ffffff"/>',
        *content,
        "</svg>\n",
    ]
    return "".join(parts).encode("utf-8")


def _n(value: float) -> str:
    """Return a number with at most two decimals, as short as it can be; never « -0 »."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
