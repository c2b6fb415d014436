"""What is known of an audit while its request is being written: nothing raises, what is wrong is by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.certificats import recognised
from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import Dossier
from certif_rules.audit.demande import Demande, from_profile
from certif_rules.audit.precedent import read_precedent
from certif_rules.audit.questions import Question, questions
from certif_rules.echanges.constats import head_as_data
from certif_rules.errors import MANQUE, Issue, IssuesError
from certif_rules.model.organisme import Categorie, Fait
from certif_rules.model.referentiel import Couche, Referentiel, TypeAudit
from certif_rules.plugins.registry import Registry
from certif_rules.rules.faits import awaited
from certif_rules.services.checklist import build, examine, with_texts
from certif_rules.source import schema
from certif_rules.source.entree import FichierDonne

#: What a page posts of a field that nobody filled.
_VIDES: tuple[Any, ...] = (None, "", [], {})


class Ebauche(Struct, frozen=True, kw_only=True):
    """A sketch is what a request gives so far, and what is missing or wrong of it, each with its field.

    ``editions`` are those that it may be about, the oldest first: one alone where the day, or the request,
    chooses it; ``types``, ``categories`` and ``faits`` are those of the last of them, ``faits`` the ones that
    may be answered and are not, ``certificats`` those that count, each with the name that people give it.
    ``referentiel`` is the one in force, where it is known. ``checklist`` and
    ``questions`` are there once nothing is missing nor wrong.
    """

    demande: Demande
    editions: tuple[Couche, ...] = ()
    referentiel: Referentiel | None = None
    types: tuple[TypeAudit, ...] = ()
    categories: tuple[Categorie, ...] = ()
    faits: tuple[Fait, ...] = ()
    certificats: Mapping[str, str] = {}
    checklist: Checklist | None = None
    questions: tuple[Question, ...] = ()
    issues: tuple[Issue, ...] = ()

    def of_field(self, champ: str) -> tuple[Issue, ...]:
        """Return what is missing or wrong of a field, or of a part of it."""
        return tuple(i for i in self.issues if i.champ == champ or i.champ.startswith(f"{champ}."))


def study(registry: Registry, data: Mapping[str, Any]) -> Ebauche:
    """Return what the data of a profile give so far; those of a findings file are read as one.

    A value that no profile may hold is refused, and left aside; the rest is read all the same.
    """
    plain: dict[str, Any] = {"format": 1, "organisme": {}, **_filled(data)}
    wrong: dict[Issue, None] = {}
    while issues := schema.check(plain, "constats" if "constats" in plain else "profil"):
        wrong |= dict.fromkeys(issues)
        smaller = plain
        for issue in issues:
            smaller = _without(smaller, issue.champ.split("."))
        plain = {"format": 1, "organisme": {}, **(smaller if smaller != plain else {})}
    ebauche = study_request(registry, from_profile(plain))
    refused = {issue.champ for issue in wrong}
    lacks = (
        i for i in ebauche.issues if not (i.code == MANQUE and refused & {i.champ, i.champ.partition(".")[0]})
    )
    return replace(ebauche, issues=(*wrong, *lacks))


def study_request(registry: Registry, demande: Demande) -> Ebauche:
    """Return what a request gives so far."""
    recherche, examens = examine(registry, demande)
    issues = recherche.wrong(examens)
    if not recherche.choix:
        return Ebauche(demande=demande, issues=tuple(issues))
    last = recherche.choix[-1].referentiel
    checklist: Checklist | None = None
    asked: tuple[Question, ...] = ()
    if not issues:
        try:
            checklist = build(with_texts(recherche.choix[0], demande), examens[0].contexte)
            asked = questions(checklist.referentiel, examens[0].contexte)
        except IssuesError as error:
            issues += error.issues
    return replace(
        _of_edition(last, demande, recherche.unique),
        editions=tuple(_editions(registry, [r.referentiel for r in recherche.choix])),
        checklist=checklist,
        questions=asked,
        issues=tuple(issues),
    )


def known(checklist: Checklist, demande: Demande) -> Ebauche:
    """Return what the request of a checklist gives, whose questions were asked elsewhere."""
    referentiel = checklist.referentiel
    layers = (retenue.couche for retenue in referentiel.couches)
    return replace(
        _of_edition(referentiel, demande, unique=True),
        editions=tuple(c for c in layers if (c.referentiel, c.nature) == (referentiel.id, "exigence")),
        checklist=checklist,
    )


def earlier(nom: str, contenu: bytes) -> dict[str, Any]:
    """Return what a findings file says of its audit, as « precedent » of the one that follows it.

    Args:
        nom: how the file is called in messages.
        contenu: its bytes, in JSON or YAML.

    Raises:
        DataError: it cannot be read, its schema refuses it, or it leaves a finding to choose.
    """
    demande = Demande(precedent=read_precedent(FichierDonne(nom, contenu)))
    data: dict[str, Any] = head_as_data(Dossier(demande=demande, releves=()))["precedent"]
    return data


def _of_edition(referentiel: Referentiel, demande: Demande, unique: bool) -> Ebauche:
    """Return what there is to choose and to answer in an edition."""
    return Ebauche(
        demande=demande,
        referentiel=referentiel if unique else None,
        types=tuple(t for t in referentiel.types_audit.values() if t.origine == referentiel.id),
        categories=() if referentiel.sans_categories else tuple(referentiel.categories.values()),
        faits=tuple(_unanswered(referentiel, demande)),
        certificats=_certificates(referentiel),
    )


def _filled(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return data without the fields that nobody filled."""
    parts = {k: _filled(v) if isinstance(v, Mapping) else v for k, v in data.items()}
    return {key: value for key, value in parts.items() if value not in _VIDES}


def _without(data: Mapping[str, Any], path: list[str]) -> dict[str, Any]:
    """Return data without the field at ``path``; a list goes whole, as does what has no such field."""
    first, *rest = path
    inside = data.get(first)
    if rest and isinstance(inside, Mapping) and rest[0] in inside:
        return {**data, first: _without(inside, rest)}
    return {key: value for key, value in data.items() if key != first}


def _editions(registry: Registry, referentiels: Iterable[Referentiel]) -> Iterator[Couche]:
    for referentiel in referentiels:
        layers = registry.layers(referentiel.id, "exigence")
        yield from (couche for couche in layers if couche.id == referentiel.edition)


def _certificates(referentiel: Referentiel) -> dict[str, str]:
    """Return the certificates that mean something, each with the name that people give it."""
    titres = {referentiel.id: referentiel.titre} | {e.certificat: e.titre for e in referentiel.equivalences}
    return {nom: titres.get(nom) or referentiel.nom_de(nom) for nom in recognised(referentiel)}


def _unanswered(referentiel: Referentiel, demande: Demande) -> Iterator[Fait]:
    """Yield the facts that may be answered, and of which the request says nothing."""
    answered = {dit.fait for dit in demande.faits if dit.valeur is not None}
    for nom, fait in referentiel.faits.items():
        if nom not in answered and not fait.a_invoquer and awaited(fait) is None:
            yield fait
