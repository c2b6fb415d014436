"""Référentiels made for the measures: of any number of lines, or from a catalogue in OSCAL.

Each is a plugin in a folder that Python finds: a package, its entry point, its layers in YAML. Written as a
person would write them; the layers are sealed by their own digests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from certif_rules.plugins.empreinte import digest_of_layer
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry

JOUR = "2024-03-18"
MODULE = """\
from pathlib import Path

from certif_rules import Donnees, hookimpl


@hookimpl
def certif_rules_editions():
    return [Donnees(dossier=Path(__file__).parent / "donnees")]
"""
TEXTE = (
    "Le prestataire décrit ce qu’il fait, le date et le garde : qui a fait quoi, pour quel public, avec quels"
    " moyens, et ce que l’évaluation a montré."
)
#: The most lines in one file, as a person would part them; the program refuses a file that holds too much.
PAR_FICHIER = 1000
#: What every layer cites, and the conditions of the lines of a made-up référentiel.
SOURCES = {"S": {"titre": "Un texte de mesure", "reference": "article 1"}}
FAITS = ("f0", "f1", "f2", "f3")
CATEGORIES = ("A", "B", "C")
CONSTATS: list[dict[str, Any]] = [
    {"id": "conforme", "titre": "Conforme", "sources": ["S"]},
    {"id": "ecart", "titre": "Écart", "commentaire_requis": True, "sources": ["S"]},
]


def write_plugin(site: Path, nom: str, exigence: dict[str, Any], regles: dict[str, Any]) -> Path:
    """Write a plugin named ``nom`` in the folder ``site``; return the folder of its layers."""
    package = site / f"greffon_{nom}"
    donnees = package / "donnees"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(MODULE, encoding="utf-8")
    info = site / f"greffon_{nom}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: greffon-{nom}\nVersion: 1\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(f"[certif_rules]\n{nom} = greffon_{nom}\n", encoding="utf-8")
    _layer(donnees, nom, "exigence", "1", {"nom": nom}, exigence)
    _layer(donnees, nom, "regles", "r1", {"pour": ["1"]}, regles)
    return donnees


def registry_of(nom: str, donnees: Path) -> Registry:
    """Return a registry of this one plugin, without compiled forms."""
    return Registry([(nom, Donnees(dossier=donnees))])


def lines(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two layers of a référentiel of ``number`` lines: scopes, conditions and perimeters vary."""
    codes = [str(n) for n in range(1, number + 1)]
    exigence = {
        "sources": SOURCES,
        "categories": [
            {"id": c, "titre": f"catégorie {c}", "a_qui": f"à {c}", "sources": ["S"]} for c in CATEGORIES
        ],
        "faits": [
            {"id": f, "question": f"Le fait {f} est-il vrai ?", "vrai": f"{f} est vrai",
             "faux": f"{f} est faux", "sources": ["S"], "confiance": "elevee"}
            for f in FAITS
        ],
        "criteres": [{"code": "1", "titre": "Critère", "sources": ["S"]}],
        "indicateurs": [
            {"code": code, "critere": "1", "titre": f"Ligne {code}", "exigence": f"{TEXTE} Point {code}.",
             "etiquettes": ["suivi"] if rank % 3 else [], "portee": [_scope(rank)],
             "preuves": [{"texte": f"Une pièce datée, pour la ligne {code}.", "sources": ["S"]}],
             "confiance": "elevee", "sources": ["S"]}
            for rank, code in enumerate(codes)
        ],
    }  # fmt: skip
    initial = {"id": "initial", "titre": "Audit initial", "perimetre": [{"toutes": True, "sources": ["S"]}],
               "sinon": "non vu", "sources": ["S"]}  # fmt: skip
    suivi = {"id": "suivi", "titre": "Audit de suivi", "sinon": "non vu à ce suivi", "sources": ["S"],
             "perimetre": [{"etiquette": "suivi", "sources": ["S"]},
                           {"constat_precedent": ["ecart"], "sources": ["S"]}]}  # fmt: skip
    return exigence, {
        "sources": SOURCES,
        "constats": CONSTATS,
        "constats_permis": [
            {"lignes": codes, "constats": ["conforme", "ecart"], "texte": "Deux niveaux", "sources": ["S"]}
        ],
        "types_audit": [initial, suivi],
    }


def oscal(catalogue: Path, profil: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two layers of a catalogue of NIST: a line a control, the profile as the audit that owes it.

    A family becomes a criterion; the words of a control, its parts and their numbers included, its
    requirement; its guidance, a comment. Parameters stay as references, as they do in the catalogue.
    """
    groups = json.loads(catalogue.read_text(encoding="utf-8"))["catalog"]["groups"]
    imports = json.loads(profil.read_text(encoding="utf-8"))["profile"]["imports"]
    owed = [code for one in imports for chosen in one["include-controls"] for code in chosen["with-ids"]]
    controls = [(group, control) for group in groups for control in _controls(group["controls"])]
    source = {"NIST": {"titre": "NIST SP 800-53 Rev. 4", "reference": "catalogue OSCAL"}}
    exigence = {
        "sources": source,
        "categories": [
            {"id": "SI", "titre": "système d’information", "a_qui": "à tous", "sources": ["NIST"]}
        ],
        "criteres": [{"code": g["id"], "titre": g["title"], "sources": ["NIST"]} for g in groups],
        "indicateurs": [_line(group["id"], control) for group, control in controls],
    }
    codes = [control["id"] for _, control in controls]
    findings = [{**constat, "sources": ["NIST"]} for constat in CONSTATS]
    return exigence, {
        "sources": source,
        "constats": findings,
        "constats_permis": [
            {"lignes": codes, "constats": ["conforme", "ecart"], "texte": "Deux niveaux", "sources": ["NIST"]}
        ],
        "types_audit": [
            {"id": "moderate", "titre": "MODERATE", "perimetre": [{"lignes": owed, "sources": ["NIST"]}],
             "sinon": "hors du profil", "sources": ["NIST"]}
        ],
    }  # fmt: skip


def _layer(
    donnees: Path, nom: str, nature: str, id_: str, head: dict[str, Any], body: dict[str, Any]
) -> None:
    """Write a layer with its digest: its header, then its body, the lines apart."""
    folder = donnees / nature / id_
    folder.mkdir(parents=True)
    header = {
        "format": 1, "referentiel": nom, "nature": nature, "id": id_, "titre": f"{nom}, {nature}", **head,
        "du": "2024-01-01", "confiance": "elevee", "sources": [*body["sources"]],
    }  # fmt: skip
    revision = {
        "numero": 1,
        "date": "2024-01-01",
        "raison": "Mesure",
        "empreinte": digest_of_layer(header, body),
    }
    files: dict[str, dict[str, Any]] = {"couche": {**header, "revisions": [revision]}}
    lignes = body.get("indicateurs", ())
    rest = {key: value for key, value in body.items() if key != "indicateurs"}
    files["contenu"] = {"format": 1, **rest}
    for first in range(0, len(lignes), PAR_FICHIER):
        files[f"lignes-{first:05}"] = {"format": 1, "indicateurs": lignes[first : first + PAR_FICHIER]}
    for name, content in files.items():
        text = "\n".join(_yaml(content, ""))
        (folder / f"{name}.yaml").write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _yaml(value: dict[str, Any] | list[Any], margin: str) -> Iterator[str]:
    """Yield the lines of a mapping or a sequence in block style; texts are between quotes."""
    entries = value.items() if isinstance(value, dict) else [("-", item) for item in value]
    colon = ":" if isinstance(value, dict) else ""
    for key, item in entries:
        if not item or not isinstance(item, dict | list):
            yield f"{margin}{key}{colon} {json.dumps(item, ensure_ascii=False)}"
        elif colon:
            yield f"{margin}{key}:"
            yield from _yaml(item, f"{margin}  ")
        else:
            first, *others = _yaml(item, f"{margin}  ")
            yield f"{margin}- {first.lstrip()}"
            yield from others


def _scope(rank: int) -> dict[str, Any]:
    """Return the scope of a line: all, some categories, or a category under a condition."""
    rules: tuple[dict[str, Any], ...] = (
        {"toutes": True},
        {"categories": ["A", "B"]},
        {"categories": ["B", "C"], "fait": FAITS[rank % len(FAITS)]},
    )
    return {**rules[rank % len(rules)], "sources": ["S"]}


def _controls(controls: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield controls, and those that are inside them, in order."""
    for control in controls:
        yield control
        yield from _controls(control.get("controls", ()))


def _line(group: str, control: dict[str, Any]) -> dict[str, Any]:
    parts = {part["name"]: _prose(part) for part in control.get("parts", ())}
    number = next(prop["value"] for prop in control["props"] if prop["name"] == "label")
    guidance = parts.get("guidance")
    return {
        "code": control["id"], "numero": number, "critere": group, "titre": control["title"],
        "exigence": parts.get("statement") or control["title"], "confiance": "elevee", "sources": ["NIST"],
        "portee": [{"toutes": True, "sources": ["NIST"]}],
        "commentaires": [{"texte": guidance, "sources": ["NIST"]}] if guidance else [],
    }  # fmt: skip


def _prose(part: dict[str, Any]) -> str:
    """Return the words of a part and of the parts inside it, each after its number."""
    label = next((prop["value"] for prop in part.get("props", ()) if prop["name"] == "label"), "")
    own = " ".join(word for word in (label, part.get("prose", "")) if word)
    return " ".join(text for text in (own, *map(_prose, part.get("parts", ()))) if text)
