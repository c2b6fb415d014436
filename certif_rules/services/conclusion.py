"""From a findings file to its conclusions."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from certif_rules.audit.conclusion import Bilan, conclude
from certif_rules.audit.textes import TextesDits
from certif_rules.habillage.regles import HabillageDit
from certif_rules.personnes.pseudonymes import (
    DonneePersonnelle,
    personal_data,
    pseudonymised,
    without_personal_warnings,
)
from certif_rules.plugins.registry import Registry
from certif_rules.services.constats import open_dossier, procedure_of, read_dossier
from certif_rules.source.entree import FichierDonne


def conclude_file(
    registry: Registry, source: Path | FichierDonne, *, stdin: bytes | None = None, other_rules: bool = False,
    habillage: HabillageDit | None = None, textes: TextesDits | None = None, pseudonymise: bool = False,
) -> tuple[Bilan, tuple[DonneePersonnelle, ...]]:  # fmt: skip
    """Return the conclusions of a findings file (arguments of ``open_dossier``).

    ``stdin`` is the content, where the path is but a name. ``habillage`` is the dress of a body, ``textes``
    its texts, in place of those the file carries. With ``pseudonymise``, the personal data replaced come with
    them; without, they are warned about.

    Raises:
        DataError: the file is wrong, was made with other rules, or holds impossible findings; all are listed.
    """
    if stdin is not None and isinstance(source, Path):
        source = FichierDonne(str(source), stdin, source.parent)
    read = read_dossier(source)
    if habillage is not None:  # the file itself carries names and columns only
        read = replace(read, demande=replace(read.demande, habillage=habillage))
    if textes is not None:
        read = replace(read, demande=replace(read.demande, textes=textes))
    # Checked as typed: once replaced, two people cannot be told apart.
    checklist, dossier = open_dossier(registry, read, other_rules=other_rules)
    procedure = procedure_of(registry, checklist, dossier)
    if not pseudonymise:
        return conclude(checklist, dossier, procedure), ()
    checklist, dossier = pseudonymised(without_personal_warnings(checklist)), pseudonymised(dossier)
    return conclude(checklist, dossier, procedure), personal_data(read)
