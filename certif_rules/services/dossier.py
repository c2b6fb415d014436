"""The application file of a request, and what it is as JSON."""

from __future__ import annotations

from msgspec.structs import replace

from certif_rules.audit.demande import Demande
from certif_rules.audit.examen import check, readable_day
from certif_rules.audit.siren import siren_warnings
from certif_rules.echanges.dossier import document
from certif_rules.errors import Fautes
from certif_rules.model.candidature import Candidature
from certif_rules.plugins.registry import Registry
from certif_rules.services.vie import by_edition, look_up_regime, out_of_force
from certif_rules.source.donnees import as_text
from certif_rules.vie.apercu import DossierEtudie
from certif_rules.vie.depot import DepotLu, read_deposit
from certif_rules.vie.dossier import study
from certif_rules.vie.regime import Regime, missing_subject


def open_file(registry: Registry, demande: Demande, *, attribution: bool = False) -> DossierEtudie:
    """Return the application file that ``demande`` tells of.

    Args:
        registry: the rules that are installed.
        demande: what was asked.
        attribution: what an award gives will be asked of it.

    Raises:
        UsageError, DataError: no such référentiel, it says nothing of an application, or wrong data.
    """
    filed = readable_day(as_text((demande.dossier or {}).get("depot")))
    days = {} if filed is None else {"depot": filed}
    recherche = look_up_regime(registry, demande, jours=days)
    regime, lu = recherche.settle([_read(choice, demande, attribution) for choice in recherche.choix])
    value = _studied(regime, lu, demande)
    late = tuple(out_of_force(registry, demande, regime, days))
    value = replace(value, etude=replace(value.etude, avertissements=(*late, *value.etude.avertissements)))

    def answer(other: Regime) -> DossierEtudie | None:
        read = _read(other, demande, attribution)
        return None if read.issues else _studied(other, read, demande)

    editions, autres = by_edition(registry, demande, regime, days, value, answer, document)
    return replace(value, editions=editions, autres=autres)


def _studied(regime: Regime, lu: DepotLu | Fautes, demande: Demande) -> DossierEtudie:
    referentiel, vie = regime.referentiel, regime.propre
    assert vie is not None
    assert isinstance(lu, DepotLu)
    candidature = vie.dossier or Candidature()
    types = {t.code: t.titre for t in referentiel.types_audit.values() if t.origine == referentiel.id}
    etude = study(candidature, vie.instances, lu.depot, types)
    etude = replace(etude, avertissements=(*etude.avertissements, *siren_warnings(demande)))
    asked = referentiel.types_audit.get(f"{referentiel.id}/{etude.depot.type}")
    return DossierEtudie(
        referentiel=referentiel.id,
        edition=referentiel.edition,
        titre=referentiel.titre,
        type_audit=asked.titre if asked else None,
        vie=vie,
        candidature=candidature,
        etude=etude,
        types=types,
        categories={c.id: c.titre for c in referentiel.categories.values()},
        faits={f.id: f.vrai for f in referentiel.faits.values()},
    )


def _read(regime: Regime, demande: Demande, attribution: bool) -> DepotLu | Fautes:
    vie = regime.propre
    # Who decides, and what an award gives, are told even where nobody says what the file is made of.
    if vie is None or not (vie.dossier or vie.instances.acteurs or (attribution and vie.attribution)):
        subject = missing_subject(regime, "d’un dossier de candidature", lambda v: v.dossier, "dossier")
        return Fautes(subject, *check(demande, regime.referentiel).issues)
    lu = read_deposit(demande, regime.referentiel, vie.dossier or Candidature())
    if attribution and not (vie.attribution or vie.instances.acteurs):
        subject = missing_subject(
            regime, "de ce que donne une attribution", lambda v: v.attribution, "attribution"
        )
        return Fautes(subject, *lu.issues)
    return lu
