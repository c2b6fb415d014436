"""The templates of plugins: real files, whose few words to replace are marked, filled for one plugin.

A template is a folder of ``certif_rules/modeles/`` laid over ``socle/``. What stands between « # >>> name »
and « # <<< » is repeated, once for each thing of that name; a file where nothing is repeated is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from certif_rules.source.conforme import schema_path

#: Where the templates are, in the package.
_FOLDER: Final = Path(__file__).parent.parent / "modeles"
_SOCLE: Final = "socle"
#: What a template is named for where its true name would make a module of it.
_DISGUISED: Final = ".py.txt"
_BLOCK: Final = re.compile(r"^# >>> (?P<nom>\w+)\n(?P<corps>.*?)^# <<<\n", re.MULTILINE | re.DOTALL)
_EDITOR: Final = re.compile(
    r"^# yaml-language-server: \$schema=\S*?(?P<nom>\w+)\.schema\.json$", re.MULTILINE
)
_REF: Final = re.compile(r'"(\w+)\.schema\.json#')
#: The schemas of the files that an author adds to what a template begins.
_TO_ADD: Final = (
    "guide", "vie", "cascalendrier", "casdossier", "casduree", "casechantillon", "casautodiagnostic",
)  # fmt: skip

#: Words and what replaces them; those of one thing that is repeated.
Mots = Mapping[str, str]


class Brut(str):
    """This text replaces a word as it is: it is YAML already written."""

    __slots__ = ()


def fill(modele: str, mots: Mots, choses: Mapping[str, Sequence[Mots]]) -> dict[str, bytes]:
    """Return the files of a plugin by path, the schemas that editors check them with among them.

    Args:
        modele: the name of a template.
        mots: what replaces its words, in the texts and in the paths.
        choses: for each name of a block, the words of each thing to repeat it for.
    """
    texts: dict[str, str] = {}
    for folder in (_FOLDER / _SOCLE, _FOLDER / modele):
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            text = path.read_text(encoding="utf-8")
            blocks = _BLOCK.findall(text)
            if blocks and not any(choses.get(nom) for nom, _ in blocks):
                continue
            name = _replaced(path.relative_to(folder).as_posix(), mots).replace(_DISGUISED, ".py")
            texts[name] = _text(text, mots, choses, quoted=path.suffix != ".md")
    files = {name: text.encode("utf-8") for name, text in texts.items()}
    return {**files, **_schemas(texts.values())}


def _text(text: str, mots: Mots, choses: Mapping[str, Sequence[Mots]], *, quoted: bool) -> str:
    def repeated(block: re.Match[str]) -> str:
        return "".join(_replaced(block["corps"], own, quoted=True) for own in choses.get(block["nom"], ()))

    return _replaced(_BLOCK.sub(repeated, text), mots, quoted=quoted)


def _replaced(text: str, mots: Mots, *, quoted: bool = False) -> str:
    """Return a text with its words replaced, longest first; a comment that is one of them is whole lines.

    Where ``quoted``, what goes between quotes is escaped as JSON, YAML, TOML and Python all read it.
    """
    for mot in sorted(mots, key=len, reverse=True):
        value = mots[mot]
        if isinstance(value, Brut):
            whole = value.replace("\\", r"\\")  # what a pattern is replaced with has escapes of its own
            text = re.sub(rf"^ *# {re.escape(mot)}\n", whole, text, flags=re.MULTILINE)
        text = text.replace(mot, _escaped(value) if quoted and not isinstance(value, Brut) else value)
    return text


def _escaped(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _schemas(texts: Iterable[str]) -> dict[str, bytes]:
    """Return the schemas that the files name or that an author may need, with what these refer to."""
    left = {*_TO_ADD, *(match["nom"] for text in texts for match in _EDITOR.finditer(text))}
    files: dict[str, bytes] = {}
    while left:
        nom = left.pop()
        path = schema_path(nom)
        content = path.read_text(encoding="utf-8")
        files[f"schemas/{path.name}"] = content.encode("utf-8")
        left |= {other for other in _REF.findall(content) if f"schemas/{other}.schema.json" not in files}
    return files


# ---- what is written in YAML ------------------------------------------------------------------------------


def listed(values: Iterable[str]) -> Brut:
    """Return values as the inside of a list."""
    return Brut(", ".join(json.dumps(value, ensure_ascii=False) for value in values))


def keys(indent: str, values: Mapping[str, Any]) -> Brut:
    """Return keys on a line each; one that says nothing is left out."""
    held = {cle: value for cle, value in values.items() if value}
    return Brut("".join(f"{indent}{cle}: {json.dumps(v, ensure_ascii=False)}\n" for cle, v in held.items()))


def comment(indent: str, lines: Iterable[str]) -> Brut:
    """Return lines as comments."""
    return Brut("".join(f"{indent}# {line}\n" for line in lines))
