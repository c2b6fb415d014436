"""Growth drawn: one SVG of panels on logarithmic scales, that fetches and runs nothing.

Nothing is told by a colour alone: each series has its mark, its dashes, and its name at its end. The numbers
stand in the table beside the drawing, and its description says what is seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

LARGEUR, HAUTEUR, MARGE = 760, 300, 64
#: Room of the names of series, at the right, and the least space between two.
NOMS, ECART = 190, 17
ENCRE, DOUX, FILET = "#1d2826", "#4d5a57", "#c3ccc8"
TRAITS = (
    ("#0d5a50", "", "M-4 -4h8v8h-8z"),
    ("#a3141c", "7 4", "M0 -5l5 9h-10z"),
    ("#1f4e8c", "2 3", "M0 -5l5 5l-5 5l-5 -5z"),
    ("#6b4a00", "10 3 2 3", "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z"),
    ("#5b2a86", "4 2", "M-5 -2h3v-3h4v3h3v4h-3v3h-4v-3h-3z"),
)


@dataclass(frozen=True)
class Panneau:
    """Series over the same sizes: ``valeurs`` by the name of each series, one value a size."""

    titre: str
    abscisse: str
    tailles: tuple[int, ...]
    valeurs: dict[str, tuple[float, ...]]


def number(value: float) -> str:
    """Return a number as it is read in French: three figures that mean something, thousands apart."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f")
    if value >= 1000:
        figures = 10 ** max(0, floor(log10(value)) - 2)
        return f"{round(value / figures) * figures:,}".replace(",", "\u202f")
    digits = 0 if value >= 100 or value == 0 else 1 if value >= 10 else 2
    return f"{value:.{digits}f}".replace(".", ",")


def draw(panneaux: Sequence[Panneau], titre: str, description: str) -> str:
    """Return the drawing of panels, one under another."""
    height = HAUTEUR * len(panneaux)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d"',
        f'viewBox="0 0 {LARGEUR} {height}" font-family="system-ui, Arial, sans-serif" font-size="13">',
        f'<title id="t">{escape(titre)}</title>',
        f'<desc id="d">{escape(description)}</desc>',
        f'<rect width="{LARGEUR}" height="{height}" fill="#ffffff"/>',
    ]
    for rank, panneau in enumerate(panneaux):
        parts += [f'<g transform="translate(0 {rank * HAUTEUR})">', *_panel(panneau), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(panneau: Panneau) -> list[str]:
    left, right, top, bottom = MARGE, LARGEUR - NOMS, 40, HAUTEUR - 48
    every = [value for values in panneau.valeurs.values() for value in values]
    low, high = floor(log10(min(every))), max(ceil(log10(max(every))), floor(log10(min(every))) + 1)
    first, last = log10(panneau.tailles[0]), log10(panneau.tailles[-1])

    def x(size: float) -> float:
        return left + (log10(size) - first) / (last - first) * (right - left - 12)

    def y(value: float) -> float:
        return bottom - (log10(value) - low) / (high - low) * (bottom - top)

    parts = [
        _text(12, 22, panneau.titre, weight=600),
        _text(right - 12, bottom + 40, panneau.abscisse, "end", DOUX),
    ]
    for power in range(low, high + 1):
        parts.append(f'<path d="M{left} {y(10**power):.1f}H{right}" stroke="{FILET}"/>')
        parts.append(
            _text(left - 8, y(10**power) + 4, number(10**power if power >= 0 else 10.0**power), "end", DOUX)
        )
    for size in panneau.tailles:
        parts.append(f'<path d="M{x(size):.1f} {top}V{bottom}" stroke="{FILET}"/>')
        parts.append(_text(x(size), bottom + 18, number(size), "middle", DOUX))
    ends = []
    for (name, values), (colour, dashes, mark) in zip(panneau.valeurs.items(), TRAITS, strict=False):
        points = [
            (x(size), y(value)) for size, value in zip(panneau.tailles, values, strict=True) if value > 0
        ]
        line = "L".join(f"{one:.1f} {two:.1f}" for one, two in points)
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>')
        parts += [
            f'<path d="{mark}" transform="translate({one:.1f} {two:.1f})" fill="{colour}"/>'
            for one, two in points
        ]
        ends.append((points[-1][1], name, colour, mark))
    floor_of = float(top - ECART)
    for height, name, colour, mark in sorted(ends):
        floor_of = max(height, floor_of + ECART)
        parts.append(f'<path d="{mark}" transform="translate({right + 8} {floor_of:.1f})" fill="{colour}"/>')
        parts.append(_text(right + 18, floor_of + 4, name, colour=ENCRE))
    return parts


def _text(
    x: float, y: float, words: str, anchor: str = "start", colour: str = ENCRE, *, weight: int = 400
) -> str:
    """Return words at a place; the line that passes behind them is not read through."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}"'
        f' stroke="#ffffff" stroke-width="3" paint-order="stroke">{escape(words)}</text>'
    )
