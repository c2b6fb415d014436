"""A case of a calendar: the events known, and the dates, warnings and meetings they must give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.demande import Demande, from_profile
from certif_rules.echanges.calendrier import document
from certif_rules.errors import IssuesError
from certif_rules.plugins.registry import Registry
from certif_rules.services.calendrier import Saisie, make_calendar
from certif_rules.services.checklist import make_checklist
from certif_rules.testing.constats import findings_of
from certif_rules.testing.fichier import refused, unlike
from certif_rules.vie.echeancier import Echeancier

_ABSENT = "<absent>"
_NAMED = ("referentiel", "edition")


def differences(case: Mapping[str, Any], registry: Registry) -> list[str]:
    """Return what the case expects and does not get, in French; empty when all holds."""
    expected = case["attendu"]
    demande = Demande(referentiel=case["referentiel"], edition=case.get("edition"))
    if "profil" in case:
        demande = replace(from_profile(case["profil"]), **{f: getattr(demande, f) for f in _NAMED})
    try:
        dossier = None
        if "constats" in case:
            dossier = findings_of(case, demande, make_checklist(registry, demande))
        calendar = make_calendar(registry, demande, _typed(case), dossier)
        obtained = document(calendar)
    except IssuesError as error:
        return refused(error, expected.get("erreur"))
    if "erreur" in expected:
        return [f"refus attendu ({expected['erreur']}), calendrier obtenu"]
    dates = {entry["id"]: entry for entry in obtained["dates"]}
    texts = [text for nom, value in expected.get("dates", {}).items() for text in _date(nom, value, dates)]
    texts += [f"{nom} ne devrait pas être calculée" for nom in expected.get("absentes", ()) if nom in dates]
    if "toutes" in expected:
        texts += _same("dates", expected["toutes"], dates)
    missing = {entry["id"]: entry["evenements_manquants"] for entry in obtained["non_calculees"]}
    for nom, waited in expected.get("attendent", {}).items():
        texts += _same(f"{nom} attend", waited, missing.get(nom, ()))
    if "avertissements" in expected:
        codes = [warning["code"] for warning in obtained["avertissements"]]
        texts += _same("avertissements", expected["avertissements"], codes)
    if "incoherences" in expected:
        codes = [value["id"] for value in obtained["incoherences"]]
        texts += _same("incohérences", expected["incoherences"], codes)
    messages = [warning["message"] for warning in obtained["avertissements"]]
    texts += [
        f"« {text} » absent de {messages}"
        for text in expected.get("contient", ())
        if not any(text in message for message in messages)
    ]
    if "ics" in expected:
        texts += _agenda(calendar, expected["ics"])
    return texts + _meetings(expected, obtained.get("seances"))


def _typed(case: Mapping[str, Any]) -> Saisie:
    options = case.get("options") or {}
    return Saisie(
        evenements=tuple(f"{nom}={day}" for nom, day in case["evenements"].items()),
        comites=tuple(case.get("comites") or ()),
        report=options.get("report_jour_ouvre", False),
        cloture=options.get("cloture", 0),
        au=options.get("au"),
        territoire=options.get("territoire"),
    )


def _date(nom: str, expected: Mapping[str, Any], dates: Mapping[str, Any]) -> list[str]:
    entry = dates.get(nom)
    if entry is None:
        return [f"{nom} n’est pas calculée (dates : {', '.join(dates)})"]
    shown = {**entry}
    if "ancres" in entry:
        shown["ancres"] = {ancre["evenement"]: [ancre["du"], ancre["au"]] for ancre in entry["ancres"]}
    return [
        f"{nom}, {key} : {unlike(value, shown.get(key, _ABSENT))}"
        for key, value in expected.items()
        if shown.get(key, _ABSENT) != value
    ]


def _agenda(calendar: Echeancier, expected: Mapping[str, list[str]]) -> list[str]:
    """Return by date, lines of its event in the ICS file; of a date that comes back, its first event."""
    from certif_rules.documents.calendrier.ics import render

    written = render(calendar).decode()
    events: dict[str, list[str]] = {}
    for block in written.replace("\r\n ", "").split("BEGIN:VEVENT")[1:]:
        lines = block.splitlines()
        (uid,) = [line.removeprefix("UID:") for line in lines if line.startswith("UID:")]
        events.setdefault(uid.partition(".")[0].removesuffix("-1"), lines)
    return [
        f"ICS, {nom} : « {line} » absent de {[li for li in events.get(nom, ()) if li.startswith('DT')]}"
        for nom, lines in expected.items()
        for line in lines
        if line not in events.get(nom, ())
    ]


def _same(label: str, expected: Iterable[str], obtained: Iterable[str]) -> list[str]:
    wanted, got = sorted(set(expected)), sorted(set(obtained))
    return [] if wanted == got else [f"{label} : {unlike(wanted, got)}"]


def _meetings(expected: Mapping[str, Any], obtained: Mapping[str, Any] | None) -> list[str]:
    if obtained is None:
        asked = {"prochaine", "seances"} & expected.keys()
        return ["des séances sont attendues, sans liste de séances"] if asked else []
    texts = []
    if "prochaine" in expected and expected["prochaine"] != obtained["prochaine"]:
        texts.append(f"prochaine séance : {unlike(expected['prochaine'], obtained['prochaine'])}")
    states = {seance["le"]: seance["etat"] for seance in obtained["seances"]}
    for day, etat in expected.get("seances", {}).items():
        if states.get(day, _ABSENT) != etat:
            texts.append(f"séance du {day} : {unlike(etat, states.get(day, _ABSENT))}")
    return texts
