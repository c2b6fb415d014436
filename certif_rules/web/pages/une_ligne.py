"""One line whole: its texts, why it is due, what was found before, its history; its panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from certif_rules.audit.checklist import Ligne, Point
from certif_rules.blocs.arbre import Morceau, Texte
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.checklist.lignes import earlier, reasons, requirement, rubriques
from certif_rules.documents.mots import (
    DONNEES_SENSIBLES,
    SIGNES,
    categories,
    earlier_check,
    finding,
    of_label,
    title,
)
from certif_rules.francais import capital
from certif_rules.journal.etat import Etat
from certif_rules.journal.evenements import Contenu, Endroit, Inscription
from certif_rules.services.espace import AuditEnCours
from certif_rules.services.explication import explain
from certif_rules.web import depot
from certif_rules.web.machine import clock, day_here
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import consult, frame
from certif_rules.web.pages.lignes import key_of, number_of, own_id, sujet_of
from certif_rules.web.pages.valeurs import field_in_words, value_in_words, words_of


def in_full(chantier: AuditEnCours, etat: Etat, sujet: Ligne | Point) -> dict[str, Any]:
    """Return what helps to judge a line, or a check: its texts, why it is due, what was found before."""
    checklist = chantier.checklist
    key = key_of(sujet)
    common = {"id": key, "numero": number_of(chantier, key)}
    if isinstance(sujet, Point):
        return {
            **common,
            "titre": prose(sujet.texte),
            "motifs": [{"texte": prose(sujet.note), "sources": ""}] if sujet.note else [],
            "precedent": [
                *(prose(text) for text in earlier_check(checklist, sujet)),
                *_of_lifted(etat, own_id(key)),
            ],
            "sources": ", ".join(map(clean, sujet.sources)),
            "etat": "vérification",
            "du_label": of_label(checklist, sujet.compte_pour),
        }
    indicateur = sujet.indicateur
    texts = {one.titre: [in_pieces(text) for text in one.elements] for one in rubriques(checklist, sujet)}
    exigence = "" if indicateur.titre is None else in_pieces(requirement(indicateur))["texte"]
    return {
        **common,
        "titre": title(sujet),
        "exigence": exigence,
        "longue": len(exigence) > 210,
        "sensibles": texts.get(DONNEES_SENSIBLES, []),
        "attendu": texts.get("Niveau attendu", []),
        "preuves": texts.get("Exemples de preuves", []),
        "aides": [(nom, texts[nom]) for nom in _AIDES if nom in texts],
        "motifs": [in_pieces(text) for text in reasons(checklist, sujet.motifs)],
        "precedent": [*_before(chantier, sujet), *_of_lifted(etat, own_id(key))],
        "sources": ", ".join(map(clean, indicateur.sources)),
        "etat": SIGNES[sujet.etat].mot,
        "categories": ", ".join(categories(checklist, sujet)),
        "sans_texte": indicateur.exigence is None,
        "du_label": of_label(checklist, indicateur.origine),
    }


def _before(chantier: AuditEnCours, ligne: Ligne) -> list[str]:
    """Return what the earlier audit found of a line, in its own words, and whether that was lifted."""
    checklist = chantier.checklist
    words = [in_pieces(text)["texte"] for text in earlier(checklist, ligne)]
    precedent = checklist.contexte.precedent
    before = ((precedent.constats if precedent else None) or {}).get(ligne.indicateur.id)
    if words and before is not None and not before.ouvert:
        level = f", {finding(checklist, before.apres)} depuis" if before.apres else ""
        words.append(f"levé{level}")
    return words


def _of_lifted(etat: Etat, ligne: str) -> list[str]:
    """Return what the earlier audit wrote of a gap lifted since, each text after the name of its field."""
    return [
        f"{capital(field_in_words(cle))}\u00a0: {clean(str(champ.valeur))}"
        for cle, champ in etat.items()
        if (cle.genre, cle.ligne) == ("leve", ligne) and champ.valeur
    ]


#: What an auditor must not miss beside what is expected.
_AIDES: Final = ("Gravité d’un écart", "Précisions", "Adaptations", "Absent des sources")


def in_pieces(texte: Texte) -> dict[str, str]:
    """Return a text of a document: its words, what stands beside it, its sources."""
    runs = [Morceau(texte)] if isinstance(texte, str) else [run for run in texte if isinstance(run, Morceau)]
    return {
        "texte": "".join(run.texte for run in runs if run.relief != "discret"),
        "aparte": "".join(run.texte for run in runs if run.relief == "discret").strip(),
        "sources": ", ".join(clean(source) for run in runs for source in run.sources),
    }


def history(
    chantier: AuditEnCours, etat: Etat, events: Sequence[Inscription], texts: Mapping[str, Contenu]
) -> list[dict[str, Any]]:
    """Return the events of a line, the last first, each in words."""
    names, words = depot.names(), words_of(chantier.checklist)
    rows = []
    for event in reversed(events):
        content = texts.get(event.apres)
        rows.append(
            {
                "jour": day(day_here(event.quand)),
                "heure": clock(event.quand),
                "qui": names.get(event.acteur) or "sans nom",
                "quoi": field_in_words(event.cle),
                "valeur": "effacé" if content is None else _value(etat, event.cle, content.valeur, words),
            }
        )
    return rows


def _value(etat: Etat, cle: Endroit, value: Any, words: Mapping[str, str]) -> str:
    """Return the value that an event gave there, in words; of a tie, what it ties."""
    if not cle.champ.startswith("ligne."):
        return value_in_words(cle, value, words)
    texts = (champ.valeur for one, champ in etat.items() if one.ligne == cle.ligne and one.champ in _NOMMANTS)
    name = clean(str(next((text for text in texts if text), "?")))
    return name if value else f"{name} (retirée)"


#: What names a thing of the workspace.
_NOMMANTS: Final = frozenset({"reference", "quoi", "texte"})


@require_GET
def panel(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show everything that is known of a line: texts, levels, proofs, the rules that decided, its history."""
    consultation = consult(identifiant)
    chantier = consultation.chantier
    asked = request.GET.get("ligne", "")
    ligne = sujet_of(chantier, asked) or chantier.checklist.lignes[0]
    whole = in_full(chantier, consultation.etat, ligne)
    events = depot.events(identifiant, own_id(key_of(ligne)))
    contents = depot.contents(identifiant, [event.apres for event in events])
    context = {
        **frame(consultation, "saisir"),
        "ligne": whole,
        "historique": history(chantier, consultation.etat, events, contents),
    }
    if isinstance(ligne, Ligne):
        context |= _rules(chantier, ligne)
    return render(request, "ligne.html", context)


def _rules(chantier: AuditEnCours, ligne: Ligne) -> dict[str, Any]:
    """Return every text of a line by name, the rules that decided with their places, and their sources."""
    checklist = chantier.checklist
    explained = explain(checklist, ligne.indicateur.id)
    known = checklist.referentiel.sources
    cited = dict.fromkeys((*ligne.indicateur.sources, *explained.citees))
    return {
        "rubriques": [
            (one.titre, [in_pieces(text) for text in one.elements]) for one in rubriques(checklist, ligne)
        ],
        "regles": [
            {
                "texte": prose(motif.texte),
                "categories": ", ".join(map(clean, motif.categories)),
                "sources": ", ".join(map(clean, motif.sources)),
                "places": ", ".join(map(clean, motif.emplacements)),
            }
            for motif in ligne.motifs
        ],
        "changements": [prose(one.motif) for one in explained.changements],
        "par_site": prose(explained.par_site.motif) if explained.par_site else "",
        "place": clean(ligne.indicateur.emplacement),
        "citees": [
            (nom, prose(known[nom].titre), prose(known[nom].reference)) for nom in cited if nom in known
        ],
    }
