"""The screens of the workspace as pictures: a made-up audit, half done, as two people left it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from fenetres import TELEPHONE, chromium, window
from msgspec import Struct
from visites import Visitor, served

#: What was found of lines that the example leaves open: finding, statement, proof.
_CONSTATS: Final = {
    "6": ("conforme", "", "Parcours P-12, séquences 1 à 8"),
    "9": ("conforme", "", "Livret d’accueil v6"),
    "10": ("conforme", "", "Entretiens de suivi, dossiers A-003 et A-017"),
    "11": ("nc_majeure", "L’atteinte des objectifs n’est évaluée pour aucune des sessions vues.", ""),
    "18": ("conforme", "", "Organigramme de mars 2025"),
    "21": ("conforme", "", "Dossiers des formateurs F-01 à F-04"),
    "22": ("conforme", "", "Plan de développement des compétences"),
    "26": ("conforme", "", "Liste des partenaires handicap"),
    "30": ("conforme", "", "Enquêtes à froid, 2e semestre 2024"),
}


#: What somebody else found of a line, without having seen what it says.
_AUTREMENT: Final = {"constat": "nc_majeure", "commentaire": "Aucun résultat n’est daté, et deux sont faux."}


@contextmanager
def _espace(folder: Path, *, deux: bool, **options: Any) -> Iterator[tuple[Any, str]]:
    """Give a window on an audit half done, and its address; where ``deux`` wrote it, a line is to settle."""
    with served(folder / "audits.sqlite3") as (_, address):
        ada, carl = Visitor(address), Visitor(address)
        ada.read("/moi", initiales="A. B.", nom="Ada Bernard")
        root = ada.dossier()
        for line, (finding, words, proof) in _CONSTATS.items():
            said = {"constat": finding, "commentaire": words, "preuve": proof}
            ada.read(f"{root}/saisir?ligne=qualiopi/{line}", base="9999", **said)
        carl.read("/moi", initiales="C. D.", nom="Carl Diaz")
        if deux:
            carl.read(f"{root}/saisir?ligne=qualiopi/2", base="1", **_AUTREMENT)
        with chromium() as browser, window(browser, address, **options) as page:
            yield page, root


class Vue(Struct, frozen=True, kw_only=True):
    """A picture shows a page: which, what is done there first, who wrote the audit, by what window."""

    page: str
    geste: Callable[[Any], None] | None = None
    deux: bool = False
    options: dict[str, Any] = {}

    def __call__(self, target: Path, folder: Path) -> None:
        """Take the picture."""
        with _espace(folder, deux=self.deux, **self.options) as (page, root):
            page.goto(self.page.format(root))
            if self.geste:
                self.geste(page)
            page.screenshot(path=target)


def _answered(page: Any) -> None:
    """Answer a question otherwise, and show what it moves."""
    question = page.get_by_role("group", name=re.compile("sous-traite-t-il"))
    question.get_by_role("radio", name="Oui", exact=True).check()
    page.get_by_role("button", name="Annuler cette correction").wait_for()
    page.get_by_role("heading", name="Questions").scroll_into_view_if_needed()
    page.evaluate("() => document.getElementById('questions').scrollIntoView()")


#: The pictures, by name.
VUES: Final[dict[str, Vue]] = {
    "espace-accueil": Vue(page="/"),
    "espace-preparer": Vue(page="{}/preparer", geste=_answered),
    "espace-ouvrir": Vue(page="{}/ouvrir"),
    "espace-saisir": Vue(page="{}/saisir?ligne=qualiopi/17", deux=True),
    "espace-sombre": Vue(page="{}/saisir?ligne=qualiopi/19", options={"color_scheme": "dark"}),
    "espace-telephone": Vue(page="{}/saisir?ligne=qualiopi/10", options={"viewport": TELEPHONE}),
    "espace-accorder": Vue(page="{}/accorder", deux=True),
    "espace-clore": Vue(page="{}/clore"),
    "espace-suivre": Vue(page="{}/suivre"),
    "espace-documents": Vue(page="{}/documents"),
}
