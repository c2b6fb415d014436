"""The domain, judgement: what findings add up to, as frozen values, nothing computed.

Numbers are kept as written (« 5 », « 1.5 »): they are read as exact fractions, never as floats.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from certif_rules.model.base import (
    COMPARAISONS,
    Appui,
    CodePrecedent,
    Comparaison,
    IdCritere,
    IdLigne,
    NomConstat,
    NomEtiquette,
    Nomme,
    Texte,
)

#: What a mean is made over: all the lines, or those of each criterion.
Moyenne = Literal["ensemble", "par_critere"]
ParCritere = Literal["par_critere"]
#: The sites whose findings a rule waits for: those of the organisation, or those where something was found.
SitesAttendus = Literal["tous", "audites"]

NomMesure = Annotated[str, Nomme("mesure")]
NomDecision = Annotated[str, Nomme("décision")]


class Annotation(Struct, frozen=True, kw_only=True):
    """An annotation may be said beside a finding, and never counts."""

    id: str
    titre: str


class Delai(Appui, frozen=True, kw_only=True):
    """A delay counts a date from another: ``de`` is an event or another date of the same finding.

    ``mois`` are counted before ``jours``. ``titre`` is what is due, as people read it.
    """

    de: Annotated[str, Nomme("date")]
    mois: int = 0
    jours: int = 0
    titre: str | None = None

    def titre_ou(self, nom: str) -> str:
        """Return its title, else the name it is declared under, in words."""
        return self.titre or nom.replace("_", " ")


class Terme(Struct, frozen=True, kw_only=True):
    """A term of a sum is another measure or, with ``seuil``, one when that measure reaches it, else zero."""

    mesure: NomMesure
    seuil: str | None = None


class SelonType(Appui, frozen=True, kw_only=True):
    """Such a thing exists at some audit types (their codes) only; at all of them, without any."""

    types: tuple[CodePrecedent, ...] = ()

    def existe_a(self, code_type: str) -> bool:
        """Return whether it exists at this audit type."""
        return not self.types or code_type in self.types


class Mesure(SelonType, frozen=True, kw_only=True):
    """A measure is a number drawn from the findings that are not lifted; one of the six ways is given.

    ``compte`` counts the lines with one of these findings; ``somme`` adds measures; ``moyenne`` and
    ``minimum`` are of the values of the findings, those without a value left out. ``moyenne_de`` and
    ``minimum_de`` are of what one measure is in each criterion, or ``moyenne_de`` of what several are; what
    has no value is left out. ``etiquette`` keeps the lines that bear it. ``poids`` are what a line (its id),
    a criterion (its id) or a measure weighs in a mean: one, where nothing is given.
    """

    id: str
    titre: str
    compte: tuple[NomConstat, ...] = ()
    somme: tuple[Terme, ...] = ()
    moyenne: Moyenne | None = None
    minimum: bool | ParCritere = False
    moyenne_de: tuple[NomMesure, ...] = ()
    minimum_de: NomMesure | None = None
    etiquette: NomEtiquette | None = None
    poids: Mapping[str, str] = field(default_factory=dict)

    @property
    def par_critere(self) -> bool:
        """Return whether it has one value per criterion."""
        return "par_critere" in (self.moyenne, self.minimum)

    @property
    def citees(self) -> tuple[str, ...]:
        """Return the measures that it is made of."""
        last = () if self.minimum_de is None else (self.minimum_de,)
        return (*(terme.mesure for terme in self.somme), *self.moyenne_de, *last)

    def pese(self, nom: str | None) -> Fraction:
        """Return what a line, a criterion or a measure weighs in it."""
        return Fraction(self.poids.get(nom or "", "1"))


class Seuil(Struct, frozen=True, kw_only=True, tag="seuil"):
    """A threshold says what a measure must be, every comparison given holding.

    ``critere`` (an id) is for one by criterion. A measure by criterion without ``critere`` is asked of each
    criterion where it has a value: one is enough or, with ``chaque``, every one must be so.
    """

    mesure: NomMesure
    critere: IdCritere | None = None
    chaque: bool = False
    au_moins: str | None = None
    plus_de: str | None = None
    au_plus: str | None = None
    moins_de: str | None = None

    @property
    def seuils(self) -> "tuple[Seuil, ...]":
        """Return itself, as the other conditions give theirs."""
        return (self,)

    @property
    def comparaisons(self) -> dict[Comparaison, Fraction]:
        """Return the comparisons given, each with its threshold."""
        return {mot: Fraction(text) for mot in COMPARAISONS if (text := getattr(self, mot)) is not None}

    def tient(self, value: Fraction) -> bool:
        """Return whether a number is what it asks."""
        return all(COMPARAISONS[mot](value, seuil) for mot, seuil in self.comparaisons.items())

    def au_critere(self, critere: str, mesures: Mapping[str, Mesure]) -> "Seuil":
        """Return what it asks in a criterion: of a measure by criterion, its own value, unless told which."""
        free = self.critere is None and not self.chaque
        return replace(self, critere=critere) if free and mesures[self.mesure].par_critere else self


class UnCritere(Struct, frozen=True, kw_only=True, tag="un_critere"):
    """This says what measures by criterion must be, all in the same one: one criterion is enough."""

    un_critere: tuple[Seuil, ...]

    @property
    def seuils(self) -> tuple[Seuil, ...]:
        """Return what it asks of each measure."""
        return self.un_critere

    def au_critere(self, critere: str, mesures: Mapping[str, Mesure]) -> "Toutes":
        """Return what it asks in a criterion."""
        return Toutes(toutes=tuple(seuil.au_critere(critere, mesures) for seuil in self.seuils))


class Toutes(Struct, frozen=True, kw_only=True, tag="toutes"):
    """This condition joins conditions that must all hold."""

    toutes: tuple[Seuil | UnCritere, ...]

    @property
    def seuils(self) -> tuple[Seuil, ...]:
        """Return what it asks of each measure."""
        return tuple(seuil for condition in self.toutes for seuil in condition.seuils)

    def au_critere(self, critere: str, mesures: Mapping[str, Mesure]) -> "Toutes":
        """Return what it asks in a criterion."""
        return Toutes(toutes=tuple(seuil.au_critere(critere, mesures) for seuil in self.seuils))


Condition = Seuil | UnCritere | Toutes


class TitrePourTypes(Struct, frozen=True, kw_only=True):
    """This title says how a decision reads at some audit types (their codes)."""

    types: tuple[CodePrecedent, ...]
    titre: str


class Decision(SelonType, frozen=True, kw_only=True):
    """A decision is taken when one of ``si`` holds and none before it was; always, without any.

    ``delivrable`` is ``None`` where the sources give no rule.
    """

    code: str
    delivrable: bool | None
    titre: str
    titres: tuple[TitrePourTypes, ...] = ()
    si: tuple[Condition, ...] = ()
    emplacement: str = ""

    def titre_pour(self, code_type: str) -> str:
        """Return how it reads at this audit type."""
        return next((t.titre for t in self.titres if code_type in t.types), self.titre)


class Distinction(Appui, frozen=True, kw_only=True):
    """A distinction is decided beside the label, on its measures, by its own decisions, read as the label's.

    ``par_critere``: for each criterion, whose own value a measure by criterion then is. ``si_decision``: it
    has an object only where the label's decision has one of these codes. It exists at the audit types where
    one of its decisions does.
    """

    id: str
    titre: str
    decisions: tuple[Decision, ...]
    par_critere: bool = False
    si_decision: tuple[NomDecision, ...] = ()

    def au_type(self, code_type: str) -> "Distinction":
        """Return what exists of it at this audit type."""
        return replace(self, decisions=tuple(d for d in self.decisions if d.existe_a(code_type)))

    def au_critere(self, critere: str, mesures: Mapping[str, Mesure]) -> tuple[Decision, ...]:
        """Return its decisions in a criterion: measures by criterion are its own, unless another is named."""
        return tuple(
            replace(decision, si=tuple(condition.au_critere(critere, mesures) for condition in decision.si))
            for decision in self.decisions
        )


class Aggravation(Appui, frozen=True, kw_only=True):
    """A finding counts as another on a line where the earlier audit left one of ``precedents`` open.

    ``types`` are the audit types (codes) where the earlier findings are looked at again.
    """

    constat: NomConstat
    precedents: tuple[NomConstat, ...]
    devient: NomConstat
    types: tuple[CodePrecedent, ...]
    motif: str


class RegleParSite(Appui, frozen=True, kw_only=True):
    """This rule makes of the findings of several sites that of their line: the first that speaks of it holds.

    ``tous``: it is ``constat`` where every site is, else ``sinon``. ``pire``: the first of ``ordre`` that a
    site has. ``moyenne``: it is worth the mean of their values. No ``lignes``: all those of the référentiel;
    no ``types``: at every audit.
    """

    regle: Literal["tous", "pire", "moyenne"]
    motif: str
    lignes: tuple[IdLigne, ...] = ()
    types: tuple[CodePrecedent, ...] = ()
    sites: SitesAttendus = "tous"
    constat: NomConstat | None = None
    sinon: NomConstat | None = None
    ordre: tuple[NomConstat, ...] = ()
    emplacement: str = ""


class Jugement(Struct, frozen=True, kw_only=True):
    """A judgement says how one référentiel concludes on its own lines.

    At each audit type the last decision that exists holds always, and only it. ``echeances`` are the dates
    that each open finding opens, by finding, then by name. ``remarques`` go with every conclusion.
    ``distinctions`` are decided beside.
    """

    origine: str
    mesures: Mapping[str, Mesure]
    decisions: tuple[Decision, ...]
    echeances: Mapping[str, Mapping[str, Delai]] = field(default_factory=dict)
    aggravations: tuple[Aggravation, ...] = ()
    constats_par_site: tuple[RegleParSite, ...] = ()
    remarques: tuple[Texte, ...] = ()
    distinctions: Mapping[str, Distinction] = field(default_factory=dict)

    def au_type(self, code_type: str) -> "Jugement":
        """Return what exists of it at this audit type."""
        beside = {nom: distinction.au_type(code_type) for nom, distinction in self.distinctions.items()}
        return replace(
            self,
            distinctions={nom: distinction for nom, distinction in beside.items() if distinction.decisions},
            mesures={nom: mesure for nom, mesure in self.mesures.items() if mesure.existe_a(code_type)},
            decisions=tuple(decision for decision in self.decisions if decision.existe_a(code_type)),
        )
