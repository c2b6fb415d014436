"""A copy of the package whose table has three columns more: what it writes, filled, then read back.

Run as a program with that copy on its path (:func:`answers`), it never meets the package under test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from formules import Classeur

ICI = Path(__file__).resolve().parent
ROOT = ICI.parent

#: The columns added before « Constat », by field: how each is filled, its title, what is typed, what is read.
AJOUTS: Mapping[str, tuple[str, str, str, Any]] = {
    "salle": ("texte", "Salle", "Bâtiment B, voir a.b@exemple.fr", "Bâtiment B, voir a.b@exemple.fr"),
    "entendus": ("liste", "Entendus", "Accueil\nDirection", ["Accueil", "Direction"]),
    "vu_le": ("jour", "Vu le", "2025-09-01", "2025-09-01"),
}
#: What is typed of the lines of the grid, of its check, and when the findings are notified.
SAISIE: Mapping[str, Mapping[str, str]] = {
    "qualiopi/1": {"Constat": "Non-conformité mineure", "Commentaire": "Tarifs absents"},
    "qualiopi/4": {"Constat": "Non-conformité majeure", "Commentaire": "Aucune analyse"},
    "qualiopi/11": {"Constat": "Conforme"},
}
VERIFICATIONS: Mapping[str, Mapping[str, str]] = {
    "verification:affichage_certificat": {"Constat": "Non satisfaite", "Commentaire": "Absent du site"}
}
NOTIFIES = date(2025, 9, 10)
ECARTS = ("1", "4", "V1")
#: What the workbook then computes, by sheet: the counters, the day of each gap and of each row.
COMPTEURS: Mapping[str, int] = {
    "Lignes à auditer": 14,
    "Lignes à auditer, sans constat": 11,
    "Lignes à confirmer, sans constat": 0,
    "Vérifications à faire": 0,
    "Conforme": 1,
    "Non-conformité mineure": 1,
    "Non-conformité majeure": 2,
    "Non applicable": 0,
}
ECHEANCES: Mapping[str, tuple[str, date]] = {
    "1": ("Non-conformité mineure", date(2026, 3, 10)),
    "4": ("Non-conformité majeure", date(2025, 12, 10)),
    "V1": ("Non satisfaite", date(2025, 12, 10)),
}


def extended(folder: Path) -> Path:
    """Copy the package into ``folder`` and add the columns, as their author would: in three files."""
    ignored = shutil.ignore_patterns("__pycache__")
    package = Path(shutil.copytree(ROOT / "certif_rules", folder / "certif_rules", ignore=ignored))
    schemas = Path(shutil.copytree(ROOT / "schemas", folder / "schemas"))
    rows = "".join(
        f"    Colonne(titre={titre!r}, largeur=12, champ={champ!r}, genre={genre!r},"
        f" libelle={titre.lower()!r}, verification=10),\n"
        for champ, (genre, titre, _, _) in AJOUTS.items()
    )
    _insert(package / "colonnes.py", rows, before="    CONSTAT,\n")
    types = {"liste": "tuple[str, ...] = ()"}
    fields = "".join(
        f"    {champ}: {types.get(genre, 'str | None = None')}\n" for champ, (genre, *_) in AJOUTS.items()
    )
    _insert(package / "audit" / "constats.py", fields, before="    leve_le: str | None = None\n")
    path = schemas / "constats.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    known = schema["$defs"]["releve"]["properties"]
    models = {"texte": "commentaire", "liste": "preuves_vues", "jour": "evalue_le"}
    known |= {champ: known[models[genre]] for champ, (genre, *_) in AJOUTS.items()}
    path.write_text(json.dumps(schema), encoding="utf-8")
    return folder


def _insert(path: Path, text: str, *, before: str) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count(before) == 1, f"{before!r} in {path.name}"
    path.write_text(source.replace(before, text + before), encoding="utf-8")


def answers(house: Path, folder: Path) -> dict[str, Any]:
    """Run this file over the package of ``house``: its grids are left in ``folder``, its answers returned."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(house), str(ICI)])}
    command = [sys.executable, "-X", "utf8", str(ICI / "colonnes.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=env, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def check_values(classeur: Classeur) -> None:
    """Assert that the formulas of the workbook, filled as said above, give what an auditor must see."""
    counters = classeur.labelled("Contexte")
    assert {label: counters[label] for label in COMPTEURS} == COMPTEURS
    gaps = {row["Indicateur"]: row for row in classeur.rows("Écarts") if row["Indicateur"]}
    assert {n: (row["Constat"], row["À traiter avant le"]) for n, row in gaps.items()} == ECHEANCES
    rows = {row["Indicateur"]: row for row in classeur.rows("Grille")}
    rows |= {row["N°"]: row for row in classeur.rows("Vérifications")}
    days = {n: row["Échéance de traitement"] for n, row in rows.items()}
    assert {n: day for n, day in days.items() if day} == {n: day for n, (_, day) in ECHEANCES.items()}


def _grids(folder: Path) -> dict[str, Any]:
    """Write the grid in every format, fill it, and read it back: the findings of each, by line and field."""
    from grilles import FORMATS, SURVEILLANCE, atelier, exported_form, filled, follow_xlsx, grille
    from msgspec.structs import asdict

    import certif_rules
    from certif_rules.audit.constats import Dossier
    from certif_rules.echanges.constats import write_dossier
    from certif_rules.formulaires import checklist as formulaire
    from certif_rules.grilles import xlsx
    from certif_rules.personnes.pseudonymes import pseudonymised
    from certif_rules.services.lecture import read_grids

    def by_line(dossier: Dossier) -> dict[str, Any]:
        releves = (asdict(releve) for releve in (*dossier.releves, *dossier.verifications))
        return {r["ligne"]: {k: v for k, v in r.items() if k not in ("lieu", "lieux")} for r in releves}

    checklist = grille(**SURVEILLANCE)
    saisie = {**SAISIE, "qualiopi/1": SAISIE["qualiopi/1"] | {t: typed for _, t, typed, _ in AJOUTS.values()}}
    (folder / "audit.html").write_bytes(formulaire.render(checklist))
    (folder / "vide.xlsx").write_bytes(xlsx.render(checklist))
    paths = {suffix: filled(checklist, suffix, saisie, folder) for suffix in FORMATS}
    paths["xlsx"].write_bytes(
        follow_xlsx(paths["xlsx"].read_bytes(), notified=NOTIFIES, gaps=ECARTS, checks=VERIFICATIONS)
    )
    paths["formulaire"] = exported_form(checklist, saisie, folder)
    dossiers = {name: read_grids(atelier(), [path]).dossier for name, path in paths.items()}
    (folder / "constats.json").write_bytes(write_dossier(dossiers["ods"]))
    dossiers["constats"] = read_grids(atelier(), [folder / "constats.json"]).dossier
    return {
        "package": str(Path(certif_rules.__file__).parent),
        "lus": {name: by_line(dossier) for name, dossier in dossiers.items()},
        "pseudonymise": by_line(pseudonymised(dossiers["ods"])),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_grids(Path(sys.argv[1])), default=list))
