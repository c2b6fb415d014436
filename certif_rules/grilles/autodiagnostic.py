"""The grid of a self-assessment as plain files that are read back: CSV, YAML and JSON hold the same.

Each holds the request that the grid answers, then one entry per line, unanswered.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, Final

from certif_rules.audit.checklist import Ligne
from certif_rules.blocs.typographie import clean, plain
from certif_rules.documents.autodiagnostic import mots as textes
from certif_rules.documents.mots import (
    DONNEES_SENSIBLES,
    aside,
    criterion,
    enonce,
    mentioned,
    of_label,
    remarks,
    sensitive,
    title,
    wording,
)
from certif_rules.echanges.autodiagnostic import empty, request
from certif_rules.grilles.csv import DEMANDE, IDENTIFIANT, guard
from certif_rules.vie.autodiagnostic import Cadre

#: The columns to fill in the CSV, by key of an answer.
COLONNES: Final[Mapping[str, str]] = {
    "niveau": "niveau",
    "raison": "raison si sans objet",
    "commentaire": "commentaire",
    "preuves": "preuves",
}


def donnees(cadre: Cadre) -> dict[str, Any]:
    """Return the file of answers, all of them empty."""
    return {
        **request(cadre),
        "fait_le": None,
        "reponses": [
            {
                "id": li.indicateur.id,
                "numero": li.indicateur.numero,
                "titre": plain(title(li, 160)),
                **dict.fromkeys(COLONNES),
            }
            for li in cadre.retenues
        ],
    }


def unanswered(cadre: Cadre) -> dict[str, Any]:
    """Return the empty answers as a file of JSON holds them."""
    return empty(donnees(cadre), cadre)


def render_yaml(cadre: Cadre) -> bytes:
    """Return the empty answers as YAML, under what may be written; values are JSON, which YAML reads."""
    levels = " ; ".join(f"{n.valeur} {n.titre}" for n in cadre.notation.niveaux)
    lines = [
        f"# {plain(textes.heading(cadre))}",
        f"# {plain(textes.subtitle(cadre))}",
        f"# niveau : {clean(levels)} ; sans_objet (avec sa raison) ; null tant qu’il n’y a pas de réponse.",
        *(f"# {clean(li)}" for li in _worth(cadre)),
    ]
    written = donnees(cadre)
    answers = written.pop("reponses")
    lines += [f"{key}: {_flow(value)}" for key, value in written.items()]
    lines.append("reponses:")
    for answer, ligne in zip(answers, cadre.retenues, strict=True):
        mark = " (label)" if of_label(cadre.checklist, ligne.indicateur.origine) else ""
        confirm = "" if ligne.etat == "a_auditer" else f" – {textes.state(ligne)}"
        lines.append(f"  # {clean(answer['numero'])} – {answer['titre']}{mark}{confirm}")
        lines += [f"  # {own}" for own in _mentioned(cadre, ligne)]
        lines += [f"  # ⚠ {warned}" for warned in _warned(ligne)]
        lines.append(f"  - id: {_flow(answer['id'])}")
        lines += [f"    {key}: {_flow(answer[key])}" for key in COLONNES]
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def render_csv(cadre: Cadre) -> bytes:
    """Return the empty answers as CSV for spreadsheets; each row stands alone."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(
        [
            "indicateur",
            "critère",
            "label",
            "titre",
            "exigence",
            "état",
            *COLONNES.values(),
            "niveaux",
            IDENTIFIANT,
            DEMANDE,
        ]
    )
    levels = (
        "\n".join(f"{n.valeur} : {n.titre}" for n in cadre.notation.niveaux)
        + "\nsans objet : avec une raison"
    )
    shared = json.dumps(
        {**request(cadre), "fait_le": None}, ensure_ascii=True, sort_keys=True, separators=(",", ":")
    )
    for li in cadre.retenues:
        cells = [
            clean(li.indicateur.numero),
            plain(criterion(li.critere)),
            "oui" if of_label(cadre.checklist, li.indicateur.origine) else "non",
            plain(title(li)),
            plain(enonce(li.indicateur)),
            "\n".join([textes.state(li), *_mentioned(cadre, li), *(f"⚠ {warned}" for warned in _warned(li))]),
            *([""] * len(COLONNES)),
            levels,
            li.indicateur.id,
            shared,
        ]
        writer.writerow(map(guard, cells))
    return out.getvalue().encode("utf-8-sig")


def _mentioned(cadre: Cadre, ligne: Ligne) -> list[str]:
    """Return what its tags say of a line, each as a plain line."""
    own = mentioned(cadre.checklist, ligne.indicateur)
    return [plain(f"{wording(t)}{aside(remarks(t), t.sources)}") for t in own]


def _warned(ligne: Ligne) -> list[str]:
    """Return what notes on a line may reveal of people, as a plain line."""
    value = ligne.indicateur.donnees_sensibles
    return [plain(f"{DONNEES_SENSIBLES} : {sensitive(value)}")] if value else []


def _worth(cadre: Cadre) -> list[str]:
    mention = cadre.regles.mention
    return [*([f"« {mention.texte} » {', '.join(mention.sources)}"] if mention else []), cadre.notation.texte]


def _flow(value: Any) -> str:
    """Return a value as JSON, without the two characters that YAML would take for the end of a line."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "\u0085\u2028\u2029\ufeff":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
