"""Ouvrir: what the organisation confirms, and the sample, whose seed nobody knows before."""

from __future__ import annotations

from typing import Any

import pytest
from espaces import COMPLEMENTAIRE, begun_with, findings, text

from certif_rules.vie.echantillon import draw

pytest.importorskip("django")

#: Not due to AF alone, whatever is answered: the lines that are for apprenticeship.
HORS = ("14", "15", "20", "29")


def opened(navigateur: Any, root: str, **given: Any) -> Any:
    """What the page answers to what is posted."""
    return navigateur.post(f"{root}/ouvrir", {"base": "999", "le": "2024-03-18", **given})


def page_of(navigateur: Any, root: str) -> str:
    """The page, as it is."""
    return text(navigateur.get(f"{root}/ouvrir"))


def samples(navigateur: Any, root: str) -> Any:
    """The samples of the findings file."""
    return findings(navigateur, root).get("echantillons")


def test_lines_are_confirmed_one_by_one_or_together(navigateur: Any) -> None:
    """14 alone, then the three that are left with the perimeter: who, when, in which words, on each."""
    root = begun_with(navigateur, categories=["AF"])
    assert "4 lignes à confirmer" in page_of(navigateur, root)
    one = opened(
        navigateur, root, quoi="confirmer", une="qualiopi/14", qui="Directrice", paroles="Pas d’apprentis."
    )
    assert one.status_code == 302
    page = page_of(navigateur, root)
    assert "3 lignes à confirmer" in page
    assert "D’accord\u00a0: Directrice, le 18\u00a0mars\u00a02024" in page
    assert page.count("« Pas d’apprentis. »") == 1
    opened(navigateur, root, quoi="confirmer", toutes="1", perimetre="on", qui="M. D.")
    page = page_of(navigateur, root)
    assert "Toutes sont confirmées" in page
    assert page.count("M. D., le") == len(HORS)  # three lines and the perimeter


def test_what_is_missing_is_told_all_at_once(navigateur: Any) -> None:
    """Nobody, no day, nothing ticked: three messages, the words still there, nothing recorded."""
    root = begun_with(navigateur, categories=["AF"])
    refused = opened(navigateur, root, quoi="confirmer", qui="", le="hier", paroles="Nos mots")
    page = text(refused)
    assert refused.status_code == 422
    for champ in ("qui", "le", "lignes"):
        assert f'id="faute-{champ}"' in page
    assert "Nos mots" in page
    assert "4 lignes à confirmer" in page_of(navigateur, root)


def test_a_line_that_is_due_is_not_confirmed_away(navigateur: Any) -> None:
    """1 is due: posted as not applying, it is no line of the list, and nothing is recorded."""
    root = begun_with(navigateur, categories=["AF"])
    refused = opened(navigateur, root, quoi="confirmer", lignes="qualiopi/1", qui="Directrice")
    assert refused.status_code == 422


def test_disagreement_and_change_are_seen(navigateur: Any) -> None:
    """They disagree on 14; the context is corrected: the perimeter is to confirm again, 14 too."""
    root = begun_with(navigateur, categories=["AF"])
    opened(
        navigateur,
        root,
        quoi="confirmer",
        lignes="qualiopi/14",
        perimetre="on",
        qui="Directrice",
        accord="non",
    )
    assert "Pas d’accord\u00a0: Directrice" in page_of(navigateur, root)
    assert "a changé depuis" not in page_of(navigateur, root)
    given = {"categories": ["AF", "CFA"], "montre": "categories", "base": "999"}
    assert navigateur.post(f"{root}/contexte", given).status_code == 302
    page = page_of(navigateur, root)
    assert "Le périmètre a changé depuis" in page
    assert "<strong>14</strong> est désormais « à auditer »" in page
    assert "Aucune ligne n’est hors du périmètre" in page  # AF and CFA: all of them apply, or may


def test_a_confirmation_is_taken_back(navigateur: Any) -> None:
    """Retired, it says nothing more of its line; the journal still holds it."""
    root = begun_with(navigateur, categories=["AF"])
    opened(navigateur, root, quoi="confirmer", une="qualiopi/14", qui="Directrice")
    identifiant = page_of(navigateur, root).partition('id="retirer-')[2].partition('"')[0]
    opened(navigateur, root, quoi="retirer", confirmation=identifiant)
    assert "4 lignes à confirmer" in page_of(navigateur, root)
    assert "Directrice" in text(navigateur.get(f"{root}/journal"))


def test_anyone_draws_the_same_list_from_the_seed(navigateur: Any) -> None:
    """Four files, two drawn: the file says all that is needed, and drawing again gives the same two."""
    root = begun_with(navigateur, categories=["AF"])
    assert opened(navigateur, root, quoi="tirer", noms="A-1\nA-2\nA-3\nA-4", taille="2").status_code == 302
    (entry,) = samples(navigateur, root)
    again = draw(["A-4", "A-3", "A-2", "A-1"], 2, entry["graine"])
    assert list(again.liste) == entry["liste"]
    assert again.empreinte == entry["empreinte"]
    assert entry["population"] == "4 dossiers"
    page = page_of(navigateur, root)
    assert entry["graine"] in page
    for elsewhere in ("plan", "fichiers/plan.html", "preparer", "duree", "fichiers/grille.html"):
        assert entry["graine"] not in text(navigateur.get(f"{root}/{elsewhere}")), elsewhere
        assert "A-1" not in text(navigateur.get(f"{root}/{elsewhere}")), elsewhere


def test_two_draws_have_two_seeds(navigateur: Any) -> None:
    """Nobody chooses the seed: it is long, and never twice the same; the second sample has its own name."""
    root = begun_with(navigateur, categories=["AF"])
    for _ in range(2):
        opened(navigateur, root, quoi="tirer", nombre="40", taille="5", graine="choisie")
    one, two = samples(navigateur, root)
    assert one["graine"] != two["graine"]
    assert "choisie" not in (one["graine"], two["graine"])
    assert len(one["graine"]) >= 32
    assert (one["id"], two["id"]) == ("E1", "E2")
    assert set(one["liste"]) <= {str(n) for n in range(1, 41)}


def test_at_a_surveillance_only_actions_since_the_last_audit(navigateur: Any) -> None:
    """The last audit was on 2 April 2024: the two before that day are left out, and it is said."""
    root = begun_with(
        navigateur, type="surveillance", date="2025-06-10", categories=["AF"], precedent="dit",
        precedent_type="initial", precedent_date="2024-04-02",
    )  # fmt: skip
    names = "A;2024-01-10\nB;2024-04-01\nC;2024-04-02\nD;2025-01-05"
    assert "depuis l’audit précédent, le 2\u00a0avril\u00a02024" in page_of(navigateur, root)
    opened(navigateur, root, quoi="tirer", noms=names, taille="2", depuis="1")
    (entry,) = samples(navigateur, root)
    assert set(entry["liste"]) == {"C", "D"}
    assert entry["population"] == "2 dossiers, du 2 avril 2024 ou d’après (2 plus anciens écartés)"
    undated = opened(navigateur, root, quoi="tirer", noms="A\nB;2024-05-01", taille="1", depuis="1")
    assert undated.status_code == 422
    assert "Ligne 1\u00a0: « A »" in text(undated).replace("«\u00a0", "« ").replace("\u00a0»", " »")
    number = opened(navigateur, root, quoi="tirer", nombre="10", taille="1", depuis="1")
    assert "un nombre ne dit le jour d’aucune action" in text(number).lower()


def test_sites_follow_their_rule(navigateur: Any) -> None:
    """Nine sites at an initial audit: the root of nine, three sites, of those that are declared."""
    sites = {f"site.{n}.id": f"S{n}" for n in range(9)}
    root = begun_with(navigateur, categories=["AF"], **sites)
    opened(navigateur, root, quoi="tirer", objet="sites")
    (entry,) = samples(navigateur, root)
    assert entry["taille"] == 3
    assert entry["population"] == "9 sites"
    assert "racine carrée du nombre de sites" in entry["note"]


def test_what_cannot_be_drawn_is_told_and_kept(navigateur: Any) -> None:
    """No size, too large a size, two populations, a name taken, a size that is no number: each is refused."""
    root = begun_with(navigateur, categories=["AF"])
    opened(navigateur, root, quoi="tirer", noms="a\nb", taille="1", nom="E1")
    for given, words in (
        ({"noms": "a\nb"}, "Il manque la taille"),
        ({"noms": "a\nb", "taille": "3"}, "3 à tirer, parmi 2"),
        ({"noms": "a\nb", "nombre": "4", "taille": "1"}, "de plusieurs façons"),
        ({"noms": "a\nb", "taille": "1", "nom": "E1"}, "s’appelle déjà"),
        ({"noms": "a\nb", "taille": "deux"}, "n’est pas un nombre"),
        ({"noms": "a\na", "taille": "1"}, "est nommé plusieurs fois"),
        ({"taille": "1"}, "La population est vide"),
    ):
        refused = opened(navigateur, root, quoi="tirer", **given)
        assert refused.status_code == 422, given
        assert words in text(refused), given
        assert " --" not in text(refused)
    assert len(samples(navigateur, root)) == 1


def test_a_file_gives_the_population(navigateur: Any) -> None:
    """A text of one name a line is read; one that is no text is refused, in French."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    root = begun_with(navigateur, categories=["AF"])
    opened(
        navigateur, root, quoi="tirer", taille="3", population=SimpleUploadedFile("a.txt", "é\nb\nc".encode())
    )
    (entry,) = samples(navigateur, root)
    assert set(entry["liste"]) == {"é", "b", "c"}
    refused = opened(
        navigateur, root, quoi="tirer", taille="3", population=SimpleUploadedFile("a.txt", b"\xff\xfe")
    )
    assert "n’est pas un texte en UTF-8" in text(refused)


def test_a_sample_is_withdrawn_and_the_report_says_the_others(navigateur: Any) -> None:
    """Withdrawn, a sample is no longer in the findings; the one that stays is in the report."""
    root = begun_with(navigateur, categories=["AF"])
    opened(navigateur, root, quoi="tirer", noms="a\nb", taille="1", nom="Dossiers")
    opened(navigateur, root, quoi="tirer", noms="c\nd", taille="1", nom="Par erreur")
    opened(navigateur, root, quoi="retirer-echantillon", echantillon="Par erreur")
    (entry,) = samples(navigateur, root)
    report = text(navigateur.get(f"{root}/fichiers/rapport.html"))
    assert entry["graine"] in report
    assert "Par erreur" not in report


def test_hostile_words_are_printed_as_they_are(navigateur: Any) -> None:
    """What the organisation says, and what is drawn, never become markup."""
    attack = "<script>alert(1)</script>\"'>"
    root = begun_with(navigateur, categories=["AF"])
    opened(navigateur, root, quoi="confirmer", toutes="1", qui=attack, paroles=attack)
    opened(navigateur, root, quoi="tirer", noms=f"{attack}\nb", taille="2", nom=attack, categorie=attack)
    page = page_of(navigateur, root)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_only_lines_that_an_answer_settles_send_to_the_questions(navigateur: Any) -> None:
    """Of eleven lines of the label perhaps due, one waits for an answer; no answer settles the ten others."""
    root = begun_with(navigateur, **COMPLEMENTAIRE)
    page = page_of(navigateur, root)
    assert "1 ligne dépend d’une réponse encore inconnue" in page
    assert "10 lignes restent à confirmer quoi que l’on réponde" in page
