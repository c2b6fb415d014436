"""What events give, as people read it: the name of a field, its value, in a journal, a history, a choice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import A_EVALUER
from certif_rules.audit.examen import readable_day
from certif_rules.audit.manques import PARTIES, SUIVI
from certif_rules.audit.sites import NOMS
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.mots import RESULTATS_PRECEDENTS, field_name, finding, mode
from certif_rules.journal.etat import VIDES, Champ, Etat
from certif_rules.journal.evenements import Endroit
from certif_rules.web import depot
from certif_rules.web.machine import clock, day_here

#: What the context of an audit asks, as its form, its journal and what is to settle call it.
CONTEXTE: Final[Mapping[str, str]] = {
    "organisme.nom": "organisme",
    "organisme.siren": "SIREN",
    "organisme.nda": "numéro de déclaration d’activité",
    "organisme.chiffre_affaires": "chiffre d’affaires, en euros",
    "organisme.categories": "catégories",
    "organisme.sites": "sites",
    "audit.type": "type d’audit",
    "audit.date": "jour de l’audit",
    "audit.mode": "mode",
    "referentiel.id": "référentiel",
    "referentiel.edition": "édition",
    "referentiel.base": "base",
    "referentiel.guide": "guide de lecture",
    "ajouts.categories": "catégories ajoutées",
    "ajouts.sites": "sites ajoutés",
    "precedent": "audit précédent",
    "certificats": "certificats détenus",
}
#: What is noted in the workspace alone.
_ESPACE: Final[Mapping[str, str]] = {
    "cree_le": "notée le",
    "reference": "référence",
    "quoi": "laquelle",
    "vu_le": "vue le",
    "ecran": "vue à l’écran",
    "detenteur": "qui en garde une copie",
    "garde_jusqu_au": "gardée jusqu’au",
    "demande_le": "demandée le",
    "debut": "début",
    "reponse": "réponse",
    "reglee": "réglée",
    "retire": "retirée",
}
#: The fields that hold a finding, of a line and of a check.
FINDINGS: Final = ("constat", "resultat")
#: The lines that an earlier audit saw.
_VUES: Final = "indicateurs_audites"
#: What a site or a note is called by, in a table of values.
_CLES: Final[Mapping[str, str]] = {
    "id": "nom",
    "edition": "édition",
    "ecarts": "écarts",
    "etiquettes": "étiquettes",
    _VUES: "lignes vues",
    "precedent": "audit précédent",
    "region": "région",
}
#: A line or a check, as files name it: its référentiel, then its number.
_SUJET: Final = re.compile(r"(?:verification:)?[a-z][a-z0-9-]*/([\w.-]+)")
_FAITS: Final = "organisme.faits."
#: Before the identifier of a référentiel, among the words of codes.
_SCHEMA: Final = "referentiel.id="
_LIENS: Final = "ligne."
#: A moment, as events write it: its day, then its hour.
_MOMENT: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\+00:00")


def field_in_words(cle: Endroit, checklist: Checklist | None = None) -> str:
    """Return the name of a field, and its site if it has one; of a fact, its question where it is known."""
    champ = cle.champ
    if champ.startswith(_LIENS):
        return {"piece": "pièce"}.get(cle.genre, cle.genre)
    if champ.startswith(_FAITS):
        fait = checklist.referentiel.faits.get(champ.removeprefix(_FAITS)) if checklist else None
        return prose(fait.question) if fait else field_name(champ.removeprefix(_FAITS))
    last = champ.rpartition(".")[2]
    every = (CONTEXTE, PARTIES) if cle.genre == "tete" else (_ESPACE,)
    word = next((words[champ] for words in (*every, NOMS) if champ in words), None)
    word = word or SUIVI.get(last) or field_name(last)
    return f"{word}, site {clean(cle.site)}" if cle.genre in ("ligne", "verification") and cle.site else word


def in_order(etat: Etat) -> list[tuple[Endroit, Champ]]:
    """Return the fields place by place; of a line, its finding first: what is written of it follows."""
    places = ((replace(cle, champ=""), cle.champ not in FINDINGS, cle) for cle in etat)
    return [(cle, etat[cle]) for _, _, cle in sorted(places)]


def words_of(checklist: Checklist | None) -> Mapping[str, str]:
    """Return what the codes of values mean: findings where the rules are known, people by their key."""
    findings = checklist.referentiel.constats if checklist else ()
    return {
        **(_of_context(checklist) if checklist else {}),
        **RESULTATS_PRECEDENTS,
        **{code: finding(checklist, code) for code in findings if checklist},
        **depot.names(),
        A_EVALUER: "à évaluer",
    }


def _of_context(checklist: Checklist) -> dict[str, str]:
    """Return the words of the codes of a context, each by its field: elsewhere such a code is a text."""
    referentiel = checklist.referentiel
    types = {f"audit.type={one.code}": prose(one.titre) for one in referentiel.types_audit.values()}
    schemes = (*referentiel.origines, *checklist.contexte.certificats)
    return types | {f"{_SCHEMA}{nom}": prose(referentiel.nom_de(nom)) for nom in schemes}


def value_in_words(cle: Endroit, value: Any, words: Mapping[str, str]) -> str:
    """Return a value without the signs of a program: lists, tables, codes, days in words.

    Args:
        cle: where it stands.
        value: what was given there.
        words: those of codes (:func:`words_of`).
    """
    if value in VIDES:
        return "à évaluer" if cle.champ in FINDINGS else "vide"
    if cle.champ == "certificats" and isinstance(value, Mapping):
        value = {words.get(f"{_SCHEMA}{nom}", nom): one for nom, one in value.items()}
    if cle.champ == "audit.mode" and isinstance(value, str):
        return clean(mode(value))
    known = words.get(f"{cle.champ}={value.rpartition('/')[2]}") if isinstance(value, str) else None
    return clean(known or _plainly(value, words))


def _plainly(value: Any, words: Mapping[str, str]) -> str:
    if value in VIDES:
        return "vide"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Mapping):
        parts = (
            (_key(key, words), _plainly([*map(_short, one)] if key == _VUES else one, words))
            for key, one in value.items()
        )
        return " ; ".join(f"{name} : {one}" for name, one in parts)
    if isinstance(value, list):
        return " ; ".join(_plainly(one, words) for one in value)
    return _text(str(value), words)


def _key(key: str, words: Mapping[str, str]) -> str:
    """Return what a value of a table is called: a word, or the number of its line."""
    return words.get(key) or _CLES.get(key) or field_name(_short(key))


def _short(ligne: str) -> str:
    """Return a line by its number alone; any other text as it is."""
    named = _SUJET.fullmatch(ligne)
    return named[1] if named else ligne


def _text(text: str, words: Mapping[str, str]) -> str:
    """Return a day or a moment as people read it, the words of a code, or a text as it is."""
    moment = _MOMENT.fullmatch(text)
    when = readable_day(moment[1] if moment else text)
    if when is None:
        return words.get(text, text)
    return f"{day(day_here(text))}, {clock(text)}" if moment else day(when)
