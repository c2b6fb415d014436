"""What another edition means for one organisation: lines that enter, leave or change, findings kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from certif_rules.audit.correction import DUS, Correction, Sens
from certif_rules.model.referentiel import Referentiel
from certif_rules.rules.contexte import Contexte
from certif_rules.rules.faits import resolve_all
from certif_rules.rules.mots import Cas
from certif_rules.rules.portee import portee
from certif_rules.rules.trivalent import Trivalent, either

#: What becomes of a finding: kept, to be read again since its line asks for something else, to be made again.
Sort = Literal["garde", "a_relire", "a_revoir"]


class Incidence(Struct, frozen=True, kw_only=True):
    """An incidence tells a line that enters, leaves or changes for an organisation: before, after, and why.

    ``avant`` and ``apres`` are states of a checklist, or whether the line applies where no audit was named;
    ``None`` for no such line.
    """

    id: str
    numero: str
    sens: Sens
    avant: str | None
    apres: str | None
    motifs: tuple[str, ...]


class Repris(Struct, frozen=True, kw_only=True):
    """A carried finding says what becomes of it under the other edition, and why where it is not kept."""

    id: str
    numero: str
    constat: str
    sort: Sort
    raison: str | None = None


class PourOrganisme(Struct, frozen=True, kw_only=True):
    """This record says what the change means for one organisation.

    ``type_audit`` is the title of the audit, ``None`` where none was named; ``constats`` is ``None`` where no
    finding was given.
    """

    nom: str | None
    categories: tuple[str, ...]
    type_audit: str | None
    incidences: tuple[Incidence, ...]
    constats: tuple[Repris, ...] | None = None


def scope(referentiel: Referentiel, contexte: Contexte) -> dict[str, Trivalent]:
    """Return whether each line applies to an organisation, for some of its categories, whatever the audit."""
    faits = resolve_all(referentiel, contexte)
    return {
        nom: either(portee(Cas(referentiel, contexte, faits, line, categorie)).valeur for categorie in faits)
        for nom, line in referentiel.indicateurs.items()
    }


_PORTEES: Mapping[Trivalent, str] = {True: "applicable", None: "a_confirmer", False: "non_applicable"}


def by_scope(
    avant: Referentiel, apres: Referentiel, scopes: tuple[Mapping[str, Trivalent], Mapping[str, Trivalent]]
) -> tuple[Incidence, ...]:
    """Return the lines that apply to an organisation, or may, under one edition and not under the other."""
    before, after = scopes
    incidences = []
    for nom in dict.fromkeys((*after, *before)):
        words = [_PORTEES[side[nom]] if nom in side else None for side in (before, after)]
        open_ = [side.get(nom, False) is not False for side in (before, after)]
        if words[0] == words[1] or not any(open_):
            continue
        line = (apres if nom in after else avant).indicateurs[nom]
        sens: Sens = "changee" if all(open_) else "entree" if open_[1] else "sortie"
        incidences.append(
            Incidence(id=nom, numero=line.numero, sens=sens, avant=words[0], apres=words[1], motifs=())
        )
    return tuple(incidences)


def by_state(correction: Correction) -> tuple[Incidence, ...]:
    """Return the lines whose state at an audit is not the same under both editions."""
    return tuple(
        Incidence(
            id=m.id,
            numero=m.numero,
            sens=m.sens,
            avant=m.avant,
            apres=m.apres,
            motifs=m.motifs if m.apres is not None else ("la ligne n’existe plus dans cette édition",),
        )
        for m in correction.changements
        if m.avant != m.apres and not (m.avant is None and m.apres == "non_applicable")
    )


def findings_kept(
    correction: Correction, reworded: Mapping[str, str], numeros: Mapping[str, str]
) -> tuple[Repris, ...]:
    """Return what becomes of each finding: kept, to read again with the new wording, or to make again.

    Args:
        correction: the findings carried to the other edition.
        reworded: why lines are to be read again, by id: their wording changed, or is absent.
        numeros: the printed number of every line of both editions, in the order to list them.
    """
    again = {one.releve.ligne: one for one in correction.dossier.a_revoir if not one.verification}
    held = {r.ligne: r.constat for r in correction.dossier.releves if r.somewhere}
    held |= {nom: one.releve.constat for nom, one in again.items()}
    states = {line.indicateur.id: line.etat for line in correction.checklist.lignes}
    repris = []
    for nom in (nom for nom in numeros if nom in held):
        sort: Sort = "garde"
        raison = None
        if nom in again:
            sort, raison = "a_revoir", again[nom].raison
        elif nom in reworded and states.get(nom) in DUS:
            sort, raison = "a_relire", reworded[nom]
        repris.append(Repris(id=nom, numero=numeros[nom], constat=held[nom], sort=sort, raison=raison))
    return tuple(repris)
