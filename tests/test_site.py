"""The documentation as a site: what its own pages hold. `.ci/run` builds it whole, and no warning passes."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from scripts import script_of

from certif_rules.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def site() -> ModuleType:
    return script_of(".ci/site.py")


def test_every_page_is_in_one_part(site: ModuleType) -> None:
    """A page that no part lists would be reached by no one, and two parts would hide it."""
    listed = [page for pages in site.PARTS.values() for page in pages]
    written = {path.stem for path in (ROOT / "docs").glob("*.md")} | set(site.ELSEWHERE) - {"index"}
    assert sorted(listed) == sorted(written | {"commandes", "cles", "reponses"})


def test_every_command_has_its_help(site: ModuleType) -> None:
    """The page shows the help that each command prints, options included."""
    page = site.commands()
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == list(COMMANDS)
    assert "--evenement" in page.split("## calendrier")[1].split("## ")[0]


def test_every_schema_is_on_one_page(site: ModuleType, tmp_path: Path) -> None:
    """A schema is that of what people write, or of what a command answers: its title stands on that page."""
    site.generated_pages(tmp_path)
    read, answers = ((tmp_path / f"{name}.md").read_text(encoding="utf-8") for name in ("cles", "reponses"))
    assert "## Profil : l’audit pour lequel une grille est demandée (format 1)" in read
    assert "## Calendrier en JSON (format 1)" in answers
    titles = [line for page in (read, answers) for line in page.splitlines() if line.startswith("## ")]
    assert len(titles) == len(list((ROOT / "schemas").glob("*.json")))


def test_a_key_says_whether_it_must_be_there_and_what_it_may_be(site: ModuleType) -> None:
    """A star for what is required; a list says of what; a bar in a text would break the table."""
    schema = {
        "required": ["nom"],
        "properties": {
            "nom": {"type": "string", "description": "Un | nom."},
            "etats": {"type": "array", "items": {"enum": ["ouvert", "clos"]}},
            "sources": {"$ref": "commun.schema.json#/$defs/sources"},
            "date": {"type": ["string", "null"]},
        },
    }
    table = (
        "| clé | valeur | sens |\n"
        "| --- | --- | --- |\n"
        "| `nom` * | texte | Un &#124; nom. |\n"
        "| `etats` | liste de `ouvert`, `clos` |  |\n"
        "| `sources` | `sources` |  |\n"
        "| `date` | texte ou rien |  |"
    )
    assert site.table_of_keys("`visite`", 3, schema) == ["### `visite`", table]


def test_a_link_leads_to_its_page_or_becomes_words(site: ModuleType) -> None:
    """Links between pages hold wherever the page stands; a file that the site has not is named only."""
    followed = site.links_followed(
        "[un](docs/codes.md#motifs) [deux](LICENSE) [trois](https://exemple.fr) [quatre](#la)",
        ROOT / "README.md",
    )
    assert followed == "[un](codes.md#motifs) deux [trois](https://exemple.fr) [quatre](#la)"
    assert site.links_followed("[un](../README.md)", ROOT / "docs" / "codes.md") == "[un](index.md)"


def test_building_needs_no_more_than_the_group(site: ModuleType) -> None:
    """Reading the script imports neither Sphinx nor the program: both come when it builds."""
    assert "sphinx" not in sys.modules
    assert callable(site.build)
