"""The synthesis of a self-assessment as blocks: the table first, bars, the radar, then what to improve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from certif_rules.audit.checklist import Ligne
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.documents.autodiagnostic import mots as textes
from certif_rules.documents.autodiagnostic.traces import AXES_MINIMUM, Trace, bars, radar
from certif_rules.documents.mots import MARQUE, SANS_CRITERE, criterion
from certif_rules.vie.autodiagnostic import Axe, Cadre, Priorite, Synthese, asked
from certif_rules.vie.progression import AxeCompare

#: Where the values of a picture are, for who does not see it.
_VOIR = f"{INSECABLE}; les valeurs sont dans le tableau «{INSECABLE}Score de chaque critère{INSECABLE}»"
#: Widths of the pictures, in millimetres: both on one page for the criteria that référentiels have.
_BARRES, _RADAR = 78, 96
_GROUPES = {
    "ecart": "à traiter",
    "sans_reponse": "à évaluer : sans réponse",
    "amelioration": "amélioration possible",
}


def compose(synthese: Synthese) -> b.Document:
    """Return the synthesis as a document."""
    cadre = synthese.cadre
    blocs = _blocks(synthese)
    return textes.laid_out(cadre, blocs, sujet="Synthèse d’un autodiagnostic", fait_le=synthese.fait_le)


def _blocks(synthese: Synthese) -> Iterator[b.Bloc]:
    cadre = synthese.cadre
    yield textes.mention(cadre)
    yield b.Titre(texte="Score par critère", niveau=2)
    yield b.Paragraphe(texte=textes.ARRONDI.format(plein=cadre.notation.plein))
    yield _table(synthese)
    yield from textes.legend(cadre)
    yield from pictures(synthese)
    yield from _list(synthese)
    yield b.Titre(texte="Sur l’ensemble des lignes", niveau=2)
    ensemble = synthese.ensemble
    words = prose(
        f", {ensemble.repondues} répondues sur {ensemble.applicables} applicables. Ce nombre se compte sur"
        " les lignes, et non sur les scores des critères ; il ne dit rien de ce qu’un audit conclurait."
    )
    yield b.Paragraphe(texte=(b.Morceau(textes.fraction(ensemble), "fort"), b.Morceau(words)))
    yield from _answers(synthese)
    yield from textes.left_out(cadre)
    yield from textes.scope(cadre)
    yield textes.levels(cadre)
    yield textes.identity(cadre)


def _table(synthese: Synthese) -> b.Bloc:
    rows = tuple(_row(synthese.cadre, axe) for axe in synthese.axes)
    heads = ("Critère", "Score", "Répondues / applicables", "Le plus bas")
    return b.Tableau(legende="Score de chaque critère", tetes=heads, lignes=rows, largeurs=(46, 18, 18, 18))


def _row(cadre: Cadre, axe: Axe) -> tuple[b.Cellule, ...]:
    name = textes.axis_name(cadre, axe)
    lowest = axe.plus_bas[0].appreciation.niveau if axe.plus_bas else None
    low = "–" if lowest is None else f"{textes.numbers(axe.plus_bas)} (niveau {lowest})"
    return (name, textes.fraction(axe.score), f"{axe.score.repondues} / {axe.score.applicables}", low)


# ---- pictures ---------------------------------------------------------------------------------------------


def pictures(synthese: Synthese) -> Iterator[b.Bloc]:
    """Return bars, lowest first, then the radar in the référentiel’s order, or why there is none."""
    traces = [
        trace_of(synthese.cadre, axe, (axe.score.pourcent,), (textes.fraction(axe.score),))
        for axe in synthese.axes
    ]
    apart = [c.ligne for axe in synthese.axes if axe.critere is None for c in axe.cotations]
    known = [t for t, axe in zip(traces, synthese.axes, strict=True) if axe.critere]
    yield from drawn(known, traces, ("",), apart)


def drawn(
    of_criteria: Sequence[Trace], traces: Sequence[Trace], series: Sequence[str], apart: Sequence[Ligne]
) -> Iterator[b.Bloc]:
    """Yield the two pictures of these values.

    ``of_criteria`` leaves out the lines whose criterion is not known, which are ``apart``: they have a bar
    and no axis, and it is said.
    """
    ordered = sorted(traces, key=lambda t: (t.valeurs[-1] is None, t.valeurs[-1] or 0))
    words = _described(ordered, series)
    yield b.Titre(texte="En barres, du score le plus bas au plus haut", niveau=3)
    yield b.Image(
        contenu=bars(ordered, series, "Score par critère, en barres", words),
        texte=f"Score par critère, en barres{_VOIR}",
        largeur=_BARRES,
        svg=True,
    )
    yield b.Titre(texte="En radar, critère par critère", niveau=3)
    words = _described(of_criteria, series)
    shape = radar(of_criteria, series, "Score par critère, en radar", words)
    if shape is None:
        yield b.Paragraphe(
            texte=f"Pas de radar{INSECABLE}: il faut au moins {AXES_MINIMUM} critères qui aient un score."
        )
        yield from _apart(apart)
        return
    yield b.Image(contenu=shape, texte=f"Score par critère, en radar{_VOIR}", largeur=_RADAR, svg=True)
    scale = prose(
        "Échelle fixe, de 0 au centre à 100 au bord ; axes dans l’ordre du référentiel. Un axe sans score"
        " interrompt le trait. Les mêmes nombres sont dans le tableau : la surface dépend de l’ordre des"
        " axes, elle ne mesure rien."
    )
    yield b.Paragraphe(texte=(b.Morceau(scale, "discret"),))
    yield from _apart(apart)


def _apart(lignes: Sequence[Ligne]) -> Iterator[b.Bloc]:
    """Yield the lines that the radar does not show, if any."""
    if not lignes:
        return
    named = ", ".join(clean(li.indicateur.numero) for li in lignes)
    one = len(lignes) == 1
    words = f"La ligne {named}" if one else f"Les lignes {named}"
    none, there = ("n’a pas", "elle est") if one else ("n’ont pas", "elles sont")
    yield b.Paragraphe(
        texte=prose(
            f"{words}, dont le critère n’est pas connu, {none} d’axe dans le radar : {there} dans le tableau"
            f" et dans les barres, sous « {SANS_CRITERE} »."
        )
    )


def trace_of(
    cadre: Cadre, axe: Axe | AxeCompare, values: tuple[int | None, ...], words: tuple[str, ...]
) -> Trace:
    """Return a criterion to draw; that it is the label’s is said by a sign and a word."""
    name, label = criterion(axe.critere), textes.label_axis(cadre, axe)
    number = clean(axe.critere.numero) if axe.critere else ""
    return Trace(
        nom=f"Critère {number}{' ★' if label else ''}",
        intitule=f"{MARQUE} – {name}" if label else name,
        valeurs=values,
        mots=words,
        label=label,
    )


def _described(traces: Iterable[Trace], series: Sequence[str]) -> str:
    """Return the values of a picture in words."""
    described = (
        f"{t.intitule}{INSECABLE}: "
        + (t.mots[0] if len(series) == 1 else ", ".join(map(" ".join, zip(series, t.mots, strict=True))))
        for t in traces
    )
    return "Score par critère. " + f"{INSECABLE}; ".join(described) + "."


# ---- the list ---------------------------------------------------------------------------------------------


def _list(synthese: Synthese) -> Iterator[b.Bloc]:
    cadre = synthese.cadre
    yield b.Titre(texte="Par quoi commencer", niveau=2)
    yield b.Paragraphe(
        texte=f"Toute ligne qui s’applique et n’est pas au niveau {cadre.notation.plein}, dans cet"
        f" ordre{INSECABLE}:"
    )
    yield textes.order(cadre)
    yield b.Paragraphe(
        texte=prose(
            "Cet ordre aide à se préparer ; il ne dit ni ce qu’un audit constaterait, ni ce qu’il déciderait."
        )
    )
    rows = tuple(_priority(cadre, rang, p) for rang, p in enumerate(synthese.priorites, 1))
    if not rows:
        yield b.Paragraphe(
            texte="Rien à améliorer : toutes les lignes qui s’appliquent sont au plus haut niveau."
        )
        return
    heads = ("Rang", "Indicateur", "Niveau", "Pourquoi ici")
    yield b.Tableau(
        legende="Indicateurs à améliorer, du plus pressant au moins pressant", tetes=heads, lignes=rows,
        largeurs=(10, 48, 18, 24),
    )  # fmt: skip


def _priority(cadre: Cadre, rang: int, priorite: Priorite) -> tuple[b.Cellule, ...]:
    cotation = priorite.cotation
    head = textes.line_head(cadre, cotation.ligne)
    notes = [f"⚠ {clean(i.id)}" for i in asked(cadre, cotation.ligne)]
    if notes:
        head = (*head, b.Morceau(f"\n{', '.join(notes)}", "discret"))
    return (str(rang), head, textes.level(cadre, cotation), why(priorite))


def why(priorite: Priorite) -> str:
    """Return why a line is where it is in the list."""
    if priorite.cle is not None and priorite.cle.titre:
        unanswered = priorite.cotation.appreciation.niveau is None
        return prose(priorite.cle.titre) + (", sans réponse" if unanswered else "")
    return prose(_GROUPES[priorite.groupe])


def _answers(synthese: Synthese) -> Iterator[b.Bloc]:
    cadre = synthese.cadre
    yield b.Titre(texte="Toutes les réponses", niveau=2)
    yield from textes.sensitive_told(c.ligne for c in synthese.cotations)
    rows = []
    for cotation in synthese.cotations:
        answer = cotation.appreciation
        notes = [
            f"{label}{INSECABLE}: {clean(text)}"
            for label, text in (
                ("raison", answer.raison),
                ("note", answer.commentaire),
                ("preuves", answer.preuves),
            )
            if text
        ]
        head = (*textes.line_head(cadre, cotation.ligne), *textes.sensitive(cotation.ligne))
        rows.append((head, textes.level(cadre, cotation), "\n".join(notes) or "–"))
    heads = ("Indicateur", "Niveau", "Raison, note, preuves")
    yield b.Tableau(legende="Réponse à chaque ligne", tetes=heads, lignes=tuple(rows), largeurs=(50, 20, 30))
