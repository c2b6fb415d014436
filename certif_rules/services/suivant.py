"""The next audit of an organisation, from this one: nothing is typed again, what it left open is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from certif_rules.audit.checklist import Checklist
from certif_rules.echanges.constats import head_as_data
from certif_rules.journal.evenements import Endroit
from certif_rules.services.ebauche import earlier
from certif_rules.services.espace import AuditEnCours, as_file

#: What of an audit is true of the next one.
_DURABLES: Final = ("organisme", "certificats", "habillage")


class TypeSuivant(Struct, frozen=True, kw_only=True):
    """A type of audit may come next; ``suit``: the rules say that it follows that of this audit."""

    code: str
    titre: str
    suit: bool


def next_types(checklist: Checklist) -> tuple[TypeSuivant, ...]:
    """Return the types of the référentiel, those that the rules make follow this one first."""
    referentiel, code = checklist.referentiel, checklist.type_audit.code
    every = referentiel.types_audit
    following = {one.code for one in every.values() if code in (one.precedents or ())}
    own = {one.code: one for key, one in every.items() if key.partition("/")[0] == referentiel.id}
    types = [TypeSuivant(code=c, titre=one.titre, suit=c in following) for c, one in own.items()]
    return tuple(sorted(types, key=lambda one: not one.suit))


def next_audit(chantier: AuditEnCours, code: str, date: str) -> Mapping[str, Any]:
    """Return the data of the audit of this type, on this day, of the same organisation.

    The edition in force that day is left to the date. What this audit found, and wrote of its gaps, is the
    earlier audit of that one.

    Args:
        chantier: this audit.
        code: the type of the next one.
        date: its day, ISO.

    Raises:
        DataError: this audit leaves a finding to choose.
    """
    head = head_as_data(chantier.dossier)
    textes = chantier.dossier.demande.textes
    return {
        "format": 1,
        "referentiel": {"id": chantier.checklist.referentiel.id},
        "audit": {"type": code, "date": date},
        **{key: head[key] for key in _DURABLES if head.get(key)},
        **({"textes": head["textes"]} if textes and head.get("textes") else {}),
        "precedent": earlier("constats.json", as_file(chantier)),
        "constats": [],
    }


def lifted_words(chantier: AuditEnCours) -> Iterator[tuple[Endroit, str]]:
    """Yield what this audit wrote of the gaps that were lifted since, by line, site and field.

    Findings carry the words of open gaps alone; whoever audits next reads these beside the line, no document.
    """
    dossier = chantier.dossier
    for whole in (*dossier.releves, *dossier.verifications):
        for releve in (whole, *whole.par_site):
            if whole.leve_le is None and releve.leve_le is None:
                continue
            texts = {"commentaire": releve.commentaire, **{f"ecart.{k}": v for k, v in releve.ecart.items()}}
            for champ, words in texts.items():
                if words:
                    yield Endroit("leve", champ, whole.ligne, releve.site or ""), words
