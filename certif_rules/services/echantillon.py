"""A sample of sites or of files: how many, by which rule, and a list that anyone can draw again."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.demande import Demande
from certif_rules.audit.examen import check, readable_day
from certif_rules.blocs.typographie import day, plain
from certif_rules.echanges.echantillon import document
from certif_rules.errors import Issue, UsageError
from certif_rules.model.base import Avertissement
from certif_rules.model.echantillon import MethodeEchantillon, RegleSites
from certif_rules.model.referentiel import TypeAudit
from certif_rules.plugins.registry import Registry
from certif_rules.services.population import tags_of_sites
from certif_rules.services.vie import PRECEDENT, by_edition, look_up_regime, out_of_force
from certif_rules.vie.echantillon import (
    DemandeTirage,
    Prelevement,
    SitesDesignes,
    Tirage,
    designated,
    draw,
    rule_for,
    sites_to_see,
)
from certif_rules.vie.regime import Regime, audit_type

#: How many names a message lists at most.
_SHOWN = 5


def make_sample(registry: Registry, demande: Demande, asked: DemandeTirage) -> Prelevement:
    """Return the sample asked for.

    Raises:
        UsageError, DataError: the population is empty or names one twice, more is asked for than there is, a
            size is needed that no rule gives; every problem is listed.
    """
    since = readable_day(asked.depuis)
    days = {} if since is None else {PRECEDENT: since}
    recherche = look_up_regime(registry, demande, jours=days)
    regime, lu = recherche.settle([_read(choice, demande, asked) for choice in recherche.choix])
    value = _drawn(regime, lu, asked)
    late = tuple(out_of_force(registry, demande, regime, days))
    value = replace(value, avertissements=(*late, *_since_warnings(asked, demande), *value.avertissements))

    def answer(other: Regime) -> Prelevement | None:
        read = _read(other, demande, asked)
        return None if read.issues else _drawn(other, read, asked)

    editions, autres = by_edition(registry, demande, regime, days, value, answer, document)
    return replace(value, editions=editions, autres=autres)


def _drawn(regime: Regime, lu: _Lu, asked: DemandeTirage) -> Prelevement:
    code, regle, rules = lu.code, lu.regle, _rules(regime)
    drawn = [name for name in lu.vises.noms if name != asked.centrale]
    size = asked.taille if regle is None else _size(regle, len(asked.population), asked)
    size = len(drawn) if regle is not None and (regle.tous or regle.ceux) else size
    if size is None or size > len(drawn):
        message = f"{size} à tirer, parmi {len(drawn)}"
        raise UsageError([Issue("echantillon-trop-grand", message, None, "donner une taille plus petite")])
    wanted = regle.non_vus if regle else 0
    tirage = draw(drawn, max(size, min(wanted, len(drawn))), asked.graine, vus=asked.vus, non_vus=wanted)
    return Prelevement(
        regime=regime,
        demande=asked,
        type_audit=code,
        regle=regle,
        tirage=tirage,
        avertissements=(*_untold(regle, lu.vises), *_warnings(regle, asked, tirage)),
        remarques=tuple(
            texte
            for texte in (rules.remarques if asked.objet == "sites" else rules.dossiers)
            if texte.types is None or code in texte.types
        ),
    )


def _rules(regime: Regime) -> MethodeEchantillon:
    return regime.propre.echantillon if regime.propre and regime.propre.echantillon else MethodeEchantillon()


class _Lu(Struct, frozen=True, kw_only=True):
    """A reading gives the audit type and the rule that size a sample, and all that keeps from drawing.

    ``vises`` are the names among which it is drawn.
    """

    code: str | None
    regle: RegleSites | None
    vises: SitesDesignes
    issues: tuple[Issue, ...]


def _read(regime: Regime, demande: Demande, asked: DemandeTirage) -> _Lu:
    type_audit = audit_type(regime, demande)
    code = type_audit.code if type_audit else None
    issues = [*check(demande, regime.referentiel, whole=False).issues, *_population_issues(asked)]
    if demande.illisible:
        issues = [issue for issue in issues if issue.code != "population-vide"]
    regle = None
    if asked.objet == "sites" and asked.taille is None and (code or not demande.type_audit):
        audit = readable_day(demande.date)
        regle = rule_for(_rules(regime), code, audit.isoformat() if audit else None) if code else None
        issues += [] if demande.illisible and not code else _rule_issues(regime, regle, type_audit, demande)
    issues += _since_issues(asked, demande)
    if asked.objet == "dossiers" and asked.taille is None:
        message = "il manque la taille de l’échantillon (--taille N) : aucune règle ne la donne"
        issues.append(Issue("information-manquante", message, None, "la choisir : elle est imprimée"))
    vises = SitesDesignes(noms=tuple(asked.population), inconnus=())
    if regle is not None and regle.ceux:
        vises = designated(regle, asked.population, tags_of_sites(demande), demande.ajout_sites)
    return _Lu(code=code, regle=regle, vises=vises, issues=tuple(issues))


def _untold(regle: RegleSites | None, vises: SitesDesignes) -> Iterator[Avertissement]:
    """Yield the sites of which nobody can tell whether the rule designates them."""
    if regle is not None and vises.doute:
        where = "« etiquettes » de chaque site, dans le profil"
        message = f"la règle désigne {regle.texte} : {vises.doute} ({where})"
        yield Avertissement("sites_incertains", message, regle.sources)


def _size(regle: RegleSites, sites: int, asked: DemandeTirage) -> int | None:
    if regle.coefficient is None:
        return None
    return sites_to_see(sites, regle.coefficient, asked.arrondi or regle.arrondi)


def _population_issues(asked: DemandeTirage) -> list[Issue]:
    names = [unicodedata.normalize("NFC", name) for name in asked.population]
    issues = []
    if not names:
        hint = "la donner avec --population FICHIER, un nom par ligne, ou dans les sites du profil"
        issues.append(Issue("population-vide", "la population est vide", None, hint))
    twice = sorted(name for name, number in Counter(names).items() if number > 1)
    if twice:
        message = f"la population nomme plusieurs fois {', '.join(f'« {name} »' for name in twice[:_SHOWN])}"
        issues.append(Issue("identifiant-en-double", message, None, "ne garder chaque nom qu’une fois"))
    centrale = () if asked.centrale is None else (asked.centrale,)
    for label, given in (("déjà vu", asked.vus or ()), ("fonction centrale", centrale)):
        strangers = [name for name in given if unicodedata.normalize("NFC", name) not in names]
        if strangers and names:
            message = f"{label} : {', '.join(f'« {name} »' for name in strangers)} n’est pas de la population"
            issues.append(Issue("membre-inconnu", message, None, "reprendre un nom de la population"))
    return issues


def _since_issues(asked: DemandeTirage, demande: Demande) -> list[Issue]:
    """Return what is wrong of the day of the earlier audit; files have days, sites have none."""
    if asked.depuis is None:
        return []
    if asked.objet != "dossiers":
        message = "--depuis écarte des dossiers d’après leur jour : un site n’en a pas"
        return [Issue("usage", message, None, "retirer --depuis, ou ajouter --objet dossiers")]
    since, audit = readable_day(asked.depuis), readable_day(demande.date)
    if since and audit and since > audit:
        message = f"--depuis ({since}) est après l’audit ({audit})"
        return [Issue("date-invalide", message, None, "vérifier les deux dates")]
    return []


def _since_warnings(asked: DemandeTirage, demande: Demande) -> Iterator[Avertissement]:
    """Yield that files older than an earlier audit whose day is known are drawn with the others."""
    earlier = readable_day(demande.precedent.date) if demande.precedent else None
    if asked.objet == "dossiers" and asked.depuis is None and earlier:
        message = (
            f"l’audit précédent est du {plain(day(earlier))} : sans --depuis {earlier}, des dossiers plus "
            "anciens peuvent être tirés"
        )
        yield Avertissement("anterieurs_possibles", message)


def _rule_issues(
    regime: Regime, regle: RegleSites | None, type_audit: TypeAudit | None, demande: Demande
) -> list[Issue]:
    """Return why no size can be drawn from the rules."""
    hint = "donner la taille : --taille N"
    if type_audit is None:
        message = "il manque le type d’audit (--type), d’où vient le nombre de sites"
        return [Issue("information-manquante", message, None, f"{hint}, ou --type")]
    if regle is None:
        nom = regime.referentiel.id
        others = [v.origine for v in regime.vies if v.origine != nom and v.echantillon]
        elsewhere = f" ; {', '.join(others)}, sur quoi il repose, a ses règles" if others else ""
        message = (
            f"les sources de « {nom} » ne donnent pas le nombre de sites de l’audit « {type_audit.titre} »"
        )
        return [Issue("nombre-inconnu", message, None, hint + elsewhere)]
    if regle.coefficient is None and not regle.tous and not regle.ceux:
        kind = f"« {type_audit.titre} » le {demande.date}"
        message = f"aucune source lue ne donne le nombre de sites de l’audit {kind}"
        return [Issue("nombre-inconnu", message, None, hint)]
    return []


def _warnings(regle: RegleSites | None, asked: DemandeTirage, tirage: Tirage) -> list[Avertissement]:
    warned: list[Avertissement] = []
    if regle is None:
        return warned
    if asked.arrondi is not None and regle.coefficient is not None and asked.arrondi != regle.arrondi:
        message = "l’arrondi est celui que l’on a demandé, pas celui de la règle"
        warned.append(Avertissement("arrondi_impose", message, regle.sources))
    if regle.non_vus and asked.vus is None:
        message = (
            f"la règle veut au moins {regle.non_vus} site non vu à l’audit précédent : les sites déjà vus ne "
            "sont pas donnés (--deja-vu), rien n’est vérifié"
        )
        warned.append(Avertissement("non_vus_inconnus", message, regle.sources))
    elif tirage.non_vus is not None and len(tirage.non_vus) < regle.non_vus:
        message = f"moins de {regle.non_vus} site non vu : tous ont été vus à l’audit précédent"
        warned.append(Avertissement("non_vus_manquants", message, regle.sources))
    if asked.centrale is not None:
        without = _size(regle, len(asked.population) - 1, asked)
        if without != _size(regle, len(asked.population), asked):
            message = (
                "le site de la fonction centrale est compté dans le nombre de sites ; sans lui, la règle "
                f"donnerait {without} : les sources ne tranchent pas"
            )
            warned.append(Avertissement("base_incertaine", message, regle.sources))
    return warned
