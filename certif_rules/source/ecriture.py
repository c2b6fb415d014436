"""A file written whole or not at all, never in the place of another unasked, whenever the program is killed.

The bytes go to a temporary file beside it, then to the disk, and only then does the file get its name.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from certif_rules.errors import Issue, UsageError

_PREFIX, _SUFFIX = ".certif-rules.", ".tmp"
#: The bytes of a file, or what pours them, for those that memory should not hold.
Contenu = bytes | Callable[[BinaryIO], None]


def write_file(path: Path, content: Contenu, *, replace: bool, swept: bool = False) -> None:
    """Write the file at ``path``; what it replaces, if told to, gives it its mode and its owner.

    Args:
        path: the file.
        content: its bytes, or a function that pours them, perhaps twice.
        replace: another may be there, and goes.
        swept: :func:`sweep` was called on its folder, which a long work should not have listed for each file.

    Raises:
        FileExistsError: there is a file, perhaps since a moment, and it may not be replaced.
        OSError: the file cannot be written; what was there is untouched.
    """
    try:
        path = path.resolve()
        if path.is_symlink():  # what Python 3.13 leaves of links in a loop
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    except RuntimeError as error:  # what Python before 3.13 raises for them
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error
    if not swept:
        sweep(path.parent)
    temporary, stream = _begin(path.parent)
    try:
        with stream:
            _pour(content, stream)
            _dress(temporary, path if replace else None)
            if os.name != "nt":  # there a file is renamed once it is closed
                _name(temporary, path, content, replace=replace)
        if os.name == "nt":
            _name(temporary, path, content, replace=replace)
    finally:
        temporary.unlink(missing_ok=True)
    _settle(path.parent)


def write_folder(dossier: Path, files: Mapping[str, bytes]) -> None:
    """Write files by path in a folder that is not there yet, whole or not at all.

    Raises:
        UsageError: there is something of that name.
        OSError: it cannot be written; nothing is left of it.
    """
    if dossier.exists() or dossier.is_symlink():
        message = f"« {dossier} » existe déjà"
        raise UsageError([Issue("fichier-existant", message, None, "choisir un autre dossier")])
    temporary = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=dossier.absolute().parent))
    try:
        whole = temporary / "dossier"
        for name, content in files.items():
            path = whole / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        whole.rename(dossier)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _begin(folder: Path) -> tuple[Path, BinaryIO]:
    """Create a temporary file, locked before anyone could take it for one that was left."""
    while True:
        handle, name = tempfile.mkstemp(dir=folder, prefix=_PREFIX, suffix=_SUFFIX)
        temporary, stream = Path(name), os.fdopen(handle, "wb")
        if hold(stream) is not False and temporary.exists():
            return temporary, stream
        stream.close()


def _name(temporary: Path, path: Path, content: Contenu, *, replace: bool) -> None:
    """Give the temporary file its name; in one step, where another could take that name meanwhile."""
    if replace:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError, AttributeError):
        # A file system without links: the name is taken first, and given back if the bytes do not follow.
        with path.open("xb") as stream:
            try:
                _pour(content, stream)
            except BaseException:
                with suppress(OSError):
                    path.unlink()
                raise


def _pour(content: Contenu, stream: BinaryIO) -> None:
    if isinstance(content, bytes):
        stream.write(content)
    else:
        content(stream)
    stream.flush()
    os.fsync(stream.fileno())


def _dress(temporary: Path, replaced: Path | None) -> None:
    """Give the mode and the owner of what is replaced; of nothing, the mode that the user's mask says."""
    try:
        former = replaced.stat() if replaced else None
    except FileNotFoundError:
        former = None
    if former is None:
        temporary.chmod(0o666 & ~_umask())
        return
    own = temporary.stat()
    if (own.st_uid, own.st_gid) != (former.st_uid, former.st_gid):
        with suppress(OSError):  # only the administrator gives files away
            os.chown(temporary, former.st_uid, former.st_gid)
    temporary.chmod(former.st_mode & 0o777)


def hold(stream: BinaryIO) -> bool | None:
    """Lock a temporary file until its writer ends, however it does; false when another holds it.

    ``None`` where there are no such locks.
    """
    try:
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def sweep(folder: Path) -> None:
    """Remove what a killed writer left in ``folder``; what another is writing now is locked, and stays."""
    for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):
            if os.name == "nt":  # there an open file cannot be removed
                left.unlink()
                continue
            with left.open("r+b") as stream:
                if hold(stream):
                    left.unlink()


def _settle(folder: Path) -> None:
    """Let the disk know of the name too, where a folder can be synchronised."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    """Return the umask, which can only be read by setting it."""
    current = os.umask(0o077)
    os.umask(current)
    return current
