"""The durations of a ``vie``: tables by turnover, supplements, derogations, what has no table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certif_rules.construction.lecteur import Lecteur, where
from certif_rules.model.bareme import (
    Bareme,
    BaremeDerogatoire,
    Duree,
    DureeSansBareme,
    SupplementDuree,
    Tranche,
)
from certif_rules.rules.mots import MOTS_SANS_LIGNE

_GARDE = MOTS_SANS_LIGNE | {"fait"}
_SUPPLEMENT = frozenset({"types", "jours", "texte"})
_DEROGATION = frozenset({"types", "bareme"})


def build_duree(node: Any, lecteur: Lecteur) -> Duree:
    """The durations; categories, facts and audit types are known to ``lecteur``."""
    nodes = node.get("baremes") or ()
    lecteur.declare("barème", nodes)
    baremes: dict[str, Bareme] = {}
    for item in nodes:
        baremes[item["id"]] = _bareme(item, baremes, lecteur)
    _refuse_shared_types(node, lecteur)
    return Duree(
        remarques=lecteur.textes(node, "remarques"),
        baremes=baremes,
        supplements=tuple(
            SupplementDuree(
                types=lecteur.cite_all("audit précédent", item, "types"),
                garde=lecteur.regle(item, _GARDE, ignored=_SUPPLEMENT),
                jours=str(item["jours"]),
                texte=item["texte"],
            )
            for item in node.get("supplements") or ()
        ),
        derogations=tuple(
            BaremeDerogatoire(
                types=lecteur.cite_all("audit précédent", item, "types"),
                garde=lecteur.regle(item, _GARDE, ignored=_DEROGATION),
                bareme=lecteur.cite("barème", item["bareme"], item, "bareme"),
            )
            for item in node.get("derogations") or ()
        ),
        sans_bareme=tuple(
            DureeSansBareme(
                types=lecteur.cite_all("audit précédent", item, "types"),
                texte=item["texte"],
                connue=item["connue"],
                sources=lecteur.sources(item),
                incoherences=lecteur.cite_all("incohérence", item, "incoherences"),
                confiance=item.get("confiance", "elevee"),
            )
            for item in node.get("sans_bareme") or ()
        ),
    )


def _bareme(node: Any, earlier: Mapping[str, Bareme], lecteur: Lecteur) -> Bareme:
    tranches = _tranches(node, earlier, lecteur)
    unknown = any(None in (t.base, t.par_site, *t.supplements.values()) for t in tranches)
    if unknown and not node.get("cherche"):
        message = f"le barème « {node['id']} » a des cases vides"
        lecteur.refuse("case-muette", message, node, "id", "dire dans « cherche » ce qui a été cherché")
    return Bareme(
        id=node["id"],
        titre=node["titre"],
        types=lecteur.cite_all("audit précédent", node, "types"),
        tranches=tranches,
        sources=lecteur.sources(node),
        categories=node.get("categories", "toutes"),
        confiance=node.get("confiance", "elevee"),
        lecture=node.get("lecture", False),
        cherche=node.get("cherche"),
        remarques=lecteur.textes(node, "remarques"),
        emplacement=where(node),
    )


def _tranches(node: Any, earlier: Mapping[str, Bareme], lecteur: Lecteur) -> tuple[Tranche, ...]:
    """Its own bands, or those of a table declared before it."""
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
    tranches = tuple(_tranche(item, lecteur) for item in node["tranches"])
    _check_bands(tranches, node["tranches"], lecteur)
    return tranches


def _tranche(node: Any, lecteur: Lecteur) -> Tranche:
    supplements = node.get("supplements") or {}
    return Tranche(
        de=node["de"],
        moins_de=node.get("moins_de"),
        base=_days(node.get("base")),
        supplements={
            lecteur.cite("catégorie", categorie, supplements, categorie): _days(days)
            for categorie, days in supplements.items()
        },
        par_site=_days(node.get("par_site")),
        confiance=node.get("confiance", "elevee"),
    )


def _days(value: Any) -> str | None:
    return None if value is None else str(value)


def _check_bands(tranches: tuple[Tranche, ...], nodes: Any, lecteur: Lecteur) -> None:
    """Bands of turnover follow one another from zero without a hole nor an overlap; the last has no end."""
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
    """One answer at most for an audit type: a table, or the sentence that stands for it."""
    first: dict[str, Any] = {}
    for item in (*(node.get("baremes") or ()), *(node.get("sans_bareme") or ())):
        for index, code in enumerate(item.get("types") or ()):
            if code in first:
                related = ((first[code], "première réponse"),)
                message = f"la durée d’un audit « {code} » a deux réponses"
                lecteur.refuse("identifiant-en-double", message, item["types"], index, None, related)
            first.setdefault(code, item)
