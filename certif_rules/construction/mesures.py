"""The measures of a judgement: each made in one way, of what may be so added, weighed or compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from certif_rules.construction.completude import refuse_unmeasured
from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.jugement import Mesure

_FACONS = ("compte", "somme", "moyenne", "minimum", "moyenne_de", "minimum_de")
_D_AUTRES = ("somme", "moyenne_de", "minimum_de")


def build_mesures(node: Any, lecteur: Lecteur) -> dict[str, Mesure]:
    """Return the measures of a judgement, each known to those written after it."""
    mesures: dict[str, Mesure] = {}
    for nom, item in node.items():
        lecteur.know_only("mesure", mesures)
        mesures[nom] = _mesure(nom, item, mesures, lecteur)
    lecteur.know_only("mesure", mesures)
    return mesures


def _mesure(nom: str, node: Any, earlier: Mapping[str, Mesure], lecteur: Lecteur) -> Mesure:
    facons = [facon for facon in _FACONS if node.get(facon)]
    if len(facons) != 1:
        message = f"la mesure « {nom} » se fait d’une façon et d’une seule : {', '.join(_FACONS)}"
        lecteur.refuse("mesure-ambigue", message, node, None, "n’en garder qu’une")
    if "etiquette" in node and any(facon in node for facon in _D_AUTRES):
        message = "une mesure faite d’autres mesures n’a pas d’étiquette : elles portent la leur"
        lecteur.refuse("mesure-ambigue", message, node, "etiquette", "la mettre sur ces mesures")
    _refuse_other_shapes(node, earlier, lecteur)
    written = node.get("moyenne_de")
    several = isinstance(written, list)
    noms = lecteur.cite_all("mesure", node, "moyenne_de") if several else _name(node, lecteur)
    mesure = lecteur.read(Mesure, node, id=nom, moyenne_de=noms, poids=_poids(node, lecteur))
    read = [(earlier.get(cited), cited, holder, key) for cited, holder, key in _cited(node)]
    words = "la somme" if mesure.somme else "la mesure"
    refuse_unmeasured(mesure, f"{words} « {nom} »", read, lecteur)
    return mesure


def _name(node: Any, lecteur: Lecteur) -> tuple[str, ...]:
    nom = node.get("moyenne_de")
    return () if nom is None else (lecteur.cite("mesure", nom, node, "moyenne_de"),)


def _cited(node: Any) -> Iterator[tuple[str, Any, str | int]]:
    """Yield the measures that one is made of, with what holds their name, and where in it."""
    yield from ((term["mesure"], term, "mesure") for term in node.get("somme") or ())
    written = node.get("moyenne_de") or ()
    if isinstance(written, str):
        yield written, node, "moyenne_de"
    else:
        yield from ((nom, written, index) for index, nom in enumerate(written))
    if node.get("minimum_de"):
        yield node["minimum_de"], node, "minimum_de"


def _refuse_other_shapes(node: Any, earlier: Mapping[str, Mesure], lecteur: Lecteur) -> None:
    """Record the measures by criterion where one number is wanted, and the other way round."""
    for nom, holder, key in _cited(node):
        mesure = earlier.get(nom)
        wanted = key in {"moyenne_de", "minimum_de"}
        if mesure is None or mesure.par_critere == wanted:
            continue
        if wanted:
            message = f"« {nom} » n’a pas une valeur par critère"
            hint = "nommer une mesure par critère ; de plusieurs mesures, « moyenne_de » est une liste"
        else:
            message = f"« {nom} » a une valeur par critère : elle ne s’additionne pas"
            hint = "additionner une autre mesure : « moyenne_de » ou « minimum_de » en font une de celle-ci"
        lecteur.refuse("mesure-ambigue", message, holder, key, hint)


def _poids(node: Any, lecteur: Lecteur) -> dict[str, str]:
    """Return what lines, criteria or measures weigh, by id."""
    written = node.get("poids") or {}
    over = node.get("moyenne_de")
    if written and not (node.get("moyenne") or over):
        message = "un poids ne compte que dans une moyenne"
        lecteur.refuse("mot-deplace", message, node, "poids", "le retirer, ou écrire une moyenne")
        return {}
    poids: dict[str, str] = {}
    for nom, text in written.items():
        if isinstance(over, list):
            poids[_member(nom, over, written, lecteur)] = str(text)
        else:
            ident = lecteur.cite("critère" if over else "indicateur", lecteur.qualify(nom), written, nom)
            poids[ident] = str(text)
            if not over and not ident.startswith(f"{lecteur.origine}/"):
                message = f"« {nom} » est une ligne d’un autre référentiel : ce jugement ne la compte pas"
                lecteur.refuse("mot-deplace", message, written, nom, "retirer ce poids")
        if Fraction(str(text)) == 0:
            message = f"« {nom} » ne pèse rien : un poids est plus grand que 0"
            hint = "pour ne pas compter une ligne, ne garder que les autres par une étiquette"
            lecteur.refuse("nombre-trop-petit", message, written, nom, hint)
    return poids


def _member(nom: str, over: list[str], node: Any, lecteur: Lecteur) -> str:
    if nom not in over:
        message = f"la mesure « {nom} » n’est pas de celles dont la moyenne est faite"
        lecteur.refuse("mesure-inconnue", message, node, nom, f"mesures : {', '.join(over)}")
    return nom
