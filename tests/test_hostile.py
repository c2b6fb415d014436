"""Hostile bytes and broken surroundings: one message, bounded time and memory, and nothing lost."""

from __future__ import annotations

import errno
import importlib
import inspect
import json
import os
import pkgutil
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from console import AUDIT, Console
from greffons import distribution
from grilles import atelier, filled, grille
from hypothesis import assume, given
from hypothesis import strategies as st

import certif_rules
from certif_rules.blocs.typographie import plain
from certif_rules.cli.messages import message
from certif_rules.errors import DataError, Issue, clipped
from certif_rules.services.constats import read_dossier
from certif_rules.services.lecture import read_grids
from certif_rules.services.validation import validate
from certif_rules.source import json as source
from certif_rules.source.donnees import read_given
from certif_rules.source.ecriture import write_file
from certif_rules.source.entree import MAX_BYTES, content_of

CONSTATS = (
    '{{"format": 1, "referentiel": "qualiopi", "audit": {{"type": "initial", "date": "2024-03-18"}},'
    ' "organisme": {{"categories": ["AF"]}}, "constats": [{}]}}'
)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="closes or fills a stream as POSIX shells do")


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


# ---- one strict way in ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["lire"], ["conclure"], ["rapport", "--format", "html"], ["valider"]])
def test_a_key_twice_is_refused_with_its_places(call: Console, tmp_path: Path, command: list[str]) -> None:
    """A finding written twice on one line would have hidden a major: no command keeps the last."""
    path = tmp_path / "a.json"
    line = '{"id": "1", "constat": "nc_majeure", "commentaire": "vu\\n", "constat": "conforme"}'
    path.write_text(CONSTATS.format(line), encoding="utf-8")
    reponse = call(command[0], path, *command[1:])
    told = reponse.err + reponse.out.decode()
    assert (reponse.status, told.count("cle-en-double")) == (1, 1)
    assert "première apparition" in told


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ('{"a": 1,\n "a": 2}', "cle-en-double", 2, 2),
        ('{"a": "x\\u0001"}', "caractere-de-controle", 1, 7),
        ('{"a": "\\ud800"}', "caractere-de-controle", 1, 7),
        ('{"a": "\u202ex"}', "caractere-de-controle", 1, 7),
        ('{"a": ' + "[" * 100_000, "trop-profond", 1, 36),
        ('{"a": 1e999}', "nombre-trop-grand", 1, 7),
        ('{"a": ' + "9" * 10_000 + "}", "nombre-trop-grand", 1, 7),
        ("[1]", "type-inattendu", 1, 1),
        *((text, "syntaxe", 1, None) for text in (
            "", '{"a":1,}', '{"a" 1}', '{"a":}', '{"a":1]', '{"a":01}', '{"a":NaN}', '{}x', '{"a":"x',
            '{"a":"\\x"}', '{"a":1 2}', "{,}", "}", '{"a":"b":1}', '{"a":"\n"}', '{1:2}', '{"a":[1,]}',
        )),
    ],
)  # fmt: skip
def test_json_is_read_strictly(text: str, code: str, line: int, column: int | None) -> None:
    """What the library of Python takes in silence, or dies of, is refused where it stands."""
    with pytest.raises(DataError) as caught:
        source.read(text, "a.json")
    (issue,) = caught.value.issues
    assert issue.code == code
    assert issue.location is not None
    assert issue.location.line == line
    assert column in (None, issue.location.column)


JSON = st.dictionaries(
    st.text(st.characters(exclude_categories=("C",)), max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**17), 10**17)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=("C", "Z")), max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abé", max_size=3), inner, max_size=3)
        ),
        max_leaves=12,
    ),
    max_size=4,
)  # fmt: skip


@given(JSON, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_json_reads_as_the_library_does(
    data: dict[str, object], indent: int | str | None, ascii_: bool
) -> None:
    """Of sound JSON, the data are those of the library, composed as all our texts are."""
    from unicodedata import normalize

    text = json.dumps(data, indent=indent, ensure_ascii=ascii_)
    composed = normalize("NFC", json.dumps(data, ensure_ascii=False))
    assume(len(json.loads(composed)) == len(data))  # two keys may be one once composed
    assert source.read(text, "a.json") == json.loads(composed)


@given(st.text(st.sampled_from('{}[]:,"\\u0d8a9e+-. \t\n\r/truefalsnx\u2028\x00\x9b'), max_size=60))
def test_any_text_is_json_or_is_refused(text: str) -> None:
    """No text of the signs that JSON is made of raises anything else."""
    with suppress(DataError):
        source.read("{" + text, "a.json")


@pytest.mark.parametrize("number", ["0e", "1E+", "2.", "1.e3", "-", "0.5e-"])
def test_a_number_that_stops_short_is_no_json(number: str) -> None:
    """What begins as a number and is none is told as such, at its place."""
    with pytest.raises(DataError) as raised:
        source.read(f'{{"a": {number}}}', "a.json")
    assert raised.value.issues[0].location is not None


def test_json_as_programs_write_it_is_read(tmp_path: Path) -> None:
    """Tabs, long keys, halves of characters: what YAML refuses of JSON, and JSON writes."""
    path = tmp_path / "a.json"
    path.write_text('{\n\t"' + "k" * 2000 + '": "\\ud83d\\ude00\\r\\n"}', encoding="utf-8")
    assert read_given(path) == {"k" * 2000: "😀\n"}


def test_what_is_pasted_unseen_does_not_lose_a_day(call: Console, tmp_path: Path) -> None:
    """A line separator and a mark of direction, pasted into a comment, are read as they were seen."""
    path = tmp_path / "a.json"
    line = '{"id": "1", "constat": "conforme", "commentaire": "un\u2028deux \u202aC:\u202c"}'
    path.write_text(CONSTATS.format(line), encoding="utf-8")
    assert set(call("lire", path).codes) == {"ligne-manquante"}  # the other lines, and nothing else
    assert read_dossier(path).releves[0].commentaire == "un\ndeux C:"


def test_a_grid_gives_findings_that_are_read_back(tmp_path: Path) -> None:
    """A comment pasted in a grid is read as it was seen; an escape is refused at once, at its cell."""
    pasted = {"qualiopi/1": {"Constat": "Conforme", "Commentaire": "un\u2028deux\u202a"}}
    lu = read_grids(atelier(), [filled(grille(), "csv", pasted, tmp_path, "colle")])
    assert next(r for r in lu.dossier.releves if r.ligne == "qualiopi/1").commentaire == "un\ndeux"
    pasted["qualiopi/1"]["Commentaire"] = "un\x1b[31m"
    with pytest.raises(DataError, match=r"caractere-de-controle: .*U\+001B"):
        read_grids(atelier(), [filled(grille(), "csv", pasted, tmp_path, "echappe")])


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no endless device")
@pytest.mark.parametrize(
    "arguments",
    [
        ("conclure", "-"), ("lire", "-"), ("checklist", "--profil", "-"), ("conclure", "/dev/zero"),
        ("checklist", "--profil", "/dev/zero"), ("valider", "/dev/zero"),
        ("echantillon", "--population", "/dev/zero", "--graine", "a"),
    ],
)  # fmt: skip
def test_what_has_no_end_is_too_big(arguments: tuple[str, ...]) -> None:
    """A device that never ends is refused, in the memory of the largest file."""
    with Path("/dev/zero").open("rb") as zeros:
        done = program(*arguments, stdin=zeros, limit=400_000_000)
    assert done.returncode in (1, 2)
    assert b"fichier-trop-grand" in done.stderr + done.stdout
    assert b"Traceback" not in done.stderr


def test_no_more_than_the_limit_is_read(tmp_path: Path) -> None:
    """One byte more than the limit tells a file that is too big."""
    path = tmp_path / "a"
    path.write_bytes(b"x" * (MAX_BYTES + 1_000))
    assert len(content_of(path)) == MAX_BYTES + 1


# ---- never replaced, never in halves ----------------------------------------------------------------------


def test_of_many_writers_one_wins(tmp_path: Path) -> None:
    """Twelve write the same new file at once: one does, eleven are refused, none is overwritten."""
    path = tmp_path / "a.json"
    start = threading.Barrier(12)
    won: list[int] = []

    def write(number: int) -> None:
        start.wait()
        try:
            write_file(path, b"%d" % number * 1_000, replace=False)
        except FileExistsError:
            return
        won.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(10, 22)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [b"%d" % number * 1_000 for number in won] == [path.read_bytes()]
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_file_that_appears_meanwhile_is_kept(
    call: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checked free, then taken by another before the document is written: status 2, the other's is kept."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("certif_rules.cli.flux.check_free", lambda *_, **__: None)
    (tmp_path / "a.md").write_bytes(b"un autre")
    reponse = call("checklist", *AUDIT, "-o", "a.md")
    assert (reponse.status, reponse.codes) == (2, ["fichier-existant"])
    assert (tmp_path / "a.md").read_bytes() == b"un autre"


@pytest.mark.parametrize("linked", [True, False])
def test_without_links_a_name_is_taken_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, linked: bool
) -> None:
    """On a file system without hard links nothing is replaced either."""
    if not linked:
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
    write_file(tmp_path / "a", b"un", replace=False)
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "a", b"deux", replace=False)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"un")]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_what_is_replaced_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    """A file that its owner alone may read stays so."""
    path = tmp_path / "a"
    path.write_bytes(b"avant")
    path.chmod(mode)
    write_file(path, b"apres", replace=True)
    assert (path.stat().st_mode & 0o777, path.read_bytes()) == (mode, b"apres")


KILLED = """\
import os, signal, sys
from pathlib import Path
from certif_rules.source.ecriture import write_file
os.fsync = lambda _: (print("ici", flush=True), {})
write_file(Path(sys.argv[1]), b"x" * 100_000, replace=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_what_a_killed_writer_left_goes_at_the_next_write(tmp_path: Path) -> None:
    """A writer killed before the rename leaves the former file; the next removes what it left, no more."""
    (tmp_path / "a").write_bytes(b"avant")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format("os.kill(os.getpid(), signal.SIGKILL)"), str(tmp_path / "a")],
        check=False, capture_output=True,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "a").read_bytes() == b"avant"
    assert len(list(tmp_path.iterdir())) == 2
    # Another is writing: what it holds stays.
    with subprocess.Popen(
        [sys.executable, "-c", KILLED.format("sys.stdin.read()"), str(tmp_path / "c")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as writing:  # fmt: skip
        assert writing.stdout is not None
        writing.stdout.readline()
        write_file(tmp_path / "b", b"b", replace=False)
        assert len(list(tmp_path.glob(".certif-rules.*"))) == 1
        writing.communicate(b"")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b", "c"]


# ---- linear time ------------------------------------------------------------------------------------------


def patterns() -> Iterator[tuple[str, list[Callable[[str], object]]]]:
    """Every regular expression at the top of a module, by the place of its name, and the ways it is used.

    One that is asked for at a given place only (``match``, ``fullmatch``) need not be sought everywhere.
    """
    for module in pkgutil.walk_packages(certif_rules.__path__, "certif_rules."):
        if module.name.endswith("__main__") or module.name.startswith("certif_rules.web"):
            continue  # the pages need Django set up, and have no expression of their own
        loaded = importlib.import_module(module.name)
        text = inspect.getsource(loaded) if loaded.__file__ else ""
        for name, value in vars(loaded).items():
            rules = value if isinstance(value, tuple | list) else [value]
            for pattern in [rule[0] if isinstance(rule, tuple) and rule else rule for rule in rules]:
                if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
                    uses = re.sub(rf"^{name}\b.*", "", text, flags=re.MULTILINE)
                    everywhere = re.search(rf"\b{name}\b(?!\.(match|fullmatch))", uses)
                    sought = [partial(pattern.sub, "")] if everywhere else []
                    yield f"{module.name}.{name}", [pattern.match, pattern.fullmatch, *sought]


PIECES = (
    " ", "a", "1", "a.", "1 ", "'", "« ", "-", "a-", "/", "@a.", "é", ";", "\t", "\n ", "0.", "(", "<", "x=",
    "A", "a@", "l'", "12-", ",", "&", "[", "*", "# ", "Aa ", "0 0 ",
)  # fmt: skip


@pytest.mark.lent
def test_no_expression_takes_the_square_of_a_text() -> None:
    """Twenty thousand times the same piece, then what does not match: each expression ends at once."""
    slow = []
    for name, ways in patterns():
        for piece in PIECES:
            text = piece * (20_000 // len(piece)) + "\x00"
            start = time.process_time()
            for way in ways:
                way(text)
            if time.process_time() - start > 1:
                slow.append((name, piece))
    assert slow == []


def test_a_long_word_is_told_at_once() -> None:
    """Messages are made in one pass, and quote no more than two hundred characters of a word."""
    start = time.process_time()
    assert message("x" * 400_000)
    for text in ("x" * 10**6, f"la clé « {'a b ' * 10**5} » est en double", "a b " * 10**6):
        assert len(Issue("code", text).message) <= 2_000
        assert len(Issue("code", "court", None, text).hint or "") <= 2_000
    assert clipped(f"« {'y' * 300} »") == f"« {'y' * 200}… »"
    assert time.process_time() - start < 3


@pytest.mark.parametrize("format_", ["ods", "xlsx"])
def test_an_encoding_that_is_not_one(tmp_path: Path, format_: str) -> None:
    """XML that declares an unknown encoding is one message, not an error of ours."""
    import zipfile

    member = {"ods": "content.xml", "xlsx": "xl/workbook.xml"}[format_]
    whole = filled(grille(), format_, {}, tmp_path, "source")
    path = tmp_path / f"mal.{format_}"
    with zipfile.ZipFile(whole) as source_, zipfile.ZipFile(path, "w") as out:
        for name in source_.namelist():
            content = source_.read(name)
            if name == member:
                content = b'<?xml version="1.0" encoding="xyz"?>' + re.sub(rb"^<\?xml.*?\?>", b"", content)
            out.writestr(name, content)
    with pytest.raises(DataError, match="fichier-illisible"):
        read_grids(atelier(), [path])


# ---- what reaches a terminal ------------------------------------------------------------------------------

#: A C1 control, each change and mark of direction, an escape: what no terminal is to be given.
DRIVES = "\x9b\x80\x85\u202a\u202e\u2066\u2069\u200e\u200f\u061c\x1b"
BAVARD = f"import sys\n\nprint({DRIVES!r}, file=sys.stderr)\nraise ValueError({DRIVES!r})\n"


def on_a_terminal(*arguments: str, path: str = "", encoding: str = "utf-8") -> tuple[int, bytes]:
    """The program with a terminal for its streams: its status, and the bytes that the terminal gets."""
    import pty

    master, slave = pty.openpty()
    env = os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "certif_rules", *arguments]
    shown = b""
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=env) as running:
        os.close(slave)
        with suppress(OSError):  # the end of a terminal is an error
            while chunk := os.read(master, 65536):
                shown += chunk
    os.close(master)
    return running.returncode, shown


def drives(shown: str) -> set[str]:
    return set(shown) & set(DRIVES)


@POSIX
@pytest.mark.parametrize("format_", ["table", "json", "md", "csv", "html", "formulaire"])
def test_no_document_drives_a_terminal(tmp_path: Path, format_: str) -> None:
    """What a profile holds is shown « � » on a terminal, and is written to a file or a pipe as it was."""
    path = tmp_path / "p.json"
    marks = "\u200e\u200f\u061c"
    organisme = {"nom": f"A{marks}B", "categories": ["AF"]}
    path.write_text(json.dumps({"format": 1, "organisme": organisme}, ensure_ascii=False), encoding="utf-8")
    call_ = ("checklist", *AUDIT[:-2], "--profil", str(path), "--format", format_)
    status, shown = on_a_terminal(*call_)
    assert status == 0
    assert drives(shown.decode()) == set()
    if format_ == "json":
        assert b"A" + "\ufffd".encode() * 3 + b"B" in shown
        assert f"A{marks}B".encode() in program(*call_).stdout


@POSIX
@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
@pytest.mark.parametrize(
    "arguments",
    [("plugins",), ("plugins", "--format", "json"), ("--verbose", "plugins"), ("valider", f"x{DRIVES}.yaml")],
)
def test_nothing_foreign_drives_a_terminal(tmp_path: Path, arguments: tuple[str, ...], encoding: str) -> None:
    """What a plugin raises or prints, and the name of a file, in listings, JSON and messages."""
    distribution(tmp_path, "bavard", BAVARD)
    _, shown = on_a_terminal(*arguments, path=str(tmp_path), encoding=encoding)
    assert b"ValueError" in shown  # the words of the plugin were shown
    assert drives(shown.decode(encoding)) == set()


@POSIX
@pytest.mark.parametrize("format_", ["xlsx", "ods"])
def test_a_workbook_is_not_shown(format_: str) -> None:
    """A terminal is not given bytes that are no text; a pipe is, as before."""
    status, shown = on_a_terminal("checklist", *AUDIT, "--format", format_)
    assert status == 2
    assert b"sortie-requise" in shown
    assert len(shown) < 1_000
    assert program("checklist", *AUDIT, "--format", format_).stdout.startswith(b"PK")


# ---- broken surroundings ----------------------------------------------------------------------------------

LIMITED = """\
import sys
try:
    import resource
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))
except ImportError:
    pass
from certif_rules.__main__ import main
sys.argv[0] = "certif-rules"
main()
"""


def program(
    *arguments: str, stdin: object = None, limit: int = 1_000_000_000
) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own, in bounded memory where the system can."""
    command = [sys.executable, "-c", LIMITED.format(limit=limit), *arguments]
    return subprocess.run(command, stdin=stdin, capture_output=True, check=False)  # type: ignore[call-overload, no-any-return]


def shell(
    tmp_path: Path, redirected: str, *arguments: str, unbuffered: bool = False
) -> subprocess.CompletedProcess[bytes]:
    """The program as a shell runs it with a stream closed or filled, whatever this environment buffers."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1" if unbuffered else ""}
    line = f'"$0" -m certif_rules "$@" {redirected}'
    command = ["sh", "-c", line, sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, cwd=tmp_path, check=False, env=env)


@POSIX
@pytest.mark.parametrize(
    ("redirected", "arguments", "status", "code"),
    [
        (">&-", ("plugins",), 1, "ecriture-impossible"),
        (">&-", ("checklist", *AUDIT, "--format", "json"), 1, "ecriture-impossible"),
        (">&-", ("checklist", *AUDIT, "-o", "a.md"), 0, ""),
        (">&-", ("--version",), 1, "ecriture-impossible"),
        ("<&-", ("conclure", "-"), 1, "fichier-illisible"),
        ("<&-", ("lire", "-"), 1, "fichier-illisible"),
        ("2>&-", ("checklist", "rien"), 2, ""),
        ("2>&-", ("plugins",), 0, ""),
    ],
)  # fmt: skip
def test_a_closed_stream(
    tmp_path: Path, redirected: str, arguments: tuple[str, ...], status: int, code: str
) -> None:
    """The documented status and one message; a document that goes to a file does not need the output."""
    done = shell(tmp_path, redirected, *arguments)
    assert done.returncode == status
    assert b"Traceback" not in done.stderr
    assert code.encode() in done.stderr
    assert done.stderr.count(b"ecriture-impossible") == (code == "ecriture-impossible")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("arguments", [("--help",), ("plugins", "--format", "json"), ("checklist", *AUDIT)])
def test_a_full_output(tmp_path: Path, arguments: tuple[str, ...], unbuffered: bool) -> None:
    """A full standard output is a failure to write, told once; a full standard error changes no status."""
    done = shell(tmp_path, "> /dev/full", *arguments, unbuffered=unbuffered)
    assert (done.returncode, done.stderr.count(b"ecriture-impossible")) == (1, 1)
    assert b"Traceback" not in done.stderr
    full = shell(tmp_path, "2> /dev/full", "checklist", "rien", unbuffered=unbuffered)
    assert full.returncode == 2


@POSIX
def test_links_in_a_loop(call: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An output that is a link to itself cannot be written, with or without ``--remplacer``."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").symlink_to("b.md")
    (tmp_path / "b.md").symlink_to("a.md")
    for more in ((), ("--remplacer",)):
        reponse = call("checklist", *AUDIT, "-o", "a.md", *more)
        assert (reponse.status, reponse.codes) == (1, ["ecriture-impossible"])
        assert "tourne en rond" in plain(reponse.err)


@POSIX
@pytest.mark.parametrize("arguments", [("valider", "a.yaml"), ("checklist", *AUDIT, "-o", "a.md")])
def test_a_current_folder_that_is_gone(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Status 1 and one message when the current folder was removed."""
    gone = tmp_path / "parti"
    gone.mkdir()
    line = f'rmdir "{gone}"; "$0" -m certif_rules "$@"'
    command = ["sh", "-c", line, sys.executable, *arguments]
    done = subprocess.run(command, capture_output=True, cwd=gone, check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_an_interruption_while_modules_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C before the command line is loaded gives the status that it gives afterwards."""
    from certif_rules import __main__

    class Interrupted:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "certif_rules.cli":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "certif_rules.cli")
    monkeypatch.delattr(certif_rules, "cli", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    with pytest.raises(SystemExit) as left:
        __main__.main()
    assert left.value.code == 130


def test_nothing_is_loaded_before_an_interruption_is_told() -> None:
    """What starts the program imports nothing of its own beforehand: it could be interrupted there."""
    root = str(Path(certif_rules.__file__).parent.parent)
    code = (
        f"import sys; sys.path.insert(0, {root!r}); before = {{*sys.modules}}; import certif_rules.__main__;"
    )
    code += "print(*{*sys.modules} - before)"
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    # ``gc`` is in the interpreter: nothing is read from a disk.
    assert set(done.stdout.split()) <= {"certif_rules", "certif_rules.__main__", "__future__", "gc"}


@POSIX
@pytest.mark.parametrize(
    ("ends", "told"),
    [("kill -ABRT $$", "SIGABRT"), ("kill -KILL $$", "SIGKILL"), ("echo a >&2; exit 7", "(a)")],
)
@pytest.mark.parametrize("arguments", [("-o", "a.pdf"), ("-o", "a.pdf", "--remplacer"), ("-o", "-")])
def test_a_compiler_that_dies(
    call: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str, told: str, arguments: list[str]
) -> None:
    """The process that lays a PDF out may be killed: status 1, one message, the former file whole."""
    monkeypatch.chdir(tmp_path)
    dying = tmp_path / "python"
    dying.write_text(f"#!/bin/sh\n{ends}\n", encoding="utf-8")
    dying.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(dying))
    if "--remplacer" in arguments:
        (tmp_path / "a.pdf").write_bytes(b"avant")
    before = sorted(p.name for p in tmp_path.iterdir())
    reponse = call("checklist", *AUDIT, "--format", "pdf", *arguments)
    assert (reponse.status, reponse.codes, reponse.out) == (1, ["mise-en-page-interrompue"], b"")
    assert told in reponse.err
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    assert "--remplacer" not in arguments or (tmp_path / "a.pdf").read_bytes() == b"avant"


@pytest.mark.skipif(sys.platform != "linux", reason="bounds the memory of a process as Linux does")
@pytest.mark.lent
@pytest.mark.parametrize("limit", [100_000_000, 150_000_000, 250_000_000])
def test_a_pdf_in_little_memory(tmp_path: Path, limit: int) -> None:
    """The file is whole, or status 1 and one message: never the status of an abort, never a trace."""
    done = program("checklist", *AUDIT, "-o", str(tmp_path / "a.pdf"), limit=limit)
    assert done.returncode in (0, 1), done
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "a.pdf").exists() == (done.returncode == 0)
    if done.returncode:
        assert re.match(rb"mise-en-page-interrompue|memoire-insuffisante", done.stderr)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("given", ["folder", "layer"])
def test_a_folder_of_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """A pipe, a socket, a device, a link to one, to nothing or to itself: each told, none waited for."""
    folder = tmp_path / "d"
    folder.mkdir()
    if given == "layer":
        folder = folder / "guide" / "a"
        folder.mkdir(parents=True)
    os.mkfifo(folder / "tube.yaml")
    (folder / "zero.yml").symlink_to("/dev/zero")
    (folder / "tourne.yaml").symlink_to("tourne.yaml")
    (folder / "rien.yaml").symlink_to("rien-du-tout")
    (folder / "dossier.yaml").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(folder)  # the name of a socket is short
        listening.bind("prise.yaml")
        command = [sys.executable, "-m", "certif_rules", "valider", "d"]
        done = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, timeout=60)
    told = plain((done.stdout + done.stderr).decode())
    assert done.returncode == 1
    assert "Traceback" not in told
    for name in ("tube.yaml", "prise.yaml", "zero.yml"):
        assert re.search(rf"{name}: fichier-illisible: ce n’est pas un fichier ordinaire", told), told
    for name in ("tourne.yaml", "rien.yaml"):
        assert re.search(rf"{name}: fichier-illisible", told), told


def test_a_pipe_that_is_named_is_read(tmp_path: Path) -> None:
    """What a person names may be a pipe: it is read, once."""
    line = 'printf "format: 1\\nrien: 1\\n" | "$0" -m certif_rules valider /dev/stdin'
    done = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, check=False)
    assert b"nature-inconnue" in done.stdout + done.stderr


def test_a_folder_that_cannot_be_opened_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the program, the system may refuse a folder: it is named, and its neighbour is read."""
    (tmp_path / "ferme").mkdir()
    (tmp_path / "a.yaml").write_text("a: 1", encoding="utf-8")
    scandir = os.scandir

    def refusing(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "ferme":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    issues = validate([tmp_path], [], here=tmp_path).problemes
    assert [(issue.code, Path(issue.location.file).name) for issue in issues if issue.location] == [
        ("fichier-illisible", "ferme"), ("nature-inconnue", "a.yaml"),
    ]  # fmt: skip


@pytest.mark.skipif(
    sys.platform == "win32" or not os.getuid(), reason="needs POSIX permissions, and root has all"
)
def test_a_folder_without_rights_is_told(tmp_path: Path) -> None:
    """A file and a folder that may not be read are told, and what is beside them is read."""
    (tmp_path / "ferme").mkdir(0)
    (tmp_path / "a.yaml").write_text("a: 1", encoding="utf-8")
    (tmp_path / "b.yaml").touch(0)
    try:
        issues = validate([tmp_path], [], here=tmp_path).problemes
    finally:
        (tmp_path / "ferme").chmod(0o700)
    assert [(issue.code, Path(issue.location.file).name) for issue in issues if issue.location] == [
        ("fichier-illisible", "ferme"), ("nature-inconnue", "a.yaml"), ("fichier-illisible", "b.yaml"),
    ]  # fmt: skip
