"""``valider --ecrire-empreintes``: a revision is given its digests, or the next is added; the rest stays."""

from __future__ import annotations

import difflib
import re
from importlib import metadata
from pathlib import Path

import pytest
from console import Console
from fautes import CRITERES, EN_TETE, Copy, Edit
from greffons import EDITIONS, declared, distribution, registry

from certif_rules.blocs.typographie import plain
from certif_rules.errors import DataError, UsageError
from certif_rules.plugins.couche import read_header
from certif_rules.plugins.discovery import load
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.plugins.revision import declare
from certif_rules.services.atelier import open_atelier
from certif_rules.services.empreintes import write_digests
from certif_rules.services.validation import validate

LAYER = """\
# Le guide de l’essai.
format: 1
referentiel: essai
nature: guide
id: "1"        # en texte

titre: Guide d’essai
pour: ["2024"]
du: "2024-01-01"
lue: false
confiance: elevee
sources: [S1]
{revisions}"""
TO_WRITE = "sha256:a-calculer"
DIGEST = r"sha256:[0-9a-f]{64}"
OLD = "sha256:" + "0" * 64


@pytest.fixture
def call(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Console:
    monkeypatch.chdir(tmp_path)
    return Console(capfdbinary, monkeypatch)


def header(folder: Path, revisions: str, *, newline: str = "\n", mark: str = "") -> Path:
    """The header of a layer, in ``folder/donnees``."""
    path = folder / "donnees" / "guide" / "1" / "couche.yaml"
    path.parent.mkdir(parents=True)
    text = mark + LAYER.format(revisions=revisions).replace("\n", newline)
    path.write_bytes(text.encode())
    return path


def added(before: bytes, after: bytes) -> str:
    """What was inserted between two contents: nothing of the first may have gone."""
    matcher = difflib.SequenceMatcher(None, before.decode(), after.decode(), autojunk=False)
    steps = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    assert [code[0] for code in steps] == ["insert"]
    ((_, _, _, start, stop),) = steps
    return after.decode()[start:stop]


def written(path: Path, jour: str | None = None, raison: str | None = None) -> bytes | None:
    """What is to be written in the place of a header."""
    declaration = declare(read_header(path, path.parent.parent, "essai"), jour=jour, raison=raison)
    return declaration and declaration.contenu


WAITING = [
    f'revisions:\n  - {{numero: 1, date: "2024-01-01", raison: R, empreinte: "{TO_WRITE}"}}\n',
    f"revisions: [{{numero: 1, date: '2024-01-01', raison: R, empreinte: '{TO_WRITE}'}}] # fin\nnote: null\n",
    f'revisions:\n- numero: 1\n  empreinte:   {TO_WRITE}\n\n  date: "2024-01-01"  # le jour\n  raison: R\n',
    f"revisions:\n  - raison: R\n    empreinte: >-\n      {TO_WRITE}\n    numero: 1\n    date: '2024-01-01'",
]


@pytest.mark.parametrize("revisions", WAITING)
@pytest.mark.parametrize(("newline", "mark"), [("\n", ""), ("\r\n", "\ufeff"), ("\r", "")])
def test_a_revision_that_waits_is_given_its_digest(
    tmp_path: Path, revisions: str, newline: str, mark: str
) -> None:
    """Sixty-four figures in the place of « a-calculer », whatever the quotes: every other byte stays."""
    path = header(tmp_path, revisions, newline=newline, mark=mark)
    before = path.read_bytes()
    after = written(path) or b""
    (digest,) = re.findall(DIGEST, after.decode())
    assert after.replace(digest.encode(), TO_WRITE.encode()) == before
    path.write_bytes(after)
    assert declare(read_header(path, tmp_path, "essai"), jour="2024-02-01", raison="R") is None


NEXT = '{numero: 2, date: "2024-02-01", raison: "Un « : » et un \\"#\\"", empreinte: "D"}'
DECLARED = {
    "a line between braces": (
        f'revisions:\n  - {{numero: 1, date: "2024-01-01", raison: R, empreinte: "{OLD}"}}\n',
        f"  - {NEXT}\n",
    ),
    "keys, one a line": (
        f"revisions:\n- numero: 1\n  date: '2024-01-01'\n  raison: R\n  empreinte: '{OLD}'  # à moi\n# fin\n",
        '- numero: 2\n  date: "2024-02-01"\n  raison: "Un « : » et un \\"#\\""\n  empreinte: "D"\n',
    ),
    "two lines, more keys below": (
        f"revisions:\n    -   {{numero: 1, date: '2024-01-01', raison: R,\n empreinte: '{OLD}'}}\nau: null",
        f"    -   {NEXT}\n",
    ),
    "a list between brackets": (
        f"revisions: [{{numero: 1, date: '2024-01-01', raison: R, empreinte: '{OLD}'}}]\n",
        f", {NEXT}",
    ),
    "no revision yet, no end of line": (
        "note: 'N' # rien après",
        "\nrevisions:\n  - " + NEXT.replace("2", "1", 1),
    ),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("revisions", "expected"), DECLARED.values(), ids=DECLARED)
def test_the_next_revision_is_added_as_the_others_are_written(
    tmp_path: Path, revisions: str, expected: str, newline: str
) -> None:
    """A declared digest never changes: the revision after it is one insertion, the rest byte for byte."""
    path = header(tmp_path, revisions, newline=newline)
    assert written(path) is None
    new = added(path.read_bytes(), written(path, "2024-02-01", 'Un « : » et un "#"') or b"")
    # An insertion may be read from one character or another where both are the same.
    assert sorted(re.sub(DIGEST, "D", new)) == sorted(expected.replace("\n", newline))


def test_the_command_writes_and_tells(call: Console, tmp_path: Path) -> None:
    """What waits is written without more; what was declared asks for its date and its reason, both named."""
    path = header(tmp_path, WAITING[0])
    assert "l’écrit" in call("valider", "donnees").text
    reponse = call("valider", "donnees", "--ecrire-empreintes")
    assert (reponse.status, reponse.out) == (0, b"")
    assert "donnees/guide/1/couche.yaml : révision 1, empreinte écrite." in reponse.err
    path.write_bytes(path.read_bytes().replace(b"Guide d", b"Guide pour l"))
    before = path.read_bytes()
    refused = call("valider", "donnees", "--ecrire-empreintes", "--date", "2024-02-01")
    assert (refused.status, "il manque la raison (--raison)" in refused.err) == (2, True)
    assert path.read_bytes() == before
    reponse = call("valider", "donnees", "--ecrire-empreintes", "--date", "2024-02-01", "--raison", "Titre")
    assert "révision 2, ajoutée, avec son empreinte." in reponse.err
    assert re.sub(DIGEST, "D", added(before, path.read_bytes())).endswith(
        'raison: "Titre", empreinte: "D"}\n'
    )
    assert call("valider", "donnees").err == "1 fichier lu, 0 problème.\n"


def test_a_folder_around_the_audit_is_declared_beside(tmp_path: Path) -> None:
    """A revision that waits is given both digests, the second on the line of the first."""
    path = tmp_path / "donnees" / "regles" / "1" / "couche.yaml"
    (path.parent / "vie").mkdir(parents=True)
    (path.parent / "vie" / "cycle.yaml").write_text("format: 1\n", encoding="utf-8")
    text = LAYER.replace("nature: guide", "nature: regles").format(revisions=WAITING[0])
    path.write_text(text, encoding="utf-8")
    path.write_bytes(written(path) or b"")
    (line,) = [li for li in path.read_text(encoding="utf-8").splitlines() if "numero" in li]
    assert re.sub(DIGEST, "D", line).endswith('raison: R, empreinte: "D", empreinte_vie: "D"}')
    block = text.replace(WAITING[0], WAITING[2])
    path.write_text(block, encoding="utf-8")
    changed = re.sub(DIGEST, "D", (written(path) or b"").decode())
    assert '  empreinte:   D\n  empreinte_vie: "D"\n\n  date:' in changed


def test_nothing_is_written_while_something_else_is_wrong(tmp_path: Path) -> None:
    """What is declared is right: a fault elsewhere in the folder is told, and no file changes."""
    path = header(tmp_path, WAITING[0])
    before = path.read_bytes()
    (path.parent / "lignes.yaml").write_text("format: 1\nlignes: {X: {preuve: []}}\n", encoding="utf-8")
    ecriture = write_digests([tmp_path], [], here=tmp_path)
    assert ecriture.declarations == ()
    assert "cle-inconnue" in {issue.code for issue in ecriture.validation.problemes}
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("2024-13-01", "R"), "date-invalide"),
        (("2024-02-01", " "), "raison-illisible"),
        (("2024-02-01", "a\nb"), "raison-illisible"),
    ],
)
def test_words_that_no_revision_can_hold(tmp_path: Path, options: tuple[str, str], code: str) -> None:
    """A date that is none, a reason of nothing or of two lines: refused before any file is read."""
    jour, raison = options
    with pytest.raises(UsageError) as caught:
        write_digests([tmp_path], [], here=tmp_path, jour=jour, raison=raison)
    assert [issue.code for issue in caught.value.issues] == [code]


def test_a_date_without_anything_to_write(call: Console, tmp_path: Path) -> None:
    """A date says nothing to a check that writes nothing."""
    header(tmp_path, WAITING[0])
    reponse = call("valider", "donnees", "--date", "2024-02-01")
    assert (reponse.status, "--ecrire-empreintes" in reponse.err) == (2, True)


def test_a_header_that_cannot_be_added_to(tmp_path: Path) -> None:
    """One whole mapping between braces has no line for a list: refused with what to write, untouched."""
    folder = tmp_path / "donnees" / "guide" / "1"
    folder.mkdir(parents=True)
    keys = [line for line in LAYER.splitlines() if ": " in line and "#" not in line]
    text = "{" + ", ".join([*keys, 'id: "1"']) + "}\n"
    (folder / "couche.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="revision-a-ecrire"):
        written(folder / "couche.yaml", "2024-02-01", "R")


# ---- drafts --------------------------------------------------------------------------------------------


def draft(copy: Copy) -> None:
    """Make a draft of the requirements of 2019, and change a title of theirs."""
    copy.edit(Edit(EN_TETE, "format", "nature: exigence", "nature: exigence\nbrouillon: true"))
    copy.edit(Edit(CRITERES, 'code: "2"', "Fixer", "Établir"))


def test_a_draft_needs_no_digest_and_says_that_it_is_one(tmp_path: Path) -> None:
    """In its own folder it is read, with or without revisions; `valider` and every answer warn of it."""
    copy = Copy(tmp_path, "qualiopi")
    draft(copy)
    validation = validate([copy.dossier], [], here=tmp_path)
    assert validation.problemes == ()
    (remark,) = validation.remarques
    place = "certif_rules_qualiopi/donnees/exigence/2019/couche.yaml:1:1"
    assert (remark.code, str(remark.location)) == ("brouillon-a-finir", place)
    path = copy.dossier / EN_TETE
    path.write_text(path.read_text(encoding="utf-8").partition("revisions:")[0], encoding="utf-8")
    resolution = registry(qualiopi=copy.dossier).resolve("qualiopi", day="2024-03-18")
    assert "couche_en_brouillon" in {a.code for a in resolution.avertissements}
    assert resolution.referentiel.criteres["qualiopi/2"].titre.startswith("Établir")


def test_a_draft_is_listed_as_one(call: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``referentiels`` has no number of a revision to give, and says why."""
    copy = Copy(tmp_path / "travail", "qualiopi")
    draft(copy)
    atelier = open_atelier(plugins=declared(qualiopi=copy.dossier))
    monkeypatch.setattr("certif_rules.services.atelier.open_atelier", lambda **_: atelier)
    said = " ".join(call("referentiels", "qualiopi").text.split())
    assert "exigences 2019 : 6 juin 2019 – 31 octobre 2026, brouillon, sans révision" in plain(said)
    assert "None" not in said


def test_a_draft_is_still_put_through_its_schema(tmp_path: Path) -> None:
    """Without a digest there is no trust: what a schema refuses stops a checklist as it stops `valider`."""
    copy = Copy(tmp_path, "qualiopi")
    draft(copy)
    copy.edit(Edit(CRITERES, 'code: "3"', "titre:", "tire:"))
    assert [issue.code for issue in copy.issues(seal=True)] == ["cle-manquante", "cle-inconnue"]


def test_the_digest_of_a_layer_does_not_know_that_it_was_a_draft(tmp_path: Path) -> None:
    """What it was declared with while a draft still declares it when the word is taken away."""
    copy = Copy(tmp_path, "qualiopi")
    copy.edit(Edit(EN_TETE, "format", "nature: exigence", "nature: exigence\nbrouillon: true"))
    drafted = registry(qualiopi=copy.dossier).resolve("qualiopi", day="2024-03-18")
    copy.edit(Edit(EN_TETE, "format", "brouillon: true\n", ""))
    plain = registry(qualiopi=copy.dossier).resolve("qualiopi", day="2024-03-18")
    assert drafted.empreinte == plain.empreinte
    assert copy.issues(seal=True) == []


def test_the_revision_of_a_draft_is_written_when_it_is_asked_for(tmp_path: Path) -> None:
    """Nothing is written of a draft that changed; with a date and a reason, its next revision is."""
    path = header(tmp_path, "brouillon: true\n" + DECLARED["a line between braces"][0])
    before = path.read_bytes()
    assert write_digests([tmp_path], [], here=tmp_path).declarations == ()
    assert path.read_bytes() == before
    (done,) = write_digests([path], [], here=tmp_path, jour="2024-02-01", raison="R").declarations
    assert (done.numero, done.nouvelle) == (2, True)
    path.write_bytes(path.read_bytes().replace(b"brouillon: true\n", b""))
    assert validate([tmp_path], [], here=tmp_path).problemes == ()


def test_a_word_for_a_draft_is_true_or_false(tmp_path: Path) -> None:
    """« oui » is not a boolean of YAML: it is refused where it stands."""
    header(tmp_path, "brouillon: oui\n")
    (issue,) = validate([tmp_path], [], here=tmp_path).problemes
    assert (issue.code, str(issue.location)) == ("type-inattendu", "donnees/guide/1/couche.yaml:13:12")


@pytest.mark.parametrize(
    ("wheel", "elsewhere", "installe"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_a_draft_is_refused_outside_its_own_folder(
    tmp_path: Path, wheel: bool, elsewhere: bool, installe: bool
) -> None:
    """What an installer copied from a wheel holds no draft; an editable install points at the work itself."""
    copy = Copy(tmp_path / "travail", "qualiopi")
    draft(copy)
    site = tmp_path / "site"
    code = EDITIONS.replace('Path(__file__).parent / "donnees"', f"Path({str(copy.dossier)!r})")
    distribution(site, "brouillon", code if elsewhere else EDITIONS, donnees=copy.dossier)
    if wheel:
        (site / "greffon_brouillon-2.0.dist-info" / "WHEEL").write_text("Wheel-Version: 1.0\n")
    import sys

    sys.path.insert(0, str(site))
    try:
        points = [p for d in metadata.distributions(path=[str(site)]) for p in d.entry_points]
        plugins = load(points)
    finally:
        sys.path.remove(str(site))
        del sys.modules["greffon_brouillon"]
    ((nom, donnees),) = plugins.donnees
    assert donnees.installe is installe
    atelier = open_atelier(plugins=plugins)
    (etat,) = atelier.plugins.etats
    assert etat.etat == ("casse" if installe else "actif")
    assert ("brouillon-installe" in (etat.cause or "")) is installe
    # The compiled headers of the cache say the same.
    again = Registry([(nom, Donnees(dossier=donnees.dossier, installe=installe))])
    assert {i.code for issues in again.problemes.values() for i in issues} == (
        {"brouillon-installe"} if installe else set()
    )
