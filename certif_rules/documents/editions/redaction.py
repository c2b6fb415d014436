"""A wording and the one before it as one text: what was withdrawn and what is new stand between signs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from certif_rules.audit.editions import LigneComparee
from certif_rules.audit.redactions import Operation, Passe
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import APOSTROPHE, INSECABLE, bound, clean, prose
from certif_rules.documents.mots import ABSENT, field_name
from certif_rules.model.base import Regle
from certif_rules.model.referentiel import Referentiel

_SIGNES: Final[dict[Operation, str]] = {"ajout": "+", "retrait": "−"}


def between(texte: str, operation: Literal["ajout", "retrait"]) -> tuple[b.Morceau, ...]:
    """Return words between the signs that say what became of them."""
    sign = _SIGNES[operation]
    return (
        b.Morceau(f"[{sign}{INSECABLE}"),
        b.Morceau(texte, operation),
        b.Morceau(f"{INSECABLE}{sign}]"),
    )


#: What the signs mean, before the first of them.
LEGENDE: Final = (
    *between("mots retirés", "retrait"),
    b.Morceau(" "),
    *between("mots ajoutés", "ajout"),
)


def written(passes: Iterable[Passe]) -> b.Texte:
    """Return words compared as one text, what differs between signs."""
    return tuple(run for passe in passes for run in _runs(passe))


def _runs(passe: Passe) -> Iterator[b.Morceau]:
    texte = bound(APOSTROPHE.sub("’", passe.texte))
    if passe.operation == "egal":
        yield b.Morceau(texte)
        return
    yield b.Morceau(" ")
    yield from between(texte.strip(), passe.operation)


def wordings(line: LigneComparee) -> tuple[b.Rubrique, ...]:
    """Return the texts of a line that differ, each under its name."""
    return tuple(
        b.Rubrique(titre=field_name(one.champ).capitalize(), elements=(written(one.passes),))
        for one in line.redactions
    )


def scope_change(line: LigneComparee, avant: Referentiel, apres: Referentiel) -> b.Rubrique:
    """Return to whom a line applies, before and after."""
    sides = (("avant", avant, line.avant), ("après", apres, line.apres))
    texts = (
        f"{word}{INSECABLE}: {' ; ou '.join(_rule(referentiel, regle) for regle in one.portee) or ABSENT}"
        for word, referentiel, one in sides
    )
    return b.Rubrique(titre="S’applique", elements=tuple(texts))


def _rule(referentiel: Referentiel, regle: Regle) -> str:
    """Return a rule of scope in words: for whom, under which condition, what is not known of it."""
    categories, fait = regle.mots.get("categories"), regle.mots.get("fait")
    parts = [", ".join(map(clean, categories))] if isinstance(categories, tuple) else []
    if isinstance(fait, str):
        parts.append(f"si «{INSECABLE}{prose(referentiel.faits[fait].vrai)}{INSECABLE}»")
    others = {mot: value for mot, value in regle.mots.items() if mot not in ("categories", "fait")}
    parts += [clean(f"{mot} = {value}") for mot, value in others.items()]
    if regle.sauf is not None:
        parts.append(f"sauf {_rule(referentiel, regle.sauf)}")
    if regle.inconnu is not None:
        parts.append(f"à confirmer{INSECABLE}: {prose(regle.inconnu)}")
    return ", ".join(parts)
