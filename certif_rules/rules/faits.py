"""What is known of each fact, category by category: declared, by nature, implied, to invoke, or unknown.

The order is: said for this category; by nature of the category; said for all categories;
implied by another fact; not claimed (a derogation); unknown. Unknown is never read as false.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from certif_rules.model.base import COMPARAISONS, Appui
from certif_rules.model.organisme import Fait, Nombre, ParNature
from certif_rules.model.referentiel import Referentiel
from certif_rules.noms import cle
from certif_rules.rules.contexte import Contexte, FaitDeclare, FaitsParCategorie
from certif_rules.rules.motifs import rests_on
from certif_rules.rules.trivalent import Trivalent


class Contradiction(Struct, frozen=True, kw_only=True):
    """A declared value cannot be: by nature of the category, or against what another fact implies."""

    fait: str
    categorie: str | None
    valeur: bool
    texte: str
    sources: tuple[str, ...]


def resolve(referentiel: Referentiel, contexte: Contexte, categorie: str) -> dict[str, Trivalent]:
    """Return the value of every declared fact for one category.

    An implication is read both ways: the first fact being true makes the second true, the second being
    false makes the first false.
    """
    values = {
        fait.id: _said(fait, contexte.faits.get(fait.id), categorie) for fait in referentiel.faits.values()
    }
    changed = True
    while changed:
        changed = False
        for source, target in _implications(referentiel):
            if values[source] is True and values[target] is None:
                values[target] = changed = True
            if values[target] is False and values[source] is None:
                values[source] = False
                changed = True
    for fait in referentiel.faits.values():
        if fait.a_invoquer and values[fait.id] is None:
            values[fait.id] = False
    return values


def resolve_all(referentiel: Referentiel, contexte: Contexte) -> FaitsParCategorie:
    """Return the value of every fact for every category of the context, in the référentiel's order."""
    return {c: resolve(referentiel, contexte, c) for c in referentiel.categories if c in contexte.categories}


def contradictions(referentiel: Referentiel, contexte: Contexte) -> list[Contradiction]:
    """Return every declared value that contradicts the nature of a category or an implication."""
    contradicted = [
        Contradiction(
            fait=nom, categorie=nature.categorie, valeur=False, texte=nature.texte, sources=nature.sources
        )
        for nom, fait in referentiel.faits.items()
        if (declared := contexte.faits.get(nom))
        for nature in fait.par_nature
        if declared.par_categorie.get(nature.categorie) is False
    ]
    for source, target in _implications(referentiel):
        premise, consequence = referentiel.faits[source], referentiel.faits[target]
        clash = {
            categorie
            for categorie in contexte.categories
            if _said(premise, contexte.faits.get(source), categorie) is True
            and _said(consequence, contexte.faits.get(target), categorie) is False
        }
        if clash:
            contradicted.append(
                Contradiction(
                    fait=target, categorie=None if len(clash) > 1 else clash.pop(), valeur=False,
                    texte=f"« {source} » implique « {target} »", sources=premise.sources,
                )
            )  # fmt: skip
    return contradicted


class Origine(Appui, frozen=True, kw_only=True):
    """A rule gives a fact its value when nobody said it: in words, with its sources and its place."""

    texte: str
    emplacement: str


def origin(
    referentiel: Referentiel, contexte: Contexte, categorie: str, nom: str, values: Mapping[str, Trivalent]
) -> Origine | None:
    """Return why ``nom`` has its value for ``categorie``; ``None`` when it was said, or is not known.

    ``values`` are those that ``resolve`` gives for the category.
    """
    fait = referentiel.faits[nom]
    declared = contexte.faits.get(nom)
    if declared and categorie in declared.par_categorie:
        return None
    nature = nature_of(fait, categorie)
    if nature:
        return Origine(texte=nature.texte, emplacement=nature.emplacement, **rests_on(nature))
    if declared and declared.valeur is not None:
        return None
    for source, target in _implications(referentiel):
        premise, consequence = referentiel.faits[source], referentiel.faits[target]
        if target == nom and values[source] is True:
            texte = f"{fait.vrai} (suite de : {premise.vrai})"
        elif source == nom and values[target] is False:
            texte = f"{fait.faux} (suite de : {consequence.faux})"
        else:
            continue
        return Origine(texte=texte, emplacement=premise.emplacement, **rests_on(premise))
    return None


def measured(nombre: Nombre, valeur: str) -> Trivalent:
    """Return whether a number (« 12 », « 1.5 ») makes its fact true; unknown without a threshold."""
    from fractions import Fraction  # few requests say a number

    if nombre.seuil is None:
        return None
    return COMPARAISONS[nombre.comparaison](Fraction(valeur), Fraction(nombre.seuil))


def awaited(fait: Fait) -> str | None:
    """Return what is waited for before anyone can tell whether a fact holds; nothing otherwise."""
    return fait.nombre.attend if fait.nombre and fait.nombre.seuil is None else None


def why_unknown(fait: Fait) -> str:
    """Return the question to ask; where no answer would do, what is waited for."""
    waited = awaited(fait)
    return f"à renseigner : {fait.question}" if waited is None else f"inconnu : {waited}"


def nature_of(fait: Fait, categorie: str) -> ParNature | None:
    """Return why ``fait`` always holds for ``categorie``, if it does."""
    return next((nature for nature in fait.par_nature if nature.categorie == categorie), None)


def out_of_region(fait: Fait, contexte: Contexte) -> bool:
    """Return whether ``fait`` is of a region where no site is; the region of each must be known."""
    if fait.region is None:
        return False
    sites = {site["id"]: site.get("region") for site in contexte.organisme.sites}
    regions = [sites.get(site) for site in {*sites, *contexte.ajouts.sites}]
    return bool(regions) and all(region and cle(region) != cle(fait.region) for region in regions)


def _said(fait: Fait, declared: FaitDeclare | None, categorie: str) -> Trivalent:
    if declared and categorie in declared.par_categorie:
        return declared.par_categorie[categorie]
    if nature_of(fait, categorie):
        return True
    return declared.valeur if declared else None


def _implications(referentiel: Referentiel) -> list[tuple[str, str]]:
    return [(fait.id, cible) for fait in referentiel.faits.values() for cible in fait.implique]
