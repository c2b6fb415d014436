"""The checklist as a workbook to fill: Contexte, Grille, Écarts, À propos, and what reads it back.

The first row of each table is its header; the columns of the engine are written here and compared again
when the grid comes back (see ``lecture``). The hidden sheet « Données » carries the request and the digest
of the rules: the grid explains itself years later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from certif_rules import colonnes
from certif_rules.audit.aggravation import counted
from certif_rules.audit.checklist import Checklist, Ligne, point_numbers
from certif_rules.blocs.typographie import INSECABLE, clean, plain, prose
from certif_rules.colonnes import (
    ANNOTATION,
    CONSTAT,
    CONSTAT_ECART,
    DUE,
    ECHEANCE,
    ECHEANCE_ECART,
    IDENTIFIANT,
    INDICATEUR,
    INTITULE,
    ORIGINE,
    PREUVES,
    SAISIE,
)
from certif_rules.colonnes import GRILLE as GRILLE_COLONNES
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.mots import (
    ABSENT,
    DONNEES_SENSIBLES,
    MARQUE,
    aside,
    deciding,
    finding,
    of_label,
    quoted,
    reason_remarks,
    remarks,
    sensitive,
    title,
    wording,
)
from certif_rules.documents.rubriques import MOTS_RESULTATS
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
    machine_sheet,
)
from certif_rules.grilles.verifications import RESULTATS, checks_sheet
from certif_rules.model.base import Texte

_DOUTES_DE_PORTEE = frozenset({"condition_inconnue", "portee_inconnue"})


def _requirement(ligne: Ligne) -> str:
    indicateur = ligne.indicateur
    parts = [title(ligne)]
    if indicateur.titre is not None and indicateur.exigence is not None:
        parts.append(quoted(indicateur.exigence) if indicateur.citation else prose(indicateur.exigence))
    if indicateur.donnees_sensibles is not None:
        value = indicateur.donnees_sensibles
        parts.append(f"{DONNEES_SENSIBLES} – {sensitive(value)}{aside(remarks(value))}")
    return "\n".join(parts)


def _text(texte: Texte) -> str:
    return f"{wording(texte)}{aside(remarks(texte))}"


def _bullets(textes: Iterable[Texte]) -> list[str]:
    return [f"•{INSECABLE}{_text(texte)}" for texte in textes]


def _level(ligne: Ligne) -> str:
    niveau = ligne.indicateur.niveau_attendu
    parts = [_text(niveau) if niveau else ABSENT]
    for heading, textes in (("Précisions", ligne.precisions), ("Adaptations", ligne.adaptations)):
        if textes:
            parts += [f"{heading}{INSECABLE}:", *_bullets(textes)]
    return "\n".join(parts)


def _scope(ligne: Ligne) -> str:
    if ligne.etat == "non_applicable":
        return "Non applicable"
    doubtful = any(motif.code in _DOUTES_DE_PORTEE for motif in ligne.motifs)
    return "À confirmer" if doubtful and ligne.etat != "a_auditer" else "Applicable"


def _due(ligne: Ligne) -> str:
    return {"a_auditer": OUI, "a_confirmer": A_CONFIRMER}.get(ligne.etat, NON)


def _reasons(checklist: Checklist, ligne: Ligne) -> str:
    return "\n".join(
        f"{prose(motif.texte)}{aside(reason_remarks(checklist, motif), motif.sources)}"
        for motif in deciding(ligne)
    )


def _origin(checklist: Checklist, ligne: Ligne) -> str:
    origine = clean(ligne.indicateur.origine)
    return f"{MARQUE}\n{origine}" if of_label(checklist, ligne.indicateur.origine) else origine


def _earlier(checklist: Checklist, ligne: Ligne) -> str:
    return finding(checklist, ligne.constat_precedent) if ligne.constat_precedent else ""


def _severity(ligne: Ligne) -> str:
    gravite = ligne.indicateur.gravite
    if ligne.etat in ("non_applicable", "non_audite") and len(ligne.constats_permis) < 2:
        return "–"
    return _text(gravite) if gravite else ABSENT


_Moteur = Callable[[Checklist, Ligne], str]
#: What the engine writes in the sheet Grille, by column.
_MOTEURS: Final[Mapping[str, _Moteur]] = {
    "Critère": lambda _, ligne: clean(ligne.critere.numero) if ligne.critere else "–",
    INDICATEUR.titre: lambda _, ligne: clean(ligne.indicateur.numero),
    ORIGINE.titre: _origin,
    INTITULE.titre: lambda _, ligne: _requirement(ligne),
    "Niveau attendu": lambda _, ligne: _level(ligne),
    PREUVES.titre: lambda _, ligne: "\n".join(_bullets(ligne.preuves)) or "–",
    "Applicabilité": lambda _, ligne: _scope(ligne),
    "Motif": _reasons,
    DUE.titre: lambda _, ligne: _due(ligne),
    "Gravité admise": lambda _, ligne: _severity(ligne),
    "Constat précédent": _earlier,
    IDENTIFIANT.titre: lambda _, ligne: ligne.indicateur.id,
}
#: The columns of the sheet Écarts; those that the workbook fills by itself.
COLONNES_ECARTS: Final = tuple(colonne.titre for colonne in colonnes.ECARTS)
CALCULEES_ECARTS: Final = (CONSTAT_ECART.titre, ECHEANCE_ECART.titre)
_CENTREES = frozenset({"Critère", "Applicabilité", DUE.titre, "Constat précédent"})


def build(checklist: Checklist) -> Classeur:
    """Return the workbook of a checklist: the same for every format."""
    referentiel = checklist.referentiel
    listes = {_list_name(ligne): _choices(checklist, ligne) for ligne in checklist.lignes}
    listes = {name: choices for name, choices in listes.items() if choices}
    if referentiel.annotations:
        listes["annotations"] = tuple(plain(prose(a.titre)) for a in referentiel.annotations.values())
    if checklist.verifications:
        listes[RESULTATS] = tuple(MOTS_RESULTATS.values())
    listes["lignes"] = tuple(numbers(checklist).values())
    sheets = (
        context_sheet(checklist),
        _grid(checklist, listes),
        *([checks_sheet(checklist)] if checklist.verifications else []),
        _deviations(checklist),
        about_sheet(checklist),
        machine_sheet(checklist),
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
    )


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
        colonne.largeur if emetteur.shows(checklist, colonne.titre) else 0 for colonne in GRILLE_COLONNES
    ) + tuple(c.largeur for c in (checklist.habillage.colonnes if checklist.habillage else ()))
    return Feuille(nom=GRILLE, largeurs=largeurs, lignes=(entete, *rows), entete=True, figees=2)


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
        ECHEANCE.titre: Cellule(style="date", formule=_deadline(checklist, ligne, number)),
        INDICATEUR.titre: Cellule(texts[INDICATEUR.titre], "hors_centre" if out else "numero"),
    }
    # In bold before what follows it; a requirement that stands for the title is not one.
    titre = title(ligne) if "\n" in texts[INTITULE.titre] and ligne.indicateur.titre is not None else ""
    special[INTITULE.titre] = Cellule(texts[INTITULE.titre], tone, gras=titre)
    if of_label(checklist, ligne.indicateur.origine):
        special[ORIGINE.titre] = Cellule(texts[ORIGINE.titre], "marque")
    else:
        special[ORIGINE.titre] = Cellule(texts[ORIGINE.titre], f"{tone}_centre")
    return tuple(
        special.get(name)
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


def _numbers_are_printed(checklist: Checklist) -> bool:
    """Return whether every printed number names one line."""
    return len({ligne.indicateur.numero for ligne in checklist.lignes}) == len(checklist.lignes)


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
    last = len(checklist.lignes) + 1
    key = INDICATEUR if _numbers_are_printed(checklist) else IDENTIFIANT
    keys = f"{GRILLE}!{area(COLONNES, key.titre, last)}"
    rows = []
    for number in range(2, len(_open_lines(checklist)) + len(checklist.verifications) + 2):
        line = cell(COLONNES_ECARTS, INDICATEUR.titre, number)
        looked_up = {}
        for ours, colonne, text in ((CONSTAT_ECART, CONSTAT, '&""'), (ECHEANCE_ECART, ECHEANCE, "")):
            beside = '""'
            if checklist.verifications:
                where = f"MATCH({line},{check_area(checklist, NUMERO)},0)"
                beside = f'IFERROR(INDEX({check_area(checklist, colonne.titre)},{where}){text},"")'
            values = f"{GRILLE}!{area(COLONNES, colonne.titre, last)}"
            inside = f"IFERROR(INDEX({values},MATCH({line},{keys},0)){text},{beside})"
            looked_up[ours] = f'IF({line}="","",{inside})'
        special = {
            CONSTAT_ECART.titre: Cellule(style="moteur_centre", formule=looked_up[CONSTAT_ECART]),
            ECHEANCE_ECART.titre: Cellule(style="date", formule=looked_up[ECHEANCE_ECART]),
            INDICATEUR.titre: Cellule(style="saisie_choix", liste="lignes"),
            **{c.titre: Cellule(style="saisie_date") for c in colonnes.ECARTS if c.genre == "jour"},
        }
        rows.append(tuple(special.get(name, Cellule(style="saisie")) for name in COLONNES_ECARTS))
    largeurs = tuple(colonne.largeur for colonne in colonnes.ECARTS)
    return Feuille(nom=ECARTS, largeurs=largeurs, lignes=(entete, *rows), entete=True, figees=2)
