"""What no form of ours sends: too many fields, a body cut, numbers that are none; answered in French."""

from __future__ import annotations

from typing import Any

import pytest
from espaces import begun, plain

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
