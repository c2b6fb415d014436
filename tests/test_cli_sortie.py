"""``-o``: the format by the suffix, nothing replaced unasked, all or nothing."""

from __future__ import annotations

import errno
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from console import AUDIT, Console
from greffons import distribution

from certif_rules.cli import COMMANDS
from certif_rules.services.formats import BUILTIN, FORMATS
from certif_rules.source import ecriture

CODE = """\
class Casse:
    def __call__(self, checklist):
        raise ValueError("exporteur en panne")


@hookimpl
def certif_rules_exporters():
    return [
        Exporter(name="casse", suffix=".casse", value=Casse()),
        Exporter(name="texte", suffix=".texte", value=lambda checklist: "du texte"),
        Exporter(name="deux", suffix=".html", value=lambda checklist: b"detourne"),
    ]
"""


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    path = tmp_path / "dossier"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


@pytest.fixture
def exporters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A plugin installed beside ours, whose formats fail each in its way."""
    distribution(tmp_path / "site", "pannes", CODE)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    importlib.invalidate_caches()
    yield
    sys.modules.pop("greffon_pannes", None)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


#: The format that each suffix calls for: the first that has it.
SUFFIXES = {FORMATS[name].suffix: name for name in reversed(BUILTIN)}


@pytest.mark.lent
@pytest.mark.parametrize(("suffix", "format_"), SUFFIXES.items())
def test_the_suffix_gives_the_format(call: Console, folder: Path, format_: str, suffix: str) -> None:
    """A file holds the bytes that standard output gets for the format its suffix names, in any case."""
    printed = call("checklist", *AUDIT, "--format", format_)
    for name in (f"grille{suffix}", f"AUTRE{suffix.upper()}"):
        reponse = call("checklist", *AUDIT, "-o", name)
        assert (reponse.status, reponse.out) == (0, b"")
        assert (folder / name).read_bytes() == printed.out


@pytest.mark.parametrize(("format_", "library"), [("docx", "docx"), ("pdf", "typst")])
def test_a_format_of_the_extra_says_what_to_install(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch, format_: str, library: str
) -> None:
    """Without its library a format is status 2, one message says what to install, and nothing is written."""
    monkeypatch.setitem(sys.modules, library, None)
    for arguments in (("--format", format_), ("-o", f"grille.{format_}")):
        reponse = call("checklist", *AUDIT, *arguments)
        assert (reponse.status, reponse.out, reponse.codes) == (2, b"", ["format-non-installe"])
        assert 'pip install "certif-rules[tout]"' in reponse.err
    assert names(folder) == []
    assert call("checklist", *AUDIT, "--format", "ods").status == 0


def test_the_summary_goes_to_standard_error(call: Console, folder: Path) -> None:
    """Once the file is written, standard error says which, the counts and the warnings."""
    january = ("qualiopi", "--type", "initial", "--date", "2024-01-18", "--categorie", "AF")
    reponse = call("checklist", *january, "-o", "grille.json")
    first, *others = reponse.err.splitlines()
    assert first.startswith("grille.json : ")
    assert "à auditer" in first
    assert [line.partition(" :")[0] for line in others] == ["avertissement: guides_admis"]


@pytest.mark.parametrize("type_audit", ["initial", "renouvellement", "surveillance"])
def test_nothing_is_warned_of_at_an_ordinary_audit(call: Console, folder: Path, type_audit: str) -> None:
    """Notes of texts and reminders of the type hold at every audit: they are in the document only."""
    words = ("qualiopi", "--type", type_audit, "--date", "2024-03-18", "--categorie", "AF")
    reponse = call("checklist", *words, "-o", "grille.json")
    assert len(reponse.err.splitlines()) == 1
    codes = [a["code"] for a in json.loads((folder / "grille.json").read_text("utf-8"))["avertissements"]]
    assert codes == [*([] if type_audit == "initial" else ["rappel"]), "note_de_couche"]


def test_a_format_wins_over_the_suffix(call: Console, folder: Path) -> None:
    """``--format`` names the format whatever the suffix."""
    call("checklist", *AUDIT, "--format", "md", "-o", "grille.html")
    assert (folder / "grille.html").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("name", ["grille.toto", "grille", "grille.", ".json"])
def test_an_unknown_suffix_is_refused(call: Console, folder: Path, name: str) -> None:
    """A suffix that names no format is status 2, lists those that do, and writes nothing."""
    reponse = call("checklist", *AUDIT, "-o", name)
    assert (reponse.status, reponse.codes) == (2, ["format-inconnu"])
    assert ".csv, .docx, .html, .json, .md, .ods, .pdf, .txt, .xlsx" in reponse.err
    assert names(folder) == []


def test_dash_is_standard_output(call: Console, folder: Path) -> None:
    """``-o -`` writes on standard output, no file, and says nothing else."""
    reponse = call("checklist", *AUDIT, "--format", "json", "-o", "-")
    assert (reponse.status, reponse.err) == (0, "")
    assert reponse.out == call("checklist", *AUDIT, "--format", "json").out
    assert names(folder) == []


def test_an_existing_file_is_not_replaced_unasked(call: Console, folder: Path) -> None:
    """Without ``--remplacer`` the file is untouched, status 2; with it, replaced."""
    (folder / "grille.md").write_bytes(b"mes notes")
    reponse = call("checklist", *AUDIT, "-o", "grille.md")
    assert (reponse.status, reponse.codes) == (2, ["fichier-existant"])
    assert "--remplacer" in reponse.err
    assert (folder / "grille.md").read_bytes() == b"mes notes"
    assert call("checklist", *AUDIT, "-o", "grille.md", "--remplacer").status == 0
    assert (folder / "grille.md").read_bytes() == call("checklist", *AUDIT, "--format", "md").out
    assert names(folder) == ["grille.md"]


@pytest.mark.parametrize(
    "arguments",
    [(*AUDIT, "--avec", "rien"), (*AUDIT[:-1], "XX"), ("qualiopi",), (*AUDIT, "--profil", "absent.yaml")],
    ids=["fact", "category", "incomplete", "profile"],
)
def test_a_refused_request_leaves_the_file(call: Console, folder: Path, arguments: tuple[str, ...]) -> None:
    """A request that is refused touches no file, even one that may be replaced."""
    (folder / "grille.md").write_bytes(b"mes notes")
    assert call("checklist", *arguments, "-o", "grille.md", "--remplacer").status in (1, 2)
    assert (folder / "grille.md").read_bytes() == b"mes notes"
    assert names(folder) == ["grille.md"]


@pytest.mark.parametrize("format_", ["casse", "texte"])
@pytest.mark.usefixtures("exporters")
def test_an_exporter_that_fails_leaves_the_file(call: Console, folder: Path, format_: str) -> None:
    """A format that raises, or does not give bytes, leaves the former file and no temporary one."""
    (folder / "grille").write_bytes(b"mes notes")
    reponse = call("checklist", *AUDIT, "--format", format_, "-o", "grille", "--remplacer")
    assert (reponse.status, reponse.codes) == (1, ["format-en-echec"])
    assert "Traceback" not in reponse.err
    assert (folder / "grille").read_bytes() == b"mes notes"
    assert names(folder) == ["grille"]


@pytest.mark.usefixtures("exporters")
def test_a_plugin_does_not_take_our_suffixes(call: Console, folder: Path) -> None:
    """A suffix of ours stays ours when a plugin declares it for another format."""
    call("checklist", *AUDIT, "-o", "grille.html")
    assert (folder / "grille.html").read_bytes() != b"detourne"


def test_an_interruption_while_writing_leaves_the_file(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C at the last moment leaves the former file and no temporary one."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    (folder / "grille.md").write_bytes(b"mes notes")
    monkeypatch.setattr(Path, "replace", interrupted)
    assert call("checklist", *AUDIT, "-o", "grille.md", "--remplacer").status == 130
    monkeypatch.undo()
    assert (folder / "grille.md").read_bytes() == b"mes notes"
    assert names(folder) == ["grille.md"]


@pytest.mark.parametrize("name", ["absent/grille.md", "fichier/grille.md"])
def test_a_folder_that_is_not_there(call: Console, folder: Path, name: str) -> None:
    """Where no file can be written, status 1 and the reason in French."""
    (folder / "fichier").write_bytes(b"")
    reponse = call("checklist", *AUDIT, "-o", name)
    assert (reponse.status, reponse.out, reponse.codes) == (1, b"", ["ecriture-impossible"])
    assert "fichier ou dossier introuvable" in reponse.err
    assert names(folder) == ["fichier"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not stop this user")
def test_a_forbidden_folder(call: Console, folder: Path) -> None:
    """A folder one may not write in keeps its file."""
    (folder / "grille.md").write_bytes(b"mes notes")
    folder.chmod(0o500)
    try:
        reponse = call("checklist", *AUDIT, "-o", "grille.md", "--remplacer")
    finally:
        folder.chmod(0o700)
    assert (reponse.status, reponse.codes) == (1, ["ecriture-impossible"])
    assert "droits insuffisants" in reponse.err
    assert (folder / "grille.md").read_bytes() == b"mes notes"
    assert names(folder) == ["grille.md"]


def test_a_folder_that_refuses(call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for any user, the administrator included: the system refuses, and the file stays."""

    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    (folder / "grille.md").write_bytes(b"mes notes")
    monkeypatch.setattr(ecriture.tempfile, "mkstemp", refuse)
    reponse = call("checklist", *AUDIT, "-o", "grille.md", "--remplacer")
    assert (reponse.status, reponse.codes) == (1, ["ecriture-impossible"])
    assert "droits insuffisants" in reponse.err
    assert (folder / "grille.md").read_bytes() == b"mes notes"
    assert names(folder) == ["grille.md"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")
def test_a_full_disk(folder: Path) -> None:
    """A file that cannot be written to its end is not written at all; the former one stays."""
    (folder / "grille.md").write_bytes(b"mes notes")
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100));"
        "from certif_rules.cli import main; import sys; main(sys.argv[1:])"
    )
    command = [sys.executable, "-B", "-c", code, "checklist", *AUDIT, "-o", "grille.md", "--remplacer"]
    done = subprocess.run(command, capture_output=True, cwd=folder, check=False)
    assert done.returncode == 1
    assert b"ecriture-impossible" in done.stderr
    assert b"Traceback" not in done.stderr
    assert (folder / "grille.md").read_bytes() == b"mes notes"
    assert names(folder) == ["grille.md"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX links and queues")
def test_links_are_followed_and_devices_refused(call: Console, folder: Path) -> None:
    """A link keeps pointing at the file it names; what is no ordinary file is never replaced."""
    (folder / "vrai.md").write_bytes(b"avant")
    (folder / "lien.md").symlink_to("vrai.md")
    assert call("checklist", *AUDIT, "-o", "lien.md", "--remplacer").status == 0
    assert (folder / "lien.md").is_symlink()
    assert (folder / "vrai.md").read_bytes() != b"avant"
    os.mkfifo(folder / "queue.md")
    reponse = call("checklist", *AUDIT, "-o", "queue.md", "--remplacer")
    assert (reponse.status, reponse.codes) == (2, ["fichier-existant"])
    assert (folder / "queue.md").is_fifo()


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_a_file_has_the_usual_permissions(call: Console, folder: Path) -> None:
    """The document may be read by whom the user's mask says, not by its author alone."""
    before = os.umask(0o022)
    try:
        call("checklist", *AUDIT, "-o", "grille.md")
    finally:
        os.umask(before)
    assert (folder / "grille.md").stat().st_mode & 0o777 == 0o644


def test_a_hostile_file_name_stays_text(call: Console, folder: Path) -> None:
    """A name that would drive the terminal is told without its escapes."""
    reponse = call("checklist", *AUDIT, "-o", "absent/\x1b[31m.md")
    assert reponse.status == 1
    assert "\x1b" not in reponse.err


def _reading_and_writing() -> Iterator[tuple[str, click.Command, click.Parameter]]:
    """Each command that writes a file, with each of the files that it reads."""
    for name in COMMANDS:
        command = importlib.import_module(f"certif_rules.cli.{name}").command
        files = [p for p in command.params if isinstance(p.type, click.Path) and p.type.file_okay]
        if any(param.name == "sortie" for param in files):
            yield from ((name, command, param) for param in files if param.name != "sortie")


READ = {f"{name} {param.name}": (name, command, param) for name, command, param in _reading_and_writing()}


@pytest.mark.parametrize("case", READ)
def test_what_a_command_reads_is_never_replaced(call: Console, folder: Path, case: str) -> None:
    """Whatever it reads, under a name of its own or a link: refused, even with ``--remplacer``, untouched."""
    name, command, read = READ[case]
    (folder / "lue.json").write_bytes(b"{}")
    (folder / "autre.json").write_bytes(b"{}")
    (folder / "lien.json").hardlink_to(folder / "lue.json")
    needed = [p for p in command.params if p is read or (p.required and isinstance(p.type, click.Path))]
    for output in ("lue.json", "lien.json"):
        arguments: list[str] = []
        for param in needed:
            file = "lue.json" if param is read else "autre.json"
            arguments += [file] if isinstance(param, click.Argument) else [param.opts[0], file]
        reponse = call(name, *arguments, "-o", output, "--remplacer")
        assert reponse.status in (1, 2)  # what is wrong with the file itself is told with it
        assert "fichier-existant" in reponse.codes
        assert f"« {output} » est un des fichiers à lire : il n’est jamais remplacé" in reponse.err
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == [b"{}"] * 3


def test_the_table_of_files_read_is_that_of_the_commands() -> None:
    """Those that write over a work most easily are in the table above: none is left out of it by a name."""
    assert {"reprendre constats", "lire grilles", "lire base", "checklist profil", "lot fichier"} <= set(READ)
    assert {"autodiagnostic reponses", "rapport constats", "calendrier constats"} <= set(READ)
    assert {"dossier profil", "conclure constats"} & set(READ) == {"dossier profil"}  # conclure writes none


def test_a_folder_of_findings_spares_what_is_read(call: Console, folder: Path) -> None:
    """``lire --dans`` a folder where a file to read has the name of one to write: it stays as it was."""
    (folder / "base.json").write_bytes(b"{}")
    (folder / "base.csv").write_bytes(b"x")
    reponse = call("lire", "base.csv", "--habillage", "base.json", "--dans", ".", "--remplacer")
    assert (reponse.status, reponse.codes) == (2, ["fichier-existant"])
    assert (folder / "base.json").read_bytes() == b"{}"
