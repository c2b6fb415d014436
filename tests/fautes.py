"""Mistakes to put into a copy of the data, and what must be said of each."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from greffons import DONNEES

from certif_rules.errors import Issue
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.services.validation import validate

CRITERES = "exigence/2019/criteres.yaml"
CONTROLES = "exigence/2019/controles.yaml"
VOCABULAIRE = "exigence/2019/vocabulaire.yaml"
CONSTATS = "regles/arrete-2023-05-31/constats.yaml"
TYPES = "regles/arrete-2023-05-31/types-audit.yaml"
DEROGATIONS = "regles/arrete-2023-05-31/derogations.yaml"
AJOUTS = "exigence/V5/ajouts.yaml"
MODIFICATIONS = "exigence/V5/modifications.yaml"
EN_TETE = "exigence/2019/couche.yaml"
#: The title of the criterion that the label modifies, as its base has it.
CRITERE_4 = "Disposer de moyens pédagogiques, techniques et d'encadrement adéquats"
RETRAIT = "retraits:\n  - {%s, motif: x, sources: [S13]}\nmodifications:"


def indicateurs(critere: int) -> str:
    return f"exigence/2019/indicateurs-{critere}.yaml"


@dataclass(frozen=True)
class Edit:
    """After ``anchor`` in ``file``, the first ``before`` becomes ``after``."""

    file: str
    anchor: str
    before: str
    after: str


@dataclass(frozen=True)
class Expected:
    """A problem: its code, its place (the line of ``text`` after ``anchor``, once edited), what it names."""

    code: str
    file: str
    anchor: str
    text: str
    names: tuple[str, ...]


def control(anchor: str, text: str, *names: str) -> Expected:
    """A difference with a row of the control tables."""
    return Expected("controle-different", CONTROLES, anchor, text, names)


class Copy:
    """A copy of the data of a plugin, that can be spoilt."""

    def __init__(self, folder: Path, nom: str) -> None:
        self.here = folder
        self.dossier = folder / f"certif_rules_{nom}" / "donnees"
        self.nom = nom
        shutil.copytree(DONNEES[nom], self.dossier)

    def edit(self, edit: Edit) -> None:
        path = self.dossier / edit.file
        text = path.read_text(encoding="utf-8")
        at = text.index(edit.before, text.index(edit.anchor))
        path.write_text(text[:at] + edit.after + text[at + len(edit.before) :], encoding="utf-8")

    def place(self, expected: Expected) -> str:
        """``file:line`` of the text that is wrong."""
        text = (self.dossier / expected.file).read_text(encoding="utf-8")
        at = text.index(expected.text, text.index(expected.anchor))
        line = text.count("\n", 0, at) + 1
        return f"certif_rules_{self.nom}/donnees/{expected.file}:{line}"

    def issues(self, *, seal: bool = False) -> list[Issue]:
        """What ``valider`` finds, less what follows from any edit: that no revision has this content."""
        others = [(nom, Donnees(dossier=dossier)) for nom, dossier in DONNEES.items()]
        found = validate([self.dossier], others, here=self.here).problemes
        return [issue for issue in found if seal or issue.code != "empreinte-inconnue"]


def where(issue: Issue) -> str:
    assert issue.location is not None
    assert issue.location.column >= 1
    return f"{issue.location.file}:{issue.location.line}"


MISTAKES: dict[str, tuple[list[Edit], list[Expected]]] = {
    "E1: a criterion boundary": (
        [Edit(indicateurs(2), 'code: "8"', 'critere: "2"', 'critere: "3"')],
        [
            control("criteres:", '"2":', "ligne 8", "critère « 2 »", "oui dans le tableau"),
            control("criteres:", '"3":', "ligne 8", "critère « 3 »", "non dans le tableau"),
        ],
    ),
    "E2: right totals, wrong sets": (
        [
            Edit(indicateurs(2), 'code: "8"', "[specifique]", "[commun]"),
            Edit(indicateurs(6), 'code: "27"', "[commun]", "[specifique]"),
        ],
        [
            control("etiquettes:", '["1", "2", "4"', "ligne 8", "étiquette « commun »", "oui dans la ligne"),
            control("etiquettes:", '["1", "2", "4"', "ligne 27", "étiquette « commun »", "non dans la ligne"),
            control("etiquettes:", '["3", "7"', "ligne 8", "étiquette « specifique »"),
            control("etiquettes:", '["3", "7"', "ligne 27", "étiquette « specifique »"),
        ],
    ),
    "E3: 8 for every category": (
        [Edit(indicateurs(2), 'code: "8"', "[AF, CFA]", "[AF, BC, VAE, CFA]")],
        [
            control("BC:", '["1"', "ligne 8", "catégorie « BC »", "non dans le tableau"),
            control("VAE:", '["1"', "ligne 8", "catégorie « VAE »", "non dans le tableau"),
        ],
    ),
    "E3: VAE forgotten at 3 and 16": (
        [
            Edit(indicateurs(1), 'code: "3"', "[AF, VAE, CFA]", "[AF, CFA]"),
            Edit(indicateurs(3), 'code: "16"', "[AF, VAE, CFA]", "[AF, CFA]"),
        ],
        [
            control("VAE:", '["1"', "ligne 3", "catégorie « VAE »", "non dans la ligne"),
            control("VAE:", '["1"', "ligne 16", "catégorie « VAE »", "non dans la ligne"),
        ],
    ),
    "E3: 13 for apprenticeship only": (
        [Edit(indicateurs(3), 'code: "13"', "[AF, CFA]", "[CFA]")],
        [control("AF:", '["1"', "ligne 13", "catégorie « AF »")],
    ),
    "E4: certifying whatever the category": (
        [Edit(indicateurs(2), 'code: "7"', "{categories: [AF, CFA], fait", "{fait")],
        [
            Expected(
                "condition-sans-categorie",
                indicateurs(2),
                'code: "7"',
                "fait: certifiante",
                ("pour des catégories",),
            ),
            control("AF:", '["1"', "ligne 7", "catégorie « AF »"),
            control("CFA:", '["1"', "ligne 7", "catégorie « CFA »"),
        ],
    ),
    "a gap for whom nobody is": (
        [
            Edit("regles/arrete-2023-05-31/couche.yaml", "A10b, MAY", "fait: mayotte", "fait: mayote"),
            Edit(
                "guide/V9/couche.yaml", "si:", "[BC, VAE]", "[BC, VAE]\n        sauf: {categories: [BC, VAF]}"
            ),
        ],
        [
            Expected(
                "fait-inconnu", "regles/arrete-2023-05-31/couche.yaml", "si:", "- fait", ("fait « mayote »",)
            ),
            Expected("categorie-inconnue", "guide/V9/couche.yaml", "si:", "sauf", ("catégorie « VAF »",)),
        ],
    ),
    "a gap that a line decides": (
        [Edit(indicateurs(1), "VAE : elle", "- categories", '- lignes: ["3"]\n            categories')],
        [Expected("mot-deplace", indicateurs(1), "VAE : elle", "- lignes", ("« lignes »",))],
    ),
    "E10: 7 missing from those that are major only": (
        [Edit(CONSTATS, "constats_permis", '"6", "7", ', '"6", ')],
        [Expected("constats-manquants", CONSTATS, "constats_permis", "lignes", ("qualiopi/7",))],
    ),
    "a duplicate 17": (
        [Edit(indicateurs(4), 'code: "18"', 'code: "18"', 'code: "17"')],
        [
            Expected(
                "identifiant-en-double", indicateurs(4), "Moyens humains", 'code: "17"', ("qualiopi/17",)
            ),
            control("criteres:", '"4":', "ligne 18", "critère « 4 »"),
            *[control(f"{c}:", '["1"', "ligne 18", f"catégorie « {c} »") for c in ("AF", "BC", "VAE", "CFA")],
            control("commun:", '["1"', "ligne 18", "étiquette « commun »"),
        ],
    ),
    "a gap in the numbering": (
        [Edit(indicateurs(4), 'code: "20"', 'code: "20"', 'code: "40"')],
        [
            control("criteres:", '"4":', "ligne 20", "critère « 4 »"),
            control("criteres:", '"4":', "ligne 40", "critère « 4 »"),
            control("CFA:", '["1"', "ligne 20", "catégorie « CFA »"),
            control("CFA:", '["1"', "ligne 40", "catégorie « CFA »"),
            control("specifique:", '["3"', "ligne 20"),
            control("specifique:", '["3"', "ligne 40"),
            Expected("constats-manquants", CONSTATS, "constats_permis", "lignes", ("qualiopi/40",)),
        ],
    ),
    "an unknown category": (
        [Edit(VOCABULAIRE, "par_nature", "categorie: CFA", "categorie: CFAA")],
        [Expected("categorie-inconnue", VOCABULAIRE, "par_nature", "CFAA", ("CFAA",))],
    ),
    "an unknown fact": (
        [Edit(DEROGATIONS, "types", "fait: mayotte", "fait: mayote")],
        [Expected("fait-inconnu", DEROGATIONS, "types", "mayote", ("mayote",))],
    ),
    "an unknown source": (
        [Edit(CRITERES, 'code: "2"', "[R1]", "[R9]")],
        [Expected("source-inconnue", CRITERES, 'code: "2"', "[R9]", ("« R9 »",))],
    ),
    "an unknown source in a header": (
        [Edit(EN_TETE, "sources:", "[D565, D26, D26d, K26]", "[D565, D99, D26d, K26]")],
        [Expected("source-inconnue", EN_TETE, "format", "format", ("« D99 »",))],
    ),
    "an unknown line": (
        [Edit(TYPES, "id: surveillance", '["1", "17", "19"]', '["1", "17", "91"]')],
        [Expected("ligne-inconnue", TYPES, "id: surveillance", '"91"', ("qualiopi/91",))],
    ),
    "an unknown label": (
        [Edit(TYPES, "id: amenage", "etiquette: specifique", "etiquette: specifiques")],
        [Expected("etiquette-inconnue", TYPES, "id: amenage", "specifiques", ("« specifiques »",))],
    ),
    "an unknown finding": (
        [Edit(TYPES, "id: surveillance", "constat_exclu: nc_mineure", "constat_exclu: mineure")],
        [Expected("constat-inconnu", TYPES, "id: surveillance", "constat_exclu", ("« mineure »",))],
    ),
    "an unknown criterion": (
        [Edit(indicateurs(5), 'code: "22"', 'critere: "5"', 'critere: "55"')],
        [
            Expected(
                "critere-inconnu", indicateurs(5), "format", 'code: "22"', ("qualiopi/22", "qualiopi/55")
            ),
            control("criteres:", '"5":', "ligne 22"),
        ],
    ),
    "a line with findings twice": (
        [Edit(CONSTATS, 'lignes: ["1"', '["1", "2"', '["1", "4", "2"')],
        [Expected("constats-en-double", CONSTATS, 'lignes: ["1"', '"4"', ("qualiopi/4",))],
    ),
    "a circular `comme`": (
        [
            Edit(TYPES, "id: renouvellement", "- toutes: true", "- comme: extension"),
            Edit(TYPES, "id: extension", "- ajout: [categorie]", "- comme: renouvellement"),
        ],
        [
            Expected(
                "renvoi-circulaire", TYPES, "id: renouvellement", "- comme", ("qualiopi/renouvellement",)
            ),
            Expected("renvoi-circulaire", TYPES, "id: extension", "- comme", ("qualiopi/extension",)),
        ],
    ),
    "a circular `comme` behind « sauf »": (
        [
            Edit(
                TYPES,
                "id: renouvellement",
                "- toutes: true",
                "- toutes: true\n        sauf: {toutes: true, sauf: {comme: renouvellement}}",
            )
        ],
        [
            Expected(
                "renvoi-circulaire", TYPES, "id: renouvellement", "- toutes", ("qualiopi/renouvellement",)
            )
        ],
    ),
    "a `comme` that goes nowhere": (
        [Edit(TYPES, "id: renouvellement", "- toutes: true", "- comme: extensoin")],
        [Expected("type-inconnu", TYPES, "id: renouvellement", "extensoin", ("qualiopi/extensoin",))],
    ),
    "a null without a lacune": (
        [Edit(CRITERES, 'code: "3"', "titre: ", "titre: null\n    # ")],
        [Expected("lacune-non-declaree", CRITERES, 'code: "1"', 'code: "3"', ("« titre »", "3"))],
    ),
    "a lacune in excess": (
        [Edit(indicateurs(2), 'code: "7"', "champs: [portee]", "champs: [portee, titre]")],
        [Expected("lacune-en-trop", indicateurs(2), 'code: "7"', "Adéquation", ("« titre »", "7"))],
    ),
    "a rule without a word": (
        [Edit(indicateurs(2), 'code: "8"', "{categories: [AF, CFA], sources", "{sources")],
        [
            Expected("regle-vide", indicateurs(2), 'code: "8"', "{sources", ()),
            control("AF:", '["1"', "ligne 8"),
            control("CFA:", '["1"', "ligne 8"),
        ],
    ),
    "a word out of place": (
        [Edit(TYPES, "id: certificat", "toutes: true", "origine: qualiopi")],
        [Expected("mot-deplace", TYPES, "id: certificat", "origine: qualiopi", ("« origine »",))],
    ),
    "a rule without a source": (
        [Edit(DEROGATIONS, "types", "    sources: [A10b]\n", "")],
        [Expected("cle-manquante", DEROGATIONS, "derogations", "types", ("« sources »",))],
    ),
    "a misspelt key": (
        [Edit(indicateurs(2), 'code: "8"', "titre:", "tire:")],
        [
            Expected("cle-inconnue", indicateurs(2), 'code: "8"', "tire:", ("« tire »",)),
            Expected("cle-manquante", indicateurs(2), 'critere: "2"', 'code: "8"', ("« titre »",)),
        ],
    ),
    "two files that declare one source differently": (
        [Edit("guide/V9/sources.yaml", "G9:", "titre: ", "titre: Autre ")],
        [Expected("source-differente", "guide/V9/sources.yaml", "G9:", "titre: Autre", ("« G9 »",))],
    ),
}

LABEL: dict[str, tuple[list[Edit], list[Expected]]] = {
    "a clash": (
        [Edit(AJOUTS, "code: C", "code: C", "code: B")],
        [
            Expected("identifiant-en-double", AJOUTS, "numero: B", "code: B", ("certifregion/B",)),
            Expected(
                "ligne-inconnue",
                "regles/presentation-2023/constats.yaml",
                "lignes",
                "lignes",
                ("certifregion/C",),
            ),
        ],
    ),
    "a missing target": (
        [Edit(MODIFICATIONS, "modifications", "critere: qualiopi/4", "critere: qualiopi/44")],
        [
            Expected(
                "cible-inconnue", MODIFICATIONS, "modifications", "- critere", ("critère « qualiopi/44 »",)
            )
        ],
    ),
    "a missing target of a removal": (
        [Edit(MODIFICATIONS, "format", "modifications:", RETRAIT % "indicateur: qualiopi/33")],
        [
            Expected(
                "cible-inconnue", MODIFICATIONS, "retraits", "- {indicateur", ("indicateur « qualiopi/33 »",)
            )
        ],
    ),
    "a useless modification": (
        [
            Edit(
                MODIFICATIONS,
                "critere: qualiopi/4",
                "    variantes:",
                f"    titre: {CRITERE_4}\n    variantes:",
            )
        ],
        [
            Expected(
                "modification-sans-effet",
                MODIFICATIONS,
                "modifications",
                "- critere",
                ("« titre »", "qualiopi/4"),
            )
        ],
    ),
    "a label laid on itself": (
        [Edit("exigence/V5/couche.yaml", "base:", "qualiopi@2019", "certifregion@V5")],
        [Expected("renvoi-circulaire", "exigence/V5/couche.yaml", "format", "format", ("certifregion@V5",))],
    ),
    "a base that does not exist": (
        [Edit("exigence/V5/couche.yaml", "base:", "qualiopi@2019", "qualiopi@2018")],
        [Expected("base-introuvable", "exigence/V5/couche.yaml", "base:", "base:", ("qualiopi@2018",))],
    ),
}
