"""A body's file on disk, with the pictures it names: everything wrong with them at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certif_rules.errors import DataError, Issue, Location
from certif_rules.habillage.logo import MAX_BYTES, check_logo
from certif_rules.habillage.modele import Logo
from certif_rules.habillage.regles import HabillageDit, problems, refusals, without_refused
from certif_rules.source.donnees import read_given
from certif_rules.source.entree import content_of
from certif_rules.source.schema import check
from certif_rules.source.yaml import place

#: Width of a logo when the file does not say it, in millimetres.
LARGEUR = 40


def read_habillage(path: Path, name: str | None = None) -> HabillageDit:
    """Return what the body's file at ``path`` says, named ``name`` in messages; its pictures stand beside it.

    Raises:
        DataError: the file or a picture cannot be read, or says what no body may say; all is listed.
    """
    data = read_given(path, name=name)
    issues, logo, secours = check_habillage(data, path.parent)
    if issues:
        raise DataError(issues)
    return HabillageDit({key: value for key, value in data.items() if key != "logo"}, logo, secours)


def check_habillage(data: Any, folder: Path) -> tuple[list[Issue], Logo | None, Logo | None]:
    """Return everything wrong with the data of a body's file whose pictures are found from ``folder``."""
    issues = refusals(data)
    cleaned = without_refused(data)
    wrong = check(cleaned, "habillage")
    if wrong:
        return [*issues, *wrong], None, None
    issues += problems(cleaned)
    logo, secours = None, None
    if "logo" in cleaned:
        logo, secours, issues_of_pictures = _pictures(cleaned, folder)
        issues += issues_of_pictures
    return issues, logo, secours


def _pictures(data: Any, folder: Path) -> tuple[Logo | None, Logo | None, list[Issue]]:
    node = data["logo"]
    described: Mapping[str, Any] = node if isinstance(node, Mapping) else {"fichier": node}
    logos: dict[str, Logo | None] = {}
    issues = []
    for key in ("fichier", "secours"):
        if key not in described:
            continue
        where = place(node, key) if isinstance(node, Mapping) else place(data, "logo")
        texte, largeur = described.get("texte", data["emetteur"]), described.get("largeur", LARGEUR)
        logo = _picture(folder / described[key], where, texte=texte, largeur=largeur)
        if isinstance(logo, Logo) and key == "secours" and logo.nature == "svg":
            message = "logo : « secours » est lui aussi un SVG"
            logo = Issue("image-inconnue", message, where, "donner un PNG ou un JPEG")
        if isinstance(logo, Issue):
            issues.append(logo)
        else:
            logos[key] = logo
    return logos.get("fichier"), logos.get("secours"), issues


def _picture(path: Path, where: Location, *, texte: str, largeur: int) -> Logo | Issue:
    hint = "un chemin depuis le dossier de l’habillage ; rien n’est téléchargé"
    try:
        content = content_of(path, most=MAX_BYTES, ordinary=True)
    except DataError as error:
        return Issue("fichier-illisible", f"logo : {error.issues[0].message}", where, hint)
    return check_logo(content, where, texte=texte, largeur=largeur)
