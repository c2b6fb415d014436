"""Build the documentation as a site that a folder holds: no server, no network; only the search is a script.

    python3 .ci/go.py site

The pages are those of ``docs/``; the first is the README. The reference of commands and of keys is written
from the program and its schemas, so that it cannot differ from them. A warning of Sphinx (a link that leads
nowhere, a page that no list has) is an error.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SCHEMAS = ROOT / "schemas"

#: The parts of the site, and their pages in the order in which they are read.
PARTS = {
    "Apprendre": ["tutoriel", "greffons"],
    "Faire": [
        "espace", "espace-ecrans", "ligne-de-commande", "rapport", "calendrier", "dossier",
        "durees-echantillons", "autodiagnostic", "habillage", "population", "python",
    ],
    "Consulter": ["commandes", "format-donnees", "cles", "reponses", "codes", "fautes"],
    "Comprendre": [
        "architecture", "vitesse", "qualiopi", "certifregion", "contribuer", "securite", "changements",
    ],
}  # fmt: skip
#: Pages that stand elsewhere in the repository.
ELSEWHERE = {
    "index": "README.md",
    "qualiopi": "plugins/qualiopi/README.md",
    "certifregion": "plugins/certifregion/README.md",
    "changements": "CHANGELOG.md",
    "contribuer": "CONTRIBUTING.md",
    "securite": "SECURITY.md",
}
ENGLISH = {"architecture"}
#: The schemas of what people write, from what an auditor meets to what a référentiel says of itself.
READ = [
    "profil", "constats", "textes", "correspondance", "reponses", "habillage", "couche", "exigence", "regles",
    "guide", "vie", "cycle", "duree", "echantillon", "dossier", "acteurs", "autodiagnostic", "cas",
    "cascalendrier", "casdossier", "casduree", "casechantillon", "casautodiagnostic", "commun",
]  # fmt: skip
#: The theme's own words that have no translation of its own.
THEME = {
    "On this page": "Sur cette page",
    "Back to top": "Haut de la page",
    "Skip to content": "Aller au contenu",
    "View this page": "Voir la source de cette page",
    "Toggle site navigation sidebar": "Ouvrir ou fermer le plan du site",
    "Toggle table of contents sidebar": "Ouvrir ou fermer le plan de la page",
    "Toggle Light / Dark / Auto color theme": "Changer de thème : clair, sombre, celui du système",
    "Light mode": "Thème clair",
    "Dark mode": "Thème sombre",
    "Auto light/dark, in light mode": "Thème du système, clair",
    "Auto light/dark, in dark mode": "Thème du système, sombre",
    "Navigation Menu": "Plan du site",
    "Made with ": "Fait avec ",
}
#: What the theme’s pages lack for a keyboard and for a screen reader.
MARKUP = {
    'role="heading"': 'role="heading" aria-level="2"',
    '<aside class="sidebar-drawer"': '<aside aria-label="Plan du site" class="sidebar-drawer"',
    '<aside class="toc-drawer': '<aside aria-label="Plan de la page" class="toc-drawer',
    '<div class="table-wrapper': '<div tabindex="0" role="group" class="table-wrapper',
    "<pre>": '<pre tabindex="0">',
}
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")


def links_followed(text: str, origin: Path) -> str:
    """Return the page with each link leading to its place in the site, or plain words where it has none."""
    pages = {ROOT / file: page for page, file in ELSEWHERE.items()}
    pages |= {path: path.stem for path in DOCS.glob("*.md")}

    def follow(link: re.Match[str]) -> str:
        label, target = link.groups()
        if "://" in target or target.startswith("#"):
            return link[0]
        file, mark, anchor = target.partition("#")
        page = pages.get((origin.parent / file).resolve())
        return f"[{label}]({page}.md{mark}{anchor})" if page else label

    return LINK.sub(follow, text)


def copied_pages(folder: Path) -> None:
    """Write the pages of the repository, with their pictures."""
    shutil.copytree(DOCS / "images", folder / "images")
    sources = {path.stem: path for path in DOCS.glob("*.md")}
    sources |= {page: ROOT / file for page, file in ELSEWHERE.items()}
    for page, path in sources.items():
        text = links_followed(path.read_text(encoding="utf-8"), path).replace("](docs/images/", "](images/")
        if page in ENGLISH:
            text = f'<div lang="en">\n\n{text}\n\n</div>\n'
        if page == "index":
            text += "".join(contents(part, pages) for part, pages in PARTS.items())
        (folder / f"{page}.md").write_text(text, encoding="utf-8")


def contents(part: str, pages: list[str]) -> str:
    """Return the list of the pages of a part, which the margin shows."""
    return "\n".join(["", "```{toctree}", ":hidden:", f":caption: {part}", "", *pages, "```", ""])


def commands() -> str:
    """Return the page of all commands, in the words of their own help."""
    from click import Context
    from click.formatting import HelpFormatter

    from certif_rules.cli import COMMANDS, cli

    introduction = (
        "L’aide de chaque commande, telle que `certif-rules COMMANDE --help` l’affiche. "
        "[La ligne de commande](ligne-de-commande.md) dit ce qu’elles font ensemble."
    )
    parts = ["# Les commandes", introduction]
    top = Context(cli, info_name="certif-rules")
    for name in COMMANDS:
        command = cli.get_command(top, name)
        assert command is not None
        context = Context(command, info_name=name, parent=top)
        formatter = HelpFormatter(width=80)
        command.format_help(context, formatter)
        parts += [f"## {name}", f"```text\n{formatter.getvalue().rstrip()}\n```"]
    return "\n\n".join(parts) + "\n"


def kind_of(key: dict[str, Any]) -> str:
    """Return what a value may be, in a few words."""
    if "$ref" in key:
        file, _, name = str(key["$ref"]).partition("#")
        return f"`{name.rpartition('/')[2] or file.removesuffix('.schema.json')}`"
    if "const" in key:
        return f"`{json.dumps(key['const'], ensure_ascii=False)}`"
    if "enum" in key:
        return ", ".join(f"`{value}`" for value in key["enum"])
    for word in ("oneOf", "anyOf"):
        if word in key:
            return " ou ".join(dict.fromkeys(kind_of(part) for part in key[word]))
    names = {
        "string": "texte", "integer": "entier", "number": "nombre", "boolean": "oui ou non",
        "object": "objet", "array": "liste", "null": "rien",
    }  # fmt: skip
    kinds = key.get("type", "")
    text = " ou ".join(names[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind)
    if kinds == "array" and "items" in key:
        text += f" de {kind_of(key['items'])}"
    return text


def table_of_keys(title: str, level: int, schema: dict[str, Any]) -> list[str]:
    """Return the keys of an object as a table: which are required, what they may be, what they say."""
    rows = [
        f"| `{name}`{' *' if name in schema.get('required', ()) else ''} | {kind_of(key)} | "
        f"{str(key.get('description', '')).replace('|', '&#124;')} |"
        for name, key in schema.get("properties", {}).items()
        if isinstance(key, dict)
    ]
    if not rows:
        return []
    words = [schema["description"]] if "description" in schema else []
    table = "\n".join(["| clé | valeur | sens |", "| --- | --- | --- |", *rows])
    return [f"{'#' * level} {title}", *words, table]


def keys(title: str, introduction: str, files: list[Path]) -> str:
    """Return a page of the keys of these schemas; a star marks those that must be there."""
    parts = [f"# {title}", f"{introduction} Une étoile marque ce qui est obligatoire."]
    for path in files:
        schema = json.loads(path.read_text(encoding="utf-8"))
        inner: list[str] = []
        for name, definition in schema.get("$defs", {}).items():
            inner += table_of_keys(f"`{name}`", 3, definition)
        own = table_of_keys(schema["title"], 2, schema)
        parts += own or [
            f"## {schema['title']}",
            *([schema["description"]] if "description" in schema else []),
        ]
        parts += inner
    return "\n\n".join(parts) + "\n"


def generated_pages(folder: Path) -> None:
    """Write the reference that the program itself gives."""
    read = [SCHEMAS / f"{name}.schema.json" for name in READ]
    answers = sorted(set(SCHEMAS.glob("*.json")) - set(read))
    pages = {
        "commandes": commands(),
        "cles": keys(
            "Les clés des fichiers", "Ce que chaque fichier lu peut contenir, d’après son schéma.", read
        ),
        "reponses": keys(
            "Les réponses en JSON", "Ce que chaque commande écrit avec `--format json`.", answers
        ),
    }
    for page, text in pages.items():
        (folder / f"{page}.md").write_text(text, encoding="utf-8")


def build(out: Path) -> int:
    """Build the site into a folder; return Sphinx's status."""
    from sphinx.application import Sphinx

    work = out.parent / f"{out.name}-pages"
    for folder in (work, out):
        shutil.rmtree(folder, ignore_errors=True)
    work.mkdir(parents=True)
    copied_pages(work)
    generated_pages(work)
    settings = {
        "project": "certif-rules",
        "extensions": ["myst_parser"],
        "myst_heading_anchors": 4,
        "language": "fr",
        "html_theme": "furo",
        "html_title": "certif-rules",
        "html_copy_source": False,
        "html_show_sphinx": False,
        "suppress_warnings": ["misc.highlighting_failure"],
    }
    app = Sphinx(
        work, None, out, out.parent / f"{out.name}-index", "html", confoverrides=settings, status=None,
        warningiserror=True, freshenv=True,
    )  # fmt: skip
    app.build()
    for path in out.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for english, french in THEME.items():
            text = text.replace(f">{english}", f">{french}").replace(f'"{english}"', f'"{french}"')
        for theirs, ours in MARKUP.items():
            text = text.replace(theirs, ours)
        path.write_text(text, encoding="utf-8")
    return int(app.statuscode)


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".outils" / "site").absolute()))
