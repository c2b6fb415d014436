"""The header of a layer, from ``couche.yaml``."""

from __future__ import annotations

from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.referentiel import Couche

#: Keys that the choice of layers compares before any schema is read, with the type they must have.
_DATES = ("du", "admis_du", "au")
_TEXTES = ("referentiel", "nature", "id", "titre", "confiance", "nom", "base", "note", "depuis")


def check_types(node: Any) -> None:
    """Refuse a header whose values could not even be compared; its schema then says what is wrong.

    Raises:
        TypeError: a date or a name is not a text, a revision is not what it should be.
    """
    named = [node.get(key) for key in (*_DATES, *_TEXTES)]
    revisions = node.get("revisions") or ()
    named += [r[key] for r in revisions for key in ("date", "raison", "empreinte")]
    named += [r.get("empreinte_vie") for r in revisions]
    named += [period[key] for period in node.get("reconnaissance") or () for key in ("du", "au")]
    named += node.get("pour") or ()
    if not all(value is None or isinstance(value, str) for value in named):
        raise TypeError
    if not all(isinstance(r["numero"], int) for r in revisions):
        raise TypeError
    if not isinstance(node.get("brouillon", False), bool):
        raise TypeError


def check_periods(node: Any, lecteur: Lecteur) -> None:
    """Refuse dates out of order, and revisions not numbered upwards."""
    admitted, first, last = node.get("admis_du") or node["du"], node["du"], node.get("au")
    if admitted > first:
        message = f"`admis_du` ({admitted}) vient après `du` ({first})"
        lecteur.refuse("periode-incoherente", message, node, "admis_du")
    if last is not None and last < first:
        lecteur.refuse("periode-incoherente", f"`au` ({last}) vient avant `du` ({first})", node, "au")
    _check_recognitions(node.get("reconnaissance") or (), lecteur)
    numbers = [revision["numero"] for revision in node.get("revisions") or ()]
    if numbers != sorted(set(numbers)):
        message = "les révisions ne sont pas numérotées en ordre croissant"
        lecteur.refuse("revisions-en-desordre", message, node, "revisions")


def _check_recognitions(nodes: Any, lecteur: Lecteur) -> None:
    """Refuse a period that ends before it starts, or that starts before the one written above it ends."""
    end = ""
    for node in nodes:
        if node["au"] < node["du"]:
            lecteur.refuse("periode-incoherente", "`au` vient avant `du`", node, "au")
        if node["du"] <= end:
            message = f"cette période commence avant la fin de la précédente ({end})"
            lecteur.refuse("periode-incoherente", message, node, "du", "écrire les périodes dans l’ordre")
        end = node["au"]


def build_couche(node: Any, lecteur: Lecteur) -> Couche:
    """Return the header; sources it cites must be known to ``lecteur`` already.

    Raises:
        KeyError, TypeError, AttributeError: the header has not the shape that its schema asks for.
    """
    check_types(node)
    check_periods(node, lecteur)
    return lecteur.read(Couche, node, admis_du=node.get("admis_du") or node["du"], lignee=())
