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

import json
from typing import Any, Final

from visites import Visitor

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
    page.wait_for_function("document.activeElement?.name === 'constat'")


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
