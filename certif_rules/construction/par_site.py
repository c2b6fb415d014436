"""Rules of the findings of several sites: what each word asks for, and what their lines can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.construction.regles import CorpsRegles
from certif_rules.model.jugement import RegleParSite
from certif_rules.model.referentiel import Constat

#: The keys that each word takes beside its reason; all of them are needed.
_PROPRES: Mapping[str, tuple[str, ...]] = {"tous": ("constat", "sinon"), "pire": ("ordre",), "moyenne": ()}


def refuse_sites_astray(
    node: Any, regles: CorpsRegles, constats: Mapping[str, Constat], lecteur: Lecteur
) -> None:
    """Record the rules by site whose keys are not theirs, or that some of their lines cannot follow.

    Args:
        node: the judgement as it is written.
        regles: the rules layer that holds it.
        constats: every finding known, those of the base included.
        lecteur: takes the problems.
    """
    rules = regles.jugement.constats_par_site if regles.jugement else ()
    for item, regle in zip(node.get("constats_par_site") or (), rules, strict=True):
        if not _has_its_keys(item, regle, lecteur):
            continue
        faulty: dict[tuple[str, str], list[str]] = {}
        for name, entry in regles.permis.items():
            if not regle.lignes or name in regle.lignes:
                for fault in _astray(regle, entry.constats, constats):
                    faulty.setdefault(fault, []).append(name)
        for (key, words), names in faulty.items():
            message = f"règle par site : {words} ({', '.join(names)})"
            hint = "corriger la règle, ou dire ses lignes (`lignes`)"
            lecteur.refuse("sites-incoherents", message, item, key, hint)


def _has_its_keys(node: Any, regle: RegleParSite, lecteur: Lecteur) -> bool:
    wanted = _PROPRES[regle.regle]
    missing = [key for key in wanted if not node.get(key)]
    if missing:
        message = f"la règle « {regle.regle} » demande « {missing[0]} »"
        lecteur.refuse("sites-incoherents", message, node, "regle", f"ajouter {', '.join(missing)}")
    astray = [key for keys in _PROPRES.values() for key in keys if key in node and key not in wanted]
    for key in astray:
        message = f"« {key} » n’a pas de sens pour la règle « {regle.regle} »"
        lecteur.refuse("sites-incoherents", message, node, key, f"retirer {key}")
    return not missing and not astray


def _astray(
    regle: RegleParSite, permis: Sequence[str], constats: Mapping[str, Constat]
) -> Iterator[tuple[str, str]]:
    """Yield what keeps a line with these findings from following the rule: the key, and what is said."""
    counted = [constat for constat in permis if not constats[constat].hors_portee]
    if regle.regle == "moyenne":
        if all(constats[constat].valeur is None for constat in counted):
            yield "regle", "une moyenne là où aucun constat permis n’a de valeur"
    elif regle.regle == "pire":
        if left := [constat for constat in counted if constat not in regle.ordre]:
            yield "ordre", f"l’ordre ne dit rien de constats qui y sont permis : {', '.join(left)}"
    else:
        for key, constat in (("constat", regle.constat), ("sinon", regle.sinon)):
            if constat not in permis:
                yield key, f"« {constat} » n’y est pas permis"
