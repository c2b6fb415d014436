"""A plugin goes through this in its own tests: its data checked, each audit explained, each rule tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.certificats import CertificatDit
from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.audit.demande import Demande
from certif_rules.errors import Issue, IssuesError, UsageError, from_emplacement, suggestion
from certif_rules.model.referentiel import Couche, Referentiel, TypeAudit
from certif_rules.plugins.discovery import Plugins
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import in_force, make_checklist
from certif_rules.services.couches import days_of
from certif_rules.services.validation import Validation, validate

#: What a check of data is about.
Theme = Literal["formes", "empreintes", "textes", "sources", "references"]
_THEMES: Final[Mapping[Theme, frozenset[str]]] = {
    "empreintes": frozenset(
        {"empreinte-inconnue", "revision-a-ecrire", "revisions-en-desordre", "brouillon-installe"}
    ),
    "textes": frozenset({"texte-tronque", "texte-double", "mot-coupe", "donnee-personnelle"}),
    "sources": frozenset({"source-inconnue", "source-differente", "source-inutile"}),
    "formes": frozenset(
        """
        cle-manquante cle-inconnue cle-deplacee type-inattendu valeur-inattendue valeur-en-double
        forme-inattendue liste-vide dictionnaire-vide nombre-trop-petit nombre-trop-grand liste-trop-longue
        texte-trop-long format-inconnu
        """.split()  # noqa: SIM905 - a list of codes reads so
    ),
}
#: What a draft need not do yet: to be finished, and to use all that it declares.
_OF_DRAFTS: Final = frozenset({"brouillon-a-finir", "mesure-inutile", "fait-inutile", "constat-inutile"})
#: Said by its own test, which knows the decisions too.
_ELSEWHERE: Final = frozenset({"type-sans-cas"})


class Greffon(Struct, frozen=True, kw_only=True):
    """A greffon is a plugin: its layers among those of all plugins, and what ``valider`` says of them."""

    nom: str
    registry: Registry
    couches: tuple[Couche, ...]
    validation: Validation


class Audit(Struct, frozen=True, kw_only=True):
    """A plugin makes this audit possible: its request, and the checklist that answers it."""

    demande: Demande
    type_audit: TypeAudit
    checklist: Checklist


class Tentative(Struct, frozen=True, kw_only=True):
    """A tentative is what a case tries: the audit that it asks for, and what it expects to be decided.

    ``decisions`` are (référentiel, what is decided beside the label or nothing, code).
    """

    demande: Demande
    decisions: frozenset[tuple[str, str, str]] = frozenset()


def open_plugin(plugins: Plugins, nom: str, cas: Sequence[Path], *, here: Path) -> Greffon:
    """Return a plugin once its data were checked, its files of cases with them.

    Args:
        plugins: those that are installed.
        nom: its name, that of its entry point.
        cas: its files of cases.
        here: name files relative to this folder, where they are under it.

    Raises:
        UsageError: it is not installed, it is broken, or it brings no layer.
    """
    etat = next((etat for etat in plugins.etats if etat.nom == nom), None)
    folders = [donnees.dossier for plugin, donnees in plugins.donnees if plugin == nom]
    if etat is None:
        message = f"aucun greffon « {nom} » n’est installé"
        hint = suggestion(nom, [etat.nom for etat in plugins.etats], "greffons")
        raise UsageError([Issue("greffon-absent", message, None, hint)])
    if not folders:
        message = f"le greffon « {nom} » n’apporte aucune couche ({etat.cause or 'il n’en déclare pas'})"
        hint = "`certif-rules plugins` donne l’état de chacun"
        raise UsageError([Issue("greffon-absent", message, None, hint)])
    registry = Registry(plugins.donnees, names_from=here)
    return Greffon(
        nom=nom,
        registry=registry,
        couches=tuple(c for c in registry.all_layers() if registry.plugin_of(c) == nom),
        validation=validate([*folders, *cas], plugins.donnees, here=here),
    )


def wrong(greffon: Greffon, theme: Theme) -> Iterator[Issue]:
    """Yield what ``valider`` finds wrong, or remarks, on one subject; « references » has all the rest."""
    known = frozenset[str]().union(*_THEMES.values()) | _ELSEWHERE
    drafts = {c.emplacement.rpartition("/")[0] for c in greffon.couches if c.brouillon}
    validation = greffon.validation
    for issue in (*validation.problemes, *validation.remarques):
        folder = issue.location.file.rpartition("/")[0] if issue.location else ""
        if issue.code in _OF_DRAFTS and folder in drafts:
            continue
        if issue.code in _THEMES[theme] if theme in _THEMES else issue.code not in known:
            yield issue


# ---- every audit ----------------------------------------------------------------------------------------


def audits(greffon: Greffon, *, alone: bool = False, last: bool = False) -> Iterator[Audit]:
    """Yield an audit of each type, by edition and by day that changes its layers, of nothing but categories.

    Args:
        greffon: the plugin.
        alone: of each category alone too, rather than of all together only.
        last: on the last of these days only.

    Raises:
        UsageError, DataError: one of them cannot be made; what is wrong is listed.
    """
    registry = greffon.registry
    for edition in _editions(greffon):
        for day in days_of(registry, edition)[-1 if last else 0 :]:
            referentiel = registry.resolve(edition.referentiel, day=day, edition=edition.id).referentiel
            every = tuple(referentiel.categories)
            groups = [every, *([(one,) for one in every] if alone and len(every) > 1 else [])]
            own = [t for t in referentiel.types_audit.values() if t.origine == referentiel.id]
            for type_audit in own:
                for categories in groups:
                    demande = _request(referentiel, type_audit, day, categories)
                    checklist = make_checklist(registry, demande)
                    yield Audit(demande=demande, type_audit=type_audit, checklist=checklist)


def _editions(greffon: Greffon) -> list[Couche]:
    """Return the editions that a plugin declares, or that its rules and guides are written for."""
    editions = [c for c in greffon.registry.all_layers() if c.nature == "exigence"]
    named = {(c.referentiel, edition) for c in greffon.couches for edition in c.pour}
    named |= {(c.referentiel, c.id) for c in greffon.couches if c.nature == "exigence"}
    return [couche for couche in editions if (couche.referentiel, couche.id) in named]


def _request(
    referentiel: Referentiel, type_audit: TypeAudit, day: str, categories: tuple[str, ...]
) -> Demande:
    """Return a request that gives an audit type what it asks for, and nothing else."""
    demande = Demande(
        referentiel=referentiel.id,
        edition=referentiel.edition,
        type_audit=type_audit.code,
        date=day,
        categories=categories,
    )
    for exigence in type_audit.exige:
        if exigence.mot == "ajout":
            demande = replace(demande, ajout_categories=categories[-1:])
        elif exigence.mot == "certificat_valide":
            held = CertificatDit(notification=day, echeance=day)
            demande = replace(demande, certificats=dict.fromkeys(exigence.valeur, held))
    return demande


def unexplained(greffon: Greffon) -> Iterator[Issue]:
    """Yield the lines without a reason, and the reasons without words or without a known source."""
    messages: set[str] = set()
    for audit in audits(greffon, alone=True):
        for ligne in audit.checklist.lignes:
            for issue in _of_line(audit, ligne):
                if issue.message not in messages:
                    messages.add(issue.message)
                    yield issue


def _of_line(audit: Audit, ligne: Ligne) -> Iterator[Issue]:
    referentiel = audit.checklist.referentiel
    numero, where = ligne.indicateur.numero, f"{referentiel.id}@{referentiel.edition}"
    if not ligne.motifs:
        message = f"{where}, audit « {audit.type_audit.code} » : la ligne {numero} n’a aucune raison"
        place = from_emplacement(ligne.indicateur.emplacement)
        yield Issue("ligne-sans-raison", message, place, "écrire la règle qui la met dans son état")
    for motif in ligne.motifs:
        unknown = [source for source in motif.sources if source not in referentiel.sources]
        if motif.texte.strip() and motif.sources and not unknown:
            continue
        message = f"{where}, ligne {numero} : la raison « {motif.texte} » ne cite aucune source déclarée"
        place = from_emplacement(next(iter(motif.emplacements), ligne.indicateur.emplacement))
        yield Issue("raison-sans-source", message, place, "citer la source de la règle")


# ---- what cases try -------------------------------------------------------------------------------------


def untried(greffon: Greffon, tentatives: Iterable[Tentative]) -> Iterator[Issue]:
    """Yield the audit types and the decisions of a plugin that no case tries, in each layer of its rules."""
    tried: set[str] = set()
    for tentative in tentatives:
        try:
            referentiel = in_force(greffon.registry, tentative.demande).referentiel
        except IssuesError:  # a case may expect a refusal: it tries nothing
            continue
        code = (tentative.demande.type_audit or "").removeprefix(f"{referentiel.id}/")
        tried |= {t.emplacement for t in _types(referentiel, referentiel.id) if t.code == code}
        for origine in referentiel.jugements:
            known = _decisions(referentiel, origine)
            tried |= {place for place, what in known if (origine, *what) in tentative.decisions}
    for place, issue in _to_try(greffon).items():
        if place not in tried:
            yield issue


def _to_try(greffon: Greffon) -> dict[str, Issue]:
    """Return what is said of each audit type and of each decision that no case tries, by its place."""
    issues: dict[str, Issue] = {}
    own = {c.cle for c in greffon.couches}
    for edition in _editions(greffon):
        for referentiel in _resolved(greffon.registry, edition):
            written = [r.contenu for r in referentiel.couches if r.contenu.nature == "regles"]
            for origine in (c.referentiel for c in written if c.cle in own):
                for type_audit in _types(referentiel, origine):
                    place, code = type_audit.emplacement, type_audit.code
                    message = f"aucun cas n’essaie le type d’audit « {code} »"
                    hint = "écrire un cas : ce qui est dû à cet audit, et ce qui ne l’est pas"
                    issues[place] = Issue("type-sans-cas", message, from_emplacement(place), hint)
                for place, (beside, code) in _decisions(referentiel, origine):
                    of_what = f"{origine}, « {beside} »" if beside else origine
                    message = f"aucun cas n’attend la décision « {code} » de {of_what}"
                    hint = "écrire un cas : les constats qui y mènent, et `conclusions`"
                    issues[place] = Issue("decision-sans-cas", message, from_emplacement(place), hint)
    return issues


def _resolved(registry: Registry, edition: Couche) -> Iterator[Referentiel]:
    """Yield an edition as each of its rules and guides makes it."""
    for day in days_of(registry, edition):
        yield registry.resolve(edition.referentiel, day=day, edition=edition.id).referentiel


def _types(referentiel: Referentiel, origine: str) -> list[TypeAudit]:
    return [t for t in referentiel.types_audit.values() if t.origine == origine]


def _decisions(referentiel: Referentiel, origine: str) -> list[tuple[str, tuple[str, str]]]:
    """Return where each decision of a référentiel is written, once by code: what is decided, and its code."""
    jugement = referentiel.jugements.get(origine)
    if jugement is None:
        return []
    beside = {nom: distinction.decisions for nom, distinction in jugement.distinctions.items()}
    every = [(nom, d) for nom, decisions in ({"": jugement.decisions} | beside).items() for d in decisions]
    first = {(nom, decision.code): decision.emplacement for nom, decision in reversed(every)}
    return [(place, what) for what, place in first.items()]
