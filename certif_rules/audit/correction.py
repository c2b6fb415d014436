"""Findings carried to the corrected context of their audit: nothing is dropped, what no longer holds is told.

A fact turns out otherwise while the audit is held: lines enter, leave or change. A finding that its line
still allows stays there; any other stands in ``a_revoir``, whole, with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.audit.constats import A_EVALUER, ARevoir, Dossier, Releve, by_line
from certif_rules.audit.recevabilite import check_findings
from certif_rules.model.base import Avertissement
from certif_rules.rules.motifs import ETATS, Etat

Sens = Literal["entree", "sortie", "changee"]
#: The states of the lines that an audit looks at.
DUS: tuple[Etat, ...] = ETATS[:2]


class Mouvement(Struct, frozen=True, kw_only=True):
    """A movement tells a line in, out or changed: its state before and after (``None``: no line), and why.

    ``constat`` is the finding that it had, ``a_revoir`` why that one is to be looked at again, if it is.
    """

    id: str
    numero: str
    sens: Sens
    avant: Etat | None
    apres: Etat | None
    motifs: tuple[str, ...]
    constat: str | None = None
    a_revoir: str | None = None


class Correction(Struct, frozen=True, kw_only=True):
    """A correction gives the checklist of the corrected context, its findings, and each line that differs.

    ``avertissements`` are about the file that was read.
    """

    checklist: Checklist
    dossier: Dossier
    changements: tuple[Mouvement, ...]
    avertissements: tuple[Avertissement, ...] = ()


def correct(avant: Checklist, apres: Checklist, dossier: Dossier) -> Correction:
    """Return the findings of ``avant`` carried to ``apres``: a pure function.

    Args:
        avant: the checklist that the findings were made with.
        apres: that of the corrected context.
        dossier: the findings, by id of line, with the request of ``apres``.
    """
    lines = {ligne.indicateur.id: ligne for ligne in avant.lignes}
    releves = by_line(dossier)
    again = [*dossier.a_revoir]
    carried: list[Releve] = []
    changements: list[Mouvement] = []
    for ligne in apres.lignes:
        key = ligne.indicateur.id
        before, releve = lines.pop(key, None), releves.get(key)
        reason = _reason(apres, before, ligne, releve, dossier) if releve else None
        if releve and reason:
            again.append(ARevoir(raison=reason, releve=releve))
        if releve is not None and reason and ligne.etat in DUS:
            carried.append(replace(releve.sans_levee(), constat=A_EVALUER))
        elif releve is not None and not reason and (_filled(releve) or ligne.etat in DUS):
            carried.append(releve)
        elif releve is None and ligne.etat == "a_auditer":
            carried.append(Releve(ligne=key))
        changements += _change(before, ligne, releve, reason)
    for key, before in lines.items():  # lines that the corrected rules do not have
        releve = releves.get(key)
        reason = "la ligne n’existe plus dans ces règles" if releve and _filled(releve) else None
        if releve and reason:
            again.append(ARevoir(raison=reason, releve=releve))
        changements += _change(before, None, releve, reason)
    checks = {point.id for point in apres.verifications}
    gone = [r for r in dossier.verifications if r.ligne not in checks and _filled(r)]
    again += [
        ARevoir(raison="cet audit ne fait plus cette vérification", releve=r, verification=True) for r in gone
    ]
    moved = replace(
        dossier,
        releves=tuple(carried),
        verifications=tuple(r for r in dossier.verifications if r.ligne in checks),
        a_revoir=tuple(again),
    )
    return Correction(checklist=apres, dossier=moved, changements=tuple(changements))


def _filled(releve: Releve) -> bool:
    return releve != Releve(ligne=releve.ligne)


def _reason(
    apres: Checklist, before: Ligne | None, ligne: Ligne, releve: Releve, dossier: Dossier
) -> str | None:
    """Return why a finding is to be looked at again; ``None`` where its line still allows it."""
    if not releve.somewhere:
        return None
    declared = apres.referentiel.constats.get(releve.constat)
    out_of_scope = declared is not None and declared.hors_portee
    was_due = before is not None and before.etat in DUS
    if ligne.etat not in DUS and was_due and not out_of_scope:
        return "la ligne n’est plus de cet audit"
    if ligne.etat in DUS and not was_due and out_of_scope:
        return "la ligne s’applique désormais"
    alone = replace(dossier, releves=(releve,), verifications=(), notifie_le=None)
    wrong = [i.message for i in check_findings(apres, alone) if i.code != "ligne-manquante"]
    return wrong[0] if wrong else None


def _change(
    before: Ligne | None, after: Ligne | None, releve: Releve | None, reason: str | None
) -> Iterator[Mouvement]:
    """Yield a line that entered, left, or is not asked for in the same way."""
    one, two = before.etat if before else None, after.etat if after else None
    sens: Sens = "changee"
    if (one in DUS) != (two in DUS):
        sens = "entree" if two in DUS else "sortie"
    elif one == two and _asked(before) == _asked(after) and reason is None:
        return
    ligne = after or before
    assert ligne is not None
    yield Mouvement(
        id=ligne.indicateur.id,
        numero=ligne.indicateur.numero,
        sens=sens,
        avant=one,
        apres=two,
        motifs=tuple(motif.texte for motif in after.motifs) if after else (),
        constat=releve.constat if releve and releve.porte else None,
        a_revoir=reason,
    )


def _asked(ligne: Ligne | None) -> object:
    """Return what an auditor is asked on a line, beside its state."""
    if ligne is None:
        return None
    indicateur = ligne.indicateur
    return (
        (indicateur.titre, indicateur.exigence, indicateur.niveau_attendu),
        (ligne.categories, ligne.constats_permis, ligne.preuves, ligne.precisions, ligne.adaptations),
    )
