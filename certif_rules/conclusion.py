"""The conclusions of an audit: one per référentiel of the stack, and the dates its findings open.

Each object looks at its own lines only (contract §6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from certif_rules.constats import Dossier, Releve, by_line
from certif_rules.delais import dates
from certif_rules.jugement import LigneJugee, Valeur, measure, possible_decisions
from certif_rules.model import Confiance, Constat
from certif_rules.model_jugement import Decision, Delai, Jugement
from certif_rules.resultat import Avertissement, Checklist, Ligne


@dataclass(frozen=True, slots=True, kw_only=True)
class MotifConclusion:
    """Why a conclusion is what it is: the decision, a line left, a remark, with its sources."""

    code: str
    texte: str
    sources: tuple[str, ...] = ()
    confiance: Confiance = "elevee"
    lecture: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What one référentiel of the stack concludes.

    ``decision`` is ``None`` while several are possible; ``delivrable`` while they disagree, or where the
    sources give no rule. ``mesures`` are of the findings recorded and not lifted. ``a_evaluer`` and
    ``a_confirmer`` are the ids of the lines due, and perhaps due, without a finding.
    """

    objet: str
    decision: str | None
    delivrable: bool | None
    texte: str
    mesures: Mapping[str, Valeur]
    a_evaluer: tuple[str, ...]
    a_confirmer: tuple[str, ...]
    motifs: tuple[MotifConclusion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Echeance:
    """The dates that one open finding opens; ``None`` for a date that its finding does not have."""

    ligne: Ligne
    constat: str
    dates: Mapping[str, date | None]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilan:
    """Everything concluded from the findings of one audit."""

    checklist: Checklist
    dossier: Dossier
    conclusions: tuple[Conclusion, ...]
    echeances: tuple[Echeance, ...]
    avertissements: tuple[Avertissement, ...]


def conclude(checklist: Checklist, dossier: Dossier) -> Bilan:
    """The conclusions of findings already checked against their checklist: a pure function."""
    return Bilan(
        checklist=checklist,
        dossier=dossier,
        conclusions=tuple(_conclusion(checklist, dossier, objet) for objet in checklist.referentiel.origines),
        echeances=tuple(_echeances(checklist, dossier)),
        avertissements=(*checklist.avertissements, *_warnings(checklist, dossier)),
    )


# ---- one object -----------------------------------------------------------------------------------------


def _conclusion(checklist: Checklist, dossier: Dossier, objet: str) -> Conclusion:
    releves = by_line(dossier)
    lignes = [ligne for ligne in checklist.lignes if ligne.indicateur.origine == objet]
    left = {
        etat: tuple(
            ligne.indicateur.id for ligne in lignes if ligne.etat == etat and not _found(ligne, releves)
        )
        for etat in ("a_auditer", "a_confirmer")
    }
    constats = checklist.referentiel.constats
    judged = list(_judged(lignes, releves, constats))
    jugement = checklist.referentiel.jugements.get(objet)
    mesures = measure(jugement, constats, judged) if jugement else {}
    reasons: list[MotifConclusion] = []
    possible: tuple[Decision, ...] = ()
    if jugement is None:
        text = "les règles d’audit ne disent pas comment conclure"
        reasons.append(MotifConclusion(code="jugement_absent", texte=text))
    elif not judged:
        text = "aucune de ses lignes n’est à évaluer à cet audit, qui ne permet donc pas de conclure"
        reasons.append(MotifConclusion(code="sans_objet", texte=text))
    else:
        possible = possible_decisions(jugement, constats, judged)
        text, reasons = _decided(checklist, jugement, possible, left)
    values = {decision.delivrable for decision in possible}
    codes = {decision.code for decision in possible}
    if jugement is not None and judged:
        reasons += _remarks(jugement)
    return Conclusion(
        objet=objet,
        decision=codes.pop() if len(codes) == 1 else None,
        delivrable=values.pop() if len(values) == 1 else None,
        texte=text,
        mesures=mesures,
        a_evaluer=left["a_auditer"],
        a_confirmer=left["a_confirmer"],
        motifs=tuple(reasons),
    )


def _found(ligne: Ligne, releves: Mapping[str, Releve]) -> bool:
    releve = releves.get(ligne.indicateur.id)
    return releve is not None and releve.porte


def _judged(
    lignes: list[Ligne], releves: Mapping[str, Releve], constats: Mapping[str, Constat]
) -> Iterator[LigneJugee]:
    """The lines with a finding, and those that may still have one: all that it permits, or none at all.

    Finding not applicable a line that is, says nothing: it is no line judged.
    """
    for ligne in lignes:
        releve = releves.get(ligne.indicateur.id)
        if (
            releve
            and releve.porte
            and ligne.etat == "non_applicable"
            and constats[releve.constat].hors_portee
        ):
            continue
        possibles: tuple[str | None, ...] = ()
        if releve is not None and releve.porte:
            possibles = (releve.constat if releve.ouvert else None,)
        elif ligne.etat == "a_auditer":
            possibles = ligne.constats_permis
        elif ligne.etat == "a_confirmer":
            possibles = (*ligne.constats_permis, None)
        if possibles:
            yield LigneJugee(indicateur=ligne.indicateur, possibles=possibles)


def _decided(
    checklist: Checklist,
    jugement: Jugement,
    possible: tuple[Decision, ...],
    left: Mapping[str, tuple[str, ...]],
) -> tuple[str, list[MotifConclusion]]:
    """The conclusion in words, and what made it or keeps it open."""
    code_type = checklist.referentiel.types_audit[checklist.contexte.type_audit].code
    certain = possible[0].delivrable is not None and len({d.delivrable for d in possible}) == 1
    settled = certain or len({d.code for d in possible}) == 1
    reasons = []
    if settled:
        # Of several ways to one decision, the last asks for the least: the others are not certain.
        ways = {d.code: d for d in possible}.values()
        text = ", ou ".join(dict.fromkeys(d.titre_pour(code_type) for d in ways))
        for decision in ways:
            sources = tuple(dict.fromkeys((*decision.sources, *_rule_sources(jugement, decision))))
            reasons.append(
                MotifConclusion(
                    code="decision",
                    texte=decision.titre_pour(code_type),
                    sources=sources,
                    confiance=decision.confiance,
                    lecture=decision.lecture,
                )
            )
    else:
        counts = [_count(len(left[etat]), words) for etat, words in _LEFT.items() if left[etat]]
        text = f"conclusion impossible : {' ; '.join(counts)}"
    for etat, words in _LEFT.items():
        if left[etat]:
            numeros = ", ".join(checklist.referentiel.indicateurs[i].numero for i in left[etat])
            without = ", sans effet sur la conclusion" if settled else ""
            texte = f"{_count(len(left[etat]), words)}{without} : {numeros}"
            reasons.append(MotifConclusion(code=_CODES[etat], texte=texte))
    return text, reasons


_LEFT = {"a_auditer": "à évaluer", "a_confirmer": "à confirmer"}
_CODES = {"a_auditer": "a_evaluer", "a_confirmer": "a_confirmer"}


def _count(number: int, words: str) -> str:
    return f"{number} {'ligne' if number == 1 else 'lignes'} {words}"


def _rule_sources(jugement: Jugement, decision: Decision) -> Iterator[str]:
    """The sources of the measures that the decision compares."""
    for condition in decision.si:
        yield from jugement.mesures[condition.mesure].sources


def _remarks(jugement: Jugement) -> Iterator[MotifConclusion]:
    for remarque in jugement.remarques:
        yield MotifConclusion(
            code="remarque", texte=remarque.texte, sources=remarque.sources, confiance=remarque.confiance
        )


# ---- dates and warnings ---------------------------------------------------------------------------------


def _open(checklist: Checklist, dossier: Dossier) -> Iterator[tuple[Ligne, str]]:
    """The open findings and their lines, in the order of the lines."""
    releves = by_line(dossier)
    for ligne in checklist.lignes:
        releve = releves.get(ligne.indicateur.id)
        if releve is not None and releve.ouvert:
            yield ligne, releve.constat


def _delais(checklist: Checklist, ligne: Ligne, constat: str) -> Mapping[str, Delai]:
    """The delays of a finding: those of the référentiel the line comes from, and no other."""
    jugement = checklist.referentiel.jugements.get(ligne.indicateur.origine)
    return jugement.echeances.get(constat, {}) if jugement else {}


def _echeances(checklist: Checklist, dossier: Dossier) -> Iterator[Echeance]:
    """The dates of the open findings; none while the day of notification is not known."""
    if dossier.notifie_le is None:
        return
    events = {"ecarts_notifies_le": date.fromisoformat(dossier.notifie_le)}
    declared = (j.echeances.values() for j in checklist.referentiel.jugements.values())
    names = dict.fromkeys(nom for found in declared for delais in found for nom in delais)
    for ligne, constat in _open(checklist, dossier):
        delais = _delais(checklist, ligne, constat)
        if delais:
            found = dates(delais, events)
            yield Echeance(
                ligne=ligne,
                constat=constat,
                dates={nom: found.get(nom) for nom in names},
                sources=tuple(dict.fromkeys(s for delai in delais.values() for s in delai.sources)),
            )


def _warnings(checklist: Checklist, dossier: Dossier) -> Iterator[Avertissement]:
    constats = checklist.referentiel.constats
    opened = list(_open(checklist, dossier))
    dated = {constat for j in checklist.referentiel.jugements.values() for constat in j.echeances}
    if dossier.notifie_le is None and any(_delais(checklist, *pair) for pair in opened):
        message = "le jour où les écarts ont été notifiés n’est pas donné : leurs échéances restent inconnues"
        yield Avertissement("notification_absente", message)
    without = [li for li, constat in opened if constat in dated and not _delais(checklist, li, constat)]
    if without:
        numeros = ", ".join(ligne.indicateur.numero for ligne in without)
        message = f"aucune source ne donne le délai pour corriger : {numeros}"
        yield Avertissement("delai_absent", message)
    for point in checklist.verifications:
        if point.constat is not None:
            titre = constats[point.constat].titre
            message = f"à vérifier à part, sans être compté ici : {point.texte} ; à défaut : {titre}"
            yield Avertissement("verification_hors_compte", message, point.sources)
