"""What the findings of several sites make of their line, by the rule that its référentiel declares: pure.

A site that is not seen yet may end with any finding of the line: what the line may then be is worked out
whole, and it is known as soon as one thing only is left. What every site has alike is that of the line; a
finding that says the line does not apply there is left out. A mean is no finding: it is known by its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.audit.constats import A_EVALUER, Dossier, Releve, by_line
from certif_rules.model.jugement import RegleParSite
from certif_rules.model.referentiel import Constat

#: What a mean of sites is called where findings are named, before its value: no declared finding has a space.
MOYENNE = "moyenne des sites"
_VAUT = " : "


class ConstatDeduit(Struct, frozen=True, kw_only=True):
    """What a line is by the rule of its sites: ``issues`` are all that it may be, none where nobody can say.

    ``parts`` are the sites with a finding; ``manquants`` those that the rule waits for, ``None`` where
    the organisation does not say which it has.
    """

    regle: RegleParSite
    issues: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    manquants: tuple[str, ...] | None

    @property
    def constat(self) -> str | None:
        """What the line is, where it is certain."""
        return self.issues[0] if len(self.issues) == 1 else None


def named(moyenne: Fraction) -> str:
    """Return what a mean is called among findings."""
    return f"{MOYENNE}{_VAUT}{moyenne}"


def heading(constat: str) -> str:
    """Return what a finding is counted under: means are counted together."""
    return MOYENNE if constat.startswith(MOYENNE) else constat


def mean_finding(constat: str, *, ecart: bool = False) -> Constat:
    """Return a mean, by its name, as a finding that has its value."""
    _, _, valeur = constat.partition(_VAUT)
    return Constat(id=constat, titre=constat, sources=(), valeur=valeur or None, ecart=ecart)


def rule_of(checklist: Checklist, ligne: Ligne) -> RegleParSite | None:
    """Return the rule of the sites of a line at this audit; ``None`` where its référentiel declares none."""
    jugement = checklist.referentiel.jugements.get(ligne.indicateur.origine)
    code = checklist.type_audit.code
    for regle in jugement.constats_par_site if jugement else ():
        if regle.types and code not in regle.types:
            continue
        if not regle.lignes or ligne.indicateur.id in regle.lignes:
            return regle
    return None


def deduced(checklist: Checklist, dossier: Dossier) -> dict[str, ConstatDeduit]:
    """Return what rules make of the lines seen at several sites, or to see there, by id of line."""
    releves = by_line(dossier)
    seen = _audited(dossier)
    contexte = checklist.contexte
    every = tuple(dict.fromkeys((*(str(s["id"]) for s in contexte.organisme.sites), *contexte.ajouts.sites)))
    deduits = {}
    for ligne in checklist.lignes:
        regle = rule_of(checklist, ligne)
        if regle is None:
            continue
        releve = releves.get(ligne.indicateur.id)
        awaited = seen if regle.sites == "audites" else every
        parts = parts_of(releve, several=len({*awaited, *seen}) > 1)
        whole = not parts and (len(awaited) < 2 or (releve is not None and releve.porte))
        if not whole and ligne.constats_permis:
            known = regle.sites == "audites" or bool(every)
            deduits[ligne.indicateur.id] = _deduced(
                checklist, ligne, regle, parts, awaited if known else None
            )
    return deduits


def parts_of(releve: Releve | None, *, several: bool = True) -> tuple[Releve, ...]:
    """Return the findings of a line at each site; one made at one of ``several`` is that of this site."""
    if releve is None:
        return ()
    return releve.par_site or ((releve,) if several and releve.site is not None and releve.porte else ())


def _audited(dossier: Dossier) -> tuple[str, ...]:
    """Return the sites where the audit says that it was: those of a finding, or of a session."""
    findings = (*dossier.releves, *dossier.verifications)
    named = [one.site for releve in findings for one in (releve, *releve.par_site)]
    named += [seance.site for seance in dossier.compte_rendu.seances or ()]
    return tuple(sorted({site for site in named if site is not None}))


def _deduced(
    checklist: Checklist,
    ligne: Ligne,
    regle: RegleParSite,
    parts: Iterable[Releve],
    awaited: Sequence[str] | None,
) -> ConstatDeduit:
    constats = checklist.referentiel.constats
    seen = {part.site or "": part for part in parts if part.porte}
    missing = None if awaited is None else tuple(site for site in awaited if site not in seen)
    each = [_may_be(part, constats, ligne) for part in seen.values()]
    each += [ligne.constats_permis for _ in missing or ()]
    others = ligne.constats_permis if missing is None else ()
    return ConstatDeduit(
        regle=regle,
        issues=tuple(_ends(regle, constats, each, others)),
        parts=tuple((site, part.constat) for site, part in seen.items()),
        manquants=missing,
    )


def _may_be(part: Releve, constats: Mapping[str, Constat], ligne: Ligne) -> tuple[str, ...]:
    """Return what a site counts as: a level that was lifted is the one it became, or any when nobody says."""
    declared = constats.get(part.constat)
    if part.ouvert or declared is None or declared.valeur is None:
        return (part.constat,)
    return (part.leve_constat,) if part.leve_constat else ligne.constats_permis


# ---- what sites may add up to ---------------------------------------------------------------------------

#: Findings that count, those that do not, the sum of the values and how many there are.
_Etat = tuple[frozenset[str], frozenset[str], Fraction, int]
_RIEN: _Etat = (frozenset(), frozenset(), Fraction(0), 0)
#: Several findings that are not alike: a mean does not ask which.
_DIVERS = frozenset({""})


def _ends(
    regle: RegleParSite,
    constats: Mapping[str, Constat],
    sites: Iterable[Sequence[str]],
    others: Sequence[str],
) -> list[str]:
    """Return all that the line may be, given what each site may be, and any number of ``others``, once each.

    A mean over sites whose number is not known may be anything: nothing is returned.
    """
    mean = regle.regle == "moyenne"
    if mean and others:
        return []
    states = {_RIEN}
    for site in sites:
        states = {_with(state, constat, constats, mean=mean) for state in states for constat in site}
    size = 0
    while others and size != len(states):
        size = len(states)
        states |= {_with(state, constat, constats, mean=mean) for state in states for constat in others}
    return sorted({end for state in states for end in _end(regle, state)})


def _with(state: _Etat, constat: str, constats: Mapping[str, Constat], *, mean: bool) -> _Etat:
    counted, aside, total, number = state
    declared = constats[constat]
    if declared.hors_portee or (mean and declared.valeur is None):
        return (counted, aside | {constat}, total, number)
    if not mean:
        return (counted | {constat}, aside, total, number)
    alike = frozenset({constat}) if counted <= {constat} else _DIVERS
    return (alike, aside, total + Fraction(declared.valeur or 0), number + 1)


def _end(regle: RegleParSite, state: _Etat) -> Iterator[str]:
    counted, aside, total, number = state
    if not counted:
        yield from aside
    elif len(counted) == 1 and counted != _DIVERS:
        yield from counted
    elif regle.regle == "moyenne":
        yield named(total / number)
    elif regle.regle == "tous":
        yield regle.sinon or A_EVALUER
    else:
        yield next(c for c in regle.ordre if c in counted)
