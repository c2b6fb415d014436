"""The JSON that other programs read."""

import json
from types import MappingProxyType

import pytest
from atelier import TYPE_BASE, referentiel
from fabrique import EMPREINTE, HOSTILES, checklist, contexte, organisme
from msgspec.structs import replace

from certif_rules.echanges import checklist as json_
from certif_rules.rules.contexte import Certificat, Contexte

LIGNE = [
    "id",
    "numero",
    "critere",
    "origine",
    "titre",
    "exigence",
    "niveau_attendu",
    "etat",
    "categories",
    "motifs",
    "constats_permis",
    "preuves",
    "precisions",
    "adaptations",
    "commentaires",
    "constat_precedent",
    "confiance",
]
DOCUMENT = [
    "format",
    "referentiel",
    "audit",
    "organisme",
    "avertissements",
    "compteurs",
    "lignes",
    "pieces",
    "verifications",
    "sources",
]


def written(**changes: object) -> dict:
    return json.loads(json_.render(checklist(**changes)))


def test_published_keys_in_order() -> None:
    """A program that reads the JSON finds the published keys, in the published order."""
    document = written()
    assert [cle for cle in document if cle in DOCUMENT] == DOCUMENT
    assert list(document["lignes"][0])[: len(LIGNE)] == LIGNE
    referentiel_keys = ["id", "edition", "base", "guide", "empreinte", "couches"]
    assert list(document["referentiel"])[:6] == referentiel_keys


def test_bytes() -> None:
    """The JSON is the same twice, ends with a line feed, and has ordinary blanks."""
    content = json_.render(checklist())
    assert content.endswith(b"}\n")
    assert content == json_.render(checklist())
    assert "Label Établi".encode() in content
    assert "\u202f".encode() not in content
    assert "\u00a0".encode() not in content


def test_layers_say_what_was_read() -> None:
    """Each layer says what it held, whether it was read, and its digest."""
    guide = written()["referentiel"]["couches"][2]
    assert (guide["id"], guide["lue"], guide["contenu"]) == ("G3", False, "G2")
    charte = written()["referentiel"]["couches"][0]
    assert (charte["contenu"], charte["revision"], charte["du"]) == (None, 2, "2021-03-01")
    assert charte["empreinte"].startswith("sha256:")


def test_a_line() -> None:
    """A line gives its criterion, quotation, expected level and aliases, or null where it has none."""
    lignes = {ligne["id"]: ligne for ligne in written()["lignes"]}
    citation = lignes["etabli/E"]
    assert (citation["critere"], citation["critere_id"]) == ("2", "atelier/2")
    assert citation["citation"] is True
    assert citation["niveau_attendu"] == "Démontrer que l’accueil est possible toute l’année"
    assert citation["niveau_attendu_detail"]["sources"] == ["D07"]
    assert citation["alias"][0]["statut"] == "non_resolu"
    assert lignes["etabli/A"]["critere"] is None
    assert lignes["etabli/A"]["exigence"] is None
    assert "a_evaluer" not in lignes["atelier/1"]["constats_permis"]


def test_motifs_say_a_reading_and_a_doubt_only_where_there_is_one() -> None:
    """A reason that is certain carries no key about doubt."""
    plain, doubtful = written()["lignes"][2]["motifs"]
    assert list(plain) == ["code", "texte", "sources", "categories"]
    assert (doubtful["confiance"], doubtful["lecture"]) == ("moyenne", True)


def test_sources_are_those_cited() -> None:
    """The sources listed are those that something cites, and no other."""
    assert list(written()["sources"]) == ["CH1", "GD2", "D07", "D09"]
    assert {s.id for s in json_.sources(checklist())} == {"CH1", "GD2", "D07", "D09"}


def test_circumstances_are_written_as_in_a_profile() -> None:
    """The audit and what it adds come back in the words of a profile."""
    document = written()
    assert document["audit"] == {
        "type": "initial",
        "date": "2024-09-01",
        "mode": "sur_site",
        "id": "etabli/initial",
        "titre": "Audit initial",
    }
    assert document["ajouts"] == {"sites": ["S2"]}
    assert document["precedent"]["constats"] == {"atelier/3": "nc_mineure"}
    assert document["precedent"]["leves"] == ["atelier/3"]


def test_what_was_not_declared_is_absent() -> None:
    """What nobody declared has no key, so that it is not taken for an answer."""
    base = contexte()
    bare = Contexte(type_audit="etabli/initial", date=base.date, organisme=base.organisme)
    document = written(contexte=bare, sites=None)
    assert not {"ajouts", "precedent", "certificats"} & set(document)
    assert document["sites"] is None


def test_certificates_and_lines_seen() -> None:
    """Lines seen earlier are sorted, certificates have ISO dates, unknown findings no key."""
    base = contexte()
    assert base.precedent is not None
    seen = replace(base.precedent, constats=None, indicateurs_audites=frozenset({"b", "a"}))
    held = {"atelier": Certificat(notification=base.date, echeance=base.date)}
    document = written(contexte=replace(base, precedent=seen, certificats=held))
    assert document["precedent"]["indicateurs_audites"] == ["a", "b"]
    assert "constats" not in document["precedent"]
    assert document["certificats"] == {"atelier": {"notification": "2024-09-01", "echeance": "2024-09-01"}}


def test_type_of_the_base_hidden_by_the_label_is_written_in_full() -> None:
    """Two audit types of one name stay apart in the JSON."""
    assert written(contexte=contexte(type_audit="atelier/initial"))["audit"]["type"] == "atelier/initial"
    alone = referentiel(types_audit={TYPE_BASE.id: TYPE_BASE})
    assert (
        written(contexte=contexte(type_audit="atelier/initial"), referentiel=alone)["audit"]["type"]
        == "initial"
    )


def test_frozen_mappings_and_foreign_values() -> None:
    """A frozen mapping is written as a plain one; a value without JSON form is refused."""
    frozen = MappingProxyType(organisme(faits=MappingProxyType({"machines": True})))
    assert written(organisme=frozen)["organisme"]["faits"] == {"machines": True}
    with pytest.raises(TypeError, match="no JSON form"):
        json_.render(checklist(organisme={"nom": object()}))


@pytest.mark.parametrize("nom", [*HOSTILES, "lone \udce9 surrogate"])
def test_typed_text_comes_back_exactly(nom: str) -> None:
    """A name is read from the JSON letter for letter, and does not touch the digest."""
    document = written(organisme=organisme(nom))
    assert document["organisme"]["nom"] == nom
    assert document["referentiel"]["empreinte"] == EMPREINTE


def test_unread_layer_of_another_referentiel_is_named_by_its_id() -> None:
    """A référentiel without layers writes an empty list of them."""
    empty = referentiel(couches=())
    assert written(referentiel=empty)["referentiel"]["couches"] == []
