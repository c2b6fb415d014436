"""The paper grid: every line is there, with what may be ticked, and the paper stays thin."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pypdf
import pytest
from fabrique import LIGNES, checklist, contexte, organisme
from grilles import AF, grille
from habillages import habillee
from msgspec.structs import replace
from pages import docx_rows, docx_text, letters, pdf_text, squashed

from certif_rules.audit.checklist import Checklist
from certif_rules.blocs.arbre import Case, EspaceLibre, Tableau, Titre
from certif_rules.blocs.textes import line, passages, simple
from certif_rules.documents import rubriques as document
from certif_rules.documents.checklist import papier
from certif_rules.documents.checklist.lignes import reasons, rubriques
from certif_rules.documents.formats import docx, pdf
from certif_rules.documents.mots import deciding, finding, title

FACE = Callable[[Checklist], str]


def of_docx(value: Checklist) -> str:
    return docx_text(docx.render(papier.compose(value)))


def of_pdf(value: Checklist) -> str:
    return pdf_text(pdf.render(papier.compose(value)))


TOUS = pytest.mark.parametrize("rendu", [of_docx, of_pdf])


@cache
def label() -> Checklist:
    """A label on its base, as an auditor gets it: 44 lines, in every state but one."""
    return grille(**AF | {"referentiel": "certifregion"})


@cache
def surveillance() -> Checklist:
    """A surveillance after an initial audit that found a non-conformity."""
    earlier = {"type": "initial", "date": "2023-01-10", "constats": {"2": "nc_mineure"}}
    audit = {"type": "surveillance", "date": "2024-03-18"}
    return grille(**AF | {"audit": audit, "precedent": earlier})


@TOUS
@pytest.mark.parametrize("value", [checklist, label, surveillance])
def test_every_text_is_printed(rendu: FACE, value: Callable[[], Checklist]) -> None:
    """Title, reasons; for lines to see, what paper has room for; warnings, gaps, sentence on the texts."""
    made = value()
    text = squashed(rendu(made))
    wanted = [title(ligne, 0 if ligne.etat in ("a_auditer", "a_confirmer") else 160) for ligne in made.lignes]
    wanted += [line(texte) for ligne in made.lignes for texte in reasons(made, deciding(ligne))]
    for ligne in made.lignes:
        if ligne.etat in ("a_auditer", "a_confirmer"):
            named = {rubrique.titre: rubrique for rubrique in rubriques(made, ligne)}
            wanted += [line(t) for name in papier.IMPRIMES if name in named for t in named[name].elements]
    wanted += [a.message for a in made.avertissements]
    wanted += [made.empreinte, "seul le texte officiel fait foi"]
    wanted += [line(value) for _, value in document.retention(made)]
    wanted += [lacune.cherche for lacune in made.lacunes]
    assert [words for words in wanted if squashed(words).replace("'", "’") not in text] == []


@pytest.mark.parametrize("value", [checklist, label, surveillance])
def test_boxes_are_those_permitted(value: Callable[[], Checklist]) -> None:
    """On the row of a line to see, the findings permitted there, none ticked, and room to write."""
    made = value()
    rows = [row for b in simple(papier.compose(made).blocs) if isinstance(b, Tableau) for row in b.lignes]
    found = [row for row in rows if len(row) == 5 and isinstance(row[3], EspaceLibre)]
    due = [ligne for ligne in made.lignes if ligne.etat in ("a_auditer", "a_confirmer")]
    by_number = {
        line(passages(row[0])[0]): row for row in found if not isinstance(row[0], Case | EspaceLibre)
    }
    for ligne in due:
        row = by_number[ligne.indicateur.numero]
        choices = tuple(finding(made, c) for c in ligne.constats_permis)
        assert row[2] == (Case(choix=choices) if choices else "–")
    assert len(found) == len(due)
    assert all(row[3].lignes >= 3 for row in found if isinstance(row[3], EspaceLibre))


def test_the_rows_of_a_docx_hold_their_boxes() -> None:
    """Each line on paper has the boxes of the findings allowed on it."""
    made = checklist()
    rows = [row for row in docx_rows(docx.render(papier.compose(made))) if len(row) == 5 and "☐" in row[2]]
    first = next(row for row in rows if row[0].split("\n")[0] == "1")
    assert [choice.strip("☐\t ") for choice in first[2].splitlines()] == [
        "Conforme",
        "Non-conformité mineure",
        "Non-conformité majeure",
        "Non applicable",
    ]


def test_an_earlier_finding_is_shown() -> None:
    """The paper of a follow-up recalls the earlier finding on its line."""
    rows = docx_rows(docx.render(papier.compose(surveillance())))
    (second,) = [row for row in rows if len(row) == 5 and row[0].split("\n")[0] == "2"]
    assert "Constat précédent\u00a0: Non-conformité mineure" in second[1]


def test_state_and_label_are_said_in_words() -> None:
    """The paper gives doubts and lines of the label in words."""
    rows = [row for row in docx_rows(docx.render(papier.compose(checklist()))) if len(row) == 5]
    heads = {row[0] for row in rows}
    assert any("à\u00a0confirmer" in head or "à confirmer" in head for head in heads)
    assert any("★\u00a0label" in head for head in heads)


def test_the_groups_of_texts_exist() -> None:
    """The names chosen are those of the sheet of a line: a name that changes there would leave texts out."""
    lines = [*checklist().lignes, *label().lignes, *surveillance().lignes]
    known = {rubrique.titre for ligne in lines for rubrique in rubriques(label(), ligne)}
    assert set(papier.IMPRIMES) <= known


def test_the_paper_stays_thin() -> None:
    """44 lines and their annexes in twenty sheets or so, turned, and no page is nearly empty but the last."""
    content = pdf.render(papier.compose(label()))
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in reader.pages} == {(842, 595)}
    assert len(reader.pages) <= 22
    lowest = [595.0] * len(reader.pages)
    for number, _, (left, bottom, _, _) in letters(content):
        if bottom > 62 and left > 0:
            lowest[number] = min(lowest[number], bottom)
    assert [number for number, bottom in enumerate(lowest[:-1], start=1) if bottom > 300] == []


def test_headings_in_order() -> None:
    """The paper has its chapters in the order of an audit."""
    found = [b.texte for b in papier.compose(checklist()).blocs if isinstance(b, Titre)]
    assert found == [
        "L’audit et l’organisme",
        "Lire et remplir",
        *found[2:-7],
        "Lignes qui ne sont pas à voir",
        "Pièces exigées",
        "Vérifications hors indicateurs",
        "Sites à auditer",
        "Évaluation",
        document.CONSERVATION,
        "Textes appliqués et sources",
    ]
    assert [texte.split(" – ")[0] for texte in found[2:-7]] == [
        "Critère 1", "Critère 2", "Critère 8", "Sans critère connu",
    ]  # fmt: skip


def test_a_bare_checklist() -> None:
    """No name, no warning, no gap, nothing due: what is absent has no heading."""
    bare = checklist(
        avertissements=(), pieces=(), verifications=(), sites=None, lacunes=(), organisme={},
        contexte=replace(contexte(), precedent=None), lignes=LIGNES[1:2],
    )  # fmt: skip
    value = papier.compose(bare)
    found = [b.texte for b in value.blocs if isinstance(b, Titre)]
    assert found == [
        "L’audit et l’organisme",
        "Lire et remplir",
        "Lignes qui ne sont pas à voir",
        "Évaluation",
        document.CONSERVATION,
        "Textes appliqués et sources",
    ]
    assert not value.sous_titre.startswith(" –")
    assert "Grille" in of_pdf(bare)


def test_the_name_of_the_organisation_is_at_the_head_and_the_foot() -> None:
    """A sheet that falls from the pile names its organisation."""
    value = papier.compose(checklist(organisme=organisme("Atelier : « x » ?")))
    assert "Atelier : « x » ?" in value.sous_titre
    assert "Atelier : « x » ?" in value.pied


@TOUS
def test_the_dress_of_a_body_is_on_paper_too(rendu: FACE, tmp_path: Path) -> None:
    """Its name, its sentence, room for the columns it adds; nothing of ours goes."""
    said = squashed(rendu(habillee(tmp_path)))
    for words in ("Certif’Exemple", "Merci de votre accueil", "Référence interne", "seul le texte officiel"):
        assert squashed(words) in said
    assert squashed("Merci de votre accueil") not in squashed(
        rendu(replace(habillee(tmp_path), habillage=None))
    )
    assert papier.compose(habillee(tmp_path)).logo is not None
