"""The people who act on this machine: events hold their key, and their name stands in one place."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from django.db import connection, transaction

from certif_rules.errors import Fautes, UsageError
from certif_rules.web import models
from certif_rules.web.machine import drawn

#: How the cookie that says who acts begins; the file of the audits ends it.
TEMOIN: Final = "moi"
_LONG_NOM, _LONGUES_INITIALES = 200, 20


def witness() -> str:
    """Return the name of the cookie that says who acts: a browser sends every port the same ones."""
    base = str(connection.settings_dict["NAME"])
    return f"{TEMOIN}-{sha256(base.encode()).hexdigest()[:20]}"


def remembered(cookies: Mapping[str, str]) -> str:
    """Return the key of who acts on this file, as a browser remembers it; nothing where it does not."""
    return cookies.get(witness(), "")


def here() -> list[models.Utilisateur]:
    """Return those who act on this machine, by name."""
    return list(models.Utilisateur.objects.filter(ici=True).order_by("nom", "cle"))


def chosen(cle: str) -> models.Utilisateur | None:
    """Return who acts: the one chosen, else the first who did; nobody where nobody did yet."""
    people = models.Utilisateur.objects.filter(ici=True)
    return people.filter(cle=cle).first() or people.first()


def acting(cle: str) -> models.Utilisateur:
    """Return who acts, made without a name where nobody did yet."""
    return chosen(cle) or _first()


def _first() -> models.Utilisateur:
    with transaction.atomic():
        return models.Utilisateur.objects.filter(ici=True).first() or _new("", "")


def named(cle: str, nom: str, initiales: str) -> models.Utilisateur:
    """Return somebody under this name: the one of this key, else somebody new.

    Raises:
        UsageError: the name or the initials cannot be; everything is listed.
    """
    nom, initiales = " ".join(nom.split()), " ".join(initiales.split())
    faults = Fautes()
    if not nom and not initiales:
        faults.report("information-manquante", "donner un nom, ou des initiales")
    for champ, text, most in (("nom", nom, _LONG_NOM), ("initiales", initiales, _LONGUES_INITIALES)):
        if len(text) > most:
            faults.report("information-manquante", f"{champ} : {most} signes au plus")
    if faults.issues:
        raise UsageError(faults.issues)
    person = models.Utilisateur.objects.filter(cle=cle, ici=True).first()
    if person is None:
        return _new(nom, initiales)
    person.nom, person.initiales = nom, initiales
    person.save(update_fields=("nom", "initiales"))
    return person


def _new(nom: str, initiales: str) -> models.Utilisateur:
    return models.Utilisateur.objects.create(cle=f"p-{drawn()[:9]}", nom=nom, initiales=initiales, ici=True)
