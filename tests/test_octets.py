"""Files given as a name and its content: read as those of a folder are, and without reading any other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from grilles import AF, FORMATS, atelier, filled, grille

from certif_rules.audit.demande import Demande, FaitDit, read_profile
from certif_rules.audit.precedent import read_precedent
from certif_rules.echanges.constats import write_dossier
from certif_rules.errors import DataError
from certif_rules.services.conclusion import conclude_file
from certif_rules.services.correction import carry
from certif_rules.services.lecture import read_grids
from certif_rules.services.rapport import report_file
from certif_rules.source.entree import FichierDonne

CHECKLIST = grille()
UN = {"qualiopi/1": {"Constat": "Non-conformité mineure", "Commentaire": "Sans date."}}
DEUX = {"qualiopi/2": {"Constat": "Conforme"}}
PROFIL = (
    "format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: 2024-03-18}\n"
    "organisme: {categories: [AF]}\ntextes: corps.yaml\n"
)


def sent(path: Path) -> FichierDonne:
    """A file as a browser sends it: its name alone, and its bytes; it is no longer in its folder."""
    content = path.read_bytes()
    path.unlink()
    return FichierDonne(path.name, content)


def found(lecture: Any) -> dict[str, str]:
    return {r.ligne: r.constat for r in lecture.dossier.releves if r.porte}


@pytest.mark.parametrize("suffix", FORMATS)
def test_two_grids_that_were_sent_are_joined(suffix: str, tmp_path: Path) -> None:
    """Of any format: what each says is there, and nothing is written to disk."""
    un = sent(filled(CHECKLIST, suffix, UN, tmp_path))
    deux = sent(filled(CHECKLIST, suffix, DEUX, tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert found(read_grids(atelier(), [un, deux])) == {"qualiopi/1": "nc_mineure", "qualiopi/2": "conforme"}
    assert list(tmp_path.iterdir()) == []


def test_a_fault_is_told_with_the_name_that_was_given() -> None:
    """Two files that cannot be read: each under its name, both at once."""
    with pytest.raises(DataError) as wrong:
        read_grids(atelier(), [FichierDonne("a.xlsx", b""), FichierDonne("b.json", b"{")])
    assert [str(issue.location).partition(":")[0] for issue in wrong.value.issues] == ["a.xlsx", "b.json"]


def test_findings_conclude_alike_from_bytes_and_from_a_file(tmp_path: Path) -> None:
    """The conclusion, the report and the corrected context of the same content are the same."""
    path = tmp_path / "constats.json"
    path.write_bytes(write_dossier(read_grids(atelier(), [filled(CHECKLIST, "csv", UN, tmp_path)]).dossier))
    given = FichierDonne(str(path), path.read_bytes())
    bilan = conclude_file(atelier(), path)[0]
    assert bilan.conclusions[0].mesures["mineures"] == 1
    assert conclude_file(atelier(), given)[0] == bilan
    assert report_file(atelier(), given)[0] == report_file(atelier(), path)[0]
    corrected = Demande(faits=(FaitDit("sous_traitance", None, valeur=False),))
    assert carry(atelier(), given, corrected) == carry(atelier(), path, corrected)
    assert [m.numero for m in carry(atelier(), given, corrected).changements] == ["27"]
    assert read_precedent(given) == read_precedent(path)


def test_a_file_that_was_sent_reads_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile names a file of texts: one that is there is not read in its name, be its path whole."""
    monkeypatch.chdir(tmp_path)
    texts = tmp_path / "corps.yaml"
    texts.write_text("ceci n’est pas un fichier de textes", encoding="utf-8")
    for named in ("corps.yaml", str(texts)):
        content = PROFIL.replace("corps.yaml", f'"{named}"').encode()
        with pytest.raises(DataError) as refused:
            read_profile(FichierDonne("audit.yaml", content))
        (issue,) = refused.value.issues
        assert (issue.code, issue.champ) == ("fichier-illisible", "textes")
        assert "n’est pas venu avec celui-ci" in issue.message
    with pytest.raises(DataError) as read:
        read_profile(FichierDonne("audit.yaml", PROFIL.encode(), tmp_path))
    assert "corps.yaml" in str(read.value.issues[0].location)


def test_the_example_is_what_its_grid_says() -> None:
    """The grid that the others fill is of the example."""
    assert CHECKLIST.contexte.organisme.nom == AF["organisme"]["nom"]
