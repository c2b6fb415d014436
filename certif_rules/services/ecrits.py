"""What people write of an audit, checked as far as it goes: profiles, findings, texts that a body gives.

Nothing needs to be complete: what a profile leaves to the options is not missing, and without a date only
what is wrong in every édition is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.demande import Demande, from_profile, with_files
from certif_rules.audit.examen import check as check_request
from certif_rules.audit.precedent import PrecedentDit, findings
from certif_rules.audit.siren import siren_warnings
from certif_rules.audit.textes import TextesDits, completed
from certif_rules.errors import DataError, Fautes, Issue, IssuesError, Location
from certif_rules.francais import count
from certif_rules.grilles.relecture.json import strangers
from certif_rules.model.base import Avertissement
from certif_rules.model.referentiel import Referentiel
from certif_rules.plugins.empreinte import digest
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import in_force
from certif_rules.services.constats import from_data, open_checklist, open_dossier
from certif_rules.vie.depot import read_deposit


class Ecrit(Struct, frozen=True, kw_only=True):
    """An ecrit says what is wrong of a file, what its author must know besides, its data if it has cases."""

    problemes: tuple[Issue, ...] = ()
    avertissements: tuple[Avertissement, ...] = ()
    cas: tuple[Any, ...] = ()


def check_profile(data: Any, name: str, folder: Path, registry: Registry) -> Ecrit:
    """Check a profile that its schema accepts: its names, its application, the files of the body it names."""
    fautes, demande = _request(data, folder)
    fautes.issues += _names(demande, registry)
    return _written(fautes, demande, name)


def check_findings(data: Any, name: str, folder: Path, registry: Registry) -> Ecrit:
    """Check findings that their schema accepts: their request, then against the checklist that they answer.

    A request that leaves out its référentiel, its type or its date has no checklist: the lines and the
    findings are known ones, and nothing more can be said.
    """
    fautes, demande = _request(data, folder)
    wrong = _names(demande, registry)
    if wrong or None in (demande.referentiel, demande.type_audit, demande.date):
        fautes.issues += _names(demande, registry, _as_earlier(data))
        return _written(fautes, demande, name)
    dossier = replace(from_data(data, name), demande=demande)
    keys: tuple[Avertissement, ...] = ()
    # Other rules hide nothing: the findings are checked against those that are here.
    with fautes:
        open_checklist(registry, dossier)
    with fautes:
        checklist, _ = open_dossier(registry, dossier, other_rules=True)
        keys = tuple(strangers(data, checklist, name))
    left = [issue.code for issue in fautes.issues if issue.code in _A_COMPLETER]
    fautes.issues = [issue for issue in fautes.issues if issue.code not in _A_COMPLETER]
    return _written(fautes, demande, name, (*keys, *_incomplete(name, left)))


#: What findings still lack before anything is concluded of them; those of an earlier audit may.
_A_COMPLETER = {
    "ligne-manquante": ("ligne due sans constat", "lignes dues sans constat"),
    "commentaire-manquant": ("commentaire à écrire", "commentaires à écrire"),
}


def _incomplete(name: str, left: list[str]) -> Iterator[Avertissement]:
    """Yield how much is left to write; the command that concludes names each, at its place."""
    numbers = [(left.count(code), words) for code, words in _A_COMPLETER.items()]
    if left:
        words = ", ".join(count(number, *words) for number, words in numbers if number)
        message = f"{name} : {words}, que « conclure » nomme et demande"
        yield Avertissement("constats_incomplets", message)


def check_textes(data: Any, name: str, _: Path, registry: Registry) -> Ecrit:
    """Check texts that their schema accepts against the édition that they fit best: they name none."""
    dits = TextesDits(nom=name, empreinte=digest(data), data=data)
    every = [tuple(_misplaced(dits, referentiel)) for referentiel in _every_one(registry)]
    return Ecrit(problemes=min(every, key=len, default=()))


def _request(data: Any, folder: Path) -> tuple[Fautes, Demande]:
    """Return the request of a file, and what is wrong of the files of the body that it names."""
    fautes, demande = Fautes(), from_profile(data)
    with fautes:
        demande = with_files(demande, data, folder)
    return fautes, demande


def _written(fautes: Fautes, demande: Demande, name: str, keys: tuple[Avertissement, ...] = ()) -> Ecrit:
    """Return what was seen of a file; plain JSON does not remember where its values are."""
    issues = (replace(issue, location=issue.location or Location(name)) for issue in fautes.issues)
    return Ecrit(problemes=tuple(issues), avertissements=(*siren_warnings(demande), *keys))


def _names(demande: Demande, registry: Registry, precedent: PrecedentDit | None = None) -> list[Issue]:
    """Return what a request says wrongly of its référentiel, as far as it goes: nothing is missed."""
    if demande.referentiel is None:
        return []
    by_edition: list[list[Issue]] = []
    for possible in _dated(demande, registry):
        try:
            referentiel = in_force(registry, possible).referentiel
        except IssuesError as error:
            by_edition.append(list(error.issues))
        else:
            by_edition.append(list(_against(demande, referentiel, registry, precedent)))
    everywhere = set.intersection(*({_fault(issue) for issue in issues} for issues in by_edition))
    return [issue for issue in by_edition[-1] if _fault(issue) in everywhere]


def _against(
    demande: Demande, referentiel: Referentiel, registry: Registry, precedent: PrecedentDit | None
) -> Iterator[Issue]:
    yield from check_request(demande, referentiel).issues
    if precedent is not None:
        yield from check_request(Demande(precedent=precedent), referentiel).issues
    if demande.dossier:
        for vie in registry.life(referentiel):
            if vie.origine == referentiel.id and vie.dossier:
                yield from read_deposit(demande, referentiel, vie.dossier).issues
    if demande.textes is not None:
        yield from _misplaced(demande.textes, referentiel)


def _misplaced(dits: TextesDits, referentiel: Referentiel) -> Iterator[Issue]:
    try:
        completed(referentiel, dits)
    except DataError as error:
        yield from error.issues


def _every_one(registry: Registry) -> Iterator[Referentiel]:
    """Yield every édition that can be read, on its latest day; what is wrong of another is told elsewhere."""
    for nom in registry.referentiels():
        for couche in registry.layers(nom, "exigence"):
            try:
                yield registry.resolve(nom, day=registry.latest_day(couche), edition=couche.id).referentiel
            except IssuesError:
                continue


def _as_earlier(data: Any) -> PrecedentDit:
    """Return the findings of this audit as those of an earlier one; lines left to assess are lines too."""
    lines = tuple(str(entry["id"]) for entry in data["constats"])
    return replace(findings(data), type=None, date=None, indicateurs_audites=lines)


def _dated(demande: Demande, registry: Registry) -> list[Demande]:
    """Return the request on its date, or on the first day of each édition that it may be about."""
    editions = registry.layers(demande.referentiel or "", "exigence")
    if demande.date is not None or not editions:
        return [replace(demande, date=demande.date or date.min.isoformat())]
    named = [c for c in editions if c.id == demande.edition]
    if demande.edition is not None:
        return [replace(demande, date=(named or editions)[0].du)]
    return [replace(demande, date=c.du, edition=c.id) for c in editions]


def _fault(issue: Issue) -> tuple[str, str, Location | None]:
    """Return what makes an issue the same in two éditions: the names it suggests may differ."""
    return (issue.code, issue.message, issue.location)
