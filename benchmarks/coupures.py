"""Kill the workspace at random moments while two people write: what was confirmed must still be there.

    uv run python benchmarks/coupures.py [-n 50]

Each round serves the same file of audits, lets two people write notes as fast as it answers, and kills it.
The journal must then verify, hold every note that was confirmed, and give the values that pages read.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPException
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from chronos import after_kills

#: Seconds that people write before the kill, at most.
WRITING = 1.2
SERVE = [sys.executable, "-m", "certif_rules", "ouvrir", "--sans-navigateur"]
#: What stands in a file of audits, and whether it is what its events say.
CHECK = """
import json, sys
from pathlib import Path
from certif_rules.web.serveur import open_base
open_base(Path(sys.argv[1]))
from certif_rules.journal.etat import state
from certif_rules.web import depot, models
faults, values = [], []
for dossier in models.DossierSuivi.objects.all():
    events, contents = depot.events(dossier.pk), depot.contents(dossier.pk)
    faults += filter(None, [depot.altered(dossier.pk)])
    if depot.standing(dossier.pk) != state(events, contents):
        faults.append("ce qui se lit n’est plus ce que disent les événements")
    if dossier.version != len(events):
        faults.append("la version n’est pas celle du dernier événement")
    values += [str(contents[event.apres].valeur) for event in events]
print(json.dumps({"faults": faults, "values": values}))
"""


class _Stay(HTTPRedirectHandler):
    """Follows nothing: an answer that sends elsewhere is the answer."""

    def redirect_request(self, *_: Any) -> None:
        """Return no other request."""


class Person(threading.Thread):
    """A person comes in by the first address, and posts one note after the other until nobody answers."""

    def __init__(self, address: str, mark: str) -> None:
        super().__init__()
        self._root = address.partition("/?")[0]
        self._opener = build_opener(HTTPCookieProcessor(), _Stay())
        self.read(address.removeprefix(self._root))
        (self._token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.read("/")))
        self._mark = mark
        self.line = ""
        self.confirmed: list[str] = []

    def read(self, path: str, **given: str) -> str:
        """Return a page, or where it sends; what is ``given`` is posted."""
        body = urlencode({"csrfmiddlewaretoken": self._token, **given}).encode() if given else None
        request = Request(self._root + path, body, {"Origin": self._root})  # noqa: S310 - this machine's
        try:
            with self._opener.open(request, timeout=20) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            if error.code != 302:
                raise
            return str(error.headers["Location"])

    def run(self) -> None:
        """Write until the server dies; note what it confirmed."""
        try:
            for rank in count():
                note = f"{self._mark} {rank}"
                self.read(self.line, base="999999", commentaire=note)
                self.confirmed.append(note)
        except (URLError, OSError, HTTPException):
            return


def faults(kills: int, seed: int) -> list[str]:
    """Return what was lost or broken by that many kills."""
    draw = random.Random(seed)  # noqa: S311 - moments, not secrets
    differing: list[str] = []
    confirmed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "audits.sqlite3"
        for turn in range(kills):
            confirmed += _killed(base, turn, draw.uniform(0.05, 1) * WRITING)
            told = json.loads(subprocess.check_output([sys.executable, "-c", CHECK, str(base)]))
            lost = set(confirmed) - set(told["values"])
            differing += [f"coup {turn} : {one}" for one in (*told["faults"], *sorted(lost))]
    return differing if confirmed else ["rien n’a été confirmé"]


def _killed(base: Path, turn: int, seconds: float) -> list[str]:
    """Return what two people had confirmed before a kill."""
    with subprocess.Popen([*SERVE, str(base)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = next(line for line in server.stdout if line.startswith("http")).strip()
        people = [Person(address, f"{turn} {rank}") for rank in (0, 1)]
        dossier = _dossier(people[0])
        lines = re.findall(r'href="[^"?]*(\?ligne=[^"&]+)"', people[0].read(f"{dossier}/saisir"))
        for person, line in zip(people, dict.fromkeys(lines), strict=False):
            person.line = f"{dossier}/saisir{line}"
            person.start()
        time.sleep(seconds)
        server.kill()
        for person in people:
            person.join()
    return [note for person in people for note in person.confirmed]


def _dossier(person: Person) -> str:
    """Return the address of an audit: that which is there, else the example."""
    if there := re.search(r"/dossier/[0-9a-f-]{36}", person.read("/")):
        return there[0]
    return person.read("/exemple", rien="").rpartition("/")[0]


if __name__ == "__main__":
    sys.exit(after_kills("L’espace de travail, tué pendant que deux personnes écrivent.", faults))
