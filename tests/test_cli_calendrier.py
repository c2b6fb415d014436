"""``certif-rules calendrier`` as people meet it: text, JSON, agenda, and all that may be typed wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from console import Console, process

A7 = (
    "certifregion",
    "--evenement", "audit_initial=2023-05-31",
    "--evenement", "comite=2023-08-31",
    "--evenement", "notification=2023-08-31",
)  # fmt: skip


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def by_id(document: Any) -> dict[str, Any]:
    return {entry["id"]: entry for entry in document["dates"]}


def test_the_json_keeps_its_published_keys(call: Console) -> None:
    """The two entries that programs were promised, key for key, before those added."""
    document = call("calendrier", *A7, "--format", "json").json
    assert list(document)[:5] == ["format", "referentiel", "evenements", "options", "dates"]
    assert document["referentiel"] == {
        "id": "certifregion",
        "edition": "V5",
        "titre": "Certif’Région Occitanie",
    }
    dates = by_id(document)
    rapport = dates["rapport_comite"]
    assert {k: rapport[k] for k in ("au_plus_tard", "jour_ouvre", "sources", "confiance")} == {
        "au_plus_tard": "2023-08-21",
        "jour_ouvre": "2023-08-21",
        "sources": ["S18"],
        "confiance": "elevee",
    }
    surveillance = dates["surveillance"]
    assert (surveillance["du"], surveillance["au"]) == ("2024-10-31", "2025-03-31")
    assert [(a["evenement"], a["du"], a["au"]) for a in surveillance["ancres"]] == [
        ("audit_initial", "2024-07-31", "2025-03-31"),
        ("notification", "2024-10-31", "2025-06-30"),
    ]
    assert {"S16", "S18", "A2"} <= document["sources"].keys()
    assert {i["id"] for i in document["incoherences"]} >= {"INC-10", "INC-13", "INC-34"}


def test_every_promised_date_can_come_out(call: Console) -> None:
    """With enough events, each id that programs were promised."""
    events = ("premiere_instruction=2023-01-10", "depot=2023-02-22", "rejet=2023-09-01")
    found = set(by_id(call("calendrier", *A7, *_events(*events[:2]), "--format", "json").json))
    rejected = call("calendrier", "certifregion", *_events(*events), "--format", "json").json
    found |= set(by_id(rejected))
    assert found >= {
        "instruction", "rapport_comite", "notification", "envoi_documents", "echeance", "surveillance",
        "demande_renouvellement", "nouvelle_demande", "decision_visee", "audit_interne",
    }  # fmt: skip


def _events(*texts: str) -> list[str]:
    return [part for text in texts for part in ("--evenement", text)]


# ---- text -----------------------------------------------------------------------------------------------


def test_the_text_is_dated_sourced_and_narrow(call: Console) -> None:
    """In the order of the days, at most eighty columns, with rule, source and doubt of each."""
    text = call("calendrier", *A7).out.decode()
    assert max(map(len, text.splitlines())) <= 80
    dates = text.split("\nDates\n-----\n")[1].split("\n\n")[0]
    days = [line[:19].split() for line in dates.splitlines() if line[:1].isdigit()]
    assert days[0] == ["21", "août", "2023"], "the limit of the report, ten days before the committee"
    assert days[-1] == ["31", "août", "2026"], "the end of the label"
    assert [int(year) for _, _, year in days] == sorted(int(year) for _, _, year in days)
    flat = " ".join(text.split())
    for words in (
        "31 octobre 2024 Audit de surveillance – du 31 octobre 2024 au 31 mars 2025",
        "depuis « Audit initial » : du 31 juillet 2024 au 31 mars 2025 [S16]",
        "jour non ouvré (samedi) : dernier jour ouvré 27 février 2026",
        "jour non ouvré (samedi) ; report permis par --report-jour-ouvre",
        "Étude en comité instructeur : il faut premiere_instruction et depot",
        "confiance faible",
        "INC-13 –",
        "Reste à demander : La validité court-elle du mail ou du courrier ?",
        "[S18] Présentation du label",
    ):
        assert words in flat, words


def test_without_events_it_says_which_may_be_given(call: Console) -> None:
    """Names and titles, so that the first call teaches the second."""
    reponse = call("calendrier", "qualiopi")
    assert reponse.status == 0
    assert "- certification : Obtention de la certification" in reponse.out.decode()
    assert (
        "audit_surveillance"
        not in call("calendrier", "qualiopi", *_events("echeance=2026-06-15")).out.decode()
    )


def test_a_poor_console_gets_the_nearest_letters() -> None:
    """No traceback, nothing lost but the accents it lacks."""
    reponse = process("calendrier", *A7, env={"PYTHONIOENCODING": "cp1252"})
    assert (reponse.status, reponse.err) == (0, "")
    assert "31 octobre 2024    Audit de surveillance – du" in reponse.out.decode("cp1252")


def test_what_is_late_is_told_by_a_word(call: Console) -> None:
    """Compared with the day given, never with the clock."""
    text = call("calendrier", *A7, "--au", "2025-04-01").out.decode()
    assert "Retards constatés au 1er avril 2025." in text
    assert "Audit de surveillance – EN RETARD" in text
    assert "EN RETARD" not in call("calendrier", *A7).out.decode()


# ---- the same everywhere --------------------------------------------------------------------------------

#: Every format in one process, for a machine set otherwise.
BOTH = (
    "from certif_rules.cli import run\nfor f in ('table', 'json', 'ics'):\n    run([*{!r}, '--format', f])\n"
)


@pytest.mark.lent
@pytest.mark.skipif(sys.platform == "win32", reason="TZ names a zone of tzdata")
def test_neither_time_zone_nor_locale_changes_a_byte() -> None:
    """The same text, JSON and agenda, at both ends of the day and in every language of the machine."""
    code = BOTH.format(("calendrier", *A7, "--au", "2025-03-30"))
    machines = (
        {"TZ": "UTC", "LC_ALL": "C", "LANGUAGE": "fr"},
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "LANGUAGE": "th"},
        {"TZ": "America/Los_Angeles", "LC_ALL": "C", "LANGUAGE": "uk"},
    )
    made = set()
    for machine in machines:
        env = {**os.environ, "PYTHONIOENCODING": "utf-8", **machine}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env)
        made.add(done.stdout)
    assert len(made) == 1
    assert b"BEGIN:VCALENDAR" in made.pop()


def test_the_delays_of_findings_are_told_by_titles(call: Console) -> None:
    """What a delay starts from is called by its title; how it is counted keeps the names, in JSON."""
    asked = ("calendrier", "qualiopi", "--evenement", "ecarts_notifies_le=2024-03-29", "--format")
    rule = "« Notification des non-conformités à l’organisme » + 3 mois"
    data = call(*asked, "json").json
    told = {found["id"]: (found["regle"], found["calcul"]) for found in data["dates"]}
    nom = "qualiopi/nc_majeure/correction_avant"
    assert told[nom] == (rule.replace("’", "'"), "ecarts_notifies_le + 3 mois")
    assert rule in " ".join(call(*asked, "table").text.split())
    agenda = call(*asked, "ics").out.replace(b"\r\n ", b"").decode()
    assert rule in agenda.replace("\u00a0", " ")
    assert "ecarts_notifies_le +" not in agenda


# ---- agenda ---------------------------------------------------------------------------------------------


def agenda(call: Console, *arguments: str) -> tuple[bytes, dict[str, Any]]:
    reponse = call("calendrier", *arguments, "--format", "ics")
    assert reponse.status == 0, reponse.err
    from icalendar import Calendar

    events = Calendar.from_ical(reponse.out).walk("VEVENT")
    return reponse.out, {str(event["UID"]): event for event in events}


def test_the_agenda_is_read_back(call: Console) -> None:
    """All day, the end excluded, no clock, nothing that takes time; a window is its two ends."""
    content, events = agenda(call, *A7, "--dossier", "D-2023-014")
    ends = {
        end: events[f"surveillance-{end}.D-2023-014.certifregion@certif-rules"] for end in ("debut", "fin")
    }
    assert [(e["DTSTART"].dt, e["DTEND"].dt) for e in ends.values()] == [
        (date(2024, 10, 31), date(2024, 11, 1)),
        (date(2025, 3, 31), date(2025, 4, 1)),
    ]
    assert str(ends["debut"]["SUMMARY"]).replace("\u00a0", " ") == (
        "Audit de surveillance (à partir de ce jour, jusqu’au 31 mars 2025)"
        " – Certif’Région Occitanie, édition V5"
    )
    assert ends["debut"]["DTSTAMP"].dt == datetime(2023, 8, 31, tzinfo=UTC)
    alarms = {end: e.walk("VALARM")[0]["TRIGGER"].dt for end, e in ends.items()}
    assert alarms == {"debut": timedelta(hours=9), "fin": timedelta(days=-7)}
    assert b"DTSTART;VALUE=DATE:20241031\r\nDTEND;VALUE=DATE:20241101\r\n" in content
    assert all(type(e["DTSTART"].dt) is date and e["TRANSP"] == "TRANSPARENT" for e in events.values())
    assert {uid.partition(".")[0] for uid in events} == {
        "rapport_comite", "notification", "envoi_documents", "echeance", "surveillance-debut",
        "surveillance-fin", "demande_renouvellement", "audit_interne-1", "audit_interne-2", "audit_interne-3",
    }  # fmt: skip
    demande = next(e for uid, e in events.items() if uid.startswith("demande"))
    assert str(demande["SUMMARY"]).replace("\u00a0", " ") == (
        "Demande de renouvellement (au plus tard, dernier jour ouvré 27 février 2026)"
        " – Certif’Région Occitanie, édition V5"
    )
    assert demande["DTEND"].dt - demande["DTSTART"].dt == timedelta(days=1)
    assert "«\u00a0Échéance de validité du label\u00a0» - 6 mois" in str(demande["DESCRIPTION"])
    assert "[S16] Présentation du label" in str(demande["DESCRIPTION"])


def test_the_agenda_is_written_as_the_standard_wants(call: Console) -> None:
    """CRLF, lines of seventy-five octets at most, commas escaped, accents whole; the same bytes again."""
    content, _ = agenda(call, *A7)
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert all(line.decode("utf-8") is not None for line in content.split(b"\r\n"))
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert "Certif’Région Occitanie\\, édition V5" in unfolded
    assert content == agenda(call, *A7)[0]


def test_an_agenda_follows_its_file(call: Console) -> None:
    """A file code keeps its UIDs when a day changes; without one, another set of days is another file."""
    later = (*A7[:-1], "notification=2023-09-04")
    code = ("--dossier", "D1", "--sequence", "2")
    _, first = agenda(call, *A7, "--dossier", "D1")
    _, second = agenda(call, *later, *code)
    assert first.keys() == second.keys()
    assert {int(e["SEQUENCE"]) for e in second.values()} == {2}
    assert agenda(call, *A7)[1].keys() & agenda(call, *later)[1].keys() == set()


def test_the_stamp_is_the_day_people_say_it_is(call: Console) -> None:
    """Else the last of the days given."""
    _, events = agenda(call, *A7, "--au", "2025-01-02")
    assert {e["DTSTAMP"].dt for e in events.values()} == {datetime(2025, 1, 2, tzinfo=UTC)}


def test_a_window_half_known_stays_out_of_the_agenda(call: Console) -> None:
    """And standard error says so; an agenda of nothing is refused."""
    reponse = call("calendrier", "certifregion", *_events("notification=2023-08-31"), "--format", "ics")
    assert b"UID:surveillance" not in reponse.out
    assert "« Audit de surveillance » n’a pas de jour : il faut audit_initial" in reponse.err
    refused = call("calendrier", "certifregion", "--format", "ics")
    assert (refused.status, refused.codes, refused.out) == (2, ["information-manquante"], b"")


# ---- what a profile and findings say already -----------------------------------------------------------

PROFIL = """\
format: 1
referentiel: certifregion
audit: {type: surveillance, date: "2024-11-20"}
organisme: {nom: Organisme d’exemple, categories: [AF]}
precedent: {type: initial, date: "2023-05-31"}
certificats: {certifregion: {notification: "2023-08-31", echeance: "2026-08-31"}}
"""


def test_a_profile_gives_its_days(call: Console, tmp_path: Path) -> None:
    """The audit, the one before and the certificate are events; whose they are stands in each title."""
    path = tmp_path / "audit.yaml"
    path.write_text(PROFIL, encoding="utf-8")
    document = call("calendrier", "--profil", path, "--format", "json").json
    assert document["evenements"] == {
        "audit_initial": "2023-05-31",
        "notification": "2023-08-31",
        "audit_surveillance": "2024-11-20",
        "echeance": "2026-08-31",
    }
    assert by_id(document)["surveillance"]["suivi"] == "tenue", "20 November is within the window"
    typed = ("--profil", path, *_events("notification=2023-09-30"))
    moved = call("calendrier", *typed, "--format", "json").json
    assert moved["evenements"]["notification"] == "2023-09-30", "an option wins over the file"
    text = call("calendrier", "--profil", path).text
    assert "Organisme d’exemple\n" in text
    assert "20 novembre 2024   Audit de surveillance (audit_surveillance)" in text
    _, events = agenda(call, "--profil", str(path))
    assert all("– Organisme d’exemple –" in str(e["SUMMARY"]) for e in events.values())
    done = next(e for uid, e in events.items() if uid.startswith("surveillance-fin"))
    assert done.walk("VALARM") == [], "what is done rings no more"


def test_a_gap_has_a_date_with_its_line_only(call: Console, tmp_path: Path) -> None:
    """Without findings, none in any format; with them, the one on a national line alone."""
    asked = ("certifregion", *_events("audit_complementaire=2026-03-16", "ecarts_notifies_le=2026-03-20"))
    for format_ in ("table", "json", "ics"):
        out = call("calendrier", *asked, "--format", format_).out.decode()
        assert "2026-06-20" not in out
        assert "20260620" not in out
        assert "20 juin 2026" not in out.replace("\u00a0", " ")
    path = tmp_path / "constats.yaml"
    path.write_text(CONSTATS, encoding="utf-8")
    document = call("calendrier", "--constats", path, "--format", "json").json
    gaps = {nom: entry["au_plus_tard"] for nom, entry in by_id(document).items() if entry.get("origine")}
    assert gaps == {
        "qualiopi/11/correction_avant": "2024-08-31",
        "qualiopi/11/verification_avant": "2024-09-30",
    }
    assert [a["code"] for a in document["avertissements"]] == ["delai_absent"]
    both = call("calendrier", "--constats", path, "--profil", path)
    assert (both.status, both.codes) == (2, ["demande-contradictoire"])


CONFORMES = ("1", "2", "4", "5", "6", "8", "9", "10", "12", "17", "18", "19", "21", "22", "23", "24", "25",
             "26", "27", "30", "31", "32", "G")  # fmt: skip
CONSTATS = """\
format: 1
referentiel: certifregion
audit: {type: initial, date: "2024-05-02"}
organisme:
  categories: [AF]
  faits: {sous_traitance: true, certifiante: false, alternance: false, situation_travail: false,
          plus_de_deux_jours: true, formation_a_distance: true, nouvel_entrant: false}
ecarts_notifies_le: "2024-05-31"
constats:
  - {id: "11", constat: nc_majeure, commentaire: absent}
  - {id: E, constat: nc_mineure, commentaire: absent}
""" + "".join(f'  - {{id: "{numero}", constat: conforme}}\n' for numero in CONFORMES)


# ---- files and mistakes ---------------------------------------------------------------------------------


def test_the_suffix_gives_the_format(call: Console, tmp_path: Path) -> None:
    """JSON, agenda or text; a file is not replaced without being told to."""
    for suffix, start in ((".json", b"{"), (".ics", b"BEGIN:VCALENDAR"), (".txt", b"Calendrier")):
        path = tmp_path / f"dates{suffix}"
        assert call("calendrier", *A7, "-o", path).status == 0
        assert path.read_bytes().startswith(start)
        assert call("calendrier", *A7, "-o", path).status == 2
    unknown = call("calendrier", *A7, "-o", tmp_path / "dates.doc")
    assert (unknown.status, unknown.codes) == (2, ["format-inconnu"])
    forced = call("calendrier", *A7, "--format", "table", "-o", tmp_path / "dates.doc")
    assert forced.status == 0


def test_meetings_come_from_a_file(call: Console, tmp_path: Path) -> None:
    """One day a line, remarks and blank lines left out; each wrong line with its place."""
    path = tmp_path / "comites.txt"
    path.write_text("# 2023\n2023-03-30\n\n2023-06-22  # juin\n", encoding="utf-8")
    events = _events("rapport=2023-06-13")
    asked = ("calendrier", "certifregion", *events, "--comites", path, "--comites", "2023-09-14")
    document = call(*asked, "--format", "json").json["seances"]
    assert [s["le"] for s in document["seances"]] == ["2023-03-30", "2023-06-22", "2023-09-14"]
    assert (document["prochaine"], document["recu"]) == ("2023-09-14", "2023-06-13")
    text = call(*asked).out.decode()
    assert "22 juin 2023       12 juin 2023       12 juin 2023       non, trop tard (1 jour)" in text
    path.write_text("2023-03-32\n2023-06-22\njuin\n", encoding="utf-8")
    reponse = call(*asked)
    assert (reponse.status, reponse.out) == (1, b"")
    assert f"{path}:1:1: date-invalide" in reponse.err
    assert f"{path}:3:1: date-invalide" in reponse.err
    missing = call("calendrier", "certifregion", "--comites", tmp_path / "absent.txt")
    assert (missing.status, missing.codes) == (1, ["fichier-illisible"])


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pipe that has a name")
def test_meetings_come_from_a_pipe() -> None:
    """What is read once is gone: the days of a pipe are all there."""
    asked = ("calendrier", "certifregion", "--comites", "/dev/stdin", "--format", "json")
    reponse = process(*asked, stdin=b"2023-03-30\n2023-06-22\n")
    assert [s["le"] for s in reponse.json["seances"]["seances"]] == ["2023-03-30", "2023-06-22"]


def test_everything_wrong_is_said_at_once(call: Console) -> None:
    """Unknown events with the nearest, days that do not exist, an order that cannot be; nothing written."""
    reponse = call(
        "calendrier", "certifregion", "--au", "2023-13-01", "--territoire", "Alsac",
        *_events("comite=2023-05-01", "audit_initial=2023-05-31", "notifcation=2023-05-02", "depot",
                 "rapport=2023-05-01T10:00", "rejet=2023-06-01", "rejet=2023-06-02"),
    )  # fmt: skip
    assert (reponse.status, reponse.out) == (2, b"")
    assert reponse.codes == [
        "date-invalide", "date-invalide", "evenement-contradictoire", "evenement-illisible",
        "evenement-inconnu", "ordre-impossible", "territoire-inconnu",
    ]  # fmt: skip
    assert "vouliez-vous dire « notification » ?" in reponse.err
    assert "« comite » (1er mai 2023) vient avant « audit_initial » (31 mai 2023)" in reponse.err


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (("inconnu",), ["referentiel-inconnu"]),
        (("certifregion@V9",), ["edition-introuvable"]),
        (("certifregion", "--dossier", "Jean Dupont"), ["dossier-illisible"]),
        (("certifregion", "--cloture", "-1"), ["usage"]),
        (("qualiopi", "--comites", "2023-01-01"), ["seances-absentes"]),
        (("fictif",), ["cycle-absent"]),
    ],
)
def test_wrong_usage(call: Console, arguments: tuple[str, ...], codes: list[str]) -> None:
    """Status 2, one message each."""
    reponse = call("calendrier", *arguments)
    assert (reponse.status, reponse.codes) == (2, codes)


def test_far_away_years_are_slips(call: Console) -> None:
    """Both ends of the period are accepted, the year beyond is not."""
    for year, status in ((1969, 2), (1970, 0), (2199, 0), (2200, 2)):
        assert call("calendrier", "qualiopi", *_events(f"certification={year}-12-31")).status == status


def test_a_checklist_needs_neither_library() -> None:
    """Holidays and agendas are imported by this command alone."""
    code = (
        "import sys\nfrom certif_rules.cli import run\n"
        "run(['checklist', 'qualiopi', '--type', 'initial', '--date', '2024-03-18', '--categorie', 'AF'])\n"
        "sys.exit(bool({'holidays', 'icalendar', 'dateutil'} & set(sys.modules)))"
    )
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, env=env)
    assert done.returncode == 0, done.stderr


def test_the_document_reads_as_json_of_its_own(call: Console) -> None:
    """Accents are written as they are; the last byte is a line feed."""
    out = call("calendrier", *A7, "--format", "json").out
    assert out.endswith(b"}\n")
    assert "Échéance".encode() in out
    assert json.loads(out)["format"] == 1


def test_the_json_gives_what_a_territory_adds(call: Console) -> None:
    """Alsace: Good Friday, three days before Easter Monday, on a condition; the day after Christmas."""
    asked = ("calendrier", "certifregion", "--evenement", "depot=2023-05-02", "--format", "json")
    added = call(*asked, "--territoire", "Alsace").json["options"]["feries_du_territoire"]
    assert [(day["titre"], day.get("jour"), day.get("paques"), "condition" in day) for day in added] == [
        ("Vendredi saint", None, -3, True),
        ("Lendemain de Noël", "12-26", None, False),
    ]
    assert {day["source"] for day in added} == {"code du travail, art. L. 3134-13"}
    assert "feries_du_territoire" not in call(*asked).json["options"]
