"""One layer of each kind, laid on a base, gives a resolved référentiel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from certif_rules.construction.completude import refuse_open
from certif_rules.construction.controles import check_controls
from certif_rules.construction.decisions import refuse_never_taken
from certif_rules.construction.guide import CorpsGuide, annotate, build_guide
from certif_rules.construction.lecteur import Lecteur
from certif_rules.construction.lignee import Pose, borrowed, lay
from certif_rules.construction.regles import CorpsRegles, build_regles
from certif_rules.construction.seuils import refuse_out_of_reach, refuse_sites_astray
from certif_rules.construction.surcouche import Trame
from certif_rules.errors import DataError, Issue, from_emplacement
from certif_rules.model.base import Source, Texte
from certif_rules.model.organisme import ENTIER, Categorie
from certif_rules.model.referentiel import Couche, CoucheRetenue, Indicateur, Referentiel


class Matiere(Struct, frozen=True, kw_only=True):
    """A matiere is what a référentiel is made from: the layers chosen, their bodies as read, the base if any.

    ``autres_lignes`` are the lines of the other editions that the rules or the guide also serve; ``None``
    accepts any code (layers whose published digest says they were checked). ``lignee`` are the bodies of the
    editions that this one is a change of, by id, the earliest first. ``fautes`` takes what is wrong where
    what can be made of the rest is wanted all the same.
    """

    exigence: Couche
    retenues: tuple[CoucheRetenue, ...]
    corps: Mapping[str, Mapping[str, Any]]
    base: Referentiel | None
    editions: tuple[str, ...]
    autres_lignes: Sequence[str] | None
    lignee: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fautes: list[Issue] | None = None


#: What a référentiel without a base is laid on.
_RIEN = Referentiel(
    id="", titre="", edition="", base=None, guide=None, couches=(), categories={}, faits={}, criteres={},
    indicateurs={}, constats={}, types_audit={}, derogations=(), sources={},
)  # fmt: skip


def assemble(matiere: Matiere) -> Referentiel:
    """Return the resolved référentiel.

    Raises:
        DataError: every cross-reference that does not hold, in the three layers and on the base.
    """
    base = matiere.base or _RIEN
    lecteur = _lecteur(matiere, base)
    sources: dict[str, Source] = dict(base.sources)
    editions = {**matiere.lignee, matiere.exigence.id: matiere.corps["exigence"]}
    pose = lay(editions, Trame(criteres=base.criteres, indicateurs=base.indicateurs), sources, lecteur)
    sources.update(pose.sources)
    corps = pose.trame
    check_controls(matiere.corps["exigence"], corps.indicateurs, lecteur)

    if matiere.autres_lignes is None:
        lecteur.lignes_libres = True
    else:
        lecteur.know("indicateur", matiere.autres_lignes)
    _take_over(matiere, editions, lecteur)
    own = {
        i.id: i.emplacement for i in corps.indicateurs.values() if i.origine == matiere.exigence.referentiel
    }
    regles = build_regles(matiere.corps.get("regles", {}), lecteur, sources, own, pose.constats_comme)
    _give_back(matiere, lecteur)
    sources.update(regles.sources)
    for jugement in base.jugements.values():
        refuse_open(jugement, _types_added(matiere, base), lecteur)
    guide = build_guide(matiere.corps["guide"], lecteur, sources) if "guide" in matiere.corps else None
    sources.update(guide.sources if guide else {})
    lecteur.issues.extend(_header_names(matiere.retenues, sources, lecteur))
    if not lecteur.issues and regles.jugement is not None:
        known = {**base.constats, **regles.constats}
        lignes = [corps.indicateurs[i] for i in own]
        node = matiere.corps["regles"]["jugement"]
        refuse_out_of_reach(node, regles, lignes, known, lecteur)
        refuse_never_taken(node, regles.jugement, lecteur)
        refuse_sites_astray(node, regles, known, lecteur)
        if lecteur.reprises is not None:
            lecteur.issues = [_at_edition(issue, matiere.exigence, lecteur) for issue in lecteur.issues]
    if lecteur.issues and matiere.fautes is None:
        raise DataError(lecteur.issues)
    if matiere.fautes is not None:
        matiere.fautes.extend(lecteur.issues)
    return _referentiel(base, matiere, pose, regles, guide, sources)


def _take_over(matiere: Matiere, editions: Mapping[str, Mapping[str, Any]], lecteur: Lecteur) -> None:
    """Tell ``lecteur`` what was withdrawn since the edition that the rules are written for, if an earlier."""
    pour = next(r.contenu.pour for r in matiere.retenues if r.couche.nature == "regles")
    taken = borrowed(editions, pour, lecteur.origine)
    if taken is not None:
        lecteur.reprises = taken.edition
        lecteur.retires = taken.retires if matiere.autres_lignes is not None else {}


def _give_back(matiere: Matiere, lecteur: Lecteur) -> None:
    """Make ``lecteur`` forget what the rules taken over might name: a guide of this edition alone may not."""
    guide = next((r.contenu.pour for r in matiere.retenues if r.couche.nature == "guide"), ())
    if not set(guide) & matiere.lignee.keys():
        lecteur.noms.get("indicateur", set()).difference_update(nom for _, nom in lecteur.retires)
    lecteur.retires = {}


def _types_added(matiere: Matiere, base: Referentiel) -> dict[str, Any]:
    """Return the audit types of this layer, as written, that those below do not have."""
    known = {kind.code for kind in base.types_audit.values()}
    nodes = matiere.corps.get("regles", {}).get("types_audit") or ()
    return {node["id"]: node for node in nodes if node["id"] not in known}


def _lecteur(matiere: Matiere, base: Referentiel) -> Lecteur:
    lecteur = Lecteur(origine=matiere.exigence.referentiel)
    lecteur.know("référentiel", [matiere.exigence.referentiel])
    lecteur.know("édition", matiere.editions)
    lecteur.know_referentiel(base)
    lecteur.know("source", base.sources)
    return lecteur


def _header_names(
    retenues: tuple[CoucheRetenue, ...], sources: Mapping[str, Source], lecteur: Lecteur
) -> list[Issue]:
    """Check the names in headers: they are read before what they cite, sources and names in rules of gaps."""
    issues = []
    for couche in {id(c): c for retenue in retenues for c in (retenue.couche, retenue.contenu)}.values():
        recognised = (source for period in couche.reconnaissance for source in period.sources)
        gaps = (source for lacune in couche.lacunes for source in lacune.sources)
        for source in dict.fromkeys((*couche.sources, *recognised, *gaps)):
            if source not in sources:
                location = from_emplacement(couche.emplacement)
                issues.append(Issue("source-inconnue", f"source « {source} » inconnue", location))
        for rule in (rule for lacune in couche.lacunes for rule in lacune.si):
            issues += lecteur.unknown(rule)
    return issues


def _at_edition(issue: Issue, exigence: Couche, lecteur: Lecteur) -> Issue:
    """Return an issue of rules that suit the lines of an earlier edition, told at the one that takes them."""
    message = f"{issue.message} (règles reprises de l’édition {lecteur.reprises})"
    related = ((issue.location, "écrit ici"),) if issue.location else ()
    hint = "écrire les règles de cette édition : une couche `regles` qui la nomme dans `pour`"
    return Issue(issue.code, message, from_emplacement(exigence.emplacement), hint, related)


def _referentiel(
    base: Referentiel, matiere: Matiere, pose: Pose, regles: CorpsRegles, guide: CorpsGuide | None,
    sources: Mapping[str, Source],
) -> Referentiel:  # fmt: skip
    couche = matiere.exigence
    own_guide = next((r.couche.id for r in matiere.retenues if r.couche.nature == "guide"), None)
    jugement = {couche.referentiel: regles.jugement} if regles.jugement else {}
    conservation = {couche.referentiel: regles.conservation} if regles.conservation else {}
    return Referentiel(
        id=couche.referentiel,
        titre=couche.nom or couche.titre,
        edition=couche.id,
        base=couche.base,
        guide=own_guide or base.guide,
        couches=(*base.couches, *matiere.retenues),
        categories=_categories(base, pose.categories),
        faits={**base.faits, **pose.faits},
        criteres=pose.trame.criteres,
        indicateurs={
            i: _finish(line, regles, guide, pose.mentions) for i, line in pose.trame.indicateurs.items()
        },
        constats={**base.constats, **regles.constats},
        types_audit={**base.types_audit, **regles.types_audit},
        derogations=(*base.derogations, *regles.derogations),
        sources=sources,
        annotations={**base.annotations, **regles.annotations},
        jugements={**base.jugements, **jugement},
        conservations={**base.conservations, **conservation},
        mentions={**base.mentions, **pose.mentions},
        vocabulaire=replace(base.vocabulaire, **pose.mots),
        equivalences=(*base.equivalences, *regles.equivalences),
        changements=(*base.changements, *pose.changements),
    )


def _categories(base: Referentiel, own: Mapping[str, Categorie]) -> dict[str, Categorie]:
    """Return those of the base and its own; one that nobody names where neither has any."""
    above = {} if base.sans_categories else base.categories
    return {**above, **own} or {ENTIER.id: ENTIER}


def _finish(
    line: Indicateur, regles: CorpsRegles, guide: CorpsGuide | None, mentions: Mapping[str, Texte]
) -> Indicateur:
    """Return the line with its findings, what its tags say of it, and what the guide adds."""
    textes = tuple(mentions[tag] for tag in line.etiquettes if tag in mentions)
    if textes:
        line = replace(line, commentaires=(*textes, *line.commentaires))
    permis = regles.permis.get(line.id)
    if permis is not None:
        line = replace(line, constats_permis=permis.constats, gravite=permis.gravite)
    return annotate(line, guide) if guide is not None else line
