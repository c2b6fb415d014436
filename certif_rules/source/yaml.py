"""YAML text → plain data that remembers where each key and value was written.

The only module that knows ruamel. It walks the parser's *events*, the one place where a tag, an anchor
or a directive still carries its mark, and types scalars itself: quoted or block is text; plain ``true``,
``false``, ``null`` and decimal integers are what they say; anything else is text. What YAML should not do
in a référentiel (anchors, tags, two documents, number-like text…) is refused with its place. A profile is
read leniently: people may write a date or a code without quotes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from certif_rules.errors import DataError, Issue, Location, first_of
from certif_rules.source.entree import CONTROL, decoded

#: Deepest nesting accepted: a référentiel needs seven levels.
MAX_DEPTH = 30
#: Most problems of one text that are listed.
TOLD = 200

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_NUMBER_LIKE = re.compile(
    r"[-+]?(0[xob][0-9a-f_]+|\.?[0-9][0-9_]*([.:][0-9_]*)*(e[-+]?[0-9]+)?|\.(inf|nan)|\._+)", re.IGNORECASE
)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_SWITCH = re.compile(r"yes|no|on|off|y|n|true|false|null", re.IGNORECASE)
_LONGEST_SWITCH = len("false")
_LITERALS = {"true": True, "false": False, "null": None, "~": None, "": None}
_COMMENT = re.compile(r"[ \t]*+#")
_NUMBER_STARTS = frozenset("+-.0123456789")
_PAIR = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)

_SYNTAX = {
    "mapping values are not allowed": "un « : » inattendu : mettre le texte entre guillemets",
    "did not find expected key": "une clé était attendue : vérifier le retrait, ici et au-dessus",
    "did not find expected '-'": "un tiret « - » était attendu : vérifier le retrait",
    "could not find expected ':'": "un « : » manque après la clé",
    "did not find expected ',' or ']'": "il manque une virgule, des guillemets, ou le crochet fermant « ] »",
    "did not find expected ',' or '}'": "il manque une virgule, des guillemets, ou l’accolade fermante « } »",
    "cannot start any token": "une valeur ne commence pas ainsi : guillemets, ou espaces pour le retrait",
    "unexpected end of stream": "un guillemet ouvert n’est pas fermé",
    "unknown escape": "une séquence « \\ » inconnue : doubler la barre, ou employer des guillemets simples",
    "undefined tag handle": "une étiquette « ! » n’est pas admise",
    "unexpected document indicator": "un séparateur « --- » ou « ... » est mal placé",
    "invalid Unicode character": "une séquence « \\ » ne désigne pas un caractère",
    "block sequence entries are not allowed": "une liste à tirets commence sur sa propre ligne",
    "did not find expected node content": "une valeur était attendue",
    "did not find expected <document start>": "du texte suit la fin du document",
}


class PlacedDict(dict[str, Any]):
    """A mapping knows its file, where it starts, and where each key and value stands."""

    __slots__ = ("file", "keys_at", "start", "values_at")

    def __init__(self, file: str, start: tuple[int, int]) -> None:
        super().__init__()
        self.file = file
        self.start = start
        self.keys_at: dict[str, tuple[int, int]] = {}
        self.values_at: dict[str, tuple[int, int]] = {}


class PlacedList(list[Any]):
    """A list knows its file, where it starts, and where each item stands."""

    __slots__ = ("file", "items_at", "start")

    def __init__(self, file: str, start: tuple[int, int]) -> None:
        super().__init__()
        self.file = file
        self.start = start
        self.items_at: list[tuple[int, int]] = []


def place(node: Any, key: str | int | None = None, *, of_key: bool = False) -> Location:
    """Return where ``node`` starts, or where its item ``key`` stands (the key itself with ``of_key``).

    Falls back to the start of ``node`` for a key it does not have: the place where it is missing.
    """
    at = node.start
    if isinstance(node, PlacedDict) and key in node:
        at = (node.keys_at if of_key else node.values_at)[str(key)]
    elif isinstance(node, PlacedList) and isinstance(key, int):
        at = node.items_at[key]
    return Location(node.file, *at)


def read_bytes(content: bytes, name: str, *, strict: bool = True) -> PlacedDict:
    """Return as :func:`read`, from bytes: UTF-8, with or without a byte-order mark."""
    return read(decoded(content, name), name, strict=strict)


def control_character(character: str, where: Location) -> Issue:
    """Return what is wrong of a character that no text holds."""
    message = f"le caractère invisible U+{ord(character):04X} n’est pas admis"
    return Issue("caractere-de-controle", message, where, "le supprimer")


def too_deep(where: Location) -> Issue:
    """Return what is wrong of more levels than any of our files has."""
    return Issue("trop-profond", f"plus de {MAX_DEPTH} niveaux imbriqués", where)


def key_twice(table: PlacedDict, key: str, at: tuple[int, int]) -> Issue:
    """Return what is wrong of a key written at ``at``, which ``table`` has already."""
    first = (Location(table.file, *table.keys_at[key]), "première apparition")
    message = CONTROL.sub("\ufffd", f"la clé « {key} » est en double")
    return Issue("cle-en-double", message, Location(table.file, *at), None, (first,))


def read(text: str, name: str, *, strict: bool = True) -> PlacedDict:
    """Return the mapping of a YAML document: ``PlacedDict``, ``PlacedList``, text, int, bool, ``None``.

    Args:
        text: the document.
        name: what to call it in messages.
        strict: refuse what could surprise (référentiel data); otherwise only what is dangerous (profiles).

    Raises:
        DataError: every refusal found, up to the first error of syntax, which ends the reading.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not strict and "\\ud" in text.lower():
        text = _PAIR.sub(_joined, text)
    composer = _Composer(name, text, strict=strict)
    composer.run()
    if composer.issues or composer.root is None:
        raise DataError(first_of(composer.issues, TOLD))
    return composer.root


def _joined(pair: re.Match[str]) -> str:
    """Return the character that JSON writes as two halves, which YAML does not know how to join."""
    high, low = (int(half, 16) for half in pair.groups())
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def events(text: str) -> Iterator[Any]:
    """Yield the events of the C parser, without the loader that ruamel builds around it."""
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # re-exported without saying so

    return iter(CParser(text).get_event, None)


class _Composer:
    """It builds the data from the events, with an explicit stack: no input can exhaust the interpreter's."""

    def __init__(self, name: str, text: str, *, strict: bool) -> None:
        self.name = name
        self.strict = strict
        self.text = text
        self.issues: list[Issue] = []
        self.root: PlacedDict | None = None
        self._lines: list[str] | None = None
        self._stack: list[PlacedDict | PlacedList] = []
        self._keys: list[tuple[str, tuple[int, int]] | None] = []
        self._documents = 0

    def run(self) -> None:
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        control = CONTROL.search(self.text)
        if control:
            before = self.text[: control.start()]
            self._control(control.group(), (before.count("\n") + 1, len(before) - before.rfind("\n")))
            return
        try:
            for event in events(self.text):
                if not self._handle(event):
                    return
        except MarkedYAMLError as error:
            self._syntax(error.problem_mark, error.context_mark, str(error.problem))
        except (YAMLError, ValueError, IndexError) as error:
            self._syntax(None, None, str(error))
        except RecursionError:
            self._too_deep((0, 0))
        if not self._documents and not self.issues:
            self._refuse("fichier-vide", (1, 1), "le fichier ne contient aucune donnée")

    def _handle(self, event: Any) -> bool:
        """Take one event; false when reading must stop."""
        kind = event.__class__.__name__
        mark = event.start_mark
        at = (mark.line + 1, mark.column + 1)
        if kind == "ScalarEvent":
            self._marks(event, at)
            self._scalar(event, at)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            if len(self._stack) >= MAX_DEPTH:
                self._too_deep(at)
                return False
            self._marks(event, at)
            node = (PlacedDict if kind == "MappingStartEvent" else PlacedList)(self.name, at)
            self._add(node, at)
            self._stack.append(node)
            self._keys.append(None)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._stack.pop()
            self._keys.pop()
        elif kind == "AliasEvent":
            self._refuse("alias", at, f"l’alias « *{event.anchor} » n’est pas admis", "recopier la valeur")
            self._add(None, at)
        elif kind == "DocumentStartEvent":
            return self._document(event, at)
        return True

    def _document(self, event: Any, at: tuple[int, int]) -> bool:
        self._documents += 1
        if event.version is not None or event.tags:
            self._refuse("directive", at, "une directive « % » n’est pas admise", "la supprimer")
        if self._documents > 1:
            self._refuse(
                "plusieurs-documents", at, "un seul document par fichier", "supprimer la ligne « --- »"
            )
            return False
        return True

    def _marks(self, event: Any, at: tuple[int, int]) -> None:
        if event.anchor is not None:
            self._refuse(
                "ancre", at, f"l’ancre « &{event.anchor} » n’est pas admise", "écrire la valeur en clair"
            )
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse("etiquette", at, f"l’étiquette « {tag} » n’est pas admise", "la supprimer")

    def _scalar(self, event: Any, at: tuple[int, int]) -> None:
        text: str = event.value
        plain = not event.style
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        if event.style == '"':
            # Escapes are the one way in: raw control characters were looked for in the whole text.
            text = text if self.strict else text.replace("\r\n", "\n")
            control = CONTROL.search(text)
            if control:
                self._control(control.group(), at)
        if self._expects_key():
            self._key(text, at, plain=plain)
            return
        value = self._typed(text, at) if plain else text
        if plain and self.strict and isinstance(value, str):
            if event.end_mark.line != event.start_mark.line:
                hint = "l’écrire dans un bloc « >- » ou entre guillemets, ou corriger le retrait de la suite"
                self._refuse("texte-sur-deux-lignes", at, "un texte sans guillemets continue plus bas", hint)
            if "#" in self.text:
                self._comment_after(event)
        self._add(value, at)

    def _expects_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1], PlacedDict) and self._keys[-1] is None

    def _key(self, text: str, at: tuple[int, int], *, plain: bool) -> None:
        table = self._stack[-1]
        assert isinstance(table, PlacedDict)
        if plain and text == "<<":
            self._refuse("fusion", at, "la clé de fusion « << » n’est pas admise", "recopier les clés")
        elif plain and self.strict and not isinstance(self._typed(text, at), str):
            self._refuse("cle-non-texte", at, f"la clé « {text} » doit être un texte", f'écrire "{text}"')
        if text in table:
            self.issues.append(key_twice(table, text, at))
        self._keys[-1] = (text, at)

    def _add(self, value: Any, at: tuple[int, int]) -> None:
        if not self._stack:
            if isinstance(value, PlacedDict):
                self.root = value
            else:
                hint = "écrire « clé: valeur »"
                self._refuse("type-inattendu", at, "le fichier doit être un dictionnaire", hint)
            return
        parent = self._stack[-1]
        if isinstance(parent, PlacedList):
            parent.append(value)
            parent.items_at.append(at)
            return
        pending = self._keys[-1]
        if pending is None:
            self._refuse("cle-non-texte", at, "une clé doit être un texte simple")
            self._keys[-1] = ("", at)
            return
        key, key_at = pending
        parent[key] = value
        parent.keys_at[key] = key_at
        parent.values_at[key] = at
        self._keys[-1] = None

    def _typed(self, text: str, at: tuple[int, int]) -> Any:
        if text in _LITERALS:
            return _LITERALS[text]
        if text[0] not in _NUMBER_STARTS:
            if self.strict and len(text) <= _LONGEST_SWITCH and _SWITCH.fullmatch(text):
                message = f"« {text} » peut se lire comme un texte ou comme vrai/faux"
                self._refuse("booleen-ambigu", at, message, f'écrire true, false, null, ou "{text}"')
            return text
        if _INTEGER.fullmatch(text):
            return int(text)
        if self.strict:
            if _DATE.fullmatch(text):
                self._refuse(
                    "date-sans-guillemets", at, f"la date {text} est sans guillemets", f'écrire "{text}"'
                )
            elif _NUMBER_LIKE.fullmatch(text):
                shown = text if len(text) <= 30 else text[:30] + "…"
                message = f"« {shown} » ressemble à un nombre que YAML lirait autrement"
                decimal = " : un nombre à virgule s’écrit ainsi" if _DECIMAL.fullmatch(text) else ""
                self._refuse("nombre-ambigu", at, message, f'écrire "{shown}", entre guillemets{decimal}')
        return text

    def _comment_after(self, event: Any) -> None:
        """Refuse a comment after unquoted text: perhaps the end of the text, cut in silence by YAML."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        mark = event.end_mark
        if _COMMENT.match(self._lines[mark.line], mark.column):
            at = (mark.line + 1, mark.column + 1)
            hint = "mettre le texte entre guillemets, ou le commentaire sur sa propre ligne"
            self._refuse("texte-coupe", at, "« # » coupe un texte sans guillemets", hint)

    def _syntax(self, mark: Any, context: Any, problem: str) -> None:
        """Keep an error of syntax where it was seen, or where what is not finished began."""
        unfinished = "could not find expected ':'" in problem or (mark and mark.index >= len(self.text))
        mark = context if context and unfinished else mark
        at = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        known = (french for english, french in _SYNTAX.items() if english in problem)
        self._refuse("syntaxe", at, next(known, "la syntaxe YAML est incorrecte à cet endroit"))

    def _control(self, character: str, at: tuple[int, int]) -> None:
        self.issues.append(control_character(character, Location(self.name, *at)))

    def _too_deep(self, at: tuple[int, int]) -> None:
        self.issues.append(too_deep(Location(self.name, *at)))

    def _refuse(self, code: str, at: tuple[int, int], message: str, hint: str | None = None) -> None:
        # What is quoted may hold what a terminal would obey.
        hint = hint and CONTROL.sub("\ufffd", hint)
        self.issues.append(Issue(code, CONTROL.sub("\ufffd", message), Location(self.name, *at), hint))
