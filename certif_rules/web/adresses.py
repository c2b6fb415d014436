"""The addresses; whatever is not here does not exist. A page is imported when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import path

#: The pages by module: the address, the view that answers it, its name.
PAGES: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "accueil": (
        ("", "home", "accueil"),
        ("a-relire", "to_review", "a-relire"),
        ("echeances", "due", "echeances"),
        ("echeances.ics", "agenda", "agenda"),
    ),
    "contexte": (("nouveau", "new", "nouveau"),),
    "reprise": (
        ("exemple", "example", "exemple"),
        ("reprendre", "take_up", "reprendre"),
        ("dossier/<uuid:identifiant>/archive", "take_away", "archive"),
    ),
    "moi": (
        ("moi", "me", "moi"),
        ("moi/effacer", "erase", "effacer"),
    ),
    "preparer": (
        ("dossier/<uuid:identifiant>/preparer", "prepare", "preparer"),
        ("dossier/<uuid:identifiant>/contexte", "correct", "contexte"),
        ("dossier/<uuid:identifiant>/contexte/annuler", "undo", "annuler-contexte"),
    ),
    "duree": (("dossier/<uuid:identifiant>/duree", "means", "duree"),),
    "plan": (("dossier/<uuid:identifiant>/plan", "plan", "plan"),),
    "ouvrir": (("dossier/<uuid:identifiant>/ouvrir", "begin", "ouvrir"),),
    "saisir": (
        ("dossier/<uuid:identifiant>/saisir", "record_line", "saisir"),
        ("dossier/<uuid:identifiant>/saisir/effets", "show_effects", "effets"),
        ("dossier/<uuid:identifiant>/annuler", "undo", "annuler"),
    ),
    "lignes": (("dossier/<uuid:identifiant>/damier", "board_alone", "damier"),),
    "une_ligne": (("dossier/<uuid:identifiant>/ligne", "panel", "ligne"),),
    "preuves": (("dossier/<uuid:identifiant>/preuves", "list_proofs", "preuves"),),
    "textes": (
        ("dossier/<uuid:identifiant>/textes", "give_texts", "textes"),
        ("dossier/<uuid:identifiant>/textes.json", "texts_file", "fichier_des_textes"),
    ),
    "accorder": (("dossier/<uuid:identifiant>/accorder", "settle", "accorder"),),
    "apporter": (("dossier/<uuid:identifiant>/apporter", "bring", "apporter"),),
    "clore": (
        ("dossier/<uuid:identifiant>/clore", "close", "clore"),
        ("dossier/<uuid:identifiant>/cloture", "end", "cloture"),
    ),
    "suivre": (("dossier/<uuid:identifiant>/suivre", "follow", "suivre"),),
    "journal": (("dossier/<uuid:identifiant>/journal", "journal", "journal"),),
    "ecarts": (("dossier/<uuid:identifiant>/ecarts", "gaps", "ecarts"),),
    "actes": (
        ("dossier/<uuid:identifiant>/acte/<str:liste>", "record_act", "acte"),
        ("dossier/<uuid:identifiant>/transmettre", "send", "transmettre"),
        ("dossier/<uuid:identifiant>/relecture", "send_back", "relecture"),
        ("dossier/<uuid:identifiant>/remarque", "remark", "remarque"),
    ),
    "manques": (("dossier/<uuid:identifiant>/manques", "lacks", "manques"),),
    "documents": (
        ("dossier/<uuid:identifiant>/documents", "documents", "documents"),
        ("dossier/<uuid:identifiant>/remettre", "hand_over", "remettre"),
        ("dossier/<uuid:identifiant>/remis/<int:version>", "reprinted", "remis"),
        ("dossier/<uuid:identifiant>/fichiers/<str:nom>", "document", "fichier"),
        ("dossier/<uuid:identifiant>/travaux", "ask", "travaux"),
        ("dossier/<uuid:identifiant>/travaux/<str:cle>", "followed", "travail"),
        ("dossier/<uuid:identifiant>/travaux/<str:cle>/fichier", "fetched", "fait"),
    ),
    "suivant": (("dossier/<uuid:identifiant>/suivant", "next_one", "suivant"),),
    "autodiagnostic": (
        ("dossier/<uuid:identifiant>/autodiagnostic", "assess", "autodiagnostic"),
        ("dossier/<uuid:identifiant>/autodiagnostic/<str:cle>/<int:rang>.svg", "picture", "trace"),
    ),
    "fichiers": (
        ("vivant", "alive", "vivant"),
        ("statique/<str:nom>", "static", "statique"),
    ),
}


def _later(module: str, view: str) -> Callable[..., HttpResponse]:
    """Return a view that imports its page when it is asked for."""

    def answer(request: HttpRequest, **named: Any) -> HttpResponse:
        page: HttpResponse = getattr(import_module(f"certif_rules.web.pages.{module}"), view)(
            request, **named
        )
        return page

    return answer


urlpatterns = [
    path(address, _later(module, view), name=name)
    for module, rows in PAGES.items()
    for address, view, name in rows
]

handler400 = "certif_rules.web.garde.malformed"
handler404 = "certif_rules.web.garde.absent"
handler500 = "certif_rules.web.garde.broken"
