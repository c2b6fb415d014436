"""Answers to a self-assessment checked against their grid: everything that makes them impossible."""

from __future__ import annotations

from collections.abc import Iterator

from certif_rules.audit.checklist import Ligne
from certif_rules.audit.reponses import SANS_OBJET, Questionnaire, ReponseDite
from certif_rules.errors import Issue, suggestion
from certif_rules.vie.autodiagnostic import Appreciation, Cadre


def check_answers(cadre: Cadre, questionnaire: Questionnaire) -> tuple[dict[str, Appreciation], list[Issue]]:
    """Return the answers by id of line, and all that is wrong with them.

    Lines unknown, named twice or ambiguously, left out of this self-assessment, levels that do not exist,
    « does not apply » without a reason. A line that is not spoken of is unanswered, which is no fault.
    """
    answers: dict[str, Appreciation] = {}
    first: dict[str, ReponseDite] = {}
    issues: list[Issue] = []
    retained = {li.indicateur.id for li in cadre.retenues}
    for dite in questionnaire.reponses:
        ligne = _line(cadre, dite, issues)
        if ligne is None:
            continue
        identifiant = ligne.indicateur.id
        if identifiant in first:
            message = f"la ligne {ligne.indicateur.numero} a deux réponses"
            place = first[identifiant].lieu
            related = ((place, "première réponse"),) if place else ()
            issues.append(Issue("ligne-en-double", message, dite.lieu, "n’en garder qu’une", related))
            continue
        first[identifiant] = dite
        if identifiant in retained:
            issues += _check_one(cadre, ligne, dite)
            answers[identifiant] = Appreciation(
                niveau=dite.niveau if isinstance(dite.niveau, int) else None,
                sans_objet=dite.niveau == SANS_OBJET,
                raison=dite.raison,
                commentaire=dite.commentaire,
                preuves=dite.preuves,
            )
        elif not dite.vide:
            issues.append(_left_out(ligne, dite))
    return answers, issues


def _line(cadre: Cadre, dite: ReponseDite, issues: list[Issue]) -> Ligne | None:
    lignes = cadre.checklist.lignes
    exact = [li for li in lignes if li.indicateur.id == dite.ligne]
    exact = exact or [li for li in lignes if li.indicateur.numero == dite.ligne]
    if len(exact) == 1:
        return exact[0]
    if exact:
        ids = ", ".join(li.indicateur.id for li in exact)
        message = f"le numéro « {dite.ligne} » désigne plusieurs lignes : {ids}"
        issues.append(Issue("ligne-ambigue", message, dite.lieu, "écrire l’identifiant « origine/code »"))
    else:
        hint = suggestion(dite.ligne, [li.indicateur.numero for li in lignes], "lignes")
        issues.append(
            Issue("ligne-inconnue", f"aucune ligne « {dite.ligne} » dans cette grille", dite.lieu, hint)
        )
    return None


def _left_out(ligne: Ligne, dite: ReponseDite) -> Issue:
    numero = ligne.indicateur.numero
    if ligne.etat == "non_applicable":
        message = f"la ligne {numero} a une réponse, mais ne s’applique pas à cet organisme"
    else:
        message = f"la ligne {numero} a une réponse, mais n’est pas à voir à cet audit"
    why = next((motif.texte for motif in ligne.motifs), "")
    hint = f"retirer la réponse, ou corriger le profil ({why})" if why else "retirer la réponse"
    return Issue("ligne-non-retenue", message, dite.lieu, hint)


def _check_one(cadre: Cadre, ligne: Ligne, dite: ReponseDite) -> Iterator[Issue]:
    numero = ligne.indicateur.numero
    if dite.niveau == SANS_OBJET:
        if not (dite.raison or "").strip():
            message = f"ligne {numero} : « sans objet » demande une raison"
            yield Issue("raison-manquante", message, dite.lieu, "écrire pourquoi la ligne ne s’applique pas")
    elif dite.niveau is not None and dite.niveau not in {n.valeur for n in cadre.notation.niveaux}:
        levels = ", ".join(f"{n.valeur} ({n.titre})" for n in cadre.notation.niveaux)
        message = f"ligne {numero} : le niveau « {dite.niveau} » n’existe pas"
        yield Issue(
            "niveau-inconnu", message, dite.lieu, f"niveaux : {levels} ; ou sans_objet, avec sa raison"
        )
