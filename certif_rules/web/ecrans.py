"""What each page shows, as plain values for its template: words and order; the services give the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.http import QueryDict

from certif_rules.audit.checklist import Ligne
from certif_rules.audit.conclusion import Bilan
from certif_rules.audit.correction import Mouvement
from certif_rules.audit.sites import gaps
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.mots import SIGNES, criterion, finding, groups, weighed
from certif_rules.errors import Issue
from certif_rules.francais import count
from certif_rules.journal.evenements import Contenu, Inscription
from certif_rules.services.atelier import Atelier
from certif_rules.services.catalogue import describe
from certif_rules.services.conclusion import conclude_file
from certif_rules.services.ecriture import ecrire
from certif_rules.services.espace import AuditEnCours, as_file, faults_of
from certif_rules.services.rapport import report_file
from certif_rules.web import models

#: The steps of an audit, in order: address, name.
ETAPES: Final = (
    ("preparer", "Préparer"),
    ("saisir", "Saisir"),
    ("clore", "Clore"),
    ("suivre", "Suivre"),
)
#: The documents: file, what it is, what it is written of (nothing: the findings themselves), its format.
DOCUMENTS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("constats.json", "Les constats, pour tout autre programme", "", "json"),
    ("conclusion.json", "Ce que donnent les règles, pour tout autre programme", "conclure", "json"),
    ("grille.html", "La grille, en une page", "checklist", "html"),
    ("grille.xlsx", "La grille, à remplir", "checklist", "xlsx"),
    ("rapport.html", "Le rapport, en une page", "rapport", "html"),
    ("rapport.docx", "Le rapport, à compléter", "rapport", "docx"),
    ("rapport.pdf", "Le rapport, à imprimer", "rapport", "pdf"),
)
#: How the findings are called in messages about them.
_FICHIER: Final = "constats.json"
_SENS: Final = {"entree": "entre", "sortie": "sort", "changee": "change"}
_KINDS: Final = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def in_words(issues: Iterable[Issue]) -> list[str]:
    """Return faults as sentences, without the words of the command line."""
    return [clean(issue.message) for issue in issues]


def new_audit(atelier: Atelier, given: QueryDict) -> dict[str, Any]:
    """Return the choices of a new audit: the référentiels, then the types and categories of one."""
    editions, _ = describe(atelier.registry)
    names = {str(e["referentiel"]): str(e["titre"]) for e in editions}
    chosen = str(given.get("referentiel") or "")
    own = [e for e in editions if e["referentiel"] == chosen]
    return {
        "referentiels": sorted(names.items()),
        "choisi": chosen if own else "",
        "types": sorted({nom: nom for e in own for nom in e["types_audit"]}.items()),
        "categories": {k: v for e in own for k, v in e["categories"].items()}.items(),
        "donne": given,
        "cochees": given.getlist("categories"),
        "fautes": [],
    }


def _frame(dossier: models.DossierSuivi, chantier: AuditEnCours, etape: str) -> dict[str, Any]:
    checklist = chantier.checklist
    due = [ligne for ligne in checklist.lignes if ligne.etat in ("a_auditer", "a_confirmer")]
    left = chantier.restent
    return {
        "dossier": dossier,
        "etapes": ETAPES,
        "etape": etape,
        "titre_audit": f"{prose(checklist.type_audit.titre)}, le {day(checklist.contexte.date)}",
        "referentiel": prose(checklist.referentiel.titre),
        "faites": len(due) - len(left),
        "dues": len(due),
        "reste": count(len(left), "ligne à évaluer", "lignes à évaluer"),
    }


def preparation(
    dossier: models.DossierSuivi, chantier: AuditEnCours, moved: tuple[Mouvement, ...]
) -> dict[str, Any]:
    """Return the page of the context: questions beside the lines, and those that an answer moved."""
    checklist = chantier.checklist
    asked = {question.fait.id: question for question in chantier.questions}
    facts = []
    for nom, fait in checklist.referentiel.faits.items():
        declared = checklist.contexte.faits.get(nom)
        value = declared.valeur if declared else None
        answer = "inconnu" if value is None else "oui" if value else "non"
        facts.append(
            {
                "id": nom,
                "question": prose(fait.question),
                "note": prose(fait.note or ""),
                "reponse": (declared.nombre or "") if declared and fait.nombre else answer,
                "nombre": fait.nombre is not None,
                "unite": prose(fait.nombre.unite) if fait.nombre else "",
                "change": nom in asked,
            }
        )
    return {
        **_frame(dossier, chantier, "preparer"),
        "faits": facts,
        "groupes": [
            {"critere": criterion(critere), "lignes": [_line(li) for li in lines]}
            for critere, lines in groups(checklist)
        ],
        "mouvements": [_moved(one) for one in moved],
        "avertissements": [prose(a.message) for a in checklist.avertissements],
    }


def _line(ligne: Ligne) -> dict[str, Any]:
    return {
        "id": ligne.indicateur.id,
        "numero": clean(ligne.indicateur.numero),
        "titre": prose(ligne.indicateur.titre or ligne.indicateur.exigence or "texte absent de la source"),
        "signe": SIGNES[ligne.etat],
        "motifs": [prose(motif.texte) for motif in ligne.motifs],
    }


def _moved(one: Mouvement) -> dict[str, Any]:
    before = SIGNES[one.avant].mot if one.avant else "absente"
    after = SIGNES[one.apres].mot if one.apres else "absente"
    return {
        "numero": clean(one.numero),
        "sens": _SENS[one.sens],
        "passage": f"{before} → {after}",
        "motifs": [prose(motif) for motif in one.motifs],
        "a_revoir": prose(one.a_revoir or ""),
    }


def line_of(chantier: AuditEnCours, asked: str | None) -> str:
    """Return the line asked for, else the first that is to assess, else the first."""
    lines = [ligne.indicateur.id for ligne in chantier.checklist.lignes]
    if asked in lines:
        return str(asked)
    return next(iter((*chantier.restent, *lines)))


def following(chantier: AuditEnCours, ligne: str) -> str:
    """Return the next line that is to assess, after this one first."""
    lines = [li.indicateur.id for li in chantier.checklist.lignes]
    rank = lines.index(ligne)
    left = set(chantier.restent)
    turn = [*lines[rank + 1 :], *lines[: rank + 1]]
    return next((one for one in turn if one in left), ligne)


def recording(dossier: models.DossierSuivi, chantier: AuditEnCours, ligne: str) -> dict[str, Any]:
    """Return the page of a line: the board, the finding, what helps to judge."""
    checklist = chantier.checklist
    line = next(li for li in checklist.lignes if li.indicateur.id == ligne)
    releve = chantier.releve(ligne)
    lines = [li.indicateur.id for li in checklist.lignes]
    rank = lines.index(ligne)
    return {
        **_frame(dossier, chantier, "saisir"),
        "damier": [
            {
                "critere": criterion(critere),
                "numero": clean(critere.numero) if critere else "–",
                "cases": [_tile(chantier, li) for li in group],
            }
            for critere, group in groups(checklist)
        ],
        "ligne": {
            **_line(line),
            "exigence": prose(line.indicateur.exigence or ""),
            "niveau": prose(line.indicateur.niveau_attendu.texte) if line.indicateur.niveau_attendu else "",
            "preuves": [prose(texte.texte) for texte in (*line.preuves, *line.precisions)],
            "sources": ", ".join(line.indicateur.sources),
            "precedent": prose(line.constat_precedent or ""),
        },
        "choix": [
            {"id": nom, "titre": finding(checklist, nom), "rang": rang}
            for rang, nom in enumerate(line.constats_permis, start=1)
        ],
        "releve": releve,
        "preuves_vues": "\n".join(releve.preuves_vues),
        "causes": releve.ecart.get("causes", ""),
        "fautes": in_words(faults_of(chantier, ligne)),
        "accords": releve.disputes,
        "precedente": lines[rank - 1] if rank else "",
        "suivante": lines[rank + 1] if rank + 1 < len(lines) else "",
    }


def _tile(chantier: AuditEnCours, ligne: Ligne) -> dict[str, Any]:
    checklist, releve = chantier.checklist, chantier.releve(ligne.indicateur.id)
    sign = weighed(checklist, releve.constat, ligne.indicateur.origine) if releve.porte else None
    word = finding(checklist, releve.constat) if releve.porte else ""
    if releve.disputes:
        shape, mark = "accorder", "≠"
    elif sign is not None:
        shape, mark = "ecart", sign.symbole
    elif releve.porte:
        shape, mark = "fait", "✓"
    else:
        shape, mark = ligne.etat, SIGNES[ligne.etat].symbole
    return {
        "id": ligne.indicateur.id,
        "numero": clean(ligne.indicateur.numero),
        "forme": shape,
        "signe": mark,
        "mot": word or SIGNES[ligne.etat].mot,
    }


def closing(dossier: models.DossierSuivi, chantier: AuditEnCours, bilan: Bilan) -> dict[str, Any]:
    """Return the page of the closing meeting: gaps with their dates, what is left, what the rules give."""
    checklist = chantier.checklist
    rows = []
    for ligne in checklist.lignes:
        releve = chantier.releve(ligne.indicateur.id)
        if releve.porte and releve.constat in gaps(checklist.referentiel, ligne.indicateur.origine):
            dues = [e for e in bilan.echeances if e.id == ligne.indicateur.id]
            rows.append(
                {
                    **_line(ligne),
                    "constat": finding(checklist, releve.constat),
                    "commentaire": prose(releve.commentaire or ""),
                    "echeances": [_due(nom, jour) for e in dues for nom, jour in e.dates.items()],
                }
            )
    return {
        **_frame(dossier, chantier, "clore"),
        "ecarts": rows,
        "conclusions": _conclusions(bilan),
        "notifie_le": chantier.dossier.notifie_le or "",
        "avertissements": [prose(a.message) for a in bilan.avertissements],
    }


def _due(nom: str, jour: date | None) -> str:
    return f"{clean(nom).replace('_', ' ')} : {day(jour) if jour else 'à compter de la notification'}"


def _conclusions(bilan: Bilan) -> list[dict[str, Any]]:
    return [
        {
            "objet": clean(one.objet),
            "texte": prose(one.texte),
            "motifs": [prose(motif.texte) for motif in one.motifs],
        }
        for one in bilan.conclusions
    ]


def following_up(dossier: models.DossierSuivi, chantier: AuditEnCours, bilan: Bilan) -> dict[str, Any]:
    """Return the page of what comes after: what the rules give, the documents."""
    return {
        **_frame(dossier, chantier, "suivre"),
        "conclusions": _conclusions(bilan),
        "documents": [(nom, titre) for nom, titre, _, _ in DOCUMENTS],
    }


def document(atelier: Atelier, chantier: AuditEnCours, nom: str) -> tuple[bytes, str] | None:
    """Return a document of the audit and its type; nothing where there is no such one.

    Raises:
        DataError, UsageError: what is said of the audit cannot be, or a library is not installed.
    """
    for name, _, verb, format_ in DOCUMENTS:
        if name == nom:
            if not verb:
                return as_file(chantier), _KINDS[format_]
            return ecrire(_valued(atelier, chantier, verb), format_), _KINDS[format_]
    return None


def _valued(atelier: Atelier, chantier: AuditEnCours, quoi: str) -> object:
    if quoi == "checklist":
        return chantier.checklist
    if quoi == "rapport":
        return report_file(atelier.registry, Path(_FICHIER), stdin=as_file(chantier))[0]
    return conclude_file(atelier.registry, Path(_FICHIER), stdin=as_file(chantier))[0]


def sample(atelier: Atelier) -> dict[str, Any]:
    """Return the request of an audit of nobody, by the first référentiel that is installed."""
    editions, _ = describe(atelier.registry)
    edition = editions[0]
    return {
        "format": 1,
        "referentiel": {"id": edition["referentiel"], "edition": edition["edition"]},
        "audit": {"type": next(iter(edition["types_audit"])), "date": edition["du"]},
        "organisme": {"nom": "Organisme d’exemple", "categories": list(edition["categories"])[:1]},
    }


def history(events: Iterable[Inscription], contents: Mapping[str, Contenu]) -> list[dict[str, Any]]:
    """Return the events, the last first, each with what it says in words."""
    rows = []
    for event in events:
        content = contents.get(event.apres)
        rows.append(
            {
                "version": event.version,
                "quand": event.quand,
                "acteur": event.acteur,
                "ou": " · ".join(filter(None, (event.cle.ligne, event.cle.site, event.cle.champ))),
                "valeur": "effacé" if content is None else clean(str(content.valeur)),
                "raison": event.raison,
            }
        )
    return rows[::-1]
