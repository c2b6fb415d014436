"""Those who answer the parts of a work: this process, processes of this machine, or a Dask cluster.

Whoever asks knows neither which nor how many: a part is handed over, and its answer awaited.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from certif_rules.errors import DataError, Issue, UsageError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

#: Seconds given to the scheduler of a cluster to answer.
_PATIENCE = "10s"
#: The most processes that a pool of Windows waits for.
_WINDOWS = 61

P = ParamSpec("P")
T = TypeVar("T")


class Ouvriers(Protocol):
    """A team works on parts: ``avance`` is how many may be under way beside the one that is awaited."""

    @property
    def avance(self) -> int:
        """Return how far ahead of what is put down parts may be handed over."""
        return 0

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand a call over."""
        raise NotImplementedError


class _SurPlace:
    """This process answers a part as soon as it is handed over."""

    avance = 0

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call the function; what it raises is raised here and now."""
        future: Future[T] = Future()
        future.set_result(function(*args, **kwargs))
        return future


class _Equipe:
    """An executor has work ahead for each of its processes."""

    def __init__(self, executor: Executor, number: int) -> None:
        self._executor = executor
        self.avance = number + 1

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand a call over; what it is given goes to another process."""
        return self._executor.submit(function, *args, **kwargs)


@contextmanager
def here() -> Iterator[Ouvriers]:
    """Answer in this process."""
    yield _SurPlace()


def processors() -> int:
    """Return how many processors this program may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


@contextmanager
def processes(number: int) -> Iterator[Ouvriers]:
    """Open a pool of processes, which end with this one however it ends.

    They are spawned: a forked child takes the threads of a library for its own, without having them, and
    then waits for ever (a PDF, after its parent wrote one).

    Raises:
        DataError: one of them died.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("spawn")
    number = min(number, _WINDOWS) if sys.platform == "win32" else number
    line, end = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(number, mp_context=context, initializer=_begin, initargs=(line,))
    try:
        yield _Equipe(pool, number)
    except BrokenExecutor as error:
        raise _interrupted("un processus de travail s’est arrêté, faute de mémoire peut-être") from error
    except BaseException:
        end.close()  # nobody waits for what they are doing
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        end.close()
        line.close()


def _begin(line: Connection) -> None:
    """Make this process end with the one that holds the other end of ``line``, whose Ctrl-C is its own."""
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(line,), daemon=True).start()


def _end_with(line: Connection) -> None:
    try:
        line.recv_bytes()
    except (EOFError, OSError):
        os._exit(0)


@contextmanager
def cluster(address: str) -> Iterator[Ouvriers]:
    """Open the workers of a Dask scheduler; a part whose worker dies goes to another.

    Raises:
        UsageError: the library is not installed, nobody answers there, or nobody works there.
        DataError: a part ended several workers.
    """
    try:
        import distributed
    except ImportError:
        hint = 'installer le complément : pip install "certif-rules[dask]" ; ou choisir --processus'
        message = "--dask demande une bibliothèque qui n’est pas installée"
        raise UsageError([Issue("dask-impossible", message, None, hint)]) from None
    client = _client(distributed, address)
    with client:
        number = sum(client.nthreads().values())
        if not number:
            message = f"--dask : aucun ouvrier n’est relié à « {address} »"
            raise UsageError([Issue("dask-impossible", message, None, "démarrer des ouvriers (dask worker)")])
        try:
            yield _Equipe(client.get_executor(pure=False), number)
        except (distributed.KilledWorker, distributed.client.FutureCancelledError) as error:
            raise _interrupted("les ouvriers de Dask s’arrêtent, ou ne sont plus joignables") from error


def _client(distributed: Any, address: str) -> Any:
    try:
        return distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        message = f"--dask : aucun ordonnanceur ne répond à « {address} »"
        hint = "donner l’adresse que dit « dask scheduler », par exemple tcp://127.0.0.1:8786"
        raise UsageError([Issue("dask-impossible", message, None, hint)]) from error


def _interrupted(message: str) -> DataError:
    hint = "relancer la même commande : ce qui est fait n’est pas refait ; ou demander moins de processus"
    return DataError([Issue("travail-interrompu", message, None, hint)])
