"""What the commands around the audit show alike: remarks, contradictions of the sources, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from certif_rules.cli.affichage import paragraph
from certif_rules.export.textes import CONFIANCES


def worth(item: Mapping[str, Any]) -> str:
    """What stands after a sentence: a reading, its confidence when it is not high, its sources."""
    remarks = ["lecture"] if item.get("lecture") else []
    confiance = item.get("confiance", "elevee")
    if confiance != "elevee":
        remarks.append(f"confiance {CONFIANCES[confiance]}")
    said = f" ({', '.join(remarks)})" if remarks else ""
    sources = item.get("sources")
    return f"{said} [{', '.join(sources)}]" if sources else said


def show_remarks(remarques: Sequence[Mapping[str, Any]]) -> None:
    """What must be known, one paragraph each."""
    if remarques:
        click.echo()
        paragraph("À savoir")
    for remarque in remarques:
        paragraph(f"- {remarque['texte']}{worth(remarque)}", 2, hanging=4)


def show_contradictions(incoherences: Sequence[Mapping[str, Any]]) -> None:
    """What the sources contradict or leave unsaid, with what is made of it."""
    if incoherences:
        click.echo()
        paragraph("Ce que les sources contredisent ou taisent")
    for item in incoherences:
        paragraph(f"- {item['id']} : {item['texte']} [{', '.join(item['sources'])}]", 2, hanging=4)
        if item["lecture"]:
            paragraph(f"lecture retenue : {item['lecture']}", 4, hanging=6)
        if item["question"]:
            paragraph(f"à demander : {item['question']}", 4, hanging=6)


def show_sources(sources: Mapping[str, Mapping[str, str]]) -> None:
    """The sources cited, with where to find them."""
    if sources:
        click.echo()
        paragraph("Sources")
    for identifiant, source in sources.items():
        paragraph(f"[{identifiant}] {source['titre']}. {source['reference']}", 2, hanging=4)
