"""What one référentiel judges: its lines and its checks, each with the findings that it may end with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.aggravation import Compte, counted
from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Ligne, Point
from certif_rules.audit.constats import Releve
from certif_rules.audit.deduction import ConstatDeduit
from certif_rules.audit.jugement import LigneJugee
from certif_rules.audit.reprise import Reprise
from certif_rules.audit.sites import fails_somewhere, gaps_of
from certif_rules.model.jugement import Jugement


class Objet(Struct, frozen=True, kw_only=True):
    """An objet is what one conclusion looks at: its lines and checks, and what was found of them."""

    checklist: Checklist
    jugement: Jugement | None
    lignes: tuple[Ligne, ...]
    points: tuple[Point, ...]
    releves: Mapping[str, Releve]
    verifies: Mapping[str, Releve]
    repris: Mapping[str, Reprise]
    deduits: Mapping[str, ConstatDeduit]

    def unseen(self) -> tuple[Ligne, ...]:
        """Return the lines that apply and that this audit does not see."""
        blank = (ligne for ligne in self.lignes if ligne.etat == "non_audite")
        return tuple(ligne for ligne in blank if ligne.indicateur.id not in self.releves)

    def value_before(self, ligne: Ligne) -> tuple[tuple[str | None, ...], bool]:
        """Return what a line that is not seen may be worth, and whether nobody knows."""
        earlier = self.repris.get(ligne.indicateur.id)
        if earlier is None or not earlier.connue:
            return ligne.indicateur.constats_permis, True
        return (earlier.constat,), False

    def left(self, etat: str) -> tuple[str, ...]:
        """Return the ids of the lines of this state without a finding."""
        ids = (ligne.indicateur.id for ligne in self.lignes if ligne.etat == etat)
        return tuple(i for i in ids if i not in self.releves or not self.releves[i].porte)

    def unchecked(self) -> tuple[str, ...]:
        """Return the ids of the checks without a finding."""
        return tuple(p.id for p in self.points if p.id not in self.verifies or not self.verifies[p.id].porte)

    def compte(self, ligne: Ligne, constat: str) -> Compte:
        """Return what a finding counts as, with what the earlier audit left open."""
        contexte = self.checklist.contexte
        code = self.checklist.type_audit.code
        return counted(self.jugement, code, contexte.precedent, ligne.indicateur.id, constat)


#: A line or a check as it is judged, and the finding recorded where it may count as several.
Jugee = tuple[LigneJugee, str | None]


def as_recorded(jugee: Jugee) -> LigneJugee:
    """Return what is measured: a finding that may count as several is measured as it was recorded."""
    ligne, recorded = jugee
    return ligne if recorded is None else replace(ligne, possibles=(recorded,))


def judged_lines(objet: Objet) -> Iterator[Jugee]:
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
        before: tuple[str | None, ...] = ()
        hidden = False
        if releve is not None and assessed:
            recorded, hidden = after_lifting(objet, ligne, releve)
        elif ligne.etat == "a_auditer":
            recorded = ligne.constats_permis
        elif ligne.etat == "a_confirmer":
            recorded, before = ligne.constats_permis, (None,)
        if objet.checklist.type_audit.report == "reprise" and not assessed and ligne.etat in _PERHAPS_UNSEEN:
            before, hidden = objet.value_before(ligne)
            hidden = hidden or ligne.etat == "a_confirmer"
        ecarts = gaps_of(objet.checklist, ligne)
        deduit = objet.deduits.get(ligne.indicateur.id)
        if not assessed and deduit is not None and (recorded or deduit.parts):
            recorded = deduit.issues or ligne.constats_permis
            before, hidden = ((), False) if deduit.parts else (before, hidden)
            hidden = hidden or not deduit.issues
        elif not assessed and recorded and fails_somewhere(releve, ecarts):
            recorded, before, hidden = tuple(c for c in recorded if c in ecarts), (), False
        if recorded or before:
            each = (objet.compte(ligne, c).possibles if c is not None else (None,) for c in recorded)
            possibles = tuple(dict.fromkeys((*(one for some in each for one in some), *before)))
            ambiguous = len(recorded) == 1 < len(possibles) and not hidden and not before
            jugee = LigneJugee(indicateur=ligne.indicateur, possibles=possibles, inconnue=hidden)
            yield jugee, recorded[0] if ambiguous else None


#: The states of lines that this audit does not see, or may not see.
_PERHAPS_UNSEEN = ("non_audite", "a_confirmer")


def after_lifting(objet: Objet, ligne: Ligne, releve: Releve) -> tuple[tuple[str | None, ...], bool]:
    """Return what a finding counts as once lifted, and whether nobody knows: a level becomes another one."""
    if releve.ouvert:
        return (releve.constat,), False
    if releve.leve_constat is not None:
        return (releve.leve_constat,), False
    if objet.checklist.referentiel.constats[releve.constat].valeur is None:
        return (None,), False
    return ligne.constats_permis, True


def judged_points(objet: Objet) -> Iterator[Jugee]:
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


def unknown_before(objet: Objet) -> list[Ligne]:
    """Return the lines that this audit does not see and whose value should be carried, but is unknown."""
    if objet.checklist.type_audit.report != "reprise":
        return []
    return [ligne for ligne in objet.unseen() if objet.value_before(ligne)[1]]


def lifted_to_nothing(objet: Objet) -> list[Ligne]:
    """Return the lines whose level was lifted, nobody saying what it became."""
    pairs = ((ligne, objet.releves.get(ligne.indicateur.id)) for ligne in objet.lignes)
    return [li for li, r in pairs if r is not None and r.porte and after_lifting(objet, li, r)[1]]
