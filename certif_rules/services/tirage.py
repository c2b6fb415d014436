"""A sample drawn for an audit under way, as its findings file holds it: anyone can draw it again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from certif_rules.audit.demande import Demande
from certif_rules.blocs.typographie import day, plain, prose
from certif_rules.francais import count
from certif_rules.plugins.registry import Registry
from certif_rules.services.echantillon import make_sample
from certif_rules.vie.echantillon import METHODE, DemandeTirage, Prelevement

_ARRONDIS: Final = {
    "au_plus_proche": "arrondi au plus proche",
    "superieur": "arrondi au-dessus",
    "inferieur": "arrondi en dessous",
}
#: « (--taille N) », after what it gives.
_OPTIONS: Final = re.compile(r"\s?\(--[a-z][^()]*\)")
#: What is told of elsewhere: whoever draws is asked for the day of the earlier audit.
_RAPPELS: Final = frozenset({"anterieurs_possibles"})


def sample_of(
    registry: Registry,
    demande: Demande,
    asked: DemandeTirage,
    *,
    nom: str,
    categorie: str = "",
    site: str = "",
) -> dict[str, Any]:
    """Return the sample asked for, named and placed, as an entry of « echantillons ».

    Args:
        registry: the rules that are installed.
        demande: the request of the audit.
        asked: what to draw; its seed was drawn by whoever calls.
        nom: how the sample is called.
        categorie: the category that it is of, if of one.
        site: the site that it is of, if of one.

    Raises:
        UsageError, DataError: nothing can be drawn so; every problem is listed.
    """
    value = make_sample(registry, demande, asked)
    entry = {
        "id": nom,
        "site": site,
        "categorie": categorie,
        "population": _population(value),
        "methode": METHODE,
        "taille": len(value.tirage.liste),
        "graine": value.tirage.graine,
        "empreinte": value.tirage.empreinte,
        "liste": list(value.tirage.liste),
        "note": _note(value),
    }
    return {key: given for key, given in entry.items() if given not in ("", None, [])}


def next_name(taken: Iterable[str]) -> str:
    """Return a name that no sample bears yet: « E1 », then « E2 », and so on."""
    names = set(taken)
    return next(name for name in map("E{}".format, range(1, len(names) + 2)) if name not in names)


def rule_in_words(coefficient: str | None, arrondi: str, non_vus: int, en_plus: str | None) -> str:
    """Return the rule of a number of sites: « racine carrée du nombre de sites, arrondi au-dessus »."""
    times = "" if coefficient == "1" else f"{str(coefficient).replace('.', ',')} × "
    parts = [f"{times}racine carrée du nombre de sites, {_ARRONDIS[arrondi]}"]
    parts += [f"dont {non_vus} non vu à l’audit précédent"] if non_vus else []
    parts += [prose(f"en plus de {en_plus}")] if en_plus else []
    return ", ".join(parts)


def without_options(texte: str) -> str:
    """Return a sentence without the options of the command line that stand between brackets."""
    return _OPTIONS.sub("", texte)


def _population(value: Prelevement) -> str:
    """Return what was drawn from, in words: how many, since when, how many older ones were left out."""
    asked, number = value.demande, value.tirage.population
    words = count(number, "site" if asked.objet == "sites" else "dossier")
    if asked.depuis is not None:
        left = count(asked.anterieurs, "plus ancien écarté", "plus anciens écartés")
        words += f", du {plain(day(asked.depuis))} ou d’après ({left})"
    return words


def _note(value: Prelevement) -> str:
    """Return the rule that gave the size, the site that is seen besides, what must be said of the draw."""
    regle, asked = value.regle, value.demande
    if regle is None:
        words = "taille donnée, aucune règle ne l’a fixée"
    elif regle.tous or regle.ceux:
        words = "tous les sites" if regle.tous else str(regle.texte)
    else:
        arrondi = asked.arrondi or regle.arrondi
        words = rule_in_words(regle.coefficient, arrondi, regle.non_vus, regle.en_plus)
    besides = f"en plus, la fonction centrale : {asked.centrale}" if asked.centrale else ""
    notes = (without_options(a.message) for a in value.avertissements if a.code not in _RAPPELS)
    return " ; ".join(filter(None, (words, besides, *notes)))
