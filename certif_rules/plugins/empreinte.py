"""Digests: SHA-256 of canonical JSON (sorted keys, NFC, UTF-8), the same on any machine.

Places, paths and package versions take no part in it: same rules, same digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from certif_rules.model.base import PLACES, Regle
from certif_rules.model.jugement import Aggravation, Decision, Mesure, SelonType
from certif_rules.model.organisme import Vocabulaire
from certif_rules.model.personnes import Conservation, DonneesSensibles

#: What says how a layer came to be, not what it rules.
_OF_ITS_MAKING = frozenset({"revisions", "brouillon"})
#: Places say where, not what.
_LEFT_OUT = PLACES | _OF_ITS_MAKING
#: Fields that enter a digest only where they say something: digests were printed before them.
_WHERE_TRUE = frozenset(
    {
        "lecture",
        "incoherences",
        "si",
        "issu_de",
        "equivalences",
        "sinon_selon",
        "distinctions",
        "depuis",
        "lignee",
        "edition",
        "moyenne_de",
        "minimum_de",
        "poids",
        "chaque",
        "constats_par_site",
        "implicite",
        "vocabulaire",
        "nombre",
    }
)
_WORDS = Vocabulaire()
#: The rules that could be a reading from the start: ``lecture`` always enters their digest.
_READINGS = (Regle, Mesure, Decision, Aggravation, DonneesSensibles, Conservation)
#: What was given audit types after digests were printed; ``types`` always enters the digest of the others.
_TYPED_LATER = frozenset({"types"})


def digest(data: Any) -> str:
    """Return ``sha256:…`` of plain data (mappings, sequences, texts, numbers, booleans) or of the model.

    Of a resolved référentiel, it is what ``empreinte`` means on every document.
    """
    # What is compiled keeps its digest, and needs none of it; hashlib loads OpenSSL.
    import json
    import unicodedata
    from hashlib import sha256

    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return "sha256:" + sha256(unicodedata.normalize("NFC", text).encode("utf-8")).hexdigest()


def _plain(value: Struct) -> dict[str, Any]:
    """Return a node of the model as a mapping of the fields that carry meaning."""
    where_true = _WHERE_TRUE - {"lecture"} if isinstance(value, _READINGS) else _WHERE_TRUE
    if isinstance(value, SelonType):
        where_true |= _TYPED_LATER
    entries = ((name, getattr(value, name)) for name in value.__struct_fields__ if name not in _LEFT_OUT)
    return {name: held for name, held in entries if name not in where_true or (held and held != _WORDS)}


def digest_of_layer(header: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    """Return digest of a layer as written: its header less the revisions, which declare it, and its body."""
    return digest({"couche": {k: v for k, v in header.items() if k not in _OF_ITS_MAKING}, "corps": body})


def digest_of_life(header: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    """Return digest of what a layer says around the audit, with the names that make it that layer's."""
    return digest({"couche": [header["referentiel"], header["nature"], header["id"]], "vie": body})
