"""The checklist as JSON, for other programs. Raw texts, ISO dates, no typography."""

from __future__ import annotations

from collections.abc import Iterable
from threading import RLock
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, Ligne, Point, SitesAudites
from certif_rules.audit.deduction import rule_of
from certif_rules.echanges.champs import LACUNE, Ecrivain, Formes, as_bytes, citations, encoded, with_sources
from certif_rules.echanges.gravure import Graveur
from certif_rules.habillage.modele import Habillage
from certif_rules.habillage.regles import as_data
from certif_rules.model.base import Lacune, Source, Texte
from certif_rules.model.jugement import RegleParSite
from certif_rules.model.organisme import Fait
from certif_rules.model.personnes import Conservation, DonneesSensibles
from certif_rules.model.referentiel import (
    Changement,
    Couche,
    CoucheRetenue,
    Critere,
    Evolution,
    Referentiel,
    TextesDonnes,
)
from certif_rules.rules.contexte import Ajouts, Certificat, ConstatPrecedent, Precedent
from certif_rules.rules.motifs import Motif

if TYPE_CHECKING:  # a checklist asks nothing
    from certif_rules.audit.questions import Question

Objet = dict[str, Any]
#: The most lines kept as they were written: some 3 kB each.
LIMITE = 20_000

SENSIBLES = "nature texte sources confiance lecture"
TEXTE = "texte categories sources fait? types? situation? citation? confiance?"
MOTIF = "code texte sources categories confiance? lecture?"
#: What a label does to its base; no field named: the node is taken away.
CHANGEMENT = "origine edition? nature id=cible numero champs motif sources"
_LIGNE = """
    id=indicateur.id numero=indicateur.numero critere=critere.numero origine=indicateur.origine
    titre=indicateur.titre exigence=indicateur.exigence niveau_attendu=indicateur.niveau_attendu.texte
    etat categories motifs constats_permis preuves precisions adaptations commentaires=indicateur.commentaires
    constat_precedent confiance=indicateur.confiance citation=indicateur.citation sources=indicateur.sources
    critere_id=critere.id niveau_attendu_detail=indicateur.niveau_attendu gravite=indicateur.gravite
    etiquettes=indicateur.etiquettes evolution=indicateur.evolution variantes=indicateur.variantes
    alias=indicateur.alias lacunes donnees_sensibles=indicateur.donnees_sensibles
"""
_FORMES: Formes = {
    Ligne: _LIGNE,
    Motif: MOTIF,
    Texte: TEXTE,
    Point: "id texte certain constat note compte_pour reception sources",
    Lacune: LACUNE,
    Critere: "id numero origine titre variantes lacunes sources",
    Couche: "referentiel nature id titre du au admis_du confiance lue contenu revision empreinte note"
    " sources",
    SitesAudites: "sites texte confiance sources",
    DonneesSensibles: SENSIBLES,
    Conservation: "duree texte sources confiance lecture",
    Referentiel: "id edition base guide empreinte couches titre",
    Changement: CHANGEMENT,
    # A grid is read again against its texts: it carries those that no installed layer has.
    TextesDonnes: "nom empreinte contenu",
    # What is needed of the dress for a grid to be read again without the body's file.
    Habillage: as_data,
    Ajouts: "*?",
    Precedent: "type? date? edition? indicateurs_audites? constats? leves apres_levee? ecarts?"
    " verifications? precedent?",
    ConstatPrecedent: lambda constat: constat.constat,
    Evolution: "* issu_de?",
    Certificat: "notification echeance etat? categories? sites?",
}
_ecrire = Ecrivain(_FORMES)
_graver = Graveur(_ecrire, margin="    ", communs={Motif})
#: What names the rules of a checklist, without telling them.
_nommer = Ecrivain(
    {Referentiel: "id edition guide empreinte couches", Couche: "referentiel nature id empreinte"}
)
_expliquer = Ecrivain(
    {
        Motif: "code texte categories sources confiance lecture emplacements",
        Changement: f"{CHANGEMENT} emplacement",
        RegleParSite: "regle texte=motif sites constat? sinon? ordre? sources confiance? lecture?"
        " emplacement",
    }
)


class Gravee(Struct, frozen=True, gc=False):
    """A gravee is a line written once: its JSON, and the ids of the sources that it cites."""

    ligne: Ligne
    json: bytes
    cites: frozenset[str]


class _Gravees:
    """This cache keeps the lines written so far, by identity of the record; all go beyond :data:`LIMITE`."""

    def __init__(self) -> None:
        self._gravees: dict[int, Gravee] = {}

    def __call__(self, lignes: tuple[Ligne, ...]) -> list[Gravee]:
        """Return lines as they are written.

        Raises:
            UnicodeEncodeError: a text of one cannot be written in UTF-8.
        """
        with _LOCK:
            return self._engraved(lignes)

    def _engraved(self, lignes: tuple[Ligne, ...]) -> list[Gravee]:
        known = self._gravees
        new = [ligne for ligne in lignes if id(ligne) not in known]
        if new and len(known) + len(new) > LIMITE:
            known, new = {}, [*lignes]
            self._gravees = known
        for ligne, (json, cites) in zip(new, _graver(new), strict=True):
            # The record is held with what is written of it: its identity is not given to another.
            known[id(ligne)] = Gravee(ligne, json, cites)
        return [known[id(ligne)] for ligne in lignes]


_GRAVEES = _Gravees()
#: One thread at a time engraves.
_LOCK = RLock()
#: What opens the list of lines, parts two of them, closes it: no text has a line feed as it is.
_EMPTY, _OPEN, _NEXT, _CLOSE = (
    b'\n  "lignes": []', b'\n  "lignes": [\n    ', b",\n    ", b"\n  ]"
)  # fmt: skip


def render(checklist: Checklist) -> bytes:
    """Return ``checklist`` as UTF-8 JSON, ended by a line feed: that of :func:`document`.

    A line is written once for all the checklists that share it.
    """
    written = _ecrire(_parts(checklist, ()))
    try:
        lignes = _GRAVEES(checklist.lignes)
        cites = _cited(written, lignes)
        whole = encoded(with_sources(written, checklist.referentiel.sources.values(), cites))
    except UnicodeEncodeError:  # what people typed may hold what only an escape can write
        return as_bytes(document(checklist))
    parts = [gravee.json for gravee in lignes]
    if parts:
        before, _, after = whole.partition(_EMPTY)
        parts[0] = before + _OPEN + parts[0]
        parts[-1] += _CLOSE + after  # the same, where there is but one
    return _NEXT.join(parts) if parts else whole


def document(checklist: Checklist) -> Objet:
    """Return ``checklist`` as the values that are written; keys may be added to it, never renamed."""
    written = _ecrire(_parts(checklist, checklist.lignes))
    return with_sources(written, checklist.referentiel.sources.values())


def _parts(checklist: Checklist, lignes: tuple[Ligne, ...]) -> Objet:
    referentiel = checklist.referentiel
    return {
        "format": 1,
        "referentiel": _rules(checklist, _ecrire),
        **_request(checklist),
        "avertissements": (*checklist.avertissements, *checklist.notes),
        "compteurs": checklist.compteurs,
        "lignes": lignes,
        "pieces": [_point(point) for point in checklist.pieces],
        "verifications": [_point(point) for point in checklist.verifications],
        "sites": checklist.sites,
        "invocables": checklist.invocables,
        "criteres": tuple(_criterion(critere, checklist) for critere in referentiel.criteres.values()),
        "mentions": referentiel.mentions,
        "modifications": referentiel.changements,
        "lacunes": checklist.lacunes,
        "conservation": _conservation(referentiel),
    }


def _criterion(critere: Critere, checklist: Checklist) -> Critere:
    """Return a criterion with those of its gaps that matter to this audit."""
    return replace(critere, lacunes=tuple(la for la in critere.lacunes if la in checklist.lacunes))


def head(checklist: Checklist) -> Objet:
    """Write the request that this checklist answers, and its rules: the head of a findings file."""
    return {"format": 1, "referentiel": _rules(checklist, _nommer), **_request(checklist)}


def sources(checklist: Checklist) -> tuple[Source, ...]:
    """Return the sources cited anywhere in a document, in the référentiel's order."""
    try:
        cites = _cited(_ecrire(_parts(checklist, ())), _GRAVEES(checklist.lignes))
    except UnicodeEncodeError:  # as in :func:`render`
        cites = {*document(checklist)["sources"]}
    return tuple(source for id_, source in checklist.referentiel.sources.items() if id_ in cites)


def _cited(written: Objet, lignes: Iterable[Gravee]) -> set[str]:
    """Return the ids of the sources that a document cites, its lines being written apart."""
    return set(citations(written)).union(*(gravee.cites for gravee in lignes))


def explanation(checklist: Checklist, ligne: Ligne, changements: Iterable[Changement]) -> Objet:
    """Return every rule that decided the state of a line, and what labels did to it, with their places.

    That of its sites is there where the référentiel declares one.
    """
    written = {
        "format": 1,
        "id": ligne.indicateur.id,
        "numero": ligne.indicateur.numero,
        "titre": ligne.indicateur.titre,
        "emplacement": ligne.indicateur.emplacement,
        "etat": ligne.etat,
        "categories": ligne.categories,
        "regles": ligne.motifs,
        "modifications": tuple(changements),
    }
    regle = rule_of(checklist, ligne)
    written |= {"par_site": regle} if regle is not None else {}
    return with_sources(_expliquer(written), checklist.referentiel.sources.values())


def questions(asked: Iterable[Question], referentiel: Referentiel) -> Objet:
    """Return the facts worth asking as the values that are written."""
    ecrire = Ecrivain({Fait: "fait=id question categories lignes effets sources"})
    written = [ecrire(q.fait, categories=q.categories, lignes=q.lignes, effets=q.effets) for q in asked]
    return with_sources({"format": 1, "questions": written}, referentiel.sources.values())


def _rules(checklist: Checklist, ecrire: Ecrivain) -> Any:
    couches = [_layer(retenue, ecrire) for retenue in checklist.referentiel.couches]
    return ecrire(checklist.referentiel, empreinte=checklist.empreinte, couches=couches)


def _layer(retenue: CoucheRetenue, ecrire: Ecrivain) -> Any:
    """Write a layer, with the revision and digest of the content read (``null``: none declared)."""
    couche, contenu = retenue.couche, retenue.contenu
    revision = contenu.revisions[-1] if contenu.revisions else None
    return ecrire(
        couche,
        contenu=contenu.id if contenu.cle != couche.cle else None,
        revision=revision and revision.numero,
        empreinte=revision and revision.empreinte,
    )


def _request(checklist: Checklist) -> Objet:
    """Return what was asked, under the keys of a profile; what was not declared is absent."""
    contexte, type_audit = checklist.contexte, checklist.type_audit
    audit: Objet = {
        "type": _shortest(checklist.referentiel, type_audit.id, type_audit.code),
        "date": contexte.date,
        **({} if contexte.mode is None else {"mode": contexte.mode}),
        "id": type_audit.id,
        "titre": type_audit.titre,
    }
    given: Objet = {
        "ajouts": contexte.ajouts,
        "precedent": contexte.precedent and _precedent(contexte.precedent),
        "certificats": contexte.certificats,
        "textes": checklist.textes,
        "dossier": contexte.recues and {"pieces": contexte.recues},
        "habillage": checklist.habillage,
    }
    declared = {cle: value for cle, value in _ecrire(given).items() if value}
    return {"audit": _ecrire(audit), "organisme": _ecrire(checklist.organisme), **declared}


def _shortest(referentiel: Referentiel, id_: str, code: str) -> str:
    """Return the code alone where it is read as the same type: a label's own types hide its base's."""
    candidates = (f"{origine}/{code}" for origine in reversed(referentiel.origines))
    first = next((c for c in candidates if c in referentiel.types_audit), id_)
    return code if first == id_ else id_


def _precedent(precedent: Precedent) -> Any:
    constats = precedent.constats or {}
    return _ecrire(
        precedent,
        leves=[cle for cle, constat in constats.items() if not constat.ouvert],
        apres_levee={cle: c.apres for cle, c in constats.items() if c.apres is not None} or None,
        ecarts=precedent.ecarts or None,
        verifications=precedent.resultats,
        precedent=precedent.precedent and _precedent(precedent.precedent),
    )


def _point(point: Point) -> Any:
    return _ecrire(point, compte_pour=point.compte_pour or None)


def _conservation(referentiel: Referentiel) -> list[Objet]:
    """Return one entry by référentiel of the stack, base first; what none of its sources says is ``null``."""
    unknown: Objet = {"texte": None, "duree": None, "sources": ()}
    rules = referentiel.conservations
    return [{"origine": o, **(_ecrire(rules[o]) if o in rules else unknown)} for o in referentiel.origines]
