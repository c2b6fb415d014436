"""An edition written as a change of an earlier one, by another plugin: what it takes over and changes."""

from __future__ import annotations

import json
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from greffons import DONNEES, EDITIONS, couche, distribution, registry, seal
from msgspec.structs import replace

from certif_rules.audit.demande import Demande
from certif_rules.blocs.textes import line
from certif_rules.blocs.typographie import plain
from certif_rules.construction.lecteur import Lecteur
from certif_rules.construction.lignee import lay
from certif_rules.construction.surcouche import Trame
from certif_rules.documents import rubriques
from certif_rules.echanges.champs import encoded
from certif_rules.echanges.checklist import document, explanation
from certif_rules.errors import DataError, Issue, UsageError
from certif_rules.model.referentiel import Evolution
from certif_rules.plugins import cache
from certif_rules.plugins.cache import Cache, compiled_beside
from certif_rules.plugins.discovery import Plugins, load
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.livraison import compile_layers
from certif_rules.plugins.registry import Registry
from certif_rules.services.atelier import Atelier
from certif_rules.services.catalogue import describe
from certif_rules.services.checklist import make_checklist
from certif_rules.services.comparaison import compare_files
from certif_rules.services.explication import explain
from certif_rules.services.rebasage import draft, rebase_label
from certif_rules.services.validation import validate
from certif_rules.source.schema import check
from certif_rules.source.yaml import read_bytes
from certif_rules.testing.cas import differences
from certif_rules.testing.fichier import read_cases

SUITE = Path(__file__).parent / "fictif_suite"
_, CASES = read_cases(SUITE / "cas.yaml")
E2 = "exigence/E2/couche.yaml:1:1"
#: The header of an edition of the made-up label, less its id, its first day and what it changes.
EN_TETE = """\
referentiel: enseigne
nature: exigence
id: {id}
titre: Une version
nom: Enseigne fictive « Bon Outil »
depuis: {depuis}
du: "{du}"
confiance: faible
sources: [ENS]
"""


def three(suite: Path = SUITE / "donnees", **more: Path) -> Registry:
    """The made-up référentiel, its label, and the plugin of the label's next edition."""
    return registry(fictif=DONNEES["fictif"], enseigne=DONNEES["enseigne"], suite=suite, **more)


def later(folder: Path, contenu: str, *, id_: str = "E2", depuis: str = "E1", du: str = "2023-01-01") -> Path:
    """A folder with an edition written as a change of another."""
    couche(folder, EN_TETE.format(id=id_, depuis=depuis, du=du), contenu)
    return folder


def told(folder: Path) -> list[Issue]:
    """What `valider` says of a folder, the made-up référentiel and its label being installed."""
    installed = [(nom, Donnees(dossier=DONNEES[nom])) for nom in ("fictif", "enseigne")]
    return list(validate([folder], installed, here=folder).problemes)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["nom"])
def test_the_edition_of_another_plugin(case: dict[str, Any]) -> None:
    """Additions, changes, removals, on the rules of the edition before, from the day on which it ends."""
    assert differences(case, three()) == []


def test_the_shipped_layers_are_valid() -> None:
    """`valider` finds nothing wrong of the folder of the second plugin."""
    assert told(SUITE / "donnees") == []


def test_each_line_says_where_it_comes_from() -> None:
    """W is as E1 wrote it, with its sources and its place; Z says how it changed."""
    referentiel = three().resolve("enseigne", day="2023-01-01").referentiel
    lines = referentiel.indicateurs
    assert lines["enseigne/W"].evolution == Evolution(depuis="E1", nature="aucune", sources=("ENS",))
    assert lines["enseigne/W"].sources == ("ENS",)
    assert lines["enseigne/W"].emplacement.startswith("certif_rules_enseigne/donnees/exigence/E1/")
    changed = lines["enseigne/Z"].evolution
    assert changed == Evolution(depuis="E1", nature="fond", texte="elle donnait envie", sources=("ENS2",))
    assert (lines["enseigne/Z"].numero, lines["enseigne/Z"].sources) == ("Z-1", ("ENS2", "ENS"))
    assert lines["fictif/1.2"].evolution is None
    assert [texte.texte for texte in lines["fictif/1.1"].preuves] == ["L’enseigne allumée."]
    assert referentiel.base == "fictif@A"
    assert [(c.cible, c.edition) for c in referentiel.changements] == [
        ("fictif/I-2-b", None),
        ("fictif/2", None),
        ("fictif/1.2", None),
        ("enseigne/X", "E2"),
        ("enseigne/Z", "E2"),
        ("fictif/1.1", "E2"),
    ]


def charte(folder: Path, contenu: str, entete: str = "") -> Path:
    """A folder with C, an edition of the made-up référentiel written as a change of B."""
    header = EN_TETE.format(id="C", depuis="B", du="2026-01-01").replace("enseigne\n", "fictif\n", 1)
    couche(folder, header.replace("[ENS]", "[CH-B]") + entete, contenu)
    return folder


def test_what_a_line_was_before_is_not_carried_over(tmp_path: Path) -> None:
    """B says how 1.1 and 3.2 differ from A. C leaves 3.2 and rewords 1.1, saying no more."""
    contenu = 'modifications:\n  - {indicateur: "1.1", titre: Tarifs, motif: M., sources: [CH-B]}\n'
    known = registry(fictif=DONNEES["fictif"], charte=charte(tmp_path / "donnees", contenu))
    lines = known.resolve("fictif", day="2026-01-01").referentiel.indicateurs
    assert lines["fictif/1.1"].evolution is None
    assert lines["fictif/3.2"].evolution == Evolution(depuis="B", nature="aucune", sources=("CH-B",))


def test_gaps_of_the_whole_layer(tmp_path: Path) -> None:
    """B misses its preamble: so does C, which says nothing of its own, unless it does."""
    own = "lacunes:\n  - {champs: [titre], cherche: Le titre., sources: [CH-B]}\n"
    for name, entete, missing in (
        ("un", "", "Le préambule de la charte inventée."),
        ("deux", own, "Le titre."),
    ):
        folder = charte(tmp_path / name, "sources: {}\n", entete)
        known = registry(fictif=DONNEES["fictif"], charte=folder)
        (couche_,) = (c for c in known.layers("fictif", "exigence") if c.id == "C")
        assert [lacune.cherche for lacune in couche_.lacunes] == [missing]
        referentiel = known.resolve("fictif", day="2026-01-01").referentiel
        assert missing in [lacune.cherche for lacune in referentiel.lacunes]


def test_a_draft_underneath_is_told(tmp_path: Path) -> None:
    """E1 is still being written in its own folder: what is drawn from E2 says so."""
    old = tmp_path / "ancien" / "donnees"
    shutil.copytree(DONNEES["enseigne"], old)
    path = old / "exigence" / "E1" / "couche.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}brouillon: true\n", encoding="utf-8")
    known = registry(fictif=DONNEES["fictif"], enseigne=old, suite=SUITE / "donnees")
    warned = [a for a in known.resolve("enseigne", day="2023-01-01").avertissements if "brouillon" in a.code]
    assert [a.code for a in warned] == ["couche_en_brouillon"]
    assert "première version" in warned[0].message


def test_the_life_around_the_audit_is_that_of_the_edition_before() -> None:
    """The folder `vie/` of E1's rules answers for E2: the same cycle, the same application."""
    known = three()
    before, after = (known.resolve("enseigne", day=day).referentiel for day in ("2022-12-31", "2023-01-01"))
    lives = [[replace(vie, sources={}) for vie in known.life(each)] for each in (before, after)]
    assert lives[0] == lives[1]
    assert [vie.origine for vie in lives[1]] == ["fictif", "enseigne"]
    assert lives[1][1].cycle is not None


# ---- what is wrong ---------------------------------------------------------------------------------------

MOTIF = "motif: Essai., sources: [ENS]"


def test_an_operation_on_what_the_edition_lacks(tmp_path: Path) -> None:
    """E1 withdrew I-2-b of its base, and never had Y: the place of each operation, and the edition."""
    contenu = f"retraits:\n  - {{indicateur: fictif/I-2-b, {MOTIF}}}\nmodifications:\n"
    contenu += f"  - {{indicateur: Q, titre: T, {MOTIF}}}\n  - {{indicateur: Z, titre: Vitrine, {MOTIF}}}\n"
    found = told(later(tmp_path, contenu))
    assert [(i.code, str(i.location), i.message) for i in found] == [
        (
            "cible-inconnue",
            "exigence/E2/contenu.yaml:3:5",
            "l’indicateur « fictif/I-2-b » n’existe pas dans l’édition E1",
        ),
        (
            "cible-inconnue",
            "exigence/E2/contenu.yaml:5:5",
            "l’indicateur « enseigne/Q » n’existe pas dans l’édition E1",
        ),
        (
            "modification-sans-effet",
            "exigence/E2/contenu.yaml:6:5",
            "« titre » de « enseigne/Z » a déjà cette valeur dans l’édition E1",
        ),
    ]


def test_the_departure_is_not_installed(tmp_path: Path) -> None:
    """One message, at `depuis`, that names the edition to install; the same at an audit as at `valider`."""
    folder = later(tmp_path, "sources: {}\n")
    installed = [("fictif", Donnees(dossier=DONNEES["fictif"]))]
    (issue,) = validate([folder], installed, here=folder).problemes
    assert (issue.code, str(issue.location)) == ("depart-introuvable", "exigence/E2/couche.yaml:7:9")
    assert issue.message == "enseigne@E2 est écrite depuis enseigne@E1, qu’aucun greffon actif ne déclare"
    assert issue.hint is not None
    assert "installer ou réactiver le greffon qui déclare enseigne@E1" in issue.hint
    with pytest.raises(DataError) as raised:
        registry(fictif=DONNEES["fictif"], suite=folder).resolve("enseigne", day="2023-01-01")
    assert [i.code for i in raised.value.issues] == ["depart-introuvable"]


def test_a_chain_and_a_circle(tmp_path: Path) -> None:
    """E3 changes E2, which changes E1: each from its own day; two that change each other, refused."""
    chain = tmp_path / "chain"
    shutil.copytree(SUITE / "donnees", chain)
    changed = f"retraits:\n  - {{indicateur: V, {MOTIF}}}\n"
    later(chain, changed, id_="E3", depuis="E2", du="2024-01-01")
    known = three(chain)
    days = ("2022-12-31", "2023-12-31", "2024-01-01")
    editions = [known.resolve("enseigne", day=day).referentiel for day in days]
    assert [each.edition for each in editions] == ["E1", "E2", "E3"]
    own = [[li.code for li in each.indicateurs.values() if li.origine == "enseigne"] for each in editions]
    assert own == [["W", "Z", "X"], ["W", "Z", "V"], ["W", "Z"]]
    line = editions[2].indicateurs["enseigne/Z"]
    assert line.exigence == "La vitrine est propre."
    assert line.evolution == Evolution(depuis="E2", nature="aucune", sources=line.sources)
    circle = tmp_path / "circle"
    later(circle, "sources: {}\n", id_="E3", depuis="E2", du="2024-01-01")
    later(circle, "sources: {}\n", id_="E2", depuis="E3")
    assert {(i.code, str(i.location)) for i in told(circle)} - {("editions-concurrentes", E2)} == {
        ("renvoi-circulaire", "exigence/E2/couche.yaml:7:9"),
        ("renvoi-circulaire", "exigence/E3/couche.yaml:7:9"),
    }


def test_a_change_comes_after_what_it_changes(tmp_path: Path) -> None:
    """E1 opens on 1 January 2021: an edition that opens on that day can be no change of it."""
    found = told(later(tmp_path, "sources: {}\n", du="2021-01-01"))
    assert [(i.code, str(i.location)) for i in found] == [
        ("periode-incoherente", "exigence/E2/couche.yaml:7:9"),
    ]
    assert found[0].message == "enseigne@E2 (du 2021-01-01) est écrite depuis E1, qui commence le 2021-01-01"


def test_another_base_is_refused(tmp_path: Path) -> None:
    """E1 rests on fictif@A, and so does what changes it: its operations were written on that one."""
    folder = tmp_path / "donnees"
    couche(
        folder, EN_TETE.format(id="E2", depuis="E1", du="2023-01-01") + "base: fictif@B\n", "sources: {}\n"
    )
    (issue,) = told(folder)
    assert (issue.code, str(issue.location)) == ("base-differente", "exigence/E2/couche.yaml:11:7")
    assert issue.message == "enseigne@E2 est écrite depuis E1, qui repose sur fictif@A"


def test_rules_taken_over_that_name_what_is_withdrawn(tmp_path: Path) -> None:
    """A perimeter, and the self-assessment of `vie/`: told where it is withdrawn, with who names it.

    X, which only the list of findings names, may go: no rule lacks it.
    """
    found = told(later(tmp_path / "un", f"retraits:\n  - {{indicateur: W, {MOTIF}}}\n"))
    assert [(i.code, str(i.location), i.message) for i in found] == [
        (
            "retrait-cite",
            "exigence/E2/contenu.yaml:3:18",
            "indicateur « enseigne/W » : retiré ici, mais les règles reprises de l’édition E1 le citent",
        )
    ]
    ((where, _),) = found[0].related
    assert where.file.endswith("regles/reglement/vie/autodiagnostic.yaml")
    assert told(later(tmp_path / "deux", f"retraits:\n  - {{indicateur: X, {MOTIF}}}\n")) == []
    gone = "retraits:\n  - {indicateur: fictif/3.2, motif: Essai., sources: [CH-B]}\n"
    named = {(i.code, str(i.location)) for i in told(charte(tmp_path / "trois", gone))}
    assert named == {("retrait-cite", "exigence/C/contenu.yaml:3:18")}


def test_rules_that_serve_two_editions_of_a_line(tmp_path: Path) -> None:
    """Rules written for E1 and E2 may name X, which E2 withdrew: E3, which takes them, withdrew nothing."""
    old = tmp_path / "ancien" / "donnees"
    shutil.copytree(DONNEES["enseigne"], old)
    rules = old / "regles" / "reglement"
    for name, before, after in (
        ("couche.yaml", "pour: [E1]", "pour: [E1, E2]"),
        ("regles.yaml", "{comme: fictif/bapteme,", "{comme: fictif/bapteme, sauf: {lignes: [X]},"),
    ):
        text = (rules / name).read_text(encoding="utf-8")
        assert text.count(before) == 1
        (rules / name).write_text(text.replace(before, after), encoding="utf-8")
    seal(rules)
    shutil.copytree(SUITE / "donnees", tmp_path / "suite")
    later(tmp_path / "suite", "sources: {}\n", id_="E3", depuis="E2", du="2024-01-01")
    installed = [("fictif", Donnees(dossier=DONNEES["fictif"])), ("enseigne", Donnees(dossier=old))]
    assert validate([tmp_path / "suite"], installed, here=tmp_path).problemes == ()


def test_a_guide_of_the_edition_knows_its_lines_alone(tmp_path: Path) -> None:
    """X is gone: a guide of E2 may not speak of it, and no rule is to blame; one of both editions may."""
    for pour, codes in (("[E2]", ["ligne-inconnue"]), ("[E1, E2]", [])):
        folder = tmp_path / pour
        shutil.copytree(SUITE / "donnees", folder)
        entete = f"referentiel: enseigne\nnature: guide\nid: g\ntitre: G\npour: {pour}\n"
        entete += 'du: "2023-01-01"\nconfiance: faible\nsources: [ENS]\n'
        couche(folder, entete, "lignes:\n  X: {preuves: [{texte: Une preuve., sources: [ENS]}]}\n")
        assert [i.code for i in told(folder)] == codes


def test_rules_that_serve_a_change_and_a_whole_edition(tmp_path: Path) -> None:
    """W is E2's by way of E1; rules of E2 and of E4, which is written whole and has it not, may name it."""
    folder = tmp_path / "donnees"
    shutil.copytree(SUITE / "donnees", folder)
    line = (
        "{code: K, critere: fictif/1, titre: Quai, exigence: Un quai., sources: [ENS4], confiance: faible, "
    )
    entete = EN_TETE.format(id="E4", depuis="E2", du="2024-01-01").replace("depuis: E2", "base: fictif@A")
    couche(
        folder,
        entete.replace("[ENS]", "[ENS4]") + "remplace: E2\n",
        "sources:\n  ENS4: {titre: T, reference: R}\najouts:\n  indicateurs:\n"
        f"    - {line}portee: [{{toutes: true, sources: [ENS4]}}]}}\n",
    )
    couche(
        folder,
        "referentiel: enseigne\nnature: regles\nid: r2\ntitre: R\npour: [E2, E4]\n"
        'du: "2023-01-01"\nconfiance: faible\nsources: [REG]\n',
        "constats_permis:\n  - {lignes: [W, Z, V, K], constats: [satisfaisant], texte: T, sources: [REG]}\n"
        "types_audit:\n  - {id: unique, titre: U, perimetre: [{toutes: true, sources: [REG]}], "
        "sinon: hors, sources: [REG]}\n",
    )
    assert told(folder) == []


def test_a_criterion_withdrawn_is_known_no_more() -> None:
    """What comes after the removal, rules and guide, may name what is left alone."""
    first = "criteres:\n  - {code: A, titre: A., sources: []}\n  - {code: B, titre: B., sources: []}\n"
    then = "retraits:\n  - {critere: A, motif: M., sources: []}\n"
    bodies = {nom: read_bytes(text.encode(), nom) for nom, text in (("1", first), ("2", then))}
    lecteur = Lecteur(origine="essai")
    pose = lay(bodies, Trame(), {}, lecteur)
    assert lecteur.issues == []
    assert ([*pose.trame.criteres], lecteur.noms["critère"]) == (["essai/B"], {"essai/B"})


def test_what_is_wrong_of_the_edition_before(tmp_path: Path) -> None:
    """E1 declared by two plugins, or edited without a revision: told of E1, when E2 is asked for."""
    copies = {nom: tmp_path / nom / "donnees" for nom in ("un", "deux")}
    for copy in copies.values():
        shutil.copytree(DONNEES["enseigne"], copy)
    twice = registry(fictif=DONNEES["fictif"], suite=SUITE / "donnees", **copies)
    path = copies["un"] / "exigence" / "E1" / "operations.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Sourire", "Accueil"), encoding="utf-8")
    edited = registry(fictif=DONNEES["fictif"], suite=SUITE / "donnees", enseigne=copies["un"])
    for known, code in ((twice, "couche-en-double"), (edited, "empreinte-inconnue")):
        with pytest.raises(DataError) as raised:
            known.resolve("enseigne", day="2023-01-01")
        assert {i.code for i in raised.value.issues} == {code}


def test_a_line_added_needs_findings(tmp_path: Path) -> None:
    """The rules of E1 name no findings for Q: the place of the line, and both ways to give them."""
    line = (
        "{code: Q, critere: null, titre: Quai, exigence: Un quai., portee: [{toutes: true, sources: [ENS]}], "
    )
    line += "confiance: faible, sources: [ENS], lacunes: [{champs: [critere], cherche: C., sources: [ENS]}]"
    (issue,) = told(later(tmp_path / "sans", f"ajouts:\n  indicateurs:\n    - {line}}}\n"))
    assert (issue.code, str(issue.location)) == ("constats-manquants", "exigence/E2/contenu.yaml:4:1")
    assert issue.message == "aucun constat permis pour : enseigne/Q (les règles sont celles de l’édition E1)"
    assert issue.hint is not None
    assert issue.hint.startswith("dire `constats_comme: CODE`")
    assert (
        told(later(tmp_path / "avec", f"ajouts:\n  indicateurs:\n    - {line}, constats_comme: W}}\n")) == []
    )


# ---- days ------------------------------------------------------------------------------------------------


def ending(folder: Path, day: str) -> Path:
    """The made-up label, its edition E1 said to end on a day."""
    shutil.copytree(DONNEES["enseigne"], folder)
    path = folder / "exigence" / "E1" / "couche.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("au: null", f'au: "{day}"', 1), encoding="utf-8")
    seal(path.parent)
    return folder


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        # E2 opens on 1 January 2023: the eve is right, the day itself is of both, a week before is a hole.
        ("2022-12-31", []),
        ("2023-01-01", ["editions-concurrentes"]),
        ("2022-12-24", ["periode-trouee"]),
    ],
)
def test_the_end_of_the_edition_before(tmp_path: Path, day: str, codes: list[str]) -> None:
    """An end that overlaps the next edition is refused, one that leaves a hole is told, both at E2."""
    old = ending(tmp_path / "ancien" / "donnees", day)
    shutil.copytree(SUITE / "donnees", tmp_path / "suite")
    installed = [("fictif", Donnees(dossier=DONNEES["fictif"])), ("enseigne", Donnees(dossier=old))]
    validation = validate([tmp_path / "suite"], installed, here=tmp_path)
    found = [*validation.problemes, *(i for i in validation.remarques if i.code == "periode-trouee")]
    assert [i.code for i in found] == codes
    assert {i.location.file for i in found if i.location} <= {"suite/exigence/E2/couche.yaml"}
    known = registry(fictif=DONNEES["fictif"], enseigne=old, suite=tmp_path / "suite")
    if codes == ["editions-concurrentes"]:
        with pytest.raises(DataError):
            known.resolve("enseigne", day="2023-01-01")
    else:
        assert known.resolve("enseigne", day="2023-01-01").referentiel.edition == "E2"


def test_the_rules_end_before_the_edition(tmp_path: Path) -> None:
    """Rules of E1 that end before it leave E2 without any: told at E2, whose author can write some."""
    old = tmp_path / "ancien" / "donnees"
    shutil.copytree(DONNEES["enseigne"], old)
    path = old / "regles" / "reglement" / "couche.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("au: null", 'au: "2022-06-30"'), encoding="utf-8"
    )
    seal(path.parent)
    shutil.copytree(SUITE / "donnees", tmp_path / "suite")
    installed = [("fictif", Donnees(dossier=DONNEES["fictif"])), ("enseigne", Donnees(dossier=old))]
    remarks = validate([tmp_path / "suite"], installed, here=tmp_path).remarques
    assert [(i.code, i.location and i.location.file, i.message) for i in remarks] == [
        (
            "periode-trouee",
            "suite/exigence/E2/couche.yaml",
            "aucune couche ne vaut à partir du 2023-01-01 : l’édition E2 y est sans règles",
        )
    ]


# ---- what it rests on ------------------------------------------------------------------------------------


def revised(folder: Path) -> Path:
    """The made-up label, line W of E1 given another title in a later revision: no other name changes."""
    shutil.copytree(DONNEES["enseigne"], folder)
    path = folder / "exigence" / "E1" / "operations.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Sourire", "Accueil"), encoding="utf-8")
    seal(path.parent)
    return folder


def test_what_changes_underneath_changes_the_answer(tmp_path: Path) -> None:
    """A revision of E1 in its plugin: E2 has its words and another digest, compiled forms or not."""
    new = revised(tmp_path / "neuf" / "certif_rules_enseigne" / "donnees")
    kept = Cache(tmp_path / "cache")
    suite = SUITE / "donnees"
    digests = []
    for _ in range(2):
        for enseigne, title in ((DONNEES["enseigne"], "Sourire"), (new, "Accueil")):
            folders = {"fictif": DONNEES["fictif"], "enseigne": enseigne, "suite": suite}
            donnees = [(nom, Donnees(dossier=folder)) for nom, folder in folders.items()]
            for known in (Registry(donnees), Registry(donnees, cache=kept)):
                resolution = known.resolve("enseigne", day="2023-01-01")
                assert resolution.referentiel.indicateurs["enseigne/W"].titre == title
                digests.append(resolution.empreinte)
    assert digests == [digests[0]] * 2 + [digests[2]] * 2 + [digests[0]] * 2 + [digests[2]] * 2
    assert digests[0] != digests[2]


def test_those_who_do_not_use_it_see_nothing() -> None:
    """E1 has the same digest whether or not an edition that changes it is installed."""
    alone = registry(fictif=DONNEES["fictif"], enseigne=DONNEES["enseigne"])
    digests = {known.resolve("enseigne", day="2022-03-01").empreinte for known in (alone, three())}
    assert len(digests) == 1


def test_its_own_rules_are_taken_whole(tmp_path: Path) -> None:
    """Once E2 has rules, those of E1 say nothing of it any more: one type of audit, no life around it."""
    folder = tmp_path / "donnees"
    shutil.copytree(SUITE / "donnees", folder)
    couche(
        folder,
        "referentiel: enseigne\nnature: regles\nid: r2\ntitre: R\npour: [E2]\n"
        'du: "2023-01-01"\nconfiance: faible\nsources: [ENS2]\n',
        "constats_permis:\n  - {lignes: [W, Z], constats: [a_reprendre], texte: T, sources: [ENS2]}\n"
        "  - {lignes: [V], constats: [satisfaisant], texte: T, sources: [ENS2]}\n"
        "types_audit:\n  - {id: unique, titre: U, perimetre: [{toutes: true, sources: [ENS2]}], "
        "sinon: hors, sources: [ENS2]}\n",
    )
    assert told(folder) == []
    known = three(folder)
    referentiel = known.resolve("enseigne", day="2023-01-01").referentiel
    assert [t.code for t in referentiel.types_audit.values() if t.origine == "enseigne"] == ["unique"]
    assert referentiel.indicateurs["enseigne/V"].constats_permis == ("satisfaisant",)
    assert [vie.origine for vie in known.life(referentiel)] == ["fictif"]
    path = folder / "regles" / "r2" / "contenu.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{toutes: true, ", "{lignes: [X], "), encoding="utf-8")
    seal(path.parent)
    # X is of E1 alone, and these rules are of E2 alone.
    assert [(i.code, str(i.location)) for i in told(folder)] == [
        ("ligne-inconnue", "regles/r2/contenu.yaml:6:50")
    ]


def test_a_threshold_out_of_reach_of_fewer_lines(tmp_path: Path) -> None:
    """Rules that refuse from two gaps on three lines: an edition left with one line cannot reach them."""
    accueil = Path(__file__).parent / "exemples" / "accueil" / "donnees"
    header = EN_TETE.format(id="2027", depuis='"2024"', du="2027-01-01").replace("enseigne\n", "accueil\n", 1)
    gone = "".join(f'  - {{indicateur: "{code}", motif: M., sources: [R]}}\n' for code in (2, 3))
    couche(tmp_path, header.replace("id: 2027", 'id: "2027"').replace("ENS", "R"), f"retraits:\n{gone}")
    (issue,) = validate([tmp_path], [("accueil", Donnees(dossier=accueil))], here=tmp_path).problemes
    assert (issue.code, str(issue.location)) == ("seuil-hors-portee", "exigence/2027/couche.yaml:1:1")
    assert issue.message.startswith("« ecarts » va de 0 à 1 : le seuil 2 n’est jamais atteint")
    assert issue.message.endswith("(règles reprises de l’édition 2024)")
    assert issue.hint is not None
    assert issue.hint.startswith("écrire les règles de cette édition")


# ---- compared, and rested on -----------------------------------------------------------------------------


def test_compared_with_the_edition_before() -> None:
    """E1 → E2: Z reworded on substance and renumbered, V added, X gone; the rules are the same."""
    compared = compare_files(three(), "enseigne@E1", "enseigne@E2", Demande())
    changed = [(li.avant.numero, li.apres.numero, li.reformulation) for li in compared.reformulees]
    assert changed == [("Z", "Z-1", "fond")]
    assert [line.id for line in compared.ajoutees] == ["enseigne/V"]
    assert [line.id for line in compared.retirees] == ["enseigne/X"]
    assert [(c.nature, c.avant, c.apres) for c in compared.couches] == [("exigence", "E1", "E2")]
    assert (compared.mutations, compared.avertissements) == ((), ())


def atelier(known: Registry, **folders: Path) -> Atelier:
    """A workshop over a registry, whose plugins are these folders."""
    plugins = Plugins(
        etats=(), donnees=tuple((nom, Donnees(dossier=d)) for nom, d in folders.items()), exporters=()
    )
    return Atelier(plugins=plugins, registry=known)


def test_a_label_moved_onto_an_edition_written_as_a_change(tmp_path: Path) -> None:
    """fictif@C changes B and withdraws I-2-b, which the label withdraws too: that operation has no target."""
    gone = "retraits:\n  - {indicateur: I-2-b, motif: Essai., sources: [CH-B]}\n"
    moved_to = charte(tmp_path / "donnees", gone)
    folders = {"fictif": DONNEES["fictif"], "enseigne": DONNEES["enseigne"], "charte": moved_to}
    moved = rebase_label(atelier(registry(**folders), **folders), "enseigne@E1", "fictif@C")
    became = {(t.geste, t.cible): t.devenir for t in moved.touches if t.geste != "regle"}
    assert became["retrait", "fictif/I-2-b"] == "sans_cible"
    assert became["modification", "fictif/2"] == "inchange"
    brouillon = draft(atelier(registry(**folders), **folders), moved, edition="E9", du="2026-01-01")
    assert brouillon.problemes == ()


def test_a_change_keeps_the_base_of_what_it_changes() -> None:
    """The page is written of E2 too, its own lines left out; of a draft, the edition to move is named."""
    folders = {"fictif": DONNEES["fictif"], "enseigne": DONNEES["enseigne"], "suite": SUITE / "donnees"}
    workshop = atelier(three(), **folders)
    moved = rebase_label(workshop, "enseigne@E2", "fictif@B")
    gestes = [(t.geste, t.cible) for t in moved.touches if t.geste in ("modification", "retrait")]
    assert gestes == [
        ("retrait", "fictif/I-2-b"),
        ("modification", "fictif/2"),
        ("modification", "fictif/1.2"),
        ("modification", "fictif/1.1"),
    ]
    with pytest.raises(UsageError) as raised:
        draft(workshop, moved, edition="E9", du="2025-01-01")
    (issue,) = raised.value.issues
    assert issue.message == "enseigne@E2 est écrite depuis E1 : elle a la base de celle-ci"
    assert issue.hint == "porter enseigne@E1, puis récrire ce que E2 y change"


# ---- what is shown ---------------------------------------------------------------------------------------


def test_the_list_says_which_edition_ends_another() -> None:
    """E1 says no end: E2 ends it on the eve of 1 January 2023. E2 is written as a change of E1."""
    described, issues = describe(three(), "enseigne")
    assert issues == []
    assert check({"format": 1, "editions": described}, "sortiereferentiels") == []
    one, two = described
    assert (one["edition"], one["au"], one["remplacee"]) == ("E1", None, {"par": "E2", "du": "2023-01-01"})
    assert "depuis" not in one
    assert (two["edition"], two["depuis"], two["base"]) == ("E2", "E1", "fictif@A")
    assert "remplacee" not in two
    assert [c["id"] for c in two["couches"]] == ["E2", "reglement"]


def test_documents_tell_who_changes_what() -> None:
    """The notes of the layer, the JSON and « expliquer »: what E1 does to its base, what E2 does to E1."""
    demande = Demande(referentiel="enseigne", type_audit="bapteme", date="2023-03-01", categories=("VELO",))
    checklist = make_checklist(three(), demande)
    notes = [plain(line(note)) for layer in rubriques.layers(checklist) for note in layer.notes]
    assert "Indicateur I-2-b retiré : L’enseigne ne compte pas les aiguilles. [ENS]" in notes
    assert "Indicateur X retiré par l’édition E2 : Le second dépliant l’abandonne. [ENS2]" in notes
    written = document(checklist)
    assert check(json.loads(encoded(written)), "checklist") == []
    told_ = [(change["numero"], change.get("edition")) for change in written["modifications"]]
    assert told_ == [("I-2-b", None), ("II", None), ("1.2", None), ("X", "E2"), ("Z", "E2"), ("1.1", "E2")]
    (row,) = [row for row in written["lignes"] if row["id"] == "enseigne/W"]
    assert row["evolution"] == {"depuis": "E1", "nature": "aucune", "texte": None, "sources": ["ENS"]}
    because = explain(checklist, "Z-1")
    (change,) = explanation(checklist, because.ligne, because.changements)["modifications"]
    assert (change["edition"], change["champs"]) == ("E2", ["exigence", "numero", "evolution"])
    assert change["emplacement"].endswith("exigence/E2/changements.yaml:16")


# ---- another distribution --------------------------------------------------------------------------------


def test_from_another_distribution_with_its_compiled_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that only adds the edition: the usual hook gives it, what is compiled answers for it.

    Compiled with E1 as it was, it is as if absent once E1 has a revision.
    """
    monkeypatch.setattr(cache, "_working_copy", list)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    package = distribution(tmp_path / "site", "suite", EDITIONS, donnees=SUITE / "donnees")
    points = [
        point for dist in metadata.distributions(path=[str(tmp_path / "site")]) for point in dist.entry_points
    ]
    try:
        ((_, own),) = load(points).donnees
    finally:
        del sys.modules["greffon_suite"]
    assert own.dossier == package / "donnees"

    def donnees(enseigne: Path) -> list[tuple[str, Donnees]]:
        others = {"fictif": DONNEES["fictif"], "enseigne": enseigne}
        return [("suite", own), *((nom, Donnees(dossier=folder)) for nom, folder in others.items())]

    copied = tmp_path / "copie" / "certif_rules_enseigne" / "donnees"
    shutil.copytree(DONNEES["enseigne"], copied)
    expected = Registry(donnees(copied)).resolve("enseigne", day="2023-01-01")
    compile_layers(donnees(copied), own.dossier, compiled_beside(own.dossier))

    def title(enseigne: Path) -> str | None:
        known = Registry(donnees(enseigne), cache=Cache(tmp_path / "cache"))
        referentiel = known.resolve("enseigne", day="2023-01-01").referentiel
        assert known.life(referentiel)
        return referentiel.indicateurs["enseigne/W"].titre

    with monkeypatch.context() as patched:
        patched.setattr(Registry, "body", lambda *_: pytest.fail("a body was read"))
        compiled = Registry(donnees(copied), cache=Cache(tmp_path / "cache"))
        assert compiled.resolve("enseigne", day="2023-01-01").empreinte == expected.empreinte
        assert title(copied) == "Sourire"
    assert title(revised(tmp_path / "neuf" / "certif_rules_enseigne" / "donnees")) == "Accueil"
