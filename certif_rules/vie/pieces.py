"""The documents of an application: provided, missing, expired, to be looked at again, to be asked."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from certif_rules.audit.certificats import ARRETS
from certif_rules.model.candidature import Candidature, DevisAttendus, Piece
from certif_rules.rules.delais import add
from certif_rules.rules.trivalent import Trivalent, both
from certif_rules.vie.conditions import Besoin, Verdict, judge
from certif_rules.vie.declaration import Depot, DevisDit, PieceDite

#: ``a_fournir``: the documents were not described at all. ``conditionnelle``: absent, which blocks nothing.
EtatPiece = Literal[
    "fournie", "manquante", "expiree", "a_revoir", "a_confirmer", "a_fournir", "conditionnelle"
]
ETATS_PIECE: tuple[EtatPiece, ...] = (
    "manquante", "expiree", "a_revoir", "a_confirmer", "a_fournir", "conditionnelle", "fournie",
)  # fmt: skip
_FAULTS = frozenset({"manquante", "expiree", "a_revoir"})


class Presence(Struct, frozen=True):
    """A presence says how a document is there, whether due or not, and why."""

    etat: EtatPiece
    motifs: tuple[str, ...] = ()
    manques: tuple[Besoin, ...] = ()


class Element(Struct, frozen=True, kw_only=True):
    """A document of this file is ``requise``: due and compulsory; ``bloque``: it keeps the file incomplete.

    Both are unknown where the source does not say, or where something is not told.
    """

    piece: Piece
    etat: EtatPiece
    requise: Trivalent
    bloque: Trivalent
    motifs: tuple[str, ...] = ()
    manques: tuple[Besoin, ...] = ()


def element(piece: Piece, due: Verdict, candidature: Candidature, depot: Depot) -> Element | None:
    """Return the document ``piece``, due as ``due`` says; ``None`` when it is not."""
    if due.valeur is False:
        return None
    compulsory = {"obligatoire": True, "conditionnee": False, None: None}[piece.classe]
    requise = both((due.valeur, compulsory))
    there = presence(piece, candidature, depot)
    etat, motifs, manques = there.etat, there.motifs, there.manques
    if etat in ("manquante", "a_fournir"):
        if compulsory is False:
            etat = "conditionnelle"
        elif due.valeur is None:
            etat, manques = "a_confirmer", (*manques, *due.manques)
    return Element(
        piece=piece,
        etat=etat,
        requise=requise,
        bloque=_blocks(etat, requise),
        motifs=motifs,
        manques=tuple(dict.fromkeys(manques)),
    )


def _blocks(etat: EtatPiece, requise: Trivalent) -> Trivalent:
    if etat == "fournie" or requise is False:
        return False
    return True if requise and etat in _FAULTS else None


def presence(piece: Piece, candidature: Candidature, depot: Depot) -> Presence:
    """Return how ``piece`` is there, from what is told."""
    if piece.certificat is not None:
        return _certificate(piece.certificat, depot)
    if piece.devis is not None:
        return _quotes(piece.devis, candidature, depot)
    dite = (depot.pieces or {}).get(piece.id)
    if dite is None and piece.champs and depot.champs.issuperset(piece.champs):
        return Presence("fournie", ("dite dans le profil",))
    if dite is None or dite.fournie is False:
        return Presence("a_fournir" if depot.pieces is None else "manquante")
    if dite.fournie is None:
        return Presence("a_confirmer", ("on ne sait pas si elle est fournie",))
    return _worst(
        [
            _expiry(_end(piece, dite), depot.jour),
            _age(piece, dite),
            _signature(piece.signe, dite.signe),
            _late(dite, depot),
        ]
    )


def provided(candidature: Candidature, depot: Depot) -> frozenset[str]:
    """Return the ids of the documents that are there and in order."""
    return frozenset(
        piece.id
        for piece in candidature.pieces.values()
        if presence(piece, candidature, depot).etat == "fournie"
    )


_ORDER: tuple[EtatPiece, ...] = ("expiree", "a_revoir", "a_confirmer", "fournie")


def _worst(presences: list[Presence]) -> Presence:
    """Return the worst state, with the reasons of all that are as bad or worse than in order."""
    etat = min((p.etat for p in presences), key=_ORDER.index)
    motifs = tuple(m for p in presences if p.etat != "fournie" or etat == "fournie" for m in p.motifs)
    return Presence(etat, motifs, tuple(m for p in presences for m in p.manques))


def _end(piece: Piece, dite: PieceDite) -> date | None:
    """Return the last day a document is good for: as told, or as its rule counts it, the earlier of both."""
    ends = [dite.expire_le] if dite.expire_le else []
    if piece.validite_mois and dite.etabli_le:
        counted = add(dite.etabli_le, mois=piece.validite_mois)
        ends += [counted] if counted else []
    return min(ends, default=None)


def _age(piece: Piece, dite: PieceDite) -> Presence:
    if piece.validite_mois and dite.etabli_le is None and dite.expire_le is None:
        motif = f"valable {piece.validite_mois} mois depuis un jour qui n’est pas dit (etabli_le)"
        return Presence("a_confirmer", (motif,))
    return Presence("fournie")


def _late(dite: PieceDite, depot: Depot) -> Presence:
    """Return a document that came after the filing is there all the same, and it is said."""
    late = dite.fourni_le and depot.depot_le and dite.fourni_le > depot.depot_le
    return Presence("fournie", (f"fournie le {dite.fourni_le}, après le dépôt",) if late else ())


def _expiry(end: date | None, day: date | None) -> Presence:
    if end is None:
        return Presence("fournie")
    if day is None:
        motif = f"expire le {end}, sans jour de dépôt ni d’audit à quoi le comparer"
        return Presence("a_confirmer", (motif,))
    if end < day:
        return Presence("expiree", (f"valable jusqu’au {end}, comparé au {day}",))
    return Presence("fournie", (f"valable jusqu’au {end}",))


def _signature(wanted: bool | None, given: bool | None) -> Presence:
    if wanted is None or wanted is given:
        return Presence("fournie")
    if given is None:
        return Presence("a_confirmer", ("on ne sait pas si la signature y est",))
    motif = "non signé, à signer" if wanted else "signé, alors qu’il ne doit pas l’être"
    return Presence("a_revoir", (motif,))


def _certificate(nom: str, depot: Depot) -> Presence:
    held = depot.certificats.get(nom)
    if held is None:
        return Presence("a_confirmer", ("certificat non renseigné (certificats)",))
    # It holds on the day of the audit, which comes after that of the filing.
    day = depot.audit_le or depot.depot_le
    if day is None:
        return Presence("a_confirmer", (f"expire le {held.echeance}, sans jour d’audit à quoi le comparer",))
    if not held.notification <= day <= held.echeance:
        return Presence("expiree", (f"valable du {held.notification} au {held.echeance}, comparé au {day}",))
    if held.etat is not None:
        return Presence(
            "a_revoir", (f"{ARRETS[held.etat]}, valable sinon du {held.notification} au {held.echeance}",)
        )
    return Presence("fournie", (f"valable du {held.notification} au {held.echeance}",))


def quote(wanted: DevisAttendus, devis: DevisDit, candidature: Candidature, depot: Depot) -> Presence:
    """Return how one quote answers what is wanted: signature, validity, what it must carry."""
    presences = [_expiry(devis.expire_le, depot.jour), _signature(wanted.signe, devis.signe)]
    for mention in wanted.mentions:
        due = judge(mention.si, candidature, depot).valeur
        value = getattr(devis, mention.champ)
        if due is False or (value is not None and value is not False):
            continue
        if due is None:
            presences.append(Presence("a_confirmer", (f"mention peut-être requise : {mention.titre}",)))
        elif value is False:
            presences.append(Presence("a_revoir", (f"mention absente : {mention.titre}",)))
        else:
            presences.append(Presence("a_confirmer", (f"mention à vérifier : {mention.titre}",)))
    return _worst(presences)


def _quotes(wanted: DevisAttendus, candidature: Candidature, depot: Depot) -> Presence:
    """Return as many quotes as wanted, the best of them counting: one more never makes a file worse."""
    if depot.devis is None:
        return Presence("manquante" if depot.decrit else "a_fournir")
    each = [(devis, quote(wanted, devis, candidature, depot)) for devis in depot.devis]
    each.sort(key=lambda pair: -_ORDER.index(pair[1].etat))
    if len(each) < wanted.nombre:
        return Presence("manquante", (f"{len(each)} sur {wanted.nombre}",) if each else ())
    apart = _apart(each) if wanted.auditeurs_distincts else each
    together = _together(apart[: wanted.nombre], candidature) if len(apart) >= wanted.nombre else None
    if together is not None and together.etat in ("fournie", "a_confirmer"):
        return together
    alike = _together(each[: wanted.nombre], candidature)
    if alike.etat in ("fournie", "a_confirmer") and wanted.auditeurs_distincts:
        return Presence("a_confirmer", ("devis d’un même auditeur : la source ne dit pas s’ils suffisent",))
    return together or alike


def _together(quotes: list[tuple[DevisDit, Presence]], candidature: Candidature) -> Presence:
    """Return the worst of these quotes, its reasons under the name of each firm."""
    worst = _worst([presence_of_one for _, presence_of_one in quotes])
    motifs = tuple(
        f"{candidature.auditeurs[devis.auditeur].nom} : {motif}"
        for devis, presence_of_one in quotes
        if presence_of_one.etat != "fournie"
        for motif in presence_of_one.motifs
    )
    return Presence(worst.etat, motifs, worst.manques)


def _apart(each: list[tuple[DevisDit, Presence]]) -> list[tuple[DevisDit, Presence]]:
    """Return the best quote of each firm."""
    best: dict[str, tuple[DevisDit, Presence]] = {}
    for devis, state in each:
        best.setdefault(devis.auditeur, (devis, state))
    return list(best.values())
