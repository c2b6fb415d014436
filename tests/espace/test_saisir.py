"""Saisir: the page of a line records what is said of it, says what it entails, and loses no word."""

from __future__ import annotations

import json
from typing import Any

import pytest
from espaces import begun, seen, text, witness

from certif_rules.blocs.typographie import prose

pytest.importorskip("django")

PROFIL = """\
format: 1
referentiel: qualiopi
audit: {type: %s, date: '2024-03-18'}
organisme:
  nom: Élan
  categories: [AF]
  sites: [%s]
"""


def of_profile(navigateur: Any, type_audit: str = "initial", sites: str = "", more: str = "") -> str:
    """The address of an audit begun from a profile."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = (PROFIL % (type_audit, sites) + more).encode()
    response = navigateur.post("/reprendre", {"fichier": SimpleUploadedFile("audit.yaml", content)})
    assert response.status_code == 302
    return str(response.headers["Location"]).rsplit("/", 1)[0]


def findings(navigateur: Any, root: str) -> dict[str, Any]:
    """The findings of the file that is sent, by line."""
    data = json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)
    return {entry["id"]: entry for entry in data["constats"]}


def standing(root: str, champ: str, ligne: str, genre: Any = "ligne", site: str = "") -> Any:
    """The value that stands in a field."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot

    champs = depot.standing(root.rpartition("/")[2])
    cle = Endroit(genre, champ, ligne, site)
    return champs[cle].valeur if cle in champs else None


def test_a_page_records_what_its_reader_changed_alone(navigateur: Any) -> None:
    """Two windows on one line: one finds, the other writes; the second says nothing against the finding."""
    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/2"
    shown = seen(navigateur, line)
    navigateur.post(line, {"base": shown, "constat": "conforme", "commentaire": ""})
    navigateur.post(line, {"base": shown, "constat": "a_evaluer", "commentaire": "vu en salle"})
    whole = findings(navigateur, root)["qualiopi/2"]
    assert (whole["constat"], whole["commentaire"]) == ("conforme", "vu en salle")
    assert "a_accorder" not in whole


def test_two_values_are_settled_in_one_gesture(navigateur: Any) -> None:
    """Both notes stand with a button each; recording another field meanwhile erases neither."""
    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/2"
    shown = seen(navigateur, line)
    navigateur.post(line, {"base": shown, "commentaire": "la première"})
    navigateur.post(line, {"base": shown, "commentaire": "la seconde"})
    navigateur.post(line, {"base": "99", "constat": "conforme", "commentaire": ""})
    page = text(navigateur.get(line))
    assert "la première" in page
    assert "la seconde" in page
    navigateur.post(line, {"base": "99", "accord": "commentaire||0"})
    assert standing(root, "commentaire", "qualiopi/2") == "la première"
    assert "À accorder" not in text(navigateur.get(line))


def test_what_was_typed_stays_when_it_is_refused(navigateur: Any) -> None:
    """A finding that cannot be: the page has the statement, the new proof and the note, and wrote nothing."""
    root = begun(navigateur)
    typed = {
        "base": "99",
        "constat": "excellent",
        "commentaire": "mon énoncé",
        "nouvelle": "Livret 2024",
        "note.texte": "revoir la date",
    }
    refused = navigateur.post(f"{root}/saisir?ligne=qualiopi/1", typed)
    assert refused.status_code == 422
    page = text(refused)
    assert 'id="faute-constat"' in page
    assert "mon énoncé" in page
    assert '<input type="hidden" name="nouvelle" value="Livret 2024">' in page
    assert "revoir la date</textarea>" in page
    assert standing(root, "commentaire", "qualiopi/1") is None


def test_a_missing_statement_is_said_beside_its_field(navigateur: Any) -> None:
    """A gap without its statement is recorded, and its page stays, with the fault at the statement."""
    root = begun(navigateur)
    page = text(navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "constat": "nc_mineure"}))
    assert 'aria-describedby="faute-commentaire"' in page
    assert "demande un commentaire" in page
    assert standing(root, "constat", "qualiopi/1") == "nc_mineure"


def test_moving_on_records_what_was_typed(navigateur: Any) -> None:
    """Passer, Précédente: what was typed is recorded, and the line asked for is shown."""
    root = begun(navigateur)
    given = {"base": "99", "commentaire": "à revoir", "aller": "qualiopi/9"}
    moved = navigateur.post(f"{root}/saisir?ligne=qualiopi/4", given)
    assert "ligne=qualiopi/9&" in moved.headers["Location"]
    assert standing(root, "commentaire", "qualiopi/4") == "à revoir"
    assert prose("Enregistré : ligne 4, commentaire") in text(navigateur.get(moved.headers["Location"]))


def test_the_fourth_minor_warns(navigateur: Any) -> None:
    """One more minor would make a major: it is said before the fourth is recorded, not before the third."""
    root = begun(navigateur)
    for ligne in ("1", "2", "3"):
        given = {"base": "99", "constat": "nc_mineure", "commentaire": "sans date"}
        third = text(navigateur.get(f"{root}/saisir/effets?ligne=qualiopi/{ligne}&constat=nc_mineure"))
        assert 'class="attention"' not in third
        navigateur.post(f"{root}/saisir?ligne=qualiopi/{ligne}", given)
    fourth = text(navigateur.get(f"{root}/saisir/effets?ligne=qualiopi/8&constat=nc_mineure"))
    assert 'class="attention"' in fourth
    assert prose("encore 1 avant le seuil de 5") in fourth
    assert standing(root, "constat", "qualiopi/8") is None


def test_a_gap_that_is_another_one_lifts_the_earlier(navigateur: Any) -> None:
    """A minor where one was left counts as a major, which is said; « écart différent » lifts the old."""
    more = "precedent: {type: initial, date: '2022-09-01', constats: {'1': nc_mineure}}\n"
    root = of_profile(navigateur, "surveillance", more=more)
    line = f"{root}/saisir?ligne=qualiopi/1"
    given = {"base": "99", "constat": "nc_mineure", "commentaire": "autre chose"}
    page = text(navigateur.get(f"{root}/saisir/effets?ligne=qualiopi/1&constat=nc_mineure"))
    assert prose("compte comme « Non-conformité majeure »") in page
    assert "Écart différent : lever l’ancien" in page
    navigateur.post(f"{root}/transmettre", {"base": "99", "comite": ""})
    refused = navigateur.post(line, {**given, "lever": "1"})
    assert refused.status_code == 422  # what was sent for its review changes with a reason: the button stays
    assert "Écart différent : lever l’ancien" in text(refused)
    navigateur.post(line, {**given, "lever": "1", "raison": "Autre cause."})
    after = text(navigateur.get(line))
    assert prose("compte comme « Non-conformité majeure »") not in after
    assert standing(root, "precedent", "", "tete")["leves"] == ["1"]


def test_what_the_earlier_audit_wrote_stands_in_its_own_words(navigateur: Any) -> None:
    """The statement, the causes and the action of an earlier gap are beside the line."""
    more = (
        "precedent:\n  type: initial\n  date: '2022-09-01'\n  constats: {'1': nc_mineure}\n"
        "  ecarts: {'1': {commentaire: tarifs absents, causes: oubli, action_corrective: relecture}}\n"
    )
    root = of_profile(navigateur, "surveillance", more=more)
    page = text(navigateur.get(f"{root}/saisir?ligne=qualiopi/1"))
    for words in ("Audit précédent", "tarifs absents", "oubli", "relecture"):
        assert words in page
    assert "<li>levé</li>" not in page
    lifted = "precedent: {type: initial, date: '2022-09-01', constats: {'1': nc_mineure}, leves: ['1']}\n"
    root = of_profile(navigateur, "surveillance", more=lifted)
    assert "<li>levé</li>" in text(navigateur.get(f"{root}/saisir?ligne=qualiopi/1"))


def test_a_gap_at_one_site_forbids_conforme(navigateur: Any) -> None:
    """Conforme is refused while Sète has a gap; its gravity for both sites is chosen, with a reason, once."""
    root = of_profile(navigateur, sites="{id: Lyon}, {id: Sète}")
    line = f"{root}/saisir?ligne=qualiopi/1"
    there = {"constat@Sète": "nc_mineure", "commentaire@Sète": "affichage absent", "constat@Lyon": "conforme"}
    refused = navigateur.post(line, {"base": "99", "constat": "conforme", **there})
    assert refused.status_code == 422
    assert "alors qu’un écart y est relevé (site Sète)" in text(refused)
    assert 'value="affichage absent"' in text(refused)
    unsaid = navigateur.post(line, {"base": "99", "constat": "nc_mineure", "commentaire": "", **there})
    assert "demande un commentaire" in text(unsaid)
    navigateur.post(line, {"base": "99", "constat": "nc_mineure", "commentaire": "un site sur deux"})
    whole = findings(navigateur, root)["qualiopi/1"]
    assert {part["site"]: part["constat"] for part in whole["par_site"]} == {
        "Lyon": "conforme",
        "Sète": "nc_mineure",
    }
    conclusion = json.loads(navigateur.get(f"{root}/fichiers/conclusion.json").content)
    assert conclusion["conclusions"][0]["mineures"] == 1


def test_who_assessed_is_signed_only_with_a_finding(navigateur: Any) -> None:
    """A note signs nothing; a finding says who and the day, by the name of the person, not by her key."""
    from certif_rules.web import models
    from certif_rules.web.machine import today

    models.Utilisateur.objects.update_or_create(cle="cle1", defaults={"nom": "A. Martin", "ici": True})
    navigateur.cookies[witness()] = "cle1"
    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "commentaire": "vu"})
    assert findings(navigateur, root)["qualiopi/1"].get("evalue_par") is None
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "constat": "conforme"})
    whole = findings(navigateur, root)["qualiopi/1"]
    assert (whole["evalue_par"], whole["evalue_le"]) == ("A. Martin", today())
    assert standing(root, "evalue_par", "qualiopi/1") == "cle1"
    mine = text(navigateur.get(f"{root}/damier?voir=moi"))
    assert mine.count('data-ligne="') == 1


def test_the_board_filters(navigateur: Any) -> None:
    """What is left to do, the gaps: each filter leaves its lines alone, and stays from line to line."""
    root = begun(navigateur)
    given = {"base": "99", "constat": "nc_majeure", "commentaire": "absent", "voir": "ecarts"}
    moved = navigateur.post(f"{root}/saisir?ligne=qualiopi/1", given)
    assert moved.headers["Location"].endswith("voir=ecarts")
    gaps = text(navigateur.get(f"{root}/damier?voir=ecarts"))
    assert 'data-ligne="qualiopi/1"' in gaps
    assert 'data-ligne="qualiopi/2"' not in gaps
    left = text(navigateur.get(f"{root}/damier?voir=a_faire"))
    assert 'data-ligne="qualiopi/1"' not in left
    assert 'data-ligne="qualiopi/2"' in left


def test_a_line_is_called_by_its_number_or_its_words(navigateur: Any) -> None:
    """« 26 » and words of the title go to the line; words of no line, to the first one left."""
    root = begun(navigateur)
    for words, ligne in (
        ("26", "qualiopi/26"),
        ("publique sur l’offre", "qualiopi/1"),
        ("zzz", "qualiopi/1"),
    ):
        assert navigateur.get(f"{root}/saisir", {"aller": words}).headers["Location"].endswith(ligne)


def test_undoing_gives_back_what_stood_then_the_one_before(navigateur: Any) -> None:
    """Twice: the last finding, then the one before; the page says which; a third press has nothing left."""
    root = begun(navigateur)
    for ligne in ("1", "2"):
        line = f"{root}/saisir?ligne=qualiopi/{ligne}"
        navigateur.post(line, {"base": seen(navigateur, line), "constat": "conforme"})
    undone = navigateur.post(f"{root}/annuler", {"base": "99"}).headers["Location"]
    assert standing(root, "constat", "qualiopi/2") is None
    assert standing(root, "constat", "qualiopi/1") == "conforme"
    page = text(navigateur.get(undone))
    assert prose("Annulé : ligne 2, constat à évaluer") in page
    until = page.partition('name="jusque" value="')[2].partition('"')[0]
    again = navigateur.post(f"{root}/annuler", {"base": "99", "jusque": until}).headers["Location"]
    assert standing(root, "constat", "qualiopi/1") is None
    until = text(navigateur.get(again)).partition('name="jusque" value="')[2].partition('"')[0]
    nothing = navigateur.post(f"{root}/annuler", {"base": "99", "jusque": until})
    assert "Rien à annuler de plus." in text(navigateur.get(nothing.headers["Location"]))


def test_undoing_leaves_what_somebody_wrote_since(navigateur: Any) -> None:
    """A colleague corrected the note meanwhile: undoing mine does not take hers away."""
    from certif_rules.web import models

    mine = "premiere"
    models.Utilisateur.objects.update_or_create(cle=mine, defaults={"nom": "P. Roux", "ici": True})
    navigateur.cookies[witness()] = mine
    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/1"
    navigateur.post(line, {"base": "99", "constat": "conforme", "commentaire": "la mienne"})
    models.Utilisateur.objects.update_or_create(cle="collegue", defaults={"nom": "C. Petit", "ici": True})
    navigateur.cookies[witness()] = "collegue"
    navigateur.post(line, {"base": "99", "commentaire": "la sienne"})
    navigateur.cookies[witness()] = mine
    navigateur.post(f"{root}/annuler", {"base": "99"})
    assert standing(root, "commentaire", "qualiopi/1") == "la sienne"
    assert standing(root, "constat", "qualiopi/1") is None


def test_what_was_shared_asks_why_and_keeps_what_was_typed(navigateur: Any) -> None:
    """A note that was shared changes with a reason; without it the page has what was typed, and asks."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot

    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/1"
    navigateur.post(line, {"base": "99", "commentaire": "vu"})
    depot.record(root.rpartition("/")[2], [depot.Don(Endroit("acte", "partage"), "x")], "moi", base=99)
    refused = navigateur.post(line, {"base": "99", "commentaire": "revu ensuite"})
    assert refused.status_code == 422
    assert "revu ensuite" in text(refused)
    assert "dire pourquoi" in text(refused)


def test_a_check_that_is_no_line_is_recorded_too(navigateur: Any) -> None:
    """A check of the audit has its tile and its page; its result, its proof and its note are in the file."""
    more = "certificats: {qualiopi: {notification: '2022-05-12', echeance: '2025-05-12'}}\n"
    root = of_profile(navigateur, "surveillance", more=more)
    page = text(navigateur.get(f"{root}/damier"))
    key = page.partition('data-ligne="verification:')[2].partition('"')[0]
    given = {"base": "99", "constat": "satisfaite", "commentaire": "vu", "nouvelle": "Attestation"}
    navigateur.post(f"{root}/saisir?ligne=verification:{key}", given)
    data = json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)
    (check,) = data["verifications"]
    assert (check["id"], check["resultat"], check["commentaire"]) == (key, "satisfaite", "vu")
    assert check["preuves_vues"] == ["Attestation"]


def test_the_panel_of_a_line_says_everything_of_it(navigateur: Any) -> None:
    """Its texts, the rules that decided with their places, its sources, and what was recorded."""
    root = begun(navigateur)
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {"base": "99", "constat": "conforme"})
    page = text(navigateur.get(f"{root}/ligne?ligne=qualiopi/1"))
    for words in ("Niveau attendu", "Exemples de preuves", "Règles qui ont décidé", "Sources", "Historique"):
        assert words in page
    assert ".yaml:" in page
    assert "constat&nbsp;: Conforme" in page


def test_a_line_that_left_the_audit_records_nothing_of_another(navigateur: Any) -> None:
    """What was typed of a line that is no longer there comes back to copy; no other line takes it."""
    from certif_rules.web import depot

    root = begun(navigateur)
    dossier = root.rpartition("/")[2]
    before = len(depot.events(dossier))
    given = {"base": "99", "constat": "conforme", "commentaire": "Vu <b>ici</b>"}
    gone = navigateur.post(f"{root}/saisir?ligne=qualiopi/99", given)
    assert gone.status_code == 404
    assert "n’est pas de cet audit" in text(gone)
    assert "commentaire\u00a0: Vu &lt;b&gt;ici&lt;/b&gt;" in text(gone)
    assert len(depot.events(dossier)) == before
    assert navigateur.get(f"{root}/saisir?ligne=qualiopi/99").status_code == 404


def test_every_way_to_another_line_posts_what_was_typed(navigateur: Any) -> None:
    """Without scripts: a tile, a number typed, a filter, the board: each records the note, leads there."""
    root = begun(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/1"
    page = text(navigateur.get(line))
    assert 'form="constat" name="aller" value="qualiopi/9"' in page
    assert '<a href="?ligne' not in page
    ways = (
        ({"aller": "qualiopi/9"}, "/saisir?ligne=qualiopi/9&"),
        ({"rester": "1", "chercher": "26"}, "/saisir?ligne=qualiopi/26&"),
        ({"filtre": "ecarts"}, "/saisir?ligne=qualiopi/1&"),
        ({"vers": "damier"}, "/damier?ligne=qualiopi/1"),
    )
    for rank, (way, place) in enumerate(ways):
        given = {"base": seen(navigateur, line), "commentaire": f"note {rank}", **way}
        assert place in navigateur.post(line, given).headers["Location"]
        assert standing(root, "commentaire", "qualiopi/1") == f"note {rank}"


def test_enter_in_a_field_stays_on_the_line(navigateur: Any) -> None:
    """The first button of the form, which Enter presses without scripts, stays: no tile comes before it."""
    page = text(navigateur.get(f"{begun(navigateur)}/saisir?ligne=qualiopi/1"))
    first = page.partition('form="constat" name="')[2]
    assert first.startswith('rester"')


def test_what_was_recorded_at_sites_reads_site_by_site(navigateur: Any) -> None:
    """Two sites found otherwise: each finding stands beside its site, in brackets."""
    root = of_profile(navigateur, sites="{id: Nantes}, {id: Angers}")
    given = {"base": "999", "constat@Nantes": "conforme", "constat@Angers": "nc_mineure"}
    given["commentaire@Angers"] = "Sans date."
    recorded = navigateur.post(f"{root}/saisir?ligne=qualiopi/1", given)
    page = text(navigateur.get(recorded.headers["Location"])).replace("\u00a0", " ")
    assert "constat (site Angers) Non-conformité mineure, commentaire (site Angers)" in page
