"""The tutorial as the tests read it: its blocks, and the plugin whose real files it prints."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXEMPLE = ROOT / "docs" / "exemples" / "label-fictif"
DONNEES = EXEMPLE / "certif_rules_label_fictif" / "donnees"
#: The page; `python tests/tutoriel.py` prints the plugin’s files in it anew, and a test holds it to them.
PAGE = ROOT / "docs" / "tutoriel.md"
#: A block of any kind; a file printed whole stands under its name.
BLOC = re.compile(
    r"^(?:\*\*`(?P<nom>[^`]+)`\*\*\n\n)?```(?P<sorte>\w*)\n(?P<texte>.*?)^```$", re.MULTILINE | re.DOTALL
)
#: What the page asks to do by hand, once digests are written: a line to take off the files of a name.
OTER = re.compile(r"^Puis ôter la ligne `(?P<ligne>.+)` de chaque `(?P<nom>.+)`", re.MULTILINE)
_EMPREINTE = re.compile(r"sha256:[0-9a-f]{64}")


def files() -> list[str]:
    """The files of the plugin, by their names in its folder."""
    kinds = {".yaml", ".toml", ".py", ".md"}
    names = (path.relative_to(EXEMPLE).as_posix() for path in EXEMPLE.rglob("*") if path.suffix in kinds)
    return sorted(name for name in names if not name.startswith("."))


def real(name: str) -> str:
    """A file of the plugin as it is written before its layer is published: a draft, without digests."""
    text = _EMPREINTE.sub("sha256:a-calculer", (EXEMPLE / name).read_text(encoding="utf-8"))
    return f"{text}brouillon: true\n" if name.endswith("/couche.yaml") else text


def anew(page: str) -> str:
    """The page with each file that it prints whole as it now is."""

    def block(found: re.Match[str]) -> str:
        name = found["nom"]
        return found[0] if name is None else f"**`{name}`**\n\n```{found['sorte']}\n{real(name)}```"

    return BLOC.sub(block, page)


if __name__ == "__main__":
    PAGE.write_text(anew(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
