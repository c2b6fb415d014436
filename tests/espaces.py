"""How tests walk the workspace: its key, what a page says, an audit begun, the version that a page shows."""

from __future__ import annotations

import json
import re
import threading
from typing import Any

CLE = "la-cle-de-l-essai"
ENVIRONNEMENT = {"DJANGO_SETTINGS_MODULE": "certif_rules.web.reglages", "CERTIF_RULES_JETON": CLE}
NOUVEAU = {
    "referentiel": "qualiopi",
    "type": "initial",
    "date": "2024-03-18",
    "nom": "Élan",
    "categories": ["AF", "BC"],
}

#: A complementary audit of the label, of whoever holds the certificate that it needs.
COMPLEMENTAIRE = {
    "referentiel": "certifregion",
    "type": "complementaire",
    "date": "2024-01-20",
    "nom": "Atelier du Gué",
    "categories": ["AF"],
    "certificat.qualiopi.notification": "2022-11-30",
    "certificat.qualiopi.echeance": "2025-11-30",
}


def witness() -> str:
    """The cookie of this file that says who acts."""
    from certif_rules.web import personnes

    return personnes.witness()


def text(response: Any) -> str:
    """What a page says, its tags left in."""
    return str(response.content.decode())


def plain(response: Any) -> str:
    """What a page says, its no-break blanks made plain."""
    return text(response).replace("\u00a0", " ").replace("\u202f", " ")


#: An audit without any finding, of a label that rests on another référentiel.
PROFIL = """format: 1
referentiel: certifregion
edition: "V5"
audit: {type: initial, date: "2023-01-01"}
organisme: {nom: Organisme d’exemple, categories: [AF]}
""".encode()


def sent(content: bytes, nom: str = "audit.yaml") -> Any:
    """A file as a form sends it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(nom, content)


def begun(navigateur: Any) -> str:
    """The address of an audit begun, with no finding yet."""
    response = navigateur.post("/reprendre", {"fichier": sent(PROFIL)})
    assert response.status_code == 302
    return str(response.headers["Location"]).removesuffix("/preparer")


def seen(navigateur: Any, page: str) -> str:
    """The version of the dossier that a page shows."""
    match = re.search(r'name="base" value="(\d+)"', text(navigateur.get(page)))
    assert match
    return match[1]


def version(root: str) -> str:
    """The version of a dossier."""
    from certif_rules.web import models

    return str(models.DossierSuivi.objects.get(pk=root.rpartition("/")[2]).version)


def found(navigateur: Any, root: str, **lines: tuple[str, str]) -> None:
    """Record findings with their statement, by number of the line of the base."""
    for numero, (constat, commentaire) in lines.items():
        given = {"base": version(root), "constat": constat, "commentaire": commentaire}
        navigateur.post(f"{root}/saisir?ligne=qualiopi/{numero.removeprefix('n')}", given)


def begun_with(navigateur: Any, **given: Any) -> str:
    """The address of an audit begun by the form of a new one."""
    response = navigateur.post("/nouveau", {**NOUVEAU, **given})
    assert response.status_code == 302, text(response)
    return str(response.headers["Location"]).removesuffix("/preparer")


def findings(navigateur: Any, root: str) -> Any:
    """What the findings file of an audit says, whatever version it was written from."""
    data = json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)
    del data["depart"]
    return data


def addresses(root: str) -> list[str]:
    """Every address of an audit that is opened as a page, without what is made in another process."""
    from certif_rules.web.adresses import urlpatterns

    routes = [str(one.pattern) for one in urlpatterns]
    prefix = "dossier/<uuid:identifiant>"
    return [
        root + one.removeprefix(prefix) for one in routes if one.startswith(prefix) and one.count("<") == 1
    ]


def until_ready(navigateur: Any, page: str) -> Any:
    """The page of a document that was asked for, once it is written or given up."""
    pause = threading.Event()
    for _ in range(600):
        response = navigateur.get(page)
        if "data-attend" not in text(response):
            return response
        pause.wait(0.1)
    raise AssertionError("never written")
