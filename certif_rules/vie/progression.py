"""Two self-assessments of the same organisation compared: what changed, on the lines that both have."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from certif_rules.model.referentiel import Critere
from certif_rules.vie.autodiagnostic import Cotation, Score, Synthese, score

#: What became of a line from one self-assessment to the next.
Sens = Literal[
    "hausse", "baisse", "inchange", "repondue", "sans_reponse", "devenue_sans_objet", "de_nouveau_applicable"
]


class Progres(Struct, frozen=True, kw_only=True):
    """A line stands in both self-assessments; ``reformulee``: its wording is not the same in both."""

    avant: Cotation
    apres: Cotation
    sens: Sens
    reformulee: bool

    @property
    def ecart(self) -> int | None:
        """Return the levels gained, or lost; ``None`` unless both have one."""
        before, after = self.avant.appreciation.niveau, self.apres.appreciation.niveau
        return None if before is None or after is None else after - before


class AxeCompare(Struct, frozen=True, kw_only=True):
    """A criterion stands twice, counted on the lines that have a level both times."""

    critere: Critere | None
    avant: Score
    apres: Score


class Comparaison(Struct, frozen=True, kw_only=True):
    """Two self-assessments are compared; ``disparues`` and ``nouvelles`` are lines only one asks about."""

    avant: Synthese
    apres: Synthese
    changements: tuple[Progres, ...]
    axes: tuple[AxeCompare, ...]
    ensemble: AxeCompare
    disparues: tuple[Cotation, ...]
    nouvelles: tuple[Cotation, ...]

    @property
    def editions_differentes(self) -> bool:
        """Return whether the two rest on different texts."""
        before, after = self.avant.cadre.checklist, self.apres.cadre.checklist
        return (before.referentiel.edition, before.empreinte) != (after.referentiel.edition, after.empreinte)


def compare(avant: Synthese, apres: Synthese) -> Comparaison:
    """Return what changed between two self-assessments that have the same levels."""
    before = {c.ligne.indicateur.id: c for c in avant.cotations}
    after = {c.ligne.indicateur.id: c for c in apres.cotations}
    changements = tuple(_change(before[id_], c) for id_, c in after.items() if id_ in before)
    groups: dict[str | None, tuple[Critere | None, list[Progres]]] = {}
    for change in changements:
        critere = change.apres.ligne.critere
        groups.setdefault(critere.id if critere else None, (critere, []))[1].append(change)
    ordered = sorted(groups.values(), key=lambda group: group[0] is None)
    return Comparaison(
        avant=avant,
        apres=apres,
        changements=changements,
        axes=tuple(_axis(apres, critere, changes) for critere, changes in ordered),
        ensemble=_axis(apres, None, changements),
        disparues=tuple(c for id_, c in before.items() if id_ not in after),
        nouvelles=tuple(c for id_, c in after.items() if id_ not in before),
    )


def _change(avant: Cotation, apres: Cotation) -> Progres:
    before, after = avant.ligne.indicateur, apres.ligne.indicateur
    reworded = (before.titre, before.exigence) != (after.titre, after.exigence)
    return Progres(avant=avant, apres=apres, sens=_sens(avant, apres), reformulee=reworded)


def _sens(avant: Cotation, apres: Cotation) -> Sens:
    before, after = avant.appreciation, apres.appreciation
    if before.sans_objet != after.sans_objet and before.repondue and after.repondue:
        return "devenue_sans_objet" if after.sans_objet else "de_nouveau_applicable"
    if before.repondue != after.repondue:
        return "repondue" if after.repondue else "sans_reponse"
    if before.niveau is None or after.niveau is None or before.niveau == after.niveau:
        return "inchange"
    return "hausse" if after.niveau > before.niveau else "baisse"


def _axis(
    apres: Synthese, critere: Critere | None, changes: tuple[Progres, ...] | list[Progres]
) -> AxeCompare:
    both = [c for c in changes if c.ecart is not None]
    notation = apres.cadre.notation
    return AxeCompare(
        critere=critere,
        avant=score(notation, [c.avant for c in both]),
        apres=score(notation, [c.apres for c in both]),
    )
