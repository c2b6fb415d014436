"""A small checklist made by hand, over the référentiel of ``atelier.py``; and texts that attack a format."""

from __future__ import annotations

from datetime import date
from typing import Any

from atelier import (
    ARCHIVES,
    BANCS,
    CITE,
    CRITERES,
    FOURS,
    INFORMATION,
    MUETTE,
    MUETTE_B,
    POUSSIERES,
    RAPPORT,
    motif,
    referentiel,
)

from certif_rules.audit.checklist import Checklist, Ligne, Point, SitesAudites
from certif_rules.model.base import Avertissement
from certif_rules.model.referentiel import Indicateur
from certif_rules.rules.contexte import Ajouts, ConstatPrecedent, Contexte, FaitDeclare, Organisme, Precedent
from certif_rules.rules.faits import resolve_all
from certif_rules.rules.motifs import Etat, Motif

EMPREINTE = "sha256:" + "0123456789abcdef" * 4

HOSTILES = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://exemple.invalid")',
    "\x1b[31mrouge\x1b]0;titre\x07",
    "| a | b |\n# titre\n[lien](javascript:alert(1)) `code` **gras** <b>",
    "\u202egnirtS \u200b&amp; \"'",
    "\uff1d1+1",
)


def contexte(**changes: Any) -> Contexte:
    values: dict[str, Any] = {
        "type_audit": "etabli/initial",
        "date": date(2024, 9, 1),
        "organisme": Organisme(categories=("MEN",), nom="Atelier d’exemple"),
        "faits": {"machines": FaitDeclare(valeur=True)},
        "ajouts": Ajouts(sites=("S2",)),
        "precedent": Precedent(
            type="initial",
            date=date(2023, 1, 10),
            constats={"atelier/3": ConstatPrecedent(constat="nc_mineure", ouvert=False)},
        ),
        "mode": "sur_site",
    }
    return Contexte(**values | changes)


def organisme(nom: str = "Atelier d’exemple", **changes: Any) -> dict[str, Any]:
    return {
        "nom": nom,
        "siren": "123456782",
        "nda": "76310000000",
        "chiffre_affaires": 320000,
        "categories": ("MEN",),
        "faits": {"machines": True},
        "sites": ({"id": "S1", "commune": "Auch", "region": "Gers"}, {"id": "S2", "commune": "Albi"}),
    } | changes


def ligne(item: Indicateur, etat: Etat, *motifs: Motif, **changes: Any) -> Ligne:
    critere = next((c for c in CRITERES if c.id == item.critere), None)
    values: dict[str, Any] = {
        "categories": ("MEN",) if etat in {"a_auditer", "a_confirmer"} else (),
        "constats_permis": item.constats_permis if etat in {"a_auditer", "a_confirmer"} else (),
        "preuves": tuple(p for p in item.preuves if p.categories is None),
        "precisions": item.precisions,
        "adaptations": item.adaptations,
        "lacunes": item.lacunes,
        "constat_precedent": None,
    }
    return Ligne(indicateur=item, critere=critere, etat=etat, motifs=motifs, **values | changes)


INITIAL = motif("perimetre", "audit initial : tout ce qui s’applique est vu")

LIGNES = (
    ligne(INFORMATION, "a_auditer", motif("applicable", "applicable à cette catégorie"), INITIAL),
    ligne(
        FOURS,
        "non_applicable",
        motif("hors_categorie", "réservé à la verrerie (VER)"),
        constats_permis=("non_applicable",),
    ),
    ligne(
        BANCS,
        "a_auditer",
        motif("applicable", "applicable à cette catégorie"),
        motif(
            "constat_precedent", "une non-conformité avait été constatée", confiance="moyenne", lecture=True
        ),
        constat_precedent="nc_mineure",
    ),
    ligne(
        POUSSIERES,
        "a_confirmer",
        motif("condition_inconnue", "à renseigner : Le travail produit-il des poussières ?"),
        INITIAL,
    ),
    ligne(ARCHIVES, "non_audite", motif("hors_perimetre", "non vu à cet audit")),
    ligne(
        MUETTE, "a_confirmer", motif("portee_inconnue", "catégories concernées absentes", sources=("D09",))
    ),
    ligne(
        MUETTE_B, "a_confirmer", motif("portee_inconnue", "catégories concernées absentes", sources=("D09",))
    ),
    ligne(
        CITE, "a_auditer", motif("applicable", "applicable à toutes", sources=("D07",), lecture=True), INITIAL
    ),
    ligne(
        RAPPORT, "a_confirmer", motif("portee_inconnue", "catégories concernées absentes", sources=("D09",))
    ),
)

AVERTISSEMENTS = (
    Avertissement(
        code="couche_non_lue",
        message="Le guide G3 n’a pas été lu : le contenu du guide G2 est utilisé à sa place.",
        sources=("GD2",),
    ),
    Avertissement(
        code="rappel", message="Le label n’est reconnu que jusqu’au 31 décembre 2025 ; et ensuite ?"
    ),
)


def checklist(**changes: Any) -> Checklist:
    """The checklist of these tests: two référentiels, every state, gaps, quotations, an earlier finding."""
    resolu = changes.pop("referentiel", None) or referentiel()
    values: dict[str, Any] = {
        "referentiel": resolu,
        "empreinte": EMPREINTE,
        "contexte": changes.get("contexte") or contexte(),
        "organisme": organisme(),
        "avertissements": AVERTISSEMENTS,
        "lignes": LIGNES,
        "pieces": (
            Point(
                id="devis",
                texte="Le devis signé, daté de moins d’un an.",
                sources=("D07",),
                certain=False,
                note="Délai absent de la présentation.",
            ),
        ),
        "verifications": (
            Point(
                id="enseigne",
                texte="L’enseigne porte le label et son numéro.",
                sources=("D07",),
                certain=True,
                constat="nc_majeure",
            ),
        ),
        "sites": SitesAudites(sites=("S2",), texte="les sites ajoutés", sources=("CH1",), confiance="faible"),
        "invocables": {"insulaire": False},
        "lacunes": resolu.lacunes,
    }
    values |= changes
    values.setdefault("faits", resolve_all(resolu, values["contexte"]))
    return Checklist(**values)
