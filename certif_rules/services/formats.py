"""The one table of formats, which document each writes, and those that plugins add.

A format of documents is a module of ``documents/formats/`` and a row here: it then writes the tree of any
document that offers it. A format imports its library when it is asked for, and never before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from certif_rules.documents.formats.extras import check
from certif_rules.errors import DataError, Issue, UsageError, suggestion
from certif_rules.plugins.etranger import attempt
from certif_rules.plugins.hookspecs import Exporter

_FORMATS: Final = "certif_rules.documents.formats"
_AUTODIAGNOSTIC: Final = "certif_rules.grilles.autodiagnostic"


class Format(Struct, frozen=True, kw_only=True):
    """A format writes documents.

    ``arbre`` is the module whose ``render`` writes the tree of any document, ``None`` where the format has
    none; ``propres`` maps a document to the ``module:function`` that is given its value instead.
    ``synonymes`` are other suffixes of its files. ``texte`` says that it may be shown on a terminal, ``nu``
    that it can be written with plain signs for a console that lacks ours.
    """

    name: str
    suffix: str
    arbre: str | None = None
    propres: Mapping[str, str] = field(default_factory=dict)
    synonymes: tuple[str, ...] = ()
    texte: bool = True
    nu: bool = False


#: Our formats; the first of a suffix is the one that it calls for.
FORMATS: Final[Mapping[str, Format]] = {
    format_.name: format_
    for format_ in (
        Format(name="table", suffix=".txt", arbre=f"{_FORMATS}.terminal", nu=True),
        Format(
            name="json",
            suffix=".json",
            propres={
                "checklist": "certif_rules.echanges.checklist:render",
                "grille": f"{_AUTODIAGNOSTIC}:unanswered",
                "synthese": "certif_rules.echanges.autodiagnostic:synthesis",
                "comparaison": "certif_rules.echanges.autodiagnostic:comparison",
                "dossier": "certif_rules.echanges.dossier:document",
                "attribution": "certif_rules.echanges.dossier:document",
                "reprise": "certif_rules.echanges.constats:carried",
                "editions": "certif_rules.echanges.editions:document",
            },
        ),
        Format(name="md", suffix=".md", arbre=f"{_FORMATS}.markdown"),
        Format(
            name="csv",
            suffix=".csv",
            propres={
                "checklist": "certif_rules.grilles.csv:render",
                "reprise": "certif_rules.grilles.csv:render_filled",
                "grille": f"{_AUTODIAGNOSTIC}:render_csv",
            },
        ),
        Format(
            name="yaml",
            suffix=".yaml",
            synonymes=(".yml",),
            propres={"grille": f"{_AUTODIAGNOSTIC}:render_yaml"},
        ),
        Format(
            name="xlsx",
            suffix=".xlsx",
            texte=False,
            propres={
                "checklist": "certif_rules.grilles.xlsx:render",
                "reprise": "certif_rules.grilles.xlsx:render_filled",
            },
        ),
        Format(
            name="ods",
            suffix=".ods",
            texte=False,
            propres={
                "checklist": "certif_rules.grilles.ods:render",
                "reprise": "certif_rules.grilles.ods:render_filled",
            },
        ),
        Format(
            name="html",
            suffix=".html",
            synonymes=(".htm",),
            arbre=f"{_FORMATS}.page",
            propres={"grille": "certif_rules.formulaires.autodiagnostic:render"},
        ),
        Format(
            name="formulaire",
            suffix=".html",
            propres={
                "checklist": "certif_rules.formulaires.checklist:render",
                "reprise": "certif_rules.formulaires.checklist:render_filled",
            },
        ),
        Format(name="docx", suffix=".docx", texte=False, arbre=f"{_FORMATS}.docx"),
        Format(name="pdf", suffix=".pdf", texte=False, arbre=f"{_FORMATS}.pdf"),
        Format(name="ics", suffix=".ics"),
    )
}  # fmt: skip


class Livrable(Struct, frozen=True, kw_only=True):
    """A document has the formats it offers, the first by default, and the function that composes its tree.

    ``autrement`` names another function for the formats that are read in another way.
    """

    nom: str
    formats: tuple[str, ...]
    compose: str | None = None
    autrement: Mapping[str, str] = field(default_factory=dict)

    def composer(self, format_: str) -> str | None:
        """Return the place of the function that composes the tree for a format, if there is a tree."""
        return self.autrement.get(format_, self.compose)


_PAGES: Final = ("html", "docx", "pdf")
#: The documents that formats write, by name.
LIVRABLES: Final[Mapping[str, Livrable]] = {
    livrable.nom: livrable
    for livrable in (
        Livrable(
            nom="checklist",
            formats=("table", "json", "md", "csv", "xlsx", "ods", "html", "formulaire", "docx", "pdf"),
            compose="certif_rules.documents.checklist.papier:compose",
            autrement={
                "html": "certif_rules.documents.checklist.composition:page",
                "md": "certif_rules.documents.checklist.composition:text",
                "table": "certif_rules.documents.checklist.composition:table",
            },
        ),
        Livrable(nom="rapport", formats=_PAGES, compose="certif_rules.documents.rapport.composition:report"),
        Livrable(
            nom="fiches", formats=_PAGES, compose="certif_rules.documents.rapport.composition:sheets_only"
        ),
        Livrable(nom="plan", formats=_PAGES, compose="certif_rules.documents.plan.composition:compose"),
        Livrable(
            nom="cloture", formats=_PAGES, compose="certif_rules.documents.rapport.composition:closing_sheet"
        ),
        Livrable(
            nom="grille",
            formats=("table", "html", "csv", "yaml", "json", "docx", "pdf"),
            compose="certif_rules.documents.autodiagnostic.grille:compose",
        ),
        Livrable(
            nom="synthese",
            formats=("table", "json", *_PAGES),
            compose="certif_rules.documents.autodiagnostic.synthese:compose",
        ),
        Livrable(
            nom="comparaison",
            formats=("table", "json", *_PAGES),
            compose="certif_rules.documents.autodiagnostic.progression:compose",
        ),
        Livrable(
            nom="dossier",
            formats=("table", "json", "md", "html"),
            compose="certif_rules.documents.dossier.composition:study",
        ),
        Livrable(
            nom="attribution",
            formats=("table", "json", "md", "html"),
            compose="certif_rules.documents.dossier.attribution:award",
        ),
        Livrable(
            nom="editions",
            formats=("table", "json", "md", *_PAGES),
            compose="certif_rules.documents.editions.composition:compose",
        ),
        Livrable(
            nom="rebasage",
            formats=("table", "md", *_PAGES),
            compose="certif_rules.documents.editions.rebasage:compose",
        ),
        Livrable(nom="reprise", formats=("json", "csv", "xlsx", "ods", "formulaire")),
        Livrable(nom="calendrier", formats=("table", "json", "ics")),
    )
}


def choose(
    ecrit: str, name: str | None, output: Path | None, others: Iterable[Exporter] = ()
) -> Format | Exporter:
    """Return the format named, else the one that the suffix of ``output`` calls for, else the first.

    Args:
        ecrit: the document, a key of :data:`LIVRABLES`.
        name: the format asked for.
        output: the file to write.
        others: the formats of plugins; those that write trees serve any document, the others checklists.

    Raises:
        UsageError: no such format, a suffix that names none, or a format whose library is not installed.
    """
    ours = {nom: FORMATS[nom] for nom in LIVRABLES[ecrit].formats}
    added = {e.name: e for e in others if _serves(e, ecrit)}
    if name is None:
        name = _by_suffix(ours, added, output) if output is not None else next(iter(ours))
    if name in ours:
        check(name)
        return ours[name]
    if name in added:
        return added[name]
    hint = suggestion(name, [*ours, *sorted(added)], "formats")
    raise UsageError([Issue("format-inconnu", f"aucun format « {name} »", None, hint)])


def _serves(exporter: Exporter, ecrit: str) -> bool:
    return (exporter.document is not None and LIVRABLES[ecrit].compose is not None) or ecrit == "checklist"


def _by_suffix(ours: Mapping[str, Format], added: Mapping[str, Exporter], output: Path) -> str:
    suffixes = {e.suffix: nom for nom, e in added.items()}
    # Two of ours may share a suffix: it calls for the first, the other is asked for by its name.
    for nom, format_ in reversed(list(ours.items())):
        suffixes |= dict.fromkeys((format_.suffix, *format_.synonymes), nom)
    name = suffixes.get(output.suffix.lower())
    if name is None:
        named = sorted({*(f.suffix for f in ours.values()), *(e.suffix for e in added.values())})
        raise UsageError([unknown_suffix(output, named)])
    return name


def unknown_suffix(output: Path, suffixes: Iterable[str]) -> Issue:
    """Return the issue of a file to write whose suffix calls for no format."""
    message = f"le suffixe de « {output.name} » ne dit pas quel format écrire"
    hint = f"ajouter --format, ou un suffixe parmi {', '.join(suffixes)}"
    return Issue("format-inconnu", message, None, hint)


def write_document(ecrit: str, format_: Format | Exporter, value: Any, *, poor: bool = False) -> bytes:
    """Return the bytes of a document.

    Args:
        ecrit: the document, a key of :data:`LIVRABLES`.
        format_: what :func:`choose` gave.
        value: what the document is composed of: a checklist, a report…
        poor: write plain signs, for a console that lacks ours.

    Raises:
        DataError: a plugin's exporter raised, or returned something else than bytes.
    """
    place = LIVRABLES[ecrit].composer(format_.name)
    if isinstance(format_, Exporter):
        return _foreign(format_, _load(place)(value) if format_.document and place else value)
    options = {"poor": poor} if format_.nu else {}
    own = format_.propres.get(ecrit)
    if own is not None:
        from certif_rules.echanges.champs import as_bytes

        written = _load(own)(value, **options)  # the bytes, or the values of a document in JSON
        return written if isinstance(written, bytes) else as_bytes(written)
    assert format_.arbre is not None
    assert place is not None
    page: bytes = _load(f"{format_.arbre}:render")(_load(place)(value), **options)
    return page


def _load(place: str) -> Any:
    module, _, function = place.partition(":")
    return getattr(import_module(module), function)


def _foreign(exporter: Exporter, value: Any) -> bytes:
    """Return what the exporter of a plugin makes; whatever it raises is told with its name."""
    render = exporter.document or exporter.value or exporter.render
    content, why = attempt(lambda: render(value) if render else None)
    if isinstance(content, bytes):
        return b"".join((content,))  # of a class of its own, what comes after would run its code
    why = why or f"il rend {type(content).__name__}, et non des octets"
    message = f"le format « {exporter.name} », ajouté par un greffon, a échoué ({why})"
    raise DataError([Issue("format-en-echec", message, None, "choisir un autre format, signaler au greffon")])


#: The formats of a checklist, which no plugin may take the name of.
BUILTIN: Final[Collection[str]] = LIVRABLES["checklist"].formats
