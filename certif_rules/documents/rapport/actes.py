"""The chapters of a report that people fill: evaluation, opinions, decision, notification, in that order.

Each has its place, apart from what the rules give; what is not recorded yet is left to fill by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from certif_rules.audit.compte_rendu import AvisRendu, DecisionPrise
from certif_rules.audit.contenu import Rapport
from certif_rules.audit.manques import other_than_called_for
from certif_rules.audit.procedure import ActeSuivi, body, follow_up, name_of, opinion, words_of
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.actes import EFFETS, act_heading, act_word
from certif_rules.documents.mots import marked, remarks
from certif_rules.documents.rapport.redaction import (
    NON_RENSEIGNE,
    SEPARATION,
    referentiel_name,
    typed,
)
from certif_rules.francais import capital
from certif_rules.model.acteurs import Role

#: Said before the opinions: which of the four things they are.
_AVIS = (
    "Un avis précède la décision et ne la prend pas. Ce que donnent les règles d’audit est à la conclusion, "
    "et n’est l’avis de personne."
)


def evaluation(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield who evaluated, when, and what is recommended; room to sign."""
    acte = rapport.bilan.dossier.compte_rendu.evaluation
    yield b.Paragraphe(texte=prose(SEPARATION))
    yield b.Fiche(
        legende="Évaluation",
        rangs=(
            ("Par", ", ".join(map(typed, acte.par)) if acte and acte.par else NON_RENSEIGNE),
            ("Le", day(acte.le) if acte and acte.le else NON_RENSEIGNE),
            (
                "Recommandation",
                typed(acte.recommandation) if acte and acte.recommandation else NON_RENSEIGNE,
            ),
        ),
    )
    for name in (acte.par if acte else ()) or ("",):
        yield b.Signature(role="Évaluation", nom=typed(name))
    yield b.Signature(role="Organisme audité, pour réception du rapport")


def acts(rapport: Rapport, role: Role) -> tuple[ActeSuivi, ...]:
    """Return the acts of a role that are called for or recorded."""
    bilan = rapport.bilan
    followed = follow_up(bilan.procedure, bilan.dossier.compte_rendu)
    return tuple(suivi for suivi in followed if suivi.role == role)


def opinions(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield the opinions in order, each with what it is worth; a place to fill for those to come."""
    yield b.Paragraphe(texte=prose(_AVIS))
    for suivi in acts(rapport, "donne_avis"):
        heading = act_heading(rapport.bilan.procedure, suivi)
        yield b.Titre(texte=heading, niveau=3)
        yield from _rule(suivi)
        if suivi.rendu is None:
            yield _to_fill(suivi, "Avis")
        elif isinstance(suivi.rendu, AvisRendu):
            avis = suivi.rendu
            rows = (("Avis", act_word(suivi) or NON_RENSEIGNE), *_signed(rapport, avis))
            yield b.Fiche(legende=heading, rangs=rows)
            yield from _not_called_for(rapport, avis, "Cet avis n’est pas ce que les constats appellent")
        for name in _people(suivi):
            yield b.Signature(role=heading, nom=name)


def decision(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield what was decided, by others; a block to fill for a decision not taken yet."""
    nothing = ActeSuivi(role="decide", rendu=DecisionPrise())
    for suivi in acts(rapport, "decide") or (nothing,):
        yield from _rule(suivi)
        heading = _decision_name(rapport, suivi)
        if suivi.rendu is None:
            yield _to_fill(suivi, "Décision")
        elif isinstance(suivi.rendu, DecisionPrise):
            yield from _taken(rapport, suivi, suivi.rendu, heading)
        for name in _people(suivi):
            yield b.Signature(role=heading, nom=name)


def _taken(rapport: Rapport, suivi: ActeSuivi, taken: DecisionPrise, heading: str) -> Iterator[b.Bloc]:
    words = act_word(suivi) if suivi.mot else _decision_words(rapport, taken)
    yield b.Fiche(legende=heading, rangs=(("Décision", words or NON_RENSEIGNE), *_signed(rapport, taken)))
    yield from _not_called_for(rapport, taken, "Cette décision n’est pas celle que les constats appellent")
    if suivi.ecarts:
        procedure = rapport.bilan.procedure
        reason = typed(taken.motif or NON_RENSEIGNE)
        away = " ; ".join(opinion(procedure, avis) for avis in suivi.ecarts)
        yield b.Encadre(
            titre="Cette décision s’écarte d’un avis",
            texte=f"{prose(f'{capital(away)}. Motif de la décision :')} {reason}",
            ton="attention",
        )


def notification(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield who notifies the decision and when; a place to fill while it is not."""
    for suivi in acts(rapport, "notifie"):
        heading = act_heading(rapport.bilan.procedure, suivi)
        yield from _rule(suivi)
        if suivi.rendu is None:
            yield _to_fill(suivi, "Notification")
        else:
            on = day(suivi.rendu.le) if suivi.rendu.le else NON_RENSEIGNE
            yield b.Fiche(legende=heading, rangs=(("Notifiée le", on),))


# ---- what they share ------------------------------------------------------------------------------------


def _rule(suivi: ActeSuivi) -> Iterator[b.Bloc]:
    """Yield what the référentiel says of an act: by whom, what it is worth, with its sources."""
    if suivi.prevu is None:
        return
    rule, acteur = suivi.prevu.intervention, suivi.prevu.acteur
    who = f"Revient à : {acteur.nom}." if acteur else f"On ne sait pas à qui : {rule.inconnu}."
    texts = [who, f"{capital(rule.texte)}." if rule.texte else "", EFFETS[rule.nature] if rule.nature else ""]
    unsure = "" if suivi.prevu.certain else "À confirmer : on ne sait pas encore si cet audit le demande."
    words = prose(" ".join(filter(None, (*texts, unsure))))
    yield b.Paragraphe(texte=marked(words, rule.sources, remarks(replace(rule, incoherences=()))))


def _to_fill(suivi: ActeSuivi, titre: str) -> b.Bloc:
    """Return an act that is not recorded yet, to fill by hand: its words to tick, its day, its reason."""
    words = words_of((suivi.prevu,) if suivi.prevu else ()) or ()
    choice = b.Case(choix=tuple(prose(word.titre) for word in words)) if words else b.EspaceLibre(intitule="")
    room: tuple[tuple[b.Cellule, ...], ...] = (
        (titre, choice),
        ("Motif", b.EspaceLibre(intitule="", lignes=3)),
    )
    return b.Tableau(
        legende=f"{titre} à remplir",
        tetes=("Quoi", "À remplir"),
        lignes=(*(() if suivi.role == "notifie" else room), ("Le", b.EspaceLibre(intitule=""))),
        largeurs=(2, 7),
    )


def _signed(rapport: Rapport, acte: AvisRendu | DecisionPrise) -> tuple[tuple[str, str], ...]:
    """Return why, by whom (the body that it says, then people) and when."""
    whose = () if acte.instance is None else (clean(body(rapport.bilan.procedure, acte)),)
    return (
        ("Motif", typed(acte.motif) if acte.motif else NON_RENSEIGNE),
        ("Par", ", ".join((*whose, *map(typed, acte.par))) or NON_RENSEIGNE),
        ("Le", day(acte.le) if acte.le else NON_RENSEIGNE),
    )


def _people(suivi: ActeSuivi) -> tuple[str, ...]:
    """Return those who sign an act; one unnamed, where nobody is named."""
    acte = suivi.rendu
    names = acte.par if isinstance(acte, AvisRendu | DecisionPrise) else ()
    return tuple(map(typed, names)) or ("",)


def _not_called_for(rapport: Rapport, acte: AvisRendu | DecisionPrise, titre: str) -> Iterator[b.Bloc]:
    other = other_than_called_for(rapport.bilan, acte)
    if other is not None:
        yield b.Encadre(
            titre=titre,
            texte=capital(prose(f"{other.texte}, d’après les règles d’audit.")),
            ton="attention",
        )


def _decision_name(rapport: Rapport, suivi: ActeSuivi) -> str:
    parts = [name_of(rapport.bilan.procedure, suivi)]
    if suivi.rendu is not None and suivi.rendu.objet is not None:
        parts.insert(0, referentiel_name(rapport.checklist.referentiel, suivi.rendu.objet))
    return " – ".join(filter(None, ("Décision", *parts)))


def _decision_words(rapport: Rapport, taken: DecisionPrise) -> str:
    """Return the decision as typed; a code of the référentiel reads as its title, unless several bear it."""
    if taken.decision is None:
        return ""
    referentiel = rapport.checklist.referentiel
    code_type = rapport.checklist.type_audit.code
    jugements = [j for o, j in referentiel.jugements.items() if taken.objet in (None, o)]
    titres = {d.titre_pour(code_type) for j in jugements for d in j.decisions if d.code == taken.decision}
    # One code may read in several ways: that of the conclusion, when it is the same, else as typed.
    titres = titres & {c.texte for c in rapport.bilan.conclusions} or titres
    return capital(prose(titres.pop())) if len(titres) == 1 else typed(taken.decision)
