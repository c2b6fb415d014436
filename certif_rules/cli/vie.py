"""What the commands around the audit show alike: remarks, contradictions of the sources, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from certif_rules.blocs.typographie import clean, prose
from certif_rules.cli.affichage import WIDTH, paragraph


def show_title(sujet: str, data: Mapping[str, Any]) -> None:
    """Print what the answer is about: its subject, the référentiel, the audit where one is named."""
    from certif_rules.vie.regime import named_editions

    referentiel = data["referentiel"]
    shown = named_editions(tuple(data.get("editions", (referentiel["edition"],))))
    title = f"{sujet} – {clean(referentiel['titre'])}, {shown}"
    paragraph(title)
    click.echo("=" * min(len(title), WIDTH))
    if data["audit"]["titre"]:
        paragraph(clean(data["audit"]["titre"]))
    click.echo()


def _heading(text: str) -> None:
    click.echo()
    paragraph(text)
    click.echo("-" * len(text))


def worth(item: Mapping[str, Any]) -> str:
    """Return what stands after a sentence: a reading, its confidence when it is not high, its sources."""
    from msgspec import convert

    from certif_rules.documents.mots import aside, remarks
    from certif_rules.model.base import Appui

    rule = convert(item, Appui)
    return aside(remarks(rule), rule.sources)


def show_remarks(remarques: Sequence[Mapping[str, Any]]) -> None:
    """Print what must be known, one paragraph each."""
    if remarques:
        _heading("À savoir")
    for remarque in remarques:
        paragraph(f"- {prose(remarque['texte'])}{worth(remarque)}", 2, hanging=4)


def show_contradictions(incoherences: Sequence[Mapping[str, Any]]) -> None:
    """Print what the sources contradict or leave unsaid, with what is made of it."""
    if incoherences:
        _heading("Ce que les sources contredisent ou taisent")
    for item in incoherences:
        paragraph(f"- {item['id']} : {prose(item['texte'])} [{', '.join(item['sources'])}]", 2, hanging=4)
        if item["lecture"]:
            paragraph(f"lecture retenue : {prose(item['lecture'])}", 4, hanging=6)
        if item["question"]:
            paragraph(f"à demander : {prose(item['question'])}", 4, hanging=6)


def show_sources(sources: Mapping[str, Mapping[str, str]]) -> None:
    """Print the sources cited, with where to find them."""
    if sources:
        _heading("Sources")
    for identifiant, source in sources.items():
        paragraph(f"[{identifiant}] {prose(source['titre'])}, {prose(source['reference'])}", 2, hanging=4)
