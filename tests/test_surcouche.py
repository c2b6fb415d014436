"""What operations make of a body of lines, one by one: gaps filled, sources, what hangs from what is gone."""

from __future__ import annotations

from typing import Any

from atelier import BANCS, CRITERES, FOURS, INFORMATION, indicateur
from msgspec.structs import replace

from certif_rules.construction.lecteur import Lecteur
from certif_rules.construction.lignee import borrowed, lay
from certif_rules.construction.surcouche import Modification, Retrait, Surcouche, Trame, apply, inherited
from certif_rules.errors import Location
from certif_rules.model.base import Lacune, Regle
from certif_rules.model.referentiel import Indicateur
from certif_rules.source.yaml import read_bytes

ICI, LA = Location("operations.yaml", 4, 3), Location("operations.yaml", 9, 3)


def change(cible: str, *sources: str, nature: Any = "indicateur", **champs: Any) -> Modification:
    return Modification(
        nature=nature, cible=cible, champs=champs, motif="M", sources=sources or ("GD2",), location=ICI
    )


def withdraw(nature: Any, cible: str) -> Retrait:
    return Retrait(nature=nature, cible=cible, motif="M", sources=("GD2",), location=ICI)


def body(*lines: Indicateur) -> Trame:
    return Trame(criteres={c.id: c for c in CRITERES}, indicateurs={line.id: line for line in lines})


# ---- fields ---------------------------------------------------------------------------------------------


def test_a_gap_is_filled_by_what_is_given_alone() -> None:
    """A title fills its gap; none, or a scope of which one rule answers « unknown », leaves it."""
    gap = Lacune(champs=("titre", "portee"), cherche="Tout.", sources=("CH1",), ligne="atelier/9")
    line = indicateur("9", "atelier/1", None, "Une exigence.", lacunes=(gap,))
    known, unknown = (
        Regle(mots={"toutes": True}, sources=("GD2",), inconnu=no) for no in (None, "Pour qui ?")
    )
    for champs, left in (
        ({"titre": "Un titre"}, [("portee",)]),
        ({"titre": ""}, [("titre", "portee")]),
        ({"portee": (known,)}, [("titre",)]),
        ({"portee": (unknown,)}, [("titre", "portee")]),
        ({"portee": (known, unknown)}, [("titre", "portee")]),
        ({"titre": "Un titre", "portee": (known,)}, []),
    ):
        after, _ = apply(body(line), Surcouche(modifications=(change("atelier/9", **champs),)))
        assert [lacune.champs for lacune in after.indicateurs["atelier/9"].lacunes] == left


def test_a_wording_rests_on_the_sources_of_its_words() -> None:
    """Both wordings are of CH1: one reworded by GD2 rests on both, two on GD2; a number on CH1 alone.

    Where the requirement was the only wording, nothing of CH1 is left once it is reworded.
    """
    bare = indicateur("9", "atelier/1", None, "Une exigence.")
    for line, champs, sources in (
        (BANCS, {"titre": "Autre"}, ("GD2", "CH1")),
        (BANCS, {"titre": "Autre", "exigence": "Autre."}, ("GD2",)),
        (BANCS, {"numero": "30"}, ("CH1",)),
        (bare, {"exigence": "Autre."}, ("GD2",)),
        (bare, {"titre": "Un titre"}, ("GD2", "CH1")),
    ):
        after, issues = apply(body(line), Surcouche(modifications=(change(line.id, **champs),)))
        assert issues == []
        assert after.indicateurs[line.id].sources == sources


def test_a_field_changed_twice_is_refused_where_it_is_the_second_time() -> None:
    """Two titles for the bench: which one wins would be a guess; a title and a number are no clash."""
    first, second = change("atelier/3", titre="Un"), change("atelier/3", titre="Deux")
    _, (one,) = apply(body(BANCS), Surcouche(modifications=(first, replace(second, location=LA))))
    assert (one.code, one.location) == ("modification-en-double", LA)
    assert one.related == ((ICI, "première modification"),)
    other = change("atelier/3", numero="30")
    assert apply(body(BANCS), Surcouche(modifications=(first, other)))[1] == []


# ---- what hangs from what -------------------------------------------------------------------------------


def test_a_line_left_without_its_criterion_says_where_it_was_withdrawn() -> None:
    """Criterion 2 goes: of the lines after that of criterion 1, the bench is without, « retiré ici ».

    A criterion that never was has no such place, though a line of the same name was withdrawn.
    """
    after, (one,) = apply(body(INFORMATION, BANCS), Surcouche(retraits=(withdraw("critere", "atelier/2"),)))
    assert [*after.criteres] == ["atelier/1", "etabli/8"]
    assert (one.code, one.related) == ("critere-inconnu", ((ICI, "retiré ici"),))
    assert "« atelier/3 »" in one.message
    lost = indicateur("9", "atelier/7", "Perdue", "Une exigence.")
    homonym = indicateur("7", "atelier/1", "Homonyme", "Une exigence.")
    _, (one,) = apply(body(homonym, lost), Surcouche(retraits=(withdraw("indicateur", "atelier/7"),)))
    assert (one.code, one.related) == ("critere-inconnu", ())


def test_a_code_added_twice_is_refused_where_it_is_the_second_time() -> None:
    """Lines atelier/9 of rows 4 and 9: the second is refused, and points at the first."""
    nine = indicateur("9", "atelier/1", "Un titre", "Une exigence.")
    both = (replace(nine, emplacement="operations.yaml:4"), replace(nine, emplacement="operations.yaml:9"))
    _, (issue,) = apply(body(INFORMATION), Surcouche(indicateurs=both))
    assert (issue.code, issue.location) == ("identifiant-en-double", Location("operations.yaml", 9, 1))
    assert issue.related == ((Location("operations.yaml", 4, 1), "première déclaration"),)


def test_a_changed_criterion_is_no_changed_line() -> None:
    """Criterion atelier/1 is retitled: line atelier/1 is as before; line atelier/2 is what changed."""
    surcouche = Surcouche(
        modifications=(
            change("atelier/1", nature="critere", titre="L’accueil"),
            change("atelier/2", titre="Les fours"),
        )
    )
    lines = inherited(body(INFORMATION, FOURS), surcouche, "atelier", "2021").indicateurs
    since = lines["atelier/1"].evolution
    assert since is not None
    assert (since.depuis, since.nature, since.sources) == ("2021", "aucune", ("CH1",))
    assert lines["atelier/2"].evolution is None


# ---- editions -------------------------------------------------------------------------------------------


def editions(**bodies: str) -> dict[str, Any]:
    return {nom: read_bytes(text.encode(), nom) for nom, text in bodies.items()}


def test_a_target_is_missing_from_what_lies_just_below() -> None:
    """The first edition changes the base, the second the first; once laid, the base is below again."""
    absent = "retraits:\n  - {critere: Z, motif: M., sources: []}\n"
    lecteur = Lecteur(origine="essai")
    beneath = lecteur.dessous
    lay(editions(E1=absent, E2=absent), Trame(), {}, lecteur)
    absent_from = [issue.message for issue in lecteur.issues if issue.code == "cible-inconnue"]
    assert absent_from == [
        f"le critère « essai/Z » n’existe pas dans {beneath}",
        "le critère « essai/Z » n’existe pas dans l’édition E1",
    ]
    assert lecteur.dessous == beneath


def test_rules_are_borrowed_from_the_last_edition_that_they_serve() -> None:
    """Written for E1, they meet in E3 what E2 and E3 withdrew; for E2 too, what E3 did; for E3, nothing."""
    bodies = editions(
        E1="retraits:\n  - {critere: A, motif: M., sources: []}\n",
        E2="retraits:\n  - {indicateur: B, motif: M., sources: []}\n",
        E3="retraits:\n  - {critere: base/C, motif: M., sources: []}\n",
    )
    second, third = ("indicateur", "essai/B"), ("critère", "base/C")
    for pour, edition, retires in (
        (("E1",), "E1", {second, third}),
        (("E1", "E2"), "E2", {third}),
        (("E2", "E1"), "E2", {third}),
    ):
        emprunt = borrowed(bodies, pour, "essai")
        assert emprunt is not None
        assert (emprunt.edition, {*emprunt.retires}) == (edition, retires)
        assert emprunt.retires[third] == Location("E3", 2, 15)
    for later in (["E1", "E3"], ["E3"], ["E9"], []):
        assert borrowed(bodies, later, "essai") is None
    assert borrowed({"E1": bodies["E1"]}, ("E1",), "essai") is None


def test_each_edition_tells_its_changes_and_adds_its_words() -> None:
    """The first withdraws a criterion of the base, of no edition; the second, one of the first’s."""
    bodies = editions(
        E1="mots: {audit: visite}\ncriteres:\n  - {code: A, titre: A., sources: []}\n"
        "retraits:\n  - {critere: atelier/1, motif: M., sources: []}\n",
        E2="mots: {ecart: remarque}\nmentions:\n  - {etiquette: rouge, texte: Rouge., sources: []}\n"
        "retraits:\n  - {critere: A, motif: M., sources: []}\n",
    )
    lecteur = Lecteur(origine="essai")
    lecteur.know_only("critère", ("atelier/1",))
    pose = lay(bodies, Trame(criteres={CRITERES[0].id: CRITERES[0]}), {}, lecteur)
    assert [(c.cible, c.edition) for c in pose.changements] == [("atelier/1", None), ("essai/A", "E2")]
    assert pose.mots == {"audit": "visite", "ecart": "remarque"}
    assert {nom: mention.texte for nom, mention in pose.mentions.items()} == {"rouge": "Rouge."}
    assert pose.trame.criteres == {}
