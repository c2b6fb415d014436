"""A label on another edition of its base: what its operations touch there, and the draft of its overlay."""

from __future__ import annotations

import shutil
from pathlib import Path

import greffons
import pytest
from console import Console

from certif_rules.audit.rebasage import Rebasage
from certif_rules.plugins.discovery import Plugins
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.services.atelier import Atelier, open_atelier
from certif_rules.services.formats import FORMATS, write_document
from certif_rules.services.rebasage import draft, rebase_label
from certif_rules.source.ecriture import write_folder

#: Besides what the made-up label does already: it names the line that B withdraws, words one that B rewords
#: in form, and names the third criterion as B comes to do.
AUTRES = """\
format: 1
modifications:
  # Ce commentaire reste.
  - {indicateur: fictif/3.1, titre: Registre, motif: Le dépliant nomme la ligne., sources: [ENS]}
  - indicateur: fictif/1.1
    exigence: Un sourire.
    motif: Le dépliant demande plus.
    sources: [ENS]
  - critere: fictif/3
    titre: Suivre les retours
    variantes: [{texte: Les retours, sources: [ENS]}]
    motif: Le dépliant lui donne un nom.
    sources: [ENS]
"""
MOVE = ("enseigne@E1", "fictif@B")


def atelier_of(dossiers: dict[str, Path]) -> Atelier:
    donnees = tuple((nom, Donnees(dossier=dossier)) for nom, dossier in dossiers.items())
    return Atelier(plugins=Plugins(etats=(), donnees=donnees, exporters=()), registry=Registry(donnees))


@pytest.fixture
def atelier(tmp_path: Path) -> Atelier:
    """The made-up référentiel, whose B names its third criterion, and the label with more operations."""
    base = tmp_path / "fictif" / "donnees"
    shutil.copytree(greffons.DONNEES["fictif"], base)
    path = base / "exigence" / "B" / "vocabulaire.yaml"
    text = path.read_text(encoding="utf-8")
    unnamed = text[text.index("    numero: III\n") :]
    named = "    numero: III\n    titre: Suivre les retours\n    sources: [CH-B]\n"
    assert unnamed.count("\n") == 5
    path.write_text(text.replace(unnamed, named), encoding="utf-8")
    greffons.seal(base / "exigence" / "B")
    folder = tmp_path / "enseigne" / "donnees"
    shutil.copytree(greffons.DONNEES["enseigne"], folder)
    (folder / "exigence" / "E1" / "plus.yaml").write_text(AUTRES, encoding="utf-8")
    greffons.seal(folder / "exigence" / "E1")
    return atelier_of({"fictif": base, "enseigne": folder})


def by_target(rebasage: Rebasage) -> dict[str, str]:
    """What became of what the label changes or withdraws."""
    changes = ("modification", "retrait")
    return {t.cible: t.devenir for t in rebasage.touches if t.geste in changes}


def test_what_became_of_each_operation(atelier: Atelier) -> None:
    """3.1 is gone in B, 1.1 reworded in form, criterion III named as the label does; the rest is the same."""
    assert by_target(rebase_label(atelier, *MOVE)) == {
        "fictif/3.1": "sans_cible",
        "fictif/1.1": "a_relire",
        "fictif/3": "sans_effet",
        "fictif/I-2-b": "inchange",
        "fictif/2": "inchange",
        "fictif/1.2": "inchange",
    }


def test_what_lines_and_rules_rest_on(atelier: Atelier) -> None:
    """W hangs on criterion I; Z is for three categories of the base, which B keeps as they were."""
    touches = rebase_label(atelier, *MOVE).touches
    assert [(t.cible, t.par) for t in touches if t.geste == "rattachement"] == [("fictif/1", ("W",))]
    named = {t.cible: t.par for t in touches if t.geste == "regle"}
    assert {nom: named[nom] for nom in ("VELO", "ELEC", "COUT")} == dict.fromkeys(
        ("VELO", "ELEC", "COUT"), ("Z",)
    )
    assert {t.devenir for t in touches if t.geste == "regle"} == {"inchange"}


def test_an_equivalence_that_names_a_line(atelier: Atelier, tmp_path: Path) -> None:
    """3.1, which B withdraws, is named by an equivalence of the label; the base has its own."""
    (rules,) = (tmp_path / "enseigne" / "donnees" / "regles").iterdir()
    own = "{certificat: vent, titre: Vent, lignes: [fictif/3.1], motif: déjà vu, sources: [ENS]}"
    (rules / "plus.yaml").write_text(f"format: 1\nequivalences:\n  - {own}\n", encoding="utf-8")
    greffons.seal(rules)
    again = atelier_of({nom: tmp_path / nom / "donnees" for nom in ("fictif", "enseigne")})
    named = {t.cible: t for t in rebase_label(again, *MOVE).touches if t.geste == "regle"}
    assert (named["fictif/3.1"].par, named["fictif/3.1"].devenir) == (("équivalence Vent",), "sans_cible")
    assert not any("Roue libre" in who for t in named.values() for who in t.par)


def test_a_criterion_that_is_gone_or_named_otherwise(atelier: Atelier, tmp_path: Path) -> None:
    """A line hung on a criterion that the new base renames is to be read again, with its words."""
    path = tmp_path / "fictif" / "donnees" / "exigence" / "B" / "vocabulaire.yaml"
    text = path.read_text(encoding="utf-8")
    before = next(line for line in text.splitlines() if 'code: "1"' in line)
    assert "titre: Accueillir" in before
    path.write_text(
        text.replace(before, before.replace("titre: Accueillir", "titre: Recevoir")), encoding="utf-8"
    )
    greffons.seal(path.parent)
    moved = atelier_of({nom: tmp_path / nom / "donnees" for nom in ("fictif", "enseigne")})
    (hung,) = [t for t in rebase_label(moved, *MOVE).touches if t.geste == "rattachement"]
    assert hung.devenir == "a_relire"
    assert [p.texte.strip() for p in hung.redactions[0].passes if p.operation != "egal"] == [
        "Accueillir",
        "Recevoir",
    ]


def test_the_draft_is_valid_at_once(atelier: Atelier, tmp_path: Path) -> None:
    """What can no longer be is a comment with why; every other byte of the overlay is the one that was."""
    rebasage = rebase_label(atelier, *MOVE)
    brouillon = draft(atelier, rebasage, edition="E2", du="2024-07-01")
    assert brouillon.problemes == ()
    before = tmp_path / "enseigne" / "donnees" / "exigence" / "E1"
    for path in before.glob("*.yaml"):
        if path.name not in ("couche.yaml", "plus.yaml"):
            assert brouillon.fichiers[f"exigence/E2/{path.name}"] == path.read_bytes()
    third = AUTRES[AUTRES.index("  - critere: fictif/3") :]
    commented = "".join(f"# {line}\n" for line in third.splitlines())
    assert brouillon.fichiers["exigence/E2/plus.yaml"].decode() == AUTRES.replace(
        "  - {indicateur: fictif/3.1",
        "# À REVOIR. Sa cible n’existe plus dans fictif@B.\n#   - {indicateur: fictif/3.1",
    ).replace(third, f"# À REVOIR. fictif@B dit désormais la même chose : titre.\n{commented}")
    write_folder(tmp_path / "neuf", brouillon.fichiers)
    known = atelier_of(
        {nom: tmp_path / nom / "donnees" for nom in ("fictif", "enseigne")} | {"neuf": tmp_path / "neuf"}
    ).registry
    label = known.resolve("enseigne", day="2024-07-01").referentiel
    assert (label.edition, label.base) == ("E2", "fictif@B")
    assert label.indicateurs["fictif/1.1"].exigence == "Un sourire."
    assert "fictif/3.2" in label.indicateurs
    assert known.resolve("enseigne", day="2024-06-30").referentiel.edition == "E1"
    (gap,) = [g for g in label.couches[-2].couche.lacunes if g.champs == ("base",)]
    assert "aucun texte lu ne le publie ainsi" in gap.cherche


def test_a_list_of_which_nothing_is_left_is_a_comment_whole(atelier: Atelier, tmp_path: Path) -> None:
    """The only change of a file goes: its key would hold nothing, and goes with it."""
    path = tmp_path / "enseigne" / "donnees" / "exigence" / "E1" / "plus.yaml"
    kept = AUTRES.splitlines(keepends=True)
    path.write_text("".join(kept[:4]), encoding="utf-8")
    greffons.seal(path.parent)
    moved = atelier_of({nom: tmp_path / nom / "donnees" for nom in ("fictif", "enseigne")})
    brouillon = draft(moved, rebase_label(moved, *MOVE), edition="E2", du="2024-07-01")
    assert brouillon.problemes == ()
    assert "# modifications:\n" in brouillon.fichiers["exigence/E2/plus.yaml"].decode()


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.mark.lent
def test_certifregion_on_2026(call: Console, tmp_path: Path) -> None:
    """Criterion 4, that the label changes and hangs E, F, G on, is the same; 13 lines and 33 come along."""
    rebasage = rebase_label(open_atelier(), "certifregion@V5", "qualiopi@2026")
    assert by_target(rebasage) == {"qualiopi/4": "inchange"}
    assert [t.par for t in rebasage.touches if t.geste == "rattachement"] == [("E", "F", "G")]
    assert (len(rebasage.base.reformulees), [li.numero for li in rebasage.base.ajoutees]) == (13, ["33"])
    asked = ("--brouillon", tmp_path / "neuf", "--edition", "V5-2026", "--du", "2027-01-01")
    reponse = call("rebaser", "certifregion@V5", "qualiopi@2026", *asked)
    text = reponse.out.decode()
    assert "Critère 4 : lignes du label qui s’y rattachent (E, F, G)" in text.replace("\u00a0", " ")
    assert max(map(len, text.splitlines())) <= 80
    assert reponse.err.count("\n") == 1, "the folder, and no problem"
    wrong = call("valider", tmp_path / "neuf")
    assert (wrong.status, "0 problème" in wrong.err) == (0, True)
    again = call("rebaser", "certifregion@V5", "qualiopi@2026", *asked)
    assert (again.status, again.out) == (2, b"")
    for format_ in ("html", "md", "docx"):
        assert write_document("rebasage", FORMATS[format_], rebasage)


def test_everything_is_on_one_page(atelier: Atelier) -> None:
    """What must be mended comes first, each with its reason and the place where it is written."""
    text = write_document("rebasage", FORMATS["table"], rebase_label(atelier, *MOVE)).decode()
    heads = [
        "N’existe plus dans la base",
        "La base dit désormais la même chose",
        "A changé dessous",
        "Inchangé dessous",
    ]
    assert [text.index(head) for head in heads] == sorted(text.index(head) for head in heads)
    assert "enseigne/donnees/exigence/E1/plus.yaml:4" in text
    assert "Le dépliant nomme la ligne." in text


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("certifregion@V5", "qualiopi@2030"), "edition-introuvable", "2030"),
        (("certifregion@V9", "qualiopi@2030"), "edition-introuvable", "2 problèmes"),
        (("qualiopi@2019", "certifregion@V5"), "base-introuvable", "pas de base"),
        (("certifregion@V5", "certifregion@V5"), "base-introuvable", "qualiopi@2019"),
        (("certifregion@V5", "qualiopi@2026", "--brouillon", "x"), "information-manquante", "--edition"),
        (
            ("certifregion@V5", "qualiopi@2026", "--brouillon", "x", "--edition", "V5", "--du", "2027"),
            "nom-invalide",
            "date",
        ),
        (("certifregion@V5", "qualiopi@2026", "--format", "json"), "format-inconnu", "table"),
    ],
)
def test_what_cannot_be_moved(call: Console, arguments: tuple[str, ...], code: str, words: str) -> None:
    """A label or a base not installed, one that does not rest on the other, a draft without its day."""
    reponse = call("rebaser", *arguments)
    assert (reponse.status, reponse.out) == (2, b"")
    assert code in reponse.err
    assert words in reponse.err
