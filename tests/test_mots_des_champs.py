"""Every field that a gap or a change of shipped data names has its French word."""

from __future__ import annotations

import pytest
from greffons import DONNEES, registry

from certif_rules.documents.mots import CHAMPS, field_name
from certif_rules.francais import without_accents
from certif_rules.plugins.registry import Registry

#: Words whose accents were missing where people read them.
ACCENTUES = {
    "organisme_designe": "organisme désigné",
    "validite_restante": "validité restante",
    "perimetre": "périmètre",
    "decision": "décision",
    "ponderation": "pondération",
    "delai": "délai",
    "duree": "durée",
}


def shipped() -> Registry:
    """Return the layers that this repository ships."""
    return registry(qualiopi=DONNEES["qualiopi"], certifregion=DONNEES["certifregion"])


def named() -> set[str]:
    """Return the fields that gaps and changes of the shipped data name, every layer included."""
    known = shipped()
    champs: set[str] = set()
    for nom in known.referentiels():
        for nature in ("exigence", "regles", "guide"):
            champs.update(c for la in known.layers(nom, nature) for g in la.lacunes for c in g.champs)
        for couche in known.layers(nom, "exigence"):
            resolved = known.resolve(nom, day=known.latest_day(couche), edition=couche.id).referentiel
            champs.update(c for g in resolved.lacunes for c in g.champs)
            champs.update(c for change in resolved.changements for c in change.champs)
    return champs


def test_every_field_that_shipped_data_name_has_its_word() -> None:
    """No key of the data is printed as it is written: « validite restante » is no French."""
    assert {"organisme_designe", "validite_restante", "perimetre", "variantes"} <= named()
    assert named() - set(CHAMPS) == set()


@pytest.mark.parametrize(("champ", "words"), ACCENTUES.items())
def test_a_field_is_printed_with_its_accents(champ: str, words: str) -> None:
    """The word of each field, by hand."""
    assert field_name(champ) == words


def test_no_word_is_a_key() -> None:
    """A word has no underscore, and a key with a lost accent is not its own word."""
    assert not [words for words in CHAMPS.values() if "_" in words]
    lost = {"decision", "delai", "duree", "perimetre", "ponderation", "preambule", "precisions", "etiquettes"}
    assert not [c for c in lost if CHAMPS[c] == without_accents(CHAMPS[c])]
