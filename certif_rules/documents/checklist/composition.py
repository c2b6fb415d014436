"""The checklist to read: a page of sections, a text, a table for a terminal, made of the same parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import FINE, INSECABLE, prose
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.checklist import lignes as lignes_
from certif_rules.documents.checklist import parties
from certif_rules.documents.formats.balises import anchor
from certif_rules.documents.mots import criterion, groups, marked, wording
from certif_rules.model.base import Source
from certif_rules.model.referentiel import Critere

# ---- a page -----------------------------------------------------------------------------------------------


def page(checklist: Checklist) -> b.Document:
    """Return the checklist as a page: what must be known first, the lines by criterion, the annexes."""
    blocs = (*before(checklist), *criteria(checklist, lignes_.article), *annexes(checklist))
    return sectioned(checklist, "Grille d’audit", blocs)


def sectioned(
    checklist: Checklist, nature: str, blocs: Iterable[b.Partie], others: Iterable[Source] = ()
) -> b.Document:
    """Return a page of these parts, ended by the sources that they cite.

    Args:
        checklist: what the page is about.
        nature: what the page is.
        blocs: its parts.
        others: sources that the référentiel does not declare.
    """
    whole = tuple(blocs)
    references = parties.sources(checklist, whole, others)
    cited = [_annexe("sources", "Sources citées", *references)] if references else []
    nom, titre = parties.name(checklist), prose(checklist.referentiel.titre)
    when = parties.occasion(checklist)
    digest = (b.Morceau(f"Empreinte{INSECABLE}: "), parties.digest(checklist))
    return b.Document(
        titre=titre,
        surtitre=nature,
        sous_titre=" – ".join(filter(None, [nom, when])),
        sujet=" – ".join(filter(None, [document.heading(checklist), nom])),
        date=checklist.contexte.date.isoformat(),
        pied=" – ".join(filter(None, [titre, nom, when])),
        logo=emetteur.logo(checklist.habillage),
        blocs=(*whole, *cited),
        fin=(*parties.closing(checklist), digest),
    )


def before(checklist: Checklist) -> Iterator[b.Partie]:
    """Yield what stands before the lines of a page."""
    yield from warned(checklist)
    yield b.Partie(titre="Compteurs", blocs=(parties.counters(checklist),))
    yield context(checklist)


def warned(checklist: Checklist) -> Iterator[b.Partie]:
    """Yield the warnings, where there are some."""
    warnings = parties.warnings(checklist)
    if warnings:
        yield b.Partie(
            titre=parties.warnings_heading(checklist),
            blocs=(b.Liste(elements=warnings),),
            genre="avertissements",
            ancre="avertissements",
        )


def context(checklist: Checklist) -> b.Partie:
    """Return what the audit is, and the organisation as declared."""
    declared = (*document.organisation(checklist), *document.circumstances(checklist))
    return b.Partie(
        titre="L’audit et l’organisme",
        blocs=(
            _identity(checklist, "L’audit et son référentiel"),
            b.Fiche(legende="L’organisme, comme déclaré", rangs=declared),
            b.Fiche(legende="Les faits déclarés", rangs=tuple(document.facts(checklist))),
        ),
    )


def _identity(checklist: Checklist, legende: str) -> b.Fiche:
    digest: document.Rangee = ("Empreinte", parties.digest_explained(checklist))
    return b.Fiche(legende=legende, rangs=(*document.identity(checklist), digest))


def criteria(checklist: Checklist, lay: Callable[[Checklist, Ligne], b.Article]) -> Iterator[b.Partie]:
    """Yield the lines by criterion, each as ``lay`` composes it."""
    for critere, lignes in groups(checklist):
        yield b.Partie(
            titre=named(checklist, critere),
            blocs=tuple(lay(checklist, ligne) for ligne in lignes),
            genre="critere",
            resume=(parties.counts(lignes), *_variants(critere)),
            ancre=f"critere-{anchor(critere.id)}" if critere else "sans-critere",
        )


def named(checklist: Checklist, critere: Critere | None) -> b.Texte:
    """Return the heading of a criterion, marked where a label adds it."""
    marks = lignes_.marks(checklist, critere.origine) if critere else ()
    return (b.Morceau(criterion(critere)), *(run for mark in marks for run in (b.Morceau(" "), mark)))


def annexes(checklist: Checklist) -> Iterator[b.Partie]:
    """Yield what follows the lines of a page, the sources excepted."""
    for place, heading, points in (
        ("pieces", "Pièces exigées", checklist.pieces),
        ("verifications", "Vérifications hors indicateurs", checklist.verifications),
    ):
        if points:
            texts = parties.points(checklist, points)
            yield _annexe(place, heading, b.Liste(elements=texts, a_cocher=True))
    for texte in parties.sites(checklist):
        yield _annexe("sites", "Sites à auditer", b.Paragraphe(texte=texte))
    yield _annexe("textes", "Textes appliqués", parties.layers(checklist))
    gaps = _gaps(checklist)
    if gaps:
        heads = ("Objet", "Absent", "Ce qui a été cherché", "Sources")
        table = b.Tableau(legende=parties.ABSENCES, tetes=heads, lignes=gaps, largeurs=(5, 4, 13, 3))
        yield _annexe("lacunes", parties.gaps_heading(checklist), table)
    notes = b.Paragraphe(texte=prose(document.NOTES))
    yield _annexe("conservation", document.CONSERVATION, notes, parties.retention(checklist))


def _gaps(checklist: Checklist) -> tuple[tuple[b.Cellule, ...], ...]:
    gaps = document.gaps(checklist)
    return tuple((g.objet, g.champs, g.cherche, (b.Morceau("", sources=g.sources),)) for g in gaps)


def _annexe(place: str, heading: str, *blocs: b.Bloc) -> b.Partie:
    return b.Partie(titre=heading, blocs=blocs, genre="annexe", ancre=place)


def _variants(critere: Critere | None) -> Iterator[b.Texte]:
    if critere and critere.variantes:
        texts = (marked(wording(v), v.sources) for v in critere.variantes)
        yield joined([f"Autres rédactions{INSECABLE}: ", joined(texts, f"{FINE}; ")], "")


# ---- a text -----------------------------------------------------------------------------------------------


def text(checklist: Checklist) -> b.Document:
    """Return the checklist as a text without folds: what it is, then the lines, then the annexes."""
    rows = tuple(
        (c.nature, f"{c.origine} {c.id} – {c.titre}", c.periode, c.confiance, joined(_worth(c), " – "))
        for c in document.layers(checklist)
    )
    heads = ("Nature", "Texte", "Période", "Confiance", "Lecture et notes")
    layers = b.Tableau(legende="", tetes=heads, lignes=rows, largeurs=(1, 2, 1, 1, 3))
    gaps = _gaps(checklist)
    of_gaps = ("Objet", "Absent", "Cherché", "Sources")
    absences = b.Tableau(legende="", tetes=of_gaps, lignes=gaps, largeurs=(2, 2, 6, 1))
    facts = tuple(document.facts(checklist))
    answers = b.Tableau(legende="", tetes=("Question", "Réponse"), lignes=facts, largeurs=(2, 1))
    return _plain(
        checklist,
        _identity(checklist, ""),
        *_under("Organisme", *_sheet(document.organisation(checklist))),
        *_under("Circonstances de l’audit", *_sheet(document.circumstances(checklist))),
        *_under("Faits déclarés", *([answers] if facts else [])),
        *warned(checklist),
        b.Partie(titre="Compteurs", blocs=(parties.counters(checklist),)),
        *(
            replace(part, resume=(f"{parties.counts(lignes)}.",))
            for part, (_, lignes) in zip(criteria(checklist, lignes_.section), groups(checklist), strict=True)
        ),
        *_lists(checklist),
        b.Partie(titre="Textes appliqués", blocs=(layers,)),
        *_under(parties.gaps_heading(checklist), *([absences] if gaps else [])),
        b.Partie(titre=document.CONSERVATION, blocs=(_durations(checklist, prose(document.NOTES)),)),
    )


def table(checklist: Checklist) -> b.Document:
    """Return the checklist for a terminal: the deciding reasons alone under each line."""
    facts = document.facts(checklist)
    identity = (
        *document.identity(checklist),
        *document.organisation(checklist),
        *document.circumstances(checklist),
    )
    layers = tuple(
        joined([f"{c.nature} {c.origine} {c.id} – {c.titre}", _period(c), *c.notes])
        for c in document.layers(checklist)
    )
    gaps = tuple(marked(f"{g.objet} – {g.champs} – {g.cherche}", g.sources) for g in document.gaps(checklist))
    whole = _plain(
        checklist,
        b.Fiche(legende="", rangs=tuple(identity)),
        *_under("Faits déclarés", *_sheet(facts)),
        b.Partie(titre="Compteurs", blocs=(parties.counters(checklist),)),
        *warned(checklist),
        *(replace(part, resume=()) for part in criteria(checklist, lignes_.short)),
        *_lists(checklist),
        b.Partie(titre="Textes appliqués", blocs=(b.Liste(elements=layers),)),
        *_under(f"{parties.gaps_heading(checklist)} (absent des sources)", *_list(gaps)),
        b.Partie(titre=document.CONSERVATION, blocs=(_durations(checklist),)),
    )
    digest = (b.Morceau("Empreinte "), *parties.digest_explained(checklist))
    return replace(whole, fin=(*whole.fin, digest))


def _plain(checklist: Checklist, *blocs: b.Bloc) -> b.Document:
    """Return a document of one flow, ended by the sources that it cites."""
    heading = document.heading(checklist)
    references = parties.sources(checklist, blocs)
    return b.Document(
        titre=heading,
        sujet=heading,
        date=checklist.contexte.date.isoformat(),
        pied=heading,
        blocs=(*blocs, *_under("Sources citées", *references)),
        fin=tuple(parties.closing(checklist)),
    )


def _under(heading: str, *blocs: b.Bloc) -> list[b.Bloc]:
    """Return blocks under their heading, or nothing when there are none."""
    return [b.Partie(titre=heading, blocs=blocs)] if blocs else []


def _sheet(rows: Sequence[document.Rang]) -> list[b.Bloc]:
    return [b.Fiche(legende="", rangs=tuple(rows))] if rows else []


def _list(texts: tuple[b.Texte, ...]) -> list[b.Bloc]:
    return [b.Liste(elements=texts)] if texts else []


def _lists(checklist: Checklist) -> Iterator[b.Bloc]:
    """Yield the documents required, the checks to make and the sites, each as a list."""
    for heading, texts in (
        ("Pièces exigées", parties.points(checklist, checklist.pieces)),
        ("Vérifications hors indicateurs", parties.points(checklist, checklist.verifications)),
        ("Sites à auditer", parties.sites(checklist)),
    ):
        yield from _under(heading, *_list(texts))


def _durations(checklist: Checklist, *first: str) -> b.Liste:
    """Return how long records are kept, a référentiel an item, after what comes first."""
    rows = (joined([f"{label}{INSECABLE}: ", value], "") for label, value in document.retention(checklist))
    return b.Liste(elements=(*first, *rows))


def _worth(couche: document.CoucheImprimee) -> tuple[b.Texte, ...]:
    return (couche.lecture, couche.revision, *couche.notes)


def _period(couche: document.CoucheImprimee) -> str:
    parts = (couche.periode, f"confiance {couche.confiance}", couche.lecture, couche.revision)
    return ", ".join(filter(None, parts))
