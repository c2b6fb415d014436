"""A client of yaml-language-server: what an editor asks of it, over its standard input and output."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from threading import Timer
from typing import Any, Self

#: Kinds of requests of the server that get an answer; any other gets nothing.
_CONFIGURATION = "workspace/configuration"
#: Seconds after which the server is stopped: whoever waits for it then fails.
_MOST = 120


class Serveur:
    """The real server, in a process of its own; one request at a time."""

    def __init__(self, folder: Path) -> None:
        program = os.environ["YAML_LANGUAGE_SERVER"]
        self._process = subprocess.Popen(
            ["node", program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        self._alarm = Timer(_MOST, self._process.kill)
        self._alarm.start()
        self._number = 0
        self._diagnostics: dict[str, list[Any]] = {}
        capabilities = {
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
            },
            "workspace": {"configuration": True},
        }
        root = {"uri": folder.as_uri(), "name": folder.name}
        self.ask("initialize", processId=None, locale="fr", rootUri=folder.as_uri(), workspaceFolders=[root],
                 capabilities=capabilities)  # fmt: skip
        self._send({"method": "initialized", "params": {}})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.ask("shutdown")
        self._send({"method": "exit"})
        self._process.communicate()
        self._alarm.cancel()

    def open(self, path: Path) -> list[Any]:
        """Open a file; give what the editor underlines in it."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1}
        text = path.read_text(encoding="utf-8")
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": {**document, "text": text}}})
        while path.as_uri() not in self._diagnostics:
            self._take()
        return self._diagnostics[path.as_uri()]

    def at(self, what: str, path: Path, line: int, column: int) -> Any:
        """Ask for something at a place of an open file, counted from 1."""
        place = {"line": line - 1, "character": column - 1}
        return self.ask(f"textDocument/{what}", textDocument={"uri": path.as_uri()}, position=place)

    def ask(self, method: str, **params: Any) -> Any:
        """Send a request; give its result."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            message = self._take()
            if message.get("id") == self._number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _take(self) -> Mapping[str, Any]:
        """Read one message; answer it where the server waits, keep what it underlines."""
        assert self._process.stdout is not None
        size = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        assert size, "the server stopped"
        message: dict[str, Any] = json.loads(self._process.stdout.read(size))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message and "method" in message:
            items = message["params"].get("items", ()) if message["method"] == _CONFIGURATION else None
            settings = None if items is None else [_SETTINGS.get(item.get("section")) for item in items]
            self._send({"id": message["id"], "result": settings})
        return message

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()


#: What an editor that was never set up answers: the catalogue of schemas of the network is not asked for.
_SETTINGS: Mapping[str | None, Any] = {
    "yaml": {"schemaStore": {"enable": False}, "hover": True, "completion": True, "validate": True},
}
