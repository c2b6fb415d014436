"""The sheet « Textes »: what is long to read of each line, whole, so that the sheet « Grille » is short."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.colonnes import GRAVITE, INDICATEUR, MOTIF, NIVEAU, PREUVES
from certif_rules.documents import emetteur
from certif_rules.documents.mots import (
    ABSENT,
    DONNEES_SENSIBLES,
    aside,
    cite,
    deciding,
    mentioned,
    quoted,
    reason_remarks,
    remarks,
    sensitive,
    title,
    wording,
)
from certif_rules.grilles.classeur import Cellule, Feuille
from certif_rules.grilles.feuilles import TEXTES
from certif_rules.model.base import Texte

_ENONCE: Final = "Intitulé et exigence"
#: Its columns, each with its width in characters.
_LARGEURS: Final = {
    INDICATEUR.titre: 11,
    _ENONCE: 44,
    NIVEAU.titre: 42,
    PREUVES.titre: 36,
    GRAVITE.titre: 20,
    MOTIF.titre: 26,
}
#: Most of a requirement that stands for the title of its line.
_COURT: Final = 120


def heading(ligne: Ligne) -> str:
    """Return what the sheet Grille calls a line, short, with a mark where its notes may reveal much."""
    marked = [] if ligne.indicateur.donnees_sensibles is None else [f"⚠ {DONNEES_SENSIBLES}"]
    return "\n".join([title(ligne, _COURT), *marked])


def _requirement(checklist: Checklist, ligne: Ligne) -> str:
    """Return the title of a line, its requirement, what is noted of it and what its notes may reveal."""
    indicateur = ligne.indicateur
    parts = [title(ligne)]
    if indicateur.titre is not None and indicateur.exigence is not None:
        parts.append(quoted(indicateur.exigence) if indicateur.citation else prose(indicateur.exigence))
    parts += [f"{_text(texte)} {cite(texte.sources)}" for texte in mentioned(checklist, indicateur)]
    if indicateur.donnees_sensibles is not None:
        value = indicateur.donnees_sensibles
        parts.append(f"{DONNEES_SENSIBLES} – {sensitive(value)}{aside(remarks(value))}")
    return "\n".join(parts)


def _text(texte: Texte) -> str:
    return f"{wording(texte)}{aside(remarks(texte))}"


def _bullets(textes: Iterable[Texte]) -> list[str]:
    return [f"•{INSECABLE}{_text(texte)}" for texte in textes]


def level(ligne: Ligne) -> str:
    """Return the level expected, with what makes it precise or adapts it."""
    niveau = ligne.indicateur.niveau_attendu
    parts = [_text(niveau) if niveau else ABSENT]
    for heading, textes in (("Précisions", ligne.precisions), ("Adaptations", ligne.adaptations)):
        if textes:
            parts += [f"{heading}{INSECABLE}:", *_bullets(textes)]
    return "\n".join(parts)


def reasons(checklist: Checklist, ligne: Ligne) -> str:
    """Return why a line is in its state, with sources."""
    return "\n".join(
        f"{prose(motif.texte)}{aside(reason_remarks(checklist, motif), motif.sources)}"
        for motif in deciding(ligne)
    )


def severity(ligne: Ligne) -> str:
    """Return how serious a gap on a line may be."""
    gravite = ligne.indicateur.gravite
    if ligne.etat in ("non_applicable", "non_audite") and len(ligne.constats_permis) < 2:
        return "–"
    return _text(gravite) if gravite else ABSENT


def evidence(ligne: Ligne) -> str:
    """Return examples of what may be seen."""
    return "\n".join(_bullets(ligne.preuves)) or "–"


def texts_sheet(checklist: Checklist) -> Feuille:
    """Return a row for each line, with its texts whole; a column that a body hides is not there."""
    shown = [name for name in _LARGEURS if emetteur.shows(checklist, name)]
    return Feuille(
        nom=TEXTES,
        largeurs=tuple(_LARGEURS[name] for name in shown),
        lignes=(
            tuple(Cellule(name, "entete") for name in shown),
            *(_row(checklist, ligne, shown) for ligne in checklist.lignes),
        ),
        entete=True,
        figees=1,
    )


def _row(checklist: Checklist, ligne: Ligne, shown: Iterable[str]) -> tuple[Cellule, ...]:
    out = ligne.etat in ("non_applicable", "non_audite")
    tone = "hors" if out else "confirmer" if ligne.etat == "a_confirmer" else "moteur"
    whole = _requirement(checklist, ligne)
    cells = {
        INDICATEUR.titre: Cellule(clean(ligne.indicateur.numero), "hors_centre" if out else "numero"),
        _ENONCE: Cellule(whole, tone, gras=title(ligne) if "\n" in whole else ""),
        NIVEAU.titre: Cellule(level(ligne), tone),
        PREUVES.titre: Cellule(evidence(ligne), tone),
        GRAVITE.titre: Cellule(severity(ligne), tone),
        MOTIF.titre: Cellule(reasons(checklist, ligne), tone),
    }
    return tuple(cells[name] for name in shown)
