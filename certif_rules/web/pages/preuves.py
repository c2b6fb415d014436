"""Proofs, papers asked for, notes: noted once, tied to several lines or to none yet; and their page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.errors import DataError, Issue
from certif_rules.journal.annexes import JOURS, Annexe, annexes, tie
from certif_rules.journal.evenements import Endroit, Genre
from certif_rules.noms import cle as folded
from certif_rules.services.espace import AuditEnCours
from certif_rules.web import depot
from certif_rules.web.depot import Don
from certif_rules.web.machine import clock, day_here, identifier, now, today
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import Consultation, consult, frame, give, go, whole
from certif_rules.web.pages.lignes import named_by, number_of


class Registre(Struct, frozen=True, kw_only=True):
    """A register lists the things of a kind: what the page calls them, their fields and their labels."""

    genre: Genre
    titre: str
    vide: str
    ajouter: str
    champs: Mapping[str, str]


RUBRIQUES: Final = (
    Registre(
        genre="preuve",
        titre="Preuves",
        vide="Aucune preuve n’est notée.",
        ajouter="Ajouter une preuve",
        champs={
            "reference": "Référence",
            "vu_le": "Vue le",
            "initiales": "Initiales de la personne",
            "echantillon": "Échantillon",
            "site": "Site",
            "ecran": "Vue à l’écran",
            "detenteur": "Qui en garde une copie",
            "garde_jusqu_au": "Jusqu’au",
        },
    ),
    Registre(
        genre="piece",
        titre="Pièces demandées",
        vide="Aucune pièce n’est demandée.",
        ajouter="Demander une pièce",
        champs={"quoi": "Quoi", "a_qui": "À qui", "demande_le": "Demandée le", "recu_le": "Reçue le"},
    ),
    Registre(
        genre="note",
        titre="Notes",
        vide="Aucune note.",
        ajouter="Noter",
        champs={"texte": "Note"},
    ),
)
#: What is ticked rather than typed.
_COCHES: Final = frozenset({"ecran"})


# ---- what the page of a line posts ----------------------------------------------------------------------


def begun(genre: Genre, champs: Mapping[str, Any], *lignes: str) -> Iterator[Don]:
    """Yield a new thing: what it says, when it was noted, the lines that it is tied to."""
    name = identifier()
    given = {**champs, "cree_le": now()}
    yield from (Don(Endroit(genre, champ, name), value) for champ, value in given.items() if value)
    yield from (Don(tie(genre, name, ligne), True) for ligne in lignes)


def tied_by(post: QueryDict, consultation: Consultation, nom: str) -> Iterator[Don]:
    """Yield the proofs that a page ties to a line, or unties; an unknown reference is a new proof."""
    known = {folded(str(one.get("reference"))): one for one in annexes(consultation.etat, "preuve")}
    ids = {one.id for one in known.values()}
    yield from (
        Don(tie("preuve", one, nom), True)
        for one in post.getlist("lier")
        if one in ids - {post.get("delier")}
    )
    typed = [*post.getlist("nouvelle"), post.get("preuve", "")]
    for reference in dict.fromkeys(clean(text) for text in typed if text.strip()):
        if folded(reference) in known:
            yield Don(tie("preuve", known[folded(reference)].id, nom), True)
        else:
            yield from begun("preuve", {"reference": reference, "vu_le": _day_of(consultation)}, nom)
    if "delier" in post:
        yield Don(tie("preuve", str(post["delier"]), nom), None)


def _day_of(consultation: Consultation) -> str | None:
    """Return today where the audit is today; else nobody knows yet when a proof was seen."""
    seances = consultation.chantier.dossier.compte_rendu.seances or ()
    days = {consultation.chantier.checklist.contexte.date.isoformat(), *(str(one.date) for one in seances)}
    return today() if today() in days else None


# ---- the page -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def list_proofs(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show every proof, paper and note with its lines; add one, correct it, tie it, remove it."""
    consultation = consult(identifiant)
    fautes: list[Issue] = []
    if request.method == "POST":
        dons, fautes = asked_of(request.POST, consultation)
        if not fautes:
            try:
                give(request, identifiant, dons)
            except DataError as error:
                fautes = list(error.issues)
            else:
                return go("preuves", identifiant)
    context = {
        **frame(consultation, "saisir"),
        "rubriques": [
            _listed(one, consultation, request.POST if fautes else None, fautes) for one in RUBRIQUES
        ],
        "fautes": [prose(one.message) for one in fautes if not one.champ],
    }
    return render(request, "preuves.html", context, status=422 if fautes else 200)


def asked_of(post: QueryDict, consultation: Consultation) -> tuple[list[Don], list[Issue]]:
    """Return what the page posts of one thing, new or known, and what is wrong of it, by field."""
    rubrique = next((one for one in RUBRIQUES if one.genre == post.get("genre")), None)
    name = post.get("id", "")
    known = {one.id: one for one in annexes(consultation.etat, rubrique.genre)} if rubrique else {}
    if rubrique is None or (name and name not in known):
        return [], [
            Issue("saisie-inconnue", "elle a été retirée entre-temps, ou n’est pas de cet audit", None)
        ]
    gesture = _gesture(post, consultation, rubrique.genre, name)
    if gesture is not None:
        return gesture, []
    fautes: list[Issue] = []
    values = {
        champ: _value(post, champ, label, fautes)
        for champ, label in rubrique.champs.items()
        if champ in post or champ in _COCHES
    }
    undecided = set(known[name].a_accorder) if name else set()
    first = next(iter(rubrique.champs))
    if not values.get(first) and first not in undecided:
        message = f"il manque : {rubrique.champs[first].lower()}"
        fautes.append(Issue("information-manquante", message, None, champ=first))
    lines = list(_lines(post, consultation.chantier, fautes))
    if not name:
        return list(begun(rubrique.genre, values, *lines)), fautes
    given = [(champ, value) for champ, value in values.items() if value or champ not in undecided]
    dons = [Don(Endroit(rubrique.genre, champ, name), value) for champ, value in given]
    return [*dons, *(Don(tie(rubrique.genre, name, ligne), True) for ligne in lines)], fautes


def _gesture(post: QueryDict, consultation: Consultation, genre: Genre, name: str) -> list[Don] | None:
    """Return what one press asks of a known thing: to remove it, to untie it, to keep one of two values."""
    if "retirer" in post:
        return [Don(Endroit(genre, "retire", name), True)]
    if "delier" in post:
        return [Don(tie(genre, name, str(post["delier"])), None)]
    if "accord" not in post:
        return None
    champ, _, rank = str(post["accord"]).partition("|")
    cle = Endroit(genre, champ, name)
    versions = consultation.etat[cle].versions if cle in consultation.etat else ()
    chosen = whole(rank)
    return [Don(cle, versions[chosen].valeur)] if chosen is not None and chosen < len(versions) else []


def _value(post: QueryDict, champ: str, label: str, fautes: list[Issue]) -> Any:
    """Return the value of a field; a day that is none is a fault."""
    text = post.get(champ, "").strip()
    if champ in _COCHES:
        return True if champ in post else None
    if text and champ in JOURS:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            message = f"« {label} » : « {clean(text)} » n’est pas un jour (AAAA-MM-JJ)"
            fautes.append(Issue("date-invalide", message, None, champ=champ))
    return text or None


def _lines(post: QueryDict, chantier: AuditEnCours, fautes: list[Issue]) -> Iterator[str]:
    """Yield the lines that were typed by number, between commas; one that nobody knows is a fault."""
    for number in filter(None, (text.strip() for text in post.get("lignes", "").split(","))):
        ligne = next(named_by(chantier, number), None)
        if ligne is None:
            fautes.append(Issue("ligne-inconnue", f"aucune ligne « {clean(number)} »", None, champ="lignes"))
        else:
            yield ligne


def _listed(
    rubrique: Registre, consultation: Consultation, post: QueryDict | None, fautes: list[Issue]
) -> dict[str, Any]:
    """Return the things of a kind, each with its fields and its lines, and the form of a new one."""
    things = list(annexes(consultation.etat, rubrique.genre))
    posted = post if post is not None and post.get("genre") == rubrique.genre else None
    name = posted.get("id", "") if posted is not None else ""
    return {
        "genre": rubrique.genre,
        "titre": rubrique.titre,
        "vide": rubrique.vide,
        "ajouter": rubrique.ajouter,
        "choses": [
            _thing(rubrique, one, consultation, posted if one.id == name else None, fautes) for one in things
        ],
        "champs": _fields(rubrique, None, posted if not name else None, fautes),
        "ouvert": posted is not None and not name,
    }


def _thing(
    rubrique: Registre, one: Annexe, consultation: Consultation, post: QueryDict | None, fautes: list[Issue]
) -> dict[str, Any]:
    """Return a thing as the page lists it, and its form."""
    first = next(iter(rubrique.champs))
    created = str(one.get("cree_le") or "")
    names = depot.names() if one.a_accorder else {}
    return {
        "id": one.id,
        "nom": clean(str(one.get(first) or "à accorder")),
        "detail": [
            prose(f"{label} : {value}") if champ not in _COCHES else label
            for champ, label in rubrique.champs.items()
            if champ != first and (value := one.get(champ))
        ],
        "cree": f"{day(day_here(created))} à {clock(created)}" if created else "",
        "champs": _fields(rubrique, one, post, fautes),
        "lignes": [(ligne, number_of(consultation.chantier, ligne)) for ligne in one.lignes],
        "ouvert": post is not None or bool(one.a_accorder),
        "accords": [
            {
                "champ": rubrique.champs.get(champ, champ),
                "valeurs": [
                    (f"{champ}|{rank}", clean(str(v.valeur or "vide")), names.get(v.acteur) or "sans nom")
                    for rank, v in enumerate(one.champs[champ].versions)
                ],
            }
            for champ in one.a_accorder
        ],
    }


def _fields(
    rubrique: Registre, one: Annexe | None, post: QueryDict | None, fautes: list[Issue]
) -> list[dict[str, Any]]:
    """Return the fields of a form: what was typed, with its fault, else what stands."""
    labels = {**rubrique.champs, "lignes": "Lier à des lignes, par leurs numéros"}
    return [
        {
            "nom": champ,
            "intitule": label,
            "genre": "case" if champ in _COCHES else "jour" if champ in JOURS else "texte",
            "valeur": post.get(champ, "") if post is not None else (one.get(champ) if one else "") or "",
            "faute": ", ".join(prose(f.message) for f in fautes if f.champ == champ and post is not None),
        }
        for champ, label in labels.items()
    ]
