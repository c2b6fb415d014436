"""What the findings of several sites make of their line, by the rule that its référentiel declares: pure.

A site that is not seen yet may end with any finding of the line: what the line may then be is worked out
whole, and it is known as soon as one thing only is left. What every site has alike is that of the line; a
finding that says the line does not apply there is left out. A mean is no finding: it is known by its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm

from msgspec import Struct

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.audit.constats import A_EVALUER, Dossier, Releve, by_line
from certif_rules.model.jugement import RegleParSite
from certif_rules.model.referentiel import Constat

#: What a mean of sites is called where findings are named, before its value: no declared finding has a space.
MOYENNE = "moyenne des sites"
_VAUT = " : "


class ConstatDeduit(Struct, frozen=True, kw_only=True):
    """A line has, by the rule of its sites, ``issues``: all that it may be, none where nobody can say.

    ``parts`` are the sites with a finding; ``manquants`` those that the rule waits for, ``None`` where
    the organisation does not say which it has.
    """

    regle: RegleParSite
    issues: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    manquants: tuple[str, ...] | None

    @property
    def constat(self) -> str | None:
        """Return what the line is, where it is certain."""
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
    if not any(jugement.constats_par_site for jugement in checklist.referentiel.jugements.values()):
        return {}
    releves = by_line(dossier)
    seen = _audited(dossier)
    contexte = checklist.contexte
    every = tuple(dict.fromkeys((*(str(s["id"]) for s in contexte.organisme.sites), *contexte.ajouts.sites)))
    deduits: dict[str, ConstatDeduit] = {}
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
        issues=_ends(regle, constats, each, others),
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

#: A finding of a site: its name, whether it counts for the rule, and its value times what makes all whole.
_Valeur = tuple[str, bool, int]
#: Findings that count and those that do not, as bits; where a mean is made, the sum and how many there are.
_Etat = tuple[int, int, int, int]
#: Several findings that are not alike: a mean does not ask which.
_DIVERS = -1


def _ends(
    regle: RegleParSite,
    constats: Mapping[str, Constat],
    sites: Iterable[Sequence[str]],
    others: Sequence[str],
) -> tuple[str, ...]:
    """Return all that the line may be, given what each site may be, and any number of ``others``, once each.

    A mean over sites whose number is not known may be anything: nothing is returned.
    """
    each = sorted(tuple(site) for site in sites)
    names = sorted({name for site in (*each, tuple(others)) for name in site})
    mean = regle.regle == "moyenne"
    if mean and others:
        return ()
    values = {name: Fraction(constats[name].valeur or 0) for name in names}
    scale = lcm(*(value.denominator for value in values.values()))
    known = tuple(
        (
            name,
            not constats[name].hors_portee and not (mean and constats[name].valeur is None),
            int(values[name] * scale),
        )
        for name in names
    )
    return _worked_out(regle, known, scale, tuple(each), tuple(others))


@lru_cache(maxsize=1024)  # lines seen alike are worked out once
def _worked_out(
    regle: RegleParSite,
    known: tuple[_Valeur, ...],
    scale: int,
    sites: tuple[tuple[str, ...], ...],
    others: tuple[str, ...],
) -> tuple[str, ...]:
    mean = regle.regle == "moyenne"
    ranks = {name: rank for rank, (name, _, _) in enumerate(known)}
    step = _add_to_mean if mean else _add_to_names

    def with_one(states: set[_Etat], names: Iterable[str]) -> set[_Etat]:
        each = [(1 << ranks[name], *known[ranks[name]][1:]) for name in names]
        return {step(state, *one) for state in states for one in each}

    states: set[_Etat] = {(0, 0, 0, 0)}
    for site in sites:
        states = with_one(states, site)
    size = 0
    while others and size != len(states):
        size = len(states)
        states |= with_one(states, others)
    return tuple(sorted({end for state in states for end in _end(regle, known, scale, state)}))


def _add_to_names(state: _Etat, bit: int, counts: bool, _value: int) -> _Etat:
    counted, aside, total, number = state
    return (counted | bit, aside, total, number) if counts else (counted, aside | bit, total, number)


def _add_to_mean(state: _Etat, bit: int, counts: bool, value: int) -> _Etat:
    counted, aside, total, number = state
    if not counts:
        return (counted, aside | bit, total, number)
    return (bit if counted in (0, bit) else _DIVERS, aside, total + value, number + 1)


def _end(regle: RegleParSite, known: Sequence[_Valeur], scale: int, state: _Etat) -> Iterator[str]:
    counted, aside, total, number = state
    if counted == _DIVERS:
        yield named(Fraction(total, number * scale))
        return
    names = [name for rank, (name, _, _) in enumerate(known) if (counted or aside) & (1 << rank)]
    if not counted or len(names) == 1:
        yield from names
    elif regle.regle == "tous":
        yield regle.sinon or A_EVALUER
    else:
        yield next(constat for constat in regle.ordre if constat in names)
