"""The checklist for a terminal: plain text, readable at 80 columns, the deciding reasons under each line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.blocs.typographie import clean, plain, prose
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.checklist import fiche
from certif_rules.documents.mots import (
    MARQUE,
    MARQUE_ASCII,
    SENS_MARQUE,
    SIGNES,
    cite,
    criterion,
    deciding,
    disclaimer,
    finding,
    groups,
    of_label,
    reason_remarks,
    title,
)
from certif_rules.echanges.checklist import sources
from certif_rules.francais import count
from certif_rules.model.referentiel import Critere
from certif_rules.rules.motifs import Etat, Motif

_COLOURS: dict[Etat, str] = {
    "a_auditer": "1",
    "a_confirmer": "33",
    "non_audite": "2",
    "non_applicable": "2",
}

_TO_ASCII = str.maketrans(
    {"–": "-", "—": "-", "’": "'", "…": "...", "★": "*", "œ": "oe", "Œ": "Oe", "€": "EUR"}
)


def render(checklist: Checklist, *, width: int = 80, poor: bool = False, color: bool = False) -> bytes:
    """Return ``checklist`` as UTF-8 text of at most ``width`` columns (40 at least), ended by a line feed.

    ``poor`` writes states and marks with ASCII signs and ordinary blanks, for consoles that know no
    others; accents stay. ``color`` adds ANSI sequences; nothing that was typed can.
    """
    page = _Page(checklist, max(width, 40), poor=poor, color=color)
    text = "\n".join(page.lines()) + "\n"
    return (plain(text).translate(_TO_ASCII) if poor else text).encode("utf-8")


class _Page:
    """One rendering: the checklist and how to write it."""

    def __init__(self, checklist: Checklist, width: int, *, poor: bool, color: bool) -> None:
        self.checklist = checklist
        self.width = width
        self.poor = poor
        self.color = color

    def lines(self) -> Iterator[str]:
        yield from self._header()
        for critere, lignes in groups(self.checklist):
            yield ""
            yield from self._heading(self._criterion(critere))
            for ligne in lignes:
                yield from self._line(ligne)
        yield from self._points()
        yield from self._section("Textes appliqués", self._layers())
        yield from self._gaps()
        yield from self._footer()

    def _header(self) -> Iterator[str]:
        checklist = self.checklist
        yield from self._heading(document.heading(checklist), "=")
        yield from self._rows(document.identity(checklist))
        yield from self._rows(document.organisation(checklist))
        yield from self._rows(document.circumstances(checklist))
        yield from self._section("Faits déclarés", self._rows(document.facts(checklist), indent="  "))
        yield from self._section("Compteurs", self._counters())
        yield from self._section(
            count(len(checklist.avertissements), "avertissement"),
            self._wrapped(
                (f"{prose(a.message)} {cite(a.sources)}".rstrip() for a in checklist.avertissements),
                "! ",
            ),
        )

    def _layers(self) -> Iterator[str]:
        for couche in document.layers(self.checklist):
            parts = [couche.periode, f"confiance {couche.confiance}", couche.lecture, couche.revision]
            yield from self._wrap(f"{couche.nature} {couche.origine} {couche.id} – {couche.titre}", "  ")
            yield from self._wrap(", ".join(filter(None, parts)), "      ")
            for note in couche.notes:
                yield from self._wrap(note, "      ")

    def _counters(self) -> Iterator[str]:
        for etat, number in self.checklist.compteurs.items():
            yield f"  {self._state(etat)} {number:>4}"
        if any(of_label(self.checklist, ligne.indicateur.origine) for ligne in self.checklist.lignes):
            yield from self._wrap(f"{self._mark()}\u00a0: {SENS_MARQUE}", "    ", first="  ")

    def _criterion(self, critere: Critere | None) -> str:
        mark = critere is not None and of_label(self.checklist, critere.origine)
        return criterion(critere) + (f" {self._mark()}" if mark else "")

    def _line(self, ligne: Ligne) -> Iterator[str]:
        """Yield a line of the référentiel, its deciding reasons, and what its auditor must not miss."""
        indicateur = ligne.indicateur
        mark = f"{self._mark()}  " if of_label(self.checklist, indicateur.origine) else ""
        state = self._state(ligne.etat)
        head = f"{state} {clean(indicateur.numero):>3}  "
        source = "" if indicateur.titre or not indicateur.exigence else f" {cite(indicateur.sources)}"
        text = self._wrap(f"{mark}{title(ligne, 120)}{source}", " " * len(head), first=head)
        yield self._paint(state, _COLOURS[ligne.etat]) + text[0].removeprefix(state)
        yield from text[1:]
        under = " " * (len(self._sign("a_auditer")) + 1)
        for motif in deciding(ligne):
            yield from self._wrap(self._reason(motif), under + "  ", first=under + "- ")
        if indicateur.donnees_sensibles:
            value = fiche.warning(indicateur.donnees_sensibles)
            beside = f" ({', '.join(value.remarques)})" if value.remarques else ""
            shown = f"{value.texte}{beside} {cite(value.sources)}"
            yield from self._wrap(shown, under + "  ", first=under + "! ")
        if ligne.constat_precedent:
            earlier = finding(self.checklist, ligne.constat_precedent)
            yield from self._wrap(prose(f"constat précédent : {earlier}"), under + "  ", first=under + "- ")

    def _reason(self, motif: Motif) -> str:
        remarks = reason_remarks(self.checklist, motif)
        inside = f" ({', '.join(remarks)})" if remarks else ""
        return f"{prose(motif.texte)}{inside} {cite(motif.sources)}".rstrip()

    def _points(self) -> Iterator[str]:
        checklist = self.checklist
        for heading, points in (
            ("Pièces exigées", checklist.pieces),
            ("Vérifications hors indicateurs", checklist.verifications),
        ):
            texts = (f"{document.point(checklist, p)} {cite(p.sources)}".rstrip() for p in points)
            yield from self._section(heading, self._wrapped(texts, "- "))
        if checklist.sites is not None:
            text = f"{document.sites(checklist.sites)} {cite(checklist.sites.sources)}".rstrip()
            yield from self._section("Sites à auditer", self._wrapped([text], "- "))

    def _gaps(self) -> Iterator[str]:
        gaps = document.gaps(self.checklist)
        texts = (f"{g.objet} – {g.champs} – {g.cherche} {cite(g.sources)}".rstrip() for g in gaps)
        total = count(len(self.checklist.lacunes), "lacune déclarée", "lacunes déclarées")
        yield from self._section(f"{total} (absent des sources)", self._wrapped(texts, "- "))

    def _footer(self) -> Iterator[str]:
        texts = (f"[{clean(s.id)}] {prose(s.titre)}, {prose(s.reference)}" for s in sources(self.checklist))
        durations = map(document.labelled, document.retention(self.checklist))
        yield from self._section(document.CONSERVATION, self._wrapped(durations, "- "))
        yield from self._section("Sources citées", self._wrapped(texts, ""))
        yield ""
        for paragraph in emetteur.closing(self.checklist.habillage):
            yield from (*self._wrap(paragraph, ""), "")
        yield from self._wrap(disclaimer(self.checklist), "")
        yield from self._wrap(f"Empreinte {clean(self.checklist.empreinte)}", "")

    def _heading(self, text: str, rule: str = "-") -> Iterator[str]:
        for line in self._wrap(text, ""):
            yield self._paint(line, "1")
        yield rule * min(len(text), self.width)

    def _section(self, heading: str, body: Iterable[str]) -> Iterator[str]:
        """Yield a heading and its body, or nothing when there is no body."""
        lines = list(body)
        if lines:
            yield ""
            yield self._paint(heading, "1")
            yield from lines

    def _rows(self, rows: list[tuple[str, str]], indent: str = "") -> Iterator[str]:
        for row in rows:
            yield from self._wrap(document.labelled(row), indent + "    ", first=indent)

    def _wrapped(self, texts: Iterable[str], bullet: str) -> Iterator[str]:
        for text in texts:
            yield from self._wrap(text, "    ", first="  " + bullet)

    def _wrap(self, text: str, indent: str, first: str | None = None) -> list[str]:
        return textwrap.wrap(
            text, self.width, initial_indent=indent if first is None else first, subsequent_indent=indent,
            break_on_hyphens=False, break_long_words=False,
        )  # fmt: skip

    def _mark(self) -> str:
        return MARQUE_ASCII if self.poor else MARQUE

    def _sign(self, etat: Etat) -> str:
        return SIGNES[etat].ascii if self.poor else SIGNES[etat].symbole

    def _state(self, etat: Etat) -> str:
        return f"{self._sign(etat)} {_padded(etat)}"

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text


def _padded(etat: Etat) -> str:
    """Return the word of a state, as wide as the widest."""
    return SIGNES[etat].mot.ljust(max(len(signe.mot) for signe in SIGNES.values()))
