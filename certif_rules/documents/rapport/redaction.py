"""Small things every part of a report is written with: typed text, lists that may be absent, remarks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from certif_rules.audit.aggravation import Compte
from certif_rules.audit.checklist import Checklist, Ligne, Point
from certif_rules.audit.constats import Releve
from certif_rules.audit.contenu import Ecart, LigneVue, Rapport
from certif_rules.audit.deduction import ConstatDeduit
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import joined
from certif_rules.blocs.typographie import INSECABLE, clean, day, prose
from certif_rules.documents import rubriques as document
from certif_rules.documents.checklist.lignes import warning
from certif_rules.documents.mots import (
    FORMES,
    MARQUE,
    deciding,
    finding,
    marked,
    of_label,
    reason_remarks,
    remarks,
    shape_failed,
    title,
    weighed,
)
from certif_rules.model.referentiel import Referentiel

#: Sentences of every report, whoever writes it: a body adds its own, and replaces none of these.
ECHANTILLON: Final = (
    "Un audit se fait par échantillon : des documents, des actions, des personnes, choisis un jour donné. Il"
    " peut exister des écarts qui n’ont pas été vus. Un constat vaut pour ce qui a été examiné."
)
SEPARATION: Final = (
    "L’évaluation propose, la décision tranche : ce sont deux actes, et qui a évalué ne décide pas."
)
SOURCES: Final = (
    "Entre crochets, les sources sur lesquelles reposent les règles ; leur liste est à la fin. Ce qui n’y est"
    " pas écrit n’a pas été inventé : c’est dit « non renseigné » ou « absent de la source »."
)


NON_RENSEIGNE = "non renseigné"
ABSENT = (b.Morceau("Non renseigné.", "italique"),)


def typed(texte: str) -> str:
    """Return what somebody typed, line by line, without what drives a terminal; no typography is added."""
    lines = (clean(line) for line in texte.splitlines())
    return "\n".join(line for line in lines if line)


def label(name: str) -> str:
    """Return a name before its value."""
    return f"{name}{INSECABLE}: "


def textes(given: tuple[str, ...] | None, none: str) -> b.Bloc:
    """Return typed texts as a list; said to be none, or not to be given."""
    if given is None:
        return b.Paragraphe(texte=ABSENT)
    cleaned = tuple(typed(texte) for texte in given)
    if not cleaned:
        return b.Paragraphe(texte=prose(none))
    return b.Paragraphe(texte=cleaned[0]) if len(cleaned) == 1 else b.Liste(elements=cleaned)


def line_name(checklist: Checklist, ligne: Ligne) -> b.Texte:
    """Return a line by its number and its title, the label’s marked by a word."""
    indicateur = ligne.indicateur
    runs = [b.Morceau(clean(indicateur.numero), "fort"), b.Morceau(f" – {title(ligne, 160)}")]
    if of_label(checklist, indicateur.origine):
        runs.append(b.Morceau(f" ({MARQUE})", "discret"))
    return tuple(runs)


def check_name(checklist: Checklist, numero: str, point: Point) -> b.Texte:
    """Return a check by its number, what it is and what its failure is worth, with its sources."""
    number = (b.Morceau(clean(numero), "fort"),)
    return joined([number, marked(document.point(checklist, point), point.sources)], " – ")


def gap_name(checklist: Checklist, ecart: Ecart) -> b.Texte:
    """Return what bears a gap, a line or a check, by its number."""
    if ecart.ligne is not None:
        return line_name(checklist, ecart.ligne)
    text = prose(ecart.point.texte) if ecart.point else ""
    return (b.Morceau(clean(ecart.numero), "fort"), b.Morceau(f" – {text}"))


def gravity(checklist: Checklist, ecart: Ecart) -> str:
    """Return the finding that a gap is; a check that fails may have none."""
    if ecart.constat is None:
        return "Vérification non satisfaite, sans gravité déclarée"
    return finding(checklist, ecart.constat)


def gravity_sign(checklist: Checklist, ecart: Ecart) -> b.Texte:
    """Return the finding that a gap is, with the sign of its gravity; one that is none bears no sign."""
    words, sign = gravity(checklist, ecart), None
    if ecart.point is not None:
        sign = replace(FORMES[shape_failed(checklist, ecart.point)], mot=words)
    elif ecart.ligne is not None and ecart.constat is not None:
        sign = weighed(checklist, ecart.constat, ecart.ligne.indicateur.origine)
    return (sign or b.Morceau(words, "fort"),)


def counts_as(checklist: Checklist, compte: Compte | None) -> str:
    """Return a sentence where a finding counts as another, or may, without why; else nothing."""
    if compte is None or compte.regle is None:
        return ""
    words = "compte comme" if compte.certaine else "peut compter comme"
    return f"{words}{INSECABLE}: {finding(checklist, compte.regle.devient)}"


def explained(checklist: Checklist, compte: Compte | None) -> b.Texte:
    """Return a sentence where a finding counts as another, or may, and why, with what the rule is worth."""
    if compte is None or compte.regle is None:
        return ""
    regle = compte.regle
    before = (
        "" if compte.certaine else "constats de l’audit précédent inconnus ; si un tel écart y restait : "
    )
    why = marked(prose(f"{before}{regle.motif}"), regle.sources, remarks(regle))
    return joined([(b.Morceau(counts_as(checklist, compte), "fort"),), why], " – ")


def by_rule(deduit: ConstatDeduit | None) -> b.Texte:
    """Return the rule that makes the finding of a line of those of its sites, and the sites it waits for."""
    if deduit is None:
        return ""
    regle = deduit.regle
    missing = deduit.manquants if deduit.constat is None else ()
    waits = f" ; attend {', '.join(map(clean, missing))}" if missing else ""
    why = marked(prose(f"{regle.motif}{waits}"), regle.sources, remarks(regle))
    return joined([(b.Morceau("d’après ses sites", "fort"),), why], " – ")


def reasons(checklist: Checklist, ligne: Ligne) -> b.Texte:
    """Return why a line is in its state, with the sources."""
    return joined(
        marked(prose(motif.texte), motif.sources, reason_remarks(checklist, motif))
        for motif in deciding(ligne)
    )


def sensitive_data(ligne: Ligne) -> b.Texte:
    """Return what notes on a line may reveal of people; nothing for most lines."""
    value = ligne.indicateur.donnees_sensibles
    return warning(value) if value else ""


def evaluated(releve: Releve) -> str:
    """Return by whom and when a line was assessed, as far as it is told."""
    by = f"par {typed(releve.evalue_par)}" if releve.evalue_par else ""
    when = f"le {day(releve.evalue_le)}" if releve.evalue_le else ""
    return " ".join(filter(None, [by, when]))


def evaluator(rapport: Rapport) -> str:
    """Return by whom and when every finding was assessed, where it is the same for all; else nothing."""
    dossier = rapport.bilan.dossier
    auteurs = {evaluated(r) for r in (*dossier.releves, *dossier.verifications) if r.porte}
    return auteurs.pop() if len(auteurs) == 1 else ""


def site_names(checklist: Checklist) -> Mapping[str, str]:
    """Return each declared site by its id, with its town where it is known."""
    return {
        str(site["id"]): " – ".join(clean(str(part)) for part in (site["id"], site.get("commune")) if part)
        for site in checklist.contexte.organisme.sites
    }


def referentiel_name(referentiel: Referentiel, origine: str) -> str:
    """Return a référentiel of the stack as people call it."""
    return prose(referentiel.nom_de(origine))


def noticed(rapport: Rapport) -> Iterator[tuple[str, b.Texte]]:
    """Yield what the auditor noticed besides findings, strong points and others, each with its lines."""
    checklist = rapport.checklist
    for nom, annotation in checklist.referentiel.annotations.items():
        lines = [
            line_name(checklist, vue.ligne)
            for section in rapport.sections
            for vue in section.lignes
            if vue.releve is not None and nom in vue.releve.annotations
        ]
        if lines:
            yield prose(annotation.titre), joined(lines)


def numbers(vues: Iterable[LigneVue]) -> str:
    """Return the printed numbers of lines."""
    return ", ".join(clean(vue.ligne.indicateur.numero) for vue in vues)


def shortened(texte: str, most: int) -> str:
    """Return ``texte`` cut between two words at ``most`` characters."""
    if len(texte) <= most:
        return texte
    return texte[:most].rsplit(" ", 1)[0].rstrip(" ,;:.–") + "…"
