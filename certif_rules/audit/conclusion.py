"""The conclusions of an audit: one per référentiel of the stack, and the dates its findings open.

Each object looks at its own lines, and at the checks that count for it, only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.aggravation import Compte, counted
from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Ligne, Point
from certif_rules.audit.constats import Dossier, Releve, by_line, by_point
from certif_rules.audit.jugement import LigneJugee, Valeur, measure, possible_decisions
from certif_rules.francais import count
from certif_rules.model.base import Appui, Avertissement
from certif_rules.model.jugement import Aggravation, Decision, Delai, Jugement
from certif_rules.rules.delais import dates
from certif_rules.rules.motifs import merged, rests_on


class MotifConclusion(Appui, frozen=True, kw_only=True):
    """Why a conclusion is what it is: the decision, a line left, a remark, with its sources."""

    code: str
    texte: str


class Conclusion(Struct, frozen=True, kw_only=True):
    """What one référentiel of the stack concludes.

    ``decision`` is ``None`` while several are possible; ``delivrable`` while they disagree, or where the
    sources give no rule. ``mesures`` are of the findings recorded and not lifted, checks included.
    ``a_evaluer`` and ``a_confirmer`` are the ids of the lines due, and perhaps due, without a finding;
    ``a_verifier``, those of the checks without one.
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


class Echeance(Struct, frozen=True, kw_only=True):
    """The dates that one open finding opens; ``None`` for a date that its finding does not have.

    It was found on a line or on a check, one of the two. ``compte_comme`` is the finding whose delays these
    are, where it counts as another than ``constat``.
    """

    constat: str
    dates: Mapping[str, date | None]
    sources: tuple[str, ...]
    ligne: Ligne | None = None
    point: Point | None = None
    compte_comme: str | None = None

    @property
    def id(self) -> str:
        """The id of the line or of the check."""
        return self.ligne.indicateur.id if self.ligne else self.point.id if self.point else ""

    @property
    def origine(self) -> str | None:
        """The référentiel whose judgement opens these dates."""
        if self.ligne is not None:
            return self.ligne.indicateur.origine
        return self.point.compte_pour if self.point else None


class Bilan(Struct, frozen=True, kw_only=True):
    """Everything concluded from the findings of one audit."""

    checklist: Checklist
    dossier: Dossier
    conclusions: tuple[Conclusion, ...]
    echeances: tuple[Echeance, ...]
    avertissements: tuple[Avertissement, ...]


def conclude(checklist: Checklist, dossier: Dossier) -> Bilan:
    """Return the conclusions of findings already checked against their checklist: a pure function."""
    return Bilan(
        checklist=checklist,
        dossier=dossier,
        conclusions=tuple(_conclusion(checklist, dossier, objet) for objet in checklist.referentiel.origines),
        echeances=tuple(_echeances(checklist, dossier)),
        avertissements=(*checklist.avertissements, *_warnings(checklist, dossier)),
    )


# ---- one object -----------------------------------------------------------------------------------------


class _Objet(Struct, frozen=True, kw_only=True):
    """What one conclusion looks at: the lines and checks of its object, and what was found of them."""

    checklist: Checklist
    jugement: Jugement | None
    lignes: tuple[Ligne, ...]
    points: tuple[Point, ...]
    releves: Mapping[str, Releve]
    verifies: Mapping[str, Releve]

    def left(self, etat: str) -> tuple[str, ...]:
        """Return the ids of the lines of this state without a finding."""
        ids = (ligne.indicateur.id for ligne in self.lignes if ligne.etat == etat)
        return tuple(i for i in ids if i not in self.releves or not self.releves[i].porte)

    def unchecked(self) -> tuple[str, ...]:
        """Return the ids of the checks without a finding."""
        return tuple(p.id for p in self.points if p.id not in self.verifies or not self.verifies[p.id].porte)

    def compte(self, ligne: Ligne, constat: str) -> Compte:
        contexte = self.checklist.contexte
        code = self.checklist.type_audit.code
        return counted(self.jugement, code, contexte.precedent, ligne.indicateur.id, constat)


def _conclusion(checklist: Checklist, dossier: Dossier, nom: str) -> Conclusion:
    jugement = checklist.referentiel.jugements.get(nom)
    objet = _Objet(
        checklist=checklist,
        jugement=jugement,
        lignes=tuple(ligne for ligne in checklist.lignes if ligne.indicateur.origine == nom),
        points=tuple(point for point in checklist.verifications if point.compte_pour == nom),
        releves=by_line(dossier),
        verifies=by_point(dossier),
    )
    constats = checklist.referentiel.constats
    judged = [*_judged(objet), *_judged_points(objet)]
    mesures = measure(jugement, constats, map(_as_recorded, judged)) if jugement else {}
    reasons: list[MotifConclusion] = []
    possible: tuple[Decision, ...] = ()
    if jugement is None:
        text = "les règles d’audit ne disent pas comment conclure"
        reasons.append(MotifConclusion(code="jugement_absent", texte=text))
    elif not judged:
        text = "aucune de ses lignes n’est à évaluer à cet audit, qui ne permet donc pas de conclure"
        reasons.append(MotifConclusion(code="sans_objet", texte=text))
    else:
        possible = possible_decisions(jugement, constats, [jugee for jugee, _ in judged])
        text, reasons = _decided(objet, jugement, possible)
    values = {decision.delivrable for decision in possible}
    codes = {decision.code for decision in possible}
    if jugement is not None and judged:
        reasons += _remarks(jugement)
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
    )


#: A line or a check as it is judged, and the finding recorded where it may count as several.
_Jugee = tuple[LigneJugee, str | None]


def _as_recorded(jugee: _Jugee) -> LigneJugee:
    """Return what is measured: a finding that may count as several is measured as it was recorded."""
    ligne, recorded = jugee
    return ligne if recorded is None else replace(ligne, possibles=(recorded,))


def _judged(objet: _Objet) -> Iterator[_Jugee]:
    """Yield the lines with a finding, and those that may still have one: all that it permits, or none at all.

    Finding not applicable a line that is, says nothing: it is no line judged.
    """
    constats = objet.checklist.referentiel.constats
    for ligne in objet.lignes:
        releve = objet.releves.get(ligne.indicateur.id)
        assessed = releve is not None and releve.porte
        if releve and assessed and ligne.etat == "non_applicable" and constats[releve.constat].hors_portee:
            continue
        recorded: tuple[str | None, ...] = ()
        if releve is not None and assessed:
            recorded = (releve.constat if releve.ouvert else None,)
        elif ligne.etat == "a_auditer":
            recorded = ligne.constats_permis
        elif ligne.etat == "a_confirmer":
            recorded = (*ligne.constats_permis, None)
        if recorded:
            each = (objet.compte(ligne, c).possibles if c is not None else (None,) for c in recorded)
            possibles = tuple(dict.fromkeys(one for some in each for one in some))
            ambiguous = len(recorded) == 1 < len(possibles)
            jugee = LigneJugee(indicateur=ligne.indicateur, possibles=possibles)
            yield jugee, recorded[0] if ambiguous else None


def _judged_points(objet: _Objet) -> Iterator[_Jugee]:
    """Yield the checks whose failure is a finding: it counts as one; satisfied, it counts for nothing."""
    for point in objet.points:
        if point.constat is None:
            continue
        releve = objet.verifies.get(point.id)
        possibles: tuple[str | None, ...] = (None, point.constat)
        if releve is not None and releve.porte:
            counts = releve.ouvert and releve.constat == NON_SATISFAITE
            possibles = (point.constat,) if counts else (None,)
        yield LigneJugee(indicateur=None, possibles=possibles), None


def _decided(
    objet: _Objet, jugement: Jugement, possible: tuple[Decision, ...]
) -> tuple[str, list[MotifConclusion]]:
    """Return the conclusion in words, and what made it or keeps it open."""
    checklist = objet.checklist
    code_type = checklist.type_audit.code
    certain = possible[0].delivrable is not None and len({d.delivrable for d in possible}) == 1
    settled = certain or len({d.code for d in possible}) == 1
    aggravated, doubtful = _aggravated(objet)
    left = list(_left(objet))
    reasons = []
    if settled:
        # Of several ways to one decision, the last asks for the least: the others are not certain.
        ways = {d.code: d for d in possible}.values()
        text = ", ou ".join(dict.fromkeys(d.titre_pour(code_type) for d in ways))
        for decision in ways:
            worth = rests_on(decision)
            worth["sources"] = merged(decision.sources, _rule_sources(jugement, decision))
            texte = decision.titre_pour(code_type)
            reasons.append(MotifConclusion(code="decision", texte=texte, **worth))
    else:
        counts = [words for _, words, _ in left] or ["constats de l’audit précédent inconnus"]
        text = f"conclusion impossible : {' ; '.join(counts)}"
    without = ", sans effet sur la conclusion" if settled else ""
    reasons += [MotifConclusion(code=c, texte=f"{words}{without} : {names}") for c, words, names in left]
    return text, [*reasons, *aggravated, *doubtful]


_LEFT = {"a_auditer": ("a_evaluer", "à évaluer"), "a_confirmer": ("a_confirmer", "à confirmer")}


def _left(objet: _Objet) -> Iterator[tuple[str, str, str]]:
    """Yield what is left to do: the code of its reason, how much in words, and which."""
    indicateurs = objet.checklist.referentiel.indicateurs
    for etat, (code, words) in _LEFT.items():
        ids = objet.left(etat)
        if ids:
            yield code, f"{count(len(ids), 'ligne')} {words}", ", ".join(indicateurs[i].numero for i in ids)
    unchecked = objet.unchecked()
    if unchecked:
        texts = (point.texte.rstrip(".") for point in objet.points if point.id in unchecked)
        yield "a_verifier", f"{count(len(unchecked), 'vérification')} à faire", " ; ".join(texts)


def _aggravated(objet: _Objet) -> tuple[list[MotifConclusion], list[MotifConclusion]]:
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


def _rule_sources(jugement: Jugement, decision: Decision) -> Iterator[str]:
    """Yield the sources of the measures that the decision compares."""
    for condition in decision.si:
        yield from jugement.mesures[condition.mesure].sources


def _remarks(jugement: Jugement) -> Iterator[MotifConclusion]:
    for remarque in jugement.remarques:
        yield MotifConclusion(code="remarque", texte=remarque.texte, **rests_on(remarque))


# ---- dates and warnings ---------------------------------------------------------------------------------


def _open(checklist: Checklist, dossier: Dossier) -> Iterator[tuple[Ligne | Point, str, str]]:
    """Yield the open findings: what bears each, the finding, and what it certainly counts as; lines first."""
    releves, verifies = by_line(dossier), by_point(dossier)
    contexte = checklist.contexte
    code = checklist.type_audit.code
    for ligne in checklist.lignes:
        releve = releves.get(ligne.indicateur.id)
        if releve is not None and releve.ouvert:
            jugement = checklist.referentiel.jugements.get(ligne.indicateur.origine)
            compte = counted(jugement, code, contexte.precedent, releve.ligne, releve.constat)
            yield ligne, releve.constat, compte.possibles[0]
    for point in checklist.verifications:
        releve = verifies.get(point.id)
        if releve is not None and releve.ouvert and releve.constat == NON_SATISFAITE and point.constat:
            yield point, point.constat, point.constat


def _delais(checklist: Checklist, sujet: Ligne | Point, constat: str) -> Mapping[str, Delai]:
    """Return the delays of a finding: those of the référentiel that its line or check counts for."""
    objet = sujet.compte_pour if isinstance(sujet, Point) else sujet.indicateur.origine
    jugement = checklist.referentiel.jugements.get(objet)
    return jugement.echeances.get(constat, {}) if jugement else {}


def _echeances(checklist: Checklist, dossier: Dossier) -> Iterator[Echeance]:
    """Yield the dates of the open findings; none while the day of notification is not known."""
    if dossier.notifie_le is None:
        return
    events = {"ecarts_notifies_le": date.fromisoformat(dossier.notifie_le)}
    declared = (j.echeances.values() for j in checklist.referentiel.jugements.values())
    names = dict.fromkeys(nom for days in declared for delais in days for nom in delais)
    for sujet, constat, compte in _open(checklist, dossier):
        delais = _delais(checklist, sujet, compte)
        if delais:
            days = dates(delais, events)
            yield Echeance(
                ligne=None if isinstance(sujet, Point) else sujet,
                point=sujet if isinstance(sujet, Point) else None,
                constat=constat,
                compte_comme=None if compte == constat else compte,
                dates={nom: days.get(nom) for nom in names},
                sources=tuple(dict.fromkeys(s for delai in delais.values() for s in delai.sources)),
            )


def _warnings(checklist: Checklist, dossier: Dossier) -> Iterator[Avertissement]:
    opened = [(sujet, compte) for sujet, _, compte in _open(checklist, dossier)]
    dated = {constat for j in checklist.referentiel.jugements.values() for constat in j.echeances}
    if dossier.notifie_le is None and any(_delais(checklist, *pair) for pair in opened):
        message = "le jour où les écarts ont été notifiés n’est pas donné : leurs échéances restent inconnues"
        yield Avertissement("notification_absente", message)
    without = [
        sujet for sujet, constat in opened if constat in dated and not _delais(checklist, sujet, constat)
    ]
    if without:
        noms = ", ".join(s.id if isinstance(s, Point) else s.indicateur.numero for s in without)
        message = f"aucune source ne donne le délai pour corriger : {noms}"
        yield Avertissement("delai_absent", message)
    results = by_point(dossier)
    for point in checklist.verifications:
        if point.id not in results:
            message = (
                f"la vérification « {point.id} » n’est pas dans les constats, et reste à faire : "
                f"{point.texte}"
            )
            yield Avertissement("verification_absente", message, point.sources)
