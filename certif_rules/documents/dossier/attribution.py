"""What follows a decision, for people: outcomes, what an award gives, where it is published, who acts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import prose
from certif_rules.documents.dossier.appuis import (
    actors,
    by_edition,
    contradictions,
    page,
    pied,
    supported,
)
from certif_rules.model.acteurs import Rythme
from certif_rules.vie.apercu import DossierEtudie, award_supports

_NATURES: Final = {"regle": "", "minimum": " (un minimum)", "annonce": " (annoncé pour cette année-là)"}


def award(dossier: DossierEtudie) -> b.Document:
    """Return what follows the decision, where it is published, who does what."""
    return b.Document(
        titre=f"Attribution et instances – {prose(dossier.titre)}",
        sujet="Ce que donne une attribution, où elle est publiée, qui décide",
        date="",
        pied=pied(dossier),
        blocs=by_edition(dossier, _award),
    )


def _date(nom: str | None, dossier: DossierEtudie) -> str:
    """Return a date of the calendar by its title."""
    return prose(dossier.vie.cycle.dates[nom].titre) if nom and dossier.vie.cycle else nom or "–"


def _meeting(rythme: Rythme) -> b.Texte:
    return supported(f"– se réunit : {rythme.texte}{_NATURES[rythme.nature]}", rythme)


def _award(dossier: DossierEtudie) -> Iterator[b.Bloc]:
    attribution = dossier.vie.attribution
    if attribution is not None:
        if attribution.suites:
            yield b.Titre(texte="Issues d’une demande", niveau=2, ancre="issues")
            yield b.Tableau(
                legende="Chaque issue et ce qu’elle entraîne",
                tetes=("Issue", "Ce qu’elle entraîne", "Date du calendrier"),
                lignes=tuple(
                    (prose(s.titre), supported(s.texte, s), _date(s.date, dossier))
                    for s in attribution.suites
                ),
                largeurs=(2, 5, 2),
            )
        if attribution.remises:
            yield b.Titre(texte="Ce que donne une attribution", niveau=2, ancre="remises")
            items = []
            for remise in attribution.remises:
                todo = [w for w, asked in (("dater", remise.a_dater), ("signer", remise.a_signer)) if asked]
                after = f" ; à {' et '.join(todo)}" if todo else ""
                words = f" : {remise.texte}" if remise.texte else ""
                items.append(supported(f"{remise.titre}{words}{after}", remise))
            yield b.Liste(elements=tuple(items))
        if attribution.publications:
            yield b.Titre(texte="Où elle est publiée", niveau=2, ancre="publications")
            yield b.Liste(
                elements=tuple(
                    joined([supported(p.titre, p), *map(page, p.pages)]) for p in attribution.publications
                )
            )
    instances = dossier.vie.instances
    if instances.acteurs:
        yield b.Titre(texte="Instances et organismes", niveau=2, ancre="instances")
        yield b.Liste(
            elements=tuple(
                joined([supported(acteur.nom, acteur), *map(_meeting, acteur.rythmes)])
                for acteur in instances.acteurs.values()
            )
        )
    yield from actors(dossier, [(i, True) for i in instances.interventions], when=True)
    yield from contradictions(dossier, award_supports(dossier.vie))
