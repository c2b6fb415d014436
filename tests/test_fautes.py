"""The mistakes seen in other programs, put one by one into a copy of the data: « valider » names each and its place."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from greffons import DONNEES

from certif_rules.cli import run
from certif_rules.errors import Issue
from certif_rules.hookspecs import Donnees
from certif_rules.services.validation import validate

CRITERES = "exigence/2019/criteres.yaml"
CONTROLES = "exigence/2019/controles.yaml"
VOCABULAIRE = "exigence/2019/vocabulaire.yaml"
CONSTATS = "regles/arrete-2023-05-31/constats.yaml"
TYPES = "regles/arrete-2023-05-31/types-audit.yaml"
DEROGATIONS = "regles/arrete-2023-05-31/derogations.yaml"
AJOUTS = "exigence/V5/ajouts.yaml"
MODIFICATIONS = "exigence/V5/modifications.yaml"
EN_TETE = "exigence/2019/couche.yaml"


def indicateurs(critere: int) -> str:
    return f"exigence/2019/indicateurs-{critere}.yaml"


@dataclass(frozen=True)
class Edit:
    """After ``anchor`` in ``file``, the first ``before`` becomes ``after``."""

    file: str
    anchor: str
    before: str
    after: str


@dataclass(frozen=True)
class Expected:
    """A problem: its code, where it is (the line of ``text`` after ``anchor``, once edited), what it names."""

    code: str
    file: str
    anchor: str
    text: str
    names: tuple[str, ...]


class Copy:
    """A copy of the data of a plugin, that can be spoilt."""

    def __init__(self, folder: Path, nom: str) -> None:
        self.here = folder
        self.dossier = folder / f"certif_rules_{nom}" / "donnees"
        self.nom = nom
        shutil.copytree(DONNEES[nom], self.dossier)

    def edit(self, edit: Edit) -> None:
        path = self.dossier / edit.file
        text = path.read_text(encoding="utf-8")
        at = text.index(edit.before, text.index(edit.anchor))
        path.write_text(text[:at] + edit.after + text[at + len(edit.before) :], encoding="utf-8")

    def place(self, expected: Expected) -> str:
        """``file:line`` of the text that is wrong."""
        text = (self.dossier / expected.file).read_text(encoding="utf-8")
        at = text.index(expected.text, text.index(expected.anchor))
        line = text.count("\n", 0, at) + 1
        return f"certif_rules_{self.nom}/donnees/{expected.file}:{line}"

    def issues(self, *, seal: bool = False) -> list[Issue]:
        """What ``valider`` finds; that a content has no revision yet follows from any edit, and is left out."""
        others = [(nom, Donnees(dossier=dossier)) for nom, dossier in DONNEES.items()]
        _, found = validate([self.dossier], others, here=self.here)
        return [issue for issue in found if seal or issue.code != "empreinte-inconnue"]


def where(issue: Issue) -> str:
    assert issue.location is not None
    assert issue.location.column >= 1
    return f"{issue.location.file}:{issue.location.line}"


def check(copy: Copy, edits: Sequence[Edit], expected: Sequence[Expected]) -> None:
    """After these edits, these problems and no other."""
    for edit in edits:
        copy.edit(edit)
    found = copy.issues()
    assert sorted((i.code, where(i)) for i in found) == sorted((e.code, copy.place(e)) for e in expected)
    for e in expected:
        messages = [i.message for i in found if (i.code, where(i)) == (e.code, copy.place(e))]
        assert any(all(name in message for name in e.names) for message in messages), (e, messages)


MISTAKES: dict[str, tuple[list[Edit], list[Expected]]] = {
    "E1: a criterion boundary": (
        [Edit(indicateurs(2), 'code: "8"', 'critere: "2"', 'critere: "3"')],
        [
            Expected("controle-different", CONTROLES, "criteres:", '"2":', ("ligne 8", "critère « 2 »", "oui dans le tableau")),
            Expected("controle-different", CONTROLES, "criteres:", '"3":', ("ligne 8", "critère « 3 »", "non dans le tableau")),
        ],
    ),
    "E2: right totals, wrong sets": (
        [
            Edit(indicateurs(2), 'code: "8"', "[specifique]", "[commun]"),
            Edit(indicateurs(6), 'code: "27"', "[commun]", "[specifique]"),
        ],
        [
            Expected("controle-different", CONTROLES, "etiquettes:", '["1", "2", "4"', ("ligne 8", "étiquette « commun »", "oui dans la ligne")),
            Expected("controle-different", CONTROLES, "etiquettes:", '["1", "2", "4"', ("ligne 27", "étiquette « commun »", "non dans la ligne")),
            Expected("controle-different", CONTROLES, "etiquettes:", '["3", "7"', ("ligne 8", "étiquette « specifique »")),
            Expected("controle-different", CONTROLES, "etiquettes:", '["3", "7"', ("ligne 27", "étiquette « specifique »")),
        ],
    ),
    "E3: 8 for every category": (
        [Edit(indicateurs(2), 'code: "8"', "[AF, CFA]", "[AF, BC, VAE, CFA]")],
        [
            Expected("controle-different", CONTROLES, "BC:", '["1"', ("ligne 8", "catégorie « BC »", "non dans le tableau")),
            Expected("controle-different", CONTROLES, "VAE:", '["1"', ("ligne 8", "catégorie « VAE »", "non dans le tableau")),
        ],
    ),
    "E3: VAE forgotten at 3 and 16": (
        [
            Edit(indicateurs(1), 'code: "3"', "[AF, VAE, CFA]", "[AF, CFA]"),
            Edit(indicateurs(3), 'code: "16"', "[AF, VAE, CFA]", "[AF, CFA]"),
        ],
        [
            Expected("controle-different", CONTROLES, "VAE:", '["1"', ("ligne 3", "catégorie « VAE »", "non dans la ligne")),
            Expected("controle-different", CONTROLES, "VAE:", '["1"', ("ligne 16", "catégorie « VAE »", "non dans la ligne")),
        ],
    ),
    "E3: 13 for apprenticeship only": (
        [Edit(indicateurs(3), 'code: "13"', "[AF, CFA]", "[CFA]")],
        [Expected("controle-different", CONTROLES, "AF:", '["1"', ("ligne 13", "catégorie « AF »"))],
    ),
    "E4: certifying whatever the category": (
        [Edit(indicateurs(2), 'code: "7"', "{categories: [AF, CFA], fait", "{fait")],
        [
            Expected("condition-sans-categorie", indicateurs(2), 'code: "7"', "fait: certifiante", ("pour des catégories",)),
            Expected("controle-different", CONTROLES, "AF:", '["1"', ("ligne 7", "catégorie « AF »")),
            Expected("controle-different", CONTROLES, "CFA:", '["1"', ("ligne 7", "catégorie « CFA »")),
        ],
    ),
    "E10: 7 missing from those that are major only": (
        [Edit(CONSTATS, "constats_permis", '"6", "7", ', '"6", ')],
        [Expected("constats-manquants", CONSTATS, "constats_permis", "lignes", ("qualiopi/7",))],
    ),
    "a duplicate 17": (
        [Edit(indicateurs(4), 'code: "18"', 'code: "18"', 'code: "17"')],
        [
            Expected("identifiant-en-double", indicateurs(4), "Moyens humains", 'code: "17"', ("qualiopi/17",)),
            Expected("controle-different", CONTROLES, "criteres:", '"4":', ("ligne 18", "critère « 4 »")),
            *[
                Expected("controle-different", CONTROLES, f"{c}:", '["1"', ("ligne 18", f"catégorie « {c} »"))
                for c in ("AF", "BC", "VAE", "CFA")
            ],
            Expected("controle-different", CONTROLES, "commun:", '["1"', ("ligne 18", "étiquette « commun »")),
        ],
    ),
    "a gap in the numbering": (
        [Edit(indicateurs(4), 'code: "20"', 'code: "20"', 'code: "40"')],
        [
            Expected("controle-different", CONTROLES, "criteres:", '"4":', ("ligne 20", "critère « 4 »")),
            Expected("controle-different", CONTROLES, "criteres:", '"4":', ("ligne 40", "critère « 4 »")),
            Expected("controle-different", CONTROLES, "CFA:", '["1"', ("ligne 20", "catégorie « CFA »")),
            Expected("controle-different", CONTROLES, "CFA:", '["1"', ("ligne 40", "catégorie « CFA »")),
            Expected("controle-different", CONTROLES, "specifique:", '["3"', ("ligne 20",)),
            Expected("controle-different", CONTROLES, "specifique:", '["3"', ("ligne 40",)),
            Expected("constats-manquants", CONSTATS, "constats_permis", "lignes", ("qualiopi/40",)),
        ],
    ),
    "an unknown category": (
        [Edit(VOCABULAIRE, "par_nature", "categorie: CFA", "categorie: CFAA")],
        [Expected("categorie-inconnue", VOCABULAIRE, "par_nature", "CFAA", ("CFAA",))],
    ),
    "an unknown fact": (
        [Edit(DEROGATIONS, "types", "fait: mayotte", "fait: mayote")],
        [Expected("fait-inconnu", DEROGATIONS, "types", "mayote", ("mayote",))],
    ),
    "an unknown source": (
        [Edit(CRITERES, 'code: "2"', "[R1]", "[R9]")],
        [Expected("source-inconnue", CRITERES, 'code: "2"', "[R9]", ("« R9 »",))],
    ),
    "an unknown source in a header": (
        [Edit(EN_TETE, "sources:", "[D565, D26, K26]", "[D565, D99, K26]")],
        [Expected("source-inconnue", EN_TETE, "format", "format", ("« D99 »",))],
    ),
    "an unknown line": (
        [Edit(TYPES, "id: surveillance", '["1", "17", "19"]', '["1", "17", "91"]')],
        [Expected("ligne-inconnue", TYPES, "id: surveillance", '"91"', ("qualiopi/91",))],
    ),
    "an unknown label": (
        [Edit(TYPES, "id: amenage", "etiquette: specifique", "etiquette: specifiques")],
        [Expected("etiquette-inconnue", TYPES, "id: amenage", "specifiques", ("« specifiques »",))],
    ),
    "an unknown finding": (
        [Edit(TYPES, "id: surveillance", "constat_exclu: nc_mineure", "constat_exclu: mineure")],
        [Expected("constat-inconnu", TYPES, "id: surveillance", "constat_exclu", ("« mineure »",))],
    ),
    "an unknown criterion": (
        [Edit(indicateurs(5), 'code: "22"', 'critere: "5"', 'critere: "55"')],
        [
            Expected("critere-inconnu", indicateurs(5), "format", 'code: "22"', ("qualiopi/22", "qualiopi/55")),
            Expected("controle-different", CONTROLES, "criteres:", '"5":', ("ligne 22",)),
        ],
    ),
    "a line with findings twice": (
        [Edit(CONSTATS, 'lignes: ["1"', '["1", "2"', '["1", "4", "2"')],
        [Expected("constats-en-double", CONSTATS, 'lignes: ["1"', '"4"', ("qualiopi/4",))],
    ),
    "a circular `comme`": (
        [
            Edit(TYPES, "id: renouvellement", "- toutes: true", "- comme: extension"),
            Edit(TYPES, "id: extension", "- ajout: [categorie]", "- comme: renouvellement"),
        ],
        [
            Expected("renvoi-circulaire", TYPES, "id: renouvellement", "- comme", ("qualiopi/renouvellement",)),
            Expected("renvoi-circulaire", TYPES, "id: extension", "- comme", ("qualiopi/extension",)),
        ],
    ),
    "a circular `comme` behind « sauf »": (
        [Edit(TYPES, "id: renouvellement", "- toutes: true", "- toutes: true\n        sauf: {toutes: true, sauf: {comme: renouvellement}}")],
        [Expected("renvoi-circulaire", TYPES, "id: renouvellement", "- toutes", ("qualiopi/renouvellement",))],
    ),
    "a `comme` that goes nowhere": (
        [Edit(TYPES, "id: renouvellement", "- toutes: true", "- comme: extensoin")],
        [Expected("type-inconnu", TYPES, "id: renouvellement", "extensoin", ("qualiopi/extensoin",))],
    ),
    "a null without a lacune": (
        [Edit(CRITERES, 'code: "3"', "titre: Adapter aux publics la prestation, l'accueil, l'accompagnement, le suivi et l'évaluation", "titre: null")],
        [Expected("lacune-non-declaree", CRITERES, 'code: "1"', 'code: "3"', ("« titre »", "3"))],
    ),
    "a lacune in excess": (
        [Edit(indicateurs(2), 'code: "7"', "champs: [portee]", "champs: [portee, titre]")],
        [Expected("lacune-en-trop", indicateurs(2), 'code: "7"', "Adéquation", ("« titre »", "7"))],
    ),
    "a rule without a word": (
        [Edit(indicateurs(2), 'code: "8"', "{categories: [AF, CFA], sources", "{sources")],
        [
            Expected("regle-vide", indicateurs(2), 'code: "8"', "{sources", ()),
            Expected("controle-different", CONTROLES, "AF:", '["1"', ("ligne 8",)),
            Expected("controle-different", CONTROLES, "CFA:", '["1"', ("ligne 8",)),
        ],
    ),
    "a word out of place": (
        [Edit(TYPES, "id: certificat", "toutes: true", "fait: certifiante")],
        [Expected("mot-deplace", TYPES, "id: certificat", "certifiante", ("« fait »",))],
    ),
    "a rule without a source": (
        [Edit(DEROGATIONS, "types", "    sources: [A10b]\n", "")],
        [Expected("cle-manquante", DEROGATIONS, "derogations", "types", ("« sources »",))],
    ),
    "a misspelt key": (
        [Edit(indicateurs(2), 'code: "8"', "titre:", "tire:")],
        [
            Expected("cle-inconnue", indicateurs(2), 'code: "8"', "tire:", ("« tire »",)),
            Expected("cle-manquante", indicateurs(2), 'critere: "2"', 'code: "8"', ("« titre »",)),
        ],
    ),
    "two files that declare one source differently": (
        [Edit("guide/V9/sources.yaml", "G9:", "titre: ", "titre: Autre ")],
        [Expected("source-differente", "guide/V9/sources.yaml", "G9:", "titre: Autre", ("« G9 »",))],
    ),
}  # fmt: skip

LABEL: dict[str, tuple[list[Edit], list[Expected]]] = {
    "a clash": (
        [Edit(AJOUTS, "code: C", "code: C", "code: B")],
        [
            Expected("identifiant-en-double", AJOUTS, "numero: B", "code: B", ("certifregion/B",)),
            Expected("ligne-inconnue", "regles/presentation-2023/constats.yaml", "lignes", "lignes", ("certifregion/C",)),
        ],
    ),
    "a missing target": (
        [Edit(MODIFICATIONS, "modifications", "critere: qualiopi/4", "critere: qualiopi/44")],
        [Expected("cible-inconnue", MODIFICATIONS, "modifications", "- critere", ("critère « qualiopi/44 »",))],
    ),
    "a missing target of a removal": (
        [Edit(MODIFICATIONS, "format", "modifications:", "retraits:\n  - {indicateur: qualiopi/33, motif: x, sources: [S13]}\nmodifications:")],
        [Expected("cible-inconnue", MODIFICATIONS, "retraits", "- {indicateur", ("indicateur « qualiopi/33 »",))],
    ),
    "a useless modification": (
        [Edit(MODIFICATIONS, "critere: qualiopi/4", "    variantes:", "    titre: Disposer de moyens pédagogiques, techniques et d'encadrement adéquats\n    variantes:")],
        [Expected("modification-sans-effet", MODIFICATIONS, "modifications", "- critere", ("« titre »", "qualiopi/4"))],
    ),
    "a label laid on itself": (
        [Edit("exigence/V5/couche.yaml", "base:", "qualiopi@2019", "certifregion@V5")],
        [Expected("renvoi-circulaire", "exigence/V5/couche.yaml", "format", "format", ("certifregion@V5",))],
    ),
    "a base that does not exist": (
        [Edit("exigence/V5/couche.yaml", "base:", "qualiopi@2019", "qualiopi@2018")],
        [Expected("edition-introuvable", "exigence/V5/couche.yaml", "format", "format", ("qualiopi", "« 2018 »"))],
    ),
}  # fmt: skip


@pytest.fixture
def qualiopi(tmp_path: Path) -> Copy:
    return Copy(tmp_path, "qualiopi")


@pytest.fixture
def certifregion(tmp_path: Path) -> Copy:
    return Copy(tmp_path, "certifregion")


@pytest.mark.parametrize("nom", DONNEES)
def test_the_data_as_they_are(tmp_path: Path, nom: str) -> None:
    """The data of every plugin hold no problem, their digest included."""
    assert Copy(tmp_path, nom).issues(seal=True) == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_where_it_is(qualiopi: Copy, name: str) -> None:
    """The mistake gives these problems, at these lines, and no other."""
    check(qualiopi, *MISTAKES[name])


@pytest.mark.parametrize("name", LABEL)
def test_a_mistake_of_a_label_is_found_where_it_is(certifregion: Copy, name: str) -> None:
    """The mistake gives these problems, at these lines, and no other."""
    check(certifregion, *LABEL[name])


def test_a_removal_that_leaves_lines_alone(certifregion: Copy) -> None:
    """A label that removes a criterion and keeps its lines is told of each of them, where the base declares it."""
    retrait = "retraits:\n  - {critere: qualiopi/5, motif: x, sources: [S13]}\nmodifications:"
    certifregion.edit(Edit(MODIFICATIONS, "format", "modifications:", retrait))
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


def test_a_content_that_no_revision_declares(qualiopi: Copy) -> None:
    """Any change of a layer asks for a revision, at its header, with the digest to write; written, all is well."""
    qualiopi.edit(Edit(CRITERES, 'code: "2"', "Fixer", "Établir"))
    (issue,) = qualiopi.issues(seal=True)
    assert (issue.code, where(issue)) == (
        "empreinte-inconnue",
        qualiopi.place(Expected("", EN_TETE, "revisions", "- {numero", ())),
    )
    revision = re.search(r"\{numero: 2, date: .*\}", issue.hint or "")
    assert revision is not None
    path = qualiopi.dossier / EN_TETE
    line = revision.group().replace("AAAA-MM-JJ", "2026-12-01").replace("…", "Reformulation")
    path.write_text(f"{path.read_text(encoding='utf-8')}  - {line}\n", encoding="utf-8")
    assert qualiopi.issues(seal=True) == []


def test_a_change_of_a_header_asks_for_a_revision_too(qualiopi: Copy) -> None:
    """The period of a layer is sealed with its content."""
    qualiopi.edit(Edit(EN_TETE, "au:", "2026-10-31", "2026-12-31"))
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
