"""An audit that travels: its whole journal packed, and taken up again elsewhere as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from certif_rules.audit.constats import A_EVALUER
from certif_rules.echanges.archive import Colis, write_archive
from certif_rules.errors import Issue, UsageError
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import fields_of
from certif_rules.services.atelier import Atelier
from certif_rules.services.catalogue import examples
from certif_rules.services.espace import AuditEnCours, as_file
from certif_rules.services.reprise import Prise, as_profile, disputes, taken_up
from certif_rules.web import depot, models
from certif_rules.web.depot import Don

#: How an act of sharing begins.
PARTAGE = Endroit("acte", "partage")


def packed(dossier: models.DossierSuivi, chantier: AuditEnCours) -> bytes:
    """Return the archive of an audit: its journal, its people, the files that every command reads."""
    events = depot.events(dossier.pk)
    known = depot.names()
    return write_archive(
        Colis(
            nom=dossier.nom,
            cree_le=dossier.cree_le,
            evenements=tuple(events),
            contenus=depot.contents(dossier.pk),
            personnes={one.acteur: known[one.acteur] for one in events if known.get(one.acteur)},
            profil=as_profile(chantier),
            constats=as_file(chantier),
        )
    )


def same_audit(archive: Colis) -> models.DossierSuivi | None:
    """Return the audit of this file whose journal begins as that of an archive does."""
    first = models.InscriptionGardee.objects.filter(version=1, empreinte=archive.origine)
    row = first.select_related("dossier").first()
    return row.dossier if row else None


def begun(repris: Prise, acteur: str) -> models.DossierSuivi:
    """Return a new dossier made of what a file says: as given by who takes it up, or as its journal says."""
    if repris.archive is not None:
        return restored(repris.archive)
    with transaction.atomic():
        dossier = depot.begin(repris.nom[:300], given(repris.data), acteur)
        # Each value was given by someone who had not seen the other: both stand until somebody chooses.
        depot.record(dossier.pk, (Don(*one) for one in disputes(repris.data)), acteur, base=0)
        dossier.refresh_from_db()
    return dossier


def begun_example(atelier: Atelier, acteur: str) -> models.DossierSuivi:
    """Return a new dossier of a made-up organisation, that an installed plugin brings.

    Raises:
        UsageError: none brings one.
    """
    given = examples(atelier.plugins)
    if not given:
        message = "aucun greffon installé n’apporte d’exemple : commencer un nouvel audit"
        raise UsageError([Issue("exemple-absent", message)])
    return begun(taken_up(atelier.registry, *given[0]), acteur)


def given(data: Mapping[str, Any]) -> Iterable[Don]:
    """Yield what the data of a file say of each field; « à évaluer » is nothing said."""
    return (Don(cle, value) for cle, value in fields_of(data) if value != A_EVALUER)


def restored(archive: Colis) -> models.DossierSuivi:
    """Return the audit of an archive: the same events and contents, under a name of this file."""
    events = archive.evenements
    with transaction.atomic():
        dossier = models.DossierSuivi.objects.create(
            nom=archive.nom, cree_le=archive.cree_le, version=len(events)
        )
        models.ContenuGarde.objects.bulk_create(
            models.ContenuGarde(dossier=dossier, empreinte=digest, sel=one.sel, texte=one.texte)
            for digest, one in archive.contenus.items()
        )
        models.InscriptionGardee.objects.bulk_create(depot.as_row(dossier, one) for one in events)
        depot.rebuild(dossier.pk)
        for cle, nom in archive.personnes.items():
            models.Utilisateur.objects.get_or_create(cle=cle[:40], defaults={"nom": nom})
    return dossier
