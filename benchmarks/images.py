"""The pictures of the documentation, made again: each document is written, printed and taken as a PNG.

``uv run python benchmarks/images.py [NOM…]`` makes them all, or those named, in ``docs/images``. LibreOffice,
Chromium, poppler and ImageMagick do what a reader’s machine does; their fonts decide of the details, so the
pictures are looked at, and no test compares them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from vues import VUES

RACINE = Path(__file__).resolve().parent.parent
IMAGES = RACINE / "docs" / "images"
#: The heaviest picture accepted, in bytes.
POIDS: Final = 300_000
OUTILS: Final = {
    "soffice": "LibreOffice",
    "chromium": "Chromium",
    "pdftoppm": "poppler (poppler-utils)",
    "convert": "ImageMagick",
}
CHROMIUM = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

# ---- what the documents are about -----------------------------------------------------------------------

FAITS = {"sous_traitance": True, "plus_de_deux_jours": True, "certifiante": False, "alternance": False,
         "situation_travail": False}  # fmt: skip
ORGANISME: dict[str, Any] = {
    "nom": "Organisme d’exemple",
    "siren": "123456782",
    "categories": ["AF"],
    "faits": FAITS | {"nouvel_entrant": False, "formation_a_distance": True},
    "sites": [{"id": "S1", "commune": "Toulouse", "region": "Occitanie"}, {"id": "S2", "commune": "Albi"}],
}
INITIAL: dict[str, Any] = {
    "format": 1,
    "referentiel": "certifregion",
    "audit": {"type": "initial", "date": "2024-03-18", "mode": "sur_site"},
    "organisme": ORGANISME,
}
SURVEILLANCE: dict[str, Any] = {
    "format": 1,
    "referentiel": "qualiopi",
    "audit": {"type": "surveillance", "date": "2025-09-01", "mode": "sur_site"},
    "organisme": ORGANISME | {"faits": FAITS | {"nouvel_entrant": False}},
    "precedent": {
        "type": "initial",
        "date": "2024-03-18",
        "constats": {"2": "nc_mineure", "30": "nc_mineure"},
        "leves": ["2"],
    },
}
DITS: dict[str, dict[str, Any]] = {
    "qualiopi/1": {"constat": "nc_mineure", "commentaire": "Deux tarifs sur cinq ne sont pas publiés.",
                   "evalue_par": "A. B.",
                   "ecart": {"causes": "Page des tarifs oubliée lors de la refonte du site.",
                             "correction": "Tarifs publiés.",
                             "action_corrective": "Relecture du site avant chaque mise en ligne.",
                             "preuve": "Capture du 20 septembre 2025.", "plan_recu_le": "2025-09-22",
                             "plan_accepte_le": "2025-09-24"}},
    "qualiopi/30": {"constat": "nc_majeure", "evalue_par": "A. B.",
                    "commentaire": "Les appréciations des financeurs ne sont toujours pas recueillies."},
}  # fmt: skip
COMPTE_RENDU: dict[str, Any] = {
    "ecarts_notifies_le": "2025-09-10",
    "objectifs": ["Vérifier que l’organisme continue de satisfaire au référentiel."],
    "seances": [{"date": "2025-09-01", "site": "S1", "mode": "sur site", "debut": "09:00", "fin": "17:30"}],
    "personnes": [
        {"role": "Responsable d’audit", "initiales": "A. B.", "organisation": "Certificateur d’exemple"},
        {"role": "Personne rencontrée", "initiales": "C. D.", "organisation": "Organisme d’exemple"},
    ],
    "echantillons": [{"id": "ACT", "site": "S1", "population": "48 actions de 2024", "taille": 3,
                      "methode": "tirage au sort", "graine": "7", "liste": ["A-007", "A-019", "A-041"]}],
    "desaccords": [],
    "ecarts_au_plan": [],
    "zones_non_couvertes": ["Le site d’Albi, fermé le jour de l’audit."],
    "diffusion": ["Organisme d’exemple", "Certificateur d’exemple"],
    "confidentialite": "Remis aux seuls destinataires nommés.",
    "suites": [{"le": "2025-10-10", "texte": "Plan d’actions attendu"}],
    "evaluation": {"par": "A. B.", "le": "2025-09-10", "recommandation": "Suspendre."},
}  # fmt: skip
DOSSIER: dict[str, Any] = {
    "format": 1,
    "referentiel": "certifregion",
    "audit": {"type": "complementaire", "date": "2024-01-20"},
    "organisme": {"nom": "Organisme d’exemple", "categories": ["AF"], "sites": ORGANISME["sites"][:1]},
    "certificats": {"qualiopi": {"notification": "2022-11-30", "echeance": "2025-11-30"}},
    "dossier": {
        "depot": "2023-12-04",
        "reponses": {"detention": "qualiopi"},
        "pieces": {
            "egalite_professionnelle": {"fourni_le": "2023-11-20", "forme": "attestation_inscription"},
            "referent_handicap": True,
            "adresse_site": None,
        },
    },
}
CYCLE = ("calendrier", "certifregion", "--evenement", "audit_initial=2023-05-31", "--evenement",
         "comite=2023-08-31")  # fmt: skip


# ---- from a request to a document, from a document to a picture ------------------------------------------


def call(*arguments: str | Path) -> str:
    """Return what the program writes.

    Raises:
        SystemExit: it refused.
    """
    command = [sys.executable, "-m", "certif_rules", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise SystemExit(f"certif-rules {' '.join(map(str, arguments))} a échoué :\n{done.stderr}")
    return done.stdout


def saved(data: dict[str, Any], folder: Path, name: str = "profil.json") -> Path:
    """Write ``data`` as a file that the program reads."""
    path = folder / name
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def findings(folder: Path) -> Path:
    """Return the findings of a surveillance: two gaps, a check that failed, everything else conforming."""
    found = json.loads(call("checklist", "--profil", saved(SURVEILLANCE, folder), "--format", "json"))
    entries = [
        {"id": line["id"], "constat": "conforme", "preuves_vues": [f"Pièce P-{line['numero']}"]}
        | DITS.get(line["id"], {})
        for line in found["lignes"]
        if line["etat"] == "a_auditer"
    ]
    checks = [
        {"id": point["id"], "resultat": "non_satisfaite", "evalue_par": "A. B.",
         "commentaire": "Le certificat est sur le site, mais pas dans les locaux.",
         "preuves_vues": ["Hall d’accueil, vu ce jour"]}
        for point in found["verifications"]
    ]  # fmt: skip
    return saved(
        SURVEILLANCE | COMPTE_RENDU | {"constats": entries, "verifications": checks}, folder, "c.json"
    )


def tool(*command: str | Path) -> None:
    """Run an outside program.

    Raises:
        SystemExit: it failed, with its own words.
    """
    done = subprocess.run(list(map(str, command)), capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} a échoué :\n{done.stderr.decode('utf-8', 'replace')}")


def printed(document: Path, folder: Path) -> Path:
    """Return a document of an office suite as LibreOffice prints it."""
    profile = (folder / "libreoffice").as_uri()
    tool("soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir",
         folder, document)  # fmt: skip
    return document.with_suffix(".pdf")


def pages(pdf: Path, folder: Path, *numbers: int, dpi: int = 90) -> list[Path]:
    """Return these pages, counted from 1, as pictures with a thin border."""
    found = []
    for number in numbers:
        stem = folder / f"page-{number}"
        tool(
            "pdftoppm", "-png", "-singlefile", "-r", str(dpi), "-f", str(number), "-l", str(number), pdf, stem
        )
        found.append(stem.with_suffix(".png"))
        tool("convert", found[-1], "-bordercolor", "#c8c8c8", "-border", "1", found[-1])
    return found


def beside(pictures: list[Path], target: Path) -> None:
    """Pictures side by side, in one file."""
    tool("convert", *pictures, "-bordercolor", "#eeeeee", "-border", "6", "+append", target)


def screen(html: Path, target: Path, folder: Path, width: int, height: int, style: str = "") -> None:
    """Return the top of a page in a browser, ``style`` added to its own."""
    page = html.read_text(encoding="utf-8")
    html.write_text(page.replace("</head>", f"<style>{style}</style></head>"), encoding="utf-8")
    tool("chromium", *CHROMIUM, f"--user-data-dir={folder / 'chromium'}", f"--window-size={width},{height}",
         f"--screenshot={target}", html.as_uri())  # fmt: skip


# ---- one function a picture -----------------------------------------------------------------------------


def _checklist(target: Path, folder: Path) -> None:
    html = folder / "grille.html"
    call("checklist", "--profil", saved(INITIAL, folder), "-o", html)
    screen(html, target, folder, 1120, 640)


def _lignes(target: Path, folder: Path) -> None:
    html = folder / "grille.html"
    call("checklist", "--profil", saved(INITIAL, folder), "-o", html)
    shown = "[aria-labelledby=ligne-certifregion-E], [aria-labelledby=ligne-certifregion-F]"
    style = (
        f"body *:not(:has({shown})):not(:is({shown})):not(:is({shown}) *) {{display: none}} body{{margin: 0}}"
    )
    screen(html, target, folder, 830, 940, style)


def _papier(target: Path, folder: Path) -> None:
    pdf = folder / "grille.pdf"
    call("checklist", "--profil", saved(INITIAL, folder), "-o", pdf)
    beside(pages(pdf, folder, 2, 3, dpi=75), target)


def _papier_docx(target: Path, folder: Path) -> None:
    docx = folder / "grille.docx"
    call("checklist", "--profil", saved(INITIAL, folder), "-o", docx)
    beside(pages(printed(docx, folder), folder, 2, 3, dpi=75), target)


def _workbook(suffix: str) -> Callable[[Path, Path], None]:
    def make(target: Path, folder: Path) -> None:
        book = folder / f"grille.{suffix}"
        call("checklist", "--profil", saved(INITIAL, folder), "-o", book)
        (page,) = pages(printed(book, folder), folder, GRID[suffix], dpi=150)
        tool("convert", page, "-crop", "1700x780+30+50", "+repage", target)

    return make


#: The first page of the grid, after those of the context, in a printed workbook.
GRID: Final = {"xlsx": 2, "ods": 2}


def _report(suffix: str, *numbers: int) -> Callable[[Path, Path], None]:
    def make(target: Path, folder: Path) -> None:
        document = folder / f"rapport.{suffix}"
        call("rapport", findings(folder), "-o", document)
        pdf = printed(document, folder) if suffix == "docx" else document
        beside(pages(pdf, folder, *numbers), target)

    return make


def _fiche(target: Path, folder: Path) -> None:
    pdf = folder / "fiches.pdf"
    call("rapport", findings(folder), "--fiches", "-o", pdf)
    beside(pages(pdf, folder, 1), target)


def _dossier(target: Path, folder: Path) -> None:
    html = folder / "dossier.html"
    call("dossier", "--profil", saved(DOSSIER, folder), "-o", html)
    screen(html, target, folder, 1000, 1070)


def _calendrier(target: Path, folder: Path) -> None:
    """Draw the table of a terminal, in the letters of one."""
    text = call(*CYCLE).replace("&", "&amp;").replace("<", "&lt;")
    html = folder / "calendrier.html"
    html.write_text(f"<!doctype html><head><meta charset=utf-8></head><pre>{text}</pre>", encoding="utf-8")
    style = "body {background: #fdfdfd; margin: 1rem} pre {font: 14px/1.35 monospace}"
    screen(html, target, folder, 760, 735, style)


def _answers(levels: dict[str, Any], made_on: str, folder: Path, name: str) -> Path:
    """Return a self-assessment filled: levels by printed number of a line, the others unanswered."""
    grid = json.loads(call("autodiagnostic", "--profil", saved(INITIAL, folder), "--format", "json"))
    for entry in grid["reponses"]:
        entry["niveau"] = levels.get(entry["numero"])
    return saved(grid | {"fait_le": made_on}, folder, name)


#: Levels of a first self-assessment; the second changes some of them.
NIVEAUX: Final[dict[str, int]] = {
    "1": 3, "2": 2, "4": 2, "5": 1, "6": 2, "8": 1, "9": 2, "10": 1, "11": 0, "17": 2, "18": 1, "19": 3,
    "21": 2, "22": 1, "23": 2, "24": 1, "25": 3, "26": 0, "27": 2, "30": 2, "31": 0, "32": 1, "E": 1, "G": 2,
    "K": 1, "C": 2,
}  # fmt: skip
PLUS_TARD: Final = {"5": 3, "10": 2, "11": 2, "22": 3, "26": 2, "31": 2, "32": 3, "E": 3, "2": 1, "12": 2}


def _autodiagnostic(target: Path, folder: Path) -> None:
    """Draw two pages of the printed synthesis: table and bars, then radar and what to begin with."""
    pdf = folder / "synthese.pdf"
    call("autodiagnostic", "--reponses", _answers(NIVEAUX, "2024-02-01", folder, "r.json"), "-o", pdf)
    beside(pages(pdf, folder, 1, 2, 3, dpi=75), target)


def _evolution(target: Path, folder: Path) -> None:
    """Two self-assessments compared: the pictures, then line by line."""
    pdf = folder / "evolution.pdf"
    before = _answers(NIVEAUX, "2024-02-01", folder, "a.json")
    after = _answers(NIVEAUX | PLUS_TARD, "2024-03-11", folder, "b.json")
    call("autodiagnostic", "--reponses", before, "--reponses", after, "-o", pdf)
    beside(pages(pdf, folder, 2, 3, dpi=75), target)


def _autodiagnostic_formulaire(target: Path, folder: Path) -> None:
    """Draw the form to fill, with a line about health."""
    html = folder / "formulaire.html"
    call("autodiagnostic", "--profil", saved(INITIAL, folder), "-o", html)
    shown = "[aria-labelledby=ligne-qualiopi-26], .barre"
    style = (
        f"body *:not(:has({shown})):not(:is({shown})):not(:is({shown}) *) {{display: none}} body{{margin: 0}}"
        " .page {display: block}"
    )
    _allow(html)
    screen(html, target, folder, 1000, 640, style)


def _allow(html: Path) -> None:
    """Without its policy, which refuses the style that a picture adds."""
    page = html.read_text(encoding="utf-8")
    start = page.index('<meta http-equiv="Content-Security-Policy"')
    html.write_text(page[:start] + page[page.index(">", start) + 1 :], encoding="utf-8")


PICTURES: Final[dict[str, Callable[[Path, Path], None]]] = {
    "checklist": _checklist,
    "lignes": _lignes,
    "papier": _papier,
    "papier-docx": _papier_docx,
    "grille": _workbook("xlsx"),
    "grille-ods": _workbook("ods"),
    "rapport": _report("pdf", 1),
    "rapport-verifications": _report("pdf", 4, 5),
    "rapport-docx": _report("docx", 1, 2),
    "fiche": _fiche,
    "dossier": _dossier,
    "calendrier": _calendrier,
    "autodiagnostic": _autodiagnostic,
    "autodiagnostic-evolution": _evolution,
    "autodiagnostic-formulaire": _autodiagnostic_formulaire,
    **VUES,
}


def main(names: list[str]) -> None:
    """Make these pictures, or all of them.

    Raises:
        SystemExit: a name is unknown, a tool is missing or failed, or a picture is too heavy.
    """
    unknown = [name for name in names if name not in PICTURES]
    if unknown:
        raise SystemExit(f"image inconnue : {', '.join(unknown)} ; connues : {', '.join(PICTURES)}")
    missing = [f"{title} (« {name} »)" for name, title in OUTILS.items() if shutil.which(name) is None]
    if missing:
        raise SystemExit(f"il manque {', '.join(missing)} : l’installer, puis recommencer")
    for name in names or PICTURES:
        target = IMAGES / f"{name}.png"
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            draft = Path(folder) / "image.png"
            PICTURES[name](draft, Path(folder))
            # A palette and no metadata: a few dozen kilobytes, and the same bytes on the same machine.
            palette = ("-define", "png:exclude-chunks=date,time", "+dither", "-colors", "64")
            tool("convert", draft, "-strip", *palette, f"PNG8:{target}")
        size = target.stat().st_size
        print(f"{target.relative_to(RACINE)} : {size // 1000} ko")
        if size > POIDS:
            raise SystemExit(f"{target.name} pèse plus de {POIDS // 1000} ko : en montrer moins")


if __name__ == "__main__":
    main(sys.argv[1:])
