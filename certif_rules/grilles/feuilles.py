"""The sheets of the workbook beside the grid: Contexte, À propos, and the hidden one that a reader needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from certif_rules import colonnes
from certif_rules.audit.checklist import NON_SATISFAITE, Checklist
from certif_rules.audit.constats import ARevoir
from certif_rules.blocs.textes import line
from certif_rules.blocs.typographie import INSECABLE, clean, plain, prose
from certif_rules.colonnes import CONSTAT, DUE
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.mots import FORMES, SENS, SIGNES, cite, disclaimer, finding
from certif_rules.documents.rubriques import MOTS_RESULTATS
from certif_rules.echanges.checklist import sources
from certif_rules.francais import count
from certif_rules.grilles.classeur import Cellule, Feuille, area
from certif_rules.habillage.modele import Logo

CONTEXTE: Final = "Contexte"
GRILLE: Final = "Grille"
TEXTES: Final = "Textes"
ECARTS: Final = "Écarts"
A_PROPOS: Final = "À propos"
VERIFICATIONS: Final = "Vérifications"
#: Its columns, in order: those of the engine first, then those of the sheet Grille that it has too.
NUMERO, COMPTE_POUR, VERIFICATION, A_DEFAUT, SOURCES = (
    "N°",
    "Compte pour",
    "Vérification",
    "À défaut",
    "Sources",
)
COLONNES_VERIFICATIONS: Final = (
    *(NUMERO, COMPTE_POUR, VERIFICATION, A_DEFAUT, SOURCES),
    *(colonne.titre for colonne in colonnes.GRILLE if colonne.verification is not None),
    colonnes.IDENTIFIANT.titre,
)
#: Those of the sheet Grille, in order.
COLONNES: Final = tuple(colonne.titre for colonne in colonnes.GRILLE)
DONNEES: Final = "Données"
#: First cell of the hidden sheet, with the version of this layout.
SIGNATURE: Final = "certif-rules, grille 1"
#: The one cell to fill of the sheet Contexte, by its label.
NOTIFIES: Final = "Écarts notifiés le (à remplir)"
#: The event of a findings file that this cell dates.
EVENEMENT: Final = "ecarts_notifies_le"
#: The sheet of the findings that a corrected context no longer allows.
A_REVOIR: Final = "À revoir"
#: How long the pieces of a long text are: a cell does not hold much more.
_MORCEAU: Final = 30_000
#: Whether a line is due.
OUI, NON, A_CONFIRMER = "oui", "non", "à confirmer"


def in_formula(text: str) -> str:
    """Return a text as formulas write it."""
    return '"' + text.replace('"', '""') + '"'


def _heading(name: str) -> tuple[Cellule, ...]:
    return (Cellule(name, "section"), Cellule("", "section"))


def _section(name: str, pairs: Iterable[document.Rang]) -> Iterator[tuple[Cellule, ...]]:
    """Yield a heading and its rows; nothing where there are none."""
    rows = list(pairs)
    if rows:
        yield _heading(name)
        yield from ((Cellule(label, "libelle"), Cellule(value)) for label, value in rows)


def notified_row(checklist: Checklist) -> int:
    """Return the row of the sheet Contexte where the day of notification is typed."""
    return 4 + len(document.identity(checklist)) + (sheet_logo(checklist) is not None)


def sheet_logo(checklist: Checklist) -> Logo | None:
    """Return the logo of the workbook: pixels, which every spreadsheet shows."""
    return checklist.habillage.image if checklist.habillage else None


def due_formula(checklist: Checklist, objet: str, cell: str, comptes: Mapping[str, str]) -> str | None:
    """Return the formula of the date by which the finding in ``cell`` must be dealt with.

    The first of the dates that the référentiel ``objet`` counts from that day. ``comptes`` maps what ``cell``
    may hold to the finding it counts as. ``None`` when no finding has such a date.
    """
    jugement = checklist.referentiel.jugements.get(objet)
    start = f"{CONTEXTE}!$B${notified_row(checklist)}"
    formule = '""'
    for label, constat in reversed(list(comptes.items())):
        delais = jugement.echeances.get(constat, {}).values() if jugement else ()
        first = next((d for d in delais if d.de == EVENEMENT), None)
        if first is not None:
            days = f"+{first.jours}" if first.jours else ""
            formule = f"IF({cell}={in_formula(label)},EDATE({start},{first.mois}){days},{formule})"
    return None if formule == '""' else f'IF({start}="","",{formule})'


def _counter(checklist: Checklist, constat: str) -> str:
    """Return how often a finding was recorded: on lines, and by checks that fail."""
    title = in_formula(plain(finding(checklist, constat)))
    last = len(checklist.lignes) + 1
    formule = f"COUNTIF({GRILLE}!{area(COLONNES, CONSTAT.titre, last)},{title})"
    if any(point.constat == constat for point in checklist.verifications):
        failed = in_formula(document.MOTS_RESULTATS[NON_SATISFAITE])
        failing, result = (check_area(checklist, c) for c in (A_DEFAUT, CONSTAT.titre))
        formule += f"+COUNTIFS({failing},{title},{result},{failed})"
    return formule


def check_area(checklist: Checklist, title: str) -> str:
    """Return how formulas call the cells of a column of the sheet Vérifications."""
    return f"'{VERIFICATIONS}'!{area(COLONNES_VERIFICATIONS, title, len(checklist.verifications) + 1)}"


def context_sheet(checklist: Checklist) -> Feuille:
    """Return what is audited, for whom, when, by what rules; the live counters; what to know."""
    last = len(checklist.lignes) + 1
    constats, dues = (f"{GRILLE}!{area(COLONNES, c.titre, last)}" for c in (CONSTAT, DUE))
    logo = sheet_logo(checklist)
    rows: list[tuple[Cellule, ...]] = [
        *([(Cellule(style="sous_titre"),)] if logo else []),
        (Cellule(document.heading(checklist), "titre"),),
        (Cellule(clean(str(checklist.organisme.get("nom") or "")), "sous_titre"),),
    ]

    rows += _section("L’audit", document.identity(checklist))
    rows.append((Cellule(NOTIFIES, "libelle"), Cellule(style="saisie_jour")))
    assert len(rows) == notified_row(checklist), "the cell that formulas refer to has moved"
    rows.append(_heading("Avancement"))
    todo = checklist.compteurs["a_auditer"]
    counters = [
        ("Lignes à auditer", f'COUNTIF({dues},"{OUI}")', todo),
        ("Lignes à auditer, sans constat", f'SUMPRODUCT(({dues}="{OUI}")*({constats}=""))', todo),
        (
            "Lignes à confirmer, sans constat",
            f'SUMPRODUCT(({dues}="{A_CONFIRMER}")*({constats}=""))',
            checklist.compteurs["a_confirmer"],
        ),
        *((finding(checklist, c), _counter(checklist, c), 0) for c in checklist.referentiel.constats),
    ]
    if checklist.verifications:
        unchecked = f"COUNTBLANK({check_area(checklist, CONSTAT.titre)})"
        counters.insert(3, ("Vérifications à faire", unchecked, len(checklist.verifications)))
    rows.extend(
        (Cellule(label, "libelle"), Cellule(str(value), "nombre", formule=formule))
        for label, formule, value in counters
    )
    rows += _section("L’organisme, tel qu’il a été déclaré", document.organisation(checklist))
    rows += _section("Circonstances", document.circumstances(checklist))
    rows += _section("Faits", document.facts(checklist))
    if checklist.avertissements:
        rows.append(_heading("Avertissements"))
        warnings = (f"{prose(a.message)} {cite(a.sources)}".rstrip() for a in checklist.avertissements)
        rows += ((Cellule("à savoir", "alerte"), Cellule(words, "alerte")) for words in warnings)
    rows += _section("Pièces exigées", (("pièce", document.point(checklist, p)) for p in checklist.pieces))
    if checklist.sites:
        rows += _section("Sites", [("Sites à auditer", document.sites(checklist.sites))])
    return Feuille(nom=CONTEXTE, largeurs=(38, 84), lignes=tuple(rows), paysage=False, logo=logo)


def about_sheet(checklist: Checklist) -> Feuille:
    """Return how to fill and read the grid, what its texts are worth, the texts applied, gaps and sources."""
    rows: list[tuple[Cellule, ...]] = [(Cellule("À propos de cette grille", "titre"),)]

    rows += _section("Remplir", _instructions(checklist))
    rows += _section("Lire", [(SIGNES[e].mot, prose(sens)) for e, sens in SENS.items()])
    digest = f"{checklist.empreinte} ({document.EMPREINTE})"
    rows += _section("Valeur des textes", [("mention", disclaimer(checklist)), ("empreinte", digest)])
    rows += _section(
        "L’émetteur", (("phrase de fin", text) for text in emetteur.closing(checklist.habillage))
    )
    rows += _section(
        "Textes appliqués",
        ((f"{c.nature}, {c.origine} {c.id}", _worth(c)) for c in document.layers(checklist)),
    )
    rows += _section(
        f"Ce que les sources ne disent pas ({count(len(checklist.lacunes), 'lacune')})",
        (
            (f"{g.objet} – {g.champs}", f"{g.cherche} {cite(g.sources)}".rstrip())
            for g in document.gaps(checklist)
        ),
    )
    durations = ((label, line(value)) for label, value in document.retention(checklist))
    rows += _section(document.CONSERVATION, [("à noter", prose(document.NOTES)), *durations])
    rows += _section(
        "Sources",
        ((f"[{clean(s.id)}]", f"{prose(s.titre)}, {clean(s.reference)}") for s in sources(checklist)),
    )
    return Feuille(nom=A_PROPOS, largeurs=(38, 84), lignes=tuple(rows), paysage=False)


def _instructions(checklist: Checklist) -> Iterator[document.Rang]:
    """Yield how to fill what is shown, the columns that a body adds included."""
    added = f"Colonne de {emetteur.name(checklist)}{INSECABLE}: ce qui s’y écrit est relu et gardé, tel quel."
    yield from ((title, added) for title in emetteur.columns(checklist).values())
    shown = (row for row in _INSTRUCTIONS if emetteur.shows(checklist, row[0]))
    yield from ((label, prose(text)) for label, text in shown)


#: The ways of filling, in the order in which they are explained.
_GENRES: Final = ("constat", "liste", "annotations", "texte", "jour", "site")
_INSTRUCTIONS: Final = (
    *(
        (colonne.titre, colonne.aide)
        for genre in _GENRES
        for colonne in (*colonnes.SAISIE, *colonnes.ECARTS)
        if colonne.genre == genre and colonne.aide
    ),
    (
        "Feuille Textes",
        "Les textes entiers de chaque ligne : exigence, niveau attendu, exemples de preuves, gravité, motif.",
    ),
    (
        "Feuille Vérifications",
        (
            "Ce qui se vérifie sans être un indicateur, quand l’audit le demande : « Satisfaite » ou "
            "« Non satisfaite »."
        ),
    ),
    (
        "Feuille Écarts",
        "Une ligne par non-conformité ; l’échéance s’y reporte, et c’est là qu’un écart se lève.",
    ),
    (
        "Protection",
        (
            "Les colonnes calculées sont protégées sans mot de passe ; trier et filtrer les lignes "
            "ne gêne pas la relecture."
        ),
    ),
    (
        "Signes des constats",
        (
            f"{', '.join(f'{signe.symbole} {signe.mot}' for signe in FORMES.values())} : ils se montrent avec"
            " la couleur, et ne s’écrivent pas."
        ),
    ),
    (
        "Colonnes, feuilles, notes et images ajoutées",
        (
            "Elles restent dans ce classeur, mais leur contenu n’est pas repris dans les constats : "
            "la relecture le dit."
        ),
    ),
    ("Relire", "certif-rules lire GRILLE -o constats.json"),
)


def machine_sheet(request: Mapping[str, Any]) -> Feuille:
    """Write the request and the digest as JSON, in cells; blanks are escaped: OpenDocument folds them."""
    text = json.dumps(request, ensure_ascii=True, separators=(",", ":"))
    text = text.replace(" ", "\\u0020")
    rows = tuple((Cellule(piece, "cache"),) for piece in (SIGNATURE, *pieces(text)))
    return Feuille(nom=DONNEES, largeurs=(30,), lignes=rows, cachee=True)


def review_sheet(checklist: Checklist, aside: Sequence[ARevoir]) -> Feuille:
    """Return each finding set aside, whole, with why, and who looked at it again."""
    numeros = {ligne.indicateur.id: ligne.indicateur.numero for ligne in checklist.lignes}
    titles = ("Ligne", "Pourquoi", "Constat", "Commentaire", "Preuves vues", "Revu le", "Revu par")
    rows = []
    for one in aside:
        releve = one.releve
        known = releve.constat in checklist.referentiel.constats
        result = MOTS_RESULTATS.get(releve.constat, releve.constat)
        texts = (
            numeros.get(releve.ligne, releve.ligne),
            prose(one.raison),
            finding(checklist, releve.constat) if known else result,
            releve.commentaire or "",
            "\n".join(releve.preuves_vues),
            one.revu_le or "",
            one.revu_par or "",
        )
        rows.append(tuple(Cellule(clean(text), "moteur") for text in texts))
    entete = tuple(Cellule(title, "entete") for title in titles)
    return Feuille(
        nom=A_REVOIR, largeurs=(14, 40, 30, 40, 30, 14, 14), lignes=(entete, *rows), entete=True, figees=1
    )


def pieces(text: str) -> list[str]:
    """Return a text in pieces that a cell holds."""
    return [text[start : start + _MORCEAU] for start in range(0, len(text), _MORCEAU)] or [""]


def _worth(couche: document.CoucheImprimee) -> str:
    """Return what a text is called, when it holds and what it is worth."""
    notes = map(line, couche.notes)
    parts = (couche.titre, couche.periode, f"confiance {couche.confiance}", couche.lecture, *notes)
    return ". ".join(filter(None, (*parts, couche.revision)))
