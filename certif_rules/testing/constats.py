"""The part of a case that holds findings: what they conclude, what they open, what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.coherence import check_compte_rendu
from certif_rules.audit.compte_rendu import read_compte_rendu
from certif_rules.audit.conclusion import conclude
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.demande import Demande
from certif_rules.audit.recevabilite import check_findings, with_ids
from certif_rules.echanges.conclusion import document
from certif_rules.errors import DataError
from certif_rules.plugins.registry import Registry
from certif_rules.services.constats import check_procedure, procedure_of
from certif_rules.testing.fichier import unlike

#: The key of a case that gives a finding to every line due that it does not name.
AUTRES = "autres"
_COMMENTAIRE = "commentaire d’essai"
#: The text that a finding rests on, unless a case says which, or that there is none.
_APPUI = "document d’essai, page 1"


def concluded(
    case: Mapping[str, Any], demande: Demande, checklist: Checklist, registry: Registry
) -> dict[str, Any]:
    """Return the conclusions of the findings of a case, as ``conclure`` writes them.

    Raises:
        DataError: the findings are impossible; every problem is listed.
    """
    dossier, issues = with_ids(checklist.referentiel, findings_of(case, demande, checklist))
    issues += check_findings(checklist, dossier)
    issues += check_compte_rendu(checklist, dossier)
    issues += check_procedure(registry, checklist, dossier)
    if issues:
        raise DataError(issues)
    return document(conclude(checklist, dossier, procedure_of(registry, checklist, dossier)))


def findings_of(case: Mapping[str, Any], demande: Demande, checklist: Checklist) -> Dossier:
    """Return the findings of a case, with those it gives to every line due that it does not name."""
    given: dict[str, Any] = {str(key): value for key, value in case["constats"].items()}
    others = given.pop(AUTRES, None)
    releves = [_releve(key, value) for key, value in given.items()]
    checks = [_releve(key, value, "resultat") for key, value in (case.get("verifications") or {}).items()]
    notified = case.get("ecarts_notifies_le")
    dossier = Dossier(
        demande=demande,
        releves=tuple(releves),
        verifications=tuple(checks),
        notifie_le=notified and str(notified),
        compte_rendu=read_compte_rendu(case),
    )
    if others is None:
        return dossier
    named = {releve.ligne for releve in with_ids(checklist.referentiel, dossier)[0].releves}
    left = (li.indicateur.id for li in checklist.lignes if li.etat == "a_auditer")
    more = tuple(_releve(line, others) for line in left if line not in named)
    return replace(dossier, releves=(*dossier.releves, *more))


def _releve(ligne: str, value: Any, key: str = "constat", site: str | None = None) -> Releve:
    """Return a finding alone comes with a comment; one with its details, with those only."""
    if isinstance(value, str):
        return Releve(ligne=ligne, constat=value, commentaire=_COMMENTAIRE, appui=_APPUI, site=site)
    there = {str(name): part for name, part in (value.get("par_site") or {}).items()}
    return Releve(
        ligne=ligne,
        site=site,
        par_site=tuple(_releve(ligne, part, key, name) for name, part in there.items()),
        constat=value[key],
        commentaire=value.get("commentaire"),
        annotations=tuple(value.get("annotations") or ()),
        leve_le=value.get("leve_le") and str(value["leve_le"]),
        leve_par=value.get("leve_par"),
        appui=value.get("appui", _APPUI),
        leve_constat=value.get("leve_constat"),
    )


def check_conclusions(obtained: Mapping[str, Any], value: Mapping[str, Any]) -> list[str]:
    """Return what is expected of each object and not concluded; ``contient`` is part of its text."""
    conclusions = {c["objet"]: c for c in obtained["conclusions"]}
    texts = []
    for objet, expected in value.items():
        conclusion = conclusions.get(objet)
        if conclusion is None:
            texts.append(f"aucune conclusion pour {objet} (obtenues : {', '.join(conclusions)})")
            continue
        beside = conclusion.get("distinctions", ())
        sentences = [part["texte"] for c in (conclusion, *beside) for part in (c, *c["motifs"])]
        for key, wanted in expected.items():
            if key == "contient":
                missing = not any(wanted in text for text in sentences)
                texts += [f"{objet} : « {wanted} » absent de {sentences}"] if missing else []
            elif key == "distinctions":
                texts += _check_beside(objet, beside, wanted)
            elif conclusion.get(key) != wanted:
                texts.append(f"{objet}, {key} : {unlike(wanted, conclusion.get(key))}")
    return texts


def _check_beside(objet: str, obtained: Sequence[Mapping[str, Any]], value: Mapping[str, Any]) -> list[str]:
    """Return what is expected beside the label and not decided, and what is decided and not expected."""
    decided: dict[str, Any] = {}
    for each in obtained:
        verdict = each["possibles"] if each["decision"] is None else each["decision"]
        if "critere" in each:
            decided.setdefault(each["id"], {})[each["critere"]] = verdict
        else:
            decided[each["id"]] = verdict
    return [
        f"{objet}, {nom} : {unlike(value.get(nom), decided.get(nom))}"
        for nom in {**decided, **value}
        if decided.get(nom) != value.get(nom)
    ]


def check_procedure_of(obtained: Mapping[str, Any], value: Mapping[str, Any]) -> list[str]:
    """Return the acts that are missing or not expected, and what is said otherwise of each.

    An act is named by its intervention, or by its role where none calls for it.
    """
    acts = {act.get("prevu", act).get("id", act["role"]): act for act in obtained.get("procedure", ())}
    texts = [f"acte en trop : {nom}" for nom in acts if nom not in value]
    for nom, expected in value.items():
        if nom not in acts:
            texts.append(f"acte absent : {nom} (obtenus : {', '.join(acts) or 'aucun'})")
            continue
        flat = {**acts[nom].get("prevu", {}), **acts[nom], **(acts[nom]["rendu"] or {})}
        texts += [
            f"{nom}, {key} : {unlike(wanted, flat.get(key))}"
            for key, wanted in expected.items()
            if flat.get(key) != wanted
        ]
    return texts


def check_deadlines(
    obtained: Mapping[str, Any], value: Mapping[str, Mapping[str, Any]], checklist: Checklist
) -> list[str]:
    """Return the dates of each line that are missing, and the lines with dates not expected."""
    numeros = {li.indicateur.id: li.indicateur.numero for li in checklist.lignes}
    dated = {numeros.get(e["id"], e["id"]): e for e in obtained["echeances"]}
    wanted = {str(key): dates for key, dates in value.items()}
    texts = [f"échéances en trop : {numero}" for numero in dated if numero not in wanted]
    for numero, dates in wanted.items():
        entry = dated.get(numero)
        if entry is None:
            texts.append(f"échéances de {numero} : aucune")
            continue
        for nom, day in dates.items():
            if entry.get(nom, "") != (day and str(day)):
                texts.append(f"{nom} de {numero} : {unlike(day, entry.get(nom))}")
    return texts
