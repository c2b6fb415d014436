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
from urllib.error import URLError

from chronos import after_kills
from visites import Visitor, served

#: Seconds that people write before the kill, at most.
WRITING = 1.2
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


class Person(threading.Thread):
    """A person posts one note after the other on a line, until nobody answers."""

    def __init__(self, visitor: Visitor, line: str, mark: str) -> None:
        super().__init__()
        self._visitor, self._line, self._mark = visitor, line, mark
        self.confirmed: list[str] = []

    def run(self) -> None:
        """Write until the server dies; note what it confirmed."""
        try:
            for rank in count():
                note = f"{self._mark} {rank}"
                self._visitor.read(self._line, base="999999", commentaire=note)
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
    with served(base) as (server, address):
        visitors = [Visitor(address) for _ in range(2)]
        dossier = visitors[0].dossier()
        page = visitors[0].read(f"{dossier}/saisir")
        lines = dict.fromkeys(re.findall(r'href="[^"?]*(\?ligne=[^"&]+)"', page))
        people = [
            Person(visitor, f"{dossier}/saisir{line}", f"{turn} {rank}")
            for rank, (visitor, line) in enumerate(zip(visitors, lines, strict=False))
        ]
        for person in people:
            person.start()
        time.sleep(seconds)
        server.kill()
        for person in people:
            person.join()
    return [note for person in people for note in person.confirmed]


if __name__ == "__main__":
    sys.exit(after_kills("L’espace de travail, tué pendant que deux personnes écrivent.", faults))
