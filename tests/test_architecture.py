"""The shape of the house: floors, what each module may import or reach, how it is written."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections import Counter
from collections.abc import Iterator

import pytest
from modules import MODULES, ROOT, text_of, tree_of

#: Every module of the core, on its floor: it imports from lower floors only.
FLOORS: dict[str, str] = {
    "0.1 names compared": "recherche",
    "0.2 errors": "certif_rules errors",
    "1.1 model, logic, reading": (
        "donnees_personnelles model model_habillage model_jugement model_personnes source trivalent"
    ),
    "1.1 model: dates of a cycle": "vie vie.model_cycle",
    "1.2 the audit asked for, what stands around it": (
        "contexte vie.model_autodiagnostic vie.model_depot vie.model_dossier"
        " vie.model_duree vie.model_echantillon"
    ),
    "1.3 actors": "vie.model_acteurs",
    "1.4 around the audit": "vie.model",
    "2.1 pure: facts, layers, overlay, samples, money": (
        "aggravation vie.conditions couches delais vie.echantillon vie.voies empreinte"
        " faits jugement vie.montants overlay resultat"
    ),
    "2.1 pure: whether a picture is safe": "logo",
    "2.1 pure: working days": "vie.feries",
    "2.2 pure: words and reasons, layers of a day, documents of an application": (
        "choix mots vie.pieces reponse"
    ),
    "2.2 pure: dates of a cycle": "vie.calendrier",
    "2.3 pure: two questions, durations, an application": "vie.dossier vie.duree etats perimetre portee",
    "2.3 pure: meetings, findings in a calendar": "vie.seances vie.traitement",
    "2.4 pure: the lines, a self-assessment counted, what is shown of an application": (
        "vie.autodiagnostic lignes vie.vue_dossier"
    ),
    "2.5 pure: two self-assessments": "vie.progression",
    "3.1 data to model: schema, what may be cited": "build build.lecteur hookspecs schema",
    "3.2 data to model: judgement, a part of the rules; around the audit": (
        "build.autodiagnostic build.dossier build.duree build.echantillon build.jugement"
    ),
    "3.2 data to model: a body’s dress": "habillage",
    "3.2 data to model: a body’s dress on disk": "habillage_lu",
    "3.2 data to model: dates of a cycle": "build.cycle",
    "3.3 data to model: one part": (
        "build.acteurs build.controles build.couche build.exigence build.guide build.regles"
        " compte_rendu demande"
    ),
    "3.4 data to model: the whole, answers as read": (
        "build.assemblage build.vie constats couche_lue questionnaire_lu verification"
    ),
    "3.5 findings to conclusions, and what they say of people; an application, answers": (
        "coherence conclusion vie.depot vie.questionnaire"
    ),
    "3.6 what a report is made of, personal data": "confidentialite model_rapport",
    "3.6.1 what a report lacks": "manques",
    "3.6.2 what a report says": "rapport",
    "4.1 export: letters, blocks": (
        "export export.balises export.composition export.extras export.ooxml export.typographie"
    ),
    "4.2 export: words, fields, widths, blocks made ready": (
        "export.champs export.dessin export.emetteur export.json_ export.largeurs export.rendu export.textes"
    ),
    "4.3 export: parts of a document": (
        "export.appuis export.classeur export.document export.docx_styles export.dossier_json export.fiche"
        " export.pdf_assemblage export.traces export.troncons"
    ),
    "4.3 export: calendars": "export.calendrier export.ics",
    "4.4 export: formats": (
        "export.attribution export.autodiagnostic_textes export.csv_ export.docx export.dossier export.html"
        " export.md export.page export.pdf export.table export.terminal"
    ),
    "4.4.1 export: what the forms share": "export.page_formulaire",
    "4.5 export: the form, the paper, the sheets beside the grid, blocks as Markdown, self-assessments": (
        "export.autodiagnostic export.autodiagnostic_grille export.autodiagnostic_json export.blocs_md"
        " export.feuilles export.formulaire export.papier"
    ),
    "4.6 export: the sheet of the checks, self-assessments compared and as a form": (
        "export.autodiagnostic_formulaire export.autodiagnostic_progression export.verifications"
    ),
    "4.7 export: the grid as a workbook": "export.grille",
    "4.7.1 the report: its sentences": "export.formules export.redaction",
    "4.7.2 the report: its first chapters": "export.rapport_champ export.rapport_constats",
    "4.7.3 the report: its last chapters, the checks, its sheets": (
        "export.fiche_ecart export.rapport_fin export.rapport_verifications"
    ),
    "4.7.4 the report": "export.rapport",
    "4.8 export: the grid, formats": "export.ods export.xlsx",
    "4.9 reading: files and cells": "lecture lecture.saisie lecture.tableur",
    "4.10 reading: one kind of file, one sheet": (
        "lecture.csv_ lecture.json_ lecture.ods lecture.table lecture.xlsx"
    ),
    "4.11 reading: the grid": "lecture.grille",
    "5   what is installed": "plugins registry",
    "6.1 services": (
        "services services.atelier services.checklist services.explication"
        " services.formats services.questions"
    ),
    "6.2 services: all the checks, findings files, around the audit": (
        "services.constats services.constats_ecrits services.reponses services.validation services.vie"
    ),
    "6.3 services: conclusions, filled grids, durations, samples, applications, self-assessments": (
        "services.autodiagnostic services.catalogue services.conclusion services.dossier services.duree"
        " services.echantillon services.lecture services.population"
    ),
    "6.4 services: the report, the formats of a self-assessment": (
        "services.autodiagnostic_formats services.rapport"
    ),
    "6.3 services: calendars": "services.calendrier",
    "7.0 front ends: what cases share": "testing testing.refus",
    "7.1 front ends: what commands and cases share, wrong values": (
        "cli.console cli.entree cli.messages cli.usage testing.autodiagnostic testing.constats"
    ),
    "7.2 front ends: French": "cli.french",
    "7.2.1 front ends: where documents go": "cli.sortie",
    "7.3 front ends: what commands share": (
        "cli cli.affichage cli.atelier cli.contexte cli.personnes testing.cas"
        " testing.dossier testing.duree testing.echantillon testing.fichier"
    ),
    "7.3 front ends: cases of calendars": "testing.calendrier",
    "7.4 front ends: what commands around the audit show alike": "cli.vie",
    "7.5 front ends: commands": (
        "__main__ cli.autodiagnostic cli.calendrier cli.checklist cli.conclure cli.dossier cli.duree"
        " cli.echantillon cli.expliquer cli.lire cli.plugins cli.questions cli.rapport cli.referentiels"
        " cli.valider testing.plugin"
    ),
}
FLOOR_OF = {name: rank for rank, names in enumerate(FLOORS.values()) for name in names.split()}


def imported(node: ast.AST) -> Iterator[str]:
    """Names imported anywhere under ``node``, in functions too, but for the sake of types only."""
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "relative import"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        yield from imported(child)


def core_imports(name: str) -> set[str]:
    """The modules of the core that a module imports."""
    found = set()
    for full in imported(tree_of(name)):
        if full.split(".")[0] == "certif_rules":
            short = full.removeprefix("certif_rules.")
            found.add(short if short in MODULES else short.rpartition(".")[0] or "certif_rules")
    return found


def test_every_module_has_its_floor() -> None:
    """The table holds each module of the core once, and no other."""
    assert Counter(name for names in FLOORS.values() for name in names.split()) == Counter(list(MODULES))


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_from_lower_floors_only(name: str) -> None:
    """Imports go down, strictly: two modules of one floor do not know each other."""
    wrong = {other for other in core_imports(name) if FLOOR_OF[other] >= FLOOR_OF[name]}
    assert wrong == set()


#: The only modules that know each library.
KNOW = {
    "ruamel": {"source"},
    "holidays": {"vie.feries"},
    "icalendar": {"export.ics"},
    "jsonschema": {"schema"},
    "referencing": {"schema"},
    "pluggy": {"hookspecs", "plugins"},
    "pytest": {"testing.plugin"},
    "xlsxwriter": {"export.xlsx"},
    "docx": {"export.docx", "export.docx_styles"},
    "lxml": {"export.docx"},
    "typst": {"export.pdf", "export.dessin"},
    "pikepdf": {"export.pdf_assemblage"},
}
ABROAD = {"socket", "http", "urllib", "ssl", "asyncio", "ftplib", "smtplib", "requests", "httpx"}
CLOCK_AND_CHANCE = {"time", "random", "secrets", "uuid", "locale"}


def test_one_module_knows_each_library() -> None:
    """The reader alone knows ruamel, the validator jsonschema; click is the command line's."""
    for name in MODULES:
        roots = {full.split(".")[0] for full in imported(tree_of(name))}
        for library, allowed in KNOW.items():
            assert library not in roots or name in allowed, (name, library)
        assert "click" not in roots or name.split(".")[0] == "cli", name


@pytest.mark.parametrize("name", MODULES)
def test_no_network_no_clock_no_chance(name: str) -> None:
    """No module imports what would reach a network, read a clock or draw at random."""
    roots = {full.split(".")[0] for full in imported(tree_of(name))}
    assert roots & (ABROAD | CLOCK_AND_CHANCE) == set()
    calls = {node.attr for node in ast.walk(tree_of(name)) if isinstance(node, ast.Attribute)}
    assert calls & {"today", "now", "utcnow", "getdefaultlocale"} == set()


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_short(name: str) -> None:
    """A module that does one job holds in four hundred lines."""
    assert len(text_of(name).splitlines()) <= 400


RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def tracked() -> list[str]:
    """Files of the repository, or all those beside this one where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        ).stdout.decode()  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        folders = ("certif_rules", "docs", "plugins", "schemas", "tests")
        return [p.relative_to(ROOT).as_posix() for folder in folders for p in (ROOT / folder).rglob("*")]
    return [name for name in listed.split("\0") if name]


def test_every_path_can_live_on_every_system() -> None:
    """Paths are short, without a name Windows keeps for itself, and never differ by their case alone."""
    paths = tracked()
    assert [path for path in paths if len(path) >= 120] == []
    parts = [part for path in paths for part in path.split("/")]
    assert [part for part in parts if RESERVED.fullmatch(part)] == []
    assert [part for part in parts if part.endswith((".", " ")) or set(part) & set('<>:"\\|?*')] == []
    assert len({path.casefold() for path in paths}) == len(set(paths))


def test_every_comment_is_for_the_reader() -> None:
    """No work left to do is hidden in a comment."""
    for name in MODULES:
        for token in tokenize.generate_tokens(io.StringIO(text_of(name)).readline):
            if token.type == tokenize.COMMENT:
                assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", token.string), (name, token.start)
