"""The dates that findings open, in a calendar: those of the judgement, which stays their only place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec.structs import replace

from certif_rules.audit.echeances import Echeance
from certif_rules.model.base import Avertissement
from certif_rules.model.cycle import Decalage, RegleDate
from certif_rules.model.jugement import Delai, Jugement
from certif_rules.model.referentiel import Constat, Referentiel
from certif_rules.rules.delais import dates
from certif_rules.rules.motifs import rests_on
from certif_rules.vie.calendrier import DateCalculee, Options, formula, named


def treatment(
    jugements: Mapping[str, Jugement],
    constats: Mapping[str, Constat],
    evenements: Mapping[str, date],
    options: Options,
    titres: Mapping[str, str],
) -> Iterator[DateCalculee]:
    """Return, for each origin and finding that has delays, the dates that the events given open.

    ``titres`` are those of the events: a rule is told by titles, how it is counted (``calcul``) by names.

    These are the dates that a finding would have: for a référentiel whose lines are all its own.
    """
    for origine, jugement in jugements.items():
        for constat, delais in jugement.echeances.items():
            yield from _dated(
                delais, dates(delais, evenements), options, titres,
                id_=f"{origine}/{constat}", titre=constats[constat].titre, origine=origine, constat=constat,
            )  # fmt: skip


def of_findings(
    echeances: Iterable[Echeance], referentiel: Referentiel, options: Options, titres: Mapping[str, str]
) -> Iterator[DateCalculee]:
    """Yield the dates of findings really recorded, each by the référentiel that its line or check counts for.

    ``titres`` are those of the events.
    """
    for echeance in echeances:
        counted = echeance.compte_comme or echeance.constat
        jugement = referentiel.jugements[echeance.origine or ""]
        delais = jugement.echeances[counted]
        what = echeance.ligne.indicateur.numero if echeance.ligne else f"vérification « {echeance.id} »"
        titre = f"{what}, {referentiel.constats[counted].titre}"
        yield from _dated(
            delais, echeance.dates, options, titres,
            id_=echeance.id, titre=titre, origine=echeance.origine, constat=counted,
        )  # fmt: skip


def _dated(
    delais: Mapping[str, Delai], days: Mapping[str, date | None], options: Options, titres: Mapping[str, str],
    *, id_: str, titre: str, origine: str | None, constat: str,
) -> Iterator[DateCalculee]:  # fmt: skip
    """Yield the dates of one finding that are known."""
    known = {**titres, **{nom: delai.titre_ou(nom) for nom, delai in delais.items()}}
    for nom, day in days.items():
        if day is None or nom not in delais:
            continue
        late = options.au is not None and options.au > day
        yield DateCalculee(
            id=f"{id_}/{nom}",
            titre=f"{titre} : {delais[nom].titre_ou(nom)}",
            regle=_as_rule(delais[nom], known),
            jour=day,
            chome=options.chome(day),
            calcul=formula(_gap(delais[nom])),
            origine=origine,
            constat=constat,
            suivi=None if options.au is None else "passee" if late else "a_venir",
        )


def no_line(referentiel: Referentiel, evenements: Mapping[str, date]) -> Iterator[Avertissement]:
    """Yield why no finding has a date, where lines of several référentiels may have one."""
    jugements = referentiel.jugements
    if not any(nom in evenements for nom in starts(jugements)):
        return
    dated = [nom for nom in referentiel.origines if nom in jugements and jugements[nom].echeances]
    silent = [nom for nom in referentiel.origines if nom not in dated]
    message = (
        "un écart a les délais du référentiel de sa ligne : sans les constats, aucune date n’en est dite "
        f"(délais donnés : {', '.join(dated)} ; par aucune source : {', '.join(silent) or 'aucun'})"
    )
    yield Avertissement("ecarts_sans_ligne", message)


def starts(jugements: Mapping[str, Jugement]) -> tuple[str, ...]:
    """Return the events that these dates are counted from, and are not dates themselves."""
    noms: dict[str, None] = {}
    for jugement in jugements.values():
        for delais in jugement.echeances.values():
            noms |= dict.fromkeys(d.de for d in delais.values() if d.de not in delais)
    return tuple(noms)


def _as_rule(delai: Delai, titres: Mapping[str, str]) -> RegleDate:
    ecart = _gap(delai)
    texte = formula(replace(ecart, de=named(ecart.de, titres)))
    return RegleDate(texte=texte, au_plus_tard=ecart, **rests_on(delai))


def _gap(delai: Delai) -> Decalage:
    return Decalage(de=delai.de, mois=delai.mois, jours=delai.jours)
