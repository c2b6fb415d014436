"""Compiled layers: what they spare is not done, and nothing that is answered differs by a byte."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from console import AUDIT, Console
from greffons import DONNEES, couche
from msgspec import Struct, msgpack
from scripts import script_of

from certif_rules.errors import DataError
from certif_rules.model.base import Regle
from certif_rules.model.candidature import PriseEnCharge
from certif_rules.model.referentiel import Couche, Referentiel
from certif_rules.plugins import cache as module
from certif_rules.plugins.cache import ENV_CACHE, NONE, Cache, compiled_beside, key_of, user_cache
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.livraison import compile_layers, compiled_files
from certif_rules.plugins.registry import Registry

ROOT = Path(__file__).resolve().parent.parent
DAY = "2024-03-18"
PARTS = ("x",)
KEY, OTHER = (key_of([("a", content)]) or b"" for content in (b"un", b"de"))


def registry(folder: Path | None, **dossiers: Path) -> Registry:
    plugins = dossiers or DONNEES
    donnees = [(nom, Donnees(dossier=dossier)) for nom, dossier in plugins.items()]
    return Registry(donnees, cache=Cache(folder) if folder else None)


def whole(value: Any) -> Any:
    """A value with the type of all it holds and every field, places included, which equality leaves out."""
    if isinstance(value, Struct):
        return type(value), [(name, whole(getattr(value, name))) for name in value.__struct_fields__]
    if isinstance(value, dict):
        return dict, [(key, whole(item)) for key, item in value.items()]
    if isinstance(value, tuple | list):
        return type(value), [whole(item) for item in value]
    return type(value), value


def everything(known: Registry) -> Any:
    """All that every edition resolves to, and what stands around its audits."""
    resolved = []
    for nom in known.referentiels():
        for edition in known.layers(nom, "exigence"):
            resolution = known.resolve(nom, day=known.latest_day(edition), edition=edition.id)
            resolved.append((whole(resolution), whole(known.life(resolution.referentiel))))
    return [whole(layer) for layer in known.all_layers()], resolved


def test_what_is_compiled_is_what_the_yaml_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every record of every edition, with its types and places; the second time, no YAML is read."""
    expected = everything(registry(None))
    assert len(expected[1]) == 6  # two editions of two référentiels, one of each label
    assert everything(registry(tmp_path)) == expected
    monkeypatch.setattr("certif_rules.plugins.couche.read_bytes", lambda *_: pytest.fail("YAML was read"))
    assert everything(registry(tmp_path)) == expected


def test_two_days_with_the_same_layers_share_them(tmp_path: Path) -> None:
    """What a day does not change is made once: 744 days must not cost 744 référentiels."""
    known = registry(tmp_path)
    one, two = (known.resolve("certifregion", day=day) for day in (DAY, "2024-03-19"))
    assert one.referentiel is two.referentiel
    assert known.resolve("qualiopi", day="2019-07-01").referentiel is not two.referentiel


@pytest.mark.lent
def test_three_hundred_days_asked_leave_nothing_behind(tmp_path: Path) -> None:
    """A visitor chooses the day: once the layers are known, each further day costs no memory."""
    known = registry(tmp_path)
    days = [(date(2024, 1, 1) + timedelta(days=n)).isoformat() for n in range(330)]
    tracemalloc.start()
    try:
        for day in days[::11]:  # every stack of layers of the year is made
            known.resolve("certifregion", day=day)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for day in days:
            known.resolve("certifregion", day=day)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 20_000


LAYER = """\
referentiel: essai
nature: {nature}
id: "{id}"
titre: Une couche
{others}du: "2024-01-01"
confiance: elevee
sources: [S]
"""
LINES = """\
sources:
  S: {titre: Un arrêté, reference: article 1}
categories:
  - {id: A, titre: A, a_qui: à tous, sources: [S]}
criteres:
  - {code: c, titre: C, sources: [S]}
indicateurs:
  - code: i
    critere: c
    titre: Avant
    exigence: E
    confiance: elevee
    portee: [{toutes: true, sources: [S]}]
    sources: [S]
"""
FINDINGS = """\
constats:
  - {id: conforme, titre: Conforme, sources: [S]}
constats_permis:
  - {lignes: [i], constats: [conforme], texte: Conforme ou rien, sources: [S]}
"""


@pytest.fixture
def essai(tmp_path: Path) -> Path:
    """A référentiel of one line, whose title the tests change."""
    donnees = tmp_path / "essai" / "donnees"
    header = LAYER.format(nature="exigence", id="1", others="nom: Essai\n")
    couche(donnees, header, LINES)
    couche(donnees, LAYER.format(nature="regles", id="r", others='pour: ["1"]\n'), FINDINGS)
    return donnees


CALLS: dict[str, tuple[str, ...]] = {
    "json": ("checklist", *AUDIT, "--format", "json"),
    "table": ("checklist", "certifregion", *AUDIT[1:]),
    "html": ("checklist", "enseigne", "--type", "bapteme", "--date", "2022-03-01", "--categorie", "VELO",
             "--format", "html"),
    "expliquer": ("expliquer", "certifregion", "1", *AUDIT[1:]),
    "dossier": ("dossier", "certifregion", *AUDIT[1:], "--format", "md"),
    "calendrier": ("calendrier", "certifregion", "--evenement", "audit_initial=2023-05-31", "--format=json"),
    "referentiels": ("referentiels", "--detail"),
    "refus": ("checklist", "qualiopi", "--type", "initail", "--date", DAY),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_no_byte_differs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Without a cache, with an empty one, with a full one: the same answer, messages and places included."""
    call = Console(capfdbinary, monkeypatch)
    answers = []
    for folder in (NONE, str(tmp_path), str(tmp_path)):
        monkeypatch.setenv(ENV_CACHE, folder)
        reponse = call(*CALLS[name])
        answers.append((reponse.status, reponse.out, reponse.err))
    assert answers[0] == answers[1] == answers[2]
    assert (b".yaml:" in answers[0][1]) == (name == "expliquer")
    assert list(tmp_path.glob("*.msgpack"))


def loaded(folder: Path) -> set[str]:
    """The modules that a checklist loads."""
    code = "from certif_rules.cli import run\nassert run({!r}) == 0\nimport sys\nprint('@', *sys.modules)"
    arguments = ["checklist", "certifregion", *AUDIT[1:], "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code.format(arguments)],
        capture_output=True, encoding="utf-8", check=True, env={**os.environ, ENV_CACHE: str(folder)},
    )  # fmt: skip
    return set(done.stdout.rpartition("@")[2].split())


def test_a_checklist_of_compiled_layers_loads_no_reader(tmp_path: Path) -> None:
    """Once compiled, a layer needs neither ruamel nor jsonschema nor what builds records of YAML."""
    assert {"ruamel.yaml", "certif_rules.construction.assemblage"} <= loaded(tmp_path)
    roots = {"ruamel", "_ruamel_yaml", "jsonschema", "referencing"}
    spared = {name for name in loaded(tmp_path) if name.partition(".")[0] in roots}
    assert spared == set()


def test_what_validates_reads_the_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``valider`` is there to say what files hold: it asks nothing of a cache, and leaves nothing there."""
    from certif_rules.services.validation import validate

    monkeypatch.setenv(ENV_CACHE, str(tmp_path))
    monkeypatch.setattr(Cache, "read", lambda *_: pytest.fail("the cache was asked"))
    donnees = [(nom, Donnees(dossier=dossier)) for nom, dossier in DONNEES.items()]
    assert validate([DONNEES["fictif"]], donnees, here=ROOT).problemes == ()
    assert list(tmp_path.iterdir()) == []


# ---- entries that are not what they should be ----------------------------------------------------------


def entries(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def title(donnees: Path, folder: Path) -> str | None:
    return registry(folder, essai=donnees).resolve("essai", day=DAY).referentiel.indicateurs["essai/i"].titre


def spoil(donnees: Path, folder: Path, change: Callable[[bytes], bytes]) -> None:
    """Resolve, change what that left, resolve again: the answer and the entries are the same."""
    first = registry(folder, essai=donnees).resolve("essai", day=DAY)
    before = entries(folder)
    assert len(before) == 2  # the headers of the plugin, and the référentiel
    for name, content in before.items():
        (folder / name).write_bytes(change(content))
    assert entries(folder) != before
    assert whole(registry(folder, essai=donnees).resolve("essai", day=DAY)) == whole(first)
    assert entries(folder) == before


def signed(content: bytes) -> bytes:
    """The content with the checksum that goes with it."""
    return module._checksum(content) + content


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "a byte": lambda _: b"\x00",
    "cut in the checksum": lambda content: content[:2],
    "cut after the checksum": lambda content: content[:4],
    "cut in the key": lambda content: content[:60],
    "cut in the data": lambda content: content[:-1],
    "longer": lambda content: content + b"\x00",
    "another key": lambda content: signed(content[4:12] + b"x" + content[13:]),
    "a letter changed": lambda content: content.replace(b"2024-01-01", b"2024-01-02"),
    "no key": lambda _: signed(b""),
    "code": lambda _: b"\x80\x04cposix\nsystem\n(S'exit 3'\ntR.",
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_entry_that_differs_is_made_again(name: str, essai: Path, tmp_path: Path) -> None:
    """Truncated, made from other files, not of ours: it is ignored, and replaced by what it should be."""
    spoil(essai, tmp_path / "cache", CHANGES[name])


@pytest.mark.parametrize("rank", [0, 3, 4, 11, 12, 60, 500, -500, -2, -1])
def test_one_changed_byte_is_seen(rank: int, essai: Path, tmp_path: Path) -> None:
    """In the checksum, in the key, in the data."""

    def change(content: bytes) -> bytes:
        at = rank % len(content)
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    spoil(essai, tmp_path / "cache", change)


@pytest.mark.parametrize(("name", "value"), [("_FORMAT", 2), ("__version__", "0.1.1")])
def test_another_version_makes_its_own(
    name: str, value: Any, essai: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program does not read what another version of it, or of the form, wrote."""
    assert title(essai, tmp_path / "cache") == "Avant"
    before = entries(tmp_path / "cache")
    monkeypatch.setattr(module, name, value)
    assert title(essai, tmp_path / "cache") == "Avant"
    after = entries(tmp_path / "cache")
    assert after.keys() == before.keys()
    assert all(after[entry] != content for entry, content in before.items())
    assert all(after[entry][-50:] == content[-50:] for entry, content in before.items())


def test_a_working_copy_is_known_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link to the package, in a folder without ``pyproject.toml``: its code is looked at all the same."""
    link = tmp_path / "certif_rules"
    try:
        link.symlink_to(ROOT / "certif_rules", target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    monkeypatch.setattr(module, "__file__", str(link / "plugins" / "cache.py"))
    looked = module._working_copy.__wrapped__()
    assert {"assemblage.py", "registry.py"} <= {name for name, *_ in looked}


HOSTILE: dict[str, tuple[bytes, Any]] = {
    "nothing": (b"", tuple[Couche, ...]),
    "a list as long as it says": (b"\xdd\xff\xff\xff\xff", tuple[Couche, ...]),
    "a text as long as it says": (b"\x92\x80\xdb\xff\xff\xff\xff", tuple[Referentiel, str]),
    "rules in rules without end": (b"\x82\xa4mots\x80\xa4sauf" * 50_000 + b"\xc0", Regle),
    "a share of nothing": (msgpack.encode({"taux": [1, 0], "par": "x"}), PriseEnCharge),
    "a share of words": (msgpack.encode({"taux": ["1", "2"], "par": "x"}), PriseEnCharge),
    "a share that is a text": (msgpack.encode({"taux": "1/2", "par": "x"}), PriseEnCharge),
    "a text that is no text": (b"\x82\xa4taux\x92\x01\x02\xa3par\xa1\xff", PriseEnCharge),
    "another record": (msgpack.encode({"a": 1}), tuple[Referentiel, str]),
    "an extension": (b"\xc7\x04\x2acode", tuple[Referentiel, str]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_entry_that_is_signed_but_hostile_is_absent(name: str, tmp_path: Path) -> None:
    """Its key and its digest are right: what it holds is still read as data of one type, or not at all."""
    payload, kind = HOSTILE[name]
    Cache(tmp_path).write(tmp_path, PARTS, KEY, (), tuple[int, ...])
    (path,) = tmp_path.iterdir()
    path.write_bytes(signed(KEY + payload))
    assert Cache(tmp_path).read(tmp_path, PARTS, KEY, kind) is None


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Under its name and its key only; a fraction, which is no plain data, keeps its two numbers."""
    share = PriseEnCharge(taux=Fraction(2, 3), par="la Région")
    Cache(tmp_path / "a" / "b").write(tmp_path, PARTS, KEY, share, PriseEnCharge)
    assert whole(Cache(tmp_path / "a" / "b").read(tmp_path, PARTS, KEY, PriseEnCharge)) == whole(share)
    assert Cache(tmp_path / "a" / "b").read(tmp_path, ("y",), KEY, PriseEnCharge) is None
    assert Cache(tmp_path / "a" / "b").read(tmp_path, PARTS, OTHER, PriseEnCharge) is None


def test_what_would_be_read_otherwise_is_not_written(tmp_path: Path) -> None:
    """A record of another type would lose a field on the way: it is made again each time instead."""
    Cache(tmp_path).write(tmp_path, PARTS, KEY, Regle(mots={"toutes": True}, motif="m"), PriseEnCharge)
    assert list(tmp_path.iterdir()) == []


def test_the_key_is_all_that_goes_in() -> None:
    """A name, a content or a part that differs, or a boundary that moves, is another key."""
    keys = [
        key_of([("a", b"bc")]), key_of([("ab", b"c")]), key_of([("a", b"b"), ("c", b"")]),
        key_of([("a", b"bc")], "d"), key_of([("a", b"bc"), ("d", b"")]), key_of([]),
    ]  # fmt: skip
    assert len({*keys}) == len(keys)
    assert key_of([("a", b""), ("b", DataError([]))]) is None


# ---- files that change ---------------------------------------------------------------------------------


def test_what_changes_in_a_file_is_seen(essai: Path, tmp_path: Path) -> None:
    """A comment makes another key and the same answer; a text that no revision declares is still refused."""
    content = essai / "exigence" / "1" / "contenu.yaml"
    text = content.read_text(encoding="utf-8")
    assert title(essai, tmp_path / "cache") == "Avant"
    before = entries(tmp_path / "cache")
    content.write_text(f"# commentaire\n{text}", encoding="utf-8")
    assert title(essai, tmp_path / "cache") == "Avant"
    after = entries(tmp_path / "cache")
    assert after.keys() == before.keys()
    assert after != before
    # As long as the former, and of the same minute: only its content tells.
    content.write_text(text.replace("Avant", "Apres"), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(DataError, match="empreinte-inconnue"):
            title(essai, tmp_path / "cache")
    assert entries(tmp_path / "cache") == after


def test_a_file_that_cannot_be_read_is_told(essai: Path, tmp_path: Path) -> None:
    """A folder in place of a file, then the file again: the compiled form hides neither."""
    content = essai / "exigence" / "1" / "contenu.yaml"
    assert title(essai, tmp_path / "cache") == "Avant"
    text = content.read_bytes()
    content.unlink()
    content.mkdir()
    with pytest.raises(DataError, match="fichier-illisible"):
        title(essai, tmp_path / "cache")
    content.rmdir()
    content.write_bytes(text)
    assert title(essai, tmp_path / "cache") == "Avant"


def test_a_cache_that_cannot_be_written_is_no_error(essai: Path, tmp_path: Path) -> None:
    """A file in place of the folder, a folder in place of an entry: the answer comes all the same."""
    (tmp_path / "fichier").write_bytes(b"ici")
    assert title(essai, tmp_path / "fichier") == "Avant"
    assert (tmp_path / "fichier").read_bytes() == b"ici"
    assert title(essai, tmp_path / "cache") == "Avant"
    for path in (tmp_path / "cache").iterdir():
        path.unlink()
        path.mkdir()
    assert title(essai, tmp_path / "cache") == "Avant"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a named pipe")
def test_a_pipe_in_place_of_an_entry_is_not_waited_for(essai: Path, tmp_path: Path) -> None:
    """It could be waited for without end."""
    assert title(essai, tmp_path / "cache") == "Avant"
    for path in (tmp_path / "cache").iterdir():
        path.unlink()
        os.mkfifo(path)
    assert title(essai, tmp_path / "cache") == "Avant"


# ---- beside the layers ---------------------------------------------------------------------------------


def test_what_stands_beside_the_layers_is_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compiled for a wheel, wherever it is copied: every record is the same, nothing goes to the cache."""
    monkeypatch.setattr(module, "_working_copy", list)
    places = {nom: tmp_path / f"certif_rules_{nom}" / "donnees" for nom in DONNEES}
    for nom, dossier in DONNEES.items():
        shutil.copytree(dossier, places[nom])
    expected = everything(registry(None, **places))
    donnees = [(nom, Donnees(dossier=dossier)) for nom, dossier in places.items()]
    for dossier in places.values():
        compile_layers(donnees, dossier, compiled_beside(dossier))
    monkeypatch.setattr("certif_rules.plugins.couche.read_bytes", lambda *_: pytest.fail("YAML was read"))
    assert everything(registry(tmp_path / "cache", **places)) == expected
    assert not (tmp_path / "cache").exists()


def test_what_is_beside_layers_that_changed_is_ignored(
    essai: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another byte in a layer, or the code of a working copy: it is as if absent; ``None`` reads the YAML."""
    monkeypatch.setattr(module, "_working_copy", list)
    compile_layers([("essai", Donnees(dossier=essai))], essai, compiled_beside(essai))
    assert title(essai, tmp_path / "cache") == "Avant"
    assert not (tmp_path / "cache").exists()
    monkeypatch.setattr(module, "_working_copy", lambda: [("assemblage.py", 1, 2)])
    assert title(essai, tmp_path / "cache") == "Avant"
    assert len(entries(tmp_path / "cache")) == 2
    monkeypatch.setattr(module, "_working_copy", list)
    content = essai / "exigence" / "1" / "contenu.yaml"
    content.write_text(content.read_text(encoding="utf-8").replace("Avant", "Apres"), encoding="utf-8")
    with pytest.raises(DataError, match="empreinte-inconnue"):
        title(essai, tmp_path / "autre")


def test_the_hook_says_where_each_file_goes(tmp_path: Path) -> None:
    """What the entry points of a plugin declare, beside its layers; nothing where a source archive has it."""
    packages = tmp_path / "source"
    package = packages / "certif_rules_certifregion"
    shutil.copytree(DONNEES["certifregion"].parent, package)
    ours = {"certifregion": "certif_rules_certifregion"}
    loaded = {name: sys.modules.pop(name) for name in list(sys.modules) if name == ours["certifregion"]}
    try:
        places = compiled_files(ours, packages, tmp_path / "un")
        beside = compiled_beside(package / "donnees")
        assert {place.parent for place in places.values()} == {beside}
        assert all(file.name == place.name and file.exists() for file, place in places.items())
        assert {file.name.partition("-")[0] for file in places} == {"certifregion"}
        beside.mkdir()
        assert compiled_files(ours, packages, tmp_path / "deux") == {}
    finally:
        sys.modules.update(loaded)


# ---- where it is ---------------------------------------------------------------------------------------


def test_the_tests_have_a_cache_of_their_own() -> None:
    """Whatever the suite compiles goes to a folder of the run."""
    cache = user_cache()
    assert cache is not None
    assert cache.dossier.name.startswith("certif-rules-")
    assert cache.dossier != module._folder()


@pytest.mark.parametrize(
    ("platform", "env", "expected"),
    [
        ("linux", {}, "MAISON/.cache/certif-rules"),
        ("linux", {"XDG_CACHE_HOME": ""}, "MAISON/.cache/certif-rules"),
        # The specification: a path that is not absolute is ignored.
        ("linux", {"XDG_CACHE_HOME": "ici"}, "MAISON/.cache/certif-rules"),
        ("linux", {"XDG_CACHE_HOME": "MAISON/tampon"}, "MAISON/tampon/certif-rules"),
        ("darwin", {}, "MAISON/Library/Caches/certif-rules"),
        ("win32", {}, "MAISON/AppData/Local/certif-rules/Cache"),
        ("win32", {"LOCALAPPDATA": "MAISON/Local"}, "MAISON/Local/certif-rules/Cache"),
        ("linux", {ENV_CACHE: ""}, "MAISON/.cache/certif-rules"),
        ("linux", {ENV_CACHE: "MAISON/ailleurs"}, "MAISON/ailleurs"),
        ("linux", {ENV_CACHE: "non"}, None),
    ],
)
def test_the_folder_is_that_of_the_system(
    platform: str, env: dict[str, str], expected: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder that each system sets apart for what can be made again, or the one that is named."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", ENV_CACHE):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value.replace("MAISON", str(tmp_path)))
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    cache = user_cache()
    shown = None if cache is None else cache.dossier.as_posix().replace(tmp_path.as_posix(), "MAISON")
    assert shown == expected


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service runs without a home: it reads the YAML."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(ENV_CACHE, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert user_cache() is None


@pytest.mark.lent
@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_kill_leaves_a_cache_that_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five kills at random moments; ``benchmarks/cache.py`` gives fifty."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    script = script_of("benchmarks/cache.py")
    assert script.faults(5, seed=3) == []


#: Threads that read back one kind of record at once, each kind for the first time.
ENSEMBLE = """
import sys
from threading import Barrier, Thread
from msgspec import defstruct, msgpack
from certif_rules.plugins.cache import _decoded

sys.setswitchinterval(1e-6)
for rank in range(60):
    inner = [defstruct(f"I{rank}_{n}", [(f"a{m}", "int | None", None) for m in range(12)]) for n in range(10)]
    kind = defstruct(f"K{rank}", [(f"i{n}", one) for n, one in enumerate(inner)])
    payload, start, read = msgpack.encode(kind(*(one() for one in inner))), Barrier(4), []

    def go(payload=payload, kind=kind, start=start, read=read):
        start.wait()
        read.append(_decoded(payload, kind) is not None)

    threads = [Thread(target=go) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert read == [True] * 4
"""


def test_threads_that_read_at_once_do_not_end_the_program() -> None:
    """Two pages asked together read the same kind of record for the first time: both are answered."""
    done = subprocess.run([sys.executable, "-c", ENSEMBLE], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
