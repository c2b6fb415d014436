"""The program itself: help, statuses, streams, encodings, interruptions, completion."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from console import AUDIT, PROFIL, Console, process

from certif_rules import __version__
from certif_rules.cli import COMMANDS
from certif_rules.cli.affichage import paragraph

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX system")
#: Words of click that no French help or message shows.
ENGLISH = re.compile(
    r"Usage:|Options:|Commands:|Show this|this message|\bexit\b|\bError|Missing|\brequired\b|\bdefault\b"
    r"|\bTry\b|Invalid|\bNo such|\bdoes not|\bis not\b|\bis a\b|\brequires\b|\bunexpected\b"
    r"|\bargument\(s\)|COMMAND\b"
)
#: Findings of an audit where nothing is due.
CONSTATS = """\
{"format": 1, "referentiel": "qualiopi", "audit": {"type": "transfert", "date": "2024-03-18"},
 "organisme": {"nom": "Élan œuvre", "categories": ["AF"]}, "constats": []}
"""
#: Each command, in the order of the work, with arguments that make it work.
CALLS = {
    "referentiels": ("referentiels", "--detail"),
    "plugins": ("plugins",),
    "checklist": ("checklist", *AUDIT),
    "questions": ("questions", *AUDIT),
    "expliquer": ("expliquer", AUDIT[0], "7", *AUDIT[1:]),
    "lire": ("lire", "constats.json"),
    "reprendre": ("reprendre", "constats.json", "--sans", "sous_traitance"),
    "conclure": ("conclure", "constats.json"),
    "rapport": ("rapport", "constats.json"),
    "calendrier": ("calendrier", "qualiopi", "--evenement", "certification=2023-08-31"),
    "dossier": ("dossier", "certifregion", "--type", "initial"),
    "duree": ("duree", *AUDIT, "--chiffre-affaires", "90000", "--sites", "1"),
    "echantillon": ("echantillon", *AUDIT, "--graine", "g", "--population", "sites.txt"),
    "autodiagnostic": ("autodiagnostic", *AUDIT),
    "ouvrir": ("ouvrir", "audits.sqlite3", "--verifier"),
    "lot": ("lot", "organismes.csv", *AUDIT, "--colonnes", "colonnes.yaml"),
    "denombrer": ("denombrer", "organismes.csv", *AUDIT, "--colonnes", "colonnes.yaml"),
    "comparer": ("comparer", "qualiopi@2019", "qualiopi@2026"),
    "rebaser": ("rebaser", "certifregion@V5", "qualiopi@2026"),
    "nouveau": ("nouveau", "referentiel", "essai", "--edition", "1", "--du", "2027-01-01"),
    "valider": ("valider", "audit.yaml"),
}


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a profile in it."""
    (tmp_path / "audit.yaml").write_text(PROFIL, encoding="utf-8")
    (tmp_path / "constats.json").write_text(CONSTATS, encoding="utf-8")
    (tmp_path / "sites.txt").write_text("NORD\nSUD\n", encoding="utf-8")
    (tmp_path / "organismes.csv").write_text("nom;af\nÉlan;oui\n", encoding="utf-8")
    colonnes = "format: 1\norganisme: {nom: nom}\ncategories: {AF: af}\n"
    (tmp_path / "colonnes.yaml").write_text(colonnes, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_is_called_here() -> None:
    """The table of calls of this file follows the list of commands."""
    assert list(CALLS) == list(COMMANDS)


def test_the_readme_lists_commands_in_the_order_of_the_help() -> None:
    """The README and the help show the commands in one order."""
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\| `([a-z]+)\b", readme) == list(COMMANDS)


# ---- help ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), *((name,) for name in COMMANDS)], ids=str)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_is_french_and_fits_80_columns(call: Console, arguments: tuple[str, ...], option: str) -> None:
    """Help goes to standard output, without a word of click's English, in lines of at most 80 columns."""
    reponse = call(*arguments, option)
    text = reponse.out.decode()
    assert (reponse.status, reponse.err) == (0, "")
    assert text.startswith("Usage : certif-rules")
    assert "Options :" in text
    assert "Affiche cette aide." in text
    assert not ENGLISH.search(text)
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("columns", ["40", "300"])
def test_help_does_not_depend_on_the_width_of_the_terminal(
    call: Console, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A narrow or a wide terminal shows the same help."""
    before = call("checklist", "-h").out
    monkeypatch.setenv("COLUMNS", columns)
    assert call("checklist", "-h").out == before


def test_help_lists_every_command(call: Console) -> None:
    """The help of the program names each command."""
    text = call("-h").out.decode()
    assert re.findall(r"^  ([a-z]+)  ", text.partition("Commandes :")[2], re.MULTILINE) == list(COMMANDS)


def test_without_a_command_help_goes_to_standard_error(call: Console) -> None:
    """No command is a wrong usage: status 2, help on standard error, nothing on standard output."""
    reponse = call()
    assert (reponse.status, reponse.out) == (2, b"")
    assert reponse.printed == call("-h").out.decode()


def test_version(call: Console) -> None:
    """``--version`` says the name and the version."""
    reponse = call("--version")
    assert (reponse.status, reponse.out.decode().split()) == (0, ["certif-rules", __version__])


def test_python_m_is_the_same_program(call: Console) -> None:
    """``python -m certif_rules`` does what ``certif-rules`` does, under the same name."""
    reponse = process("checklist", "-h", env={"PYTHONIOENCODING": "utf-8"})
    assert (reponse.status, reponse.out.replace(b"\r\n", b"\n")) == (0, call("checklist", "-h").out)


# ---- usage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("chek",), "aucune commande « chek » (vouliez-vous dire « checklist » ?)"),
        (("--bogus", "plugins"), "option inconnue --bogus"),
        (("checklist", "--typ", "x"), "option inconnue --typ (vouliez-vous dire --type ?)"),
        (("checklist", "--type"), "l’option --type attend une valeur"),
        (("checklist", "--remplacer=oui"), "l’option --remplacer n’attend pas de valeur"),
        (("referentiels", "--format", "xml"), "valeurs admises : table, json"),
        (("plugins", "de", "trop"), "argument en trop : de trop"),
        (("checklist", "--profil", "."), "valeur non admise pour --profil : c’est un dossier"),
        (("checklist", "-o", "."), "valeur non admise pour --sortie : c’est un dossier"),
        (("expliquer",), "il manque INDICATEUR"),
        (("expliquer", "qualiopi"), "il manque INDICATEUR"),
        (("valider",), "il manque CHEMIN"),
        (("--",), "il manque une commande"),
        (("--sans-plugin",), "l’option --sans-plugin attend une valeur"),
        (
            ("checklist", "qualiopi", "--sans-plugin", "x"),
            "l’option --sans-plugin se met avant la commande : certif-rules --sans-plugin NOM checklist …",
        ),
        (("checklist", "--verbose"), "se met avant la commande : certif-rules --verbose checklist …"),
        (("checklist", "-o", ""), "la valeur de --sortie est vide"),
        (("checklist", "--date", " "), "la valeur de --date est vide"),
        (("checklist", "--ajout-site", "S2", "--ajout-site", ""), "la valeur de --ajout-site est vide"),
        (("--sans-plugin", "", "plugins"), "la valeur de --sans-plugin est vide"),
        (("checklist", ""), "la valeur de REFERENTIEL est vide"),
        (("valider", ""), "est vide"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_said_in_french(call: Console, arguments: tuple[str, ...], words: str) -> None:
    """A wrong usage is status 2, one French sentence on standard error, nothing on standard output."""
    reponse = call(*arguments)
    assert (reponse.status, reponse.out) == (2, b"")
    assert "usage" in reponse.codes
    assert words in reponse.err
    assert not ENGLISH.search(reponse.err)


def test_a_message_never_drives_the_terminal(call: Console) -> None:
    """What was typed comes back in messages without the escapes it held."""
    reponse = call("checklist", "\x1b[31mrouge\x07", *AUDIT[1:])
    assert reponse.status == 2
    assert "\x1b" not in reponse.err
    assert "[31mrouge" in reponse.err


# ---- errors of our own, interruptions -------------------------------------------------------------------


def _fails(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def raised(*_: object) -> None:
        raise error

    monkeypatch.setattr("certif_rules.services.checklist.make_checklist", raised)


def test_an_internal_error_shows_no_traceback(call: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug is one line that says how to see more, status 1."""
    _fails(monkeypatch, ZeroDivisionError("de tête\x1b"))
    reponse = call("checklist", *AUDIT)
    assert (reponse.status, reponse.out) == (1, b"")
    assert reponse.err.startswith("erreur-interne: ZeroDivisionError : de tête\ufffd\n")
    assert "--verbose" in reponse.err
    assert "Traceback" not in reponse.err


def test_verbose_shows_the_traceback(call: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``--verbose`` the traceback comes first, and the status stays."""
    _fails(monkeypatch, ZeroDivisionError("de tête"))
    reponse = call("--verbose", "checklist", *AUDIT)
    assert (reponse.status, reponse.out) == (1, b"")
    assert reponse.err.startswith("Traceback")
    assert "erreur-interne: ZeroDivisionError" in reponse.err


def test_verbose_changes_no_status(call: Console) -> None:
    """A wrong request stays status 2 with ``--verbose``, and a wrong usage needs no traceback."""
    assert call("--verbose", "checklist").status == 2
    reponse = call("--verbose", "checklist", "--bogus")
    assert (reponse.status, "Traceback" in reponse.err) == (2, False)


@pytest.mark.parametrize("verbose", [(), ("--verbose",)], ids=["", "verbose"])
def test_ctrl_c_is_130(call: Console, monkeypatch: pytest.MonkeyPatch, verbose: tuple[str, ...]) -> None:
    """An interruption is status 130, without a word."""
    _fails(monkeypatch, KeyboardInterrupt())
    reponse = call(*verbose, "checklist", *AUDIT)
    assert (reponse.status, reponse.out, reponse.err.strip()) == (130, b"", "")


@POSIX
@pytest.mark.parametrize(
    "arguments", [("checklist", *AUDIT, "--format", "html"), ("referentiels", "--detail"), ("-h",)]
)
def test_a_reader_that_leaves_is_no_error(arguments: tuple[str, ...]) -> None:
    """When the reader of a pipe has gone, the program ends with status 0 and in silence."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "certif_rules", *arguments]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


# ---- terminals ------------------------------------------------------------------------------------------


@POSIX
@pytest.mark.parametrize("name", ["checklist", "referentiels"])
def test_output_is_the_same_on_a_terminal(name: str) -> None:
    """A terminal receives what a pipe receives, with or without ``NO_COLOR``."""
    import pty

    command = [sys.executable, "-m", "certif_rules", *CALLS[name]]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"}
    env.pop("NO_COLOR", None)
    piped = subprocess.run(command, capture_output=True, env=env, check=True).stdout
    assert (
        subprocess.run(command, capture_output=True, env={**env, "NO_COLOR": "1"}, check=True).stdout == piped
    )
    master, slave = pty.openpty()
    with subprocess.Popen(command, stdout=slave, env=env) as running:
        os.close(slave)
        shown = b""
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not chunk:
                break
            shown += chunk
    os.close(master)
    assert running.returncode == 0
    assert shown.replace(b"\r\n", b"\n") == piped
    assert b"\x1b" not in shown


@pytest.mark.lent
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp850", "latin-1"])
@pytest.mark.parametrize("name", list(CALLS))
def test_a_console_of_another_encoding_works(folder: Path, name: str, encoding: str) -> None:
    """Every command works on a console that lacks some of our characters."""
    reponse = process(*CALLS[name], env={"PYTHONIOENCODING": encoding}, cwd=folder)
    assert reponse.status == 0, reponse.err
    assert "Traceback" not in reponse.err
    assert len(reponse.out) > 20 or name == "valider"


def test_a_poor_console_gets_the_nearest_characters() -> None:
    """Without accents or arrows on the console, a table loses them and stays legible."""
    table = process("checklist", *AUDIT, env={"PYTHONIOENCODING": "ascii"}).out.decode("ascii")
    assert "Grille d'audit - Referentiel national qualite (Qualiopi)" in table
    refused = process("checklist", "qualiopy", *AUDIT[1:], env={"PYTHONIOENCODING": "cp1252"})
    assert "-> vouliez-vous dire" in refused.err


@pytest.mark.lent
def test_documents_are_utf8_on_any_console() -> None:
    """Only the table adapts to the console: the other formats are UTF-8 whatever it is."""
    for format_ in ("json", "md", "html", "csv"):
        call = ("checklist", *AUDIT, "--format", format_)
        there = process(*call, env={"PYTHONIOENCODING": "cp1252"}).out
        assert there == process(*call, env={"PYTHONIOENCODING": "utf-8"}).out
        assert "é" in there.decode("utf-8")
    for name in ("referentiels", "expliquer", "questions", "duree"):
        call = (*CALLS[name], "--format", "json")
        there = process(*call, env={"PYTHONIOENCODING": "cp1252"}).out
        assert there == process(*call, env={"PYTHONIOENCODING": "utf-8"}).out, name
        assert not there.decode("utf-8").isascii(), name


# ---- completion -----------------------------------------------------------------------------------------


def _complete(shell: str, words: str, current: int) -> list[str]:
    env = {"_CERTIF_RULES_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": str(current)}
    reponse = process(env={**env, "PYTHONIOENCODING": "utf-8"})
    assert reponse.status == 0, reponse.err
    return reponse.out.decode().split()


@pytest.mark.parametrize(
    ("words", "current", "expected"),
    [
        ("certif-rules ", 1, list(COMMANDS)),
        ("certif-rules che", 1, ["checklist"]),
        ("certif-rules checklist --ty", 2, ["--type"]),
        ("certif-rules checklist --ajout", 2, ["--ajout-categorie", "--ajout-site"]),
        ("certif-rules referentiels --format ", 3, ["table", "json"]),
        ("certif-rules rapport a b --fo", 4, ["--format"]),
    ],
    ids=str,
)
def test_completion(words: str, current: int, expected: list[str]) -> None:
    """A shell completes commands, options and values, although commands are imported late."""
    assert _complete("bash", words, current) == [f"plain,{word}" for word in expected]


@pytest.mark.parametrize(
    "shell",
    [
        pytest.param(
            "bash", marks=pytest.mark.skipif(shutil.which("bash") is None, reason="click asks bash")
        ),
        "zsh",
        "fish",
    ],
)
def test_completion_script(shell: str) -> None:
    """Each shell is given the function to load."""
    reponse = process(env={"_CERTIF_RULES_COMPLETE": f"{shell}_source"})
    assert reponse.status == 0
    assert b"_CERTIF_RULES_COMPLETE" in reponse.out


@pytest.mark.parametrize(
    "arguments", [*((name, "-h") for name in COMMANDS), *list(CALLS.values())[:2]], ids=str
)
def test_no_line_breaks_where_french_does_not(call: Console, arguments: tuple[str, ...]) -> None:
    """No line of a list or of the help begins with « : ; ! ? » » nor ends with an opening guillemet."""
    for line in call(*arguments).out.decode().splitlines():
        assert not re.match(r"\s*[:;!?»](\s|$)", line), line
        assert not line.endswith("«"), line


def test_a_paragraph_keeps_signs_with_their_word(capsys: pytest.CaptureFixture[str]) -> None:
    """A sign goes to the next line with the word before it, bound by a no-break blank."""
    paragraph(f"{'a' * 70} bbbbbbbb : « {'c' * 60} » ; d ?")
    shown = capsys.readouterr().out
    assert shown == f"{'a' * 70}\nbbbbbbbb\u00a0: «\u00a0{'c' * 60}\u00a0»\u202f;\nd\u202f?\n"
