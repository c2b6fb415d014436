"""Engrave records once as the text of indented JSON, for all the documents that hold them.

What is written is what :class:`~certif_rules.echanges.champs.Ecrivain` says, to the byte; the values in
between, which nobody else asks for, are not made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, lru_cache, partial
from itertools import chain
from types import UnionType
from typing import Any, Final, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT
from msgspec.json import encode
from msgspec.json import format as indented

from certif_rules.echanges.champs import FEW, Ecrivain, Entries, citations, function, read_by

Value = TypeVar("Value")
#: What writes a value of one type at one depth.
Gravure = Callable[[Any], bytes]
#: How many texts of records of a type that many have in common are held.
RETENUS: Final = 2_000


class Graveur:
    """An engraver writes values as text, each at the margin of its depth; one thread at a time may.

    Args:
        ecrire: what is written of each type.
        margin: what begins each line of a value but the first.
        communs: the types of records many of which say the same.
    """

    def __init__(self, ecrire: Ecrivain, margin: str, communs: Collection[type] = ()) -> None:
        self._ecrire, self._margin, self._communs = ecrire, margin, communs
        self._depths: dict[str, _Depth] = {}
        #: The lists of sources met in the value being engraved.
        self._cites: list[Iterable[str]] = []

    def __call__(self, values: Iterable[Any]) -> Iterator[tuple[bytes, frozenset[str]]]:
        """Yield values as JSON, and the ids of the sources that each cites.

        Raises:
            UnicodeEncodeError: a text of one cannot be written in UTF-8.
        """
        engravers, cites = self._at(self._margin), self._cites
        for value in values:
            cites.clear()
            text = engravers[type(value)](value)
            yield text, frozenset(chain.from_iterable(cites))

    def _at(self, margin: str) -> _Depth:
        """Return what engraves at a margin."""
        if margin not in self._depths:
            self._depths[margin] = _Depth(self, margin)
        return self._depths[margin]

    def engraver(self, kind: type, margin: str) -> Gravure:
        """Return what engraves the values of a type."""
        if issubclass(kind, list | tuple):
            return self._list(margin)
        entries = self._ecrire.entries(kind)
        # Where the first key may be left out, none is sure to open the record.
        if entries is None or not entries or entries[0][2] is not NODEFAULT:
            return lambda value: self._plain(value, margin)
        left = FEW

        def engraved(record: Any) -> bytes:
            nonlocal left
            left -= 1
            if left == 0:
                deeper = self._at(f"{margin}  ")
                common = kind in self._communs
                self._at(margin)[kind] = _compiled(kind, entries, margin, deeper, self._cites, common=common)
            return self._plain(record, margin)

        return engraved

    def _plain(self, value: Any, margin: str) -> bytes:
        written = self._ecrire(value)
        self._cites.append(citations(written))
        return _indented(written, margin)

    def _list(self, margin: str) -> Gravure:
        inner, texts = self._at(f"{margin}  "), self._at(margin).texts
        start, between, end = f"[\n{margin}  ".encode(), f",\n{margin}  ".encode(), f"\n{margin}]".encode()

        def engraved(values: Any) -> bytes:
            if not values:
                return b"[]"
            if type(values) is tuple and type(values[0]) is str:
                return texts[values]
            return start + between.join([inner[type(value)](value) for value in values]) + end

        return engraved


class _Depth(dict[type, Gravure]):
    """This table gives what engraves the values of each type met so far, at one margin."""

    def __init__(self, graveur: Graveur, margin: str) -> None:
        super().__init__(dict.fromkeys((type(None), bool, int, float, str), encode))
        self._graveur, self._margin = graveur, margin
        #: Lists of texts: the same sources, categories, findings, are on many lines.
        self.texts = _Held[tuple[str, ...]](partial(_indented, margin=margin))

    def __missing__(self, kind: type) -> Gravure:
        engraver = self[kind] = self._graveur.engraver(kind, self._margin)
        return engraver


class _Held(dict[Value, bytes], Generic[Value]):
    """This table gives what is engraved of values that many records have; too many, and all of them go."""

    def __init__(self, engrave: Callable[[Value], bytes]) -> None:
        super().__init__()
        self._engrave = engrave

    def __missing__(self, value: Value) -> bytes:
        if len(self) >= RETENUS:
            self.clear()
        text = self[value] = self._engrave(value)
        return text


#: The words of the types that list theirs.
_WORDS: Final = _Held[str](encode)


def _compiled(
    kind: type, entries: Entries, margin: str, inner: _Depth, cites: list[Iterable[str]], *, common: bool
) -> Gravure:
    """Return what engraves records by their entries, as a function of its own.

    What the type of a field says is not asked of each value. Those that are ``common`` are engraved once for
    all that have the same values.
    """
    lines, values = read_by(entries)
    natures = [_nature(kind, chemin) for _, chemin, _ in entries]
    known = {
        "encode": encode, "inner": inner, "cite": cites.append, "tus": [tu for _, _, tu in entries],
        "texts": inner.texts, "words": _WORDS,
    }  # fmt: skip
    lines += [
        f"cite(({value}) or ())"
        for (cle, _, _), value in zip(entries, values, strict=True)
        if cle == "sources"
    ]
    if common and all(natures):
        fields = [f"record[{rank}]" for rank in range(len(entries))]
        whole = function([f"return {_joined(entries, fields, natures, margin)}"], {**known})
        known["held"] = lru_cache(maxsize=RETENUS)(whole)
        return function([*lines, f"return held(({', '.join(values)},))"], known)
    return function([*lines, f"return {_joined(entries, values, natures, margin)}"], known)


def _joined(entries: Entries, values: list[str], natures: list[str], margin: str) -> str:
    """Return the code that joins the keys and the values of a record."""
    parts = []
    for rank, ((cle, _, tu), value) in enumerate(zip(entries, values, strict=True)):
        key = f"{',' if rank else '{'}\n{margin}  ".encode() + encode(cle) + b": "
        text = _TEXT[natures[rank]].format(value)
        if tu is NODEFAULT:
            parts += [f"{key!r}", text]
        else:
            parts.append(f"b'' if ({value}) == tus[{rank}] else {key!r} + ({text})")
    end = f"\n{margin}}}".encode()
    return f"b''.join(({', '.join(parts)}, {end!r}))"


#: What engraves a value, by what is known of its type: a word of a few, a text or a number, a list of texts,
#: or anything. Most of what is empty is ``None`` or an empty list.
_TEXT: Final = {
    "mot": "words[{}]",
    "simple": "b'null' if (value := {}) is None else encode(value)",
    "textes": "texts[value] if (value := {}) else b'[]' if value == () else encode(value)",
    "": "inner[type(value)](value) if (value := {}) else"
    " b'null' if value is None else b'[]' if value == () else encode(value)",
}


def _nature(kind: type, chemin: tuple[str, ...]) -> str:
    """Return what the types of fields say of what is at the end of a way: a key of :data:`_TEXT`."""
    hint: Any = kind
    for name in chemin:
        owner = next((one for one in (*get_args(hint), hint) if hasattr(one, "__struct_fields__")), None)
        try:
            hint = _hints(owner)[name] if owner else None
        except (KeyError, NameError):  # a property, or a name that only readers of the code know
            return ""
    if _word(hint):
        return "mot"
    if _simple(hint):
        return "simple"
    arguments = get_args(hint)
    return "textes" if get_origin(hint) is tuple and arguments[1:] == (...,) and arguments[0] is str else ""


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Return the types of the fields of a record."""
    return get_type_hints(kind)


def _word(hint: Any) -> bool:
    """Return whether a type is of words that it lists."""
    return get_origin(hint) is Literal and all(type(one) is str for one in get_args(hint))


def _simple(hint: Any) -> bool:
    """Return whether a type is of texts, numbers and nothing."""
    if get_origin(hint) in (Union, UnionType):
        return all(map(_simple, get_args(hint)))
    return get_origin(hint) is Literal or hint in (str, bool, int, float, type(None))


def _indented(written: Any, margin: str) -> bytes:
    return indented(encode(written), indent=2).replace(b"\n", f"\n{margin}".encode())
