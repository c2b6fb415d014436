"""The application file of a request, and what it is as JSON."""

from __future__ import annotations

from functools import partial

from certif_rules.audit.demande import Demande
from certif_rules.audit.verification import check_given
from certif_rules.errors import Issue
from certif_rules.plugins.registry import Registry
from certif_rules.services.vie import Regime, missing_subject, open_regime
from certif_rules.vie.apercu import DossierEtudie
from certif_rules.vie.depot import deposit_issues, read_deposit
from certif_rules.vie.dossier import study


def open_file(registry: Registry, demande: Demande, *, attribution: bool = False) -> DossierEtudie:
    """The application file that ``demande`` tells of.

    Args:
        registry: the rules that are installed.
        demande: what was asked.
        attribution: what an award gives will be asked of it.

    Raises:
        UsageError, DataError: no such référentiel, it says nothing of an application, or wrong data.
    """
    regime = open_regime(registry, demande, partial(_wrong, demande, attribution))
    referentiel, vie = regime.referentiel, regime.propre
    assert vie is not None
    assert vie.dossier is not None
    types = {t.code: t.titre for t in referentiel.types_audit.values() if t.origine == referentiel.id}
    etude = study(vie.dossier, vie.instances, read_deposit(demande, referentiel, vie.dossier), types)
    asked = referentiel.types_audit.get(f"{referentiel.id}/{etude.depot.type}")
    return DossierEtudie(
        referentiel=referentiel.id,
        edition=referentiel.edition,
        titre=referentiel.titre,
        type_audit=asked.titre if asked else None,
        vie=vie,
        candidature=vie.dossier,
        etude=etude,
        types=types,
        categories={c.id: c.titre for c in referentiel.categories.values()},
    )


def _wrong(demande: Demande, attribution: bool, regime: Regime) -> list[Issue]:
    vie = regime.propre
    if attribution and vie is not None and vie.dossier and not (vie.attribution or vie.instances.acteurs):
        subject = missing_subject(regime, "de ce que donne une attribution", lambda v: v.attribution)
        return [subject, *deposit_issues(demande, regime.referentiel, vie.dossier)]
    if vie is None or vie.dossier is None:
        subject = missing_subject(regime, "d’un dossier de candidature", lambda v: v.dossier)
        return [subject, *check_given(demande, regime.referentiel)]
    return deposit_issues(demande, regime.referentiel, vie.dossier)
