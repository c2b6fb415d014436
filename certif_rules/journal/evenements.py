"""Events and their chain: what was said, where, by whom, from what it was seen; each seals the one before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

#: What a value is about: the head of the findings file, a line, a check; or what only the workspace knows, by
#: its identifier: a proof that was seen, a paper asked for, a note to file, a text that the body gives for a
#: line without one, a slot of the plan, a line confirmed with the organisation, a remark of whoever reads
#: again, what was shared or closed, a self-assessment that was given; what the earlier audit wrote of a gap
#: lifted since, by its line.
Genre = Literal[
    "tete", "ligne", "verification", "preuve", "piece", "note", "texte", "creneau", "confirmation",
    "remarque", "acte", "autodiagnostic", "leve",
]  # fmt: skip
#: What stands where the chain begins.
DEBUT = "sha256:" + "0" * 64
#: A moment as events write it: in UTC, to the second.
_MOMENT = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


class Endroit(Struct, frozen=True, order=True):
    """A value stands here: at a field (« ecart.causes ») of the head, a line or a check, at a site or not.

    For what only the workspace knows, ``ligne`` is the identifier of the thing: the proof, the note…
    """

    genre: Genre
    champ: str
    ligne: str = ""
    site: str = ""

    @property
    def chemin(self) -> str:
        """Return its path, as faults tell it (:class:`~certif_rules.errors.Issue`)."""
        if self.genre == "tete":
            return self.champ
        where = f"par_site.{self.site}." if self.site else ""
        return f"{'constats' if self.genre == 'ligne' else 'verifications'}.{self.ligne}.{where}{self.champ}"


class Inscription(Struct, frozen=True, kw_only=True):
    """An entry gives and confirms a value of a field: the ``version`` it makes, and the digest that seals it.

    ``avant``, ``apres`` and ``raison`` are digests of contents, which stand apart (:class:`Contenu`);
    ``acteur`` is the key of a person, whose name stands apart too: both can be erased, the chain verifies.
    """

    version: int
    cle: Endroit
    avant: str
    apres: str
    acteur: str
    quand: str
    base: int
    raison: str = ""
    precedent: str = DEBUT
    empreinte: str = ""


class Contenu(Struct, frozen=True, kw_only=True):
    """A content is a value as JSON, with the salt without which its digest would tell a short one."""

    sel: str
    texte: str

    @property
    def empreinte(self) -> str:
        """Return the digest that events hold of it."""
        return _sha256(f"{self.sel}\n{self.texte}".encode())

    @property
    def valeur(self) -> Any:
        """Return the value."""
        return msgspec.json.decode(self.texte)


def contained(valeur: Any, sel: str) -> Contenu:
    """Return the content of a value; ``sel`` is drawn by whoever stores it."""
    return Contenu(sel=sel, texte=msgspec.json.encode(valeur, order="deterministic").decode())


def sealed(evenement: Inscription, precedent: str) -> Inscription:
    """Return an event chained to the digest of the one before it."""
    chained = replace(evenement, precedent=precedent, empreinte="")
    return replace(chained, empreinte=_sha256(msgspec.json.encode(asdict(chained), order="deterministic")))


def broken_at(evenements: Iterable[Inscription]) -> int | None:
    """Return the version from which a chain no longer holds; nothing where it holds to the end."""
    precedent = DEBUT
    for version, evenement in enumerate(evenements, start=1):
        if evenement.version != version or sealed(evenement, precedent) != evenement:
            return version
        precedent = evenement.empreinte
    return None


def falsified(contenus: Mapping[str, Contenu]) -> tuple[str, ...]:
    """Return the digests whose content is no longer what they say; one that was erased says nothing."""
    return tuple(digest for digest, contenu in contenus.items() if contenu.empreinte != digest)


def is_moment(texte: str) -> bool:
    """Return whether a text is a moment as events write it, which pages say as a day and an hour."""
    try:
        return bool(_MOMENT.fullmatch(texte) and datetime.fromisoformat(texte))
    except ValueError:
        return False


def _sha256(data: bytes) -> str:
    from hashlib import sha256  # hashlib loads OpenSSL

    return f"sha256:{sha256(data).hexdigest()}"
