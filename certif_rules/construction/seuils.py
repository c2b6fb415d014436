"""What no finding can satisfy: thresholds out of reach, or that depend on none; rules by site astray."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from certif_rules.construction.conditions import compared
from certif_rules.construction.lecteur import Lecteur
from certif_rules.construction.regles import CorpsRegles
from certif_rules.model.base import COMPARAISONS, Comparaison
from certif_rules.model.jugement import Jugement, Mesure, RegleParSite
from certif_rules.model.referentiel import Constat, Indicateur

#: The least and the most that a measure can be; ``None`` where no line or check can change it.
_Bornes = tuple[Fraction, Fraction] | None


def refuse_out_of_reach(
    node: Any,
    regles: CorpsRegles,
    lignes: Iterable[Indicateur],
    constats: Mapping[str, Constat],
    lecteur: Lecteur,
) -> None:
    """Record the comparisons that always hold, or never, whatever is found on these lines.

    Args:
        node: the judgement as it is written.
        regles: the rules layer that holds it.
        lignes: the lines of the same origin.
        constats: every finding known, those of the base included.
        lecteur: takes the problems.
    """
    if regles.jugement is None:
        return
    reach = _Portees(regles, tuple(lignes), constats)
    for nom, item in node["mesures"].items():
        for index, term in enumerate(item.get("somme") or ()):
            if term.get("seuil") is not None:
                bornes = reach.of(regles.jugement, term["mesure"])
                _refuse(bornes, "au_moins", term["seuil"], nom, item["somme"][index], "seuil", lecteur)
    beside = (item for each in (node.get("distinctions") or {}).values() for item in each["decisions"])
    for decision in (*node["decisions"], *beside):
        for condition in (each for one in decision.get("si") or () for each in compared(one)):
            critere = condition.get("critere")
            bornes = reach.of(regles.jugement, condition["mesure"], critere and lecteur.qualify(critere))
            for mot in COMPARAISONS:
                if condition.get(mot) is not None:
                    _refuse(bornes, mot, condition[mot], condition["mesure"], condition, mot, lecteur)


def _refuse(
    bornes: _Bornes, mot: Comparaison, text: Any, mesure: str, node: Any, key: str, lecteur: Lecteur
) -> None:
    if bornes is None:
        return
    least, most = bornes
    reached, always = (COMPARAISONS[mot](bound, Fraction(str(text))) for bound in (most, least))
    if reached == always:
        words = "est toujours atteint" if always else "n’est jamais atteint"
        message = f"« {mesure} » va de {least} à {most} : le seuil {text} {words}"
        lecteur.refuse("seuil-hors-portee", message, node, key, "corriger le seuil, ou retirer la condition")


class _Portees:
    """This reckoning gives what each measure can be worth, given what may be found on each line."""

    def __init__(
        self, regles: CorpsRegles, lignes: tuple[Indicateur, ...], constats: Mapping[str, Constat]
    ) -> None:
        self.lignes = lignes
        self.permis = {nom: entry.constats for nom, entry in regles.permis.items()}
        self.constats = constats
        self.controles = [
            c.constat for t in regles.types_audit.values() for c in t.verifications if c.constat is not None
        ]

    def of(self, jugement: Jugement, nom: str, critere: str | None = None) -> _Bornes:
        """Return the bounds of a measure, for one criterion where it is named."""
        mesure = jugement.mesures[nom]
        if mesure.somme:
            return self._sum(jugement, mesure)
        if mesure.citees:
            return _around([self.of(jugement, cited) for cited in mesure.citees])
        lignes = [
            ligne
            for ligne in self.lignes
            if (mesure.etiquette is None or mesure.etiquette in ligne.etiquettes)
            and (critere is None or ligne.critere == critere)
        ]
        permis = [self.permis.get(ligne.id, ()) for ligne in lignes]
        if mesure.compte:
            lines = sum(any(c in mesure.compte for c in some) for some in permis)
            most = lines + (0 if mesure.etiquette else sum(c in mesure.compte for c in self.controles))
            # Every line says what may be found there, and it is never one of these: none can be counted.
            never = mesure.etiquette is None and bool(permis) and all(permis)
            return (Fraction(0), Fraction(most)) if most or never else None
        values = [
            Fraction(text)
            for some in permis
            for c in some
            if (text := self.constats[c].valeur if c in self.constats else None) is not None
        ]
        return (min(values), max(values)) if values else None

    def _sum(self, jugement: Jugement, mesure: Mesure) -> _Bornes:
        every = [(terme, self.of(jugement, terme.mesure)) for terme in mesure.somme]
        if any(bornes is None for _, bornes in every):
            return None
        least = sum((bornes[0] for t, bornes in every if bornes and t.seuil is None), Fraction(0))
        most = sum((Fraction(1) if t.seuil else bornes[1] for t, bornes in every if bornes), Fraction(0))
        return least, most


def _around(each: Sequence[_Bornes]) -> _Bornes:
    """Return what a mean, or a minimum, of measures stays within."""
    known = [bornes for bornes in each if bornes is not None]
    if len(known) < len(each):
        return None
    return min(least for least, _ in known), max(most for _, most in known)


# ---- rules by site --------------------------------------------------------------------------------------

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
