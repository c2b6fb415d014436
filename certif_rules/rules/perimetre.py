"""Périmètre: is this line due at this audit, for this category? With the reason.

The rules are in the ``types_audit`` of the rules layer: one of them must hold. A derogation in force
replaces the whole perimeter by that of another audit type. A certificate of another scheme then takes out the
lines that an equivalence names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from certif_rules.model.referentiel import Derogation, Equivalence, TypeAudit
from certif_rules.rules.contexte import Certificat, Contexte, Precedent
from certif_rules.rules.motifs import CodeMotif, Motif, Reponse, dedupe, each_once
from certif_rules.rules.mots import MOTS, MOTS_DU_PRECEDENT, Cas, Mot, RegleJugee, judge, reason
from certif_rules.rules.trivalent import Trivalent, both, choose, either


def perimetre(cas: Cas, type_audit: TypeAudit) -> Reponse:
    """Return whether the line is due at an audit of this type, and why.

    Derogations in force are applied, then equivalences.
    """
    reponse = _rules(cas, type_audit)
    for derogation in cas.referentiel.derogations:
        if type_audit.id in derogation.types:
            reponse = _derogate(reponse, derogation, cas)
    for equivalence in cas.referentiel.equivalences:
        if reponse.valeur is not False and (not equivalence.types or type_audit.id in equivalence.types):
            reponse = _exempt(reponse, equivalence, cas)
    return reponse


def pieces_required(cas: Cas, type_audit: TypeAudit) -> bool:
    """Return whether documents stand in for the audit: at least one is certainly required."""
    pieces = type_audit.pieces
    return bool(pieces) and any(judge(piece.regle, cas, _MOTS).valeur is True for piece in pieces)


def _rules(cas: Cas, type_audit: TypeAudit) -> Reponse:
    verdicts = [judge(regle, cas, _MOTS) for regle in type_audit.perimetre]
    valeur = either([verdict.valeur for verdict in verdicts])
    if valeur is False:
        return Reponse(valeur, (_not_due(cas, type_audit),))
    decisive = [verdict for verdict in verdicts if verdict.valeur is valeur]
    return Reponse(valeur, dedupe([motif for v in decisive for motif in _reasons(v, cas)]))


def _reasons(verdict: RegleJugee, cas: Cas) -> tuple[Motif, ...]:
    """Return why a rule holds, or why it cannot be decided."""
    other = verdict.regle.mots.get("comme")
    if isinstance(other, str) and all(value is True for mot, value in verdict.mots.items() if mot != "comme"):
        return perimetre(cas, cas.referentiel.types_audit[other]).motifs
    if verdict.valeur is True:
        return (reason(_code_of(verdict), verdict.regle.motif or "", cas, verdict.regle),)
    return (_unknown(verdict, cas),)


def _code_of(verdict: RegleJugee) -> CodeMotif:
    mots = verdict.regle.mots
    if "constat_precedent" in mots or "constat_ouvert" in mots:
        return "constat_precedent"
    if "vue" in mots:
        return "non_vue"
    if "ajout" in mots:
        return "ajout"
    return "perimetre"


def _unknown(verdict: RegleJugee, cas: Cas) -> Motif:
    unknown = [mot for mot, value in verdict.mots.items() if value is None]
    if MOTS_DU_PRECEDENT.intersection(unknown):
        wanted = verdict.regle.motif or verdict.regle.inconnu
        texte = f"audit précédent à renseigner ({wanted})" if wanted else "audit précédent à renseigner"
        return reason("precedent_inconnu", texte, cas, verdict.regle)
    nom = verdict.regle.mots.get("fait")
    if "fait" in unknown and isinstance(nom, str):
        texte = f"à renseigner : {cas.referentiel.faits[nom].question}"
        return reason("perimetre_inconnu", texte, cas, verdict.regle)
    return reason("perimetre_inconnu", verdict.regle.inconnu or verdict.regle.motif or "", cas, verdict.regle)


def _not_due(cas: Cas, type_audit: TypeAudit) -> Motif:
    by_documents = pieces_required(cas, type_audit)
    verdicts = [judge(regle, cas, _MOTS) for regle in type_audit.sinon_selon]
    own = next((verdict for verdict in verdicts if verdict.valeur is True), None) if verdicts else None
    if own is not None and not by_documents:
        return reason("hors_perimetre", own.regle.motif or type_audit.sinon, cas, own.regle)
    return Motif(
        code="pieces" if by_documents else "hors_perimetre",
        texte=(by_documents and type_audit.sinon_pieces) or type_audit.sinon,
        sources=each_once(*(regle.sources for regle in type_audit.perimetre)) or type_audit.sources,
        categories=(cas.categorie,),
        emplacements=(type_audit.emplacement,),
    )


def _derogate(normal: Reponse, derogation: Derogation, cas: Cas) -> Reponse:
    garde = judge(derogation.garde, cas, _MOTS)
    if garde.valeur is False:
        return normal
    replaced = perimetre(cas, cas.referentiel.types_audit[derogation.comme])
    valeur = choose(garde.valeur, replaced.valeur, normal.valeur)
    if garde.valeur is True:
        own = reason("derogation", garde.regle.motif or "", cas, garde.regle)
        return Reponse(valeur, dedupe((own, *replaced.motifs)))
    if valeur is None and normal.valeur != replaced.valeur:
        doubt = reason("derogation", garde.regle.inconnu or garde.regle.motif or "", cas, garde.regle)
        return Reponse(valeur, dedupe((_as_unknown(doubt), *normal.motifs)))
    return Reponse(valeur, normal.motifs)


def _exempt(normal: Reponse, equivalence: Equivalence, cas: Cas) -> Reponse:
    """Return what the answer becomes where a certificate stands for the line, or may."""
    garde = judge(equivalence.garde, cas, _MOTS)
    valeur = both((garde.valeur, cas.contexte.holds(equivalence.certificat, cas.categorie)))
    if valeur is False:
        return normal
    texte = garde.regle.motif or f"certificat {equivalence.titre}"
    if valeur is True:
        return Reponse(False, (reason("equivalence", texte, cas, garde.regle),))
    doubt = reason("perimetre_inconnu", f"équivalence à confirmer : {texte}", cas, garde.regle)
    return Reponse(None, dedupe((doubt, *normal.motifs)))


def before(contexte: Contexte, precedent: Precedent) -> Mapping[str, Certificat]:
    """Return the certificates that may have stood at the earlier audit: what they were then is not known."""
    day = precedent.date
    return {
        nom: replace(held, notification=date.min, echeance=date.max, etat=None, certain=False)
        for nom, held in contexte.certificats.items()
        if day is None or held.notification <= day <= held.echeance
    }


def _as_unknown(motif: Motif) -> Motif:
    return replace(motif, code="perimetre_inconnu", texte=f"dérogation à confirmer : {motif.texte}")


def _vue(valeur: bool, cas: Cas) -> Trivalent:
    """Return whether the line was seen at the earlier audit: as it says, else as its type would have it."""
    precedent = cas.contexte.precedent
    if precedent is None:
        return None
    earlier_finding = (precedent.constats or {}).get(cas.indicateur.id)
    seen: Trivalent
    if earlier_finding and cas.referentiel.constats[earlier_finding.constat].hors_portee:
        seen = False
    elif precedent.indicateurs_audites is not None:
        seen = cas.indicateur.id in precedent.indicateurs_audites
    else:
        earlier = _type_by_code(cas, precedent.type)
        if earlier is None:
            return None
        then = replace(
            cas.contexte,
            precedent=None,
            type_audit=earlier.id,
            certificats=before(cas.contexte, precedent),
        )
        seen = perimetre(replace(cas, contexte=then), earlier).valeur
    return None if seen is None else seen is valeur


def _type_by_code(cas: Cas, code: str | None) -> TypeAudit | None:
    """Return the type of this code: the label's own first, then its base's."""
    types = cas.referentiel.types_audit
    ids = (f"{origine}/{code}" for origine in reversed(cas.referentiel.origines))
    return next((types[i] for i in ids if i in types), None)


def _comme(valeur: str, cas: Cas) -> Trivalent:
    return perimetre(cas, cas.referentiel.types_audit[valeur]).valeur


_MOTS: Mapping[str, Mot] = {**MOTS, "vue": _vue, "comme": _comme}

#: Every word a rule may use.
VOCABULAIRE: Sequence[str] = tuple(_MOTS)
