"""What opinions, decisions and notifications may not say: wrong words, days, bodies, a binding opinion left.

What the rules give takes no part here: people may decide otherwise, and the report says that they did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.compte_rendu import AvisRendu, CompteRendu, DecisionPrise
from certif_rules.audit.procedure import (
    ROLES,
    Acte,
    ActePrevu,
    Procedure,
    binds,
    calling,
    concerns,
    departures,
    meant,
    names_of,
    opinion,
    opinions_before,
    recorded,
    role_of,
    word_meant,
    word_of,
    words_of,
)
from certif_rules.errors import Issue, suggestion
from certif_rules.model.acteurs import Role, Sens

#: What each act is called, at the start of a message and after « la décision précède ».
_NOMS: Mapping[Role, tuple[str, str]] = {
    "donne_avis": ("avis", "l’avis"),
    "decide": ("décision", "la décision"),
    "notifie": ("notification", "la notification"),
}


def check_acts(checklist: Checklist, compte_rendu: CompteRendu, procedure: Procedure) -> Iterator[Issue]:
    """Yield everything impossible in the opinions, the decisions and the notifications recorded."""
    for role in ROLES:
        for acte in recorded(compte_rendu, role):
            yield from _body(procedure, acte)
            yield from _word(procedure, acte)
    for role in ("donne_avis", "notifie"):  # two decisions are told with the rest of the report
        yield from _objects(checklist, recorded(compte_rendu, role))
    for taken in compte_rendu.decision or ():
        yield from _order(opinions_before(procedure, compte_rendu, taken), taken)
        yield from _departure(procedure, compte_rendu, taken)
    for notification in compte_rendu.notification or ():
        same = [taken for taken in compte_rendu.decision or () if taken.objet == notification.objet]
        yield from _order(same, notification)


# ---- one act --------------------------------------------------------------------------------------------


def _body(procedure: Procedure, acte: Acte) -> Iterator[Issue]:
    """Refuse a body that is not the one declared; where nobody says which it is, any may be."""
    role = role_of(acte)
    prevus = procedure.of_role(role) if concerns(procedure, acte) else ()
    if acte.instance is not None and prevus and not calling(procedure, acte):
        noms = names_of(prevus)
        named = " ou ".join(dict.fromkeys(map(_named, prevus)))
        message = f"{_NOMS[role][0]} de « {acte.instance} », quand le référentiel nomme {named}"
        yield Issue("instance-inattendue", message, acte.lieu, suggestion(acte.instance, noms, "instances"))


def _named(prevu: ActePrevu) -> str:
    """Return who does an act, with what says so: a refusal rests on it."""
    rule = prevu.intervention
    reading = " (lecture)" if rule.lecture else ""
    return f"{''.join(names_of((prevu,)))} [{', '.join(rule.sources)}]{reading}"


def _word(procedure: Procedure, acte: Acte) -> Iterator[Issue]:
    """Refuse a word that is none of those declared."""
    text, words = word_of(acte), words_of(calling(procedure, acte))
    if text is None or words is None or meant(text, words) is not None:
        return
    codes = tuple(dict.fromkeys(word.id for word in words))
    message = f"{_NOMS[role_of(acte)][0]} « {text} » : ce sens n’est pas déclaré"
    yield Issue("sens-inconnu", message, acte.lieu, suggestion(text, codes, "sens"))


def _objects(checklist: Checklist, actes: tuple[Acte, ...]) -> Iterator[Issue]:
    """Refuse an act on a référentiel that is not of this audit, and the same act twice."""
    origines = checklist.referentiel.origines
    seen: set[tuple[str | None, ...]] = set()
    for acte in actes:
        nom = _NOMS[role_of(acte)][0]
        if acte.objet is not None and acte.objet not in origines:
            message = f"{nom} sur « {acte.objet} », qui n’est pas un référentiel de cet audit"
            yield Issue("objet-inconnu", message, acte.lieu, suggestion(acte.objet, origines, "référentiels"))
        key = (acte.objet, acte.instance if isinstance(acte, AvisRendu) else None)
        if key in seen:
            of = f" de « {key[1]} »" if key[1] else ""
            hint = "n’en garder qu’un, ou dire son instance ou son objet"
            yield Issue("acte-en-double", f"deux fois le même acte : {nom}{of}", acte.lieu, hint)
        seen.add(key)


# ---- one act and those before it ------------------------------------------------------------------------


def _order(earlier: tuple[Acte, ...] | list[DecisionPrise], acte: Acte) -> Iterator[Issue]:
    """Refuse a day before that of what comes first."""
    for other in earlier:
        if acte.le is not None and other.le is not None and acte.le < other.le:
            mine, theirs = _NOMS[role_of(acte)][1], _NOMS[role_of(other)][1]
            message = f"{mine} ({acte.le}) précède {theirs} ({other.le})"
            hint = "vérifier les deux dates"
            if isinstance(acte, DecisionPrise):
                yield Issue("decision-avant-avis", message, acte.lieu, hint)
            else:
                yield Issue("notification-avant-decision", message, acte.lieu, hint)


def _departure(procedure: Procedure, compte_rendu: CompteRendu, taken: DecisionPrise) -> Iterator[Issue]:
    """Refuse a decision that departs from a binding opinion, or from another without a reason."""
    decided, unexplained = f"la décision « {taken.decision} »", False
    for avis in departures(procedure, compte_rendu, taken):
        if binds(procedure, avis):
            word = word_meant(procedure, avis)
            message = f"{decided} s’écarte d’un avis conforme : {opinion(procedure, avis)}"
            hint = f"un avis conforme lie qui décide : {_allowed(procedure, taken, word)}"
            yield Issue("decision-contre-avis", message, taken.lieu, hint)
        elif not taken.motif and not unexplained:
            unexplained = True
            message = f"{decided} s’écarte d’un avis, sans motif : {opinion(procedure, avis)}"
            yield Issue("decision-sans-motif", message, taken.lieu, "écrire son « motif »")


def _allowed(procedure: Procedure, taken: DecisionPrise, word: Sens | None) -> str:
    """Return the decisions that may follow a word, as people write them."""
    titres = {sens.id: sens.titre for sens in words_of(calling(procedure, taken)) or ()}
    return " ou ".join(titres.get(code, code) for code in (word.decisions if word else ()))
