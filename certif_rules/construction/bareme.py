"""The durations of a ``vie``: tables by turnover, supplements, derogations, what has no table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.bareme import Bareme, BaremeDerogatoire, Duree, SupplementDuree, Tranche
from certif_rules.rules.mots import MOTS_SANS_LIGNE

_GARDE = MOTS_SANS_LIGNE | {"fait"}
_SUPPLEMENT = frozenset({"types", "jours", "texte"})
_DEROGATION = frozenset({"types", "bareme"})


def build_duree(node: Any, lecteur: Lecteur) -> Duree:
    """Return the durations; categories, facts and audit types are known to ``lecteur``."""
    nodes = node.get("baremes") or ()
    lecteur.declare("barème", nodes)
    baremes: dict[str, Bareme] = {}
    for item in nodes:
        baremes[item["id"]] = _bareme(item, baremes, lecteur)
    _refuse_shared_types(node, lecteur)
    return lecteur.read(
        Duree,
        node,
        baremes=baremes,
        supplements=tuple(
            lecteur.read(SupplementDuree, item, garde=lecteur.regle(item, _GARDE, ignored=_SUPPLEMENT))
            for item in node.get("supplements") or ()
        ),
        derogations=tuple(
            lecteur.read(BaremeDerogatoire, item, garde=lecteur.regle(item, _GARDE, ignored=_DEROGATION))
            for item in node.get("derogations") or ()
        ),
    )


def _bareme(node: Any, earlier: Mapping[str, Bareme], lecteur: Lecteur) -> Bareme:
    tranches = _tranches(node, earlier, lecteur)
    unknown = any(None in (t.base, t.par_site, *t.supplements.values()) for t in tranches)
    if unknown and not node.get("cherche"):
        message = f"le barème « {node['id']} » a des cases vides"
        lecteur.refuse("case-muette", message, node, "id", "dire dans « cherche » ce qui a été cherché")
    return lecteur.read(Bareme, node, tranches=tranches)


def _tranches(node: Any, earlier: Mapping[str, Bareme], lecteur: Lecteur) -> tuple[Tranche, ...]:
    """Return its own bands, or those of a table declared before it."""
    if ("comme" in node) == ("tranches" in node):
        message = f"le barème « {node['id']} » a ses tranches, ou celles d’un autre"
        hint = "donner « tranches », ou « comme »"
        lecteur.refuse("bareme-ambigu", message, node, "id", hint)
        return ()
    if "comme" in node:
        if node["comme"] not in earlier:
            message = f"barème « {node['comme']} » : nom inconnu"
            lecteur.refuse("bareme-inconnu", message, node, "comme", "le déclarer plus haut")
            return ()
        return earlier[node["comme"]].tranches
    tranches = lecteur.read_all(Tranche, node, "tranches")
    _check_bands(tranches, node["tranches"], lecteur)
    return tranches


def _check_bands(tranches: tuple[Tranche, ...], nodes: Any, lecteur: Lecteur) -> None:
    """Check that bands of turnover follow one another from zero, no hole nor overlap; the last has no end."""
    expected: int | None = 0
    for tranche, node in zip(tranches, nodes, strict=True):
        if tranche.de != expected:
            message = f"la tranche commence à {tranche.de} €, au lieu de {expected} €"
            hint = "les tranches se suivent depuis 0, sans trou ni recouvrement"
            lecteur.refuse("tranches-disjointes", message, node, "de", hint)
        if tranche.moins_de is not None and tranche.moins_de <= tranche.de:
            message = f"la tranche finit à {tranche.moins_de} €, avant de commencer"
            lecteur.refuse("tranches-disjointes", message, node, "moins_de", "corriger les bornes")
        expected = tranche.moins_de
    if expected is not None:
        message = f"aucune tranche à partir de {expected} €"
        lecteur.refuse("tranches-disjointes", message, nodes, len(nodes) - 1, "finir par `moins_de: null`")


def _refuse_shared_types(node: Any, lecteur: Lecteur) -> None:
    """Refuse two answers for an audit type: it has a table, or the sentence that stands for it."""
    first: dict[str, Any] = {}
    for item in (*(node.get("baremes") or ()), *(node.get("sans_bareme") or ())):
        for index, code in enumerate(item.get("types") or ()):
            if code in first:
                related = ((first[code], "première réponse"),)
                message = f"la durée d’un audit « {code} » a deux réponses"
                lecteur.refuse("identifiant-en-double", message, item["types"], index, None, related)
            first.setdefault(code, item)
