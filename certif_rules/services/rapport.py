"""From a findings file to the audit report and its non-conformity sheets."""

from __future__ import annotations

from pathlib import Path

from certif_rules.audit.contenu import Rapport
from certif_rules.audit.rapport import make_report
from certif_rules.audit.textes import TextesDits
from certif_rules.habillage.regles import HabillageDit
from certif_rules.personnes.pseudonymes import DonneePersonnelle
from certif_rules.plugins.registry import Registry
from certif_rules.services.conclusion import conclude_file
from certif_rules.source.entree import FichierDonne


def report_file(
    registry: Registry, source: Path | FichierDonne, *, stdin: bytes | None = None, other_rules: bool = False,
    habillage: HabillageDit | None = None, textes: TextesDits | None = None, pseudonymise: bool = False,
) -> tuple[Rapport, tuple[DonneePersonnelle, ...]]:  # fmt: skip
    """Return the report of a findings file, and the personal data replaced (arguments of ``conclude_file``).

    Raises:
        DataError: the file is wrong, was made with other rules, or holds impossible findings; all are listed.
    """
    bilan, replaced = conclude_file(
        registry, source, stdin=stdin, other_rules=other_rules, habillage=habillage, textes=textes,
        pseudonymise=pseudonymise,
    )  # fmt: skip
    return make_report(bilan), replaced
