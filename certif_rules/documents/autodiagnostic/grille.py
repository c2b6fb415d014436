"""The grid of a self-assessment to fill: as a document, and as the plain files that are read back.

CSV, YAML and JSON hold the same: the request that the grid answers, then one entry per line, unanswered.
"""

from __future__ import annotations

from collections.abc import Iterator

from certif_rules.audit.checklist import Ligne
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.documents.autodiagnostic import mots as textes
from certif_rules.documents.mots import aside, criterion, mentioned, remarks, wording
from certif_rules.vie.autodiagnostic import Cadre, asked

# ---- as a document ----------------------------------------------------------------------------------------


def compose(cadre: Cadre) -> b.Document:
    """Return the grid as a document, to read or to fill by hand."""
    return textes.laid_out(cadre, _blocks(cadre), sujet="Grille d’autodiagnostic à remplir")


def _blocks(cadre: Cadre) -> Iterator[b.Bloc]:
    yield textes.mention(cadre)
    yield textes.levels(cadre)
    yield from textes.legend(cadre)
    for critere, lignes in sorted(cadre.checklist.groupes, key=lambda groupe: groupe[0] is None):
        retenues = [li for li in lignes if li in cadre.retenues]
        if not retenues:
            continue
        yield b.Titre(texte=criterion(critere), niveau=2)
        yield from textes.sensitive_told(retenues)
        yield b.Tableau(
            legende=f"Lignes à évaluer{INSECABLE}: {len(retenues)}",
            tetes=("Indicateur", "Niveau", "Raison, note, preuves"),
            lignes=tuple(_row(cadre, li) for li in retenues),
            largeurs=(46, 27, 27),
        )
    yield from textes.left_out(cadre)
    yield from textes.scope(cadre)
    yield textes.identity(cadre)


def _row(cadre: Cadre, ligne: Ligne) -> tuple[b.Cellule, ...]:
    marks = (b.Morceau(f"\n⚠ {clean(i.id)}", "discret") for i in asked(cadre, ligne))
    own = [
        b.Morceau(f"\n{wording(t)}{aside(remarks(t))}", "discret", t.sources)
        for t in mentioned(cadre.checklist, ligne.indicateur)
    ]
    name = (*textes.line_head(cadre, ligne), *marks, *textes.sensitive(ligne), *own)
    choices = (*(f"{n.valeur} {prose(n.titre)}" for n in cadre.notation.niveaux), textes.SANS_OBJET)
    return (name, b.Case(choix=choices), b.EspaceLibre(intitule="", lignes=2))
