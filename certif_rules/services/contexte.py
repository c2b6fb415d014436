"""The context of an audit under way corrected: lines that move, findings carried, what a journal records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.constats import A_EVALUER, ARevoir
from certif_rules.audit.correction import Correction, Mouvement, correct
from certif_rules.echanges.constats import as_data
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import fields_of
from certif_rules.plugins.registry import Registry
from certif_rules.services.correction import in_words
from certif_rules.services.espace import AuditEnCours, open_work

#: What the context of an audit does not say.
_CONSTATS = frozenset({"constats", "verifications", "a_revoir", "a_accorder"})


class ContexteCorrige(Struct, frozen=True, kw_only=True):
    """This is an audit in its corrected context: its lines that move, and what its journal is to be given.

    ``a_revoir`` are the findings that the correction sets aside, whole, each with its reason. ``champs`` are
    the fields that change, of the context and of the findings, with what each was, which undoes it, and what
    it becomes, ``None`` where it is empty. ``phrase`` says how many lines moved and that no finding is lost.
    """

    chantier: AuditEnCours
    mouvements: tuple[Mouvement, ...]
    a_revoir: tuple[ARevoir, ...]
    phrase: str
    champs: tuple[tuple[Endroit, Any, Any], ...]


def correct_context(registry: Registry, chantier: AuditEnCours, data: Mapping[str, Any]) -> ContexteCorrige:
    """Return an audit in the context that ``data`` asks for; its findings follow, and none is lost.

    Args:
        registry: the rules that are installed.
        chantier: the audit under way, which is left as it is.
        data: the corrected request, as a profile; its findings, if it is a findings file, are not read.

    Raises:
        UsageError, DataError: the corrected request is wrong or incomplete; everything is listed.
    """
    head = {key: value for key, value in data.items() if key not in _CONSTATS}
    corrected = open_work(registry, {**head, "constats": []})
    before = chantier.dossier
    apres = replace(before, demande=corrected.dossier.demande, empreinte=None, couches=())
    correction = correct(chantier.checklist, corrected.checklist, apres)
    apart = tuple(one for one in correction.dossier.a_revoir if one not in before.a_revoir)
    own: Correction = replace(correction, dossier=replace(correction.dossier, a_revoir=apart))
    after = replace(corrected, dossier=correction.dossier)
    return ContexteCorrige(
        chantier=after,
        mouvements=correction.changements,
        a_revoir=apart,
        phrase=in_words(own),
        champs=tuple(_changed(chantier, after)),
    )


def _changed(avant: AuditEnCours, apres: AuditEnCours) -> Iterator[tuple[Endroit, Any, Any]]:
    """Yield the fields that differ from one to the other, with what each was and becomes."""
    one, two = ({k: _value(v) for k, v in fields_of(as_data(each.dossier))} for each in (avant, apres))
    for cle in dict.fromkeys((*one, *two)):
        if one.get(cle) != two.get(cle) and not _of_rules(cle):
            yield cle, one.get(cle), two.get(cle)


def _value(value: Any) -> Any:
    """Return a value, or nothing where it says nothing."""
    return None if value in ("", [], {}, A_EVALUER) else value


def _of_rules(cle: Endroit) -> bool:
    """Return whether a field says which rules a file was made with: they are found again from its day."""
    return cle in (Endroit("tete", "referentiel.empreinte"), Endroit("tete", "referentiel.couches"))
