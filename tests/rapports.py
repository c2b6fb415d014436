"""Findings files as an auditor leaves them, for reports: story A6 with the four minors of A4, and others."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from copy import deepcopy
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import greffons
from console import Console

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.contenu import Rapport
from certif_rules.audit.demande import from_profile
from certif_rules.blocs.arbre import Document
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import make_checklist
from certif_rules.services.formats import FORMATS as ALL
from certif_rules.services.formats import LIVRABLES
from certif_rules.services.rapport import report_file

FAITS = {
    "sous_traitance": False, "certifiante": False, "situation_travail": False, "alternance": False,
    "plus_de_deux_jours": True,
}  # fmt: skip
TETE: dict[str, Any] = {
    "format": 1,
    "referentiel": {"id": "qualiopi"},
    "audit": {"type": "initial", "date": "2024-03-18", "mode": "sur_site"},
    "organisme": {
        "nom": "Organisme d’exemple",
        "siren": "123456782",
        "nda": "76310000000",
        "categories": ["AF"],
        "faits": FAITS,
        "sites": [{"id": "S1", "commune": "Toulouse"}, {"id": "S2", "commune": "Albi"}],
    },
    "ecarts_notifies_le": "2024-03-29",
}
MINEURES = {
    "1": "Les tarifs de deux formations sur cinq ne sont pas publiés.",
    "9": "Le règlement intérieur n’est pas remis aux stagiaires du site d’Albi.",
    "17": "Aucune vérification des salles louées n’est tracée depuis 2022.",
    "30": "Les appréciations des financeurs ne sont pas recueillies.",
}
COMPTE_RENDU: dict[str, Any] = {
    "objectifs": ["Vérifier que l’organisme satisfait au référentiel pour ses actions de formation."],
    "seances": [
        {"date": "2024-03-18", "site": "S1", "mode": "sur site", "debut": "09:00", "fin": "17:30"},
        {"date": "2024-03-19", "site": "S2", "mode": "à distance", "debut": "09:00", "fin": "12:00"},
    ],
    "personnes": [
        {"role": "Responsable d’audit", "initiales": "A. B.", "organisation": "Certificateur d’exemple"},
        {"role": "Personne rencontrée", "initiales": "C. D.", "organisation": "Organisme d’exemple"},
        {"role": "Référente handicap", "initiales": "E. F.", "organisation": "Organisme d’exemple"},
    ],
    "echantillons": [
        {"id": "ACT", "site": "S1", "categorie": "AF", "population": "48 actions de 2023",
         "methode": "tirage au sort", "taille": 4, "graine": "7",
         "liste": ["A-007", "A-019", "A-023", "A-041"]},
        {"id": "FOR", "site": "S2", "population": 9, "methode": "choix de l’auditeur", "taille": 2,
         "liste": ["F-02", "F-05"]},
    ],
    "desaccords": [],
    "ecarts_au_plan": ["La visite des salles d’Albi a été remplacée par une visite filmée."],
    "zones_non_couvertes": ["Les actions du soir, faute de séance le jour de l’audit."],
    "bonnes_pratiques": ["Un carnet de liaison suit chaque stagiaire."],
    "diffusion": ["Organisme d’exemple", "Certificateur d’exemple"],
    "confidentialite": "Remis aux seuls destinataires nommés.",
    "suites": [{"le": "2024-04-26", "texte": "Plan d’actions attendu"},
               {"texte": "Audit de surveillance, dates à convenir"}],
    "evaluation": {"par": "A. B.", "le": "2024-03-29",
                   "recommandation": "Délivrer, sous réserve du plan d’actions."},
    "decision": {"par": "G. H.", "le": "2024-05-06", "decision": "delivrable",
                 "motif": "Plan d’actions accepté."},
}  # fmt: skip
SUIVI = {
    "enonce": "Les tarifs de deux formations sur cinq ne sont ni publiés ni remis.",
    "causes": "La page des tarifs n’a pas été reprise lors de la refonte du site.",
    "correction": "Tarifs publiés.",
    "action_corrective": "Relecture du site avant chaque mise en ligne.",
    "preuve": "Capture du 2 avril 2024.",
    "plan_recu_le": "2024-04-12",
    "plan_accepte_le": "2024-04-19",
}


@cache
def registre() -> Registry:
    return greffons.registry()


def checklist(tete: dict[str, Any]) -> Checklist:
    return make_checklist(registre(), from_profile(tete))


def constats(tete: dict[str, Any], said: dict[str, Any], evidence: bool = True) -> list[dict[str, Any]]:
    """An entry per line due, conforming with its evidence but those said (by printed number)."""
    entries = []
    for ligne in checklist(tete).lignes:
        indicateur = ligne.indicateur
        given = said.get(indicateur.numero)
        if given is None and ligne.etat != "a_auditer":
            continue
        entry: dict[str, Any] = {"id": indicateur.id, "constat": "conforme"}
        if evidence:
            entry["preuves_vues"] = [f"Pièce P-{indicateur.numero}, vue le 18 mars 2024"]
        entries.append(entry | (given or {}))
    return entries


def a6(**changes: Any) -> dict[str, Any]:
    """A4’s four minors in a complete file: one is followed up, one was lifted."""
    said: dict[str, Any] = {
        n: {"constat": "nc_mineure", "commentaire": texte, "evalue_par": "A. B."}
        for n, texte in MINEURES.items()
    }
    said["1"] |= {"ecart": SUIVI}
    said["9"] |= {
        "par_site": [
            {"site": "S1", "preuves_vues": ["Émargement du règlement, dossier A-007"]},
            {"site": "S2", "commentaire": "Aucun émargement dans deux dossiers sur deux."},
        ],
        "echantillons": ["ACT", "FOR"],
    }
    said["2"] = {"annotations": ["point_fort"], "commentaire": "Taux publiés chaque trimestre.",
                 "echantillons": ["ACT"]}  # fmt: skip
    tete = {k: v for k, v in TETE.items() if k != "referentiel"} | {"referentiel": "qualiopi"}
    found = checklist(tete)
    referentiel = {"id": "qualiopi", "edition": found.referentiel.edition, "guide": found.referentiel.guide,
                   "empreinte": found.empreinte}  # fmt: skip
    whole = {**TETE, "referentiel": referentiel, **COMPTE_RENDU, "constats": constats(tete, said)}
    return whole | changes


def changed(numero: str, **changes: Any) -> dict[str, Any]:
    """The file of :func:`a6` with one line otherwise."""
    data = deepcopy(a6())
    (entry,) = [e for e in data["constats"] if e["id"] == f"qualiopi/{numero}"]
    entry |= changes
    return data


def findings_file(data: dict[str, Any], folder: Path, name: str = "constats.json") -> Path:
    """Write these findings in a file of the folder."""
    path = folder / name
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def texte(content: bytes, format_: str) -> str:
    """The words of a document, as :func:`squeezed` gives them."""
    return squeezed(_words(content, format_))


def squeezed(text: str) -> str:
    """``text`` without blanks nor hyphens: lines and pages break where they like; apostrophes are one."""
    return re.sub(r"[\s\x02\ufffe\u00ad-]", "", text).replace("'", "’")


def pages(content: bytes) -> list[str]:
    """The words of each page of a PDF, as :func:`squeezed` gives them."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        found = []
        for page in document:
            text = page.get_textpage()
            found.append(squeezed(text.get_text_bounded()))
            text.close()
            page.close()
        return found
    finally:
        document.close()


def _words(content: bytes, format_: str) -> str:
    if format_ == "pdf":
        return "".join(pages(content))
    if format_ == "html":
        body = re.sub(r"<(style|script)\b.*?</\1>", "", content.decode(), flags=re.DOTALL)
        return html.unescape(re.sub(r"<[^>]+>", "", body))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode()
    return html.unescape(re.sub(r"<[^>]+>", "", body))


def report_bytes(
    call: Console, data: dict[str, Any], folder: Path, format_: str = "html", *options: str
) -> bytes:
    """The report of these findings, as bytes."""
    reponse = call("rapport", findings_file(data, folder), "--format", format_, "-o", "-", *options)
    assert reponse.status == 0, reponse.err
    return reponse.out


def absent_from(found: str, wanted: set[str]) -> set[str]:
    """Those of ``wanted`` that the words of a document lack."""
    return {text for text in wanted if squeezed(text) not in found}


def computed(data: dict[str, Any], folder: Path) -> Rapport:
    """What the report of these findings says, before it is laid out."""
    return report_file(registre(), findings_file(data, folder))[0]


#: The formats of a report, by name.
FORMATS = {name: ALL[name] for name in LIVRABLES["rapport"].formats}


def lay_out(document: Document, format_: str) -> bytes:
    """``document`` in one of :data:`FORMATS`."""
    content: bytes = import_module(FORMATS[format_].arbre or "").render(document)
    return content
