"""The digests of layers written in their headers, once nothing else is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from certif_rules.audit.examen import parse_day
from certif_rules.errors import Fautes, Issue, UsageError
from certif_rules.plugins.couche import HEADER, read_header
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.revision import Declaration, declare
from certif_rules.services.validation import Validation, files_at, validate
from certif_rules.source.ecriture import write_file
from certif_rules.source.entree import CONTROL

#: What is to be mended by writing the digests, and so does not prevent it.
_MENDED = frozenset({"empreinte-inconnue"})


class Ecriture(Struct, frozen=True, kw_only=True):
    """An ecriture says what was written, in the order of the files, and what is wrong that it does not mend.

    Where something is, nothing was written.
    """

    declarations: tuple[Declaration, ...]
    validation: Validation


def write_digests(
    paths: Sequence[Path],
    installed: Iterable[tuple[str, Donnees]],
    *,
    here: Path,
    jour: str | None = None,
    raison: str | None = None,
) -> Ecriture:
    """Write the digests of the layers at these paths, or a new revision of each with its date and reason.

    A revision that waits for its digests (``sha256:a-calculer``) is given them; one that has them never
    changes: the next is added after it.

    Args:
        paths: folders of layers, or files of them.
        installed: the data of the installed plugins.
        here: name files relative to this folder, where they are under it.
        jour: ISO date of the new revisions.
        raison: why the content changed.

    Raises:
        UsageError: a new revision is needed, and its date or its reason is not given, or is not one.
        DataError: a header is written so that nothing can be added to it.
        OSError: a file cannot be written.
    """
    installed = list(installed)
    _check_words(jour, raison)
    before = validate(paths, installed, here=here)
    if any(issue.code not in _MENDED for issue in before.problemes):
        return Ecriture(declarations=(), validation=before)
    files, _ = files_at(paths)
    declarations: list[Declaration] = []
    faults = Fautes()
    for path in (file for file in files if file.name == HEADER):
        dossier = path.parent.parent.parent
        racine = here if dossier.is_relative_to(here) else dossier.parent.parent
        with faults:
            declaration = declare(read_header(path, racine, ""), jour=jour, raison=raison)
            declarations += [declaration] if declaration else []
    faults.issues += [_to_be_dated(d, jour, raison) for d in declarations if d.contenu is None]
    if faults.issues:
        raise UsageError(faults.issues)
    for declaration in declarations:
        write_file(declaration.en_tete.dossier / HEADER, declaration.contenu or b"", replace=True)
    return Ecriture(declarations=tuple(declarations), validation=validate(paths, installed, here=here))


def _check_words(jour: str | None, raison: str | None) -> None:
    """Refuse a date that is none, and a reason that cannot be written on one line.

    Raises:
        UsageError: one of them is.
    """
    if jour is not None:
        parse_day(jour, "date de la révision")
    if raison is not None and (not raison.strip() or CONTROL.search(raison) or "\n" in raison):
        message = "la raison de la révision est vide, ou ne tient pas sur une ligne"
        raise UsageError([Issue("raison-illisible", message, None, "dire en une phrase ce qui a changé")])


def _to_be_dated(declaration: Declaration, jour: str | None, raison: str | None) -> Issue:
    """Return what is missing of a new revision."""
    words = (("la date (--date)", jour), ("la raison (--raison)", raison))
    missing = " et ".join(word for word, given in words if not given)
    revisions = declaration.en_tete.couche.revisions
    what = f"changé depuis la révision {revisions[-1].numero}" if revisions else "sans révision"
    message = f"{declaration.fichier} : {what} ; de la suivante, il manque {missing}"
    hint = "elle s’ajoute après les autres, qui ne changent pas"
    return Issue("information-manquante", message, None, hint)
