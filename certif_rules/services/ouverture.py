"""The opening of an audit: its perimeter and the lines that do not apply, confirmed by the organisation."""

from __future__ import annotations

from msgspec import Struct

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.audit.plan import site_ids
from certif_rules.journal.annexes import annexes
from certif_rules.journal.etat import Etat


class Confirmation(Struct, frozen=True, kw_only=True):
    """A confirmation is what the organisation said of its perimeter, of lines, or of both.

    It says who, when (ISO), in which words. ``perimetre`` is the one that they
    confirmed, empty where it was not asked.
    """

    id: str
    qui: str
    le: str
    paroles: str = ""
    accord: bool = True
    perimetre: str = ""
    lignes: tuple[str, ...] = ()


class Ouverture(Struct, frozen=True, kw_only=True):
    """An opening confirms the perimeter, and each line that does not apply, here with the last answer.

    ``changees`` were confirmed as not applying, and the context was corrected since.
    """

    perimetre: str
    du_perimetre: Confirmation | None
    lignes: tuple[tuple[Ligne, Confirmation | None], ...]
    changees: tuple[tuple[Ligne, Confirmation], ...]

    @property
    def restent(self) -> tuple[str, ...]:
        """Return the lines of which the organisation said nothing yet."""
        return tuple(ligne.indicateur.id for ligne, confirmation in self.lignes if confirmation is None)

    @property
    def a_reprendre(self) -> bool:
        """Return whether the perimeter that was confirmed is no longer this one."""
        return self.du_perimetre is not None and self.du_perimetre.perimetre != self.perimetre


def opening(checklist: Checklist, etat: Etat) -> Ouverture:
    """Return what is to confirm, and what was."""
    last: dict[str, Confirmation] = {}
    of_perimeter: Confirmation | None = None
    for confirmation in confirmations(etat):
        last |= dict.fromkeys(confirmation.lignes, confirmation)
        of_perimeter = confirmation if confirmation.perimetre else of_perimeter
    aside = [ligne for ligne in checklist.lignes if ligne.etat == "non_applicable"]
    return Ouverture(
        perimetre=perimeter(checklist),
        du_perimetre=of_perimeter,
        lignes=tuple((ligne, last.get(ligne.indicateur.id)) for ligne in aside),
        changees=tuple(
            (ligne, last[ligne.indicateur.id])
            for ligne in checklist.lignes
            if ligne.indicateur.id in last and ligne.etat != "non_applicable"
        ),
    )


def confirmations(etat: Etat) -> list[Confirmation]:
    """Return what the organisation said, the first recorded first."""
    return [
        Confirmation(
            id=annexe.id,
            qui=str(annexe.get("qui") or ""),
            le=str(annexe.get("le") or ""),
            paroles=str(annexe.get("paroles") or ""),
            accord=annexe.get("accord") is not False,
            perimetre=str(annexe.get("perimetre") or ""),
            lignes=annexe.lignes,
        )
        for annexe in annexes(etat, "confirmation")
    ]


def perimeter(checklist: Checklist) -> str:
    """Return the perimeter of the audit in a sentence: categories, then sites, those added said so."""
    contexte, referentiel = checklist.contexte, checklist.referentiel
    added = contexte.ajouts
    parts = []
    if not referentiel.sans_categories:
        names = [f"{c} (ajoutée)" if c in added.categories else c for c in contexte.categories]
        parts.append(f"{referentiel.vocabulaire.categories} : {', '.join(names)}")
    sites = [f"{site} (ajouté)" if site in added.sites else site for site in site_ids(checklist)]
    parts.append(f"sites : {', '.join(sites) or 'non renseignés'}")
    return " ; ".join(parts)
