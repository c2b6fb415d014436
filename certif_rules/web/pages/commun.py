"""What every page of an audit needs: the dossier as it stands, who acts, the frame around the page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from msgspec import Struct

from certif_rules.audit.checklist import Ligne
from certif_rules.audit.conclusion import Bilan
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.mots import SIGNES, cite
from certif_rules.documents.rapport.redaction import referentiel_name
from certif_rules.errors import DataError, Issue
from certif_rules.francais import count
from certif_rules.journal.etat import Etat
from certif_rules.journal.fichier import findings_of
from certif_rules.services.atelier import Atelier, open_atelier
from certif_rules.services.espace import AuditEnCours, open_work
from certif_rules.web import depot, models, personnes
from certif_rules.web.depot import Don
from certif_rules.web.models import Identifiant

#: The steps of an audit, in order: the name of the address, the word.
ETAPES: Final = (
    ("preparer", "Préparer"),
    ("ouvrir", "Ouvrir"),
    ("saisir", "Saisir"),
    ("clore", "Clore"),
    ("suivre", "Suivre"),
)


#: The most digits of a number that a request gives.
_CHIFFRES: Final = 9


class Consultation(Struct, frozen=True):
    """A consultation holds a dossier as it stands: what its journal says, and the audit that this makes."""

    dossier: models.DossierSuivi
    etat: Etat
    chantier: AuditEnCours


@lru_cache(maxsize=1)
def atelier() -> Atelier:
    """Return the référentiels of the installed plugins, opened once."""
    return open_atelier()


def consult(identifiant: Identifiant) -> Consultation:
    """Return a dossier as it stands.

    Raises:
        Http404: there is no such dossier.
        IssuesError: what is said of it cannot be.
    """
    dossier = get_object_or_404(models.DossierSuivi, pk=identifiant)
    etat = depot.standing(identifiant)
    return Consultation(dossier, etat, open_work(atelier().registry, findings_of(etat, depot.names())))


def imagine(identifiant: Identifiant, dons: Iterable[Don]) -> AuditEnCours:
    """Return the audit that these values would make, unwritten.

    Raises:
        IssuesError: it cannot be.
    """
    return open_work(atelier().registry, findings_of(depot.imagined(dons, of=identifiant)))


def give(
    request: HttpRequest,
    identifiant: Identifiant,
    dons: Iterable[Don],
    *,
    suites: Iterable[Don] = (),
    vues: int = 0,
    base: int | None = None,
) -> int:
    """Record what a page posts, as seen from the version that it showed; return the version it makes.

    What the page showed and its reader left as it was says nothing against what others gave meanwhile.

    Args:
        request: what was posted.
        identifiant: the dossier.
        dons: what the page gives.
        suites: what follows from it, drawn by the program from version ``vues``.
        vues: that version.
        base: the version that the values were drawn from, where it is not the one that the page showed.

    Raises:
        DataError: a value that was already shared or closed changes, and no reason is given.
        IssuesError: the audit would not open any more; nothing is recorded.
    """
    raison = request.POST.get("raison", "").strip()
    base = seen(request) if base is None else base
    dons, suites = depot.as_changed(identifiant, dons, base), list(suites)
    if not raison and depot.wants_reason(identifiant, [*dons, *suites]):
        message = "ce qui change a déjà été partagé ou clos : dire pourquoi, dans « Raison »"
        raise DataError([Issue("raison-demandee", message, None)])
    with transaction.atomic():
        version = depot.record(identifiant, dons, actor(request), base=base, raison=raison)
        if suites:
            version = depot.record(identifiant, suites, actor(request), base=vues, raison=raison)
        if any(don.cle.genre == "tete" for don in dons):
            consult(identifiant)  # an audit that does not open any more would never be corrected
    return version


def frame(consultation: Consultation, etape: str) -> dict[str, Any]:
    """Return what is around every page of an audit: whose it is, its steps, what is left."""
    checklist, left = consultation.chantier.checklist, consultation.chantier.restent
    return {
        "dossier": consultation.dossier,
        "etapes": ETAPES,
        "etape": etape,
        "titre_audit": f"{prose(checklist.type_audit.titre)}, le {day(checklist.contexte.date)}",
        "partage": depot.shared_at(consultation.dossier.pk) > 0,
        "a_accorder": to_settle(consultation.etat),
        "reste": count(len(left), "ligne à évaluer", "lignes à évaluer"),
    }


def to_settle(etat: Etat) -> int:
    """Return of how many fields people said otherwise, and nobody chose: the conclusion waits for them.

    What was done twice was done: nobody chooses between two acts.
    """
    return sum(champ.a_accorder and cle.genre != "acte" for cle, champ in etat.items())


def line_in_words(ligne: Ligne) -> dict[str, Any]:
    """Return a line as pages list it: number, title, state and reasons."""
    return {
        "id": ligne.indicateur.id,
        "numero": clean(ligne.indicateur.numero),
        "titre": prose(ligne.indicateur.titre or ligne.indicateur.exigence or "texte absent de la source"),
        "signe": SIGNES[ligne.etat],
        "motifs": [prose(motif.texte) for motif in ligne.motifs],
    }


def resting(texte: str, sources: tuple[str, ...]) -> str:
    """Return a text of the rules, what it rests on after it."""
    return f"{prose(texte)} {cite(sources)}" if sources else prose(texte)


def conclusions_in_words(bilan: Bilan) -> list[dict[str, Any]]:
    """Return what the rules give, by référentiel, with the reasons that say more than the conclusion."""
    return [
        {
            "objet": referentiel_name(bilan.checklist.referentiel, one.objet),
            "texte": prose(one.texte),
            "motifs": [prose(motif.texte) for motif in one.motifs if motif.texte != one.texte],
        }
        for one in bilan.conclusions
    ]


def in_words(issues: Iterable[Issue]) -> list[str]:
    """Return faults as sentences, without the words of the command line."""
    return [clean(issue.message) for issue in issues]


def actor(request: HttpRequest) -> str:
    """Return the key of who acts: the person that this browser chose; accounts will say it."""
    return personnes.acting(personnes.remembered(request.COOKIES)).cle


def seen(request: HttpRequest) -> int:
    """Return the version of the dossier that the page showed."""
    return whole(request.POST.get("base", "")) or 0


def whole(text: str) -> int | None:
    """Return the whole number that a request gives, as big as a version can be; nothing where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _CHIFFRES else None


def as_shown(consultation: Consultation, version: int) -> Etat:
    """Return the dossier as the page showed it, so that only what it changes is given."""
    if version >= consultation.dossier.version:
        return consultation.etat
    identifiant = consultation.dossier.pk
    before = depot.reverted(identifiant, version, consultation.dossier.version)
    return depot.imagined(before, of=identifiant)


def go(nom: str, identifiant: Identifiant | None = None, **query: str) -> HttpResponse:
    """Return the way to a page, of a dossier or not."""
    address = reverse(nom, args=[identifiant] if identifiant else [])
    asked = QueryDict(mutable=True)
    asked.update(query)
    return HttpResponseRedirect(f"{address}?{asked.urlencode(safe='/')}" if query else address)


def go_near(nom: str, identifiant: Identifiant, ancre: str) -> HttpResponse:
    """Return the way to a place of a page of a dossier."""
    return HttpResponseRedirect(f"{reverse(nom, args=[identifiant])}#{ancre}")
