"""Préparer: the context asked, corrected and taken back; questions by category; how long it lasts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from espaces import NOUVEAU, begun_with, findings, plain, seen, sent, text

pytest.importorskip("django")


def corrected(navigateur: Any, root: str, **given: Any) -> Any:
    """What the page answers to a correction of the context, of what it showed."""
    shown = seen(navigateur, f"{root}/preparer")
    return navigateur.post(f"{root}/contexte", {"base": shown, **given})


def moved(navigateur: Any, response: Any) -> str:
    """The page that a correction leads to."""
    assert response.status_code == 302, text(response)
    return text(navigateur.get(response.headers["Location"]))


def test_every_field_has_its_own_message_and_what_was_typed(navigateur: Any) -> None:
    """No type, a day that is none, a certificate that ends before it begins: each told beside its field."""
    given = {
        "referentiel": "qualiopi", "type": "", "date": "2024-13-01", "nom": "Élan & fils",
        "certificat.qualiopi.notification": "2024-05-01", "certificat.qualiopi.echeance": "2023-05-01",
        "site.0.id": "", "site.0.commune": "Albi",
    }  # fmt: skip
    refused = navigateur.post("/nouveau", given)
    page = text(refused)
    assert refused.status_code == 422
    for champ in ("type", "date", "categories", "qualiopi", "sites"):
        assert f'id="faute-{champ}"' in page, champ
    assert "Il manque le type d’audit" in page
    assert 'value="2024-13-01"' in page
    assert 'value="Élan &amp; fils"' in page
    assert 'value="Albi"' in page
    assert "--" not in re.sub(r"<[^>]*>", "", page)


def test_the_context_that_is_asked_is_the_one_recorded(navigateur: Any) -> None:
    """Sites, an added one, a certificate, the turnover: the findings file says them all."""
    root = begun_with(
        navigateur,
        **{
            "type": "extension", "categories": ["AF"], "ajout_categories": ["CFA"],
            "montre": "ajout_categories",
            "site.0.id": "S1", "site.0.region": "Occitanie", "site.0.etiquettes": "siege, accueil",
            "site.1.id": "S2", "site.1.ajoute": "on", "chiffre_affaires": "640 000",
            "certificat.qualiopi.notification": "2023-05-01", "certificat.qualiopi.echeance": "2026-05-01",
        },
    )  # fmt: skip
    data = findings(navigateur, root)
    assert data["organisme"]["sites"] == [
        {"id": "S1", "region": "Occitanie", "etiquettes": ["siege", "accueil"]}
    ]
    assert data["ajouts"] == {"categories": ["CFA"], "sites": ["S2"]}
    assert data["certificats"]["qualiopi"]["echeance"] == "2026-05-01"
    assert data["organisme"]["chiffre_affaires"] == 640000


def test_the_layers_applied_are_shown_with_their_days(navigateur: Any) -> None:
    """On 18 March 2024: the edition of 2019, the order of 2023, the guide V9; in 2027, that of 2026."""
    root = begun_with(navigateur)
    page = text(navigateur.get(f"{root}/preparer"))
    assert "du 6\u00a0juin\u00a02019 au 31\u00a0octobre\u00a02026" in page
    assert "depuis le 1er\u00a0septembre\u00a02023" in page
    assert "Guide de lecture V9" in page
    assert "Sources" in page
    later = moved(navigateur, corrected(navigateur, root, date="2027-03-18"))
    assert "Édition</dt><dd>2026" in later


def test_a_corrected_day_chooses_its_edition_again(navigateur: Any) -> None:
    """A profile that names the edition of 2019: on a day of 2027, that of 2026 is applied all the same."""
    profil = b"""format: 1
referentiel: qualiopi
edition: "2019"
audit: {type: initial, date: "2024-03-18"}
organisme: {categories: [AF]}
"""
    begun = navigateur.post("/reprendre", {"fichier": sent(profil)})
    root = begun.headers["Location"].removesuffix("/preparer")
    assert "Édition</dt><dd>2026" in moved(navigateur, corrected(navigateur, root, date="2027-03-18"))


def test_a_corrected_fact_is_told_and_undone(navigateur: Any) -> None:
    """27 was found major; subcontracting denied sets it aside; undone, it is back where it was."""
    root = begun_with(navigateur)
    page = f"{root}/preparer"
    navigateur.post(page, {"base": "99", "fait.sous_traitance": "oui"})
    navigateur.post(
        f"{root}/saisir?ligne=qualiopi/27", {"base": "99", "constat": "nc_majeure", "commentaire": "Rien."}
    )
    before = findings(navigateur, root)
    answer = text(navigateur.post(page, {"base": "99", "fait.sous_traitance": "non"}))
    assert "0 ligne ajoutée, 1 retirée, aucun constat perdu\u202f; 1 constat à revoir" in answer
    assert "constat à revoir : la ligne n’est plus de cet audit" in answer
    after = findings(navigateur, root)
    assert [one["commentaire"] for one in after["a_revoir"]] == ["Rien."]
    fields = dict(re.findall(r'name="(depuis|jusqu)" value="(\d+)"', answer))
    undone = navigateur.post(f"{root}/contexte/annuler", {"base": fields["jusqu"], **fields})
    assert "1 ligne ajoutée, 0 retirée, aucun constat perdu" in moved(navigateur, undone)
    assert findings(navigateur, root) == before


def test_a_corrected_context_is_undone_with_its_name(navigateur: Any) -> None:
    """Adding CFA brings its lines; taken back, they leave; the dossier is called as its organisation is."""
    root = begun_with(navigateur, categories=["AF"])
    before = findings(navigateur, root)
    shown = {"nom": "Élan et Cie", "categories": ["AF", "CFA"], "montre": "categories"}
    page = moved(navigateur, corrected(navigateur, root, **shown))
    assert "lignes ajoutées" in page
    assert "aucun constat perdu" in page
    assert "Élan et Cie" in text(navigateur.get("/"))
    fields = dict(re.findall(r'name="(depuis|jusqu)" value="(\d+)"', page))
    moved(navigateur, navigateur.post(f"{root}/contexte/annuler", {"base": fields["jusqu"], **fields}))
    assert findings(navigateur, root) == before
    assert "Élan et Cie" not in text(navigateur.get("/"))


def test_undoing_leaves_an_audit(navigateur: Any) -> None:
    """Going back before the beginning would leave no audit: it is refused, and nothing changes."""
    root = begun_with(navigateur)
    before = findings(navigateur, root)
    refused = navigateur.post(f"{root}/contexte/annuler", {"base": "99", "depuis": "0", "jusqu": "99"})
    assert refused.status_code == 422
    assert findings(navigateur, root) == before


def test_a_correction_that_cannot_be_keeps_everything(navigateur: Any) -> None:
    """An extension without anything added: told beside what it lacks, the form open, nothing recorded."""
    root = begun_with(navigateur)
    before = findings(navigateur, root)
    refused = corrected(navigateur, root, type="extension", nom="Autre nom")
    assert refused.status_code == 422
    page = text(refused)
    assert 'id="faute-ajouts"' in page
    assert 'id="corriger" open' in page
    assert 'value="Autre nom"' in page
    assert findings(navigateur, root) == before


def test_a_page_shown_long_ago_changes_only_what_it_changes(navigateur: Any) -> None:
    """Another window answered meanwhile: what this one did not touch is not taken back, nor disputed."""
    root = begun_with(navigateur)
    old = seen(navigateur, f"{root}/preparer")
    navigateur.post(f"{root}/preparer", {"base": old, "fait.sous_traitance": "oui"})
    both = {"base": old, "fait.sous_traitance": "inconnu", "fait.nouvel_entrant": "non"}
    page = text(navigateur.post(f"{root}/preparer", both))
    assert "À accorder" not in page
    assert findings(navigateur, root)["organisme"]["faits"] == {
        "sous_traitance": True, "nouvel_entrant": False
    }  # fmt: skip


def test_a_fact_is_answered_by_category(navigateur: Any) -> None:
    """AF leads to a certification, BC does not: 3 is due for AF alone, as the command says."""
    root = begun_with(navigateur)
    given = {
        "fait.certifiante": "selon", "fait.certifiante@AF": "oui", "fait.certifiante@BC": "non", "base": "99"
    }  # fmt: skip
    page = text(navigateur.post(f"{root}/preparer", given))
    assert findings(navigateur, root)["organisme"]["faits"]["certifiante"] == {"AF": True, "BC": False}
    assert "AF\u00a0: oui\u202f; BC\u00a0: non" in page
    assert re.search(r'name="fait.certifiante@BC" value="non" checked', page)


def test_a_finding_made_meanwhile_is_set_aside_not_disputed(navigateur: Any) -> None:
    """This page was shown before 27 was found major elsewhere: it is set aside, whole."""
    root = begun_with(navigateur, categories=["AF"])
    old = seen(navigateur, f"{root}/preparer")
    gap = {"base": "99", "constat": "nc_majeure", "commentaire": "Rien."}
    navigateur.post(f"{root}/saisir?ligne=qualiopi/27", gap)
    navigateur.post(f"{root}/preparer", {"base": old, "fait.sous_traitance": "non"})
    data = findings(navigateur, root)
    assert [one["constat"] for one in data["a_revoir"]] == ["nc_majeure"]
    assert "a_accorder" not in str(data)


def test_what_a_file_said_by_category_is_not_lost_by_another_answer(navigateur: Any) -> None:
    """A number for AF alone, from a profile: it is shown, and answering something else leaves it there."""
    profil = b"""format: 1
referentiel: qualiopi
audit: {type: initial, date: "2027-03-18"}
organisme: {categories: [AF, BC], faits: {intervenants_nombreux: {AF: 12}, certifiante: {AF: oui}}}
"""
    begun = navigateur.post("/reprendre", {"fichier": sent(profil)})
    root = begun.headers["Location"].removesuffix("/preparer")
    page = text(navigateur.get(f"{root}/preparer"))
    assert re.search(r'name="fait.intervenants_nombreux@AF"[^>]* value="12"', page)
    posted = dict(
        re.findall(r'name="(fait\.[^"]*)"[^>]*? value="([^"]*)"(?: checked|[^>]*autocomplete)', page)
    )
    posted |= {"fait.intervenants_nombreux": "selon", "fait.sous_traitance": "non", "base": "999"}
    before = findings(navigateur, root)["organisme"]["faits"]
    assert navigateur.post(f"{root}/preparer", posted).status_code == 200
    assert findings(navigateur, root)["organisme"]["faits"] == before | {"sous_traitance": False}


def test_a_number_without_a_known_threshold_decides_nothing(navigateur: Any) -> None:
    """In 2027 a number of trainers is asked, whose threshold no source gives: it is held, nothing follows."""
    root = begun_with(navigateur, date="2027-03-18")
    page = f"{root}/preparer"
    assert "Seuil inconnu" in text(navigateur.get(page))
    answer = text(navigateur.post(page, {"base": "99", "fait.intervenants_nombreux": "12,5"}))
    assert "12,5\u00a0intervenants, seuil inconnu" in answer
    assert "Aucune ligne ne change" in answer
    wrong = navigateur.post(page, {"base": "99", "fait.intervenants_nombreux": "douze"})
    assert wrong.status_code == 422
    assert 'id="faute-intervenants_nombreux"' in text(wrong)
    assert 'value="douze"' in text(wrong)


def test_an_answer_that_contradicts_another_is_told_beside_it(navigateur: Any) -> None:
    """Alternance implies training at work: denying it is refused there, and recorded nowhere."""
    root = begun_with(navigateur)
    page = f"{root}/preparer"
    navigateur.post(page, {"base": "99", "fait.alternance": "oui"})
    refused = navigateur.post(page, {"base": "99", "fait.situation_travail": "non"})
    assert refused.status_code == 422
    assert 'id="faute-situation_travail"' in text(refused)
    assert "situation_travail" not in findings(navigateur, root)["organisme"]["faits"]


def test_the_earlier_audit_comes_from_a_dossier_a_file_or_words(navigateur: Any) -> None:
    """A minor on 1 in another dossier makes 1 an earlier gap here; a file that is none is refused there."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    first = begun_with(navigateur, categories=["AF"], nom="Le premier")
    navigateur.post(
        f"{first}/saisir?ligne=qualiopi/1",
        {"base": "99", "constat": "nc_mineure", "commentaire": "Sans date."},
    )
    second = begun_with(
        navigateur, type="surveillance", date="2025-06-10", categories=["AF"],
        precedent="dossier", precedent_dossier=first.rpartition("/")[2],
    )  # fmt: skip
    data = findings(navigateur, second)
    assert data["precedent"]["constats"] == {"qualiopi/1": "nc_mineure"}
    assert data["precedent"]["date"] == "2024-03-18"
    assert data["precedent"]["ecarts"]["qualiopi/1"]["commentaire"] == "Sans date."
    refused = corrected(
        navigateur, second, precedent="fichier", precedent_fichier=SimpleUploadedFile("x.json", b"{}")
    )
    assert refused.status_code == 422
    assert 'id="faute-precedent"' in text(refused)
    moved(navigateur, corrected(navigateur, second, precedent="dit", precedent_date="2024-04-02"))
    assert findings(navigateur, second)["precedent"] == {"date": "2024-04-02"}
    moved(navigateur, corrected(navigateur, second, precedent="inconnu"))
    assert "precedent" not in findings(navigateur, second)


def test_the_duration_is_that_of_the_tables_or_unknown(navigateur: Any) -> None:
    """AF at 640,000 euros on three sites: 1 + 0,5 + two sites at 0,5 make 2,5 days; else, unknown."""
    sites = {f"site.{n}.id": f"S{n}" for n in range(3)}
    root = begun_with(navigateur, categories=["AF"], **sites)
    page = text(navigateur.get(f"{root}/duree"))
    assert "Durée inconnue" in page
    assert "Il manque le chiffre d’affaires" in page
    moved(navigateur, corrected(navigateur, root, chiffre_affaires="640000"))
    page = text(navigateur.get(f"{root}/duree"))
    assert "Durée\u00a0: 2,5 jours" in page
    assert "Déclaration d’activité" in page


def test_an_application_that_cannot_be_read_says_why(navigateur: Any) -> None:
    """A document that the label does not ask for is told: its documents are not just left out of the page."""
    profil = """format: 1
referentiel: certifregion
audit: {type: initial, date: "2024-03-18"}
organisme: {nom: Élan, categories: [AF]}
dossier: {pieces: {bilan_lunaire: oui}}
"""
    root = navigateur.post("/reprendre", {"fichier": sent(profil.encode())}).headers["Location"]
    page = text(navigateur.get(f"{root.rpartition('/')[0]}/duree"))
    assert "bilan_lunaire" in page
    assert "Aucune règle lue ne dit" not in page


def test_hostile_words_stay_words(navigateur: Any) -> None:
    """A name, a town and a mode that attack the page are printed as they are."""
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    root = begun_with(
        navigateur, **{"nom": attack, "mode": attack, "site.0.id": attack, "site.0.commune": attack}
    )
    for page in ("preparer", "duree", "plan", "ouvrir"):
        assert "<script>alert" not in text(navigateur.get(f"{root}/{page}"))
        assert "<img" not in text(navigateur.get(f"{root}/{page}"))


def test_what_was_shared_is_corrected_with_a_reason(navigateur: Any) -> None:
    """Once shared, correcting the context asks why, and keeps what was typed; with a reason it is done."""
    from certif_rules.journal.evenements import Endroit
    from certif_rules.web import depot

    root = begun_with(navigateur)
    dossier = root.rpartition("/")[2]
    depot.record(dossier, [depot.Don(Endroit("acte", "partage"), "constats.json")], "moi", base=99)
    refused = corrected(navigateur, root, nom="Élan 2")
    assert (refused.status_code, "dire pourquoi" in text(refused)) == (422, True)
    assert 'value="Élan 2"' in text(refused)
    moved(navigateur, corrected(navigateur, root, nom="Élan 2", raison="faute de frappe"))
    assert findings(navigateur, root)["organisme"]["nom"] == "Élan 2"


def test_a_correction_says_first_the_lines_that_come(navigateur: Any) -> None:
    """The day goes over to the edition of 2026: line 33, which comes, before the 31 or so that change."""
    root = begun_with(navigateur, categories=["CFA"], date="2026-10-20")
    corrected = navigateur.post(f"{root}/contexte", {"base": "999", "date": "2026-11-16"})
    page = text(navigateur.get(corrected.headers["Location"]))
    assert "Ce que la correction change" in page
    moved = re.findall(r"<li><strong>(\w+)</strong> (entre|sort|change)", page)
    assert moved[0] == ("33", "entre")
    assert [sens for _, sens in moved].count("change") > 20


def test_two_audits_of_one_organisation_are_told_apart(navigateur: Any) -> None:
    """The earlier audit is chosen by what it was and its day, once the home page has summed it up."""
    from certif_rules.web import models

    models.DossierSuivi.objects.all().delete()
    for day in ("2024-03-18", "2025-03-18"):
        assert navigateur.post("/nouveau", {**NOUVEAU, "date": day}).status_code == 302
    navigateur.get("/")
    page = plain(navigateur.get("/nouveau?referentiel=qualiopi"))
    for day in ("18 mars 2024", "18 mars 2025"):
        assert f"Élan – Audit initial – Référentiel national qualité (Qualiopi), le {day}<" in page
