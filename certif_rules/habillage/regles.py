"""What a body's file says, checked, and the checklist it dresses. Pure: files are read elsewhere.

A body changes how its documents look. It changes no regulatory word, no decision and no reason, and hides
none: whoever tries is told why, at the place. Findings, states, audit types and titles come from the
référentiel; only the names of annotations, which never count, are the body's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from certif_rules.colonnes import GRILLE
from certif_rules.errors import Issue, Location, suggestion
from certif_rules.francais import without_accents
from certif_rules.habillage.modele import ColonneAjoutee, Habillage, Logo, SectionAjoutee
from certif_rules.model.referentiel import Referentiel
from certif_rules.rules.motifs import ETATS
from certif_rules.source.yaml import PlacedDict, PlacedList, place

_TOUJOURS: Final = (
    "un habillage change la présentation, jamais les mots réglementaires, les décisions ni leurs raisons"
)

#: Keys that would change what the référentiel or the engine says, wherever they are written, and whose it is.
_DU_REFERENTIEL: Final[Mapping[str, str]] = {
    **dict.fromkeys(("constats", "constats_permis", "gravites", "statuts"), "les constats et leurs noms"),
    **dict.fromkeys(("etats", "compteurs"), "les états des lignes"),
    **dict.fromkeys(("types_audit", "type_audit"), "les types d’audit"),
    **dict.fromkeys(
        ("titres", "criteres", "indicateurs", "lignes_du_referentiel", "exigences", "exigence", "textes"),
        "les titres et les textes",
    ),
    **dict.fromkeys(("categories", "faits", "referentiel", "edition", "guide", "couches"), "le référentiel"),
    **dict.fromkeys(("motifs", "motif", "raisons", "portee", "perimetre", "derogations"), "les raisons"),
    **dict.fromkeys(
        ("jugement", "decisions", "decision", "mesures", "seuils", "conclusion", "conclusions", "echeances"),
        "les décisions et leurs règles",
    ),
    **dict.fromkeys(("renommees", "noms"), "les noms des colonnes, par lesquels une grille se relit,"),
}
#: Keys that would take away or reword what every document says.
_MENTIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("mention", "mentions", "reformulation", "citations"), "ce que valent les textes reformulés"
    ),
    **dict.fromkeys(("echantillonnage", "echantillon", "echantillons"), "qu’un audit est un échantillon"),
    **dict.fromkeys(("sources", "empreinte"), "d’où viennent les règles"),
    "avertissements": "ce dont il faut avertir le lecteur",
    "lacunes": "ce que les sources ne disent pas",
}

#: The columns of the grid in order, each with why it must be shown; ``None`` for those that may be hidden.
COLONNES: Final[Mapping[str, str | None]] = {c.titre: c.montree for c in GRILLE}


class HabillageDit(Struct, frozen=True):
    """This record gives a body's file as read: data that its schema accepts, and the pictures found safe.

    What a filled grid or a findings file carries has no picture.
    """

    data: Mapping[str, Any]
    logo: Logo | None = None
    secours: Logo | None = None


def refusals(data: Any) -> list[Issue]:
    """Return the keys that try to change what no body may, before the schema calls them unknown."""
    return list(_refused(data, ()))


def problems(data: Mapping[str, Any]) -> list[Issue]:
    """Return what is wrong in data that its schema accepts, whatever the référentiel."""
    colonnes = data.get("colonnes") or {}
    return [*_hidden(colonnes), *_added(colonnes), *_sections(data)]


def problems_with(referentiel: Referentiel, data: Mapping[str, Any]) -> list[Issue]:
    """Return what is wrong in it for this référentiel, whose annotations alone take other names."""
    noms = data.get("annotations") or {}
    issues = []
    taken = {_folded(c.titre): f"le constat « {c.titre} »" for c in referentiel.constats.values()}
    # The words of states are their codes with accents, and accents do not count here.
    taken |= {etat.replace("_", " "): "l’état d’une ligne" for etat in (*ETATS, "a_evaluer")}
    taken |= {_folded(c.id): f"le constat « {c.id} »" for c in referentiel.constats.values()}
    taken |= {_folded(a.id): f"l’annotation « {a.id} »" for a in referentiel.annotations.values()}
    taken |= {
        _folded(a.titre): f"l’annotation « {a.titre} »"
        for a in referentiel.annotations.values()
        if a.id not in noms
    }
    regulatory = {
        **referentiel.constats,
        **referentiel.types_audit,
        **referentiel.criteres,
        **referentiel.indicateurs,
    }
    regulatory |= {t.code: t for t in referentiel.types_audit.values()}
    for code, nom in noms.items():
        if code not in referentiel.annotations:
            where = _at(noms, code, of_key=True)
            if code in regulatory:
                message = f"« {code} » n’est pas une annotation : son nom vient du référentiel"
                issues.append(Issue("mot-reglementaire", message, where, _TOUJOURS))
            else:
                message = f"l’annotation « {code} » n’est pas déclarée par ce référentiel"
                hint = suggestion(code, referentiel.annotations, "annotations")
                issues.append(Issue("annotation-inconnue", message, where, hint))
            continue
        folded = _folded(nom)
        if folded in taken:
            message = f"« {nom} » désigne déjà {taken[folded]}"
            hint = "choisir un nom que le lecteur ne puisse pas confondre"
            issues.append(Issue("mot-reglementaire", message, _at(noms, code), hint))
        taken.setdefault(folded, f"l’annotation « {code} »")
    return issues


def build(dit: HabillageDit) -> Habillage:
    """Return the dress, from data in which no problem was found."""
    data = dit.data
    colonnes = data.get("colonnes") or {}
    names = list(COLONNES)
    return Habillage(
        emetteur=data["emetteur"],
        logo=dit.logo,
        logo_secours=dit.secours,
        annotations=dict(data.get("annotations") or {}),
        masquees=tuple(sorted((_named(c) or "" for c in colonnes.get("masquees") or ()), key=names.index)),
        colonnes=tuple(ColonneAjoutee(**c) for c in colonnes.get("ajoutees") or ()),
        sections=tuple(SectionAjoutee(**s) for s in data.get("sections") or ()),
        phrases=dict(data.get("phrases_de_fin") or {}),
    )


def as_data(habillage: Habillage) -> dict[str, Any]:
    """Return what a grid carries of the dress: its names and its columns, by which it is read again.

    Pictures, sections and last sentences stay in the file: repeated in every grid, they could outgrow it.
    """
    colonnes = {
        "masquees": list(habillage.masquees),
        "ajoutees": list(map(asdict, habillage.colonnes)),
    }
    written: dict[str, Any] = {
        "format": 1,
        "emetteur": habillage.emetteur,
        "annotations": dict(habillage.annotations),
        "colonnes": {key: value for key, value in colonnes.items() if value},
    }
    return {key: value for key, value in written.items() if value}


def agree(one: HabillageDit, two: HabillageDit) -> bool:
    """Return whether a grid of one, in which no problem was found, is read in the same way with the other."""
    return as_data(build(one)) == as_data(build(two))


# ---- what is refused ----------------------------------------------------------------------------------


def _refused(node: Any, path: tuple[str, ...]) -> Iterator[Issue]:
    if isinstance(node, list):
        for child in node:
            yield from _refused(child, path)
    if not isinstance(node, dict) or path == ("annotations",):
        return
    for key, value in node.items():
        if key in _DU_REFERENTIEL:
            message = f"« {key} » : {_DU_REFERENTIEL[key]} ne se changent pas ici"
            yield Issue("mot-reglementaire", message, _at(node, key, of_key=True), _TOUJOURS)
        elif key in _MENTIONS:
            message = f"« {key} » : tout document dit {_MENTIONS[key]}, et ne s’en passe pas"
            hint = "une phrase de l’organisme s’ajoute sous « phrases_de_fin », sans rien remplacer"
            yield Issue("mention-obligatoire", message, _at(node, key, of_key=True), hint)
        else:
            yield from _refused(value, (*path, key))


def without_refused(data: Any) -> Any:
    """Return ``data`` without what :func:`refusals` names, so that the schema does not name them again."""
    if isinstance(data, PlacedList | PlacedDict):
        gone = {*_DU_REFERENTIEL, *_MENTIONS}
        remaining: Any = type(data)(data.file, data.start)
        if isinstance(data, PlacedDict):
            for key, value in data.items():
                if key not in gone:
                    remaining[key] = without_refused(value)
                    remaining.keys_at[key], remaining.values_at[key] = data.keys_at[key], data.values_at[key]
        else:
            remaining.extend(map(without_refused, data))
            remaining.items_at.extend(data.items_at)
        return remaining
    return data


def _hidden(colonnes: Mapping[str, Any]) -> Iterator[Issue]:
    masquees = colonnes.get("masquees") or ()
    seen: set[str] = set()
    for index, value in enumerate(masquees):
        where = _at(masquees, index)
        name = _named(value)
        if name is None:
            hint = suggestion(str(value), COLONNES, f"de 1 à {len(COLONNES)}, ou")
            yield Issue("colonne-inconnue", f"la grille n’a pas de colonne « {value} »", where, hint)
        elif COLONNES[name] is not None:
            message = f"la colonne « {name} » ne se masque pas : {COLONNES[name]}"
            admitted = ", ".join(c for c, why in COLONNES.items() if why is None)
            yield Issue("colonne-obligatoire", message, where, f"peuvent l’être : {admitted}")
        elif name in seen:
            yield Issue(
                "valeur-en-double", f"la colonne « {name} » est masquée deux fois", where, "la dire une fois"
            )
        seen.add(name or "")


def _added(colonnes: Mapping[str, Any]) -> Iterator[Issue]:
    taken = {_folded(name): f"la grille a déjà une colonne « {name} »" for name in COLONNES}
    keys: set[str] = set()
    for colonne in colonnes.get("ajoutees") or ():
        cle, titre = colonne["cle"], colonne["titre"]
        folded = _folded(titre)
        if folded in taken or cle in keys:
            message = taken.get(folded) or f"la clé « {cle} » est celle d’une autre colonne ajoutée"
            where = _at(colonne, "titre" if folded in taken else "cle")
            yield Issue("colonne-en-double", message, where, "choisir un autre nom")
        taken.setdefault(folded, f"une autre colonne ajoutée s’appelle « {titre} »")
        keys.add(cle)


def _sections(data: Mapping[str, Any]) -> Iterator[Issue]:
    for section in data.get("sections") or ():
        if "texte" not in section and "lignes" not in section:
            message = f"la section « {section['titre']} » n’a ni « texte » ni « lignes »"
            hint = "écrire son texte, ou le nombre de lignes à laisser"
            yield Issue("cle-manquante", message, _at(section, None), hint)


def _named(value: Any) -> str | None:
    """Return the column that a name or a number designates."""
    names = list(COLONNES)
    if isinstance(value, int):
        return names[value - 1] if 1 <= value <= len(names) else None
    return next((name for name in names if _folded(name) == _folded(str(value))), None)


def _folded(text: str) -> str:
    """Return ``text`` as readers tell names apart: its words without case nor accents, else its signs."""
    return " ".join(re.findall(r"\w+", without_accents(text).casefold())) or text.casefold().strip()


def _at(node: Any, key: str | int | None, *, of_key: bool = False) -> Location | None:
    return place(node, key, of_key=of_key) if isinstance(node, PlacedDict | PlacedList) else None
