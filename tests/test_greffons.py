"""Plugins, good and bad, as distributions found on the path: what works goes on, what does not is named."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from greffons import DONNEES, EDITIONS, couche, distribution

from certif_rules.blocs.typographie import plain
from certif_rules.cli import run
from certif_rules.plugins.discovery import ENV_DISABLED, EtatPlugin, Plugins, load
from certif_rules.services.atelier import open_atelier
from certif_rules.services.formats import BUILTIN

VIDE = "VALEUR = 1\n"
EXPORTER = """\
@hookimpl
def certif_rules_exporters():
    return [Exporter(name="{name}", suffix=".{name}", value=lambda checklist: b"{content}")]
"""
BAPTEME = ["--type", "bapteme", "--date", "2022-03-01", "--categorie", "COUT"]

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of distributions, first on the path; nothing of it remains afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.delenv(ENV_DISABLED, raising=False)
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield folder
    for name in set(sys.modules) - before:
        if name.startswith("greffon_"):
            del sys.modules[name]


def loaded(site: Path, **options: Any) -> Plugins:
    """The plugins of the distributions of ``site``, and of them alone."""
    found = metadata.distributions(path=[str(site)])
    points = [p for dist in found for p in dist.entry_points if p.group == "certif_rules"]
    return load(points, **options)


def state(plugins: Plugins, nom: str) -> EtatPlugin:
    (found,) = [etat for etat in plugins.etats if etat.nom == nom]
    return found


def test_a_good_plugin_is_active(site: Path) -> None:
    """A plugin that loads and declares a folder is active, with its distribution and its version."""
    package = distribution(site, "bon", EDITIONS)
    plugins = loaded(site)
    assert plugins.etats == (EtatPlugin(nom="bon", distribution="greffon-bon", version="2.0", etat="actif"),)
    assert [(nom, donnees.dossier) for nom, donnees in plugins.donnees] == [("bon", package / "donnees")]
    assert plugins.casses == ()


BROKEN = {
    "import": (
        "import module_qui_n_existe_pas\n",
        "ModuleNotFoundError : No module named 'module_qui_n_existe_pas'",
    ),
    "syntax": ("def :\n", "SyntaxError : "),
    "exit": ("import sys\nsys.exit('adieu')\n", "SystemExit : adieu"),
    "silent": ("raise ValueError\n", "ValueError"),
    "two_lines": ("raise ValueError('une\\n  deux')\n", "ValueError : une deux"),
    "hook": (
        "@hookimpl\ndef certif_rules_editions():\n    raise OSError('disque parti')\n",
        "OSError : disque parti",
    ),
    "hook_exit": ("@hookimpl\ndef certif_rules_editions():\n    raise SystemExit\n", "SystemExit"),
    "hook_late": (
        (
            "@hookimpl\ndef certif_rules_editions():\n"
            "    yield Donnees(dossier=Path('a'))\n    raise OSError('trop tard')\n"
        ),
        "OSError : trop tard",
    ),
    "not_a_list": (
        "@hookimpl\ndef certif_rules_editions():\n    return 3\n",
        "TypeError : 'int' object is not iterable",
    ),
    "wrong": (
        "@hookimpl\ndef certif_rules_editions():\n    return ['donnees']\n",
        "certif_rules_editions doit rendre des Donnees, non 'donnees'",
    ),
    "wrong_exporter": (
        "@hookimpl\ndef certif_rules_exporters():\n    return [Donnees(dossier=Path('a'))]\n",
        "certif_rules_exporters doit rendre des Exporter, non Donnees(",
    ),
    "misspelt": (
        "@hookimpl\ndef certif_rules_edition():\n    return []\n",
        "crochet inconnu « certif_rules_edition » : vouliez-vous dire « certif_rules_editions » ?",
    ),
    "unknown_hook": (
        "@hookimpl\ndef certif_rules_xyz():\n    return []\n",
        "crochet inconnu « certif_rules_xyz »",
    ),
    "argument": (
        "@hookimpl\ndef certif_rules_editions(registre):\n    return []\n",
        "PluginValidationError : ",
    ),
}


@pytest.mark.parametrize(("code", "cause"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_named_and_leaves_the_others(site: Path, code: str, cause: str) -> None:
    """Whatever a plugin does wrong is its cause, on one line; its neighbours on both sides are active."""
    distribution(site, "mauvais", code)
    distribution(site, "avant", EDITIONS)
    distribution(site, "nouveau", EDITIONS)
    plugins = loaded(site)
    assert {etat.nom: etat.etat for etat in plugins.etats} == {
        "avant": "actif",
        "mauvais": "casse",
        "nouveau": "actif",
    }
    (broken,) = plugins.casses
    assert broken.cause is not None
    assert broken.cause.startswith(cause)
    assert "\n" not in broken.cause
    assert [nom for nom, _ in plugins.donnees] == ["avant", "nouveau"]
    assert plugins.exporters == ()


def test_an_entry_point_to_nothing(site: Path) -> None:
    """An entry point whose module does not exist breaks that plugin alone."""
    distribution(site, "fantome", VIDE, points={"fantome": "greffon_disparu"})
    assert state(loaded(site), "fantome").cause == "ModuleNotFoundError : No module named 'greffon_disparu'"


def test_a_plugin_that_declares_nothing(site: Path) -> None:
    """A plugin without a hook is broken, for it says nothing; an undecorated hook is not one."""
    distribution(site, "muet", "def certif_rules_edition():\n    return [1]\n")
    plugins = loaded(site)
    assert state(plugins, "muet").etat == "casse"
    assert (state(plugins, "muet").cause or "").startswith("il ne déclare rien")
    assert plugins.donnees == ()


@pytest.mark.parametrize("name", ["bon", "greffon-bon"])
def test_disabled_by_name_or_distribution(site: Path, name: str) -> None:
    """A plugin left out, by its name or its distribution's, is not even imported."""
    distribution(site, "bon", "raise AssertionError('importé')\n")
    plugins = loaded(site, disabled=[name])
    assert state(plugins, "bon").etat == "desactive"
    assert plugins.donnees == ()


def test_disabled_by_the_environment(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable leaves out several plugins; spaces and empty names in it do not matter."""
    distribution(site, "bon", EDITIONS)
    monkeypatch.setenv(ENV_DISABLED, " bon , ,enseigne")
    etats = {etat.nom: etat.etat for etat in open_atelier().plugins.etats}
    assert (etats["bon"], etats["enseigne"], etats["fictif"]) == ("desactive", "desactive", "actif")


def test_the_same_entry_point_twice_counts_once(site: Path) -> None:
    """A distribution found twice on the path (an editable install beside another) is one plugin."""
    distribution(site, "bon", EDITIONS)
    point = next(iter(metadata.Distribution.at(site / "greffon_bon-2.0.dist-info").entry_points))
    other = metadata.Distribution.at(site / "greffon_bon-2.0.dist-info").entry_points["bon"]
    plugins = load([point, other])
    assert [etat.etat for etat in plugins.etats] == ["actif"]
    assert len(plugins.donnees) == 1


@pytest.mark.parametrize("swapped", [False, True])
def test_two_plugins_with_one_name(site: Path, *, swapped: bool) -> None:
    """Two distributions that use one plugin name give a broken plugin, which contributes nothing."""
    first, second = ("un", "deux") if not swapped else ("deux", "un")
    for nom in (first, second):
        distribution(site, nom, EDITIONS, points={"meme": f"greffon_{nom}"})
    distribution(site, "autre", EDITIONS)
    plugins = loaded(site)
    assert state(plugins, "meme").etat == "casse"
    assert state(plugins, "meme").cause == "deux greffons portent le nom « meme » : renommer l’un des deux"
    assert [nom for nom, _ in plugins.donnees] == ["autre"]


@pytest.mark.parametrize("names", [("aaa", "zzz"), ("zzz", "aaa")])
def test_two_plugins_that_declare_the_same_layers(
    site: Path, names: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """Both are refused and named in the cause, whatever their order; the others go on working."""
    for nom in names:
        distribution(site, nom, EDITIONS, donnees=DONNEES["qualiopi"])
    assert run(["--sans-plugin", "qualiopi", "plugins", "--format", "json"]) == 1
    found = {p["nom"]: p for p in json.loads(capfd.readouterr().out)["plugins"]}
    for nom in names:
        assert found[nom]["etat"] == "casse"
        assert "« aaa » et « zzz »" in found[nom]["cause"]
        assert "couche-en-double" in found[nom]["cause"]
    assert found["fictif"]["etat"] == "actif"

    audit = ["--type", "initial", "--date", "2024-03-18", "--categorie", "AF"]
    assert run(["--sans-plugin", "qualiopi", "checklist", "qualiopi", *audit]) == 1
    refused = capfd.readouterr()
    assert refused.out == ""
    assert "« aaa » et « zzz »" in plain(refused.err)
    assert run(["--sans-plugin", "qualiopi", "checklist", "fictif", *BAPTEME]) == 0
    assert run(["--sans-plugin", "qualiopi", "--sans-plugin", "zzz", "checklist", "qualiopi", *audit]) == 0


def test_a_guide_for_the_referentiel_of_another(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A plugin may ship a guide alone: it serves the other's edition, and changes what a guide decides."""
    package = distribution(site, "guide", EDITIONS)
    couche(
        package / "donnees",
        "referentiel: fictif\nnature: guide\nid: G2-bis\ntitre: Guide d’un autre\npour: [A]\n"
        'du: "2022-09-01"\nau: null\nremplace: G2\nconfiance: elevee\nsources: [BIS]\n',
        "sources:\n  BIS: {titre: Guide d’un autre, reference: Inventé}\n"
        "portees:\n  I-2-b:\n    - {toutes: false, motif: plus personne, sources: [BIS]}\n",
    )

    def asked(day: str) -> tuple[str, str]:
        arguments = ["--type", "bapteme", "--date", day, "--categorie", "COUT", "--format", "json"]
        assert run(["checklist", "fictif", *arguments]) == 0
        document = json.loads(capfd.readouterr().out)
        (ligne,) = [ligne for ligne in document["lignes"] if ligne["numero"] == "I-2-b"]
        return document["referentiel"]["guide"], ligne["etat"]

    assert asked("2022-08-31") == ("G2", "a_auditer")
    assert asked("2022-09-01") == ("G2-bis", "non_applicable")


def test_an_exporter_of_a_plugin(
    site: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """A format that a plugin adds is written by name or by suffix, and offered when a name is misspelt."""
    distribution(site, "essai", EXPORTER.format(name="essai", content="le document"))
    assert run(["checklist", "fictif", *BAPTEME, "--format", "essai"]) == 0
    assert capfdbinary.readouterr().out == b"le document"
    assert run(["checklist", "fictif", *BAPTEME, "-o", str(tmp_path / "a.essai")]) == 0
    assert (tmp_path / "a.essai").read_bytes() == b"le document"
    capfdbinary.readouterr()
    assert run(["checklist", "fictif", *BAPTEME, "--format", "esai"]) == 2
    assert "vouliez-vous dire « essai » ?" in plain(capfdbinary.readouterr().err.decode())


def test_a_format_name_taken_twice(site: Path) -> None:
    """Two plugins that declare one format are both broken, and the format is nobody's; others remain."""
    distribution(site, "un", EXPORTER.format(name="essai", content="un"))
    distribution(site, "deux", EXPORTER.format(name="essai", content="deux"))
    distribution(site, "trois", EXPORTER.format(name="autre", content="trois"))
    plugins = loaded(site)
    assert [exporter.name for exporter in plugins.exporters] == ["autre"]
    assert {etat.nom: etat.cause for etat in plugins.casses} == dict.fromkeys(
        ["deux", "un"], "le format « essai » est déclaré par deux greffons"
    )


def test_a_format_of_ours_is_not_taken(site: Path) -> None:
    """A plugin that declares one of our own formats is broken, rather than ignored in silence."""
    distribution(site, "rival", EXPORTER.format(name="json", content="autre"))
    plugins = loaded(site, reserved=BUILTIN)
    assert plugins.exporters == ()
    assert state(plugins, "rival").cause == (
        "le format « json » est déjà celui du programme : changer de nom"
    )


PAGES = """\
@hookimpl
def certif_rules_exporters():
    return [Exporter(name="titres", suffix=".titres", document=write)]


def write(document):
    return f"{document.titre} {len(document.blocs)}".encode()
"""


def test_a_format_of_pages_serves_every_document(site: Path, tmp_path: Path) -> None:
    """One exporter is given the tree of a checklist, or that of an application; both commands offer it."""
    distribution(site, "pages", PAGES)
    audit = ["--type", "initial", "--date", "2024-03-18", "--categorie", "AF"]
    for command in (["checklist", "qualiopi", *audit], ["dossier", "certifregion"]):
        path = tmp_path / f"{command[0]}.titres"
        assert run([*command, "-o", str(path)]) == 0
        titre, blocs = path.read_text(encoding="utf-8").rsplit(" ", 1)
        assert titre
        assert int(blocs) > 10


@pytest.mark.parametrize("ways", ["", ", value=len, document=len"])
def test_a_format_gives_one_way_of_writing(site: Path, ways: str) -> None:
    """None, or two, and the plugin is broken with its cause."""
    code = f'    return [Exporter(name="x", suffix=".x"{ways})]\n'
    distribution(site, "rien", "@hookimpl\ndef certif_rules_exporters():\n" + code)
    plugins = loaded(site)
    assert plugins.exporters == ()
    assert state(plugins, "rien").cause == "le format « x » donne « document » ou « value » : l’un des deux"


def test_the_earlier_name_still_works_with_a_warning(site: Path) -> None:
    """`render` is what `value` was called: the author is warned, by the name of the plugin."""
    distribution(site, "ancien", EXPORTER.format(name="essai", content="x").replace("value=", "render="))
    with pytest.warns(DeprecationWarning, match="ancien: Exporter.render"):
        plugins = loaded(site)
    assert [e.name for e in plugins.exporters] == ["essai"]


def test_plugins_lists_the_broken_ones(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`plugins` prints every state, with the cause, and its status is 1 as soon as one is broken."""
    distribution(site, "mauvais", "raise OSError('disque parti')\n")
    distribution(site, "ecarte", EDITIONS)
    assert run(["--sans-plugin", "ecarte", "plugins"]) == 1
    shown = plain(capfd.readouterr().out)
    assert "mauvais : cassé (greffon-mauvais 2.0)\n    cause : OSError : disque parti\n" in shown
    assert "ecarte : désactivé (greffon-ecarte 2.0)\n" in shown
    assert "fictif : actif (certif-rules-fictif 1.0)\n" in shown


@pytest.mark.usefixtures("site")
def test_plugins_is_content_when_all_work(capfd: pytest.CaptureFixture[str]) -> None:
    """`plugins` has status 0 when every plugin works."""
    assert run(["plugins"]) == 0
    assert "cassé" not in capfd.readouterr().out


@pytest.mark.parametrize("wrong", ["import", "data"])
def test_an_unrelated_broken_plugin_is_a_warning(
    site: Path, capfdbinary: pytest.CaptureFixture[bytes], wrong: str
) -> None:
    """A checklist of another référentiel is the same, byte for byte; the broken plugin is told on stderr."""
    assert run(["checklist", "fictif", *BAPTEME, "--format", "json"]) == 0
    alone = capfdbinary.readouterr()
    assert alone.err == b""
    if wrong == "import":
        distribution(site, "mauvais", "raise OSError('disque parti')\n")
    else:
        package = distribution(site, "mauvais", EDITIONS)
        (package / "donnees" / "exigence" / "Z").mkdir(parents=True)
        (package / "donnees" / "exigence" / "Z" / "couche.yaml").write_text("format: 1\n", encoding="utf-8")
    importlib.invalidate_caches()
    assert run(["checklist", "fictif", *BAPTEME, "--format", "json"]) == 0
    beside = capfdbinary.readouterr()
    assert beside.out == alone.out
    assert "greffon « mauvais » écarté" in plain(beside.err.decode())


def test_a_folder_without_layers_breaks_its_plugin(site: Path) -> None:
    """A plugin that declares a folder where there is no layer is told so."""
    package = distribution(site, "vide", EDITIONS)
    (package / "donnees").mkdir()
    broken = state(open_atelier().plugins, "vide")
    assert broken.etat == "casse"
    assert "dossier-vide" in (broken.cause or "")
