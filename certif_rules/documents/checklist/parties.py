"""What every document of a checklist says besides its lines: warnings, counters, texts, gaps, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from certif_rules.audit.checklist import Checklist, Ligne, Point
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import INSECABLE, clean, day, prose
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.mots import (
    LABEL,
    SENS,
    SENS_MARQUE,
    SIGNES,
    disclaimer,
    earlier_check,
    lines_in,
    marked,
    of_label,
)
from certif_rules.francais import count
from certif_rules.model.base import Source
from certif_rules.rules.motifs import ETATS

GARDE: Final = "Combien de temps se gardent les dossiers, par référentiel"
ABSENCES: Final = "Ce que les sources ne donnent pas"
COUCHES: Final = "Les textes dont la grille est tirée, et ce qu’ils valent"


def name(checklist: Checklist) -> str:
    """Return the name of the organisation, as it was typed."""
    return clean(str(checklist.organisme.get("nom") or ""))


def occasion(checklist: Checklist) -> str:
    """Return which audit this is, and its day."""
    return f"{prose(checklist.type_audit.titre)}, {day(checklist.contexte.date)}"


def warnings(checklist: Checklist) -> tuple[b.Texte, ...]:
    """Return the warnings, each with its sources."""
    return tuple(marked(prose(a.message), a.sources) for a in checklist.avertissements)


def warnings_heading(checklist: Checklist) -> str:
    """Return how many warnings there are."""
    return count(len(checklist.avertissements), "avertissement")


def counters(checklist: Checklist) -> b.Compteurs:
    """Return how many lines stand in each state, with what the mark of a label means where there is one."""
    label = any(of_label(checklist, ligne.indicateur.origine) for ligne in checklist.lignes)
    return b.Compteurs(
        legende=f"{count(len(checklist.lignes), 'indicateur')}, par état",
        rangs=tuple((SIGNES[etat], SENS[etat], number) for etat, number in checklist.compteurs.items()),
        note=(LABEL, b.Morceau(f"{INSECABLE}: {SENS_MARQUE}.")) if label else "",
    )


def counts(lignes: Sequence[Ligne]) -> str:
    """Return how many of these lines stand in each state, in words."""
    numbers = ((etat, sum(ligne.etat == etat for ligne in lignes)) for etat in ETATS)
    return ", ".join(lines_in(etat, number) for etat, number in numbers if number)


def points(checklist: Checklist, values: Iterable[Point]) -> tuple[b.Texte, ...]:
    """Return documents required, or checks to make, each with its sources and what it was found before."""
    return tuple(_point(checklist, value) for value in values)


def sites(checklist: Checklist) -> tuple[b.Texte, ...]:
    """Return the sites that an extension brings to the audit, if it brings some."""
    value = checklist.sites
    return (marked(document.sites(value), value.sources),) if value else ()


def layers(checklist: Checklist) -> b.Tableau:
    """Return the texts that the checklist is drawn from, and what they are worth."""
    rows = tuple(
        (f"{c.nature} – {c.origine} {c.id}", c.titre, c.periode, c.confiance, _reading(c))
        for c in document.layers(checklist)
    )
    heads = ("Nature", "Texte", "Période", "Confiance", "Lecture")
    return b.Tableau(legende=COUCHES, tetes=heads, lignes=rows, largeurs=(38, 70, 50, 20, 80))


def gaps_heading(checklist: Checklist) -> str:
    """Return how many gaps of the sources touch this checklist."""
    return count(len(checklist.lacunes), "lacune déclarée", "lacunes déclarées")


def retention(checklist: Checklist) -> b.Fiche:
    """Return how long records are kept."""
    return b.Fiche(legende=GARDE, rangs=tuple(document.retention(checklist)))


def sources(
    checklist: Checklist, blocs: Iterable[b.Bloc], others: Iterable[Source] = ()
) -> tuple[b.Bibliographie, ...]:
    """Return the sources that ``blocs`` cite as one block or none, the référentiel's before ``others``."""
    known = {source.id: source for source in (*checklist.referentiel.sources.values(), *others)}
    return document.bibliography(known.values(), blocs)


def closing(checklist: Checklist) -> Iterator[b.Texte]:
    """Yield the last sentences: those of the body, and what the texts are worth."""
    for paragraph in emetteur.closing(checklist.habillage):
        yield (b.Morceau(paragraph, "fort"),)
    yield disclaimer(checklist)


def digest(checklist: Checklist) -> b.Morceau:
    """Return the digest of the rules, to be copied letter by letter."""
    return b.Morceau(clean(checklist.empreinte), "code")


def digest_explained(checklist: Checklist) -> tuple[b.Morceau, b.Morceau]:
    """Return the digest of the rules, and what it is for."""
    return digest(checklist), b.Morceau(f" ({document.EMPREINTE})", "discret")


def _point(checklist: Checklist, value: Point) -> b.Texte:
    named = marked(document.point(checklist, value), value.sources)
    before = earlier_check(checklist, value)
    return joined([named, f"audit précédent{INSECABLE}: {before[0]}", *before[1:]]) if before else named


def _reading(couche: document.CoucheImprimee) -> b.Texte:
    return joined([", ".join(filter(None, (couche.lecture, couche.revision))), *couche.notes])
