"""One line of the référentiel as a document says it: its texts under their names, choices, room to write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.documents.emetteur import columns, shows
from certif_rules.documents.formats.balises import anchor
from certif_rules.documents.mots import (
    DONNEES_SENSIBLES,
    LABEL,
    SIGNES,
    categories,
    deciding,
    enonce,
    evolution,
    field_name,
    finding,
    followed,
    marked,
    mentioned,
    of_label,
    reason_remarks,
    remarks,
    sensitive,
    title,
    wording,
)
from certif_rules.model.base import Lacune, Texte
from certif_rules.model.personnes import DonneesSensibles
from certif_rules.model.referentiel import Alias, Indicateur
from certif_rules.rules.motifs import Etat, Motif

#: The states of the lines that are seen at this audit, or may be.
DUS: Final[frozenset[Etat]] = frozenset({"a_auditer", "a_confirmer"})


def requirement(indicateur: Indicateur) -> b.Texte:
    """Return the requirement with its sources, or its absence."""
    if indicateur.exigence is None:
        return enonce(indicateur)
    return marked(enonce(indicateur), indicateur.sources, remarks(indicateur))


def reasons(checklist: Checklist, motifs: Iterable[Motif]) -> tuple[b.Texte, ...]:
    """Return reasons, in order."""
    return tuple(marked(prose(m.texte), m.sources, reason_remarks(checklist, m)) for m in motifs)


def rubriques(checklist: Checklist, ligne: Ligne) -> tuple[b.Rubrique, ...]:
    """Return the texts of a line besides its requirement and its reasons; an absent one has none."""
    indicateur = ligne.indicateur
    warned = [indicateur.donnees_sensibles] if indicateur.donnees_sensibles else []
    evolutions = [indicateur.evolution] if indicateur.evolution else []
    groups: tuple[tuple[str, Sequence[b.Texte]], ...] = (
        (DONNEES_SENSIBLES, [warning(value) for value in warned]),
        ("Constat précédent", earlier(checklist, ligne)),
        ("Niveau attendu", _texts(filter(None, (indicateur.niveau_attendu,)))),
        ("Gravité d’un écart", _texts(filter(None, (indicateur.gravite,)))),
        ("Exemples de preuves", _texts(ligne.preuves if shows(checklist, "Exemples de preuves") else ())),
        ("Précisions", _texts(ligne.precisions)),
        ("Adaptations", _texts(ligne.adaptations)),
        ("Commentaires", _texts(indicateur.commentaires)),
        ("Autres rédactions", _texts(indicateur.variantes)),
        ("Autres codes", [_alias(alias) for alias in indicateur.alias]),
        ("Évolution", [marked(evolution(e), e.sources) for e in evolutions]),
    )
    absent = tuple(_gap(lacune) for lacune in ligne.lacunes)
    named = [b.Rubrique(titre=titre, elements=tuple(texts)) for titre, texts in groups if texts]
    named += [b.Rubrique(titre="Absent des sources", elements=absent, ton="attention")] if absent else []
    return tuple(named)


def earlier(checklist: Checklist, ligne: Ligne) -> list[b.Texte]:
    """Return the finding of the earlier audit, then what was written of it where it is still open."""
    if ligne.constat_precedent is None:
        return []
    return [finding(checklist, ligne.constat_precedent), *followed(checklist, ligne.indicateur.id)]


def article(checklist: Checklist, ligne: Ligne) -> b.Article:
    """Return a line whole; a page folds the texts of one that is not due."""
    texts = rubriques(checklist, ligne)
    indicateur, due = ligne.indicateur, ligne.etat in DUS
    why = b.Rubrique(titre="Motifs", elements=reasons(checklist, ligne.motifs))
    return b.Article(
        numero=clean(indicateur.numero),
        titre=title(ligne),
        etat=SIGNES[ligne.etat],
        marques=marks(checklist, indicateur.origine),
        mention=", ".join(categories(checklist, ligne)),
        enonce=requirement(indicateur) if indicateur.titre is not None else "",
        origine=_origin(checklist, indicateur),
        rubriques=(why, *texts) if due else (why,),
        repliees=() if due else texts,
        repli="Niveau attendu, preuves et notes",
        choix=choices(checklist, ligne),
        ecritures=tuple(b.EspaceLibre(intitule=titre) for titre in columns(checklist).values()),
        ancre=place(ligne),
    )


def section(checklist: Checklist, ligne: Ligne) -> b.Article:
    """Return a line for a text without folds: its title cut short, then always its requirement."""
    whole = article(checklist, ligne)
    shown = requirement(ligne.indicateur)
    return replace(whole, titre=title(ligne, 90), enonce=shown, origine="", repliees=())


def short(checklist: Checklist, ligne: Ligne) -> b.Article:
    """Return a line for a terminal: what decides its state, and what its auditor must not miss."""
    indicateur = ligne.indicateur
    stands = indicateur.titre is None and indicateur.exigence is not None
    warned, before = indicateur.donnees_sensibles, ligne.constat_precedent
    texts = [b.Rubrique(titre="", elements=reasons(checklist, deciding(ligne)))]
    texts += [b.Rubrique(titre="", elements=(warning(warned),), ton="attention")] if warned else []
    if own := mentions(checklist, ligne):
        texts.append(b.Rubrique(titre="", elements=own))
    if before:
        words = prose(f"constat précédent : {finding(checklist, before)}")
        texts.append(b.Rubrique(titre="", elements=(words,)))
    return b.Article(
        numero=clean(indicateur.numero),
        titre=marked(title(ligne, 120), indicateur.sources if stands else ()),
        etat=SIGNES[ligne.etat],
        marques=marks(checklist, indicateur.origine),
        rubriques=tuple(texts),
    )


def mentions(checklist: Checklist, ligne: Ligne) -> tuple[b.Texte, ...]:
    """Return what its tags say of a line."""
    return tuple(_texts(mentioned(checklist, ligne.indicateur)))


def place(ligne: Ligne) -> str:
    """Return the name of a line inside a document."""
    return f"ligne-{anchor(ligne.indicateur.id)}"


def marks(checklist: Checklist, origine: str) -> tuple[b.Signe, ...]:
    """Return what marks that which comes from ``origine``: whether a label adds it."""
    return (LABEL,) if of_label(checklist, origine) else ()


def choices(checklist: Checklist, ligne: Ligne) -> b.Case | None:
    """Return boxes to tick by hand, where a finding may be recorded: none is ticked beforehand."""
    words = tuple(finding(checklist, constat) for constat in ligne.constats_permis)
    return b.Case(choix=words) if words else None


def warning(value: DonneesSensibles) -> b.Texte:
    """Return what notes on a line may reveal: to be read before anything is written."""
    return marked(sensitive(value), value.sources, remarks(value))


def _origin(checklist: Checklist, indicateur: Indicateur) -> b.Texte:
    """Return where the requirement is from: in full for a quotation, by ids where it stands as the title."""
    if indicateur.exigence is None:
        return ""
    shown = indicateur.sources if indicateur.titre is None else ()
    known = checklist.referentiel.sources
    named = [known[i].titre for i in indicateur.sources if i in known]
    if indicateur.citation and named:
        return (b.Morceau(prose(f"Citation : {' ; '.join(named)}"), "discret", shown),)
    return (b.Morceau("", "discret", shown),) if shown else ""


def _texts(textes: Iterable[Texte]) -> list[b.Texte]:
    return [marked(wording(t), t.sources, remarks(t)) for t in textes]


def _alias(alias: Alias) -> b.Texte:
    settled = () if alias.statut == "resolu" else ("non résolu",)
    return marked(f"{clean(alias.code)}{INSECABLE}: {prose(alias.texte)}", alias.sources, settled)


def _gap(lacune: Lacune) -> b.Texte:
    champs = ", ".join(map(field_name, lacune.champs))
    return marked(f"{champs}{INSECABLE}: {prose(lacune.cherche)}", lacune.sources)
