"""The second copy: a whole file in the folder that was chosen, made beside the answers; a failure is told."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from espaces import begun, plain

from certif_rules.errors import UsageError

pytest.importorskip("django")
pytestmark = pytest.mark.skipif(
    bool(os.environ.get("CERTIF_RULES_BASE")), reason="a server keeps its own copies"
)


@pytest.fixture
def base(navigateur: Any) -> Path:
    """The file of the audits under test."""
    from django.db import connection

    return Path(str(connection.settings_dict["NAME"]))


@pytest.fixture
def copied(base: Path, tmp_path: Path) -> Iterator[Any]:
    """The copy of this file, followed in a folder."""
    from certif_rules.web import copie

    copie.begin(base, tmp_path)
    yield copie
    copie.end()


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold in that time."""
    for _ in range(int(seconds / 0.05)):
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def audits(path: Path) -> int:
    """How many audits a file holds."""
    with closing(sqlite3.connect(path)) as reading:
        return int(reading.execute("SELECT count(*) FROM espace_dossiersuivi").fetchone()[0])


def test_a_change_is_copied_by_itself(navigateur: Any, base: Path, tmp_path: Path, copied: Any) -> None:
    """An audit begun is in the copy soon after, whole, for its owner alone; nothing else is left there."""
    begun(navigateur)
    expected = audits(base)

    def there() -> bool:
        files = list(tmp_path.glob("audits-copie-*.sqlite3"))
        return bool(files) and audits(files[0]) == expected

    assert within(20, there)
    (cible,) = tmp_path.iterdir()
    with closing(sqlite3.connect(cible)) as reading:
        assert reading.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    if sys.platform != "win32":
        assert stat.S_IMODE(cible.stat().st_mode) == 0o600
    assert str(tmp_path) in plain(navigateur.get("/"))


def test_the_copy_opens_as_any_file(navigateur: Any, base: Path, tmp_path: Path) -> None:
    """Its journals verify, by the command that verifies any file of audits."""
    import subprocess

    from espaces import ENVIRONNEMENT

    from certif_rules.web.copie import Copiste

    begun(navigateur)
    copiste = Copiste(base, tmp_path)
    copiste.copy()
    env = {name: value for name, value in os.environ.items() if name not in ENVIRONNEMENT}
    command = [sys.executable, "-m", "certif_rules", "ouvrir", str(copiste.cible), "--verifier"]
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True)
    assert (done.returncode, "le journal se vérifie" in done.stdout) == (0, True)


def test_a_folder_that_cannot_be_written_is_told_and_stops_nothing(
    navigateur: Any, base: Path, tmp_path: Path
) -> None:
    """The folder is gone: the home page says so, the answer is recorded; once back, the copy is made."""
    from certif_rules.web import copie

    folder = tmp_path / "clé USB"
    folder.mkdir()
    copiste = copie.Copiste(base, folder)
    copie._courant.append(copiste)
    try:
        copiste.copy()
        (earlier,) = folder.iterdir()
        kept = earlier.read_bytes()
        away = folder.rename(tmp_path / "ailleurs")
        folder.write_text("ceci n’est plus un dossier", encoding="utf-8")
        root = begun(navigateur)
        copiste.copy()
        page = plain(navigateur.get("/"))
        assert "La seconde copie n’a pas pu être écrite" in page
        assert "clé USB" in page
        assert "Les audits eux-mêmes sont enregistrés" in page
        assert navigateur.get(f"{root}/preparer").status_code == 200
        assert (away / earlier.name).read_bytes() == kept
        folder.unlink()
        away.rename(folder)
        copiste.copy()
        assert "n’a pas pu être écrite" not in plain(navigateur.get("/"))
        assert [path.name for path in folder.iterdir()] == [earlier.name]
    finally:
        copie._courant.clear()


def test_a_copy_that_fails_on_its_way_leaves_the_earlier_one(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full while it is written: the earlier copy is as it was, and no half of one stays."""
    from certif_rules.web import copie

    copiste = copie.Copiste(base, tmp_path)
    copiste.copy()
    kept = copiste.cible.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    copiste.copy()
    assert "No space left" in copiste.etat.erreur
    assert copiste.etat.faite_le
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [kept]


@pytest.mark.lent
def test_an_answer_does_not_wait_for_the_copy(
    navigateur: Any, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that takes two seconds: an answer given meanwhile takes less."""
    from certif_rules.web import copie

    root = begun(navigateur)
    navigateur.get(f"{root}/saisir")
    monkeypatch.setattr(copie, "PAUSE", 0)
    monkeypatch.setattr(copie, "_copied", lambda *_: time.sleep(2))
    copie.begin(base, tmp_path)
    try:
        time.sleep(0.1)
        start = time.perf_counter()
        navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "commentaire": "vu"})
        assert time.perf_counter() - start < 1.5
    finally:
        copie.end()


def test_a_folder_is_remembered_beside_the_file(tmp_path: Path) -> None:
    """Chosen once, it is used at each opening until none is wanted; the folder of the file is refused."""
    from certif_rules.web.copie import chosen

    base, folder = tmp_path / "audits.sqlite3", tmp_path / "copies"
    folder.mkdir()
    assert chosen(base, None) is None
    assert chosen(base, folder) == folder
    assert chosen(base, None) == folder
    for wrong in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError, match="ne peut pas y être gardée"):
            chosen(base, wrong)
    assert chosen(base, None) == folder
    assert chosen(base, None, none=True) is None
    assert chosen(base, None) is None


def test_two_files_of_one_name_do_not_share_a_copy(tmp_path: Path) -> None:
    """« audits.sqlite3 » of two folders, copied into a third: two copies."""
    from certif_rules.web.copie import Copiste

    folder = tmp_path / "copies"
    one, two = (Copiste(tmp_path / where / "audits.sqlite3", folder) for where in ("a", "b"))
    assert one.cible != two.cible
    assert one.cible.parent == folder


def test_what_changes_during_the_last_copy_is_copied(base: Path, tmp_path: Path) -> None:
    """The program ends while a copy is being made: what came meanwhile is in another one, before the end."""
    from threading import Event

    from certif_rules.web import copie

    begins, goes_on, copies = Event(), Event(), list[int]()

    class Lent(copie.Copiste):
        def copy(self) -> None:
            copies.append(1)
            begins.set()
            goes_on.wait(10)

    copiste = Lent(base, tmp_path)
    copiste.start()
    assert begins.wait(10)
    copiste.wake()
    copiste._stopped.set()
    copiste._changed.set()
    goes_on.set()
    copiste.stop()
    assert len(copies) == 2
