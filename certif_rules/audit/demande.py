"""What was asked, before any référentiel is known: a profile file, then the options, which win.

Values are kept as typed (a date is still a text), each with its place when it comes from a file, so that
:mod:`certif_rules.audit.examen` can report everything that is wrong at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from certif_rules.audit.certificats import CertificatDit, certificates_of
from certif_rules.audit.precedent import PrecedentDit, precedent_of
from certif_rules.audit.textes import TextesDits, carried_textes, read_textes
from certif_rules.errors import DataError, Fautes, Issue, Location, UsageError, lacking
from certif_rules.habillage.regles import HabillageDit
from certif_rules.model.organisme import Fait
from certif_rules.noms import cle
from certif_rules.rules.contexte import FaitDeclare
from certif_rules.rules.faits import measured
from certif_rules.source.donnees import as_euros, as_text, as_truth, number_of, place_of, read_given
from certif_rules.source.entree import FichierDonne, given_file
from certif_rules.source.schema import check


class FaitDit(Struct, frozen=True):
    """A typed fact says one thing, for one category or for all (``None``); a ``None`` value says nothing.

    The value of a fact that is a number is that number, as a text (« 12 », « 1.5 »).
    """

    fait: str
    categorie: str | None
    valeur: bool | str | None
    lieu: Location | None = None

    @property
    def champ(self) -> str:
        """Return the path of its field."""
        return ".".join(filter(None, ("organisme.faits", self.fait, self.categorie)))


def declared(fait: Fait, partout: FaitDit | None, ailleurs: Mapping[str, FaitDit]) -> FaitDeclare:
    """Return what was said of a fact, for all categories and for some; a number as its threshold makes it."""

    def value(dit: FaitDit) -> bool | None:
        if not isinstance(dit.valeur, str):
            return dit.valeur
        return None if fait.nombre is None else measured(fait.nombre, dit.valeur)

    values = {categorie: value(dit) for categorie, dit in ailleurs.items()}
    return FaitDeclare(
        valeur=None if partout is None else value(partout),
        par_categorie={categorie: known for categorie, known in values.items() if known is not None},
        nombre=partout.valeur if partout and isinstance(partout.valeur, str) else None,
        nombres={c: dit.valeur for c, dit in ailleurs.items() if isinstance(dit.valeur, str)},
    )


class Demande(Struct, frozen=True, kw_only=True):
    """A request asks for one audit; ``lieux`` places the values that come from a file, by name.

    ``habillage`` is what the file of a body says of its documents, ``textes`` what it gives of its own, if it
    did; findings name the latter by their digest alone, in ``textes_dits``.
    ``dossier`` is what the file says of an application, as it was read; only those who study it look inside.
    ``fautes`` is what was typed and could not be read, to be raised with all that is found wrong of the rest;
    ``illisible``: one of the files could not, so that nobody knows what is not given.
    """

    referentiel: str | None = None
    edition: str | None = None
    guide: str | None = None
    type_audit: str | None = None
    date: str | None = None
    mode: str | None = None
    organisme: Mapping[str, Any] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    faits: tuple[FaitDit, ...] = ()
    ajout_categories: tuple[str, ...] = ()
    ajout_sites: tuple[str, ...] = ()
    precedent: PrecedentDit | None = None
    certificats: Mapping[str, CertificatDit] = field(default_factory=dict)
    habillage: HabillageDit | None = None
    textes: TextesDits | None = None
    textes_dits: TextesDits | None = None
    dossier: Mapping[str, Any] | None = None
    lieux: Mapping[str, Location] = field(default_factory=dict)
    fautes: tuple[Issue, ...] = ()
    illisible: bool = False

    def lieu(self, name: str) -> Location | None:
        """Return where a value was written; ``None`` for the command line."""
        return self.lieux.get(name)


def missing(demande: Demande, *, categories: bool = True) -> list[Issue]:
    """Return what a checklist needs and was not given, an issue a field; nothing where a file was not read.

    Args:
        demande: what was asked.
        categories: whether they are needed.
    """
    needs = [
        ("le référentiel", demande.referentiel, "referentiel.id"),
        ("le type d’audit", demande.type_audit, "audit.type"),
        ("la date de l’audit", demande.date, "audit.date"),
    ]
    if categories:
        given = demande.categories or demande.ajout_categories
        needs.append(("au moins une catégorie", " ".join(given), "organisme.categories"))
    return [] if demande.illisible else lacking(needs)


def read_profile(source: Path | FichierDonne) -> Demande:
    """Return the request of a profile (or of a findings file, which is a profile with findings).

    Raises:
        DataError: the file cannot be read, or its schema refuses it.
    """
    fichier = given_file(source)
    data: Any = read_given(Path(fichier.nom), content=fichier.octets)
    findings = isinstance(data, dict) and "constats" in data
    issues = check(data, "constats" if findings else "profil")
    if issues:
        raise DataError(issues)
    return with_files(from_profile(data), data, fichier.dossier)


def with_files(demande: Demande, data: Any, folder: Path | None) -> Demande:
    """Return ``demande`` with the body's files that ``data`` names, as paths from ``folder``.

    Without a folder, none of them may be read.

    Raises:
        DataError: one of them is wrong; everything is listed.
    """
    from certif_rules.habillage.fichier import read_habillage  # pictures too, which few requests have

    appel = Fautes()
    for key, read in (("habillage", read_habillage), ("textes", read_textes)):
        name = data.get(key)
        if not isinstance(name, str):
            continue
        path = (folder or Path()) / name
        with appel:
            if folder is None:
                message = f"{key} : « {name} » est un autre fichier, qui n’est pas venu avec celui-ci"
                hint = "écrire ici ce qu’il contient, ou retirer cette clé"
                raise DataError([Issue("fichier-illisible", message, place_of(data, key), hint, champ=key)])
            if not path.is_file():
                message = f"{key} : « {name} » n’est pas un fichier"
                hint = "un chemin depuis le dossier du profil"
                raise DataError([Issue("fichier-illisible", message, place_of(data, key), hint)])
            demande = replace(demande, **{key: read(path)})
    if appel.issues:
        raise DataError(appel.issues)
    return demande


def from_profile(data: Any) -> Demande:
    """Return the request of profile data that its schema accepts (``PlacedDict`` nodes, or plain mappings).

    A body's file that it names is not read: see :func:`with_files`.
    """
    audit, organisme = data.get("audit") or {}, data["organisme"]
    referentiel = data.get("referentiel")
    edition, guide = data.get("edition"), data.get("guide")
    if isinstance(referentiel, Mapping):
        edition = edition if edition is not None else referentiel.get("edition")
        guide = guide if guide is not None else referentiel.get("guide")
        referentiel = referentiel["id"]
    ajouts = data.get("ajouts") or {}
    textes = carried_textes(data.get("textes"))
    places = (
        *((key, data, key) for key in ("referentiel", "edition", "guide", "ajouts", "certificats")),
        ("organisme", data, "organisme"),
        *((key, audit, key) for key in ("type", "date", "mode")),
        ("categories", organisme, "categories"),
        *((f"organisme.{key}", organisme, key) for key in organisme if key not in ("categories", "faits")),
    )
    lieux = {name: lieu for name, node, key in places if (lieu := place_of(node, key)) is not None}
    return Demande(
        referentiel=referentiel,
        edition=as_text(edition),
        guide=as_text(guide),
        type_audit=audit.get("type"),
        date=as_text(audit.get("date")),
        mode=audit.get("mode"),
        organisme={
            k: as_euros(v) if k == "chiffre_affaires" else v
            for k, v in organisme.items()
            if k not in ("categories", "faits")
        },
        categories=tuple(organisme.get("categories") or ()),
        faits=tuple(_faits(organisme.get("faits") or {})),
        ajout_categories=tuple(ajouts.get("categories") or ()),
        ajout_sites=tuple(str(site) for site in ajouts.get("sites") or ()),
        precedent=precedent_of(data) if data.get("precedent") is not None else None,
        certificats=certificates_of(data),
        habillage=HabillageDit(data["habillage"]) if isinstance(data.get("habillage"), Mapping) else None,
        textes=textes if textes and textes.data is not None else None,
        textes_dits=textes,
        dossier=data.get("dossier"),
        lieux=lieux,
    )


def parse_name(text: str | None) -> tuple[str | None, str | None]:
    """Split ``REFERENTIEL@EDITION`` as typed into the name and the edition, ``None`` when not given.

    Raises:
        UsageError: nothing follows « @ ».
    """
    nom, at, edition = (text or "").partition("@")
    if at and not edition:
        message = f"« {text} » : il manque l’édition après « @ »"
        raise UsageError([Issue("information-manquante", message, None, f"par exemple {nom}@2019")])
    return nom or None, edition or None


def merge(profile: Demande, options: Demande, *, argument: str | None = None) -> Demande:
    """Return the profile with what the options say in its place.

    A list given as options replaces the profile's; a certificate, the one of that name. A fact said for all
    categories replaces all that the profile says of it; said for one category, that category only.

    Args:
        profile: what is written.
        options: what is typed, the argument included.
        argument: ``REFERENTIEL`` or ``REFERENTIEL@EDITION``; it never wins over the profile.

    Raises:
        UsageError: the argument names another référentiel or edition than the profile.
    """
    nom, edition = parse_name(argument)
    words = "{} : « {} » en argument, « {} » dans le profil"
    issues = [
        Issue("demande-contradictoire", words.format(label, asked, written), None, "retirer l’un des deux")
        for label, asked, written in (
            ("référentiel", nom, profile.referentiel), ("édition", edition, profile.edition)
        )
        if asked is not None and written is not None and cle(asked) != cle(written)
    ]  # fmt: skip
    if issues:
        raise UsageError(issues)
    given = {
        name: getattr(options, name)
        for name in (
            "referentiel", "edition", "guide", "type_audit", "date", "mode", "categories",
            "ajout_categories", "ajout_sites", "precedent", "habillage", "textes",
        )
        if getattr(options, name) not in (None, ())
    }  # fmt: skip
    renamed = {"type_audit": "type", "ajout_categories": "ajouts", "ajout_sites": "ajouts"}
    lieux = {k: v for k, v in profile.lieux.items() if k not in {renamed.get(n, n) for n in given}}
    return replace(
        profile,
        **given,
        faits=_merge_faits(profile.faits, options.faits),
        certificats={**profile.certificats, **options.certificats},
        lieux=lieux,
        fautes=(*profile.fautes, *options.fautes),
        illisible=profile.illisible or options.illisible,
    )


def parse_fact(text: str, valeur: bool) -> FaitDit:
    """Return a fact as typed after ``--avec`` or ``--sans``: ``FAIT``, ``FAIT:CATEGORIE``, ``FAIT=NOMBRE``.

    Raises:
        UsageError: the fact, the category after « : » or the number after « = » is no such thing.
    """
    named, equals, typed = (part.strip() for part in text.partition("="))
    fait, colon, categorie = (part.strip() for part in named.partition(":"))
    number = number_of(typed) if valeur else None
    if not fait or (colon and not categorie) or (equals and number is None):
        forms = "FAIT ou FAIT:CATEGORIE" + (", suivi de =NOMBRE pour un nombre" if valeur else "")
        hint = f"par exemple {'--avec' if valeur else '--sans'} {fait or 'FAIT'}"
        message = f"« {text} » n’a pas la forme {forms}"
        raise UsageError([Issue("fait-illisible", message, None, hint)])
    return FaitDit(fait, categorie or None, number if equals else valeur)


def _merge_faits(written: Iterable[FaitDit], typed: tuple[FaitDit, ...]) -> tuple[FaitDit, ...]:
    everywhere = {f.fait for f in typed if f.categorie is None}
    somewhere = {(f.fait, f.categorie) for f in typed}
    remaining = (f for f in written if f.fait not in everywhere and (f.fait, f.categorie) not in somewhere)
    return (*remaining, *typed)


def _faits(node: Any) -> Iterable[FaitDit]:
    for fait, valeur in node.items():
        if isinstance(valeur, Mapping):
            for categorie, value in valeur.items():
                yield FaitDit(fait, categorie, _answer(value), place_of(valeur, categorie))
        else:
            yield FaitDit(fait, None, _answer(valeur), place_of(node, fait))


def _answer(value: Any) -> bool | str | None:
    """Return a value of a fact as it is meant: true, false, nothing, or a number as a text."""
    value = as_truth(value)
    return value if value is None or isinstance(value, bool) else number_of(str(value))
