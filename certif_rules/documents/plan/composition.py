"""The plan of an audit as a document: the audit, the people, each day slot by slot, the lines to see."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from certif_rules.audit.compte_rendu import Personne
from certif_rules.audit.plan import OBJETS, Creneau, PlanAudit
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents import emetteur, rubriques
from certif_rules.documents.mots import criterion, mode
from certif_rules.francais import capital

#: What a cell says where nothing was given.
_RIEN = "–"


def compose(plan: PlanAudit) -> b.Document:
    """Return the plan for every page format; what is examined is drawn at the opening, and is not in it."""
    checklist = plan.checklist
    nom = clean(checklist.contexte.organisme.nom or "") or "organisme non renseigné"
    titre = f"Plan d’audit – {prose(checklist.referentiel.titre)}"
    kind = prose(checklist.type_audit.titre)
    return b.Document(
        titre=titre,
        sous_titre=f"{nom} – {kind}, {day(checklist.contexte.date)}",
        sujet=f"{titre}, édition {clean(checklist.referentiel.edition)}, {nom}",
        date=checklist.contexte.date.isoformat(),
        pied=" – ".join(filter(None, [emetteur.name(checklist), "Plan d’audit", nom])),
        blocs=tuple(_blocks(plan)),
        logo=emetteur.logo(checklist.habillage),
    )


def _blocks(plan: PlanAudit) -> Iterator[b.Bloc]:
    checklist = plan.checklist
    yield b.Titre(texte="L’audit", niveau=2)
    rows = (*rubriques.identity(checklist), *rubriques.organisation(checklist))
    yield b.Fiche(legende="L’audit et l’organisme", rangs=tuple(rows))
    yield b.Titre(texte="Les personnes", niveau=2)
    yield from _people(plan.personnes)
    for jour, slots in groupby(plan.creneaux, key=lambda creneau: creneau.jour):
        yield b.Titre(texte=capital(day(jour)) if jour else "Jour à fixer", niveau=2)
        yield _day(plan, tuple(slots))
    if not plan.creneaux:
        yield b.Titre(texte="Les créneaux", niveau=2)
        yield b.Paragraphe(texte=prose("Aucun créneau n’est encore prévu."))
    yield b.Titre(texte="Les lignes vues", niveau=2)
    yield from _lines(plan)


def _people(personnes: tuple[Personne, ...] | None) -> Iterator[b.Bloc]:
    if not personnes:
        yield b.Paragraphe(texte=prose("Les personnes ne sont pas encore dites."))
        return
    yield b.Tableau(
        legende="Par fonction",
        tetes=("Fonction", "Personne", "Pour"),
        lignes=tuple(
            (clean(p.role), person(p) or _RIEN, clean(p.organisation or "") or _RIEN) for p in personnes
        ),
        largeurs=(5, 4, 4),
    )


def person(personne: Personne) -> str:
    """Return somebody by name, by initials where that is all there is."""
    return clean(personne.nom or personne.initiales or "")


def _day(plan: PlanAudit, slots: tuple[Creneau, ...]) -> b.Tableau:
    return b.Tableau(
        legende="",
        tetes=("Heures", "Objet", "Lieu", "Auditeurs", "Fonctions rencontrées"),
        lignes=tuple(
            (
                hours(slot) or _RIEN,
                joined([OBJETS.get(slot.objet, slot.objet), *_numbers(plan, slot)]),  # type: ignore[call-overload]
                joined([clean(slot.site), mode(clean(slot.mode))]) if slot.site or slot.mode else _RIEN,
                ", ".join(map(clean, slot.auditeurs)) or _RIEN,
                clean(slot.fonctions) or _RIEN,
            )
            for slot in slots
        ),
        largeurs=(3, 6, 4, 3, 5),
    )


def hours(slot: Creneau) -> str:
    """Return the hours of a slot, as far as they are known."""
    return " – ".join(filter(None, (slot.debut, slot.fin)))


def _numbers(plan: PlanAudit, slot: Creneau) -> list[str]:
    numbers = [clean(li.indicateur.numero) for li in plan.checklist.lignes if li.indicateur.id in slot.lignes]
    return [f"lignes {', '.join(numbers)}"] if numbers else []


def _lines(plan: PlanAudit) -> Iterator[b.Bloc]:
    for critere, lines in plan.checklist.groupes:
        due = [line for line in lines if line in plan.dues]
        if due:
            yield b.Paragraphe(
                texte=(
                    b.Morceau(f"{criterion(critere)} : ", "fort"),
                    b.Morceau(", ".join(clean(line.indicateur.numero) for line in due)),
                )
            )
