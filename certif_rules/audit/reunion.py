"""Two files of one audit made into one, by line, by site and by field; what differs is a value, not an error.

An empty field joins a full one, lists are put together, findings made at two sites stand side by side. With
``base``, what both files started from, what only one of them changed is changed, and what one erased is gone.
Where two people said otherwise, the field is empty and both values stand in ``a_accorder``; whoever fills
the field decides, or says there that none of them is right (``aucune``), and joining again with one of those
values does not undo it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.compte_rendu import (
    IDENTITES,
    Conflit,
    Version,
    compte_rendu_as_data,
    entry_name,
    read_compte_rendu,
)
from certif_rules.audit.constats import A_EVALUER, ENTRE_SIGNATAIRES, ARevoir, Dossier, Releve, field_of
from certif_rules.audit.sites import (
    ECARTS_DE_VERIFICATION,
    NOTIFICATION,
    consolidated,
    fails_somewhere,
    gaps_of,
)
from certif_rules.colonnes import fields, signatures
from certif_rules.errors import Location
from certif_rules.source.donnees import as_text

#: The fields of a finding that hold one value each, several, and texts by key.
_SIGNEES = signatures("texte")
_SIMPLES = (
    *(c for c in fields("constat", "texte", "jour") if c not in _SIGNEES),
    "leve_le",
    "leve_par",
    "leve_constat",
)
_LISTES = fields("annotations", "liste")
_PAR_CLE = ("ecart", "complements")

_Trois = tuple[Releve, Releve, Releve]


class Apport(Struct, frozen=True, kw_only=True):
    """A contribution is one of the files that are joined: what it is called, and what it says."""

    nom: str
    dossier: Dossier


def join_dossiers(checklist: Checklist, un: Apport, deux: Apport, base: Dossier | None = None) -> Dossier:
    """Return what two files of one audit say together, in the order of the checklist; nothing is dropped.

    Args:
        checklist: the checklist that both answer.
        un: one file.
        deux: the other.
        base: what both were made from; ``None`` is a grid that nobody had filled.
    """
    noms = (un.nom, deux.nom)
    start = base or Dossier(demande=un.dossier.demande, releves=())
    three = (un.dossier, deux.dossier, start)
    jonction = _Jonction(noms, (un.dossier.a_accorder, deux.dossier.a_accorder))
    dits = jonction.by_key("", *map(_head, three))
    order = {ligne.indicateur.id: gaps_of(checklist, ligne) for ligne in checklist.lignes}
    checks = {point.id: ECARTS_DE_VERIFICATION for point in checklist.verifications}
    return replace(
        un.dossier,
        releves=_joined([d.releves for d in three], order, noms),
        verifications=_joined([d.verifications for d in three], checks, noms),
        notifie_le=dits.pop(NOTIFICATION, None),
        compte_rendu=read_compte_rendu(dits),
        a_accorder=jonction.disputed(),
        depart=un.dossier.depart if un.dossier.depart == deux.dossier.depart else None,
        a_revoir=_reviewed(jonction.several(un.dossier.a_revoir, deux.dossier.a_revoir, start.a_revoir)),
    )


def _reviewed(several: Iterable[ARevoir]) -> tuple[ARevoir, ...]:
    """Return each finding set aside once: where one file says that it was looked at again, it was."""
    findings: list[ARevoir] = []
    seen: list[ARevoir] = []
    for one in several:
        finding = replace(one, revu_le=None, revu_par=None)
        if finding in findings:
            rank = findings.index(finding)
            seen[rank] = min(seen[rank], one, key=lambda each: (each.revu_le or "9", each.revu_par or ""))
        else:
            findings.append(finding)
            seen.append(one)
    return tuple(seen)


def join_findings(
    un: Releve,
    deux: Releve,
    base: Releve | None = None,
    *,
    ecarts: frozenset[str],
    noms: tuple[str, str] = ("", ""),
) -> Releve:
    """Return what two findings of one line say together.

    Args:
        un: one finding, with those of its sites.
        deux: the other.
        base: what both were made from.
        ecarts: the gaps that may be found on the line: at one site, they forbid anything else for all.
        noms: what the two files are called.
    """
    start = base or Releve(ligne=un.ligne)
    three = (un, deux, start)
    sites = {one.site for one in (un, deux) if one.site is not None and not _blank(one)}
    if not un.par_site and not deux.par_site and len(sites) < 2:
        alone = next(iter(sites), un.site if un.site == deux.site else None)
        return replace(_fields(three, noms), site=alone)
    parts = [_by_site(one) for one in three]
    named = sorted({site for each in parts[:2] for site in each})
    empty = Releve(ligne=un.ligne)
    joined = [
        replace(_fields((first.get(s, empty), second.get(s, empty), third.get(s, empty)), noms), site=s)
        for first, second, third in [parts]
        for s in named
    ]
    own = _fields((_whole(un, ecarts), _whole(deux, ecarts), _whole(start, ecarts)), noms)
    together = replace(own, par_site=tuple(part for part in joined if not _blank(part)))
    return consolidated(_overruled(together, ecarts), ecarts)


def _joined(
    lists: Sequence[Sequence[Releve]], ecarts: Mapping[str, frozenset[str]], noms: tuple[str, str]
) -> tuple[Releve, ...]:
    one, two, start = ({releve.ligne: releve for releve in releves} for releves in lists)
    order = {key: rank for rank, key in enumerate(dict.fromkeys((*ecarts, *one, *two)))}
    joined = []
    for key in sorted({**one, **two}, key=order.__getitem__):
        empty = Releve(ligne=key)
        pair = one.get(key, empty), two.get(key, empty)
        joined.append(join_findings(*pair, start.get(key), ecarts=ecarts.get(key, frozenset()), noms=noms))
    return tuple(joined)


def _blank(releve: Releve) -> bool:
    """Return whether nothing was said but where."""
    return replace(releve, site=None) == Releve(ligne=releve.ligne)


def _by_site(releve: Releve) -> dict[str, Releve]:
    """Return the findings of a line by site; one made at a site, with no other, is that of this site."""
    if releve.par_site:
        return {part.site or "": part for part in releve.par_site}
    return {releve.site: releve} if releve.site is not None else {}


def _whole(releve: Releve, ecarts: frozenset[str]) -> Releve:
    """Return the finding for all sites: none, where the line was seen at one only, or was that of each."""
    if releve.site is not None and not releve.par_site:
        return Releve(ligne=releve.ligne)
    alike = {part.constat for part in releve.par_site} == {releve.constat}
    constat = A_EVALUER if alike and releve.constat not in ecarts else releve.constat
    return replace(releve, constat=constat, par_site=(), site=None)


def _overruled(releve: Releve, ecarts: frozenset[str]) -> Releve:
    """Return a finding for all sites that one of them forbids as something to settle."""
    if not releve.porte or releve.constat in ecarts or not fails_somewhere(releve, ecarts):
        return releve
    places = releve.lieux.get("constat") or releve.lieu
    version = _version(releve.constat, releve, places, "")
    others = [conflit for conflit in releve.a_accorder if conflit.champ != "constat"]
    known = [v for conflit in releve.a_accorder if conflit.champ == "constat" for v in conflit.valeurs]
    valeurs = {v.valeur: v for v in (*known, version)}
    conflit = Conflit(champ="constat", valeurs=tuple(valeurs.values()))
    return replace(releve, constat=A_EVALUER, a_accorder=(conflit, *others))


def _version(value: Any, releve: Releve | None, place: Location | None, nom: str) -> Version:
    """Return what one person said of a field, and in which file."""
    par = ENTRE_SIGNATAIRES.join(releve.signataires) if releve else ""
    de = PurePath(place.file).name if place else nom
    return Version(valeur=as_text(value), de=de or None, par=par or None, lieu=place)


def _fields(three: _Trois, noms: tuple[str, str]) -> Releve:
    """Return the findings of one line at one site joined by field."""
    one, two, _ = three
    jonction = _Jonction(noms, (one.a_accorder, two.a_accorder), (one, two))
    values: dict[str, Any] = {c: jonction.text(c, *(field_of(r, c) for r in three)) for c in _SIMPLES}
    values["constat"] = values["constat"] or A_EVALUER
    values |= {c: _together(*(getattr(r, c) for r in three)) for c in _SIGNEES}
    values |= {c: jonction.several(*(getattr(r, c) for r in three)) for c in _LISTES}
    values |= {c: jonction.by_key(c, *(getattr(r, c) for r in three)) for c in _PAR_CLE}
    return replace(
        one,
        **values,
        par_site=(),
        a_accorder=jonction.disputed(),
        lieu=(two if _blank(one) else one).lieu or one.lieu or two.lieu,
        lieux={**_places(two), **_places(one)},
    )


def _places(releve: Releve) -> dict[str, Location]:
    """Return where each field that is filled was read."""
    names = (*_SIMPLES, *_SIGNEES, *_LISTES, *(f"ecart.{cle}" for cle in releve.ecart))
    filled = (nom for nom in names if field_of(releve, nom))
    return {nom: place for nom in filled if (place := releve.lieux.get(nom) or releve.lieu)}


def _together(one: str | None, two: str | None, start: str | None) -> str | None:
    """Return who assessed: both, where two people did."""
    if two in (one, start) or not two:
        return one
    if one == start or not one:
        return two
    names = (name.strip() for name in (*one.split(ENTRE_SIGNATAIRES), *two.split(ENTRE_SIGNATAIRES)))
    return ENTRE_SIGNATAIRES.join(dict.fromkeys(filter(None, names)))


class _Jonction:
    """The joining takes two sides field by field; what was said differently is in ``conflits``.

    ``connus`` are the conflicts that each side brings, ``releves`` the findings that the fields are of.
    """

    def __init__(
        self,
        noms: tuple[str, str],
        connus: tuple[Sequence[Conflit], Sequence[Conflit]],
        releves: tuple[Releve | None, Releve | None] = (None, None),
    ) -> None:
        self.noms, self.releves = noms, releves
        self.connus = tuple({conflit.champ: conflit for conflit in conflits} for conflits in connus)
        self.conflits: list[Conflit] = []

    def text(self, champ: str, *three: Any) -> Any:
        """Return a value of which there is one; nothing, where the two sides differ."""
        known = [each.get(champ) for each in self.connus]
        versions = [[v.valeur for v in conflit.valeurs] if conflit else [] for conflit in known]
        none = [bool(c and c.aucune) and v is None for c, v in zip(known, three[:2], strict=True)]
        settled, value = _over_none(three, versions, none) if any(none) else _choice(three, versions)
        dits = {v.valeur: v for conflit in known if conflit for v in conflit.valeurs}
        if not settled:
            for rank, text in enumerate(three[:2]):
                if text is not None or none[rank] or not versions[rank]:
                    dits.setdefault(as_text(text), self._version(champ, rank, text))
        if dits:
            chosen = settled and value is None and any(none)
            self.conflits.append(Conflit(champ=champ, valeurs=tuple(dits.values()), aucune=chosen))
        return value

    def disputed(self) -> tuple[Conflit, ...]:
        """Return what is said differently, fields that are empty on both sides included."""
        seen = {conflit.champ for conflit in self.conflits}
        for champ in dict.fromkeys(champ for each in self.connus for champ in each):
            if champ not in seen:
                self.text(champ, None, None, None)
        return tuple(self.conflits)

    def _version(self, champ: str, rank: int, value: Any) -> Version:
        releve = self.releves[rank]
        where = (releve.lieux.get(champ) or releve.lieu) if releve else None
        return _version(value, releve, where, self.noms[rank])

    @staticmethod
    def several(one: Sequence[Any], two: Sequence[Any], start: Sequence[Any]) -> tuple[Any, ...]:
        """Return the values of a list: all of both, but those that one side took away."""
        shared = [value for value in one if value in two or value not in start]
        return (*shared, *(value for value in two if value not in one and value not in start))

    def by_key(self, champ: str, *three: Any) -> dict[str, Any]:
        """Return what is said by key, lists and keys inside included."""
        one, two, start = three
        joined = {}
        for key in dict.fromkeys((*one, *two)):
            values = [each.get(key) for each in (one, two, start)]
            value = self._any(f"{champ}.{key}" if champ else key, key, values)
            if value is not None:
                joined[key] = value
        return joined

    def _any(self, champ: str, key: str, values: list[Any]) -> Any:
        if any(isinstance(value, Mapping) for value in values):
            return self.by_key(champ, *(value or {} for value in values)) or None
        if not any(isinstance(value, list) for value in values):
            return self.text(champ, *values)
        one, two, start = values
        if one is None or two is None:
            return two if one is None else one
        if key not in IDENTITES:
            return list(self.several(one, two, start or ()))
        named = [{entry_name(key, entry): entry for entry in value or ()} for value in values]
        entries = dict.fromkeys((*named[0], *named[1]))
        empty: Mapping[str, Any] = {}
        return [
            self.by_key(f"{champ}.{nom}" if nom else champ, *(each.get(nom, empty) for each in named))
            for nom in entries
        ]


def _choice(three: Sequence[Any], versions: Sequence[Sequence[str | None]]) -> tuple[bool, Any]:
    """Return whether a field is settled, and its value; ``versions`` are those that each side left open.

    A side whose field is empty beside such versions is still waiting for someone to choose.
    """
    one, two, start = three
    waiting = [bool(known) and value is None for known, value in zip(versions, (one, two), strict=True)]
    if any(waiting):
        value, chosen = (two, versions[1]) if waiting[0] else (one, versions[0])
        over = waiting[0] != waiting[1] and set(versions[not waiting[0]]) <= set(chosen)
        # What a side left as both began takes no part in what the other leaves open.
        return over or value in (None, start), value if over else None
    if two in (one, start):
        return True, one
    if one == start:
        return True, two
    over_two, over_one = as_text(two) in versions[0], as_text(one) in versions[1]
    if over_two != over_one:
        return True, one if over_two else two
    return False, None


def _over_none(
    three: Sequence[Any], versions: Sequence[Sequence[str | None]], none: Sequence[bool]
) -> tuple[bool, Any]:
    """Return the same where a side chose none of its versions: that holds over those, and no other value.

    A value that was chosen over the same versions contradicts it, as another value would.
    """
    if all(none):
        return True, None
    rank = none.index(True)
    other, mine, theirs = three[1 - rank], versions[rank], versions[1 - rank]
    if other is None:
        return set(theirs) <= set(mine), None
    if other == three[2]:
        return True, None
    known, covered = as_text(other) in mine, bool(theirs) and set(mine) <= set(theirs)
    return known != covered, other if covered and not known else None


def _head(dossier: Dossier) -> dict[str, Any]:
    """Return what a file says beside its findings, as data; an empty list is something dits."""
    notified = {NOTIFICATION: dossier.notifie_le} if dossier.notifie_le is not None else {}
    return {**notified, **compte_rendu_as_data(dossier.compte_rendu)}
