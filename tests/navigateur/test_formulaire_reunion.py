"""What the form does with a colleague’s file: joined by line, site and field, as the program joins grids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from formulaires import ISSUES, accept, by_id, choose, document_of, exported, field, fill, line, load
from greffons import DONNEES, registry
from grilles import AF, FAITS, grille
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import certif_rules as cr
from certif_rules.audit.compte_rendu import Conflit, Version
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.correction import Correction
from certif_rules.audit.demande import from_profile
from certif_rules.audit.reunion import Apport, join_dossiers
from certif_rules.echanges.constats import as_data
from certif_rules.formulaires import checklist as formulaire_
from certif_rules.services.constats import from_data, open_dossier, with_rules
from certif_rules.services.lecture import read_grids
from certif_rules.source.schema import check

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.navigateur

SITES = [{"id": "S1", "commune": "Toulouse"}, {"id": "S2", "commune": "L'Union"}]
ORGANISME: dict[str, Any] = {"categories": ["AF"], "faits": FAITS, "sites": SITES}
CHECKLIST = grille(organisme=ORGANISME)
MINEURE = "nc_mineure"


@pytest.fixture(scope="module")
def deux_sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The form of an audit of two sites."""
    path = tmp_path_factory.mktemp("deux_sites") / "audit.html"
    path.write_bytes(formulaire_.render(CHECKLIST))
    return path


def findings(*releves: Releve, **around: Any) -> dict[str, Any]:
    """A findings file of this audit, with these findings."""
    asked = from_profile({**AF, "organisme": ORGANISME})
    return as_data(with_rules(CHECKLIST, Dossier(demande=asked, releves=releves))) | around


def give(page: Any, folder: Path, nom: str, data: Mapping[str, Any]) -> None:
    """Import these findings from a file of this name."""
    (folder / nom).write_text(json.dumps(data), encoding="utf-8")
    load(page, folder / nom)


def nine(constat: str = "a_evaluer", site: str | None = "S1", **more: Any) -> Releve:
    return Releve(ligne="qualiopi/9", constat=constat, site=site, **more)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


# ---- what is joined ---------------------------------------------------------------------------------


def test_the_export_says_what_the_form_started_from(ouvrir: Any, tmp_path: Path) -> None:
    """A form of version 41 says so in its export, whatever file it takes; one without never does."""
    start = {"version": 41, "empreinte": f"sha256:{'3f' * 32}"}
    later = findings(nine("conforme"), depart={**start, "version": 43})
    for nom, before in (("41", {"depart": start}), ("sans", {})):
        data = findings(nine("conforme"), **before)
        path = tmp_path / f"{nom}.html"
        correction = Correction(checklist=CHECKLIST, dossier=from_data(data), changements=())
        path.write_bytes(formulaire_.render_filled(correction))
        page = ouvrir(path)
        give(page, tmp_path, "plus_tard.json", later)
        given = exported(page, tmp_path / f"{nom}.json")
        assert given.get("depart") == before.get("depart")
        assert not check(given, "constats")


def test_an_import_replaces_nothing_and_asks_nothing(ouvrir: Any, formulaire: Path, tmp_path: Path) -> None:
    """A file that says nothing takes nothing away, and the same file twice changes nothing more."""
    page = ouvrir(formulaire)
    empty = exported(page, tmp_path / "vide.json")
    fill(page)
    asked = accept(page, answer=False)
    before = exported(page, tmp_path / "avant.json")
    load(page, tmp_path / "vide.json")
    assert exported(page, tmp_path / "apres.json") == before != empty
    load(page, tmp_path / "avant.json")
    assert exported(page, tmp_path / "encore.json") == before
    assert asked == []


def test_an_empty_field_joins_a_full_one(ouvrir: Any, deux_sites: Path, tmp_path: Path) -> None:
    """I found it conforming, my colleague wrote the comment and the evidence: both are there, both signed."""
    page = ouvrir(deux_sites)
    page.get_by_label("Vos initiales").fill("A. B.")
    choose(page, "9", "conforme")
    give(
        page, tmp_path, "b.json", findings(nine(commentaire="Vu", preuves_vues=("D-2",), evalue_par="C. D."))
    )
    entry = by_id(exported(page, tmp_path / "ici.json"))["qualiopi/9"]
    assert (entry["constat"], entry["commentaire"], entry["site"]) == ("conforme", "Vu", "S1")
    assert (entry["preuves_vues"], entry["evalue_par"]) == (["D-2"], "A. B. ; C. D.")
    assert "a_accorder" not in entry


def test_two_sites_stand_side_by_side(ouvrir: Any, deux_sites: Path, tmp_path: Path) -> None:
    """Conforming at one site, a minor at the other: both are shown and kept, and the gravity is to choose."""
    page = ouvrir(deux_sites)
    page.get_by_label("Site où vous êtes").select_option("S1")
    choose(page, "9", "conforme")
    give(page, tmp_path, "b.json", findings(nine(MINEURE, "S2", commentaire="Affichage absent")))
    tabs = line(page, "9").locator(".sites button")
    assert [plain(text) for text in tabs.all_inner_texts()] == [
        "Tous les sites : À évaluer",
        "Site S1 – Toulouse : Conforme",
        "Site S2 – L’Union : Non-conformité mineure",
    ]
    assert "gravité à choisir" in line(page, "9").locator(".suivi").inner_text()
    assert line(page, "9").locator("input[value=conforme]").is_checked(), "the site where one is"
    tabs.nth(2).click()
    assert field(page, "9", "commentaire").input_value() == "Affichage absent"
    field(page, "9", "preuves_vues").fill("Photo du hall")
    tabs.nth(0).click()
    choose(page, "9", MINEURE)
    field(page, "9", "commentaire").fill("Isolé.")
    data = exported(page, tmp_path / "ici.json")
    assert check(data, "constats") == []
    entry = by_id(data)["qualiopi/9"]
    assert (entry["constat"], entry["commentaire"]) == (MINEURE, "Isolé.")
    assert [(p["site"], p["constat"], p.get("preuves_vues")) for p in entry["par_site"]] == [
        ("S1", "conforme", None),
        ("S2", MINEURE, ["Photo du hall"]),
    ]
    assert line(page, "9").locator(".suivi").inner_text() == "✓ Non-conformité mineure"
    read_grids(registry(**DONNEES), [tmp_path / "ici.json"])


def test_a_gap_is_lifted_at_one_site(ouvrir: Any, deux_sites: Path, tmp_path: Path) -> None:
    """Two minors, S2 lifted in its fields: S1 and the line stay open, no text goes elsewhere."""
    page = ouvrir(deux_sites)
    page.get_by_label("Vos initiales").fill("A. B.")
    parts = (nine(MINEURE, commentaire="Absent"), nine(MINEURE, "S2", commentaire="Effacé"))
    give(page, tmp_path, "a.json", findings(nine(MINEURE, None, commentaire="Aux deux", par_site=parts)))
    tabs = line(page, "9").locator(".sites button")
    tabs.nth(2).click()
    typed = {
        "ecart.causes": "Affiche retirée.", "ecart.action_corrective": "Affiche remise.",
        "ecart.plan_recu_le": "2024-04-20", "leve_le": "2024-06-01", "leve_par": "C. D.",
    }  # fmt: skip
    for champ, text in typed.items():
        field(page, "9", champ).fill(text)
    assert {champ: field(page, "9", champ).input_value() for champ in typed} == typed
    for other in (0, 1):
        tabs.nth(other).click()
        assert {field(page, "9", champ).input_value() for champ in typed} == {""}
    tabs.nth(1).click()
    field(page, "9", "ecart.causes").fill("Jamais posée.")
    data = exported(page, tmp_path / "ici.json")
    assert check(data, "constats") == []
    entry = by_id(data)["qualiopi/9"]
    there = {
        part["site"]: {k: part.get(k) for k in ("leve_le", "leve_par", "ecart")} for part in entry["par_site"]
    }
    assert there["S1"] == {"leve_le": None, "leve_par": None, "ecart": {"causes": "Jamais posée."}}
    assert there["S2"] == {
        "leve_le": "2024-06-01", "leve_par": "C. D.",
        "ecart": {
            "causes": "Affiche retirée.", "action_corrective": "Affiche remise.",
            "plan_recu_le": "2024-04-20",
        },
    }  # fmt: skip
    assert (entry["leve_le"], entry["leve_par"], entry.get("ecart")) == (None, None, None)
    again = ouvrir(deux_sites)
    load(again, tmp_path / "ici.json")
    line(again, "9").locator(".sites button").nth(2).click()
    assert {champ: field(again, "9", champ).input_value() for champ in typed} == typed
    read_grids(registry(**DONNEES), [tmp_path / "ici.json"])


def test_a_contradiction_is_shown_and_settled_one_by_one(
    ouvrir: Any, deux_sites: Path, tmp_path: Path
) -> None:
    """Both values are in the line with who said them; the export tells what is undecided, and keeps both."""
    page = ouvrir(deux_sites)
    page.get_by_label("Vos initiales").fill("A. B.")
    page.get_by_label("Site où vous êtes").select_option("S1")
    choose(page, "9", "conforme")
    field(page, "9", "commentaire").fill("Affiché.")
    theirs = nine(MINEURE, commentaire="Rien au mur", evalue_par="C. D.")
    give(page, tmp_path, "b.json", findings(theirs))
    assert page.evaluate("document.activeElement.id") == "accords"
    told = plain(line(page, "9").locator(".a-trancher").inner_text())
    assert "Retenir « Conforme » (saisi ici, A. B.)" in told
    assert "Retenir « Non-conformité mineure » (b.json, C. D.)" in told
    undecided = exported(page, tmp_path / "ici.json")
    assert "2 désaccords restent à trancher" in plain(page.locator("#etat").inner_text())
    entry = by_id(undecided)["qualiopi/9"]
    assert (entry["constat"], entry["commentaire"]) == ("a_evaluer", None)
    assert {a["champ"]: [v["valeur"] for v in a["valeurs"]] for a in entry["a_accorder"]} == {
        "commentaire": ["Affiché.", "Rien au mur"],
        "constat": ["conforme", MINEURE],
    }
    assert check(undecided, "constats") == []
    page.reload()
    line(page, "9").get_by_role("button", name="Retenir « Non-conformité mineure »").click()
    assert line(page, "9").locator(f"input[value={MINEURE}]").is_checked()
    line(page, "9").get_by_role("button", name="Retenir « Rien au mur »").press("Enter")
    settled = exported(page, tmp_path / "regle.json")
    assert "trancher" not in page.locator("#etat").inner_text()
    give(page, tmp_path, "b.json", findings(theirs))
    assert exported(page, tmp_path / "encore.json") == settled, "the file read again undoes nothing"
    line(page, "9").get_by_role("button", name="Revenir sur ce choix").first.click()
    exported(page, tmp_path / "rouvert.json")
    assert "1 désaccord reste à trancher" in plain(page.locator("#etat").inner_text())


def test_what_two_files_say_of_the_audit_itself(ouvrir: Any, deux_sites: Path, tmp_path: Path) -> None:
    """Sessions are put together; two days of notification stand in the page until one is chosen."""
    page = ouvrir(deux_sites)
    for nom, site, day in (("a.json", "S1", "2024-09-29"), ("b.json", "S2", "2024-10-02")):
        give(page, tmp_path, nom, findings(nine(), seances=[{"site": site}], ecarts_notifies_le=day))
    data = exported(page, tmp_path / "ici.json")
    assert (data["seances"], data["ecarts_notifies_le"]) == ([{"site": "S1"}, {"site": "S2"}], None)
    (conflict,) = data["a_accorder"]
    assert [(v["valeur"], v["de"]) for v in conflict["valeurs"]] == [
        ("2024-09-29", "a.json"),
        ("2024-10-02", "b.json"),
    ]
    assert check(data, "constats") == []
    page.locator("#accords").get_by_role("button", name="Retenir « 02/10/2024 »").click()
    assert page.get_by_label("Écarts notifiés").input_value() == "2024-10-02"
    assert exported(page, tmp_path / "regle.json")["ecarts_notifies_le"] == "2024-10-02"


def test_lines_that_the_form_does_not_have_are_kept_aside(
    ouvrir: Any, deux_sites: Path, tmp_path: Path
) -> None:
    """They are listed with what they say, and the export gives them back, where the program reads them."""
    page = ouvrir(deux_sites)
    more = {"id": "autre/7", "constat": "conforme", "commentaire": "Vu à l'accueil"}
    data = findings(nine("conforme"))
    data["constats"].append(more)
    data["verifications"] = [{"id": "affichage", "resultat": "non_satisfaite", "commentaire": "Rien"}]
    give(page, tmp_path, "b.json", data)
    told = plain(page.locator("#accords").inner_text())
    assert "ligne autre/7 : « Conforme » ; ce formulaire n’a pas cette ligne" in told
    assert "Vu à l’accueil" in told
    out = exported(page, tmp_path / "ici.json")
    assert {one["id"] for one in out["a_revoir"]} == {"affichage", "autre/7"}
    assert check(out, "constats") == []
    _, dossier = open_dossier(registry(**DONNEES), from_data(out))
    aside = {(one.releve.ligne, one.releve.commentaire, one.verification) for one in dossier.a_revoir}
    assert aside == {("autre/7", "Vu à l'accueil", False), ("affichage", "Rien", True)}
    give(page, tmp_path, "b.json", data)
    assert exported(page, tmp_path / "encore.json") == out, "once only"


def test_a_field_that_nobody_knows_is_never_chosen_for_them(
    ouvrir: Any, deux_sites: Path, tmp_path: Path
) -> None:
    """A key of another program with two values cannot stand in a conflict: the file is refused."""
    page = ouvrir(deux_sites)
    one = findings(nine("conforme"))
    one["constats"][0]["cle_a_part"] = 1
    give(page, tmp_path, "a.json", one)
    before = exported(page, tmp_path / "ici.json")
    one["constats"][0]["cle_a_part"] = 2
    give(page, tmp_path, "b.json", one)
    assert "ligne 9 : « cle_a_part » a deux valeurs" in plain(page.locator("#refus").inner_text())
    assert exported(page, tmp_path / "encore.json") == before


# ---- the same as the program ------------------------------------------------------------------------

TEXTS = st.sampled_from([None, "a", "b"])
ACCORD = Conflit(champ="appui", valeurs=(Version(valeur="a"), Version(valeur="c")))
DAYS = st.sampled_from([None, "2024-09-02", "2024-09-03"])


def releves(ligne: str, site: st.SearchStrategy[str | None]) -> st.SearchStrategy[Releve]:
    return st.builds(
        Releve,
        ligne=st.just(ligne),
        site=site,
        constat=st.sampled_from(["a_evaluer", "conforme", MINEURE, "nc_majeure"]),
        commentaire=TEXTS,
        evalue_par=TEXTS,
        evalue_le=DAYS,
        appui=TEXTS,
        leve_le=DAYS,
        preuves_vues=st.lists(st.sampled_from("ab"), unique=True, max_size=1).map(tuple),
        ecart=st.dictionaries(st.sampled_from(["causes", "preuve"]), st.sampled_from("ab")),
        a_accorder=st.sampled_from([(), (ACCORD,), (replace(ACCORD, aucune=True),)]),
    )


FILES = st.tuples(*(releves(f"qualiopi/{n}", st.sampled_from([None, "S1", "S2"])) for n in (1, 9)))


def settled(data: Mapping[str, Any]) -> Any:
    """What a file says, what is put together being sorted, since the two sides have an order in a grid."""

    def of(entry: Any) -> Any:
        if isinstance(entry, Mapping):
            kept = {k: of(v) for k, v in entry.items() if k != "par"}
            if isinstance(kept.get("evalue_par"), str):
                kept["evalue_par"] = " ; ".join(sorted(kept["evalue_par"].split(" ; ")))
            return kept
        if isinstance(entry, list):
            return sorted((of(one) for one in entry), key=lambda one: json.dumps(one, sort_keys=True))
        return entry

    dues = {"constat": "a_evaluer", "commentaire": None, "annotations": [], "preuves_vues": []}
    lines = as_data(from_data(data))["constats"]
    return of(
        [e for e in lines if {**dues, **e} != {**e, **dues} or set(e) - {*dues, "id", "leve_le", "leve_par"}]
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=FILES, two=FILES)
@example(
    one=(Releve(ligne="qualiopi/1"), nine(site=None, a_accorder=(replace(ACCORD, aucune=True),))),
    two=(Releve(ligne="qualiopi/1"), nine(site=None, appui="b")),
)
def test_two_files_in_either_order_as_the_program_joins_them(
    ouvrir: Any, deux_sites: Path, tmp_path: Path, one: tuple[Releve, ...], two: tuple[Releve, ...]
) -> None:
    """Imported in either order they export the same file, the one that ``lire a.json b.json`` writes."""
    files = {"a.json": findings(*one), "b.json": findings(*two)}
    exports = []
    for order in (("a.json", "b.json"), ("b.json", "a.json")):
        page = ouvrir(deux_sites)
        for nom in order:
            give(page, tmp_path, nom, files[nom])
            assert not page.locator("#refus").is_visible()
        exports.append(exported(page, tmp_path / "ici.json"))
        page.context.close()
    assert exports[0] == exports[1]
    assert check(exports[0], "constats") == []
    dossiers = [Apport(nom=nom, dossier=from_data(data, nom)) for nom, data in files.items()]
    assert settled(exports[0]) == settled(as_data(join_dossiers(CHECKLIST, *dossiers)))


def test_none_of_the_values_may_be_chosen(ouvrir: Any, deux_sites: Path, tmp_path: Path) -> None:
    """The export says so, the same files again leave it settled, and it can be taken back."""
    page = ouvrir(deux_sites)
    one, two = findings(nine("conforme")), findings(nine(MINEURE, commentaire="Absent"))
    give(page, tmp_path, "a.json", one)
    give(page, tmp_path, "b.json", two)
    line(page, "9").get_by_role("button", name="N’en retenir aucune").click()
    assert "aucune de ces valeurs" in plain(line(page, "9").locator(".a-trancher").inner_text())
    give(page, tmp_path, "a.json", one)
    out = exported(page, tmp_path / "ici.json")
    (conflict,) = by_id(out)["qualiopi/9"]["a_accorder"]
    assert (conflict["aucune"], by_id(out)["qualiopi/9"]["constat"]) == (True, "a_evaluer")
    assert check(out, "constats") == []
    line(page, "9").get_by_role("button", name="Revenir sur ce choix").click()
    (conflict,) = by_id(exported(page, tmp_path / "encore.json"))["qualiopi/9"]["a_accorder"]
    assert "aucune" not in conflict


# ---- what is set aside, the text that a finding rests on, and access --------------------------


def test_a_finding_to_review_is_looked_at(ouvrir: Any, deux_sites: Path, tmp_path: Path) -> None:
    """It stands beside its line with its reason; once ticked, the export says by whom, and drops nothing."""
    page = ouvrir(deux_sites)
    page.get_by_label("Vos initiales").fill("A. B.")
    aside = {"id": "qualiopi/5", "constat": MINEURE, "raison": "la ligne n’est plus de cet audit"}
    give(page, tmp_path, "a.json", findings(a_revoir=[aside]))
    assert "la ligne n’est plus de cet audit" in line(page, "5").locator(".a-trancher").inner_text()
    line(page, "5").get_by_label("Je l’ai revu").press("Space")
    out = exported(page, tmp_path / "ici.json")
    (seen,) = out["a_revoir"]
    assert {**seen, **aside} == seen
    assert seen["revu_par"] == "A. B."
    assert check(out, "constats") == []


def test_a_form_starts_from_what_was_carried(ouvrir: Any, tmp_path: Path) -> None:
    """Findings carried to a corrected context are there when it opens, and go out as they came."""
    found = findings(
        Releve(ligne="qualiopi/1", constat="conforme", preuves_vues=("Site",), appui="Guide, page 3"),
        Releve(ligne="qualiopi/27", constat="nc_majeure", commentaire="Aucun contrat"),
        *(
            Releve(ligne=ligne.indicateur.id)
            for ligne in CHECKLIST.lignes
            if ligne.indicateur.id not in ("qualiopi/1", "qualiopi/27")
        ),
    )
    corrected = {**AF, "organisme": {**ORGANISME, "faits": FAITS | {"sous_traitance": False}}}
    known = registry(qualiopi=DONNEES["qualiopi"])
    correction = cr.reprendre(known, found, profil=corrected)
    path = tmp_path / "repris.html"
    path.write_bytes(cr.ecrire(correction, "formulaire"))
    page = ouvrir(path)
    assert "Conforme" in line(page, "1").locator(".suivi").inner_text()
    assert "la ligne n’est plus de cet audit" in line(page, "27").locator(".a-trancher").inner_text()
    out, came = exported(page, tmp_path / "ici.json"), as_data(correction.dossier)
    first = by_id(out)["qualiopi/1"]
    assert first | by_id(came)["qualiopi/1"] == first, "the form writes out the fields that are empty too"
    assert out["a_revoir"] == came["a_revoir"]
    assert check(out, "constats") == []
    field(page, "1", "commentaire").fill("Revu")
    page.reload()
    assert by_id(exported(page, tmp_path / "encore.json"))["qualiopi/1"]["commentaire"] == "Revu"


def test_a_line_without_text_asks_what_a_finding_rests_on(ouvrir: Any, tmp_path: Path) -> None:
    """A finding there is unfinished until a text is cited, which goes out and comes back."""
    path = document_of(tmp_path)
    page = ouvrir(path)
    rows = page.evaluate("JSON.parse(document.getElementById('donnees').textContent).lignes")
    numero = next(row["numero"] for row in rows if row["sans_texte"] and row["saisie"])
    choose(page, numero, "conforme")
    assert "texte d’appui à citer" in line(page, numero).locator(".suivi").inner_text()
    field(page, numero, "appui").fill("Référentiel complet, page 12")
    assert "appui" not in line(page, numero).locator(".suivi").inner_text()
    out = exported(page, tmp_path / "ici.json")
    assert [e["appui"] for e in out["constats"] if "appui" in e] == ["Référentiel complet, page 12"]
    assert check(out, "constats") == []
    other = ouvrir(path)
    load(other, tmp_path / "ici.json")
    assert exported(other, tmp_path / "encore.json") == out


@pytest.mark.parametrize("width", [1366, 390])
def test_no_accessibility_issue_with_something_to_settle(
    ouvrir: Any, axe: str, deux_sites: Path, tmp_path: Path, width: int
) -> None:
    """axe finds no fault with sites, conflicts and findings set aside; nothing scrolls sideways."""
    for scheme in ("light", "dark"):
        page = ouvrir(deux_sites, width=width, bypass_csp=True, color_scheme=scheme)
        aside = {"id": "qualiopi/5", "constat": MINEURE, "raison": "la ligne n’est plus de cet audit"}
        for nom, text in (("a.json", "Affiché."), ("b.json", "Rien au mur")):
            mine = nine("conforme" if nom == "a.json" else MINEURE, commentaire=text, evalue_par="A. B.")
            there = Releve(ligne="qualiopi/1", constat="conforme", site="S1" if nom == "a.json" else "S2")
            data = findings(mine, there, a_revoir=[aside | {"commentaire": text}])
            data["constats"].append({"id": "autre/7", "constat": "conforme", "commentaire": "x" * 300})
            give(page, tmp_path, nom, data)
        page.add_script_tag(path=axe)
        assert page.evaluate(ISSUES) == []
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_rule_of_sites_leaves_no_gravity_to_choose(ouvrir: Any, tmp_path: Path) -> None:
    """A gap at one site: the rule decides; the line is left to do until each site it waits for is seen."""
    reseau = {
        "format": 1, "referentiel": "reseau", "audit": {"type": "visite", "date": "2024-01-10"},
        "organisme": {"categories": ["TOUT"], "sites": [{"id": "S1"}, {"id": "S2"}]},
    }  # fmt: skip
    known = registry(reseau=Path(__file__).parent.parent / "fictif_notes" / "reseau")
    (tmp_path / "audit.html").write_bytes(formulaire_.render(cr.checklist(known, reseau)))
    page = ouvrir(tmp_path / "audit.html")

    def seen(site: str, constat: str) -> dict[str, Any]:
        part = {"site": site, "constat": constat, "commentaire": "Vu."}
        return {**reseau, "constats": [{"id": "reseau/Q2", "constat": "a_evaluer", "par_site": [part]}]}

    give(page, tmp_path, "un.json", seen("S1", "reserve"))
    told = line(page, "Q2").locator(".suivi")
    assert told.inner_text() == "□ à évaluer"
    give(page, tmp_path, "deux.json", seen("S2", "favorable"))
    assert told.inner_text() == "✓ d’après ses sites"
    data = exported(page, tmp_path / "ici.json")
    assert [p["constat"] for p in by_id(data)["reseau/Q2"]["par_site"]] == ["reserve", "favorable"]
    assert by_id(data)["reseau/Q2"]["constat"] == "a_evaluer"
