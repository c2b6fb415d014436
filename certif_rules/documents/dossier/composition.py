"""An application file for people: blocks that every page format lays out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.dossier.appuis import (
    actors,
    by_edition,
    contradictions,
    lowered,
    page,
    pied,
    supported,
)
from certif_rules.francais import count
from certif_rules.rules.trivalent import Trivalent
from certif_rules.vie.apercu import DossierEtudie, supports, to_ask
from certif_rules.vie.dossier import Payeur, Resultat
from certif_rules.vie.montants import in_words, percent
from certif_rules.vie.pieces import ETATS_PIECE, Element, EtatPiece

#: The sign and the word of each state: never one without the other.
SIGNES: Final[dict[EtatPiece, str]] = {
    "manquante": "×\u00a0manquante",
    "expiree": "×\u00a0expirée",
    "a_revoir": "!\u00a0à revoir",
    "a_confirmer": "?\u00a0à confirmer",
    "a_fournir": "○\u00a0à fournir",
    "conditionnelle": "○\u00a0conditionnelle",
    "fournie": "●\u00a0fournie",
}
RESULTATS: Final[dict[Resultat, tuple[str, b.Ton]]] = {
    "complet": ("Dossier complet", "information"),
    "incomplet": ("Dossier incomplet", "refus"),
    "a_confirmer": ("Dossier à confirmer", "attention"),
}
_SENS: Final[dict[Resultat, str]] = {
    "complet": "Les pièces demandées sont là. Cela ne dit rien des exigences, que l’audit seul évalue.",
    "incomplet": "Une pièce demandée manque, a expiré ou est à revoir ; rien n’est conclu.",
    "a_confirmer": "Rien de demandé n’est dit manquant, mais une réponse ou une pièce reste à confirmer.",
}
_NON_DECRIT: Final = "Aucune source lue ne dit de quoi se compose le dossier : à demander à qui décide."
_VALEURS: Final[dict[Trivalent, str]] = {True: "● oui", False: "× non", None: "?\u00a0à confirmer"}
_CLASSES: Final[dict[str | None, str]] = {
    "obligatoire": "obligatoire",
    "conditionnee": "conditionnée : son absence ne bloque pas",
    None: "obligatoire ou conditionnée : la source ne le dit pas",
}
_ISO: Final = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b")


def study(dossier: DossierEtudie) -> b.Document:
    """Compose the file: its result, what is missing, what is left to ask, everything it rests on."""
    depot = dossier.etude.depot
    nom = clean(depot.nom) if depot.nom else ""
    audit = prose(dossier.type_audit) if dossier.type_audit else "type d’audit à dire"
    compared = f"validités comparées au {day(depot.jour)}" if depot.jour else ""
    return b.Document(
        titre=f"Dossier de candidature – {prose(dossier.titre)}",
        sous_titre=" – ".join(filter(None, [nom, audit, compared])),
        sujet="Pièces, financement et suites d’un dossier de candidature",
        date=depot.jour.isoformat() if depot.jour else "",
        pied=pied(dossier),
        blocs=by_edition(dossier, _study),
    )


# ---- the file --------------------------------------------------------------------------------------


def _study(dossier: DossierEtudie) -> Iterator[b.Bloc]:
    etude = dossier.etude
    heading, ton = RESULTATS[etude.resultat]
    if dossier.candidature.volets:
        yield b.Encadre(titre=heading, texte=_summary(dossier), ton=ton)
    else:
        yield b.Encadre(titre="Dossier non décrit", texte=prose(_NON_DECRIT), ton="attention")
    if etude.avertissements:
        yield b.Liste(elements=tuple(supported(a.message, sources=a.sources) for a in etude.avertissements))
    yield from _asked(dossier)
    yield from _documents(dossier)
    yield from _quotes(dossier)
    yield from _funding(dossier)
    yield from _places(dossier)
    yield from _registration(dossier)
    yield from actors(dossier, list(etude.interventions))
    yield from _steps(dossier)
    yield from contradictions(dossier, supports(dossier, attribution=False))


def _summary(dossier: DossierEtudie) -> b.Texte:
    etude = dossier.etude
    counts = []
    for etat in ETATS_PIECE:
        number = sum(e.etat == etat for e in etude.elements)
        counts += [f"{SIGNES[etat]}\u00a0: {number}"] if number else []
    sentences: list[str] = [prose(_SENS[etude.resultat])]
    blocking = [prose(e.piece.titre) for e in etude.elements if e.bloque is True]
    sentences += [prose(f"Ce qui l’empêche d’être complet : {' ; '.join(blocking)}.")] if blocking else []
    sentences += [", ".join(counts)] if counts else []  # a sign is no punctuation
    for volet, valeur in etude.volets:
        sure = "" if valeur else " (à confirmer)"
        sentences.append(
            prose(f"Dossier attendu : {volet.titre}{sure}" + (f" : {volet.inconnu}" if volet.inconnu else ""))
        )
        if volet.suite and valeur:
            sentences.append(prose(f"Ensuite : {volet.suite}"))
    if not etude.volets:
        sentences.append(prose("Aucun dossier n’est décrit pour cette demande."))
    if etude.depot.type_deduit_de:
        sentences.append(prose(f"Type d’audit déduit de la réponse à « {etude.depot.type_deduit_de} »."))
    return joined(sentences)


def _asked(dossier: DossierEtudie) -> Iterator[b.Bloc]:
    asked = to_ask(dossier)
    if asked:
        yield b.Titre(texte="À demander", niveau=2, ancre="a-demander")
        items = []
        for item in asked:
            where = f" → {item.cle}" if item.cle else ""
            items.append(supported(f"{_reason(item.texte)}{where}", *([item.appui] if item.appui else [])))
        yield b.Liste(elements=tuple(items))


def _documents(dossier: DossierEtudie) -> Iterator[b.Bloc]:
    elements = dossier.etude.elements
    if not elements:
        return
    yield b.Titre(texte="Pièces", niveau=2, ancre="pieces")
    ordered = sorted(elements, key=lambda e: ETATS_PIECE.index(e.etat))
    yield b.Tableau(
        legende=prose(f"{count(len(elements), 'pièce')}, ce qui manque d’abord"),
        tetes=("Pièce", "État", "Règle"),
        lignes=tuple(_document(e) for e in ordered),
        largeurs=(5, 4, 8),
    )


def _document(element: Element) -> tuple[b.Cellule, ...]:
    piece = element.piece
    rules: list[b.Texte] = [supported(_CLASSES[piece.classe], piece)]
    rules += [prose(piece.condition)] if piece.condition else []
    if piece.formes:
        rules.append(prose("au choix : " + " ou ".join(forme.titre for forme in piece.formes)))
    if piece.etape:
        rules.append(prose(f"étape {piece.etape}"))
    rules += [supported(texte.texte, texte) for texte in piece.precisions]
    paid = piece.prise_en_charge
    if paid:
        rules.append(supported(f"prise en charge à {percent(paid.taux)} par {paid.par}", paid))
    if piece.devis:
        carried = " ; ".join(mention.titre for mention in piece.devis.mentions)
        rules += [supported(f"le devis porte : {carried}", *piece.devis.mentions)] if carried else []
    reasons = [_reason(motif) for motif in element.motifs]
    if element.requise is None and piece.classe:
        reasons.append(prose("demandée ou non, selon ce qui reste à dire"))
    return (prose(piece.titre), _state(element.etat, reasons), joined(rules))


def _state(etat: EtatPiece, reasons: Iterable[str]) -> str:
    """Return a state and its reasons, in one line."""
    explained = " ; ".join(reasons)
    return prose(f"{SIGNES[etat]} : {explained}" if explained else SIGNES[etat])


def _reason(motif: str) -> str:
    """Return a reason, its dates as people read them."""
    return _ISO.sub(lambda match: day(match[0]), prose(motif))


def _quotes(dossier: DossierEtudie) -> Iterator[b.Bloc]:
    etude = dossier.etude
    choix = etude.choix
    if not (choix.auditeur or dossier.candidature.auditeurs or etude.devis):
        return
    yield b.Titre(texte="Auditeur et devis", niveau=2, ancre="devis")
    if choix.auditeur:
        origin = " (lu sur le devis signé)" if choix.origine == "lu" else ""
        yield b.Paragraphe(texte=prose(f"Auditeur choisi : {choix.auditeur.nom}{origin}."))
    firms = [
        joined([supported(a.nom, a), page(a.fiche) if a.fiche else ""])
        for a in dossier.candidature.auditeurs.values()
    ]
    if firms:
        yield b.Paragraphe(texte=prose("Auditeurs habilités :"))
        yield b.Liste(elements=tuple(firms))
    if etude.devis:
        yield b.Tableau(
            legende=prose(f"{count(len(etude.devis), 'devis', 'devis')}, montants tels que déposés"),
            tetes=("Auditeur", "État", "Montant", "Part financée", "Reste à charge"),
            lignes=tuple(
                (
                    prose(d.auditeur.nom),
                    _state(d.presence.etat, map(_reason, d.presence.motifs)) if d.presence else "",
                    "non dit" if d.devis.montant is None else prose(in_words(d.devis.montant)),
                    "à confirmer" if d.part is None else prose(in_words(d.part)),
                    "à confirmer" if d.reste is None else prose(in_words(d.reste)),
                )
                for d in etude.devis
            ),
            largeurs=(3, 3, 2, 2, 2),
        )


def _funding(dossier: DossierEtudie) -> Iterator[b.Bloc]:
    payeurs = dossier.etude.payeurs
    if not payeurs:
        return
    yield b.Titre(texte="Financement", niveau=2, ancre="financement")
    for payeur in payeurs:
        rule = payeur.financement
        yield b.Titre(texte=prose(rule.titre), niveau=3)
        yield b.Paragraphe(texte=supported(_funded(payeur), rule))
        if payeur.conditions:
            yield b.Liste(
                elements=tuple(
                    supported(f"{_VALEURS[valeur]} : {condition.texte}", condition)
                    for condition, valeur in payeur.conditions
                )
            )
        for texte in rule.precisions:
            yield b.Paragraphe(texte=supported(texte.texte, texte))


def _funded(payeur: Payeur) -> str:
    rule = payeur.financement
    if rule.taux is None:
        return f"{_VALEURS[None]} : {rule.inconnu}"
    who = f" par {rule.par}" if rule.par else ""
    return f"{_VALEURS[payeur.accorde]} : {percent(rule.taux)} du montant du devis{who}"


def _places(dossier: DossierEtudie) -> Iterator[b.Bloc]:
    for place in dossier.etude.lieux:
        modes = place.lieu.modes
        yield b.Titre(
            texte="Sur site ou à distance", niveau=2, ancre=f"lieu-{place.lieu.id.replace('_', '-')}"
        )
        if place.mode is None:
            decided = f"{_VALEURS[None]} : {place.lieu.question} C’est une décision, à prendre et à motiver."
        else:
            why = clean(place.motif) if place.motif else "raison à donner"
            decided = f"Décidé : {modes.get(place.mode, place.mode)} ({why})"
        yield b.Paragraphe(texte=supported(decided, place.lieu))
        yield b.Liste(
            elements=tuple(
                supported(f"{phrase.texte} → {modes[phrase.mode]} ; vaut ici : {_VALEURS[valeur]}", phrase)
                for phrase, valeur in place.phrases
            )
        )


def _types(codes: tuple[str, ...], dossier: DossierEtudie) -> str:
    """Return audit types by their titles, each with the option that asks for it."""
    return " ou ".join(f"{lowered(dossier.types[code])} (--type {code})" for code in codes)


def _registration(dossier: DossierEtudie) -> Iterator[b.Bloc]:
    etude = dossier.etude
    if not etude.questions:
        return
    yield b.Titre(texte="Questions et réponses", niveau=2, ancre="questions")
    rows: list[tuple[b.Cellule, ...]] = []
    for question, answer in etude.questions:
        answers = {choix.id: choix for choix in question.choix}
        shown = prose(answers[answer].titre) if answer in answers else clean(answer or "") or "? à demander"
        shown += " (lu dans le profil)" if question.id in etude.depot.deduites else ""
        leads = [
            supported(f"{choix.titre} → {_types(choix.mene_a, dossier)}", choix)
            for choix in question.choix
            if choix.mene_a
        ]
        when = "à l’inscription" if question.inscription else "selon la demande"
        rows.append((supported(question.texte, question), shown, prose(when), joined(leads)))
    yield b.Tableau(
        legende=prose("Ce qui est demandé au candidat, et ce qui est répondu"),
        tetes=("Question", "Réponse", "Quand", "Ce qu’elle ouvre"),
        lignes=tuple(rows),
        largeurs=(5, 3, 2, 5),
    )
    routes = [supported(f"{voie.titre} : {_VALEURS[valeur]}", voie) for voie, valeur in etude.voies]
    if routes:
        yield b.Paragraphe(texte=prose("Voie :"))
        yield b.Liste(elements=tuple(routes))


def _steps(dossier: DossierEtudie) -> Iterator[b.Bloc]:
    etapes = dossier.candidature.etapes
    if not etapes:
        return
    yield b.Titre(texte=prose(f"Les étapes de la candidature ({len(etapes)})"), niveau=2, ancre="etapes")
    for position, etape in enumerate(etapes.values(), 1):
        optional = " (facultative)" if etape.facultative else ""
        yield b.Titre(texte=prose(f"{etape.id}. {etape.titre}{optional}"), niveau=3)
        place = f"étape {position} sur {len(etapes)}"
        other = f", appelée aussi « {etape.autre_titre} »" if etape.autre_titre else ""
        yield b.Paragraphe(texte=supported(f"{place}{other}", etape))
        items = [supported(texte.texte, texte) for texte in etape.taches]
        items += [page(ressource, "À lire : ") for ressource in etape.ressources]
        if items:
            yield b.Liste(elements=tuple(items))
