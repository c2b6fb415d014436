"""An application file studied: which one it is, what is there, who pays, what is left to ask. Pure.

The result is « complet », « incomplet » or « à confirmer »; it says nothing of any requirement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Literal, TypeVar

from msgspec import Struct

from certif_rules.model.acteurs import Instances, Intervention
from certif_rules.model.base import Avertissement
from certif_rules.model.candidature import (
    Auditeur,
    Candidature,
    ConditionFinancement,
    EnSuspens,
    Financement,
    Interrogation,
    Lieu,
    Phrase,
    Voie,
    Volet,
)
from certif_rules.rules.trivalent import Trivalent
from certif_rules.vie.conditions import Besoin, Verdict, all_of, any_of, judge
from certif_rules.vie.declaration import Depot, DevisDit
from certif_rules.vie.montants import share
from certif_rules.vie.pieces import Element, Presence, element, provided, quote

Resultat = Literal["complet", "incomplet", "a_confirmer"]
#: What holds on a condition (``si``).
_Conditionne = (
    Volet
    | Voie
    | Interrogation
    | EnSuspens
    | Lieu
    | Financement
    | ConditionFinancement
    | Phrase
    | Intervention
)
_Regle = TypeVar("_Regle", bound=_Conditionne)


class Payeur(Struct, frozen=True, kw_only=True):
    """A funding concerns, or may concern, this request: each condition, then whether it is due."""

    financement: Financement
    concerne: Trivalent
    conditions: tuple[tuple[ConditionFinancement, Trivalent], ...]
    accorde: Trivalent


class DevisEtudie(Struct, frozen=True, kw_only=True):
    """A quote is studied: how it answers what is wanted, in cents what the funding pays and what is left.

    Both amounts are ``None`` unless the quote gives its own and a funding is due for sure.
    """

    devis: DevisDit
    auditeur: Auditeur
    presence: Presence | None
    part: Fraction | None
    reste: Fraction | None


class ChoixAuditeur(Struct, frozen=True, kw_only=True):
    """This says who chooses the firm, and which: ``dit`` in the file, or ``lu`` on the only signed quote."""

    par: tuple[tuple[Intervention, Trivalent], ...]
    auditeur: Auditeur | None
    origine: Literal["dit", "lu"] | None
    a_demander: bool


class LieuEtudie(Struct, frozen=True, kw_only=True):
    """The place of the audit is studied: what each sentence makes of it, what was decided, and why."""

    lieu: Lieu
    concerne: Trivalent
    phrases: tuple[tuple[Phrase, Trivalent], ...]
    mode: str | None
    motif: str | None


class Etude(Struct, frozen=True, kw_only=True):
    """A study holds everything that is known of one application file."""

    depot: Depot
    resultat: Resultat
    volets: tuple[tuple[Volet, Trivalent], ...]
    voies: tuple[tuple[Voie, Trivalent], ...]
    questions: tuple[tuple[Interrogation, str | None], ...]
    elements: tuple[Element, ...]
    payeurs: tuple[Payeur, ...]
    devis: tuple[DevisEtudie, ...]
    choix: ChoixAuditeur
    lieux: tuple[LieuEtudie, ...]
    interventions: tuple[tuple[Intervention, Trivalent], ...]
    points: tuple[EnSuspens, ...]
    manques: tuple[Besoin, ...]
    avertissements: tuple[Avertissement, ...]


def study(
    candidature: Candidature, instances: Instances, depot: Depot, types: Mapping[str, str] | None = None
) -> Etude:
    """Study the file ``depot`` by the rules of a label; ``types`` are titles of its audit types."""
    return _Study(candidature, instances, depot, types or {}).run()


class _Study:
    def __init__(
        self, candidature: Candidature, instances: Instances, depot: Depot, types: Mapping[str, str]
    ) -> None:
        self.types = types
        self.candidature = candidature
        self.instances = instances
        self.depot = depot
        self.fournies = provided(candidature, depot)

    def run(self) -> Etude:
        volets = [(volet, self._judge(volet)) for volet in self.candidature.volets.values()]
        possible = [(volet, verdict) for volet, verdict in volets if verdict.valeur is not False]
        elements = tuple(self._elements(possible))
        payeurs = tuple(self._payers())
        lieux = tuple(self._places())
        questions = tuple(self._questions())
        return Etude(
            depot=self.depot,
            resultat=_result(possible, elements),
            volets=tuple((volet, verdict.valeur) for volet, verdict in possible),
            voies=tuple(self._possible(self.candidature.voies.values())),
            questions=questions,
            elements=elements,
            payeurs=payeurs,
            devis=tuple(self._quotes(elements, payeurs)),
            choix=self._choice(),
            lieux=lieux,
            interventions=tuple(self._possible(self.instances.interventions)),
            points=tuple(point for point, _ in self._possible(self.candidature.points.values())),
            manques=tuple(dict.fromkeys(m for _, v in volets for m in v.manques)),
            avertissements=tuple(self._warnings()),
        )

    def _judge(self, rule: _Conditionne) -> Verdict:
        return judge(rule.si, self.candidature, self.depot, self.fournies)

    def _possible(self, rules: Iterable[_Regle]) -> Iterator[tuple[_Regle, Trivalent]]:
        """Yield the rules that hold or may, and whether they do for sure."""
        judged = ((rule, self._judge(rule).valeur) for rule in rules)
        return ((rule, valeur) for rule, valeur in judged if valeur is not False)

    def _elements(self, volets: list[tuple[Volet, Verdict]]) -> Iterator[Element]:
        """Yield the documents of the files that it is or may be, each once, in the order of the label."""
        for piece in self.candidature.pieces.values():
            asked = [verdict for volet, verdict in volets if piece.id in volet.pieces]
            if asked:
                own = judge(piece.si, self.candidature, self.depot)
                studied = element(piece, all_of([any_of(asked), own]), self.candidature, self.depot)
                if studied is not None:
                    yield studied

    def _questions(self) -> Iterator[tuple[Interrogation, str | None]]:
        for question, _ in self._possible(self.candidature.questions.values()):
            yield question, self.depot.nom if question.champ else self.depot.reponses.get(question.id)

    def _payers(self) -> Iterator[Payeur]:
        for rule in self.candidature.financements.values():
            concerned = self._judge(rule)
            if concerned.valeur is False:
                continue
            conditions = tuple((c, self._judge(c)) for c in rule.conditions)
            unknown = Verdict(None) if rule.inconnu else Verdict(True)
            yield Payeur(
                financement=rule,
                concerne=concerned.valeur,
                conditions=tuple((c, v.valeur) for c, v in conditions),
                accorde=all_of([concerned, unknown, *(v for _, v in conditions)]).valeur,
            )

    def _quotes(self, elements: tuple[Element, ...], payeurs: tuple[Payeur, ...]) -> Iterator[DevisEtudie]:
        """Yield each quote; shares add up only when every funding that may concern the request is decided."""
        wanted = [e.piece.devis for e in elements if e.piece.devis is not None]
        decided = bool(payeurs) and all(p.accorde is not None for p in payeurs)
        rate = sum((p.financement.taux or Fraction(0) for p in payeurs if p.accorde), Fraction(0))
        for devis in self.depot.devis or ():
            part = share(devis.montant, rate) if devis.montant is not None and decided else None
            yield DevisEtudie(
                devis=devis,
                auditeur=self.candidature.auditeurs[devis.auditeur],
                presence=quote(wanted[0], devis, self.candidature, self.depot) if len(wanted) == 1 else None,
                part=part,
                reste=None if part is None or devis.montant is None else devis.montant - part,
            )

    def _choice(self) -> ChoixAuditeur:
        own = [i for i in self.instances.interventions if i.role == "choisit"]
        par = tuple(self._possible(own))
        mine = any(v is not False and self._is_applicant(i) for i, v in par)
        chosen = self.depot.auditeur
        origine: Literal["dit", "lu"] | None = "dit" if chosen else None
        if chosen is None and mine and all(v is True for i, v in par if self._is_applicant(i)):
            signed = {devis.auditeur for devis in self.depot.devis or () if devis.signe}
            if len(signed) == 1:
                (chosen,) = signed
                origine = "lu"
        return ChoixAuditeur(
            par=par,
            auditeur=self.candidature.auditeurs[chosen] if chosen else None,
            origine=origine,
            a_demander=chosen is None and mine,
        )

    def _is_applicant(self, intervention: Intervention) -> bool:
        return intervention.acteur is not None and self.instances.acteurs[intervention.acteur].candidat

    def _places(self) -> Iterator[LieuEtudie]:
        for lieu, concerned in self._possible(self.candidature.lieux.values()):
            yield LieuEtudie(
                lieu=lieu,
                concerne=concerned,
                phrases=tuple((phrase, self._judge(phrase).valeur) for phrase in lieu.phrases),
                mode=self.depot.mode,
                motif=self.depot.motif_mode,
            )

    def _titre(self, code: str) -> str:
        return self.types.get(code, code)

    def _warnings(self) -> Iterator[Avertissement]:
        for question in self.candidature.questions.values():
            for choix in question.choix:
                answered = self.depot.reponses.get(question.id) == choix.id
                if answered and choix.mene_a and self.depot.type and self.depot.type not in choix.mene_a:
                    leads = " ou ".join(f"« {self._titre(code)} »" for code in choix.mene_a)
                    message = (
                        f"« {question.texte} » : « {choix.titre} » mène à {leads}, "
                        f"le type demandé est « {self._titre(self.depot.type)} »"
                    )
                    yield Avertissement("voie_inattendue", message, choix.sources)
        chosen = self.depot.auditeur
        signed = {devis.auditeur for devis in self.depot.devis or () if devis.signe}
        if chosen and signed and chosen not in signed:
            nom = self.candidature.auditeurs[chosen].nom
            message = f"l’auditeur choisi ({nom}) n’est celui d’aucun devis signé"
            yield Avertissement("auditeur_sans_devis", message, self.candidature.auditeurs[chosen].sources)


def _result(volets: list[tuple[Volet, Verdict]], elements: tuple[Element, ...]) -> Resultat:
    """Return what the documents make of the file: one that is missing for sure is enough to say so."""
    if any(e.bloque is True for e in elements):
        return "incomplet"
    sure = [volet for volet, verdict in volets if verdict.valeur is True]
    open_ = len(sure) != len(volets) or not sure or any(volet.inconnu for volet in sure)
    return "a_confirmer" if open_ or any(e.bloque is None for e in elements) else "complet"
