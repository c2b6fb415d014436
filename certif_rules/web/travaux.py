"""Documents written by a process of their own, while people go on: asked for, followed, fetched.

The process is spawned when a document is first asked for, never forked: a forked child that writes a PDF
after its parent waits for ever. It ends with this one, and what it does not finish in time is given up.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import ExitStack
from threading import RLock, Thread, Timer
from typing import Final

from msgspec import Struct

from certif_rules.audit.plan import Creneau
from certif_rules.services import ouvriers
from certif_rules.services.remise import DocumentEcrit, DocumentRemis, written_elsewhere
from certif_rules.web.machine import drawn

#: Works that are remembered, those that may wait; the seconds given to one once it is handed over, and those
#: after which a process with nothing to do ends.
GARDES: Final = 40
EN_ATTENTE: Final = 6
PATIENCE: Final = 120.0
REPOS: Final = 90.0
_PERDU: Final = "le document n’a pas pu être écrit : le programme qui l’écrivait s’est arrêté ; le redemander"
_LONG: Final = "le document demandait plus de deux minutes : il est abandonné ; en demander un autre format"
_PLEIN: Final = "trop de documents sont déjà demandés : attendre que l’un d’eux soit prêt"


#: What writes a document of a findings file, and of the slots of a plan.
Ecriture = Callable[[bytes, DocumentRemis, tuple[Creneau, ...]], DocumentEcrit]


class Travail(Struct, kw_only=True):
    """A work writes one document of a dossier, as it stood at a version; ``faute`` says why it could not.

    ``equipe`` is the process that it was handed to, to be ended with it.
    """

    cle: str
    dossier: str
    version: int
    piece: DocumentRemis
    nom: str
    attente: Future[DocumentEcrit] | None = None
    equipe: ExitStack | None = None
    contenu: bytes | None = None
    faute: str = ""

    @property
    def fini(self) -> bool:
        """Return whether it is written, or given up."""
        return self.contenu is not None or bool(self.faute)

    @property
    def commence(self) -> bool:
        """Return whether it is being written now."""
        return self.attente is not None and self.attente.running()


class Imprimerie:
    """A workshop hands works to one process at a time, which it opens when it needs it."""

    def __init__(self, write: Ecriture = written_elsewhere) -> None:
        self._write, self._lock = write, RLock()
        self._works: OrderedDict[str, Travail] = OrderedDict()
        self._open: ExitStack | None = None
        self._team: ouvriers.Ouvriers | None = None
        self._rest: Timer | None = None

    def ask(
        self,
        dossier: str,
        version: int,
        piece: DocumentRemis,
        nom: str,
        constats: bytes,
        creneaux: tuple[Creneau, ...] = (),
    ) -> Travail:
        """Return the work of a document; the same one, asked for again, is not begun twice."""
        with self._lock:
            for other in self._works.values():
                same = (other.dossier, other.version, other.piece) == (dossier, version, piece)
                if same and not other.faute:
                    return other
            work = Travail(cle=drawn(), dossier=dossier, version=version, piece=piece, nom=nom)
            if sum(not one.fini for one in self._works.values()) >= EN_ATTENTE:
                work.faute = _PLEIN
            else:
                self._hand_over(work, constats, creneaux)
            self._works[work.cle] = work
            while len(self._works) > GARDES:
                self._works.popitem(last=False)
            return work

    def get(self, cle: str, dossier: str) -> Travail | None:
        """Return a work of a dossier; nothing where it was forgotten, or is of another."""
        with self._lock:
            work = self._works.get(cle)
        return work if work is not None and work.dossier == dossier else None

    def end(self, equipe: ExitStack | None = None, *, idle: bool = False) -> None:
        """End the process, whatever it is doing; it is waited for outside the lock, which its works take.

        Args:
            equipe: the process to end, which another one may have replaced since; by default, whichever.
            idle: leave it alone if something was asked for meanwhile.
        """
        with self._lock:
            busy = idle and any(not one.fini for one in self._works.values())
            if busy or (equipe is not None and equipe is not self._open):
                return
            opened, self._open, self._team = self._open, None, None
            self._sleep(None)
        if opened is not None:
            stop = KeyboardInterrupt()
            opened.__exit__(type(stop), stop, None)

    def _sleep(self, after: float | None) -> None:
        """End the process once nothing was asked for so many seconds; ``None``: do not."""
        if self._rest is not None:
            self._rest.cancel()
        self._rest = None if after is None else Timer(after, self.end, kwargs={"idle": True})
        if self._rest is not None:
            self._rest.daemon = True
            self._rest.start()

    def _hand_over(self, work: Travail, constats: bytes, creneaux: tuple[Creneau, ...]) -> None:
        self._sleep(None)
        if self._team is None:
            self._open = ExitStack()
            self._team = self._open.enter_context(ouvriers.processes(1))
        try:
            work.equipe = self._open
            work.attente = self._team.submit(self._write, constats, work.piece, creneaux)
        except (BrokenExecutor, RuntimeError):
            work.faute = _PERDU
            self._end_aside(work)
            return
        timer = Timer(PATIENCE, self._give_up, (work,))
        timer.daemon = True
        timer.start()

        def settle(done: Future[DocumentEcrit]) -> None:
            timer.cancel()
            self._settle(work, done)

        work.attente.add_done_callback(settle)

    def _settle(self, work: Travail, done: Future[DocumentEcrit]) -> None:
        try:
            fait = done.result()
        except (BrokenExecutor, CancelledError):
            work.faute = work.faute or _PERDU
            self._end_aside(work)  # this thread is the pool’s own, which ends with it
        except Exception:  # noqa: BLE001 - whatever a library raises, whoever asked is told, and can ask again
            work.faute = _PERDU
        else:
            work.faute = " ; ".join(issue.message for issue in fait.fautes)
            work.contenu = None if fait.fautes else fait.contenu
        with self._lock:
            if all(one.fini for one in self._works.values()):
                self._sleep(REPOS)

    def _end_aside(self, work: Travail) -> None:
        """End the process of a work from another thread."""
        Thread(target=self.end, args=(work.equipe,), daemon=True).start()

    def _give_up(self, work: Travail) -> None:
        if not work.fini:
            work.faute = _LONG
            self.end(work.equipe)


#: The workshop of this program.
IMPRIMERIE: Final = Imprimerie()
