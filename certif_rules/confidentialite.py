"""Where people type freely in a request and in findings: the personal data there, and the same without.

Every text is taken for typed, but those listed in ``_GARDES``: a field added to a finding is looked into
without being named here. What identifies the file stays: the name of the organisation (it is who is audited, and no
personal data), its numbers, ids of sites and lines, dates, codes. Initials and roles stay too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from certif_rules.constats import Dossier, Releve
from certif_rules.demande import Demande
from certif_rules.donnees_personnelles import Nature, Trouvaille, find, pseudonymise
from certif_rules.errors import Location
from certif_rules.resultat import Avertissement, Checklist

T = TypeVar("T", Demande, Dossier, Checklist)

#: Fields that nobody types freely, at any depth: names of lines, codes, days, places.
_GARDES: Final = frozenset(
    {
        "ligne", "id", "constat", "annotations", "evalue_le", "leve_le", "lieu", "lieux",
        "empreinte", "notifie_le", "couches", "date", "du", "au",
        "nom", "siren", "siret", "nda", "chiffre_affaires", "categories", "faits",
    }
)  # fmt: skip
#: Fields that hold somebody: initials are asked for, so that a full name there needs no role beside it.
_PERSONNES: Final = frozenset({"evalue_par", "leve_par"})
#: What a request holds that is typed freely.
_DEMANDE: Final = ("mode", "organisme")

_NOMS: Final[Mapping[Nature, str]] = {
    "courriel": "une adresse électronique",
    "telephone": "un numéro de téléphone",
    "nir": "un numéro de sécurité sociale",
    "nom": "un nom de personne",
}
_CONSEILS: Final[Mapping[Nature, str]] = {
    "courriel": "écrire plutôt la fonction, ou une référence de document",
    "telephone": "l’ôter, ou écrire une référence de document",
    "nir": "l’ôter, et écrire une référence de dossier",
    "nom": "écrire plutôt des initiales (« J. D. ») ou la fonction",
}
_CHAMPS: Final[Mapping[str, str]] = {
    "echantillons": "échantillons",
    "evalue_par": "évalué par",
    "leve_par": "levé par",
    "preuves_vues": "preuves vues",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Personal data in a field: what, where in the text, on which line (``None``: the request)."""

    trouvaille: Trouvaille
    ligne: str | None
    lieu: Location | None


def traces(value: Demande | Dossier) -> tuple[Trace, ...]:
    """The personal data of a request, or of a findings file (its request included), in reading order."""
    return tuple(_traces(value))


def personal_warnings(
    value: Demande | Dossier, numeros: Mapping[str, str] | None = None
) -> list[Avertissement]:
    """One warning for each kind of data and each place; what was found is never repeated in it.

    Args:
        value: what was typed; of a findings file, its findings only: its request has its own.
        numeros: the printed number of each line, by id.
    """
    found = value.releves if isinstance(value, Dossier) else (value,)
    seen: dict[tuple[str, ...], Avertissement] = {}
    for trace in (trace for part in found for trace in _traces(part)):
        hit = trace.trouvaille
        where = _where(trace, numeros or {})
        if trace.lieu is not None:
            where = f"{trace.lieu} : {where}"
        message = f"{where} contient {_NOMS[hit.nature]} : {_CONSEILS[hit.nature]}"
        seen.setdefault((where, hit.nature), Avertissement("donnee_personnelle", message))
    return list(seen.values())


def pseudonymised(value: T) -> T:
    """The same request, findings or checklist, personal data replaced wherever people typed."""
    if isinstance(value, Demande):
        return replace(value, **{name: _hidden(getattr(value, name), name) for name in _DEMANDE})
    if isinstance(value, Dossier):
        others = {f.name for f in fields(value)} - {"demande", "releves"}
        return replace(
            value,
            demande=pseudonymised(value.demande),
            releves=tuple(_hidden(releve, "releves") for releve in value.releves),
            **{name: _hidden(getattr(value, name), name) for name in others},
        )
    organisme = value.contexte.organisme
    contexte = replace(
        value.contexte,
        mode=_hidden(value.contexte.mode, "mode"),
        organisme=replace(organisme, sites=_hidden(organisme.sites, "sites")),
    )
    return replace(value, contexte=contexte, organisme=_hidden(value.organisme, "organisme"))


def summary(found: tuple[Trace, ...]) -> str:
    """What was replaced, counted, in one phrase; empty when nothing was."""
    counts = Counter(trace.trouvaille.nature for trace in found)
    parts = [f"{_NOMS[nature].partition(' ')[2]} ({n})" for nature, n in sorted(counts.items())]
    return f"Pseudonymisé : {', '.join(parts)}." if parts else "Pseudonymisé : rien à remplacer."


# ---- walking --------------------------------------------------------------------------------------------


def _traces(value: Demande | Dossier | Releve) -> Iterator[Trace]:
    if isinstance(value, Dossier):
        yield from _traces(value.demande)
        for releve in value.releves:
            yield from _traces(releve)
        return
    names = _DEMANDE if isinstance(value, Demande) else tuple(f.name for f in fields(value))
    ligne = None if isinstance(value, Demande) else value.ligne
    for name in names:
        for champ, texte in _texts(getattr(value, name), name):
            for hit in find(texte, champ, personne=_last(champ) in _PERSONNES):
                yield Trace(trouvaille=hit, ligne=ligne, lieu=_place(value, champ))


def _texts(value: Any, champ: str) -> Iterator[tuple[str, str]]:
    """(field, text) of what was typed at ``champ`` and below: « ecart.causes », « preuves_vues[1] »."""
    if _last(champ) in _GARDES:
        return
    if isinstance(value, str):
        yield champ, value
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _texts(child, f"{champ}.{key}")
    elif isinstance(value, list | tuple):
        for rank, child in enumerate(value):
            yield from _texts(child, f"{champ}[{rank}]")
    elif is_dataclass(value) and not isinstance(value, type):
        for f in fields(value):
            yield from _texts(getattr(value, f.name), f"{champ}.{f.name}")


def _hidden(value: Any, champ: str) -> Any:
    """What :func:`_texts` reads, replaced; everything else as it is."""
    if _last(champ) in _GARDES:
        return value
    if isinstance(value, str):
        return pseudonymise(value, personne=_last(champ) in _PERSONNES)
    if isinstance(value, Mapping):
        return {key: _hidden(child, f"{champ}.{key}") for key, child in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_hidden(child, f"{champ}[]") for child in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _hidden(getattr(value, f.name), f"{champ}.{f.name}") for f in fields(value)}
        return replace(value, **changed)
    return value


def _last(champ: str) -> str:
    """The name of a field without what it is in, nor its rank: « causes » of « ecart.causes »."""
    return champ.rpartition(".")[2].partition("[")[0]


def _place(value: Demande | Releve, champ: str) -> Location | None:
    if isinstance(value, Demande):
        return value.lieu("organisme" if champ.startswith("organisme") else champ) or value.lieu("categories")
    return value.lieux.get(champ.partition("[")[0]) or value.lieu


def _where(trace: Trace, numeros: Mapping[str, str]) -> str:
    champ = trace.trouvaille.champ.partition("[")[0] if trace.ligne is not None else trace.trouvaille.champ
    label = _CHAMPS.get(champ, champ.removeprefix("ecart.").removeprefix("organisme.").replace("_", " "))
    if trace.ligne is None:
        return f"profil, « {label} »"
    return f"ligne {numeros.get(trace.ligne, trace.ligne)}, « {label} »"
