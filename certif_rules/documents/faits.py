"""What a document prints of a fact: yes, no, a number, by nature, or why nobody knows."""

from __future__ import annotations

from certif_rules.audit.checklist import Checklist
from certif_rules.blocs.typographie import FINE, INSECABLE, clean, prose
from certif_rules.model.organisme import Fait
from certif_rules.rules.contexte import FaitDeclare
from certif_rules.rules.faits import awaited
from certif_rules.rules.trivalent import Trivalent

#: What parts the members of a list whose members may have commas.
SUITE = f"{FINE}; "


def answer(checklist: Checklist, fait: Fait) -> str:
    """Return what a fact is worth, by category where they differ."""
    contexte = checklist.contexte
    declared = contexte.faits.get(fait.id, FaitDeclare())
    if fait.a_invoquer:
        claimed = checklist.invocables.get(fait.id, False)
        return "invoquée" if claimed else "non invoquée"
    answers = {c: _answer(fait, declared, c, values[fait.id]) for c, values in checklist.faits.items()}
    if len(set(answers.values())) == 1:
        return next(iter(answers.values()))
    return SUITE.join(f"{clean(c)}{INSECABLE}: {answer}" for c, answer in answers.items())


def _answer(fait: Fait, declared: FaitDeclare, categorie: str, value: Trivalent) -> str:
    """Return what a fact is worth for one category, and how that is known when nobody said it."""
    number = declared.number(categorie)
    if fait.nombre and number is not None:
        counted = f"{number.replace('.', ',')}{INSECABLE}{prose(fait.nombre.unite)}"
        return f"{counted}, {yes(value)}" if value is not None else f"{counted}, seuil inconnu"
    if value is None:
        return "non renseigné" if awaited(fait) is None else "non renseigné, seuil inconnu"
    if categorie not in declared.par_categorie and any(n.categorie == categorie for n in fait.par_nature):
        return f"{yes(value)}, par nature"
    declared_here = categorie in declared.par_categorie or declared.valeur is not None
    return yes(value) if declared_here else f"{yes(value)}, déduit d’un autre fait"


def yes(value: bool) -> str:
    """Return a truth in French."""
    return "oui" if value else "non"
