"""A line seen at several sites, or by several people: what that forbids, and what is left to decide.

A gap at one site forbids to find the line good. Its gravity for the whole is the auditor's, with a reason:
nobody adds up sites, and until it is chosen the line is to assess. Where the référentiel declares a rule for
it, the rule decides (``audit/deduction.py``), and nobody has to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Ligne
from certif_rules.audit.compte_rendu import Conflit, compte_rendu_as_data, entry_name
from certif_rules.audit.constats import A_EVALUER, Dossier, Releve, by_line
from certif_rules.audit.deduction import (
    MOYENNE,
    ConstatDeduit,
    deduced,
    heading,
    mean_finding,
    parts_of,
    rule_of,
)
from certif_rules.colonnes import CHAMPS
from certif_rules.errors import Issue
from certif_rules.francais import noun
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


def settled(checklist: Checklist, dossier: Dossier) -> tuple[Checklist, Dossier]:
    """Return the same findings, where that of a line is what its rule makes of its sites.

    It is to assess while that is not certain. Means, which no référentiel declares, are findings of the
    checklist that is returned.
    """
    deduits = deduced(checklist, dossier)
    if not deduits:
        return checklist, dossier
    ecarts = {ligne.indicateur.id: gaps_of(checklist, ligne) for ligne in checklist.lignes}
    releves = tuple(
        _deducing(checklist, releve, deduits[releve.ligne], ecarts[releve.ligne])
        if releve.ligne in deduits
        else releve
        for releve in dossier.releves
    )
    possible = (*(releve.constat for releve in releves), *(c for d in deduits.values() for c in d.issues))
    means = sorted({constat for constat in possible if heading(constat) == MOYENNE})
    if not means:
        return checklist, replace(dossier, releves=releves)
    added = {name: mean_finding(name, ecart=name.startswith(_AVEC_ECART)) for name in (MOYENNE, *means)}
    referentiel = checklist.referentiel
    known = replace(referentiel, constats={**referentiel.constats, **added})
    return replace(checklist, referentiel=known), replace(dossier, releves=releves)


#: How a mean is called where a site has a gap: the gap is not lost in it.
_AVEC_ECART = f"{MOYENNE}, dont un écart"


def _deducing(checklist: Checklist, releve: Releve, deduit: ConstatDeduit, ecarts: frozenset[str]) -> Releve:
    """Return the finding of a line as its rule has it; lifted, once the gap of each site is.

    A level is that of sites after their liftings: it is not lifted besides.
    """
    parts = parts_of(releve)
    releve = releve if releve.par_site else replace(Releve(ligne=releve.ligne), par_site=parts)
    constat = deduit.constat
    if not parts or constat is None:
        return replace(releve, constat=A_EVALUER)
    failing = [part for part in parts if part.constat in ecarts]
    if heading(constat) == MOYENNE and any(part.ouvert for part in failing):
        constat = constat.replace(MOYENNE, _AVEC_ECART)
    whole = {"constat": constat, "appui": releve.appui or _rests_on(parts)}
    declared = checklist.referentiel.constats.get(constat)
    whole_gap = constat in ecarts and declared is not None and declared.valeur is None
    if whole_gap and deduit.manquants == () and all(part.leve_le for part in failing):
        last = max(failing, key=lambda part: part.leve_le or "")
        whole |= {"leve_le": releve.leve_le or last.leve_le, "leve_par": releve.leve_par or last.leve_par}
    return replace(releve, **whole)


def _rests_on(parts: Iterable[Releve]) -> str | None:
    """Return the text that the findings of all sites rest on, where each says it."""
    each = dict.fromkeys((part.appui or "").strip() for part in parts if part.porte)
    return " ; ".join(each) if all(each) else None


def opened(checklist: Checklist, dossier: Dossier) -> Dossier:
    """Return findings whose sites are as the audit left them, on the lines that a rule decides."""
    decided = {ligne.indicateur.id for ligne in checklist.lignes if rule_of(checklist, ligne) is not None}
    if not decided:
        return dossier
    releves = (
        replace(releve, par_site=tuple(part.sans_levee() for part in releve.par_site))
        if releve.ligne in decided
        else releve
        for releve in dossier.releves
    )
    return replace(dossier, releves=tuple(releves))


def check_sites(checklist: Checklist, dossier: Dossier, only: str | None = None) -> Iterator[Issue]:
    """Yield a finding that its sites forbid, by rule or not, or whose gravity was chosen without a reason.

    Args:
        checklist: the lines due.
        dossier: the findings.
        only: the id of the one line, or check, to look at; ``None``: all of them.
    """
    names = _names(checklist)
    deduits = deduced(checklist, dossier)
    ecarts = {ligne.indicateur.id: gaps_of(checklist, ligne) for ligne in checklist.lignes}
    for releve in (*dossier.releves, *dossier.verifications):
        if only is not None and releve.ligne != only:
            continue
        known = ecarts.get(releve.ligne, ECARTS_DE_VERIFICATION)
        deduit = deduits.get(releve.ligne)
        if deduit is not None:
            yield from _check_rule(checklist, names, releve, deduit)
            continue
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


def _check_rule(
    checklist: Checklist, names: Mapping[str, str], releve: Releve, deduit: ConstatDeduit
) -> Iterator[Issue]:
    """Yield a finding for all sites that their rule cannot give."""
    if not releve.porte or not releve.par_site or not deduit.issues or releve.constat in deduit.issues:
        return
    declared = checklist.referentiel.constats.get(releve.constat)
    valeur = declared.valeur if declared else None
    means = (mean_finding(c).valeur for c in deduit.issues if heading(c) == MOYENNE)
    if valeur is not None and Fraction(valeur) in {Fraction(mean) for mean in means if mean}:
        return
    there = " ; ".join(f"{constat} à {site}" for site, constat in deduit.parts)
    message = f"{names[releve.ligne]} : « {releve.constat} », que la règle des sites ne donne pas ({there})"
    hint = f"laisser « {A_EVALUER} » : la règle en décide ({deduit.regle.motif})"
    yield Issue("constat-contre-sites", message, releve.lieu, hint)


def undecided(checklist: Checklist, dossier: Dossier) -> Iterator[Avertissement]:
    """Yield what two people said differently, with both values, then the gravities left to choose."""
    names = _names(checklist)
    for aside in (one for one in dossier.a_revoir if one.revu_le is None):
        mark = aside.releve
        what = f"« {mark.constat} » est" if mark.porte else "ce que ses sites ont donné est"
        message = f"{names.get(mark.ligne, mark.ligne)} : {what} à revoir, {aside.raison}"
        yield Avertissement("a_revoir", message)
    for conflit in open_conflicts(dossier):
        yield _to_settle(_field(conflit.champ), conflit)
    for releve in (*dossier.releves, *dossier.verifications):
        for one in (releve, *releve.par_site):
            where = names.get(releve.ligne, releve.ligne) + (f", site {one.site}" if one.site else "")
            for conflit in one.disputes:
                yield _to_settle(f"{where}, {_field(conflit.champ)}", conflit)
    releves = by_line(dossier)
    deduits = deduced(checklist, dossier)
    yield from _sites_to_see(checklist, deduits)
    for ligne in (li for li in checklist.lignes if li.indicateur.id not in deduits):
        own = releves.get(ligne.indicateur.id)
        if own is not None and not own.porte and fails_somewhere(own, gaps_of(checklist, ligne)):
            seen = ", ".join(f"{part.constat} à {part.site}" for part in own.par_site if part.porte)
            message = (
                f"ligne {ligne.indicateur.numero} : {seen} ; la gravité pour l’ensemble des sites reste à"
                " choisir, avec sa raison"
            )
            yield Avertissement("gravite_a_choisir", message)


def _sites_to_see(checklist: Checklist, deduits: Mapping[str, ConstatDeduit]) -> Iterator[Avertissement]:
    """Yield the lines seen at some sites, whose rule waits for others before it can tell; once by sites."""
    waiting: dict[tuple[str, ...] | None, list[str]] = {}
    for ligne in checklist.lignes:
        deduit = deduits.get(ligne.indicateur.id)
        if deduit is not None and deduit.parts and deduit.constat is None:
            waiting.setdefault(deduit.manquants, []).append(ligne.indicateur.numero)
    for sites, numeros in waiting.items():
        lines = f"{noun(len(numeros), 'ligne')} {', '.join(numeros)}"
        message = f"{lines} : pas encore de constat à {', '.join(sites or ())}, que la règle des sites attend"
        if sites is None:
            message = f"{lines} : la règle attend tous les sites, et l’organisme ne dit pas lesquels il a"
        elif not sites:
            message = f"{lines} : les constats des sites ne suffisent pas à dire celui de la ligne"
        yield Avertissement("site_a_voir", message)


def open_conflicts(dossier: Dossier) -> tuple[Conflit, ...]:
    """Return what two files say differently of the file itself, and of which nobody chose."""
    head = {NOTIFICATION: dossier.notifie_le, **compte_rendu_as_data(dossier.compte_rendu)}
    return tuple(c for c in dossier.a_accorder if not c.aucune and not _at(head, c.champ))


def _at(data: Any, champ: str, cle: str = "") -> Any:
    """Return what stands at a path of keys, an entry of the list ``cle`` being called by its name."""
    if isinstance(data, list):
        entries = [entry for entry in data if isinstance(entry, Mapping)]
        for entry in entries:
            name = entry_name(cle, entry)
            if name is not None and champ.startswith(f"{name}."):  # a name may hold dots
                return _at(entry, champ.removeprefix(f"{name}."))
        return next((_at(entry, champ) for entry in entries), None)
    key, _, rest = champ.partition(".")
    value = data.get(key) if isinstance(data, Mapping) else None
    return _at(value, rest, key) if rest else value


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
