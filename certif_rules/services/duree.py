"""The duration of an audit, by the tables of the référentiel; what no source gives stays unknown."""

from __future__ import annotations

from msgspec.structs import replace

from certif_rules.audit.demande import Demande, missing
from certif_rules.audit.examen import DemandeVerifiee, check
from certif_rules.errors import Issue, lacking
from certif_rules.francais import count
from certif_rules.model.echantillon import RegleSites
from certif_rules.model.vie import Vie
from certif_rules.plugins.registry import Registry
from certif_rules.rules.contexte import Contexte
from certif_rules.services.population import listed_sites, tags_of_sites
from certif_rules.services.vie import look_up_regime
from certif_rules.vie.duree import DureeAudit, SitesEchantillonnes, duration
from certif_rules.vie.echantillon import designated, rule_for, sites_to_see
from certif_rules.vie.regime import Regime, audit_type, missing_subject


def make_duration(
    registry: Registry, demande: Demande, *, chiffre_affaires: int | None = None, sites: int | None = None,
    echantillonnes: int | None = None,
) -> DureeAudit:  # fmt: skip
    """Return the duration of the audit asked for.

    Args:
        registry: the rules that are installed.
        demande: the request; its type and date are needed, its categories where a table may rule.
        chiffre_affaires: turnover in euros; by default that of the profile.
        sites: how many sites the organisation has; by default those of the profile.
        echantillonnes: how many of them the audit samples; by default what the rules say.

    Raises:
        UsageError, DataError: the request is wrong or incomplete, or nothing is said of durations.
    """

    def read(regime: Regime) -> DemandeVerifiee:
        verified = check(demande, regime.referentiel, whole=_by_table(regime, demande))
        needed = sites if echantillonnes is None else echantillonnes
        lacks = _missed(regime, demande, chiffre_affaires, needed)
        return replace(verified, issues=(*verified.issues, *lacks))

    recherche = look_up_regime(registry, demande, missing(demande, categories=False))
    regime, verified = recherche.settle([read(choice) for choice in recherche.choix])
    vie = regime.propre
    assert vie is not None
    assert vie.duree is not None
    duree, code = vie.duree, _code(regime, demande)
    contexte = verified.contexte
    turnover = chiffre_affaires if chiffre_affaires is not None else contexte.organisme.chiffre_affaires
    count = sites if sites is not None else _sites(demande)
    sampled = _sampled(vie, code or "", demande, contexte, count, echantillonnes)
    calcul = duration(duree, regime.referentiel, contexte, turnover or 0, sampled)
    organisme = replace(contexte.organisme, chiffre_affaires=turnover)
    return DureeAudit(
        regime=regime,
        contexte=replace(contexte, organisme=organisme),
        duree=duree,
        calcul=calcul,
        sites=count,
    )


def _code(regime: Regime, demande: Demande) -> str | None:
    type_audit = audit_type(regime, demande)
    return type_audit.code if type_audit else None


def _by_table(regime: Regime, demande: Demande) -> bool:
    """Return whether a table may give the duration of the audit asked for, or of any without a type."""
    if regime.propre is None or regime.propre.duree is None:
        return False
    duree, code = regime.propre.duree, _code(regime, demande)
    ruled = {t for bareme in duree.baremes.values() for t in bareme.types}
    ruled |= {t for item in duree.derogations for t in item.types}
    ruled |= {t for item in duree.supplements for t in item.types}
    return bool(ruled) if code is None else code in ruled


def _sites(demande: Demande) -> int | None:
    """Return how many sites the profile lists, those added included."""
    return len(listed_sites(demande)) or None


def _missed(regime: Regime, demande: Demande, turnover: int | None, sites: int | None) -> list[Issue]:
    """Return what is lacking, by name and all at once: the subject itself, or what its tables need."""
    vie = regime.propre
    if vie is None or vie.duree is None:
        return [missing_subject(regime, "de la durée des audits", lambda v: v.duree, "duree")]
    if demande.illisible or not _by_table(regime, demande):
        return []
    organisme = demande.organisme
    categories = demande.categories or demande.ajout_categories
    parted = not regime.referentiel.sans_categories
    money = organisme.get("chiffre_affaires") if turnover is None else turnover
    needs = (
        *([("au moins une catégorie", " ".join(categories), "organisme.categories")] if parted else []),
        ("le chiffre d’affaires", money, "organisme.chiffre_affaires"),
        ("le nombre de sites", _sites(demande) if sites is None else sites, "organisme.sites"),
    )
    return lacking(needs)


def _sampled(
    vie: Vie, code: str, demande: Demande, contexte: Contexte, sites: int | None, given: int | None
) -> SitesEchantillonnes:
    """Return the sites the audit samples: as given, none of a single one, else by the rule of its type."""
    if given is not None:
        return SitesEchantillonnes(nombre=given, texte=_count(given, "nombre donné"))
    if sites is None or sites <= 1:
        return SitesEchantillonnes(nombre=0, texte="site unique")
    regle = rule_for(vie.echantillon, code, contexte.date.isoformat()) if vie.echantillon else None
    if regle is not None and regle.tous:
        return _by_rule(regle, sites, _count(sites, "tous les sites"))
    if regle is not None and regle.ceux:
        return _designated(regle, demande, sites)
    if regle is None or regle.coefficient is None:
        texte = (
            "nombre de sites échantillonnés : les sources ne le donnent pas pour cet audit "
            "(--sites-echantillonnes N)"
        )
        return SitesEchantillonnes(nombre=None, texte=texte, sources=regle.sources if regle else ())
    number = sites_to_see(sites, regle.coefficient, regle.arrondi)
    return _by_rule(regle, number, _count(number, f"sur {sites} sites"))


def _by_rule(regle: RegleSites, number: int | None, texte: str) -> SitesEchantillonnes:
    return SitesEchantillonnes(nombre=number, texte=texte, sources=regle.sources, confiance=regle.confiance)


def _designated(regle: RegleSites, demande: Demande, sites: int) -> SitesEchantillonnes:
    """Return how many sites a rule designates; unknown as soon as one of them may or may not be."""
    names = listed_sites(demande)
    vises = designated(regle, names, tags_of_sites(demande), demande.ajout_sites)
    why = vises.doute if len(names) == sites else f"le profil en nomme {len(names)} sur {sites}"
    if why:
        texte = f"sites échantillonnés, {regle.texte} : {why} (--sites-echantillonnes N)"
        return _by_rule(regle, None, texte)
    return _by_rule(regle, len(vises.noms), _count(len(vises.noms), regle.texte or ""))


def _count(number: int, how: str) -> str:
    return f"{count(number, 'site échantillonné', 'sites échantillonnés')} ({how})"
