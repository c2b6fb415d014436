"""The plan: slots, people, what it asks twice or leaves aside; a document that never says the sample."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from espaces import begun_with, findings, seen, text, until_ready

pytest.importorskip("django")

MATIN = {
    "objet": "audit",
    "jour": "2024-03-18",
    "debut": "09:00",
    "fin": "11:00",
    "auditeurs": "A. B., C. D.",
}


def planned(navigateur: Any, root: str, **given: Any) -> Any:
    """What the page answers to what is posted."""
    return navigateur.post(f"{root}/plan", {"base": "999", **given})


def page_of(navigateur: Any, root: str) -> str:
    """The page, as it is."""
    return text(navigateur.get(f"{root}/plan"))


def slot_ids(page: str) -> list[str]:
    """The slots of a page, by what their links hold."""
    return re.findall(r'href="\?creneau=([^"#]+)#', page)


def test_slots_hold_lines_people_and_places(navigateur: Any) -> None:
    """A slot with two lines and two auditors: it is in its day, and the lines that are left are counted."""
    root = begun_with(navigateur, categories=["AF"])
    assert "Aucun créneau. Commencer par la réunion d’ouverture." in page_of(navigateur, root)
    given = {"quoi": "creneau", **MATIN, "fonctions": "Directrice", "lignes": ["qualiopi/1", "qualiopi/2"]}
    assert planned(navigateur, root, **given).status_code == 302
    page = page_of(navigateur, root)
    assert "18\u00a0mars\u00a02024" in page
    assert ">1, 2</td>" in page
    assert "A. B., C. D." in page
    assert "26 lignes sans créneau" in page
    assert "Aucune réunion d’ouverture" in page


def test_an_auditor_asked_twice_at_once_is_told(navigateur: Any) -> None:
    """9–11 and 10–12 overlap for A. B. alone; 11–12 does not; nothing is refused."""
    root = begun_with(navigateur, categories=["AF"])
    planned(navigateur, root, quoi="creneau", **MATIN)
    planned(navigateur, root, quoi="creneau", **{**MATIN, "debut": "11:00", "fin": "12:00"})
    assert "à la fois" not in page_of(navigateur, root)
    planned(
        navigateur, root, quoi="creneau", **{**MATIN, "debut": "10:00", "fin": "12:00", "auditeurs": "A. B."}
    )
    page = page_of(navigateur, root)
    assert page.count("A. B. est dans deux créneaux à la fois") == 2  # with each of the two others
    assert "C. D. est dans deux" not in page


def test_a_slot_that_cannot_be_keeps_what_was_typed(navigateur: Any) -> None:
    """No day, an hour that is none, a site that nobody declared: each beside its field."""
    root = begun_with(navigateur, categories=["AF"], **{"site.0.id": "Albi"})
    refused = planned(
        navigateur,
        root,
        quoi="creneau",
        jour="",
        debut="9h",
        fin="08:00",
        site="Alby",
        fonctions="Formateur",
        auditeurs="A" * 300,
    )
    page = text(refused)
    assert refused.status_code == 422
    for champ in ("jour", "debut", "site", "objet", "auditeurs"):
        assert f'id="faute-{champ}"' in page, champ
    assert 'value="Formateur"' in page
    backwards = planned(navigateur, root, quoi="creneau", **{**MATIN, "debut": "11:00", "fin": "10:00"})
    assert 'id="faute-fin"' in text(backwards)
    assert slot_ids(page_of(navigateur, root)) == []


def test_a_slot_is_changed_and_withdrawn(navigateur: Any) -> None:
    """Its lines and auditors change one by one; withdrawn, it is gone from the plan."""
    root = begun_with(navigateur, categories=["AF"])
    planned(navigateur, root, quoi="creneau", **MATIN, lignes=["qualiopi/1"])
    (identifiant,) = slot_ids(page_of(navigateur, root))
    shown = text(navigateur.get(f"{root}/plan?creneau={identifiant}"))
    assert 'value="qualiopi/1" checked' in shown
    planned(
        navigateur, root, quoi="creneau", creneau=identifiant,
        **{**MATIN, "auditeurs": "C. D."}, lignes=["qualiopi/2"],
    )  # fmt: skip
    page = page_of(navigateur, root)
    assert ">2</td>" in page
    assert "A. B." not in page
    assert slot_ids(page) == [identifiant]
    planned(navigateur, root, quoi="retirer", creneau=identifiant)
    assert slot_ids(page_of(navigateur, root)) == []


def test_two_windows_plan_lines_of_one_slot(navigateur: Any) -> None:
    """Each ticks its own line from the same page: both are in the slot, nothing is to settle."""
    root = begun_with(navigateur, categories=["AF"])
    planned(navigateur, root, quoi="creneau", **MATIN)
    (identifiant,) = slot_ids(page_of(navigateur, root))
    shown = seen(navigateur, f"{root}/plan")
    for ligne in ("qualiopi/1", "qualiopi/2"):
        navigateur.post(
            f"{root}/plan",
            {"base": shown, "quoi": "creneau", "creneau": identifiant, **MATIN, "lignes": ligne},
        )
    page = page_of(navigateur, root)
    assert ">1, 2</td>" in page
    assert "À accorder" not in page


def test_a_line_that_leaves_the_audit_is_told(navigateur: Any) -> None:
    """27 is planned; subcontracting is denied: the plan says that it is no longer to see."""
    root = begun_with(navigateur, categories=["AF"])
    planned(navigateur, root, quoi="creneau", **MATIN, lignes=["qualiopi/27"])
    navigateur.post(f"{root}/preparer", {"base": "999", "fait.sous_traitance": "non"})
    assert "Au plan, mais pas à voir à cet audit\u00a0: 27" in page_of(navigateur, root)


def test_people_and_sessions_reach_the_report(navigateur: Any) -> None:
    """People by function, and the day from 9 to 12 of two slots: the findings file says both."""
    root = begun_with(navigateur, categories=["AF"], **{"site.0.id": "Albi"})
    people = {"personne.0.role": "Auditrice", "personne.0.initiales": "A. B.", "personne.1.role": ""}
    planned(navigateur, root, quoi="personnes", **people)
    planned(navigateur, root, quoi="creneau", **MATIN, site="Albi", mode="sur site")
    planned(
        navigateur, root, quoi="creneau", site="Albi", mode="sur site",
        **{**MATIN, "objet": "cloture", "debut": "11:00", "fin": "12:00"},
    )  # fmt: skip
    assert "Le rapport n’en dit encore aucune" in page_of(navigateur, root)
    planned(navigateur, root, quoi="seances")
    data = findings(navigateur, root)
    assert data["personnes"] == [{"role": "Auditrice", "initiales": "A. B."}]
    assert data["seances"] == [
        {"date": "2024-03-18", "site": "Albi", "mode": "sur site", "debut": "09:00", "fin": "12:00"}
    ]
    assert "Les séances du rapport sont celles de ce plan" in page_of(navigateur, root)
    assert "Auditrice" in text(navigateur.get(f"{root}/fichiers/rapport.html"))
    nameless = planned(
        navigateur, root, quoi="personnes", **{"personne.0.role": "", "personne.0.nom": "Untel"}
    )
    assert (nameless.status_code, 'id="faute-personnes"' in text(nameless)) == (422, True)
    assert 'value="Untel"' in text(nameless)


def test_a_new_slot_is_held_as_the_audit_is(navigateur: Any) -> None:
    """The mode of the audit is offered in words, not as its code."""
    root = begun_with(navigateur, categories=["AF"], mode="sur_site")
    assert 'name="mode" list="modes" value="sur site"' in page_of(navigateur, root)


@pytest.mark.lent
def test_the_plan_is_sent_without_the_sample(navigateur: Any) -> None:
    """In HTML and DOCX: the day, the function met; never what was drawn. Another format is no address."""
    root = begun_with(navigateur, categories=["AF"])
    planned(
        navigateur, root, quoi="creneau", **MATIN, fonctions="Responsable pédagogique", lignes=["qualiopi/1"]
    )
    navigateur.post(
        f"{root}/ouvrir", {"base": "999", "quoi": "tirer", "noms": "SECRET-1\nSECRET-2", "taille": "1"}
    )
    page = text(navigateur.get(f"{root}/fichiers/plan.html"))
    asked = navigateur.post(f"{root}/travaux", {"piece": "plan.docx"}).headers["Location"]
    assert "Prêt." in text(until_ready(navigateur, asked))
    docx = navigateur.get(f"{asked}/fichier")
    assert docx.headers["Content-Disposition"] == 'attachment; filename="elan-plan.docx"'
    body = ZipFile(BytesIO(docx.content)).read("word/document.xml").decode()
    for document in (page, body):
        assert "Responsable pédagogique" in document
        assert "lignes 1" in document
        assert "SECRET" not in document
    assert navigateur.get(f"{root}/fichiers/plan.txt").status_code == 404


def test_hostile_words_are_printed_as_they_are(navigateur: Any) -> None:
    """Functions, auditors and names that attack the page, or its document, stay words."""
    attack = "<script>alert(1)</script>\"'>"
    root = begun_with(navigateur, categories=["AF"])
    planned(navigateur, root, quoi="creneau", **{**MATIN, "auditeurs": attack}, fonctions=attack, mode=attack)
    planned(navigateur, root, quoi="personnes", **{"personne.0.role": attack, "personne.0.nom": attack})
    for page in ("plan", "fichiers/plan.html"):
        assert "<script>alert" not in text(navigateur.get(f"{root}/{page}"))
        assert "&lt;script&gt;alert" in text(navigateur.get(f"{root}/{page}"))


def test_no_event_holds_who_audits(navigateur: Any) -> None:
    """A name stands in a content, which can be erased, never in the chain; taken out, it is gone."""
    from certif_rules.web import depot

    root = begun_with(navigateur, categories=["AF"])
    planned(navigateur, root, quoi="creneau", **{**MATIN, "auditeurs": "Ada L., Grace H."})
    places = [str(one.cle) for one in depot.events(root.rpartition("/")[2])]
    assert not [one for one in places if "Ada" in one or "Grace" in one]
    (slot,) = set(slot_ids(page_of(navigateur, root)))
    planned(navigateur, root, quoi="creneau", creneau=slot, **{**MATIN, "auditeurs": "Grace H."})
    page = page_of(navigateur, root)
    assert ("Grace H." in page, "Ada L." in page) == (True, False)
