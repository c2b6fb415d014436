"""One process on this machine: the file of the audits, a free port, a key in the first address."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from certif_rules.errors import Issue, UsageError
from certif_rules.web import copie as copies
from certif_rules.web.machine import drawn

HOTE = "127.0.0.1"


def already_open(base: Path) -> str | None:
    """Return the address at which another run holds this file, if it still answers.

    One that is gone refuses at once; one that is busy, or starts, is waited for.
    """
    beside = _beside(base)
    if not beside.is_file():
        return None
    address = beside.read_text(encoding="utf-8").strip()
    root, _, key = address.partition("/?jeton=")
    port = root.rpartition(":")[2]
    try:
        with closing(HTTPConnection(HOTE, int(port), timeout=8)) as connection:
            connection.request("GET", "/vivant", headers={"Cookie": f"passe{port}={key}"})
            return address if connection.getresponse().read() == b"vivant" else None
    except (OSError, ValueError, HTTPException):
        return None


def serve(
    base: Path, port: int, ready: Callable[[str], None], copie: Path | None = None, *, exemple: bool = False
) -> None:
    """Serve the workspace until it is interrupted.

    Args:
        base: the file of the audits, made where it is not there yet, for its owner alone.
        port: the port; 0 takes a free one.
        ready: told the address, once pages are answered there.
        copie: the folder of the second copy, where one is kept.
        exemple: begin the audit of a made-up organisation in a file that has none.

    Raises:
        UsageError: the port is taken, the file cannot be used, or there is no example.
    """
    key = drawn()
    os.environ |= {"CERTIF_RULES_SECRET": drawn(), "CERTIF_RULES_JETON": key}
    try:
        listening = socket.create_server((HOTE, port))
    except OSError as error:
        message = f"le port {port} est déjà pris"
        raise UsageError([Issue("port-pris", message, None, "en donner un autre, ou aucun")]) from error
    with listening:
        open_base(base)
        if exemple:
            _begin_example()
        from django.core.wsgi import get_wsgi_application
        from waitress.server import BaseWSGIServer, create_server

        from certif_rules.web.refus import MAX_ENVOI, CanalFrancais

        server = create_server(
            get_wsgi_application(),
            sockets=[listening],
            threads=8,
            ident=None,
            max_request_body_size=MAX_ENVOI,
        )
        if isinstance(server, BaseWSGIServer):  # one socket: one server
            server.channel_class = CanalFrancais
        address = f"http://{HOTE}:{listening.getsockname()[1]}/?jeton={key}"
        beside = _beside(base)
        beside.touch(mode=0o600)
        beside.write_text(address, encoding="utf-8")
        copies.begin(base, copie)
        try:
            ready(address)
            server.run()
        finally:
            if works := sys.modules.get("certif_rules.web.travaux"):  # loaded by the first document asked for
                works.IMPRIMERIE.end()
            copies.end()
            beside.unlink(missing_ok=True)
            server.close()


def _begin_example() -> None:
    from certif_rules.services.atelier import open_atelier
    from certif_rules.web import models, personnes, transport

    if not models.DossierSuivi.objects.exists():
        transport.begun_example(open_atelier(), personnes.acting("").cle)


def open_base(base: Path) -> None:
    """Open a file of audits, made where it is not there yet, its tables brought to this version.

    Raises:
        UsageError: it cannot be written, is of a newer version, or is no file of audits.
    """
    try:
        base.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(base, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        message = f"{base} : ce fichier ne peut pas être écrit ({error.strerror})"
        raise UsageError([Issue("fichier-illisible", message, None, "en nommer un autre")]) from error
    os.environ.pop("CERTIF_RULES_BASE", None)  # the file that is named, whatever a host serves beside
    os.environ |= {"DJANGO_SETTINGS_MODULE": "certif_rules.web.reglages", "CERTIF_RULES_ESPACE": str(base)}
    import django
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    connection.close()
    connection.settings_dict["NAME"] = str(base)  # a program that opens several, one after the other
    try:
        executor = MigrationExecutor(connection)
        known = set(executor.loader.disk_migrations)
        newer = [one for one in executor.loader.applied_migrations if one not in known]
        if newer:
            message = f"{base} : ce fichier vient d’une version plus récente du programme"
            raise UsageError([Issue("base-plus-recente", message, None, "mettre le programme à jour")])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        message = f"{base} : ce fichier n’est pas celui d’un espace de travail, ou est verrouillé"
        raise UsageError([Issue("base-illisible", message, None, "en nommer un autre")]) from error


def verified(base: Path) -> list[tuple[str, str]]:
    """Return each audit of a file, and what was changed behind the back of its journal, if anything was.

    Raises:
        UsageError: the file cannot be used.
    """
    open_base(base)
    from certif_rules.web import depot, models

    return [(one.nom, depot.altered(one.pk)) for one in models.DossierSuivi.objects.all()]


def _beside(base: Path) -> Path:
    """Return the file that says where a run answers."""
    return base.with_name(f"{base.name}.adresse")
