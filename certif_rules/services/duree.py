"""The duration of an audit, by the tables of the référentiel; what no source gives stays unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from certif_rules.contexte import Contexte
from certif_rules.demande import Demande
from certif_rules.errors import Issue, UsageError
from certif_rules.model import Texte
from certif_rules.registry import Registry
from certif_rules.services.vie import (
    Regime,
    incoherence_as_data,
    open_regime,
    referentiel_as_data,
    remarks_as_data,
    sources_as_data,
)
from certif_rules.verification import check_needed, verify
from certif_rules.vie.duree import Calcul, SitesEchantillonnes, duration
from certif_rules.vie.echantillon import rule_for, sites_to_see
from certif_rules.vie.model import Incoherence, Vie
from certif_rules.vie.model_duree import Duree


@dataclass(frozen=True, slots=True, kw_only=True)
class DureeAudit:
    """The duration of one audit, with what it was computed from."""

    regime: Regime
    contexte: Contexte
    duree: Duree
    calcul: Calcul
    sites: int | None

    @property
    def remarques(self) -> tuple[Texte, ...]:
        """What must be known of the table, then of all durations; nothing where no table was used."""
        bareme = self.calcul.bareme
        return (*bareme.remarques, *self.duree.remarques) if bareme else ()

    @property
    def incoherences(self) -> tuple[Incoherence, ...]:
        """The contradictions of the sources that touch this duration."""
        said = self.calcul.sans_bareme
        known = {key: value for vie in self.regime.vies for key, value in vie.incoherences.items()}
        return tuple(known[key] for key in said.incoherences) if said else ()


def make_duration(
    registry: Registry, demande: Demande, *, chiffre_affaires: int | None = None, sites: int | None = None,
    echantillonnes: int | None = None,
) -> DureeAudit:  # fmt: skip
    """The duration of the audit asked for.

    Args:
        registry: the rules that are installed.
        demande: the request; its type, date and categories are needed.
        chiffre_affaires: turnover in euros; by default that of the profile.
        sites: how many sites the organisation has; by default those of the profile.
        echantillonnes: how many of them the audit samples; by default what the rules say.

    Raises:
        UsageError, DataError: the request is wrong or incomplete, or nothing is said of durations.
    """
    check_needed(demande)
    regime = open_regime(registry, demande)
    contexte = verify(demande, regime.referentiel)
    vie, duree = _durations(regime)
    turnover = chiffre_affaires if chiffre_affaires is not None else contexte.organisme.chiffre_affaires
    listed = {site["id"] for site in contexte.organisme.sites} | set(contexte.ajouts.sites)
    count = sites if sites is not None else len(listed) or None
    code = regime.referentiel.types_audit[contexte.type_audit].code
    if any(code in bareme.types for bareme in duree.baremes.values()):
        _ask(turnover, count if echantillonnes is None else echantillonnes)
    sampled = _sampled(vie, code, contexte, count, echantillonnes)
    calcul = duration(duree, regime.referentiel, contexte, turnover or 0, sampled)
    organisme = replace(contexte.organisme, chiffre_affaires=turnover)
    return DureeAudit(
        regime=regime,
        contexte=replace(contexte, organisme=organisme),
        duree=duree,
        calcul=calcul,
        sites=count,
    )


def _durations(regime: Regime) -> tuple[Vie, Duree]:
    vie = regime.propre
    if vie is None or vie.duree is None:
        nom = regime.referentiel.id
        message = f"les données de « {nom} » ne disent rien de la durée des audits"
        raise UsageError([Issue("sujet-absent", message, None, _elsewhere(regime))])
    return vie, vie.duree


def _elsewhere(regime: Regime) -> str | None:
    """Which référentiel of the stack speaks of it."""
    others = [v.origine for v in regime.vies if v.duree is not None]
    return f"essayer {', '.join(others)}, sur quoi il repose" if others else None


def _ask(turnover: int | None, sites: int | None) -> None:
    """Ask, by name and all at once, for what the table needs."""
    needs = (
        ("le chiffre d’affaires", turnover, "--chiffre-affaires EUROS"),
        ("le nombre de sites", sites, "--sites N"),
    )
    missing = [f"{label} ({option})" for label, value, option in needs if value is None]
    if missing:
        hint = "les donner en option, ou dans « organisme » du profil : chiffre_affaires, sites"
        raise UsageError([Issue("information-manquante", f"il manque {', '.join(missing)}", None, hint)])


def _sampled(
    vie: Vie, code: str, contexte: Contexte, sites: int | None, given: int | None
) -> SitesEchantillonnes:
    """The sites the audit samples: as given, none of a single site, else by the rule of this audit type."""
    if given is not None:
        return SitesEchantillonnes(nombre=given, texte=_count(given, "nombre donné"))
    if sites is None or sites <= 1:
        return SitesEchantillonnes(nombre=0, texte="site unique")
    regle = rule_for(vie.echantillon, code, contexte.date.isoformat()) if vie.echantillon else None
    if regle is None or regle.coefficient is None:
        texte = (
            "nombre de sites échantillonnés : les sources ne le donnent pas pour cet audit "
            "(--sites-echantillonnes N)"
        )
        return SitesEchantillonnes(nombre=None, texte=texte, sources=regle.sources if regle else ())
    number = sites_to_see(sites, regle.coefficient, regle.arrondi)
    return SitesEchantillonnes(
        nombre=number,
        texte=_count(number, f"sur {sites} sites"),
        sources=regle.sources,
        confiance=regle.confiance,
    )


def _count(number: int, how: str) -> str:
    return f"{number} site{'s' if number > 1 else ''} échantillonné{'s' if number > 1 else ''} ({how})"


# ---- as data --------------------------------------------------------------------------------------------


def days(value: Fraction | None) -> str | None:
    """Days as a decimal text (« 1.5 »), or as a fraction where it has none; ``None`` when unknown."""
    if value is None:
        return None
    thousandths = value * 1000
    if thousandths.denominator != 1:
        return str(value)
    whole, rest = divmod(thousandths.numerator, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def document(found: DureeAudit) -> dict[str, Any]:
    """The duration as the values that are written; keys may be added to them, never renamed."""
    calcul, contexte = found.calcul, found.contexte
    bareme, said = calcul.bareme, calcul.sans_bareme
    postes = [
        {
            "texte": poste.texte,
            "jours": days(poste.jours),
            "confiance": poste.confiance,
            **({"lecture": True} if poste.lecture else {}),
            "sources": list(poste.sources),
        }
        for poste in calcul.postes
    ]
    remarques = remarks_as_data(found.remarques)
    incoherences = [incoherence_as_data(value) for value in found.incoherences]
    fixee = said and {
        "texte": said.texte,
        "connue": said.connue,
        "confiance": said.confiance,
        "sources": list(said.sources),
    }
    cited = [
        s
        for item in (*postes, *remarques, *incoherences, *([fixee] if fixee else ()))
        for s in item["sources"]
    ]
    referentiel = found.regime.referentiel
    return {
        "format": 1,
        "referentiel": referentiel_as_data(referentiel),
        "audit": {
            "type": referentiel.types_audit[contexte.type_audit].code,
            "titre": referentiel.types_audit[contexte.type_audit].titre,
            "date": contexte.date.isoformat(),
        },
        "organisme": {
            "categories": list(contexte.organisme.categories),
            "chiffre_affaires": contexte.organisme.chiffre_affaires,
            "sites": found.sites,
        },
        "bareme": bareme and {"id": bareme.id, "titre": bareme.titre, "sources": list(bareme.sources)},
        "jours": days(calcul.jours),
        "postes": postes,
        "fixee": fixee,
        "remarques": remarques,
        "incoherences": incoherences,
        "sources": sources_as_data(found.regime.vies, [*cited, *(bareme.sources if bareme else ())]),
    }
