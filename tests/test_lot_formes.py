"""What a population becomes: Parquet, a document each; here, in other processes, on a Dask cluster."""

from __future__ import annotations

import csv
import json
import os
import pickle
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from console import Console, process
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from scripts import script_of

from certif_rules.audit.demande import Demande
from certif_rules.cli import avancement
from certif_rules.documents.formats.compilation import Ouvrage, compiled
from certif_rules.errors import DataError, Issue, Location, UsageError
from certif_rules.services import ouvriers, travail
from certif_rules.services.destinations import document_name
from certif_rules.services.organismes import Correspondance, Organisation, about_how_many
from certif_rules.services.travail import Chantier, answer_part

ROOT = Path(__file__).resolve().parent.parent
COLONNES = """\
format: 1
organisme: {nom: denomination, siren: siren, nda: nda}
categories: {AF: certif.AF, CFA: certif.CFA}
faits: {sous_traitance: st}
"""
CSV = """\
nda;denomination;siren;certif.AF;certif.CFA;st
00123456789;Élan;732829320;true;false;oui
00000000002;Nord;732829321;VRAI;true;
00000000003;;;0;1;non
"""
AUDIT = ("qualiopi", "--type", "initial", "--date", "2024-03-18")
DOCUMENTS = ("--dans", "docs", "--processus", "1", "--format")
ASKED = ("lot", "of.csv", *AUDIT, "--colonnes", "c.yaml")


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with three organisations, what their columns say, and a folder for documents."""
    (tmp_path / "of.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "c.yaml").write_text(COLONNES, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: str) -> dict[str, bytes]:
    """What each document of a folder holds."""
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def table_of(path: str) -> Any:
    """A Parquet file as its library reads it."""
    from pyarrow import parquet

    return parquet.read_table(path)


# ---- Parquet ---------------------------------------------------------------------------------------------


def test_parquet_says_what_the_other_tables_say(call: Console, folder: Path) -> None:
    """A column a line, by its id: the states of the CSV; numbers keep their zeros, what is blank is null."""
    assert call(*ASKED, "-o", "o.parquet").status == 0
    table = table_of("o.parquet")
    assert table.column("rang").to_pylist() == [2, 3, 4]
    assert table.column("nda").to_pylist() == ["00123456789", "00000000002", "00000000003"]
    assert table.column("nom").to_pylist() == ["Élan", "Nord", None]
    assert table.column("categories").to_pylist() == [["AF"], ["AF", "CFA"], ["CFA"]]
    assert table.column("avertissements").to_pylist() == [[], ["siren_faux"], []]
    assert table.column("qualiopi/27").to_pylist() == ["a_auditer", "a_confirmer", "non_applicable"]
    json_rows = [json.loads(line) for line in call(*ASKED).out.splitlines()]
    assert table.column("empreinte").to_pylist() == [row["empreinte"] for row in json_rows]
    assert table.column("referentiel").to_pylist() == ["qualiopi@2019"] * 3
    assert call(*ASKED, "-o", "o.csv").status == 0
    lines = Path("o.csv").read_text(encoding="utf-8-sig").splitlines()
    by_number = list(csv.DictReader(lines, delimiter=";"))
    states = [name for name in table.column_names if name.startswith("qualiopi/")]
    assert len(states) == len(by_number[0]) - len(("rang", "nom", "siren", "nda", "categories"))
    for id_ in states:
        assert table.column(id_).to_pylist() == [row[id_.removeprefix("qualiopi/")] for row in by_number]


@pytest.mark.parametrize("rows", [0, 3])
def test_parts_of_parquet_become_one_table(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """A part a row, or no row at all: the same columns and the same values as in one part."""
    heads, *organisations = CSV.splitlines()
    Path("of.csv").write_text("\n".join([heads, *organisations[:rows]]) + "\n", encoding="utf-8")
    assert call(*ASKED, "-o", "entier.parquet").status == 0
    monkeypatch.setattr(travail, "PART", 1)
    assert call(*ASKED, "-o", "o.parquet").status == 0
    whole, parts = table_of("entier.parquet"), table_of("o.parquet")
    assert whole.num_rows == rows
    assert parts.schema == whole.schema
    assert parts.to_pylist() == whole.to_pylist()


def test_parquet_is_written_to_a_file_by_its_library(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not to a stream; without its library, the extra to install is named; any other word is refused."""
    stream = call(*ASKED, "--format", "parquet")
    assert (stream.status, stream.codes, stream.out) == (2, ["sortie-requise"], b"")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    absent = call(*ASKED, "-o", "o.parquet")
    assert (absent.status, absent.codes) == (2, ["format-non-installe"])
    assert 'pip install "certif-rules[parquet]"' in absent.err
    other = call(*ASKED, "--format", "xlsx", "-o", "o.xlsx")
    assert (other.status, other.codes) == (2, ["format-inconnu"])
    assert "un autre format va avec --dans" in other.err
    assert sorted(path.name for path in folder.iterdir()) == ["c.yaml", "docs", "of.csv"]


# ---- A document each --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["html", "json"])
def test_a_document_is_the_checklist_of_its_organisation(call: Console, folder: Path, format_: str) -> None:
    """Byte for byte what ``checklist`` writes for the same organisation, told by a profile."""
    Path("of.csv").write_text(CSV.replace("732829321", "123456782"), encoding="utf-8")
    assert call(*ASKED, *DOCUMENTS, format_).status == 0
    names = [f"000002-elan.{format_}", f"000003-nord.{format_}", f"000004-00000000003.{format_}"]
    assert sorted(contents("docs")) == names
    profiles = (
        '{nom: Élan, siren: "732829320", nda: "00123456789", categories: [AF], faits: {FAIT: true}}',
        '{nom: Nord, siren: "123456782", nda: "00000000002", categories: [AF, CFA]}',
        '{nda: "00000000003", categories: [CFA], faits: {FAIT: false}}',
    )
    audit = "format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: 2024-03-18}\norganisme: "
    for name, organisme in zip(names, profiles, strict=True):
        text = audit + organisme.replace("FAIT", "sous_traitance")
        Path("p.yaml").write_text(text + "\n", encoding="utf-8")
        alone = call("checklist", "--profil", "p.yaml", "--format", format_)
        assert Path("docs", name).read_bytes() == alone.out


def test_who_a_profile_is_about_is_not_who_a_row_is(call: Console, folder: Path) -> None:
    """A profile gives the audit: a row without a name or a SIREN does not take those of the profile."""
    profil = "format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: 2024-03-18}\n"
    profil += 'organisme: {nom: Autre, siren: "732829320", nda: "1", chiffre_affaires: 5, categories: [AF]}\n'
    Path("p.yaml").write_text(profil, encoding="utf-8")
    asked = ("lot", "of.csv", "--profil", "p.yaml", "--colonnes", "c.yaml", *DOCUMENTS, "json")
    assert call(*asked).status == 0
    third = json.loads(Path("docs", "000004-00000000003.json").read_bytes())["organisme"]
    assert "nom" not in third
    assert "siren" not in third
    assert (third["nda"], third["chiffre_affaires"]) == ("00000000003", 5)


def test_a_row_in_fault_has_no_document(call: Console, folder: Path) -> None:
    """It is told with its line, by who reads it or who answers it, and the others have theirs."""
    Path("of.csv").write_text(CSV.replace("true;false", "peut;false"), encoding="utf-8")
    reponse = call(*ASKED, "--avec", "alternance", *DOCUMENTS, "json")
    assert (reponse.status, reponse.codes) == (1, ["rangee-illisible"])
    assert sorted(contents("docs")) == ["000003-nord.json", "000004-00000000003.json"]
    Path("c.yaml").write_text(COLONNES.replace("sous_traitance", "situation_travail"), encoding="utf-8")
    Path("of.csv").write_text(CSV.replace(";0;1;non", ";1;0;non"), encoding="utf-8")
    denied = call(*ASKED, "--avec", "alternance", *DOCUMENTS, "json", "--remplacer")
    assert denied.err.count("of.csv:4:1: fait-contraire") == 1


IDENTITES = st.dictionaries(st.sampled_from(["nom", "siren", "nda"]), st.text(min_size=1), max_size=3)


@given(st.tuples(st.integers(2, 10**7), IDENTITES), st.tuples(st.integers(2, 10**7), IDENTITES))
def test_a_name_is_safe_and_of_one_row_alone(
    one: tuple[int, dict[str, str]], two: tuple[int, dict[str, str]]
) -> None:
    """Whatever they are called: letters, digits and dashes, few of them; two rows never have one name."""
    names = [document_name(Organisation(rang, identite, None, ()), ".html") for rang, identite in (one, two)]
    for name, (rang, _) in zip(names, (one, two), strict=True):
        assert re.fullmatch(r"\d{6,8}(-[a-z0-9]+)*\.html", name)
        assert len(name) <= 80
        assert int(re.split(r"\D", name)[0]) == rang
    assert (names[0].casefold() == names[1].casefold()) <= (one[0] == two[0])


def test_a_document_that_is_there_is_not_replaced_unasked(call: Console, folder: Path) -> None:
    """Another under that name stays, and is named; the same is left as it is; told to, it is replaced."""
    other = Path("docs", "000003-nord.json")
    other.write_bytes(b"{}")
    refused = call(*ASKED, *DOCUMENTS, "json")
    assert (refused.status, refused.codes) == (2, ["fichier-existant"])
    assert "000003-nord.json » existe déjà" in refused.err
    assert other.read_bytes() == b"{}"
    other.unlink()
    assert call(*ASKED, *DOCUMENTS, "json").status == 0
    whole = contents("docs")
    assert call(*ASKED, *DOCUMENTS, "json").status == 0
    other.write_bytes(b"{}")
    assert call(*ASKED, *DOCUMENTS, "json", "--remplacer").status == 0
    assert contents("docs") == whole


def test_no_document_replaces_what_is_read(call: Console, folder: Path) -> None:
    """A population whose name is that of a document to write: refused, whatever is asked, and untouched."""
    population = Path("docs", "000002-elan.csv")
    population.write_text(CSV, encoding="utf-8")
    asked = ("lot", str(population), *AUDIT, "--colonnes", "c.yaml", *DOCUMENTS, "csv")
    reponse = call(*asked, "--remplacer")
    assert (reponse.status, reponse.codes) == (2, ["fichier-existant"])
    assert population.read_text(encoding="utf-8") == CSV


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        (("--dans", "docs"), ["usage"]),
        (("--dans", "docs", "--format", "jsonl"), ["format-inconnu"]),
        (("--dans", "absent", "--format", "html"), ["ecriture-impossible"]),
        (("--dans", "docs", "--format", "html", "-o", "o"), ["usage"]),
        (("--processus", "2", "--dask", "x"), ["usage"]),
        (("--processus", "0"), ["usage"]),
        (("--dans", "absent", "-o", "o", "--processus", "2", "--dask", "x"), ["usage"] * 3),
    ],
)
def test_options_that_do_not_go_together(
    call: Console, folder: Path, options: tuple[str, ...], codes: list[str]
) -> None:
    """No format for documents, no such folder, two ways to share the work: told at once, nothing written."""
    reponse = call(*ASKED, *options)
    assert reponse.status == 2
    assert [code for code in reponse.codes if code in codes] == codes
    assert (reponse.out, contents("docs")) == (b"", {})


def test_documents_that_were_written_are_not_written_again(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A work cut in its second document: the first is taken as it is, though it was changed since."""
    monkeypatch.setattr(travail, "PART_OF_DOCUMENTS", 1)
    write = travail.write_document
    written: list[str] = []

    def cut(*arguments: object) -> bytes:
        written.append("document")
        if len(written) == 2:
            raise KeyboardInterrupt
        return write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(travail, "write_document", cut)
    asked = (*ASKED, *DOCUMENTS, "json")
    assert call(*asked).status == 130
    assert sorted(path.name for path in Path("docs").iterdir()) == ["000002-elan.json", "lot.parties"]
    assert call(*asked).status == 0
    assert len(written) == 4
    assert sorted(contents("docs")) == ["000002-elan.json", "000003-nord.json", "000004-00000000003.json"]


# ---- Faults -----------------------------------------------------------------------------------------------


def test_of_many_faults_the_first_are_told_and_all_are_counted(call: Console, folder: Path) -> None:
    """Sixty rows that nobody can read: fifty with their lines, after the number of all of them."""
    Path("of.csv").write_text(CSV + "1;X\n" * 60, encoding="utf-8")
    reponse = call(*ASKED, "-o", "o.jsonl")
    assert reponse.status == 1
    assert "60 anomalies : les 50 premières sont dites ici" in reponse.err
    assert "o.jsonl : 3 organismes répondus, 60 en faute." in reponse.err
    lines = [line for line in reponse.err.splitlines() if ": rangee-illisible: " in line]
    assert (len(lines), lines[-1][:12]) == (50, "of.csv:54:1:")


def test_what_is_wrong_goes_from_one_process_to_another() -> None:
    """An error keeps its kind, and its issues with their places."""
    error = UsageError([Issue("usage", "non", Location("a", 1, 1)), Issue("usage", "oui")])
    there = pickle.loads(pickle.dumps(error))
    assert type(there) is UsageError
    assert there.issues == error.issues


# ---- Other processes --------------------------------------------------------------------------------------


@pytest.mark.lent
def test_a_child_makes_a_pdf_after_its_parent_did() -> None:
    """Processes are spawned, with nothing of their parent: a forked one has its locks, and waits for ever."""
    modele = '#set document(title: "x")\nx'
    ouvrage = Ouvrage(modele=modele, donnees="{}", instant="2024-03-18T00:00:00+00:00")
    here, limit = compiled(ouvrage), sys.getrecursionlimit()
    sys.setrecursionlimit(limit + 1)
    try:
        with ouvriers.processes(1) as workers:
            assert workers.submit(sys.getrecursionlimit).result(timeout=60) == limit
            assert workers.submit(compiled, ouvrage).result(timeout=60) == here
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.lent
def test_processes_make_the_same_bytes(call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents by two processes, and a table: as by one, in the same order, faults included."""
    Path("of.csv").write_text(CSV + "1;X\n", encoding="utf-8")
    monkeypatch.setattr(travail, "PART_OF_DOCUMENTS", 1)
    monkeypatch.setattr(travail, "PART", 1)
    answers = []
    for number in ("1", "2"):
        Path(f"docs{number}").mkdir()
        asked = (*ASKED, "--dans", f"docs{number}", "--format", "json", "--processus", number)
        told = call(*asked)
        answers.append((told.status, told.codes, contents(f"docs{number}")))
    assert answers[0] == answers[1]
    assert len(answers[0][2]) == 3
    assert call(*ASKED, "--processus", "2").out == call(*ASKED).out


@pytest.mark.lent
def test_a_process_that_dies_is_told() -> None:
    """Killed by the system: what to do is told, and nothing waits for it."""
    with pytest.raises(DataError) as raised, ouvriers.processes(1) as workers:
        workers.submit(os._exit, 9).result(timeout=60)
    assert [issue.code for issue in raised.value.issues] == ["travail-interrompu"]


def test_whoever_has_other_rules_answers_nothing() -> None:
    """A worker where another version of the rules, or of the program, is installed is refused."""
    by = Correspondance(
        organisme={}, categories={}, faits={}, vrai=frozenset(), faux=frozenset(), separateur=None
    )
    commun = Demande(referentiel="qualiopi", type_audit="initial", date="2024-03-18", categories=("AF",))
    chantier = Chantier(
        commun=commun, correspondance=by, name="of.csv", forme="jsonl", documents=False, empreinte="sha256:0"
    )
    with pytest.raises(DataError, match="regles-differentes: un ouvrier n’a pas les mêmes règles"):
        answer_part(chantier, 0, [])


def test_two_works_in_one_worker_have_their_own_answers(folder: Path) -> None:
    """The same request, columns that say otherwise: the second is not answered as the first."""
    from certif_rules.services.atelier import open_atelier

    empreinte = open_atelier().registry.resolve("qualiopi", day="2024-03-18").empreinte
    commun = Demande(referentiel="qualiopi", type_audit="initial", date="2024-03-18", categories=("AF",))
    by = Correspondance(
        organisme={"nom": "n"}, categories={}, faits={}, vrai=frozenset(), faux=frozenset(), separateur=None
    )
    one = Chantier(
        commun=commun, correspondance=by, name="of.csv", forme="csv", documents=False, empreinte=empreinte
    )
    two = replace(one, correspondance=replace(by, organisme={"siren": "s"}))
    heads = [answer_part(chantier, 0, []).table.decode("utf-8-sig") for chantier in (one, two, one)]
    assert [text.split(";")[1] for text in heads] == ["nom", "siren", "nom"]


# ---- Kills ------------------------------------------------------------------------------------------------


@pytest.mark.lent
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills in another way")
def test_killed_again_and_again_it_ends_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kills at random moments, of lines and of documents; ``benchmarks/arrets.py`` gives fifty."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    script = script_of("benchmarks/arrets.py")
    assert script.faults(2, seed=3, names=("jsonl", "documents"), smaller=8) == []


# ---- Dask -------------------------------------------------------------------------------------------------


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """What starts a part of a Dask cluster; all of them are ended with the test."""
    processes: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
        processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
        return processes[-1]

    yield begin
    for process_ in processes:
        process_.kill()
        process_.communicate()


def line_of(process_: subprocess.Popen[bytes], words: str) -> str:
    """The first line of what a process tells that has these words."""
    assert process_.stderr is not None
    return next(line for line in map(bytes.decode, process_.stderr) if words in line)


@pytest.mark.lent
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="stops a process as POSIX does")
def test_a_dask_worker_that_dies_on_the_way_changes_nothing(
    call: Console, folder: Path, start: Callable[..., subprocess.Popen[bytes]]
) -> None:
    """Two workers, one frozen with work in its hands, then killed: the other answers, with the same bytes."""
    heads, *organisations = CSV.splitlines()
    Path("of.csv").write_text("\n".join([heads, *organisations * 20]) + "\n", encoding="utf-8")
    expected = call(*ASKED).out
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0")
    address = line_of(scheduler, "Scheduler at:").split()[-1]
    workers = [start("worker", address, "--no-nanny", "--nthreads", "1") for _ in range(2)]
    for worker in workers:
        line_of(worker, "Registered to")
    os.kill(workers[0].pid, signal.SIGSTOP)
    code = (
        "from certif_rules import cli; from certif_rules.services import travail as t; t.PART = 5; cli.main()"
    )
    asked = [sys.executable, "-c", code, *ASKED, "-o", "o.jsonl", "--dask", address]
    client = subprocess.Popen(asked, stderr=subprocess.DEVNULL)
    while not Path("o.jsonl.parties").exists() and client.poll() is None:
        time.sleep(0.05)
    time.sleep(1)
    assert client.poll() is None, "it waits for what the frozen worker has"
    workers[0].kill()
    assert client.wait(timeout=60) == 0
    assert Path("o.jsonl").read_bytes() == expected


@pytest.mark.lent
def test_a_cluster_that_is_not_there_is_told(
    call: Console, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No scheduler there, what is no address, no library: what to do is told, and nothing is written."""
    monkeypatch.setattr(ouvriers, "_PATIENCE", "100ms")
    for address in ("tcp://127.0.0.1:9", "nulle part"):
        reponse = call(*ASKED, "-o", "o.jsonl", "--dask", address)
        assert (reponse.status, reponse.codes) == (2, ["dask-impossible"])
        assert "aucun ordonnanceur ne répond" in reponse.err
    monkeypatch.setitem(sys.modules, "distributed", None)
    reponse = call(*ASKED, "-o", "o.jsonl", "--dask", "tcp://127.0.0.1:9")
    assert (reponse.status, reponse.codes) == (2, ["dask-impossible"])
    assert 'pip install "certif-rules[dask]"' in reponse.err
    assert sorted(path.name for path in folder.iterdir()) == ["c.yaml", "docs", "of.csv"]


# ---- Progress ---------------------------------------------------------------------------------------------


class Clock:
    """Stands for the module ``time``: it is the time that one says."""

    now = 1000.0

    def time(self) -> float:
        return self.now


class Tty:
    """A terminal in the place of standard error, and what is written to it."""

    def __init__(self, own: int, other: int) -> None:
        self._own = own
        self.stream = os.fdopen(other, "w", encoding="utf-8")

    def read(self) -> str:
        """What was written since the last time."""
        self.stream.flush()
        content = b""
        while select.select([self._own], [], [], 0.1)[0]:
            content += os.read(self._own, 10_000)
        return content.decode()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tty]:
    """A terminal as most are; a test puts it in the place of standard error."""
    own, other = pytest.importorskip("pty").openpty()
    tty = Tty(own, other)
    monkeypatch.setenv("TERM", "xterm")
    yield tty
    tty.stream.close()
    os.close(own)


def test_a_terminal_is_told_how_far_how_fast_and_how_long_still(
    terminal: Tty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half done in ten seconds: ten more, at 500 a second; what was there before counts for none of that."""
    clock = Clock()
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    monkeypatch.setattr("click._termui_impl.time", clock)
    with avancement.progress(lambda: 12_000, "rangée", "rangées") as advance:
        advance(2_000, True)
        assert "2\u202f000 rangées sur 12\u202f000" in terminal.read()
        clock.now += 10
        advance(5_000, False)
        shown = terminal.read().rpartition("\r")[2]
        words = "7\u202f000 rangées sur 12\u202f000, 500 par seconde, reste 10 s"
        assert words in shown
        assert "\x1b[3" not in shown
        clock.now += 10
        advance(5_000, False)
        assert "12\u202f000 rangées sur 12\u202f000, 500 par seconde" in terminal.read()
    assert terminal.read().endswith("\n")


@pytest.mark.parametrize(("seconds", "words"), [(59, "59 s"), (61, "1 min 01 s"), (3_720, "1 h 02")])
def test_a_length_of_time_is_in_two_units_at_most(seconds: int, words: str) -> None:
    """Seconds, minutes and seconds, hours and minutes: the longest line has less than eighty columns."""
    assert avancement._duration(seconds) == words
    assert len("148 000 rangées sur 148 000, 100 000 par seconde, reste 100 h 59") < 80


def test_a_poor_terminal_and_a_file_are_shown_nothing(
    folder: Path, terminal: Tty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal that cannot write a line again; a log, which has the last sentence and no other."""
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    monkeypatch.setenv("TERM", "dumb")
    with avancement.progress(lambda: 10, "rangée", "rangées") as advance:
        advance(10, False)
    assert terminal.read() == ""
    done = process(*ASKED, "-o", "o.jsonl")
    assert done.printed == "o.jsonl : 3 organismes répondus, 0 en faute.\n".replace(" :", "\u00a0:")


def test_how_many_rows_there_are_is_about_how_many_lines(folder: Path) -> None:
    """The heads are no row; of what can be read once only, nothing is read to know."""
    assert about_how_many(Path("of.csv")) == 3
    assert about_how_many(Path("docs")) == 0
