"""What Python programs call: the verbs of the commands, on values; ``docs/python.md`` shows each of them.

A function takes a file by its path, its content as bytes, or the same data as a mapping, and returns a frozen
record, which ``ecrire`` turns into the bytes of a document (:mod:`certif_rules.services.ecriture`). It raises
``DataError`` where the command ends with status 1, and ``UsageError`` where it ends with status 2; either
lists everything that is wrong.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias, overload

import msgspec

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.conclusion import Bilan
from certif_rules.audit.contenu import Rapport
from certif_rules.audit.correction import Correction
from certif_rules.audit.demande import Demande, parse_name, read_profile
from certif_rules.audit.editions import EditionsComparees
from certif_rules.audit.questions import Question
from certif_rules.audit.rebasage import Rebasage
from certif_rules.audit.textes import read_textes
from certif_rules.echanges.constats import write_dossier
from certif_rules.errors import Issue
from certif_rules.habillage.fichier import read_habillage
from certif_rules.model.notation import Etendue
from certif_rules.personnes.pseudonymes import pseudonymised
from certif_rules.plugins.registry import Registry
from certif_rules.services import autodiagnostic as _autodiagnostic
from certif_rules.services import calendrier as _calendrier
from certif_rules.services import conclusion as _conclusion
from certif_rules.services import dossier as _dossier
from certif_rules.services import duree as _duree
from certif_rules.services import echantillon as _echantillon
from certif_rules.services import rapport as _rapport
from certif_rules.services.atelier import open_atelier
from certif_rules.services.catalogue import describe
from certif_rules.services.checklist import make_checklist
from certif_rules.services.comparaison import compare_files
from certif_rules.services.correction import carry as _carry
from certif_rules.services.explication import Explication, ask, explain
from certif_rules.services.lecture import Lecture, read_grids
from certif_rules.services.nouveau import Modele, Projet, begin
from certif_rules.services.rebasage import draft, rebase_label
from certif_rules.services.reponses import read_answers
from certif_rules.services.validation import validate
from certif_rules.source.ecriture import write_folder
from certif_rules.source.entree import FichierDonne
from certif_rules.vie.apercu import DossierEtudie
from certif_rules.vie.autodiagnostic import Cadre, Synthese
from certif_rules.vie.duree import DureeAudit
from certif_rules.vie.echantillon import DemandeTirage, Objet, Prelevement
from certif_rules.vie.echeancier import Echeancier
from certif_rules.vie.progression import Comparaison

#: A file: its path, its content, or the data it would hold.
Fichier: TypeAlias = str | Path | bytes | Mapping[str, Any]


def _named(fichier: Fichier, nom: str) -> Path | FichierDonne:
    """Return a file to read; one that is given as a value is called ``nom`` in messages."""
    if isinstance(fichier, (str, Path)):
        return Path(fichier)
    if isinstance(fichier, Mapping):
        fichier = msgspec.json.format(msgspec.json.encode(fichier), indent=2)
    return FichierDonne(f"<{nom}>", fichier, Path())


def _demande(profil: Fichier, pseudonymiser: bool = False) -> Demande:
    demande = read_profile(_named(profil, "profil"))
    return pseudonymised(demande) if pseudonymiser else demande


def open_registry(*, sans_plugins: Iterable[str] = ()) -> Registry:
    """Open the référentiels of the installed plugins; a broken plugin is a Python warning.

    Args:
        sans_plugins: names of plugins to leave out.
    """
    atelier = open_atelier(disabled=sans_plugins)
    for etat in atelier.plugins.casses:
        warnings.warn(f"greffon « {etat.nom} » écarté : {etat.cause}", stacklevel=2)
    return atelier.registry


def referentiels(registry: Registry, nom: str | None = None) -> list[dict[str, Any]]:
    """Describe each édition of each référentiel (of those that ``nom`` designates) as plain data.

    An édition whose data are wrong is a Python warning, and the others are described.
    """
    editions, issues = describe(registry, nom)
    for issue in issues:
        warnings.warn("\n".join(issue.lines()), stacklevel=2)
    return editions


def checklist(registry: Registry, profil: Fichier, *, pseudonymiser: bool = False) -> Checklist:
    """Make the checklist of an audit: each line with its state, and the reasons of it.

    Args:
        registry: the rules that are installed.
        profil: the audit and the organisation.
        pseudonymiser: replace the personal data of the profile.
    """
    return make_checklist(registry, _demande(profil, pseudonymiser))


def questions(registry: Registry, profil: Fichier) -> tuple[Question, ...]:
    """List the unknown facts whose answer would change the state of a line, and those lines."""
    return ask(registry, _demande(profil))[1]


def expliquer(checklist: Checklist, indicateur: str) -> Explication:
    """Find a line by its printed number or its id; its ``ligne.motifs`` are the rules that decided of it."""
    return explain(checklist, indicateur)


def lire(
    registry: Registry, *grilles: Fichier, base: Fichier | None = None, autres_regles: bool = False,
    habillage: str | Path | None = None, textes: str | Path | None = None, pseudonymiser: bool = False,
) -> Lecture:  # fmt: skip
    """Read filled grids of one audit (XLSX, ODS, CSV, JSON) and join their findings.

    Args:
        registry: the rules that are installed.
        grilles: the files; they are never modified. What two say differently stands in ``a_accorder``.
        base: the file that all of them were made from.
        autres_regles: accept grids made with other rules, with a warning among ``avertissements``.
        habillage: the body's file, for grids that do not carry its dress.
        textes: the body's file of texts for the lines that have none.
        pseudonymiser: replace personal data.
    """
    return read_grids(
        registry, [_named(grille, "grille") for grille in grilles],
        base=None if base is None else _named(base, "base"),
        other_rules=autres_regles, habillage=read_habillage(Path(habillage)) if habillage else None,
        textes=read_textes(Path(textes)) if textes else None, pseudonymise=pseudonymiser,
    )  # fmt: skip


def reprendre(
    registry: Registry, constats: Fichier, *, profil: Fichier, autres_regles: bool = False
) -> Correction:
    """Carry findings to their corrected context; ``changements`` lists each line that differs, with why.

    Args:
        registry: the rules that are installed.
        constats: a findings file, the export of a form, a filled grid.
        profil: the corrected audit and organisation.
        autres_regles: accept findings made with other rules.
    """
    source, demande = _named(constats, "constats"), _demande(profil)
    return _carry(registry, source, demande, profil=True, other_rules=autres_regles)


def comparer(
    registry: Registry,
    avant: Fichier,
    apres: str,
    *,
    profil: Fichier | None = None,
    autres_regles: bool = False,
) -> EditionsComparees:
    """Compare two editions, for everybody or for one organisation.

    Args:
        registry: the rules that are installed.
        avant: « référentiel@édition »; or findings, whose organisation it is then about.
        apres: « référentiel@édition ».
        profil: the organisation, with or without an audit.
        autres_regles: accept findings made with other rules.
    """
    source = avant if isinstance(avant, str) else _named(avant, "constats")
    demande = _demande(profil) if profil is not None else Demande()
    side = str(source) if isinstance(source, Path) else source
    return compare_files(registry, side, apres, demande, other_rules=autres_regles)


def nouveau(
    modele: Modele, nom: str, dossier: str | Path | None = None, *, edition: str, du: date | str,
    titre: str | None = None, base: str | None = None, depuis: str | None = None,
) -> Path:  # fmt: skip
    """Begin a plugin in a new folder, and return that folder.

    Args:
        modele: « edition », « suite », « label », « referentiel » or « notation ».
        nom: the référentiel.
        dossier: the folder to make; by default, the name of the distribution.
        edition: the code of the edition to write.
        du: the first day of it.
        titre: its title; without one, a title to write.
        base: what a label rests on, « référentiel@édition ».
        depuis: the edition before, where it is not the latest.
    """
    projet = Projet(
        modele=modele, nom=nom, edition=edition, du=str(du), titre=titre, base=base, depuis=depuis
    )
    squelette = begin(open_atelier(), projet)
    folder = Path(dossier or squelette.distribution)
    write_folder(folder, squelette.fichiers)
    return folder


def rebaser(label: str, base: str, dossier: str | Path | None = None, *, edition: str | None = None,
            du: date | str | None = None) -> Rebasage:  # fmt: skip
    """Return what moving a label to another edition of its base touches; write its draft in a new folder.

    Args:
        label: « label@édition ».
        base: « référentiel@édition ».
        dossier: the folder of the draft; without one, none is written.
        edition: the code of the new edition of the label.
        du: its first day.
    """
    atelier = open_atelier()
    rebasage = rebase_label(atelier, label, base)
    if dossier is not None:
        brouillon = draft(atelier, rebasage, edition=edition, du=None if du is None else str(du))
        write_folder(Path(dossier), brouillon.fichiers)
    return rebasage


def conclure(
    registry: Registry, constats: Fichier | Lecture, *, autres_regles: bool = False,
    textes: str | Path | None = None, pseudonymiser: bool = False,
) -> Bilan:  # fmt: skip
    """Draw the conclusions that findings call for, one for each référentiel, and the dates that follow.

    Args:
        registry: the rules that are installed.
        constats: a findings file, or what :func:`lire` returned.
        autres_regles: accept findings made with other rules, with a warning among ``avertissements``.
        textes: the body's file of texts for the lines that have none.
        pseudonymiser: replace personal data.
    """
    return _conclusion.conclude_file(
        registry, _findings(constats), other_rules=autres_regles,
        textes=read_textes(Path(textes)) if textes else None, pseudonymise=pseudonymiser,
    )[0]  # fmt: skip


def rapport(
    registry: Registry, constats: Fichier | Lecture, *, autres_regles: bool = False,
    habillage: str | Path | None = None, textes: str | Path | None = None, pseudonymiser: bool = False,
) -> Rapport:  # fmt: skip
    """Compose the audit report of findings; what it lacks is listed in ``manques``, and never filled.

    Args:
        registry: the rules that are installed.
        constats: a findings file, or what :func:`lire` returned.
        autres_regles: accept findings made with other rules, with a warning that is printed.
        habillage: the body's file: logo, sections, closing sentences.
        textes: the body's file of texts for the lines that have none.
        pseudonymiser: replace personal data.
    """
    dress = read_habillage(Path(habillage)) if habillage else None
    return _rapport.report_file(
        registry, _findings(constats), other_rules=autres_regles, habillage=dress,
        textes=read_textes(Path(textes)) if textes else None, pseudonymise=pseudonymiser,
    )[0]  # fmt: skip


def _findings(constats: Fichier | Lecture) -> Path | FichierDonne:
    return _named(write_dossier(constats.dossier) if isinstance(constats, Lecture) else constats, "constats")


def calendrier(
    registry: Registry, referentiel: str | Path | bytes | Mapping[str, Any] | Lecture,
    evenements: Mapping[str, date | str], *,
    au: date | str | None = None, comites: Iterable[date | str] = (), cloture: int = 0,
    report: bool = False, territoire: str | None = None,
) -> Echeancier:  # fmt: skip
    """Compute the dates of the cycle of ``referentiel`` (or « référentiel@édition ») from the events known.

    Args:
        registry: the rules that are installed.
        referentiel: its name; or a profile, whose audits and certificates give their days; or findings read,
            whose gaps have their dates too.
        evenements: the day of each event, by name.
        au: the day at which to say what is late; no clock is read.
        comites: the days of the committee's meetings, or paths of files that list them.
        cloture: days to leave between an application and the meeting that studies it.
        report: move a limit to the next working day, where its rule allows it.
        territoire: adds the public holidays of a territory.
    """
    saisie = _calendrier.Saisie(
        evenements=tuple(f"{evenement}={jour}" for evenement, jour in evenements.items()),
        comites=tuple(map(str, comites)), report=report, cloture=cloture,
        au=None if au is None else str(au), territoire=territoire,
    )  # fmt: skip
    if isinstance(referentiel, Lecture):
        constats = referentiel.dossier
        return _calendrier.make_calendar(registry, constats.demande, saisie, constats)
    if not isinstance(referentiel, str):
        return _calendrier.make_calendar(registry, _demande(referentiel), saisie)
    nom, edition = parse_name(referentiel)
    return _calendrier.make_calendar(registry, Demande(referentiel=nom, edition=edition), saisie)


def dossier(
    registry: Registry, profil: Fichier, *, attribution: bool = False, pseudonymiser: bool = False
) -> DossierEtudie:
    """Study an application: what is there, what is missing, what is to be asked.

    Args:
        registry: the rules that are installed.
        profil: the application, under its key ``dossier``.
        attribution: require that the référentiel says what an award gives.
        pseudonymiser: replace the personal data of the profile.
    """
    return _dossier.open_file(registry, _demande(profil, pseudonymiser), attribution=attribution)


def duree(
    registry: Registry, profil: Fichier, *, chiffre_affaires: int | None = None, sites: int | None = None,
    sites_echantillonnes: int | None = None,
) -> DureeAudit:  # fmt: skip
    """Compute the duration of an audit, item by item; what no source gives leaves it unknown.

    Args:
        registry: the rules that are installed.
        profil: the audit and the organisation.
        chiffre_affaires: turnover in euros; by default that of the profile.
        sites: how many the organisation has; by default those of the profile.
        sites_echantillonnes: how many the audit samples; by default what the rules say.
    """
    return _duree.make_duration(
        registry, _demande(profil), chiffre_affaires=chiffre_affaires, sites=sites,
        echantillonnes=sites_echantillonnes,
    )  # fmt: skip


def echantillon(
    registry: Registry, profil: Fichier, *, graine: str, population: Sequence[str], taille: int | None = None,
    vus: Sequence[str] | None = None, objet: Objet = "sites",
) -> Prelevement:  # fmt: skip
    """Draw a sample of sites or of files that anybody can draw again: the seed and the names give the list.

    Args:
        registry: the rules that are installed.
        profil: the audit and the organisation.
        graine: the seed; the same gives the same list.
        population: the names to draw from; their order does not count.
        taille: how many to draw, in the place of what the rule says.
        vus: those seen at the earlier audit; ``None`` when it is not known.
        objet: what the names are.
    """
    tirage = DemandeTirage(objet=objet, population=population, graine=graine, taille=taille, vus=vus)
    return _echantillon.make_sample(registry, _demande(profil), tirage)


@overload
def autodiagnostic(
    registry: Registry, profil: Fichier, *, lignes: Etendue | None = None, reponses: None = None
) -> Cadre: ...
@overload
def autodiagnostic(
    registry: Registry, profil: Fichier | None = None, *, reponses: Fichier, lignes: Etendue | None = None
) -> Synthese: ...
def autodiagnostic(
    registry: Registry, profil: Fichier | None = None, *, reponses: Fichier | None = None,
    lignes: Etendue | None = None,
) -> Cadre | Synthese:  # fmt: skip
    """Make the self-assessment grid of an audit or, with answers, their synthesis.

    Args:
        registry: the rules that are installed.
        profil: the audit and the organisation; with answers that carry theirs, it may be left out.
        reponses: the answers.
        lignes: assess the lines of the audit, or all; by default, what the référentiel or the answers choose.
    """
    demande = Demande() if profil is None else _demande(profil)
    if reponses is None:
        return _autodiagnostic.make_grid(registry, demande, etendue=lignes)
    answers = read_answers(_named(reponses, "réponses"))
    return _autodiagnostic.synthesis(registry, answers, demande, etendue=lignes)


def progression(avant: Synthese, apres: Synthese) -> Comparaison:
    """Compare two self-assessments, the first being the earlier."""
    return _autodiagnostic.compare_syntheses(avant, apres)


def valider(*chemins: str | Path) -> tuple[Issue, ...]:
    """Check data files and folders; return everything that is wrong of them, each with its place."""
    paths = [Path(chemin) for chemin in chemins]
    return validate(paths, open_atelier().plugins.donnees, here=Path.cwd()).problemes
