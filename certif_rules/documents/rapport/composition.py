"""The audit report as a document for every page format, and its non-conformity sheets alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.contenu import Ecart, Rapport
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents import emetteur
from certif_rules.documents.rapport import actes, constats, fin, ouverture, verifications
from certif_rules.documents.rapport.cloture import closing_blocks
from certif_rules.documents.rapport.ecarts import closing, sheets
from certif_rules.documents.rapport.redaction import NON_RENSEIGNE, counts_as, gravity, noticed
from certif_rules.francais import capital
from certif_rules.habillage.modele import Place

Chapitre = tuple[str, Iterable[b.Bloc]]


def report(rapport: Rapport) -> b.Document:
    """Return the whole report, its sheets at the end."""
    blocs: list[b.Bloc] = [*_opening(rapport)]
    for rank, (titre, inside) in enumerate(_chapters(rapport), start=1):
        blocs.append(b.Titre(texte=f"{rank}. {titre}", niveau=2, ancre=f"chapitre-{rank}"))
        blocs.extend(inside)
    after = tuple(sheets(rapport))
    # The heading of the last chapter is there: its sources are those of all that is around it.
    blocs.extend(fin.sources(rapport, (*blocs, *after)))
    blocs.extend(closing(rapport, "rapport"))
    return _document(rapport, "Rapport d’audit", (*blocs, *after))


def sheets_only(rapport: Rapport) -> b.Document:
    """Return the sheets, one per page; a sentence says so where there is no gap."""
    blocs: tuple[b.Bloc, ...] = tuple(sheets(rapport, first_on_new_page=False))
    if not blocs:
        blocs = (b.Paragraphe(texte=prose("Aucun écart n’est relevé : il n’y a pas de fiche à remplir.")),)
    autres = [a for a in rapport.bilan.avertissements if a.code == "autres_regles"]
    notices = tuple(b.Encadre(titre="Autres règles", texte=prose(a.message), ton="attention") for a in autres)
    return _document(rapport, capital(rapport.checklist.referentiel.vocabulaire.fiches), (*notices, *blocs))


def closing_sheet(rapport: Rapport) -> b.Document:
    """Return the sheet of the closing meeting, to be signed there."""
    brief = b.Fiche(legende="L’audit en bref", rangs=tuple(_brief(rapport)))
    document = _document(rapport, "Fiche de la réunion de clôture", (brief, *closing_blocks(rapport)))
    return replace(document, sommaire=False)


def _document(rapport: Rapport, titre: str, blocs: tuple[b.Bloc, ...]) -> b.Document:
    checklist = rapport.checklist
    contexte, referentiel = checklist.contexte, checklist.referentiel
    nom = clean(contexte.organisme.nom or "") or f"organisme {NON_RENSEIGNE}"
    type_audit = prose(checklist.type_audit.titre)
    full = f"{titre} – {prose(referentiel.titre)}"
    return b.Document(
        titre=full,
        sous_titre=f"{nom} – {type_audit}, {day(contexte.date)}",
        sujet=f"{full}, édition {clean(referentiel.edition)}, {nom}",
        date=contexte.date.isoformat(),
        pied=" – ".join(filter(None, [emetteur.name(checklist), titre, nom])),
        blocs=blocs,
        logo=emetteur.logo(checklist.habillage),
        sommaire=True,
    )


# ---- the first page -------------------------------------------------------------------------------------


def _opening(rapport: Rapport) -> Iterator[b.Bloc]:
    """Yield what its reader must know at once: the conclusions, the counts, the gaps, what is missing."""
    yield b.Titre(texte="Synthèse", niveau=2, ancre="synthese")
    first = rapport.bilan.a_l_audit
    for conclusion in first:
        yield fin.verdict(rapport, conclusion, quand="à l’audit")
    for conclusion in rapport.bilan.conclusions:
        yield fin.verdict(rapport, conclusion, quand="après levée" if first else "")
    for avertissement in rapport.bilan.avertissements:
        if avertissement.code == "autres_regles":
            yield b.Encadre(titre="Autres règles", texte=prose(avertissement.message), ton="attention")
    yield b.Fiche(legende="L’audit en bref", rangs=tuple(_brief(rapport)))
    yield constats.summary(rapport)
    rows = tuple(noticed(rapport))
    if rows:
        yield b.Fiche(legende="Ce que l’auditeur signale", rangs=rows)
    yield from fin.missing(rapport)


def _brief(rapport: Rapport) -> Iterator[tuple[str, str]]:
    checklist, contexte = rapport.checklist, rapport.checklist.contexte
    referentiel = checklist.referentiel
    yield "Organisme", clean(contexte.organisme.nom or "") or NON_RENSEIGNE
    yield "Audit", f"{prose(checklist.type_audit.titre)}, {day(contexte.date)}"
    guide = f", guide {clean(referentiel.guide)}" if referentiel.guide else ", sans guide de lecture"
    yield "Référentiel", f"{prose(referentiel.titre)}, édition {clean(referentiel.edition)}{guide}"
    notified = rapport.bilan.dossier.notifie_le
    if rapport.ecarts:
        yield (
            "Écarts",
            ", ".join(
                f"{clean(e.numero)} ({', '.join(filter(None, _gap(checklist, e)))})" for e in rapport.ecarts
            ),
        )
        yield "Notifiés le", day(notified) if notified else NON_RENSEIGNE
    else:
        yield "Écarts", "aucun"


def _gap(checklist: Checklist, ecart: Ecart) -> tuple[str, str, str]:
    """Return a gap in a few words."""
    counted = counts_as(checklist, ecart.compte).lower()
    return gravity(checklist, ecart).lower(), counted, "levé" if ecart.releve.leve_le else ""


# ---- chapters -------------------------------------------------------------------------------------------


def _chapters(rapport: Rapport) -> Iterator[Chapitre]:
    yield from _added(rapport, "debut")
    yield "Objectifs", ouverture.objectives(rapport)
    yield "Champ de l’audit", ouverture.scope(rapport)
    yield "Référentiel et règles appliqués", ouverture.rules(rapport)
    yield "Avertissements", ouverture.warnings(rapport)
    yield "Personnes", ouverture.people(rapport)
    yield "Échantillons", ouverture.samples(rapport)
    yield from _added(rapport, "avant_constats")
    yield "Constats par critère", constats.by_criterion(rapport)
    if rapport.points:
        yield "Vérifications hors indicateurs", verifications.checks(rapport)
    if rapport.checklist.pieces:
        yield "Pièces exigées", verifications.documents(rapport)
    yield "Écarts", constats.gaps(rapport)
    yield "Écarts de l’audit précédent", chain(constats.earlier(rapport), verifications.earlier(rapport))
    yield "Lignes qui ne s’appliquent pas", constats.out_of_scope(rapport)
    yield "Lignes qui ne sont pas dues à cet audit", constats.not_due(rapport)
    yield from _added(rapport, "apres_constats")
    yield "Limites de l’audit", fin.limits(rapport)
    yield from _added(rapport, "avant_conclusion")
    yield "Conclusion", fin.conclusions(rapport)
    yield "Suites et prochaines dates", fin.next_dates(rapport)
    yield "Évaluation", actes.evaluation(rapport)
    if actes.acts(rapport, "donne_avis"):
        yield "Avis", actes.opinions(rapport)
    yield "Décision", actes.decision(rapport)
    if actes.acts(rapport, "notifie"):
        yield "Notification de la décision", actes.notification(rapport)
    yield "Diffusion et confidentialité", fin.distribution(rapport)
    yield from _added(rapport, "fin")
    yield "Ce que valent les textes, et leurs sources", ()


def _added(rapport: Rapport, place: Place) -> Iterator[Chapitre]:
    """Yield the sections of a body that stand at ``place``."""
    habillage = rapport.checklist.habillage
    for section in habillage.sections if habillage else ():
        if section.place == place:
            titre = prose(section.titre)
            blocs: list[b.Bloc] = [b.Paragraphe(texte=t) for t in emetteur.paragraphs(section.texte or "")]
            if section.lignes or not blocs:
                blocs.append(b.EspaceLibre(intitule=titre, lignes=section.lignes or 4))
            yield titre, blocs
