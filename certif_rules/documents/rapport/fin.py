"""The closing chapters of a report: limits, conclusion, dates, sources, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from certif_rules.audit.conclusion import Conclusion
from certif_rules.audit.contenu import Rapport
from certif_rules.audit.distinctions import Octroi
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents import rubriques as document
from certif_rules.documents.checklist import parties
from certif_rules.documents.mots import disclaimer, in_figures, marked, remarks
from certif_rules.documents.rapport.constats import due_dates
from certif_rules.documents.rapport.redaction import (
    ECHANTILLON,
    SOURCES,
    counts_as,
    gravity,
    label,
    referentiel_name,
    textes,
    typed,
)
from certif_rules.francais import capital, count

_TONS: Mapping[bool | None, b.Ton] = {True: "information", False: "refus", None: "attention"}
_VERDICTS = {True: "conclusion favorable", False: "conclusion défavorable", None: "conclusion ouverte"}


def limits(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield a reminder that an audit is a sample, what was not covered, and what else limits what it says."""
    yield b.Encadre(titre="Un audit est un échantillon", texte=prose(ECHANTILLON))
    compte_rendu = rapport.bilan.dossier.compte_rendu
    for titre, texts, none in (
        ("Zones non couvertes", compte_rendu.zones_non_couvertes, "Tout le champ de l’audit a été vu."),
        ("Écarts au plan d’audit", compte_rendu.ecarts_au_plan, "Le plan d’audit a été suivi."),
        ("Désaccords non levés", compte_rendu.desaccords, "Aucun désaccord."),
    ):
        yield b.Titre(texte=titre, niveau=3)
        yield textes(texts, none)
    yield b.Titre(texte="Changements depuis l’audit précédent", niveau=3)
    if rapport.checklist.contexte.precedent is None and compte_rendu.changements is None:
        yield b.Paragraphe(texte=prose("Sans objet : aucun audit précédent n’est renseigné."))
    else:
        yield textes(compte_rendu.changements, "Aucun changement notable.")
    if compte_rendu.bonnes_pratiques:
        yield b.Titre(texte="Bonnes pratiques", niveau=3)
        yield textes(compte_rendu.bonnes_pratiques, "")


def verdict(rapport: Rapport, conclusion: Conclusion, quand: str = "") -> b.Encadre:
    """Return a conclusion in one notice: in words first, whatever its colour; ``quand`` says as of when."""
    name = referentiel_name(rapport.checklist.referentiel, conclusion.objet)
    since = f", {quand}" if quand else ""
    return b.Encadre(
        titre=f"{name}{since} – {_VERDICTS[conclusion.delivrable]}",
        texte=capital(prose(conclusion.texte)) + ".",
        ton=_TONS[conclusion.delivrable],
    )


def conclusions(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield what the findings call for, one per référentiel, with the measures and the reasons."""
    yield b.Paragraphe(
        texte=prose("Ce que les constats appellent, d’après les règles d’audit : ni évaluation, ni décision.")
    )
    bilan = rapport.bilan
    if bilan.a_l_audit:
        yield b.Titre(texte="À l’audit", niveau=3)
        yield from _judged(rapport, bilan.a_l_audit)
        yield b.Titre(texte="Après levée", niveau=3)
    yield from _judged(rapport, bilan.conclusions)


def _judged(rapport: Rapport, conclusions: tuple[Conclusion, ...]) -> Iterator[b.Bloc]:
    for conclusion in conclusions:
        yield verdict(rapport, conclusion)
        name = referentiel_name(rapport.checklist.referentiel, conclusion.objet)
        if conclusion.distinctions:
            beside = tuple(_beside(rapport, distinction) for distinction in conclusion.distinctions)
            yield b.Fiche(legende=f"Distinctions – {name}", rangs=beside)
        rows = tuple(_measures(rapport, conclusion))
        if rows:
            yield b.Fiche(legende=f"Mesures – {name}", rangs=rows)
        if conclusion.motifs:
            yield b.Liste(
                elements=tuple(
                    marked(
                        capital(prose(motif.texte)),
                        motif.sources,
                        remarks(motif),
                    )
                    for motif in conclusion.motifs
                )
            )


def _beside(rapport: Rapport, distinction: Octroi) -> tuple[str, b.Texte]:
    titre = capital(prose(distinction.titre))
    if distinction.critere is not None:
        titre += f" – critère {clean(rapport.checklist.referentiel.criteres[distinction.critere].numero)}"
    sources = tuple(source for motif in distinction.motifs for source in motif.sources)
    reservations = [words for motif in distinction.motifs for words in remarks(motif)]
    return titre, marked(capital(prose(distinction.texte)), sources, reservations)


def _measures(rapport: Rapport, conclusion: Conclusion) -> Iterator[tuple[str, str]]:
    referentiel = rapport.checklist.referentiel
    jugement = referentiel.jugements.get(conclusion.objet)
    for nom, value in conclusion.mesures.items() if jugement else ():
        titre = capital(prose(jugement.mesures[nom].titre)) if jugement else nom
        if isinstance(value, Mapping):
            parts = (
                f"critère {clean(referentiel.criteres[c].numero)} {in_figures(v)}" for c, v in value.items()
            )
            yield titre, ", ".join(parts) or "sans valeur"
        else:
            yield titre, in_figures(value)


# ---- dates, distribution, sources -----------------------------------------------------------------------


def next_dates(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield the dates that gaps open, what comes next, and the end of the certificates held."""
    rows: list[tuple[date, str, str]] = []
    for ecart in rapport.ecarts:
        noun = "Ligne" if ecart.ligne is not None else "Vérification"
        words = (gravity(rapport.checklist, ecart), counts_as(rapport.checklist, ecart.compte))
        sentence = f"{noun} {clean(ecart.numero)} – {', '.join(filter(None, words))}"
        rows.extend((value, sentence, name) for name, value in due_dates(rapport.checklist, ecart))
    if rows:
        yield b.Tableau(
            legende="Échéances des écarts non levés",
            tetes=("Le", "Écart", "Quoi"),
            lignes=tuple((day(value), *rest) for value, *rest in sorted(rows, key=lambda row: row[0])),
            largeurs=(3, 6, 4),
        )
    suites = rapport.bilan.dossier.compte_rendu.suites
    if suites:
        yield b.Liste(
            elements=tuple(
                f"{day(suite.le)}{label('')}{typed(suite.texte)}" if suite.le else typed(suite.texte)
                for suite in suites
            )
        )
    else:
        yield b.Paragraphe(
            texte=prose("Autres suites : non renseigné." if suites is None else "Aucune autre suite.")
        )


def distribution(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield who receives the report, what covers it, and how long the records of this audit are kept."""
    compte_rendu = rapport.bilan.dossier.compte_rendu
    for titre, texts, none in (
        ("Diffusion", compte_rendu.diffusion, "Aucune diffusion."),
        ("Confidentialité", compte_rendu.confidentialite, "Aucune règle de confidentialité particulière."),
    ):
        yield b.Titre(texte=titre, niveau=3)
        yield textes(texts, none)
    yield b.Titre(texte="Conservation", niveau=3)
    yield parties.retention(rapport.checklist)


def sources(rapport: Rapport, blocs: Iterable[b.Bloc]) -> Iterator[b.Bloc]:
    """Yield what the texts are worth, and every source that ``blocs``, the rest of the report, cite."""
    checklist = rapport.checklist
    known = {**checklist.referentiel.sources, **{s.id: s for s in rapport.bilan.procedure.sources}}
    yield b.Paragraphe(texte=prose(disclaimer(checklist)))
    yield b.Paragraphe(texte=prose(SOURCES))
    cited = document.sources(known.values(), blocs)
    if cited:
        yield b.Tableau(
            legende="Sources citées",
            tetes=("Source", "Titre", "Référence"),
            lignes=tuple((clean(s.id), prose(s.titre), clean(s.reference)) for s in cited),
            largeurs=(2, 6, 8),
        )


def missing(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield what a complete report would have: named, never filled."""
    if not rapport.manques:
        return
    by_section: dict[str, list[str]] = {}
    for manque in rapport.manques:
        by_section.setdefault(manque.rubrique, []).append(manque.texte)
    lines: list[b.Texte] = [
        (b.Morceau(prose(f"{rubrique} : "), "fort"), b.Morceau(f" {prose(' ; '.join(textes_))}."))
        for rubrique, textes_ in by_section.items()
    ]
    intro = "Ce qui suit n’a pas été renseigné, et n’a pas été rempli à la place de l’auditeur."
    number = count(len(rapport.manques), "élément")
    yield b.Encadre(
        titre=f"Rapport incomplet{label('')}{number} à renseigner",
        texte=joined([intro, *lines]),
        ton="attention",
    )
