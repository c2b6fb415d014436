"""The screens of the workspace as pictures: a made-up audit, half done, as two people left it."""

from __future__ import annotations

import json
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
def _espace(
    folder: Path, *, deux: bool, avant: Callable[[Visitor, str], None] | None, **options: Any
) -> Iterator[tuple[Any, str]]:
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
        if avant:
            avant(ada, root)
        with chromium() as browser, window(browser, address, **options) as page:
            yield page, root


class Vue(Struct, frozen=True, kw_only=True):
    """A picture shows a page: which, what is recorded or done there first, who wrote it, by what window."""

    page: str
    avant: Callable[[Visitor, str], None] | None = None
    geste: Callable[[Any], None] | None = None
    deux: bool = False
    options: dict[str, Any] = {}

    def __call__(self, target: Path, folder: Path) -> None:
        """Take the picture."""
        with _espace(folder, deux=self.deux, avant=self.avant, **self.options) as (page, root):
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


def _to_review(ada: Visitor, root: str) -> None:
    """Send the audit to be read again, for a committee."""
    ada.read(f"{root}/transmettre", base="9999", comite="2025-06-12")


def _planned(ada: Visitor, root: str) -> None:
    """Plan a day: two meetings, two slots of lines."""
    for objet, debut, fin, site, who, lines in (
        ("ouverture", "09:00", "09:30", "Siège", "A. B., C. D.", ()),
        ("audit", "09:30", "12:00", "Siège", "A. B.", ("1", "2", "4", "5", "6", "9", "10", "11")),
        ("audit", "13:30", "16:00", "Annexe", "C. D.", ("17", "18", "19", "21", "22", "26", "30")),
        ("cloture", "16:30", "17:00", "Siège", "A. B., C. D.", ()),
    ):
        slot = {"jour": "2025-05-13", "debut": debut, "fin": fin, "site": site, "mode": "sur site"}
        ada.read(
            f"{root}/plan",
            base="9999",
            quoi="creneau",
            objet=objet,
            auditeurs=who,
            **slot,
            lignes=[f"qualiopi/{line}" for line in lines],
        )


def _assessed(ada: Visitor, root: str) -> None:
    """Give two self-assessments, the second a little better."""
    for name, levels in (("fevrier.json", (1, 2, 1, 0, 2, 1)), ("avril.json", (2, 2, 2, 1, 3, 2))):
        answers = [
            {"id": f"qualiopi/{line}", "niveau": levels[line % len(levels)]}
            for line in range(1, 33)
            if line != 27  # no subcontracting here
        ]
        given = {"format": 1, "referentiel": "qualiopi", "reponses": answers}
        ada.send(f"{root}/autodiagnostic", name, json.dumps(given))


def _followed(ada: Visitor, root: str) -> None:
    """Record what the organisation answers to its gravest gap."""
    followed = {
        "ecart.causes": "L’évaluation finale n’était demandée qu’aux apprentis.",
        "ecart.correction": "Évaluations faites pour les deux sessions en cours.",
        "ecart.action_corrective": "Une évaluation est jointe à chaque attestation.",
        "ecart.plan_recu_le": "2025-05-27",
    }
    ada.read(f"{root}/ecarts?ligne=qualiopi/11", base="9999", **followed)


def _scored(page: Any) -> None:
    """Go down to the scores, past the ways to give a file."""
    page.evaluate("() => document.querySelector('.trace').scrollIntoView()")


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
    "ecran-nouveau": Vue(page="/nouveau?referentiel=qualiopi"),
    "ecran-relire": Vue(page="/a-relire", avant=_to_review),
    "ecran-echeances": Vue(page="/echeances"),
    "ecran-moi": Vue(page="/moi"),
    "ecran-duree": Vue(page="{}/duree"),
    "ecran-plan": Vue(page="{}/plan", avant=_planned),
    "ecran-ligne": Vue(page="{}/ligne?ligne=qualiopi/17"),
    "ecran-preuves": Vue(page="{}/preuves"),
    "ecran-textes": Vue(page="{}/textes"),
    "ecran-damier": Vue(page="{}/damier", options={"viewport": TELEPHONE}),
    "ecran-ecarts": Vue(page="{}/ecarts", avant=_followed),
    "ecran-manques": Vue(page="{}/manques"),
    "ecran-autodiagnostic": Vue(page="{}/autodiagnostic", avant=_assessed, geste=_scored),
    "ecran-suivant": Vue(page="{}/suivant"),
    "ecran-journal": Vue(page="{}/journal"),
}
