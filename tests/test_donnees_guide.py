"""The data of Qualiopi against the texts they cite: each value was read in its source, by hand."""

from __future__ import annotations

from functools import cache

import pytest
from greffons import DONNEES, registry

from certif_rules.model.referentiel import Indicateur, Referentiel

#: The lines that have a section « niveau attendu » in the transcription of V9; that of 12 is its threshold.
NIVEAU_DU_GUIDE = {"12", "20", "21", "23", "24", "25", "27"}
#: What guide V9 lists under « exemples de preuves » for some audiences: line, words, categories, situation.
PREUVES_PARTICULIERES = (
    ("9", "accès à la plateforme", None, "formation à distance"),
    ("10", "recherche d'employeur", ("CFA",), None),
    ("12", "prévention des abandons", None, "personnes en situation de handicap"),
    ("12", "contacts et visites en entreprise", None, "formations en alternance"),
    ("16", "aménagements d'examen", None, "personnes en situation de handicap"),
    ("19", "supports spécifiques", None, "personnes en situation de handicap"),
    ("19", "données socio-économiques", ("BC",), None),
    ("21", "certifications détenues", ("BC",), None),
    ("25", "innovations", None, "personnes en situation de handicap"),
)


@cache
def qualiopi(day: str = "2024-03-18") -> Referentiel:
    """Return Qualiopi on a day of guide V9, or of the édition of 2026."""
    return registry(qualiopi=DONNEES["qualiopi"]).resolve("qualiopi", day=day).referentiel


def line(code: str, day: str = "2024-03-18") -> Indicateur:
    """Return a line of Qualiopi."""
    return qualiopi(day).indicateurs[f"qualiopi/{code}"]


def test_the_guide_is_cited_for_the_levels_it_gives() -> None:
    """Seven lines of guide V9 have a section « niveau attendu »; the other levels come from J9 and GC."""
    levels = {i.code: i.niveau_attendu for i in qualiopi().indicateurs.values()}
    assert {code for code, level in levels.items() if level and "G9" in level.sources} == NIVEAU_DU_GUIDE
    others = {level.sources for code, level in levels.items() if level and code not in NIVEAU_DU_GUIDE}
    assert others == {("J9", "GC")}


@pytest.mark.parametrize(("code", "words", "categories", "situation"), PREUVES_PARTICULIERES)
def test_examples_of_evidence_are_no_precisions(
    code: str, words: str, categories: tuple[str, ...] | None, situation: str | None
) -> None:
    """What the guide gives as an example is printed as one, for those it is for."""
    evidence = [p for p in line(code).preuves if words in p.texte]
    assert [(p.categories, p.situation) for p in evidence] == [(categories, situation)]
    assert not [p for p in line(code).precisions if words in p.texte.casefold()]


def test_workshops_are_evidence_for_vae_and_certifying_actions_only() -> None:
    """« Exemples de preuves pour la VAE et les formations certifiantes » : no other action reads it."""
    workshops = [p for p in line("6").preuves if "ateliers de groupe" in p.texte]
    assert [(p.categories, p.fait) for p in workshops] == [(("VAE",), None), (("AF", "CFA"), "certifiante")]


def test_what_positioning_may_be_is_for_every_training() -> None:
    """Guide V9, 8, NB: three sentences, of which the first alone is about one without prerequisites."""
    said = {p.texte: p.situation for p in line("8").precisions}
    assert said["L'absence de prérequis est indiquée."] == "prestation sans prérequis"
    (positioning,) = [text for text in said if "le positionnement peut se limiter" in text.casefold()]
    assert said[positioning] is None


def test_16_wants_both_the_authorisation_and_the_agreement() -> None:
    """Guide V9, 16: « habilitation à évaluer et convention » ; 7 has « ou »."""
    texts = [[p.texte for p in line(code).preuves] for code in ("16", "7")]
    assert any("habilitation à évaluer et convention de partenariat" in text for text in texts[0])
    assert any("habilitation à former ou convention" in text for text in texts[1])


def test_the_missions_of_14_are_to_confirm() -> None:
    """The level of 14 names no mission; the glossary lists five, and nobody read the article."""
    level = line("14").niveau_attendu
    assert level is not None
    assert "6231" not in level.texte
    comment = next(c for c in line("14").commentaires if "L. 6231-2" in c.texte)
    assert (comment.confiance, comment.sources) == ("moyenne", ("G9",))
    assert "6°, 7°, 8°, 9° et 14°" in comment.texte
    assert "à confirmer" in comment.texte


@pytest.mark.parametrize("code", [str(n) for n in range(1, 34)])
def test_the_requirements_of_2026_are_whole(code: str) -> None:
    """A requirement says what is asked, not what was added: the change is told by « evolution »."""
    requirement = line(code, "2026-11-02").exigence
    assert requirement is not None
    assert "S'y ajoute" not in requirement
    assert "Information renforcée" not in requirement


def test_14_of_2026_asks_for_a_procedure() -> None:
    """Décret 2026-728, 14: « Il dispose d'une procédure de traitement sans délai »."""
    assert "Disposer d'une procédure qui traite sans délai" in str(line("14", "2026-11-02").exigence)


def test_the_annex_of_2019_says_the_day_that_a_registry_gives() -> None:
    """A registry dates the annex from 2021; the day used stays that of the decree, and both are told."""
    layer = next(c.couche for c in qualiopi().couches if c.couche.nature == "exigence")
    assert layer.du == "2019-06-06"
    assert "« en vigueur du 01/01/2021 au 01/11/2026 » (confiance moyenne)" in str(layer.note)
    assert [(g.champs, g.sources) for g in layer.lacunes] == [(("du",), ("D565", "D26d"))]
