"""What the rules layers of a resolved référentiel say around the audit, from their folders ``vie``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from certif_rules.construction.lignee import borrowed
from certif_rules.construction.vie import build_life
from certif_rules.errors import DataError
from certif_rules.model.referentiel import CoucheRetenue, Referentiel
from certif_rules.model.vie import Vie
from certif_rules.plugins.couche import EnTete, Fichiers, read_life


def build_lives(
    referentiel: Referentiel,
    read: Sequence[tuple[CoucheRetenue, EnTete, Fichiers]],
    *,
    thorough: bool,
    lines: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> tuple[Vie, ...]:
    """Return what these layers say, base first; one that says nothing is left out.

    Args:
        referentiel: what the layers are retained for.
        read: each rules layer, the header of what is read of it, the files of its second body.
        thorough: put every body through the schemas.
        lines: by origin, the bodies of the editions that the one retained is a change of, and its own, by id:
            what they withdrew is looked for in rules taken from an earlier one.

    Raises:
        DataError: the data are wrong; every problem is listed.
    """
    lives: list[Vie] = []
    for retenue, en_tete, fichiers in read:
        corps = read_life(en_tete, fichiers, thorough=thorough)
        if corps is None:
            continue
        undeclared = [corps.non_declaree] if corps.non_declaree else []
        origine = retenue.couche.referentiel
        taken = borrowed(lines.get(origine, {}), retenue.contenu.pour, origine)
        try:
            vie = build_life(origine, corps.sections, referentiel, tuple(lives), taken)
        except DataError as error:
            raise DataError([*error.issues, *undeclared]) from error
        if undeclared:
            raise DataError(undeclared)
        lives.append(vie)
    return tuple(lives)
