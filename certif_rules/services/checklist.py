"""A checklist from a request: resolve the référentiel, check the request, build the lines, warn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import RECEPTIONS, Checklist, Ligne, Point, dressed, warned
from certif_rules.audit.demande import Demande, missing
from certif_rules.audit.examen import DemandeVerifiee, check, parse_day, refusal
from certif_rules.audit.lignes import build_pieces, build_points, build_sites
from certif_rules.audit.partage import shared_lines
from certif_rules.audit.siren import siren_warnings
from certif_rules.audit.sites import gaps
from certif_rules.audit.textes import completed
from certif_rules.errors import Issue, IssuesError, UsageError
from certif_rules.francais import noun
from certif_rules.model.base import Avertissement, Lacune
from certif_rules.model.referentiel import Couche, Referentiel
from certif_rules.noms import cle
from certif_rules.personnes.pseudonymes import personal_warnings
from certif_rules.plugins.registry import Registry, Resolution
from certif_rules.rules.contexte import Contexte, Precedent
from certif_rules.rules.faits import nature_of, resolve_all
from certif_rules.rules.lacunes import relevant


class Examen(Protocol):
    """An examination gives what was read of a request for one référentiel, with what is wrong of it."""

    @property
    def issues(self) -> Sequence[Issue]:
        """Return everything wrong, nothing raised."""


T = TypeVar("T")
L = TypeVar("L", bound=Examen)


class Recherche(Struct, Generic[T], frozen=True):
    """A search gives the référentiel that a request names, alone in ``choix``, or those it may be about.

    Where none can be found, the request is read against each édition, and what all of them refuse is shown: a
    wrong date hides no wrong name, and no name is refused that the right date would admit.
    """

    choix: tuple[T, ...]
    issues: tuple[Issue, ...]
    unique: bool

    def settle(self, examens: Sequence[L]) -> tuple[T, L]:
        """Return the référentiel in force and what was read of the request for it.

        Args:
            examens: one for each of ``choix``, in order.

        Raises:
            UsageError, DataError: anything is wrong; all of it is listed.
        """
        issues = self.wrong(examens)
        if issues or not self.unique:
            raise refusal(issues)
        return self.choix[0], examens[0]

    def wrong(self, examens: Sequence[Examen]) -> list[Issue]:
        """Return what is wrong of a request, whichever of ``choix`` it is about."""
        # What may be meant instead differs from one édition to the next: what is wrong does not.
        each = [{replace(issue, hint=None): issue for issue in examen.issues} for examen in examens]
        common = [issue for plain, issue in each[-1].items() if all(plain in e for e in each)] if each else []
        return [*self.issues, *common]


def look_up(registry: Registry, demande: Demande, lacks: Iterable[Issue]) -> Recherche[Resolution]:
    """Look for the référentiel in force by the name and date of a request; ``lacks`` is what it misses."""
    issues = [*demande.fautes, *lacks]
    try:
        if demande.referentiel is not None and demande.date is not None:
            return Recherche((in_force(registry, demande),), tuple(issues), unique=True)
        if demande.date is not None:
            parse_day(demande.date, "date de l’audit", demande.lieu("date"), "audit.date")
    except IssuesError as error:
        issues += error.issues
    if demande.referentiel is not None:
        issues += _unknown(registry, demande.referentiel, demande)
    return Recherche(tuple(_every_edition(registry, demande)), tuple(issues), unique=False)


def _unknown(registry: Registry, nom: str, demande: Demande) -> Iterator[Issue]:
    """Yield why no référentiel has a name: that is told even when no day chooses its edition."""
    try:
        if not registry.layers(registry.identify(nom), "exigence"):
            registry.resolve(nom, day=date.max.isoformat())
    except IssuesError as error:
        yield from (_placed(issue, demande) for issue in error.issues)


def prepare(registry: Registry, demande: Demande) -> tuple[Resolution, Contexte]:
    """Return the référentiel in force for a request and the audit it asks for.

    Raises:
        UsageError, DataError: something needed is missing or wrong; all of it is listed.
    """
    recherche, examens = examine(registry, demande)
    resolution, verified = recherche.settle(examens)
    return with_texts(resolution, demande), verified.contexte


def examine(registry: Registry, demande: Demande) -> tuple[Recherche[Resolution], list[DemandeVerifiee]]:
    """Return the référentiels that a request may be about, and how it reads for each of them."""
    recherche = look_up(registry, demande, ())
    parted = not recherche.choix or any(not r.referentiel.sans_categories for r in recherche.choix)
    issues = (*missing(demande, categories=parted), *recherche.issues)
    return replace(recherche, issues=issues), [check(demande, r.referentiel) for r in recherche.choix]


def with_texts(resolution: Resolution, demande: Demande) -> Resolution:
    """Return the référentiel with the texts that the body gives for it, and what must be said of them.

    Raises:
        DataError: they are not of this référentiel; everything is listed.
    """
    given, named = demande.textes, demande.textes_dits
    warnings = []
    if given is not None:
        referentiel, textes = completed(resolution.referentiel, given)
        numeros = ", ".join(referentiel.indicateurs[line].numero for line in textes.lignes)
        message = (
            f"textes donnés par l’organisme, absents du référentiel installé : {numeros} "
            f"({textes.nom}, {textes.empreinte})"
        )
        warnings.append(Avertissement("textes_donnes", message))
        resolution = replace(resolution, referentiel=referentiel, textes=textes)
    if named is not None and given is None:
        message = (
            f"les textes de « {named.nom} » ({named.empreinte}) ne sont pas donnés : les lignes qu’ils "
            "complétaient sont sans texte"
        )
        warnings.append(Avertissement("textes_absents", message))
    elif named is not None and given is not None and named.empreinte != given.empreinte:
        message = f"constats faits avec d’autres textes : {named.empreinte}, ici {given.empreinte}"
        warnings.append(Avertissement("autres_textes", message))
    return replace(resolution, avertissements=(*resolution.avertissements, *warnings))


def _every_edition(registry: Registry, demande: Demande) -> Iterator[Resolution]:
    """Yield the référentiel of a request in each édition (or the one it names), on its latest day."""
    nom = ""
    with suppress(IssuesError):  # told already
        nom = registry.identify(demande.referentiel or "")
    layers = registry.layers(nom, "exigence")
    for layer in [c for c in layers if c.id == demande.edition] or layers:
        with suppress(IssuesError):  # its data are wrong: whoever asks for that édition will be told
            yield registry.resolve(nom, day=registry.latest_day(layer), edition=layer.id)


def in_force(registry: Registry, demande: Demande) -> Resolution:
    """Return the référentiel in force by the name and the day of a request, whatever else it lacks.

    Raises:
        UsageError, DataError: one of the two is missing or wrong.
    """
    day = parse_day(demande.date or "", "date de l’audit", demande.lieu("date"), "audit.date")
    try:
        return registry.resolve(
            demande.referentiel or "", day=day.isoformat(), edition=demande.edition, guide=demande.guide
        )
    except UsageError as error:
        raise refusal(_placed(issue, demande) for issue in error.issues) from error


def _placed(issue: Issue, demande: Demande) -> Issue:
    """Return the issue at the place in the profile of the name it is about, when it was not an option."""
    names = {
        "referentiel-inconnu": "referentiel",
        "referentiel-ambigu": "referentiel",
        "guide-introuvable": "guide",
    }
    name = names.get(issue.code, "edition" if demande.edition is not None else "date")
    return replace(issue, location=issue.location or demande.lieu(name), champ=_CHAMPS[name])


_CHAMPS = {
    "referentiel": "referentiel.id",
    "guide": "referentiel.guide",
    "edition": "referentiel.edition",
    "date": "audit.date",
}


def make_checklist(registry: Registry, demande: Demande) -> Checklist:
    """Return the checklist that ``demande`` asks for.

    Raises:
        UsageError, DataError: the request or the data are wrong; everything is listed, nothing is half made.
    """
    checklist = dressed(build(*prepare(registry, demande)), demande.habillage)
    return warned(checklist, (*siren_warnings(demande), *personal_warnings(demande)))


def build(resolution: Resolution, contexte: Contexte) -> Checklist:
    """Return the checklist of a context already checked: a pure function."""
    referentiel = resolution.referentiel
    type_audit = referentiel.types_audit[contexte.type_audit]
    lignes = shared_lines(referentiel, contexte)
    faits = resolve_all(referentiel, contexte)
    pieces = build_pieces(referentiel, contexte, faits, type_audit)
    return Checklist(
        referentiel=referentiel,
        empreinte=resolution.empreinte,
        contexte=contexte,
        faits=faits,
        organisme=declared(referentiel, contexte),
        avertissements=(
            *_without_audit(referentiel, contexte, lignes, pieces),
            *resolution.avertissements,
            *_warnings(referentiel, contexte),
        ),
        lignes=lignes,
        pieces=pieces,
        verifications=build_points(referentiel, contexte, faits, type_audit.verifications),
        sites=build_sites(contexte, type_audit.sites),
        invocables={
            fait.id: _claimed(contexte, fait.id) for fait in referentiel.faits.values() if fait.a_invoquer
        },
        lacunes=relevant(_gaps(referentiel, contexte), referentiel, contexte, faits),
        textes=resolution.textes,
    )


def declared(referentiel: Referentiel, contexte: Contexte) -> dict[str, Any]:
    """Write the organisation as it was declared, in the shape of a profile.

    A value for all categories says nothing of one where the fact holds by nature: written out by category, it
    leaves that one aside, so that reading the document again gives the same facts.
    """
    organisme = contexte.organisme
    identity = {nom: getattr(organisme, nom) for nom in ("nom", "siren", "nda", "chiffre_affaires")}
    faits: dict[str, Any] = {}
    for nom, fait in contexte.faits.items():
        if fait.nombre is not None or fait.nombres:
            numbers = {c: number for c in contexte.categories if (number := fait.number(c)) is not None}
            faits[nom] = numbers if fait.nombres else fait.nombre
            continue
        faits[nom] = dict(fait.par_categorie) if fait.valeur is None else fait.valeur
        if fait.valeur is not None and fait.par_categorie:
            asked = (c for c in contexte.categories if not nature_of(referentiel.faits[nom], c))
            faits[nom] = {**dict.fromkeys(asked, fait.valeur), **fait.par_categorie}
    return {
        **{key: value for key, value in identity.items() if value is not None},
        "categories": list(organisme.categories),
        "faits": faits,
        **({"sites": [dict(site) for site in organisme.sites]} if organisme.sites else {}),
    }


def _claimed(contexte: Contexte, nom: str) -> bool:
    fait = contexte.faits.get(nom)
    return fait is not None and (fait.valeur is True or True in fait.par_categorie.values())


def _gaps(referentiel: Referentiel, contexte: Contexte) -> Iterator[Lacune]:
    """Yield the gaps of this audit type and of the whole: those of other types are left out."""
    others = {
        id(lacune)
        for type_audit in referentiel.types_audit.values()
        if type_audit.id != contexte.type_audit
        for lacune in type_audit.lacunes
    }
    return (lacune for lacune in referentiel.lacunes if id(lacune) not in others)


def _without_audit(
    referentiel: Referentiel, contexte: Contexte, lignes: tuple[Ligne, ...], pieces: tuple[Point, ...]
) -> Iterator[Avertissement]:
    """Yield that documents stand in for the audit, each received or not, then the gaps left open."""
    if not pieces or any(ligne.etat in ("a_auditer", "a_confirmer") for ligne in lignes):
        return
    number = _NOMBRES.get(len(pieces), str(len(pieces)))
    listed = " ; ".join(f"{p.texte.rstrip('.')} ({RECEPTIONS[p.reception or 'non_dite']})" for p in pieces)
    message = f"pas d’audit : {number} {noun(len(pieces), 'document')} à recevoir, dans l’ordre : {listed}"
    sources = tuple(dict.fromkeys(source for piece in pieces for source in piece.sources))
    yield Avertissement("sans_audit", message, sources)
    earlier = contexte.precedent.constats if contexte.precedent else None
    if earlier is None:
        yield Avertissement("ecarts_ouverts", "écarts encore ouverts : non renseignés")
        return
    still = [
        f"{referentiel.indicateurs[line].numero} ({referentiel.constats[constat.constat].titre.lower()})"
        for line, constat in earlier.items()
        if constat.ouvert and constat.constat in gaps(referentiel, referentiel.indicateurs[line].origine)
    ]
    yield Avertissement("ecarts_ouverts", f"écarts encore ouverts : {', '.join(still) or 'aucun'}")


_NOMBRES = {1: "un", 2: "deux", 3: "trois", 4: "quatre"}


def _warnings(referentiel: Referentiel, contexte: Contexte) -> Iterator[Avertissement]:
    day = contexte.date.isoformat()
    for retenue in referentiel.couches:
        couche = retenue.couche
        yield from _recognition_warnings(couche, day)
    yield from _addition_warnings(contexte)
    if contexte.precedent is not None:
        yield from _precedent_warnings(referentiel, contexte.precedent)
    yield from _mode_warnings(referentiel, contexte)
    earlier = contexte.precedent.type if contexte.precedent else None
    for rappel in referentiel.types_audit[contexte.type_audit].rappels:
        if earlier not in rappel.sauf_precedents:
            yield Avertissement("rappel", rappel.texte, rappel.sources)


def _recognition_warnings(couche: Couche, day: str) -> Iterator[Avertissement]:
    """Yield that no decision known recognises the label on ``day``, and that one is awaited where it is."""
    current = next((p for p in couche.reconnaissance if p.du <= day <= p.au), None)
    if not couche.reconnaissance or (current is not None and not current.en_attente):
        return
    known = [p for p in couche.reconnaissance if not p.en_attente]
    periods = ", puis ".join(f"du {p.du} au {p.au} par {p.par}" for p in known) or "aucune"
    message = f"la date de l’audit est hors de la reconnaissance connue de {couche.referentiel} ({periods})"
    if current is not None:
        words = f" : {current.decision}" if current.decision else ""
        message += f" ; du {current.du} au {current.au}, elle est en attente{words}, résultat non connu"
    cited = [*(s for p in known for s in p.sources), *(current.sources if current else ())]
    yield Avertissement("hors_reconnaissance", message, tuple(dict.fromkeys(cited)))


def _mode_warnings(referentiel: Referentiel, contexte: Contexte) -> Iterator[Avertissement]:
    """Yield that the audit is not held as its rules foresee, and how surely they do."""
    for unforeseen in referentiel.types_audit[contexte.type_audit].modes_inattendus:
        if contexte.mode is not None and cle(contexte.mode) == cle(unforeseen.mode):
            from certif_rules.documents import mots  # a checklist in JSON needs no document else

            surely = mots.CONFIANCES[unforeseen.confiance]
            message = f"mode « {mots.mode(contexte.mode)} » : {unforeseen.texte} (confiance {surely})"
            yield Avertissement("mode_inattendu", message, unforeseen.sources)


def _addition_warnings(contexte: Contexte) -> Iterator[Avertissement]:
    again = set(contexte.ajouts.categories) & set(contexte.organisme.categories)
    if again and not contexte.certifiees:
        message = (
            "toutes les catégories de l’organisme sont déclarées ajoutées : aucune n’est donc déjà certifiée"
        )
        yield Avertissement("aucune_categorie_certifiee", message)


def _precedent_warnings(referentiel: Referentiel, precedent: Precedent) -> Iterator[Avertissement]:
    """Yield what the earlier audit cannot have found; it is taken as told all the same."""
    for identifiant, dit in (precedent.constats or {}).items():
        constat = referentiel.constats[dit.constat]
        indicateur = referentiel.indicateurs[identifiant]
        allowed = indicateur.constats_permis
        if allowed and constat.id not in allowed:
            titles = ", ".join(referentiel.constats[code].titre for code in allowed)
            message = (
                f"audit précédent : « {constat.titre} » n’est pas permis sur la ligne {indicateur.numero} "
                f"(permis : {titles})"
            )
            yield Avertissement("precedent_incoherent", message)
        seen = precedent.indicateurs_audites
        if seen is not None and identifiant not in seen and not constat.hors_portee:
            message = (
                f"audit précédent : la ligne {indicateur.numero} a un constat, "
                "mais n’est pas des lignes auditées"
            )
            yield Avertissement("precedent_incoherent", message)
