"""What a finding entails, said as it is recorded: what it must say, counts as, opens, and makes of the audit.

Nothing is decided here: each consequence is one of the engine's, with its source, and what nobody knows is
said unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.aggravation import Compte, counted
from certif_rules.audit.checklist import Ligne, Point
from certif_rules.audit.conclusion import Conclusion
from certif_rules.audit.constats import Releve
from certif_rules.audit.echeances import delays_of
from certif_rules.audit.recevabilite import check_finding, lacks_text, must_explain, needs_comment
from certif_rules.audit.sites import NOTIFICATION
from certif_rules.errors import Issue
from certif_rules.francais import count
from certif_rules.model.jugement import Delai, Jugement
from certif_rules.plugins.registry import Registry
from certif_rules.rules.delais import dates
from certif_rules.services.espace import AuditEnCours, concluded


class Consequence(Struct, frozen=True, kw_only=True):
    """A consequence is one thing that a finding entails, in a sentence; not ``certaine``, it is unknown."""

    code: str
    texte: str
    certaine: bool = True
    sources: tuple[str, ...] = ()


class SeuilApproche(Struct, frozen=True, kw_only=True):
    """A threshold is what findings add up to: where a measure was and is, and what reaching it adds to."""

    titre: str
    avant: Fraction
    apres: Fraction
    seuil: Fraction
    dans: str
    sources: tuple[str, ...]

    @property
    def reste(self) -> Fraction:
        """Return how much is left before the threshold; nothing once it is reached."""
        return max(self.seuil - self.apres, Fraction(0))


class DelaiOuvert(Struct, frozen=True, kw_only=True):
    """A delay is a date that a finding opens, counted as ``compte``; no ``jour`` while nobody knows it."""

    compte: str
    titre: str
    delai: Delai
    jour: date | None


class Bascule(Struct, frozen=True, kw_only=True):
    """This is what a référentiel of the stack concludes before and after a finding, and after one more.

    ``encore`` is ``None`` where no other line may have it, or where that would change nothing.
    """

    avant: Conclusion
    apres: Conclusion
    encore: Conclusion | None = None


class Suites(Struct, frozen=True, kw_only=True):
    """This is what a finding of a line, or of a check, entails.

    ``fautes`` are what is impossible or missing in it, by field: where it cannot stand, nothing else is said.
    ``compte`` is what it counts as. ``a_lever`` is the earlier finding that makes it more, as
    « precedent.leves » names it, for who says that this gap is another one.
    """

    ligne: str
    constat: str
    fautes: tuple[Issue, ...]
    compte: Compte
    a_lever: str | None = None
    paliers: tuple[SeuilApproche, ...] = ()
    delais: tuple[DelaiOuvert, ...] = ()
    bascules: tuple[Bascule, ...] = ()
    consequences: tuple[Consequence, ...] = ()


#: What a finding cannot be: with one of these, it is not counted.
_IMPOSSIBLES = frozenset({"constat-non-permis", "annotation-inconnue"})


def entailed(registry: Registry, chantier: AuditEnCours, releve: Releve) -> Suites:
    """Return what a finding entails if it is recorded; the audit is left as it is.

    Args:
        registry: the rules that are installed.
        chantier: the audit under way.
        releve: the finding that is proposed, of one of its lines or of its checks.

    Raises:
        DataError: the data around the audit are wrong; every problem is listed.
    """
    proposition = _Proposition(registry, chantier, releve)
    plain = Suites(
        ligne=releve.ligne,
        constat=releve.constat,
        fautes=tuple(check_finding(chantier.checklist, releve, chantier.dossier.notifie_le)),
        compte=proposition.compte,
    )
    if not releve.porte or proposition.sujet is None or any(f.code in _IMPOSSIBLES for f in plain.fautes):
        return replace(plain, consequences=tuple(proposition.needs()))
    bascules = proposition.bascules()
    suites = replace(
        plain,
        a_lever=proposition.earlier(),
        paliers=tuple(proposition.steps(bascules)),
        delais=tuple(proposition.delays()) if releve.ouvert else (),
        bascules=bascules,
    )
    consequences = (
        *proposition.needs(),
        *proposition.counts(),
        *_of_steps(suites),
        *proposition.of_delays(suites),
        *proposition.of_verdicts(suites),
    )
    return replace(suites, consequences=consequences)


def with_finding(chantier: AuditEnCours, releve: Releve) -> AuditEnCours:
    """Return an audit with this finding in the place of that of its line, or of its check."""
    dossier = chantier.dossier
    checks = {point.id for point in chantier.checklist.verifications}
    name = "verifications" if releve.ligne in checks else "releves"
    others = {one.ligne: one for one in getattr(dossier, name)}
    given = tuple({**others, releve.ligne: releve}.values())
    return replace(chantier, dossier=replace(dossier, **{name: given}))


class _Proposition:
    """A proposal is a finding beside the audit that it would be recorded in."""

    def __init__(self, registry: Registry, chantier: AuditEnCours, releve: Releve) -> None:
        self.registry, self.chantier, self.releve = registry, chantier, releve
        checklist = self.checklist = chantier.checklist
        subjects: Mapping[str, Ligne | Point] = {
            **{ligne.indicateur.id: ligne for ligne in checklist.lignes},
            **{point.id: point for point in checklist.verifications},
        }
        self.sujet = subjects.get(releve.ligne)
        self.compte = self._count(self.sujet, releve)

    @property
    def objet(self) -> str | None:
        """Return the référentiel that it counts for."""
        if isinstance(self.sujet, Point):
            return self.sujet.compte_pour
        return self.sujet.indicateur.origine if self.sujet else None

    @property
    def jugement(self) -> Jugement | None:
        """Return how that référentiel concludes, where it says."""
        return self.checklist.referentiel.jugements.get(self.objet or "")

    def _count(self, sujet: Ligne | Point | None, releve: Releve) -> Compte:
        """Return what a finding counts as."""
        if isinstance(sujet, Ligne) and releve.ouvert:
            jugement = self.checklist.referentiel.jugements.get(sujet.indicateur.origine)
            code, precedent = self.checklist.type_audit.code, self.checklist.contexte.precedent
            return counted(jugement, code, precedent, releve.ligne, releve.constat)
        if isinstance(sujet, Point) and sujet.constat and releve.ouvert:
            return Compte(possibles=(sujet.constat,))
        return Compte(possibles=(releve.constat,))

    def title(self, constat: str) -> str:
        """Return a finding as people read it."""
        declared = self.checklist.referentiel.constats.get(constat)
        return declared.titre if declared else constat.replace("_", " ")

    # ---- what it must say, what it counts as -------------------------------------------------------------

    def needs(self) -> Iterator[Consequence]:
        """Yield what must be written beside it."""
        sujet, constat = self.sujet, self.releve.constat
        if isinstance(sujet, Point):
            if sujet.constat and constat == "non_satisfaite" and must_explain(self.checklist, sujet):
                yield self._statement(sujet.constat)
        elif sujet is not None and needs_comment(self.checklist, sujet, constat):
            yield self._statement(constat)
        constats = self.checklist.referentiel.constats
        unread = isinstance(sujet, Ligne) and lacks_text(sujet) and not (self.releve.appui or "").strip()
        if unread and constat in constats and not constats[constat].hors_portee:
            texte = "aucune source ne donne le texte de la ligne : citer celui sur lequel le constat repose"
            yield Consequence(code="appui", texte=texte)

    def _statement(self, constat: str) -> Consequence:
        declared = self.checklist.referentiel.constats[constat]
        texte = f"« {declared.titre} » demande un énoncé qui en donne la raison"
        return Consequence(code="enonce", texte=texte, sources=declared.sources)

    def counts(self) -> Iterator[Consequence]:
        """Yield what the earlier audit makes of it."""
        regle = self.compte.regle
        if regle is None:
            return
        titre, devient = self.title(self.releve.constat), self.title(regle.devient)
        if not self.compte.certaine:
            earlier = " ou ".join(f"« {self.title(constat)} »" for constat in regle.precedents)
            texte = (
                f"si l’audit précédent a laissé {earlier} sur cette ligne, « {titre} » y compte comme "
                f"« {devient} » : inconnu, ses constats ne sont pas donnés"
            )
            yield Consequence(code="recidive", texte=texte, certaine=False, sources=regle.sources)
            return
        texte = f"« {titre} » compte comme « {devient} » : {regle.motif}"
        yield Consequence(code="recidive", texte=texte, sources=regle.sources)
        yield Consequence(
            code="ecart_different", texte="écart différent : lever l’ancien", sources=regle.sources
        )

    def earlier(self) -> str | None:
        """Return the earlier finding that makes it more, as the request names it."""
        dit = self.chantier.dossier.demande.precedent
        if (
            self.compte.regle is None
            or not self.compte.certaine
            or dit is None
            or not isinstance(self.sujet, Ligne)
        ):
            return None
        names = (self.sujet.indicateur.id, self.sujet.indicateur.numero)
        return next((one.cle for one in dit.constats or () if one.cle in names), None)

    # ---- what it adds up to ------------------------------------------------------------------------------

    def bascules(self) -> tuple[Bascule, ...]:
        """Return what is concluded before and after, and with one more like it."""
        blank = Releve(ligne=self.releve.ligne)
        before = concluded(self.registry, with_finding(self.chantier, blank)).conclusions
        given = with_finding(self.chantier, self.releve)
        after = concluded(self.registry, given).conclusions
        more = self._one_more(given)
        beyond = concluded(self.registry, with_finding(given, more)).conclusions if more else after
        return tuple(
            Bascule(avant=one, apres=two, encore=three if _taken(three) not in (None, _taken(two)) else None)
            for one, two, three in zip(before, after, beyond, strict=True)
            if _taken(one) != _taken(two) or two.objet == self.objet
        )

    def _one_more(self, given: AuditEnCours) -> Releve | None:
        """Return the same finding on another line of the same référentiel that has none yet."""
        constat = self.compte.possibles[0]
        if self.jugement is None or constat not in self._gaps():
            return None
        left = frozenset(given.restent)
        for ligne in self.checklist.lignes:
            key = ligne.indicateur.id
            other = Releve(ligne=key, constat=constat, commentaire="-", appui="-")
            same = ligne.indicateur.origine == self.objet and constat in ligne.constats_permis
            if same and key in left and self._count(ligne, other).possibles == (constat,):
                return other
        return None

    def _gaps(self) -> set[str]:
        """Return the findings that the judgement counts or dates."""
        jugement = self.jugement
        assert jugement is not None
        return {c for mesure in jugement.mesures.values() for c in mesure.compte} | set(jugement.echeances)

    def steps(self, bascules: tuple[Bascule, ...]) -> Iterator[SeuilApproche]:
        """Yield the thresholds of the measures that it moves."""
        bascule = next((p for p in bascules if p.apres.objet == self.objet), None)
        if bascule is None or self.jugement is None:
            return
        for total in self.jugement.mesures.values():
            for terme in total.somme:
                one, two = (side.mesures.get(terme.mesure) for side in (bascule.avant, bascule.apres))
                if terme.seuil is None or not isinstance(one, Fraction) or not isinstance(two, Fraction):
                    continue
                if one != two:
                    titre = self.jugement.mesures[terme.mesure].titre
                    yield SeuilApproche(
                        titre=titre, avant=one, apres=two, seuil=Fraction(terme.seuil), dans=total.titre,
                        sources=total.sources,
                    )  # fmt: skip

    # ---- what it opens -----------------------------------------------------------------------------------

    def delays(self) -> Iterator[DelaiOuvert]:
        """Yield the dates that it opens, by what it may count as."""
        if self.sujet is None:
            return
        notified = self.chantier.dossier.notifie_le
        events = {} if notified is None else {NOTIFICATION: date.fromisoformat(notified)}
        for compte in self.compte.possibles:
            delais = delays_of(self.checklist, self.sujet, compte)
            days = dates(delais, events)
            for nom, delai in delais.items():
                yield DelaiOuvert(compte=compte, titre=delai.titre_ou(nom), delai=delai, jour=days[nom])

    def of_delays(self, suites: Suites) -> Iterator[Consequence]:
        """Yield those dates in words, and that no source gives any where another référentiel does."""
        sure = len(self.compte.possibles) == 1
        names = {one.delai.de: one.titre for one in suites.delais}
        for one in suites.delais:
            as_what = "" if sure else f"compté comme « {self.title(one.compte)} », "
            if one.jour is not None:
                when = f"le {one.jour}"
            else:
                start = "la notification, dont le jour n’est pas donné"
                when = (
                    f"{_length(one.delai)} après {start if one.delai.de == NOTIFICATION else self._date(one)}"
                )
            texte = f"{as_what}{one.titre} : {when}"
            known = sure and one.jour is not None
            yield Consequence(code="echeance", texte=texte, certaine=known, sources=one.delai.sources)
        dated = {c for j in self.checklist.referentiel.jugements.values() for c in j.echeances}
        if self.releve.ouvert and not names and dated.intersection(self.compte.possibles):
            texte = "aucune source ne donne le délai pour corriger"
            yield Consequence(code="delai_absent", texte=texte, certaine=False)

    def of_verdicts(self, suites: Suites) -> Iterator[Consequence]:
        """Yield what is concluded of a gap, or changed by a finding, and what one more would make of it."""
        gap = self.jugement is not None and not self._gaps().isdisjoint(self.compte.possibles)
        for one in suites.bascules:
            if not gap and _taken(one.avant) == _taken(one.apres):
                continue
            name = self.checklist.referentiel.nom_de(one.apres.objet)
            before = "" if one.avant.texte == one.apres.texte else f" (avant : {one.avant.texte})"
            yield Consequence(
                code="conclusion",
                texte=f"{name} : {one.apres.texte}{before}",
                certaine=_taken(one.apres) is not None,
                sources=_cited(one.apres),
            )
            if one.encore is not None:
                texte = f"{name} : un autre constat semblable, et ce serait « {one.encore.texte} »"
                yield Consequence(code="encore", texte=texte, sources=_cited(one.encore))

    def _date(self, one: DelaiOuvert) -> str:
        """Return what a date that is counted from another of the same finding starts from."""
        assert self.sujet is not None
        start = delays_of(self.checklist, self.sujet, one.compte).get(one.delai.de)
        return f"« {start.titre_ou(one.delai.de)} »" if start else one.delai.de.replace("_", " ")


def _length(delai: Delai) -> str:
    """Return how long a delay is."""
    parts = [f"{delai.mois} mois"] if delai.mois else []
    parts += [count(delai.jours, "jour")] if delai.jours else []
    return " et ".join(parts) or "le jour même"


def _taken(conclusion: Conclusion) -> tuple[str | None, bool | None] | None:
    """Return what is decided; ``None`` while several decisions are possible."""
    settled = conclusion.decision is not None or conclusion.delivrable is not None
    return (conclusion.decision, conclusion.delivrable) if settled else None


def _cited(conclusion: Conclusion) -> tuple[str, ...]:
    """Return the sources of what a conclusion decides."""
    cited = (s for motif in conclusion.motifs if motif.code == "decision" for s in motif.sources)
    return tuple(dict.fromkeys(cited))


def _of_steps(suites: Suites) -> Iterator[Consequence]:
    """Yield the thresholds in words."""
    for one in suites.paliers:
        texte = f"{one.titre} : {one.apres}, et {one.avant} avant ; "
        if one.avant < one.seuil <= one.apres:
            texte += f"le seuil de {one.seuil} est atteint : {one.dans}"
        elif one.reste == 0:
            texte += f"le seuil de {one.seuil} était déjà atteint : {one.dans}"
        else:
            texte += f"encore {one.reste} avant le seuil de {one.seuil} : {one.dans}"
        yield Consequence(code="palier", texte=texte, sources=one.sources)
