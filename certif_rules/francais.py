"""What the French language asks of a program: letters without accents, capitals, and nouns in number."""

from __future__ import annotations

import unicodedata
from typing import Literal


def without_accents(text: str, form: Literal["NFD", "NFKD"] = "NFKD") -> str:
    """Return ``text`` with its letters bare; ``form`` NFD leaves ligatures and signs as they are."""
    return "".join(c for c in unicodedata.normalize(form, text) if not unicodedata.combining(c))


def capital(texte: str) -> str:
    """Return ``texte`` with a capital letter first."""
    return texte[:1].upper() + texte[1:]


def noun(number: int, singulier: str, pluriel: str | None = None) -> str:
    """Return a noun in the number it takes; in French 0 and 1 are singular."""
    return singulier if number < 2 else pluriel or singulier + "s"


def count(number: int, singulier: str, pluriel: str | None = None) -> str:
    """Return a number and its noun."""
    return f"{number} {noun(number, singulier, pluriel)}"
