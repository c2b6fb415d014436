"""The workspace: what people give is kept, what cannot be is said, nobody else enters."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from espaces import CLE, ENVIRONNEMENT, begun, seen, text

from certif_rules.blocs.typographie import prose

pytest.importorskip("django")


def test_a_whole_audit_by_hand(navigateur: Any) -> None:
    """Answer a fact, find a minor with its statement, close: the files say what the pages say."""
    root = begun(navigateur)
    page = navigateur.post(f"{root}/preparer", {"base": "9", "fait.alternance": "non"})
    assert "Ce que la réponse change" in text(page)
    assert "à confirmer → non applicable" in text(page)
    line = f"{root}/saisir?ligne=qualiopi/1"
    refused = navigateur.post(line, {"base": "99", "constat": "nc_mineure", "commentaire": ""})
    assert "demande un commentaire" in text(refused)
    kept = navigateur.post(line, {"base": "99", "constat": "nc_mineure", "commentaire": "Sans date."})
    assert kept.headers["Location"].startswith(f"{root}/saisir?ligne=qualiopi/2&")
    assert "Sans date." in text(navigateur.get(f"{root}/clore"))
    data = json.loads(navigateur.get(f"{root}/fichiers/conclusion.json").content)
    assert data["conclusions"][0]["objet"] == "qualiopi"
    assert data["conclusions"][0]["mineures"] == 1


def test_what_the_rules_give_is_what_the_command_gives(
    navigateur: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The findings file that is sent, read by the program, gives the conclusion of the pages."""
    import certif_rules as cr

    root = begun(navigateur)
    given = {"base": "9", "constat": "nc_majeure", "commentaire": "x"}
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", given)
    monkeypatch.chdir(tmp_path)  # what is told of a place of the file names it
    path = Path("constats.json")
    path.write_bytes(navigateur.get(f"{root}/fichiers/constats.json").content)
    bilan = cr.conclure(cr.open_registry(), path)
    assert cr.ecrire(bilan, "json") == navigateur.get(f"{root}/fichiers/conclusion.json").content
    page = text(navigateur.get(f"{root}/clore"))
    assert [prose(one.texte) in page for one in bilan.conclusions] == [True, True]


def test_two_windows_lose_no_word(navigateur: Any) -> None:
    """Both windows showed the line empty; each writes its own note: both are there, and someone chooses."""
    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/2"
    shown = seen(navigateur, line)
    navigateur.post(line, {"base": shown, "commentaire": "la première"})
    second = navigateur.post(line, {"base": shown, "commentaire": "la seconde"})
    assert "À accorder, commentaire" in text(second)
    page = text(navigateur.get(line))
    assert "la première" in page
    assert "la seconde" in page
    navigateur.post(line, {"base": "99", "commentaire": "la seconde"})
    assert "À accorder" not in text(navigateur.get(line))


def test_the_projection_is_made_again_from_the_events(navigateur: Any) -> None:
    """What stands is what the events say; dropped, it comes back the same; altered, the journal tells."""
    from certif_rules.journal.etat import state
    from certif_rules.web import depot, models

    root = begun(navigateur)
    shown = seen(navigateur, f"{root}/saisir?ligne=qualiopi/4")
    for base, note in ((shown, "une"), (shown, "deux"), ("99", "trois")):
        navigateur.post(f"{root}/saisir?ligne=qualiopi/4", {"base": base, "commentaire": note})
    dossier = root.rpartition("/")[2]
    standing = depot.standing(dossier)
    assert standing == state(depot.events(dossier), depot.contents(dossier))
    models.ValeurCourante.objects.filter(dossier=dossier).delete()
    assert depot.standing(dossier) == {}
    depot.rebuild(dossier)
    assert depot.standing(dossier) == standing
    assert depot.altered(dossier) == ""
    models.InscriptionGardee.objects.filter(dossier=dossier, version=3).update(acteur="quelqu’un d’autre")
    assert depot.altered(dossier) == "le journal ne se vérifie plus à partir de l’événement 3"


def test_a_finding_that_cannot_be_is_not_recorded(navigateur: Any) -> None:
    """A finding that the line does not permit is told on its page, and no event is made of it."""
    from certif_rules.web import models

    root = begun(navigateur)
    before = models.DossierSuivi.objects.get(pk=root.rpartition("/")[2]).version
    refused = navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "constat": "excellent"})
    assert refused.status_code == 422
    assert prose("« excellent » n’est pas permis") in text(refused)
    assert models.DossierSuivi.objects.get(pk=root.rpartition("/")[2]).version == before


def test_nothing_is_written_where_nothing_changes(navigateur: Any) -> None:
    """The same page sent twice makes its events once."""
    from certif_rules.web import models

    root = begun(navigateur)
    dossier = models.DossierSuivi.objects.get(pk=root.rpartition("/")[2])
    versions = [dossier.version]
    for _ in range(2):
        navigateur.post(f"{root}/saisir?ligne=qualiopi/5", {"base": "99", "constat": "conforme"})
        dossier.refresh_from_db()
        versions.append(dossier.version)
    assert versions[0] < versions[1] == versions[2]


def test_a_new_audit_says_everything_that_is_wrong_at_once(navigateur: Any) -> None:
    """No day and no category: both are asked for, and what was typed is still there."""
    given = {"referentiel": "qualiopi", "type": "initial", "date": "", "nom": "Élan"}
    refused = navigateur.post("/nouveau", given)
    assert refused.status_code == 422
    assert "la date de l’audit" in text(refused)
    assert "au moins une catégorie" in text(refused)
    assert 'value="Élan"' in text(refused)
    accepted = navigateur.post("/nouveau", {**given, "date": "2024-03-18", "categories": ["AF", "CFA"]})
    assert accepted.status_code == 302
    assert "Élan" in text(navigateur.get("/"))


def test_a_file_is_taken_up_or_refused(navigateur: Any) -> None:
    """A profile begins an audit; a file that is none says why, and nothing is begun."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from certif_rules.web import models

    profil = (
        b"format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: '2024-03-18'}\n"
        b"organisme: {categories: [AF]}\n"
    )
    response = navigateur.post("/reprendre", {"fichier": SimpleUploadedFile("audit.yaml", profil)})
    assert response.status_code == 302
    before = models.DossierSuivi.objects.count()
    refused = navigateur.post(
        "/reprendre", {"fichier": SimpleUploadedFile("x.yaml", b"format: 1\nautre: 2\n")}
    )
    assert refused.status_code == 422
    assert "autre" in text(refused)
    assert models.DossierSuivi.objects.count() == before


def test_hostile_words_are_never_markup(navigateur: Any) -> None:
    """A name and a note that attack a page are printed as they are."""
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    given = {
        "referentiel": "qualiopi",
        "type": "initial",
        "date": "2024-03-18",
        "nom": attack,
        "categories": ["AF"],
    }
    root = navigateur.post("/nouveau", given).headers["Location"].removesuffix("/preparer")
    line = f"{root}/saisir?ligne=qualiopi/1"
    said = {"constat": "nc_mineure", "commentaire": attack, "preuves_vues": attack}
    navigateur.post(line, {"base": "99", **said})
    for page in (
        "/",
        "/echeances",
        "/moi/effacer?nom=onerror",
        f"{root}/preparer",
        line,
        f"{root}/clore",
        f"{root}/suivre",
        f"{root}/journal",
    ):
        assert "<script>alert" not in text(navigateur.get(page))
        assert "<img" not in text(navigateur.get(page))


def test_only_the_first_address_lets_in(django: None) -> None:
    """Without the key, with another, from another host: refused, with what to do."""
    from django.test import Client

    assert Client(headers={"host": "127.0.0.1"}).get("/").status_code == 403
    assert Client(headers={"host": "127.0.0.1"}).get("/", {"jeton": "autre"}).status_code == 403
    foreign = Client(headers={"host": "exemple.invalid"}).get("/", {"jeton": CLE})
    assert foreign.status_code == 400
    assert "cette machine" in text(foreign)


def test_a_form_from_elsewhere_is_refused(django: None) -> None:
    """A post without the token is refused, in French, what was typed given back; nothing is written."""
    from django.test import Client

    from certif_rules.web import models

    client = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"})
    client.get("/", {"jeton": CLE})
    before = models.DossierSuivi.objects.count()
    refused = client.post("/exemple", {"commentaire": "Trois <b>dossiers</b> sans date.", "base": "7"})
    assert refused.status_code == 403
    assert "Page expirée" in text(refused)
    assert "Trois &lt;b&gt;dossiers&lt;/b&gt; sans date." in text(refused)
    assert models.DossierSuivi.objects.count() == before


ADRESSES = {
    "/": "GET",
    "/vivant": "GET",
    "/nouveau": "GET POST",
    "/reprendre": "POST",
    "/exemple": "POST",
    "/a-relire": "GET",
    "/echeances": "GET",
    "/echeances.ics": "GET",
    "/moi": "GET POST",
    "/moi/effacer": "GET POST",
    "{}/archive": "POST",
    "/statique/espace.css": "GET",
    "{}/preparer": "GET POST",
    "{}/contexte": "POST",
    "{}/contexte/annuler": "POST",
    "{}/duree": "GET",
    "{}/plan": "GET POST",
    "{}/ouvrir": "GET POST",
    "{}/saisir": "GET POST",
    "{}/saisir/effets": "GET",
    "{}/annuler": "POST",
    "{}/damier": "GET",
    "{}/ligne": "GET",
    "{}/preuves": "GET POST",
    "{}/textes": "GET POST",
    "{}/textes.json": "GET",
    "{}/accorder": "GET POST",
    "{}/apporter": "POST",
    "{}/clore": "GET POST",
    "{}/cloture": "POST",
    "{}/suivre": "GET",
    "{}/journal": "GET",
    "{}/ecarts": "GET POST",
    "{}/acte/decision": "POST",
    "{}/transmettre": "POST",
    "{}/relecture": "POST",
    "{}/remarque": "POST",
    "{}/manques": "GET POST",
    "{}/documents": "GET",
    "{}/remettre": "POST",
    "{}/remis/1": "GET",
    "{}/fichiers/constats.json": "GET",
    "{}/travaux": "POST",
    "{}/travaux/inconnu": "GET",
    "{}/travaux/inconnu/fichier": "GET",
    "{}/suivant": "GET POST",
    "{}/autodiagnostic": "GET POST",
    "{}/autodiagnostic/inconnu/0.svg": "GET",
}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_each_address_answers_to_its_methods_alone(navigateur: Any, method: str) -> None:
    """The matrix of addresses and methods: what is not foreseen is refused, and the policy is everywhere."""
    root = begun(navigateur)
    for address, methods in ADRESSES.items():
        response = navigateur.generic(method, address.format(root))
        assert (response.status_code != 405) is (method in methods.split()), (method, address)
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert (response.status_code == 405) is ("Ce geste n’est pas".encode() in response.content)
    unknown = navigateur.generic(method, "/inconnue")
    assert (unknown.status_code, "Page introuvable" in text(unknown)) == (404, True)
    assert navigateur.generic(method, f"{root}/fichiers/../../etc/passwd").status_code == 404


def test_every_address_is_in_the_matrix(django: None) -> None:
    """No address is added without being refused to whoever it is not for."""
    from certif_rules.web.adresses import urlpatterns

    assert len(urlpatterns) == len(ADRESSES)


def test_every_address_is_a_screen_that_is_looked_at_or_shows_none(django: None) -> None:
    """No page is added without being looked at in Chromium, in every theme and width."""
    from ecrans import ECRANS, SANS_ECRAN

    from certif_rules.web.adresses import urlpatterns

    assert {one.name for one in urlpatterns} ^ {*ECRANS, *SANS_ECRAN} == set()
    assert SANS_ECRAN.isdisjoint(ECRANS)


def run(base: Path, *options: str) -> subprocess.Popen[str]:
    """The command, on a file, without a browser."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1"} | dict.fromkeys(ENVIRONNEMENT, "")
    for name in ENVIRONNEMENT:
        env.pop(name)
    command = [sys.executable, "-m", "certif_rules", "ouvrir", str(base), "--sans-navigateur", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def address_of(process: subprocess.Popen[str]) -> str:
    """The address that a run writes once it answers."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("http"):
            return line.strip()
    raise AssertionError(process.stderr.read() if process.stderr else "")


@pytest.mark.lent
@pytest.mark.skipif(sys.platform == "win32", reason="signals and modes of POSIX")
def test_the_command_serves_joins_and_stops(tmp_path: Path) -> None:
    """It answers on this machine; a second start joins the first; Ctrl-C stops it without a trace."""
    base = tmp_path / "audits.sqlite3"
    with run(base) as first:
        address = address_of(first)
        assert stat.S_IMODE(base.stat().st_mode) == 0o600
        with run(base) as second:
            assert address in second.communicate(timeout=20)[0]
            assert second.returncode == 0
        with closing(HTTPConnection(address.removeprefix("http://").partition("/")[0], timeout=10)) as asking:
            asking.request("GET", "/")
            assert asking.getresponse().status == 403
        first.send_signal(signal.SIGINT)
        _, told = first.communicate(timeout=20)
        assert first.returncode in (0, 130)
        assert "Traceback" not in told
    assert not base.with_name("audits.sqlite3.adresse").exists()


@pytest.mark.lent
def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """Tables that this version does not know are not touched; the message says what to do."""
    import sqlite3

    base = tmp_path / "audits.sqlite3"
    with sqlite3.connect(base) as connection:
        connection.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app, name, applied)")
        connection.execute(
            "INSERT INTO django_migrations VALUES (1, 'espace', '0099_plus_tard', '2030-01-01')"
        )
    process = run(base)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "version plus récente" in told
    assert "Traceback" not in told


@pytest.mark.lent
def test_a_file_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    """A text named by mistake is told, and stays as it was."""
    other = tmp_path / "notes.txt"
    other.write_text("des notes\n" * 200, encoding="utf-8")
    process = run(other)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "n’est pas celui d’un espace de travail" in told
    assert other.read_text(encoding="utf-8") == "des notes\n" * 200


@pytest.mark.lent
def test_verifying_says_what_was_altered(tmp_path: Path) -> None:
    """Each audit of the file, with whether its journal verifies; the status says whether all do."""
    import sqlite3

    base = tmp_path / "audits.sqlite3"
    env = {name: value for name, value in os.environ.items() if name not in ENVIRONNEMENT}
    make = "from certif_rules.web.serveur import open_base; from pathlib import Path; import sys\n"
    make += "open_base(Path(sys.argv[1]))\n"
    make += "from certif_rules.web import depot\nfrom certif_rules.journal.evenements import Endroit\n"
    make += "depot.begin('Élan', [depot.Don(Endroit('tete', 'organisme.nom'), 'Élan')], 'auditeur')\n"
    subprocess.run([sys.executable, "-c", make, str(base)], check=True, env=env)

    def verify() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "certif_rules", "ouvrir", str(base), "--verifier"]
        return subprocess.run(command, check=False, env=env, capture_output=True, text=True)

    sound = verify()
    assert (sound.returncode, "le journal se vérifie" in sound.stdout) == (0, True)
    with closing(sqlite3.connect(base)) as connection:
        connection.execute("UPDATE espace_inscriptiongardee SET acteur = 'autre'")
        connection.commit()
    altered = verify()
    assert altered.returncode == 1
    assert "ne se vérifie plus à partir de l’événement 1" in " ".join(altered.stdout.split())


def test_every_rule_dresses_something() -> None:
    """A class of the style sheet that no page writes is a rule for nothing."""
    import certif_rules.web

    folder = Path(certif_rules.web.__file__).parent
    pages = " ".join(path.read_text(encoding="utf-8") for path in (folder / "gabarits").glob("*.html"))
    pages += " ".join(path.read_text(encoding="utf-8") for path in (folder / "pages").glob("*.py"))
    pages += " ".join(path.read_text(encoding="utf-8") for path in (folder / "statique").glob("*.js"))
    sheets = " ".join(path.read_text(encoding="utf-8") for path in (folder / "statique").glob("*.css"))
    named = set(re.findall(r"\.([a-z_]+)", sheets))
    written = set(re.findall(r"[a-z_]+", pages + "a_auditer a_confirmer non_audite non_applicable"))
    assert named <= written


def test_what_cannot_be_answered_is_said_in_french(navigateur: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A référentiel no longer installed, a file that another program holds: one page each, nothing lost."""
    from django.db import OperationalError

    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot

    root = begun(navigateur)
    gone = depot.Don(Endroit("tete", "referentiel.id"), "retire")
    depot.record(root.rpartition("/")[2], [gone], "auditeur", base=99)
    page = navigateur.get(f"{root}/saisir")
    assert page.status_code == 422
    assert "retire" in text(page)

    def locked(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(depot, "standing", locked)
    held = navigateur.get(f"{root}/saisir")
    assert held.status_code == 503
    assert "tenu par un autre programme" in text(held)


def test_what_was_shared_changes_with_a_reason(navigateur: Any) -> None:
    """Once the findings were shared, changing one asks why; what was never given does not."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot

    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/1"
    navigateur.post(line, {"base": "99", "commentaire": "vu"})
    dossier = root.rpartition("/")[2]
    depot.record(dossier, [depot.Don(Endroit("acte", "partage"), "constats.json")], "moi", base=99)
    refused = navigateur.post(line, {"base": "99", "commentaire": "revu"})
    assert (refused.status_code, "dire pourquoi" in text(refused)) == (422, True)
    assert "revu" not in text(navigateur.get(line))
    navigateur.post(line, {"base": "99", "commentaire": "revu", "raison": "l’organisme a écrit"})
    assert "revu" in text(navigateur.get(line))
    assert "l’organisme a écrit" in text(navigateur.get(f"{root}/journal"))
    assert depot.altered(dossier) == ""
    other = navigateur.post(f"{root}/saisir?ligne=qualiopi/2", {"base": "99", "commentaire": "vu aussi"})
    assert other.status_code == 302


def test_a_change_is_undone_by_giving_back_what_stood(navigateur: Any) -> None:
    """The values of an earlier version come back as new events; a field that was empty is empty again."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot

    root = begun(navigateur)
    dossier = root.rpartition("/")[2]
    fact, note = Endroit("tete", "organisme.faits.alternance"), Endroit("ligne", "commentaire", "qualiopi/1")
    start = depot.record(dossier, [depot.Don(fact, True)], "moi", base=99)
    end = depot.record(dossier, [depot.Don(fact, False), depot.Don(note, "vu")], "moi", base=99)
    depot.record(dossier, depot.reverted(dossier, start, end), "moi", base=end)
    standing = depot.standing(dossier)
    assert (standing[fact].valeur, standing[note].valeur) == (True, None)
    assert len(depot.events(dossier)) == end + 2


def test_a_form_of_another_address_is_refused_as_such(navigateur: Any) -> None:
    """A page from elsewhere that posts here is told so, and is not called too old."""
    from django.test import Client

    stranger = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"})
    stranger.cookies = navigateur.cookies
    refused = stranger.post("/exemple", headers={"origin": "https://ailleurs.example"})
    assert refused.status_code == 403
    assert "vient d’une autre adresse" in text(refused)
    assert "trop longtemps" in text(stranger.post("/exemple", headers={"origin": "http://127.0.0.1"}))
