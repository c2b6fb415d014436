"""What an audit report says, from a checklist, its findings and what they conclude; nothing is laid out.

What was not given stands in ``manques``: a report shows it as a gap and never fills it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from certif_rules.compte_rendu import DecisionPrise
from certif_rules.conclusion import Bilan, Conclusion, Echeance
from certif_rules.constats import PLAN_ACCEPTE, PLAN_RECU, Releve, by_line, gaps
from certif_rules.model import Critere
from certif_rules.resultat import Checklist, Etat, Ligne

#: What follows a gap, in the order of its sheet, and what each is called.
SUIVI: Mapping[str, str] = {
    "enonce": "énoncé",
    "causes": "causes",
    "correction": "correction",
    "action_corrective": "action corrective",
    "preuve": "preuve",
    PLAN_RECU: "plan reçu le",
    PLAN_ACCEPTE: "plan accepté le",
}


@dataclass(frozen=True, slots=True)
class LigneVue:
    """A line and its finding; ``None`` while nobody recorded any."""

    ligne: Ligne
    releve: Releve | None

    @property
    def constat(self) -> str | None:
        """The finding recorded, or ``None``."""
        return self.releve.constat if self.releve is not None and self.releve.porte else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A criterion: its lines that were to see or were seen, and counts over all its lines.

    ``constats`` counts the lines by finding recorded, in the référentiel's order, none left out;
    ``etats`` by state; ``sans_constat`` the lines due without any.
    """

    critere: Critere | None
    lignes: tuple[LigneVue, ...]
    constats: Mapping[str, int]
    etats: Mapping[Etat, int]
    sans_constat: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ecart:
    """A gap: its line, its finding, and the dates it opens (``None``: none known, or lifted)."""

    ligne: Ligne
    releve: Releve
    echeance: Echeance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstatVerifie:
    """An earlier gap and what this audit found of its line."""

    ligne: Ligne
    constat: str
    ouvert: bool
    vue: LigneVue


@dataclass(frozen=True, slots=True)
class Manque:
    """Something a complete report has, and that was not given."""

    rubrique: str
    texte: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rapport:
    """A report. ``verifies`` is ``None`` when the earlier findings are not known, empty when there were none.

    ``non_applicables`` are the lines found, or left, out of scope; ``non_dues`` those this audit leaves
    aside; ``ouvertes`` those to confirm that nobody settled.
    """

    bilan: Bilan
    sections: tuple[Section, ...]
    ecarts: tuple[Ecart, ...]
    verifies: tuple[ConstatVerifie, ...] | None
    non_applicables: tuple[LigneVue, ...]
    non_dues: tuple[LigneVue, ...]
    ouvertes: tuple[LigneVue, ...]
    manques: tuple[Manque, ...]

    @property
    def checklist(self) -> Checklist:
        """The checklist that the findings answer."""
        return self.bilan.checklist


def make_report(bilan: Bilan) -> Rapport:
    """The report of findings already checked: a pure function."""
    checklist = bilan.checklist
    releves = by_line(bilan.dossier)
    vues = tuple(LigneVue(ligne, releves.get(ligne.indicateur.id)) for ligne in checklist.lignes)
    ecarts = tuple(_gaps(bilan, vues))
    verifies = _verified(checklist, vues)
    return Rapport(
        bilan=bilan,
        sections=tuple(_sections(checklist, vues)),
        ecarts=ecarts,
        verifies=verifies,
        non_applicables=tuple(vue for vue in vues if _out(checklist, vue)),
        non_dues=tuple(vue for vue in vues if vue.ligne.etat == "non_audite" and vue.constat is None),
        ouvertes=tuple(vue for vue in vues if vue.ligne.etat == "a_confirmer" and vue.constat is None),
        manques=tuple(_missing(bilan, vues, ecarts)),
    )


# ---- lines ----------------------------------------------------------------------------------------------


def _out(checklist: Checklist, vue: LigneVue) -> bool:
    """Whether the line does not apply: for the engine, unless the auditor reversed it, or for the auditor."""
    if vue.constat is None:
        return vue.ligne.etat == "non_applicable"
    return checklist.referentiel.constats[vue.constat].hors_portee


def _sections(checklist: Checklist, vues: tuple[LigneVue, ...]) -> Iterator[Section]:
    by_id = {vue.ligne.indicateur.id: vue for vue in vues}
    # Lines without a known criterion come last, whatever line comes first.
    for critere, lignes in sorted(checklist.groupes, key=lambda groupe: groupe[0] is None):
        group = [by_id[ligne.indicateur.id] for ligne in lignes]
        found = Counter(vue.constat for vue in group if vue.constat is not None)
        states = Counter(vue.ligne.etat for vue in group)
        yield Section(
            critere=critere,
            lignes=tuple(vue for vue in group if _to_show(checklist, vue)),
            constats={constat: found[constat] for constat in checklist.referentiel.constats},
            etats={etat: states[etat] for etat in checklist.compteurs},
            sans_constat=sum(vue.ligne.etat == "a_auditer" and vue.constat is None for vue in group),
        )


def _to_show(checklist: Checklist, vue: LigneVue) -> bool:
    due = vue.ligne.etat in ("a_auditer", "a_confirmer")
    return due or (vue.constat is not None and not _out(checklist, vue))


def _gaps(bilan: Bilan, vues: tuple[LigneVue, ...]) -> Iterator[Ecart]:
    referentiel = bilan.checklist.referentiel
    dated = {e.ligne.indicateur.id: e for e in bilan.echeances if e.ligne is not None}
    for vue in vues:
        if vue.constat is None or vue.releve is None:
            continue
        if vue.constat in gaps(referentiel, vue.ligne.indicateur.origine) or vue.releve.ecart:
            yield Ecart(ligne=vue.ligne, releve=vue.releve, echeance=dated.get(vue.ligne.indicateur.id))


def _verified(checklist: Checklist, vues: tuple[LigneVue, ...]) -> tuple[ConstatVerifie, ...] | None:
    precedent = checklist.contexte.precedent
    if precedent is None or precedent.constats is None:
        return None
    referentiel = checklist.referentiel
    found = []
    for vue in vues:
        earlier = precedent.constats.get(vue.ligne.indicateur.id)
        if earlier is not None and earlier.constat in gaps(referentiel, vue.ligne.indicateur.origine):
            found.append(
                ConstatVerifie(ligne=vue.ligne, constat=earlier.constat, ouvert=earlier.ouvert, vue=vue)
            )
    return tuple(found)


def other_than_called_for(bilan: Bilan, decision: DecisionPrise) -> Conclusion | None:
    """The conclusion that a decision departs from; ``None`` where they agree or cannot be compared.

    Only a decision written as a code of the référentiel is compared, with a conclusion that is settled.
    """
    for conclusion in bilan.conclusions:
        jugement = bilan.checklist.referentiel.jugements.get(conclusion.objet)
        if jugement is None or conclusion.decision is None or decision.objet not in (None, conclusion.objet):
            continue
        codes = {declared.code for declared in jugement.decisions}
        if decision.decision in codes and decision.decision != conclusion.decision:
            return conclusion
    return None


# ---- what is missing ------------------------------------------------------------------------------------

#: Parts that a complete report has, by key, and what each is called. Good practices are optional.
_PARTIES: Mapping[str, str] = {
    "objectifs": "objectifs de l’audit",
    "seances": "séances : jours, lieux, mode",
    "personnes": "personnes par rôle",
    "echantillons": "échantillons examinés",
    "zones_non_couvertes": "zones non couvertes",
    "ecarts_au_plan": "écarts au plan d’audit",
    "desaccords": "désaccords non levés",
    "diffusion": "diffusion du rapport",
    "confidentialite": "confidentialité",
    "suites": "suites et prochaines dates",
}


def _missing(bilan: Bilan, vues: tuple[LigneVue, ...], ecarts: tuple[Ecart, ...]) -> Iterator[Manque]:
    checklist, compte_rendu = bilan.checklist, bilan.dossier.compte_rendu
    contexte = checklist.contexte
    for given, name in (
        (contexte.organisme.nom, "nom de l’organisme"),
        (contexte.organisme.sites, "sites de l’organisme"),
        (contexte.mode, "mode de l’audit : sur site, à distance"),
    ):
        if not given:
            yield Manque("Champ", name)
    for cle, name in _PARTIES.items():
        if getattr(compte_rendu, cle) is None:
            yield Manque("Rapport", name)
    yield from _missing_earlier(bilan)
    yield from _missing_lines(bilan, vues)
    if bilan.dossier.notifie_le is None and ecarts:
        yield Manque("Écarts", "jour où les écarts ont été notifiés")
    yield from _missing_follow_up(ecarts)
    yield from _missing_acts(bilan)


def _missing_follow_up(ecarts: tuple[Ecart, ...]) -> Iterator[Manque]:
    """What follows each gap and was not given, the gaps that lack the same put together."""
    lacking: dict[tuple[str, ...], list[str]] = {}
    for ecart in ecarts:
        given = {cle for cle, texte in ecart.releve.ecart.items() if texte.strip()}
        if ecart.releve.commentaire:
            given.add("enonce")
        names = tuple(name for cle, name in SUIVI.items() if cle not in given)
        lacking.setdefault(names, []).append(ecart.ligne.indicateur.numero)
    for names, numeros in lacking.items():
        if names:
            lines = f"{'ligne' if len(numeros) == 1 else 'lignes'} {', '.join(numeros)}"
            yield Manque("Écarts", f"{lines} : {', '.join(names)}")


def _missing_earlier(bilan: Bilan) -> Iterator[Manque]:
    """The earlier audit, where this type of audit may have one, and what changed since."""
    checklist, compte_rendu = bilan.checklist, bilan.dossier.compte_rendu
    contexte = checklist.contexte
    type_audit = checklist.referentiel.types_audit[contexte.type_audit]
    if contexte.precedent is None:
        asked = any(m.code == "precedent_inconnu" for ligne in checklist.lignes for m in ligne.motifs)
        if asked or type_audit.precedents:
            yield Manque("Audit précédent", "audit précédent et ses constats")
        return
    if contexte.precedent.constats is None:
        yield Manque("Audit précédent", "constats de l’audit précédent")
    if compte_rendu.changements is None:
        yield Manque("Rapport", "changements depuis l’audit précédent")


def _missing_lines(bilan: Bilan, vues: tuple[LigneVue, ...]) -> Iterator[Manque]:
    def numbers(found: list[LigneVue]) -> str:
        return ", ".join(vue.ligne.indicateur.numero for vue in found)

    due = [vue for vue in vues if vue.ligne.etat == "a_auditer" and vue.constat is None]
    unsettled = [vue for vue in vues if vue.ligne.etat == "a_confirmer" and vue.constat is None]
    bare = [vue for vue in vues if vue.constat and not _out(bilan.checklist, vue) and not _evidence(vue)]
    for found, words in (
        (due, "lignes à évaluer"),
        (unsettled, "lignes à confirmer, sans constat"),
        (bare, "constats sans preuve notée"),
    ):
        if found:
            yield Manque("Constats", f"{words} : {numbers(found)}")


def _evidence(vue: LigneVue) -> bool:
    releve = vue.releve
    return releve is not None and bool(releve.preuves_vues or any(vu.preuves_vues for vu in releve.par_site))


def _missing_acts(bilan: Bilan) -> Iterator[Manque]:
    evaluation = bilan.dossier.compte_rendu.evaluation
    decisions = bilan.dossier.compte_rendu.decision
    if evaluation is None:
        yield Manque("Évaluation", "par qui, quel jour, ce qui est recommandé")
    else:
        said = {
            "par qui": evaluation.par,
            "quel jour": evaluation.le,
            "ce qui est recommandé": evaluation.recommandation,
        }
        names = [name for name, value in said.items() if not value]
        if names:
            yield Manque("Évaluation", ", ".join(names))
    if not decisions:
        yield Manque("Décision", "par qui, quel jour, ce qui est décidé")
    for decision in decisions or ():
        if other_than_called_for(bilan, decision) and not decision.motif:
            yield Manque("Décision", "motif d’une décision que les constats n’appellent pas")
        said = {"par qui": decision.par, "quel jour": decision.le, "ce qui est décidé": decision.decision}
        names = [name for name, value in said.items() if not value]
        if names:
            yield Manque("Décision", ", ".join(names))
