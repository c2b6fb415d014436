"""Findings files written, which read again give the same findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certif_rules.audit.compte_rendu import compte_rendu_as_data, seen_as_data
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.demande import ConstatDit, Demande, FaitDit, PrecedentDit
from certif_rules.colonnes import CHAMPS, CONSTAT
from certif_rules.echanges.commun import as_bytes
from certif_rules.habillage.regles import as_data as habillage_as_data
from certif_rules.habillage.regles import build


def write_dossier(dossier: Dossier) -> bytes:
    """Write the findings as canonical JSON; read again, they are the same."""
    return as_bytes(as_data(dossier))


def as_data(dossier: Dossier) -> dict[str, Any]:
    """Return the findings as the values of a findings file."""
    head = head_as_data(dossier) | compte_rendu_as_data(dossier.compte_rendu)
    written = {**head, "constats": [_releve_as_data(r) for r in dossier.releves]}
    if dossier.verifications:
        written["verifications"] = [_releve_as_data(r, "resultat") for r in dossier.verifications]
    return written


def head_as_data(dossier: Dossier) -> dict[str, Any]:
    """Return what a findings file says before its findings: enough to compute the checklist again."""
    demande = dossier.demande
    referentiel: dict[str, Any] = {
        "id": demande.referentiel,
        "edition": demande.edition,
        "guide": demande.guide,
        "empreinte": dossier.empreinte,
    }
    couches = [
        {"referentiel": c.referentiel, "nature": c.nature, "id": c.id, "empreinte": c.empreinte}
        for c in dossier.couches
    ]
    written: dict[str, Any] = {"format": 1}
    if demande.referentiel is not None:
        written["referentiel"] = _given(referentiel | ({"couches": couches} if couches else {}))
    audit = _given({"type": demande.type_audit, "date": demande.date, "mode": demande.mode})
    if audit:
        written["audit"] = audit
    faits = _faits(demande)
    written["organisme"] = {
        **_plain(demande.organisme),
        "categories": list(demande.categories or demande.ajout_categories),
        **({"faits": faits} if faits else {}),
    }
    ajouts = {"categories": list(demande.ajout_categories), "sites": list(demande.ajout_sites)}
    if any(ajouts.values()):
        written["ajouts"] = {key: value for key, value in ajouts.items() if value}
    if demande.precedent is not None:
        written["precedent"] = _precedent(demande.precedent)
    if demande.certificats:
        written["certificats"] = {
            nom: {"notification": debut, "echeance": fin} for nom, (debut, fin) in demande.certificats.items()
        }
    if demande.habillage is not None:
        written["habillage"] = habillage_as_data(build(demande.habillage))
    named = demande.textes or demande.textes_dits
    if named is not None:
        written["textes"] = {"nom": named.nom, "empreinte": named.empreinte}
    if dossier.notifie_le is not None:
        written["ecarts_notifies_le"] = dossier.notifie_le
    return written


def _releve_as_data(releve: Releve, key: str = "constat") -> dict[str, Any]:
    """Write every key that a line always has; the others are left out when empty."""
    return {
        "id": releve.ligne,
        key: releve.constat,
        **_filled(releve),
        "leve_le": releve.leve_le,
        "leve_par": releve.leve_par,
        **({"appui": releve.appui} if releve.appui else {}),
        **({"leve_constat": releve.leve_constat} if releve.leve_constat else {}),
        **({"ecart": dict(releve.ecart)} if releve.ecart else {}),
        **({"complements": dict(releve.complements)} if releve.complements else {}),
        **({"par_site": [seen_as_data(seen) for seen in releve.par_site]} if releve.par_site else {}),
    }


def _filled(releve: Releve) -> dict[str, Any]:
    """Return what auditors filled beside the finding, by field; what may be left out is when it is empty."""
    written = {}
    for colonne in CHAMPS:
        value = getattr(releve, colonne.champ)
        if colonne is not CONSTAT and (value or colonne.toujours):
            written[colonne.champ] = list(value) if isinstance(value, tuple) else value
    return written


def _faits(demande: Demande) -> dict[str, Any]:
    """Facts in the shape of a profile: one value, or one per category where some differ."""
    by_fact: dict[str, list[FaitDit]] = {}
    for dit in demande.faits:
        by_fact.setdefault(dit.fait, []).append(dit)
    faits: dict[str, Any] = {}
    for nom, dits in by_fact.items():
        own = {dit.categorie: dit.valeur for dit in dits if dit.categorie is not None}
        shared = [dit.valeur for dit in dits if dit.categorie is None]
        if not own:
            faits[nom] = shared[-1]
            continue
        everywhere = (
            dict.fromkeys((*demande.categories, *demande.ajout_categories), shared[-1]) if shared else {}
        )
        faits[nom] = {**everywhere, **own}
    return faits


def _precedent(precedent: PrecedentDit) -> dict[str, Any]:
    def by_key(constats: tuple[ConstatDit, ...]) -> dict[str, str]:
        return {dit.cle: dit.constat for dit in constats}

    constats = precedent.constats
    lifted = [dit.cle for dit in constats or () if not dit.ouvert]
    return _given(
        {
            "type": precedent.type,
            "date": precedent.date,
            "edition": precedent.edition,
            "indicateurs_audites": None
            if precedent.indicateurs_audites is None
            else list(precedent.indicateurs_audites),
            "constats": None if constats is None else by_key(constats),
            "leves": lifted or None,
            "apres_levee": {dit.cle: dit.apres for dit in constats or () if dit.apres} or None,
            "verifications": None
            if precedent.verifications is None
            else {dit.cle: dit.constat if dit.ouvert else "levee" for dit in precedent.verifications},
            "precedent": None if precedent.precedent is None else _precedent(precedent.precedent),
        }
    )


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    """Return the same data without the places it was read at."""
    if isinstance(value, Mapping):
        return {key: _plain(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(child) for child in value]
    return value
