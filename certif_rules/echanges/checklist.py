"""The checklist as JSON, for other programs. Raw texts, ISO dates, no typography."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from certif_rules.audit.checklist import Checklist, Ligne, Point
from certif_rules.echanges.commun import Objet, as_bytes, cited_sources, warnings, worth
from certif_rules.habillage.regles import as_data
from certif_rules.model.base import Lacune, Source, Texte
from certif_rules.model.personnes import Conservation, DonneesSensibles
from certif_rules.model.referentiel import Alias, Changement, CoucheRetenue, Critere, Referentiel
from certif_rules.rules.contexte import Precedent
from certif_rules.rules.motifs import Motif


def render(checklist: Checklist) -> bytes:
    """Return ``checklist`` as UTF-8 JSON, ended by a line feed."""
    return as_bytes(document(checklist))


def document(checklist: Checklist) -> Objet:
    """Return ``checklist`` as the values that are written; keys may be added to it, never renamed."""
    referentiel = checklist.referentiel
    written: Objet = {
        "format": 1,
        "referentiel": _referentiel(checklist),
        "audit": _audit(checklist),
        "organisme": checklist.organisme,
        **_circumstances(checklist),
        **_habillage(checklist),
        "avertissements": warnings((*checklist.avertissements, *checklist.notes)),
        "compteurs": checklist.compteurs,
        "lignes": [_ligne(ligne) for ligne in checklist.lignes],
        "pieces": [_point(point) for point in checklist.pieces],
        "verifications": [_point(point) for point in checklist.verifications],
        "sites": _sites(checklist),
        "invocables": checklist.invocables,
        "criteres": [_critere(critere) for critere in referentiel.criteres.values()],
        "mentions": {tag: _texte(texte) for tag, texte in referentiel.mentions.items()},
        "changements": [change(value) for value in referentiel.changements],
        "lacunes": _lacunes(checklist.lacunes),
        "conservation": _conservation(referentiel),
    }
    cited = set(_cited(written))
    written["sources"] = cited_sources(referentiel.sources.values(), cited)
    return written


def head(checklist: Checklist) -> Objet:
    """Write the request that this checklist answers, and its rules: the head of a findings file."""
    whole = _referentiel(checklist)
    named = {cle: whole[cle] for cle in ("id", "edition", "guide", "empreinte")}
    layers = [
        {cle: couche[cle] for cle in ("referentiel", "nature", "id", "empreinte")}
        for couche in whole["couches"]
    ]
    written: Objet = {
        "format": 1,
        "referentiel": {**named, "couches": layers},
        "audit": _audit(checklist),
        "organisme": checklist.organisme,
        **_circumstances(checklist),
        **_habillage(checklist),
    }
    plain: Objet = json.loads(as_bytes(written))
    return plain


def sources(checklist: Checklist) -> tuple[Source, ...]:
    """Return the sources cited anywhere in a document, in the référentiel's order."""
    return tuple(checklist.referentiel.sources[id_] for id_ in document(checklist)["sources"])


def _cited(value: object) -> Iterable[str]:
    """Yield every id found under a key ``sources``, at any depth."""
    if isinstance(value, Mapping):
        for cle, child in value.items():
            if cle == "sources" and isinstance(child, list | tuple):
                yield from child
            else:
                yield from _cited(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _cited(child)


def _referentiel(checklist: Checklist) -> Objet:
    referentiel = checklist.referentiel
    return {
        "id": referentiel.id,
        "edition": referentiel.edition,
        "base": referentiel.base,
        "guide": referentiel.guide,
        "empreinte": checklist.empreinte,
        "couches": [_couche(retenue) for retenue in referentiel.couches],
        "titre": referentiel.titre,
    }


def _couche(retenue: CoucheRetenue) -> Objet:
    """Write a layer, with the revision and digest of the content read (``null``: none declared)."""
    couche, contenu = retenue.couche, retenue.contenu
    revision = contenu.revisions[-1] if contenu.revisions else None
    return {
        "referentiel": couche.referentiel,
        "nature": couche.nature,
        "id": couche.id,
        "titre": couche.titre,
        "du": couche.du,
        "au": couche.au,
        "admis_du": couche.admis_du,
        "confiance": couche.confiance,
        "lue": couche.lue,
        "contenu": contenu.id if contenu.cle != couche.cle else None,
        "revision": revision.numero if revision else None,
        "empreinte": revision.empreinte if revision else None,
        "note": couche.note,
        "sources": couche.sources,
    }


def _audit(checklist: Checklist) -> Objet:
    contexte = checklist.contexte
    type_audit = checklist.type_audit
    audit: Objet = {
        "type": _shortest(checklist.referentiel, type_audit.id, type_audit.code),
        "date": contexte.date.isoformat(),
    }
    if contexte.mode is not None:
        audit["mode"] = contexte.mode
    return audit | {"id": type_audit.id, "titre": type_audit.titre}


def _habillage(checklist: Checklist) -> Objet:
    """Return what is needed of the dress for a grid to be read again without the body's file."""
    return {} if checklist.habillage is None else {"habillage": as_data(checklist.habillage)}


def _shortest(referentiel: Referentiel, id_: str, code: str) -> str:
    """Return the code alone where it is read as the same type: a label's own types hide its base's."""
    candidates = (f"{origine}/{code}" for origine in reversed(referentiel.origines))
    first = next((c for c in candidates if c in referentiel.types_audit), id_)
    return code if first == id_ else id_


def _circumstances(checklist: Checklist) -> Objet:
    """Return what else was declared, under the keys of a profile; absent when it was not."""
    contexte = checklist.contexte
    given: Objet = {}
    ajouts = {"categories": contexte.ajouts.categories, "sites": contexte.ajouts.sites}
    if any(ajouts.values()):
        given["ajouts"] = {cle: valeur for cle, valeur in ajouts.items() if valeur}
    if contexte.precedent is not None:
        given["precedent"] = _precedent(contexte.precedent)
    if contexte.certificats:
        given["certificats"] = {
            cle: {"notification": c.notification, "echeance": c.echeance}
            for cle, c in contexte.certificats.items()
        }
    if checklist.textes is not None:
        # A grid is read again against its texts: it carries those that no installed layer has.
        textes = checklist.textes
        given["textes"] = {"nom": textes.nom, "empreinte": textes.empreinte, "contenu": textes.contenu}
    if contexte.recues:
        given["dossier"] = {"pieces": dict(contexte.recues)}
    return given


def _precedent(precedent: Precedent) -> Objet:
    constats = precedent.constats
    after = {cle: c.apres for cle, c in (constats or {}).items() if c.apres is not None}
    written: Objet = {
        "type": precedent.type,
        "date": precedent.date,
        "edition": precedent.edition,
        "indicateurs_audites": precedent.indicateurs_audites,
        "constats": None if constats is None else {cle: c.constat for cle, c in constats.items()},
        "leves": [cle for cle, c in (constats or {}).items() if not c.ouvert],
        "apres_levee": after or None,
        "verifications": precedent.verifications,
        "precedent": None if precedent.precedent is None else _precedent(precedent.precedent),
    }
    return {cle: value for cle, value in written.items() if value is not None}


def _ligne(ligne: Ligne) -> Objet:
    indicateur = ligne.indicateur
    niveau = indicateur.niveau_attendu
    evolution = indicateur.evolution
    return {
        "id": indicateur.id,
        "numero": indicateur.numero,
        "critere": ligne.critere.numero if ligne.critere else None,
        "origine": indicateur.origine,
        "titre": indicateur.titre,
        "exigence": indicateur.exigence,
        "niveau_attendu": niveau.texte if niveau else None,
        "etat": ligne.etat,
        "categories": ligne.categories,
        "motifs": [reason(motif) for motif in ligne.motifs],
        "constats_permis": ligne.constats_permis,
        "preuves": _textes(ligne.preuves),
        "precisions": _textes(ligne.precisions),
        "adaptations": _textes(ligne.adaptations),
        "commentaires": _textes(indicateur.commentaires),
        "constat_precedent": ligne.constat_precedent,
        "confiance": indicateur.confiance,
        "citation": indicateur.citation,
        "sources": indicateur.sources,
        "critere_id": ligne.critere.id if ligne.critere else None,
        "niveau_attendu_detail": _texte(niveau) if niveau else None,
        "gravite": _texte(indicateur.gravite) if indicateur.gravite else None,
        "etiquettes": indicateur.etiquettes,
        "evolution": {
            "depuis": evolution.depuis,
            "nature": evolution.nature,
            "texte": evolution.texte,
            "sources": evolution.sources,
        }
        if evolution
        else None,
        "variantes": _textes(indicateur.variantes),
        "alias": [_alias(alias) for alias in indicateur.alias],
        "lacunes": _lacunes(indicateur.lacunes),
        "donnees_sensibles": sensitive(indicateur.donnees_sensibles),
    }


def sensitive(value: DonneesSensibles | None) -> Objet | None:
    """Return the warning of a line on what notes may reveal, ``None`` when it has none."""
    return None if value is None else {"nature": value.nature} | _reading(value)


def _reading(value: DonneesSensibles | Conservation) -> Objet:
    return {"texte": value.texte, "sources": value.sources, **worth(value, "confiance", "lecture")}


def _conservation(referentiel: Referentiel) -> list[Objet]:
    """Return one entry by référentiel of the stack, base first; what none of its sources says is ``null``."""
    unknown: Objet = {"texte": None, "duree": None, "sources": ()}
    rules = referentiel.conservations
    return [
        {"origine": o, **({"duree": rules[o].duree} | _reading(rules[o]) if o in rules else unknown)}
        for o in referentiel.origines
    ]


def reason(motif: Motif) -> Objet:
    """Return why a line is in its state, as every command writes it."""
    return {
        "code": motif.code,
        "texte": motif.texte,
        "sources": list(motif.sources),
        "categories": list(motif.categories),
        **worth(motif),
    }


def _textes(textes: Iterable[Texte]) -> list[Objet]:
    return [_texte(texte) for texte in textes]


def _texte(texte: Texte) -> Objet:
    """Write a text; what is at its usual value is left out, ``categories`` excepted."""
    written: Objet = {"texte": texte.texte, "categories": texte.categories, "sources": texte.sources}
    optional = {"fait": texte.fait, "types": texte.types, "situation": texte.situation}
    written |= {cle: valeur for cle, valeur in optional.items() if valeur is not None}
    if texte.citation:
        written["citation"] = True
    return written | worth(texte)


def _alias(alias: Alias) -> Objet:
    return {"code": alias.code, "statut": alias.statut, "texte": alias.texte, "sources": alias.sources}


def _point(point: Point) -> Objet:
    return {
        "id": point.id,
        "texte": point.texte,
        "certain": point.certain,
        "constat": point.constat,
        "note": point.note,
        "compte_pour": point.compte_pour or None,
        "reception": point.reception,
        "sources": point.sources,
    }


def _sites(checklist: Checklist) -> Objet | None:
    sites = checklist.sites
    if sites is None:
        return None
    return {
        "sites": sites.sites,
        "texte": sites.texte,
        **worth(sites, "confiance"),
        "sources": sites.sources,
    }


def _critere(critere: Critere) -> Objet:
    return {
        "id": critere.id,
        "numero": critere.numero,
        "origine": critere.origine,
        "titre": critere.titre,
        "variantes": _textes(critere.variantes),
        "lacunes": _lacunes(critere.lacunes),
        "sources": critere.sources,
    }


def change(value: Changement) -> Objet:
    """Write what a label does to its base; no field named: the node is taken away."""
    return {
        "origine": value.origine,
        "nature": value.nature,
        "id": value.cible,
        "numero": value.numero,
        "champs": list(value.champs),
        "motif": value.motif,
        "sources": list(value.sources),
    }


def _lacunes(lacunes: Iterable[Lacune]) -> list[Objet]:
    return [
        {
            "ligne": lacune.ligne,
            "champs": lacune.champs,
            "cherche": lacune.cherche,
            "sources": lacune.sources,
        }
        for lacune in lacunes
    ]
