"""Proofs, papers, notes and missing texts: noted once, said by the file on each of their lines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from espaces import begun, findings, seen, text

from certif_rules.blocs.typographie import prose

pytest.importorskip("django")


def things(root: str, genre: Any) -> list[Any]:
    """What stands of a kind."""
    from certif_rules.journal.annexes import annexes
    from certif_rules.web import depot

    return list(annexes(depot.standing(root.rpartition("/")[2]), genre))


def seen_on(navigateur: Any, root: str) -> dict[str, list[str]]:
    """The proofs of each line, in the file that is sent."""
    data = json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)
    return {entry["id"]: entry["preuves_vues"] for entry in data["constats"] if entry.get("preuves_vues")}


def test_a_proof_is_noted_once_and_tied_to_several_lines(navigateur: Any) -> None:
    """Typed on a line, it is new; typed on another, in other capitals, it is the same one."""
    root = begun(navigateur)
    navigateur.post(
        f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "preuve": "Livret d’accueil", "rester": "1"}
    )
    navigateur.post(f"{root}/saisir?ligne=qualiopi/2", {"base": "99", "preuve": "livret d’Accueil"})
    (proof,) = things(root, "preuve")
    assert proof.lignes == ("qualiopi/1", "qualiopi/2")
    fields = {
        "base": "99", "genre": "preuve", "id": proof.id, "reference": "Livret d’accueil",
        "vu_le": "2024-03-18", "initiales": "A. B.", "ecran": "1", "lignes": "5, 9",
    }  # fmt: skip
    assert navigateur.post(f"{root}/preuves", fields).status_code == 302
    sentence = "Livret d’accueil (vu le 18 mars 2024, A. B., vu à l’écran)"
    assert seen_on(navigateur, root) == {f"qualiopi/{n}": [sentence] for n in (1, 2, 5, 9)}
    navigateur.post(f"{root}/saisir?ligne=qualiopi/5", {"base": "99", "delier": proof.id})
    navigateur.post(
        f"{root}/preuves", {"base": "99", "genre": "preuve", "id": proof.id, "delier": "qualiopi/9"}
    )
    assert set(seen_on(navigateur, root)) == {"qualiopi/1", "qualiopi/2"}


def test_a_file_sent_and_taken_up_says_the_same(navigateur: Any) -> None:
    """The file of an audit with proofs, taken up as another audit, gives the same file."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    root = begun(navigateur)
    given = {"base": "99", "constat": "conforme", "preuve": "Livret", "preuves_vues": "Site internet"}
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", given)
    sent = json.dumps(findings(navigateur, root)).encode()
    taken = navigateur.post("/reprendre", {"fichier": SimpleUploadedFile("constats.json", sent)})
    again = str(taken.headers["Location"]).rsplit("/", 1)[0]
    assert findings(navigateur, again) == findings(navigateur, root)
    line = f"{again}/saisir?ligne=qualiopi/1"
    navigateur.post(line, {"base": "99", "oter": "Livret"})
    assert seen_on(navigateur, again)["qualiopi/1"] == ["Site internet"]


def test_a_proof_that_cannot_be_is_said_by_field(navigateur: Any) -> None:
    """No reference, a day that is none, a line that nobody knows: three faults at once, all typed kept."""
    root = begun(navigateur)
    given = {"base": "99", "genre": "preuve", "vu_le": "hier", "initiales": "C. D.", "lignes": "1, 777"}
    refused = navigateur.post(f"{root}/preuves", given)
    page = text(refused)
    assert refused.status_code == 422
    for words in ("il manque : référence", "« hier » n’est pas un jour", "aucune ligne « 777 »"):
        assert prose(words) in page
    assert 'value="C. D."' in page
    assert 'value="1, 777"' in page
    assert things(root, "preuve") == []


def test_a_removed_proof_leaves_every_line(navigateur: Any) -> None:
    """Removed by mistake, it comes back by undoing, with its lines."""
    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "preuve": "Livret"})
    (proof,) = things(root, "preuve")
    shown = seen(navigateur, f"{root}/preuves")
    navigateur.post(f"{root}/preuves", {"base": shown, "genre": "preuve", "id": proof.id, "retirer": "1"})
    assert seen_on(navigateur, root) == {}
    assert "Aucune preuve n’est notée." in text(navigateur.get(f"{root}/preuves"))
    navigateur.post(f"{root}/annuler", {"base": "99"})
    assert seen_on(navigateur, root) == {"qualiopi/1": ["Livret"]}


def test_two_windows_note_a_proof_otherwise(navigateur: Any) -> None:
    """Both initials stand, and one press keeps one of them."""
    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "preuve": "Livret"})
    (proof,) = things(root, "preuve")
    shown = seen(navigateur, f"{root}/preuves")
    for initials in ("A. B.", "C. D."):
        given = {
            "base": shown,
            "genre": "preuve",
            "id": proof.id,
            "reference": "Livret",
            "initiales": initials,
        }
        navigateur.post(f"{root}/preuves", given)
    page = text(navigateur.get(f"{root}/preuves"))
    assert "À accorder, Initiales de la personne" in page
    given = {"base": "99", "genre": "preuve", "id": proof.id, "accord": "initiales|1"}
    navigateur.post(f"{root}/preuves", given)
    assert things(root, "preuve")[0].get("initiales") == "C. D."


def test_a_paper_is_asked_for_then_received(navigateur: Any) -> None:
    """Asked for from a line, its day is there; received later, the line says so."""
    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/3"
    given = {"base": "99", "piece.quoi": "Statuts", "piece.a_qui": "direction", "rester": "1"}
    assert "ligne=qualiopi/3" in navigateur.post(line, given).headers["Location"]
    (paper,) = things(root, "piece")
    assert (paper.get("quoi"), paper.get("a_qui"), paper.lignes) == ("Statuts", "direction", ("qualiopi/3",))
    assert len(paper.get("demande_le")) == 10
    received = {"base": "99", "genre": "piece", "id": paper.id, "quoi": "Statuts", "recu_le": "2024-03-20"}
    navigateur.post(f"{root}/preuves", received)
    assert "Statuts (direction), reçue" in text(navigateur.get(line))


def test_a_note_is_filed_under_a_line_later(navigateur: Any) -> None:
    """Noted without a line, with its moment; filed, it is beside the line, and in no file."""
    root = begun(navigateur)
    navigateur.post(f"{root}/preuves", {"base": "99", "genre": "note", "texte": "revoir les tarifs"})
    (note,) = things(root, "note")
    assert note.lignes == ()
    assert "à classer" in text(navigateur.get(f"{root}/preuves"))
    given = {"base": "99", "genre": "note", "id": note.id, "texte": "revoir les tarifs", "lignes": "1"}
    navigateur.post(f"{root}/preuves", given)
    assert "revoir les tarifs" in text(navigateur.get(f"{root}/saisir?ligne=qualiopi/1"))
    assert b"revoir les tarifs" not in navigateur.get(f"{root}/fichiers/constats.json").content


def test_what_people_type_is_never_markup(navigateur: Any) -> None:
    """References, papers, notes, names of sites that attack every page that shows them."""
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    root = begun(navigateur)
    given = {
        "base": "99", "preuve": attack, "piece.quoi": attack, "piece.a_qui": attack, "note.texte": attack,
        "commentaire": attack, "preuves_vues": attack, "rester": "1",
    }  # fmt: skip
    line = f"{root}/saisir?ligne=qualiopi/1"
    navigateur.post(line, given)
    refused = navigateur.post(line, {**given, "constat": "<b>x"})
    page = f"{root}/preuves"
    bad = navigateur.post(page, {"base": "99", "genre": "preuve", "reference": attack, "vu_le": attack})
    shown = (
        line,
        page,
        f"{root}/ligne?ligne=qualiopi/1",
        f"{root}/damier",
        f"{root}/textes",
        f"{root}/journal",
    )
    for body in (text(refused), text(bad), *(text(navigateur.get(one)) for one in shown)):
        assert "<script>alert" not in body
        assert "<img" not in body
        assert "<b>x" not in body


LABEL = b"""\
format: 1
referentiel: certifregion
audit: {type: initial, date: '2024-03-18'}
organisme: {nom: Label, categories: [AF]}
"""


def test_a_missing_text_is_given_with_its_document_and_page(navigateur: Any, tmp_path: Any) -> None:
    """Refused without its source; given, the line says it with its mark, and the file feeds --textes."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from certif_rules.audit.textes import read_textes

    taken = navigateur.post("/reprendre", {"fichier": SimpleUploadedFile("audit.yaml", LABEL)})
    root = str(taken.headers["Location"]).rsplit("/", 1)[0]
    before = text(navigateur.get(f"{root}/textes"))
    assert "lignes sans texte" in before
    number = int(before.partition(" lignes sans texte")[0].rpartition(">")[2].strip())
    ligne = before.partition('name="ligne" value="')[2].partition('"')[0]
    words = {"base": "99", "ligne": ligne, "exigence": "Accueillir chacun."}
    refused = navigateur.post(f"{root}/textes", words)
    assert (refused.status_code, "sans source" in text(refused)) == (422, True)
    assert "Accueillir chacun." in text(refused)
    assert navigateur.get(f"{root}/textes.json").status_code == 404
    navigateur.post(f"{root}/textes", {**words, "document": "Référentiel V5", "page": "page 12"})
    after = text(navigateur.get(f"{root}/textes"))
    assert f"{number - 1} lignes sans texte, 1 texte donné par l’organisme" in after.replace("\xa0", " ")
    page = text(navigateur.get(f"{root}/saisir?ligne={ligne}"))
    assert prose("Accueillir chacun. (texte donné par l’organisme)") in page
    path = tmp_path / "textes.json"
    path.write_bytes(navigateur.get(f"{root}/textes.json").content)
    given = read_textes(path)
    sent = json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)
    assert given.empreinte == sent["textes"]["empreinte"]
    known = navigateur.post(
        f"{root}/textes", {"base": "99", "ligne": "qualiopi/1", "titre": "x", "document": "y"}
    )
    assert (known.status_code, "a déjà son texte" in text(known)) == (422, True)
