"""What a cell shows, from its value and its format: the same words through XLSX and ODS.

The decimals, the hours and the year are those that the spreadsheet shows. Where what is shown cannot be told
(a number that begins with zeros, a day without its year), the value is read and the cell is named.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.blocs.typographie import INSECABLE
from certif_rules.grilles.classeur import SIGNE

#: What a value is, as spreadsheets know it; « image » is a picture put in a cell.
Nature = Literal["texte", "nombre", "jour", "heure", "pourcentage", "monnaie", "booleen", "erreur", "image"]

_EPOCH: Final = datetime.fromisoformat("1899-12-30")
#: The last day that spreadsheets count, and the seconds of a day.
_LAST_DAY, _DAY = 2_958_465, 86_400
#: Spreadsheets know a number by its first fifteen digits.
_DIGITS: Final = 15
#: Most decimals written: with fifteen figures before them, all that exact arithmetic holds.
_PLACES: Final = 12
_SECTION: Final = re.compile(r'(?>(?:[^;"\\]|\\.?|"[^"]*+"?)*)')
_OTHERS: Final = re.compile(rf";({_SECTION.pattern})")
_UNQUOTED: Final = re.compile(
    r'"([^"]*+)"|\\(.)|_.|\*(.)|\[\$([^\]\[-]*+)[^\]\[]*+\]|\[(?!h+\]|m+\]|s+\])[^\]\[]*+\]'
)
_CONDITION: Final = re.compile(r"\[[<>=]")
_NUMBER: Final = re.compile(r"(?:#+,(?=[#0]))*#*0?(?:\.([0#?]+))?")
#: How many parts a format has at most: for more than zero, less, zero, and texts.
_PARTS: Final = 4
_NUMERALS: Final = re.compile(r"\d+")
_ERROR: Final = re.compile(r"#[A-Z]{1,9}(?:/[A-Z0]{1,2})?[!?]?")
_TIME: Final = re.compile(r"(-?)PT?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


#: The longest text that is kept as it was compared: few of ours are longer.
_COMPARED: Final = 2_000
#: The longest format that spreadsheets take.
_LONGEST: Final = 255


def folded(text: str) -> str:
    """Return ``text`` as it is compared: blanks of every kind are one, and composed letters are."""
    return _folded(text) if len(text) <= _COMPARED else _folded.__wrapped__(text)


@lru_cache(maxsize=8_192)  # the texts of one référentiel, which every grid of it has
def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


class Vue(Struct, frozen=True, gc=False):
    """A view is a value as it is seen; ``fidele`` is false where the spreadsheet may show something else."""

    texte: str
    nature: Nature = "nombre"
    fidele: bool = True


class Mise(Struct, frozen=True):
    """A mise is what a number is shown as.

    ``parts`` are those of a day and an hour: « d », « y », « h », « s », « [ ». ``decimales`` is ``None`` for
    as many as needed, of which the last ones (``facultatives``) are shown when they are not zero. ``sure`` is
    false for a format with signs of its own, ``zero`` and ``negatif`` for one that has words for such a
    number, or hides it, ``texte`` for one that does so of texts. ``vide``: nothing is shown of what rounds to
    zero.
    """

    nature: Nature = "nombre"
    decimales: int | None = None
    facultatives: int = 0
    symbole: str = ""
    parts: str = ""
    sure: bool = True
    zero: bool = True
    negatif: bool = True
    texte: bool = True
    vide: bool = False


GENERAL: Final = Mise()


def _days(parts: str) -> Mise:
    return Mise("jour", parts=parts)


#: The formats that XLSX numbers without spelling them out. Those of money leave its name to the system.
BUILTIN: Final[dict[int, Mise]] = {
    1: Mise(decimales=0), 2: Mise(decimales=2), 3: Mise(decimales=0), 4: Mise(decimales=2),
    **{n: Mise("monnaie", decimales=0 if n in (5, 6, 42) else 2, sure=False) for n in (5, 6, 7, 8, 42, 44)},
    9: Mise("pourcentage", decimales=0), 10: Mise("pourcentage", decimales=2),
    11: Mise(sure=False), 12: Mise(sure=False), 13: Mise(sure=False),
    14: _days("dy"), 15: _days("dy"), 16: _days("d"), 17: _days("y"), 22: _days("dyh"),
    18: Mise("heure", parts="h"), 19: Mise("heure", parts="hs"), 20: Mise("heure", parts="h"),
    21: Mise("heure", parts="hs"), 45: Mise("heure", parts="s", sure=False),
    46: Mise("heure", parts="[hs"), 47: Mise("heure", parts="s", sure=False),
    37: Mise(decimales=0), 38: Mise(decimales=0), 39: Mise(decimales=2), 40: Mise(decimales=2),
    41: Mise(decimales=0), 43: Mise(decimales=2), 48: Mise(sure=False),
}  # fmt: skip


def read_format(code: str) -> Mise:
    """Return what a format of XLSX shows: its parts are for more than zero, less, zero, then for texts."""
    first = _SECTION.match(code[:_LONGEST])
    sections = [first[0] if first else "", *_OTHERS.findall(code[:_LONGEST], len(first[0]) if first else 0)]
    of_texts = sections[_PARTS - 1 : _PARTS]
    if not of_texts and "@" in _bare(sections[-1])[0]:
        of_texts = sections[-1:]
        sections = sections[:-1] or sections
    mise = _first_part(sections[0] if len(code) <= _LONGEST else "?", alone=not code.strip())
    negative, zero = (all(map(_has_figures, sections[n : n + 1])) for n in (1, 2))
    return replace(
        mise,
        sure=mise.sure and not _CONDITION.search(code),
        negatif=negative,
        zero=zero,
        vide=mise.vide and not sections[2:3],
        texte=all(map(_as_typed, of_texts)),
    )


def _bare(section: str) -> tuple[str, str]:
    """Return a part of a format without its own words, and those words."""
    words = ("".join(match) for match in _UNQUOTED.findall(section))
    return _UNQUOTED.sub("", section).strip().lower(), "".join(words).strip()


def _as_typed(section: str) -> bool:
    """Return whether the part of a format that is for texts shows them, and nothing more."""
    bare, words = _bare(section)
    return bare in ("@", "general", "standard") and not words


def _has_figures(section: str) -> bool:
    """Return whether a part of a format writes the number itself, with no word of its own but a currency."""
    bare, words = _bare(section)
    words = words.strip(" -+()")
    return ("general" in bare or bool({*"0#"} & {*bare})) and (not words or _money(words))


def _first_part(first: str, *, alone: bool) -> Mise:
    """Return what a format shows of positive numbers; ``alone``: it says nothing at all."""
    low, words = _bare(first)
    if low in ("general", "standard", "@", ""):
        return Mise(sure=not words and (alone or low != ""))
    parts = "".join(part for part in "dyhs[" if part in low)
    if not _NUMBER.fullmatch(low.rstrip("%").strip()) and set(low) & set("dymhs"):
        if set("dy") & set(parts) or not set("hs[") & set(parts):
            return _days(parts)
        return Mise("heure", parts=parts, sure="h" in parts)
    figures = _NUMBER.fullmatch(low.replace("%", "").replace(" ", "").replace("€", ""))
    places = (figures[1] or "") if figures else ""
    seen = Mise(
        decimales=len(places) if figures else None,
        facultatives=len(places) - len(places.rstrip("#?")),
        sure=figures is not None,
        vide="0" not in low,
    )
    if "%" in low:
        return replace(seen, nature="pourcentage")
    symbol = "€" if "€" in first else words.replace("EUR", "€")
    if _money(symbol):
        return replace(seen, nature="monnaie", symbole=symbol)
    return replace(seen, sure=seen.sure and not symbol)


def _money(symbol: str) -> bool:
    return symbol == "EUR" or (symbol != "" and all(unicodedata.category(c) == "Sc" for c in symbol))


def number(value: float, mise: Mise) -> Vue:
    """Return a number of XLSX as its format shows it."""
    sure = mise.sure and (mise.zero or value != 0) and (mise.negatif or value >= 0)
    if mise.nature == "jour" and 0 <= value <= _LAST_DAY:
        vue = _day_seen(_EPOCH + timedelta(seconds=round(value * _DAY)), mise.parts)
        return replace(vue, fidele=vue.fidele and sure)
    if mise.nature == "heure" and 0 <= value <= _LAST_DAY:
        return _time_seen(round(value * _DAY), mise.parts, sure=sure)
    if mise.nature in ("jour", "heure"):
        return Vue(_decimal(value, None), "nombre", fidele=False)
    text = _decimal(value, mise.decimales, 2 if mise.nature == "pourcentage" else 0)
    if mise.vide and set(text) <= {*"-0,"}:
        text, sure = _decimal(value, None), False
    for _ in range(mise.facultatives if "," in text else 0):
        text = text.removesuffix("0")
    text = text.removesuffix(",")
    if mise.nature == "pourcentage":
        return Vue(f"{text}{INSECABLE}%", mise.nature, sure)
    if mise.nature == "monnaie":
        return Vue(f"{text}{INSECABLE}{mise.symbole}".rstrip(), mise.nature, sure)
    return Vue(text, "nombre", sure and "E" not in text)


def shown(value: float, nature: Nature, display: str | None) -> Vue:
    """Return a number of ODS as its cell shows it: its decimals are those of ``display``.

    ``None`` is a file that does not say what is shown, as programs other than spreadsheets write some.
    """
    power = 2 if nature == "pourcentage" else 0
    silent, display = display is None, display or ""
    digits = "".join(c for c in display if c.isdecimal())
    text = _decimal(value, None, power)
    # Of as many figures as are shown; one less where rounding adds a figure (9,99 as 10,0).
    more = len(digits) - len(text.lstrip("-").partition(",")[0])
    written = [_decimal(value, k, power) for k in (more, more - 1) if 0 <= k <= _PLACES]
    same = [t for t in (*written, text) if "".join(c for c in t if c.isdecimal()) == digits]
    sure, text = bool(same) or silent, (*same, text)[0]
    if nature == "pourcentage":
        return Vue(f"{text}{INSECABLE}%", nature, sure)
    symbol = re.sub(r"[\d\s.,()+\u2212-]", "", display)
    if nature == "monnaie" or _money(symbol):
        return Vue(f"{text}{INSECABLE}{symbol.replace('EUR', '€')}".rstrip(), "monnaie", sure)
    return Vue(text, "nombre", sure and not symbol)


def logic(display: str | None, *, value: bool) -> Vue:
    """Return true or false, which a format may show as a number, or not at all."""
    words = ("VRAI", "TRUE") if value else ("FAUX", "FALSE")
    return Vue(words[0], "booleen", display is None or display.strip().upper() in words)


def typed_text(held: str | None, display: str | None) -> Vue:
    """Return a text of ODS: what is ``held`` is there beside what is shown, where a format parts them."""
    if held is None or display is None:
        return Vue(display or held or "", "texte")
    # The sign of a finding is ours.
    return Vue(held, "texte", held.split() in (display.split(), SIGNE.sub("", display).split()))


def constant(formula: str, display: str | None = None) -> Vue | None:
    """Return what LibreOffice writes as a formula where a value was typed: logic, and errors."""
    bare = formula.strip().removeprefix("of:").removeprefix("=").upper()
    if bare.removesuffix("()") in ("TRUE", "FALSE"):
        return logic(display, value=bare.startswith("T"))
    return Vue(bare, "erreur") if _ERROR.fullmatch(bare) else None


def iso(text: str, display: str | None = None) -> Vue:
    """Return an ISO day or moment as its cell shows it (``display``), else whole."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return Vue(text, "jour")
    moment = moment.replace(tzinfo=None)
    if display is None:
        return _day_seen(moment, "dyh" if moment.time().isoformat() != "00:00:00" else "dy")
    seen = [int(n) for n in _NUMERALS.findall(display) if len(n) < _DIGITS]
    parts = "d" if moment.day in seen else ""
    parts += "y" if {moment.year, moment.year % 100} & {*seen} else ""
    return _day_seen(moment, parts + ("h" if ":" in display or len(seen) > len("dmy") else ""))


def lasting(text: str, display: str) -> Vue:
    """Return a time of ODS (« PT14H30M00S ») as its cell shows it."""
    match = _TIME.fullmatch(text)
    if match is None:
        return Vue(text, "heure", fidele=False)
    hours, minutes = int(match[2] or 0), int(match[3] or 0)
    seconds = hours * 3600 + minutes * 60 + round(float(match[4] or 0))
    seen = [int(n) for n in _NUMERALS.findall(display) if len(n) < _DIGITS]
    elapsed, day = seconds // 3600, _DAY // 3600
    half = day // 2
    # « 75:00 » may be minutes and seconds: what comes first is no hour, of the day or of a half of it.
    hour = seen[:1] in ([elapsed], [elapsed % day], [elapsed % half], [(elapsed - 1) % half + 1])
    parts = "h" + ("s" if display.count(":") > 1 or not hour else "")
    parts += "[" if seen[:1] == [elapsed] else ""
    return _time_seen(seconds, parts, sure=not match[1] and ":" in display and hour)


def _day_seen(moment: datetime, parts: str) -> Vue:
    """Return a day as French people write it, with its hour where that is shown."""
    hour = f" {moment:%H:%M}" if "h" in parts else ""
    return Vue(f"{moment:%d/%m}/{moment.year:04d}{hour}", "jour", "d" in parts and "y" in parts)


def _time_seen(seconds: int, parts: str, *, sure: bool) -> Vue:
    """Return a time; only a format of elapsed time (« [ ») goes past a day."""
    hours, rest = divmod(seconds if "[" in parts else seconds % _DAY, 3600)
    tail = f":{rest % 60:02d}" if "s" in parts or rest % 60 else ""
    return Vue(f"{hours:02d}:{rest // 60:02d}{tail}", "heure", sure)


def _decimal(value: float, places: int | None, power: int = 0) -> str:
    """Return a number as it is written in French, times ten to the ``power``."""
    if not math.isfinite(value):
        return str(value)
    exact = Decimal(format(value, f".{_DIGITS}g")).scaleb(power)
    if abs(exact) >= Decimal(10) ** _DIGITS or (exact and places is None and abs(exact) < Decimal("1E-9")):
        return format(float(exact), f".{_DIGITS}g").replace(".", ",").upper()
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-min(places, _PLACES)), ROUND_HALF_UP)
        return f"{exact:f}".replace(".", ",")
    text = f"{exact:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",") or "0"
