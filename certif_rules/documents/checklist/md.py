"""The checklist as Markdown: readable as it is, and once rendered. Nothing typed becomes markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.checklist.fiche import Alinea, blocks, reasons, requirement
from certif_rules.documents.formats.markdown import ADDRESS, escape
from certif_rules.documents.mots import (
    MARQUE,
    SENS,
    SENS_MARQUE,
    SIGNES,
    criterion,
    disclaimer,
    finding,
    groups,
    of_label,
    title,
)
from certif_rules.echanges.checklist import sources
from certif_rules.francais import count
from certif_rules.model.referentiel import Critere
from certif_rules.rules.motifs import ETATS


def render(checklist: Checklist) -> bytes:
    """Return ``checklist`` as UTF-8 Markdown, ended by a line feed."""
    return ("\n".join(_document(checklist)) + "\n").encode("utf-8")


def _document(checklist: Checklist) -> Iterator[str]:
    yield f"# {escape(document.heading(checklist))}"
    yield ""
    yield from _rows(document.identity(checklist))
    yield f"- **Empreinte{INSECABLE}:** `{clean(checklist.empreinte).replace('`', '')}`"
    yield from _section("Organisme", _rows(document.organisation(checklist)))
    yield from _section("Circonstances de l’audit", _rows(document.circumstances(checklist)))
    yield from _section("Faits déclarés", _table(("Question", "Réponse"), document.facts(checklist)))
    yield from _section(
        count(len(checklist.avertissements), "avertissement"),
        (f"- {escape(prose(a.message))}{_sources(a.sources)}" for a in checklist.avertissements),
    )
    yield from _section("Compteurs", _counters(checklist))
    for critere, lignes in groups(checklist):
        yield from _criterion(checklist, critere, lignes)
    for heading, points in (
        ("Pièces exigées", checklist.pieces),
        ("Vérifications hors indicateurs", checklist.verifications),
    ):
        yield from _section(
            heading, (f"- {escape(document.point(checklist, p))}{_sources(p.sources)}" for p in points)
        )
    if checklist.sites is not None:
        line = f"- {escape(document.sites(checklist.sites))}{_sources(checklist.sites.sources)}"
        yield from _section("Sites à auditer", [line])
    yield from _section("Textes appliqués", _layers(checklist))
    yield from _section(
        f"{count(len(checklist.lacunes), 'lacune déclarée', 'lacunes déclarées')}", _gaps(checklist)
    )
    durations = (f"- {escape(document.labelled(row))}" for row in document.retention(checklist))
    yield from _section(document.CONSERVATION, [f"- {escape(prose(document.NOTES))}", *durations])
    yield from _section(
        "Sources citées",
        (
            f"- **{escape(s.id)}**{INSECABLE}: {escape(prose(s.titre))}, {_reference(s.reference)}"
            for s in sources(checklist)
        ),
    )
    yield from ("", "---", "")
    for paragraph in emetteur.closing(checklist.habillage):
        yield from (escape(paragraph), "")
    yield escape(disclaimer(checklist))


def _counters(checklist: Checklist) -> Iterator[str]:
    rows = [
        (f"{SIGNES[etat].symbole} {SIGNES[etat].mot}", SENS[etat], str(number))
        for etat, number in checklist.compteurs.items()
    ]
    yield from _table(("État", "Sens", "Lignes"), rows)
    if any(of_label(checklist, ligne.indicateur.origine) for ligne in checklist.lignes):
        yield from ("", f"{MARQUE}{INSECABLE}: {SENS_MARQUE}.")


def _criterion(checklist: Checklist, critere: Critere | None, lignes: Sequence[Ligne]) -> Iterator[str]:
    mark = f" ({MARQUE})" if critere is not None and of_label(checklist, critere.origine) else ""
    yield from ("", f"## {escape(criterion(critere))}{mark}", "")
    numbers = ((etat, sum(ligne.etat == etat for ligne in lignes)) for etat in ETATS)
    yield ", ".join(f"{number} {SIGNES[etat].mot}" for etat, number in numbers if number) + "."
    for ligne in lignes:
        yield from _line(checklist, ligne)


def _line(checklist: Checklist, ligne: Ligne) -> Iterator[str]:
    """Yield a line; one that is not due keeps its requirement and its reasons only."""
    indicateur, signe = ligne.indicateur, SIGNES[ligne.etat]
    mark = f" – {MARQUE}" if of_label(checklist, indicateur.origine) else ""
    yield ""
    yield f"### {escape(indicateur.numero)} – {escape(title(ligne, 90))}"
    due = f" ({', '.join(map(escape, ligne.categories))})" if ligne.categories else ""
    yield from ("", f"**{signe.symbole} {signe.mot}**{due}{mark}", "")
    yield _element(requirement(indicateur))
    yield ""
    yield from _block("Motifs", reasons(checklist, ligne.motifs))
    if ligne.etat in {"a_auditer", "a_confirmer"}:
        for bloc in blocks(checklist, ligne):
            yield from _block(bloc.titre, bloc.elements)
    if ligne.constats_permis:
        boxes = "   ".join(f"☐{INSECABLE}{escape(finding(checklist, c))}" for c in ligne.constats_permis)
        yield f"- **Constat{INSECABLE}:** {boxes}"
        for column in emetteur.columns(checklist).values():
            yield f"- **{escape(column)}{INSECABLE}:** …"


def _block(titre: str, elements: Sequence[Alinea]) -> Iterator[str]:
    if len(elements) == 1:
        yield f"- **{titre}{INSECABLE}:** {_element(elements[0])}"
        return
    yield f"- **{titre}{INSECABLE}:**"
    yield from (f"  - {_element(element)}" for element in elements)


def _element(element: Alinea) -> str:
    beside = f" ({escape(', '.join(element.remarques))})" if element.remarques else ""
    return f"{escape(element.texte)}{beside}{_sources(element.sources)}"


def _layers(checklist: Checklist) -> Iterator[str]:
    rows = [
        (
            c.nature,
            f"{c.origine} {c.id} – {c.titre}",
            c.periode,
            c.confiance,
            " – ".join(filter(None, (c.lecture, c.revision, *c.notes))),
        )
        for c in document.layers(checklist)
    ]
    yield from _table(("Nature", "Texte", "Période", "Confiance", "Lecture et notes"), rows)


def _gaps(checklist: Checklist) -> Iterator[str]:
    rows = [(g.objet, g.champs, g.cherche, ", ".join(g.sources)) for g in document.gaps(checklist)]
    if rows:
        yield from _table(("Objet", "Absent", "Cherché", "Sources"), rows)


def _section(heading: str, body: Iterable[str]) -> Iterator[str]:
    """Yield a heading and its body, or nothing when there is no body."""
    lines = list(body)
    if lines:
        yield from ("", f"## {heading}", "")
        yield from lines


def _rows(rows: Iterable[document.Rang]) -> Iterator[str]:
    return (f"- **{escape(label)}{INSECABLE}:** {escape(value)}" for label, value in rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(escape, row))} |"


def _reference(reference: str) -> str:
    """Return an address as a link, anything else as text; it comes from the data, never from a form."""
    texte = clean(reference)
    return f"<{texte}>" if ADDRESS.fullmatch(texte) else escape(prose(texte))


def _sources(ids: tuple[str, ...]) -> str:
    """Return ids in brackets, which open no link: nothing written here defines a reference."""
    return f" [{', '.join(map(escape, ids))}]" if ids else ""
