"""Findings files: read, and checked against the rules that are installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, warned
from certif_rules.audit.coherence import check_compte_rendu
from certif_rules.audit.compte_rendu import read_compte_rendu, read_conflicts
from certif_rules.audit.constats import A_EVALUER, ARevoir, CoucheDite, Depart, Dossier, Releve
from certif_rules.audit.demande import from_profile, with_files
from certif_rules.audit.procedure import ROLES, Procedure, check_acts, recorded
from certif_rules.audit.recevabilite import check_findings, with_ids
from certif_rules.colonnes import fields
from certif_rules.errors import MANQUE, DataError, Issue, IssuesError, Location
from certif_rules.model.base import Avertissement
from certif_rules.personnes.pseudonymes import personal_warnings
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import make_checklist
from certif_rules.source.donnees import as_text, place_of, read_checked
from certif_rules.source.entree import FichierDonne, given_file
from certif_rules.vie.actes import called_for

#: What an edition or a guide that is not installed is refused with.
_RULES_GONE = {"edition-introuvable", "guide-introuvable"}
_HINT_RULES = "installer les mêmes règles, ou accepter les autres"


# ---- reading --------------------------------------------------------------------------------------------


def read_dossier(source: Path | FichierDonne) -> Dossier:
    """Return a findings file, in JSON or YAML; nothing is checked against a référentiel yet.

    Raises:
        DataError: the file cannot be read, or its schema refuses it; every problem is listed.
    """
    fichier = given_file(source)
    data = read_checked(Path(fichier.nom), "constats", content=fichier.octets)
    dossier = from_data(data, fichier.nom)
    return replace(dossier, demande=with_files(dossier.demande, data, fichier.dossier))


def from_data(data: Any, name: str = "") -> Dossier:
    """Return the findings in data that its schema accepts; ``name`` is the file of plain data."""
    referentiel = data.get("referentiel")
    stack = referentiel if isinstance(referentiel, Mapping) else {}
    notified = data.get("ecarts_notifies_le")
    whole = Location(name) if name else None
    lieux = {
        key: where
        for key in ("referentiel", "constats", "ecarts_notifies_le")
        if (where := place_of(data, key) or whole) is not None
    }
    return Dossier(
        demande=from_profile(data),
        releves=tuple(_releve(entry, whole) for entry in data["constats"]),
        empreinte=stack.get("empreinte"),
        notifie_le=None if notified is None else str(notified),
        couches=tuple(_couches(stack.get("couches"))),
        verifications=tuple(_verification(entry, whole) for entry in data.get("verifications") or ()),
        lieux=lieux,
        compte_rendu=read_compte_rendu(data),
        a_accorder=read_conflicts(data),
        a_revoir=tuple(_to_review(entry, whole) for entry in data.get("a_revoir") or ()),
        depart=_start(data.get("depart")),
    )


def _start(given: Any) -> Depart | None:
    return Depart(version=int(given["version"]), empreinte=str(given["empreinte"])) if given else None


def _to_review(entry: Any, whole: Location | None) -> ARevoir:
    """Read a finding set aside, or that of a check: it says its « resultat »."""
    check = "resultat" in entry
    releve = _releve(entry, whole, "resultat" if check else "constat")
    seen = {key: None if entry.get(key) is None else str(entry[key]) for key in ("revu_le", "revu_par")}
    return ARevoir(raison=str(entry["raison"]), releve=releve, verification=check, **seen)


def _verification(entry: Any, whole: Location | None) -> Releve:
    """Read a check; its ``constat`` in a checklist it may be copied from is what failing is worth."""
    return _releve(entry, whole, "resultat")


def _releve(entry: Any, whole: Location | None, key: str = "constat", of: str | None = None) -> Releve:
    """Read a finding, and those of its sites, which are ``of`` the same line."""
    ligne = str(entry["id"]) if of is None else of
    return Releve(
        ligne=ligne,
        constat=entry.get(key, A_EVALUER),
        **_filled(entry),
        leve_le=as_text(entry.get("leve_le")),
        leve_par=entry.get("leve_par"),
        leve_constat=entry.get("leve_constat"),
        ecart={cle: str(texte) for cle, texte in (entry.get("ecart") or {}).items() if texte is not None},
        site=as_text(entry.get("site")),
        par_site=tuple(_releve(part, whole, key, ligne) for part in entry.get("par_site") or ()),
        a_accorder=read_conflicts(entry),
        complements=dict(entry.get("complements") or {}),
        lieu=place_of(entry, "id" if of is None else "site") or whole,
        lieux=_places(entry),
    )


def _filled(entry: Any) -> dict[str, Any]:
    """Return what auditors filled beside the finding, by field."""
    return {
        **{name: entry.get(name) for name in fields("texte")},
        **{name: tuple(entry.get(name) or ()) for name in fields("annotations", "liste")},
        **{name: as_text(entry.get(name)) for name in fields("jour")},
    }


def _places(entry: Any) -> dict[str, Location]:
    """Return where each field of a finding was read, those of its follow-up too, when the file says."""
    suivi = entry.get("ecart") or {}
    places = {key: place_of(entry, key) for key in entry} | {f"ecart.{k}": place_of(suivi, k) for k in suivi}
    return {key: place for key, place in places.items() if place is not None}


def _couches(nodes: Any) -> Iterator[CoucheDite]:
    """Yield the layers a checklist was made with, when they were copied with the rest."""
    for node in nodes if isinstance(nodes, list) else ():
        keys = ("referentiel", "nature", "id")
        if isinstance(node, Mapping) and all(isinstance(node.get(key), str) for key in keys):
            empreinte = node.get("empreinte")
            yield CoucheDite(
                referentiel=node["referentiel"],
                nature=node["nature"],
                id=node["id"],
                empreinte=empreinte if isinstance(empreinte, str) else None,
            )


# ---- checking -------------------------------------------------------------------------------------------


def procedure_of(registry: Registry, checklist: Checklist, dossier: Dossier) -> Procedure:
    """Return the opinions, the decisions and the notifications that the audit of these findings calls for.

    Raises:
        DataError: the data around the audit are wrong; every problem is listed.
    """
    return called_for(checklist.referentiel, dossier.demande, registry.life(checklist.referentiel))


def check_procedure(registry: Registry, checklist: Checklist, dossier: Dossier) -> Iterator[Issue]:
    """Yield everything impossible in the opinions, the decisions and the notifications recorded."""
    compte_rendu = dossier.compte_rendu
    if any(recorded(compte_rendu, role) for role in ROLES):
        yield from check_acts(checklist, compte_rendu, procedure_of(registry, checklist, dossier))


def open_dossier(
    registry: Registry, dossier: Dossier, *, other_rules: bool = False
) -> tuple[Checklist, Dossier]:
    """Return the checklist that the findings answer, and the findings by id of line; both are sound.

    Args:
        registry: the rules that are installed.
        dossier: the findings as read.
        other_rules: accept findings made with other rules; the checklist then carries a warning, which every
            document prints.

    Raises:
        DataError: other rules, an incomplete request, impossible findings; everything is listed.
    """
    checklist = open_checklist(registry, dossier, other_rules=other_rules)
    dossier, issues = with_ids(checklist.referentiel, dossier)
    issues += check_findings(checklist, dossier)
    issues += check_compte_rendu(checklist, dossier)
    issues += check_procedure(registry, checklist, dossier)
    if issues:
        raise DataError(issues)
    return with_personal_warnings(checklist, dossier), dossier


def with_personal_warnings(checklist: Checklist, dossier: Dossier) -> Checklist:
    """Return the checklist with a warning for each place of the findings that holds personal data."""
    numeros = {ligne.indicateur.id: ligne.indicateur.numero for ligne in checklist.lignes}
    warnings = personal_warnings(dossier, numeros)
    return warned(checklist, warnings)


def open_checklist(registry: Registry, dossier: Dossier, *, other_rules: bool = False) -> Checklist:
    """Return the checklist that the findings answer; the findings themselves are not checked.

    Raises:
        DataError: other rules, an incomplete request.
    """
    checklist = _checklist(registry, dossier, other_rules=other_rules)
    differences = list(_differences(checklist, dossier))
    if differences and not other_rules:
        message = f"constats faits avec d’autres règles : {' ; '.join(differences)}"
        lieu = dossier.lieu("referentiel")
        raise DataError([Issue("regles-differentes", message, lieu, _HINT_RULES, champ="referentiel")])
    return warned(checklist, _warnings(dossier, differences))


def _checklist(registry: Registry, dossier: Dossier, *, other_rules: bool) -> Checklist:
    try:
        return make_checklist(registry, dossier.demande)
    except IssuesError as error:
        codes = {issue.code for issue in error.issues}
        if not (other_rules and codes <= _RULES_GONE):
            raise DataError(_in_file(issue, dossier) for issue in error.issues) from error
    # The date of the audit chooses among the rules that are here.
    demande = replace(dossier.demande, edition=None, guide=None)
    return _checklist(registry, replace(dossier, demande=demande), other_rules=False)


def _in_file(issue: Issue, dossier: Dossier) -> Issue:
    """Return a request that comes from a file is mended in the file."""
    hint = issue.hint
    if issue.code == MANQUE:
        hint = "l’écrire dans le fichier de constats"
    elif issue.code in _RULES_GONE:
        hint = f"{issue.hint} ; {_HINT_RULES}"
    return replace(issue, location=issue.location or dossier.lieu("constats"), hint=hint)


def _differences(checklist: Checklist, dossier: Dossier) -> Iterator[str]:
    """Yield what differs between the rules the findings were made with and the installed ones, in French."""
    referentiel, demande = checklist.referentiel, dossier.demande
    for label, asked, installed in (
        ("édition", demande.edition, referentiel.edition),
        ("guide", demande.guide, referentiel.guide),
    ):
        if asked is not None and asked != installed:
            yield f"{label} {asked}, ici {installed or 'aucun'}"
    if dossier.empreinte is None or dossier.empreinte == checklist.empreinte:
        return
    here = {(c.referentiel, c.nature): c for c in _layers(checklist)}
    said_layers = {(c.referentiel, c.nature): c for c in dossier.couches}
    for key in sorted({*here, *said_layers} if said_layers else ()):
        before, now = said_layers.get(key), here.get(key)
        if before != now:
            yield f"couche {'/'.join(key)} {_layer(before)}, ici {_layer(now)}"
    yield f"empreinte {_short(dossier.empreinte)}, ici {_short(checklist.empreinte)}"


def _layers(checklist: Checklist) -> tuple[CoucheDite, ...]:
    """Return the layers of a checklist; the digest is that of the content read."""
    return tuple(
        CoucheDite(
            referentiel=retenue.couche.referentiel,
            nature=retenue.couche.nature,
            id=retenue.couche.id,
            empreinte=retenue.contenu.revisions[-1].empreinte if retenue.contenu.revisions else None,
        )
        for retenue in checklist.referentiel.couches
    )


def _layer(couche: CoucheDite | None) -> str:
    if couche is None:
        return "absente"
    return f"« {couche.id} »" + (f" ({_short(couche.empreinte)})" if couche.empreinte else "")


def _short(empreinte: str) -> str:
    return empreinte.removeprefix("sha256:")[:8] + "…"


def _warnings(dossier: Dossier, differences: list[str]) -> Iterator[Avertissement]:
    if differences:
        message = f"constats faits avec d’autres règles, acceptées : {' ; '.join(differences)}"
        yield Avertissement("autres_regles", message)
    if dossier.empreinte is None:
        message = "les constats ne portent pas l’empreinte de leurs règles : l’édition seule est vérifiée"
        yield Avertissement("empreinte_absente", message)


def with_rules(checklist: Checklist, dossier: Dossier) -> Dossier:
    """Return the findings as made with the rules of this checklist: its edition, guide, digest and layers."""
    referentiel = checklist.referentiel
    demande = replace(
        dossier.demande,
        referentiel=referentiel.id,
        edition=referentiel.edition,
        guide=referentiel.guide,
    )
    return replace(dossier, demande=demande, empreinte=checklist.empreinte, couches=_layers(checklist))
