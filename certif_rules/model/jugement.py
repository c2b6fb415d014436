"""The domain, judgement: what findings add up to, as frozen values, nothing computed.

Numbers are kept as written (« 5 », « 1.5 »): they are read as exact fractions, never as floats.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from certif_rules.model.base import (
    Appui,
    CodePrecedent,
    IdCritere,
    NomConstat,
    NomEtiquette,
    Nomme,
    Texte,
)

#: What a mean is made over: all the lines, or those of each criterion.
Moyenne = Literal["ensemble", "par_critere"]

NomMesure = Annotated[str, Nomme("mesure")]
NomDecision = Annotated[str, Nomme("décision")]


class Annotation(Struct, frozen=True, kw_only=True):
    """What may be said beside a finding, and never counts."""

    id: str
    titre: str


class Delai(Appui, frozen=True, kw_only=True):
    """A date counted from another: ``de`` is an event or another date of the same finding.

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
    """A term of a sum: another measure or, with ``seuil``, one when that measure reaches it, else zero."""

    mesure: NomMesure
    seuil: str | None = None


class SelonType(Appui, frozen=True, kw_only=True):
    """What exists at some audit types (their codes) only; at all of them, without any."""

    types: tuple[CodePrecedent, ...] = ()

    def existe_a(self, code_type: str) -> bool:
        """Return whether it exists at this audit type."""
        return not self.types or code_type in self.types


class Mesure(SelonType, frozen=True, kw_only=True):
    """A number drawn from the findings that are not lifted; one of the four ways is given.

    ``compte`` counts the lines with one of these findings; ``somme`` adds measures; ``moyenne`` and
    ``minimum`` are of the values of the findings, those without a value left out. ``etiquette`` keeps the
    lines that bear it.
    """

    id: str
    titre: str
    compte: tuple[NomConstat, ...] = ()
    somme: tuple[Terme, ...] = ()
    moyenne: Moyenne | None = None
    minimum: bool = False
    etiquette: NomEtiquette | None = None


class Seuil(Struct, frozen=True, kw_only=True):
    """What a measure must be, every comparison given holding; ``critere`` (an id) for a mean by criterion.

    A mean by criterion without ``critere`` is asked of each criterion: one is enough.
    """

    mesure: NomMesure
    critere: IdCritere | None = None
    au_moins: str | None = None
    plus_de: str | None = None
    au_plus: str | None = None
    moins_de: str | None = None


class TitrePourTypes(Struct, frozen=True, kw_only=True):
    """How a decision reads at some audit types (their codes)."""

    types: tuple[CodePrecedent, ...]
    titre: str


class Decision(SelonType, frozen=True, kw_only=True):
    """A decision, taken when one of ``si`` holds and none before it was; always, without any.

    ``delivrable`` is ``None`` where the sources give no rule.
    """

    code: str
    delivrable: bool | None
    titre: str
    titres: tuple[TitrePourTypes, ...] = ()
    si: tuple[Seuil, ...] = ()
    emplacement: str = ""

    def titre_pour(self, code_type: str) -> str:
        """Return how it reads at this audit type."""
        return next((t.titre for t in self.titres if code_type in t.types), self.titre)


class Distinction(Appui, frozen=True, kw_only=True):
    """What is decided beside the label, on the same measures: its own decisions, read as those of the label.

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
        """Return its decisions in a criterion: a mean by criterion is its own, unless another is named."""
        return tuple(
            replace(
                decision,
                si=tuple(
                    replace(c, critere=critere)
                    if c.critere is None and mesures[c.mesure].moyenne == "par_critere"
                    else c
                    for c in decision.si
                ),
            )
            for decision in self.decisions
        )


class Aggravation(Appui, frozen=True, kw_only=True):
    """A finding that counts as another on a line where the earlier audit left one of ``precedents`` open.

    ``types`` are the audit types (codes) where the earlier findings are looked at again.
    """

    constat: NomConstat
    precedents: tuple[NomConstat, ...]
    devient: NomConstat
    types: tuple[CodePrecedent, ...]
    motif: str


class Jugement(Struct, frozen=True, kw_only=True):
    """How one référentiel concludes on its own lines.

    At each audit type the last decision that exists holds always, and only it. ``echeances`` are the dates
    that each open finding opens, by finding, then by name. ``remarques`` go with every conclusion.
    ``distinctions`` are decided beside.
    """

    origine: str
    mesures: Mapping[str, Mesure]
    decisions: tuple[Decision, ...]
    echeances: Mapping[str, Mapping[str, Delai]] = field(default_factory=dict)
    aggravations: tuple[Aggravation, ...] = ()
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
