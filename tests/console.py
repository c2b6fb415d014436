"""The command line as a user meets it: in this process, or in a process of its own."""

from __future__ import annotations

import html
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from certif_rules.blocs.typographie import plain
from certif_rules.cli import run

#: A request that is complete, for a référentiel of this repository.
AUDIT = ("qualiopi", "--type", "initial", "--date", "2024-03-18", "--categorie", "AF")

#: The profile of the documentation, as it is printed there.
PROFIL = """\
format: 1
referentiel: certifregion
edition: V5                  # optional
audit: {type: initial, date: 2024-03-15, mode: sur_site}
organisme:
  nom: Organisme d'exemple
  siren: "123456782"
  nda: "76310000000"
  chiffre_affaires: 320000   # euros
  categories: [AF]
  faits: {sous_traitance: true, certifiante: false, formation_a_distance: true}
  sites: [{id: S1, commune: Toulouse, region: Occitanie}]
ajouts: {categories: [CFA], sites: [S2]}           # extension; need not be repeated above
precedent:                                          # surveillance, renewal
  type: initial                                     # or amenage, complementaire
  date: 2023-01-10
  indicateurs_audites: ["1", "2"]                   # omitted = what that audit type made due
  constats: {"2": nc_mineure, "30": nc_mineure}
certificats: {qualiopi: {notification: 2022-05-12, echeance: 2025-05-12}}   # complementary audit
"""


#: The same with a whole application file.
DOSSIER = """\
format: 1
referentiel: certifregion
audit: {type: initial, date: 2023-05-10}
organisme:
  nom: "Écoute & <b>Cie</b>"
  categories: [AF]
  sites: [{id: S1, region: Occitanie}]
dossier:
  depot: 2023-02-22
  reponses: {detention: aucun}
  pieces:
    egalite_professionnelle: true
    immatriculation: {expire_le: 2023-02-20}
    adresse_site: true
  devis: [{auditeur: maieutika, montant: "3200,50", duree_jours: "2,5", financement: "50 %", signe: true}]
"""


@dataclass(frozen=True)
class Reponse:
    """What a call gave: its exit status, standard output and standard error.

    ``err`` and ``text`` have ordinary blanks, so that tests read as they are typed; ``printed`` and
    ``out`` are what came out.
    """

    status: int
    out: bytes
    printed: str

    @property
    def err(self) -> str:
        """Standard error with ordinary blanks."""
        return plain(self.printed)

    @property
    def text(self) -> str:
        """Standard output with ordinary blanks."""
        return plain(self.out.decode())

    @property
    def codes(self) -> list[str]:
        """The codes of the problems listed on standard error, in order."""
        return re.findall(r"^(?:\S.*?: )??([a-z]+(?:-[a-z]+)*): ", self.err, re.MULTILINE)

    @property
    def json(self) -> Any:
        """Standard output read as JSON."""
        return json.loads(self.out)

    @property
    def lignes(self) -> dict[str, dict[str, Any]]:
        """The lines of a checklist in JSON, by printed number."""
        return {ligne["numero"]: ligne for ligne in self.json["lignes"]}


class Console:
    """Calls the program in this process, with nothing on standard input unless given."""

    def __init__(self, capture: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capture = capture
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str | Path, stdin: str = "") -> Reponse:
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        self._capture.readouterr()
        status = run([str(argument) for argument in arguments])
        captured = self._capture.readouterr()
        return Reponse(status, captured.out, captured.err.decode("utf-8"))


def process(*arguments: str | Path, stdin: bytes = b"", **options: Any) -> Reponse:
    """Calls ``python -m certif_rules`` in a process of its own; ``env`` is added to ours."""
    env = {**os.environ, "PYTHONUTF8": "0", **options.pop("env", {})}
    command = [sys.executable, "-m", "certif_rules", *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, env=env, check=False, **options)
    return Reponse(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def words(document: bytes) -> str:
    """The text of a document: as it is, of the pages of a PDF, or of the parts of a package."""
    if document.startswith(b"%PDF"):
        from pages import pdf_text

        return pdf_text(document)
    if not document.startswith(b"PK"):
        return document.decode()
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")]
    return html.unescape(re.sub(r"<[^>]+>", " ", "\n".join(parts)))
