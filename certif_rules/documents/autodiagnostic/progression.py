"""Two self-assessments compared, as blocks: by criterion, in pictures, then line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import INSECABLE, clean, day, prose
from certif_rules.documents.autodiagnostic import mots as textes
from certif_rules.documents.autodiagnostic.synthese import drawn, trace_of
from certif_rules.documents.mots import title
from certif_rules.vie.autodiagnostic import Cotation, Synthese
from certif_rules.vie.progression import AxeCompare, Comparaison, Progres, Sens

#: Names of the two series.
SERIES: Final = ("avant", "après")
_SENS: Final[Mapping[Sens, str]] = {
    "hausse": "▲ en hausse",
    "baisse": "▼ en baisse",
    "inchange": "= inchangé",
    "repondue": "+ répondue depuis",
    "sans_reponse": "– n’a plus de réponse",
    "devenue_sans_objet": "∅ devenue sans objet",
    "de_nouveau_applicable": "+ de nouveau applicable",
}


def compose(comparaison: Comparaison) -> b.Document:
    """Return the comparison as a document."""
    apres = comparaison.apres
    return textes.laid_out(
        apres.cadre,
        _blocks(comparaison),
        sujet="Comparaison de deux autodiagnostics",
        suite=f"{INSECABLE}: évolution",
        fait_le=apres.fait_le,
    )


def _blocks(comparaison: Comparaison) -> Iterator[b.Bloc]:
    cadre = comparaison.apres.cadre
    yield textes.mention(cadre)
    yield b.Fiche(
        legende="Les deux autodiagnostics",
        rangs=tuple(
            (name.capitalize(), _one(s))
            for name, s in zip(SERIES, (comparaison.avant, comparaison.apres), strict=True)
        ),
    )
    yield from _differences(comparaison)
    yield b.Titre(texte="Par critère", niveau=2)
    yield b.Paragraphe(
        texte=f"{textes.ARRONDI.format(plein=cadre.notation.plein)} Seules comptent ici les lignes qui ont un"
        " niveau dans les deux."
    )
    yield b.Tableau(
        legende="Score de chaque critère, avant et après",
        tetes=("Critère", "Avant", "Après", "Écart"),
        lignes=(
            *(_row(axe, textes.axis_name(cadre, axe)) for axe in comparaison.axes),
            _row(comparaison.ensemble, "Ensemble des lignes"),
        ),
        largeurs=(46, 18, 18, 18),
    )
    yield from _pictures(comparaison)
    yield b.Titre(texte="Ligne par ligne", niveau=2)
    yield from textes.legend(cadre)
    yield b.Tableau(
        legende="Réponses qui ont changé d’abord, puis les autres",
        tetes=("Indicateur", "Avant", "Après", "Évolution"),
        lignes=tuple(_line(comparaison, c) for c in _ordered(comparaison.changements)),
        largeurs=(42, 19, 19, 20),
    )
    for heading, lines in (
        ("Lignes qui n’étaient demandées qu’avant", comparaison.disparues),
        ("Lignes qui ne sont demandées qu’après", comparaison.nouvelles),
    ):
        if lines:
            yield b.Titre(texte=f"{heading} ({len(lines)})", niveau=3)
            yield b.Liste(elements=tuple(map(_name, lines)))
    yield from textes.scope(cadre)
    yield textes.levels(cadre)
    yield textes.identity(cadre)


def _one(synthese: Synthese) -> str:
    referentiel = synthese.cadre.checklist.referentiel
    when = day(synthese.fait_le) if synthese.fait_le else "jour non donné"
    guide = f", guide {clean(referentiel.guide)}" if referentiel.guide else ""
    return f"{when} – édition {clean(referentiel.edition)}{guide} – {textes.fraction(synthese.ensemble)}"


def _differences(comparaison: Comparaison) -> Iterator[b.Bloc]:
    """Yield what the reader must know before comparing: other texts, days that say the contrary."""
    avant, apres = comparaison.avant, comparaison.apres
    differences = []
    if comparaison.editions_differentes:
        before, after = avant.cadre.checklist.referentiel, apres.cadre.checklist.referentiel
        reworded = [c.apres for c in comparaison.changements if c.reformulee]
        texts = (
            f"Les deux ne reposent pas sur les mêmes textes : édition {before.edition}, puis {after.edition}"
            f" (base {before.base or 'aucune'}, puis {after.base or 'aucune'} ; guide"
            f" {before.guide or 'aucun'}, puis {after.guide or 'aucun'})."
        )
        differences.append(prose(texts))
        if reworded:
            changed = f"Lignes dont l’énoncé a changé, à comparer avec prudence : {textes.numbers(reworded)}."
            differences.append(prose(changed))
    if avant.fait_le and apres.fait_le and avant.fait_le > apres.fait_le:
        differences.append("Le premier fichier est le plus récent des deux, d’après leurs dates.")
    if differences:
        yield b.Encadre(titre="À savoir avant de comparer", texte="\n".join(differences), ton="attention")


def _row(axe: AxeCompare, name: b.Texte) -> tuple[b.Cellule, ...]:
    before, after = axe.avant.pourcent, axe.apres.pourcent
    if before is None or after is None:
        return (name, "–", "–", "aucune ligne notée deux fois")
    change = after - before
    sign = "=" if not change else "▲ +" if change > 0 else "▼ −"
    words = f"{sign}{abs(change)}" if change else "="
    return (name, textes.fraction(axe.avant), textes.fraction(axe.apres), words)


def _pictures(comparaison: Comparaison) -> Iterator[b.Bloc]:
    traces = []
    for axe in comparaison.axes:
        words = tuple(
            "pas noté deux fois" if s.pourcent is None else textes.fraction(s) for s in (axe.avant, axe.apres)
        )
        values = (axe.avant.pourcent, axe.apres.pourcent)
        traces.append(trace_of(comparaison.apres.cadre, axe, values, words))
    known = [t for t, axe in zip(traces, comparaison.axes, strict=True) if axe.critere]
    apart = [c.apres.ligne for c in comparaison.changements if c.apres.ligne.critere is None]
    yield from drawn(known, traces, SERIES, apart)


def _ordered(changements: Sequence[Progres]) -> list[Progres]:
    """Sort in a stable way: within each kind, the order of the référentiel."""
    return sorted(changements, key=lambda c: c.sens == "inchange")


def _line(comparaison: Comparaison, changement: Progres) -> tuple[b.Cellule, ...]:
    cadre = comparaison.apres.cadre
    words = _SENS[changement.sens]
    if changement.ecart:
        words += f" ({'+' if changement.ecart > 0 else '−'}{abs(changement.ecart)})"
    runs: tuple[b.Morceau, ...] = (b.Morceau(words, "normal" if changement.sens == "inchange" else "fort"),)
    if changement.reformulee:
        runs = (*runs, b.Morceau("\nénoncé modifié", "discret"))
    return (
        textes.line_head(cadre, changement.apres.ligne),
        textes.level(comparaison.avant.cadre, changement.avant),
        textes.level(cadre, changement.apres),
        runs,
    )


def _name(cotation: Cotation) -> str:
    return f"{clean(cotation.ligne.indicateur.numero)} – {title(cotation.ligne, 120)}"
