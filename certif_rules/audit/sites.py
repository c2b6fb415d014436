"""A line seen at several sites, or by several people: what that forbids, and what is left to decide.

A gap at one site forbids to find the line good. Its gravity for the whole is the auditor's, with a reason:
nobody adds up sites, and until it is chosen the line is to assess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Ligne
from certif_rules.audit.compte_rendu import Conflit, compte_rendu_as_data
from certif_rules.audit.constats import A_EVALUER, Dossier, Releve
from certif_rules.colonnes import CHAMPS
from certif_rules.errors import Issue
from certif_rules.model.base import Avertissement
from certif_rules.model.referentiel import Referentiel

#: How the day of notification is called among what two files may say differently.
NOTIFICATION = "ecarts_notifies_le"
#: The gaps of a check: it fails, and nobody chooses how much.
ECARTS_DE_VERIFICATION = frozenset({NON_SATISFAITE})
#: What messages and forms call the fields of a finding that people may word differently.
NOMS = {
    **{colonne.champ: colonne.libelle for colonne in CHAMPS},
    "leve_le": "levé le",
    "leve_par": "levé par",
    "leve_constat": "niveau après levée",
    NOTIFICATION: "jour de notification des écarts",
}


def gaps(referentiel: Referentiel, origine: str) -> frozenset[str]:
    """Return the findings that are gaps on the lines of ``origine``: its judgement counts or dates them.

    A finding that needs no comment and opens no date is counted for what is good. Where the référentiel says
    nothing of its own lines, what is a gap for another of the stack is one.
    """
    own = referentiel.jugements.get(origine)
    jugements = [own] if own else list(referentiel.jugements.values())
    dated = {c for j in referentiel.jugements.values() for c in j.echeances}
    levels = {c.id for c in referentiel.constats.values() if c.ecart}
    counted = {c for j in jugements for mesure in j.mesures.values() for c in mesure.compte}
    needing = {c for c in counted if referentiel.constats[c].commentaire_requis}
    codes = levels | (dated & counted) | needing | {c for j in jugements for c in j.echeances}
    return frozenset(c for c in codes if not referentiel.constats[c].hors_portee)


def gaps_of(checklist: Checklist, ligne: Ligne) -> frozenset[str]:
    """Return the gaps that may be found on a line."""
    return gaps(checklist.referentiel, ligne.indicateur.origine) & frozenset(ligne.constats_permis)


def fails_somewhere(releve: Releve | None, ecarts: frozenset[str]) -> bool:
    """Return whether a gap was found at one site at least, lifted since or not."""
    return releve is not None and any(part.constat in ecarts for part in releve.par_site)


def consolidated(releve: Releve, ecarts: frozenset[str]) -> Releve:
    """Return findings joined by site with the one that they call for; none, where someone must choose.

    What every site found alike, and is no gap, is that of the line. A check that fails somewhere fails.
    """
    failing = fails_somewhere(releve, ecarts)
    if releve.porte and not (failing and releve.constat not in ecarts):
        return releve
    alike = {part.constat for part in releve.par_site}
    constat = A_EVALUER
    if failing and ecarts == ECARTS_DE_VERIFICATION:
        constat = NON_SATISFAITE
    elif len(alike) == 1 and not failing and not any(c.champ == "constat" for c in releve.a_accorder):
        (constat,) = alike
    return replace(releve, constat=constat)


def check_sites(checklist: Checklist, dossier: Dossier) -> Iterator[Issue]:
    """Yield a finding that one of its sites forbids, or whose gravity was chosen without a reason."""
    names = _names(checklist)
    ecarts = {ligne.indicateur.id: gaps_of(checklist, ligne) for ligne in checklist.lignes}
    for releve in (*dossier.releves, *dossier.verifications):
        known = ecarts.get(releve.ligne, ECARTS_DE_VERIFICATION)
        if not releve.porte or not fails_somewhere(releve, known):
            continue
        nom = names.get(releve.ligne, releve.ligne)
        if releve.constat not in known:
            sites = ", ".join(part.site or "?" for part in releve.par_site if part.constat in known)
            message = f"{nom} : « {releve.constat} », alors qu’un écart y est relevé (site {sites})"
            hint = "choisir la gravité pour l’ensemble des sites, avec sa raison, ou laisser « a_evaluer »"
            yield Issue("ecart-a-un-site", message, releve.lieu, hint)
        elif len(known) > 1 and not (releve.commentaire or "").strip():
            message = f"{nom} : la gravité choisie pour l’ensemble des sites est sans raison"
            yield Issue("gravite-sans-raison", message, releve.lieu, "écrire la raison dans le commentaire")


def undecided(checklist: Checklist, dossier: Dossier) -> Iterator[Avertissement]:
    """Yield what two people said differently, with both values, then the gravities left to choose."""
    names = _names(checklist)
    for aside in (one for one in dossier.a_revoir if one.revu_le is None):
        mark = aside.releve
        message = f"{names.get(mark.ligne, mark.ligne)} : « {mark.constat} » est à revoir, {aside.raison}"
        yield Avertissement("a_revoir", message)
    for conflit in open_conflicts(dossier):
        yield _to_settle(_field(conflit.champ), conflit)
    for releve in (*dossier.releves, *dossier.verifications):
        for one in (releve, *releve.par_site):
            where = names.get(releve.ligne, releve.ligne) + (f", site {one.site}" if one.site else "")
            for conflit in one.disputes:
                yield _to_settle(f"{where}, {_field(conflit.champ)}", conflit)
    by_line: dict[str, list[Releve]] = {}
    for releve in dossier.releves:
        by_line.setdefault(releve.ligne, []).append(releve)
    for ligne in checklist.lignes:
        for releve in by_line.get(ligne.indicateur.id, ()):
            if not releve.porte and fails_somewhere(releve, gaps_of(checklist, ligne)):
                seen = ", ".join(f"{part.constat} à {part.site}" for part in releve.par_site if part.porte)
                message = (
                    f"ligne {ligne.indicateur.numero} : {seen} ; la gravité pour l’ensemble des sites reste à"
                    " choisir, avec sa raison"
                )
                yield Avertissement("gravite_a_choisir", message)


def open_conflicts(dossier: Dossier) -> tuple[Conflit, ...]:
    """Return what two files say differently of the file itself, and of which nobody chose."""
    head = {NOTIFICATION: dossier.notifie_le, **compte_rendu_as_data(dossier.compte_rendu)}
    return tuple(c for c in dossier.a_accorder if not c.aucune and not _at(head, c.champ.split(".")))


def _at(data: Any, path: list[str]) -> Any:
    """Return what stands at a path of keys, an entry of a list being called by its id, or by its object."""
    for rank, key in enumerate(path):
        if isinstance(data, list):
            rest = path[rank:]
            entries = [e for e in data if isinstance(e, Mapping)]
            named = next((e for e in entries if key in (e.get("id"), e.get("objet"))), None)
            return _at(named, rest[1:]) if named else next((_at(e, rest) for e in entries), None)
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _to_settle(where: str, conflit: Conflit) -> Avertissement:
    versions = (
        f"« {v.valeur} »{f' ({v.de})' if v.de else ''}" if v.valeur else f"rien ({v.de})"
        for v in conflit.valeurs
    )
    message = f"à accorder, {where} : {' / '.join(versions)}"
    return Avertissement("a_accorder", message)


def _field(champ: str) -> str:
    return NOMS.get(champ, champ.removeprefix("ecart.").replace("_", " ").replace(".", ", "))


def _names(checklist: Checklist) -> dict[str, str]:
    """Return what messages call each line and each check, by id."""
    lines = {ligne.indicateur.id: f"ligne {ligne.indicateur.numero}" for ligne in checklist.lignes}
    return lines | {point.id: f"vérification « {point.id} »" for point in checklist.verifications}
