"""What a file has no place for is kept as it was in the file that it was made from: it erases nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from grilles import FAITS, atelier, exported_form, filled, grille
from msgspec.structs import replace
from test_lire_anciennes import SITES, WITHOUT
from test_lire_appui_et_levee import BARE, FIRST, bare, notes, scale

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.compte_rendu import CompteRendu
from certif_rules.audit.constats import ARevoir, Dossier, Releve
from certif_rules.audit.demande import Demande
from certif_rules.audit.recevabilite import lacks_text
from certif_rules.audit.silence import Silence, kept_from
from certif_rules.colonnes import APPUI, LEVEE, SITE
from certif_rules.echanges.constats import write_dossier
from certif_rules.plugins.registry import Registry
from certif_rules.services.lecture import read_grids

FORMES = ("xlsx", "ods", "csv", "json", "form")


def two_sites() -> Checklist:
    return grille(organisme={"categories": ["AF"], "faits": FAITS, "sites": SITES})


#: A field of a recent column: the checklist, its rules, a line, what is typed there, and what it is worth.
RECENTS: dict[str, tuple[Callable[[], Checklist], Callable[[], Registry], str, dict[str, str], str, str]] = {
    "site": (two_sites, atelier, "qualiopi/1", {"Constat": "Conforme", "Site": "S1"}, SITE.titre, "S1"),
    "appui": (
        bare, atelier, BARE, {"Constat": "Conforme", "Texte d’appui": "Charte, p. 3"}, APPUI.titre,
        "Charte, p. 3",
    ),
}  # fmt: skip


def older(
    form: str, checklist: Checklist, typed: dict[str, str], line: str, field: str, folder: Path
) -> Path:
    """The filled grid as it was before a column: without it, and without what was typed there."""
    titre = RECENTS[field][4]
    saisie = {line: {name: text for name, text in typed.items() if name != titre}}
    if form == "form":
        path = exported_form(checklist, saisie, folder)
        data = json.loads(path.read_text(encoding="utf-8"))
        for entry in data["constats"]:
            entry.pop(field, None)
        path.write_text(json.dumps(data), encoding="utf-8")
        return path
    path = filled(checklist, form, saisie, folder, "ancienne")
    if form in WITHOUT:
        path.write_bytes(WITHOUT[form](path.read_bytes(), titre))
    return path


@pytest.mark.parametrize(("form", "field"), [*((form, "appui") for form in FORMES), ("xlsx", "site")])
def test_a_grid_older_than_a_column_erases_nothing_of_it(form: str, field: str, tmp_path: Path) -> None:
    """The base says it, a colleague left it as it was, an older grid cannot say it: it stays, either way."""
    make, rules, line, typed, _, value = RECENTS[field]
    checklist = make()
    base = tmp_path / "base.json"
    whole = read_grids(rules(), [filled(checklist, "xlsx", {line: typed}, tmp_path, "base")])
    base.write_bytes(write_dossier(whole.dossier))
    old = older(form, checklist, {**typed, "Commentaire": "vu"}, line, field, tmp_path)
    for paths in ([old, base], [old]):
        (releve,) = [r for r in read_grids(rules(), paths, base=base).dossier.releves if r.ligne == line]
        assert (getattr(releve, field), releve.constat) == (value, "conforme")
        assert releve.commentaire == "vu"


@pytest.mark.parametrize("form", FORMES[:3])
def test_what_is_emptied_in_its_column_is_erased(form: str, tmp_path: Path) -> None:
    """The same with the column there: an empty cell is what a person emptied."""
    make, rules, line, typed, _, _ = RECENTS["appui"]
    checklist = make()
    base = tmp_path / "base.json"
    whole = read_grids(rules(), [filled(checklist, "xlsx", {line: typed}, tmp_path, "base")])
    base.write_bytes(write_dossier(whole.dossier))
    emptied = filled(checklist, form, {line: {"Constat": "Conforme"}}, tmp_path, "vide")
    (releve,) = [
        r for r in read_grids(rules(), [emptied, base], base=base).dossier.releves if r.ligne == line
    ]
    assert releve.appui is None


def test_a_key_that_some_entries_have_is_an_erasure_elsewhere(tmp_path: Path) -> None:
    """A findings file that cites a text on one line says that it cites none on the other; so does null."""
    checklist = bare()
    lines = [ligne.indicateur.id for ligne in checklist.lignes if lacks_text(ligne)][:2]
    saisie = dict.fromkeys(lines, RECENTS["appui"][3])
    base, after = tmp_path / "base.json", tmp_path / "apres.json"
    whole = read_grids(atelier(), [filled(checklist, "xlsx", saisie, tmp_path)])
    base.write_bytes(write_dossier(whole.dossier))
    for emptied, left in ((lines[:1], "Charte, p. 3"), (lines, None)):
        data = json.loads(base.read_text(encoding="utf-8"))
        for entry in data["constats"]:
            if entry["id"] in emptied:
                entry["appui"] = None
                if left is not None:
                    del entry["appui"]
        after.write_text(json.dumps(data), encoding="utf-8")
        joined = read_grids(atelier(), [after, base], base=base).dossier.releves
        assert [r.appui for r in joined if r.ligne in lines] == [None, left]


def test_the_level_after_a_lifting_stays(tmp_path: Path) -> None:
    """Lifted in the base, and a CSV of before the columns of a lifting: day, author and level stay."""
    checklist = scale()
    saisie = {FIRST: {"Constat": "0", "Commentaire": "absent"}}
    base, old = tmp_path / "base.json", filled(checklist, "csv", saisie, tmp_path)
    whole = read_grids(notes(), [old]).dossier
    lifted = {"leve_le": "2025-04-01", "leve_par": "A", "leve_constat": "niveau_2"}
    releves = tuple(replace(r, **lifted) if r.ligne == FIRST else r for r in whole.releves)
    base.write_bytes(write_dossier(replace(whole, releves=releves)))
    for colonne in LEVEE:
        old.write_bytes(WITHOUT["csv"](old.read_bytes(), colonne.titre))
    joined = read_grids(notes(), [old, base], base=base).dossier
    (releve,) = [r for r in joined.releves if r.ligne == FIRST]
    assert {name: getattr(releve, name) for name in lifted} == lifted


# ---- the rule itself -----------------------------------------------------------------------------------

VIDE = Dossier(demande=Demande(), releves=())


def test_what_no_cell_holds_of_the_whole_stays() -> None:
    """The day of notification, what is set aside and the report: kept where unsaid."""
    mis = ARevoir(raison="x", releve=Releve(ligne="a"))
    rendu = CompteRendu(zones_non_couvertes=("Un site n’a pas été vu.",))
    base = replace(VIDE, notifie_le="2025-01-02", a_revoir=(mis,), compte_rendu=rendu)
    silence = Silence(dossier=frozenset({"notifie_le", "a_revoir", "compte_rendu"}))
    assert kept_from(base, VIDE, silence) == base
    said = replace(VIDE, notifie_le="2025-02-03")
    assert kept_from(base, said, silence).notifie_le == "2025-02-03"
    assert kept_from(base, VIDE, Silence()) == VIDE


def test_a_line_of_which_nothing_can_be_said_stays() -> None:
    """A finding by site alone, on a line left blank; one that the grid could have said is erased."""
    parts = (Releve(ligne="a", site="S1", constat="c"), Releve(ligne="a", site="S2", constat="c"))
    base = replace(VIDE, releves=(Releve(ligne="a", par_site=parts), Releve(ligne="b", constat="c")))
    kept = kept_from(base, VIDE, Silence(lignes=frozenset({"par_site"})))
    assert kept.releves == (Releve(ligne="a", par_site=parts),)


def test_what_is_said_of_one_site_leaves_the_others() -> None:
    """The grid says what was seen at S2, then at S3: what the base says of S1 stays beside, untouched."""
    one, two = (Releve(ligne="a", site=s, constat="c", appui="p. 3") for s in ("S1", "S2"))
    base = replace(VIDE, releves=(Releve(ligne="a", par_site=(one, two)),))
    silence = Silence(lignes=frozenset({"par_site", "appui"}))
    for site, parts in (("S2", ("S1", "S2")), ("S3", ("S1", "S2", "S3"))):
        seen = Releve(ligne="a", site=site, constat="d")
        (releve,) = kept_from(base, replace(VIDE, releves=(seen,)), silence).releves
        assert (releve.site, tuple(p.site for p in releve.par_site)) == (None, parts)
        last = releve.par_site[-1]
        assert (last.constat, last.appui) == ("d", "p. 3" if site == "S2" else None)
        assert releve.par_site[0] == one


def test_no_level_stays_of_a_lifting_that_was_taken_away() -> None:
    """The day is erased in its column; the level, that has none here, goes with it, else it stays."""
    lifted = Releve(ligne="a", constat="c", leve_le="2025-04-01", leve_constat="d")
    base, silence = replace(VIDE, releves=(lifted,)), Silence(lignes=frozenset({"leve_constat"}))
    for day, level in ((None, None), ("2025-04-01", "d")):
        now = replace(VIDE, releves=(Releve(ligne="a", constat="c", leve_le=day),))
        assert kept_from(base, now, silence).releves[0].leve_constat == level
