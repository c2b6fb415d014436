"""Who gives an opinion, decides and notifies after an audit, and what was recorded of it: pure.

What the rules give is none of these: it is computed (``audit/conclusion.py``), and nobody types it. People
may decide otherwise, and the report says that they did; a wrong word, day or body cannot be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.compte_rendu import AvisRendu, CompteRendu, DecisionPrise, NotificationFaite
from certif_rules.errors import Issue, suggestion
from certif_rules.model.acteurs import LIANT, Acteur, Intervention, Role, Sens
from certif_rules.model.base import Source
from certif_rules.noms import retrouver

#: What is recorded of an act, whatever its role.
Acte = AvisRendu | DecisionPrise | NotificationFaite
#: The key under which a findings file records the acts of each role, in the order they come.
_CLES: Mapping[Role, str] = {"donne_avis": "avis", "decide": "decision", "notifie": "notification"}
ROLES = tuple(_CLES)


class ActePrevu(Struct, frozen=True, kw_only=True):
    """An audit calls for this act, by somebody (``None``: nobody says who).

    Unless it is ``certain``, nobody can say yet whether it is called for.
    """

    intervention: Intervention
    acteur: Acteur | None = None
    certain: bool = True


class Procedure(Struct, frozen=True, kw_only=True):
    """A procedure lists the acts that a référentiel (``objet``) calls for after this audit, in order.

    ``decisions`` are the codes of its judgement, by which a decision reads where no word is declared for it.
    """

    objet: str = ""
    prevus: tuple[ActePrevu, ...] = ()
    decisions: tuple[str, ...] = ()
    acteurs: Mapping[str, Acteur] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    def of_role(self, role: Role) -> tuple[ActePrevu, ...]:
        """Return the acts of a role, in order."""
        return tuple(prevu for prevu in self.prevus if prevu.intervention.role == role)


class ActeSuivi(Struct, frozen=True, kw_only=True):
    """A followed act is one called for, recorded, or both; ``mot`` is the word it is declared in.

    ``attendu``: it is not recorded, and all that comes before is. ``ecarts`` are the opinions that a decision
    departs from.
    """

    role: Role
    prevu: ActePrevu | None = None
    rendu: Acte | None = None
    mot: Sens | None = None
    attendu: bool = False
    ecarts: tuple[AvisRendu, ...] = ()


# ---- which act is which ---------------------------------------------------------------------------------


def recorded(compte_rendu: CompteRendu, role: Role) -> tuple[Acte, ...]:
    """Return what was recorded of the acts of a role."""
    return getattr(compte_rendu, _CLES[role]) or ()


def role_of(rendu: Acte) -> Role:
    """Return the role of what was recorded."""
    if isinstance(rendu, AvisRendu):
        return "donne_avis"
    return "decide" if isinstance(rendu, DecisionPrise) else "notifie"


def word_of(rendu: Acte) -> str | None:
    """Return the word of an opinion or of a decision, as typed."""
    return getattr(rendu, _CLES[role_of(rendu)], None)


def concerns(procedure: Procedure, rendu: Acte) -> bool:
    """Return whether something recorded is about the référentiel whose acts these are."""
    return rendu.objet in (None, procedure.objet)


def calling(procedure: Procedure, rendu: Acte) -> tuple[ActePrevu, ...]:
    """Return the acts called for that something recorded may be: those of its role, and of its body."""
    if not concerns(procedure, rendu):
        return ()
    prevus = procedure.of_role(role_of(rendu))
    if rendu.instance is None:
        return prevus
    named = retrouver(rendu.instance, {a.id: (a.nom, _bare(a.nom)) for a in procedure.acteurs.values()})
    return tuple(prevu for prevu in prevus if prevu.acteur is None or prevu.acteur.id in named)


def _bare(nom: str) -> str:
    """Return the name of an actor without its article, as people write it too."""
    return re.sub(r"^(l[ea]s?\s+|l[’'])", "", nom)


def words_of(prevus: Iterable[ActePrevu]) -> tuple[Sens, ...] | None:
    """Return the words that these acts may be given in; ``None`` where one of them takes any, or none is."""
    words = [prevu.intervention.sens for prevu in prevus]
    return tuple(word for some in words for word in some) if words and all(words) else None


def meant(text: str, words: Iterable[Sens]) -> Sens | None:
    """Return the declared word that a text is, by its code or its title."""
    by_id = {word.id: word for word in words}
    ids = retrouver(text, {code: (word.titre,) for code, word in by_id.items()})
    return by_id[ids[0]] if len(ids) == 1 else None


def word_meant(procedure: Procedure, rendu: Acte) -> Sens | None:
    """Return the declared word of an opinion or of a decision; ``None`` where there is none."""
    text, words = word_of(rendu), words_of(calling(procedure, rendu))
    return None if text is None or words is None else meant(text, words)


# ---- a decision and the opinions before it --------------------------------------------------------------


def opinions_before(procedure: Procedure, compte_rendu: CompteRendu, taken: Acte) -> tuple[AvisRendu, ...]:
    """Return the opinions recorded on what a decision is about: those that it says it follows, else all."""
    named = {nom for prevu in calling(procedure, taken) for nom in prevu.intervention.apres}
    same = [avis for avis in compte_rendu.avis or () if _objet(procedure, avis) == _objet(procedure, taken)]
    if not named:
        return tuple(same)
    return tuple(avis for avis in same if any(p.intervention.id in named for p in calling(procedure, avis)))


def _objet(procedure: Procedure, rendu: Acte) -> str:
    return rendu.objet or procedure.objet


def departures(procedure: Procedure, compte_rendu: CompteRendu, taken: DecisionPrise) -> Iterator[AvisRendu]:
    """Yield the opinions that a decision departs from: it is none of those that follow them.

    An opinion whose word does not say which decisions follow it is not compared, nor a decision in other
    words than those declared.
    """
    code = _decided(procedure, taken)
    for avis in opinions_before(procedure, compte_rendu, taken) if code else ():
        word = word_meant(procedure, avis)
        if word is not None and word.decisions and code not in word.decisions:
            yield avis


def _decided(procedure: Procedure, taken: DecisionPrise) -> str | None:
    """Return the code of a decision among those declared; ``None`` where it is none of them."""
    if words_of(calling(procedure, taken)) is not None:
        word = word_meant(procedure, taken)
        return word.id if word else None
    return taken.decision if taken.decision in procedure.decisions else None


def binds(procedure: Procedure, avis: AvisRendu) -> bool:
    """Return whether an opinion is one that binds whoever decides."""
    natures = {prevu.intervention.nature for prevu in calling(procedure, avis)}
    return natures == {LIANT}


def names_of(prevus: Iterable[ActePrevu]) -> tuple[str, ...]:
    """Return the names of those who do these acts, each once."""
    return tuple(dict.fromkeys(prevu.acteur.nom for prevu in prevus if prevu.acteur is not None))


def opinion(procedure: Procedure, avis: AvisRendu) -> str:
    """Return an opinion in a few words: whose, and which."""
    word = word_meant(procedure, avis)
    sens = word.titre if word is not None else avis.avis or "sens non renseigné"
    return ", ".join(filter(None, (body(procedure, avis), f"« {sens} »")))


def body(procedure: Procedure, acte: Acte) -> str:
    """Return the name of the body whose act it is, else as typed; empty where nobody says it."""
    names = names_of(calling(procedure, acte))
    return names[0] if len(names) == 1 else acte.instance or ""


def name_of(procedure: Procedure, suivi: ActeSuivi) -> str:
    """Return whose an act is, or is to be; empty where nobody says it."""
    if suivi.prevu is not None and suivi.prevu.acteur is not None:
        return suivi.prevu.acteur.nom
    return body(procedure, suivi.rendu) if suivi.rendu is not None else ""


# ---- where it stands ------------------------------------------------------------------------------------


def follow_up(procedure: Procedure, compte_rendu: CompteRendu) -> tuple[ActeSuivi, ...]:
    """Return every act, called for or recorded, opinions first and notifications last."""
    return tuple(suivi for role in ROLES for suivi in _followed(procedure, compte_rendu, role))


def _followed(procedure: Procedure, compte_rendu: CompteRendu, role: Role) -> Iterator[ActeSuivi]:
    actes = recorded(compte_rendu, role)
    for rendu in actes:  # the base comes first, as its conclusion does
        if not concerns(procedure, rendu):
            yield _done(procedure, compte_rendu, role, rendu, None)
    left = [rendu for rendu in actes if concerns(procedure, rendu)]
    for prevu in procedure.of_role(role):
        mine = [rendu for rendu in left if prevu in calling(procedure, rendu)]
        for rendu in mine[:1]:
            left.remove(rendu)
            yield _done(procedure, compte_rendu, role, rendu, prevu)
        if not mine:
            ready = all(map(bool, _before(procedure, compte_rendu, prevu)))
            yield ActeSuivi(role=role, prevu=prevu, attendu=ready)
    for rendu in left:
        yield _done(procedure, compte_rendu, role, rendu, None)


def _done(
    procedure: Procedure, compte_rendu: CompteRendu, role: Role, rendu: Acte, prevu: ActePrevu | None
) -> ActeSuivi:
    away = departures(procedure, compte_rendu, rendu) if isinstance(rendu, DecisionPrise) else ()
    return ActeSuivi(
        role=role, prevu=prevu, rendu=rendu, mot=word_meant(procedure, rendu), ecarts=tuple(away)
    )


def _before(procedure: Procedure, compte_rendu: CompteRendu, prevu: ActePrevu) -> Iterator[bool]:
    """Yield, of each act that comes before one, whether it is recorded."""
    for earlier in procedure.prevus:
        if earlier.intervention.id in prevu.intervention.apres:
            acts = recorded(compte_rendu, earlier.intervention.role)
            yield any(earlier in calling(procedure, rendu) for rendu in acts)


# ---- what cannot be -------------------------------------------------------------------------------------

#: What each act is called, at the start of a message and after « la décision précède ».
_APPELES: Mapping[Role, tuple[str, str]] = {
    "donne_avis": ("avis", "l’avis"),
    "decide": ("décision", "la décision"),
    "notifie": ("notification", "la notification"),
}


def check_acts(checklist: Checklist, compte_rendu: CompteRendu, procedure: Procedure) -> Iterator[Issue]:
    """Yield everything impossible in the opinions, the decisions and the notifications recorded."""
    for role in ROLES:
        for acte in recorded(compte_rendu, role):
            yield from _refuse_body(procedure, acte)
            yield from _refuse_word(procedure, acte)
    for role in ("donne_avis", "notifie"):  # two decisions are told with the rest of the report
        yield from _objects(checklist, recorded(compte_rendu, role))
    for taken in compte_rendu.decision or ():
        yield from _order(opinions_before(procedure, compte_rendu, taken), taken)
        yield from _departure(procedure, compte_rendu, taken)
    for notification in compte_rendu.notification or ():
        same = [taken for taken in compte_rendu.decision or () if taken.objet == notification.objet]
        yield from _order(same, notification)


def _refuse_body(procedure: Procedure, acte: Acte) -> Iterator[Issue]:
    """Refuse a body that is not the one declared; where nobody says which it is, any may be."""
    role = role_of(acte)
    prevus = procedure.of_role(role) if concerns(procedure, acte) else ()
    if acte.instance is not None and prevus and not calling(procedure, acte):
        noms = names_of(prevus)
        named = " ou ".join(dict.fromkeys(map(_named, prevus)))
        message = f"{_APPELES[role][0]} de « {acte.instance} », quand le référentiel nomme {named}"
        yield Issue("instance-inattendue", message, acte.lieu, suggestion(acte.instance, noms, "instances"))


def _named(prevu: ActePrevu) -> str:
    """Return who does an act, with what says so: a refusal rests on it."""
    rule = prevu.intervention
    reading = " (lecture)" if rule.lecture else ""
    return f"{''.join(names_of((prevu,)))} [{', '.join(rule.sources)}]{reading}"


def _refuse_word(procedure: Procedure, acte: Acte) -> Iterator[Issue]:
    """Refuse a word that is none of those declared."""
    text, words = word_of(acte), words_of(calling(procedure, acte))
    if text is None or words is None or meant(text, words) is not None:
        return
    codes = tuple(dict.fromkeys(word.id for word in words))
    message = f"{_APPELES[role_of(acte)][0]} « {text} » : ce sens n’est pas déclaré"
    yield Issue("sens-inconnu", message, acte.lieu, suggestion(text, codes, "sens"))


def _objects(checklist: Checklist, actes: tuple[Acte, ...]) -> Iterator[Issue]:
    """Refuse an act on a référentiel that is not of this audit, and the same act twice."""
    origines = checklist.referentiel.origines
    seen: set[tuple[str | None, ...]] = set()
    for acte in actes:
        nom = _APPELES[role_of(acte)][0]
        if acte.objet is not None and acte.objet not in origines:
            message = f"{nom} sur « {acte.objet} », qui n’est pas un référentiel de cet audit"
            yield Issue("objet-inconnu", message, acte.lieu, suggestion(acte.objet, origines, "référentiels"))
        key = (acte.objet, acte.instance if isinstance(acte, AvisRendu) else None)
        if key in seen:
            of = f" de « {key[1]} »" if key[1] else ""
            hint = "n’en garder qu’un, ou dire son instance ou son objet"
            yield Issue("acte-en-double", f"deux fois le même acte : {nom}{of}", acte.lieu, hint)
        seen.add(key)


def _order(earlier: tuple[Acte, ...] | list[DecisionPrise], acte: Acte) -> Iterator[Issue]:
    """Refuse a day before that of what comes first."""
    for other in earlier:
        if acte.le is not None and other.le is not None and acte.le < other.le:
            mine, theirs = _APPELES[role_of(acte)][1], _APPELES[role_of(other)][1]
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
