"""What pages post, as values of fields: nothing is judged here, the services do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.http import QueryDict

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.examen import refusal
from certif_rules.journal.evenements import Endroit
from certif_rules.source import schema
from certif_rules.source.donnees import read_given
from certif_rules.web.depot import Don

#: What a radio button says of a fact.
_REPONSES: Mapping[str, bool | None] = {"oui": True, "non": False, "inconnu": None}


def asked(post: QueryDict) -> Iterator[Don]:
    """Yield what the page of a new audit says."""
    yield Don(Endroit("tete", "referentiel.id"), post.get("referentiel", ""))
    yield Don(Endroit("tete", "audit.type"), post.get("type", ""))
    yield Don(Endroit("tete", "audit.date"), post.get("date", ""))
    yield Don(Endroit("tete", "organisme.nom"), post.get("nom", "").strip())
    if categories := post.getlist("categories"):
        yield Don(Endroit("tete", "organisme.categories"), categories)


def answered(post: QueryDict, checklist: Checklist) -> Iterator[Don]:
    """Yield what the page of questions says of the facts it showed."""
    for nom, fait in checklist.referentiel.faits.items():
        given = post.get(f"fait.{nom}")
        if given is None:
            continue
        value: Any = _REPONSES.get(given, given.strip() or None) if fait.nombre else _REPONSES.get(given)
        yield Don(Endroit("tete", f"organisme.faits.{nom}"), value)


def assessed(post: QueryDict, ligne: str) -> Iterator[Don]:
    """Yield what the page of a line says of it."""
    for champ in ("constat", "commentaire", "ecart.causes", "appui"):
        if champ in post:
            yield Don(Endroit("ligne", champ, ligne), post.get(champ, "").strip() or None)
    if "preuves_vues" in post:
        lines = [text.strip() for text in post.get("preuves_vues", "").splitlines()]
        yield Don(Endroit("ligne", "preuves_vues", ligne), [text for text in lines if text] or None)


def taken(nom: str, content: bytes) -> Mapping[str, Any]:
    """Return the data of a file that was sent, a profile or findings.

    Raises:
        DataError: it cannot be read, or its schema refuses it.
    """
    data = read_given(Path(nom), content=content)
    kind = "constats" if "constats" in data else "profil"
    if issues := schema.check(data, kind):
        raise refusal(issues)
    return data
