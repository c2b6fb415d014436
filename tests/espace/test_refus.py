"""What the server refuses before any page, and the headers of every answer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from espaces import ENVIRONNEMENT, begun, plain

pytest.importorskip("django")


def asked(port: int, request: bytes) -> str:
    """What the server answers to these bytes, until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(request)
        parts = []
        while part := link.recv(65536):
            parts.append(part)
    return b"".join(parts).decode()


@pytest.mark.lent
def test_the_server_refuses_in_french_and_lives_on(tmp_path: Path) -> None:
    """Too big, too long, cut or written otherwise: a French page under the policy; it still answers after."""
    env = {name: value for name, value in os.environ.items() if name not in ENVIRONNEMENT}
    env |= {"PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "certif_rules", "ouvrir", str(tmp_path / "a.sqlite3")]
    command.append("--sans-navigateur")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as run:
        try:
            assert run.stdout is not None
            address = next(line for line in run.stdout if line.startswith("http"))
            port = int(address.split("/")[2].rpartition(":")[2])
            head = b"POST /reprendre HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            for request, status, words in (
                (head + b"Content-Length: 99999999999\r\n\r\n", "413", "Envoi trop gros"),
                (head + b"Content-Length: many\r\n\r\n", "400", "Demande illisible"),
                (head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400", "Demande illisible"),
                (head + b"Transfer-Encoding: gzip\r\n\r\n", "501", "Demande illisible"),
                (b"GET / HTTP/1.1\r\nX: " + b"a" * 262_144 + b"\r\n\r\n", "431", "Demande trop longue"),
                (b"n\x00importe quoi\r\n\r\n", "400", "Demande illisible"),
            ):
                answer = asked(port, request)
                first, _, rest = answer.partition("\r\n")
                assert first.split(" ")[1] == status, (request[:60], first)
                assert words in rest
                assert "Traceback" not in rest
                assert "default-src 'none'" in rest
                assert "nosniff" in rest
            alive = asked(port, b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            assert alive.startswith("HTTP/1.0 403")
        finally:
            run.terminate()


def test_twenty_files_of_64_mo_pass_the_limit_of_a_request() -> None:
    """What the pages accept is never refused by the server under them."""
    from certif_rules.web.refus import MAX_ENVOI

    assert MAX_ENVOI > 20 * 64 * 1024 * 1024


def test_every_answer_is_under_the_policy(navigateur: Any) -> None:
    """Page, style sheet, file, refusal, absence: no script from elsewhere, no frame, no guess of a type."""
    root = begun(navigateur)
    for address, status in (
        ("/", 200),
        ("/statique/espace.css", 200),
        (f"{root}/fichiers/constats.json", 200),
        ("/nulle-part", 404),
        ("/reprendre", 405),
    ):
        response = navigateur.get(address)
        assert response.status_code == status, address
        headers = response.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], address
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Cache-Control"] == ("no-cache" if address.endswith(".css") else "no-store"), address


def test_the_journal_claims_only_what_was_verified(navigateur: Any) -> None:
    """Nothing is claimed before it is asked; then up to which event; what came since is told apart."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot, models

    root = begun(navigateur)
    page = f"{root}/journal"
    nom = root.rpartition("/")[2]
    assert "n’a pas été vérifié" in plain(navigateur.get(page))
    last = models.DossierSuivi.objects.get(pk=nom).version
    assert f"se vérifie jusqu’à l’événement {last} (" in plain(navigateur.get(page, {"verifier": "oui"}))
    depot.record(nom, [depot.Don(Endroit("note", "texte", "n1"), "Vu.")], "a", base=last)
    assert "Depuis : 1 événement, à vérifier" in plain(navigateur.get(page))
    models.InscriptionGardee.objects.filter(dossier=nom, version=2).update(acteur="autre")
    assert "à partir de l’événement 2" in plain(navigateur.get(page, {"verifier": "oui"}))


def test_a_long_journal_is_read_some_events_at_a_time(navigateur: Any) -> None:
    """The last two hundred events first, the others behind a link: none is out of reach, none twice."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot, models

    root = begun(navigateur)
    nom = root.rpartition("/")[2]
    dons = [depot.Don(Endroit("note", "texte", f"n{rank}"), f"mot{rank}.") for rank in range(250)]
    last = depot.record(nom, dons, "a", base=models.DossierSuivi.objects.get(pk=nom).version)
    first = plain(navigateur.get(f"{root}/journal"))
    assert ("mot249." in first, "mot50." in first, "mot49." in first) == (True, True, False)
    assert f'href="?jusque={last - 200}"' in first
    older = plain(navigateur.get(f"{root}/journal", {"jusque": last - 200}))
    assert ("mot50." in older, "mot49." in older, "mot0." in older) == (False, True, True)
