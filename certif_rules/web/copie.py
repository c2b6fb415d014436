"""The second copy of the file of the audits: in a folder that somebody chose, made again after each change.

It is written beside the answers, by a thread of its own that reads the file while others write; a copy is
whole or is not there. What keeps it from being made is told on the home page, and nothing else stops.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from msgspec import Struct

from certif_rules.errors import Issue, UsageError
from certif_rules.web.machine import now

#: Seconds between a change and its copy: several answers in a row make one.
PAUSE: Final = 1.0
#: Seconds that the last copy has to be made in, once nobody is served any more.
_ATTENTE: Final = 8


class EtatCopie(Struct, frozen=True, kw_only=True):
    """A state says where the second copy is kept, when it was last made, why it could not be since."""

    dossier: str
    faite_le: str = ""
    erreur: str = ""


class Copiste:
    """A copyist copies a file of audits into a folder, each time that it is told of a change."""

    def __init__(self, base: Path, dossier: Path) -> None:
        self.base, self.dossier = base, dossier
        self.etat = EtatCopie(dossier=str(dossier))
        self._changed, self._stopped, self._one_at_a_time = Event(), Event(), Lock()
        self._thread = Thread(target=self._follow, name="copie", daemon=True)

    @property
    def cible(self) -> Path:
        """Return the file of the copy: two files of the same name, elsewhere, never share one."""
        place = sha256(str(self.base).encode()).hexdigest()[:8]
        return self.dossier / f"{self.base.stem}-copie-{place}{self.base.suffix}"

    def start(self) -> None:
        """Make a first copy, then one after each change."""
        self._changed.set()
        self._thread.start()

    def wake(self) -> None:
        """Ask for a copy, without waiting for it."""
        self._changed.set()

    def stop(self) -> None:
        """Make the last copy, and end."""
        self._stopped.set()
        self._changed.set()
        self._thread.join(timeout=_ATTENTE)

    def copy(self) -> None:
        """Copy the file now; what prevents it is kept to be told."""
        with self._one_at_a_time:
            try:
                _copied(self.base, self.cible)
                self.etat = EtatCopie(dossier=str(self.dossier), faite_le=now())
            except (OSError, sqlite3.Error) as error:
                reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
                self.etat = EtatCopie(
                    dossier=str(self.dossier), faite_le=self.etat.faite_le, erreur=reason or "cause inconnue"
                )

    def _follow(self) -> None:
        last = False
        while not last:
            if not self._stopped.is_set():
                self._changed.wait()
            last = self._stopped.wait(PAUSE)  # known before the copy: what comes during it is in another one
            self._changed.clear()
            self.copy()


def _copied(base: Path, cible: Path) -> None:
    """Write a copy of a database that others may be writing: whole, then by its name.

    Raises:
        OSError, sqlite3.Error: it cannot be read, or the folder cannot be written.
    """
    temporary = cible.with_name(f".{cible.name}.tmp")
    try:
        os.close(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(base)) as source, closing(sqlite3.connect(temporary)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(cible)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


# ---- the copy of this run -------------------------------------------------------------------------------

_courant: list[Copiste] = []


def chosen(base: Path, dossier: Path | None, *, none: bool = False) -> Path | None:
    """Return the folder where the copy of a file goes: the one given, remembered beside the file, or none.

    Raises:
        UsageError: the folder given is none, or is where the file itself is.
    """
    beside = base.with_name(f"{base.name}.copie")
    if none:
        beside.unlink(missing_ok=True)
        return None
    if dossier is not None:
        if not dossier.is_dir() or dossier.resolve() == base.parent:
            where = "le dossier des audits" if dossier.is_dir() else "absent, ou n’est pas un dossier"
            message = f"{dossier} : une seconde copie ne peut pas y être gardée ({where})"
            raise UsageError([Issue("copie-impossible", message, None, "donner un autre dossier")])
        beside.write_text(str(dossier.resolve()), encoding="utf-8")
    try:
        text = beside.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return Path(text) if text else None


def begin(base: Path, dossier: Path | None) -> None:
    """Keep a copy in this folder from now on; without one, keep none."""
    end()
    if dossier is not None:
        copiste = Copiste(base, dossier)
        _courant.append(copiste)
        copiste.start()


def end() -> None:
    """Stop copying, the last copy made."""
    while _courant:
        _courant.pop().stop()


def wake() -> None:
    """Say that the file may have changed."""
    for copiste in _courant:
        copiste.wake()


def now_made() -> None:
    """Copy the file before going on: what was erased is to be nowhere."""
    for copiste in _courant:
        copiste.copy()


def current() -> EtatCopie | None:
    """Return how the second copy is; nothing where none is kept."""
    return _courant[0].etat if _courant else None
