"""A journal as a findings file, and a findings file as what it says, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from certif_rules.audit.compte_rendu import CLES as PARTIES
from certif_rules.audit.constats import A_EVALUER
from certif_rules.colonnes import signatures
from certif_rules.journal.annexes import annexes, in_a_sentence
from certif_rules.journal.etat import VIDES, Champ, Etat
from certif_rules.journal.evenements import Endroit, Genre
from certif_rules.plugins.empreinte import digest
from certif_rules.rules.contexte import VERIFICATION

#: The lists of the findings file by what their entries are about, and the field that says the finding.
_LISTES: Final[Mapping[Genre, tuple[str, str]]] = {
    "ligne": ("constats", "constat"),
    "verification": ("verifications", "resultat"),
}
#: What the head holds field by field; its other keys are values, whole.
_PAR_CHAMP: Final = frozenset({"audit", "organisme", "ajouts", "referentiel", "evaluation"})
#: What no audit opens without: while several values stand, it is opened with the first one.
_REQUIS: Final = frozenset(
    {
        "referentiel.id",
        "audit.type",
        "audit.date",
        "organisme.categories",
        "ajouts.categories",
        "ajouts.sites",
    }
)
#: What a finding holds by key.
_PAR_CLE: Final = frozenset({"ecart", "complements"})
#: The references of the proofs of a line; who assessed it, and when.
_VUES: Final = "preuves_vues"
(QUI,), (QUAND,) = signatures("texte"), signatures("jour")
#: What a body may give of a line, and what the file of these texts is called.
TEXTES: Final = ("titre", "exigence", "niveau_attendu")
FICHIER_DES_TEXTES: Final = "textes.json"


def findings_of(etat: Etat, noms: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the data of the findings file that a journal says, what is to settle in ``a_accorder``.

    Each line says in a sentence the proofs that it is tied to, after those that it names itself.

    Args:
        etat: what the journal says; of what only the workspace knows, proofs and texts are said.
        noms: the names of people by their key, which stands for who assessed a line.
    """
    known = noms or {}
    data: dict[str, Any] = {"format": 1, "organisme": {}, "constats": []}
    for cle, champ in sorted(etat.items()):
        if cle.genre != "tete" and cle.genre not in _LISTES:
            continue
        entry = data if cle.genre == "tete" else _entry(data, cle)
        if champ.a_accorder:
            entry.setdefault("a_accorder", []).append(_dispute(cle, champ, known))
        value = _opening(cle, champ) if champ.a_accorder else champ.valeur
        if value not in VIDES or says_none(cle, value):
            *nodes, last = cle.champ.split(".")
            for node in nodes:
                entry = entry.setdefault(node, {})
            named = last == QUI and isinstance(value, str)
            entry[last] = known.get(value) or value if named else value
    for preuve in annexes(etat, "preuve"):
        for ligne in preuve.lignes if preuve.get("reference") else ():
            _see(_entry(data, _place(ligne)), in_a_sentence(preuve))
    if given := texts_given(etat, data.get("textes")):
        data["textes"] = given
    return data


def _opening(cle: Endroit, champ: Champ) -> Any:
    """Return the value that an audit is opened with while this field is to settle; nothing: it needs none."""
    if cle.genre != "tete" or cle.champ not in _REQUIS:
        return None
    return next((one.valeur for one in champ.versions if one.valeur not in VIDES), None)


def says_none(cle: Endroit, valeur: Any) -> bool:
    """Return whether an empty list says something: « none, and it is known », of a part of the report."""
    return valeur == [] and cle.genre == "tete" and cle.champ in PARTIES


def _place(ligne: str) -> Endroit:
    """Return where the proofs of a line, or of a check, are."""
    check = ligne.startswith(VERIFICATION)
    return Endroit("verification" if check else "ligne", _VUES, ligne.removeprefix(VERIFICATION))


def _see(entry: dict[str, Any], sentence: str) -> None:
    """Add a proof to those of a line: a file that came back says it already."""
    seen = entry.setdefault(_VUES, [])
    if isinstance(seen, list) and sentence not in seen:
        entry[_VUES] = [*seen, sentence]


def texts_given(etat: Etat, carried: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """Return the texts that the body gives for lines without one, in place of those that a file ``carried``.

    Each rests on its document, with the page; one whose document nobody says is not given.
    """
    contenu = (carried or {}).get("contenu") or {}
    sources: dict[str, Any] = dict(contenu.get("sources") or {})
    lines: dict[str, Any] = {line["code"]: line for line in contenu.get("indicateurs") or ()}
    given = [
        texte for texte in annexes(etat, "texte") if texte.get("document") and any(map(texte.get, TEXTES))
    ]
    for texte in given:
        document, page = texte.get("document"), texte.get("page")
        source = {"titre": f"{document}, {page}" if page else document, "reference": document}
        code = next((code for code, one in sources.items() if one == source), f"D{len(sources) + 1}")
        sources[code] = source
        words = {champ: texte.get(champ) for champ in TEXTES if texte.get(champ)}
        if level := words.get("niveau_attendu"):
            words["niveau_attendu"] = {"texte": level, "sources": [code]}
        lines[texte.id] = {"code": texte.id, **words, "sources": [code]}
    if not given:
        return None
    whole = {"format": 1, "sources": sources, "indicateurs": list(lines.values())}
    return {"nom": FICHIER_DES_TEXTES, "empreinte": digest(whole), "contenu": whole}


def _entry(data: dict[str, Any], cle: Endroit) -> dict[str, Any]:
    """Return the entry of a line or of a check, at a site or whole, made where it is not there yet."""
    entries: list[dict[str, Any]] = data.setdefault(_LISTES[cle.genre][0], [])
    whole = _named(entries, "id", cle.ligne)
    whole.setdefault(_LISTES[cle.genre][1], A_EVALUER)
    return _named(whole.setdefault("par_site", []), "site", cle.site) if cle.site else whole


def _named(entries: list[dict[str, Any]], key: str, name: str) -> dict[str, Any]:
    for entry in entries:
        if entry[key] == name:
            return entry
    entries.append({key: name})
    return entries[-1]


def _dispute(cle: Endroit, champ: Champ, noms: Mapping[str, str]) -> dict[str, Any]:
    values = [
        {
            "valeur": None if one.valeur in VIDES else str(one.valeur),
            "par": noms.get(one.acteur, one.acteur),
        }
        for one in champ.versions
    ]
    return {"champ": cle.champ, "valeurs": values}


def fields_of(data: Mapping[str, Any]) -> Iterator[tuple[Endroit, Any]]:
    """Yield what the data of a findings file, or of a profile, say of each field, in order."""
    lists = {name: genre for genre, (name, _) in _LISTES.items()}
    for key, value in data.items():
        if key in lists:
            for entry in value or ():
                yield from _of_entry(lists[key], entry)
        elif key in _PAR_CHAMP and isinstance(value, Mapping):
            yield from ((Endroit("tete", f"{key}.{champ}"), one) for champ, one in _flat(value))
        elif key not in ("format", "a_accorder", "depart"):
            yield Endroit("tete", key), value


def _flat(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a part of the head; facts are fields one by one."""
    for key, value in node.items():
        if key == "faits" and isinstance(value, Mapping):
            yield from ((f"faits.{nom}", one) for nom, one in value.items())
        else:
            yield key, value


def _of_entry(genre: Genre, entry: Mapping[str, Any], ligne: str = "") -> Iterator[tuple[Endroit, Any]]:
    name, site = ligne or str(entry["id"]), str(entry["site"]) if ligne else ""
    for key, value in entry.items():
        if key == "par_site":
            for part in value or ():
                yield from _of_entry(genre, part, name)
        elif key in _PAR_CLE and isinstance(value, Mapping):
            yield from ((Endroit(genre, f"{key}.{own}", name, site), one) for own, one in value.items())
        elif key not in ("id", "a_accorder") and not (ligne and key == "site"):
            yield Endroit(genre, key, name, site), value
