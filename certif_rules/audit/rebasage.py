"""What a label rests on, looked at under another edition of its base: what it touches, and what moved.

Pure. A label touches what it changes of its base, the criteria that its lines hang on, what its rules name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from certif_rules.audit.editions import EditionsComparees, Redaction, meaning, title_of, wordings
from certif_rules.model.base import Regle
from certif_rules.model.referentiel import Changement, Critere, Indicateur, Referentiel, TypeAudit

#: What the label does with a thing: it changes it, withdraws it, hangs a line on it, names it in a rule.
Geste = Literal["modification", "retrait", "rattachement", "regle"]
#: What became of it underneath: the same, changed, changed so that the operation does nothing, gone.
Devenir = Literal["inchange", "a_relire", "sans_effet", "sans_cible"]


class Touche(Struct, frozen=True, kw_only=True):
    """A touche names something of the base that the label touches, and what became of it.

    ``par`` is who touches it: the fields that a change replaces, the numbers of lines, the audit types;
    ``egaux`` are those fields that the base now gives as the label does.
    """

    geste: Geste
    sorte: str
    cible: str
    nom: str
    par: tuple[str, ...]
    devenir: Devenir
    egaux: tuple[str, ...] = ()
    redactions: tuple[Redaction, ...] = ()
    motif: str | None = None
    sources: tuple[str, ...] = ()
    emplacement: str = ""


class Rebasage(Struct, frozen=True, kw_only=True):
    """A rebasage sees a label under another edition of its base: what it touches, what the base changed."""

    label: Referentiel
    base: EditionsComparees
    touches: tuple[Touche, ...]


def rebase(label: Referentiel, base: EditionsComparees) -> Rebasage:
    """Return what a label touches of its base, and what became of each.

    Args:
        label: the label on the base that it was written on.
        base: that base compared with the one to rest on.
    """
    # An edition written as a change of another also changes lines of its own.
    own = (c for c in label.changements if c.origine == label.id and _node(base.avant, c) is not None)
    touches = (
        *(_operation(label, base, change) for change in own),
        *_hung(label, base),
        *_named(label, base),
    )
    return Rebasage(label=label, base=base, touches=touches)


def _operation(label: Referentiel, base: EditionsComparees, change: Changement) -> Touche:
    """Return what became of what a change replaces, or withdraws."""
    before, after = (_node(side, change) for side in (base.avant, base.apres))
    final = _node(label, change)
    texts = tuple(wordings(before, after))
    moved = [c for c in change.champs if meaning(getattr(before, c)) != meaning(getattr(after, c, None))]
    same = tuple(c for c in change.champs if after is not None and getattr(after, c) == getattr(final, c))
    devenir: Devenir = "inchange"
    if after is None:
        devenir = "sans_cible"
    elif same:
        devenir = "sans_effet"
    elif moved or texts or change.cible in {line.apres.id for line in base.reformulees}:
        devenir = "a_relire"
    return Touche(
        geste="modification" if change.champs else "retrait",
        sorte="critère" if change.nature == "critere" else "indicateur",
        cible=change.cible,
        nom=change.numero,
        par=change.champs,
        devenir=devenir,
        egaux=same,
        redactions=texts,
        motif=change.motif,
        sources=change.sources,
        emplacement=change.emplacement,
    )


def _node(referentiel: Referentiel, change: Changement) -> Critere | Indicateur | None:
    if change.nature == "critere":
        return referentiel.criteres.get(change.cible)
    return referentiel.indicateurs.get(change.cible)


def _hung(label: Referentiel, base: EditionsComparees) -> Iterator[Touche]:
    """Yield each criterion of the base that lines of the label hang on."""
    lines: dict[str, list[str]] = {}
    for line in label.indicateurs.values():
        if line.origine == label.id and line.critere in base.avant.criteres:
            lines.setdefault(str(line.critere), []).append(line.numero)
    for nom, numbers in lines.items():
        before, after = base.avant.criteres[nom], base.apres.criteres.get(nom)
        texts = tuple(wordings(before, after))
        yield Touche(
            geste="rattachement",
            sorte="critère",
            cible=nom,
            nom=before.numero,
            par=tuple(numbers),
            devenir="sans_cible" if after is None else "a_relire" if texts else "inchange",
            redactions=texts,
        )


def _named(label: Referentiel, base: EditionsComparees) -> Iterator[Touche]:
    """Yield each thing of the base that a rule of the label names, by whom it is named."""
    kinds: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
        ("type d’audit", base.avant.types_audit, base.apres.types_audit),
        ("fait", base.avant.faits, base.apres.faits),
        ("catégorie", base.avant.categories, base.apres.categories),
        ("constat", base.avant.constats, base.apres.constats),
        ("indicateur", base.avant.indicateurs, base.apres.indicateurs),
    )
    users: dict[tuple[str, str], list[str]] = {}
    for user, rule in _rules(label, base.avant):
        for word in _words(rule):
            for sorte, before, _ in kinds:
                if word in before and user not in users.setdefault((sorte, word), []):
                    users[sorte, word].append(user)
    for sorte, before, after in kinds:
        for nom, one in before.items():
            if not users.get((sorte, nom)):
                continue
            two = after.get(nom)
            devenir: Devenir = (
                "sans_cible" if two is None else "inchange" if meaning(one) == meaning(two) else "a_relire"
            )
            named, par = title_of(one) or nom, tuple(users[sorte, nom])
            yield Touche(geste="regle", sorte=sorte, cible=nom, nom=named, par=par, devenir=devenir)


def _rules(label: Referentiel, base: Referentiel) -> Iterator[tuple[str, Regle]]:
    """Yield every rule of the label itself, with what it is of: a line, an audit type, a scheme."""
    for line in label.indicateurs.values():
        if line.origine == label.id:
            yield from ((line.numero, rule) for rule in line.portee)
    for type_audit in label.types_audit.values():
        if type_audit.origine == label.id:
            yield from ((type_audit.titre, rule) for rule in _of_type(type_audit))
    # Those of the base stand before the label’s own.
    yield from (("dérogation", one.garde) for one in label.derogations[len(base.derogations) :])
    for one in label.equivalences[len(base.equivalences) :]:
        yield f"équivalence {one.titre}", one.garde


def _of_type(type_audit: TypeAudit) -> Iterator[Regle]:
    yield from (*type_audit.perimetre, *type_audit.sinon_selon)
    yield from (controle.regle for controle in (*type_audit.pieces, *type_audit.verifications))


def _words(rule: Regle) -> Iterator[str]:
    """Yield every name that a rule uses, at any depth."""
    for value in (value for each in rule.emboitees for value in each.mots.values()):
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from value
