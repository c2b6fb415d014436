"""The paper grid: a checklist to annotate by hand, with boxes to tick and ruled room to write.

Turned A4, one table per criterion, one row per line to see: its texts on the left, what the auditor writes on
the right. Lines that are not to be seen are listed with their reasons, all together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, Ligne, Point, point_key, point_numbers
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined, printed
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.checklist import lignes as lignes_
from certif_rules.documents.checklist import parties
from certif_rules.documents.formats.rendu import height
from certif_rules.documents.mots import (
    DONNEES_SENSIBLES,
    MARQUE,
    SIGNES,
    criterion,
    deciding,
    disclaimer,
    groups,
    marked,
    of_label,
    title,
)
from certif_rules.francais import count
from certif_rules.rules.motifs import ETATS

#: The groups of texts that paper has room for; the others are in the HTML page.
IMPRIMES: Final = (
    DONNEES_SENSIBLES,
    "Constat précédent",
    "Niveau attendu",
    "Gravité d’un écart",
    "Exemples de preuves",
    "Précisions",
    "Adaptations",
    "Absent des sources",
)
_TETES: Final = ("N°", "Exigence, motif, niveau attendu, preuves", "Constat", "Preuves vues", "Commentaire")
_LARGEURS: Final = (23, 122, 34, 50, 42)
#: Ems of a line of the second column, and lines of text for one ruled line.
_PLACE, _INTERLIGNE = 38, 0.5
_LIGNES: Final = range(3, 8)
#: What may be ticked of a document, and of a check.
_VU: Final = ("vu",)
_RESULTATS: Final = (*document.MOTS_RESULTATS.values(), document.A_FAIRE)
_REMPLIR: Final = (
    "Cocher un seul constat par ligne ; aucune case cochée veut dire « à évaluer ».",
    "Preuves vues : des références, sans nom de personne.",
    "Une ligne à confirmer se tranche avec l’organisme : son motif dit ce qui manque.",
)


def compose(checklist: Checklist) -> b.Document:
    """Return the paper grid of a checklist."""
    nom, when = parties.name(checklist), parties.occasion(checklist)
    titre = document.heading(checklist)
    blocs = (*_before(checklist), *_due(checklist), *_others(checklist), *_after(checklist))
    return b.Document(
        titre=titre,
        sous_titre=" – ".join(filter(None, [nom, when])),
        sujet=f"{titre}, {when}",
        date=checklist.contexte.date.isoformat(),
        pied=" – ".join(filter(None, [titre, nom, when])),
        logo=emetteur.logo(checklist.habillage),
        paysage=True,
        blocs=(*blocs, *parties.sources(checklist, blocs), *_last(checklist)),
    )


def _before(checklist: Checklist) -> Iterator[b.Bloc]:
    warnings = parties.warnings(checklist)
    if warnings:
        heading = parties.warnings_heading(checklist)
        yield b.Encadre(titre=heading, texte=joined(warnings), ton="attention")
    yield b.Titre(texte="L’audit et l’organisme", niveau=2)
    yield b.Fiche(legende="L’audit et son référentiel", rangs=tuple(document.identity(checklist)))
    declared = (*document.organisation(checklist), *document.circumstances(checklist))
    yield b.Fiche(legende="L’organisme, comme déclaré", rangs=declared)
    facts = tuple(document.facts(checklist))
    if facts:
        yield b.Fiche(legende="Les faits déclarés", rangs=facts)
    yield b.Titre(texte="Lire et remplir", niveau=2)
    counters = parties.counters(checklist)
    yield replace(counters, note="")
    advice = (*map(prose, _REMPLIR), *([counters.note] if counters.note else []))
    yield b.Liste(elements=advice)


def _due(checklist: Checklist) -> Iterator[b.Bloc]:
    """Yield the lines to see, a table by criterion."""
    for critere, lignes in groups(checklist):
        due = [ligne for ligne in lignes if ligne.etat in lignes_.DUS]
        if due:
            label = critere is not None and of_label(checklist, critere.origine)
            yield b.Titre(texte=criterion(critere) + (f" ({MARQUE})" if label else ""), niveau=2)
            legende = count(len(due), "ligne à voir", "lignes à voir")
            articles = tuple(_line(checklist, ligne) for ligne in due)
            yield b.Grille(legende=legende, tetes=_TETES, articles=articles, largeurs=_LARGEURS)


def _line(checklist: Checklist, ligne: Ligne) -> b.Article:
    """Return a line to annotate; its state is printed where it is not the plain one."""
    several = len(checklist.contexte.categories) > 1
    texts = {rubrique.titre: rubrique for rubrique in lignes_.rubriques(checklist, ligne)}
    why = b.Rubrique(titre="Motif", elements=lignes_.reasons(checklist, deciding(ligne)))
    own = lignes_.mentions(checklist, ligne)
    noted = [b.Rubrique(titre="À savoir", elements=own)] if own else []
    whole = b.Article(
        numero=clean(ligne.indicateur.numero),
        titre=title(ligne),
        etat=None if ligne.etat == "a_auditer" else SIGNES[ligne.etat],
        marques=lignes_.marks(checklist, ligne.indicateur.origine),
        mention=", ".join(map(clean, ligne.categories)) if several else "",
        enonce=lignes_.requirement(ligne.indicateur) if ligne.indicateur.titre is not None else "",
        rubriques=(why, *(texts[name] for name in IMPRIMES if name in texts), *noted),
        choix=lignes_.choices(checklist, ligne),
    )
    lines = int(height(printed(whole), _PLACE) * _INTERLIGNE)
    room = b.EspaceLibre(intitule="", lignes=min(max(lines, _LIGNES.start), _LIGNES.stop))
    return replace(whole, ecritures=(room, room))


def _others(checklist: Checklist) -> Iterator[b.Bloc]:
    """Yield the lines that are not to be seen, by state."""
    lignes = [ligne for etat in ETATS for ligne in checklist.lignes if ligne.etat == etat]
    rows = tuple(
        (
            clean(ligne.indicateur.numero),
            title(ligne, 160),
            SIGNES[ligne.etat].mot,
            joined(lignes_.reasons(checklist, deciding(ligne))),
        )
        for ligne in lignes
        if ligne.etat not in lignes_.DUS
    )
    if rows:
        yield b.Titre(texte="Lignes qui ne sont pas à voir", niveau=2)
        legende = f"{count(len(rows), 'ligne')}, avec leurs motifs"
        heads = ("N°", "Indicateur", "État", "Motif")
        yield b.Tableau(legende=legende, tetes=heads, lignes=rows, largeurs=(12, 90, 28, 130))


def _after(checklist: Checklist) -> Iterator[b.Bloc]:
    yield from _points(checklist)
    yield b.Titre(texte="Évaluation", niveau=2)
    for titre in emetteur.columns(checklist).values():
        yield b.EspaceLibre(intitule=titre, lignes=2)
    yield b.EspaceLibre(intitule="Remarques d’ensemble", lignes=4)
    yield b.Signature(role="Auditeur")
    yield b.Titre(texte=document.CONSERVATION, niveau=2)
    yield b.Paragraphe(texte=prose(document.NOTES))
    yield parties.retention(checklist)
    yield b.Titre(texte="Textes appliqués et sources", niveau=2)
    yield b.Paragraphe(texte=disclaimer(checklist))
    yield parties.layers(checklist)
    gaps = tuple((g.objet, g.champs, marked(g.cherche, g.sources)) for g in document.gaps(checklist))
    if gaps:
        legende = f"{parties.ABSENCES}{INSECABLE}: {parties.gaps_heading(checklist)}"
        heads = ("Objet", "Absent", "Ce qui a été cherché")
        yield b.Tableau(legende=legende, tetes=heads, lignes=gaps, largeurs=(50, 45, 160))


def _points(checklist: Checklist) -> Iterator[b.Bloc]:
    numbers = point_numbers(checklist)
    if checklist.pieces:
        heading = "Pièces exigées"
        yield b.Titre(texte=heading, niveau=2)
        rows = tuple(_point(checklist, piece, "", _VU) for piece in checklist.pieces)
        heads: tuple[str, ...] = ("À voir", "Vu", "Remarques")
        yield b.Tableau(legende=heading, tetes=heads, lignes=rows, largeurs=(130, 18, 110))
    if checklist.verifications:
        heading = "Vérifications hors indicateurs"
        yield b.Titre(texte=heading, niveau=2)
        rows = tuple(_point(checklist, p, numbers[point_key(p)], _RESULTATS) for p in checklist.verifications)
        heads = ("Vérification", "Résultat", "Preuves vues et commentaire")
        yield b.Tableau(legende=heading, tetes=heads, lignes=rows, largeurs=(130, 34, 94))
    for texte in parties.sites(checklist):
        yield b.Titre(texte="Sites à auditer", niveau=2)
        yield b.Paragraphe(texte=texte)


def _point(checklist: Checklist, point: Point, numero: str, choix: tuple[str, ...]) -> tuple[b.Cellule, ...]:
    """Return a document or a check, what may be ticked of it, and ruled room to write."""
    (texte,) = parties.points(checklist, [point])
    named = joined([clean(numero), texte], " – ")
    return (named, b.Case(choix=choix), b.EspaceLibre(intitule="", lignes=max(len(choix), 2)))


def _last(checklist: Checklist) -> Iterator[b.Bloc]:
    for paragraph in emetteur.closing(checklist.habillage):
        yield b.Paragraphe(texte=paragraph)
    digest = f"Empreinte{INSECABLE}: {clean(checklist.empreinte)} ({document.EMPREINTE})"
    yield b.Paragraphe(texte=(b.Morceau(digest, "discret"),))
