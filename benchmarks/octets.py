"""The bytes of every document of every YAML case, to compare before and after a change.

    uv run python benchmarks/octets.py releve avant/        the documents, and their digests
    uv run python benchmarks/octets.py compare avant/ apres/  names what differs; status 1 when something does

Each case is a profile; its findings, answers, events or population follow it. Only the command line is
called, which outlives any move of the modules behind it. ``--rapide`` leaves DOCX and PDF aside;
``--seulement=MOT`` takes the files of cases whose path holds the word. ``--a-neuf`` reads the YAML each time
and answers each line by itself; without it, compiled layers are read and lines shared, from
``avant/couches``: the two must not differ by a byte.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

from certif_rules.audit.lignes import build_lines
from certif_rules.plugins.cache import ENV_CACHE, NONE
from certif_rules.services import checklist as service

RACINE = Path(__file__).resolve().parent.parent
CAS = ("plugins/*/tests/cas/*.yaml", "tests/fictif/cas/*.yaml")
DIGESTS = "empreintes.json"
CHECKLIST = ("table", "json", "md", "csv", "xlsx", "ods", "html", "formulaire", "docx", "pdf")
LENTS = {"docx", "pdf"}

#: One document: its name, and the arguments that make it.
Appel = tuple[str, list[str]]


def cases(path: Path) -> tuple[str, list[dict[str, Any]]]:
    """Return the kind of a file of cases, and its cases."""
    from ruamel.yaml import YAML

    data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    kind = next(key for key in data if key.startswith("cas"))
    return kind, data[kind]


def as_json(value: Any, path: Path) -> str:
    """Write a value where a command reads it; return the path."""
    path.write_text(json.dumps(value, ensure_ascii=False, default=str), encoding="utf-8")
    return str(path)


def calls(kind: str, case: dict[str, Any], folder: Path) -> Iterator[Appel]:
    """Yield the commands that a case calls for; files that they read lie in ``folder``."""
    demande = case.get("demande") or {}
    nom = case.get("referentiel") or demande.get("referentiel") or case.get("profil", {}).get("referentiel")
    edition = demande.get("edition") or case.get("edition")
    named = [f"{nom}@{edition}" if edition and "@" not in nom else nom] if nom else []
    profil = as_json({"format": 1, **case["profil"]}, folder / "profil.json") if "profil" in case else ""
    named += ["--profil", profil] if profil else []
    if kind == "cas":
        named += ["--guide", str(demande["guide"])] if demande.get("guide") else []
        for name in CHECKLIST:
            yield name, ["checklist", *named, "--format", name, "-o", "-"]
        yield "questions", ["questions", *named, "--format", "json"]
        if "constats" in case:
            yield from reports(case, named, folder)
    elif kind == "cas_autodiagnostic":
        yield from self_assessments(case, named, folder)
    else:
        yield from around(kind, case, named, folder)


def around(kind: str, case: dict[str, Any], named: list[str], folder: Path) -> Iterator[Appel]:
    """Yield the commands on what stands around an audit."""
    if kind == "cas_dossier":
        for name in ("table", "json", "md", "html"):
            yield name, ["dossier", *named, "--format", name, "-o", "-"]
        yield "attribution", ["dossier", *named[:1], "--attribution"]
    elif kind == "cas_calendrier":
        events = [f"--evenement={key}={day}" for key, day in case["evenements"].items()]
        for name in ("table", "json", "ics"):
            yield name, ["calendrier", *named, *events, "--format", name]
    elif kind == "cas_duree":
        for name in ("table", "json"):
            yield name, ["duree", *named, "--format", name]
    elif kind == "cas_echantillon":
        sites = case["sites"]
        population = folder / "population.txt"
        names = [f"S{n}" for n in range(1, sites + 1)] if isinstance(sites, int) else sites
        population.write_text("\n".join(names), encoding="utf-8")
        asked = ["--population", str(population), "--graine", "essai"]
        asked += ["--type", case["type"]] if "type" in case else []
        for name in ("table", "json"):
            yield name, ["echantillon", *named, *asked, "--format", name]


def reports(case: dict[str, Any], named: list[str], folder: Path) -> Iterator[Appel]:
    """Yield what is made of the findings of a case; lines that it does not name take « autres »."""
    status, made, _ = run(["checklist", *named, "--format", "json"])
    if status:
        return
    checklist = json.loads(made)
    given = {str(key): value for key, value in case["constats"].items()}
    others = given.pop("autres", None)
    entries = []
    for line in checklist["lignes"]:
        value = given.get(line["numero"], given.get(line["id"]))
        value = value or (others if line["etat"] == "a_auditer" else None)
        if value is not None:
            entry = {"constat": value, "commentaire": "essai"} if isinstance(value, str) else value
            entries.append({"id": line["id"], **entry})
    profil = {key: value for key, value in case["profil"].items() if key != "referentiel"}
    checks = [
        {"id": key, **({"resultat": value, "commentaire": "essai"} if isinstance(value, str) else value)}
        for key, value in (case.get("verifications") or {}).items()
    ]
    dossier = {"format": 1, "referentiel": checklist["referentiel"], **profil, "constats": entries}
    dossier |= {"verifications": checks} if checks else {}
    dossier |= {key: case[key] for key in ("ecarts_notifies_le",) if key in case}
    path = as_json(dossier, folder / "constats.json")
    for name in ("table", "json"):
        yield f"conclure-{name}", ["conclure", path, "--format", name]
    for name in ("html", "docx", "pdf"):
        yield f"rapport-{name}", ["rapport", path, "--format", name, "-o", "-"]
        yield f"fiches-{name}", ["rapport", path, "--fiches", "--format", name, "-o", "-"]


def self_assessments(case: dict[str, Any], named: list[str], folder: Path) -> Iterator[Appel]:
    """Yield the grids of a self-assessment, its synthesis, and its comparison where there is one before."""
    for name in ("table", "html", "json", "csv", "yaml", "docx", "pdf"):
        yield f"grille-{name}", ["autodiagnostic", *named, "--format", name, "-o", "-"]
    status, made, _ = run(["autodiagnostic", *named, "--format", "json"])
    if status:
        return
    files = []
    for key in ("reponses_avant", "reponses"):
        if key not in case:
            continue
        given = {str(line): value for line, value in case[key].items()}
        others = given.pop("autres", None)
        blank = json.loads(made)
        for entry in blank["reponses"]:
            value = given.get(entry["id"].split("/")[1], given.get(entry["id"], others))
            entry.update(value if isinstance(value, dict) else {} if value is None else {"niveau": value})
        files += ["--reponses", as_json(blank, folder / f"{key}.json")]
    for name in ("table", "html", "json", "docx", "pdf"):
        yield f"synthese-{name}", ["autodiagnostic", *named[:1], *files, "--format", name, "-o", "-"]


def run(arguments: list[str]) -> tuple[int, bytes, str]:
    """Return the status, standard output and messages of a command."""
    from certif_rules.cli import run as command

    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = command(arguments)
        except SystemExit as stop:
            status = int(stop.code or 0)
        out.flush()
    return status, out.buffer.getvalue(), err.getvalue()


@contextmanager
def afresh() -> Iterator[None]:
    """Answer without what was compiled, nor any line of another audit."""
    with (
        mock.patch.dict(os.environ, {ENV_CACHE: NONE}),
        mock.patch.object(service, "shared_lines", build_lines),
    ):
        yield


def of_file(path: Path, target: Path, quick: bool, anew: bool) -> dict[str, str]:
    """Write the documents of one file of cases into ``target``; return their digests by name."""
    sys.path.append(str(RACINE / "tests" / "fictif"))
    with afresh() if anew else mock.patch.dict(os.environ, {ENV_CACHE: str(target / "couches")}):
        return _written(path, target, quick)


def _written(path: Path, target: Path, quick: bool) -> dict[str, str]:
    kind, listed = cases(path)
    digests = {}
    for rank, case in enumerate(listed):
        stem = f"{path.parts[-4]}-{path.stem}-{rank:02}"
        folder = target / "entrees"
        (folder / stem).mkdir(parents=True, exist_ok=True)
        for name, arguments in calls(kind, case, folder / stem):
            if quick and LENTS & set(re.split(r"\W", name)):
                continue
            status, content, messages = run(arguments)
            messages = messages.replace(str(target), "")
            (target / f"{stem}.{name}").write_bytes(content + f"\n{status}\n{messages}".encode())
            digests[f"{stem}.{name}"] = hashlib.sha256(content + f"{status}{messages}".encode()).hexdigest()
    return digests


def collect(target: Path, quick: bool, word: str, anew: bool) -> None:
    """Write every document and the digests of all into ``target``."""
    target.mkdir(parents=True, exist_ok=True)
    files = [path for pattern in CAS for path in sorted(RACINE.glob(pattern))]
    files = [path for path in files if word in str(path.relative_to(RACINE))]
    with ProcessPoolExecutor() as pool:
        parts = list(
            pool.map(of_file, files, [target] * len(files), [quick] * len(files), [anew] * len(files))
        )
    digests = {name: digest for part in parts for name, digest in part.items()}
    (target / DIGESTS).write_text(json.dumps(digests, indent=0, sort_keys=True), encoding="utf-8")
    print(f"{len(digests)} documents dans {target}")


def compare(before: Path, after: Path) -> int:
    """Print the names of the documents that differ; return 1 when there are some."""
    old, new = (json.loads((folder / DIGESTS).read_text(encoding="utf-8")) for folder in (before, after))
    names = sorted(old.keys() | new.keys()) if len(old) == len(new) else sorted(old.keys() & new.keys())
    differing = [name for name in names if old.get(name) != new.get(name)]
    print(*differing, f"{len(differing)} documents différents sur {len(names)}", sep="\n")
    return 1 if differing else 0


def main(arguments: list[str]) -> int:
    """Run ``releve`` or ``compare``; return the status."""
    paths = [Path(argument).resolve() for argument in arguments[1:] if not argument.startswith("--")]
    if arguments[:1] == ["releve"] and len(paths) == 1:
        words = [a.partition("=")[2] for a in arguments if a.startswith("--seulement=")]
        collect(paths[0], "--rapide" in arguments, words[0] if words else "", "--a-neuf" in arguments)
        return 0
    if arguments[:1] == ["compare"] and len(paths) == 2:
        return compare(*paths)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
