"""Time and memory of a long audit report: every line of a label seen at twelve sites, in each page format.

Each format has a process of its own, so that its peak of memory is its own. A report of half the sites is
made too: twice the sites should take about twice the time. A PDF is laid out whole, which makes it one tagged
document: its memory grows with its pages, and what a page costs is watched.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FORMATS = ("html", "docx", "pdf")
#: The longest time accepted for the whole report, in seconds.
SECONDS = 20.0
#: How much more memory than half of it a report takes; of a PDF, the megabytes of one more page.
GROWTH, PAGE = 1.35, 4.0

MESURE = """\
import json, sys, time
from certif_rules.cli import run
start = time.perf_counter()
assert run(json.loads(sys.argv[1])) == 0
seconds = time.perf_counter() - start
try:
    import resource
    # A PDF is laid out by a child, while its parent waits: both count.
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    peak = sum(peaks) // (1 if sys.platform != "darwin" else 1024)
except ImportError:
    peak = 0
print(json.dumps([seconds, peak]))
"""
PHRASE = (
    "Le dossier examiné contient la convention signée, le programme remis avant l’entrée en formation, les"
    " feuilles d’émargement et l’évaluation de fin ; l’entretien avec l’équipe confirme ce qui y est écrit."
)


def findings(sites: int) -> dict[str, Any]:
    """Return findings on the whole label: each line has one, and what was seen of it at each site."""
    organisme: dict[str, Any] = {
        "nom": "Organisme d’exemple",
        "categories": ["AF", "BC", "VAE", "CFA"],
        "faits": {"certifiante": True, "sous_traitance": True, "formation_a_distance": True,
                  "plus_de_deux_jours": True, "alternance": True},
        "sites": [{"id": f"S{n}", "commune": f"Commune {n}"} for n in range(1, sites + 1)],
    }  # fmt: skip
    head: dict[str, Any] = {
        "format": 1,
        "referentiel": "certifregion",
        "audit": {"type": "initial", "date": "2024-03-18", "mode": "sur site"},
        "organisme": organisme,
    }
    lines = _checklist(head)
    entries = []
    for number, line in enumerate(lines):
        gap = number % 4 == 0 and "nc_majeure" in line["constats_permis"]
        entries.append({
            "id": line["id"],
            "constat": "nc_majeure" if gap else "conforme",
            "commentaire": PHRASE,
            "preuves_vues": [f"Pièce {line['numero']}"],
            "par_site": [
                {"site": site["id"], "commentaire": PHRASE, "echantillons": [f"D{k}" for k in range(3)],
                 "preuves_vues": [f"Pièce {line['numero']}-{site['id']}-{k} : {PHRASE}" for k in range(4)]}
                for site in organisme["sites"]
            ],
        })  # fmt: skip
    return head | {"ecarts_notifies_le": "2024-03-29", "constats": entries}


def _checklist(head: dict[str, Any]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "certif_rules", "checklist", "--profil", "-", "--format", "json"]
    done = subprocess.run(command, input=json.dumps(head).encode(), capture_output=True, check=True)
    lines: list[dict[str, Any]] = json.loads(done.stdout)["lignes"]
    return [line for line in lines if line["etat"] in ("a_auditer", "a_confirmer")]


def measure(path: Path, format_: str) -> tuple[float, int, Path]:
    """Seconds and peak of memory (kB; 0 where the system does not say) of one report, and where it is."""
    output = path.with_name(f"{path.stem}.{format_}")
    arguments = ["rapport", str(path), "-o", str(output), "--remplacer"]
    command = [sys.executable, "-c", MESURE, json.dumps(arguments)]
    env = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(command, capture_output=True, check=True, env=env)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak, output


def pages(path: Path) -> int | None:
    """Return the pages of a PDF, where a library can count them."""
    try:
        from pypdf import PdfReader
    except ImportError:
        return None
    return len(PdfReader(path).pages)


def main() -> int:
    """Measure and print; 1 with ``--seuils`` when an aim is missed, else 0."""
    parser = argparse.ArgumentParser(description="Temps et mémoire d’un long rapport d’audit.")
    parser.add_argument("--sites", type=int, default=12, help="nombre de sites (12)")
    parser.add_argument("--seuils", action="store_true", help="échouer quand un seuil visé est dépassé")
    options = parser.parse_args()
    held = True
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for sites in (options.sites // 2, options.sites):
            files[sites] = Path(folder) / f"constats-{sites}.json"
            files[sites].write_text(json.dumps(findings(sites)), encoding="utf-8")
        lines = len(json.loads(files[options.sites].read_text(encoding="utf-8"))["constats"])
        print(
            f"{lines} lignes, {options.sites} sites",
            f"{'':6}{'temps':>9}{'mémoire':>12}{'moitié':>9}{'':>12}",
            sep="\n",
        )
        for format_ in FORMATS:
            half, whole = (measure(path, format_) for path in files.values())
            count, before = (pages(m[2]) if format_ == "pdf" else None for m in (whole, half))
            each = (whole[1] - half[1]) / 1024 / (count - before) if count and before else 0.0
            more = f", {count} pages, {each:.1f} Mo la page".replace(".", ",") if count else ""
            memory = [f"{peak / 1024:.0f} Mo" if peak else "–" for peak in (whole[1], half[1])]
            print(f"{format_:6}{whole[0]:7.1f} s{memory[0]:>12}{half[0]:7.1f} s{memory[1]:>12}{more}")
            light = each <= PAGE if count else whole[1] <= half[1] * GROWTH
            held = held and whole[0] <= SECONDS and light
    return int(options.seuils and not held)


if __name__ == "__main__":
    sys.exit(main())
