"""Compile the French catalogue of click’s messages: the .po that people read to the .mo that gettext reads.

python .ci/catalogue.py
"""

from __future__ import annotations

import ast
import struct
from pathlib import Path

PO = Path(__file__).resolve().parent.parent / "certif_rules/cli/locale/fr/LC_MESSAGES/click.po"
_KEYS = ("msgid_plural", "msgid", "msgstr[0]", "msgstr[1]", "msgstr")


def entries(text: str) -> dict[str, str]:
    """Return the catalogue as gettext keys it: plural forms follow a NUL."""
    found: dict[str, str] = {}
    for block in text.split("\n\n"):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            name, _, rest = line.partition(" ")
            if name in _KEYS:
                key = name
                parts[key] = ast.literal_eval(rest)
            elif line:
                parts[key] += ast.literal_eval(line)
        if "msgid_plural" in parts:
            found["\0".join((parts["msgid"], parts["msgid_plural"]))] = "\0".join(
                (parts["msgstr[0]"], parts["msgstr[1]"])
            )
        elif parts:
            found[parts["msgid"]] = parts["msgstr"]
    return found


def compiled(catalogue: dict[str, str]) -> bytes:
    """Return the bytes of a .mo file (GNU gettext, little-endian, version 0)."""
    pairs = sorted((key.encode(), value.encode()) for key, value in catalogue.items())
    start = 28 + 16 * len(pairs)
    tables: list[bytes] = []
    texts = b""
    for column in (0, 1):
        table = b""
        for pair in pairs:
            table += struct.pack("<II", len(pair[column]), start + len(texts))
            texts += pair[column] + b"\0"
        tables.append(table)
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + tables[0] + tables[1] + texts


if __name__ == "__main__":
    PO.with_suffix(".mo").write_bytes(compiled(entries(PO.read_text(encoding="utf-8"))))
