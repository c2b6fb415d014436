"""A colleague's file brought into an audit: what it changes, field by field, since what it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.compte_rendu import CLES, Conflit
from certif_rules.audit.constats import A_EVALUER, ENTRE_SIGNATAIRES, Dossier, Releve
from certif_rules.audit.silence import kept_from
from certif_rules.audit.sites import NOTIFICATION
from certif_rules.echanges.constats import as_data, head_as_data
from certif_rules.errors import DataError, Issue, Location
from certif_rules.journal.evenements import Endroit, Genre
from certif_rules.journal.fichier import QUI, fields_of
from certif_rules.services.constats import with_rules
from certif_rules.services.espace import AuditEnCours
from certif_rules.services.lecture import Lecture

#: What of the head of a file is said about the audit done; the rest is what it was asked.
_DITES: Final = frozenset({*CLES, NOTIFICATION})
#: What two files of one audit may not say differently, and what each is called.
_TETES: Final[Mapping[str, str]] = {
    "referentiel": "référentiel et édition",
    "audit": "type, jour ou mode de l’audit",
    "organisme": "organisme, catégories, faits ou sites",
    "ajouts": "ce qu’une extension ajoute",
    "precedent": "audit précédent",
    "certificats": "certificats détenus",
}


class ValeurDuFichier(Struct, frozen=True, kw_only=True):
    """A file gives this value to a field; ``vu``: having seen what stood there.

    ``par``: who signs its line, or its verification, at its site in that file; empty where nobody does.
    """

    cle: Endroit
    valeur: Any
    vu: bool = True
    par: str = ""


class Apporte(Struct, frozen=True, kw_only=True):
    """A contribution says what a file changes, who signed its findings, what must be known of it."""

    changements: tuple[ValeurDuFichier, ...]
    signataires: tuple[str, ...]
    avertissements: tuple[str, ...]


def brought_by(lecture: Lecture, nom: str, base: AuditEnCours, *, known: bool) -> Apporte:
    """Return what a file says otherwise than the audit it was made from.

    Args:
        lecture: the grid, the findings or the export of a form, as it was read.
        nom: the name of the file, in messages.
        base: the audit as it stood when the file was made; as it stands, where nobody knows.
        known: whether that is known: if not, an empty field says nothing, and no value is said to be seen.

    Raises:
        DataError: the file is of another audit; everything is listed.
    """
    issues = list(_foreign(with_rules(base.checklist, base.dossier), lecture.dossier, nom))
    if issues:
        raise DataError(issues)
    whole = kept_from(base.dossier, lecture.dossier, lecture.silence)
    before, now = dict(_fields(base.dossier)), dict(_fields(whole))
    changes = [
        ValeurDuFichier(cle=cle, valeur=now.get(cle), vu=known)
        for cle in dict.fromkeys((*now, *before))
        if now.get(cle) != before.get(cle) and (known or now.get(cle) is not None)
    ]
    # Who had signed a line before did not write in this file what somebody changed there since.
    signed = {_line_of(one.cle): one.valeur for one in changes if one.cle.champ == QUI and one.valeur}
    here = [name.strip() for one in signed.values() for name in one.split(ENTRE_SIGNATAIRES)]
    before_too = [name for one in (*whole.releves, *whole.verifications) for name in one.signataires]
    return Apporte(
        changements=(
            *(replace(one, par=signed.get(_line_of(one.cle), "")) for one in changes),
            *_open(lecture.dossier),
        ),
        signataires=tuple(dict.fromkeys(here or before_too)),
        avertissements=tuple(a.message for a in lecture.avertissements),
    )


def _fields(dossier: Dossier) -> Iterator[tuple[Endroit, Any]]:
    """Yield what findings say, field by field; what is empty, or left to assess, is left out."""
    for cle, value in fields_of(as_data(dossier)):
        about = cle.genre != "tete" or cle.champ.partition(".")[0] in _DITES
        known_none = cle.genre == "tete" and value == []
        if about and (known_none or value not in (None, "", [], {}, A_EVALUER)):
            yield cle, value


def _foreign(ours: Dossier, theirs: Dossier, nom: str) -> Iterator[Issue]:
    """Yield what keeps a file from being of this audit, as it stood when the file was made."""
    here, there = _head(ours), _head(theirs)
    differ = [words for key, words in _TETES.items() if here.get(key) != there.get(key)]
    if differ:
        one, two = _who(here), _who(there)
        whose = f" : « {two} » dans le fichier, « {one} » ici" if one != two else ""
        message = f"ce fichier n’est pas du même audit, ou le contexte a changé depuis{whose}"
        hint = f"ce qui diffère : {' ; '.join(differ)}"
        yield Issue("dossiers-differents", message, Location(nom), hint)


def _head(dossier: Dossier) -> dict[str, Any]:
    head: dict[str, Any] = head_as_data(dossier)
    stack = head.get("referentiel") or {}
    return {**head, "referentiel": {key: stack.get(key) for key in ("id", "edition")}}


def _who(head: Mapping[str, Any]) -> str:
    return str((head.get("organisme") or {}).get("nom") or "organisme sans nom")


def _line_of(cle: Endroit) -> Endroit:
    return replace(cle, champ="")


def _places(dossier: Dossier) -> Iterator[tuple[Endroit, Releve]]:
    """Yield each finding at its place: the line, then each of its sites."""
    lists: tuple[tuple[Genre, tuple[Releve, ...]], ...] = (
        ("ligne", dossier.releves),
        ("verification", dossier.verifications),
    )
    for genre, releves in lists:
        for releve in releves:
            yield Endroit(genre, "", releve.ligne, ""), releve
            for one in releve.par_site:
                yield Endroit(genre, "", releve.ligne, one.site or ""), one


def _open(dossier: Dossier) -> Iterator[ValeurDuFichier]:
    """Yield the values that a file leaves to settle itself, each by whom it names."""
    yield from _values(dossier.a_accorder, Endroit("tete", ""))
    for place, releve in _places(dossier):
        yield from _values(releve.disputes, place)


def _values(conflits: tuple[Conflit, ...], place: Endroit) -> Iterator[ValeurDuFichier]:
    for conflit in conflits:
        for given in conflit.valeurs:
            if not conflit.aucune:
                cle = replace(place, champ=conflit.champ)
                yield ValeurDuFichier(cle=cle, valeur=given.valeur, vu=False, par=given.par or "")
