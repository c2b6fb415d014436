"""What is refused before any page is asked: too big, cut, or not HTTP; said in French, as any other page."""

from __future__ import annotations

from typing import Final

from django.template.loader import render_to_string
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask
from waitress.utilities import BadRequest

from certif_rules.web.garde import ENTETES

#: Most bytes of what is sent at once: twenty files of 64 Mo, and the form around them.
MAX_ENVOI: Final = 21 * 64 * 1024 * 1024
#: What is said of each refusal, by status: the title, what happened and what to do.
_MOTS: Final = {
    400: (
        "Demande illisible",
        "Cette demande est arrivée abîmée. Revenir en arrière, puis recommencer.",
    ),
    413: (
        "Envoi trop gros",
        "Cet envoi est trop gros : rien n’est enregistré. 64 Mo par fichier, vingt fichiers à la fois.",
    ),
    431: (
        "Demande trop longue",
        "L’adresse ou ce que le navigateur y joint est trop long. Repartir de « Mes audits ».",
    ),
    500: (
        "Faute du programme",
        "Le programme a rencontré une faute qui est la sienne. Revenir en arrière, puis recommencer.",
    ),
    501: (
        "Demande illisible",
        "Cette demande est écrite d’une façon que le programme ne lit pas. Rien n’est enregistré.",
    ),
}


class Refus(ErrorTask):
    """A refusal is a page, under the policy of every page, after which the connection is closed."""

    def execute(self) -> None:
        """Write the page."""
        given = getattr(self.request, "error", None)
        refusal = given if given is not None and given.code in _MOTS else BadRequest("")
        titre, message = _MOTS[refusal.code]
        body = render_to_string("message.html", {"titre": titre, "messages": [message]}).encode()
        self.status = f"{refusal.code} {refusal.reason}"
        typed = {**ENTETES, "Content-Type": "text/html; charset=utf-8"}
        self.response_headers = [*self.response_headers, *typed.items()]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class CanalFrancais(HTTPChannel):
    """A channel refuses with our pages."""

    error_task_class = Refus
