"""Ouvrir: what the organisation confirms, and the sample, drawn and revealed here alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from certif_rules.audit.examen import readable_day
from certif_rules.audit.plan import site_ids
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.mots import SIGNES
from certif_rules.errors import Issue, IssuesError, UsageError
from certif_rules.francais import capital, count
from certif_rules.journal.annexes import tie
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import findings_of
from certif_rules.services.ouverture import Confirmation, Ouverture, confirmations, opening
from certif_rules.services.population import Population, listed_sites, parse_population
from certif_rules.services.tirage import next_name, sample_of
from certif_rules.vie.echantillon import DemandeTirage
from certif_rules.web.depot import Don
from certif_rules.web.machine import drawn, now
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import (
    Consultation,
    atelier,
    consult,
    frame,
    give,
    go,
    line_in_words,
    whole,
)
from certif_rules.web.pages.contexte import fault_texts

#: The length of what identifies a confirmation, and the most numbers that stand for names.
_COURT, _NOMBRES = 9, 10_000
_ECHANTILLONS: Final = Endroit("tete", "echantillons")


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show what is to confirm and the samples; record what the organisation says, draw a sample."""
    consultation = consult(identifiant)
    if request.method == "GET":
        return render(request, "ouvrir.html", _page(consultation))
    faults: list[Issue] = []
    try:
        dons = list(_given(request, consultation, faults))
        if not faults:
            give(request, identifiant, dons)
    except IssuesError as error:
        faults += error.issues
    if faults:
        return render(request, "ouvrir.html", _page(consultation, faults, request.POST), status=422)
    return go("ouvrir", identifiant)


def _given(request: HttpRequest, consultation: Consultation, faults: list[Issue]) -> Iterator[Don]:
    post, quoi = request.POST, request.POST.get("quoi")
    if quoi == "confirmer":
        yield from confirmed(post, opening(consultation.chantier.checklist, consultation.etat), faults)
    elif quoi == "retirer":
        known = (confirmation.id for confirmation in confirmations(consultation.etat))
        yield from (
            Don(Endroit("confirmation", "retire", one), True)
            for one in known
            if one == post.get("confirmation")
        )
    elif quoi == "tirer":
        entry = _drawn(request, consultation)
        yield Don(_ECHANTILLONS, [*_samples(consultation), entry])
    elif quoi == "retirer-echantillon":
        left = [one for one in _samples(consultation) if str(one["id"]) != post.get("echantillon")]
        yield Don(_ECHANTILLONS, left or None)


def confirmed(post: QueryDict, ouverture: Ouverture, faults: list[Issue]) -> Iterator[Don]:
    """Yield what the organisation says of the lines ticked, of one alone, or of all that are left."""
    known = {ligne.indicateur.id for ligne, _ in ouverture.lignes}
    ticked: Sequence[str] = post.getlist("lignes")
    if "une" in post:
        ticked = [post["une"]] if isinstance(post["une"], str) else []
    elif "toutes" in post:
        ticked = ouverture.restent
    lines = [ligne for ligne in ticked if ligne in known]
    perimeter = "perimetre" in post and "une" not in post
    qui, le = post.get("qui", "").strip(), post.get("le", "").strip()
    if not qui:
        message = "il manque qui le dit, par sa fonction ou ses initiales"
        faults.append(Issue("information-manquante", message, None, champ="qui"))
    if readable_day(le) is None:
        message = f"« {le} » n’est pas un jour" if le else "il manque le jour"
        faults.append(Issue("date-invalide", message, None, "écrire AAAA-MM-JJ", champ="le"))
    if not lines and not perimeter:
        message = "rien n’est coché : cocher le périmètre, ou une ligne"
        faults.append(Issue("information-manquante", message, None, champ="lignes"))
    identifiant = drawn()[:_COURT]
    confirmation = {
        "cree_le": now(),
        "qui": qui,
        "le": le,
        "paroles": post.get("paroles", "").strip(),
        "accord": post.get("accord") != "non",
        "perimetre": ouverture.perimetre if perimeter else "",
    }
    yield from (Don(Endroit("confirmation", nom, identifiant), value) for nom, value in confirmation.items())
    yield from (Don(tie("confirmation", identifiant, ligne), True) for ligne in lines)


# ---- the sample ----------------------------------------------------------------------------------------


def _samples(consultation: Consultation) -> list[Mapping[str, Any]]:
    return list(findings_of(consultation.etat).get("echantillons") or ())


def _drawn(request: HttpRequest, consultation: Consultation) -> Mapping[str, Any]:
    """Return the sample that the page asks for; its seed is drawn now.

    Raises:
        UsageError, DataError: nothing can be drawn so.
    """
    post, chantier = request.POST, consultation.chantier
    names = [str(one["id"]) for one in _samples(consultation)]
    nom = post.get("nom", "").strip() or next_name(names)
    if nom in names:
        message = f"un échantillon s’appelle déjà « {nom} »"
        raise UsageError([Issue("echantillon-en-double", message, None, "en changer un", champ="nom")])
    sites = post.get("objet") == "sites"
    depuis = None if sites else _since(consultation) if "depuis" in post else None
    population = _population(request, consultation, sites=sites, depuis=depuis)
    asked = DemandeTirage(
        objet="sites" if sites else "dossiers",
        population=population.noms,
        anterieurs=population.anterieurs,
        taille=_size(post.get("taille", "").strip()),
        vus=_seen_before(post) if sites else None,
        centrale=post.get("centrale", "").strip() or None if sites else None,
        depuis=depuis,
        graine=drawn(),
        graine_tiree=True,
    )
    place = {key: post.get(key, "").strip() for key in ("categorie", "site")}
    return sample_of(atelier().registry, chantier.dossier.demande, asked, nom=nom, **place)


def _population(
    request: HttpRequest, consultation: Consultation, *, sites: bool, depuis: str | None
) -> Population:
    """Return what is drawn from: a file, names one a line, or numbers; of sites, by default those declared.

    Raises:
        DataError, UsageError: several are given, or one cannot be read.
    """
    post, given = request.POST, request.FILES.get("population")
    typed, number = post.get("noms", "").strip(), post.get("nombre", "").strip()
    if sum(map(bool, (given, typed, number))) > 1:
        message = "la population est donnée de plusieurs façons : n’en garder qu’une"
        raise UsageError([Issue("usage", message, None, champ="population")])
    if given is not None:
        return parse_population(given.read(), given.name or "fichier", depuis=depuis)
    if typed:
        return parse_population(typed.encode("utf-8", "replace"), "liste", depuis=depuis)
    if number:
        if depuis is not None:
            message = (
                "un nombre ne dit le jour d’aucune action : donner la liste, chaque nom suivi de son jour"
            )
            raise UsageError([Issue("jour-absent", message, None, champ="population")])
        return Population(tuple(map(str, range(1, (_size(number, "nombre") or 0) + 1))))
    return Population(listed_sites(consultation.chantier.dossier.demande) if sites else ())


def _size(text: str, champ: str = "taille") -> int | None:
    """Return a number as it is typed; nothing where none is.

    Raises:
        UsageError: it is no number, or too many.
    """
    if not text:
        return None
    number = whole(text)
    if number is not None and 0 < number <= _NOMBRES:
        return number
    message = f"« {text} » n’est pas un nombre de 1 à {_NOMBRES}"
    raise UsageError([Issue("usage", message, None, champ=champ)])


def _since(consultation: Consultation) -> str | None:
    """Return the day of the earlier audit, where it is known."""
    precedent = consultation.chantier.checklist.contexte.precedent
    return precedent.date.isoformat() if precedent and precedent.date else None


def _seen_before(post: QueryDict) -> tuple[str, ...] | None:
    """Return the sites that the earlier audit saw; nothing where nobody says."""
    if "aucun_vu" in post:
        return ()
    named = tuple(filter(None, (part.strip() for part in post.get("vus", "").split(","))))
    return named or None


# ---- the page ------------------------------------------------------------------------------------------


def _page(
    consultation: Consultation, issues: Sequence[Issue] = (), typed: QueryDict | None = None
) -> dict[str, Any]:
    checklist = consultation.chantier.checklist
    ouverture = opening(checklist, consultation.etat)
    since = _since(consultation)
    asked, others = map(len, consultation.chantier.doutes)
    fields = ("qui", "le", "lignes", "nom", "taille", "nombre", "population")
    return {
        **frame(consultation, "ouvrir"),
        "perimetre": capital(prose(ouverture.perimetre)),
        "du_perimetre": ouverture.du_perimetre and _confirmation(ouverture.du_perimetre),
        "perimetre_change": ouverture.a_reprendre,
        "lignes": [
            {**line_in_words(ligne), "dit": confirmation and _confirmation(confirmation)}
            for ligne, confirmation in ouverture.lignes
        ],
        "restent": len(ouverture.restent),
        "compte": count(len(ouverture.restent), "ligne à confirmer", "lignes à confirmer"),
        "changees": [
            {
                "numero": clean(ligne.indicateur.numero),
                "etat": SIGNES[ligne.etat].mot,
                "dit": _confirmation(confirmation),
            }
            for ligne, confirmation in ouverture.changees
        ],
        "doutes": count(asked, "ligne dépend", "lignes dépendent") if asked else "",
        "sans_question": count(others, "ligne reste à confirmer", "lignes restent à confirmer")
        if others
        else "",
        "echantillons": [_sample(one) for one in _samples(consultation)],
        "depuis": day(since) if since else "",
        "jour": checklist.contexte.date.isoformat(),
        "sites": site_ids(checklist),
        "categories": () if checklist.referentiel.sans_categories else checklist.contexte.categories,
        "saisie": typed or {},
        "cochees": typed.getlist("lignes") if typed else (),
        "fautes": {nom: fault_texts(i for i in issues if i.champ == nom) for nom in fields},
        "autres_fautes": _told([i for i in issues if i.champ not in fields]),
    }


def _told(issues: Sequence[Issue]) -> list[str]:
    """Return what keeps from drawing, with the line of the list where it is of one."""
    lines = {i: i.location.line if i.location else 0 for i in issues}
    return [
        (f"Ligne {line}\u00a0: " if (line := lines[i]) else "") + text
        for i in issues
        for text in fault_texts([i])
    ]


def _confirmation(confirmation: Confirmation) -> dict[str, Any]:
    when = day(confirmation.le) if readable_day(confirmation.le) else clean(confirmation.le)
    verb = "D’accord" if confirmation.accord else "Pas d’accord"
    return {
        "id": confirmation.id,
        "accord": confirmation.accord,
        "texte": f"{verb} : {clean(confirmation.qui)}, le {when}".replace(" :", "\u00a0:"),
        "paroles": clean(confirmation.paroles),
    }


def _sample(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sample for its table: what it is of, and all that is needed to draw it again."""
    where = [f"site {entry['site']}" if entry.get("site") else "", str(entry.get("categorie") or "")]
    return {
        "id": clean(str(entry["id"])),
        "de": ", ".join(filter(None, map(clean, (*where, str(entry.get("population") or ""))))),
        "liste": [clean(str(one)) for one in entry.get("liste") or ()],
        "note": prose(str(entry.get("note") or "")),
        "graine": clean(str(entry.get("graine") or "")),
        "empreinte": clean(str(entry.get("empreinte") or "")),
        "methode": prose(str(entry.get("methode") or "")),
    }
