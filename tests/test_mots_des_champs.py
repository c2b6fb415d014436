"""What a gap or a change of shipped data is about is told in French, a field by its word."""

from __future__ import annotations

import pytest
from greffons import DONNEES, registry

from certif_rules.documents.mots import CHAMPS, field_name
from certif_rules.plugins.registry import Registry

#: Words of fields whose accents were missing where people read them.
ACCENTUES = {"perimetre": "périmètre", "critere": "critère", "etiquettes": "étiquettes", "exigence": "énoncé"}


#: Words that lost their accents.
UNACCENTED = {"decision", "delai", "duree", "ponderation", "preambule", "reference", "validite"}


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
    """No key of the data is printed as it is written: what is no field of the format is French already."""
    names = named()
    assert {"organisme désigné", "validité restante", "perimetre", "variantes"} <= names
    assert [name for name in names - set(CHAMPS) if "_" in name or name in UNACCENTED] == []


@pytest.mark.parametrize(("champ", "words"), ACCENTUES.items())
def test_a_field_is_printed_with_its_accents(champ: str, words: str) -> None:
    """The word of each field, by hand."""
    assert field_name(champ) == words


def test_no_word_is_a_key() -> None:
    """A word has no underscore."""
    assert not [words for words in CHAMPS.values() if "_" in words]
