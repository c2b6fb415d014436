"""A colleague's file joined to an audit under way: what is taken, what is to settle, what is refused."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from grilles import AF, FAITS, atelier
from hypothesis import example, given, settings
from hypothesis import strategies as st

from certif_rules.services.espace import AuditEnCours, as_file, open_work
from certif_rules.services.reunion import Reunion, join_file
from certif_rules.source.entree import FichierDonne

MINEURE = "nc_mineure"


def audit(head: dict[str, Any] = AF, **lignes: dict[str, Any]) -> AuditEnCours:
    """An audit under way; « l1 » is what is said of line 1."""
    found = [{"id": f"qualiopi/{key[1:]}", "constat": "a_evaluer", **said} for key, said in lignes.items()]
    return open_work(atelier(), {**head, "constats": found})


def sent(chantier: AuditEnCours, nom: str = "bob.json") -> FichierDonne:
    return FichierDonne(nom, as_file(chantier))


def sorts(reunion: Reunion) -> dict[str, str]:
    return {one.cle.chemin: one.sort for one in reunion.champs}


def value(reunion: Reunion, ligne: str, champ: str = "constat") -> Any:
    return getattr(reunion.chantier.releve(f"qualiopi/{ligne}"), champ)


def test_what_a_colleague_found_is_taken() -> None:
    """Bob saw line 2 while Alice saw line 1: both stand, and only his fields are told."""
    base = audit()
    alice = audit(l1={"constat": "conforme"})
    bob = audit(l2={"constat": MINEURE, "commentaire": "Sans date.", "evalue_par": "Bob"})
    joined = join_file(atelier(), alice, sent(bob), base)
    assert joined.refus == ()
    assert (value(joined, "1"), value(joined, "2")) == ("conforme", MINEURE)
    assert sorts(joined) == {
        "constats.qualiopi/2.constat": "repris",
        "constats.qualiopi/2.commentaire": "repris",
        "constats.qualiopi/2.evalue_par": "repris",
    }
    assert joined.phrase == "3 champs repris, 0 déjà identique, 0 à accorder"


def test_the_same_field_said_otherwise_is_to_settle() -> None:
    """Both values stay, with who gave each; what is alike is said so, and lists are put together."""
    alice = audit(l1={"constat": "conforme", "preuves_vues": ["P-1"], "evalue_par": "Alice", "appui": "p. 2"})
    bob = audit(
        l1={
            "constat": MINEURE,
            "commentaire": "Sans date.",
            "preuves_vues": ["P-2"],
            "evalue_par": "Bob",
            "appui": "p. 2",
        }
    )
    joined = join_file(atelier(), alice, sent(bob), audit())
    by_field = {one.cle.champ: one for one in joined.champs}
    assert {champ: one.sort for champ, one in by_field.items()} == {
        "constat": "a_accorder",
        "commentaire": "repris",
        "preuves_vues": "reuni",
        "evalue_par": "reuni",
        "appui": "deja",
    }
    assert [(v.valeur, v.par) for v in by_field["constat"].versions] == [
        ("conforme", "Alice"),
        (MINEURE, "Bob"),
    ]
    assert (by_field["constat"].ici, by_field["constat"].venu) == ("conforme", MINEURE)
    assert by_field["preuves_vues"].apres == ["P-1", "P-2"]
    assert value(joined, "1") == "a_evaluer"
    assert joined.phrase == "3 champs repris, 1 déjà identique, 1 à accorder"


def test_what_only_one_changed_since_the_base_is_changed() -> None:
    """Bob erased a comment that Alice left: it goes; Alice changed a finding that Bob left: it stays."""
    base = audit(l1={"constat": "conforme", "commentaire": "vu"})
    alice = audit(l1={"constat": MINEURE, "commentaire": "vu"})
    bob = audit(l1={"constat": "conforme"})
    joined = join_file(atelier(), alice, sent(bob), base)
    assert (value(joined, "1"), value(joined, "1", "commentaire")) == (MINEURE, None)
    assert sorts(joined) == {"constats.qualiopi/1.commentaire": "repris"}


def test_findings_of_two_sites_stand_side_by_side() -> None:
    """Each at its site: nobody contradicts anybody, and a field at a site says which."""
    sites = [{"id": "S1", "commune": "Toulouse"}, {"id": "S2", "commune": "Albi"}]
    head = AF | {"organisme": {"categories": ["AF"], "faits": FAITS, "sites": sites}}
    alice = audit(head, l1={"par_site": [{"site": "S1", "constat": "conforme"}]})
    bob = audit(head, l1={"par_site": [{"site": "S2", "constat": MINEURE, "commentaire": "Sans date."}]})
    joined = join_file(atelier(), alice, sent(bob), audit(head))
    assert [(r.site, r.constat) for r in joined.chantier.releve("qualiopi/1").par_site] == [
        ("S1", "conforme"),
        ("S2", MINEURE),
    ]
    assert sorts(joined)["constats.qualiopi/1.par_site.S2.constat"] == "repris"


def test_a_file_that_is_not_finished_is_joined() -> None:
    """A minor whose statement is still to write, lines that are not there: what is said is taken."""
    data = json.loads(as_file(audit(l2={"constat": MINEURE})))
    data["constats"] = [one for one in data["constats"] if one["id"] == "qualiopi/2"]
    joined = join_file(atelier(), audit(), FichierDonne("bob.json", json.dumps(data).encode()), audit())
    assert (joined.refus, value(joined, "2")) == ((), MINEURE)


# ---- refused -----------------------------------------------------------------------------------------------


def refused(data: dict[str, Any]) -> tuple[Reunion, list[str]]:
    """What is said of a file that cannot be joined, the audit being as it was."""
    alice = audit(l1={"constat": "conforme"})
    content = json.dumps({**json.loads(as_file(audit())), **data}).encode()
    joined = join_file(atelier(), alice, FichierDonne("bob.json", content), audit())
    assert joined.chantier == alice
    assert joined.champs == ()
    return joined, [issue.code for issue in joined.refus]


def test_a_file_that_is_not_of_this_audit_is_refused() -> None:
    """Another day, a line that is unknown, other rules, no findings at all: each with its reason."""
    other, codes = refused({"audit": {"type": "initial", "date": "2024-03-19"}})
    assert codes == ["dossiers-differents"]
    assert "n’est pas du même audit que cet audit : audit" in other.refus[0].message
    assert other.phrase == "fichier refusé, rien n’est changé : 1 raison"
    lines = json.loads(as_file(audit()))["constats"]
    assert refused({"constats": [*lines, {"id": "qualiopi/99", "constat": "conforme"}]})[1] == [
        "ligne-inconnue"
    ]
    rules = json.loads(as_file(audit()))["referentiel"] | {"empreinte": f"sha256:{'0' * 64}"}
    foreign, codes = refused({"referentiel": rules})
    assert codes == ["regles-differentes"]
    assert "empreinte 00000000…" in foreign.refus[0].message
    assert join_file(atelier(), audit(), FichierDonne("x.pdf", b"%PDF-1.7")).refus != ()


def test_a_context_corrected_meanwhile_takes_the_file_all_the_same() -> None:
    """The file is of the audit before a fact was corrected: its findings go to the corrected lines."""
    base = audit()
    corrected = AF | {"organisme": {**AF["organisme"], "faits": {**FAITS, "sous_traitance": False}}}
    alice = audit(corrected, l1={"constat": "conforme"})
    bob = audit(l2={"constat": "conforme"}, l27={"constat": "nc_majeure", "commentaire": "Sans contrat."})
    joined = join_file(atelier(), alice, sent(bob), base)
    assert joined.refus == ()
    assert (value(joined, "1"), value(joined, "2")) == ("conforme", "conforme")
    assert [(one.releve.ligne, one.releve.constat) for one in joined.chantier.dossier.a_revoir] == [
        ("qualiopi/27", "nc_majeure")
    ]


# ---- whoever comes first -----------------------------------------------------------------------------------

TEXTS = st.sampled_from([None, "a", "b"])
SAID = st.fixed_dictionaries(
    {},
    optional={
        "constat": st.sampled_from(["a_evaluer", "conforme", MINEURE]),
        "commentaire": TEXTS,
        "appui": TEXTS,
        "preuves_vues": st.lists(st.sampled_from("pq"), unique=True),
        "ecart": st.dictionaries(st.sampled_from(["causes", "preuve"]), st.sampled_from("ab")),
    },
)
LINES = st.dictionaries(st.sampled_from(["l1", "l2"]), SAID)


def held(chantier: AuditEnCours) -> dict[tuple[str, str], set[str]]:
    """The values that an audit holds, those left to settle included, by line and field."""
    values: dict[tuple[str, str], set[str]] = {}
    for releve in chantier.dossier.releves:
        for champ in ("constat", "commentaire", "appui"):
            values[releve.ligne, champ] = {getattr(releve, champ) or ""} - {"", "a_evaluer"}
        values[releve.ligne, "preuves_vues"] = set(releve.preuves_vues)
        for cle, text in releve.ecart.items():
            values.setdefault((releve.ligne, f"ecart.{cle}"), set()).add(text)
        for conflict in releve.a_accorder:
            values.setdefault((releve.ligne, conflict.champ), set()).update(
                v.valeur or "" for v in conflict.valeurs
            )
    return {key: kept for key, kept in values.items() if kept}


@pytest.mark.lent
@settings(max_examples=40, deadline=None)
@example({"l1": {"appui": "a"}}, [{}, {"l1": {"appui": "b"}}, {"l1": {}, "l2": {"appui": "a"}}])
@given(LINES, st.lists(LINES, min_size=2, max_size=3))
def test_the_order_of_arrival_changes_nothing(start: dict[str, Any], others: list[dict[str, Any]]) -> None:
    """Two or three colleagues' files, in every order: the same values stand, and the same are to settle."""
    base = audit(**start)
    files = [sent(audit(**lines), f"{rank}.json") for rank, lines in enumerate(others)]
    results = []
    for order in permutations(files):
        chantier = base
        for file in order:
            chantier = join_file(atelier(), chantier, file, base).chantier
        results.append(held(chantier))
    assert all(result == results[0] for result in results)


@pytest.mark.lent
@settings(max_examples=60, deadline=None)
@given(LINES, LINES, LINES)
def test_nothing_that_was_written_vanishes(start: Any, one: Any, two: Any) -> None:
    """What either side wrote since the base is in the audit, or among the values to settle."""
    base, ici, venu = audit(**start), audit(**one), audit(**two)
    after = held(join_file(atelier(), ici, sent(venu), base).chantier)
    before = held(base)
    for side in (held(ici), held(venu)):
        for key, values in side.items():
            assert values - before.get(key, set()) <= after.get(key, set())
