"""The home page: audits with how far they are, those to read again, what is due in all of them."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from espaces import ENVIRONNEMENT, PROFIL, begun, plain, seen, sent, text

pytest.importorskip("django")

CONSTATS = """{"format": 1, "referentiel": {"id": "qualiopi"}, "audit": {"type": "initial", "date": "JOUR"},
 "organisme": {"nom": "NOM", "categories": ["AF"]}, "ecarts_notifies_le": "NOTIFIE",
 "constats": [{"id": "qualiopi/1", "constat": "nc_mineure", "commentaire": "x"},
              {"id": "qualiopi/4", "constat": "conforme"}]}"""


def with_gap(navigateur: Any, nom: str, jour: str, notified: str) -> str:
    """An audit with a minor gap, notified that day: six months are given to mend it."""
    data = CONSTATS.replace("NOM", nom).replace("JOUR", jour).replace("NOTIFIE", notified)
    response = navigateur.post("/reprendre", {"fichier": sent(data.encode(), "x.json")})
    assert response.status_code == 302, text(response)
    return str(response.headers["Location"]).rpartition("/")[0]


def row(page: str, nom: str) -> str:
    """The row of an audit, its blanks made plain."""
    rows = [one for one in page.split("<li>") if nom in one]
    return re.sub(r"\s+", " ", rows[0])


def test_a_dossier_says_whose_which_when_how_far_and_what_comes(navigateur: Any) -> None:
    """Organisation, type, day, two lines of twenty-two found, the deadline of its gap."""
    from certif_rules.web import models

    models.DossierSuivi.objects.all().delete()  # a page sums up eight audits, of the latest
    with_gap(navigateur, "Élan & fils", "2199-03-18", "2199-03-20")
    own = row(plain(navigateur.get("/")), "Élan &amp; fils")
    assert "Audit initial" in own
    assert "18 mars 2199" in own
    assert re.search(r'max="\d+" value="2"', own)
    assert "20 septembre 2199" in own
    assert "correction avant" in own


def test_a_recorded_finding_shows_at_once(navigateur: Any) -> None:
    """What the list keeps of an audit is never older than the audit."""
    response = navigateur.post("/reprendre", {"fichier": sent(PROFIL.replace(b"Organisme", b"Zephyr"))})
    root = str(response.headers["Location"]).removesuffix("/preparer")
    assert 'value="0"' in row(plain(navigateur.get("/")), "Zephyr")
    line = f"{root}/saisir?ligne=qualiopi/1"
    navigateur.post(line, {"base": seen(navigateur, line), "constat": "conforme"})
    assert 'value="1"' in row(plain(navigateur.get("/")), "Zephyr")


def test_what_is_due_comes_in_the_order_of_its_days(navigateur: Any) -> None:
    """Their deadlines in one list, the nearest first, what is past apart, and an agenda of all."""
    with_gap(navigateur, "Second", "2198-05-02", "2198-05-10")
    with_gap(navigateur, "Premier", "2197-01-08", "2197-01-10")
    with_gap(navigateur, "Ancien", "2021-01-08", "2021-01-10")
    page = plain(navigateur.get("/echeances"))
    coming, _, past = page.partition("Passées")
    assert coming.index("10 juillet 2197") < coming.index("10 novembre 2198")
    assert "Ancien" in past
    assert "Ancien" not in coming
    response = navigateur.get("/echeances.ics")
    agenda = response.content.decode()
    assert response.headers["Content-Type"].startswith("text/calendar")
    assert agenda.count("BEGIN:VCALENDAR") == 1
    for jour in ("21970710", "21981110", "20210710"):
        assert f"DTSTART;VALUE=DATE:{jour}" in agenda
    uids = re.findall(r"^UID:(.+)$", agenda, re.MULTILINE)
    assert len(uids) == len(set(uids)) == agenda.count("BEGIN:VEVENT")


def test_an_agenda_worked_out_too_late_is_kept_by_no_later_version(
    navigateur: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While dates are worked out, another window sums up the next version: its row keeps no earlier date."""
    from certif_rules.web import models, resumes

    with_gap(navigateur, "Pont tardif", "2024-03-18", "2024-03-20")
    row, worked_out = models.ResumeGarde.objects.filter(dossier__nom="Pont tardif"), resumes.agenda

    def late(*given: Any) -> str:
        row.update(cle="version suivante", agenda="")
        return worked_out(*given)

    monkeypatch.setattr(resumes, "agenda", late)
    assert "DTSTART;VALUE=DATE:20240920" in text(navigateur.get("/echeances.ics"))
    assert row.get().agenda == ""


def test_what_waits_to_be_read_again_comes_by_its_committee(navigateur: Any) -> None:
    """Handed over, the nearest committee first, then those without a day; one that was taken back is gone."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot

    assert "Rien à relire" in plain(navigateur.get("/a-relire"))
    place = Endroit("acte", "transmis_relecture")
    names = {
        "Loin": {"comite": "2190-06-01"},
        "Proche": {"comite": "2190-02-01"},
        "Sans jour": True,
        "Prise": True,
    }
    for nom, said in names.items():
        root = with_gap(navigateur, nom, "2189-01-08", "2189-01-10").rpartition("/")[2]
        depot.record(root, [depot.Don(place, said)], "p", base=999)
        if nom == "Prise":
            depot.record(root, [depot.Don(place, None)], "p", base=999)
    page = plain(navigateur.get("/a-relire"))
    places = [page.index(f">{nom}<") for nom in ("Proche", "Loin", "Sans jour")]
    assert places == sorted(places)
    assert "Prise" not in page
    assert "date non connue" in page
    assert "1er février 2190" in page


def test_the_example_is_an_audit_under_way(navigateur: Any) -> None:
    """Made up, and saying so: two sites, facts, an earlier audit, findings; every page opens on it."""
    response = navigateur.post("/exemple")
    root = str(response.headers["Location"]).removesuffix("/preparer")
    assert "inventé" in plain(navigateur.get("/"))
    data = navigateur.get(f"{root}/fichiers/constats.json").json()
    assert len(data["organisme"]["sites"]) == 2
    assert data["organisme"]["faits"]
    assert data["precedent"]["constats"]
    found = [one for one in data["constats"] if one["constat"] != "a_evaluer"]
    assert 0 < len(found) < len(data["constats"])
    for page in ("preparer", "saisir", "clore", "suivre", "journal"):
        assert navigateur.get(f"{root}/{page}").status_code == 200


def test_without_an_example_the_page_says_so(navigateur: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No installed plugin brings one: told, with what to do."""
    from certif_rules.web import transport

    monkeypatch.setattr(transport, "examples", lambda _: [])
    refused = navigateur.post("/exemple")
    assert refused.status_code == 422
    assert "commencer un nouvel audit" in text(refused)


def test_a_dossier_whose_rules_are_gone_is_still_listed(navigateur: Any) -> None:
    """A référentiel that is no longer installed: its row says so, the others are as they were."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot

    root = with_gap(navigateur, "Sans règles", "2188-01-08", "2188-01-10")
    depot.record(
        root.rpartition("/")[2], [depot.Don(Endroit("tete", "referentiel.id"), "retire")], "p", base=999
    )
    assert "ne s’ouvre pas avec les règles installées ici" in row(plain(navigateur.get("/")), "Sans règles")


@pytest.mark.lent
def test_two_hundred_dossiers_are_listed_at_once(navigateur: Any) -> None:
    """Summed up once, two hundred audits are listed in well under a second."""
    from certif_rules.services.atelier import open_atelier
    from certif_rules.services.reprise import taken_up
    from certif_rules.web import models, transport

    repris = taken_up(open_atelier().registry, "x", PROFIL)
    models.DossierSuivi.objects.all().delete()
    first = transport.begun(repris, "p")
    navigateur.get("/")
    kept = models.ResumeGarde.objects.get(dossier=first)
    for _ in range(199):
        other = models.DossierSuivi.objects.create(nom="Autre", cree_le="2026", version=first.version)
        models.ResumeGarde.objects.create(dossier=other, cle=kept.cle, texte=kept.texte)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        page = plain(navigateur.get("/"))
        times.append(time.perf_counter() - start)
    assert page.count("lignes</p>") == 200
    assert sorted(times)[2] < 0.5
    models.DossierSuivi.objects.filter(nom="Autre").delete()


def test_an_empty_file_offers_three_ways(navigateur: Any) -> None:
    """No audit: one sentence, and the three ways to begin; the tabs say what would be there."""
    from certif_rules.web import models

    models.DossierSuivi.objects.all().delete()
    page = plain(navigateur.get("/"))
    assert "Aucun audit." in page
    for way in ("Ouvrir l’exemple", "Nouvel audit", "Reprendre un fichier"):
        assert way in page
    assert "Rien à relire." in plain(navigateur.get("/a-relire"))
    assert "Aucune échéance." in plain(navigateur.get("/echeances"))
    begun(navigateur)


@pytest.mark.lent
@pytest.mark.skipif(sys.platform == "win32", reason="stops a process as POSIX does")
def test_the_command_begins_the_example_once(tmp_path: Path) -> None:
    """With « --exemple », the first page lists one audit of nobody; a second start begins no other."""
    base = tmp_path / "audits.sqlite3"
    env = {name: value for name, value in os.environ.items() if name not in ENVIRONNEMENT}
    command = [sys.executable, "-m", "certif_rules", "ouvrir", str(base), "--sans-navigateur", "--exemple"]
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
            assert process.stdout is not None
            assert any(line.startswith("http") for line in process.stdout)
            process.terminate()
    with closing(sqlite3.connect(base)) as connection:
        assert connection.execute("SELECT count(*) FROM espace_dossiersuivi").fetchone() == (1,)
