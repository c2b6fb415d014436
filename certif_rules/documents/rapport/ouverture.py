"""The opening chapters of a report: objectives, scope, rules applied, people, samples."""

from __future__ import annotations

from collections.abc import Iterator

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.compte_rendu import Echantillon, Passage, Personne
from certif_rules.audit.contenu import Rapport
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined, toned
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents import rubriques as document
from certif_rules.documents.mots import marked, mode
from certif_rules.documents.rapport.redaction import ABSENT, NON_RENSEIGNE, site_names, textes, typed


def objectives(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield what the audit was for."""
    yield textes(rapport.bilan.dossier.compte_rendu.objectifs, "Aucun objectif particulier.")


def scope(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield the organisation, its sites, how and when it was audited, the facts of the checklist."""
    checklist = rapport.checklist
    held = mode(checklist.contexte.mode or "") or NON_RENSEIGNE
    rows: list[tuple[str, b.Texte]] = [*document.organisation(checklist), ("Mode de l’audit", held)]
    if not checklist.contexte.organisme.sites:
        rows.append(("Sites", NON_RENSEIGNE))
    rows += document.circumstances(checklist)
    yield b.Fiche(legende="L’organisme et l’audit", rangs=tuple(rows))
    if checklist.sites is not None:
        yield b.Paragraphe(texte=f"Sites de l’extension – {document.sites(checklist.sites)}")
    if facts := tuple(document.facts(checklist)):
        yield b.Fiche(legende="Faits déclarés, dont dépend la liste des lignes", rangs=facts)
    yield b.Titre(texte="Séances", niveau=3)
    yield from _sessions(checklist, rapport.bilan.dossier.compte_rendu.seances)


def _sessions(checklist: Checklist, seances: tuple[Passage, ...] | None) -> Iterator[b.Bloc]:
    if not seances:
        yield b.Paragraphe(texte=ABSENT if seances is None else prose("Aucune séance."))
        return
    names = site_names(checklist)
    yield b.Tableau(
        legende="Jours, lieux et mode",
        tetes=("Jour", "Site", "Mode", "Heures"),
        lignes=tuple(
            (
                day(seance.date) if seance.date else NON_RENSEIGNE,
                names.get(seance.site, clean(seance.site)) if seance.site else NON_RENSEIGNE,
                mode(typed(seance.mode)) if seance.mode else NON_RENSEIGNE,
                " – ".join(filter(None, (seance.debut, seance.fin))) or NON_RENSEIGNE,
            )
            for seance in seances
        ),
        largeurs=(3, 4, 3, 2),
    )


def rules(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield the référentiel, its edition, the layers applied and the digest by which to find them again."""
    checklist = rapport.checklist
    identity = [row for row in document.identity(checklist) if row[0] != "Mode"]
    yield b.Fiche(
        legende="Référentiel appliqué",
        rangs=(*identity, ("Empreinte des règles", f"{clean(checklist.empreinte)} ({document.EMPREINTE})")),
    )
    yield b.Tableau(
        legende="Textes appliqués",
        tetes=("Nature", "Texte", "Période", "Lecture et confiance"),
        lignes=tuple(
            (
                f"{layer.nature} ({layer.origine})",
                joined([layer.titre, *(toned(note, "discret") for note in layer.notes)]),
                layer.periode,
                ", ".join(filter(None, [layer.lecture, f"confiance {layer.confiance}", layer.revision])),
            )
            for layer in document.layers(checklist)
        ),
        largeurs=(3, 6, 4, 4),
    )


def warnings(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield every warning of the checklist and of the conclusions, other rules accepted first."""
    ordered = sorted(rapport.bilan.avertissements, key=lambda a: a.code != "autres_regles")
    if ordered:
        yield b.Liste(elements=tuple(marked(prose(a.message), a.sources) for a in ordered))
    else:
        yield b.Paragraphe(texte="Aucun avertissement.")


def people(rapport: Rapport) -> Iterator[b.Bloc]:
    """Return people by role; initials are enough."""
    personnes = rapport.bilan.dossier.compte_rendu.personnes
    if not personnes:
        yield b.Paragraphe(texte=ABSENT if personnes is None else prose("Aucune personne n’est nommée."))
        return
    roles = dict.fromkeys(p.role for p in personnes)
    ordered = [p for role in roles for p in personnes if p.role == role]
    yield b.Tableau(
        legende="Personnes, par rôle",
        tetes=("Rôle", "Personne", "Organisation"),
        lignes=tuple(
            (typed(p.role), _person(p), typed(p.organisation) if p.organisation else NON_RENSEIGNE)
            for p in ordered
        ),
        largeurs=(4, 4, 4),
    )


def _person(personne: Personne) -> str:
    parts = [typed(part) for part in (personne.nom, personne.initiales) if part]
    if len(parts) > 1:
        return f"{parts[0]} ({parts[1]})"
    return parts[0] if parts else NON_RENSEIGNE


def samples(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield what was drawn, from what, how, so that it can be drawn again."""
    echantillons = rapport.bilan.dossier.compte_rendu.echantillons
    if not echantillons:
        yield b.Paragraphe(texte=ABSENT if echantillons is None else prose("Aucun échantillon n’a été tiré."))
        return
    yield b.Tableau(
        legende="Échantillons examinés",
        tetes=("Échantillon", "Population et tirage", "Ce qui est examiné"),
        lignes=tuple(_sample(rapport.checklist, e) for e in echantillons),
        largeurs=(3, 5, 5),
    )


def _sample(checklist: Checklist, e: Echantillon) -> tuple[b.Texte, b.Texte, b.Texte]:
    names = site_names(checklist)
    head: list[b.Texte] = [(b.Morceau(typed(e.id), "fort"),)]
    if e.site:
        head.append(f"site {names.get(e.site, clean(e.site))}")
    if e.categorie:
        head.append(f"catégorie {clean(e.categorie)}")
    how = [
        f"{name} {typed(value)}"
        for name, value in (
            ("population", e.population),
            ("méthode", e.methode),
            ("taille", None if e.taille is None else str(e.taille)),
            ("graine du tirage", e.graine),
            ("empreinte de la population", e.empreinte),
        )
        if value
    ]
    drawn = ", ".join(typed(item) for item in e.liste) or NON_RENSEIGNE
    return (joined(head), joined(how or [NON_RENSEIGNE]), joined([drawn, typed(e.note or "")]))
