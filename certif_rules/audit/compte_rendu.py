"""What a report says besides findings: who, when, where, on what samples, what was not seen, who decided.

Every part is optional. ``None`` is « not given » and a report says so; an empty list is « none, and it is
known ». Values are kept as typed; days are ISO dates, times are HH:MM. The list of parts follows public
summaries of ISO 19011 and ISO/IEC 17021-1 (docs/rapport.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from certif_rules.errors import Location
from certif_rules.model.base import Situe
from certif_rules.source.donnees import as_text, place_of

#: Texts of one part; ``None``: not given, empty: none, and it is known.
Textes = tuple[str, ...] | None


class Passage(Situe, frozen=True, kw_only=True):
    """A stretch of the audit has a day, a place and a mode: on site or at a distance."""

    date: str | None = None
    site: str | None = None
    mode: str | None = None
    debut: str | None = None
    fin: str | None = None
    lieu: Location | None = None


class Personne(Struct, frozen=True, kw_only=True):
    """A person has a role, and initials rather than a name where they are enough."""

    role: str
    initiales: str | None = None
    nom: str | None = None
    organisation: str | None = None


class Echantillon(Situe, frozen=True, kw_only=True):
    """A sample says what it was drawn from, how, how many, with which seed, and the list drawn."""

    id: str
    site: str | None = None
    categorie: str | None = None
    population: str | None = None
    methode: str | None = None
    taille: int | None = None
    graine: str | None = None
    empreinte: str | None = None
    liste: tuple[str, ...] = ()
    note: str | None = None
    lieu: Location | None = None


class Evaluation(Situe, frozen=True, kw_only=True):
    """An evaluation is what those who evaluated conclude and recommend; it decides nothing."""

    par: tuple[str, ...] = ()
    le: str | None = None
    recommandation: str | None = None
    lieu: Location | None = None


class AvisRendu(Situe, frozen=True, kw_only=True):
    """An opinion is given by one body (``instance``, by function), with when and why; it decides nothing."""

    instance: str | None = None
    objet: str | None = None
    par: tuple[str, ...] = ()
    le: str | None = None
    avis: str | None = None
    motif: str | None = None
    lieu: Location | None = None


class DecisionPrise(Situe, frozen=True, kw_only=True):
    """A decision says what was decided, by whom, when and why; ``objet`` is its référentiel, if it is said.

    ``instance`` is the body or the authority that decides, by function; ``par`` are people.
    """

    objet: str | None = None
    instance: str | None = None
    par: tuple[str, ...] = ()
    le: str | None = None
    decision: str | None = None
    motif: str | None = None
    lieu: Location | None = None


class NotificationFaite(Situe, frozen=True, kw_only=True):
    """A notification says when a decision was notified, and by whom (``instance``, by function)."""

    objet: str | None = None
    instance: str | None = None
    le: str | None = None
    lieu: Location | None = None


class Suite(Struct, frozen=True, kw_only=True):
    """A follow-up says what comes next, and when if it is known."""

    texte: str
    le: str | None = None


class Version(Situe, frozen=True, kw_only=True):
    """A version is what one person said of a field (``None``: nothing), in which file, who signed it."""

    valeur: str | None
    de: str | None = None
    par: str | None = None
    lieu: Location | None = None


class Conflit(Struct, frozen=True, kw_only=True):
    """A conflict is what people said differently of a field (« ecart.causes », « constat »); one must decide.

    ``aucune``: none of the values was chosen, and the field stays empty by that choice.
    """

    champ: str
    valeurs: tuple[Version, ...]
    aucune: bool = False


class CompteRendu(Struct, frozen=True, kw_only=True):
    """An account holds all that only a report uses of a findings file, under the names of its keys."""

    objectifs: Textes = None
    seances: tuple[Passage, ...] | None = None
    personnes: tuple[Personne, ...] | None = None
    echantillons: tuple[Echantillon, ...] | None = None
    desaccords: Textes = None
    ecarts_au_plan: Textes = None
    changements: Textes = None
    zones_non_couvertes: Textes = None
    bonnes_pratiques: Textes = None
    diffusion: Textes = None
    confidentialite: Textes = None
    suites: tuple[Suite, ...] | None = None
    evaluation: Evaluation | None = None
    avis: tuple[AvisRendu, ...] | None = None
    decision: tuple[DecisionPrise, ...] | None = None
    notification: tuple[NotificationFaite, ...] | None = None


#: The keys of a findings file that are read here, in the order they are written.
CLES = CompteRendu.__struct_fields__

_ENTREES: Mapping[str, type[Struct]] = {
    "seances": Passage,
    "personnes": Personne,
    "echantillons": Echantillon,
    "suites": Suite,
    "avis": AvisRendu,
    "decision": DecisionPrise,
    "notification": NotificationFaite,
}
#: What says that two entries of a list are the same one, where something does.
IDENTITES: Mapping[str, tuple[str, ...]] = {
    "echantillons": ("id",),
    "avis": ("instance", "objet"),
    "decision": ("objet",),
    "notification": ("objet",),
}
#: Parts of an entry that are lists; one text alone is a list of one.
_LISTES = frozenset({"par", "liste"})


def read_compte_rendu(data: Mapping[str, Any]) -> CompteRendu:
    """Return what findings data say for a report; their schema accepts them."""
    parts: dict[str, Any] = {}
    for cle in CLES:
        value = data.get(cle)
        if value is None:
            continue
        if cle == "evaluation":
            parts[cle] = _entry(Evaluation, value, place_of(data, cle))
        elif cle in _ENTREES:
            entries = [value] if isinstance(value, Mapping) else value
            parts[cle] = tuple(_entry(_ENTREES[cle], entry, place_of(data, cle)) for entry in entries)
        else:
            parts[cle] = _texts(value)
    return CompteRendu(**parts)


def compte_rendu_as_data(compte_rendu: CompteRendu) -> dict[str, Any]:
    """Return what was given, as the values of a findings file; read again, they are the same."""
    written: dict[str, Any] = {}
    for cle in CLES:
        value = getattr(compte_rendu, cle)
        if value is None:
            continue
        if isinstance(value, Evaluation):
            written[cle] = _written(value)
        else:
            written[cle] = [v if isinstance(v, str) else _written(v) for v in value]
    return written


def entry_name(cle: str, entry: Mapping[str, Any]) -> str | None:
    """Return what tells an entry from the others of the list ``cle``, if it says anything."""
    return " ".join(str(entry[c]) for c in IDENTITES.get(cle, ()) if entry.get(c) is not None) or None


def read_conflicts(data: Mapping[str, Any]) -> tuple[Conflit, ...]:
    """Return what a finding, or a findings file, says that people said differently."""
    return tuple(
        Conflit(
            champ=str(node["champ"]),
            valeurs=tuple(
                Version(
                    valeur=as_text(version.get("valeur")),
                    de=version.get("de"),
                    par=version.get("par"),
                    lieu=place_of(version, "valeur"),
                )
                for version in node["valeurs"]
            ),
            aucune=bool(node.get("aucune")),
        )
        for node in data.get("a_accorder") or ()
    )


def _entry(kind: type[Struct], node: Any, whole: Location | None) -> Any:
    values: dict[str, Any] = {}
    for cle in kind.__struct_fields__:
        value = None if cle == "lieu" else node.get(cle)
        if value is not None:
            values[cle] = value if cle == "taille" else _texts(value) if cle in _LISTES else str(value)
    if "lieu" in kind.__struct_fields__:
        first = next((cle for cle in values if cle in node), None)
        values["lieu"] = (place_of(node, first) if first else None) or whole
    return kind(**values)


def _written(entry: Struct) -> dict[str, Any]:
    """Return the fields of an entry that were given."""
    values = {cle: getattr(entry, cle) for cle in entry.__struct_fields__ if cle != "lieu"}
    return {c: list(v) if isinstance(v, tuple) else v for c, v in values.items() if v not in (None, ())}


def _texts(value: str | Iterable[Any]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))
