"""The paper grid: a checklist to annotate by hand, with boxes to tick and ruled room to write.

Turned A4, one table per criterion, one row per line to see: its texts on the left, what the auditor writes on
the right. Lines that are not to be seen are listed with their reasons, all together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from certif_rules.audit.checklist import Checklist, Ligne, Point, point_key, point_numbers
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import INSECABLE, clean, day, prose
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.checklist.fiche import Alinea, blocks, reasons, requirement
from certif_rules.documents.formats.rendu import height
from certif_rules.documents.mots import (
    DONNEES_SENSIBLES,
    MARQUE,
    SENS,
    SENS_MARQUE,
    SIGNES,
    cite,
    criterion,
    deciding,
    disclaimer,
    finding,
    groups,
    of_label,
    title,
)
from certif_rules.echanges.checklist import sources
from certif_rules.francais import count
from certif_rules.rules.motifs import ETATS, Etat

_DUS: Final[frozenset[Etat]] = frozenset({"a_auditer", "a_confirmer"})
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
_LARGEURS: Final = (15, 134, 34, 46, 42)
#: Ems of a line of the second column, and lines of text for one ruled line.
_PLACE, _INTERLIGNE = 45, 0.48
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
    nom = clean(str(checklist.organisme.get("nom") or ""))
    type_audit = checklist.type_audit
    when = f"{prose(type_audit.titre)}, {day(checklist.contexte.date)}"
    titre = document.heading(checklist)
    return b.Document(
        titre=titre,
        sous_titre=" – ".join(filter(None, [nom, when])),
        sujet=f"{titre}, {when}",
        date=checklist.contexte.date.isoformat(),
        pied=" – ".join(filter(None, [titre, nom, when])),
        logo=emetteur.logo(checklist.habillage),
        paysage=True,
        blocs=tuple(_blocks(checklist)),
    )


def _blocks(checklist: Checklist) -> Iterator[b.Bloc]:
    yield from _before(checklist)
    for critere, lignes in groups(checklist):
        due = [ligne for ligne in lignes if ligne.etat in _DUS]
        if due:
            label = critere is not None and of_label(checklist, critere.origine)
            yield b.Titre(texte=criterion(critere) + (f" ({MARQUE})" if label else ""), niveau=2)
            rows = tuple(_row(checklist, ligne) for ligne in due)
            legende = count(len(due), "ligne à voir", "lignes à voir")
            yield b.Tableau(legende=legende, tetes=_TETES, lignes=rows, largeurs=_LARGEURS)
    yield from _others(checklist)
    yield from _points(checklist)
    yield b.Titre(texte="Évaluation", niveau=2)
    for titre in emetteur.columns(checklist).values():
        yield b.Ecriture(intitule=titre, lignes=2)
    yield b.Ecriture(intitule="Remarques d’ensemble", lignes=4)
    yield b.Signature(role="Auditeur")
    yield from _annexes(checklist)


def _before(checklist: Checklist) -> Iterator[b.Bloc]:
    warnings = [f"{prose(a.message)} {cite(a.sources)}".rstrip() for a in checklist.avertissements]
    if warnings:
        heading = count(len(warnings), "avertissement")
        yield b.Encadre(titre=heading, texte="\n".join(warnings), ton="attention")
    yield b.Titre(texte="L’audit et l’organisme", niveau=2)
    yield b.Fiche(legende="L’audit et son référentiel", rangs=tuple(document.identity(checklist)))
    declared = (*document.organisation(checklist), *document.circumstances(checklist))
    yield b.Fiche(legende="L’organisme, comme déclaré", rangs=declared)
    facts = tuple(document.facts(checklist))
    if facts:
        yield b.Fiche(legende="Les faits déclarés", rangs=facts)
    yield b.Titre(texte="Lire et remplir", niveau=2)
    rows = tuple(
        (f"{SIGNES[etat].symbole} {SIGNES[etat].mot}", SENS[etat], str(number))
        for etat, number in checklist.compteurs.items()
    )
    total = count(len(checklist.lignes), "indicateur")
    heads = ("État", "Sens", "Nombre")
    yield b.Tableau(legende=f"{total}, par état", tetes=heads, lignes=rows, largeurs=(30, 100, 14))
    advice = [prose(texte) for texte in _REMPLIR]
    if any(of_label(checklist, ligne.indicateur.origine) for ligne in checklist.lignes):
        advice.append(f"{MARQUE}{INSECABLE}: {SENS_MARQUE}.")
    yield b.Liste(elements=tuple(advice))


def _row(checklist: Checklist, ligne: Ligne) -> tuple[str | tuple[b.Morceau, ...] | b.Case | b.Ecriture, ...]:
    texte = _texts(checklist, ligne)
    lines = int(height(texte, _PLACE) * _INTERLIGNE)
    room = b.Ecriture(intitule="", lignes=min(max(lines, _LIGNES.start), _LIGNES.stop))
    choices = tuple(finding(checklist, constat) for constat in ligne.constats_permis)
    return (_number(checklist, ligne), texte, b.Case(choix=choices) if choices else "–", room, room)


def _number(checklist: Checklist, ligne: Ligne) -> str:
    """Return the printed number, the state where it is not the plain one, the mark, the categories."""
    parts = [clean(ligne.indicateur.numero)]
    if ligne.etat != "a_auditer":
        parts.append(f"{SIGNES[ligne.etat].symbole}{INSECABLE}{SIGNES[ligne.etat].mot}")
    if of_label(checklist, ligne.indicateur.origine):
        parts.append(MARQUE.replace(" ", INSECABLE))
    if len(checklist.contexte.categories) > 1 and ligne.categories:
        parts.append(", ".join(map(clean, ligne.categories)))
    return "\n".join(parts)


def _texts(checklist: Checklist, ligne: Ligne) -> tuple[b.Morceau, ...]:
    """Title, requirement, reasons, then each group of texts after its name."""
    runs = [b.Morceau(title(ligne), "fort")]
    if ligne.indicateur.titre is not None:
        runs.append(b.Morceau(f"\n{_element(requirement(ligne.indicateur))}"))
    named = {bloc.titre: bloc.elements for bloc in blocks(checklist, ligne)}
    for name, elements in [
        ("Motif", reasons(checklist, deciding(ligne))),
        *((name, named[name]) for name in IMPRIMES if name in named),
    ]:
        runs.append(b.Morceau(f"\n{name}{INSECABLE}: ", "italique"))
        runs.append(b.Morceau(f" •{INSECABLE}".join(map(_element, elements))))
    return tuple(runs)


def _element(element: Alinea) -> str:
    beside = f" ({', '.join(element.remarques)})" if element.remarques else ""
    return f"{element.texte}{beside} {cite(element.sources)}".rstrip()


def _others(checklist: Checklist) -> Iterator[b.Bloc]:
    """Yield the lines that are not to be seen, by state."""
    lignes = [ligne for etat in ETATS for ligne in checklist.lignes if ligne.etat == etat]
    rows = tuple(
        (
            clean(ligne.indicateur.numero),
            title(ligne, 160),
            SIGNES[ligne.etat].mot,
            "\n".join(_element(e) for e in reasons(checklist, deciding(ligne))),
        )
        for ligne in lignes
        if ligne.etat not in _DUS
    )
    if rows:
        yield b.Titre(texte="Lignes qui ne sont pas à voir", niveau=2)
        legende = f"{count(len(rows), 'ligne')}, avec leurs motifs"
        heads = ("N°", "Indicateur", "État", "Motif")
        yield b.Tableau(legende=legende, tetes=heads, lignes=rows, largeurs=(12, 90, 28, 130))


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
    if checklist.sites is not None:
        yield b.Titre(texte="Sites à auditer", niveau=2)
        yield b.Paragraphe(
            texte=f"{document.sites(checklist.sites)} {cite(checklist.sites.sources)}".rstrip()
        )


def _point(
    checklist: Checklist, point: Point, numero: str, choix: tuple[str, ...]
) -> tuple[str | b.Case | b.Ecriture, ...]:
    """Return a document or a check, what may be ticked of it, and ruled room to write."""
    texte = f"{document.point(checklist, point)} {cite(point.sources)}".rstrip()
    named = f"{clean(numero)} – {texte}" if numero else texte
    return (named, b.Case(choix=choix), b.Ecriture(intitule="", lignes=max(len(choix), 2)))


def _annexes(checklist: Checklist) -> Iterator[b.Bloc]:
    yield b.Titre(texte=document.CONSERVATION, niveau=2)
    yield b.Paragraphe(texte=prose(document.NOTES))
    caption = "Combien de temps se gardent les dossiers, par référentiel"
    yield b.Fiche(legende=caption, rangs=tuple(document.retention(checklist)))
    yield b.Titre(texte="Textes appliqués et sources", niveau=2)
    yield b.Paragraphe(texte=disclaimer(checklist))
    layers = tuple(
        (f"{c.nature} – {c.origine} {c.id}", c.titre, c.periode, c.confiance, _reading(c))
        for c in document.layers(checklist)
    )
    yield b.Tableau(
        legende="Les textes dont la grille est tirée, et ce qu’ils valent",
        tetes=("Nature", "Texte", "Période", "Confiance", "Lecture"),
        lignes=layers,
        largeurs=(38, 70, 50, 20, 80),
    )
    gaps = tuple((g.objet, g.champs, f"{g.cherche} {cite(g.sources)}") for g in document.gaps(checklist))
    if gaps:
        total = count(len(checklist.lacunes), "lacune déclarée", "lacunes déclarées")
        legende = f"Ce que les sources ne donnent pas{INSECABLE}: {total}"
        heads = ("Objet", "Absent", "Ce qui a été cherché")
        yield b.Tableau(legende=legende, tetes=heads, lignes=gaps, largeurs=(50, 45, 160))
    yield from _sources(checklist)
    for paragraph in emetteur.closing(checklist.habillage):
        yield b.Paragraphe(texte=paragraph)
    yield b.Paragraphe(texte=(b.Morceau(f"Empreinte{INSECABLE}: {clean(checklist.empreinte)}", "discret"),))


def _reading(couche: document.CoucheImprimee) -> str:
    first = ", ".join(filter(None, (couche.lecture, couche.revision)))
    return "\n".join((first, *couche.notes))


def _sources(checklist: Checklist) -> Iterator[b.Bloc]:
    cited: Iterable[tuple[str, str]] = (
        (f"[{clean(s.id)}]", f"{prose(s.titre)}, {prose(s.reference)}") for s in sources(checklist)
    )
    rows = tuple(cited)
    if rows:
        heads = ("Repère", "Source")
        yield b.Tableau(legende="Sources citées", tetes=heads, lignes=rows, largeurs=(18, 240))
