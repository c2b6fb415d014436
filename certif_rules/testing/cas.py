"""A case of a checklist: a request, and what the checklist must say of it; findings, and what they conclude.

The format is that of ``schemas/cas.schema.json``. Sets are compared whole, never counted: « the right number
of wrong lines » is the classic mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.audit.demande import Demande, from_profile
from certif_rules.errors import IssuesError
from certif_rules.plugins.registry import Registry
from certif_rules.rules.motifs import ETATS, Etat
from certif_rules.services.checklist import make_checklist
from certif_rules.testing.constats import (
    check_conclusions,
    check_deadlines,
    check_procedure_of,
    concluded,
)
from certif_rules.testing.fichier import refused, unlike

_OF_FINDINGS = frozenset({"conclusions", "echeances", "procedure"})


def differences(case: Mapping[str, Any], registry: Registry) -> list[str]:
    """Return what the case expects and does not get, in French; empty when all holds."""
    expected = case["attendu"]
    try:
        demande = request(case)
        checklist = make_checklist(registry, demande)
        obtained = concluded(case, demande, checklist, registry) if "constats" in case else None
    except IssuesError as error:
        return refused(error, expected.get("erreur"))
    if "erreur" in expected:
        return [f"refus attendu ({expected['erreur']}), checklist obtenue"]
    texts = [
        text
        for key, value in expected.items()
        if key not in _OF_FINDINGS
        for text in _CHECKS[key](checklist, value, key)
    ]
    if obtained is not None:
        texts += check_conclusions(obtained, expected.get("conclusions", {}))
        if "procedure" in expected:
            texts += check_procedure_of(obtained, expected["procedure"])
        if "echeances" in expected:
            texts += check_deadlines(obtained, expected["echeances"], checklist)
    elif _OF_FINDINGS & expected.keys():
        texts.append("des conclusions, des échéances ou des actes sont attendus d’un cas sans constats")
    return texts


def request(case: Mapping[str, Any]) -> Demande:
    """Return the audit that a case asks for."""
    asked = case.get("demande") or {}
    demande = from_profile(case["profil"])
    changes = {
        key: str(asked[key]) for key in ("referentiel", "edition", "guide") if asked.get(key) is not None
    }
    return replace(demande, **changes)


def _lines(checklist: Checklist, names: Iterable[Any]) -> set[str]:
    """Return ids of the lines named by number, range of numbers (« 4-6 ») or id."""
    by_number = {ligne.indicateur.numero: ligne.indicateur.id for ligne in checklist.lignes}
    ids: set[str] = set()
    for name in names:
        text = str(name)
        first, dash, last = text.partition("-")
        if dash and first.isdigit() and last.isdigit():
            ids.update(by_number.get(str(n), str(n)) for n in range(int(first), int(last) + 1))
        else:
            ids.add(by_number.get(text, text))
    return ids


def _line(checklist: Checklist, name: Any) -> Ligne:
    (identifiant,) = _lines(checklist, [name])
    return next(ligne for ligne in checklist.lignes if ligne.indicateur.id == identifiant)


def _compare(label: str, expected: set[str], obtained: set[str]) -> list[str]:
    texts = []
    if expected - obtained:
        texts.append(f"{label} : il manque {', '.join(sorted(expected - obtained))}")
    if obtained - expected:
        texts.append(f"{label} : en trop {', '.join(sorted(obtained - expected))}")
    return texts


def _state(checklist: Checklist, value: list[Any], key: str) -> list[str]:
    obtained = {ligne.indicateur.id for ligne in checklist.lignes if ligne.etat == key}
    return _compare(key, _lines(checklist, value), obtained)


def _reasons(checklist: Checklist, value: Mapping[Any, list[str]], _key: str) -> list[str]:
    return [
        f"motifs de {name} : {missing} absent (obtenu : {', '.join(m.code for m in line.motifs)})"
        for name, codes in value.items()
        for line in [_line(checklist, name)]
        for missing in codes
        if missing not in {motif.code for motif in line.motifs}
    ]


def _contains(checklist: Checklist, value: Mapping[Any, str], _key: str) -> list[str]:
    return [
        f"motifs de {name} : « {text} » absent de {[m.texte for m in line.motifs]}"
        for name, text in value.items()
        for line in [_line(checklist, name)]
        if not any(text in motif.texte for motif in line.motifs)
    ]


def _findings(checklist: Checklist, value: Mapping[Any, list[str]], _key: str) -> list[str]:
    return [
        text
        for name, codes in value.items()
        for text in _compare(f"constats de {name}", set(codes), set(_line(checklist, name).constats_permis))
    ]


def _adaptations(checklist: Checklist, value: Mapping[str, list[Any]], _key: str) -> list[str]:
    texts = []
    for situation, names in value.items():
        start = situation.replace("_", " ")
        obtained = {
            line.indicateur.id
            for line in checklist.lignes
            if any((texte.situation or "").startswith(start) for texte in line.adaptations)
        }
        texts += _compare(f"adaptations « {start} »", _lines(checklist, names), obtained)
    return texts


def _warnings(checklist: Checklist, value: list[str], key: str) -> list[str]:
    codes = {a.code for a in (*checklist.avertissements, *checklist.notes)}
    if key == "absents":
        return [f"avertissement en trop : {code}" for code in value if code in codes]
    return [
        f"avertissement absent : {code} (obtenus : {sorted(codes)})" for code in value if code not in codes
    ]


def _said(checklist: Checklist, value: list[str], key: str) -> list[str]:
    messages = [a.message for a in (*checklist.avertissements, *checklist.notes)]
    messages += [lacune.cherche for lacune in checklist.lacunes]
    if key == "tu":
        return [f"« {text} » est dit" for text in value if any(text in one for one in messages)]
    return [f"« {text} » n’est dit nulle part" for text in value if not any(text in one for one in messages)]


def _points(checklist: Checklist, value: list[str], key: str) -> list[str]:
    return _compare(key, set(value), {point.id for point in getattr(checklist, key)})


def _sites(checklist: Checklist, value: list[str] | None, _key: str) -> list[str]:
    obtained = checklist.sites.sites if checklist.sites else None
    if value is None or obtained is None:
        both_unknown = value is None and obtained is None
        return [] if both_unknown else [f"sites : {unlike(value, obtained)}"]
    return _compare("sites", set(value), set(obtained))


def _counts(checklist: Checklist, value: Mapping[Etat, int], _key: str) -> list[str]:
    obtained = checklist.compteurs
    return [f"{etat} : {unlike(n, obtained[etat])}" for etat, n in value.items() if obtained[etat] != n]


def _equal(getter: Callable[[Checklist], Any]) -> Callable[[Checklist, Any, str], list[str]]:
    def check_equal(checklist: Checklist, value: Any, key: str) -> list[str]:
        obtained = getter(checklist)
        wanted = str(value) if isinstance(obtained, str) else value
        return [] if obtained == wanted else [f"{key} : {unlike(wanted, obtained)}"]

    return check_equal


_CHECKS: Mapping[str, Callable[[Checklist, Any, str], list[str]]] = {
    **dict.fromkeys(ETATS, _state),
    "motifs": _reasons,
    "contient": _contains,
    "constats_permis": _findings,
    "adaptations": _adaptations,
    "avertissements": _warnings,
    "absents": _warnings,
    "dit": _said,
    "tu": _said,
    "pieces": _points,
    "verifications": _points,
    "sites": _sites,
    "indicateurs": _equal(lambda c: len(c.lignes)),
    "edition": _equal(lambda c: c.referentiel.edition),
    "guide": _equal(lambda c: c.referentiel.guide),
    "compteurs": _counts,
}
