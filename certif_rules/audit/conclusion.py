"""The conclusions of an audit: one per référentiel of the stack, and the dates its findings open.

Each object looks at its own lines, and at the checks that count for it, only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, in_order
from certif_rules.audit.completions import possible_decisions
from certif_rules.audit.constats import Dossier, by_line, by_point
from certif_rules.audit.deduction import deduced
from certif_rules.audit.distinctions import Octroi, decide_beside
from certif_rules.audit.echeances import Echeance, deadline_warnings, deadlines
from certif_rules.audit.jugement import Valeur, levels, measure
from certif_rules.audit.objet import (
    Objet,
    as_recorded,
    judged_lines,
    judged_points,
    lifted_to_nothing,
    unknown_before,
)
from certif_rules.audit.procedure import Procedure
from certif_rules.audit.raisons import MotifConclusion, in_words, taken
from certif_rules.audit.recevabilite import rests_on_nothing
from certif_rules.audit.reprise import Reprise, carried
from certif_rules.audit.sites import opened, settled, undecided
from certif_rules.blocs.typographie import day as spelled
from certif_rules.blocs.typographie import plain
from certif_rules.francais import count
from certif_rules.model.base import Avertissement
from certif_rules.model.jugement import Aggravation, Decision, Jugement, RegleParSite
from certif_rules.rules.motifs import rests_on


class Conclusion(Struct, frozen=True, kw_only=True):
    """A conclusion states what one référentiel of the stack concludes.

    ``decision`` is ``None`` while several are possible; ``delivrable`` while they disagree, or where the
    sources give no rule. ``mesures`` are of the findings recorded and not lifted, checks included.
    ``a_evaluer`` and ``a_confirmer`` are the ids of the lines due, and perhaps due, without a finding;
    ``a_verifier``, those of the checks without one. ``repris`` are the lines that this audit does not see,
    with what they were left with. A measure that nobody can know is not in ``mesures``. ``distinctions`` are
    what is decided beside.
    """

    objet: str
    decision: str | None
    delivrable: bool | None
    texte: str
    mesures: Mapping[str, Valeur]
    a_evaluer: tuple[str, ...]
    a_confirmer: tuple[str, ...]
    motifs: tuple[MotifConclusion, ...]
    a_verifier: tuple[str, ...] = ()
    repris: Mapping[str, Reprise] = field(default_factory=dict)
    distinctions: tuple[Octroi, ...] = ()


class Bilan(Struct, frozen=True, kw_only=True):
    """A bilan gathers everything concluded from the findings of one audit.

    ``a_l_audit`` is what was concluded before anything was lifted, and stays; empty where nothing was.
    ``procedure`` is who gives an opinion, decides and notifies after it; what is concluded rests on none.
    """

    checklist: Checklist
    dossier: Dossier
    conclusions: tuple[Conclusion, ...]
    echeances: tuple[Echeance, ...]
    avertissements: tuple[Avertissement, ...]
    a_l_audit: tuple[Conclusion, ...] = ()
    procedure: Procedure = field(default_factory=Procedure)


def conclude(checklist: Checklist, dossier: Dossier, procedure: Procedure | None = None) -> Bilan:
    """Return the conclusions of findings already checked against their checklist: a pure function."""
    checklist, dossier = settled(checklist, dossier)
    checklist, first = settled(checklist, opened(checklist, _before_liftings(dossier)))
    origines = checklist.referentiel.origines
    return Bilan(
        checklist=checklist,
        dossier=dossier,
        conclusions=tuple(_conclusion(checklist, dossier, objet) for objet in origines),
        a_l_audit=() if first == dossier else tuple(_conclusion(checklist, first, o) for o in origines),
        echeances=tuple(deadlines(checklist, dossier)),
        avertissements=in_order(
            (
                *checklist.avertissements,
                *undecided(checklist, dossier),
                *deadline_warnings(checklist, dossier),
            )
        ),
        procedure=procedure or Procedure(objet=checklist.referentiel.id),
    )


def _before_liftings(dossier: Dossier) -> Dossier:
    """Return the same findings as the audit left them."""
    releves, checks = (
        tuple(releve.sans_levee() for releve in some) for some in (dossier.releves, dossier.verifications)
    )
    return replace(dossier, releves=releves, verifications=checks)


# ---- one object -----------------------------------------------------------------------------------------


def _conclusion(checklist: Checklist, dossier: Dossier, nom: str) -> Conclusion:
    declared = checklist.referentiel.jugements.get(nom)
    jugement = declared.au_type(checklist.type_audit.code) if declared else None
    objet = Objet(
        checklist=checklist,
        jugement=jugement,
        lignes=tuple(ligne for ligne in checklist.lignes if ligne.indicateur.origine == nom),
        points=tuple(point for point in checklist.verifications if point.compte_pour == nom),
        releves=by_line(dossier),
        verifies=by_point(dossier),
        repris=carried(checklist) if checklist.type_audit.report == "reprise" else {},
        deduits=deduced(checklist, dossier),
    )
    constats = checklist.referentiel.constats
    judged = [*judged_lines(objet), *judged_points(objet)]
    mesures = measure(jugement, constats, map(as_recorded, judged)) if jugement else {}
    undecided = _undecided(objet)
    reasons: list[MotifConclusion] = []
    possible: tuple[Decision, ...] = ()
    if jugement is None:
        text = "les règles d’audit ne disent pas comment conclure"
        reasons.append(MotifConclusion(code="jugement_absent", texte=text))
    elif not judged:
        text = "aucune de ses lignes n’est à évaluer à cet audit, qui ne permet donc pas de conclure"
        reasons.append(MotifConclusion(code="sans_objet", texte=text))
    elif undecided:
        hidden = levels(jugement)
        mesures = {nom: value for nom, value in mesures.items() if nom not in hidden}
        text = "conclusion inconnue : l’audit ne voit pas toutes les lignes qui comptent"
        reasons.append(MotifConclusion(code="report_inconnu", texte=undecided))
    else:
        possible = possible_decisions(jugement, constats, [jugee for jugee, _ in judged])
        text, reasons = _decided(objet, jugement, possible)
    unread = [li.indicateur.numero for li in objet.lignes if rests_on_nothing(checklist, li, objet.releves)]
    if unread and possible:
        possible = ()
        rests = "il repose" if len(unread) == 1 else "ils reposent"
        number = count(len(unread), "constat")
        text = f"conclusion impossible : {number} sans le texte sur lequel {rests}"
        why = f"{', '.join(unread)} : aucune source n’en donne le texte ; en citer un (document, page)"
        left = [reason for reason in reasons if reason.code != "decision"]
        reasons = [MotifConclusion(code="texte_absent", texte=why), *left]
    unseen = [ligne.indicateur.id for ligne in objet.unseen()]
    values = {decision.delivrable for decision in possible}
    codes = {decision.code for decision in possible}
    beside: tuple[Octroi, ...] = ()
    if jugement is not None and judged:
        remarks = jugement.remarques
        reasons += (MotifConclusion(code="remarque", texte=r.texte, **rests_on(r)) for r in remarks)
        code_type = checklist.type_audit.code
        unknown = "" if possible else text
        lignes = [jugee for jugee, _ in judged]
        beside = tuple(decide_beside(jugement, constats, lignes, code_type, unknown=unknown))
    return Conclusion(
        objet=nom,
        decision=codes.pop() if len(codes) == 1 else None,
        delivrable=values.pop() if len(values) == 1 else None,
        texte=text,
        mesures=mesures,
        a_evaluer=objet.left("a_auditer"),
        a_confirmer=objet.left("a_confirmer"),
        motifs=tuple(reasons),
        a_verifier=objet.unchecked(),
        repris={nom: objet.repris[nom] for nom in unseen if nom in objet.repris},
        distinctions=beside,
    )


def _undecided(objet: Objet) -> str:
    """Return why levels cannot be added up: nothing says what the lines that are not seen are worth."""
    if objet.jugement is None or objet.checklist.type_audit.report or not levels(objet.jugement):
        return ""
    numeros = [ligne.indicateur.numero for ligne in objet.unseen()]
    if not numeros:
        return ""
    return (
        "les règles ne disent pas si les lignes que cet audit ne voit pas gardent leur dernier niveau "
        f"ou ne comptent pas : {', '.join(numeros)}"
    )


def _decided(
    objet: Objet, jugement: Jugement, possible: tuple[Decision, ...]
) -> tuple[str, list[MotifConclusion]]:
    """Return the conclusion in words, and what made it or keeps it open."""
    checklist = objet.checklist
    code_type = checklist.type_audit.code
    certain = possible[0].delivrable is not None and len({d.delivrable for d in possible}) == 1
    settled = certain or len({d.code for d in possible}) == 1
    aggravated, doubtful = _aggravated(objet)
    left = list(_left(objet))
    reasons: list[MotifConclusion] = []
    if settled:
        reasons = taken(jugement, possible, code_type)
        text = in_words(reasons)
    else:
        counts = [words for _, words, _ in left] or ["constats de l’audit précédent inconnus"]
        text = f"conclusion impossible : {' ; '.join(counts)}"
    without = ", sans effet sur la conclusion" if settled else ""
    reasons += [MotifConclusion(code=c, texte=f"{words}{without} : {names}") for c, words, names in left]
    return text, [*reasons, *_by_sites(objet), *_carried_reasons(objet), *aggravated, *doubtful]


_LEFT = {"a_auditer": ("a_evaluer", "à évaluer"), "a_confirmer": ("a_confirmer", "à confirmer")}


def _left(objet: Objet) -> Iterator[tuple[str, str, str]]:
    """Yield what is left to do: the code of its reason, how much in words, and which."""
    indicateurs = objet.checklist.referentiel.indicateurs
    for etat, (code, words) in _LEFT.items():
        ids = objet.left(etat)
        if ids:
            yield code, f"{count(len(ids), 'ligne')} {words}", ", ".join(indicateurs[i].numero for i in ids)
    for code, words, lignes in (
        ("reprise_inconnue", "dont le niveau antérieur n’est pas connu", unknown_before(objet)),
        ("levee_sans_niveau", "dont le niveau après levée n’est pas donné", lifted_to_nothing(objet)),
    ):
        if lignes:
            numeros = ", ".join(ligne.indicateur.numero for ligne in lignes)
            yield code, f"{count(len(lignes), 'ligne')} {words}", numeros
    unchecked = objet.unchecked()
    if unchecked:
        texts = (point.texte.rstrip(".") for point in objet.points if point.id in unchecked)
        yield "a_verifier", f"{count(len(unchecked), 'vérification')} à faire", " ; ".join(texts)


def _carried_reasons(objet: Objet) -> Iterator[MotifConclusion]:
    """Yield the values taken from earlier audits, one sentence a day."""
    constats = objet.checklist.referentiel.constats
    by_day: dict[date | None, list[str]] = {}
    for ligne in objet.unseen():
        earlier = objet.repris.get(ligne.indicateur.id)
        if earlier is not None and earlier.connue:
            titre = constats[earlier.constat].titre if earlier.constat else "levé"
            by_day.setdefault(earlier.le, []).append(f"{ligne.indicateur.numero} ({titre})")
    for day, parts in by_day.items():
        since = f"de l’audit du {plain(spelled(day))}" if day else "d’un audit dont le jour n’est pas donné"
        yield MotifConclusion(
            code="reprise",
            texte=f"lignes que cet audit ne voit pas, reprises {since} : {', '.join(parts)}",
        )


def _by_sites(objet: Objet) -> Iterator[MotifConclusion]:
    """Yield what rules made of the findings of several sites, one sentence a rule."""
    by_rule: dict[RegleParSite, list[str]] = {}
    constats = objet.checklist.referentiel.constats
    for ligne in objet.lignes:
        deduit = objet.deduits.get(ligne.indicateur.id)
        if deduit is not None and deduit.parts and deduit.constat is not None:
            there = " ; ".join(f"{site}, {constats[constat].titre}" for site, constat in deduit.parts)
            words = f"{ligne.indicateur.numero}, {constats[deduit.constat].titre} ({there})"
            by_rule.setdefault(deduit.regle, []).append(words)
    for regle, lines in by_rule.items():
        texte = f"constats par site, {regle.motif} : {' ; '.join(lines)}"
        yield MotifConclusion(code="constats_par_site", texte=texte, **rests_on(regle))


def _aggravated(objet: Objet) -> tuple[list[MotifConclusion], list[MotifConclusion]]:
    """Return why findings count as more than they say, and where it is unknown; one reason a rule."""
    numeros_by_rule: dict[tuple[Aggravation, bool], list[str]] = {}
    for ligne in objet.lignes:
        releve = objet.releves.get(ligne.indicateur.id)
        if releve is not None and releve.ouvert:
            compte = objet.compte(ligne, releve.constat)
            if compte.regle is not None:
                numeros_by_rule.setdefault((compte.regle, compte.certaine), []).append(
                    ligne.indicateur.numero
                )
    sure: list[MotifConclusion] = []
    unsure: list[MotifConclusion] = []
    for (regle, certain), numeros in numeros_by_rule.items():
        before = "" if certain else "constats de l’audit précédent inconnus ; si un tel écart y restait : "
        motif = MotifConclusion(
            code="aggravation" if certain else "aggravation_inconnue",
            texte=f"{', '.join(numeros)} : {before}{regle.motif}",
            **rests_on(regle),
        )
        (sure if certain else unsure).append(motif)
    return sure, unsure
