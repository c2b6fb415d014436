"""The header of a layer, from ``couche.yaml``."""

from __future__ import annotations

from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.referentiel import Couche

#: Keys that the choice of layers compares before any schema is read, with the type they must have.
_DATES = ("du", "admis_du", "au")
_TEXTES = ("referentiel", "nature", "id", "titre", "confiance", "nom", "base", "note")


def check_types(node: Any) -> None:
    """Refuse a header whose values could not even be compared; its schema then says what is wrong.

    Raises:
        TypeError: a date or a name is not a text, a revision is not what it should be.
    """
    named = [node.get(key) for key in (*_DATES, *_TEXTES)]
    named += [r[key] for r in node["revisions"] for key in ("date", "raison", "empreinte")]
    named += [r.get("empreinte_vie") for r in node["revisions"]]
    named += [value for key in ("du", "au") for value in [(node.get("reconnaissance") or {}).get(key)]]
    named += node.get("pour") or ()
    if not all(value is None or isinstance(value, str) for value in named):
        raise TypeError
    if not all(isinstance(r["numero"], int) for r in node["revisions"]):
        raise TypeError


def check_periods(node: Any, lecteur: Lecteur) -> None:
    """Refuse dates out of order, and revisions not numbered upwards."""
    admitted, first, last = node.get("admis_du") or node["du"], node["du"], node.get("au")
    if admitted > first:
        message = f"`admis_du` ({admitted}) vient après `du` ({first})"
        lecteur.refuse("periode-incoherente", message, node, "admis_du")
    if last is not None and last < first:
        lecteur.refuse("periode-incoherente", f"`au` ({last}) vient avant `du` ({first})", node, "au")
    recognised = node.get("reconnaissance")
    if recognised and recognised["au"] < recognised["du"]:
        lecteur.refuse("periode-incoherente", "`au` vient avant `du`", recognised, "au")
    numbers = [revision["numero"] for revision in node["revisions"]]
    if numbers != sorted(set(numbers)):
        message = "les révisions ne sont pas numérotées en ordre croissant"
        lecteur.refuse("revisions-en-desordre", message, node, "revisions")


def build_couche(node: Any, lecteur: Lecteur) -> Couche:
    """Return the header; sources it cites must be known to ``lecteur`` already.

    Raises:
        KeyError, TypeError, AttributeError: the header has not the shape that its schema asks for.
    """
    check_types(node)
    check_periods(node, lecteur)
    return lecteur.read(Couche, node, admis_du=node.get("admis_du") or node["du"])
