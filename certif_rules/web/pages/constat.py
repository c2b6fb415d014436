"""The page of a line in Saisir: what is recorded of it, what this entails, what two people say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.http import HttpRequest, QueryDict
from msgspec import Struct

from certif_rules.audit.checklist import elsewhere
from certif_rules.audit.compte_rendu import Conflit
from certif_rules.audit.constats import Releve
from certif_rules.audit.recevabilite import lacks_text
from certif_rules.blocs.typographie import clean, prose
from certif_rules.errors import Issue
from certif_rules.francais import count
from certif_rules.journal.annexes import Annexe, annexes, in_a_sentence
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import QUAND, QUI
from certif_rules.rules.contexte import VERIFICATION
from certif_rules.services.espace import AuditEnCours, faults_of
from certif_rules.services.suites import Consequence, Suites, entailed
from certif_rules.web import depot
from certif_rules.web.depot import Don
from certif_rules.web.machine import clock
from certif_rules.web.models import PLACE
from certif_rules.web.pages.commun import Consultation, actor, atelier, frame, whole
from certif_rules.web.pages.lignes import board, choices, number_of, order_of, own_id, sujet_of, tied
from certif_rules.web.pages.une_ligne import history, in_full
from certif_rules.web.pages.valeurs import (
    FINDINGS,
    field_in_words,
    in_order,
    value_in_words,
    words_of,
)

#: The field beside which a fault is shown, where the fault does not say it.
_AU_CHAMP: Final = {
    "gravite-sans-raison": "commentaire",
    "raison-demandee": "raison",
}
#: The consequences that the page says by another way: a field, a button.
_TUS: Final = frozenset({"enonce", "appui", "ecart_different"})
#: What goes with what is recorded, and is not told apart.
_TUES: Final = frozenset({"cree_le", "vu_le", "demande_le", "reference", QUI, QUAND})
#: How what is recorded beside the lines is called.
_AILLEURS: Final = {
    "tete": "contexte",
    "creneau": "plan",
    "confirmation": "périmètre",
    "remarque": "remarque",
}
#: How many events of a line its page shows.
RECENTS: Final = 20


class PagePostee(Struct, frozen=True, kw_only=True):
    """A posted page holds the values that it gives, its fields to show again, the version that it showed."""

    dons: tuple[Don, ...]
    post: QueryDict
    base: int


def place_of(nom: str, champ: str, site: str = "") -> Endroit:
    """Return where a field of a line, or of a check, stands: its finding is there called its result."""
    if not nom.startswith(VERIFICATION):
        return Endroit("ligne", champ, nom, site)
    return Endroit("verification", "resultat" if champ == "constat" else champ, own_id(nom), site)


def line_shown(cle: Endroit) -> str:
    """Return the line, or the check, on whose page a value stands; nothing where it is on none."""
    if cle.genre in ("ligne", "verification"):
        return cle.ligne if cle.genre == "ligne" else f"{VERIFICATION}{cle.ligne}"
    return cle.champ.removeprefix("ligne.") if cle.champ.startswith("ligne.") else ""


def filter_of(request: HttpRequest) -> dict[str, str]:
    """Return the filter of the board, to keep from page to page."""
    asked = request.POST.get("filtre", request.POST.get("voir"))
    voir = request.GET.get("voir", "") if asked is None else asked
    return {"voir": voir} if voir and len(voir) <= PLACE else {}


def _facts(chantier: AuditEnCours) -> list[tuple[str, str]]:
    """Return the facts that Préparer asks: their ids and questions, to go there from a line."""
    checklist = chantier.checklist
    facts = (one for one in checklist.referentiel.faits.values() if not elsewhere(checklist, one))
    return [(one.id, prose(one.question)) for one in facts]


def line_page(
    request: HttpRequest,
    consultation: Consultation,
    nom: str,
    *,
    fautes: Iterable[Issue] | None = None,
    saisie: PagePostee | None = None,
) -> dict[str, Any]:
    """Return the page of a line, as it stands or as it was typed: board, finding, what helps to judge."""
    chantier, etat, dossier = consultation.chantier, consultation.etat, consultation.dossier
    sujet = sujet_of(chantier, nom)
    assert sujet is not None
    releve = chantier.releve(own_id(nom))
    proofs = list(annexes(etat, "preuve"))
    possible = choices(chantier, sujet)
    names = order_of(chantier)
    rank = names.index(nom)
    left = [line for line in chantier.checklist.lignes if lacks_text(line)]
    events = depot.events(dossier.pk, own_id(nom))[-RECENTS:]
    contents = depot.contents(dossier.pk, [event.apres for event in events])
    return {
        **frame(consultation, "saisir"),
        "damier": board(consultation, filter_of(request).get("voir", ""), actor(request)),
        "ici": nom,
        "faits": _facts(chantier),
        "base": saisie.base if saisie else dossier.version,
        "ligne": in_full(chantier, consultation.etat, sujet),
        "choix": possible,
        "releve": releve,
        "dispute": {conflit.champ for conflit in releve.disputes},
        "ecart": releve.constat in {one["id"] for one in possible if one["ecart"]},
        "sites": [_at(chantier, releve, site, possible) for site in chantier.checklist.plusieurs_sites],
        "annotations": [
            (a.id, prose(a.titre), a.id in releve.annotations)
            for a in (chantier.checklist.referentiel.annotations.values() if possible else ())
        ],
        "fautes": _faults(nom, faults_of(chantier, own_id(nom)) if fautes is None else fautes),
        "accords": list(_to_settle(consultation, nom, releve)),
        **consequences(chantier, releve),
        "preuves": [_chip(one, saisie) for one in tied(proofs, nom)],
        "vues": _own_proofs(consultation, nom),
        "connues": [(one.id, clean(str(one.get("reference")))) for one in proofs if one.get("reference")],
        "pieces": [_paper(one) for one in tied(annexes(etat, "piece"), nom)],
        "notes": [clean(str(one.get("texte"))) for one in tied(annexes(etat, "note"), nom)],
        "saisie": {key.replace(".", "_"): value for key, value in saisie.post.items()} if saisie else {},
        "historique": history(chantier, etat, events, contents),
        "sans_texte": count(len(left), "texte manquant", "textes manquants") if left else "",
        "precedente": names[rank - 1] if rank else "",
        "suivante": names[rank + 1] if rank + 1 < len(names) else "",
        **_done(request, consultation),
    }


def _faults(nom: str, fautes: Iterable[Issue]) -> dict[str, list[str]]:
    """Return faults by the field of the page beside which they stand."""
    shown: dict[str, list[str]] = {}
    for one in fautes:
        _, _, champ = one.champ.partition(f"{own_id(nom)}.")
        if champ.startswith("par_site."):
            site, _, own = champ.removeprefix("par_site.").rpartition(".")
            champ = f"{own}@{site}"
        champ = (champ or _AU_CHAMP.get(one.code, "constat")).replace("resultat", "constat")
        shown.setdefault(champ, []).append(prose(f"{one.message} : {one.hint}" if one.hint else one.message))
    return shown


def consequences(chantier: AuditEnCours, releve: Releve) -> dict[str, Any]:
    """Return what a finding entails, in sentences, and whether the earlier gap may be lifted as another."""
    if not releve.porte:
        return {"effets": [], "a_lever": False}
    suites = entailed(atelier().registry, chantier, releve)
    sentences = [
        {
            "texte": prose(one.texte),
            "sources": ", ".join(map(clean, one.sources)),
            "attention": _alarms(suites, one),
        }
        for one in suites.consequences
        # What is still open is the business of the last step.
        if one.code not in _TUS and (one.code != "conclusion" or one.certaine)
    ]
    return {"effets": sentences, "a_lever": suites.a_lever is not None}


def _alarms(suites: Suites, one: Consequence) -> bool:
    """Return whether a consequence asks for attention: it changes the outcome, or the next one would."""
    if one.code == "palier":
        return any(palier.reste <= 1 for palier in suites.paliers)
    return one.code in ("recidive", "encore", "delai_absent")


def _at(chantier: AuditEnCours, releve: Releve, site: str, possible: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the finding of a line at a site, with the choices."""
    part = next((one for one in releve.par_site if one.site == site), Releve(ligne=releve.ligne))
    described = next((s for s in chantier.checklist.contexte.organisme.sites if str(s["id"]) == site), {})
    name = clean(str(described.get("nom") or described.get("commune") or ""))
    return {
        "id": site,
        "nom": name if name != site else "",
        "constat": part.constat,
        "commentaire": part.commentaire or "",
        "choix": possible,
    }


def _to_settle(consultation: Consultation, nom: str, releve: Releve) -> Iterator[dict[str, Any]]:
    """Yield what people say otherwise of a line, with a gesture for each value."""
    names, genre = depot.names(), place_of(nom, "").genre
    codes, known = words_of(consultation.chantier.checklist), set()
    for cle, champ in in_order(consultation.etat):
        if (cle.genre, cle.ligne) == (genre, own_id(nom)) and champ.a_accorder:
            known.add(cle.champ)
            values = [
                {
                    "geste": f"{cle.champ}|{cle.site}|{rank}",
                    "valeur": value_in_words(cle, one.valeur, codes),
                    "par": names.get(one.acteur) or "sans nom",
                    "heure": clock(one.quand) if one.quand else "",
                }
                for rank, one in enumerate(champ.versions)
            ]
            yield {"champ": field_in_words(cle), "valeurs": values}
    yield from (_of_files(conflit) for conflit in releve.disputes if conflit.champ not in known)


def _of_files(conflit: Conflit) -> dict[str, Any]:
    """Return what two files say otherwise: what is chosen is typed."""
    values = [
        {"geste": "", "valeur": clean(v.valeur or "vide"), "par": clean(v.par or v.de or "")}
        for v in conflit.valeurs
    ]
    return {"champ": field_in_words(Endroit("ligne", conflit.champ)), "valeurs": values}


def _chip(preuve: Annexe, saisie: PagePostee | None) -> dict[str, Any]:
    """Return a proof as a chip; « pose » is one that the page typed, and that is not recorded yet."""
    mine = [don.cle for don in saisie.dons if don.cle.ligne == preuve.id] if saisie else []
    return {
        "id": preuve.id,
        "reference": clean(str(preuve.get("reference") or "à accorder")),
        "detail": in_a_sentence(preuve),
        "pose": bool(mine),
        "nouvelle": any(cle.champ == "reference" for cle in mine),
    }


def _own_proofs(consultation: Consultation, nom: str) -> list[str]:
    """Return the proofs that a file named on the line itself."""
    champ = consultation.etat.get(place_of(nom, "preuves_vues"))
    return [str(text) for text in (champ.valeur if champ else None) or ()]


def _paper(piece: Annexe) -> str:
    whom = f" ({clean(str(piece.get('a_qui')))})" if piece.get("a_qui") else ""
    return clean(str(piece.get("quoi"))) + whom + (", reçue" if piece.get("recu_le") else "")


# ---- what was just recorded, what can be undone ---------------------------------------------------------


def _done(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    """Return what was just recorded or undone, in a sentence, and up to where undoing goes."""
    version = consultation.dossier.version
    since = whole(request.GET.get("fait") or request.GET.get("annule") or "")
    undone = "annule" in request.GET
    asked = whole(request.GET.get("jusque", ""))
    context: dict[str, Any] = {"jusque": version if asked is None else asked}
    if since is None or since >= version:
        return {**context, "vient": "Rien à annuler de plus." if undone else "", "suites_de": []}
    given = depot.events(consultation.dossier.pk, after=since)
    texts = depot.contents(consultation.dossier.pk, [event.apres for event in given])
    places: dict[str, list[str]] = {}
    checklist = consultation.chantier.checklist
    codes = words_of(checklist)
    for event in given:
        nom, cle = line_shown(event.cle), event.cle
        words = field_in_words(Endroit(cle.genre, cle.champ, cle.ligne), checklist)
        words += f" (site {clean(cle.site)})" if cle.genre in ("ligne", "verification") and cle.site else ""
        if event.cle.champ in FINDINGS and event.apres in texts:
            words += f" {value_in_words(event.cle, texts[event.apres].valeur, codes)}"
        if event.cle.champ not in _TUES:
            number = (
                f"ligne {number_of(consultation.chantier, nom)}"
                if nom
                else _AILLEURS.get(event.cle.genre, "")
            )
            places.setdefault(number, []).append(words)
    sentences = [", ".join(filter(None, (number, *dict.fromkeys(words)))) for number, words in places.items()]
    verb = "Annulé" if undone else "Enregistré"
    context["vient"] = prose(f"{verb} : {' ; '.join(sentences)}") if sentences else verb
    context["suites_de"] = [] if undone else _of_lines(consultation, [event.cle for event in given])
    return context


def _of_lines(consultation: Consultation, given: list[Endroit]) -> list[str]:
    """Return what the findings that were just recorded entail, for whoever could not see it before."""
    chantier, texts = consultation.chantier, []
    for cle in given:
        if cle.champ in FINDINGS and not cle.site:
            releve = chantier.releve(cle.ligne)
            sujet = sujet_of(chantier, cle.ligne if cle.genre == "ligne" else f"{VERIFICATION}{cle.ligne}")
            gaps = {one["id"] for one in choices(chantier, sujet) if one["ecart"]} if sujet else set()
            if releve.constat in gaps:
                texts += [
                    one["texte"] for one in consequences(chantier, releve)["effets"] if one["attention"]
                ]
    return texts
