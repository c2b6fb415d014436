"""A grid with the findings already made: those that were carried to the corrected context of their audit.

Its cells are filled as a person fills them. What no cell holds (what is set aside, findings by site, the
text that a finding rests on, the parts of a report) goes with the request, and is read back with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from certif_rules import colonnes
from certif_rules.audit.checklist import Checklist, point_key
from certif_rules.audit.compte_rendu import CLES
from certif_rules.audit.constats import A_EVALUER, Dossier, Releve
from certif_rules.audit.correction import Correction
from certif_rules.audit.sites import ECARTS_DE_VERIFICATION, gaps_of
from certif_rules.blocs.typographie import plain, prose
from certif_rules.colonnes import ANNOTATION, CONSTAT, IDENTIFIANT, INDICATEUR, SAISIE, Colonne
from certif_rules.documents import emetteur
from certif_rules.documents.mots import finding
from certif_rules.documents.rubriques import MOTS_RESULTATS
from certif_rules.echanges.checklist import head
from certif_rules.echanges.constats import as_data
from certif_rules.grilles import feuilles as nommees
from certif_rules.grilles.classeur import MAX_CELL, Cellule, Classeur, Feuille
from certif_rules.grilles.grille import COLONNES_ECARTS, build, gap_rows, numbers

#: What a findings file says beside its findings, and that no cell holds.
_A_COTE: Final = ("depart", *CLES, "a_accorder", "a_revoir")
#: What a finding says in no column of a grid.
_SANS_CELLULE: Final = ("par_site", "a_accorder")
#: What follows a gap, in a sheet that workbooks alone have; a CSV has the lifting, where levels are lifted.
_LEVEE: Final = tuple(c.champ for c in colonnes.LEVEE)
_SUITE: Final = ("ecart", *_LEVEE)
#: The columns that are filled in the sheet Vérifications.
_DES_CONTROLES: Final = frozenset(c.titre for c in SAISIE if c.verification is not None)


def workbook(correction: Correction) -> Classeur:
    """Return the workbook of a corrected context, filled with the findings that were carried to it."""
    checklist, dossier = correction.checklist, correction.dossier
    classeur = build(checklist)
    texts = typed(checklist, dossier)
    sheets: list[Feuille] = []
    for feuille in classeur.feuilles:
        if feuille.nom in (nommees.GRILLE, nommees.VERIFICATIONS):
            sheets.append(_filled(feuille, texts))
        elif feuille.nom == nommees.ECARTS:
            sheets.append(_followed(checklist, feuille, dossier))
            sheets += [nommees.review_sheet(checklist, dossier.a_revoir)] if dossier.a_revoir else []
        elif feuille.nom == nommees.CONTEXTE:
            sheets.append(_counted(checklist, feuille, dossier))
        elif feuille.nom == nommees.DONNEES:
            sheets.append(nommees.machine_sheet(request(checklist, dossier)))
        else:
            sheets.append(feuille)
    return replace(classeur, feuilles=tuple(sheets))


def request(checklist: Checklist, dossier: Dossier, *, suite: bool = True) -> dict[str, Any]:
    """Return the request of a grid, with what its cells do not hold.

    Args:
        checklist: the corrected context.
        dossier: the findings carried to it.
        suite: the grid has a sheet for what follows a gap, and a cell for its notification.
    """
    data = as_data(dossier)
    beside = {cle: data[cle] for cle in _A_COTE if data.get(cle)}
    for cle, releves in (("constats", dossier.releves), ("verifications", dossier.verifications)):
        check = cle == "verifications"
        beyond = {r.ligne for r in releves if not _in_cells(checklist, r, check=check, suite=suite)}
        entries = [entry for entry in data.get(cle, ()) if entry["id"] in beyond]
        beside |= {cle: entries} if entries else {}
    if not suite and dossier.notifie_le is not None:
        beside["ecarts_notifies_le"] = dossier.notifie_le
    return {**head(checklist), **beside}


def _in_cells(checklist: Checklist, releve: Releve, *, check: bool, suite: bool) -> bool:
    """Return whether the cells of a grid hold all that a finding says, and give it back as it is."""
    if any(getattr(releve, champ) for champ in without_cell(checklist, suite=suite)):
        return False
    if not set(releve.complements) <= set(() if check else emetteur.columns(checklist)):
        return False
    for colonne in SAISIE:
        value = getattr(releve, colonne.champ)
        if value and not has_cell(checklist, colonne, check=check):
            return False
        parts = value if isinstance(value, tuple) else (value or "",)
        if any(not _plain(part, colonne.separateurs if isinstance(value, tuple) else "") for part in parts):
            return False
    return all(map(_plain, (*releve.ecart.values(), *releve.complements.values(), releve.leve_par or "")))


def without_cell(checklist: Checklist, *, suite: bool) -> tuple[str, ...]:
    """Return the fields of a finding that a grid has no cell for; ``suite``: it has a sheet of gaps."""
    if suite:
        return _SANS_CELLULE
    lifted = emetteur.shows(checklist, colonnes.NIVEAU_LEVE.titre)
    return (*_SANS_CELLULE, "ecart") if lifted else (*_SANS_CELLULE, *_SUITE)


def has_cell(checklist: Checklist, colonne: Colonne, *, check: bool) -> bool:
    """Return whether anything can be typed in a column, on a line or on a check."""
    return (not check or colonne.titre in _DES_CONTROLES) and emetteur.shows(checklist, colonne.titre)


def _plain(text: str, separators: str = "") -> bool:
    """Return whether every spreadsheet gives a text back as it is."""
    lines = text.split("\n")
    whole = all(line == " ".join(line.split(" ")).strip() and "  " not in line for line in lines)
    return whole and not set(text) & {*separators, "\t", "\r"} and len(text) < MAX_CELL


def typed(checklist: Checklist, dossier: Dossier) -> dict[str, dict[str, str]]:
    """Return what a person would have typed of each finding, by column, by id of line or key of check."""
    checks = {point.id: point_key(point) for point in checklist.verifications}
    extra = emetteur.columns(checklist)
    rows = {releve.ligne: _texts(checklist, releve, extra) for releve in dossier.releves}
    known = (releve for releve in dossier.verifications if releve.ligne in checks)
    return rows | {checks[releve.ligne]: _texts(checklist, releve, {}) for releve in known}


def _texts(checklist: Checklist, releve: Releve, extra: Mapping[str, str]) -> dict[str, str]:
    annotations = checklist.referentiel.annotations
    texts = {}
    for colonne in SAISIE:
        value = getattr(releve, colonne.champ)
        if colonne is CONSTAT:
            texts[colonne.titre] = _words(checklist, value)
        elif colonne is ANNOTATION:
            titles = (plain(prose(annotations[a].titre)) if a in annotations else a for a in value)
            texts[colonne.titre] = " ; ".join(titles)
        elif isinstance(value, tuple):
            texts[colonne.titre] = colonne.separateurs[0].join(value)
        else:
            texts[colonne.titre] = value or ""
    texts |= _lifting(checklist, releve)
    return texts | {titre: releve.complements.get(cle, "") for cle, titre in extra.items()}


def _lifting(checklist: Checklist, releve: Releve) -> dict[str, str]:
    """Return what a person would have typed of the lifting of a finding, by column."""
    level = _words(checklist, releve.leve_constat) if releve.leve_constat else ""
    fields = {"leve_le": releve.leve_le, "leve_par": releve.leve_par, "leve_constat": level}
    return {colonne.titre: fields[colonne.champ] or "" for colonne in colonnes.LEVEE}


def _words(checklist: Checklist, constat: str) -> str:
    """Return a finding, or the result of a check, in the words of its list; nothing of what is to assess."""
    if constat == A_EVALUER:
        return ""
    if constat in MOTS_RESULTATS:
        return MOTS_RESULTATS[constat]
    return plain(finding(checklist, constat)) if constat in checklist.referentiel.constats else constat


def _filled(feuille: Feuille, texts: Mapping[str, Mapping[str, str]]) -> Feuille:
    """Return a sheet of lines or of checks with what was typed on each row."""
    titles = [cellule.texte for cellule in feuille.lignes[0]]
    place = titles.index(IDENTIFIANT.titre)

    def row(cells: tuple[Cellule, ...]) -> tuple[Cellule, ...]:
        own = texts.get(cells[place].texte, {})
        return tuple(
            replace(cellule, texte=own[title]) if own.get(title) else cellule
            for title, cellule in zip(titles, cells, strict=True)
        )

    return replace(feuille, lignes=(feuille.lignes[0], *map(row, feuille.lignes[1:])))


def _followed(checklist: Checklist, feuille: Feuille, dossier: Dossier) -> Feuille:
    """Return the sheet of gaps with what follows each finding, one a row; a gap at a site has its own."""
    names, row = numbers(checklist), gap_rows(checklist)
    rows = list(feuille.lignes[1:])
    followed = [(key, one) for key, one in _gaps(checklist, dossier) if key in names]
    for number, (key, releve) in enumerate(followed):
        fields = {f"ecart.{cle}": texte for cle, texte in releve.ecart.items()}
        own = {c.titre: fields.get(c.champ, "") for c in colonnes.ECARTS if c.champ}
        seen, site = _words(checklist, releve.constat), releve.site or ""
        own |= _lifting(checklist, releve) | {
            INDICATEUR.titre: names[key],
            colonnes.SITE_ECART.titre: site,
            colonnes.CONSTAT_ECART.titre: seen,
        }
        cells = row(number + 2, (names[key], site, seen) if site else None)
        filled = tuple(
            replace(cellule, texte=own[title]) if own.get(title) else cellule
            for title, cellule in zip(COLONNES_ECARTS, cells, strict=True)
        )
        rows[number : number + 1] = [filled]
    return replace(feuille, lignes=(feuille.lignes[0], *rows))


def _gaps(checklist: Checklist, dossier: Dossier) -> Iterator[tuple[str, Releve]]:
    """Yield the findings that something follows, by id of line or key of check, then the gaps of each site.

    A line seen at one site only has one finding, and one row: no site parts it from another.
    """
    ecarts = {ligne.indicateur.id: gaps_of(checklist, ligne) for ligne in checklist.lignes}
    checks = {point.id: point_key(point) for point in checklist.verifications}
    for releves, keys in ((dossier.releves, {}), (dossier.verifications, checks)):
        for releve in releves:
            key = keys.get(releve.ligne, releve.ligne)
            if _is_followed(releve):
                yield key, replace(releve, site=None)
            known = ecarts.get(key, ECARTS_DE_VERIFICATION)
            yield from ((key, p) for p in releve.par_site if p.constat in known or _is_followed(p))


def _is_followed(releve: Releve) -> bool:
    return any(getattr(releve, champ) for champ in _SUITE)


def _counted(checklist: Checklist, feuille: Feuille, dossier: Dossier) -> Feuille:
    """Return the sheet of the context with the day of notification and its counters as they stand."""
    done = {releve.ligne: releve.constat for releve in dossier.releves if releve.porte}
    checked = {releve.ligne for releve in dossier.verifications if releve.porte}
    bare = [ligne.etat for ligne in checklist.lignes if ligne.indicateur.id not in done]
    counts = {
        "Lignes à auditer, sans constat": bare.count("a_auditer"),
        "Lignes à confirmer, sans constat": bare.count("a_confirmer"),
        "Vérifications à faire": sum(point.id not in checked for point in checklist.verifications),
    } | {finding(checklist, c): list(done.values()).count(c) for c in checklist.referentiel.constats}

    def row(cells: tuple[Cellule, ...]) -> tuple[Cellule, ...]:
        label = cells[0].texte
        if len(cells) > 1 and label == nommees.NOTIFIES and dossier.notifie_le:
            return (cells[0], replace(cells[1], texte=dossier.notifie_le))
        if len(cells) > 1 and cells[1].formule is not None and label in counts:
            return (cells[0], replace(cells[1], texte=str(counts[label])))
        return cells

    return replace(feuille, lignes=tuple(map(row, feuille.lignes)))
