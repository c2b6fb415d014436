"""Reports of other référentiels, of a label on its base, and with the words of a body."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from greffons import registry
from msgspec.structs import replace
from rapports import FORMATS, a6, changed, constats, findings_file, lay_out, registre, squeezed, texte

from certif_rules.audit.checklist import dress
from certif_rules.audit.contenu import Rapport
from certif_rules.audit.rapport import make_report
from certif_rules.blocs.arbre import Document, Paragraphe, Signature, Titre
from certif_rules.documents.rapport.composition import report as compose
from certif_rules.documents.rapport.composition import sheets_only
from certif_rules.documents.rapport.redaction import ECHANTILLON
from certif_rules.echanges.conclusion import document
from certif_rules.habillage.fichier import read_habillage
from certif_rules.habillage.modele import ColonneAjoutee, Habillage, SectionAjoutee
from certif_rules.services.rapport import report_file

NOTES = Path(__file__).parent / "fictif_notes"


def noted(referentiel: str, said: dict[str, str], folder: Path) -> Rapport:
    """The report of a made-up référentiel, whose findings are levels or opinions."""
    data: dict[str, Any] = {
        "format": 1,
        "referentiel": referentiel,
        "audit": {"type": "visite", "date": "2024-01-10"},
        "organisme": {"categories": ["TOUT"]},
        "ecarts_notifies_le": "2024-01-31",
        "constats": [{"id": k, "constat": v, "commentaire": f"Vu {k}."} for k, v in said.items()],
    }
    known = registry(**{nom: NOTES / nom for nom in ("niveaux", "incontournables", "avis", "domaines")})
    return report_file(known, findings_file(data, folder))[0]


def headings(document: Document) -> list[str]:
    return [bloc.texte for bloc in document.blocs if isinstance(bloc, Titre)]


def test_levels_are_no_gaps(tmp_path: Path) -> None:
    """Where findings are levels, none is a gap: no sheet, and the means of the conclusion are printed."""
    levels = {"A1": "niveau_0", "A2": "niveau_2", "F1": "niveau_1", "F2": "niveau_2", "F3": "niveau_2"}
    rapport = noted("niveaux", levels, tmp_path)
    assert rapport.ecarts == ()
    document = compose(rapport)
    assert not [titre for titre in headings(document) if titre.startswith("Fiche")]
    assert "critèreF5/3" in texte(lay_out(document, "html"), "html")


def test_measures_of_measures_are_printed_in_words(tmp_path: Path) -> None:
    """(2 × 3 + 2) / 3 in A, 5/2 in B which counts twice, nothing in C: 23/9, and a mark of 61/24."""
    levels = {"A1": "niveau_3", "A2": "niveau_2", "A3": "non_pertinent", "B1": "niveau_2", "B2": "niveau_3"}
    rapport = noted("domaines", {**levels, "C1": "non_pertinent"}, tmp_path)
    printed = texte(lay_out(compose(rapport), "html"), "html")
    assert "MoyennedudomainecritèreA8/3,critèreB5/2,critèreCsansvaleur" in printed
    assert "PlusbasniveaududomainecritèreA2,critèreB2,critèreCsansvaleur" in printed
    assert "Moyennedesdomaines23/9Plusbassemoyenned’undomaine5/2Moyennedeslignes5/2Note61/24" in printed


def test_a_lifting_never_rewrites_the_audit(tmp_path: Path) -> None:
    """A 0 lifted to 2 refused the label at the audit, and grants it since: (11 × 3 + 2) / 12."""
    levels = {f"{c}{n}": "niveau_3" for c in "FL" for n in range(1, 7)} | {"F1": "niveau_0"}
    lifted = {"leve_le": "2025-04-02", "leve_par": "J. D.", "leve_constat": "niveau_2"}
    data: dict[str, Any] = {
        "format": 1,
        "referentiel": "echelle",
        "audit": {"type": "visite", "date": "2025-03-10"},
        "organisme": {"categories": ["TOUT"]},
        "constats": [{"id": k, "constat": v, "commentaire": "Vu."} for k, v in levels.items()],
    }
    data["constats"][0] |= lifted
    known = registry(echelle=NOTES / "echelle")
    rapport = report_file(known, findings_file(data, tmp_path))[0]
    (before,), (after,) = rapport.bilan.a_l_audit, rapport.bilan.conclusions
    assert (before.decision, before.mesures["moyenne"]) == ("refuse", Fraction(33, 12))
    assert (after.decision, after.mesures["moyenne"]) == ("accorde", Fraction(35, 12))
    found = texte(lay_out(compose(rapport), "html"), "html")
    assert squeezed("à l’audit – conclusion défavorable") in found
    assert squeezed("après levée – conclusion favorable") in found
    assert squeezed("levé le 2 avril 2025 par J. D., après levée : 2") in found
    assert [e.numero for e in rapport.ecarts] == ["F1"], "a level declared a gap has its sheet"
    written = document(rapport.bilan)
    assert [c["decision"] for c in written["a_l_audit"]] == ["refuse"]
    del data["constats"][0]["leve_constat"]
    unknown = report_file(known, findings_file(data, tmp_path))[0]
    assert "moyenne" not in unknown.bilan.conclusions[0].mesures
    assert squeezed("niveau après levée non renseigné") in texte(lay_out(compose(unknown), "html"), "html")


def test_what_is_decided_beside_the_label_has_its_place(tmp_path: Path) -> None:
    """A1 at 0 refused the label, and left no object to stars; lifted to 2, (2 + 3 + 3 + 3) / 4 gives two."""
    levels = {"A1": "niveau_0", "A2": "niveau_3", "B1": "niveau_3", "B2": "niveau_3"}
    data: dict[str, Any] = {
        "format": 1,
        "referentiel": "etoiles",
        "audit": {"type": "visite", "date": "2024-01-10"},
        "organisme": {"categories": ["TOUT"]},
        "constats": [{"id": k, "constat": v, "commentaire": "Vu."} for k, v in levels.items()],
    }
    data["constats"][0] |= {"leve_le": "2024-02-02", "leve_par": "J. D.", "leve_constat": "niveau_2"}
    rapport = report_file(registry(etoiles=NOTES / "etoiles"), findings_file(data, tmp_path))[0]
    found = texte(lay_out(compose(rapport), "html"), "html")
    before, after = found.split(squeezed("Après levée"))[-2:]
    assert squeezed("Distinctions – Label inventé et ses étoiles") in before
    assert squeezed("Sans objet (seulement avec : label accordé)") in before
    assert squeezed("Étoiles Deux étoiles") in after
    assert squeezed("Étoile du domaine – critère B Étoile") in after
    assert squeezed("Éloge du jury Éloge") in after
    written = document(rapport.bilan)
    verdicts = [
        [d["decision"] for d in c["distinctions"]] for c in (*written["a_l_audit"], *written["conclusions"])
    ]
    assert verdicts == [["sans_objet", "sans", "etoile", "sans_objet"], ["deux", "etoile", "etoile", "oui"]]


def test_the_text_that_a_finding_rests_on_is_printed(tmp_path: Path) -> None:
    """A report says it beside what was seen, once, and of no other finding."""
    levels = {f"{c}{n}": "niveau_3" for c in "FL" for n in range(1, 7)}
    data: dict[str, Any] = {
        "format": 1,
        "referentiel": "echelle",
        "audit": {"type": "visite", "date": "2025-03-10"},
        "organisme": {"categories": ["TOUT"]},
        "constats": [{"id": k, "constat": v} for k, v in levels.items()],
    }
    data["constats"][1]["appui"] = "Charte, page 12"
    rapport = report_file(registry(echelle=NOTES / "echelle"), findings_file(data, tmp_path))[0]
    found = texte(lay_out(compose(rapport), "html"), "html")
    assert found.count(squeezed("Texte d’appui : Charte, page 12")) == 1
    assert found.count(squeezed("Texte d’appui")) == 1


def test_opinions_have_their_sheets(tmp_path: Path) -> None:
    """Opinions that are counted against, or that open a delay, have a sheet; the good ones none."""
    said = {"A1": "favorable", "A2": "reserve", "A3": "defavorable", "A4": "favorable"}
    rapport = noted("avis", said, tmp_path)
    assert [(e.ligne.indicateur.numero, e.echeance is not None) for e in rapport.ecarts] == [
        ("A2", True), ("A3", False),
    ]  # fmt: skip
    found = texte(lay_out(sheets_only(rapport), "html"), "html")
    assert squeezed("Reponse avant 15 mars 2024") in found
    assert squeezed("aucun délai connu") in found


@pytest.fixture
def label(tmp_path: Path) -> Rapport:
    """A label on its base: a gap on one of its lines, two decisions."""
    faits = a6()["organisme"]["faits"] | {"formation_a_distance": True, "sous_traitance": True}
    tete: dict[str, Any] = {
        "format": 1,
        "referentiel": "certifregion",
        "audit": {"type": "initial", "date": "2024-03-18"},
        "organisme": {"nom": "Organisme d’exemple", "categories": ["AF"], "faits": faits},
    }
    said = {"E": {"constat": "nc_mineure", "commentaire": "Rien de prévu."}}
    data = tete | {
        "ecarts_notifies_le": "2024-03-29",
        "evaluation": {"par": "A. B.", "le": "2024-03-29"},
        "decision": [
            {"objet": "qualiopi", "par": "G. H.", "le": "2024-05-06", "decision": "delivrable"},
            {"objet": "certifregion", "par": "I. J.", "le": "2024-05-21", "decision": "Ajournée."},
        ],
        "constats": constats(tete, said),
    }
    return report_file(registre(), findings_file(data, tmp_path))[0]


def test_a_label_on_its_base(label: Rapport) -> None:
    """Each object has its conclusion and its decision; the label’s lines bear a word."""
    document = compose(label)
    page = lay_out(document, "html").decode()
    found = texte(page.encode(), "html")
    assert squeezed("Certif’Région Occitanie – conclusion ouverte") in found
    assert squeezed("Référentiel national qualité (Qualiopi) – conclusion favorable") in found
    assert squeezed("Décision – Certif’Région Occitanie") in found
    assert squeezed("Ajournée.") in found
    chapter = page.split(". Décision</h2>")[1].split("<h2")[0]
    assert texte(chapter.encode(), "html").count(squeezed("Délivrance possible")) == 1
    marked = set(re.findall(r"(\w+)</(?:strong|b)>[^<]*<span class=\"discret\"> \(★ label\)", page))
    lines = {vue.ligne.indicateur.numero for s in label.sections for vue in s.lignes}
    assert marked == {numero for numero in lines if numero.isalpha()}
    signed = [bloc for bloc in document.blocs if isinstance(bloc, Signature)]
    assert [(s.role, s.nom) for s in signed] == [
        ("Évaluation", "A. B."),
        ("Organisme audité, pour réception du rapport", ""),
        ("Décision – Référentiel national qualité (Qualiopi)", "G. H."),
        ("Décision – Certif’Région Occitanie – le comité de labellisation", "I. J."),
    ]


def test_every_source_cited_is_listed(label: Rapport) -> None:
    """An id in brackets has its row in the list of sources, and the list has no other."""
    page = lay_out(compose(label), "html").decode()
    body, chapter = page.rsplit(", et leurs sources</h2>", 1)
    table = chapter.split("</table>")[0]
    listed = set(re.findall(r'<th[^>]*scope="row"[^>]*>([^<]+)</th>', table))
    known = {*label.checklist.referentiel.sources, *(s.id for s in label.bilan.procedure.sources)}
    text = re.sub(r"<[^>]+>", "", body + chapter.split("</table>", 1)[1])
    cited = {i for group in re.findall(r"\[([^\]]+)\]", text) for i in group.split(", ")} & known
    assert cited == listed


def worn(rapport: Rapport, habillage: Habillage) -> Rapport:
    """The same report in the dress of a body."""
    bilan = replace(rapport.bilan, checklist=dress(rapport.checklist, habillage))
    return make_report(bilan)


def test_the_words_of_a_body(label: Rapport) -> None:
    """A body adds its name, sections and last sentences; what every report says stays."""
    habillage = Habillage(
        emetteur="Organisme X",
        phrases={
            "rapport": "Document de l’organisme.\n\nDeuxième phrase.",
            "fiche": "À rendre sous un mois.",
        },
        sections=(
            SectionAjoutee(titre="Avis du comité", texte="Favorable.", lignes=0, place="debut"),
            SectionAjoutee(titre="Vu par", texte=None, lignes=2, place="avant_conclusion"),
        ),
    )
    document, plain = compose(worn(label, habillage)), compose(label)
    found = texte(lay_out(document, "html"), "html")
    for sentence in ("Organisme X : Document de l’organisme.", "Deuxième phrase.", "Favorable."):
        assert found.count(squeezed(sentence)) == 1
    assert found.count(squeezed("Organisme X : À rendre sous un mois.")) == len(label.ecarts)
    assert squeezed(ECHANTILLON) in found
    assert document.pied.startswith("Organisme X – ")
    order = [titre.partition(". ")[2] for titre in headings(document)]
    assert order.index("Avis du comité") + 1 == order.index("Objectifs")
    assert order.index("Vu par") + 1 == order.index("Conclusion")
    assert {t.partition(". ")[2] for t in headings(plain)} == set(order) - {"Avis du comité", "Vu par"}
    numbers = [int(t.partition(".")[0]) for t in headings(document) if re.match(r"\d+\. ", t)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_names_and_columns_of_a_body(tmp_path: Path) -> None:
    """An annotation takes its name; what was typed in a column added stands under its title, on its line."""
    data = changed("2", complements={"reference_interne": "R-2024-017"})
    rapport, _ = report_file(registre(), findings_file(data, tmp_path))
    habillage = Habillage(
        emetteur="Organisme X",
        annotations={"point_fort": "Atout"},
        colonnes=(ColonneAjoutee(cle="reference_interne", titre="Référence interne"),),
    )
    found = texte(lay_out(compose(worn(rapport, habillage)), "html"), "html")
    assert "+Atout" in found
    assert squeezed("Point fort") not in found
    assert squeezed("Référence interne : R-2024-017") in found
    assert squeezed("reference interne : R-2024-017") in texte(lay_out(compose(rapport), "html"), "html")


@pytest.mark.parametrize("format_", sorted(FORMATS))
def test_the_example_of_a_dress(tmp_path: Path, format_: str) -> None:
    """Story L10, in a report: logo, sections, last sentences; regulatory words as they were."""
    example = Path(__file__).parent.parent / "docs" / "exemples" / "habillage.yaml"
    path = findings_file(changed("2", annotations=["piste_amelioration"]), tmp_path)
    rapport, _ = report_file(registre(), path, habillage=read_habillage(example))
    content = lay_out(compose(rapport), format_)
    found = texte(content, format_)
    for words in (
        "Opportunité d’amélioration", "Observations de l’organisme audité", "à personne d’autre",
        "Toute question sur ce rapport s’adresse à Certif’Exemple", "Non-conformité mineure",
    ):  # fmt: skip
        assert squeezed(words) in found, words
    assert found.count(squeezed("La réponse à cette fiche s’envoie à Certif’Exemple.")) == 4
    assert squeezed("Piste d’amélioration") not in found
    plain, _ = report_file(registre(), path)
    assert compose(rapport).logo is not None
    assert len(content) > len(lay_out(compose(plain), format_))


def test_prose_has_its_typography_and_typed_text_is_kept(tmp_path: Path) -> None:
    """What the program writes gets French blanks; what people typed comes out letter for letter."""
    odd = "L’audit : « oui » ; œuvre, 5 %"
    rapport, _ = report_file(
        registre(), findings_file(a6(objectifs=odd, confidentialite=[odd, "Et après ?"]), tmp_path)
    )
    blocs = compose(rapport).blocs
    assert Paragraphe(texte=odd) in blocs
    for bloc in blocs:
        if isinstance(bloc, Paragraphe) and isinstance(bloc.texte, str) and odd not in bloc.texte:
            assert " :" not in bloc.texte
            assert " ;" not in bloc.texte
    for format_ in ("html", "docx"):
        content = lay_out(compose(rapport), format_)
        from rapports import _words

        assert odd in _words(content, format_), format_
