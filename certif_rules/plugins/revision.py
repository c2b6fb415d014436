"""The digests of a layer written in its header: in the revision that waits for them, else in the next one."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from certif_rules.errors import DataError, Issue
from certif_rules.model.referentiel import Couche
from certif_rules.plugins.couche import HEADER, EnTete, open_revision, read_body, read_life
from certif_rules.source.retouche import MisplacedError, Retouche
from certif_rules.source.yaml import place


class Declaration(Struct, frozen=True, kw_only=True):
    """A declaration is what to write in a header: which revision, whether it is new, and the file's bytes.

    ``contenu`` is ``None`` where a new revision needs the date and the reason that nobody gave.
    """

    en_tete: EnTete
    numero: int
    nouvelle: bool
    contenu: bytes | None

    @property
    def fichier(self) -> str:
        """Return how the header is named in messages."""
        return self.en_tete.name_of(self.en_tete.dossier / HEADER)


def declare(en_tete: EnTete, *, jour: str | None, raison: str | None) -> Declaration | None:
    """Return what declares the content of a layer; ``None`` when a revision does already.

    A draft needs none: only a revision that waits for its digests, or the one that is asked for, is written.

    Args:
        en_tete: the header of the layer.
        jour: ISO date of the new revision, if there is to be one.
        raison: why the content changed.

    Raises:
        DataError: the layer cannot be read, or its header is written so that nothing can be added to it.
    """
    couche = en_tete.couche
    empreintes = _digests(en_tete)
    revisions = couche.revisions
    if all(any(getattr(r, key) == value for r in revisions) for key, value in empreintes.items()):
        return None
    nouvelle = not open_revision(couche)
    numero = _latest(couche) + nouvelle
    if not nouvelle:
        contenu = _written(en_tete, empreintes)
    elif jour is not None and raison is not None:
        contenu = with_next(en_tete, jour=jour, raison=raison)
    elif couche.brouillon:
        return None
    else:
        contenu = None
    return Declaration(en_tete=en_tete, numero=numero, nouvelle=nouvelle, contenu=contenu)


def with_next(en_tete: EnTete, *, jour: str, raison: str) -> bytes:
    """Return the bytes of a header with one more revision, whatever the others declare.

    Raises:
        DataError: the layer cannot be read, or its header is written so that nothing can be added to it.
    """
    entry = {"numero": _latest(en_tete.couche) + 1, "date": jour, "raison": raison, **_digests(en_tete)}
    return _written(en_tete, entry, new=True)


def _latest(couche: Couche) -> int:
    return max((revision.numero for revision in couche.revisions), default=0)


def _digests(en_tete: EnTete) -> dict[str, str]:
    corps, vie = read_body(en_tete), read_life(en_tete)
    return {"empreinte": corps.empreinte} | ({"empreinte_vie": vie.empreinte} if vie else {})


def _written(en_tete: EnTete, entry: dict[str, Any], *, new: bool = False) -> bytes:
    """Return the bytes of the header with an entry in its last revision, or with one more revision.

    Raises:
        DataError: the place is written in a way that one entry cannot be changed alone.
    """
    name = en_tete.name_of(en_tete.dossier / HEADER)
    retouche = Retouche(en_tete.contenu, name)
    data = retouche.data
    revisions = list(data.get("revisions", ()))
    try:
        if new:
            retouche.append(data, "revisions", entry)
            revisions.append(entry)
        else:
            last = revisions[-1]
            for key, value in entry.items():
                if key in last:
                    retouche.change(last, key, value)
                else:
                    retouche.add_key(last, "empreinte", key, value)
            revisions[-1] = {**last, **entry}
        return retouche.result({**data, "revisions": revisions})
    except MisplacedError as error:
        message = "les révisions sont écrites d’une façon qui ne laisse pas y ajouter une empreinte"
        hint = "un tiret par révision, et {numero: …, date: …, raison: …, empreinte: …}"
        raise DataError([Issue("revision-a-ecrire", message, place(data, "revisions"), hint)]) from error
