"""The faulty examples of the codes: a right fragment replaced by a wrong one, and what is said of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from certif_rules.errors import Issue
from certif_rules.services.validation import validate
from certif_rules.source.yaml import read_bytes

EXEMPLES = Path(__file__).parent / "exemples"
ACCUEIL = EXEMPLES / "accueil"
#: What each group of them is called.
GROUPES = {
    "ecriture": "L’écriture",
    "forme": "La forme",
    "sens": "Le sens",
    "remarques": "Ce qui n’est sans doute pas voulu",
}


def fautes() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each group, with each of its faults."""
    for groupe in GROUPES:
        path = EXEMPLES / "fautes" / f"{groupe}.yaml"
        yield from ((groupe, faute) for faute in read_bytes(path.read_bytes(), path.name)["fautes"])


def spoil(folder: Path, faute: dict[str, Any]) -> Path:
    """Copy the right référentiel, put the fault in, return the file."""
    copy = folder / "accueil"
    if not copy.exists():
        shutil.copytree(ACCUEIL, copy)
    path = copy / faute["dans"]
    if "juste" not in faute:
        path.parent.mkdir(exist_ok=True)
        path.write_text(faute["faux"] + "\n", encoding="utf-8")
        return path
    text = path.read_text(encoding="utf-8")
    juste, faux = (_as_placed(text, faute["juste"], faute[key]) for key in ("juste", "faux"))
    assert text.count(juste) == 1, f"{faute['code']}: the right fragment is there {text.count(juste)} times"
    path.write_text(text.replace(juste, faux), encoding="utf-8")
    return path


def _as_placed(text: str, juste: str, fragment: str) -> str:
    """A fragment with the indentation of the place where the right one starts."""
    first = juste.splitlines()[0]
    line = next(line for line in text.splitlines() if first in line)
    margin = " " * (len(line) - len(line.lstrip()))
    head, *others = fragment.split("\n")
    return "\n".join([head, *(margin + other if other else other for other in others)])


def told(folder: Path, faute: dict[str, Any]) -> tuple[list[Issue], Path]:
    """What `valider` says of the fault, remarks too; that no revision declares it goes without saying."""
    path = spoil(folder, faute)
    validation = validate([folder / "accueil"], [], here=folder / "accueil")
    issues = [*validation.problemes, *validation.remarques]
    free = {"empreinte-inconnue"} - {faute["code"]}
    return [issue for issue in issues if issue.code not in free], path


# ---- the page of the faults ------------------------------------------------------------------------------

DOCS = Path(__file__).parent.parent / "docs"
#: The page that shows them; `python tests/exemples_fautes.py` writes it, and a test holds it to what is told.
PAGE = DOCS / "fautes.md"
_TETE = """\
# Les fautes, une par une

Pour chaque code que `certif-rules valider` dit des données d’un référentiel : la règle, un mauvais exemple
avec ce qui en est dit, et le bon. Les exemples sont ceux de nos essais : chacun gâte un endroit d’un référentiel fictif
(`tests/exemples/accueil`), juste par ailleurs.
Les autres codes sont dans [codes.md](codes.md).
"""


def rows() -> dict[str, list[str]]:
    """What the page of codes says of each: its meaning, an example, what to do."""
    text = (DOCS / "codes.md").read_text(encoding="utf-8")
    lines = [line[2:-2] for line in text.splitlines() if line.startswith("| `")]
    cells = [re.split(r"(?<!\\) \| ", line) for line in lines]
    return {row[0].strip("`"): row[1:] for row in cells if len(row) == 4}


def section(faute: dict[str, Any], issues: list[Issue]) -> str:
    """What the page says of one fault."""
    sens, _, faire = rows()[faute["code"]]
    first = next(issue for issue in issues if issue.code == faute["code"])
    said = f"{first.location}: {first.code}: {first.message}"
    parts = [
        f"### `{faute['code']}`\n",
        f"{sens[0].upper()}{sens[1:]}. À faire : {faire}.\n",
        f"Faux, dans `{faute['dans']}` :\n",
        f"```yaml\n{faute['faux']}\n```\n",
        f"```\n{said}\n```\n",
    ]
    if "juste" in faute:
        parts += ["Juste :\n", f"```yaml\n{faute['juste']}\n```\n"]
    return "\n".join(parts)


def page() -> str:
    """The whole page, each fault told anew."""
    text, last = _TETE, None
    for groupe, faute in fautes():
        if groupe != last:
            text, last = f"{text}\n## {GROUPES[groupe]}\n", groupe
        with TemporaryDirectory() as folder:
            issues, _ = told(Path(folder), faute)
        text += f"\n{section(faute, issues)}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
