"""The same question gives the same bytes in another process, another folder, another order of hashing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from autodiagnostics import PROFIL
from console import Console

from certif_rules.services.formats import LIVRABLES

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))
from octets import CAS, LENTS, RACINE, afresh, calls, cases, run

FILES_OF_CASES = [path for pattern in CAS for path in sorted(RACINE.glob(pattern))]

#: All the formats of one command in one process, each after a line that names it.
EVERY = """\
import sys
from certif_rules.cli import run
for format_ in {formats!r}:
    sys.stdout.buffer.write(b"\\n=== " + format_.encode() + b"\\n")
    sys.stdout.flush()
    assert run([*{arguments!r}, "--format", format_, *{after!r}]) == 0, format_
    sys.stdout.flush()
"""


def made(
    folder: Path, seed: str, arguments: list[str], formats: list[str], after: list[str]
) -> dict[str, bytes]:
    """What each format gives, in a process of its own, in ``folder``."""
    folder.mkdir()
    code = EVERY.format(formats=formats, arguments=arguments, after=after)
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, env=env, cwd=folder)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert list(folder.iterdir()) == []
    parts = done.stdout.split(b"\n=== ")[1:]
    return {part.partition(b"\n")[0].decode().strip(): part.partition(b"\n")[2] for part in parts}


@pytest.fixture
def files(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, str]:
    """A profile, two files of answers and a population, by name."""
    call = Console(capfdbinary, monkeypatch)
    (tmp_path / "profil").write_text(json.dumps({"format": 1, **PROFIL}), encoding="utf-8")
    grid = call("autodiagnostic", "--profil", tmp_path / "profil", "--format", "json").json
    for name, shift in (("avant", 0), ("apres", 1)):
        for rank, entry in enumerate(grid["reponses"]):
            entry["niveau"] = (rank + shift) % 4 if rank % 7 else None
        (tmp_path / name).write_text(json.dumps(grid), encoding="utf-8")
    (tmp_path / "sites").write_text("".join(f"Site {n}\n" for n in range(30)), encoding="utf-8")
    return {path.name: str(path) for path in tmp_path.iterdir()}


EVENTS = ("depot=2023-02-22", "audit_initial=2023-05-31", "comite=2023-08-31")
SUBJECTS: dict[str, tuple[list[str], list[str], list[str]]] = {
    "calendrier": (
        ["calendrier", "certifregion", "--comites", "2023-08-31",
         *(word for event in EVENTS for word in ("--evenement", event))],
        ["table", "json", "ics"],
        [],
    ),
    "dossier": (["dossier", "--profil", "{profil}"], ["table", "json", "md", "html"], []),
    "attribution": (["dossier", "--profil", "{profil}", "--attribution"], ["table", "md", "html"], []),
    "duree": (
        ["duree", "qualiopi", "--type", "initial", "--date", "2024-03-18", "--categorie", "AF",
         "--categorie", "CFA", "--chiffre-affaires", "320000", "--sites", "12"],
        ["table", "json"],
        [],
    ),
    "echantillon": (
        ["echantillon", "qualiopi", "--type", "surveillance", "--date", "2024-03-18", "--population",
         "{sites}", "--graine", "2024-031", "--deja-vu", "Site 3", "--deja-vu", "Site 4"],
        ["table", "json"],
        [],
    ),
    "grille": (["autodiagnostic", "--profil", "{profil}"], sorted(LIVRABLES["grille"].formats), ["-o", "-"]),
    "synthese": (
        ["autodiagnostic", "--reponses", "{avant}"],
        sorted(LIVRABLES["synthese"].formats),
        ["-o", "-"],
    ),
    "progression": (
        ["autodiagnostic", "--reponses", "{avant}", "--reponses", "{apres}"],
        sorted(LIVRABLES["synthese"].formats),
        ["-o", "-"],
    ),
}  # fmt: skip


@pytest.mark.lent
@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_format_has_the_same_bytes(subject: str, files: dict[str, str], tmp_path: Path) -> None:
    """Every format of every command around the audit."""
    arguments, formats, after = SUBJECTS[subject]
    typed = [argument.format(**files) for argument in arguments]
    one = made(tmp_path / "un", "1", typed, formats, after)
    two = made(tmp_path / "ailleurs", "2", typed, formats, after)
    assert one.keys() == two.keys() == set(formats)
    assert [format_ for format_ in formats if one[format_] != two[format_]] == []
    assert {format_ for format_ in formats if len(one[format_]) < 400} == set()


@pytest.mark.lent
@pytest.mark.parametrize("path", FILES_OF_CASES[::3], ids=lambda path: f"{path.parts[-4]}-{path.stem}")
def test_a_case_has_the_same_bytes_however_it_is_answered(path: Path, tmp_path: Path) -> None:
    """From YAML and each line by itself, or compiled and shared: every document of a case, and its messages.

    One case of a file in three, without DOCX and PDF; ``octets.py`` does all of them, in every format.
    """
    kind, listed = cases(path)
    rank = sum(path.stem.encode()) % len(listed)
    arguments = list(calls(kind, listed[rank], tmp_path))
    quick = [call for name, call in arguments if not LENTS & {name.rpartition("-")[2], name}]
    with afresh():
        expected = [run(call) for call in quick]
    assert expected
    assert [call for call, bytes_ in zip(quick, expected, strict=True) if run(call) != bytes_] == []
