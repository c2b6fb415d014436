"""The certificates of an organisation as they are typed: their days, what they cover, whether they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from certif_rules.errors import Issue, Location
from certif_rules.model.referentiel import Exigence, Referentiel
from certif_rules.rules.contexte import Contexte, EtatCertificat

#: What is said of a certificate that does not stand, in a word.
ARRETS: Mapping[EtatCertificat, str] = {"suspendu": "suspendu", "retire": "retiré"}


class CertificatDit(Struct, frozen=True, kw_only=True):
    """A certificate is as typed; it covers everything where neither categories nor sites are said."""

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


def not_held(exigence: Exigence, contexte: Contexte, lieux: Mapping[str, Location]) -> Iterator[Issue]:
    """Yield what is wrong of the certificates that an audit type needs, where the request wrote it."""
    where, texte = lieux.get("certificats"), exigence.texte
    for nom in exigence.valeur:
        certificat = contexte.certificats.get(nom)
        if certificat is None:
            if exigence.mot != "certificat_si_donne":
                hint = f"donner les dates du certificat {nom} (« certificats »)"
                yield Issue("certificat-requis", texte, lieux.get("type"), hint, champ=f"certificats.{nom}")
        elif not certificat.notification <= contexte.date <= certificat.echeance:
            message = (
                f"la date de l’audit ({contexte.date}) est hors de la validité du certificat {nom} "
                f"({certificat.notification} – {certificat.echeance}) : {texte}"
            )
            place = where or lieux.get("date")
            yield Issue("certificat-hors-validite", message, place, champ=f"certificats.{nom}")
        elif certificat.etat is not None:
            message = f"le certificat {nom} est {ARRETS[certificat.etat]} le jour de l’audit : {texte}"
            yield Issue("certificat-hors-validite", message, where, champ=f"certificats.{nom}")


def _texts(values: Any) -> tuple[str, ...] | None:
    return None if values is None else tuple(map(str, values))
