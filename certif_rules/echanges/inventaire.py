"""What is installed, as JSON: éditions, plugins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from certif_rules.echanges.champs import LACUNE, REMARQUE, Ecrivain
from certif_rules.model.base import Lacune, Texte
from certif_rules.model.referentiel import Couche, Reconnaissance, Referentiel
from certif_rules.model.vie import Incoherence, Vie
from certif_rules.plugins.choix import ends, rules_for, written_for
from certif_rules.plugins.discovery import EtatPlugin
from certif_rules.plugins.registry import Registry

_ecrire = Ecrivain(
    {
        Couche: "nature id titre admis_du du au lue confiance revision empreinte plugin",
        Incoherence: "referentiel id texte lecture question sources commandes",
        Reconnaissance: "du au par decision numero le en_attente note confiance sources",
        Lacune: LACUNE,
        Texte: REMARQUE,
    }
)
_decrire = Ecrivain({Couche: "referentiel edition=id titre texte=titre du au base depuis? confiance note"})


def edition(
    registry: Registry, couche: Couche, referentiel: Referentiel, vies: tuple[Vie, ...] | None
) -> dict[str, Any]:
    """Return an édition; without ``vies``, its contradictions are not known to be none."""
    own = [t for t in referentiel.types_audit.values() if t.origine == couche.referentiel]
    incoherences = [(vie.origine, i) for vie in vies or () for i in vie.incoherences.values()]
    known = dict(referentiel.sources)
    for vie in vies or ():
        known |= vie.sources
    cited = {source for lacune in referentiel.lacunes for source in lacune.sources}
    cited |= {source for period in couche.reconnaissance for source in period.sources}
    presentation = [p for vie in vies or () if vie.origine == couche.referentiel for p in vie.presentation]
    cited |= {source for part in presentation for texte in part.textes for source in texte.sources}
    cited |= {source for _, incoherence in incoherences for source in incoherence.sources}
    written = {
        **_decrire(couche, titre=referentiel.titre),
        **_ended(registry, couche),
        "criteres": len(referentiel.criteres),
        "indicateurs": len(referentiel.indicateurs),
        "categories": {c.id: c.titre for c in referentiel.categories.values() if not c.implicite},
        "types_audit": {t.code: t.titre for t in own},
        "faits": {f.id: f.question for f in referentiel.faits.values()},
        "plugin": registry.plugin_of(couche),
        "couches": [_layer(registry, layer) for layer in _layers(registry, couche)],
        "lacunes": referentiel.lacunes,
        "incoherences": None if vies is None else [_ecrire(i, referentiel=o) for o, i in incoherences],
        "reconnaissance": couche.reconnaissance,
        "presentation": None if vies is None else presentation,
        "sources": {code: source.titre for code, source in known.items() if code in cited},
    }
    return dict(_ecrire(written))


def _ended(registry: Registry, couche: Couche) -> dict[str, Any]:
    """Return which édition ends this one, and on which day it opens, if one does."""
    later = [c for c in registry.layers(couche.referentiel, "exigence") if ends(c, couche)]
    return {"remplacee": {"par": later[0].id, "du": later[0].du}} if later else {}


def plugins_as_data(etats: Iterable[EtatPlugin]) -> dict[str, Any]:
    """Return the state of each plugin."""
    return {"format": 1, "plugins": _ecrire(tuple(etats))}


def _layers(registry: Registry, couche: Couche) -> Iterator[Couche]:
    """Yield the layer of an édition, then those written for it."""
    yield couche
    yield from rules_for(registry.layers(couche.referentiel, "regles"), couche)
    yield from written_for(registry.layers(couche.referentiel, "guide"), couche.id)


def _layer(registry: Registry, couche: Couche) -> Any:
    declared = {r.empreinte: r.numero for r in couche.revisions}
    empreinte = registry.body(couche).empreinte
    plugin = registry.plugin_of(couche)
    return _ecrire(couche, revision=declared.get(empreinte), empreinte=empreinte, plugin=plugin)
