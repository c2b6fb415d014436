"""Files that come: grids, findings, exports of a form, archives of an audit, joined or refused whole."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST
from msgspec import Struct

from certif_rules.audit.constats import ENTRE_SIGNATAIRES, Depart
from certif_rules.blocs.typographie import clean
from certif_rules.echanges.archive import is_archive, read_archive
from certif_rules.errors import DataError, Issue, IssuesError, Location
from certif_rules.journal.fichier import findings_of
from certif_rules.journal.jonction import ValeurApportee, brought, common
from certif_rules.services.accord import brought_by
from certif_rules.services.espace import open_work
from certif_rules.services.lecture import read_grids
from certif_rules.services.reprise import as_judged
from certif_rules.source.entree import MAX_CLASSEUR, FichierDonne
from certif_rules.web import depot, models
from certif_rules.web.depot import Don
from certif_rules.web.machine import identifier
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.accorder import laid_out
from certif_rules.web.pages.commun import atelier, consult, go

#: What the name of a file says of what it was made from: the version, and how its seal begins.
MARQUE: Final = re.compile(r"-v(\d{1,9})\.([0-9a-f]{8})\b")
#: Most files taken at once.
_FICHIERS: Final = 8


class FichierJoint(Struct, frozen=True, kw_only=True):
    """A joined file gives values, each by somebody who had seen a version.

    ``personnes`` are those that an archive names by their key; ``None`` for a file that names nobody so: its
    values are then by the names of who signed their lines.
    ``renomme``: its name says another version than the one that it holds, which counts.
    """

    nom: str
    valeurs: tuple[ValeurApportee, ...]
    signataires: tuple[str, ...] = ()
    personnes: tuple[tuple[str, str], ...] | None = None
    renomme: bool = False


@require_POST
def bring(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Bring in the files of colleagues: all of them, or none where one is wrong."""
    consultation = consult(identifiant)
    sent = request.FILES.getlist("fichier")
    faults: list[str] = []
    if not sent:
        faults.append("aucun fichier n’est choisi")
    if len(sent) > _FICHIERS:
        faults.append(f"{len(sent)} fichiers : {_FICHIERS} au plus à la fois")
    files: list[FichierJoint] = []
    for one in sent[:_FICHIERS]:
        nom = clean(one.name or "fichier")[:120]
        if (one.size or 0) > MAX_CLASSEUR:
            faults.append(f"{nom} : plus de {MAX_CLASSEUR // 1_000_000} Mo")
            continue
        try:
            files.append(_read(identifiant, FichierDonne(nom, one.read())))
        except IssuesError as error:
            faults += [_placed(nom, issue) for issue in error.issues]
    if faults:
        page = laid_out(consultation, QueryDict()) | {"fautes": faults}
        return render(request, "accorder.html", page, status=422)
    before = consultation.dossier.version
    try:
        with transaction.atomic():
            for file in files:
                _join(identifiant, file, request.POST.get("par", "").strip())
                as_judged(atelier().registry, depot.standing(identifiant), depot.names(), file.nom)
    except IssuesError as error:
        faults = [_placed(file.nom, issue) for issue in error.issues]
        page = laid_out(consultation, QueryDict()) | {"fautes": faults}
        return render(request, "accorder.html", page, status=422)
    after = models.DossierSuivi.objects.get(pk=identifiant).version
    renamed = {"renomme": "1"} if any(file.renomme for file in files) else {}
    return go("accorder", identifiant, apport=str(after - before), **renamed)


def _join(identifiant: Identifiant, file: FichierJoint, par: str) -> None:
    """Record what a file gives, in order, under the names of those who gave it."""
    for cle, nom in file.personnes or ():
        models.Utilisateur.objects.get_or_create(cle=cle[:40], defaults={"nom": nom[:200]})
    everyone = ENTRE_SIGNATAIRES.join(file.signataires) or file.nom
    for (acteur, base), values in groupby(file.valeurs, key=lambda one: (one.acteur, one.base)):
        dons = [Don(one.cle, one.valeur, one.sel) for one in values]
        who = acteur if file.personnes is not None else _author(par or acteur or everyone)
        depot.record(identifiant, dons, who, base=base, raison=f"fichier reçu : {file.nom}")


def _read(identifiant: Identifiant, source: FichierDonne) -> FichierJoint:
    """Return what a file gives.

    Raises:
        DataError: it cannot be read, was altered, or is of another audit.
    """
    if is_archive(source.octets):
        return _of_archive(identifiant, source)
    lecture = read_grids(atelier().registry, [source])
    named, inside = _named(identifiant, source.nom), _inside(identifiant, lecture.dossier.depart)
    version = named if inside is None else inside
    etat = depot.stood_at(identifiant, version) if version else depot.standing(identifiant)
    base = open_work(atelier().registry, findings_of(etat, depot.names()))
    brings = brought_by(lecture, source.nom, base, known=version > 0)
    values = [
        ValeurApportee(cle=one.cle, valeur=one.valeur, acteur=one.par, base=version if one.vu else 0)
        for one in sorted(brings.changements, key=lambda each: (not each.vu, each.par))
    ]
    return FichierJoint(
        nom=source.nom,
        valeurs=tuple(values),
        signataires=brings.signataires,
        renomme=bool(MARQUE.search(source.nom)) and named != version,
    )


def _of_archive(identifiant: Identifiant, source: FichierDonne) -> FichierJoint:
    archive = read_archive(source.octets, source.nom)
    ours = depot.events(identifiant)
    if not common(ours, archive.evenements):
        message = f"cette archive est celle d’un autre audit, « {archive.nom} »"
        hint = "la reprendre depuis l’accueil, ou en donner une de cet audit"
        raise DataError([Issue("dossiers-differents", message, Location(source.nom), hint)])
    contents = {**depot.contents(identifiant), **archive.contenus}
    values = tuple(brought(ours, archive.evenements, contents))
    return FichierJoint(nom=source.nom, valeurs=values, personnes=tuple(archive.personnes.items()))


def _named(identifiant: Identifiant, nom: str) -> int:
    """Return the version that the name of a file says it was made from; 0: none, or none of this journal."""
    mark = MARQUE.search(nom)
    return _known(identifiant, int(mark[1]), mark[2]) if mark else 0


def _inside(identifiant: Identifiant, depart: Depart | None) -> int | None:
    """Return the same as the file itself says it; nothing where it does not say."""
    return _known(identifiant, depart.version, depart.empreinte.removeprefix("sha256:")) if depart else None


def _known(identifiant: Identifiant, version: int, seal: str) -> int:
    """Return a version that the journal has with a digest that begins so, else 0."""
    row = models.InscriptionGardee.objects.filter(dossier=identifiant, version=version).first()
    return version if row is not None and row.empreinte.removeprefix("sha256:").startswith(seal) else 0


def _author(nom: str) -> str:
    """Return the key of whoever a file comes from."""
    known = models.Utilisateur.objects.filter(nom=nom[:200]).first()
    person = known or models.Utilisateur.objects.create(cle=f"p-{identifier()}", nom=nom[:200])
    return person.cle


def _placed(nom: str, issue: Issue) -> str:
    hint = issue.hint if issue.hint and "--" not in issue.hint and "certif-rules" not in issue.hint else ""
    where = str(issue.location) if issue.location and issue.location.line else nom
    return clean(f"{where} : {issue.message}{f' ({hint})' if hint else ''}")
