"""What is installed: référentiels, editions, periods, layers, gaps, contradictions of the sources."""

from __future__ import annotations

from typing import Any

from certif_rules.echanges.commun import contradiction
from certif_rules.errors import DataError, Issue, UsageError, suggestion
from certif_rules.model.base import Lacune
from certif_rules.model.referentiel import Couche, Reconnaissance, Referentiel
from certif_rules.model.vie import Presentation, Vie
from certif_rules.noms import cle
from certif_rules.plugins.choix import written_for
from certif_rules.plugins.registry import Registry
from certif_rules.services.vie import remarks_as_data


def describe(registry: Registry, name: str | None = None) -> tuple[list[dict[str, Any]], list[Issue]]:
    """Return each edition of each référentiel as plain data, and what is wrong with the others.

    An edition is resolved on the day its latest rules and guide came into use. ``name`` keeps those whose id
    or name holds it, however it is spelt. Where what is said around the audit is wrong, the edition is
    described all the same, and its contradictions are ``None``: they are not known to be none.

    Raises:
        UsageError: ``name`` is nobody's.
    """
    described: list[dict[str, Any]] = []
    issues: list[Issue] = []
    for nom in _named(registry, name) if name is not None else registry.referentiels():
        for couche in registry.layers(nom, "exigence"):
            try:
                described.append(_edition(registry, couche, issues))
            except DataError as error:
                issues.extend(error.issues)
    return described, list(dict.fromkeys(issues))


def _named(registry: Registry, name: str) -> list[str]:
    titles = {
        nom: [nom, *(c.nom for c in registry.layers(nom, "exigence") if c.nom)]
        for nom in registry.referentiels()
    }
    noms = [nom for nom, known in titles.items() if any(cle(name) in cle(title) for title in known)]
    if not noms:
        hint = suggestion(name, titles, "référentiels")
        raise UsageError([Issue("referentiel-inconnu", f"aucun référentiel « {name} »", None, hint)])
    return noms


def _edition(registry: Registry, couche: Couche, issues: list[Issue]) -> dict[str, Any]:
    day = registry.latest_day(couche)
    referentiel = registry.resolve(couche.referentiel, day=day, edition=couche.id).referentiel
    vies = _lives(registry, referentiel, issues)
    own = [c for kind in ("exigence", "regles", "guide") for c in _own_layers(registry, couche, kind)]
    return {
        "referentiel": couche.referentiel,
        "edition": couche.id,
        "titre": referentiel.titre,
        "texte": couche.titre,
        "du": couche.du,
        "au": couche.au,
        "base": couche.base,
        "confiance": couche.confiance,
        "note": couche.note,
        "criteres": len(referentiel.criteres),
        "indicateurs": len(referentiel.indicateurs),
        "categories": {c.id: c.titre for c in referentiel.categories.values()},
        "types_audit": {
            t.code: t.titre for t in referentiel.types_audit.values() if t.origine == couche.referentiel
        },
        "faits": {f.id: f.question for f in referentiel.faits.values()},
        "plugin": registry.plugin_of(couche),
        "couches": [_layer(registry, c) for c in own],
        "lacunes": [_gap(lacune) for lacune in referentiel.lacunes],
        "incoherences": None
        if vies is None
        else [_contradiction(vie, i) for vie in vies for i in vie.incoherences],
        "reconnaissance": [_recognition(period) for period in couche.reconnaissance],
        "presentation": None
        if vies is None
        else [_presentation(p) for vie in vies for p in _own(vie, couche)],
        "sources": _cited(vies or (), referentiel, couche),
    }


def _lives(registry: Registry, referentiel: Referentiel, issues: list[Issue]) -> tuple[Vie, ...] | None:
    try:
        return registry.life(referentiel)
    except DataError as error:
        issues.extend(error.issues)
        return None


def _contradiction(vie: Vie, code: str) -> dict[str, Any]:
    """With the commands that tell it to those who use them: none, where it changes no answer."""
    value = vie.incoherences[code]
    return {"referentiel": vie.origine, **contradiction(value), "commandes": list(value.commandes)}


def _own(vie: Vie, couche: Couche) -> tuple[Presentation, ...]:
    """Return what is told of the référentiel itself, not of its bases."""
    return vie.presentation if vie.origine == couche.referentiel else ()


def _presentation(value: Presentation) -> dict[str, Any]:
    return {"id": value.id, "titre": value.titre, "textes": remarks_as_data(value.textes)}


def _recognition(value: Reconnaissance) -> dict[str, Any]:
    names = ("du", "au", "par", "decision", "numero", "le", "en_attente", "note", "confiance")
    return {**{name: getattr(value, name) for name in names}, "sources": list(value.sources)}


def _cited(vies: tuple[Vie, ...], referentiel: Referentiel, couche: Couche) -> dict[str, str]:
    """Return the title of each source that a gap, a contradiction or what is told of the label cites."""
    known = {**referentiel.sources, **{key: source for vie in vies for key, source in vie.sources.items()}}
    cited = {source for lacune in referentiel.lacunes for source in lacune.sources}
    cited |= {source for period in couche.reconnaissance for source in period.sources}
    texts = (t for vie in vies for p in _own(vie, couche) for t in p.textes)
    cited |= {source for texte in texts for source in texte.sources}
    cited |= {source for vie in vies for i in vie.incoherences.values() for source in i.sources}
    return {key: source.titre for key, source in known.items() if key in cited}


def _own_layers(registry: Registry, couche: Couche, kind: Any) -> list[Couche]:
    if kind == "exigence":
        return [couche]
    return written_for(registry.layers(couche.referentiel, kind), couche.id)


def _layer(registry: Registry, couche: Couche) -> dict[str, Any]:
    declared = {r.empreinte: r.numero for r in couche.revisions}
    empreinte = registry.body(couche).empreinte
    return {
        "nature": couche.nature,
        "id": couche.id,
        "titre": couche.titre,
        "admis_du": couche.admis_du,
        "du": couche.du,
        "au": couche.au,
        "lue": couche.lue,
        "confiance": couche.confiance,
        "revision": declared.get(empreinte),
        "empreinte": empreinte,
        "plugin": registry.plugin_of(couche),
    }


def _gap(lacune: Lacune) -> dict[str, Any]:
    return {
        "ligne": lacune.ligne,
        "champs": list(lacune.champs),
        "cherche": lacune.cherche,
        "sources": list(lacune.sources),
    }
