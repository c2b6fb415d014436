"""Mistakes seen in other programs, put one by one into a copy of the data: each is named, with its place."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from fautes import (
    CRITERES,
    DEROGATIONS,
    EN_TETE,
    LABEL,
    MISTAKES,
    MODIFICATIONS,
    RETRAIT,
    TYPES,
    Copy,
    Edit,
    Expected,
    indicateurs,
    where,
)
from tutoriel import DONNEES

from certif_rules.cli import run
from certif_rules.services.validation import validate


def check(copy: Copy, edits: Sequence[Edit], expected: Sequence[Expected]) -> None:
    """After these edits, these problems and no other."""
    for edit in edits:
        copy.edit(edit)
    found = copy.issues()
    assert sorted((i.code, where(i)) for i in found) == sorted((e.code, copy.place(e)) for e in expected)
    for e in expected:
        messages = [i.message for i in found if (i.code, where(i)) == (e.code, copy.place(e))]
        assert any(all(name in message for name in e.names) for message in messages), (e, messages)


@pytest.fixture
def qualiopi(tmp_path: Path) -> Copy:
    return Copy(tmp_path, "qualiopi")


@pytest.fixture
def certifregion(tmp_path: Path) -> Copy:
    return Copy(tmp_path, "certifregion")


@pytest.mark.lent
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_where_it_is(qualiopi: Copy, name: str) -> None:
    """The mistake gives these problems, at these lines, and no other."""
    check(qualiopi, *MISTAKES[name])


@pytest.mark.parametrize("name", LABEL)
def test_a_mistake_of_a_label_is_found_where_it_is(certifregion: Copy, name: str) -> None:
    """The mistake gives these problems, at these lines, and no other."""
    check(certifregion, *LABEL[name])


def test_a_removal_that_leaves_lines_alone(certifregion: Copy) -> None:
    """A label that removes a criterion and keeps its lines is told of each, where the base declares it."""
    certifregion.edit(Edit(MODIFICATIONS, "format", "modifications:", RETRAIT % "critere: qualiopi/5"))
    found = certifregion.issues()
    assert [(i.code, where(i).partition("/")[0]) for i in found] == [
        ("critere-inconnu", "certif_rules_qualiopi")
    ] * 2
    assert ["« qualiopi/5 »" in i.message for i in found] == [True, True]
    assert [f"qualiopi/{n}" in i.message for i, n in zip(found, (21, 22), strict=True)] == [True, True]


def test_a_duplicate_shows_both_places(qualiopi: Copy) -> None:
    """The second of two declarations is the one at fault; the first is shown beside it."""
    qualiopi.edit(Edit(indicateurs(4), 'code: "18"', 'code: "18"', 'code: "17"'))
    (issue,) = [i for i in qualiopi.issues() if i.code == "identifiant-en-double"]
    ((first, words),) = issue.related
    assert where(issue) == qualiopi.place(Expected("", indicateurs(4), "Moyens humains", 'code: "17"', ()))
    assert f"{first.file}:{first.line}" == qualiopi.place(Expected("", indicateurs(4), "", 'code: "17"', ()))
    assert words == "première déclaration"


def test_a_control_names_the_place_of_the_line(qualiopi: Copy) -> None:
    """A difference with a control table says where the line is declared: one of the two is wrong."""
    qualiopi.edit(Edit(indicateurs(3), 'code: "13"', "[AF, CFA]", "[CFA]"))
    (issue,) = qualiopi.issues()
    assert qualiopi.place(Expected("", indicateurs(3), "", 'code: "13"', ())) in (issue.hint or "")


def test_a_fault_of_the_rules_hides_none_of_what_is_around_audits(tmp_path: Path) -> None:
    """A measure misspelt in the judgement; in ``vie/``, a word of no list, and elsewhere a name unknown."""
    folder = tmp_path / "donnees"
    shutil.copytree(DONNEES, folder)
    rules = folder / "regles" / "1"
    changes = {
        rules / "jugement.yaml": ("mesure: plancher, moins_de: 2", "mesure: planche, moins_de: 2"),
        rules / "vie" / "acteurs.yaml": ("nature: simple", "nature: consultatif"),
        rules / "vie" / "cycle.yaml": ("{de: commission, jours: -15}", "{de: comission, jours: -15}"),
    }
    for path, (old, new) in changes.items():
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    found = validate([folder], [], here=tmp_path).problemes
    issues = [i for i in found if i.code != "empreinte-inconnue"]
    assert [(i.code, i.location and Path(i.location.file).name) for i in issues] == [
        ("mesure-inconnue", "jugement.yaml"),
        ("mesure-inconnue", "jugement.yaml"),
        ("valeur-inattendue", "acteurs.yaml"),
        ("date-du-cycle-inconnue", "cycle.yaml"),
    ]


def test_a_near_name_is_suggested(qualiopi: Copy) -> None:
    """An unknown name close to a known one comes with it."""
    qualiopi.edit(Edit(TYPES, "id: amenage", "etiquette: specifique", "etiquette: specifiques"))
    assert [issue.hint for issue in qualiopi.issues()] == ["vouliez-vous dire « specifique » ?"]


def test_a_circle_through_a_derogation(qualiopi: Copy) -> None:
    """A derogation that closes a circle of `comme` is found as well as a rule that does."""
    qualiopi.edit(
        Edit(TYPES, "id: amenage", "- lignes", "- {comme: initial, sources: [A10]}\n      - lignes")
    )
    found = {issue.message for issue in qualiopi.issues() if issue.code == "renvoi-circulaire"}
    assert found == {
        f"le périmètre de « qualiopi/{nom} » renvoie à lui-même" for nom in ("amenage", "initial")
    }


def test_an_equivalence_names_another_scheme(qualiopi: Copy) -> None:
    """A certificate of the référentiel itself exempts of none of its lines."""
    itself = "equivalences:\n  - {certificat: qualiopi, titre: Q, toutes: true, motif: M, sources: [A10b]}\n"
    qualiopi.edit(Edit(DEROGATIONS, "", "derogations:", f"{itself}derogations:"))
    (issue,) = qualiopi.issues()
    assert (issue.code, issue.message) == (
        "certificat-du-referentiel",
        "« qualiopi » est ce référentiel : son certificat n’en exempte pas",
    )


def test_a_content_that_no_revision_declares(qualiopi: Copy) -> None:
    """A change asks for a revision, at the header, with the digest to write; once written, all is well."""
    qualiopi.edit(Edit(CRITERES, 'code: "2"', "Fixer", "Établir"))
    (issue,) = qualiopi.issues(seal=True)
    assert (issue.code, where(issue)) == (
        "empreinte-inconnue",
        qualiopi.place(Expected("", EN_TETE, "revisions", "- {numero", ())),
    )
    revision = re.search(r"\{numero: \d+, date: .*\}", issue.hint or "")
    assert revision is not None
    path = qualiopi.dossier / EN_TETE
    line = revision.group().replace("AAAA-MM-JJ", "2026-12-01").replace("…", "Reformulation")
    path.write_text(f"{path.read_text(encoding='utf-8')}  - {line}\n", encoding="utf-8")
    assert qualiopi.issues(seal=True) == []


def test_a_change_of_a_header_asks_for_a_revision_too(qualiopi: Copy) -> None:
    """The period of a layer is sealed with its content."""
    qualiopi.edit(Edit(EN_TETE, "au:", "2026-10-31", "2026-09-30"))
    assert [issue.code for issue in qualiopi.issues(seal=True)] == ["empreinte-inconnue"]


def test_no_checklist_from_data_nobody_published(tmp_path: Path) -> None:
    """A content without revision stops a checklist, even when nothing else is wrong with it."""
    from greffons import registry

    from certif_rules.errors import DataError

    copy = Copy(tmp_path, "qualiopi")
    copy.edit(Edit(CRITERES, 'code: "2"', "Fixer", "Établir"))
    with pytest.raises(DataError, match="empreinte-inconnue"):
        registry(qualiopi=copy.dossier).resolve("qualiopi", day="2024-03-18")


def test_a_layer_in_the_wrong_folder(qualiopi: Copy) -> None:
    """A folder that does not bear the name of its layer is refused, and so is one without a single layer."""
    (qualiopi.dossier / "guide" / "V9").rename(qualiopi.dossier / "guide" / "V10")
    assert [issue.code for issue in qualiopi.issues() if "V10" in where(issue)] == ["couche-mal-rangee"]


def test_all_at_once(
    qualiopi: Copy, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Several mistakes, in several layers, come out of one call, each on its line; the status is 1."""
    names = [
        "E1: a criterion boundary",
        "E4: certifying whatever the category",
        "an unknown fact",
        "a circular `comme`",
    ]
    for name in names:
        for edit in MISTAKES[name][0]:
            qualiopi.edit(edit)
    monkeypatch.chdir(qualiopi.here)
    assert run(["valider", "certif_rules_qualiopi"]) == 1
    printed = capfd.readouterr().out.splitlines()
    for name in names:
        for expected in MISTAKES[name][1]:
            start = f"{qualiopi.place(expected)}:"
            assert any(line.startswith(start) and f" {expected.code}: " in line for line in printed), expected


def test_a_syntax_error_does_not_hide_the_other_files(qualiopi: Copy) -> None:
    """Files of a layer that cannot be read are all named."""
    for critere in (1, 2):
        qualiopi.edit(Edit(indicateurs(critere), "format", "titre: ", "titre: : "))
    found = [
        (issue.code, (issue.location.file if issue.location else "").rpartition("/")[2])
        for issue in qualiopi.issues()
    ]
    assert found == [("syntaxe", "indicateurs-1.yaml"), ("syntaxe", "indicateurs-2.yaml")]
