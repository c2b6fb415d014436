"""A document with every kind of block, and pictures to put in it."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from certif_rules.blocs.arbre import (
    Case,
    Document,
    Encadre,
    EspaceLibre,
    Fiche,
    Image,
    Liste,
    Morceau,
    Paragraphe,
    SautDePage,
    Signature,
    Tableau,
    Titre,
)

SVG = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40'>"
    b"<script>alert(1)</script><circle r='15' cx='30' cy='20' fill='#0d5a50'/></svg>"
)


def png(width: int = 4, height: int = 3) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


CHOIX = ("Conforme", "Écart mineur", "Écart majeur")


def document(texte: str = "Du texte.", **changes: Any) -> Document:
    """Every kind of block; ``texte`` is wherever people may type."""
    values: dict[str, Any] = {
        "titre": f"Rapport – {texte}",
        "sous_titre": texte,
        "sujet": texte,
        "date": "2024-03-01",
        "pied": texte,
        "logo": Image(contenu=png(), texte=f"Logo {texte}", largeur=20),
        "sommaire": True,
        "blocs": (
            Encadre(titre=texte, texte=texte, ton="attention"),
            Titre(texte=f"Premier chapitre {texte}", niveau=2, ancre="un"),
            Paragraphe(texte=(Morceau("avant "), Morceau(texte, "fort"), Morceau("\naprès", "discret"))),
            Fiche(legende=texte, rangs=((texte, texte), ("Libellé", "valeur"))),
            Titre(texte="Une section", niveau=3),
            Tableau(
                legende=f"Un tableau {texte}",
                tetes=("N°", texte, "Constat", "Preuves vues"),
                lignes=(
                    ("1", texte, Case(choix=CHOIX), EspaceLibre(intitule=texte, lignes=3)),
                    ("2", (Morceau(texte, "italique"),), Case(choix=CHOIX, cochee=CHOIX[1]), "aucune"),
                ),
                largeurs=(8, 60, 30, 40),
            ),
            SautDePage(),
            Titre(texte="Second chapitre", niveau=2, ancre="un"),
            Liste(elements=(texte, "deux")),
            Liste(elements=("premier", texte), numerotee=True),
            Liste(elements=("encore",), numerotee=True),
            Case(choix=("Oui", texte), cochee="Oui"),
            EspaceLibre(intitule=texte, lignes=2),
            Image(contenu=SVG, texte=f"Disque {texte}", largeur=60, svg=True),
            Signature(role="Évaluation", nom=texte),
            Signature(role="Décision"),
        ),
    }
    return Document(**values | changes)
