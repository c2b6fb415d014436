"""What an audit report says, from a checklist, its findings and what they conclude; nothing is laid out.

What was not given stands in ``manques``: a report shows it as a gap and never fills it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from certif_rules.audit.aggravation import counted, worst
from certif_rules.audit.checklist import (
    NON_SATISFAITE,
    SATISFAITE,
    Checklist,
    Ligne,
    point_key,
    point_numbers,
)
from certif_rules.audit.conclusion import Bilan
from certif_rules.audit.constats import Releve, by_line, by_point
from certif_rules.audit.contenu import (
    Chapitre,
    ConstatVerifie,
    Ecart,
    LigneVue,
    PointVu,
    Rapport,
    VerificationPrecedente,
)
from certif_rules.audit.deduction import ConstatDeduit, deduced, heading
from certif_rules.audit.manques import missing
from certif_rules.audit.sites import gaps
from certif_rules.rules.contexte import VERIFICATION


def make_report(bilan: Bilan) -> Rapport:
    """Return the report of findings already checked: a pure function."""
    checklist = bilan.checklist
    releves = by_line(bilan.dossier)
    deduits = deduced(checklist, bilan.dossier)
    vues = tuple(_seen(checklist, ligne, releves, deduits) for ligne in checklist.lignes)
    numbers, results = point_numbers(checklist), by_point(bilan.dossier)
    points = tuple(PointVu(numbers[point_key(p)], p, results.get(p.id)) for p in checklist.verifications)
    ecarts = (*_gaps(bilan, vues), *_failed(bilan, points))
    verifies = _verified(checklist, vues)
    return Rapport(
        bilan=bilan,
        sections=tuple(_sections(checklist, vues)),
        points=points,
        ecarts=ecarts,
        verifies=verifies,
        verifications_precedentes=tuple(_failed_before(checklist, points)),
        non_applicables=tuple(vue for vue in vues if vue.out_of_scope(checklist)),
        non_dues=tuple(vue for vue in vues if vue.ligne.etat == "non_audite" and vue.constat is None),
        ouvertes=tuple(vue for vue in vues if vue.ligne.etat == "a_confirmer" and vue.constat is None),
        manques=tuple(missing(bilan, vues, points, ecarts)),
    )


def gravest_first(rapport: Rapport) -> tuple[Ecart, ...]:
    """Return the gaps of a report, the gravest first, then what is due first, then in the order of lines.

    A gap that certainly counts as another is as grave as that one; one that was lifted comes last.
    """
    referentiel = rapport.checklist.referentiel
    grave = worst(referentiel.jugements.values())

    def rank(ecart: Ecart) -> tuple[bool, bool, Fraction, date]:
        compte = ecart.compte
        constat = compte.possibles[0] if compte is not None and compte.certaine else ecart.constat
        declared = referentiel.constats.get(constat or "")
        level = declared.valeur if declared is not None else None
        due = [day for day in (ecart.echeance.dates.values() if ecart.echeance else ()) if day is not None]
        return (
            not ecart.releve.ouvert,
            constat not in grave,
            Fraction(level or 0),
            min(due, default=date.max),
        )

    return tuple(sorted(rapport.ecarts, key=rank))


# ---- lines ----------------------------------------------------------------------------------------------


def _seen(
    checklist: Checklist, ligne: Ligne, releves: Mapping[str, Releve], deduits: Mapping[str, ConstatDeduit]
) -> LigneVue:
    releve = releves.get(ligne.indicateur.id)
    deduit = deduits.get(ligne.indicateur.id)
    deduit = deduit if deduit is not None and deduit.parts else None
    if releve is None or not releve.ouvert:
        return LigneVue(ligne, releve, None, deduit)
    contexte, referentiel = checklist.contexte, checklist.referentiel
    code = checklist.type_audit.code
    jugement = referentiel.jugements.get(ligne.indicateur.origine)
    compte = counted(jugement, code, contexte.precedent, ligne.indicateur.id, releve.constat)
    return LigneVue(ligne, releve, compte if compte.regle is not None else None, deduit)


def _sections(checklist: Checklist, vues: tuple[LigneVue, ...]) -> Iterator[Chapitre]:
    by_id = {vue.ligne.indicateur.id: vue for vue in vues}
    # Lines without a known criterion come last, whatever line comes first.
    for critere, lignes in sorted(checklist.groupes, key=lambda groupe: groupe[0] is None):
        group = [by_id[ligne.indicateur.id] for ligne in lignes]
        effectifs = Counter(heading(vue.constat) for vue in group if vue.constat is not None)
        states = Counter(vue.ligne.etat for vue in group)
        yield Chapitre(
            critere=critere,
            lignes=tuple(vue for vue in group if _to_show(checklist, vue)),
            constats={heading(c): effectifs[heading(c)] for c in checklist.referentiel.constats},
            etats={etat: states[etat] for etat in checklist.compteurs},
            sans_constat=sum(vue.ligne.etat == "a_auditer" and vue.constat is None for vue in group),
        )


def _to_show(checklist: Checklist, vue: LigneVue) -> bool:
    due = vue.ligne.etat in ("a_auditer", "a_confirmer")
    return due or (vue.constat is not None and not vue.out_of_scope(checklist))


def _gaps(bilan: Bilan, vues: tuple[LigneVue, ...]) -> Iterator[Ecart]:
    referentiel = bilan.checklist.referentiel
    dated = {e.ligne.indicateur.id: e for e in bilan.echeances if e.ligne is not None}
    for vue in vues:
        if vue.constat is None or vue.releve is None:
            continue
        if vue.constat in gaps(referentiel, vue.ligne.indicateur.origine) or vue.releve.ecart:
            yield Ecart(
                numero=vue.ligne.indicateur.numero,
                constat=vue.constat,
                releve=vue.releve,
                echeance=dated.get(vue.ligne.indicateur.id),
                ligne=vue.ligne,
                compte=vue.compte,
                deduit=vue.deduit,
            )


def _failed(bilan: Bilan, points: tuple[PointVu, ...]) -> Iterator[Ecart]:
    """Yield the checks that fail: each is a gap, whatever it counts as."""
    dated = {e.point.id: e for e in bilan.echeances if e.point is not None}
    for vu in points:
        if vu.releve is not None and vu.resultat == NON_SATISFAITE:
            yield Ecart(
                numero=vu.numero,
                constat=vu.constat,
                releve=vu.releve,
                echeance=dated.get(vu.point.id),
                point=vu.point,
            )


def _failed_before(checklist: Checklist, points: tuple[PointVu, ...]) -> Iterator[VerificationPrecedente]:
    """Yield the checks that failed at the earlier audit, with what this one found of each."""
    precedent = checklist.contexte.precedent
    types = checklist.referentiel.types_audit.values()
    # That of the earlier audit last: where types say a check in their own words, its words win.
    ordered = sorted(types, key=lambda t: precedent is not None and t.code == precedent.type)
    known = {controle.id: controle for t in ordered for controle in t.verifications}
    seen = {vu.point.id: vu for vu in points}
    for nom, check in ((precedent.verifications if precedent else None) or {}).items():
        if check.constat != SATISFAITE:
            controle = known[nom]
            yield VerificationPrecedente(
                cle=f"{VERIFICATION}{nom}",
                texte=controle.texte,
                sources=controle.regle.sources,
                ouverte=check.ouvert,
                vue=seen.get(nom),
            )


def _verified(checklist: Checklist, vues: tuple[LigneVue, ...]) -> tuple[ConstatVerifie, ...] | None:
    precedent = checklist.contexte.precedent
    if precedent is None or precedent.constats is None:
        return None
    referentiel = checklist.referentiel
    verified = []
    for vue in vues:
        earlier = precedent.constats.get(vue.ligne.indicateur.id)
        if earlier is not None and earlier.constat in gaps(referentiel, vue.ligne.indicateur.origine):
            verified.append(
                ConstatVerifie(ligne=vue.ligne, constat=earlier.constat, ouvert=earlier.ouvert, vue=vue)
            )
    return tuple(verified)
