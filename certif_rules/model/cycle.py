"""The domain, cycle: the dates of the life of a certificate or a label, as frozen values, nothing computed.

A référentiel declares its events (what happened, on which day) and its dates (what its rules draw from them).
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, get_args

from msgspec import Struct, field

from certif_rules.model.base import Appui, CodePrecedent, Nomme, NomReferentiel

#: What a rule gives: a limit, an earliest day, a day, a window, a limit that comes again, or nothing to do.
Forme = Literal["au_plus_tard", "a_partir_du", "prochaine", "fenetre", "tous_les", "sans_objet"]
FORMES: tuple[Forme, ...] = get_args(Forme)
#: On which side of a limit its working day is looked for.
Ouvre = Literal["avant", "apres"]

NomIntervention = Annotated[str, Nomme("intervention")]
NomEvenement = Annotated[str, Nomme("événement")]
#: A date of the cycle, or an event: what gives one day to count from.
NomDate = Annotated[str, Nomme("date du cycle")]


class JourCertificat(Struct, frozen=True, kw_only=True):
    """This is one of the two days of a certificate held, taken after an audit of ``apres`` (or any)."""

    de: NomReferentiel
    jour: Literal["notification", "echeance"]
    apres: tuple[CodePrecedent, ...] = ()


class Evenement(Appui, frozen=True, kw_only=True):
    """An event happens on a day that people give.

    It never comes before those of ``pas_avant``, nor in the same cycle as those of ``exclut``. In a file, it
    is the day of an audit of ``audits``, one of a ``certificat``, or that of an act of ``interventions``.
    """

    id: str
    titre: str
    audits: tuple[CodePrecedent, ...] = ()
    certificat: JourCertificat | None = None
    interventions: tuple[NomIntervention, ...] = ()
    pas_avant: tuple[NomEvenement, ...] = ()
    exclut: tuple[NomEvenement, ...] = ()


class Decalage(Struct, frozen=True, kw_only=True):
    """An offset counts a day from an event or another date: months first, then days, back if negative."""

    de: NomDate
    mois: int = 0
    jours: int = 0


class Ancre(Appui, frozen=True, kw_only=True):
    """An anchor is a window as one source counts it: from one month (or day) after its event to another.

    Both ends are included.
    """

    de: NomDate
    mois: tuple[int, int] = (0, 0)
    jours: tuple[int, int] = (0, 0)


class Prochaine(Struct, frozen=True, kw_only=True):
    """This is the next day of those every ``rythme_jours`` from ``de``, for what was sent on ``apres``."""

    de: NomDate
    rythme_jours: int
    apres: NomDate


class TousLes(Struct, frozen=True, kw_only=True):
    """A limit comes again every ``mois`` after ``de``, until ``jusqu_a`` included."""

    de: NomDate
    mois: int
    jusqu_a: NomDate


class Borne(Struct, frozen=True, kw_only=True):
    """A bound is what the day of an event must be: before one (excluded), from one (included)."""

    avant: str | None = None
    depuis: str | None = None

    def admits(self, day: date) -> bool:
        """Return whether a day is within."""
        iso = day.isoformat()
        return not (self.avant and iso >= self.avant) and not (self.depuis and iso < self.depuis)


class RegleDate(Appui, frozen=True, kw_only=True):
    """A date rule is one way to find a date; it holds when its three guards do.

    ``avec``: one of these events is given; ``sans``: none of these is; ``si``: the day of each is within.
    Exactly one of the forms is given. ``texte`` is the rule as people read it, ``certitude`` what remains
    uncertain of it. ``visee``: an aim, not a rule. ``report``: may be carried to the next working day.
    """

    texte: str
    avec: tuple[NomEvenement, ...] = ()
    sans: tuple[NomEvenement, ...] = ()
    si: Mapping[NomEvenement, Borne] = field(default_factory=dict)
    au_plus_tard: Decalage | None = None
    a_partir_du: Decalage | None = None
    prochaine: Prochaine | None = None
    fenetre: tuple[Ancre, ...] = ()
    tous_les: TousLes | None = None
    sans_objet: bool = False
    ouvre: Ouvre | None = None
    report: bool = False
    visee: bool = False
    certitude: str | None = None

    @property
    def forme(self) -> Forme:
        """Return which form it has."""
        return next((forme for forme in FORMES if getattr(self, forme)), "sans_objet")


class DateCycle(Struct, frozen=True, kw_only=True):
    """A date of the cycle is given by the first of its rules that holds.

    ``fait_par`` are the events that fulfil it; ``pas_apres`` a date that it should not come after.
    """

    id: str
    titre: str
    regles: tuple[RegleDate, ...]
    fait_par: tuple[NomEvenement, ...] = ()
    pas_apres: NomDate | None = None


class RegleSeance(Appui, frozen=True, kw_only=True):
    """This rule is about the meetings that decide on files, whose days are a list that people give.

    What a meeting needs arrives on ``attend``, by the date ``limite`` counted from the meeting
    (``evenement``). Until then, it cannot come before any of ``plancher`` (events and dates).
    ``periode_mois``: one meeting at least in each civil period of so many months.
    """

    evenement: NomEvenement
    titre: str
    attend: NomEvenement
    limite: NomDate
    texte: str
    plancher: tuple[NomDate, ...] = ()
    periode_mois: int | None = None


class Cycle(Struct, frozen=True, kw_only=True):
    """A cycle gives the events, the dates and the meetings that one référentiel declares, in their order."""

    evenements: Mapping[str, Evenement]
    dates: Mapping[str, DateCycle]
    seances: RegleSeance | None = None
