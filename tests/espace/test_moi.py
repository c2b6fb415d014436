"""Who acts, and a person taken out: the name goes everywhere, the journal verifies, the rest is told."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from espaces import begun, plain, seen, witness
from hypothesis import given
from hypothesis import strategies as st

from certif_rules.personnes.effacement import mentions, named_in, without

pytest.importorskip("django")

NOM = "Jeanne Martinez"
#: Nobody else of these tests.
AUTRE = "Zélie Wisselberg"


def identifiant(root: str) -> str:
    """The id of an audit, of its address."""
    return root.rpartition("/")[2]


def test_who_acts_signs_what_is_recorded(navigateur: Any) -> None:
    """A name given once signs every event; another person chosen signs the next ones; keys name nobody."""
    from certif_rules.web import depot

    navigateur.post("/moi", {"nom": NOM, "initiales": "J. M."})
    root = begun(navigateur)
    navigateur.post("/moi", {"nom": "Paul Durand", "initiales": "P. D."})
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "commentaire": "vu"})
    acteurs = [one.acteur for one in depot.events(identifiant(root))]
    assert len(set(acteurs)) == 2
    assert [depot.names()[one] for one in dict.fromkeys(acteurs)] == [NOM, "Paul Durand"]
    assert not any("Martinez" in one for one in acteurs)
    page = plain(navigateur.get(f"{root}/journal"))
    assert (NOM in page, "Paul Durand" in page) == (True, True)
    assert "Paul Durand" in plain(navigateur.get("/"))


def test_a_name_is_changed_without_changing_the_journal(navigateur: Any) -> None:
    """The same person under another name: the events are hers, and verify."""
    from certif_rules.web import depot

    navigateur.post("/moi", {"nom": "Jeane Martinez", "initiales": "JM"})
    root = begun(navigateur)
    match = re.search(r'name="cle" value="([^"]+)"', plain(navigateur.get("/moi")))
    assert match
    navigateur.post("/moi", {"cle": match[1], "nom": NOM, "initiales": "J. M."})
    assert NOM in plain(navigateur.get(f"{root}/journal"))
    assert depot.altered(identifiant(root)) == ""


def test_a_name_that_cannot_be_is_said(navigateur: Any) -> None:
    """Nothing at all, too long, an invisible sign: said at once, with what was typed kept."""
    assert "donner un nom, ou des initiales" in plain(navigateur.post("/moi", {"nom": " ", "initiales": ""}))
    assert "invisible U+0000" in plain(navigateur.post("/moi", {"nom": "Ada", "initiales": "b\x00"}))
    refused = navigateur.post("/moi", {"nom": "a" * 201, "initiales": "b"})
    assert refused.status_code == 422
    assert "200 signes au plus" in plain(refused)
    assert "a" * 201 in plain(refused)


def test_a_cookie_of_nobody_is_not_believed(navigateur: Any) -> None:
    """A key that a browser invents signs nothing."""
    from certif_rules.web import depot

    navigateur.cookies[witness()] = "personne-d-ici"
    root = begun(navigateur)
    assert {one.acteur for one in depot.events(identifiant(root))}.isdisjoint({"personne-d-ici"})


def everywhere() -> bytes:
    """All the bytes of the file of the audits, and of what SQLite keeps beside it."""
    from django.db import connection

    base = Path(str(connection.settings_dict["NAME"]))
    return b"".join(path.read_bytes() for path in sorted(base.parent.glob(f"{base.name}*")))


@pytest.mark.skipif("os.environ.get('CERTIF_RULES_BASE')", reason="a server keeps its own files")
def test_a_person_is_taken_out_of_everything(navigateur: Any, tmp_path: Path) -> None:
    """Name, notes, an older note, a reason: gone from file, copy, exports and pages; the journal verifies."""
    from django.db import connection

    from certif_rules.web import copie, depot

    navigateur.post("/moi", {"nom": AUTRE, "initiales": "Z. W."})
    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/1"
    for note in (f"Vu avec {AUTRE}.", f"Vu deux fois avec WISSELBERG Z. et {AUTRE}, à l’annexe."):
        navigateur.post(line, {"base": "99", "commentaire": note})
    navigateur.post(f"{root}/archive")
    told = {"base": "99", "commentaire": "Vu avec la référente.", "raison": f"demandé par {AUTRE}"}
    navigateur.post(
        f"{root}/saisir?ligne=qualiopi/1", {**told, "preuves_vues": "Entretien, Mme Wisselberg\nRéf. 12"}
    )
    navigateur.post(f"{root}/saisir?ligne=qualiopi/2", {"base": "99", "commentaire": "Zélie d’Ay"})
    base = Path(str(connection.settings_dict["NAME"]))
    copiste = copie.Copiste(base, tmp_path)
    copie._courant.append(copiste)
    try:
        copiste.copy()
        assert b"Wisselberg" in everywhere()
        assert b"Wisselberg" in copiste.cible.read_bytes()
        cle = next(one for one, nom in depot.names().items() if nom == AUTRE)
        page = plain(navigateur.get(f"/moi/effacer?cle={cle}"))
        assert "Une durée de conservation" in page
        chosen = re.findall(r'name="textes" value="([^"]+)" checked', page)
        doubtful = re.findall(r'name="textes" value="([^"]+)">', page)
        assert len(chosen) == 4
        assert len(doubtful) == 1
        done = navigateur.post(
            "/moi/effacer", {"cle": cle, "nom": AUTRE, "textes": chosen, "que": "remplacer"}
        )
        assert "4 textes effacés" in plain(done)
        assert "1 texte non choisi" in plain(done)
        for content in (everywhere(), copiste.cible.read_bytes()):
            assert b"Wisselberg" not in content
            assert b"WISSELBERG" not in content
    finally:
        copie._courant.clear()
    exported = navigateur.post(f"{root}/archive").content
    for address in (line, f"{root}/journal", "/moi", "/", f"{root}/fichiers/constats.json"):
        assert "isselberg" not in plain(navigateur.get(address))
    assert depot.altered(identifiant(root)) == ""
    assert "Entretien, Mme [nom]" in plain(navigateur.get(line))
    assert "Réf. 12" in plain(navigateur.get(line))
    assert "Zélie d’Ay" in plain(navigateur.get(f"{root}/saisir?ligne=qualiopi/2"))
    assert "effacement d’une personne" in plain(navigateur.get(f"{root}/journal"))
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(exported)) as packed:
        assert not any(b"isselberg" in packed.read(name) for name in packed.namelist())
    with closing(sqlite3.connect(base)) as reading:
        assert reading.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_two_values_to_settle_are_still_two_once_one_is_erased(navigateur: Any) -> None:
    """The name goes; the choice between the two notes is still somebody’s."""
    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/3"
    shown = seen(navigateur, line)
    for note in (f"la première, de {NOM}", "la seconde"):
        navigateur.post(line, {"base": shown, "commentaire": note})
    page = plain(navigateur.get("/moi/effacer", {"nom": NOM}))
    chosen = [one for one in re.findall(r'value="([^"]+)" checked', page) if identifiant(root) in one]
    navigateur.post("/moi/effacer", {"nom": NOM, "textes": chosen, "que": "remplacer"})
    settled = plain(navigateur.get(line))
    assert "la première, de [nom]" in settled
    assert "la seconde" in settled
    assert "À accorder" in settled


def test_a_field_is_emptied_when_asked(navigateur: Any) -> None:
    """« Vider » leaves no text in place of the note; the name of the organisation stays a name."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot

    root = begun(navigateur)
    here = identifiant(root)
    place, organisme = Endroit("ligne", "commentaire", "qualiopi/4"), Endroit("tete", "organisme.nom")
    dons = [depot.Don(place, f"dit par {NOM}"), depot.Don(organisme, f"{NOM} formation")]
    depot.record(here, dons, "p", base=99)
    page = plain(navigateur.get("/moi/effacer", {"nom": NOM}))
    chosen = [one for one in re.findall(r'value="([^"]+)" checked', page) if here in one]
    navigateur.post("/moi/effacer", {"nom": NOM, "textes": chosen, "que": "vider"})
    standing = depot.standing(here)
    assert (standing[place].valeur, standing[organisme].valeur) == (None, "[nom] formation")
    assert depot.altered(here) == ""


@pytest.mark.parametrize(
    ("texte", "attendu", "sure"),
    [
        ("Vu avec Jeanne Martinez, le 3.", "Vu avec [nom], le 3.", True),
        ("MARTINEZ Jeanne (formatrice)", "[nom] (formatrice)", True),
        ("J. Martinez", "[nom]", True),
        ("Mme Martínez", "Mme [nom]", True),
        ("jeanne.martinez@exemple.fr", "[courriel]", True),
        ("Jeanne d’Arc", "[nom] d’Arc", False),
        ("Paul Martin et Jeannette", "Paul Martin et Jeannette", None),
        ("J. M.", "J. M.", None),
        ("", "", None),
    ],
)  # fmt: skip
def test_where_a_name_stands(texte: str, attendu: str, sure: bool | None) -> None:
    """In either order, with accents or not, by an initial, in an address; a first name alone is not sure."""
    assert without(texte, NOM) == attendu
    assert named_in(texte, NOM) is sure


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_but_the_name_changes(avant: str, apres: str) -> None:
    """Around the name, a text stays as it was; once replaced, the name is in it no more."""
    nom = "Zébulon Ixquery"
    replaced = without(f"{avant}. {nom}. {apres}", nom)
    assert "Ixquery" not in replaced
    assert mentions(replaced, nom) == ()


def test_who_acts_unless_said_is_the_first_who_came(django: None) -> None:
    """Of twenty people, the first who came acts in a browser that chose nobody, whatever keys are drawn."""
    from certif_rules.web import models, personnes

    models.Utilisateur.objects.all().delete()
    first = personnes.named("", "Zoé Aubert", "ZA")
    for rank in range(20):
        personnes.named("", f"Autre {rank}", "")
    assert personnes.chosen("") == first
    models.Utilisateur.objects.all().delete()


def test_two_files_open_at_once_each_remember_their_person(
    navigateur: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every port of a machine gets the same cookies: a second file does not read the first one’s."""
    from django.db import connection

    from certif_rules.web import depot, personnes

    navigateur.post("/moi", {"nom": "A. Martin", "initiales": ""})
    first, sent_back = personnes.witness(), {name: one.value for name, one in navigateur.cookies.items()}
    mine = personnes.remembered(sent_back)
    assert depot.names()[mine] == "A. Martin"
    monkeypatch.setitem(connection.settings_dict, "NAME", "/un/autre/fichier.sqlite3")
    assert personnes.witness() != first
    assert personnes.remembered(sent_back) == ""
    monkeypatch.undo()
    assert personnes.remembered({**sent_back, f"{personnes.TEMOIN}-ailleurs": "quelqu-un"}) == mine
