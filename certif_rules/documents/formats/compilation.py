"""The typst compiler runs in a process of its own: short of memory it aborts, which no Python can catch.

This module is both ends: :func:`compiled` starts the process, and ``python -m`` on it is the process. What is
compiled goes through its standard input as JSON, and the file comes back through its standard output.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, to_builtins

from certif_rules.errors import DataError, Issue, clipped

if TYPE_CHECKING:
    from typst import Compiler

#: Exit status of the process when the compiler refuses what it is given (3 is that of an abort on Windows).
_REFUSED: Final = 65
_STANDARDS: Final[list[Any]] = ["ua-1"]


class Ouvrage(Struct, frozen=True, kw_only=True):
    """An ouvrage is what to compile: a template, its content as JSON (``donnees``), and what to make of it.

    With ``instant``, a PDF/UA-1 that says it was made then; characters that no font draws become U+FFFD, and
    the template is given ``manquants``, which says so. With ``ppp``, the dots per inch, a PNG.
    """

    modele: str
    donnees: str
    instant: str | None = None
    manquants: str = ""
    douteux: str = ""
    ppp: float = 0.0


def compiled(ouvrage: Ouvrage) -> bytes:
    """Return the file that the compiler makes.

    Raises:
        DataError: a picture cannot be decoded, or the compiler stopped: most often, memory is short.
    """
    # `-P`: the modules beside this one have names of libraries. The path is ours, whatever was added to it.
    command = [sys.executable, "-P", "-m", __name__]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path or os.curdir for path in sys.path)}
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    content = json.dumps(to_builtins(ouvrage), ensure_ascii=False).encode()
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, check=False, env=env, creationflags=hidden
        )
    except OSError as error:
        raise _stopped(str(error.strerror)) from error
    words = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == _REFUSED:
        # Our template and its data always compile: only what a picture holds can be wrong.
        assert "image" in words, words
        hint = "l’ouvrir et l’enregistrer à nouveau, ou choisir un autre format"
        message = f"une image de ce document ne se décode pas ({clipped(words)})"
        raise DataError([Issue("image-illisible", message, None, hint)])
    if done.returncode:
        raise _stopped(_signal(done.returncode) or words.rpartition("\n")[2] or f"code {done.returncode}")
    return done.stdout


def _stopped(why: str) -> DataError:
    message = f"la mise en page s’est arrêtée avant la fin ({clipped(why)}) ; rien n’a été écrit"
    hint = "le plus souvent, la mémoire manque : fermer d’autres programmes, ou choisir le format html"
    return DataError([Issue("mise-en-page-interrompue", message, None, hint)])


def _signal(status: int) -> str:
    """Return the name of the signal that ended a process, where one did."""
    known = {-number: number.name for number in signal.Signals}
    return known.get(status, "")


def _make(ouvrage: Ouvrage) -> bytes:
    import typst

    compiler = typst.Compiler(ignore_system_fonts=True)
    modele, content = ouvrage.modele.encode(), ouvrage.donnees
    if ouvrage.instant is None:
        output = compiler.compile(
            input=modele, format="png", ppi=ouvrage.ppp, sys_inputs={"donnees": content}
        )
    else:
        missing = _without_glyph(compiler, list(ouvrage.douteux))
        if missing:
            content = content.translate(dict.fromkeys(map(ord, missing), "\ufffd"))
        output = compiler.compile(
            input=modele,
            sys_inputs={"donnees": content, "manquants": ouvrage.manquants if missing else ""},
            pdf_standards=_STANDARDS,
            timestamp=datetime.fromisoformat(ouvrage.instant),
        )
    assert isinstance(output, bytes), "one file"
    return output


def _without_glyph(compiler: Compiler, characters: list[str]) -> set[str]:
    """Return those of ``characters`` that no font of the compiler draws: PDF/UA refuses them.

    The compiler itself is asked, by halves: most often one question is enough.
    """
    from typst import TypstError

    probe = b'#set document(title: "-")\n#for c in json(bytes(sys.inputs.c)) [#c ]'

    def refused(group: list[str]) -> set[str]:
        inputs = {"c": json.dumps(group)}
        try:
            compiler.compile(input=probe, sys_inputs=inputs, pdf_standards=_STANDARDS, timestamp=0)
        except TypstError:
            if len(group) == 1:
                return set(group)
            middle = len(group) // 2
            return refused(group[:middle]) | refused(group[middle:])
        return set()

    return refused(characters) if characters else set()


def _serve() -> int:
    """Compile what standard input holds, as the process that :func:`compiled` starts."""
    from typst import TypstError

    try:
        output = _make(Ouvrage(**json.load(sys.stdin.buffer)))
    except TypstError as error:
        sys.stderr.buffer.write(str(error).encode("utf-8", "replace"))
        return _REFUSED
    sys.stdout.buffer.write(output)
    return 0


if __name__ == "__main__":
    sys.exit(_serve())
