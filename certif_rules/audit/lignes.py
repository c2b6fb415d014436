"""The lines of a checklist: every indicator, its state, its reasons, and the texts that concern this audit.

A pure function of (référentiel, context). The order of categories or facts changes nothing but the order
in which categories are printed, which is the référentiel's.
"""

from __future__ import annotations

from msgspec.structs import replace

from certif_rules.audit.checklist import Ligne, Point, Reception, SitesAudites
from certif_rules.audit.etats import Couple, findings, strongest
from certif_rules.model.base import Regle, Texte
from certif_rules.model.referentiel import Controle, Indicateur, Referentiel, SitesExtension, TypeAudit
from certif_rules.rules.contexte import Contexte, FaitsParCategorie
from certif_rules.rules.faits import awaited, resolve_all, why_unknown
from certif_rules.rules.lacunes import relevant
from certif_rules.rules.motifs import ETATS, Motif, dedupe, rests_on
from certif_rules.rules.mots import MOTS, Cas, judge
from certif_rules.rules.perimetre import perimetre
from certif_rules.rules.portee import portee
from certif_rules.rules.trivalent import either


def build_lines(referentiel: Referentiel, contexte: Contexte) -> tuple[Ligne, ...]:
    """Return one line per indicator, in the référentiel's order, due or not."""
    faits = resolve_all(referentiel, contexte)
    lines = []
    for line in referentiel.indicateurs.values():
        couples = tuple(pair_of(Cas(referentiel, contexte, faits, line, c)) for c in faits)
        lines.append(line_of(referentiel, contexte, faits, line, couples))
    return tuple(lines)


def build_pieces(
    referentiel: Referentiel, contexte: Contexte, faits: FaitsParCategorie, type_audit: TypeAudit
) -> tuple[Point, ...]:
    """Return the documents that stand in for the audit, in order, each received or not."""
    words: dict[bool | None, Reception] = {True: "recue", False: "non_recue", None: "non_dite"}
    return tuple(
        replace(point, reception=words[contexte.recues.get(point.id)])
        for point in build_points(referentiel, contexte, faits, type_audit.pieces)
    )


def build_points(
    referentiel: Referentiel, contexte: Contexte, faits: FaitsParCategorie, controles: tuple[Controle, ...]
) -> tuple[Point, ...]:
    """Return the documents or checks whose rule holds, or may hold, for one category at least.

    ``faits`` are the resolved facts.
    """
    indicateur = next(iter(referentiel.indicateurs.values()))
    points = []
    for controle in controles:
        regle = controle.regle
        valeur = either(
            judge(regle, Cas(referentiel, contexte, faits, indicateur, categorie), MOTS).valeur
            for categorie in faits
        )
        if valeur is not False:
            points.append(
                Point(
                    id=controle.id,
                    texte=controle.texte,
                    sources=regle.sources,
                    certain=valeur is True,
                    constat=controle.constat,
                    compte_pour=controle.compte_pour,
                    note=regle.motif if valeur else _what_is_missing(referentiel, faits, regle),
                )
            )
    return tuple(points)


def _what_is_missing(referentiel: Referentiel, faits: FaitsParCategorie, regle: Regle) -> str:
    """Return what would say whether a document or a check is due: a fact, else the earlier audit."""
    cited = [str(rule.mots["fait"]) for rule in regle.emboitees if "fait" in rule.mots]
    unknown = [nom for nom in cited if any(known[nom] is None for known in faits.values())]
    return why_unknown(referentiel.faits[unknown[0]]) if unknown else "audit précédent à renseigner"


def build_sites(contexte: Contexte, regle: SitesExtension | None) -> SitesAudites | None:
    """Return which sites an extension audits: the new ones if the body had several, else as at the start."""
    if regle is None or not contexte.ajouts.sites:
        return None
    anterieurs = contexte.sites_anterieurs
    ajoutes = contexte.ajouts.sites
    sites: tuple[str, ...] | None
    if len(anterieurs) > 1:
        sites, texte = ajoutes, regle.multisite
    elif anterieurs:
        sites, texte = (*anterieurs, *ajoutes), regle.monosite
    else:
        sites, texte = None, regle.inconnu
    return SitesAudites(sites=sites, texte=texte, **rests_on(regle))


def line_of(
    referentiel: Referentiel,
    contexte: Contexte,
    faits: FaitsParCategorie,
    indicateur: Indicateur,
    couples: tuple[Couple, ...],
) -> Ligne:
    """Return the line of one indicator: ``faits`` are the resolved facts, ``couples`` one a category."""
    etat = strongest(couples)
    precedent = contexte.precedent.constats if contexte.precedent else None
    constat = precedent.get(indicateur.id) if precedent else None
    return Ligne(
        indicateur=indicateur,
        critere=referentiel.criteres[indicateur.critere] if indicateur.critere else None,
        etat=etat,
        categories=tuple([couple.categorie for couple in couples if couple.etat == "a_auditer"]),
        motifs=_reasons(couples, contexte),
        constats_permis=findings(indicateur, etat, couples, referentiel.constats),
        preuves=_texts(indicateur.preuves, referentiel, contexte, faits),
        precisions=_texts(indicateur.precisions, referentiel, contexte, faits),
        adaptations=(
            _texts(indicateur.adaptations, referentiel, contexte, faits)
            if etat in ("a_auditer", "a_confirmer")
            else ()
        ),
        lacunes=relevant(indicateur.lacunes, referentiel, contexte, faits) if indicateur.lacunes else (),
        constat_precedent=constat.constat if constat else None,
    )


def pair_of(cas: Cas) -> Couple:
    """Return what is answered of a line for one category."""
    type_audit = cas.referentiel.types_audit[cas.contexte.type_audit]
    return Couple(categorie=cas.categorie, portee=portee(cas), perimetre=perimetre(cas, type_audit))


def _reasons(couples: tuple[Couple, ...], contexte: Contexte) -> tuple[Motif, ...]:
    """Return every reason once, those of the pairs that decided the state of the line first."""
    if len(couples) == 1:
        return dedupe(couples[0].motifs) + _never_seen(couples, contexte)
    order = tuple([couple.categorie for couple in couples])
    by_strength = sorted(couples, key=lambda couple: ETATS.index(couple.etat))
    motifs = dedupe([motif for couple in by_strength for motif in couple.motifs])
    return (*[_in_order(motif, order) for motif in motifs], *_never_seen(couples, contexte))


def _in_order(motif: Motif, order: tuple[str, ...]) -> Motif:
    """Return a reason whose categories are in the order of the référentiel."""
    if motif.categories == order:
        return motif
    categories = tuple([c for c in order if c in motif.categories])
    return motif if categories == motif.categories else replace(motif, categories=categories)


def _never_seen(couples: tuple[Couple, ...], contexte: Contexte) -> tuple[Motif, ...]:
    """Flag a line due because of an addition, and that no certified category ever concerned."""
    if not contexte.ajouts.categories and not contexte.ajouts.sites:
        return ()
    certified = [couple for couple in couples if couple.categorie in contexte.certifiees]
    if not certified or any(couple.portee.valeur is not False for couple in certified):
        return ()
    due = [couple for couple in couples if couple.etat == "a_auditer"]
    additions = [(c, m) for c in due for m in c.perimetre.motifs if m.code == "ajout"]
    if not additions:
        return ()
    texte = "jamais vue : ne concerne aucune des catégories déjà certifiées"
    categories = tuple(couple.categorie for couple, _ in additions)
    return (replace(additions[0][1], code="non_vue", texte=texte, categories=categories),)


def _texts(
    textes: tuple[Texte, ...], referentiel: Referentiel, contexte: Contexte, faits: FaitsParCategorie
) -> tuple[Texte, ...]:
    """Return the texts that concern this audit; one that hangs on an unknown fact says on which."""
    if not textes:
        return ()
    code = referentiel.types_audit[contexte.type_audit].code
    selected = []
    for texte in textes:
        categories = [c for c in faits if texte.categories is None or c in texte.categories]
        if not categories or (texte.types is not None and code not in texte.types):
            continue
        if texte.fait is None:
            selected.append(texte)
            continue
        values = {faits[categorie][texte.fait] for categorie in categories}
        if True in values:
            selected.append(texte)
        elif None in values:
            fait = referentiel.faits[texte.fait]
            condition = f"à confirmer : {awaited(fait) or fait.question}"
            selected.append(replace(texte, situation=condition))
    return tuple(selected)
