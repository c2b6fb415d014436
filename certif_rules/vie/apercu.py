"""What is shown of an application file: what is left to ask, the rules and contradictions behind it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec import Struct

from certif_rules.model.base import Appui, Source, Texte
from certif_rules.model.candidature import Candidature
from certif_rules.model.vie import Incoherence, Vie
from certif_rules.vie.conditions import Besoin
from certif_rules.vie.dossier import Etude

_Record = TypeVar("_Record", bound=Struct)


class ADemander(Struct, frozen=True, kw_only=True):
    """This is to be asked: ``cle`` is where a profile answers, if it does; ``appui`` where it comes from."""

    texte: str
    cle: str | None = None
    appui: Appui | None = None


class DossierEtudie(Struct, frozen=True, kw_only=True):
    """A file is studied, under the rules of the label that ``titre`` names; ``type_audit`` is in words.

    ``types``, ``categories`` and ``faits`` give, by code, what the label calls them. ``editions`` are those
    that answer so, ``autres`` the studies of those that do not: without a day, none is chosen.
    """

    referentiel: str
    edition: str
    titre: str
    type_audit: str | None
    vie: Vie
    candidature: Candidature
    etude: Etude
    types: Mapping[str, str]
    categories: Mapping[str, str]
    faits: Mapping[str, str]
    editions: tuple[str, ...] = ()
    autres: tuple[DossierEtudie, ...] = ()

    @property
    def repondent(self) -> tuple[str, ...]:
        """Return the édition that answers, or those that answer alike."""
        return self.editions or (self.edition,)


def to_ask(dossier: DossierEtudie) -> tuple[ADemander, ...]:
    """Return what nobody has told yet, in the order in which it decides the rest."""
    return tuple({item.texte: item for item in _to_ask(dossier)}.values())


def _to_ask(dossier: DossierEtudie) -> Iterator[ADemander]:
    etude, depot = dossier.etude, dossier.etude.depot
    if depot.type is None:
        yield ADemander(texte="Quel type d’audit ?", cle="audit.type")
    if depot.precedent is None and Besoin("precedent") in etude.manques:
        texte = "De quel type était l’audit précédent, par lequel le label a été obtenu ?"
        yield ADemander(texte=texte, cle="precedent.type")
    for question, answer in etude.questions:
        if answer is None:
            cle = f"organisme.{question.champ}" if question.champ else f"dossier.reponses.{question.id}"
            yield ADemander(texte=question.texte, cle=cle, appui=question)
    if etude.choix.a_demander:
        appui = etude.choix.par[0][0] if etude.choix.par else None
        noms = ", ".join(a.nom for a in dossier.candidature.auditeurs.values())
        yield ADemander(
            texte=f"Quel auditeur habilité est choisi ? ({noms})", cle="dossier.auditeur", appui=appui
        )
    for place in etude.lieux:
        if place.mode is None:
            yield ADemander(texte=place.lieu.question, cle="audit.mode", appui=place.lieu)
        elif place.motif is None:
            nom = place.lieu.modes.get(place.mode, place.mode)
            yield ADemander(texte=f"Pour quelle raison {nom} ?", cle="dossier.motif_mode", appui=place.lieu)
    for element in etude.elements:
        own = element.piece.certificat is None and element.piece.devis is None
        if element.etat == "expiree" and own and element.bloque is not True:  # else told with what blocks
            texte = f"{element.piece.titre} : {', '.join(element.motifs)} ; en demander une à jour"
            yield ADemander(texte=texte, cle=f"dossier.pieces.{element.piece.id}", appui=element.piece)
    for point in etude.points:
        yield ADemander(texte=point.question, appui=point)


def supports(dossier: DossierEtudie, *, attribution: bool = True) -> Iterator[Appui]:
    """Yield every rule shown, for its sources and the contradictions it meets."""
    etude, candidature = dossier.etude, dossier.candidature
    pieces = [element.piece for element in etude.elements]
    asked = (etude.volets, etude.voies, etude.questions, pieces, etude.payeurs, etude.lieux)
    shown = (*asked, etude.interventions, etude.points, candidature.etapes)
    yield from (rule for rule in _within(shown, Appui) if not isinstance(rule, Texte))
    yield from candidature.auditeurs.values()
    if attribution:
        yield from award_supports(dossier.vie)


def award_supports(vie: Vie) -> Iterator[Appui]:
    """Yield the rules on the award and on the actors."""
    return _within((vie.instances, vie.attribution), Appui)


def _within(value: object, kind: type[_Record]) -> Iterator[_Record]:
    """Yield the records of a kind in a record, a list or a mapping, at any depth."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, Struct):
        value = [getattr(value, nom) for nom in value.__struct_fields__]
    elif isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _within(each, kind)


def met(vie: Vie, rules: Iterable[Appui]) -> tuple[Incoherence, ...]:
    """Return the contradictions that these rules cite, in the order of the label."""
    cited = {identifiant for rule in rules for identifiant in rule.incoherences}
    return tuple(i for i in vie.incoherences.values() if i.id in cited)


def texts_sources(dossier: DossierEtudie) -> Iterator[str]:
    """Yield the sources of the texts that hang on the rules of the file."""
    pieces = [element.piece for element in dossier.etude.elements]
    shown = (pieces, dossier.etude.payeurs, dossier.candidature.etapes)
    yield from (source for texte in _within(shown, Texte) for source in texte.sources)


def cited(vie: Vie, rules: Iterable[Appui], others: Iterable[str] = ()) -> tuple[Source, ...]:
    """Return the sources of what is shown and of the contradictions it meets, as declared."""
    shown = tuple(rules)
    wanted = {*(s for rule in shown for s in rule.sources), *others}
    wanted.update(s for incoherence in met(vie, shown) for s in incoherence.sources)
    return tuple(source for identifiant, source in vie.sources.items() if identifiant in wanted)
