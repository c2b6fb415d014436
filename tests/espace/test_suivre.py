"""Suivre: rules, opinion, review and decision never mixed; gaps to their end; the audit that comes next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from espaces import COMPLEMENTAIRE, begun_with, found, plain, text, version

from certif_rules.blocs.typographie import prose

pytest.importorskip("django")


def an_audit(navigateur: Any, *, day: str = "2024-03-18", **lines: tuple[str, str]) -> str:
    """An audit of training actions whose lines that are due are conforming, but these."""
    given = {"referentiel": "qualiopi", "type": "initial", "date": day, "nom": "Élan", "categories": ["AF"]}
    root = str(navigateur.post("/nouveau", given).headers["Location"].removesuffix("/preparer"))
    found(navigateur, root, **lines)
    return root


def findings(navigateur: Any, root: str) -> dict[str, Any]:
    """The findings that are sent."""
    data: dict[str, Any] = json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)
    return data


def act(navigateur: Any, root: str, liste: str, **given: str) -> Any:
    """The answer to an act that is recorded."""
    return navigateur.post(f"{root}/acte/{liste}", {"base": version(root), "place": "0", **given})


def test_an_opinion_is_proposed_and_is_no_decision(navigateur: Any) -> None:
    """What the auditor recommends is in the file and the page, and leaves what rules give alone."""
    root = an_audit(navigateur, n1=("nc_mineure", "Sans date."))
    before = json.loads(navigateur.get(f"{root}/fichiers/conclusion.json").content)["conclusions"]
    act(navigateur, root, "evaluation", par="Ada L.", le="2024-03-18", sens="Favorable")
    assert findings(navigateur, root)["evaluation"] == {
        "par": ["Ada L."],
        "le": "2024-03-18",
        "recommandation": "Favorable",
    }
    page = plain(navigateur.get(f"{root}/suivre"))
    assert '<p class="conclusion">Favorable</p><p class="second">Ada L., le 18 mars 2024</p>' in page
    after = json.loads(navigateur.get(f"{root}/fichiers/conclusion.json").content)["conclusions"]
    assert after == before


def test_who_assessed_does_not_decide(navigateur: Any) -> None:
    """The same name decides, before the audit: both faults beside their fields, what was typed kept."""
    root = an_audit(navigateur)
    act(navigateur, root, "evaluation", par="Ada Lovelace", le="2024-03-18", sens="Favorable")
    refused = act(navigateur, root, "decision", par="lovelace ada", le="2024-03-01", sens="accordé")
    assert refused.status_code == 422
    page = text(refused)
    assert 'id="decision-0-par-f" role="alert">« lovelace ada » décide et a évalué' in page
    assert 'id="decision-0-le-f"' in page
    assert 'value="accordé"' in page
    assert "decision" not in findings(navigateur, root)
    accepted = act(navigateur, root, "decision", par="Grace H.", le="2024-04-02", sens="accordé")
    assert accepted.headers["Location"] == f"{root}/suivre#decision"
    assert findings(navigateur, root)["decision"] == [
        {"par": ["Grace H."], "le": "2024-04-02", "decision": "accordé"}
    ]
    assert navigateur.post(f"{root}/acte/autre", {}).status_code == 404


def test_the_review_is_by_another_person(navigateur: Any) -> None:
    """Sent, remarked by line, sent back, sent again, read: by name; who assessed may not read it again."""
    root = an_audit(navigateur)
    act(navigateur, root, "evaluation", par="Ada L.", le="2024-03-18", sens="Favorable")
    navigateur.post(f"{root}/transmettre", {"base": version(root), "comite": "2024-05-14"})
    assert "pour le comité du 14\u00a0mai\u00a02024" in text(navigateur.get(f"{root}/suivre"))
    remark = {"base": version(root), "ligne": "qualiopi/2", "texte": "Preuve non datée."}
    navigateur.post(f"{root}/remarque", remark)
    own = navigateur.post(f"{root}/relecture", {"base": version(root), "par": "ada l.", "issue": "relu"})
    assert own.status_code == 422
    assert "relit et a évalué" in text(own)
    back = {"base": version(root), "par": "Grace H.", "issue": "renvoye", "motif": "Dater la preuve."}
    navigateur.post(f"{root}/relecture", back)
    page = text(navigateur.get(f"{root}/suivre"))
    assert "Renvoyé à l’auditeur le" in page
    assert "Dater la preuve.<" in page
    assert "Preuve non datée." in page
    assert "Transmettre pour la revue" in page
    navigateur.post(f"{root}/transmettre", {"base": version(root), "comite": ""})
    navigateur.post(f"{root}/relecture", {"base": version(root), "par": "Grace H.", "issue": "relu"})
    assert "Relu le" in text(navigateur.get(f"{root}/suivre"))


def test_a_gap_is_followed_and_lifted(navigateur: Any) -> None:
    """A major forbids; lifted, the page says both, side by side; a day before its notification is refused."""
    root = an_audit(navigateur, n4=("nc_majeure", "Rien de tracé."))
    navigateur.post(f"{root}/clore", {"base": version(root), "ecarts_notifies_le": "2024-03-20"})
    line = f"{root}/ecarts?ligne=qualiopi/4"
    plan = {
        "base": version(root),
        "ecart.causes": "Aucun modèle.",
        "ecart.plan_recu_le": "2024-04-10",
        "ecart.plan_accepte_le": "2024-04-02",
    }
    refused = navigateur.post(line, plan)
    assert refused.status_code == 422
    assert "avant d’être reçu" in text(refused)
    assert "Aucun modèle." in text(refused)
    assert navigateur.post(line, {**plan, "ecart.plan_accepte_le": "2024-04-12"}).status_code == 302
    early = navigateur.post(line, {"base": version(root), "leve_le": "2024-03-19", "leve_par": "Ada L."})
    assert "avant d’être notifié" in text(early)
    nobody = navigateur.post(line, {"base": version(root), "leve_le": "2024-06-01", "leve_par": ""})
    assert "sans dire par qui" in text(nobody)
    navigateur.post(line, {"base": version(root), "leve_le": "2024-06-01", "leve_par": "Ada L."})
    entry = next(e for e in findings(navigateur, root)["constats"] if e["id"] == "qualiopi/4")
    assert (entry["leve_le"], entry["leve_par"]) == ("2024-06-01", "Ada L.")
    assert entry["ecart"]["causes"] == "Aucun modèle."
    assert entry["constat"] == "nc_majeure"
    page = text(navigateur.get(f"{root}/suivre"))
    assert page.index("À l’audit") < page.index("Après levée")
    assert "Tous les écarts sont levés." in text(navigateur.get(f"{root}/ecarts"))


def test_the_pages_conclude_as_the_command_does(navigateur: Any, tmp_path: Path) -> None:
    """The findings that are sent, read by the program, give the conclusions of the page, before and after."""
    import certif_rules as cr

    root = an_audit(navigateur, n4=("nc_majeure", "Rien de tracé."))
    line = f"{root}/ecarts?ligne=qualiopi/4"
    navigateur.post(line, {"base": version(root), "leve_le": "2024-06-01", "leve_par": "Ada L."})
    path = tmp_path / "constats.json"
    path.write_bytes(navigateur.get(f"{root}/fichiers/constats.json").content)
    bilan = cr.conclure(cr.open_registry(), path)
    page = text(navigateur.get(f"{root}/suivre"))
    assert bilan.a_l_audit
    for one in (*bilan.a_l_audit, *bilan.conclusions):
        assert prose(one.texte) in page


def test_a_report_that_was_handed_over_is_printed_again_as_it_was(navigateur: Any) -> None:
    """Handed over, then lifted: the report of that day still has the gap open, byte for byte."""
    root = an_audit(navigateur, n4=("nc_majeure", "Rien de tracé."))
    first = navigateur.get(f"{root}/fichiers/rapport.html").content
    numero = version(root)
    navigateur.post(f"{root}/remettre", {})
    line = f"{root}/ecarts?ligne=qualiopi/4"
    navigateur.post(line, {"base": version(root), "leve_le": "2024-06-01", "leve_par": "Ada L."})
    assert navigateur.get(f"{root}/fichiers/rapport.html").content != first
    assert navigateur.get(f"{root}/fichiers/rapport.html?version={numero}").content == first
    assert "à l’octet près" in text(navigateur.get(f"{root}/remis/{numero}"))
    assert f"/remis/{numero}" in text(navigateur.get(f"{root}/documents"))
    assert navigateur.get(f"{root}/remis/999").status_code == 404
    assert navigateur.get(f"{root}/fichiers/rapport.html?version=99999").status_code == 404


def test_what_a_report_lacks_is_filled_where_it_is_read(navigateur: Any) -> None:
    """A mode, objectives, a session, and that nobody was met: each leaves the list, and is in the file."""
    root = an_audit(navigateur)
    page = text(navigateur.get(f"{root}/manques"))
    assert "Objectifs de l’audit" in page
    lacks = f"{root}/manques"
    empty = navigateur.post(lacks, {"base": version(root), "champ": "objectifs", "valeur": " "})
    assert empty.status_code == 422
    navigateur.post(lacks, {"base": version(root), "champ": "objectifs", "valeur": "Vérifier\nConstater"})
    navigateur.post(lacks, {"base": version(root), "champ": "audit.mode", "valeur": "sur site"})
    session = {"seances.date": "2024-03-18", "seances.debut": "09:00", "seances.fin": "08:00"}
    wrong = navigateur.post(lacks, {"base": version(root), "champ": "seances", **session})
    assert "vérifier" in text(wrong) or "finit à 08:00" in text(wrong)
    session["seances.fin"] = "17:00"
    navigateur.post(lacks, {"base": version(root), "champ": "seances", **session})
    navigateur.post(lacks, {"base": version(root), "champ": "zones_non_couvertes", "aucun": "on"})
    data = findings(navigateur, root)
    assert data["objectifs"] == ["Vérifier", "Constater"]
    assert data["audit"]["mode"] == "sur site"
    assert data["seances"] == [{"date": "2024-03-18", "debut": "09:00", "fin": "17:00"}]
    assert data["zones_non_couvertes"] == []
    assert "Objectifs de l’audit" not in text(navigateur.get(lacks))


def test_the_next_audit_begins_with_what_this_one_left(navigateur: Any) -> None:
    """A year later: the minor of line 2 makes it due, its text is there, the facts are not asked again."""
    root = an_audit(navigateur, n2=("nc_mineure", "Indicateurs sans date."), n1=("conforme", ""))
    navigateur.post(f"{root}/preparer", {"base": version(root), "fait.alternance": "non"})
    page = text(navigateur.get(f"{root}/suivant"))
    assert "Audit de surveillance – suit celui-ci" in page
    assert "Indicateurs sans date." in page
    early = navigateur.post(f"{root}/suivant", {"type": "surveillance", "date": "2024-01-01"})
    assert early.status_code == 422
    assert "vient après celui-ci" in text(early)
    begun = navigateur.post(f"{root}/suivant", {"type": "surveillance", "date": "2025-06-02"})
    other = begun.headers["Location"].removesuffix("/preparer")
    assert other != root
    data = findings(navigateur, other)
    assert data["organisme"]["nom"] == "Élan"
    assert data["organisme"]["faits"]["alternance"] is False
    assert data["precedent"]["constats"]["qualiopi/2"] == "nc_mineure"
    assert data["precedent"]["ecarts"]["qualiopi/2"]["commentaire"] == "Indicateurs sans date."
    assert "Indicateurs sans date." in text(navigateur.get(f"{other}/saisir?ligne=qualiopi/2")) or (
        "nc_mineure" in text(navigateur.get(f"{other}/saisir?ligne=qualiopi/2"))
    )


def test_the_words_of_a_lifted_gap_are_read_at_the_next_audit(navigateur: Any) -> None:
    """Line 4 was lifted with its cause: Saisir tells both a year later, the findings file neither."""
    root = an_audit(navigateur, n4=("nc_majeure", "Rien de tracé."))
    gap = f"{root}/ecarts?ligne=qualiopi/4"
    navigateur.post(gap, {"base": version(root), "ecart.causes": "Personne n’en était chargé."})
    navigateur.post(gap, {"base": version(root), "leve_le": "2024-06-01", "leve_par": "Ada L."})
    after = navigateur.post(f"{root}/suivant", {"type": "surveillance", "date": "2025-09-01"})
    later = str(after.headers["Location"]).rpartition("/")[0]
    page = text(navigateur.get(f"{later}/saisir?ligne=qualiopi/4"))
    assert "levé" in page
    for words in ("Rien de tracé.", "Personne n’en était chargé."):
        assert words in page
        assert words not in text(navigateur.get(f"{later}/saisir?ligne=qualiopi/5"))
        assert words not in navigateur.get(f"{later}/fichiers/constats.json").content.decode()


def test_the_journal_says_its_values_in_words(navigateur: Any) -> None:
    """A finding, whoever assessed, a day, yes: each as people read it, and none of its codes."""
    navigateur.post("/moi", {"initiales": "A. L.", "nom": "Ada Lovelace"})
    root = an_audit(navigateur, n4=("nc_majeure", "Rien de tracé."))
    gap = {"base": version(root), "leve_le": "2024-06-01", "leve_par": "Ada L."}
    navigateur.post(f"{root}/ecarts?ligne=qualiopi/4", gap)
    page = text(navigateur.get(f"{root}/journal"))
    for words in (
        "<td>Non-conformité majeure</td>",
        "<td>1er\u00a0juin\u00a02024</td>",
        "<td>Rien de tracé.</td>",
    ):
        assert words in page
    assert "nc_majeure" not in page
    assert "2024-06-01" not in page


def test_what_a_report_lacks_is_named_alone(navigateur: Any) -> None:
    """What the report itself lacks has no heading beside it, whether one fills it there or elsewhere."""
    page = plain(navigateur.get(f"{an_audit(navigateur)}/manques"))
    assert "<summary>Objectifs de l’audit</summary>" in page
    assert "<strong>Échantillons examinés</strong></span>" in page
    assert ">Rapport<" not in page
    assert ">Champ<" not in page


def answers(**levels: int) -> bytes:
    """Answers to the self-assessment, by line of the base."""
    data = {
        "format": 1,
        "referentiel": "qualiopi",
        "reponses": [
            {"id": f"qualiopi/{n.removeprefix('n')}", "niveau": level} for n, level in levels.items()
        ],
    }
    return json.dumps(data).encode()


def test_a_self_assessment_is_shown_and_compared_with_the_last(navigateur: Any) -> None:
    """Given once: levels, bars in words and picture; again: what changed since; a wrong file is told."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    root = an_audit(navigateur)
    panel = f"{root}/autodiagnostic"
    assert "Aucun autodiagnostic." in text(navigateur.get(panel))
    wrong = navigateur.post(panel, {"fichier": SimpleUploadedFile("x.json", b"{")})
    assert wrong.status_code == 422
    first = navigateur.post(panel, {"fichier": SimpleUploadedFile("un.json", answers(n1=1, n2=2, n4=1))})
    assert first.status_code == 302
    page = text(navigateur.get(first.headers["Location"]))
    assert "Score par critère" in page
    assert "Depuis le dernier autodiagnostic" not in page
    picture = page.split('class="trace" src="')[1].split('"')[0]
    drawn = navigateur.get(picture)
    assert drawn.content.startswith(b"<svg")
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    second = navigateur.post(panel, {"fichier": SimpleUploadedFile("deux.json", answers(n1=2, n2=2, n4=2))})
    assert "Depuis le dernier autodiagnostic" in text(navigateur.get(second.headers["Location"]))
    assert navigateur.get(f"{panel}/inconnu/0.svg").status_code == 404
    taken = second.headers["Location"].partition("fait=")[2]
    page = text(navigateur.post(panel, {"retirer": taken}, follow=True))
    assert ("un.json" in page, "deux.json" in page) == (True, False)


def test_the_grid_of_a_self_assessment_is_there_to_be_filled(navigateur: Any) -> None:
    """The page gives the form and the CSV of this audit’s lines; the CSV comes back."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    root = an_audit(navigateur)
    panel = f"{root}/autodiagnostic"
    offered = text(navigateur.get(panel))
    for nom in ("autodiagnostic-a-remplir.html", "autodiagnostic.csv"):
        assert f"{root}/fichiers/{nom}" in offered
    form = navigateur.get(f"{root}/fichiers/autodiagnostic-a-remplir.html")
    assert form.headers["Content-Disposition"].startswith("attachment")
    assert b"<script" in form.content
    grid = navigateur.get(f"{root}/fichiers/autodiagnostic.csv").content
    back = navigateur.post(panel, {"fichier": SimpleUploadedFile("grille.csv", grid)})
    assert "Score par critère" in text(navigateur.get(back.headers["Location"]))


def test_an_audit_sent_from_two_windows_waits_to_be_read(navigateur: Any) -> None:
    """What was done twice was done: the audit is among those to read again, and can be read."""
    root = an_audit(navigateur)
    shown = version(root)
    for comite in ("2024-05-14", "2024-05-15"):
        navigateur.post(f"{root}/transmettre", {"base": shown, "comite": comite})
    assert root in text(navigateur.get("/a-relire"))
    navigateur.post(f"{root}/relecture", {"base": version(root), "par": "Grace H.", "issue": "relu"})
    assert root not in text(navigateur.get("/a-relire"))


def test_a_remark_that_is_not_there_is_not_answered(navigateur: Any) -> None:
    """An answer to a remark of another audit, or of none, is refused: nothing is written."""
    root = an_audit(navigateur)
    before = version(root)
    answer = {"base": before, "remarque": "ailleurs", "reponse": "Vu."}
    assert navigateur.post(f"{root}/remarque", answer).status_code == 422
    assert version(root) == before


def test_only_the_sites_with_a_gap_are_followed(navigateur: Any) -> None:
    """A gap at Tours alone: nothing is to lift at Lyon, which conforms."""
    root = begun_with(navigateur, **{"site.0.id": "Lyon", "site.1.id": "Tours"})
    there = {"constat@Lyon": "conforme", "constat@Tours": "nc_mineure", "commentaire@Tours": "rien d’affiché"}
    said = {"base": version(root), "constat": "nc_mineure", "commentaire": "un site sur deux"}
    answer = navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {**said, **there})
    assert answer.status_code == 302, text(answer)
    page = text(navigateur.get(f"{root}/ecarts"))
    assert ("site=Tours" in page, "site=Lyon" in page) == (True, False)


def test_a_gap_at_a_site_says_its_gravity_and_its_words(navigateur: Any) -> None:
    """A major at Tours, a minor at Lyon, a major for both: each site says its own, where gaps are read."""
    root = begun_with(navigateur, **{"site.0.id": "Lyon", "site.1.id": "Tours"})
    there = {
        "constat@Lyon": "nc_mineure",
        "commentaire@Lyon": "sans date",
        "constat@Tours": "nc_majeure",
        "commentaire@Tours": "rien d’affiché",
    }
    said = {"base": version(root), "constat": "nc_majeure", "commentaire": "aux deux sites"}
    navigateur.post(f"{root}/saisir?ligne=qualiopi/1", {**said, **there})
    gaps, closing = plain(navigateur.get(f"{root}/ecarts")), plain(navigateur.get(f"{root}/clore"))
    for site, words in (
        ("Lyon", "Non-conformité mineure, sans date"),
        ("Tours", "Non-conformité majeure, rien d’affiché"),
    ):
        assert f'<h3>Site {site}</h3><p class="second">{words}</p>' in gaps
        assert f"{site} : {words}" in closing


def test_the_journal_names_the_context_as_its_form_does(navigateur: Any) -> None:
    """The mode, the questions and the certificates of the example: no name of a field of a file."""
    root = navigateur.post("/exemple").headers["Location"].removesuffix("/preparer")
    page = plain(navigateur.get(f"{root}/journal"))
    for words in (
        "<td>mode</td><td>sur site</td>",
        "<td>jour de l’audit</td><td>13 mai 2025</td>",
        "<td>Le prestataire sous-traite-t-il ou recourt-il au portage salarial ?</td><td>non</td>",
        "échéance : 19 juin 2025",
    ):
        assert words in page


def test_the_journal_reads_as_words(navigateur: Any) -> None:
    """Proofs, yes and no, and a site are written as people write them, with the day and the hour."""
    root = an_audit(navigateur)
    navigateur.post(
        f"{root}/saisir?ligne=qualiopi/1", {"base": version(root), "preuves_vues": "Livret\nSite"}
    )
    page = text(navigateur.get(f"{root}/journal"))
    assert "<td>AF</td>" in page
    assert "<td>ligne 1 · preuves vues</td>" in page
    for sign in ("[&#x27;", "{&#x27;", "T00:", "+00:00", ">None<", ">False<", "organisme.", "audit.", "_"):
        assert sign not in page, sign


def test_the_journal_names_types_schemes_and_sites(navigateur: Any) -> None:
    """Of a label: its type of audit, its référentiel, the certificate it needs, a site, by their names."""
    site = {"site.0.id": "Annexe", "site.0.commune": "Angers"}
    root = begun_with(navigateur, **COMPLEMENTAIRE, **site)
    page = plain(navigateur.get(f"{root}/journal"))
    assert "<td>Audit complémentaire à la certification Qualiopi</td>" in page
    assert "<td>Certif’Région Occitanie</td>" in page
    assert "nom : Annexe" in page
    for code in ("complementaire", ">certifregion", ">qualiopi", "id : "):
        assert code not in page, code


def test_the_journal_says_an_earlier_audit_by_numbers_of_lines(navigateur: Any) -> None:
    """An earlier audit, taken with what it found: lines by their numbers, words with their accents."""
    before = an_audit(navigateur, n4=("nc_majeure", "Vu à qualiopi/4."))
    after = an_audit(navigateur, day="2025-09-15")
    given = {"base": version(after), "precedent": "dossier", "precedent_dossier": before.rpartition("/")[2]}
    navigateur.post(f"{after}/contexte", given)
    page = plain(navigateur.get(f"{after}/journal"))
    assert "4 : Non-conformité majeure" in page
    assert "commentaire : Vu à qualiopi/4." in page  # what somebody wrote stays as written
    assert "lignes vues : 4 ;" in page
    assert "ecarts" not in page
