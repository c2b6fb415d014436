"""What a rules layer says around the audit: its folder ``vie``, its digest, what it may cite."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from console import Console
from greffons import DONNEES, registry
from regimes import open_regime

from certif_rules.audit.demande import Demande
from certif_rules.errors import DataError, UsageError
from certif_rules.services.catalogue import describe
from certif_rules.vie.autodiagnostic import touching

INCOHERENCE = """\
format: 1
incoherences:
  - id: INC-X
    texte: Deux pages donnent deux délais
    lecture: le plus long est retenu
    commandes: [calendrier]
    sources: [{source}]
  - id: INC-Y
    texte: Le délai n’est pas dit
    question: Quel est le délai ?
    sources: [{source}]
"""


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def donnees(tmp_path: Path) -> Path:
    """A copy of the data of the made-up référentiel."""
    return shutil.copytree(DONNEES["fictif"], tmp_path / "certif_rules_fictif" / "donnees")


def rules(donnees: Path) -> Path:
    """The folder of its rules layer that was read."""
    return donnees / "regles" / "charte-1"


def write(donnees: Path, texte: str) -> Path:
    folder = rules(donnees) / "vie"
    folder.mkdir(exist_ok=True)
    (folder / "incoherences.yaml").write_text(texte, encoding="utf-8")
    return folder


def declare(donnees: Path) -> None:
    """Declare, in the header, the digest that the refusal gives."""
    header = rules(donnees) / "couche.yaml"
    with pytest.raises(DataError) as refused:
        open_regime(registry(fictif=donnees), Demande(referentiel="fictif"))
    (hint,) = [i.hint for i in refused.value.issues if i.code == "empreinte-inconnue" and i.hint]
    digest = hint.partition('empreinte_vie: "')[2].partition('"')[0]
    text = re.sub(r',\s*empreinte_vie: "[^"]*"', "", header.read_text(encoding="utf-8"))
    assert digest.startswith("sha256:")
    head, brace, tail = text.rpartition("}")
    header.write_text(f'{head}, empreinte_vie: "{digest}"{brace}{tail}', encoding="utf-8")


def known_source(donnees: Path) -> str:
    regime = open_regime(registry(fictif=donnees), Demande(referentiel="fictif"))
    return next(iter(regime.referentiel.sources))


def test_contradictions_are_read_and_told_to_the_commands_they_touch(donnees: Path) -> None:
    """Each with its reading or its question; a command is told those that name it."""
    write(donnees, INCOHERENCE.format(source=known_source(donnees)))
    declare(donnees)
    (vie,) = open_regime(registry(fictif=donnees), Demande(referentiel="fictif")).vies
    assert vie.duree is not None, "the files already there are read with it"
    assert {i.id: (i.lecture, i.question) for i in vie.incoherences.values()} == {
        "INC-X": ("le plus long est retenu", None),
        "INC-Y": (None, "Quel est le délai ?"),
    }
    assert [i.id for i in touching([vie], "calendrier")] == ["INC-X"]


def test_a_checklist_does_not_read_them(donnees: Path) -> None:
    """Its digest is the same, and what is wrong around the audit does not stop it."""
    before = registry(fictif=donnees).resolve("fictif", day="2024-06-01")
    write(donnees, "format: 1\nn’importe quoi: [")
    after = registry(fictif=donnees).resolve("fictif", day="2024-06-01")
    assert after.empreinte == before.empreinte


def test_an_edition_is_described_though_what_surrounds_it_is_wrong(donnees: Path) -> None:
    """Its contradictions are then not known, which is not none; what is wrong is said."""
    (*_, right), none = describe(registry(fictif=donnees), "fictif")
    assert (right["incoherences"], none) == ([], [])
    write(donnees, INCOHERENCE.format(source=known_source(donnees)))
    (*_, wrong), issues = describe(registry(fictif=donnees), "fictif")
    assert (wrong["incoherences"], wrong["presentation"]) == (None, None)
    assert [i.code for i in issues].count("empreinte-inconnue") == 1, "once, though two editions share it"
    assert {**wrong, "incoherences": [], "presentation": [], "sources": right["sources"]} == right
    declare(donnees)
    (*_, told), _ = describe(registry(fictif=donnees), "fictif")
    assert [(i["id"], i["commandes"]) for i in told["incoherences"]] == [
        ("INC-X", ["calendrier"]),
        ("INC-Y", []),
    ]


def test_a_change_is_refused_until_a_revision_declares_it(donnees: Path) -> None:
    """As for the rest of the layer."""
    write(donnees, INCOHERENCE.format(source=known_source(donnees)))
    declare(donnees)
    folder = rules(donnees) / "vie"
    changed = (folder / "incoherences.yaml").read_text(encoding="utf-8").replace("plus long", "plus court")
    (folder / "incoherences.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(DataError) as refused:
        open_regime(registry(fictif=donnees), Demande(referentiel="fictif"))
    assert {issue.code for issue in refused.value.issues} == {"empreinte-inconnue"}


def test_everything_wrong_is_said_at_once_with_its_place(call: Console, donnees: Path) -> None:
    """An unknown source, a contradiction left without reading nor question, an unknown key."""
    folder = write(
        donnees,
        INCOHERENCE.format(source="NULLE_PART").replace("    question: Quel est le délai ?\n", ""),
    )
    reponse = call("valider", donnees)
    assert reponse.status == 1
    assert "source-inconnue" in reponse.err + reponse.out.decode()
    assert "incoherence-muette" in reponse.err + reponse.out.decode()
    assert "vie/incoherences.yaml:7:15" in reponse.err + reponse.out.decode()
    (folder / "incoherences.yaml").write_text("format: 1\nincoherence: []\n", encoding="utf-8")
    reponse = call("valider", folder / "incoherences.yaml")
    assert reponse.status == 1
    assert "cle-inconnue" in reponse.err + reponse.out.decode()


def test_only_rules_have_a_life(donnees: Path) -> None:
    """A folder that nobody would read is a problem, as a stray file is."""
    exigence = next((donnees / "exigence").iterdir())
    (exigence / "vie").mkdir()
    (exigence / "vie" / "a.yaml").write_text("format: 1\n", encoding="utf-8")
    problems = registry(fictif=donnees).problemes["fictif"]
    assert [(issue.code, issue.location.file.rpartition("/")[2]) for issue in problems if issue.location] == [
        ("fichier-ignore", "vie")
    ]


def test_no_date_is_needed() -> None:
    """Without a date nor an édition, the latest édition and its latest rules."""
    regime = open_regime(registry(), Demande(referentiel="qualiopi"))
    assert regime.referentiel.edition == "2026"
    assert open_regime(registry(), Demande(referentiel="certifregion")).referentiel.edition == "V5"
    with pytest.raises(UsageError, match="aucun référentiel"):
        open_regime(registry(), Demande(referentiel="inconnu"))
    with pytest.raises(UsageError, match="manque le référentiel"):
        open_regime(registry(), Demande())


def test_an_outcome_names_a_date_that_exists(call: Console, tmp_path: Path) -> None:
    """A date of the calendar misspelt by an outcome is refused with its place, by ``valider`` too."""
    copy = shutil.copytree(DONNEES["certifregion"], tmp_path / "certif_rules_certifregion" / "donnees")
    (path,) = copy.glob("regles/*/vie/attribution.yaml")
    text = path.read_text(encoding="utf-8")
    assert "date: nouvelle_demande" in text
    path.write_text(text.replace("date: nouvelle_demande", "date: nouvelle_demarche"), encoding="utf-8")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "date: nouvelle_demande" in row)
    reponse = call("valider", copy)
    assert reponse.status == 1
    assert f"attribution.yaml:{line}:" in reponse.err + reponse.out.decode()
    assert "date-du-cycle-inconnue" in reponse.err + reponse.out.decode()
    assert "« nouvelle_demande »" in reponse.err + reponse.text
