"""The keys, the clicks and the times of the workspace, counted in Chromium, by row and over a whole audit.

    uv run --group navigateur python benchmarks/gestes.py [--court]

A key is one press, whatever is held with it (Ctrl+Entrée is one); a click is one. Text that is typed is not
counted: a spreadsheet asks for the same. Times are those of the machine, without the hand or the eyes. Counts
are exact: a gesture more than ``SEUILS`` says fails. ``--court`` leaves the whole audit out.

Of our own XLSX, for the same 32-line audit, what is counted is what an auditor does in a spreadsheet: a key
each time a visible cell is left for the next one (Tab; Entrée goes back to the first column, one row down), a
key to open a choice (Alt+↓), one a rank (↓), one to take it (Entrée), one for today (Ctrl+;). Each line is
signed and dated as it is assessed, as the page does by itself. To correct a fact, which no workbook can,
counts nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from fenetres import chromium, window
from visites import Visitor, served

#: What a row may cost: keys, clicks; nothing where it is not done so.
SEUILS: Final[dict[str, tuple[int | None, int | None]]] = {
    "conforme, preuve connue": (4, 3),
    "conforme, référence nouvelle": (4, 3),
    "mineure avec son énoncé": (3, 3),
    "ligne suivante": (1, 1),
    "trouver la ligne 26": (4, 1),
    "corriger un fait": (8, 3),
    "préparer la surveillance": (None, 4),
    "du dernier constat à la fiche de clôture": (None, 3),
}
#: A proof that is noted already.
CONNUE: Final = "Livret d’accueil v6"
#: The p95 of a move to the next line, in seconds, on an idle machine: printed, and never a test.
SUIVANTE: Final = 0.100


class Gestes:
    """These hands press keys and click on a page, and count."""

    def __init__(self, page: Any) -> None:
        self.page, self.touches, self.clics = page, 0, 0

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.touches += 1

    def write(self, text: str) -> None:
        """Type a text, which is not counted."""
        self.page.keyboard.type(text)

    def click(self, target: Any) -> None:
        """Click on something."""
        target.click()
        self.clics += 1


def profile(categories: tuple[str, ...] = ("CFA",), day: str = "2024-03-18") -> str:
    """Return the profile of a made-up organisation whose 32 lines are due."""
    facts = ("certifiante", "alternance", "situation_travail", "sous_traitance", "plus_de_deux_jours")
    return json.dumps(
        {
            "format": 1,
            "referentiel": "qualiopi",
            "audit": {"type": "initial", "date": day, "mode": "sur_site"},
            "organisme": {
                "nom": "Organisme d’exemple",
                "categories": list(categories),
                "faits": dict.fromkeys(facts, True) | {"nouvel_entrant": False},
            },
        }
    )


def begun(address: str) -> str:
    """Return the address of an audit begun, with one proof known already."""
    visitor = Visitor(address)
    root = visitor.send("/reprendre", "profil.json", profile()).rpartition("/")[0]
    visitor.read(
        f"{root}/preuves", base="1", genre="preuve", reference="Livret d’accueil v6", vu_le="2024-03-18"
    )
    return root


def at(page: Any, root: str, code: str) -> None:
    """Show a line, the focus on its findings."""
    page.goto(f"{root}/saisir?ligne=qualiopi/{code}")
    page.wait_for_function("() => document.activeElement?.name === 'constat'")


def shows(page: Any, code: str) -> None:
    """Wait until another line is shown, the focus on its findings.

    Raises:
        TimeoutError: it never is.
    """
    page.wait_for_function(
        "code => document.getElementById('constat')?.dataset.ligne === `qualiopi/${code}`"
        " && document.activeElement?.name === 'constat'",
        arg=code,
    )


# ---- one function a row, by keys and by clicks ------------------------------------------------------------


def conforming(hands: Gestes, root: str, reference: str, code: str, *, keys: bool) -> None:
    """Record a line as conforming, with a proof: a few letters of a known one, or a new one."""
    page, known = hands.page, CONNUE
    at(page, root, code)
    if keys:
        hands.press("1", "Tab")
    else:
        hands.click(page.get_by_role("radio", name="Conforme"))
    hands.write(reference)
    if not known.startswith(reference):
        hands.press("Control+Enter") if keys else hands.click(_next(page))
    elif keys:
        hands.press("Enter", "Control+Enter")
    else:
        hands.click(page.get_by_role("option", name=known))
        hands.click(_next(page))
    shows(page, str(int(code) + 1))


def minor(hands: Gestes, root: str, code: str, *, keys: bool) -> None:
    """Record a minor gap and its statement."""
    at(hands.page, root, code)
    if keys:
        hands.press("2", "Tab")
    else:
        hands.click(hands.page.get_by_role("radio", name="mineure"))
    hands.write("Deux tarifs sur cinq ne sont pas publiés.")
    hands.press("Control+Enter") if keys else hands.click(_next(hands.page))
    shows(hands.page, str(int(code) + 1))


def skip(hands: Gestes, root: str, code: str, *, keys: bool) -> None:
    """Go to the next line."""
    at(hands.page, root, code)
    hands.press("Alt+ArrowDown") if keys else hands.click(hands.page.get_by_role("button", name="Passer"))
    shows(hands.page, str(int(code) + 1))


def find(hands: Gestes, root: str, code: str, *, keys: bool) -> None:
    """Go to a line by its number."""
    at(hands.page, root, "1")
    if keys:
        hands.press("Control+k", *code, "Enter")
    else:
        hands.click(hands.page.get_by_role("navigation", name="Lignes").get_by_role("link", name=f"{code},"))
    shows(hands.page, code)


def _next(page: Any) -> Any:
    return page.get_by_role("button", name="Enregistrer et suivante")


# ---- a whole audit: 32 lines, three minors, one major, one fact corrected ---------------------------------

MINEURES: Final = {"2", "9", "17"}
ECARTS: Final = MINEURES | {"11"}
ENONCE: Final = "Deux tarifs sur cinq ne sont pas publiés."


def audit(hands: Gestes, root: str) -> dict[str, str]:
    """Do a whole audit by the keyboard, and return what it recorded, line by line."""
    page = hands.page
    at(page, root, "1")
    for rank in range(1, 33):
        code = str(rank)
        # Line 11 knows one gravity only: its second choice is a major.
        hands.press("2" if code in ECARTS else "1", "Tab")
        if code in ECARTS:
            hands.write(ENONCE)
            hands.press("Tab")
        # One line in four shows a proof that is known: three letters, and Entrée takes it.
        hands.write("Liv" if rank % 4 == 0 else f"Pièce {code}")
        hands.press(*(("Enter",) if rank % 4 == 0 else ()), "Control+Enter")
        if rank < 32:
            shows(page, str(rank + 1))
    page.wait_for_function("() => document.getElementById('quoi').innerText.includes('0 ligne')")
    return recorded(page, root)


def recorded(page: Any, root: str) -> dict[str, str]:
    """Return the finding of each line of the exported file."""
    data = page.request.get(f"{root}/fichiers/constats.json").json()
    return {one["id"].rpartition("/")[2]: one["constat"] for one in data["constats"]}


def in_a_workbook(folder: Path) -> int:
    """Return the keys that the same audit takes in our own XLSX, by the rule above."""
    from openpyxl import load_workbook

    asked, book = folder / "profil.json", folder / "grille.xlsx"
    asked.write_text(profile(), encoding="utf-8")
    command = [sys.executable, "-m", "certif_rules", "checklist", "--profil", asked, "-o", book]
    subprocess.run([*map(str, command)], check=True, capture_output=True)
    sheet = load_workbook(book)["Grille"]
    heads = [cell.value for cell in sheet[1] if not sheet.column_dimensions[cell.column_letter].hidden]
    ranks = {name: heads.index(name) for name in ("Constat", "Preuves vues", "Commentaire", "Évalué le")}
    choices = [one.value for one in load_workbook(book)["Listes"]["A"]]
    keys = 0
    for row in range(2, sheet.max_row + 1):
        code = str(sheet.cell(row, 2).value)
        words = "mineure" if code in MINEURES else "majeure" if code in ECARTS else "Conforme"
        rank = next(n for n, one in enumerate(dict.fromkeys(choices), 1) if one and words in one)
        keys += 2 + rank  # the choice: opened, gone down, taken
        keys += ranks["Évalué le"] - ranks["Constat"]  # every visible cell up to the day, statement included
        keys += 2  # today, and back to the next row
    return keys
