"""The day that a page shows beside an hour is the day here, as the hour is the hour here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from espaces import begun, plain

pytest.importorskip("django")


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine nine hours ahead, at 23:30 UTC on 1 April 2025: here it is 08:30 on the 2nd."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system does not change its time zone for one program")
    from certif_rules.web import depot
    from certif_rules.web.pages import preuves

    with monkeypatch.context() as here:
        here.setenv("TZ", "JST-9")
        for module in (depot, preuves):
            here.setattr(module, "now", lambda: "2025-04-01T23:30:00+00:00")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("tokyo")
def test_what_is_noted_past_midnight_is_of_the_new_day(navigateur: Any) -> None:
    """A note, the history of its line, a dossier sent to review: each is of 2 April, never of the 1st."""
    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "commentaire": "vu à l’accueil"})
    navigateur.post(f"{root}/preuves", {"base": "99", "genre": "note", "texte": "À relire"})
    navigateur.post(f"{root}/transmettre", {"base": "99"})
    listed = plain(navigateur.get(f"{root}/preuves"))
    assert "2 avril 2025 à 08:30" in listed
    line = plain(navigateur.get(f"{root}/saisir?ligne=qualiopi/1"))
    assert "2 avril 2025, 08:30" in line
    assert "2 avril 2025" in plain(navigateur.get("/a-relire"))
    earlier = plain(navigateur.get("/nouveau?referentiel=qualiopi"))
    assert "commencé le 2 avril 2025" in earlier
    assert "1er avril 2025" not in listed + line + earlier
