"""The certificates of an organisation as they are typed: their days, what they cover, whether they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from certif_rules.model.referentiel import Referentiel
from certif_rules.rules.contexte import EtatCertificat

#: What is said of a certificate that does not stand, in a word.
ARRETS: Mapping[EtatCertificat, str] = {"suspendu": "suspendu", "retire": "retiré"}


class CertificatDit(Struct, frozen=True, kw_only=True):
    """A certificate as it is typed. It covers everything where neither categories nor sites are said."""

    notification: str
    echeance: str
    etat: EtatCertificat | None = None
    categories: tuple[str, ...] | None = None
    sites: tuple[str, ...] | None = None


def certificates_of(data: Mapping[str, Any]) -> dict[str, CertificatDit]:
    """Return the certificates of a profile, by the name of their scheme."""
    return {
        nom: CertificatDit(
            notification=str(given["notification"]),
            echeance=str(given["echeance"]),
            etat=given.get("etat"),
            categories=_texts(given.get("categories")),
            sites=_texts(given.get("sites")),
        )
        for nom, given in (data.get("certificats") or {}).items()
    }


def recognised(referentiel: Referentiel) -> tuple[str, ...]:
    """Return the certificates that mean something to a référentiel: of its stack, or of an equivalence."""
    others = (equivalence.certificat for equivalence in referentiel.equivalences)
    return tuple(dict.fromkeys((*referentiel.origines, *others)))


def _texts(values: Any) -> tuple[str, ...] | None:
    return None if values is None else tuple(map(str, values))
