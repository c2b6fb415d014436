"""What every document says of people: lines that may reveal health data, and how long records are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import greffons
import pytest
from console import Console, words
from fabrique import LIGNES, checklist
from grilles import grille
from imprimes import html, md, table
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.blocs.textes import line
from certif_rules.documents.checklist.lignes import rubriques
from certif_rules.documents.rubriques import CONSERVATION, NOTES, retention
from certif_rules.echanges import checklist as json_
from certif_rules.errors import DataError
from certif_rules.formulaires import checklist as formulaire
from certif_rules.grilles import csv as csv_
from certif_rules.grilles import ods, xlsx
from certif_rules.model.personnes import Conservation, DonneesSensibles

RENDUS: dict[str, Callable[[Checklist], bytes]] = {
    "html": html, "formulaire": formulaire.render, "md": md, "csv": csv_.render,
    "xlsx": xlsx.render, "ods": ods.render, "table": table, "json": json_.render,
}  # fmt: skip
AVERTI = DonneesSensibles(
    nature="sante", texte="une note peut dire qui tousse.", sources=("CH1",), confiance="faible", lecture=True
)
GARDE = Conservation(
    texte="Deux ans, puis le poêle.", duree="deux ans", sources=("CH1",), confiance="moyenne"
)


def made(*, averti: DonneesSensibles | None = AVERTI, garde: Conservation | None = GARDE) -> Checklist:
    """The checklist of the tests, with a warning on its first line and a retention of its base."""
    first = replace(LIGNES[0], indicateur=replace(LIGNES[0].indicateur, donnees_sensibles=averti))
    base = checklist(lignes=(first, *LIGNES[1:]))
    kept = {base.referentiel.origines[0]: garde} if garde else {}
    return replace(base, referentiel=replace(base.referentiel, conservations=kept))


def flat(content: bytes) -> str:
    text = words(content)
    if text.lstrip().startswith("<"):
        text = re.sub(r"<[^>]+>", "", re.sub(r"<(style|script).*?</\1>", "", text, flags=re.DOTALL))
    return re.sub(r"\s+", " ", re.sub(r"\\(.)", r"\1", text))


@pytest.mark.parametrize("nom", RENDUS)
def test_every_document_carries_the_warning_on_its_line(nom: str) -> None:
    """Every format warns of sensitive data on the line concerned, once."""
    with_it, without = flat(RENDUS[nom](made())), flat(RENDUS[nom](made(averti=None)))
    assert with_it.count("une note peut dire qui tousse.") == 1
    assert "qui tousse" not in without
    if nom != "json":
        assert "Santé. une note" in with_it
        assert re.search(r"qui tousse\.[^[]{0,20}lecture, confiance faible", with_it)


@pytest.mark.parametrize("nom", [n for n in RENDUS if n != "json"])
def test_every_document_says_how_long_records_are_kept(nom: str) -> None:
    """Every format says how long records are kept, or that sources do not."""
    text = flat(RENDUS[nom](made()))
    assert "deux ans – Deux ans, puis le poêle. (confiance moyenne) [CH1]" in text
    assert "durée absente des sources" in text  # the label’s own
    absent = flat(RENDUS[nom](made(garde=None)))
    assert "durée absente des sources" in absent
    assert "poêle" not in absent


def test_json_has_both_under_keys_of_their_own() -> None:
    """The JSON gives the warning and the retention with their sources."""
    data = json.loads(json_.render(made()))
    assert data["lignes"][0]["donnees_sensibles"] == {
        "nature": "sante", "texte": AVERTI.texte, "sources": ["CH1"], "confiance": "faible", "lecture": True,
    }  # fmt: skip
    assert [li["donnees_sensibles"] for li in data["lignes"][1:]] == [None] * (len(LIGNES) - 1)
    base, label = data["conservation"]
    assert (base["texte"], base["duree"], base["sources"]) == (GARDE.texte, "deux ans", ["CH1"])
    assert (label["texte"], label["duree"], label["sources"]) == (None, None, [])
    assert "CH1" in data["sources"]


def test_the_warning_is_the_first_block_of_a_line_and_comes_before_its_fields() -> None:
    """An auditor sees the warning, by its name at least, before typing."""
    value = made()
    assert rubriques(value, value.lignes[0])[0].titre == "Données sensibles"
    page = formulaire.render(value).decode()
    line = page[page.index('<article class="ligne a_auditer') :]
    assert "<summary>⚠ Données sensibles" in line
    assert line.index("Données sensibles") < line.index("qui tousse") < line.index("<fieldset")


def test_the_documents_to_fill_say_how_to_write_of_people() -> None:
    """Every document to fill asks for as little as possible on people."""
    for nom in ("html", "formulaire", "md", "xlsx", "ods"):
        assert "ni nom complet" in flat(RENDUS[nom](made())), nom
    assert NOTES.startswith("Noter le moins possible")


# ---- the data that ship ---------------------------------------------------------------------------------


def of(referentiel: str, day: str) -> set[str]:
    resolved = greffons.registry().resolve(referentiel, day=day).referentiel
    return {i for i, line in resolved.indicateurs.items() if line.donnees_sensibles is not None}


def test_the_lines_on_handicap_and_no_other() -> None:
    """In the shipped data, only the lines on handicap warn of health data."""
    assert of("qualiopi", "2024-03-18") == {"qualiopi/26"}
    assert of("qualiopi", "2026-12-01") == {"qualiopi/26"}
    assert of("certifregion", "2024-03-18") == {"qualiopi/26", "certifregion/H"}


def test_retention_is_that_of_the_base_and_the_label_gives_none() -> None:
    """A label that says nothing of retention keeps its base's."""
    resolved = greffons.registry().resolve("certifregion", day="2024-03-18").referentiel
    assert set(resolved.conservations) == {"qualiopi"}
    assert resolved.conservations["qualiopi"].lecture
    (base,) = retention(grille())
    assert base[0] == "qualiopi"
    assert "le cycle de certification en cours et le précédent" in line(base[1])
    assert CONSERVATION in flat(md(grille()))


# ---- the data format ------------------------------------------------------------------------------------

AVIS = "{nature: sante, texte: Une note dit qui boite., sources: [ENS]}"


@pytest.fixture
def enseigne(tmp_path: Path) -> Path:
    """The made-up label, where it can be changed."""
    import shutil

    folder = tmp_path / "enseigne" / "donnees"
    shutil.copytree(greffons.DONNEES["enseigne"], folder)
    return folder


def resolved(enseigne: Path) -> Any:
    layer = enseigne / "exigence" / "E1"
    greffons.seal(layer)
    known = greffons.registry(fictif=greffons.DONNEES["fictif"], enseigne=enseigne)
    couche = known.layers("enseigne", "exigence")[0]
    return known.resolve("enseigne", day=couche.du, edition=couche.id).referentiel


def test_a_label_may_warn_on_a_line_of_its_base(enseigne: Path) -> None:
    """A label can add a warning to a line that its base wrote."""
    before = resolved(enseigne)
    target = next(i for i, line in before.indicateurs.items() if line.origine == "fictif")
    path = enseigne / "exigence" / "E1" / "avis.yaml"
    source = next(iter(before.sources))
    path.write_text(
        f"format: 1\nmodifications:\n  - indicateur: {target}\n    donnees_sensibles: {AVIS}\n"
        f"    motif: L’enseigne le demande.\n    sources: [{source}]\n".replace("[ENS]", f"[{source}]"),
        encoding="utf-8",
    )
    after = resolved(enseigne)
    assert after.indicateurs[target].donnees_sensibles.texte == "Une note dit qui boite."
    assert after.indicateurs[target].titre == before.indicateurs[target].titre


@pytest.mark.parametrize(
    ("avis", "code"),
    [
        ("{nature: humeur, texte: Une note., sources: [X]}", "valeur-inattendue"),
        ("{nature: sante, texte: Une note.}", "cle-manquante"),
        ("{nature: sante, texte: Une note., sources: [RIEN]}", "source-inconnue"),
    ],
)
def test_a_wrong_warning_is_refused(enseigne: Path, avis: str, code: str) -> None:
    """A warning badly written in the data is refused with its code."""
    path = enseigne / "exigence" / "E1" / "avis.yaml"
    path.write_text(
        f"format: 1\nmodifications:\n  - indicateur: fictif/1.1\n    donnees_sensibles: {avis}\n"
        "    motif: Essai.\n    sources: [CH-A]\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        resolved(enseigne)
    assert code in {issue.code for issue in caught.value.issues}


def test_a_checklist_with_its_warnings_follows_its_schema(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The JSON with warnings and retention follows the published schema."""
    from certif_rules.source.schema import check

    call = Console(capfdbinary, monkeypatch)
    data = call("checklist", "certifregion", "--type", "initial", "--date", "2024-03-18", "--categorie", "AF",
                "--format", "json").json  # fmt: skip
    assert check(data, "checklist", "c.json") == []
    assert [kept["origine"] for kept in data["conservation"]] == ["qualiopi", "certifregion"]
