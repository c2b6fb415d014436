"""Findings files written, which read again give the same findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from certif_rules.audit.checklist import NON_SATISFAITE
from certif_rules.audit.compte_rendu import Conflit, Version, compte_rendu_as_data
from certif_rules.audit.constats import A_EVALUER, ARevoir, Dossier, Releve
from certif_rules.audit.correction import Correction
from certif_rules.audit.demande import Demande, FaitDit
from certif_rules.audit.precedent import ConstatDit, PrecedentDit
from certif_rules.colonnes import CHAMPS, CONSTAT
from certif_rules.echanges.champs import Ecrivain, as_bytes
from certif_rules.habillage.regles import as_data as habillage_as_data
from certif_rules.habillage.regles import build
from certif_rules.rules.contexte import VERIFICATION

_ecrire = Ecrivain(
    {
        Conflit: "champ valeurs aucune?",
        Version: "valeur de? par?",
        PrecedentDit: "type? date? edition? indicateurs_audites? constats? leves? apres_levee? ecarts?"
        " verifications? precedent?",
        Releve: "leve_le leve_par leve_constat? ecart? complements? par_site? a_accorder?",
    }
)


def write_dossier(dossier: Dossier) -> bytes:
    """Write the findings as canonical JSON; read again, they are the same."""
    return as_bytes(as_data(dossier))


def carried(correction: Correction) -> dict[str, Any]:
    """Return the findings that were carried to a corrected context, as those of a file."""
    return as_data(correction.dossier)


def as_data(dossier: Dossier) -> dict[str, Any]:
    """Return the findings as the values of a findings file."""
    written = {
        **head_as_data(dossier),
        **compte_rendu_as_data(dossier.compte_rendu),
        **({"a_accorder": _ecrire(dossier.a_accorder)} if dossier.a_accorder else {}),
        "constats": [_finding(releve, "constat") for releve in dossier.releves],
    }
    if dossier.verifications:
        written["verifications"] = [_finding(releve, "resultat") for releve in dossier.verifications]
    if dossier.a_revoir:
        written["a_revoir"] = [_to_review(one) for one in dossier.a_revoir]
    return written


def head_as_data(dossier: Dossier) -> dict[str, Any]:
    """Return what a findings file says before its findings: enough to compute the checklist again."""
    demande = dossier.demande
    referentiel = {
        "id": demande.referentiel,
        "edition": demande.edition,
        "guide": demande.guide,
        "empreinte": dossier.empreinte,
        "couches": dossier.couches or None,
    }
    audit = {"type": demande.type_audit, "date": demande.date, "mode": demande.mode}
    ajouts = {"categories": demande.ajout_categories or None, "sites": demande.ajout_sites or None}
    named = demande.textes or demande.textes_dits
    written = {
        "format": 1,
        "referentiel": None if demande.referentiel is None else _given(referentiel),
        "audit": _given(audit) or None,
        "organisme": {
            **demande.organisme,
            **_given(
                {
                    "categories": demande.categories or demande.ajout_categories or None,
                    "faits": _facts(demande) or None,
                }
            ),
        },
        "ajouts": _given(ajouts) or None,
        "precedent": demande.precedent and _earlier(demande.precedent),
        "certificats": {nom: _given(asdict(held)) for nom, held in demande.certificats.items()} or None,
        "habillage": demande.habillage and habillage_as_data(build(demande.habillage)),
        "textes": named and {"nom": named.nom, "empreinte": named.empreinte},
        "dossier": demande.dossier or None,
        "depart": dossier.depart and asdict(dossier.depart),
        "ecarts_notifies_le": dossier.notifie_le,
    }
    return dict(_ecrire(_given(written)))


def _finding(releve: Releve, key: str) -> dict[str, Any]:
    """Write every key that a line always has; the others are left out when empty."""
    filled = {c.champ: getattr(releve, c.champ) for c in CHAMPS if c is not CONSTAT}
    always = {c.champ for c in CHAMPS if c.toujours}
    return {
        "id": releve.ligne,
        key: releve.constat,
        **{champ: _ecrire(value) for champ, value in filled.items() if value or champ in always},
        **_ecrire(
            releve,
            leve_constat=releve.leve_constat or None,
            par_site=tuple(_at_site(part, key) for part in releve.par_site),
        ),
    }


def _to_review(one: ARevoir) -> dict[str, Any]:
    seen = {"revu_le": one.revu_le, "revu_par": one.revu_par}
    return {
        "raison": one.raison,
        **_finding(one.releve, "resultat" if one.verification else "constat"),
        **{key: value for key, value in seen.items() if value is not None},
    }


def _at_site(part: Releve, key: str) -> dict[str, Any]:
    """Write the finding of a line at one site: only what is said of it."""
    whole = {"site": part.site} | _finding(part, key)
    return {
        name: value for name, value in whole.items() if name != "id" and value not in (None, [], A_EVALUER)
    }


def _facts(demande: Demande) -> dict[str, Any]:
    """Return facts in the shape of a profile: one value, or one per category where some differ."""
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


def _earlier(precedent: PrecedentDit) -> Any:
    constats, checks = precedent.constats, precedent.verifications
    by_key = {dit.cle: dit for dit in constats or ()}
    by_key |= {f"{VERIFICATION}{dit.cle}": dit for dit in checks or ()}
    return _ecrire(
        precedent,
        constats=None if constats is None else {dit.cle: dit.constat for dit in constats},
        leves=[dit.cle for dit in constats or () if not dit.ouvert] or None,
        apres_levee={dit.cle: dit.apres for dit in constats or () if dit.apres} or None,
        ecarts={key: dict(dit.ecart) for key, dit in by_key.items() if dit.ecart} or None,
        precedent=precedent.precedent and _earlier(precedent.precedent),
        verifications=None if checks is None else {dit.cle: _result(dit) for dit in checks},
    )


def _result(dit: ConstatDit) -> str:
    """Return the result of a check as a profile says it: only one that failed is put right."""
    return "levee" if dit.constat == NON_SATISFAITE and not dit.ouvert else dit.constat


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
