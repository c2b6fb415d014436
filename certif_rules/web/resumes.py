"""What the home page lists, a row an audit: made again when the audit, the rules or the program change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from certif_rules import __version__
from certif_rules.blocs.typographie import day
from certif_rules.errors import IssuesError
from certif_rules.journal.fichier import findings_of
from certif_rules.services.espace import AuditEnCours, open_work
from certif_rules.services.resume import Resume, agenda, summed_up
from certif_rules.web import depot, models
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import atelier

#: Most audits that one page sums up again: after the program changes, the others keep their earlier words.
LOT: Final = 8
#: Made once, here: two threads may not make one at a time.
_DECODEUR: Final = msgspec.json.Decoder(Resume)


class Entree(Struct, frozen=True, kw_only=True):
    """A row lists an audit; it has no ``resume`` where it cannot be opened, or is not summed up yet."""

    dossier: models.DossierSuivi
    resume: Resume | None
    a_jour: bool = True


def all_followed(*, every: bool = False) -> list[Entree]:
    """Return the audits, the last begun first, each in a few words.

    Args:
        every: sum up whatever changed, however many; otherwise the first of them.
    """
    earlier = models.ResumeGarde.objects.defer("agenda").in_bulk()
    rows: list[Entree] = []
    renewed = 0
    for dossier in models.DossierSuivi.objects.all():
        row, key = earlier.get(dossier.pk), f"{dossier.version} {_rules()}"
        fresh = row is not None and row.cle == key
        if not fresh and (every or renewed < LOT):
            renewed, fresh = renewed + 1, True
            row = _summed(dossier, key)
        rows.append(Entree(dossier=dossier, resume=_read(row), a_jour=fresh))
    return rows


def known_titles() -> dict[Identifiant, str]:
    """Return what each audit is and its day, in words, where the list summed it up already."""
    rows = ((row.dossier_id, _read(row)) for row in models.ResumeGarde.objects.defer("agenda"))
    return {pk: f"{resume.titre}, le {day(resume.date)}" for pk, resume in rows if resume is not None}


def agendas() -> Iterator[str]:
    """Yield the dates of each audit for an agenda, each worked out once for a version."""
    rows = all_followed(every=True)
    earlier = models.ResumeGarde.objects.in_bulk()
    for one in rows:
        row = earlier.get(one.dossier.pk)
        if row is None:  # forgotten meanwhile: somebody was erased from it
            continue
        if one.resume is not None and one.resume.termes and not row.agenda:
            row.agenda = agenda(atelier().registry, _opened(one.dossier), one.dossier.pk.hex)
            # Another request may have summed up a later version meanwhile: its row is not this one’s.
            models.ResumeGarde.objects.filter(pk=row.pk, cle=row.cle).update(agenda=row.agenda)
        yield row.agenda


def _opened(dossier: models.DossierSuivi) -> AuditEnCours:
    return open_work(atelier().registry, findings_of(depot.standing(dossier.pk), depot.names()))


def _summed(dossier: models.DossierSuivi, key: str) -> models.ResumeGarde:
    """Return the row of an audit, made and kept; it says nothing of one that cannot be opened."""
    try:
        text = msgspec.json.encode(summed_up(atelier().registry, _opened(dossier))).decode()
    except IssuesError:
        text = ""
    row, _ = models.ResumeGarde.objects.update_or_create(
        dossier=dossier, defaults={"cle": key, "texte": text, "agenda": ""}
    )
    return row


def _read(row: models.ResumeGarde | None) -> Resume | None:
    try:
        return _DECODEUR.decode(row.texte) if row is not None and row.texte else None
    except msgspec.DecodeError:  # written by another version of the program
        return None


@lru_cache(maxsize=1)
def _rules() -> str:
    """Return what tells the program and the rules that made a summary from others."""
    return sha256("\n".join(_layers()).encode()).hexdigest()[:8]


def _layers() -> Iterator[str]:
    yield __version__
    for couche in atelier().registry.all_layers():
        yield " ".join((*couche.cle, *(one.empreinte for one in couche.revisions)))
