"""A self-assessment counted: scores by criterion, what to improve first. Pure functions.

Three things are never numbers here: a line said not to apply, a line without an answer, and a decision. The
first two count neither as zero nor as full marks; the third is the audit's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.model.base import Avertissement, Source
from certif_rules.model.notation import Autodiagnostic, Cle, Etendue, Notation
from certif_rules.model.referentiel import Critere
from certif_rules.model.vie import Incoherence, Vie
from certif_rules.rules.motifs import Etat

#: Where an axis stands: with a score, without any answer, or with nothing that applies.
EtatAxe = Literal["note", "sans_reponse", "sans_objet"]
#: Why a line is in the list of what to improve.
Groupe = Literal["gravite", "ecart", "sans_reponse", "amelioration"]

_LIGNES: Mapping[Etendue, frozenset[Etat]] = {
    "audit": frozenset({"a_auditer", "a_confirmer"}),
    "toutes": frozenset({"a_auditer", "a_confirmer", "non_audite"}),
}


class Appreciation(Struct, frozen=True, kw_only=True):
    """An answer to one line is a level, or « does not apply » with a reason; neither is no answer."""

    niveau: int | None = None
    sans_objet: bool = False
    raison: str | None = None
    commentaire: str | None = None
    preuves: str | None = None

    @property
    def repondue(self) -> bool:
        """Return whether something was answered."""
        return self.sans_objet or self.niveau is not None


class Cadre(Struct, frozen=True, kw_only=True):
    """A cadre is what a self-assessment is about: a checklist, the rules of the référentiel, the lines asked.

    ``incoherences`` and ``sources`` are those that may be told and cited beside the texts.
    """

    checklist: Checklist
    regles: Autodiagnostic
    notation: Notation
    etendue: Etendue
    vies: tuple[Vie, ...] = ()
    avertissements: tuple[Avertissement, ...] = ()

    @property
    def retenues(self) -> tuple[Ligne, ...]:
        """Return the lines asked, in the référentiel's order."""
        return tuple(li for li in self.checklist.lignes if li.etat in _LIGNES[self.etendue])

    @property
    def ecartees(self) -> tuple[Ligne, ...]:
        """Return the lines left out, each with the reasons of its state."""
        return tuple(li for li in self.checklist.lignes if li.etat not in _LIGNES[self.etendue])

    @property
    def incoherences(self) -> dict[str, Incoherence]:
        """Return every contradiction of the sources that the stack declares, by id."""
        return {i.id: i for vie in self.vies for i in vie.incoherences.values()}


class Cotation(Struct, frozen=True, kw_only=True):
    """A cotation is a line asked and its answer."""

    ligne: Ligne
    appreciation: Appreciation = field(default_factory=Appreciation)


class Score(Struct, frozen=True, kw_only=True):
    """A score counts points out of a maximum, on lines with a level.

    ``applicables`` leaves out « does not apply ».
    """

    points: int
    maximum: int
    repondues: int
    applicables: int

    @property
    def pourcent(self) -> int | None:
        """Return the per cent, to the nearest whole number, a half going up; ``None`` without any level."""
        return (200 * self.points + self.maximum) // (2 * self.maximum) if self.maximum else None


class Axe(Struct, frozen=True, kw_only=True):
    """A criterion has its score; ``critere`` is ``None`` for the lines whose criterion is not known.

    ``plus_bas`` are the lines at its lowest level, in order.
    """

    critere: Critere | None
    cotations: tuple[Cotation, ...]
    score: Score
    plus_bas: tuple[Cotation, ...]

    @property
    def etat(self) -> EtatAxe:
        """Return where it stands."""
        if not self.score.applicables:
            return "sans_objet"
        return "note" if self.score.repondues else "sans_reponse"


class Priorite(Struct, frozen=True, kw_only=True):
    """A priorite is a line of what to improve, and why it is there; ``cle`` is the key that put it first."""

    cotation: Cotation
    groupe: Groupe
    cle: Cle | None = None


class Synthese(Struct, frozen=True, kw_only=True):
    """A self-assessment is counted: ``ensemble`` is over lines, never a mean of criteria."""

    cadre: Cadre
    cotations: tuple[Cotation, ...]
    axes: tuple[Axe, ...]
    priorites: tuple[Priorite, ...]
    ensemble: Score
    fait_le: str | None = None


def gather(parts: Iterable[Autodiagnostic | None]) -> Autodiagnostic:
    """Return what a stack says of the self-assessment: each part is that of the highest which has it.

    What is told beside lines adds up, since each referentiel speaks of its own.
    """
    gathered = Autodiagnostic()
    for part in filter(None, parts):
        given = {nom: held for nom, held in asdict(part).items() if held}
        gathered = replace(gathered, **given | {"reperes": (*gathered.reperes, *part.reperes)})
    return gathered


def assess(cadre: Cadre, answers: Mapping[str, Appreciation], fait_le: str | None = None) -> Synthese:
    """Return the self-assessment counted.

    Args:
        cadre: what it is about.
        answers: the answers by id of line, already checked; a line that has none is unanswered.
        fait_le: the ISO day it was made, when it is known.
    """
    cotations = tuple(
        Cotation(ligne=li, appreciation=answers.get(li.indicateur.id, Appreciation()))
        for li in cadre.retenues
    )
    return Synthese(
        cadre=cadre,
        cotations=cotations,
        axes=_axes(cadre, cotations),
        priorites=prioritise(cadre.notation, cotations),
        ensemble=score(cadre.notation, cotations),
        fait_le=fait_le,
    )


def score(notation: Notation, cotations: Iterable[Cotation]) -> Score:
    """Return the points of some lines, out of what those that have a level are worth at best."""
    applicable = [c for c in cotations if not c.appreciation.sans_objet]
    levels = [c.appreciation.niveau for c in applicable if c.appreciation.niveau is not None]
    return Score(
        points=sum(levels),
        maximum=notation.plein * len(levels),
        repondues=len(levels),
        applicables=len(applicable),
    )


def grave(notation: Notation, ligne: Ligne) -> Cle | None:
    """Return the key by which every gap on ``ligne`` is of the gravest kind, if there is one."""
    for cle in notation.priorite:
        possible = set(ligne.indicateur.constats_permis) & set(cle.ecarts)
        if cle.mot == "gravite" and possible and possible <= set(cle.seuls):
            return cle
    return None


def prioritise(notation: Notation, cotations: Iterable[Cotation]) -> tuple[Priorite, ...]:
    """Return what to improve, the most pressing first: every line below the highest level."""
    left = [c for c in cotations if not c.appreciation.sans_objet and c.appreciation.niveau != notation.plein]
    # Stable: lines that no key tells apart keep the order of the référentiel.
    for cle in reversed(notation.priorite):
        left.sort(key=lambda c, cle=cle: _rank(notation, cle, c))  # type: ignore[misc]
    return tuple(_priority(notation, c) for c in left)


def _rank(notation: Notation, cle: Cle, cotation: Cotation) -> tuple[int, int]:
    niveau = cotation.appreciation.niveau
    if cle.mot == "gravite":
        return (0 if _pressing(notation, cle, cotation) else 1, 0)
    return (cle.sans_reponse_avant, 0) if niveau is None else (niveau, 1)


def _pressing(notation: Notation, cle: Cle, cotation: Cotation) -> bool:
    niveau = cotation.appreciation.niveau
    return grave(notation, cotation.ligne) is cle and (niveau is None or niveau < cle.sous)


def _priority(notation: Notation, cotation: Cotation) -> Priorite:
    for cle in notation.priorite:
        if cle.mot == "gravite" and _pressing(notation, cle, cotation):
            return Priorite(cotation=cotation, groupe="gravite", cle=cle)
    niveau = cotation.appreciation.niveau
    if niveau is None:
        return Priorite(cotation=cotation, groupe="sans_reponse")
    better = notation.amelioration_des is not None and niveau >= notation.amelioration_des
    return Priorite(cotation=cotation, groupe="amelioration" if better else "ecart")


def _axes(cadre: Cadre, cotations: tuple[Cotation, ...]) -> tuple[Axe, ...]:
    """Return the criteria in order, lines without one last.

    A criterion of which no line applies to the organisation is kept, « does not apply »; one whose lines are
    merely not seen at this audit is not spoken of.
    """
    by_line = {c.ligne.indicateur.id: c for c in cotations}
    axes = []
    for critere, lignes in sorted(cadre.checklist.groupes, key=lambda groupe: groupe[0] is None):
        own = tuple(by_line[li.indicateur.id] for li in lignes if li.indicateur.id in by_line)
        if own or (critere is not None and all(li.etat == "non_applicable" for li in lignes)):
            axes.append(_axis(cadre.notation, critere, own))
    return tuple(axes)


def _axis(notation: Notation, critere: Critere | None, own: tuple[Cotation, ...]) -> Axe:
    levels = [c.appreciation.niveau for c in own if c.appreciation.niveau is not None]
    lowest = min(levels, default=None)
    return Axe(
        critere=critere,
        cotations=own,
        score=score(notation, own),
        plus_bas=tuple(c for c in own if lowest is not None and c.appreciation.niveau == lowest),
    )


def asked(cadre: Cadre, ligne: Ligne) -> list[Incoherence]:
    """Return the contradictions of the sources to be told beside a line."""
    known = cadre.incoherences
    wanted = {
        i
        for repere in cadre.regles.reperes
        if ligne.indicateur.id in repere.lignes
        for i in repere.incoherences
    }
    return [value for id_, value in known.items() if id_ in wanted]


def sources_of(cadre: Cadre) -> dict[str, Source]:
    """Return the sources cited by a document of this self-assessment, in the order they are declared."""
    regles = cadre.regles
    enonces = (regles.mention, regles.etendue_dite, *regles.enonces)
    cited = {s for e in enonces if e for s in e.sources} | set(cadre.notation.sources)
    cited |= {s for id_ in contradictions(cadre) for s in cadre.incoherences[id_].sources}
    cited |= {s for li in cadre.checklist.lignes for m in li.motifs for s in m.sources}
    cited |= {s for a in (*cadre.avertissements, *cadre.checklist.notes) for s in a.sources}
    warned = (li.indicateur.donnees_sensibles for li in cadre.retenues)
    cited |= {s for value in warned if value is not None for s in value.sources}
    cited |= {s for texte in cadre.checklist.referentiel.mentions.values() for s in texte.sources}
    known = dict(cadre.checklist.referentiel.sources)
    for vie in cadre.vies:
        known |= vie.sources
    return {id_: source for id_, source in known.items() if id_ in cited}


def touching(vies: Iterable[Vie], commande: str) -> tuple[Incoherence, ...]:
    """Return the contradictions of the sources that those who use ``commande`` must know, in order."""
    return tuple(i for vie in vies for i in vie.incoherences.values() if commande in i.commandes)


def contradictions(cadre: Cadre) -> tuple[str, ...]:
    """Return the ids of the contradictions to show with this self-assessment, in the order they are declared.

    Those of its rules, and those of lines that are asked; one that no line is tied to is always shown.
    """
    regles = cadre.regles
    asked = {li.indicateur.id for li in cadre.retenues}
    enonces = (regles.etendue_dite, regles.mention, *regles.enonces)
    wanted = {i for enonce in enonces if enonce for i in enonce.incoherences}
    tied = {i for repere in regles.reperes for i in repere.incoherences}
    wanted |= {i for repere in regles.reperes if asked & set(repere.lignes) for i in repere.incoherences}
    wanted |= {i.id for i in touching(cadre.vies, "autodiagnostic") if i.id not in tied}
    return tuple(id_ for id_ in cadre.incoherences if id_ in wanted)
