"""Undoing where people disagreed, or from a window that saw less: what stood is back, all of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from espaces import begun, begun_with, findings, plain, text, version

pytest.importorskip("django")


def values(root: str, champ: str, ligne: str = "") -> list[Any]:
    """What stands in a field, each value of it."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot

    etat = depot.standing(root.rpartition("/")[2])
    cle = Endroit("ligne", champ, ligne) if ligne else Endroit("tete", champ)
    return [one.valeur for one in etat[cle].versions] if cle in etat else []


def test_a_choice_undone_leaves_both_values_to_settle(navigateur: Any) -> None:
    """Two notes, one chosen, the choice undone: both notes are there again, neither is lost."""
    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/2"
    shown = version(root)
    for value in ("la première", "la seconde"):
        navigateur.post(line, {"base": shown, "commentaire": value})
    navigateur.post(line, {"base": version(root), "accord": "commentaire||0"})
    assert values(root, "commentaire", "qualiopi/2") == ["la première"]
    navigateur.post(f"{root}/annuler", {"base": version(root)})
    assert values(root, "commentaire", "qualiopi/2") == ["la première", "la seconde"]


def test_undoing_from_a_window_that_saw_less(navigateur: Any) -> None:
    """The finding was given in another window since: the press of this one takes it back all the same."""
    root = begun(navigateur)
    shown = version(root)
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": shown, "constat": "conforme"})
    navigateur.post(f"{root}/annuler", {"base": shown})
    assert values(root, "constat", "qualiopi/1") == [None]


def test_a_correction_undone_leaves_what_was_answered_since(navigateur: Any) -> None:
    """A fact answered twice: taking back the first answer leaves the second, and nothing to settle."""
    root = begun_with(navigateur)
    page = f"{root}/preparer"
    first = text(navigateur.post(page, {"base": version(root), "fait.sous_traitance": "oui"}))
    fields = dict(re.findall(r'name="(depuis|jusqu)" value="(\d+)"', first))
    navigateur.post(page, {"base": version(root), "fait.sous_traitance": "non"})
    navigateur.post(f"{root}/contexte/annuler", {"base": fields["jusqu"], **fields})
    assert values(root, "organisme.faits.sous_traitance") == [False]


def test_two_windows_that_correct_the_day_keep_an_audit_that_opens(navigateur: Any) -> None:
    """Each gave another day: the audit still opens, and the page where they settle it has both."""
    root = begun_with(navigateur)
    shown = version(root)
    for jour in ("2024-03-19", "2024-03-20"):
        navigateur.post(f"{root}/contexte", {"base": shown, "date": jour})
    assert navigateur.get(f"{root}/preparer").status_code == 200
    page = text(navigateur.get(f"{root}/accorder"))
    choix = re.findall(r'name="choix" value="(\d+)"', page)
    assert len(choix) == 2
    given = {"base": version(root), "genre": "tete", "champ": "audit.date"}
    for wrong in ({"choix": "aucune"}, {"choix": "autre", "autre": "bientôt"}):
        assert navigateur.post(f"{root}/accorder", {**given, **wrong}).status_code == 422
        assert navigateur.get(f"{root}/accorder").status_code == 200
    given["choix"] = choix[1]
    assert navigateur.post(f"{root}/accorder", given).status_code == 302
    assert findings(navigateur, root)["audit"]["date"] == "2024-03-20"


def test_a_proof_untied_before_it_was_recorded_is_not_tied(navigateur: Any) -> None:
    """The page proposes a known proof again, its × is pressed: the tie is not there, and not disputed."""
    from certif_rules.journal.annexes import annexes
    from certif_rules.web import depot

    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": version(root), "preuve": "Livret"})
    dossier = root.rpartition("/")[2]
    (proof,) = annexes(depot.standing(dossier), "preuve")
    both = {"base": version(root), "lier": proof.id, "delier": proof.id}
    navigateur.post(f"{root}/saisir?ligne=qualiopi/2", both)
    (proof,) = annexes(depot.standing(dossier), "preuve")
    assert (proof.lignes, proof.a_accorder) == (("qualiopi/1",), ())


def test_a_context_corrected_last_is_what_is_undone(navigateur: Any) -> None:
    """A finding, then a fact answered alone: undoing takes back the fact and says so, then the finding."""
    root = begun_with(navigateur)
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": version(root), "constat": "conforme"})
    navigateur.post(f"{root}/preparer", {"base": version(root), "fait.sous_traitance": "oui"})
    undone = navigateur.post(f"{root}/annuler", {"base": version(root), "ici": "qualiopi/2"}).headers[
        "Location"
    ]
    assert values(root, "organisme.faits.sous_traitance") == [None]
    assert values(root, "constat", "qualiopi/1") == ["conforme"]
    page = plain(navigateur.get(undone))
    assert re.search(r"Annulé : contexte, [^<]*sous-trait", page)
    until = re.findall(r'name="jusque" value="(\d+)"', page)[0]
    navigateur.post(f"{root}/annuler", {"base": version(root), "jusque": until})
    assert values(root, "constat", "qualiopi/1") == [None]


def test_a_line_that_the_undone_context_leaves_out_is_not_shown(navigateur: Any) -> None:
    """A category added, undone from one of its lines: the audit shows a line that it still has."""
    root = begun_with(navigateur, categories=["AF"])
    before = set(re.findall(r'data-ligne="([^"]+)"', text(navigateur.get(f"{root}/damier"))))
    given = {"base": version(root), "categories": ["AF", "CFA"], "montre": ["categories"]}
    navigateur.post(f"{root}/contexte", given)
    after = set(re.findall(r'data-ligne="([^"]+)"', text(navigateur.get(f"{root}/damier"))))
    here = min(after - before, default="qualiopi/99")
    undone = navigateur.post(f"{root}/annuler", {"base": version(root), "ici": here})
    assert undone.status_code == 302
    assert navigateur.get(undone.headers["Location"]).status_code == 200
    assert values(root, "organisme.categories") == [["AF"]]
