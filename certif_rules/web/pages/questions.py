"""The facts asked of an organisation: what the page shows of each, and what it says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.http import QueryDict

from certif_rules.audit.checklist import Checklist, elsewhere
from certif_rules.audit.questions import Question, lines_of
from certif_rules.blocs.typographie import clean, prose
from certif_rules.documents.faits import answer
from certif_rules.errors import Issue
from certif_rules.journal.etat import Etat
from certif_rules.journal.evenements import Endroit
from certif_rules.model.organisme import Fait, Nombre
from certif_rules.rules.faits import awaited, nature_of
from certif_rules.services.espace import AuditEnCours
from certif_rules.source.donnees import as_truth
from certif_rules.web.depot import Don
from certif_rules.web.pages.commun import resting
from certif_rules.web.pages.contexte import fault_texts

#: What a radio button says of a fact; « selon » is an answer for each category.
_REPONSES: Final[Mapping[str, bool | None]] = {"oui": True, "non": False, "inconnu": None}
SELON: Final = "selon"
INCONNU: Final = "inconnu"
_BOUTONS: Final = (("oui", "Oui"), ("non", "Non"), ("inconnu", "Je ne sais pas"))
_SELON: Final = (*_BOUTONS, (SELON, "Selon la catégorie"))
#: A derogation is claimed or not: nobody asks whether it would be.
_INVOQUEE: Final = (("oui", "Invoquée"), ("inconnu", "Non invoquée"))
_COMPARAISONS: Final = {
    "au_moins": "à partir de", "plus_de": "au-delà de", "au_plus": "jusqu’à", "moins_de": "au-dessous de"
}  # fmt: skip
_EFFETS: Final = {"etat": "change", "categories": "change, selon la catégorie,", "textes": "précise"}


def place(nom: str) -> Endroit:
    """Return where it is said what a fact is."""
    return Endroit("tete", f"organisme.faits.{nom}")


def answered(post: QueryDict, chantier: AuditEnCours, shown: Etat) -> Iterator[Don]:
    """Yield what the page of questions changes of what it showed."""
    checklist = chantier.checklist
    for nom, fait in checklist.referentiel.faits.items():
        given = post.get(f"fait.{nom}")
        if given is None:
            continue
        before = _typed(shown[place(nom)].valeur if place(nom) in shown else None)
        after: dict[str, Any] = {"tout": given.strip() or INCONNU, "parts": {}}
        if after["tout"] == SELON:
            parts = dict.fromkeys(_parts(checklist, fait), _all(before)) | before["parts"]
            after["parts"] = {
                c: post.get(f"fait.{nom}@{c}", one).strip() or INCONNU for c, one in parts.items()
            }
            before["parts"] = parts
        if after != before:
            yield Don(place(nom), _value(after))


def _value(answers: Mapping[str, Any]) -> Any:
    """Return what a file says of these answers."""
    if answers["tout"] == SELON:
        return {c: _REPONSES.get(one, one or None) for c, one in answers["parts"].items()}
    return _REPONSES.get(answers["tout"], answers["tout"] or None)


def _typed(value: Any) -> dict[str, Any]:
    """Return what the page shows of what a file says of a fact: one answer, or one a category."""
    if isinstance(value, Mapping):
        return {"tout": SELON, "parts": {str(c): _word(one) for c, one in value.items()}}
    return {"tout": _word(value), "parts": {}}


def _word(value: Any) -> str:
    value = as_truth(value)
    if value is None or isinstance(value, bool):
        return {True: "oui", False: "non", None: INCONNU}[value]
    return str(value).replace(".", ",")


def _all(before: Mapping[str, Any]) -> str:
    """Return what a category begins with: the answer that was for all of them."""
    return INCONNU if before["tout"] == SELON else str(before["tout"])


def _parts(checklist: Checklist, fait: Fait) -> list[str]:
    """Return the categories for which a fact is asked one by one: several, where its nature says nothing."""
    asked = [c for c in checklist.contexte.categories if nature_of(fait, c) is None]
    return asked if len(checklist.contexte.categories) > 1 and not fait.a_invoquer else []


def facts_in_words(
    chantier: AuditEnCours, etat: Etat, issues: Sequence[Issue] = (), typed: QueryDict | None = None
) -> list[dict[str, Any]]:
    """Return the facts for their page: question, answers, what they change, what is wrong of them."""
    checklist = chantier.checklist
    asked = {question.fait.id: question for question in chantier.questions}
    shown = []
    for nom, fait in checklist.referentiel.faits.items():
        if elsewhere(checklist, fait):
            continue
        champ = etat.get(place(nom))
        answers = _typed(champ.valeur if champ else None)
        if typed is not None and f"fait.{nom}" in typed:
            parts = {c: one for c in checklist.contexte.categories if (one := typed.get(f"fait.{nom}@{c}"))}
            answers = {"tout": typed[f"fait.{nom}"], "parts": parts}
        shown.append(
            {
                "id": nom,
                "question": prose(fait.question),
                "note": prose(fait.note or ""),
                "sources": [clean(source) for source in fait.sources],
                "retenu": answer(checklist, fait),
                "natures": [
                    resting(f"{n.categorie} : {n.texte}", n.sources)
                    for n in fait.par_nature
                    if n.categorie in checklist.contexte.categories
                ],
                "change": _changes(asked[nom], checklist) if nom in asked else [],
                "fautes": fault_texts(i for i in issues if f"{i.champ}.".startswith(f"{place(nom).champ}.")),
                "accord": [_word(v.valeur) for v in champ.versions] if champ and champ.a_accorder else [],
                **_fields(checklist, fait, answers),
            }
        )
    return shown


def _fields(checklist: Checklist, fait: Fait, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the buttons of a fact, or its place for a number; then those of each category."""
    chosen, number = answers["tout"], fait.nombre is not None
    parts = dict.fromkeys(_parts(checklist, fait), _all(answers)) | answers["parts"]
    each = [{"code": c, "valeur": "" if number and one == INCONNU else one} for c, one in parts.items()]
    buttons = _INVOQUEE if fait.a_invoquer else _SELON if parts else _BOUTONS
    return {
        "nombre": number,
        "unite": prose(fait.nombre.unite) if fait.nombre else "",
        "seuil": _threshold(fait, fait.nombre) if fait.nombre else "",
        "valeur": "" if number and chosen in (INCONNU, SELON) else chosen,
        "selon": chosen == SELON,
        "boutons": buttons,
        "parts": each,
        "choix": _BOUTONS,
    }


def _threshold(fait: Fait, nombre: Nombre) -> str:
    """Return the threshold of a number, or that nobody knows it and that nothing is drawn from the number."""
    waited = awaited(fait)
    if waited is not None:
        return prose(f"Seuil inconnu : {waited}. Le nombre est gardé, rien n’en est déduit.")
    seuil = str(nombre.seuil).replace(".", ",")
    return prose(f"Seuil : {_COMPARAISONS[nombre.comparaison]} {seuil} {nombre.unite}.")


def _changes(question: Question, checklist: Checklist) -> list[str]:
    """Return what an answer may change, line by line: their state, for whom, what stands beside."""
    return [
        f"{_EFFETS[effet]} {', '.join(clean(line.numero) for line in lines)}"
        for effet, lines in lines_of(question, checklist.referentiel)
    ]
