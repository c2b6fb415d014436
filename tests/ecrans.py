"""Every screen of the workspace, in every state worth looking at, of audits whose words attack the pages."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent / "benchmarks"))
from visites import Visitor

#: What no page may take for its own.
ATTAQUE = (
    '<img src=x onerror="window.attaque=1"><script>window.attaque=1</script>\'"&lt;b&gt; {{ 7 }} {% url %}'
)
FAITS = {
    "certifiante": True,
    "alternance": True,
    "situation_travail": True,
    "sous_traitance": False,
    "plus_de_deux_jours": True,
}
#: An audit with sites, an earlier one and its gaps, and findings of every shape.
QUALIOPI: dict[str, Any] = {
    "format": 1,
    "referentiel": "qualiopi",
    "audit": {"type": "renouvellement", "date": "2025-05-13", "mode": "sur_site"},
    "organisme": {
        "nom": f"Atelier {ATTAQUE}",
        "categories": ["AF", "CFA"],
        "faits": FAITS | {"nouvel_entrant": False},
        "sites": [{"id": "Siège", "commune": ATTAQUE}, {"id": "Annexe", "commune": "Bourg-Exemple"}],
    },
    "precedent": {
        "type": "surveillance",
        "date": "2023-11-14",
        "constats": {"19": "nc_mineure", "30": "nc_mineure"},
        "leves": ["30"],
        "ecarts": {"19": {"enonce": ATTAQUE, "causes": ATTAQUE}},
    },
    "certificats": {"qualiopi": {"notification": "2022-06-20", "echeance": "2025-06-19"}},
    "constats": [
        {"id": "qualiopi/1", "constat": "conforme", "preuves_vues": ["Catalogue", ATTAQUE]},
        {"id": "qualiopi/2", "constat": "nc_mineure", "commentaire": f"{ATTAQUE}\n" * 9},
        {"id": "qualiopi/11", "constat": "nc_majeure", "commentaire": f"Rien n’est évalué. {ATTAQUE}"},
        {
            "id": "qualiopi/17",
            "constat": "nc_mineure",
            "commentaire": ATTAQUE,
            "par_site": [
                {"site": "Siège", "constat": "conforme"},
                {"site": "Annexe", "constat": "nc_mineure", "commentaire": ATTAQUE},
            ],
        },
        {"id": "qualiopi/31", "constat": "conforme", "annotations": ["point_fort"], "commentaire": ATTAQUE},
    ],
}
#: An audit of a label that rests on another référentiel: lines of its own, texts that no source gives.
LABEL: dict[str, Any] = {
    "format": 1,
    "referentiel": "certifregion",
    "audit": {"type": "initial", "date": "2023-01-09", "mode": "sur_site"},
    "organisme": {"nom": "Organisme du label", "categories": ["AF"]},
}

#: By the name of its address, what is looked at: `{q}` is the first audit, `{l}` the one of the label.
ECRANS: dict[str, tuple[str, ...]] = {
    "accueil": ("/",),
    "nouveau": ("/nouveau", "/nouveau?referentiel=qualiopi"),
    "a-relire": ("/a-relire",),
    "echeances": ("/echeances",),
    "moi": ("/moi",),
    "effacer": ("/moi/effacer", "/moi/effacer?nom=onerror"),
    "preparer": ("{q}/preparer", "{q}/preparer?corriger=1", "{l}/preparer"),
    "plan": ("{q}/plan", "{l}/plan"),
    "duree": ("{q}/duree", "{l}/duree"),
    "ouvrir": ("{q}/ouvrir", "{l}/ouvrir"),
    "saisir": (
        "{q}/saisir?ligne=qualiopi/1",
        "{q}/saisir?ligne=qualiopi/2",
        "{q}/saisir?ligne=qualiopi/17",
        "{q}/saisir?ligne=qualiopi/19",
        "{q}/saisir?ligne=qualiopi/27",
        "{q}/saisir?voir=ecarts",
        "{l}/saisir?ligne=certifregion/A",
    ),
    "damier": ("{q}/damier?ligne=qualiopi/2", "{q}/damier?voir=ecarts"),
    "ligne": ("{q}/ligne?ligne=qualiopi/19", "{l}/ligne?ligne=certifregion/E"),
    "preuves": ("{q}/preuves", "{l}/preuves"),
    "textes": ("{q}/textes", "{l}/textes"),
    "accorder": ("{q}/accorder", "{q}/accorder?apport=3", "{l}/accorder"),
    "clore": ("{q}/clore", "{l}/clore"),
    "suivre": ("{q}/suivre", "{l}/suivre"),
    "ecarts": ("{q}/ecarts", "{l}/ecarts"),
    "manques": ("{q}/manques",),
    "documents": ("{q}/documents",),
    "travail": ("{t}",),
    "suivant": ("{q}/suivant",),
    "autodiagnostic": ("{q}/autodiagnostic", "{l}/autodiagnostic"),
    "journal": ("{q}/journal",),
}
#: Addresses that show no page: what only takes a form, a piece of a page, a file.
SANS_ECRAN = {
    "acte",
    "agenda",
    "annuler",
    "annuler-contexte",
    "apporter",
    "archive",
    "cloture",
    "contexte",
    "effets",
    "exemple",
    "fait",
    "fichier",
    "fichier_des_textes",
    "relecture",
    "remarque",
    "remettre",
    "remis",
    "reprendre",
    "statique",
    "trace",
    "transmettre",
    "travaux",
    "vivant",
}


def filled(address: str) -> dict[str, str]:
    """The addresses of the two audits, begun and filled by somebody who attacks every field."""
    visitor = Visitor(address)
    visitor.read("/moi", initiales="A. B.", nom=f"Ada {ATTAQUE}"[:190])
    roots = {}
    for name, data in (("q", QUALIOPI), ("l", LABEL)):
        sent = visitor.send("/reprendre", f"{name}.json", json.dumps(data))
        roots[name] = sent.partition("?")[0].rpartition("/")[0]
    root = roots["q"]
    line = f"{root}/saisir?ligne=qualiopi/4"
    said = {"note.texte": ATTAQUE, "piece.quoi": ATTAQUE, "piece.a_qui": ATTAQUE, "preuve": f"P {ATTAQUE}"}
    visitor.read(line, base="999", constat="conforme", commentaire=ATTAQUE, **said)
    # Two people who did not see each other: both texts stand, until somebody settles.
    visitor.read(f"{root}/saisir?ligne=qualiopi/2", base="1", commentaire=f"autrement {ATTAQUE}")
    proof = {
        "genre": "preuve",
        "reference": f"Registre {ATTAQUE}",
        "detenteur": ATTAQUE,
        "echantillon": ATTAQUE,
    }
    visitor.read(f"{root}/preuves", base="999", lignes="1, 2", **proof)
    text = {"ligne": "certifregion/A", "titre": f"Titre {ATTAQUE}", "document": ATTAQUE, "page": "3"}
    visitor.read(f"{roots['l']}/textes", base="999", exigence=ATTAQUE, **text)
    return roots | {"t": visitor.read(f"{root}/travaux", piece="cloture.docx")}


def screens() -> list[str]:
    """Every screen to look at."""
    return [path for paths in ECRANS.values() for path in paths]
