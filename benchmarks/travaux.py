"""Our own work, measured by itself in a process of its own: ``python travaux.py NAME …`` writes JSON.

Times are seconds of processor. Plugins made for a measure are found through ``PYTHONPATH``, compiled layers
where the environment says (:mod:`chronos`).
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from chronos import seconds
from synthetiques import CATEGORIES, FAITS, JOUR

from certif_rules.audit import partage
from certif_rules.audit.checklist import Checklist
from certif_rules.audit.demande import Demande, FaitDit
from certif_rules.echanges.checklist import render
from certif_rules.rules.contexte import Contexte, Organisme
from certif_rules.services.atelier import open_atelier
from certif_rules.services.checklist import build, make_checklist

#: The request of the grids, in words that shipped référentiels know.
GRILLE = Demande(referentiel="certifregion", type_audit="initial", date=JOUR, categories=("AF",))
#: The first day of the edition that is asked day after day.
PREMIER = date(2023, 1, 1)


def checklist_of(nom: str) -> Checklist:
    """Return the initial audit of a made-up référentiel, some facts known."""
    faits = (FaitDit(FAITS[0], None, valeur=True), FaitDit(FAITS[1], None, valeur=False))
    demande = Demande(
        referentiel=nom, type_audit="initial", date=JOUR, categories=CATEGORIES[:2], faits=faits
    )
    return make_checklist(open_atelier().registry, demande)


def nist(turns: int) -> dict[str, Any]:
    """Measure the profile of NIST: loaded, answered once, as JSON, then both again."""
    contexte = Contexte(
        type_audit="nist/moderate", date=date.fromisoformat(JOUR), organisme=Organisme(categories=("SI",))
    )
    times: dict[str, Any] = {"tout": [], "premiere": [], "encore": [], "json": []}
    checklist, content = None, b""
    for _ in range(turns):
        start = time.process_time()
        resolution = open_atelier().registry.resolve("nist", day=JOUR)
        loaded = time.process_time()
        checklist = build(resolution, contexte)
        answered = time.process_time()
        content = render(checklist)
        written = time.process_time()
        again = seconds(lambda: render(build(resolution, contexte)))  # noqa: B023 - called at once
        times["tout"].append(answered - start)
        times["premiere"].append(answered - loaded)
        times["json"].append(written - answered)
        times["encore"].append(again)
        partage._PARTAGES.clear()
    assert checklist is not None
    due = sum(ligne.etat == "a_auditer" for ligne in checklist.lignes)
    return {**times, "lignes": len(checklist.lignes), "dues": due, "octets": len(content)}


def contextes(number: int, turns: int) -> dict[str, list[float]]:
    """Measure checklists, then their JSON, a second of processor; each context is another."""
    from partage import drawn, rate

    resolution = open_atelier().registry.resolve("certifregion", day=JOUR)
    chance = random.Random(7)  # noqa: S311 - draws examples, the same each time
    ways: dict[str, Callable[[Contexte], object]] = {
        "checklists": lambda contexte: build(resolution, contexte),
        "json": lambda contexte: render(build(resolution, contexte)),
    }
    return {
        nom: [rate(way, [drawn(resolution.referentiel, chance) for _ in range(number)]) for _ in range(turns)]
        for nom, way in ways.items()
    }


def jours(number: int) -> dict[str, float]:
    """Measure the memory, in MB, after one day, then after ``number`` days of one référentiel."""
    registry = open_atelier().registry
    after: dict[int, float] = {}
    for rank in range(number):
        day = PREMIER + timedelta(days=rank)
        resolution = registry.resolve("certifregion", day=day.isoformat())
        contexte = Contexte(
            type_audit="certifregion/initial",
            date=day,
            organisme=Organisme(categories=tuple(resolution.referentiel.categories)),
        )
        build(resolution, contexte)
        after[rank] = memory()
    return {"un": after[0], "tous": after[number - 1]}


def memory() -> float:
    """Return the most memory that this process has had, in MB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.is_file():  # Linux, whose getrusage counts the process that started this one too
        return float(next(line.split()[1] for line in status.open() if line.startswith("VmHWM"))) / 1e3
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def cellules(path: str, turns: int) -> dict[str, Any]:
    """Measure the grid as XLSX; leave in ``path`` the calls made of XlsxWriter, for it to make alone."""
    from certif_rules.grilles import xlsx

    checklist = make_checklist(open_atelier().registry, GRILLE)
    calls = recorded(lambda: xlsx.render(checklist))
    Path(path).write_text(json.dumps(calls, ensure_ascii=False), encoding="utf-8")
    times = [seconds(lambda: xlsx.render(checklist)) for _ in range(turns + 1)][1:]
    return {"secondes": times, "octets": len(xlsx.render(checklist))}


def recorded(action: Callable[[], object]) -> list[Any]:  # noqa: C901 - one recorder, its four closures
    """Return the calls that an action makes of XlsxWriter, as data: -1 for the book, else the sheet."""
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    calls: list[Any] = []
    formats: dict[int, int] = {}
    sheets: dict[int, int] = {}
    depth = 0

    def plain(value: Any) -> Any:
        if isinstance(value, Format):
            return {"format!": formats[id(value)]}
        if isinstance(value, datetime):
            return {"date!": value.isoformat()}
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return value

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(self: Any, *arguments: Any, **options: Any) -> Any:
            nonlocal depth
            if depth == 0:
                given = arguments[:1] if name == "add_worksheet" else arguments  # its class is our own
                calls.append([sheets.get(id(self), -1), name, [plain(a) for a in given], plain(options)])
            depth += 1
            try:
                result = function(self, *arguments, **options)
            finally:
                depth -= 1
            if name == "add_format" and depth == 0:
                formats[id(result)] = len(formats)
            if name == "add_worksheet":
                sheets[id(result)] = len(sheets)
            return result

        return call

    def opened(self: Any, _out: object, *arguments: Any, **options: Any) -> None:
        nonlocal depth
        calls.append([-1, "Workbook", [plain(a) for a in arguments], plain(options)])
        depth += 1
        begin(self, _out, *arguments, **options)
        depth -= 1

    begin = xlsxwriter.Workbook.__init__
    with contextlib.ExitStack() as stack:
        for kind in (xlsxwriter.Workbook, Worksheet):
            for name, function in list(vars(kind).items()):
                if not name.startswith("_") and inspect.isfunction(function):
                    stack.callback(setattr, kind, name, function)
                    setattr(kind, name, watched(name, function))
        stack.callback(setattr, xlsxwriter.Workbook, "__init__", begin)
        xlsxwriter.Workbook.__init__ = opened
        action()
    return calls


def denombrement(code: str, number: int, turns: int) -> dict[str, float]:
    """Measure organisations counted a second, by columns and by the engine."""
    from denombrement import rates

    debits = rates(open_atelier().registry, "qualiopi", code, number, turns)
    return {"colonnes": debits.colonnes, "moteur": debits.moteur}


def grilles(turns: int) -> dict[str, Any]:
    """Measure how many filled grids are read a second of processor."""
    from openpyxl import load_workbook

    from certif_rules.grilles import xlsx
    from certif_rules.grilles.feuilles import COLONNES
    from certif_rules.services.lecture import read_grids

    registry = open_atelier().registry
    checklist = make_checklist(registry, GRILLE)
    titles = {c.id: c.titre for c in checklist.referentiel.constats.values()}
    book = load_workbook(io.BytesIO(xlsx.render(checklist)), rich_text=True)
    names = [*COLONNES]
    for row, ligne in enumerate(checklist.lignes, start=2):
        if ligne.etat == "a_auditer":
            book["Grille"].cell(row, names.index("Constat") + 1).value = titles[ligne.constats_permis[0]]
            book["Grille"].cell(row, names.index("Commentaire") + 1).value = "Vu dans les dossiers 1 à 7."
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "grille.xlsx")
        book.save(path)
        times = [seconds(lambda: read_grids(registry, [path])) for _ in range(turns + 1)]
    return {"secondes": times[1:]}


def croissance(nom: str) -> dict[str, float]:
    """Measure each step of a made-up référentiel: loaded compiled, its checklist, its JSON, its grid."""
    from certif_rules.grilles import xlsx

    open_atelier().registry.resolve("qualiopi", day=JOUR)
    xlsx.render(make_checklist(open_atelier().registry, GRILLE))
    made: list[Any] = []
    times = {"compile": seconds(lambda: open_atelier().registry.resolve(nom, day=JOUR))}
    times["checklist"] = seconds(lambda: made.append(checklist_of(nom)))
    times["json"] = seconds(lambda: render(made[0]))
    times["memoire"] = memory()
    times["xlsx"] = seconds(lambda: xlsx.render(made[0]))
    return times


def chargement(nom: str) -> dict[str, float]:
    """Measure the reading of a référentiel; from its YAML or compiled, as the environment says.

    What reads is imported before: another référentiel was read. A process reads each file once.
    """
    open_atelier().registry.resolve("qualiopi", day=JOUR)
    return {"secondes": seconds(lambda: open_atelier().registry.resolve(nom, day=JOUR))}


def validation(dossier: str) -> dict[str, Any]:
    """Measure the checking of a folder of layers, as ``valider`` does it.

    Raises:
        RuntimeError: something was wrong in it.
    """
    return {"secondes": _command("valider", dossier)}


def _command(*arguments: str) -> float:
    """Return the seconds of a command in this process.

    Raises:
        RuntimeError: it failed.
    """
    from certif_rules.cli import run

    status: list[int] = []
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        taken = seconds(lambda: status.append(run([*arguments])))
    if status != [0]:
        raise RuntimeError(said.getvalue())
    return taken


TRAVAUX: dict[str, Callable[..., dict[str, Any]]] = {
    "nist": lambda turns: nist(int(turns)),
    "contextes": lambda number, turns: contextes(int(number), int(turns)),
    "jours": lambda number: jours(int(number)),
    "cellules": lambda path, turns: cellules(path, int(turns)),
    "denombrement": lambda code, number, turns: denombrement(code, int(number), int(turns)),
    "grilles": lambda turns: grilles(int(turns)),
    "croissance": croissance,
    "chargement": chargement,
    "validation": validation,
}

if __name__ == "__main__":
    json.dump(TRAVAUX[sys.argv[1]](*sys.argv[2:]), sys.stdout)
