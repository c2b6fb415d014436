"""The layers of one edition for the day of an audit, what a choice calls for saying, days that none covers.

Pure: headers in, headers and warnings out. The date of the audit chooses, never today's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from certif_rules.errors import DataError, Issue, UsageError, from_emplacement
from certif_rules.model.base import Avertissement
from certif_rules.model.referentiel import Couche, CoucheRetenue, Nature

Avertissements = list[Avertissement]


#: What people call layers of each kind that rule the same day, and one of them.
_NOMS: Mapping[Nature, tuple[str, str]] = {
    "exigence": ("éditions", "l’édition"),
    "regles": ("couches de règles", "la couche"),
    "guide": ("guides obligatoires", "le guide"),
}


class Pile(Struct, frozen=True, kw_only=True):
    """A stack has the layers retained for an edition, over those of the edition that it rests on."""

    exigence: Couche
    retenues: tuple[CoucheRetenue, ...]
    base: Pile | None

    @property
    def couches(self) -> tuple[CoucheRetenue, ...]:
        """Return the layers of the whole stack, base first."""
        return (*(self.base.couches if self.base else ()), *self.retenues)


def choose_edition(
    editions: Sequence[Couche], nom: str, day: str, edition: str | None
) -> tuple[Couche, Avertissements]:
    """Return the edition named, with a warning when it is not in force on ``day``, or the one that is.

    Raises:
        UsageError: there is no such edition, or none in force that day.
        DataError: several are, and none says that it replaces the other.
    """
    current = in_force(editions, day)
    if edition is None:
        if current:
            return _only(current, day), []
        known = " ; ".join(f"{c.id} {period(c)}" for c in editions)
        message = f"aucune édition de {nom} n’est en vigueur le {day}"
        raise UsageError([Issue("edition-introuvable", message, None, f"périodes connues : {known}")])
    chosen = next((c for c in editions if c.id == edition), None)
    if chosen is None:
        hint = f"éditions : {', '.join(c.id for c in editions)}"
        message = f"{nom} n’a pas d’édition « {edition} »"
        raise UsageError([Issue("edition-introuvable", message, None, hint)])
    if chosen in current:
        return chosen, []
    ended = next((f" ; {c.id} la remplace depuis le {c.du}" for c in current if ends(c, chosen)), "")
    message = f"l’édition {nom}@{edition} n’est pas en vigueur le {day} ({period(chosen)}{ended})"
    return chosen, [Avertissement("edition_hors_periode", message, chosen.sources)]


def _only(current: Sequence[Couche], day: str) -> Couche:
    """Return the layer of that day, the latest that may be used; two that must be are refused."""
    ruling = [couche for couche in current if couche.du <= day]
    if len(ruling) > 1:
        raise DataError([_competing(ruling[0], ruling[1], day)])
    return current[0]


def _competing(later: Couche, earlier: Couche, day: str) -> Issue:
    nom, (several, one) = later.referentiel, _NOMS[later.nature]
    message = (
        f"{nom} a deux {several} en vigueur le {day} : {earlier.id} ({period(earlier)}) et "
        f"{later.id} ({period(later)})"
    )
    hint = f"écrire « remplace: {earlier.id} » dans l’en-tête de {later.id}, ou la fin de {earlier.id}"
    related = ((from_emplacement(earlier.emplacement), f"{one} {earlier.id}"),)
    where = from_emplacement(later.emplacement)
    if later.nature == "exigence":
        hint += f" ; sinon nommer {one} : {nom}@{later.id}"
        return Issue("editions-concurrentes", message, where, hint, related)
    if later.nature == "guide":
        hint += f" ; sinon nommer {one} : --guide {later.id}"
    return Issue("couches-concurrentes", message, where, hint, related)


def competing(couches: Sequence[Couche]) -> list[Issue]:
    """Return a problem for each layer that starts while another is in force and does not replace it.

    Args:
        couches: the editions of a référentiel, or the layers of one kind written for one of them.
    """
    issues = []
    for couche in sorted(couches, key=lambda c: c.du):
        ruling = [c for c in in_force(couches, couche.du) if c.du <= couche.du]
        others = [c for c in ruling if c is not couche]
        if couche in ruling and others:
            issues.append(_competing(couche, others[0], couche.du))
    return issues


def base_moved(exigence: Couche, base_editions: Sequence[Couche], day: str) -> Avertissements:
    """Return a warning when the base in force on ``day`` is not the one the label was written on."""
    base, _, edition = (exigence.base or "").partition("@")
    current = in_force(base_editions, day)
    if current and current[0].id == edition:
        return []
    other = (
        f"l’édition de {base} en vigueur le {day} est {current[0].id}"
        if current
        else (f"aucune édition de {base} n’est en vigueur le {day}")
    )
    message = f"{exigence.referentiel}@{exigence.id} est écrit sur {exigence.base}, alors que {other}"
    return [Avertissement("base_hors_periode", message, exigence.sources)]


def drafts(read: Iterable[Couche]) -> Avertissements:
    """Return a warning for each layer read that is still being written."""
    message = "« {} » est un brouillon : son texte peut encore changer, et aucune révision ne le déclare"
    return [
        Avertissement("couche_en_brouillon", message.format(c.titre), c.sources) for c in read if c.brouillon
    ]


def choose_rules(
    exigence: Couche, layers: Sequence[Couche], day: str
) -> tuple[CoucheRetenue, Avertissements]:
    """Return the audit rules in force on ``day`` for this edition, else the nearest, with a warning.

    Raises:
        DataError: no layer of rules is written for the edition, none was read, or two are in force.
    """
    candidates = rules_for(layers, exigence)
    if not candidates:
        message = f"aucune couche de règles n’est écrite pour {exigence.referentiel}@{exigence.id}"
        raise DataError([Issue("couche-manquante", message, from_emplacement(exigence.emplacement))])
    current = in_force(candidates, day)
    if current:
        return _with_content(_only(current, day), candidates)
    nearest = candidates[0] if day < candidates[0].admis_du else candidates[-1]
    message = f"aucune règle d’audit en vigueur le {day} : « {nearest.titre} » sert à sa place"
    retenue, warnings = _with_content(nearest, candidates)
    return retenue, [Avertissement("regles_hors_periode", message, nearest.sources), *warnings]


def choose_guide(
    exigence: Couche, layers: Sequence[Couche], day: str, guide: str | None
) -> tuple[CoucheRetenue | None, Avertissements]:
    """Return the guide named, or the latest published of those admitted on ``day``, the others being named.

    ``None`` where no guide is known for the edition that day: what a guide decides is then unknown.

    Raises:
        UsageError: the guide named is not one of this edition.
        DataError: no guide of the edition was read, or two must be used.
    """
    candidates = written_for(layers, exigence.id)
    current = in_force(candidates, day)
    if guide is not None:
        return _named(guide, exigence, candidates, current, day)
    if not current:
        message = (
            f"{exigence.nom or exigence.referentiel}, édition {exigence.id} : "
            f"aucun guide de lecture connu le {day}, ce qu’un guide décide reste à confirmer"
        )
        return None, [Avertissement("guide_absent", message, exigence.sources)] if layers else []
    retenue, warnings = _with_content(_only(current, day), candidates)
    if len(current) > 1:
        others = ", ".join(c.id for c in current[1:])
        message = (
            f"plusieurs guides sont admis le {day} : {current[0].id} est retenu ; aussi admis : {others}"
        )
        warnings.insert(0, Avertissement("guides_admis", message, current[0].sources))
    return retenue, warnings


def _named(
    guide: str, exigence: Couche, candidates: Sequence[Couche], current: Sequence[Couche], day: str
) -> tuple[CoucheRetenue, Avertissements]:
    chosen = next((c for c in candidates if c.id == guide), None)
    if chosen is None:
        known = ", ".join(c.id for c in candidates) or "aucun"
        message = f"« {guide} » n’est pas un guide de {exigence.referentiel}@{exigence.id}"
        raise UsageError([Issue("guide-introuvable", message, None, f"guides : {known}")])
    retenue, warnings = _with_content(chosen, candidates)
    if chosen not in current:
        message = f"le guide {guide} n’est pas admis le {day} ({period(chosen)})"
        warnings.insert(0, Avertissement("guide_hors_periode", message, chosen.sources))
    return retenue, warnings


def _with_content(couche: Couche, candidates: Sequence[Couche]) -> tuple[CoucheRetenue, Avertissements]:
    """Return the layer with what is read in its place when its own text was not, and the warning for it."""
    retenue = with_content(couche, candidates)
    if retenue is None:
        message = f"aucune couche « {couche.nature} » de {couche.referentiel} n’a été lue"
        raise DataError([Issue("couche-manquante", message, from_emplacement(couche.emplacement))])
    if retenue.contenu is couche:
        return retenue, []
    message = (
        f"« {couche.titre} », à appliquer à cette date, n’a pas été lu : "
        f"le contenu de « {retenue.contenu.titre} » sert à sa place"
    )
    return retenue, [Avertissement("couche_non_lue", message, couche.sources)]


# ---- layers on a day -----------------------------------------------------------------------------------


def in_force(couches: Sequence[Couche], day: str) -> list[Couche]:
    """Return the layers that may be used on ``day`` (ISO, both ends included), the latest first.

    One that another of them replaced by then may not.
    """
    begun = [couche for couche in couches if couche.du <= day]
    ended = {couche.id for couche in couches if any(ends(later, couche) for later in begun)}
    admitted = [c for c in couches if c.admis_du <= day and (c.au is None or day <= c.au)]
    left = [couche for couche in admitted if couche.id not in ended]
    return sorted(left, key=lambda c: (c.admis_du, c.du, c.id), reverse=True)


def ends(later: Couche, couche: Couche) -> bool:
    """Return whether the first day of a layer ends another: it says so, or changes one without an end."""
    return couche.id == later.remplace or (couche.id == later.depuis and couche.au is None)


def nearest_edition(editions: Sequence[Couche], day: str) -> Couche:
    """Return the last edition that was in force before ``day``, else the first."""
    before = [couche for couche in editions if couche.admis_du <= day]
    return max(before, key=lambda c: c.admis_du) if before else min(editions, key=lambda c: c.admis_du)


def written_for(couches: Iterable[Couche], edition: str) -> list[Couche]:
    """Return the layers written for this edition (an exigence layer's id)."""
    return [couche for couche in couches if edition in couche.pour]


def rules_for(couches: Iterable[Couche], exigence: Couche) -> list[Couche]:
    """Return the layers of rules written for an edition, else for the nearest of those that it changes."""
    layers = list(couches)
    of_each = (written_for(layers, nom) for nom in (exigence.id, *exigence.lignee))
    return next((own for own in of_each if own), [])


def latest_day(edition: Couche, regles: Sequence[Couche], guides: Sequence[Couche]) -> str:
    """Return a day of an edition on which the latest of its layers are in force."""
    own = (*rules_for(regles, edition), *written_for(guides, edition.id))
    latest = max([edition.du, *(couche.admis_du for couche in own)])
    return edition.au if edition.au is not None and latest > edition.au else latest


def with_content(couche: Couche, couches: Sequence[Couche]) -> CoucheRetenue | None:
    """Return ``couche`` with its content, or that of the nearest layer read when it was not.

    The nearest later layer is preferred: amendments and new guides mostly complete the former text. ``None``
    when no layer of the kind was read.
    """
    if couche.lue:
        return CoucheRetenue(couche=couche, contenu=couche)
    read = sorted((c for c in couches if c.lue), key=lambda c: (c.admis_du, c.id))
    later = [c for c in read if c.admis_du >= couche.admis_du]
    nearest = later[0] if later else (read[-1] if read else None)
    return CoucheRetenue(couche=couche, contenu=nearest) if nearest else None


def period(couche: Couche) -> str:
    """Return the period of a layer, for people: « du 2019-06-06 au 2026-10-31 »."""
    if couche.au is None:
        return f"depuis le {couche.admis_du}"
    return f"du {couche.admis_du} au {couche.au}"


# ---- days that no layer covers --------------------------------------------------------------------------

#: What is written of each kind of layer.
_AVANT = {"exigence": "l’édition", "regles": "la couche de règles", "guide": "le guide"}


def holes(editions: Sequence[Couche], regles: Sequence[Couche], guides: Sequence[Couche]) -> Iterator[Issue]:
    """Yield each hole in the periods of a référentiel, at the layer that comes after it.

    Rules must cover the whole period of their edition; between guides alone there may be none.
    """
    yield from _between(editions)
    for edition in editions:
        own = rules_for(regles, edition)
        yield from _between(own)
        yield from _around(edition, own)
        yield from _between(written_for(guides, edition.id))


def _between(couches: Sequence[Couche]) -> Iterator[Issue]:
    ordered = sorted(couches, key=lambda couche: couche.admis_du)
    for index, later in enumerate(ordered[1:], 1):
        ends = [couche.au for couche in ordered[:index]]
        if any(end is None for end in ends):
            continue
        last = max(end for end in ends if end is not None)
        first = _day_after(last)
        if first < later.admis_du:
            yield _hole(first, _day_before(later.admis_du), later, f"avant {_AVANT[later.nature]} {later.id}")


def _around(edition: Couche, regles: Sequence[Couche]) -> Iterator[Issue]:
    """Yield the first and the last days of an edition that none of its rules covers.

    Rules taken from an earlier edition are not its author's: the hole is told at the edition.
    """
    if not regles:
        return
    first = min(regles, key=lambda couche: couche.admis_du)
    if first.admis_du > edition.admis_du:
        yield _hole(
            edition.admis_du, _day_before(first.admis_du), first, f"l’édition {edition.id} y est sans règles"
        )
    ends = [couche.au for couche in regles]
    last = None if None in ends else max(end for end in ends if end is not None)
    if last is not None and (edition.au is None or last < edition.au):
        latest = max(regles, key=lambda couche: couche.au or "")
        at = latest if edition.id in latest.pour else edition
        first_day = max(_day_after(last), edition.admis_du)
        yield _hole(first_day, edition.au, at, f"l’édition {edition.id} y est sans règles")


def _hole(first: str, last: str | None, couche: Couche, what: str) -> Issue:
    days = f"du {first} au {last}" if last else f"à partir du {first}"
    message = f"aucune couche ne vaut {days} : {what}"
    hint = "corriger `du` ou `au`, ou écrire la couche de ces jours"
    return Issue("periode-trouee", message, from_emplacement(couche.emplacement), hint)


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
