"""What no form of ours sends: too many fields, a body cut, numbers that are none; answered in French."""

from __future__ import annotations

from typing import Any

import pytest
from espaces import CLE, begun, plain, version

pytest.importorskip("django")

#: More digits than Python reads, a digit that is no number, more than a column holds.
NOMBRES = ("9" * 5_000, "²", "99999999999999999999")


def test_a_body_that_cannot_be_read_is_told_in_french(navigateur: Any) -> None:
    """A form cut on the way is refused by a page of ours, not by one of the library."""
    cut = navigateur.post("/moi", b"--x\r\nn'importe quoi", content_type="multipart/form-data")
    assert cut.status_code == 400
    assert "Envoi refusé" in plain(cut)


def test_a_table_of_hundreds_of_sites_is_read(navigateur: Any) -> None:
    """Three hundred sites make fifteen hundred fields: the page answers of what they say."""
    sites = {f"site.{n}.{key}": "x" for n in range(300) for key in ("id", "commune", "region", "etiquettes")}
    assert navigateur.post("/nouveau", {"referentiel": "qualiopi", **sites}).status_code == 422


@pytest.mark.parametrize("nombre", NOMBRES)
def test_a_number_that_is_none_breaks_no_page(navigateur: Any, nombre: str) -> None:
    """A version, a rank or a count that nobody can read is as if it were not said."""
    root = begun(navigateur)
    assert navigateur.get(f"{root}/accorder", {"apport": nombre}).status_code == 200
    assert navigateur.get(f"{root}/saisir", {"fait": nombre, "jusque": nombre}).status_code == 200
    assert navigateur.get(f"{root}/preparer", {"depuis": nombre, "jusqu": nombre}).status_code == 200
    assert navigateur.get(f"{root}/fichiers/constats.json", {"version": nombre}).status_code == 404
    given = {"rang": nombre, "base": nombre, "jusque": nombre, "accord": f"commentaire||{nombre}"}
    assert navigateur.post(f"{root}/acte/decision", given).status_code in (302, 422)
    assert navigateur.post(f"{root}/annuler", given).status_code == 302
    assert navigateur.post(f"{root}/saisir", given).status_code in (200, 302)
    assert navigateur.post(f"{root}/cloture", given).status_code == 302


def test_two_files_open_at_once_each_keep_their_key(navigateur: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second file opened at another port leaves the pages of the first one open."""
    first, second = {"host": "127.0.0.1:8001"}, {"host": "127.0.0.1:8002"}
    assert navigateur.get("/", {"jeton": CLE}, headers=first).status_code == 302
    with monkeypatch.context() as other:
        other.setenv("CERTIF_RULES_JETON", "une-autre-cle")
        assert navigateur.get("/", {"jeton": "une-autre-cle"}, headers=second).status_code == 302
    assert navigateur.get("/", headers=first).status_code == 200
    assert navigateur.get("/", headers=second).status_code == 403


def test_a_page_reads_what_stands_not_every_text_there_was(navigateur: Any) -> None:
    """A note written forty times is read once: a page costs what stands, not what was said before."""
    from django.db import connection

    from certif_rules.web import depot, models

    root = begun(navigateur)
    dossier = root.rpartition("/")[2]
    for rank in range(40):
        given = {"base": version(root), "commentaire": f"note {rank}"}
        navigateur.post(f"{root}/saisir?ligne=qualiopi/1&rester=1", given)
    stands = models.ValeurCourante.objects.filter(dossier=dossier).count()
    read = list[str]()

    def watched(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "contenugarde" in sql and sql.startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.cursor.execute(sql, params)
                read.extend(str(row) for row in cursor.cursor.fetchall())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watched):
        depot.standing(dossier)
    assert 0 < len(read) <= stands


def test_a_name_that_no_disk_takes_leads_nowhere(navigateur: Any) -> None:
    """A sheet whose name is longer than a file system takes is absent, not a fault of the program."""
    assert navigateur.get(f"/statique/{'a' * 400}.css").status_code == 404
