"""The cells people filled, as findings: labels to ids, dates to ISO, lists to lists; the rest as typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct, field

from certif_rules import colonnes
from certif_rules.audit.checklist import Checklist, Ligne, Point, point_key
from certif_rules.audit.constats import A_EVALUER, Dossier, Releve
from certif_rules.audit.demande import Demande
from certif_rules.audit.recevabilite import check_findings
from certif_rules.audit.silence import Silence
from certif_rules.documents.mots import finding
from certif_rules.documents.rubriques import MOTS_RESULTATS
from certif_rules.errors import Issue, Location, suggestion
from certif_rules.francais import count
from certif_rules.grilles.classeur import SIGNE
from certif_rules.grilles.relecture.valeurs import folded
from certif_rules.model.base import Avertissement
from certif_rules.noms import cle

#: The columns people fill, as the sheet Grille calls them.
SAISIE = tuple(colonne.titre for colonne in colonnes.SAISIE)
CONSTAT, ANNOTATION, COMMENTAIRE, PREUVES_VUES = (
    colonne.titre
    for colonne in (colonnes.CONSTAT, colonnes.ANNOTATION, colonnes.COMMENTAIRE, colonnes.PREUVES_VUES)
)

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T00:00:00(?:\.0+)?)?")
_FRENCH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
#: Day zero of spreadsheets, and the last day they count.
_EPOCH, _LAST_DAY = date(1899, 12, 30), 2_958_465
#: The first day a bare number is read as: a smaller one is a year or a slip, and would be a guess.
_FIRST_DAY = (date(2000, 1, 1) - _EPOCH).days
#: Most things of one kind that are told of a sheet one by one.
TOLD = 20
_ZONE = re.compile(r"[\n;]")


class Rangee(Struct, frozen=True, kw_only=True):
    """A rangee is a row as read: the id of its line, the text of each filled column, and where each stands.

    ``complements`` is what stands in the columns that a body adds, by key; ``debut`` is the first cell of
    a row that nothing of ours stands in.
    """

    ligne: str
    saisie: Mapping[str, str]
    lieu: Callable[[str], Location]
    complements: Mapping[str, str] = field(default_factory=dict)
    debut: Location | None = None


class Levee(Struct, frozen=True, kw_only=True):
    """A levee is what the sheet of non-conformities says of a line: follow-up, and lifting of the finding.

    ``lieux`` are the cells of what was typed freely, by field of a finding.
    """

    suivi: Mapping[str, str]
    leve_le: str | None
    leve_par: str | None
    leve_constat: str | None
    lieu: Callable[[str], Location]
    lieux: Mapping[str, Location] = field(default_factory=dict)


def day(text: str) -> str | None:
    """Return an ISO day from a date as spreadsheets and French people write it, or ``None``."""
    text = text.strip()
    try:
        if match := _ISO.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        if match := _FRENCH.fullmatch(text):
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
    except ValueError:
        return None
    if text.isdecimal() and _FIRST_DAY <= int(text) <= _LAST_DAY:
        return (_EPOCH + timedelta(days=int(text))).isoformat()
    return None


class Lu(Struct, frozen=True, kw_only=True):
    """This reading gives what a grid says: findings, those of the checks, day of notification, what is wrong.

    ``avertissements`` are what its reader must know of this file; ``silence`` is what it has no column for.
    ``par_site`` is what it says of the gaps of each site, by id of line or key of check and by site; ``None``
    where it has no column for them.
    """

    releves: tuple[Releve, ...] = ()
    verifications: tuple[Releve, ...] = ()
    notifie_le: str | None = None
    issues: tuple[Issue, ...] = ()
    avertissements: tuple[Avertissement, ...] = ()
    silence: Silence = Silence()
    par_site: Mapping[tuple[str, str], Levee] | None = None


def findings(
    checklist: Checklist,
    rangees: Sequence[Rangee],
    levees: Mapping[str, Levee],
    *,
    notifie_le: str | None = None,
    lieu_notification: Location | None = None,
) -> Lu:
    """Return the findings of these rows and everything impossible in them, each at its cell.

    A line due and a check give a finding even when nothing was typed; another line, when something was.
    """
    issues: list[Issue] = []
    lignes = {ligne.indicateur.id: ligne for ligne in checklist.lignes}
    points = {point_key(point): point for point in checklist.verifications}
    seen: dict[str, Rangee] = {}
    releves: dict[str, Releve] = {}
    for rangee in rangees:
        where = rangee.lieu("Identifiant")
        if rangee.ligne not in lignes and rangee.ligne not in points:
            issues.append(_stranger(rangee, where))
        elif rangee.ligne in seen:
            first = seen[rangee.ligne].lieu("Identifiant")
            name = lignes[rangee.ligne].indicateur.numero if rangee.ligne in lignes else rangee.ligne
            message = f"la ligne {name} apparaît deux fois"
            hint = "retirer l’une des deux rangées"
            issues.append(Issue("ligne-en-double", message, where, hint, ((first, "première apparition"),)))
        else:
            seen[rangee.ligne] = rangee
            levee = levees.get(rangee.ligne)
            releve: Releve | None
            if rangee.ligne in points:
                releve = _verification(checklist, points[rangee.ligne], rangee, levee, issues)
            else:
                releve = _releve(checklist, lignes[rangee.ligne], rangee, levee, issues)
            if releve is not None:
                releves[rangee.ligne] = releve
    order = {key: n for n, key in enumerate((*lignes, *points))}
    keys = sorted(releves, key=lambda key: order[key])
    dossier = Dossier(
        demande=Demande(),
        releves=tuple(releves[key] for key in keys if key in lignes),
        verifications=tuple(releves[key] for key in keys if key in points),
        notifie_le=notifie_le,
        lieux={"ecarts_notifies_le": lieu_notification} if lieu_notification else None,
    )
    issues += [
        Issue(i.code, i.message, _precise(i, releves, seen, levees), i.hint, i.related)
        for i in check_findings(checklist, dossier)
        if i.code != "ligne-manquante"  # every line is looked for, due or not, by whoever knows the file
    ]
    return Lu(
        releves=dossier.releves,
        verifications=dossier.verifications,
        notifie_le=notifie_le,
        issues=tuple(issues),
    )


def missing(
    checklist: Checklist, rangees: Iterable[Rangee], where: Location, *, among: Iterable[str]
) -> list[Issue]:
    """Return the lines and checks, of those asked for (ids and keys), that no row bears."""
    present = {rangee.ligne for rangee in rangees}
    names = {
        ligne.indicateur.id: f"ligne {ligne.indicateur.numero} ({ligne.indicateur.id})"
        for ligne in checklist.lignes
    } | {point_key(point): f"vérification « {point.id} »" for point in checklist.verifications}
    hint = "la rétablir : une ligne se masque ou se filtre, elle ne se supprime pas"
    return [
        Issue("ligne-manquante", f"la {names[key]} n’est plus dans la grille", where, hint)
        for key in among
        if key not in present
    ]


def _stranger(rangee: Rangee, where: Location) -> Issue:
    named = f"aucune ligne « {rangee.ligne[:40]} » dans cette grille"
    message = named if rangee.ligne else "une rangée sans identifiant : elle n’est pas de cette grille"
    hint = "retirer la rangée : une grille ne reçoit pas de ligne nouvelle"
    if rangee.debut:
        hint = "vider la cellule, ou reporter ce qu’elle dit sur une ligne de la grille"
    return Issue("ligne-inconnue", message, rangee.debut or where, hint)


def _precise(
    issue: Issue, releves: Mapping[str, Releve], rows: Mapping[str, Rangee], levees: Mapping[str, Levee]
) -> Location | None:
    """Return the cell to mend, for what :func:`check_findings` places on the finding."""
    columns = {"commentaire-manquant": COMMENTAIRE, "annotation-inconnue": ANNOTATION}
    for key, releve in releves.items():
        if releve.lieu != issue.location:
            continue
        if key in levees and (where := cell_of_lifting(issue.code, levees[key])):
            return where
        if issue.code in columns:
            return rows[key].lieu(columns[issue.code])
    return issue.location


def cell_of_lifting(code: str, levee: Levee) -> Location | None:
    """Return the cell to mend for what is wrong with a lifting, or with the plan before it."""
    if code.startswith("levee-"):
        return levee.lieu("Levé par" if code in ("levee-sans-date", "levee-sans-auteur") else "Levé le")
    if code.startswith("plan-"):
        return levee.lieu("Plan reçu le" if code == "plan-avant-audit" else "Plan accepté le")
    return None


def _verification(
    checklist: Checklist, point: Point, rangee: Rangee, levee: Levee | None, issues: list[Issue]
) -> Releve:
    typed = {name: text for name, text in rangee.saisie.items() if text.strip()}
    resultat = _resultat(point, typed.get(CONSTAT, ""), rangee, issues)
    return _filled(checklist, point.id, resultat, rangee, levee, issues)


def _resultat(point: Point, text: str, rangee: Rangee, issues: list[Issue]) -> str:
    """Return the result of a check typed by its words or its id."""
    wanted = cle(SIGNE.sub("", text))
    if not wanted or wanted == cle(A_EVALUER):
        return A_EVALUER
    for resultat, words in MOTS_RESULTATS.items():
        if wanted in (cle(resultat), cle(words)):
            return resultat
    message = f"vérification « {point.id} » : « {text[:40]} » n’est pas un résultat"
    hint = f"résultats permis : {', '.join(MOTS_RESULTATS.values())}"
    issues.append(Issue("constat-non-permis", message, rangee.lieu(CONSTAT), hint))
    return A_EVALUER


def _releve(
    checklist: Checklist, ligne: Ligne, rangee: Rangee, levee: Levee | None, issues: list[Issue]
) -> Releve | None:
    typed = {name: text for name, text in rangee.saisie.items() if text.strip()}
    added = any(text.strip() for text in rangee.complements.values())
    if not typed and not added and levee is None and ligne.etat != "a_auditer":
        return None
    constat = _constat(checklist, ligne, typed.get(CONSTAT, ""), rangee, issues)
    return _filled(checklist, rangee.ligne, constat, rangee, levee, issues)


def _filled(
    checklist: Checklist,
    identifiant: str,
    constat: str,
    rangee: Rangee,
    levee: Levee | None,
    issues: list[Issue],
) -> Releve:
    values = _values(checklist, rangee, issues)
    return Releve(
        ligne=identifiant,
        constat=constat,
        **values,
        leve_le=levee.leve_le if levee else None,
        leve_par=levee.leve_par if levee else None,
        leve_constat=levee.leve_constat if levee else None,
        ecart=levee.suivi if levee else {},
        complements={key: text for key, text in rangee.complements.items() if text.strip()},
        lieu=rangee.lieu(CONSTAT),
        lieux={
            **{c.champ: rangee.lieu(c.titre) for c in colonnes.SAISIE if c.genre in ("liste", "texte")},
            **(levee.lieux if levee else {}),
        },
    )


def values_of(checklist: Checklist, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return what these texts, by column, say of a finding beside what was found, by field."""
    return _values(checklist, Rangee(ligne="", saisie=texts, lieu=lambda _: Location("")), [])


def _values(checklist: Checklist, rangee: Rangee, issues: list[Issue]) -> dict[str, Any]:
    """Return what the cells of a row say beside its finding, by field."""
    values: dict[str, Any] = {}
    for colonne in colonnes.CHAMPS:
        text = rangee.saisie.get(colonne.titre, "")
        if colonne.genre == "annotations":
            values[colonne.champ] = _annotations(checklist, text)
        elif colonne.genre == "liste":
            values[colonne.champ] = _parts(text, colonne.separateurs)
        elif colonne.genre == "jour" and text.strip():
            values[colonne.champ] = day(text)
            if day(text) is None:
                issues.append(bad_day(text, rangee.lieu(colonne.titre)))
        elif colonne.genre == "texte" and text.strip():
            values[colonne.champ] = text
        elif colonne.genre == "site" and text.strip():
            where = rangee.lieu(colonne.titre)
            values[colonne.champ] = site_among(checklist.plusieurs_sites, text, where, issues)
    return values


def added_column(where: object, title: str, filled: int) -> Avertissement:
    """Return a column that is not ours and holds something: people are told that it goes no further."""
    cells = count(filled, "cellule remplie", "cellules remplies")
    message = (
        f"{where} : la colonne « {title[:40] or 'sans nom'} » n’est pas de la grille ; son contenu ({cells})"
        " n’est pas repris dans les constats, il ne reste que dans ce fichier (--habillage lit les colonnes"
        " qu’un organisme ajoute)"
    )
    return Avertissement("colonne_ajoutee", message)


def strays(places: Sequence[Location]) -> Iterator[Avertissement]:
    """Yield the cells of a sheet that are not to be filled, and hold what nothing takes."""
    for where in places[:TOLD]:
        yield _stray(where, "ce qui est écrit ici")
    if len(places) > TOLD:
        more = count(len(places) - TOLD, "autre cellule", "autres cellules")
        where = Location(places[0].file, 0, 0, places[0].sheet)
        yield _stray(where, f"{more} encore : ce qui y est écrit")


def _stray(where: Location, what: str) -> Avertissement:
    message = (
        f"{where} : {what} n’est pas de la grille, et ne va pas dans les constats : le reporter dans "
        f"« {COMMENTAIRE} »"
    )
    return Avertissement("cellule_ajoutee", message)


def in_error(text: str, where: Location) -> Issue:
    """Return a cell where the spreadsheet shows an error."""
    message = f"« {text[:40]} » : une erreur de calcul, là où une valeur est attendue"
    return Issue("cellule-en-erreur", message, where, "écrire la valeur elle-même, ou vider la cellule")


def cut(where: Location) -> Avertissement:
    """Return a text as long as spreadsheets keep: its end may have been lost."""
    message = f"{where} : 32 767 caractères, le plus qu’un tableur garde : la fin du texte a pu être perdue"
    return Avertissement("texte_coupe", message)


def bad_day(text: str, where: Location) -> Issue:
    """Return a cell that should hold a date and does not."""
    message = f"« {text[:40]} » n’est pas une date"
    return Issue("date-invalide", message, where, "écrire JJ/MM/AAAA ou AAAA-MM-JJ, sans heure")


def named_finding(checklist: Checklist, text: str) -> str | None:
    """Return the finding that a text names by its label or its id; ``None`` when nobody declares it.

    A blank names :data:`A_EVALUER`, and so does that word.
    """
    wanted = cle(SIGNE.sub("", text))
    if not wanted or wanted == cle(A_EVALUER):
        return A_EVALUER
    declared = checklist.referentiel.constats
    return next((c for c in declared if wanted in (cle(c), cle(finding(checklist, c)))), None)


def _constat(checklist: Checklist, ligne: Ligne, text: str, rangee: Rangee, issues: list[Issue]) -> str:
    """Return the id of a finding typed by its label or its id; one that nobody declares is an issue."""
    constat = named_finding(checklist, text)
    if constat is not None:
        return constat
    allowed = ", ".join(folded(finding(checklist, c)) for c in ligne.constats_permis) or "aucun"
    message = f"ligne {ligne.indicateur.numero} : « {text[:40]} » n’est pas un constat"
    issues.append(Issue("constat-non-permis", message, rangee.lieu(CONSTAT), f"constats permis : {allowed}"))
    return A_EVALUER


def _annotations(checklist: Checklist, text: str) -> tuple[str, ...]:
    """Return ids of annotations typed by label or id; an unknown one is kept, to be refused where all are."""
    known = {cle(a.titre): a.id for a in checklist.referentiel.annotations.values()}
    parts = (folded(part) for part in _ZONE.split(text))
    return tuple(dict.fromkeys(known.get(cle(part), part) for part in parts if part))


def site_among(known: Sequence[str], text: str, where: Location, issues: list[Issue]) -> str:
    """Return the id of a site typed by it; one that is not ``known`` is an issue."""
    for site in known:
        if cle(site) == cle(text):
            return site
    message = f"le site « {text[:40]} » n’est pas déclaré dans l’organisme"
    issues.append(Issue("site-inconnu", message, where, suggestion(text[:40], known, "sites")))
    return text


def _parts(text: str, separators: str) -> tuple[str, ...]:
    parts = re.split(f"[{re.escape(separators)}]", text)
    return tuple(part.strip() for part in parts if part.strip())
