"""The checklist as CSV for spreadsheets: ``;``, UTF-8 with a mark, CRLF, every cell quoted.

One line of the référentiel a row, then one for each check; each stands alone: the last columns repeat what
the document is.
Several values of a cell are on lines of their own. Texts are raw and dates ISO; state words are French.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from certif_rules import colonnes
from certif_rules.audit.checklist import Checklist, Ligne, Point, point_key, point_numbers
from certif_rules.audit.constats import ARevoir
from certif_rules.audit.correction import Correction
from certif_rules.blocs.textes import line
from certif_rules.blocs.typographie import clean, plain, with_days
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.mots import (
    CONFIANCES,
    MOTIFS,
    SIGNES,
    aside,
    categories,
    cite,
    criterion,
    disclaimer,
    earlier_check,
    evolution,
    field_name,
    finding,
    followed,
    of_label,
    reason_remarks,
    remarks,
    sensitive,
)
from certif_rules.echanges.checklist import head
from certif_rules.francais import count
from certif_rules.grilles.feuilles import pieces
from certif_rules.grilles.reprise import request, typed
from certif_rules.model.base import Lacune, Texte
from certif_rules.rules.motifs import Motif

# A spreadsheet takes such a cell for a formula; full-width forms are folded to ASCII by some of them. One
# that has the mark already gets another, so that taking one off gives back what was there.
_FORMULA = re.compile("'*\\s*[-=+@\t\r\n\uff1d\uff0b\uff0d\uff20]")

#: The columns to fill, each with what the sheet Grille of the workbooks calls it.
SAISIE: Mapping[str, str] = {colonne.titre.lower(): colonne.titre for colonne in colonnes.SAISIE}
#: How a finding is lifted, where levels are: an auditor's columns too, by what the workbooks call them.
LEVEE: Mapping[str, str] = {colonne.titre.lower(): colonne.titre for colonne in colonnes.LEVEE}
#: What the workbooks call the columns of ours that may be hidden.
_GRILLE: Mapping[str, str] = {"preuves": colonnes.PREUVES.titre}
IDENTIFIANT = "identifiant"
#: The request and the digest of the rules, as JSON: each row can be read back alone.
DEMANDE = "données pour la relecture"
#: The findings that a corrected context no longer allows, where there are any: to be read, not filled.
A_REVOIR = "à revoir"


def render(checklist: Checklist) -> bytes:
    """Return ``checklist`` as CSV bytes. A cell that a spreadsheet would run begins with ``'``."""
    return _render(checklist, {}, head(checklist), [])


def render_filled(correction: Correction) -> bytes:
    """Return the grid of a corrected context, with the findings that were carried to it."""
    checklist, dossier = correction.checklist, correction.dossier
    reviewed = [_reviewed(checklist, one) for one in dossier.a_revoir]
    return _render(checklist, typed(checklist, dossier), request(checklist, dossier, suite=False), reviewed)


def _reviewed(checklist: Checklist, one: ARevoir) -> str:
    """Return a finding set aside in a line: which one, and why."""
    numeros = {ligne.indicateur.id: ligne.indicateur.numero for ligne in checklist.lignes}
    releve = one.releve
    what = [releve.constat, *([releve.commentaire] if releve.commentaire else [])]
    return f"{numeros.get(releve.ligne, releve.ligne)} : {' – '.join(what)} ({one.raison})"


def _render(
    checklist: Checklist,
    texts: Mapping[str, Mapping[str, str]],
    demande: Mapping[str, Any],
    reviewed: list[str],
) -> bytes:
    """Return the rows with what is typed on each (``texts``, by column of the sheet Grille)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    extra = extra_columns(checklist)
    filled = [{**SAISIE, **LEVEE}[name] for name in filled_columns(checklist)]
    filled += [titre for cle, titre in emetteur.columns(checklist).items() if cle in extra]
    titles = [*filled_columns(checklist), *map(guard, extra.values())]
    first, *rest = pieces(json.dumps(demande, ensure_ascii=True, separators=(",", ":")))
    more = [demand_column(n) for n in range(2, len(rest) + 2)]
    review = [A_REVOIR] if reviewed else []
    writer.writerow([*_shown(checklist, _COLUMNS), *titles, *_CONTEXT, DEMANDE, *more, *review])
    context = [column(checklist) for column in _CONTEXT.values()]
    shared = list(map(guard, (*context, first, *rest, *([_lines(reviewed)] if reviewed else []))))
    rows = [(ligne.indicateur.id, row(checklist, ligne)) for ligne in checklist.lignes]
    rows += [(point_key(point), check_row(checklist, point)) for point in checklist.verifications]
    for key, engine in rows:
        own = texts.get(key, {})
        writer.writerow(
            [*map(guard, engine.values()), *(guard(own.get(title, "")) for title in filled), *shared]
        )
    return out.getvalue().encode("utf-8-sig")


def demand_column(number: int) -> str:
    """Return the column of a piece of the request, counted from 1."""
    return DEMANDE if number == 1 else f"{DEMANDE} {number}"


def columns(checklist: Checklist) -> tuple[str, ...]:
    """Return the names of the columns that may be there, those that a body adds included."""
    return (*_COLUMNS, *SAISIE, *LEVEE, *extra_columns(checklist).values(), *_CONTEXT, DEMANDE, A_REVOIR)


def filled_columns(checklist: Checklist) -> list[str]:
    """Return the columns that auditors fill, without those that a body adds."""
    lifted = LEVEE if emetteur.shows(checklist, colonnes.NIVEAU_LEVE.titre) else ()
    return [*_shown(checklist, SAISIE), *lifted]


def row(checklist: Checklist, ligne: Ligne) -> dict[str, str]:
    """Return what the engine writes of a line, by column, before :func:`guard`."""
    return {name: _COLUMNS[name](checklist, ligne) for name in _shown(checklist, _COLUMNS)}


def extra_columns(checklist: Checklist) -> dict[str, str]:
    """Return the columns that a body adds, by key: their title, told from ours where it is one of them."""
    ours = {*_COLUMNS, *SAISIE, *LEVEE, *_CONTEXT, DEMANDE}
    titles = emetteur.columns(checklist).items()
    return {cle: f"{title} ({cle})" if plain(title) in ours else plain(title) for cle, title in titles}


def _shown(checklist: Checklist, columns: Iterable[str]) -> list[str]:
    """Return the columns that a body does not hide, by what the workbooks call them."""
    return [name for name in columns if emetteur.shows(checklist, SAISIE.get(name) or _GRILLE.get(name, ""))]


def check_row(checklist: Checklist, point: Point) -> dict[str, str]:
    """Return what the engine writes of a check in the columns of the lines, empty where it has none."""
    key = point_key(point)
    known = {
        "indicateur": point_numbers(checklist)[key],
        "origine": clean(point.compte_pour),
        "label": "oui" if of_label(checklist, point.compte_pour) else "non",
        "titre": clean(point.texte),
        "état": "vérification",
        "motifs": plain(document.point(checklist, point)),
        "constat précédent": plain(_lines(earlier_check(checklist, point))),
        "constats permis": _lines(document.MOTS_RESULTATS.values()),
        "sources": _cited(checklist, point.sources),
        IDENTIFIANT: key,
    }
    return {name: known.get(name, "") for name in _shown(checklist, _COLUMNS)}


def guard(cell: str) -> str:
    """Return ``cell`` as text for every spreadsheet: ``'`` in front of what one would run."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """Return ``cell`` without the mark that :func:`guard` adds."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def _lines(values: Iterable[str]) -> str:
    return "\n".join(values)


def _quoted(texte: str, citation: bool) -> str:
    return f"« {clean(texte)} »" if citation else clean(texte)


def _texte(texte: Texte | None) -> str:
    if texte is None:
        return ""
    return f"{_quoted(texte.texte, texte.citation)}{plain(aside(remarks(texte), texte.sources))}"


def _textes(textes: Iterable[Texte]) -> str:
    return _lines(map(_texte, textes))


def _motif(checklist: Checklist, motif: Motif) -> str:
    after = aside(reason_remarks(checklist, motif), motif.sources)
    return f"{MOTIFS[motif.code]} : {clean(motif.texte)}{after}"


def _lacune(lacune: Lacune) -> str:
    champs = ", ".join(map(field_name, lacune.champs))
    return f"{champs} : {clean(lacune.cherche)} {cite(lacune.sources)}".rstrip()


def _sources(checklist: Checklist, ligne: Ligne) -> str:
    """Return the sources a row cites, with their title and reference."""
    indicateur = ligne.indicateur
    single = (indicateur.niveau_attendu, indicateur.gravite, indicateur.evolution)
    several = (
        ligne.motifs, ligne.preuves, ligne.precisions, ligne.adaptations, indicateur.commentaires,
        indicateur.variantes, indicateur.alias, ligne.lacunes,
    )  # fmt: skip
    cited = set(indicateur.sources)
    cited.update(i for part in single if part for i in part.sources)
    cited.update(i for parts in several for part in parts for i in part.sources)
    return _cited(checklist, cited)


def _cited(checklist: Checklist, ids: Collection[str]) -> str:
    known = (s for s in checklist.referentiel.sources.values() if s.id in ids)
    return _lines(f"[{clean(s.id)}] {clean(s.titre)}, {clean(s.reference)}" for s in known)


_COLUMNS: Mapping[str, Callable[[Checklist, Ligne], str]] = {
    "critère": lambda _, ligne: clean(ligne.critere.numero) if ligne.critere else "",
    "intitulé du critère": lambda _, ligne: plain(criterion(ligne.critere)),
    "indicateur": lambda _, ligne: clean(ligne.indicateur.numero),
    "origine": lambda _, ligne: clean(ligne.indicateur.origine),
    "label": lambda c, ligne: "oui" if of_label(c, ligne.indicateur.origine) else "non",
    "titre": lambda _, ligne: clean(ligne.indicateur.titre or ""),
    "exigence": lambda _, ligne: (
        _quoted(ligne.indicateur.exigence, ligne.indicateur.citation) if ligne.indicateur.exigence else ""
    ),
    "état": lambda _, ligne: SIGNES[ligne.etat].mot,
    "motifs": lambda c, ligne: _lines(_motif(c, motif) for motif in ligne.motifs),
    "catégories": lambda c, ligne: _lines(categories(c, ligne)),
    "constats permis": lambda c, ligne: _lines(plain(finding(c, x)) for x in ligne.constats_permis),
    "niveau attendu": lambda _, ligne: _texte(ligne.indicateur.niveau_attendu),
    "gravité d’un écart": lambda _, ligne: _texte(ligne.indicateur.gravite),
    "preuves": lambda _, ligne: _textes(ligne.preuves),
    "précisions": lambda _, ligne: _textes(ligne.precisions),
    "adaptations": lambda _, ligne: _textes(ligne.adaptations),
    "commentaires": lambda _, ligne: _textes(ligne.indicateur.commentaires),
    "autres rédactions": lambda _, ligne: _textes(ligne.indicateur.variantes),
    "autres codes": lambda _, ligne: _lines(
        f"{clean(a.code)} : {clean(a.texte)} {cite(a.sources)}" for a in ligne.indicateur.alias
    ),
    "évolution": lambda _, ligne: (
        plain(evolution(ligne.indicateur.evolution)) if ligne.indicateur.evolution else ""
    ),
    "constat précédent": lambda c, ligne: (
        plain(_lines([finding(c, ligne.constat_precedent), *followed(c, ligne.indicateur.id)]))
        if ligne.constat_precedent
        else ""
    ),
    "données sensibles": lambda _, ligne: _sensibles(ligne),
    "confiance": lambda _, ligne: CONFIANCES[ligne.indicateur.confiance],
    "absent des sources": lambda _, ligne: _lines(map(_lacune, ligne.lacunes)),
    "sources": _sources,
    IDENTIFIANT: lambda _, ligne: ligne.indicateur.id,
}


def _sensibles(ligne: Ligne) -> str:
    value = ligne.indicateur.donnees_sensibles
    if value is None:
        return ""
    return f"{plain(sensitive(value))}{aside(remarks(value), value.sources)}"


def _rows(rows: Iterable[document.Rang]) -> str:
    return _lines(plain(document.labelled(row)) for row in rows)


def _typed(rows: Iterable[document.Rang]) -> str:
    """Return rows whose values were typed: their blanks are kept as they are."""
    return _lines(f"{plain(document.labelled((label, '')))}{value}" for label, value in rows)


def _layers(checklist: Checklist) -> str:
    return _lines(
        plain(
            f"{c.nature} {c.origine} {c.id} – {c.titre} – {c.periode} – confiance {c.confiance} – {c.lecture}"
            + "".join(f" – {line(note)}" for note in c.notes)
        )
        for c in document.layers(checklist)
    )


def _gaps(checklist: Checklist) -> str:
    total = count(len(checklist.lacunes), "lacune déclarée", "lacunes déclarées")
    general = [_lacune(lacune) for lacune in checklist.lacunes if lacune.ligne is None]
    return _lines([total, *general])


_CONTEXT: Mapping[str, Callable[[Checklist], str]] = {
    "référentiel": lambda c: clean(c.referentiel.id),
    "édition": lambda c: clean(c.referentiel.edition),
    "base": lambda c: clean(c.referentiel.base or ""),
    "guide": lambda c: clean(c.referentiel.guide or ""),
    "empreinte": lambda c: clean(c.empreinte),
    "date de l’audit": lambda c: c.contexte.date.isoformat(),
    "type d’audit": lambda c: clean(c.type_audit.titre),
    "organisme": lambda c: _typed([*document.organisation(c), *document.circumstances(c)]),
    "faits": lambda c: _rows(document.facts(c)),
    "avertissements": lambda c: _lines(
        f"{plain(with_days(clean(a.message)))} {cite(a.sources)}".rstrip() for a in c.avertissements
    ),
    "compteurs": lambda c: _lines(f"{SIGNES[etat].mot} : {n}" for etat, n in c.compteurs.items()),
    "pièces exigées": lambda c: _lines(plain(document.point(c, p)) for p in c.pieces),
    "vérifications": lambda c: _lines(plain(document.point(c, p)) for p in c.verifications),
    "sites à auditer": lambda c: plain(document.sites(c.sites)) if c.sites else "",
    "textes appliqués": _layers,
    "lacunes": _gaps,
    "conservation": lambda c: _rows((label, line(value)) for label, value in document.retention(c)),
    "mention": lambda c: _lines(map(plain, (disclaimer(c), *emetteur.closing(c.habillage)))),
}
