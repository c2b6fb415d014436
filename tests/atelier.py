"""A made-up référentiel « atelier », and the label « établi » laid on it: rich enough to print."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from certif_rules.model.base import Lacune, Regle, Source, Texte
from certif_rules.model.organisme import Categorie, Fait, ParNature
from certif_rules.model.referentiel import (
    Alias,
    Constat,
    Couche,
    CoucheRetenue,
    Critere,
    Evolution,
    Indicateur,
    Reconnaissance,
    Referentiel,
    Revision,
    TypeAudit,
)
from certif_rules.rules.motifs import Motif

TOUS = ("conforme", "nc_mineure", "nc_majeure", "non_applicable")
TOUTES = (Regle(mots={"toutes": True}, sources=("CH1",)),)


def couche(nature: Any, id_: str, titre: str, referentiel: str = "atelier", **changes: Any) -> Couche:
    values: dict[str, Any] = {
        "referentiel": referentiel,
        "nature": nature,
        "id": id_,
        "titre": titre,
        "admis_du": "2021-03-01",
        "du": "2021-03-01",
        "au": None,
        "nom": None,
        "pour": (),
        "lue": True,
        "base": None,
        "confiance": "elevee",
        "note": None,
        "reconnaissance": (),
        "lacunes": (),
        "sources": ("CH1",),
        "revisions": (
            Revision(
                numero=2, date="2024-02-01", raison="Coquille", empreinte="sha256:" + f"{len(id_):02d}" * 32
            ),
        ),
    }
    return Couche(**values | changes)


def texte(contenu: str, *sources: str, **changes: Any) -> Texte:
    return Texte(texte=contenu, sources=sources or ("CH1",), **changes)


def motif(code: Any, contenu: str, *categories: str, **changes: Any) -> Motif:
    values: dict[str, Any] = {"sources": ("CH1",), "categories": categories or ("MEN",)}
    return Motif(code=code, texte=contenu, **values | changes)


def indicateur(
    code: str, critere: str | None, titre: str | None, exigence: str | None, **changes: Any
) -> Indicateur:
    values: dict[str, Any] = {
        "origine": "atelier",
        "numero": code,
        "citation": False,
        "portee": TOUTES,
        "etiquettes": (),
        "sources": ("CH1",),
        "confiance": "elevee",
        "constats_permis": TOUS,
    }
    values |= changes
    origine = values["origine"]
    return Indicateur(
        id=f"{origine}/{code}", code=code, critere=critere, titre=titre, exigence=exigence, **values
    )


SOURCES = (
    Source(
        id="CH1", titre="Charte de l’atelier, article 3", reference="https://exemple.invalid/charte?v=1;a:b"
    ),
    Source(
        id="GD2",
        titre="Guide de l’atelier, édition 2",
        reference="Guide imprimé, pages 4 à 19",
        nature="guide",
    ),
    Source(
        id="D07", titre="Présentation du label Établi, diapositive 7 « Les bancs »", reference="Le diaporama"
    ),
    Source(
        id="D09",
        titre="Présentation du label Établi, diapositive 9 « Et ensuite ? »",
        reference="Le diaporama",
    ),
    Source(id="NUL", titre="Une source que rien ne cite", reference="Nulle part"),
)

CATEGORIES = (
    Categorie(id="MEN", titre="menuiserie", a_qui="à la menuiserie", synonymes=(), sources=("CH1",)),
    Categorie(id="VER", titre="verrerie", a_qui="à la verrerie", synonymes=(), sources=("CH1",)),
)

FAITS = (
    Fait(
        id="machines",
        question="L’atelier utilise-t-il des machines ?",
        vrai="l’atelier utilise des machines",
        faux="l’atelier n’utilise pas de machines",
        par_nature=(),
        implique=("poussieres",),
        a_invoquer=False,
        sources=("CH1",),
        confiance="elevee",
    ),
    Fait(
        id="poussieres",
        question="Le travail produit-il des poussières ?",
        vrai="il y a des poussières",
        faux="il n’y a pas de poussières",
        par_nature=(),
        implique=(),
        a_invoquer=False,
        sources=("CH1",),
        confiance="elevee",
    ),
    Fait(
        id="four",
        question="L’atelier a-t-il un four ?",
        vrai="l’atelier a un four",
        faux="l’atelier n’a pas de four",
        par_nature=(
            ParNature(
                categorie="VER", texte="le verre se travaille au four", sources=("CH1",), confiance="elevee"
            ),
        ),
        implique=(),
        a_invoquer=False,
        sources=("CH1",),
        confiance="elevee",
    ),
    Fait(
        id="insulaire",
        question="L’atelier est-il sur une île ?",
        vrai="l’atelier est sur une île",
        faux="sur le continent",
        par_nature=(),
        implique=(),
        a_invoquer=True,
        sources=("CH1",),
        confiance="moyenne",
    ),
)

CONSTATS = (
    Constat(id="conforme", titre="Conforme", sources=("CH1",)),
    Constat(id="nc_mineure", titre="Non-conformité mineure", sources=("CH1",)),
    Constat(id="nc_majeure", titre="Non-conformité majeure", sources=("CH1",)),
    Constat(id="non_applicable", titre="Non applicable", sources=("CH1",), hors_portee=True),
)

CRITERES = (
    Critere(
        id="atelier/1",
        origine="atelier",
        code="1",
        numero="1",
        titre="L’accueil et l’information du public",
        sources=("CH1",),
    ),
    Critere(
        id="atelier/2",
        origine="atelier",
        code="2",
        numero="2",
        titre="Les moyens : outils, bancs et locaux",
        sources=("CH1",),
        variantes=(texte("Les outils et les bancs", "D07", citation=True),),
    ),
    Critere(
        id="etabli/8",
        origine="etabli",
        code="8",
        numero="8",
        titre=None,
        sources=("D09",),
        lacunes=(
            Lacune(champs=("titre",), cherche="L’intitulé du critère 8.", sources=("D09",), ligne="etabli/8"),
        ),
    ),
)

INFORMATION = indicateur(
    "1",
    "atelier/1",
    "Information du public sur les travaux",
    "L’atelier informe le public, avant toute commande, de ses travaux, de leurs délais et de leurs prix ;"
    " il tient cette information à jour et la rend accessible à tous.",
    niveau_attendu=texte("Une information accessible, exacte et datée : prix, délais, garanties.", "GD2"),
    gravite=texte("Mineure quand une seule mention manque.", "GD2"),
    preuves=(
        texte("Le catalogue et ses tarifs, dans leur version du jour.", "GD2"),
        texte("Les pages du site ouvertes au public.", "GD2"),
        texte("Les affiches de l’atelier de verrerie.", "GD2", categories=("VER",)),
    ),
    evolution=Evolution(depuis="2015", nature="fond", texte="les délais sont ajoutés", sources=("CH1",)),
)
FOURS = indicateur(
    "2",
    "atelier/1",
    "Conduite des fours",
    "La conduite des fours est confiée à une personne formée.",
    portee=(Regle(mots={"categories": ("VER",)}, sources=("CH1",)),),
)
BANCS = indicateur(
    "3",
    "atelier/2",
    "Entretien des bancs et des outils",
    "Les bancs et les outils sont entretenus, rangés et remplacés quand ils ne sont plus sûrs ;"
    " un registre le montre.",
    niveau_attendu=texte("Un registre tenu à jour ; le responsable est nommé.", "GD2"),
    preuves=(texte("Le registre d’entretien.", "GD2"), texte("Les factures de remplacement.", "GD2")),
    precisions=(texte("Les bancs prêtés comptent aussi.", "GD2", situation="bancs prêtés par un client"),),
    adaptations=(
        texte(
            "Nouvel atelier : montrer ce qui est prévu plutôt que ce qui est fait.",
            "GD2",
            situation="nouvel atelier",
        ),
    ),
    commentaires=(
        texte(
            "La charte et le guide ne nomment pas le registre de la même façon.",
            "CH1",
            "GD2",
            confiance="moyenne",
        ),
    ),
)
POUSSIERES = indicateur(
    "4",
    "atelier/2",
    "Captage des poussières",
    "Les poussières sont captées à la source.",
    portee=(Regle(mots={"fait": "poussieres"}, sources=("CH1",)),),
    lacunes=(
        Lacune(
            champs=("niveau_attendu", "seuil"),
            cherche="Le seuil de poussières admis.",
            sources=("GD2",),
            ligne="atelier/4",
        ),
    ),
)
ARCHIVES = indicateur("5", "atelier/2", "Archives des commandes", "Les commandes sont archivées.")
CITE = indicateur(
    "E",
    "atelier/2",
    None,
    "Les locaux permettent l'accueil des clients dans de bonnes conditions : lumière, chauffage, accès ;"
    " ils sont conformes aux réglementations en vigueur et régulièrement contrôlés",
    origine="etabli",
    citation=True,
    etiquettes=("label", "plus_valorise"),
    sources=("D07",),
    niveau_attendu=texte("Démontrer que l’accueil est possible toute l’année", "D07", citation=True),
    variantes=(
        texte(
            "Les locaux permettent d’accueillir les clients",
            "D09",
            citation=True,
            situation="autre rédaction",
        ),
    ),
    alias=(
        Alias(code="E2", statut="non_resolu", texte="E2 désigne peut-être la même ligne", sources=("D09",)),
    ),
    lacunes=(
        Lacune(
            champs=("titre",), cherche="Un intitulé à part de l’énoncé.", sources=("D07",), ligne="etabli/E"
        ),
        Lacune(champs=("gravite",), cherche="La gravité d’un écart.", sources=("D07",), ligne="etabli/E"),
    ),
)
MUETTE = indicateur(
    "A",
    None,
    None,
    None,
    origine="etabli",
    etiquettes=("label",),
    sources=("D09",),
    confiance="non_verifiee",
    lacunes=(
        Lacune(
            champs=("titre", "exigence", "critere", "portee"),
            cherche="Tout : la lettre est déduite.",
            sources=("D09",),
            ligne="etabli/A",
        ),
    ),
)
MUETTE_B = replace(
    MUETTE, id="etabli/B", code="B", numero="B", lacunes=(replace(MUETTE.lacunes[0], ligne="etabli/B"),)
)
RAPPORT = indicateur(
    "K",
    "etabli/8",
    None,
    None,
    origine="etabli",
    etiquettes=("label",),
    sources=("D09",),
    confiance="moyenne",
    commentaires=(texte("un rapport interne (Critère 8 – indicateur K)", "D09", citation=True),),
)

INDICATEURS = (INFORMATION, FOURS, BANCS, POUSSIERES, ARCHIVES, MUETTE, MUETTE_B, CITE, RAPPORT)

TYPE = TypeAudit(
    id="etabli/initial",
    origine="etabli",
    code="initial",
    titre="Audit initial",
    perimetre=TOUTES,
    sinon="non vu à l’audit initial",
    sources=("D07",),
)
TYPE_BASE = replace(TYPE, id="atelier/initial", origine="atelier", titre="Audit initial de l’atelier")

GUIDE_LU = couche(
    "guide", "G2", "Guide de l’atelier, édition 2", admis_du="2022-01-10", du="2022-03-10", sources=("GD2",)
)
COUCHES = (
    couche(
        "exigence",
        "2021",
        "Charte de l’atelier",
        au="2026-12-31",
        note="Le journal de l’atelier n’a pas été lu ; le texte vient de transcriptions concordantes.",
    ),
    couche("regles", "R1", "Règles d’audit de l’atelier", confiance="moyenne"),
    couche("guide", "G3", "Guide de l’atelier, édition 3", lue=False, revisions=(), sources=("GD2",)),
    couche(
        "exigence",
        "V5",
        "Label Établi, version 5",
        referentiel="etabli",
        base="atelier@2021",
        confiance="moyenne",
        reconnaissance=(
            Reconnaissance(
                du="2020-01-01",
                au="2025-12-31",
                par="le Conseil des métiers",
                decision="délibération",
                numero="12-7",
                le="2019-12-20",
                sources=("D07",),
            ),
            Reconnaissance(
                du="2026-01-01",
                au="2028-12-31",
                par="le Conseil des métiers",
                en_attente=True,
                decision="appel connu",
                confiance="moyenne",
                sources=("D09",),
            ),
        ),
        sources=("D07", "D09"),
        lacunes=(Lacune(champs=("au",), cherche="La fin de validité de la version 5.", sources=("D09",)),),
    ),
    couche(
        "regles",
        "presentation",
        "Ce que la présentation dit des audits",
        referentiel="etabli",
        sources=("D07",),
    ),
)


def referentiel(**changes: Any) -> Referentiel:
    retenues = tuple(CoucheRetenue(couche=c, contenu=GUIDE_LU if c.nature == "guide" else c) for c in COUCHES)
    values: dict[str, Any] = {
        "id": "etabli",
        "titre": "Label Établi",
        "edition": "V5",
        "base": "atelier@2021",
        "guide": "G3",
        "couches": retenues,
        "categories": {c.id: c for c in CATEGORIES},
        "faits": {f.id: f for f in FAITS},
        "criteres": {c.id: c for c in CRITERES},
        "indicateurs": {i.id: i for i in INDICATEURS},
        "constats": {c.id: c for c in CONSTATS},
        "types_audit": {t.id: t for t in (TYPE_BASE, TYPE)},
        "derogations": (),
        "sources": {s.id: s for s in SOURCES},
    }
    return Referentiel(**values | changes)
