"""Two editions compared, for people: what is new, gone, reworded, and what it means for an organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from certif_rules.audit.appariement import Indice
from certif_rules.audit.constats import A_EVALUER
from certif_rules.audit.correction import Sens
from certif_rules.audit.editions import EditionsComparees, LigneComparee, Mutation, Reformulation
from certif_rules.audit.incidences import Incidence, PourOrganisme, Repris, Sort
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import INSECABLE, clean, day, prose
from certif_rules.documents import rubriques
from certif_rules.documents.editions.redaction import LEGENDE, scope_change, wordings
from certif_rules.documents.formats.balises import anchor
from certif_rules.documents.mots import (
    CITATIONS,
    NATURES,
    REFORMULATION,
    SIGNES,
    enonce,
    field_name,
    marked,
)
from certif_rules.francais import count
from certif_rules.model.referentiel import Couche, Indicateur, Referentiel

Genre = Literal["", "avertissements", "critere", "annexe"]
_REFORMULATIONS: Final[Mapping[Reformulation, str]] = {
    "fond": "modifiée sur le fond, d’après les sources",
    "forme": "modifiée dans la forme seulement, d’après les sources",
    "inconnue": "un des deux énoncés est absent de la source",
    "mots": "ses mots diffèrent ; fond ou forme : les données ne le disent pas",
}
_INDICES: Final[Mapping[Indice, str]] = {
    "declare": "d’après les données",
    "texte": "mêmes mots ; les données ne le disent pas",
    "identifiant": "même identifiant",
}
_SENS: Final[Mapping[Sens, str]] = {"entree": "+ entre", "sortie": "− sort", "changee": "≠ change"}
_SORTS: Final[Mapping[Sort, str]] = {
    "garde": "= gardé",
    "a_relire": "! à relire",
    "a_revoir": "× à revoir",
}
_PORTEES: Final[Mapping[str, str]] = {
    "applicable": "s’applique",
    "a_confirmer": "à confirmer",
    "non_applicable": "ne s’applique pas",
}
_MUTATIONS: Final[Mapping[Sens, str]] = {"entree": "ajouté", "sortie": "retiré", "changee": "modifié"}
_SANS_MOTS: Final = "L’énoncé reformulé ici est le même dans les deux éditions."


def compose(compared: EditionsComparees) -> b.Document:
    """Return the comparison as a document."""
    apres = compared.apres
    quotes = any(li.citation for side in (compared.avant, apres) for li in side.indicateurs.values())
    blocs = tuple(_blocks(compared))
    pair = f"{named(compared.avant)} → {named(apres)}"
    titre = f"Comparaison – {prose(apres.titre)}"
    return b.Document(
        titre=titre,
        sous_titre=pair,
        sujet=f"Comparaison de {pair}",
        date=layer_of(apres).du,
        pied=f"{titre}, {pair}",
        blocs=(*blocs, *references(blocs, compared.avant, apres)),
        fin=(f"{REFORMULATION} {CITATIONS}" if quotes else REFORMULATION,),
    )


def named(referentiel: Referentiel) -> str:
    """Return an edition as it is typed."""
    return clean(f"{referentiel.id}@{referentiel.edition}")


def references(blocs: tuple[b.Bloc, ...], *origines: Referentiel) -> Iterator[b.Partie]:
    """Yield the part of the sources that the page cites, where it cites any."""
    known = {nom: source for origine in origines for nom, source in origine.sources.items()}
    for cited in rubriques.bibliography(known.values(), blocs):
        yield part("sources", "Sources citées", cited, genre="annexe")


def part(place: str, titre: str, *blocs: b.Bloc, genre: Genre = "critere") -> b.Partie:
    """Return a part of the page, which its table of contents names."""
    return b.Partie(titre=titre, blocs=blocs, ancre=place, genre=genre)


def _blocks(compared: EditionsComparees) -> Iterator[b.Partie]:
    if compared.avertissements:
        warnings = tuple(marked(prose(a.message), a.sources) for a in compared.avertissements)
        titre = count(len(warnings), "avertissement")
        yield part("avertissements", titre, b.Liste(elements=warnings), genre="avertissements")
    sides = b.Fiche(
        legende="Les deux éditions",
        rangs=(
            ("Avant", _edition(compared.avant)),
            ("Après", _edition(compared.apres)),
        ),
    )
    yield part("bref", "En bref", sides, b.Liste(elements=tuple(summary(compared))))
    if compared.organisme is not None:
        yield _organisation(compared, compared.organisme)
    for place, titre, lines in (
        ("nouvelle", "Lignes nouvelles", compared.ajoutees),
        ("retiree", "Lignes retirées", compared.retirees),
    ):
        if lines:
            yield part(place, titre, *(_whole(line, place) for line in lines))
    yield from _moved(compared)
    if compared.reformulees:
        lines_ = (_reworded(line) for line in compared.reformulees)
        yield part("reformulee", "Lignes reformulées", b.Paragraphe(texte=LEGENDE), *lines_)
    yield from _rules(compared)


def layer_of(referentiel: Referentiel) -> Couche:
    """Return the exigence layer of the référentiel itself."""
    own = (r.couche for r in referentiel.couches if r.couche.referentiel == referentiel.id)
    return next(couche for couche in own if couche.nature == "exigence")


def _edition(referentiel: Referentiel) -> str:
    """Return an edition in one phrase: its text, its period, what it rests on, its guide."""
    couche = layer_of(referentiel)
    end = f" au {day(couche.au)}" if couche.au else ""
    parts = [prose(couche.titre), f"{'du' if end else 'depuis le'} {day(couche.du)}{end}"]
    parts += [f"sur {clean(referentiel.base)}"] if referentiel.base else []
    parts.append(f"guide {clean(referentiel.guide)}" if referentiel.guide else "aucun guide de lecture")
    return " – ".join(parts)


def numbers(lines: Iterable[Indicateur]) -> str:
    """Return the printed numbers of lines."""
    return ", ".join(clean(line.numero) for line in lines)


def summary(compared: EditionsComparees) -> Iterator[b.Texte]:
    """Yield how many lines changed, in which way, and which they are."""
    reworded = compared.reformulees
    in_form = [line for line in reworded if line.reformulation == "forme"]
    words = count(len(reworded), "ligne reformulée", "lignes reformulées")
    if in_form:
        words += f", dont {len(in_form)} dans la forme seulement ({numbers(li.apres for li in in_form)})"
    yield _counted(words, (line.apres for line in reworded))
    for lines, one, several in (
        (compared.ajoutees, "ligne nouvelle", "lignes nouvelles"),
        (compared.retirees, "ligne retirée", "lignes retirées"),
    ):
        yield _counted(count(len(lines), one, several) if lines else f"aucune {one}", lines)
    moved = [line for line in compared.lignes if line.renumerotee]
    if moved:
        yield _counted(
            count(len(moved), "ligne renumérotée", "lignes renumérotées"), (line.apres for line in moved)
        )
    if compared.recompositions:
        number = len(compared.recompositions)
        yield prose(count(number, "ligne divisée ou réunie", "lignes divisées ou réunies"))
    absent = compared.sans_texte
    if absent:
        words = count(len(absent), "ligne sans texte à comparer", "lignes sans texte à comparer")
        yield _counted(words, (line.apres for line in absent))
    same = compared.inchangees
    words = count(len(same), "ligne inchangée", "lignes inchangées") if same else "aucune ligne inchangée"
    yield _counted(words, (line.apres for line in same))


def _counted(words: str, lines: Iterable[Indicateur]) -> str:
    listed = numbers(lines)
    return f"{words}{INSECABLE}: {listed}" if listed else words


def _article(line: Indicateur, place: str, **more: Any) -> b.Article:
    """Return a line under its number and its title, which is its requirement where it has none."""
    titre = prose(line.titre) if line.titre else enonce(line)
    ancre = f"{place}-{anchor(line.id)}"
    return b.Article(ancre=ancre, numero=clean(line.numero), titre=titre, etat=None, **more)


def _whole(line: Indicateur, place: str) -> b.Article:
    return _article(line, place, enonce=marked(enonce(line), line.sources) if line.titre else "")


def _reworded(line: LigneComparee) -> b.Article:
    assert line.reformulation is not None
    evolution = line.evolution
    texts = wordings(line)
    stated: tuple[b.Rubrique, ...] = ()
    if evolution and evolution.texte:
        words = marked(prose(evolution.texte), evolution.sources)
        stated = (b.Rubrique(titre="Ce qui change", elements=(words,)),)
    same = () if texts else (b.Rubrique(titre="", elements=(_SANS_MOTS,)),)
    mention = _REFORMULATIONS[line.reformulation]
    return _article(line.apres, "reformulee", mention=mention, rubriques=(*texts, *same, *stated))


def _moved(compared: EditionsComparees) -> Iterator[b.Partie]:
    """Yield the lines called otherwise, split, merged, and those that may be."""
    moved = [line for line in compared.lignes if line.renumerotee]
    if moved:
        texts = (
            f"{clean(li.avant.numero)} → {clean(li.apres.numero)} ({_INDICES[li.indice]})" for li in moved
        )
        yield part("renumerotee", "Lignes renumérotées", b.Liste(elements=tuple(texts)))
    if compared.recompositions:
        texts = (
            f"{numbers(one.de)} → {numbers(one.vers)} ({_INDICES[one.indice]})"
            for one in compared.recompositions
        )
        yield part("recomposee", "Lignes divisées ou réunies", b.Liste(elements=tuple(texts)))
    if compared.proches:
        near = tuple(f"{clean(a.numero)} et {clean(z.numero)}" for a, z in compared.proches)
        warning = prose(
            "Leurs mots se ressemblent, et rien dans les données ne dit qu’il s’agit de la même exigence."
        )
        yield part("proche", "À rapprocher peut-être", b.Paragraphe(texte=warning), b.Liste(elements=near))


def _rules(compared: EditionsComparees) -> Iterator[b.Partie]:
    """Yield what changes beside the wording: to whom lines apply, guides, audit rules, layers."""
    texts: list[b.Texte] = []
    for couche in compared.couches:
        sides = " → ".join(clean(nom) if nom else "aucun" for nom in (couche.avant, couche.apres))
        texts.append(f"{NATURES[couche.nature]} {clean(couche.referentiel)}{INSECABLE}: {sides}")
    if (compared.avant.guide is None) != (compared.apres.guide is None):
        texts.append(
            prose("Une des deux éditions n’a pas de guide : ce que dit l’autre n’a rien à quoi se comparer.")
        )
    texts += map(_mutation, compared.mutations)
    allowed = [line.apres for line in compared.lignes if "constats_permis" in line.regles]
    if allowed:
        texts.append(f"Constats permis modifiés{INSECABLE}: {numbers(allowed)}")
    for line in (line for line in compared.lignes if line.guide):
        fields = ", ".join(map(field_name, line.guide))
        texts.append(f"Guide, ligne {clean(line.apres.numero)}{INSECABLE}: {fields}")
    scopes = [line for line in compared.lignes if "portee" in line.regles]
    if scopes:
        articles = (
            _article(line.apres, "portee", rubriques=(scope_change(line, compared.avant, compared.apres),))
            for line in scopes
        )
        yield part("portee", "Lignes qui ne s’appliquent plus aux mêmes", *articles)
    if texts:
        texts.append(f"Empreintes{INSECABLE}: {' → '.join(map(clean, compared.empreintes))}")
        yield part("regles", "Textes et règles", b.Liste(elements=tuple(texts)), genre="annexe")


def _mutation(mutation: Mutation) -> str:
    name = clean(mutation.id)
    titre = f" – {prose(mutation.titre)}" if mutation.titre else ""
    return f"{mutation.sorte.capitalize()} {name} {_MUTATIONS[mutation.sens]}{titre}".replace("  ", " ")


# ---- for one organisation -------------------------------------------------------------------------------


def _organisation(compared: EditionsComparees, organisme: PourOrganisme) -> b.Partie:
    who = [clean(organisme.nom)] if organisme.nom else []
    if not compared.apres.sans_categories:
        who.append(f"{compared.apres.vocabulaire.categories} {', '.join(map(clean, organisme.categories))}")
    who.append(prose(organisme.type_audit) if organisme.type_audit else "audit non précisé")
    blocs: list[b.Bloc] = [
        b.Paragraphe(
            texte=f"{' – '.join(who)}. Seules sont comparées les lignes qui s’appliquent à lui, ou peut-être."
        )
    ]
    if organisme.incidences:
        blocs.append(
            b.Tableau(
                legende="Lignes qui entrent, sortent ou changent d’état",
                tetes=("Ligne", "Sens", "État avant et après", "Pourquoi"),
                lignes=tuple(map(_incidence, organisme.incidences)),
                largeurs=(4, 6, 16, 19),
            )
        )
    else:
        blocs.append(b.Paragraphe(texte="Aucune ligne n’entre, ne sort ni ne change d’état."))
    if organisme.constats is not None:
        blocs += _findings(compared, organisme.constats)
    return part("organisme", "Pour cet organisme", *blocs)


def _incidence(one: Incidence) -> tuple[b.Cellule, ...]:
    return (
        clean(one.numero),
        _SENS[one.sens],
        joined((_state(one.avant), _state(one.apres)), " → "),
        prose(" ; ".join(one.motifs)) or "–",
    )


def _state(state: str | None) -> b.Texte:
    """Return the state of a line in words; a line that an edition does not have has none."""
    if state is None:
        return "absente"
    signs = {str(etat): sign for etat, sign in SIGNES.items()}
    return (signs[state],) if state in signs else _PORTEES[state]


def _findings(compared: EditionsComparees, repris: tuple[Repris, ...]) -> Iterator[b.Bloc]:
    totals = ((word, sum(one.sort == sort for one in repris)) for sort, word in _SORTS.items())
    counts = ", ".join(f"{word} {number}" for word, number in totals)
    if not repris:
        yield b.Paragraphe(texte="Aucun constat n’était porté.")
        return
    yield b.Tableau(
        legende=f"Constats de l’audit en cours ({counts})",
        tetes=("Ligne", "Constat", "Sort", "Pourquoi"),
        lignes=tuple(
            (
                clean(one.numero),
                _finding(compared, one.constat),
                _SORTS[one.sort],
                prose(one.raison) if one.raison else "–",
            )
            for one in repris
        ),
        largeurs=(3, 9, 6, 16),
    )


def _finding(compared: EditionsComparees, constat: str) -> str:
    if constat == A_EVALUER:
        return "par site"  # the line has none yet, its sites have theirs
    declared = compared.avant.constats.get(constat) or compared.apres.constats.get(constat)
    return prose(declared.titre) if declared else clean(constat)
