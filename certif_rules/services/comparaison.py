"""Two editions, or the findings of an audit and an edition, compared: for all or for one organisation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import Dossier
from certif_rules.audit.correction import Correction, correct
from certif_rules.audit.demande import Demande, merge, parse_name
from certif_rules.audit.editions import EditionsComparees, compare_editions
from certif_rules.audit.examen import check, parse_day, refusal
from certif_rules.audit.incidences import PourOrganisme, by_scope, by_state, findings_kept, scope
from certif_rules.errors import Fautes, Issue, UsageError, lacking
from certif_rules.model.referentiel import Couche
from certif_rules.plugins.registry import Registry, Resolution
from certif_rules.rules.trivalent import Trivalent
from certif_rules.services.checklist import make_checklist
from certif_rules.services.correction import carry_reading
from certif_rules.services.lecture import Lecture, read_grids
from certif_rules.source.entree import FichierDonne


class Cote(Struct, frozen=True):
    """A side of a comparison is an edition of a référentiel, on the day that chooses its other layers."""

    nom: str
    edition: str
    jour: str
    resolution: Resolution


def compare_files(
    registry: Registry, avant: str | FichierDonne, apres: str, demande: Demande, *, other_rules: bool = False
) -> EditionsComparees:  # fmt: skip
    """Return what differs between two editions, and for the organisation of ``demande`` if there is one.

    Args:
        registry: the rules that are installed.
        avant: « REFERENTIEL@EDITION », or a file of findings, a filled grid, the export of a form.
        apres: « REFERENTIEL@EDITION ».
        demande: the organisation, with or without an audit; what it says wins over the file.
        other_rules: accept findings made with other rules, with a warning.

    Raises:
        UsageError, DataError: an edition, the file or the request is wrong; everything is listed.
    """
    appel = Fautes(*demande.fautes)
    lecture, before, after = None, None, None
    with appel:
        if not isinstance(avant, str) or is_file(registry, avant):
            source = Path(avant) if isinstance(avant, str) else avant
            lecture = read_grids(registry, [source], other_rules=other_rules)
        else:
            before = side_of(registry, avant, demande)
    with appel:
        after = side_of(registry, apres, demande if lecture is None else lecture.dossier.demande)
    compared = None
    with appel:
        if after is not None and lecture is not None:
            compared = _with_findings(registry, lecture, after, demande)
        elif after is not None and before is not None:
            compare = _at_audit if demande.type_audit is not None else _of_editions
            compared = compare(registry, before, after, demande)
    if appel.issues or compared is None:
        raise refusal(appel.issues)
    return compared


def is_file(registry: Registry, texte: str) -> bool:
    """Return whether an argument names a file; one that reads as a known edition does not."""
    nom, at, _ = texte.partition("@")
    known = at and registry.layers(registry.identify(nom), "exigence")
    return not known and Path(texte).is_file()


def side_of(registry: Registry, texte: str, demande: Demande) -> Cote:
    """Return the edition that an argument names.

    Raises:
        UsageError, DataError: it names none; those that exist are told.
    """
    nom, edition = parse_name(texte)
    nom = registry.identify(nom or "")
    layers = registry.layers(nom, "exigence")
    known = [f"{nom}@{couche.id}" for couche in layers]
    if layers and edition is None:
        message = f"« {texte} » ne dit pas quelle édition"
        raise UsageError([Issue("edition-requise", message, None, f"éditions : {', '.join(known)}")])
    if not layers and edition is None:
        names = ", ".join(registry.referentiels()) or "aucun"
        message = f"« {texte} » n’est ni un fichier ni une édition"
        hint = f"écrire REFERENTIEL@EDITION ; référentiels : {names}"
        raise UsageError([Issue("edition-requise", message, None, hint)])
    layer = next((couche for couche in layers if couche.id == edition), None)
    if demande.date is not None:
        day = parse_day(demande.date, "date de l’audit", demande.lieu("date")).isoformat()
    else:
        day = latest_of(registry, layer) if layer else ""
    return Cote(nom, edition or "", day, registry.resolve(nom, day=day, edition=edition))


def latest_of(registry: Registry, layer: Couche) -> str:
    """Return a day of an edition on which the latest rules and guides are in force, those of its base too."""
    day = registry.latest_day(layer)
    base, _, edition = (layer.base or "").partition("@")
    below = (
        latest_of(registry, couche) for couche in registry.layers(base, "exigence") if couche.id == edition
    )
    latest = max(day, *below, day)
    return layer.au if layer.au is not None and latest > layer.au else latest


def _with_findings(registry: Registry, lecture: Lecture, after: Cote, demande: Demande) -> EditionsComparees:
    """Return the comparison for the organisation of a file, with what becomes of its findings."""
    own = replace(lecture.dossier.demande, referentiel=None, edition=None, guide=None)
    asked = replace(merge(own, demande), referentiel=after.nom, edition=after.edition, guide=None)
    return _for_audit(lecture.checklist, carry_reading(registry, lecture, asked), findings=True)


def _at_audit(registry: Registry, before: Cote, after: Cote, demande: Demande) -> EditionsComparees:
    """Return the comparison for an organisation at one audit, asked under both editions."""
    appel = Fautes()
    checklists: list[Checklist] = []
    for side in (before, after):
        asked = replace(demande, referentiel=side.nom, edition=side.edition, guide=None, date=side.jour)
        with appel:
            checklists.append(make_checklist(registry, asked))
    if appel.issues:
        raise refusal(appel.issues)
    one, two = checklists
    return _for_audit(one, correct(one, two, Dossier(demande=demande, releves=())), findings=False)


def _for_audit(avant: Checklist, correction: Correction, *, findings: bool) -> EditionsComparees:
    """Return the comparison of the rules of two checklists, and what it means for their organisation."""
    apres = correction.checklist
    one, two = (scope(c.referentiel, c.contexte) for c in (avant, apres))
    digests = (avant.empreinte, apres.empreinte)
    compared = compare_editions(avant.referentiel, apres.referentiel, digests, _open_lines(one, two))
    repris = None
    if findings:
        changed = [line for line in compared.reformulees if line.reformulation != "forme"]
        reworded = {line.apres.id: "l’énoncé n’est plus le même" for line in changed}
        reworded |= {line.apres.id: "un des deux énoncés est absent" for line in compared.sans_texte}
        every = {**avant.referentiel.indicateurs, **apres.referentiel.indicateurs}
        repris = findings_kept(correction, reworded, {nom: line.numero for nom, line in every.items()})
    return replace(
        compared,
        avertissements=(*correction.avertissements, *compared.avertissements),
        organisme=PourOrganisme(
            nom=apres.contexte.organisme.nom,
            categories=apres.contexte.categories,
            type_audit=apres.type_audit.titre,
            incidences=by_state(correction),
            constats=repris,
        ),
    )


def _open_lines(avant: Mapping[str, Trivalent], apres: Mapping[str, Trivalent]) -> frozenset[str]:
    """Return the lines that apply, or may apply, under one of two editions."""
    return frozenset(nom for side in (avant, apres) for nom, value in side.items() if value is not False)


def _of_editions(_registry: Registry, one: Cote, two: Cote, demande: Demande) -> EditionsComparees:
    """Return the comparison of two editions, for an organisation where its categories are told."""
    avant, apres = one.resolution.referentiel, two.resolution.referentiel
    empreintes = (one.resolution.empreinte, two.resolution.empreinte)
    categories = demande.categories or demande.ajout_categories
    about = bool(demande.faits or demande.organisme)
    unparted = avant.sans_categories and apres.sans_categories
    if not categories and not (about and unparted):
        if about:
            needs = [("au moins une catégorie", "", "organisme.categories")]
            raise refusal(lacking(needs, "un fait ne se lit que d’un organisme et de ses catégories"))
        return compare_editions(avant, apres, empreintes)
    checked = [check(demande, referentiel, whole=False) for referentiel in (avant, apres)]
    issues = [issue for one in checked for issue in one.issues]
    if issues:
        raise refusal(issues)
    before, after = (scope(ref, read.contexte) for ref, read in zip((avant, apres), checked, strict=True))
    contexte = checked[1].contexte
    return replace(
        compare_editions(avant, apres, empreintes, _open_lines(before, after)),
        organisme=PourOrganisme(
            nom=contexte.organisme.nom,
            categories=contexte.categories,
            type_audit=None,
            incidences=by_scope(avant, apres, (before, after)),
        ),
    )
