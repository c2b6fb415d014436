"""What the documents on an application say alike: a rule with what it rests on, actors, contradictions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import clean, prose
from certif_rules.documents import rubriques as document
from certif_rules.documents.actes import NATURES
from certif_rules.documents.mots import marked, remarks
from certif_rules.francais import capital
from certif_rules.model.acteurs import Intervention, NatureAvis, Role
from certif_rules.model.base import Appui
from certif_rules.model.candidature import Condition, Interrogation, Ressource, Si
from certif_rules.rules.trivalent import Trivalent
from certif_rules.vie.apercu import DossierEtudie, met
from certif_rules.vie.regime import named_editions

ROLES: Final[dict[Role, str]] = {
    "recoit": "reçoit", "examine": "examine", "admet": "admet", "valide": "valide", "choisit": "choisit",
    "calcule": "calcule", "audite": "audite", "donne_avis": "donne un avis", "decide": "décide",
    "notifie": "notifie", "delivre": "délivre", "finance": "finance", "oriente": "oriente",
}  # fmt: skip
#: What who gives an opinion does, by what it is worth to whoever decides.
_AVIS: Final[dict[NatureAvis | None, str]] = {
    nature: "propose" if nature == "proposition" else f"donne un {nom}" for nature, nom in NATURES.items()
}
DISCLAIMER: Final = prose(
    "Les textes sont reformulés, sauf entre guillemets ; seuls les documents d’origine font foi. "
    "Un dossier complet ne vaut ni décision ni conformité."
)


def supported(texte: str, *rules: Appui, sources: Iterable[str] = ()) -> b.Texte:
    """Return a text of the data, what it rests on after it."""
    behind = dict.fromkeys([*(s for rule in rules for s in rule.sources), *sources])
    return marked(prose(texte), tuple(behind), remarks(*rules))


def page(ressource: Ressource, before: str = "") -> b.Texte:
    """Return a public page, its address under its title."""
    return joined([supported(f"{before}{ressource.titre}", ressource), ressource.adresse or ""])


def _when(si: Si, dossier: DossierEtudie) -> str:
    """Return conditions in words, or nothing when there are none."""
    return " ; ".join(_condition(condition, dossier) for condition in si)


def _condition(c: Condition, dossier: DossierEtudie) -> str:
    candidature, types = dossier.candidature, dossier.types
    parts = [", ".join(lowered(types[code]) for code in c.types)] if c.types else []
    parts += [f"après {' ou '.join(lowered(types[code]) for code in c.precedents)}"] if c.precedents else []
    parts += [" ou ".join(lowered(candidature.voies[voie].titre) for voie in c.voies)] if c.voies else []
    parts += [_answered(candidature.questions[nom], choix) for nom, choix in c.reponses.items()]
    parts += [f"avec {', '.join(lowered(candidature.pieces[p].titre) for p in c.pieces)}"] if c.pieces else []
    parts += [", ".join(lowered(dossier.categories[k]) for k in c.categories)] if c.categories else []
    parts += [lowered(dossier.faits[c.fait])] if c.fait else []
    parts += [f"sauf {_condition(c.sauf, dossier)}"] if c.sauf else []
    parts += [c.inconnu] if c.inconnu else []
    return ", ".join(parts)


def _answered(question: Interrogation, accepted: tuple[str, ...]) -> str:
    """Return an answer asked for, in the words of its question."""
    titres = {choix.id: choix.titre for choix in question.choix}
    return f"« {question.texte} » : {' ou '.join(titres[choix] for choix in accepted)}"


def lowered(titre: str) -> str:
    """Return a title within a sentence: its capital goes, unless it is that of an acronym."""
    return titre if titre[1:2].isupper() else titre[:1].lower() + titre[1:]


def actors(
    dossier: DossierEtudie, interventions: list[tuple[Intervention, Trivalent]], *, when: bool = False
) -> Iterator[b.Bloc]:
    """Yield who does what, or nothing when nobody does anything; ``when`` says for which requests."""
    if not interventions:
        return
    yield b.Titre(texte="Qui fait quoi", niveau=2, ancre="acteurs")
    acteurs = dossier.vie.instances.acteurs
    rows: list[tuple[b.Cellule, ...]] = []
    for intervention, valeur in interventions:
        who = acteurs[intervention.acteur].nom if intervention.acteur else "? à demander"
        sure = "" if valeur or not intervention.si else " (à confirmer)"
        words = intervention.texte or intervention.inconnu or ""
        cases = _when(intervention.si, dossier) if when else ""
        sens = " ou ".join(f"« {word.titre} »" for word in intervention.sens)
        words = " – ".join(filter(None, [f"pour {cases}" if cases else "", words, sens])) or "–"
        rows.append(
            (
                prose(intervention.objet),
                prose(f"{_AVIS.get(intervention.nature, ROLES[intervention.role])} : {who}{sure}"),
                supported(words, intervention),
            )
        )
    yield b.Tableau(
        legende="Chaque objet, qui s’en charge et ce qu’en dit la source",
        tetes=("Objet", "Qui", "Ce qu’en dit la source"),
        lignes=tuple(rows),
        largeurs=(3, 4, 5),
    )


def contradictions(dossier: DossierEtudie, rules: Iterable[Appui]) -> Iterator[b.Bloc]:
    """Yield the contradictions that the rules shown meet."""
    contradicted = met(dossier.vie, rules)
    if contradicted:
        yield b.Titre(texte="Ce que les sources contredisent ou taisent", niveau=2, ancre="incoherences")
        yield b.Liste(
            elements=tuple(
                joined(
                    [
                        supported(f"{i.id} : {i.texte}", sources=i.sources),
                        prose(f"Lecture retenue : {i.lecture}") if i.lecture else "",
                        prose(f"Question ouverte : {i.question}") if i.question else "",
                    ]
                )
                for i in contradicted
            )
        )


def pied(dossier: DossierEtudie) -> str:
    """Return what stands at the foot of each page: the label, every édition shown, what the texts are."""
    shown = named_editions(tuple(sorted(nom for one in (dossier, *dossier.autres) for nom in one.repondent)))
    return f"{prose(dossier.titre)}, {clean(shown)}. {DISCLAIMER}"


def by_edition(
    dossier: DossierEtudie, compose: Callable[[DossierEtudie], Iterable[b.Bloc]]
) -> tuple[b.Bloc, ...]:
    """Return the blocks of a file with their sources, those of each édition under its name."""
    if not dossier.autres:
        return with_sources(dossier, compose(dossier))
    whole: list[b.Bloc] = []
    for one in (dossier, *dossier.autres):
        whole.append(b.Titre(texte=capital(named_editions(one.repondent)), niveau=2))
        whole += map(_lower, with_sources(one, compose(one)))
    return tuple(whole)


def _lower(bloc: b.Bloc) -> b.Bloc:
    """Return a heading one level down, without its anchor, which several would share; else the block."""
    if not isinstance(bloc, b.Titre):
        return bloc
    return replace(bloc, niveau=4 if bloc.niveau > 2 else 3, ancre="")


def with_sources(dossier: DossierEtudie, blocs: Iterable[b.Bloc]) -> tuple[b.Bloc, ...]:
    """Return these blocks, then the sources that they cite."""
    whole = tuple(blocs)
    cited = document.sources(dossier.vie.sources.values(), whole)
    heading = b.Titre(texte="Sources citées", niveau=2, ancre="sources")
    return (
        *whole,
        heading,
        b.Liste(elements=tuple(prose(f"[{s.id}] {s.titre}, {s.reference}") for s in cited)),
    )
