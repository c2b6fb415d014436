"""What is decided beside the label, as it reads: known, one of several, without object, by criterion."""

from __future__ import annotations

from msgspec.structs import replace
from test_completions import AB, DOMAINES, MOYENNE
from test_jugement import CONSTATS
from test_mesures import line

from certif_rules.audit.distinctions import Octroi, decide_beside
from certif_rules.audit.jugement import LigneJugee
from certif_rules.model.jugement import Decision, Distinction, Jugement, Seuil

REFUSE = Decision(
    code="refuse", delivrable=False, titre="Refusé", si=(Seuil(mesure="moyenne", moins_de="1"),)
)
ACCORDE = Decision(code="accorde", delivrable=True, titre="Accordé")
OUI = Decision(code="oui", delivrable=None, titre="Une étoile", si=(Seuil(mesure="ab", au_plus="0"),))
NON = Decision(code="non", delivrable=None, titre="Sans étoile")
ETOILES = Distinction(id="etoiles", titre="Étoiles", decisions=(OUI, NON), sources=("DOC",))
AVEC = replace(ETOILES, si_decision=("accorde",))
#: Lines worth 3, 1, and either 0 or 3.
HAUTE, BASSE, OUVERTE = line(7, "x/A", "d"), line(8, "x/B", "b"), line(9, "x/A", "a", "d")


def beside(distinction: Distinction, *lines: LigneJugee, unknown: str = "") -> list[Octroi]:
    jugement = Jugement(
        origine="x",
        mesures={m.id: m for m in (AB, MOYENNE, DOMAINES)},
        decisions=(REFUSE, ACCORDE),
        distinctions={"etoiles": distinction},
    )
    return list(decide_beside(jugement, CONSTATS, lines, "visite", unknown=unknown))


def test_one_decision_is_told_with_its_reason() -> None:
    """A line at 3: no line at 0 or 1, the star; one at 1: none, and the mean of 1 grants the label."""
    for distinction in (ETOILES, AVEC):
        for line_, code, texte in ((HAUTE, "oui", "Une étoile"), (BASSE, "non", "Sans étoile")):
            (one,) = beside(distinction, line_)
            assert (one.decision, one.possibles, one.texte, one.critere) == (code, (code,), texte, None)
            assert [(motif.code, motif.texte) for motif in one.motifs] == [("decision", texte)]


def test_several_decisions_are_told_without_a_reason() -> None:
    """A line at 0 or 3: a star or none; 0 refuses the label: where that decides, a star or no object."""
    for distinction, possibles, texte in (
        (ETOILES, ("oui", "non"), "indéterminé : Une étoile, ou Sans étoile"),
        (AVEC, ("oui", "sans_objet"), "indéterminé : Une étoile, ou sans objet"),
    ):
        (one,) = beside(distinction, OUVERTE)
        assert (one.decision, one.possibles, one.texte, one.motifs) == (None, possibles, texte, ())


def test_without_object_says_what_would_give_one() -> None:
    """A line at 0 refuses the label: no star to decide, « seulement avec » what grants it."""
    (one,) = beside(AVEC, line(9, "x/A", "a"))
    assert (one.decision, one.possibles) == ("sans_objet", ("sans_objet",))
    assert one.texte == "sans objet (seulement avec : Accordé)"
    (motif,) = one.motifs
    assert (motif.code, motif.texte, motif.sources) == ("sans_objet", "seulement avec : Accordé", ("DOC",))


def test_each_criterion_has_its_own() -> None:
    """Domain A is at 3 and B at 1; a check stands in none, and nothing is decided for it."""
    haut = replace(OUI, si=(Seuil(mesure="domaines", au_moins="2"),))
    each = replace(ETOILES, par_critere=True, decisions=(haut, NON))
    check = LigneJugee(indicateur=None, possibles=("d",))
    assert [(o.critere, o.decision) for o in beside(each, HAUTE, check, BASSE)] == [
        ("x/A", "oui"),
        ("x/B", "non"),
    ]


def test_nothing_is_told_of_what_cannot_be_concluded() -> None:
    """All may be, without object too where the label decides it; the reason why is the text, alone."""
    for distinction, possibles in ((ETOILES, ("oui", "non")), (AVEC, ("oui", "non", "sans_objet"))):
        (one,) = beside(distinction, HAUTE, unknown="à conclure plus tard")
        assert (one.decision, one.possibles) == (None, possibles)
        assert (one.texte, one.motifs) == ("à conclure plus tard", ())
