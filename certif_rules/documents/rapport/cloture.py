"""The sheet of the closing meeting: what is announced to the organisation, signed there, on a page or two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from certif_rules.audit.contenu import Ecart, Rapport
from certif_rules.audit.rapport import gravest_first
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.mots import cite
from certif_rules.documents.rapport import fin
from certif_rules.documents.rapport.constats import due_dates
from certif_rules.documents.rapport.redaction import (
    ECHANTILLON,
    NON_RENSEIGNE,
    SEPARATION,
    counts_as,
    gap_name,
    gravity_sign,
    noticed,
    numbers,
    textes,
    typed,
)


def closing_blocks(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield what is said at the closing meeting, in order: conclusions, gaps, strong points, what is left."""
    yield b.Titre(texte="Ce que donnent les règles", niveau=2, ancre="regles")
    waiting = [prose(a.message) for a in rapport.bilan.avertissements if a.code == "a_accorder"]
    if waiting:
        yield b.Encadre(titre="La conclusion attend", texte=joined(waiting), ton="attention")
    for conclusion in rapport.bilan.conclusions if not waiting else ():
        yield fin.verdict(rapport, conclusion)
    yield b.Titre(texte="Écarts, le plus grave d’abord", niveau=2, ancre="ecarts")
    yield from _gaps(rapport)
    yield b.Titre(texte="Points signalés", niveau=2, ancre="points")
    rows = tuple(noticed(rapport))
    yield (
        b.Fiche(legende="Ce que l’auditeur signale", rangs=rows)
        if rows
        else b.Paragraphe(texte="Aucun point n’est signalé.")
    )
    yield b.Titre(texte="Désaccords", niveau=2, ancre="desaccords")
    yield textes(rapport.bilan.dossier.compte_rendu.desaccords, "Aucun désaccord.")
    left = tuple(_left(rapport))
    if left:
        yield b.Titre(texte="Ce qui reste", niveau=2, ancre="reste")
        yield b.Liste(elements=left)
    yield b.Titre(texte="Signatures", niveau=2, ancre="signatures")
    yield b.Paragraphe(texte=prose(f"{ECHANTILLON} {SEPARATION}"))
    for name in _assessors(rapport) or ("",):
        yield b.Signature(role="Pour l’équipe d’audit", nom=name)
    yield b.Signature(role="Pour l’organisme, qui a pris connaissance des écarts et de leurs échéances")


def _gaps(rapport: Rapport) -> Iterator[b.Bloc]:
    notified = rapport.bilan.dossier.notifie_le
    if not rapport.ecarts:
        yield b.Paragraphe(texte="Aucun écart n’est relevé sur les lignes qui ont un constat.")
        return
    since = f"Écarts notifiés le {day(notified)}" if notified else f"Jour de notification {NON_RENSEIGNE}"
    yield b.Paragraphe(texte=f"{since}.")
    yield b.Tableau(
        legende="Écarts annoncés à l’organisme",
        tetes=("Ligne ou vérification", "Gravité", "Énoncé", "Échéances"),
        lignes=tuple(_row(rapport, ecart) for ecart in gravest_first(rapport)),
        largeurs=(5, 3, 6, 5),
    )


def _row(rapport: Rapport, ecart: Ecart) -> tuple[b.Cellule, ...]:
    checklist, releve = rapport.checklist, ecart.releve
    dates = joined(f"{name} le {day(value)}" for name, value in due_dates(checklist, ecart))
    sources = ecart.echeance.sources if ecart.echeance else ()
    return (
        gap_name(checklist, ecart),
        joined([gravity_sign(checklist, ecart), counts_as(checklist, ecart.compte)]),
        typed(releve.ecart.get("enonce") or releve.commentaire or "") or NON_RENSEIGNE,
        joined([dates, cite(sources)]) if dates else NON_RENSEIGNE,
    )


def _left(rapport: Rapport) -> Iterator[str]:
    due = [v for s in rapport.sections for v in s.lignes if v.ligne.etat == "a_auditer" and v.constat is None]
    if due:
        yield prose(f"À évaluer : {numbers(due)}.")
    if rapport.ouvertes:
        yield prose(f"À confirmer, sans constat : {numbers(rapport.ouvertes)}.")
    undone = [clean(vu.numero) for vu in rapport.points if vu.resultat is None]
    if undone:
        yield prose(f"Vérifications à faire : {', '.join(undone)}.")


def _assessors(rapport: Rapport) -> tuple[str, ...]:
    """Return who assessed, as typed: those who say so of the audit, else those of its lines."""
    dossier = rapport.bilan.dossier
    evaluation = dossier.compte_rendu.evaluation
    named: Iterable[str] = evaluation.par if evaluation else ()
    everyone = named or (name for releve in dossier.releves for name in releve.signataires)
    return tuple(dict.fromkeys(map(typed, everyone)))
