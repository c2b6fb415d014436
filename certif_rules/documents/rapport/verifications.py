"""What a report says beside the lines: the checks that are no indicator, the documents required."""

from __future__ import annotations

from collections.abc import Iterator

from certif_rules.audit.checklist import NON_SATISFAITE, SATISFAITE
from certif_rules.audit.contenu import Ecart, PointVu, Rapport, VerificationPrecedente
from certif_rules.audit.manques import lacks_earlier_checks
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import day, prose
from certif_rules.documents import rubriques as document
from certif_rules.documents.mots import followed, marked
from certif_rules.documents.rapport.constats import due_dates, seen, status, verdict
from certif_rules.documents.rapport.redaction import check_name, evaluator, gravity_sign
from certif_rules.francais import count


def checks(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield each check with its result in words, what was seen, and what follows its failure."""
    gaps = {ecart.numero: ecart for ecart in rapport.ecarts if ecart.point is not None}
    if gaps:
        rule = "Une vérification non satisfaite est un écart : elle a sa fiche, à la fin."
        yield b.Paragraphe(texte=prose(rule))
    yield b.Tableau(
        legende=prose(f"Ce qui se vérifie sans être une ligne ; {_counts(rapport)}"),
        tetes=("Vérification", "Résultat", "Preuves et commentaire", "Suite donnée"),
        lignes=tuple(_row(rapport, vu, gaps.get(vu.numero)) for vu in rapport.points),
        largeurs=(7, 4, 7, 5),
    )


def _counts(rapport: Rapport) -> str:
    results = [vu.resultat for vu in rapport.points]
    passed, failed, left = (results.count(resultat) for resultat in (SATISFAITE, NON_SATISFAITE, None))
    words = [count(passed, "satisfaite")] if passed else []
    words += [count(failed, "non satisfaite", "non satisfaites")] if failed else []
    words += [f"{left} à faire"] if left else []
    return ", ".join(words)


def _row(rapport: Rapport, vu: PointVu, ecart: Ecart | None) -> tuple[b.Cellule, ...]:
    checklist = rapport.checklist
    name = check_name(checklist, vu.numero, vu.point)
    seen_there = seen(checklist, vu.releve) if vu.releve is not None else ""
    if vu.releve is None or vu.resultat is None:
        return (name, (b.Morceau(document.A_FAIRE, "italique"),), seen_there, "–")
    named = (b.Morceau(document.MOTS_RESULTATS[vu.resultat], "fort"),)
    words = verdict(checklist, vu.releve, named, alone=bool(evaluator(rapport)))
    evidence = seen_there or (b.Morceau("Preuve non renseignée.", "italique"),)
    if ecart is None:
        return (name, words, evidence, "–")
    due = (f"{name} le {day(value)}" for name, value in due_dates(checklist, ecart))
    return (name, joined([words, gravity_sign(checklist, ecart)]), evidence, joined([*due, status(ecart)]))


def earlier(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield the checks that failed at the earlier audit, and what this one found of each."""
    if lacks_earlier_checks(rapport.checklist):
        yield b.Paragraphe(texte="Les vérifications de l’audit précédent ne sont pas renseignées.")
    if not rapport.verifications_precedentes:
        return
    yield b.Tableau(
        legende="Vérifications non satisfaites à l’audit précédent, et ce qui en est vu à cet audit",
        tetes=("Vérification", "Suite connue", "Vu à cet audit"),
        lignes=tuple(_before(rapport, precedente) for precedente in rapport.verifications_precedentes),
        largeurs=(8, 4, 8),
    )
    yield b.Paragraphe(
        texte=prose(
            "Aucun texte lu ne dit ce que vaut, à cet audit, une vérification laissée non satisfaite au"
            " précédent : elle est rappelée, et n’est comptée pour rien de plus."
        )
    )


def _before(rapport: Rapport, precedente: VerificationPrecedente) -> tuple[b.Cellule, ...]:
    name = marked(prose(precedente.texte), precedente.sources)
    status = "toujours ouverte" if precedente.ouverte else "levée depuis"
    since = joined([status, *followed(rapport.checklist, precedente.cle)])
    vu = precedente.vue
    if vu is None:
        return (name, since, (b.Morceau("ne se vérifie pas à cet audit", "italique"),))
    if vu.releve is None or vu.resultat is None:
        return (name, since, (b.Morceau(document.A_FAIRE, "italique"),))
    words = (b.Morceau(document.MOTS_RESULTATS[vu.resultat], "fort"),)
    return (name, since, joined([words, seen(rapport.checklist, vu.releve)]))


def documents(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield the documents required, which no file says the reception of: room to write."""
    checklist = rapport.checklist
    yield b.Tableau(
        legende="Ce qui se reçoit à part, sans être une ligne",
        tetes=("Pièce", "Ce qui a été vu"),
        lignes=tuple(
            (marked(document.point(checklist, piece), piece.sources), b.EspaceLibre(intitule="", lignes=2))
            for piece in checklist.pieces
        ),
        largeurs=(8, 9),
    )
