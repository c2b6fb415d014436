"""Time and memory that a long document takes in each format: 44 lines on 12 sites, some 200 pages.

Each format has a process of its own: the peak is that of its library too. One run, on one machine.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from importlib import import_module

from certif_rules.blocs.arbre import (
    Bloc,
    Case,
    Document,
    Encadre,
    Fiche,
    Morceau,
    Paragraphe,
    Signature,
    Tableau,
    Titre,
)

FORMATS = {"html": "page", "docx": "docx", "pdf": "pdf"}
LIGNES, SITES = 44, 12
CONSTATS = ("Conforme", "Non-conformité mineure", "Non-conformité majeure", "Non applicable")
NOTE = (
    "Les programmes ont été vus sur le site et dans les dossiers D-01 à D-07 ; deux d’entre eux ne portent"
    " pas la date de leur dernière mise à jour, ce que la responsable explique par un changement d’outil en"
    " cours d’année. "
)


def blocks(site: int) -> list[Bloc]:
    """Return the chapter of a site: what was found on each line, and a sheet for one line in four."""
    rows = tuple(
        (
            str(n),
            (Morceau(f"Ligne {n}\n", "fort"), Morceau(NOTE * (2 + (n + site) % 4))),
            Case(choix=CONSTATS, cochee=CONSTATS[(n * site) % 3]),
            NOTE * (1 + n % 3),
        )
        for n in range(1, LIGNES + 1)
    )
    made: list[Bloc] = [
        Titre(texte=f"Site {site}", niveau=2, ancre=f"site-{site}", nouvelle_page=True),
        Encadre(titre="Échantillon", texte="Un audit porte sur un échantillon."),
        Paragraphe(texte=NOTE * 6),
        Tableau(
            legende=f"Constats du site {site}",
            tetes=("N°", "Preuves", "Constat", "Commentaire"),
            lignes=rows,
            largeurs=(8, 80, 36, 52),
        ),
    ]
    for n in range(1, LIGNES + 1, 4):
        made.append(Titre(texte=f"Écart sur la ligne {n}", niveau=3))
        made.append(
            Fiche(legende=f"Fiche {site}-{n}", rangs=tuple((f"Rubrique {i}", NOTE) for i in range(9)))
        )
    return [*made, Signature(role="Évaluation"), Signature(role="Décision")]


def long_document() -> Document:
    """Return all the chapters."""
    return Document(
        titre="Rapport d’audit",
        sous_titre="Organisme d’exemple",
        sujet="Mesure",
        date="2024-03-01",
        pied="Rapport d’audit – Organisme d’exemple",
        sommaire=True,
        blocs=tuple(block for site in range(1, SITES + 1) for block in blocks(site)),
    )


def measure(format_: str) -> str:
    """Return a row of the table: seconds, peak memory, size, pages where they can be counted."""
    document = long_document()
    render = import_module(f"certif_rules.documents.formats.{FORMATS[format_]}").render
    before = _peak()
    start = time.perf_counter()
    content = render(document)
    seconds = time.perf_counter() - start
    pages = content.count(b"/Type/Page/") or content.count(b"/Type/Page\n") if format_ == "pdf" else 0
    size = f"{len(content) / 1e6:.1f}".replace(".", ",")
    return (
        f"{format_:6}{seconds:8.1f} s{_peak():8.0f} Mo (dont {before:.0f} avant){size:>8} Mo"
        + (f"{pages:6} pages" if pages else "")
    ).replace(".", ",")


def _peak() -> float:
    """Peak memory of this process in megabytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> int:
    """Measure each format in a process of its own, and print."""
    parser = argparse.ArgumentParser(description="Temps et mémoire d’un long document.")
    parser.add_argument("formats", nargs="*", choices=[*FORMATS, []], help="html, docx, pdf (tous)")
    parser.add_argument("--ici", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    for format_ in options.formats or FORMATS:
        if options.ici:
            print(measure(format_))
        else:
            done = subprocess.run([sys.executable, __file__, "--ici", format_], check=False)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
