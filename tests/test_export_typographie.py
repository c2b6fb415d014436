"""French typography: what it touches, and above all what it leaves alone."""

from datetime import date

import pytest

from certif_rules.blocs.typographie import clean, day, plain, prose


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Oui ; non !", "Oui\u202f; non\u202f!"),
        ("Vraiment?", "Vraiment\u202f?"),
        ("Attention: oui", "Attention\u00a0: oui"),
        ("« mot » et «mot»", "«\u00a0mot\u00a0» et «\u00a0mot\u00a0»"),
        ("10 % de 5 €", "10\u00a0% de 5\u00a0€"),
        ("à 12:30", "à 12:30"),
        ("l'audit d'« A », 5' et 'x'", "l’audit d’«\u00a0A\u00a0», 5' et 'x'"),
        ("https://exemple.invalid/l'a", "https://exemple.invalid/l'a"),
        (
            "« L’audit : « oui » ; œuvre, 5 % »",
            "«\u00a0L’audit\u00a0: «\u00a0oui\u00a0»\u202f; œuvre, 5\u00a0%\u00a0»",
        ),
        ("qualiopi:x;y", "qualiopi:x;y"),
        ("décret n° 2019-565, n°5", "décret n°\u00a02019-565, n°5"),
        ("voir https://exemple.invalid/a?b=1;c:d ; fin", "voir https://exemple.invalid/a?b=1;c:d\u202f; fin"),
        ("sha256:0a1b ?", "sha256:0a1b\u202f?"),
    ],
)
def test_prose(typed: str, printed: str) -> None:
    """A sentence gets French spaces and apostrophes, once."""
    assert prose(typed) == printed
    assert prose(printed) == printed


def test_clean_removes_what_drives_a_terminal() -> None:
    """Control characters go, and private letters stay."""
    assert clean("\x1b[31ma\x07\r\nb\u202ec\u200bd\ud800\u2028e\x9b1m\x85f") == "[31ma  bcd\ufffd e1m f"
    assert clean("a\ufffeb\uffffc\U0001fffed\ue000e") == "a\ufffdb\ufffdc\ufffdd\ue000e"


def test_plain_keeps_only_ordinary_blanks() -> None:
    """Text to be typed again has ordinary blanks alone."""
    assert plain("a\u202f; b\u00a0: c") == "a ; b : c"


def test_day() -> None:
    """A day is written as in French prose, whether it comes as a date or as text."""
    assert day(date(2026, 9, 1)) == "1er\u00a0septembre\u00a02026"
    assert day("2024-01-08") == "8\u00a0janvier\u00a02024"
