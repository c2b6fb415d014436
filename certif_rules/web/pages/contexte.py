"""The context of an audit as a form, to begin one or to correct it: what it shows, what it posts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from certif_rules.audit.certificats import ARRETS
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.errors import Issue, IssuesError
from certif_rules.francais import capital
from certif_rules.journal.etat import Etat
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import findings_of
from certif_rules.model.referentiel import Couche
from certif_rules.services.catalogue import describe
from certif_rules.services.ebauche import Ebauche, earlier, study
from certif_rules.services.espace import DEMANDE, as_file
from certif_rules.services.tirage import without_options
from certif_rules.web import depot, models
from certif_rules.web.depot import Don
from certif_rules.web.machine import day_here
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import actor, atelier, consult, go
from certif_rules.web.pages.valeurs import CONTEXTE
from certif_rules.web.resumes import known_titles

#: The fields that are one text: their name on the page, and where they stand.
_TEXTES: Final[Mapping[str, str]] = {
    "nom": "organisme.nom",
    "siren": "organisme.siren",
    "nda": "organisme.nda",
    "chiffre_affaires": "organisme.chiffre_affaires",
    "type": "audit.type",
    "date": "audit.date",
    "mode": "audit.mode",
}
_LISTES: Final[Mapping[str, str]] = {
    "categories": "organisme.categories",
    "ajout_categories": "ajouts.categories",
}
#: What a corrected day chooses again.
_CHOISIS: Final = ("edition", "guide", "referentiel.edition", "referentiel.guide")
#: What is said of a site, and of a certificate.
_SITE: Final = ("id", "commune", "region", "etiquettes")
_CERTIFICAT: Final = ("notification", "echeance", "etat")
#: Lines of the table of sites that are left to fill.
_LIBRES: Final = 2
Valeurs = Mapping[str, Any]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what the audit is; say everything that is wrong at once, with what was typed kept."""
    referentiel = str((request.POST or request.GET).get("referentiel") or "")
    names = {str(e["referentiel"]): prose(str(e["titre"])) for e in describe(atelier().registry)[0]}
    if referentiel not in names:
        return render(request, "nouveau.html", {"referentiels": sorted(names.items())})
    faults: list[Issue] = []
    dons = [Don(Endroit("tete", "referentiel.id"), referentiel)]
    typed: Valeurs = {}
    if request.method == "POST":
        typed = posted(request.POST)
        dons += changed({}, typed, {})
        dons += told_earlier(request, None, faults)
    ebauche = studied(depot.imagined(dons))
    if request.method == "POST" and not (ebauche.issues or faults):
        nom = str(typed.get("nom") or "") or "Organisme sans nom"
        return go("preparer", depot.begin(nom, dons, actor(request)).pk)
    issues = [*ebauche.issues, *faults] if request.method == "POST" else []
    context = {
        "choisi": referentiel,
        "titre": names[referentiel],
        "formulaire": form(ebauche, {**shown({}), **typed}, issues),
    }
    return render(request, "nouveau.html", context, status=422 if issues else 200)


def studied(etat: Etat) -> Ebauche:
    """Return what the head of a journal gives so far, and what is wrong of it, field by field."""
    data = {key: value for key, value in findings_of(etat).items() if key in DEMANDE}
    stack = data.get("referentiel") or {}
    named = {"referentiel": stack.get("id"), "edition": stack.get("edition"), "guide": stack.get("guide")}
    return study(atelier().registry, {**data, **{k: v for k, v in named.items() if v is not None}})


# ---- what is shown, what is posted, what changes -------------------------------------------------------


def shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form shows of the data of a findings file."""
    audit, organisme = data.get("audit") or {}, data.get("organisme") or {}
    ajouts = data.get("ajouts") or {}
    texts = {**audit, **organisme}
    values: dict[str, Any] = {
        nom: str(value) if (value := texts.get(champ.rpartition(".")[2])) is not None else ""
        for nom, champ in _TEXTES.items()
    }
    values["type"] = values["type"].rpartition("/")[2]
    values["categories"] = [str(c) for c in organisme.get("categories") or ()]
    values["ajout_categories"] = [str(c) for c in ajouts.get("categories") or ()]
    added = [str(site) for site in ajouts.get("sites") or ()]
    sites = [_site(site, added) for site in organisme.get("sites") or ()]
    known = {site["id"] for site in sites}
    values["sites"] = [*sites, *(_site({"id": site}, added) for site in added if site not in known)]
    values["certificats"] = {
        nom: {key: str(dit.get(key) or "") for key in _CERTIFICAT}
        for nom, dit in (data.get("certificats") or {}).items()
    }
    return values


def _site(site: Mapping[str, Any], added: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {key: str(site.get(key) or "") for key in _SITE}
    row["etiquettes"] = ", ".join(map(str, site.get("etiquettes") or ()))
    return row | {"ajoute": row["id"] in added}


def posted(post: QueryDict) -> dict[str, Any]:
    """Return what a page posts, as :func:`shown` gives it; what the page did not show is not there."""
    values: dict[str, Any] = {nom: post.get(nom, "").strip() for nom in _TEXTES if nom in post}
    values |= {nom: post.getlist(nom) for nom in _LISTES if nom in post or nom in post.getlist("montre")}
    rows = range(len([key for key in post if key.startswith("site.") and key.endswith(".id")]))
    if rows:
        sites = [
            {key: post.get(f"site.{n}.{key}", "").strip() for key in _SITE}
            | {"ajoute": f"site.{n}.ajoute" in post}
            for n in rows
        ]
        values["sites"] = [site for site in sites if any(site.values())]
    certificats: dict[str, dict[str, str]] = {}
    for name in post:
        genre, _, rest = name.partition(".")
        nom, _, key = rest.rpartition(".")
        if genre == "certificat" and key in _CERTIFICAT:
            certificats.setdefault(nom, {})[key] = post.get(name, "").strip()
    if certificats:
        values["certificats"] = {nom: dit for nom, dit in certificats.items() if any(dit.values())}
    return values


def changed(before: Valeurs, after: Valeurs, data: Mapping[str, Any]) -> Iterator[Don]:
    """Yield what the form changes of what it showed; ``data`` are those that it was made of."""
    for nom, champ in {**_TEXTES, **_LISTES}.items():
        if nom in after and after[nom] != before.get(nom, [] if nom in _LISTES else ""):
            yield Don(Endroit("tete", champ), after[nom] or None)
    if "date" in after and after["date"] != before.get("date", ""):
        yield from (Don(Endroit("tete", champ), None) for champ in _CHOISIS)
    if "sites" in after and after["sites"] != before.get("sites", []):
        yield from _sites(after["sites"], data)
    if "certificats" in after and after["certificats"] != before.get("certificats", {}):
        yield Don(Endroit("tete", "certificats"), _certificates(after["certificats"], data) or None)


def _sites(rows: Iterable[Mapping[str, Any]], data: Mapping[str, Any]) -> Iterator[Don]:
    """Yield the sites of the organisation, and those that are added; one only named as added stays so."""
    declared = {str(site["id"]) for site in (data.get("organisme") or {}).get("sites") or ()}
    own, added = [], []
    for row in rows:
        site: dict[str, Any] = {key: row[key] for key in _SITE if row[key]}
        if "etiquettes" in site:
            site["etiquettes"] = [word.strip() for word in site["etiquettes"].split(",") if word.strip()]
        added += [row["id"]] if row["ajoute"] and row["id"] else []
        if not row["ajoute"] or len(site) > 1 or row["id"] in declared:
            own.append(site)
    yield Don(Endroit("tete", "organisme.sites"), own or None)
    yield Don(Endroit("tete", "ajouts.sites"), added or None)


def _certificates(rows: Mapping[str, Mapping[str, str]], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return certificates as a file holds them; what the form does not show of one is left as it was."""
    before = data.get("certificats") or {}
    return {
        nom: {k: v for k, v in (before.get(nom) or {}).items() if k not in _CERTIFICAT}
        | {key: value for key, value in row.items() if value}
        for nom, row in rows.items()
    }


def told_earlier(request: HttpRequest, identifiant: Identifiant | None, faults: list[Issue]) -> Iterator[Don]:
    """Yield the earlier audit that the form gives; what is wrong of it is added to ``faults``."""
    how, place = request.POST.get("precedent"), Endroit("tete", "precedent")
    if how == "inconnu":
        yield Don(place, None)
    elif how == "dit":
        dit = {key: request.POST.get(f"precedent_{key}", "").strip() for key in ("type", "date")}
        yield Don(place, {key: value for key, value in dit.items() if value} or None)
    elif how in ("dossier", "fichier"):
        try:
            yield Don(place, _read_earlier(request, how, identifiant))
        except IssuesError as error:
            faults += (Issue(i.code, i.message, i.location, i.hint, champ="precedent") for i in error.issues)


def _read_earlier(request: HttpRequest, how: str, identifiant: Identifiant | None) -> dict[str, Any]:
    """Return the earlier audit of a dossier of this workspace, or of a file.

    Raises:
        DataError: none is chosen, or it is no findings file.
    """
    if how == "fichier":
        given = request.FILES.get("precedent_fichier")
        if given is not None:
            return earlier(given.name or "fichier", given.read())
    elif known := {str(pk): pk for pk, _ in earlier_dossiers(identifiant)}:
        pk = known.get(request.POST.get("precedent_dossier", ""))
        if pk is not None:
            return earlier("dossier", as_file(consult(pk).chantier))
    what = "le fichier de constats" if how == "fichier" else "le dossier"
    raise IssuesError([Issue("information-manquante", f"il manque {what} de l’audit précédent", None)])


def earlier_dossiers(identifiant: Identifiant | None) -> list[tuple[Identifiant, str]]:
    """Return the dossiers that may tell of the earlier audit: all the others."""
    titles = known_titles()
    return [
        (one.pk, f"{one.nom} – {titles.get(one.pk) or f'commencé le {day(day_here(one.cree_le))}'}")
        for one in models.DossierSuivi.objects.all()
        if one.pk != identifiant
    ]


# ---- the form ------------------------------------------------------------------------------------------


def form(
    ebauche: Ebauche,
    values: Valeurs,
    issues: Iterable[Issue] = (),
    *,
    precedent: Mapping[str, Any] | None = None,
    identifiant: Identifiant | None = None,
) -> dict[str, Any]:
    """Return the form of a context for its template: each field with its value, its choices, its faults."""
    left = list(issues)

    def faults(*champs: str) -> list[str]:
        mine = [i for i in left if any(i.champ == c or i.champ.startswith(f"{c}.") for c in champs)]
        left[:] = [issue for issue in left if issue not in mine]
        return fault_texts(mine)

    types = [(t.code, prose(t.titre)) for t in ebauche.types]
    categories = [(c.id, prose(c.titre)) for c in ebauche.categories]
    champs = {
        nom: {
            "nom": nom,
            "titre": capital(CONTEXTE[champ]),
            "valeur": values[nom],
            "genre": "date" if nom == "date" else "text",
            "choix": types if nom == "type" else [],
            "fautes": faults(champ),
        }
        for nom, champ in _TEXTES.items()
    }
    held = values["certificats"]
    named = {**dict(ebauche.certificats), **{nom: nom for nom in held if nom not in ebauche.certificats}}
    return {
        "audit": [champs[nom] for nom in ("nom", "type", "date", "mode")],
        "identite": [champs[nom] for nom in ("siren", "nda", "chiffre_affaires")],
        "editions": [_edition(couche) for couche in ebauche.editions],
        "edition_sure": ebauche.referentiel is not None,
        "categories": _ticked(categories, values["categories"]),
        "fautes_categories": faults("organisme.categories"),
        "ajouts": _ticked(categories, values["ajout_categories"]),
        "fautes_ajouts": faults("ajouts.categories", "ajouts"),
        "etend": any(e.mot == "ajout" for t in ebauche.types for e in t.exige if t.code == values["type"])
        or bool(values["ajout_categories"]),
        "sites": [
            {"rang": rang, **site} for rang, site in enumerate([*values["sites"], *[_site({}, ())] * _LIBRES])
        ],
        "fautes_sites": faults("organisme.sites", "ajouts.sites"),
        "certificats": [
            {
                "nom": nom,
                "titre": prose(titre),
                **{key: held.get(nom, {}).get(key, "") for key in _CERTIFICAT},
                "fautes": faults(f"certificats.{nom}"),
            }
            for nom, titre in named.items()
        ],
        "arrets": [(etat, capital(mot)) for etat, mot in ARRETS.items()],
        "precedent": _earlier(precedent, types),
        "types": types,
        "dossiers": earlier_dossiers(identifiant),
        "fautes_precedent": faults("precedent"),
        "fautes": fault_texts(left),
    }


def fault_texts(issues: Iterable[Issue]) -> list[str]:
    """Return what is wrong in sentences: what, then what to do."""
    each = (i.message + (f" : {i.hint}" if i.hint and "--" not in i.hint else "") for i in issues)
    return [capital(prose(without_options(text))) for text in dict.fromkeys(each)]


def _ticked(known: Sequence[tuple[str, str]], chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Return the categories there are, then those chosen that there are not, for them to be unticked."""
    strange = [(code, "n’est pas de cette édition") for code in chosen if code not in dict(known)]
    return [{"code": code, "titre": titre, "cochee": code in chosen} for code, titre in (*known, *strange)]


def _edition(couche: Couche) -> str:
    period = f"du {day(couche.du)} au {day(couche.au)}" if couche.au else f"depuis le {day(couche.du)}"
    return f"{prose(couche.titre)} ({period})"


def _earlier(precedent: Mapping[str, Any] | None, types: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return how the earlier audit is told now: nothing, its type and day alone, or with its findings."""
    dit = precedent or {}
    kind, when = str(dit.get("type") or ""), str(dit.get("date") or "")
    whole = bool(set(dit) - {"type", "date"})
    words = [clean(dict(types).get(kind, kind)) if kind else "type non renseigné"]
    words += [prose(f"du {when}")] if when else []
    return {
        "comment": "garde" if whole else "dit" if dit else "inconnu",
        "resume": " ".join(words),
        "type": kind,
        "date": when,
    }
