"""Two editions compared, as values: their lines, their rules, what that means for one organisation.

Whether a line was reworded is what its data declare (``evolution``) where they speak of the other edition;
elsewhere its words say so. Where both speak and disagree, that is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from certif_rules.audit.appariement import Appariement, Indice, evolution_between, match
from certif_rules.audit.correction import Sens
from certif_rules.audit.incidences import PourOrganisme
from certif_rules.audit.redactions import Passe, compare_words
from certif_rules.model.base import PLACES, Avertissement
from certif_rules.model.referentiel import Evolution, Indicateur, Nature, Referentiel

#: How a line is worded otherwise: on substance or in form as declared, or by its words, which tell not which;
#: not known where a source lacks one of the two wordings.
Reformulation = Literal["fond", "forme", "mots", "inconnue"]
#: What else changes of a line, that is no wording.
RegleChangee = Literal["portee", "constats_permis"]

#: What says where a thing comes from and how sure it is, and not what it is.
_SUPPORT = PLACES | {"sources", "confiance", "lecture", "incoherences", "lacunes", "note"}
#: The texts of an exigence layer that a reader compares, and those of a guide.
_ENONCES = ("titre", "exigence")
_DU_GUIDE = ("niveau_attendu", "preuves", "precisions", "adaptations", "commentaires")
#: What is compared beside the lines, and the field that holds it: one by one, and as a whole.
_SORTES: Mapping[str, str] = {
    "critère": "criteres",
    "catégorie": "categories",
    "fait": "faits",
    "type d’audit": "types_audit",
    "constat": "constats",
    "annotation": "annotations",
    "jugement": "jugements",
    "conservation": "conservations",
    "mention": "mentions",
}
_ENSEMBLE = {"dérogations": "derogations", "équivalences": "equivalences", "mots": "vocabulaire"}


class Redaction(Struct, frozen=True, kw_only=True):
    """A wording names a text of a line that reads otherwise, and gives its words."""

    champ: str
    passes: tuple[Passe, ...]


class LigneComparee(Struct, frozen=True, kw_only=True):
    """A compared line is one of one edition, with what it is in the other.

    ``reformulation`` is ``None`` for a line whose wording is the same. ``guide`` are the texts of the reading
    guides that differ.
    """

    avant: Indicateur
    apres: Indicateur
    indice: Indice
    reformulation: Reformulation | None
    evolution: Evolution | None
    redactions: tuple[Redaction, ...]
    regles: tuple[RegleChangee, ...]
    guide: tuple[str, ...]

    @property
    def renumerotee(self) -> bool:
        """Return whether people call it otherwise."""
        return (self.avant.id, self.avant.numero) != (self.apres.id, self.apres.numero)


class Recomposition(Struct, frozen=True, kw_only=True):
    """A recomposition splits or merges lines: one into several, several into one, several into several."""

    de: tuple[Indicateur, ...]
    vers: tuple[Indicateur, ...]
    indice: Indice


class Mutation(Struct, frozen=True, kw_only=True):
    """Something else than a line enters, leaves or changes: a criterion, an audit type, a judgement."""

    sorte: str
    id: str
    titre: str
    sens: Sens


class CoucheRemplacee(Struct, frozen=True, kw_only=True):
    """A replacement gives the layers of one kind of a référentiel, by id, on each side; ``None``: none."""

    referentiel: str
    nature: Nature
    avant: str | None
    apres: str | None


class EditionsComparees(Struct, frozen=True, kw_only=True):
    """A comparison gives all that differs between two editions, for all or for one organisation.

    For an organisation, it speaks only of the lines that may apply to it.
    """

    avant: Referentiel
    apres: Referentiel
    empreintes: tuple[str, str]
    lignes: tuple[LigneComparee, ...]
    recompositions: tuple[Recomposition, ...]
    ajoutees: tuple[Indicateur, ...]
    retirees: tuple[Indicateur, ...]
    proches: tuple[tuple[Indicateur, Indicateur], ...]
    mutations: tuple[Mutation, ...]
    couches: tuple[CoucheRemplacee, ...]
    avertissements: tuple[Avertissement, ...] = ()
    organisme: PourOrganisme | None = None

    @property
    def reformulees(self) -> tuple[LigneComparee, ...]:
        """Return the lines whose wording changed."""
        return tuple(line for line in self.lignes if line.reformulation not in (None, "inconnue"))

    @property
    def sans_texte(self) -> tuple[LigneComparee, ...]:
        """Return the lines with a wording absent from its sources: nobody knows whether they changed."""
        return tuple(line for line in self.lignes if line.reformulation == "inconnue")

    @property
    def inchangees(self) -> tuple[LigneComparee, ...]:
        """Return the lines with the same wording and the same number."""
        return tuple(li for li in self.lignes if not li.reformulation and not li.renumerotee)


def compare_editions(
    avant: Referentiel,
    apres: Referentiel,
    empreintes: tuple[str, str],
    applicables: frozenset[str] | None = None,
) -> EditionsComparees:
    """Return what differs from ``avant`` to ``apres``.

    Args:
        avant: the earlier one, as it is compared.
        apres: the other.
        empreintes: their digests.
        applicables: the ids of the only lines to speak of; ``None``: all of them.
    """
    matched = match(avant, apres)
    lines = tuple(_lines(avant, apres, matched))

    def about(*ids: str) -> bool:
        return applicables is None or not applicables.isdisjoint(ids)

    before, after = avant.indicateurs, apres.indicateurs
    shown = tuple(line for line in lines if about(line.avant.id, line.apres.id))
    return EditionsComparees(
        avant=avant,
        apres=apres,
        empreintes=empreintes,
        lignes=shown,
        recompositions=tuple(
            Recomposition(
                de=tuple(before[n] for n in lien.de),
                vers=tuple(after[n] for n in lien.vers),
                indice=lien.indice,
            )
            for lien in matched.liens
            if len(lien.de) + len(lien.vers) > 2 and about(*lien.de, *lien.vers)
        ),
        ajoutees=tuple(after[nom] for nom in matched.ajoutes if about(nom)),
        retirees=tuple(before[nom] for nom in matched.retires if about(nom)),
        proches=tuple((before[a], after[b]) for a, b in matched.proches if about(a, b)),
        mutations=tuple(_mutations(avant, apres)),
        couches=tuple(_layers(avant, apres)),
        avertissements=tuple(_discords(avant, apres, shown)),
    )


def _lines(avant: Referentiel, apres: Referentiel, matched: Appariement) -> Iterator[LigneComparee]:
    """Yield the lines that are one on each side, in the order of the later edition."""
    one_to_one = {li.vers[0]: li for li in matched.liens if len(li.de) == len(li.vers) == 1}
    for nom, after in apres.indicateurs.items():
        if nom not in one_to_one:
            continue
        lien = one_to_one[nom]
        before = avant.indicateurs[lien.de[0]]
        evolution = evolution_between(after, avant) or evolution_between(before, apres)
        texts = tuple(wordings(before, after))
        yield LigneComparee(
            avant=before,
            apres=after,
            indice=lien.indice,
            reformulation=_reworded(evolution, texts, absent=None in (before.exigence, after.exigence)),
            evolution=evolution,
            redactions=texts,
            regles=tuple(_rules(before, after)),
            guide=tuple(_guide(avant, apres, before, after)),
        )


def wordings(before: object, after: object) -> Iterator[Redaction]:
    """Yield the texts that both nodes have, and that differ."""
    for champ in _ENONCES:
        one, two = getattr(before, champ, None), getattr(after, champ, None)
        if one is not None and two is not None and one != two:
            yield Redaction(champ=champ, passes=compare_words(one, two))


def _reworded(
    evolution: Evolution | None, texts: tuple[Redaction, ...], *, absent: bool
) -> Reformulation | None:
    if evolution and evolution.nature in ("fond", "forme"):
        return "fond" if evolution.nature == "fond" else "forme"
    if evolution and evolution.nature == "aucune":
        return None
    return "inconnue" if absent else "mots" if texts else None


def _rules(before: Indicateur, after: Indicateur) -> Iterator[RegleChangee]:
    if meaning(before.portee) != meaning(after.portee):
        yield "portee"
    if before.constats_permis != after.constats_permis:
        yield "constats_permis"


def _guide(avant: Referentiel, apres: Referentiel, before: Indicateur, after: Indicateur) -> Iterator[str]:
    """Yield the texts of the guides that differ; where an edition has none, there is nothing to compare."""
    if avant.guide is None or apres.guide is None:
        return
    for champ in _DU_GUIDE:
        if meaning(getattr(before, champ)) != meaning(getattr(after, champ)):
            yield champ


def meaning(value: Any) -> Any:
    """Return what a record says, without what it rests on nor where it was written."""
    if isinstance(value, Struct):
        held = ((name, getattr(value, name)) for name in value.__struct_fields__ if name not in _SUPPORT)
        return tuple((name, meaning(each)) for name, each in held)
    if isinstance(value, Mapping):
        return tuple((key, meaning(each)) for key, each in value.items())
    if isinstance(value, tuple):
        return tuple(map(meaning, value))
    return value


def _mutations(avant: Referentiel, apres: Referentiel) -> Iterator[Mutation]:
    """Yield what changes beside the lines, kind by kind, in the order of the later edition."""
    for sorte, champ in _SORTES.items():
        before, after = getattr(avant, champ), getattr(apres, champ)
        for nom in dict.fromkeys((*after, *before)):
            one, two = before.get(nom), after.get(nom)
            if meaning(one) != meaning(two):
                sens: Sens = "entree" if one is None else "sortie" if two is None else "changee"
                yield Mutation(sorte=sorte, id=nom, titre=title_of(two or one), sens=sens)
    for sorte, champ in _ENSEMBLE.items():
        if meaning(getattr(avant, champ)) != meaning(getattr(apres, champ)):
            yield Mutation(sorte=sorte, id="", titre="", sens="changee")


def title_of(value: object) -> str:
    """Return what people call something of a référentiel; nothing where it has no title."""
    return getattr(value, "titre", None) or getattr(value, "question", None) or ""


def _layers(avant: Referentiel, apres: Referentiel) -> Iterator[CoucheRemplacee]:
    """Yield the layers of each kind that are not the same on both sides, base first."""
    before, after = (
        {(r.couche.referentiel, r.couche.nature): r.couche.id for r in side.couches}
        for side in (avant, apres)
    )
    for cle in dict.fromkeys((*after, *before)):
        if before.get(cle) != after.get(cle):
            yield CoucheRemplacee(
                referentiel=cle[0], nature=cle[1], avant=before.get(cle), apres=after.get(cle)
            )


def _discords(
    avant: Referentiel, apres: Referentiel, lines: Iterable[LigneComparee]
) -> Iterator[Avertissement]:
    """Yield where what a line declares is not what its words show."""
    for line in lines:
        nature = line.evolution.nature if line.evolution else None
        numero = line.apres.numero
        if nature == "aucune" and line.redactions:
            message = f"ligne {numero} : déclarée inchangée, mais ses mots diffèrent"
        elif nature == "fond" and line.avant.exigence == line.apres.exigence and not line.redactions:
            message = f"ligne {numero} : déclarée modifiée sur le fond, mais ses mots sont les mêmes"
        elif nature == "nouveau":
            message = f"ligne {numero} : déclarée nouvelle, mais elle est dans les deux éditions"
        else:
            continue
        assert line.evolution is not None
        yield Avertissement("evolution_discordante", message, line.evolution.sources)
    for later, earlier in ((apres, avant), (avant, apres)):
        for own in later.indicateurs.values():
            evolution = evolution_between(own, earlier)
            codes = evolution.issu_de if evolution else ()
            unknown = [code for code in codes if f"{own.origine}/{code}" not in earlier.indicateurs]
            if unknown:
                message = (
                    f"ligne {own.numero} : déclarée issue de {', '.join(unknown)}, que l’édition "
                    f"{earlier.edition} n’a pas"
                )
                yield Avertissement("evolution_discordante", message)


def cited(compared: EditionsComparees) -> tuple[str, ...]:
    """Return the sources of all that is told, once each."""
    lines = (line.evolution.sources for line in compared.lignes if line.reformulation and line.evolution)
    alone = (line.sources for line in (*compared.ajoutees, *compared.retirees))
    warned = (avertissement.sources for avertissement in compared.avertissements)
    return tuple(dict.fromkeys(source for sources in (*lines, *alone, *warned) for source in sources))
