"""A label on another base, on one page: what its operations touch and what became of it, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from certif_rules.audit.editions import EditionsComparees
from certif_rules.audit.rebasage import Devenir, Geste, Rebasage, Touche
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.documents.editions.composition import layer_of, named, part, references, summary
from certif_rules.documents.editions.redaction import LEGENDE, written
from certif_rules.documents.mots import CITATIONS, REFORMULATION, field_name, marked
from certif_rules.francais import capital, count

_DEVENIRS: Final[Mapping[Devenir, str]] = {
    "inchange": "= inchangé dessous",
    "a_relire": "! a changé dessous : à relire",
    "sans_effet": "× la base dit désormais la même chose : à retirer",
    "sans_cible": "× n’existe plus dans la base : à revoir",
}
_GESTES: Final[Mapping[Geste, str]] = {
    "modification": "modification du label",
    "retrait": "retrait par le label",
    "rattachement": "lignes du label qui s’y rattachent",
    "regle": "règles du label qui en parlent",
}


def compose(rebasage: Rebasage) -> b.Document:
    """Return the page."""
    label, base = rebasage.label, rebasage.base
    blocs = tuple(_blocks(rebasage))
    move = f"{named(label)}, de {named(base.avant)} à {named(base.apres)}"
    titre = f"Changement de base – {prose(label.titre)}"
    return b.Document(
        titre=titre,
        sous_titre=move,
        sujet=f"Changement de base : {move}",
        date=layer_of(base.apres).du,
        pied=f"{titre}, {move}",
        blocs=(*blocs, *references(blocs, base.avant, base.apres, label)),
        fin=(f"{REFORMULATION} {CITATIONS}",),
    )


def _blocks(rebasage: Rebasage) -> Iterator[b.Partie]:
    touches = rebasage.touches
    counts = [(word, sum(t.devenir == devenir for t in touches)) for devenir, word in _DEVENIRS.items()]
    lines = tuple(f"{prose(word)}{INSECABLE}: {number}" for word, number in counts if number)
    nothing = b.Paragraphe(texte="Le label ne touche à rien de sa base.")
    yield part(
        "bref",
        count(len(touches), "point de la base touché par le label", "points de la base touchés par le label"),
        b.Liste(elements=lines) if lines else nothing,
    )
    for devenir in ("sans_cible", "sans_effet", "a_relire"):
        moved = [touche for touche in touches if touche.devenir == devenir]
        if moved:
            legend = [b.Paragraphe(texte=LEGENDE)] if any(t.redactions for t in moved) else []
            articles = (_article(touche, index) for index, touche in enumerate(moved))
            yield part(devenir, capital(_DEVENIRS[devenir][2:]), *legend, *articles)
    same = [touche for touche in touches if touche.devenir == "inchange"]
    if same:
        yield part("inchange", "Inchangé dessous", b.Liste(elements=tuple(map(_line, same))))
    yield part("base", "Ce que la base change d’elle-même", *_inherited(rebasage.base))


def _inherited(base: EditionsComparees) -> Iterator[b.Bloc]:
    """Yield what the label receives without an operation, and where to read it word by word."""
    yield b.Liste(elements=tuple(summary(base)))
    command = f"certif-rules comparer {named(base.avant)} {named(base.apres)}"
    yield b.Paragraphe(texte=(b.Morceau(f"Mot à mot{INSECABLE}: "), b.Morceau(command, "code")))


def _article(touche: Touche, index: int) -> b.Article:
    texts = tuple(
        b.Rubrique(titre=capital(field_name(one.champ)), elements=(written(one.passes),))
        for one in touche.redactions
    )
    same = ", ".join(map(field_name, touche.egaux))
    given = (b.Rubrique(titre="Déjà dans la base", elements=(same,)),) if same else ()
    motif = marked(prose(touche.motif or ""), touche.sources)
    why = (b.Rubrique(titre="Motif du label", elements=(motif,)),)
    place = (b.Rubrique(titre="Écrit dans", elements=((b.Morceau(touche.emplacement, "code"),),)),)
    return b.Article(
        ancre=f"{touche.devenir}-{index}",
        numero=clean(touche.sorte),
        titre=prose(touche.nom),
        etat=None,
        enonce=capital(_by(touche)),
        rubriques=(*texts, *given, *(why if touche.motif else ()), *(place if touche.emplacement else ())),
    )


def _line(touche: Touche) -> b.Texte:
    return joined([f"{capital(touche.sorte)} {prose(touche.nom)}", _by(touche)], f"{INSECABLE}: ")


def _by(touche: Touche) -> str:
    """Return what the label does with a thing, and which of its fields, lines or audits do it."""
    by = map(field_name, touche.par) if touche.geste == "modification" else map(clean, touche.par)
    listed = ", ".join(by)
    words = _GESTES[touche.geste]
    return f"{words} ({listed})" if listed else words
