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
from collections.abc import Callable
from functools import partial
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
#: The whole audit takes at most this part of what our own XLSX asks.
MOITIE: Final = 0.5


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


def profile(*, sous_traitance: bool = True) -> str:
    """Return the profile of a made-up organisation: 32 lines are due, or 31 where it hands nothing on."""
    facts = ("certifiante", "alternance", "situation_travail", "plus_de_deux_jours")
    return json.dumps(
        {
            "format": 1,
            "referentiel": "qualiopi",
            "audit": {"type": "initial", "date": "2024-03-18", "mode": "sur_site"},
            "organisme": {
                "nom": "Organisme d’exemple",
                "categories": ["CFA"],
                "faits": dict.fromkeys(facts, True)
                | {"nouvel_entrant": False, "sous_traitance": sous_traitance},
            },
        }
    )


def begun(address: str, *, sous_traitance: bool = True) -> str:
    """Return the address of an audit begun, with one proof known already."""
    visitor = Visitor(address)
    asked = profile(sous_traitance=sous_traitance)
    root = visitor.send("/reprendre", "profil.json", asked).rpartition("/")[0]
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
        lines = hands.page.get_by_role("navigation", name="Lignes")
        hands.click(lines.get_by_role("button", name=f"{code},"))
    shows(hands.page, code)


def correct(hands: Gestes, root: str, code: str, answer: str, *, keys: bool) -> None:
    """Answer a question otherwise, from a line; what it moves is told, and can be undone."""
    page = hands.page
    at(page, root, code)
    if keys:
        hands.press("Control+k")
        hands.write("sous-traite-t")
        hands.press("Enter")
        page.wait_for_url("**/preparer**")
        hands.press("Tab", "ArrowRight" if answer == "Non" else "ArrowLeft")
    else:
        hands.click(page.get_by_role("link", name="Préparer"))
        question = page.get_by_role("group", name="sous-traite-t-il")
        hands.click(question.get_by_role("radio", name=answer, exact=True))
    page.get_by_role("button", name="Annuler cette correction").wait_for()
    page.get_by_text("aucun constat perdu").first.wait_for()


def sheet(hands: Gestes, root: str, *, keys: bool) -> None:  # noqa: ARG001 - by clicks alone
    """Record the last finding, then show the sheet of the closing meeting."""
    page = hands.page
    page.goto(f"{root}/saisir?ligne=qualiopi/32")
    hands.click(_next(page))
    hands.click(_step(page, "Clore"))
    hands.click(page.get_by_role("link", name="Fiche de la réunion de clôture"))
    page.wait_for_url("**/cloture.html**")
    page.get_by_text(ENONCE).first.wait_for()


def surveil(hands: Gestes, root: str, *, keys: bool) -> None:  # noqa: ARG001 - by clicks alone
    """Prepare the surveillance of the year after; see there what the earlier audit found, in its words."""
    page = hands.page
    page.goto(f"{root}/saisir")
    hands.click(_step(page, "Suivre"))
    hands.click(page.get_by_role("link", name="Préparer la surveillance"))
    page.get_by_label("Jour de l’audit").fill("2025-09-15")
    hands.click(page.get_by_role("button", name="Préparer la surveillance"))
    page.wait_for_url(lambda url: root not in url)
    hands.click(_step(page, "Saisir"))
    after = page.url.partition("/saisir")[0]
    for code in ECARTS:
        page.goto(f"{after}/saisir?ligne=qualiopi/{code}")
        page.get_by_label("Pour juger").get_by_text(ENONCE).wait_for()


def moves(page: Any, root: str, count: int = 60) -> list[float]:
    """Return the seconds from each key that goes on to the next line, until its findings have the focus."""
    taken = []
    page.goto(f"{root}/saisir?ligne=qualiopi/1")
    for rank in range(count):
        if rank % 30 == 0:
            at(page, root, "1")
        page.evaluate(_MONTRE)
        page.keyboard.press("Alt+ArrowDown")
        taken.append(float(page.evaluate("() => window.montre")) / 1000)
    return taken


#: A promise of the milliseconds from the next key to the next page that is shown.
_MONTRE: Final = """() => { window.montre = new Promise((done) => {
  document.addEventListener("keydown", () => {
    const start = performance.now();
    document.addEventListener("montre", () => done(performance.now() - start), { once: true });
  }, { once: true, capture: true });
}); }"""


def _step(page: Any, name: str) -> Any:
    return page.get_by_role("navigation", name="Étapes").get_by_role("link", name=name)


def _next(page: Any) -> Any:
    return page.get_by_role("button", name="Enregistrer et suivante")


# ---- a whole audit: 32 lines, three minors, one major, one fact corrected ---------------------------------

MINEURES: Final = {"2", "9", "17"}
ECARTS: Final = MINEURES | {"11"}
#: The line after which a fact is corrected.
FAIT_APRES: Final = 20
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
        if rank == FAIT_APRES:
            correct(hands, root, str(rank + 1), "Oui", keys=True)
            page.go_back()
            hands.touches += 1  # Alt+←, which the browser takes for itself
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


def counted() -> dict[str, Callable[..., None]]:
    """Return what is counted: by its name, what does it, by keys or by clicks."""
    return {
        "conforme, preuve connue": partial(conforming, reference=CONNUE[:3], code="3"),
        "conforme, référence nouvelle": partial(conforming, reference="Convention C-14", code="5"),
        "mineure avec son énoncé": partial(minor, code="8"),
        "ligne suivante": partial(skip, code="10"),
        "trouver la ligne 26": partial(find, code="26"),
    }


def main(arguments: list[str]) -> int:
    """Count, print, and return 1 where a row costs more than it may.

    Raises:
        AssertionError: a page failed on the way, or did not record what was done.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--court", action="store_true", help="sans l’audit entier")
    options = parser.parse_args(arguments)
    over = False
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "audits.sqlite3") as (_, address),
        chromium() as browser,
        window(browser, address) as page,
    ):
        root = begun(address)
        for name, do in counted().items():
            over |= row(page, root, name, do)
        for answer, keys in (("Non", True), ("Oui", False)):
            over |= row(page, root, "corriger un fait", partial(correct, code="7", answer=answer), keys=keys)
        if not options.court:
            over |= whole(page, begun(address, sous_traitance=False), Path(folder))
    return int(over)


def row(page: Any, root: str, name: str, do: Callable[..., None], keys: bool | None = None) -> bool:
    """Print what a row costs by keys, by clicks, or both; return whether that is too much."""
    most, over = SEUILS[name], False
    for by_keys in (True, False) if keys is None else (keys,):
        hands, begin = Gestes(page), time.perf_counter()
        do(hands, root, keys=by_keys)
        cost, limit = (hands.touches, most[0]) if by_keys else (hands.clics, most[1])
        words = "touches" if by_keys else "clics"
        late = "" if limit is None or cost <= limit else "  TROP"
        print(f"{name:42} {cost:4} {words:8} (au plus {limit}) {time.perf_counter() - begin:6.2f} s{late}")
        over |= bool(late)
    return over


def whole(page: Any, root: str, folder: Path) -> bool:
    """Print what a whole audit costs, here and in our own XLSX; return whether it is more than half."""
    hands, begin = Gestes(page), time.perf_counter()
    done = audit(hands, root)
    assert [code for code, found in done.items() if found == "nc_mineure"] == sorted(MINEURES, key=int)
    assert [code for code, found in done.items() if found == "nc_majeure"] == [*(ECARTS - MINEURES)]
    book = in_a_workbook(folder)
    seconds = time.perf_counter() - begin
    print(
        f"audit de {len(done)} lignes : {hands.touches} touches, {seconds:.0f} s ; dans notre XLSX : {book}"
    )
    late = statistics.quantiles(moves(page, root), n=20)[-1]
    print(f"ligne suivante, focus compris : p95 {late * 1000:.0f} ms (100 sur une machine au repos)")
    over = hands.touches > MOITIE * book
    for name, do in {
        "du dernier constat à la fiche de clôture": sheet,
        "préparer la surveillance": surveil,
    }.items():
        over |= row(page, root, name, do, keys=False)
    return over


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
