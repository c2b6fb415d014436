"""Self-assessments: the grid to fill, answers to their synthesis, two of them compared."""

from __future__ import annotations

from msgspec.structs import replace

from certif_rules.audit.checklist import dressed, in_order
from certif_rules.audit.demande import Demande, merge
from certif_rules.audit.examen import refusal
from certif_rules.audit.reponses import Questionnaire
from certif_rules.audit.siren import siren_warnings
from certif_rules.errors import DataError, Issue, UsageError
from certif_rules.model.base import Avertissement
from certif_rules.model.notation import Etendue
from certif_rules.personnes.pseudonymes import personal_warnings
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import build, prepare
from certif_rules.vie.autodiagnostic import Cadre, Synthese, assess, gather
from certif_rules.vie.progression import Comparaison, compare
from certif_rules.vie.questionnaire import check_answers
from certif_rules.vie.regime import Regime, to_write


def make_grid(registry: Registry, demande: Demande, *, etendue: Etendue | None = None) -> Cadre:
    """Return the self-assessment that ``demande`` calls for.

    Args:
        registry: the rules that are installed.
        demande: the audit prepared.
        etendue: the lines asked; by default, what the référentiel chooses.

    Raises:
        UsageError, DataError: a wrong request or wrong data; no levels are declared, or no line is concerned.
    """
    resolution, contexte = prepare(registry, demande)
    checklist = dressed(build(resolution, contexte), demande.habillage)
    vies = registry.life(resolution.referentiel)
    regles = gather(vie.autodiagnostic for vie in vies)
    nom = checklist.referentiel.id
    if regles.notation is None:
        message = f"les données de « {nom} » ne disent pas comment noter un autodiagnostic"
        where = to_write(Regime(referentiel=resolution.referentiel, vies=vies), "autodiagnostic")
        hint = f"choisir un autre référentiel ; {where}"
        raise UsageError([Issue("sujet-absent", message, None, hint)])
    cadre = Cadre(
        checklist=checklist,
        regles=regles,
        notation=regles.notation,
        etendue=etendue or regles.etendue or "audit",
        vies=vies,
        avertissements=in_order(
            (*checklist.avertissements, *siren_warnings(demande), *personal_warnings(demande))
        ),
    )
    if not cadre.retenues:
        message = "aucune ligne n’est à voir à cet audit : il n’y a rien à évaluer"
        hint = "ajouter --lignes toutes pour évaluer toutes les lignes qui s’appliquent"
        raise UsageError([Issue("autodiagnostic-vide", message, None, hint)])
    return cadre


def synthesis(
    registry: Registry,
    questionnaire: Questionnaire,
    typed: Demande,
    *,
    argument: str | None = None,
    etendue: Etendue | None = None,
) -> Synthese:
    """Return the self-assessment of answers (:func:`~certif_rules.services.reponses.read_answers`).

    Args:
        registry: the rules that are installed.
        questionnaire: the answers as read.
        typed: what the profile and the options say; it wins over the file.
        argument: the référentiel as typed; it never wins over the file.
        etendue: the lines asked; by default, those that the file was made for.

    Raises:
        UsageError: a request that is incomplete, or contradicts the file.
        DataError: the file holds impossible answers; every problem is listed.
    """
    demande = _request(questionnaire, typed, argument)
    cadre = make_grid(registry, demande, etendue=etendue or questionnaire.etendue)
    answers, issues = check_answers(cadre, questionnaire)
    if issues:
        raise DataError(issues)
    return assess(_warned(cadre, questionnaire), answers, questionnaire.fait_le)


def compare_syntheses(avant: Synthese, apres: Synthese) -> Comparaison:
    """Return two self-assessments compared, the first being the earlier.

    Raises:
        UsageError: they cannot be: of two référentiels, or counted with different levels.
    """
    before, after = avant.cadre, apres.cadre
    noms = (before.checklist.referentiel.id, after.checklist.referentiel.id)
    if noms[0] != noms[1]:
        message = f"deux autodiagnostics de référentiels différents : {noms[0]} et {noms[1]}"
        raise UsageError(
            [Issue("comparaison-impossible", message, None, "comparer ceux d’un même référentiel")]
        )
    levels = [[n.valeur for n in cadre.notation.niveaux] for cadre in (before, after)]
    if levels[0] != levels[1]:
        message = "deux autodiagnostics qui n’ont pas les mêmes niveaux"
        raise UsageError([Issue("comparaison-impossible", message, None, "refaire le plus ancien")])
    both = in_order(dict.fromkeys((*before.avertissements, *after.avertissements)))
    return compare(avant, replace(apres, cadre=replace(after, avertissements=both)))


def _request(questionnaire: Questionnaire, typed: Demande, argument: str | None) -> Demande:
    if questionnaire.demande is None:
        answered, asked = questionnaire.referentiel, typed.referentiel
        if answered is not None and asked is not None and answered != asked:
            message = f"référentiel : « {asked} » demandé, « {answered} » dans les réponses"
            issue = Issue("demande-contradictoire", message, None, "retirer l’un des deux")
            raise refusal([*typed.fautes, issue])
        return replace(typed, referentiel=asked or answered)
    merged = merge(questionnaire.demande, typed, argument=argument)
    return replace(merged, organisme={**questionnaire.demande.organisme, **typed.organisme})


def _warned(cadre: Cadre, questionnaire: Questionnaire) -> Cadre:
    """Return the frame, with what must be known of the answers: other rules, personal data."""
    numeros = {li.indicateur.id: li.indicateur.numero for li in cadre.checklist.lignes}
    warnings = personal_warnings(questionnaire, numeros)
    if questionnaire.empreinte not in (None, cadre.checklist.empreinte):
        message = "réponses données sur une grille faite avec d’autres règles : les énoncés ont pu changer"
        warnings.insert(0, Avertissement("autres_regles", message))
    return replace(cadre, avertissements=in_order((*cadre.avertissements, *warnings)))
