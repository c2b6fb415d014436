"""The workspace started on a file, and somebody who visits it, without a browser."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

#: What parts a file that is sent from the rest.
_LIMIT = "limite-de-l-envoi"
SERVE = [sys.executable, "-m", "certif_rules", "ouvrir", "--sans-navigateur"]


@contextmanager
def served(base: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Give a run of the workspace on a file and its first address; it is interrupted at the end."""
    with subprocess.Popen([*SERVE, str(base), *options], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server, next(line for line in server.stdout if line.startswith("http")).strip()
        finally:
            server.send_signal(signal.SIGINT)  # as Ctrl-C: it ends by itself, and what writes documents too


class _Stay(HTTPRedirectHandler):
    """Follows nothing: an answer that sends elsewhere is the answer."""

    def redirect_request(self, *_: Any) -> None:
        """Return no other request."""


class Visitor:
    """A visitor comes in by the first address, then reads pages and posts what their forms ask."""

    def __init__(self, address: str) -> None:
        self._root = address.partition("/?")[0]
        self._opener = build_opener(HTTPCookieProcessor(), _Stay())
        self.read(address.removeprefix(self._root))
        (self._token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.read("/")))

    def read(self, path: str, **given: str | list[str]) -> str:
        """Return a page, or where it sends; what is ``given`` is posted."""
        if not given:
            return self._asked(path, None)
        return self._asked(path, urlencode({"csrfmiddlewaretoken": self._token, **given}, doseq=True))

    def send(self, path: str, name: str, text: str) -> str:
        """Send a file by the form of a page; return where it sends."""
        parts = (
            f'--{_LIMIT}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{self._token}',
            f'--{_LIMIT}\r\nContent-Disposition: form-data; name="fichier"; filename="{name}"\r\n\r\n{text}',
            f"--{_LIMIT}--\r\n",
        )
        return self._asked(path, "\r\n".join(parts), f"multipart/form-data; boundary={_LIMIT}")

    def _asked(self, path: str, body: str | None, kind: str = "application/x-www-form-urlencoded") -> str:
        heads = {"Origin": self._root, "Content-Type": kind}
        given = None if body is None else body.encode()
        request = Request(self._root + path, given, heads)  # noqa: S310 - this machine's
        try:
            with self._opener.open(request, timeout=20) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            if error.code != 302:
                raise
            return str(error.headers["Location"])

    def dossier(self) -> str:
        """Return the address of an audit: that which is there, else the example."""
        if there := re.search(r"/dossier/[0-9a-f-]{36}", self.read("/")):
            return there[0]
        return self.read("/exemple", rien="").rpartition("/")[0]
