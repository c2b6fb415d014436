"""A person taken out of the file of the audits: the name, the texts that name it, and what the disk kept.

Events stay, and their digests: the journal still verifies. A content that is gone is told as erased; what
stands is given again without the name.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import connection, transaction
from msgspec import Struct

from certif_rules.journal.evenements import Endroit
from certif_rules.personnes.effacement import named_in, without
from certif_rules.web import copie, depot, models
from certif_rules.web.depot import Don

RAISON: Final = "effacement d’une personne"
_NOM: Final = Endroit("tete", "organisme.nom")
#: Most signs of a text that the page shows.
_LONGUEUR: Final = 240


class TexteNommant(Struct, frozen=True, kw_only=True):
    """A text names a person: where it was given, whether it stands now, whether it is surely hers."""

    dossier: models.DossierSuivi
    empreinte: str
    ou: str
    texte: str
    sure: bool
    debout: bool

    @property
    def cle(self) -> str:
        """Return what names it in a form."""
        return f"{self.dossier.pk}/{self.empreinte}"


def texts_naming(nom: str) -> list[TexteNommant]:
    """Return the contents of every audit that name a person, the sure ones first."""
    texts = []
    for dossier in models.DossierSuivi.objects.all():
        standing = {
            one.contenu
            for champ in depot.standing(dossier.pk).values()
            for one in champ.versions
            if one.contenu
        }
        where: dict[str, str] = {}
        for event in depot.events(dossier.pk):
            place = " · ".join(filter(None, (event.cle.ligne, event.cle.site, event.cle.champ)))
            where.setdefault(event.apres, place)
            where.setdefault(event.raison, "raison")
        for digest, content in depot.contents(dossier.pk).items():
            sure = named_in(content.valeur, nom)
            if sure is not None:
                texts.append(
                    TexteNommant(
                        dossier=dossier,
                        empreinte=digest,
                        ou=where.get(digest, ""),
                        texte=_shown(content.valeur),
                        sure=sure,
                        debout=digest in standing,
                    )
                )
    return sorted(texts, key=lambda one: not one.sure)


def erase(cle: str, nom: str, chosen: Collection[str], acteur: str, *, empty: bool) -> None:
    """Take a person out: its name, the chosen texts, then what the disk and the second copy kept of them.

    Args:
        cle: the key of whoever acted here; empty for somebody that texts alone name.
        nom: the name, as it is looked for.
        chosen: the texts to erase (:attr:`TexteNommant.cle`).
        acteur: who does it.
        empty: empty what stands, rather than put a sign in place of the name.
    """
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")
    with transaction.atomic():
        models.Utilisateur.objects.filter(cle=cle).update(nom="", initiales="", ici=False)
        for dossier in models.DossierSuivi.objects.all():
            prefix = f"{dossier.pk}/"
            digests = {one.removeprefix(prefix) for one in chosen if one.startswith(prefix)}
            if digests:
                _without(dossier, digests, nom, acteur, empty=empty)
    _clean()
    copie.now_made()


def _without(
    dossier: models.DossierSuivi, digests: Collection[str], nom: str, acteur: str, *, empty: bool
) -> None:
    """Erase contents of an audit; a field that holds one is given again, every value that stood there."""
    for cle, champ in depot.standing(dossier.pk).items():
        if not any(one.contenu in digests for one in champ.versions):
            continue
        for one in champ.versions:
            value = one.valeur
            if one.contenu in digests:
                # An audit is of an organisation, whose name stays a name.
                value = None if empty and cle != _NOM else without(value, nom)
            depot.record(dossier.pk, [Don(cle, value)], acteur, base=champ.version, raison=RAISON)
        if cle == _NOM:
            models.DossierSuivi.objects.filter(pk=dossier.pk).update(nom=without(dossier.nom, nom))
    models.ContenuGarde.objects.filter(dossier=dossier, empreinte__in=list(digests)).delete()
    models.ResumeGarde.objects.filter(dossier=dossier).delete()


def _clean() -> None:
    """Take what was deleted out of the file itself: pages are written anew, the log of writes is emptied."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _shown(value: Any) -> str:
    """Return a value as one text, short enough to be read in a list."""
    text = _joined(value)
    return text if len(text) <= _LONGUEUR else f"{text[:_LONGUEUR]}…"


def _joined(value: Any) -> str:
    if isinstance(value, dict):
        return " ; ".join(f"{key} : {_joined(one)}" for key, one in value.items())
    if isinstance(value, list):
        return " ; ".join(map(_joined, value))
    return str(value)
