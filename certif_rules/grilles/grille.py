"""The checklist as a workbook to fill: Contexte, Grille, Textes, Écarts, À propos, and what reads it back.

The first row of each table is its header; the columns of the engine are written here and compared again
when the grid comes back (see ``lecture``). The hidden sheet « Données » carries the request and the digest
of the rules: the grid explains itself years later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from certif_rules import colonnes
from certif_rules.audit.aggravation import counted
from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Ligne, point_numbers
from certif_rules.audit.recevabilite import lacks_text, levels_after_lifting
from certif_rules.blocs.typographie import clean, plain, prose
from certif_rules.colonnes import (
    ANNOTATION,
    APPUI,
    CONSTAT,
    CONSTAT_ECART,
    CONSTAT_PRECEDENT,
    DUE,
    ECHEANCE,
    ECHEANCE_ECART,
    GRAVITE,
    IDENTIFIANT,
    INDICATEUR,
    INTITULE,
    MOTIF,
    NIVEAU,
    NIVEAU_LEVE,
    ORIGINE,
    PREUVES,
    REPLIEES,
    SAISIE,
    SITE,
    SITE_ECART,
)
from certif_rules.colonnes import GRILLE as GRILLE_COLONNES
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.mots import (
    FORMES,
    MARQUE,
    Forme,
    finding,
    followed,
    of_label,
    shape,
    shape_failed,
)
from certif_rules.documents.rubriques import MOTS_RESULTATS
from certif_rules.echanges.checklist import head
from certif_rules.grilles import textes
from certif_rules.grilles.classeur import Cellule, Classeur, Feuille, area, cell
from certif_rules.grilles.feuilles import (
    A_CONFIRMER,
    COLONNES,
    ECARTS,
    GRILLE,
    NON,
    NUMERO,
    OUI,
    about_sheet,
    check_area,
    context_sheet,
    due_formula,
    in_formula,
    machine_sheet,
)
from certif_rules.grilles.verifications import RESULTATS, SITES, checks_sheet

_DOUTES_DE_PORTEE = frozenset({"condition_inconnue", "portee_inconnue"})


def _scope(ligne: Ligne) -> str:
    if ligne.etat == "non_applicable":
        return "Non applicable"
    doubtful = any(motif.code in _DOUTES_DE_PORTEE for motif in ligne.motifs)
    return "À confirmer" if doubtful and ligne.etat != "a_auditer" else "Applicable"


def _due(ligne: Ligne) -> str:
    return {"a_auditer": OUI, "a_confirmer": A_CONFIRMER}.get(ligne.etat, NON)


def _origin(checklist: Checklist, ligne: Ligne) -> str:
    origine = clean(ligne.indicateur.origine)
    return f"{MARQUE}\n{origine}" if of_label(checklist, ligne.indicateur.origine) else origine


def _earlier(checklist: Checklist, ligne: Ligne) -> str:
    if ligne.constat_precedent is None:
        return ""
    return "\n".join([finding(checklist, ligne.constat_precedent), *followed(checklist, ligne.indicateur.id)])


_Moteur = Callable[[Checklist, Ligne], str]
#: What the engine writes in the sheet Grille, by column.
_MOTEURS: Final[Mapping[str, _Moteur]] = {
    "Critère": lambda _, ligne: clean(ligne.critere.numero) if ligne.critere else "–",
    INDICATEUR.titre: lambda _, ligne: clean(ligne.indicateur.numero),
    ORIGINE.titre: _origin,
    INTITULE.titre: lambda _, ligne: textes.heading(ligne),
    NIVEAU.titre: lambda _, ligne: textes.level(ligne),
    PREUVES.titre: lambda _, ligne: textes.evidence(ligne),
    "Applicabilité": lambda _, ligne: _scope(ligne),
    MOTIF.titre: textes.reasons,
    DUE.titre: lambda _, ligne: _due(ligne),
    GRAVITE.titre: lambda _, ligne: textes.severity(ligne),
    CONSTAT_PRECEDENT.titre: _earlier,
    IDENTIFIANT.titre: lambda _, ligne: ligne.indicateur.id,
}
#: The columns of the sheet Écarts; those that the workbook fills by itself.
COLONNES_ECARTS: Final = tuple(colonne.titre for colonne in colonnes.ECARTS)
CALCULEES_ECARTS: Final = (CONSTAT_ECART.titre, ECHEANCE_ECART.titre)
#: The name of the drop-down of the levels that a lifting gives.
_NIVEAUX: Final = "niveaux"
_CENTREES = frozenset({"Critère", "Applicabilité", DUE.titre, CONSTAT_PRECEDENT.titre})


def build(checklist: Checklist) -> Classeur:
    """Return the workbook of a checklist: the same for every format."""
    referentiel = checklist.referentiel
    listes = {_list_name(ligne): _choices(checklist, ligne) for ligne in checklist.lignes}
    listes = {name: choices for name, choices in listes.items() if choices}
    if referentiel.annotations:
        listes["annotations"] = tuple(plain(prose(a.titre)) for a in referentiel.annotations.values())
    if checklist.verifications:
        listes[RESULTATS] = tuple(MOTS_RESULTATS.values())
    if checklist.plusieurs_sites:
        listes[SITES] = checklist.plusieurs_sites
    listes["lignes"] = tuple(numbers(checklist).values())
    if levels := levels_after_lifting(checklist):
        listes[_NIVEAUX] = tuple(plain(finding(checklist, level)) for level in levels)
    sheets = (
        context_sheet(checklist),
        _grid(checklist, listes),
        textes.texts_sheet(checklist),
        *([checks_sheet(checklist)] if checklist.verifications else []),
        _deviations(checklist),
        about_sheet(checklist),
        machine_sheet(head(checklist)),
    )
    nom = checklist.organisme.get("nom")
    return Classeur(
        titre=document.heading(checklist),
        pied=" – ".join(
            filter(None, [emetteur.name(checklist), document.heading(checklist), clean(str(nom or ""))])
        ),
        date=checklist.contexte.date.isoformat(),
        feuilles=sheets,
        listes=listes,
        tons=_tones(checklist),
    )


def _tones(checklist: Checklist) -> dict[str, Forme]:
    """Return the shape of each finding and of each result of a check that has one, by its words.

    A finding that lines of several référentiels share takes its gravest shape; checks that weigh differently
    share that of any gap.
    """
    origins = {ligne.indicateur.origine for ligne in checklist.lignes}
    tones: dict[str, Forme] = {}
    for constat in checklist.referentiel.constats:
        shapes = {shape(checklist, constat, origine) for origine in origins}
        tones |= {plain(finding(checklist, constat)): forme for forme in reversed(FORMES) if forme in shapes}
    if checklist.verifications:
        failed = {shape_failed(checklist, point) for point in checklist.verifications}
        for result, words in MOTS_RESULTATS.items():
            tones[words] = "fait" if result != NON_SATISFAITE else "grave" if failed == {"grave"} else "ecart"
    return tones


def engine_cells(checklist: Checklist, ligne: Ligne) -> dict[str, str]:
    """Return what the engine writes on a row of the sheet Grille, by column."""
    return {name: _MOTEURS[name](checklist, ligne) for name in COLONNES if name in _MOTEURS}


def numbers(checklist: Checklist) -> dict[str, str]:
    """Return what each line is called on the sheet Écarts: its printed number, its id where two share it.

    The checks come after them, by key.
    """
    shared = Counter(ligne.indicateur.numero for ligne in checklist.lignes)
    items = [ligne.indicateur for ligne in checklist.lignes]
    lines = {i.id: clean(i.numero) if shared[i.numero] == 1 else i.id for i in items}
    return lines | point_numbers(checklist)


def _list_name(ligne: Ligne) -> str:
    return "constats " + " ".join(ligne.constats_permis)


def _choices(checklist: Checklist, ligne: Ligne) -> tuple[str, ...]:
    return tuple(plain(finding(checklist, constat)) for constat in ligne.constats_permis)


def _grid(checklist: Checklist, listes: Mapping[str, tuple[str, ...]]) -> Feuille:
    entete = tuple(
        Cellule(name, "entete" if name in _MOTEURS or name == ECHEANCE.titre else "entete_saisie")
        for name in COLONNES
    ) + tuple(Cellule(title, "entete_saisie") for title in emetteur.columns(checklist).values())
    rows = tuple(
        _row(checklist, ligne, listes, number) for number, ligne in enumerate(checklist.lignes, start=2)
    )
    largeurs = tuple(
        colonne.largeur if _is_shown(checklist, colonne.titre) else 0 for colonne in GRILLE_COLONNES
    ) + tuple(c.largeur for c in (checklist.habillage.colonnes if checklist.habillage else ()))
    return Feuille(
        nom=GRILLE,
        largeurs=largeurs,
        lignes=(entete, *rows),
        entete=True,
        figees=COLONNES.index(CONSTAT.titre) + 1,
        souples=True,
    )


def _is_shown(checklist: Checklist, title: str) -> bool:
    """Return whether a column says something here, and is not hidden by the body."""
    if title == ORIGINE.titre:
        return len({ligne.indicateur.origine for ligne in checklist.lignes}) > 1
    if title == CONSTAT_PRECEDENT.titre:
        return any(ligne.constat_precedent for ligne in checklist.lignes)
    return emetteur.shows(checklist, title)


def _row(
    checklist: Checklist, ligne: Ligne, listes: Mapping[str, tuple[str, ...]], number: int
) -> tuple[Cellule, ...]:
    out = ligne.etat in ("non_applicable", "non_audite")
    tone = "hors" if out else "confirmer" if ligne.etat == "a_confirmer" else "moteur"
    texts = engine_cells(checklist, ligne)
    empty = "saisie_hors" if out else "saisie"
    name = _list_name(ligne)
    choix = Cellule(style=f"{empty}_choix", liste=name) if name in listes else Cellule(style="hors_centre")
    special = {
        **{c.titre: Cellule(style=f"{empty}_date") for c in SAISIE if c.genre == "jour"},
        CONSTAT.titre: choix,
        ANNOTATION.titre: Cellule(style=empty, liste="annotations" if "annotations" in listes else None),
        SITE.titre: Cellule(style=empty, liste=SITES if checklist.plusieurs_sites else None),
        APPUI.titre: Cellule(style=empty if lacks_text(ligne) else "saisie_hors"),
        ECHEANCE.titre: Cellule(style="date", formule=_deadline(checklist, ligne, number)),
        INDICATEUR.titre: Cellule(texts[INDICATEUR.titre], "hors_centre" if out else "numero"),
    }
    # In bold; a requirement that stands for the title is not one.
    look = tone if ligne.indicateur.titre is None else f"{tone}_gras"
    special[INTITULE.titre] = Cellule(texts[INTITULE.titre], look)
    # On one line, where nobody sees them: a hidden cell would make its row as high as its text.
    folded_up = {c.titre: Cellule(" ".join(texts[c.titre].split("\n")), "cache") for c in REPLIEES}
    look = "marque" if of_label(checklist, ligne.indicateur.origine) else f"{tone}_centre"
    special[ORIGINE.titre] = Cellule(texts[ORIGINE.titre], look)
    return tuple(
        (special | folded_up).get(name)
        or (
            Cellule(texts[name], f"{tone}_centre" if name in _CENTREES else tone)
            if name in texts
            else Cellule(style=empty)
        )
        for name in COLONNES
    ) + (Cellule(style=empty),) * len(emetteur.columns(checklist))


def headings(checklist: Checklist) -> tuple[str, ...]:
    """Return the columns of the sheet Grille in order, those that a body adds last."""
    return (*COLONNES, *emetteur.columns(checklist).values())


def _deadline(checklist: Checklist, ligne: Ligne, number: int) -> str | None:
    """Return the date by which the finding of this row, as aggravated, must be dealt with."""
    contexte = checklist.contexte
    origine = ligne.indicateur.origine
    jugement = checklist.referentiel.jugements.get(origine)
    code = checklist.type_audit.code
    comptes = {
        plain(finding(checklist, c)): counted(
            jugement, code, contexte.precedent, ligne.indicateur.id, c
        ).possibles[0]
        for c in checklist.referentiel.constats
    }
    return due_formula(checklist, origine, cell(COLONNES, CONSTAT.titre, number), comptes)


def _open_lines(checklist: Checklist) -> list[Ligne]:
    """Return the lines that may receive a finding which says that they apply."""
    declared = checklist.referentiel.constats
    return [
        ligne for ligne in checklist.lignes if any(not declared[c].hors_portee for c in ligne.constats_permis)
    ] or list(checklist.lignes[:1])


def _deviations(checklist: Checklist) -> Feuille:
    entete = tuple(
        Cellule(name, "entete" if name in CALCULEES_ECARTS else "entete_saisie") for name in COLONNES_ECARTS
    )
    last = len(_open_lines(checklist)) + len(checklist.verifications) + 2
    row = gap_rows(checklist)
    rows = tuple(row(number, None) for number in range(2, last))
    hidden = {c.titre for c in (SITE_ECART, NIVEAU_LEVE) if not emetteur.shows(checklist, c.titre)}
    largeurs = tuple(0 if colonne.titre in hidden else colonne.largeur for colonne in colonnes.ECARTS)
    return Feuille(
        nom=ECARTS,
        largeurs=largeurs,
        lignes=(entete, *rows),
        entete=True,
        figees=COLONNES_ECARTS.index(CONSTAT_ECART.titre) + 1,
        souples=True,
    )


def gap_rows(checklist: Checklist) -> Callable[[int, tuple[str, str, str] | None], tuple[Cellule, ...]]:
    """Return what makes a row of the sheet Écarts, of its number; what all rows share is worked out once.

    A row looks up the finding of the line that it names, and shows a site where the sheet Grille says that
    site. Beside its number may come a line, a site and the finding made there, which no cell of the sheet
    Grille holds.
    """
    printed = {ligne.indicateur.numero for ligne in checklist.lignes}
    key = INDICATEUR if len(printed) == len(checklist.lignes) else IDENTIFIANT
    niveaux = _NIVEAUX if levels_after_lifting(checklist) else None
    return lambda number, at: _gap_row(checklist, number, at, key, niveaux)


def _gap_row(
    checklist: Checklist,
    number: int,
    at: tuple[str, str, str] | None,
    key: colonnes.Colonne,
    niveaux: str | None,
) -> tuple[Cellule, ...]:
    last = len(checklist.lignes) + 1
    line, site = (cell(COLONNES_ECARTS, c.titre, number) for c in (INDICATEUR, SITE_ECART))
    row_of_line = f"MATCH({line},{GRILLE}!{area(COLONNES, key.titre, last)},0)"
    row_of_check = f"MATCH({line},{check_area(checklist, NUMERO)},0)" if checklist.verifications else ""

    def looked_up(colonne: colonnes.Colonne, text: str) -> str:
        beside = '""'
        if row_of_check:
            beside = f'IFERROR(INDEX({check_area(checklist, colonne.titre)},{row_of_check}){text},"")'
        values = f"{GRILLE}!{area(COLONNES, colonne.titre, last)}"
        return f"IFERROR(INDEX({values},{row_of_line}){text},{beside})"

    constat = looked_up(CONSTAT, '&""')
    if checklist.plusieurs_sites:
        own = looked_up(SITE, '&""')
        constat = f'IF(OR({site}="",{site}={own}),{constat},"")'
    if at is not None:
        where, there, seen = map(in_formula, at)
        constat = f"IF(AND({line}={where},{site}={there}),{seen},{constat})"
    special = {
        CONSTAT_ECART.titre: Cellule(style="constat", formule=f'IF({line}="","",{constat})'),
        ECHEANCE_ECART.titre: Cellule(style="date", formule=f'IF({line}="","",{looked_up(ECHEANCE, "")})'),
        INDICATEUR.titre: Cellule(style="saisie_choix", liste="lignes"),
        SITE_ECART.titre: Cellule(style="saisie", liste=SITES if checklist.plusieurs_sites else None),
        NIVEAU_LEVE.titre: Cellule(style="saisie_choix", liste=niveaux),
        **{c.titre: Cellule(style="saisie_date") for c in colonnes.ECARTS if c.genre == "jour"},
    }
    return tuple(special.get(name, Cellule(style="saisie")) for name in COLONNES_ECARTS)
