"""À accorder: two values are both there until somebody chooses; a file joins, or is refused whole."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from espaces import begun, seen, text, version

pytest.importorskip("django")

LIGNE = "qualiopi/2"


def disputed(navigateur: Any, champ: str = "commentaire", *values: str) -> str:
    """An audit in which two windows gave a field of line 2 two values."""
    root = begun(navigateur)
    line = f"{root}/saisir?ligne={LIGNE}"
    shown = seen(navigateur, line)
    for value in values or ("la première", "la seconde"):
        navigateur.post(line, {"base": shown, champ: value})
    return root


def chosen(navigateur: Any, root: str, choix: str, champ: str = "commentaire", **more: str) -> Any:
    """The answer to one gesture on the field of line 2."""
    given = {"base": version(root), "genre": "ligne", "champ": champ, "ligne": LIGNE, "site": ""}
    return navigateur.post(f"{root}/accorder", {**given, "choix": choix, **more})


def entries(navigateur: Any, root: str) -> dict[str, dict[str, Any]]:
    """The findings that are sent, by line."""
    data = json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)
    return {entry["id"]: entry for entry in data["constats"]}


def note(navigateur: Any, root: str) -> Any:
    """The note of line 2, in the findings that are sent."""
    return entries(navigateur, root)[LIGNE]["commentaire"]


def buttons(page: str) -> list[str]:
    """The versions that may be chosen."""
    return re.findall(r'name="choix" value="(\d+)"', page)


@pytest.mark.lent
def test_one_gesture_chooses_a_value(navigateur: Any) -> None:
    """Both notes are shown with their hour; one click keeps the second, and nothing is left to settle."""
    root = disputed(navigateur)
    page = text(navigateur.get(f"{root}/accorder"))
    assert page.index("la première") < page.index("la seconde")
    assert re.search(r"\d\d:\d\d</p>", page)
    assert chosen(navigateur, root, buttons(page)[1]).status_code == 302
    assert note(navigateur, root) == "la seconde"
    assert "Rien n’est à accorder." in text(navigateur.get(f"{root}/accorder"))


def test_another_value_or_none(navigateur: Any) -> None:
    """Somebody words a third note; elsewhere, none is right and the field is empty by that choice."""
    root = disputed(navigateur)
    assert " 1 à accorder</a>" in text(navigateur.get(f"{root}/saisir?ligne={LIGNE}"))
    empty = chosen(navigateur, root, "autre", autre="  ")
    assert empty.status_code == 422
    assert "écrire l’autre valeur" in text(empty)
    chosen(navigateur, root, "autre", autre="la troisième")
    assert note(navigateur, root) == "la troisième"
    other = disputed(navigateur)
    chosen(navigateur, other, "aucune")
    assert not note(navigateur, other)
    assert "à accorder" not in text(navigateur.get(f"{other}/saisir?ligne={LIGNE}"))


def test_whoever_comes_after_the_choice_is_told(navigateur: Any) -> None:
    """Two windows settle the same field: the second is told that somebody chose, and changes nothing."""
    root = disputed(navigateur)
    first, second = buttons(text(navigateur.get(f"{root}/accorder")))
    chosen(navigateur, root, first)
    late = chosen(navigateur, root, second)
    assert late.status_code == 422
    assert "quelqu’un vient de choisir" in text(late)
    assert note(navigateur, root) == "la première"


def sent_back(navigateur: Any, root: str, **changes: Any) -> tuple[str, bytes]:
    """The findings file that a colleague took, with its name, once she changed line 2."""
    response = navigateur.get(f"{root}/fichiers/constats.json")
    nom = re.search(r'filename="(.+)"', response.headers["Content-Disposition"])
    data = json.loads(response.content)
    for entry in data["constats"]:
        if entry["id"] == LIGNE:
            entry.update(changes)
    assert nom
    return nom[1], json.dumps(data, ensure_ascii=False).encode()


def bring(navigateur: Any, root: str, nom: str, content: bytes, **given: str) -> Any:
    """The answer to a file that is brought in."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return navigateur.post(f"{root}/apporter", {"fichier": SimpleUploadedFile(nom, content), **given})


def test_a_file_joins_by_what_it_was_made_from(navigateur: Any) -> None:
    """She changed line 2 and left line 1, which changed here meanwhile: both changes hold, none is undone."""
    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": version(root), "commentaire": "avant"})
    nom, content = sent_back(navigateur, root, commentaire="vu par elle", constat="conforme")
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": version(root), "commentaire": "après"})
    joined = bring(navigateur, root, nom, content, par="Ada")
    assert joined.headers["Location"].endswith("?apport=2")
    data = {
        e["id"]: e for e in json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)["constats"]
    }
    assert data["qualiopi/1"]["commentaire"] == "après"
    assert (data[LIGNE]["commentaire"], data[LIGNE]["constat"]) == ("vu par elle", "conforme")
    again = bring(navigateur, root, nom, content, par="Ada")
    assert again.headers["Location"].endswith("?apport=0")
    assert "n’apporte rien de nouveau" in text(navigateur.get(again.headers["Location"]))


def test_each_value_is_by_whoever_signed_its_line(navigateur: Any) -> None:
    """Ada signs line 2, Ben line 3: their file gives each note under one name, without asking."""
    root = begun(navigateur)
    nom, content = sent_back(navigateur, root, commentaire="celle d’Ada", evalue_par="Ada")
    data = json.loads(content)
    third = next(entry for entry in data["constats"] if entry["id"] == "qualiopi/3")
    third.update(commentaire="celle de Ben", evalue_par="Ben")
    for line in (LIGNE, "qualiopi/3"):
        navigateur.post(f"{root}/saisir?ligne={line}", {"base": version(root), "commentaire": "la mienne"})
    bring(navigateur, root, nom, json.dumps(data, ensure_ascii=False).encode())
    page = text(navigateur.get(f"{root}/accorder"))
    assert authors(page, "celle d’Ada") == "Ada"
    assert authors(page, "celle de Ben") == "Ben"
    # He then changes the note of her line, which he does not sign: it is his, who signs line 4.
    nom, content = sent_back(navigateur, root, commentaire="ce qu’il y ajoute")
    data = json.loads(content)
    next(entry for entry in data["constats"] if entry["id"] == "qualiopi/4").update(evalue_par="Ben")
    navigateur.post(f"{root}/saisir?ligne={LIGNE}", {"base": version(root), "commentaire": "la dernière"})
    bring(navigateur, root, nom, json.dumps(data, ensure_ascii=False).encode())
    assert authors(text(navigateur.get(f"{root}/accorder")), "ce qu’il y ajoute") == "Ben"


def test_the_finding_of_a_line_is_settled_before_its_words(navigateur: Any) -> None:
    """Both differ on line 2: the finding comes first on the page, whatever their names."""
    root = begun(navigateur)
    nom, content = sent_back(navigateur, root, commentaire="la sienne", constat="conforme")
    mine = {"base": version(root), "commentaire": "la mienne", "constat": "nc_mineure"}
    navigateur.post(f"{root}/saisir?ligne={LIGNE}", mine)
    bring(navigateur, root, nom, content, par="Ada")
    page = text(navigateur.get(f"{root}/accorder"))
    assert 0 < page.index(" – constat</h2>") < page.index(" – commentaire</h2>")


def authors(page: str, value: str) -> str:
    """The name under a value that waits."""
    after = page.partition(value)[2]
    match = re.search(r"([^>]+), le \d", after)
    return match[1].strip() if match else ""


def test_what_both_changed_is_to_settle_by_name(navigateur: Any) -> None:
    """She and I changed the note of line 2 from the same version: both stand, hers under her name."""
    root = begun(navigateur)
    nom, content = sent_back(navigateur, root, commentaire="la sienne")
    navigateur.post(f"{root}/saisir?ligne={LIGNE}", {"base": version(root), "commentaire": "la mienne"})
    bring(navigateur, root, nom, content, par="Ada L.")
    page = text(navigateur.get(f"{root}/accorder"))
    assert "la sienne" in page
    assert "la mienne" in page
    assert "Ada L., le" in page
    assert "La conclusion attend" in text(navigateur.get(f"{root}/clore"))


def test_a_file_of_an_unknown_version_replaces_nothing(navigateur: Any) -> None:
    """Neither its name nor itself says its version: an older note comes beside the newer, never over it."""
    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne={LIGNE}", {"base": version(root), "commentaire": "ancienne"})
    _, content = sent_back(navigateur, root)
    data = json.loads(content)
    assert str(data.pop("depart")["version"]) == version(root)
    content = json.dumps(data).encode()
    navigateur.post(f"{root}/saisir?ligne={LIGNE}", {"base": version(root), "commentaire": "nouvelle"})
    bring(navigateur, root, "constats.json", content)
    page = text(navigateur.get(f"{root}/accorder"))
    assert "ancienne" in page
    assert "nouvelle" in page


def sent_as(navigateur: Any, root: str, document: str) -> bytes:
    """A document that is filled elsewhere, as it is sent."""
    content: bytes = navigateur.get(f"{root}/fichiers/{document}").content
    return content


def exported(page: bytes, **changes: Any) -> bytes:
    """What the form gives once line 2 is changed: the head that the page holds, then the findings."""
    (known,) = re.findall(r'<script type="application/json"[^>]*>(.+?)</script>', page.decode(), re.DOTALL)
    data = json.loads(known)
    constats = data["reprise"]["constats"]
    for entry in constats:
        if entry["id"] == LIGNE:
            entry.update(changes)
    return json.dumps({**data["tete"], "constats": constats}).encode()


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json", "form"])
def test_a_renamed_file_joins_by_the_version_inside(navigateur: Any, suffix: str) -> None:
    """Sent while line 2 said « avant », renamed, brought back as it was: what line 2 says since stays alone.

    Taken for a file without a version, it would bring « avant » back beside « après ».
    """
    root = begun(navigateur)
    line = f"{root}/saisir?ligne={LIGNE}"
    navigateur.post(line, {"base": version(root), "commentaire": "avant"})
    if suffix == "form":
        content = exported(sent_as(navigateur, root, "releve-a-remplir.html"))
    else:
        content = sent_as(navigateur, root, "constats.json" if suffix == "json" else f"releve.{suffix}")
    navigateur.post(line, {"base": version(root), "commentaire": "après"})
    nom = f"mon audit (2).{'json' if suffix == 'form' else suffix}"
    joined = bring(navigateur, root, nom, content)
    assert joined.headers["Location"].endswith("?apport=0")
    assert note(navigateur, root) == "après"


def test_what_the_form_changes_alone_is_changed(navigateur: Any) -> None:
    """A form was sent with a note, which is erased there and nowhere else: it is gone here too."""
    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne={LIGNE}", {"base": version(root), "commentaire": "à ôter"})
    page = sent_as(navigateur, root, "releve-a-remplir.html")
    bring(navigateur, root, "export.json", exported(page, commentaire=None))
    assert not note(navigateur, root)
    assert "à accorder" not in text(navigateur.get(f"{root}/saisir?ligne={LIGNE}"))


def test_a_name_that_says_another_version_is_told(navigateur: Any) -> None:
    """A file under the name of a later one joins by what it holds, and the page says so."""
    root = begun(navigateur)
    line = f"{root}/saisir?ligne={LIGNE}"
    navigateur.post(line, {"base": version(root), "commentaire": "avant"})
    own, content = sent_back(navigateur, root)
    navigateur.post(line, {"base": version(root), "commentaire": "après"})
    later, _ = sent_back(navigateur, root)
    assert own != later
    told = bring(navigateur, root, later, content)
    assert note(navigateur, root) == "après"
    assert "c’est la version de son contenu qui a compté" in text(navigateur.get(told.headers["Location"]))
    silent = bring(navigateur, root, own, content)
    assert "renomme" not in silent.headers["Location"]


def test_a_blank_grid_erases_nothing(navigateur: Any) -> None:
    """A grid sent blank comes back blank: the note that stood when it was sent is still there."""
    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne={LIGNE}", {"base": version(root), "commentaire": "tapée ici"})
    response = navigateur.get(f"{root}/fichiers/grille.csv")
    nom = re.search(r'filename="(.+)"', response.headers["Content-Disposition"])
    assert nom
    joined = bring(navigateur, root, nom[1], response.content)
    assert joined.headers["Location"].endswith("?apport=0")
    assert note(navigateur, root) == "tapée ici"


def test_a_grid_comes_back(navigateur: Any) -> None:
    """The filled grid in CSV, its note typed over in a spreadsheet, changes the note and nothing else."""
    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne={LIGNE}", {"base": version(root), "commentaire": "tapée ici"})
    response = navigateur.get(f"{root}/fichiers/releve.csv")
    nom = re.search(r'filename="(.+)"', response.headers["Content-Disposition"])
    assert nom
    content = response.content.replace("tapée ici".encode(), "tapée là-bas".encode())
    joined = bring(navigateur, root, nom[1], content)
    assert joined.headers["Location"].endswith("?apport=1")
    assert note(navigateur, root) == "tapée là-bas"


def test_a_foreign_or_altered_file_is_refused_with_what_differs(navigateur: Any) -> None:
    """Another organisation, a broken file, an impossible finding: nothing is recorded, each is told."""
    root = begun(navigateur)
    before = version(root)
    nom, content = sent_back(navigateur, root)
    data = json.loads(content)
    data["organisme"]["nom"] = "Une autre maison"
    foreign = bring(navigateur, root, nom, json.dumps(data).encode())
    assert foreign.status_code == 422
    assert "Une autre maison" in text(foreign)
    assert "organisme, catégories, faits ou sites" in text(foreign)
    broken = bring(navigateur, root, "x.json", content[:200])
    assert broken.status_code == 422
    _, impossible = sent_back(navigateur, root, constat="excellent")
    assert "« excellent » n’est pas permis" in text(bring(navigateur, root, nom, impossible))
    assert bring(navigateur, root, "vide.json", b"").status_code == 422
    assert version(root) == before


def test_two_values_of_a_finding_offer_those_of_the_line(navigateur: Any) -> None:
    """Two findings of line 2 stand in their words; another one is chosen in the list of those it permits."""
    root = disputed(navigateur, "constat", "conforme", "nc_mineure")
    page = text(navigateur.get(f"{root}/accorder"))
    assert "<blockquote>Conforme</blockquote>" in page
    assert '<option value="nc_majeure">' in page
    chosen(navigateur, root, "autre", champ="constat", autre="nc_majeure")
    data = {
        e["id"]: e for e in json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)["constats"]
    }
    assert data[LIGNE]["constat"] == "nc_majeure"


def test_hostile_words_stay_words(navigateur: Any) -> None:
    """A note, a colleague's name and the name of a file that attack a page are printed as they are."""
    attack = "<script>alert(1)</script>"
    root = disputed(navigateur, "commentaire", attack, "autre")
    nom, content = sent_back(navigateur, root)
    bring(navigateur, root, f"{attack}{nom}", content, par=attack)
    broken = bring(navigateur, root, f"{attack}.json", b"{")
    for page in (text(navigateur.get(f"{root}/accorder")), text(broken)):
        assert "<script>alert" not in page


def test_the_archive_of_a_colleague_joins_by_its_journal(navigateur: Any) -> None:
    """She took the whole audit away and noted line 2; I noted it too: both stand, hers under her name."""
    from certif_rules.echanges.archive import Colis, read_archive, write_archive
    from certif_rules.journal.evenements import Endroit, Inscription, contained, sealed

    root = begun(navigateur)
    packed = navigateur.post(f"{root}/archive").content
    archive = read_archive(packed, "audit.zip")
    last = archive.evenements[-1]
    events, contents = list(archive.evenements), dict(archive.contenus)
    for cle, valeur in (
        (Endroit("ligne", "commentaire", LIGNE), "la sienne"),
        (Endroit("tete", "objectifs"), ["x"]),
    ):
        content = contained(valeur, sel=f"sel{len(events)}")
        event = Inscription(
            version=len(events) + 1, cle=cle, avant="", apres=content.empreinte, acteur="p-ada",
            quand="2026-01-02T10:00:00+00:00", base=last.version,
        )  # fmt: skip
        events.append(sealed(event, events[-1].empreinte))
        contents[content.empreinte] = content
    hers = Colis(
        nom=archive.nom, cree_le=archive.cree_le, evenements=tuple(events), contenus=contents,
        personnes={**archive.personnes, "p-ada": "Ada L."}, profil=archive.profil, constats=archive.constats,
    )  # fmt: skip
    navigateur.post(f"{root}/saisir?ligne={LIGNE}", {"base": version(root), "commentaire": "la mienne"})
    joined = bring(navigateur, root, "audit.zip", write_archive(hers))
    assert joined.headers["Location"].endswith("?apport=2")
    page = text(navigateur.get(f"{root}/accorder"))
    assert "la sienne" in page
    assert "la mienne" in page
    assert "Ada L., le" in page
    again = bring(navigateur, root, "audit.zip", write_archive(hers))
    assert again.headers["Location"].endswith("?apport=0")
    altered = bring(navigateur, root, "audit.zip", packed[:-40])
    assert altered.status_code == 422
    other = begun(navigateur)
    foreign = bring(navigateur, other, "audit.zip", packed)
    assert foreign.status_code == 422
    assert "un autre audit" in text(foreign)
