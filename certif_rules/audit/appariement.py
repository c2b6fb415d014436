"""Which line of an edition is which of another: by its id, by what the data declare, else by its very words.

A line whose words are only near those of another stays apart: the two are named for somebody to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from certif_rules.audit.redactions import alike, tiled, words_of
from certif_rules.model.referentiel import Evolution, Indicateur, Referentiel

#: What says that lines of two editions are the same: their data, or the words of both.
Indice = Literal["identifiant", "declare", "texte"]


class Lien(Struct, frozen=True, kw_only=True):
    """A link joins ids of lines of one edition to what they are in another: one for one, or several."""

    de: tuple[str, ...]
    vers: tuple[str, ...]
    indice: Indice


class Appariement(Struct, frozen=True, kw_only=True):
    """A pairing lists every link between two editions, what is alone on each side, and what resembles.

    ``proches`` are pairs of lines alone on their side whose words are nearly the same: nothing says that they
    are one.
    """

    liens: tuple[Lien, ...]
    retires: tuple[str, ...]
    ajoutes: tuple[str, ...]
    proches: tuple[tuple[str, str], ...]


def edition_of(referentiel: Referentiel, origine: str) -> str | None:
    """Return which edition of ``origine`` a stack is made of."""
    couche = referentiel.couche_de(origine, "exigence")
    return couche.id if couche else None


def evolution_between(line: Indicateur | None, other: Referentiel) -> Evolution | None:
    """Return how a line differs from the edition that ``other`` is made of, where its data say so."""
    evolution = line.evolution if line else None
    if line is None or evolution is None or evolution.depuis != edition_of(other, line.origine):
        return None
    return evolution


def match(avant: Referentiel, apres: Referentiel) -> Appariement:
    """Return which lines of ``avant`` are which of ``apres``."""
    forward = _declared(apres, avant)
    backward = {(before, after) for after, before in _declared(avant, apres)}
    declared = forward | backward
    same = {(nom, nom) for nom in avant.indicateurs if nom in apres.indicateurs}
    origins = {before for before, _ in declared}
    liens = [
        Lien(de=befores, vers=afters, indice="identifiant" if origins.isdisjoint(befores) else "declare")
        for befores, afters in _groups(avant, apres, same | declared)
    ]
    declared_lines = {
        nom
        for nom, line in apres.indicateurs.items()
        if evolution_between(line, avant) or evolution_between(avant.indicateurs.get(nom), apres)
    }
    liens += _by_words(avant.indicateurs, apres.indicateurs, liens, declared_lines)
    lefts = {nom for lien in liens for nom in lien.de}
    rights = {nom for lien in liens for nom in lien.vers}
    retires = tuple(nom for nom in avant.indicateurs if nom not in lefts)
    ajoutes = tuple(nom for nom in apres.indicateurs if nom not in rights)
    words = {nom: words_of(line.exigence) for nom, line in avant.indicateurs.items() if nom in retires}
    proches = tuple(
        (nom, other)
        for nom, own in words.items()
        for other in ajoutes
        if own and alike(own, words_of(apres.indicateurs[other].exigence))
    )
    return Appariement(liens=tuple(liens), retires=retires, ajoutes=ajoutes, proches=proches)


def _declared(later: Referentiel, earlier: Referentiel) -> set[tuple[str, str]]:
    """Return (line of ``earlier``, line of ``later``) for each line that its data say it comes from."""
    pairs = set()
    for nom, line in later.indicateurs.items():
        evolution = evolution_between(line, earlier)
        for code in evolution.issu_de if evolution else ():
            before = f"{line.origine}/{code}"
            if before in earlier.indicateurs:
                pairs.add((before, nom))
    return pairs


def _groups(
    avant: Referentiel, apres: Referentiel, pairs: set[tuple[str, str]]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield lines tied to one another, directly or by others, in the order of both editions."""
    left = set(pairs)
    for nom in avant.indicateurs:
        befores, afters = {nom}, set[str]()
        while tied := {pair for pair in left if pair[0] in befores or pair[1] in afters}:
            left -= tied
            befores |= {before for before, _ in tied}
            afters |= {after for _, after in tied}
        if afters:
            yield (
                tuple(n for n in avant.indicateurs if n in befores),
                tuple(n for n in apres.indicateurs if n in afters),
            )


def _by_words(
    avant: Mapping[str, Indicateur], apres: Mapping[str, Indicateur], liens: list[Lien], declared: set[str]
) -> list[Lien]:
    """Return the links that the very words of lines show; a link by id that they correct leaves ``liens``.

    Of the lines ``declared``, the data say how they changed: they are what their id says.
    """
    lefts = {nom: words_of(line.exigence) for nom, line in avant.items()}
    rights = {nom: words_of(line.exigence) for nom, line in apres.items()}
    by_id = {lien.de[0]: lien for lien in liens if lien.indice == "identifiant"}
    changed = {nom for nom in by_id if nom not in declared and lefts[nom] != rights[nom]}
    paired = ({n for li in liens for n in li.de}, {n for li in liens for n in li.vers})
    free = [n for n in lefts if lefts[n] and (n not in paired[0] or n in changed)]
    open_ = [n for n in rights if rights[n] and (n not in paired[1] or n in changed)]
    shown: list[Lien] = []
    for nom in free:
        same = [other for other in open_ if rights[other] == lefts[nom]]
        if len(same) == 1 and sum(lefts[n] == lefts[nom] for n in free) == 1:
            shown.append(Lien(de=(nom,), vers=(same[0],), indice="texte"))
    free, open_ = _rest(free, open_, shown)
    for nom in free:
        parts = tiled(lefts[nom], [(other, rights[other]) for other in open_])
        if parts:
            shown.append(Lien(de=(nom,), vers=parts, indice="texte"))
    free, open_ = _rest(free, open_, shown)
    for nom in open_:
        parts = tiled(rights[nom], [(other, lefts[other]) for other in free])
        if parts:
            shown.append(Lien(de=parts, vers=(nom,), indice="texte"))
    for lien in [li for li in by_id.values() if _taken(li, shown)]:
        liens.remove(lien)
    return shown


def _rest(free: list[str], open_: list[str], shown: Iterable[Lien]) -> tuple[list[str], list[str]]:
    """Return what no link took yet, on both sides."""
    befores = {nom for lien in shown for nom in lien.de}
    afters = {nom for lien in shown for nom in lien.vers}
    return [n for n in free if n not in befores], [n for n in open_ if n not in afters]


def _taken(lien: Lien, shown: Iterable[Lien]) -> bool:
    """Return whether the words tie a side of a link by id to other lines."""
    return any(set(lien.de) & set(other.de) or set(lien.vers) & set(other.vers) for other in shown)
