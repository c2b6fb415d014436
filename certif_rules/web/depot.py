"""The journal in its tables: append what people give, read what stands, make the projection again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from msgspec import Struct

from certif_rules.echanges.archive import MAX_CONTENU
from certif_rules.errors import DataError, Issue
from certif_rules.journal.etat import Champ, ValeurDonnee, changes_nothing, state, with_version
from certif_rules.journal.evenements import (
    DEBUT,
    Contenu,
    Endroit,
    Inscription,
    broken_at,
    contained,
    falsified,
    sealed,
)
from certif_rules.journal.fichier import says_none
from certif_rules.rules.contexte import VERIFICATION
from certif_rules.web import models
from certif_rules.web.machine import drawn, now

#: What the rows of events, and of values, keep beside where they stand and what was given.
_EVENT = tuple(name for name in Inscription.__struct_fields__ if name != "cle")
_PLACE = Endroit.__struct_fields__
_GIVEN = tuple(name for name in ValeurDonnee.__struct_fields__ if name != "valeur")


class Don(Struct, frozen=True):
    """A don is a value given to a field; one that another copy brings has the salt that it has there."""

    cle: Endroit
    valeur: Any
    sel: str = ""


def begin(nom: str, dons: Iterable[Don], acteur: str) -> models.DossierSuivi:
    """Return a new dossier that says what was given."""
    with transaction.atomic():
        dossier = models.DossierSuivi.objects.create(nom=nom[: models.NOM], cree_le=now())
        record(dossier.pk, dons, acteur, base=0)
    dossier.refresh_from_db()
    return dossier


def record(dossier_id: Any, dons: Iterable[Don], acteur: str, *, base: int, raison: str = "") -> int:
    """Append what somebody gave, having seen the dossier at version ``base``; return its version then.

    What is already so makes no event, unless another copy brings it. All of it is confirmed, or nothing. A
    reason is held once, by digest. A field that is given several values at once has all of them, to settle.
    """
    dons = list(dons)
    several = {cle for cle, champ in imagined(dons).items() if champ.a_accorder}
    with transaction.atomic():
        dossier = models.DossierSuivi.objects.select_for_update().get(pk=dossier_id)
        before = dossier.version
        base = min(base, before)  # nobody has seen what is to come
        champs = standing(dossier_id)
        last = models.InscriptionGardee.objects.filter(dossier=dossier).order_by("-version").first()
        seal, moment = last.empreinte if last else DEBUT, now()
        why = contained(raison, sel=drawn()) if raison else None
        for don in dons:
            champ = champs.get(don.cle)
            known_none = champ is None and says_none(don.cle, don.valeur)
            same = not don.sel and changes_nothing(champ, don.valeur, base) and don.cle not in several
            if same and not known_none:
                continue
            dossier.version += 1
            content = contained(don.valeur, sel=don.sel or drawn())
            _refuse_longer(don.cle, content)
            event = sealed(
                Inscription(
                    version=dossier.version,
                    cle=don.cle,
                    avant=champ.versions[-1].contenu if champ else "",
                    apres=content.empreinte,
                    acteur=acteur,
                    quand=moment,
                    base=base,
                    raison=why.empreinte if why else "",
                ),
                seal,
            )
            seal = event.empreinte
            _keep(dossier, content)
            as_row(dossier, event).save(force_insert=True)
            given = ValeurDonnee(
                valeur=don.valeur,
                acteur=acteur,
                quand=moment,
                version=event.version,
                base=base,
                contenu=event.apres,
            )
            champs[don.cle] = with_version(champ, given)
            _project(dossier, don.cle, champs[don.cle])
        if why is not None and dossier.version > before:
            _keep(dossier, why)
        dossier.save(update_fields=("version",))
    return dossier.version


def _refuse_longer(cle: Endroit, content: Contenu) -> None:
    """Refuse what an archive of the audit could not bring back.

    Raises:
        DataError: the value, or what says where it stands, is too long.
    """
    if len(content.texte) > MAX_CONTENU:
        message = f"ce texte est trop long pour être gardé : {MAX_CONTENU // 1000} 000 signes au plus"
        raise DataError([Issue("fichier-trop-grand", message)])
    if any(len(part) > models.PLACE for part in (cle.champ, cle.ligne, cle.site)):
        message = f"un nom est trop long pour être gardé : moins de {models.PLACE} signes"
        raise DataError([Issue("fichier-trop-grand", message)])


def imagined(dons: Iterable[Don], *, of: Any = None) -> dict[Endroit, Champ]:
    """Return what would stand if these values were given, in a new dossier or ``of`` one, unwritten.

    A field that is given two values has both, to settle, as it has once they are recorded.
    """
    fresh: dict[Endroit, Champ] = {}
    for don in dons:
        given = ValeurDonnee(valeur=don.valeur, acteur="", quand="", version=1, base=0, contenu="")
        fresh[don.cle] = with_version(fresh.get(don.cle), given)
    return fresh if of is None else {**standing(of), **fresh}


def standing(dossier_id: Any) -> dict[Endroit, Champ]:
    """Return the values that stand now, from their projection."""
    rows = models.ValeurCourante.objects.filter(dossier=dossier_id)
    own = models.ContenuGarde.objects.filter(
        dossier=dossier_id, empreinte__in=rows.order_by().values("contenu")
    )
    texts = dict(own.values_list("empreinte", "texte"))
    champs: dict[Endroit, Champ] = {}
    # Rows of plain values: a page reads hundreds of them, and changes none.
    for row in rows.values(*_PLACE, *_GIVEN):
        text = texts.get(row["contenu"])
        valeur = None if text is None else Contenu(sel="", texte=text).valeur
        version = ValeurDonnee(valeur=valeur, **{name: row[name] for name in _GIVEN})
        cle = Endroit(**{name: row[name] for name in _PLACE})
        champs[cle] = Champ((*(champs[cle].versions if cle in champs else ()), version))
    return champs


def stood_at(dossier_id: Any, version: int) -> dict[Endroit, Champ]:
    """Return the values that stood at a version."""
    return state(events(dossier_id, until=version), contents(dossier_id))


def reverted(dossier_id: Any, after: int, until: int) -> list[Don]:
    """Return what gives back the values of version ``after`` to the fields changed since, up to ``until``."""
    before = stood_at(dossier_id, after)
    changed = dict.fromkeys(one.cle for one in events(dossier_id, after=after, until=until))
    return [Don(cle, value) for cle in changed for value in _values(before.get(cle))]


def _values(champ: Champ | None) -> list[Any]:
    """Return what a field says: several values where they are to settle."""
    return [one.valeur for one in champ.versions] if champ else [None]


def as_changed(dossier_id: Any, dons: Iterable[Don], base: int) -> list[Don]:
    """Return, of what a page posts, what its reader changed: the rest is what stood at version ``base``."""
    dons = list(dons)
    if base >= models.DossierSuivi.objects.values_list("version", flat=True).get(pk=dossier_id):
        return dons
    known = contents(dossier_id)
    rows = models.InscriptionGardee.objects.filter(dossier=dossier_id, version__lte=base)
    return [
        don
        for don in dons
        if not changes_nothing(
            state(map(_event, rows.filter(**_where(don.cle))), known).get(don.cle), don.valeur, base
        )
    ]


def last_act(dossier_id: Any, acteur: str, until: int) -> tuple[int, int] | None:
    """Return the versions between which somebody last gave something at once.

    What was shared or closed was, and an audit that was begun is there: neither is such a thing.

    Args:
        dossier_id: the dossier.
        acteur: who gave it.
        until: the last version looked at.

    Returns:
        The version before it, and that of its last event; nothing where there is none.
    """
    rows = models.InscriptionGardee.objects.filter(dossier=dossier_id, version__lte=until).order_by(
        "-version"
    )
    last = rows.filter(acteur=acteur).exclude(genre="acte").first()
    if last is None:
        return None
    start = last.version
    for row in rows.filter(version__lte=last.version).iterator(chunk_size=50):
        if (row.acteur, row.quand, row.base) != (acteur, last.quand, last.base):
            break
        start = row.version
    return (start - 1, last.version) if start > 1 else None


def still_so(dossier_id: Any, dons: Iterable[Don], until: int) -> list[Don]:
    """Return, of what would undo the events up to ``until``, what nobody changed since."""
    then, since = stood_at(dossier_id, until), standing(dossier_id)
    return [don for don in dons if _values(since[don.cle]) == _values(then[don.cle])]


def shared_at(dossier_id: Any) -> int:
    """Return the version at which the dossier was last shared or closed; 0 where it never was."""
    acts = models.InscriptionGardee.objects.filter(dossier=dossier_id, genre="acte").order_by("-version")
    return acts.values_list("version", flat=True).first() or 0


def wants_reason(dossier_id: Any, dons: Iterable[Don]) -> list[Don]:
    """Return, of what is given, what changes a value that was already shared or closed."""
    last = shared_at(dossier_id)
    champs = standing(dossier_id) if last else {}
    return [
        don
        for don in dons
        if (champ := champs.get(don.cle)) is not None
        and champ.version <= last
        and not changes_nothing(champ, don.valeur, champ.version)
    ]


def names() -> dict[str, str]:
    """Return the names of people by their key; who gave none, or was erased, is not among them."""
    people = models.Utilisateur.objects.values_list("cle", "nom", "initiales")
    return {cle: nom or initiales for cle, nom, initiales in people if nom or initiales}


def events(
    dossier_id: Any, ligne: str | None = None, after: int = 0, until: int | None = None
) -> list[Inscription]:
    """Return the events of a dossier, in order.

    Args:
        dossier_id: the dossier.
        ligne: the id of the line whose events are wanted, with those of what is tied to it; ``None``: all.
        after: the version after which they are wanted.
        until: the last version wanted; ``None``: the last there is.
    """
    rows = models.InscriptionGardee.objects.filter(dossier=dossier_id, version__gt=after)
    if until is not None:
        rows = rows.filter(version__lte=until)
    if ligne is not None:
        own = Q(genre__in=("ligne", "verification"), ligne=ligne)
        rows = rows.filter(own | Q(champ__in=(f"ligne.{ligne}", f"ligne.{VERIFICATION}{ligne}")))
    return list(map(_event, rows))


def as_row(dossier: models.DossierSuivi, event: Inscription) -> models.InscriptionGardee:
    """Return the row that keeps an event."""
    return models.InscriptionGardee(dossier=dossier, **_where(event.cle), **_fields(event, _EVENT))


def contents(dossier_id: Any, of: Iterable[str] | None = None) -> dict[str, Contenu]:
    """Return what fields were given, by digest; ``of`` are the only digests wanted."""
    rows = models.ContenuGarde.objects.filter(dossier=dossier_id)
    if of is not None:
        rows = rows.filter(empreinte__in=tuple(of))
    known = rows.values_list("empreinte", "sel", "texte")
    return {empreinte: Contenu(sel=sel, texte=texte) for empreinte, sel, texte in known}


def rebuild(dossier_id: Any) -> None:
    """Make the projection again from the events."""
    with transaction.atomic():
        dossier = models.DossierSuivi.objects.select_for_update().get(pk=dossier_id)
        models.ValeurCourante.objects.filter(dossier=dossier).delete()
        for cle, champ in state(events(dossier_id), contents(dossier_id)).items():
            _project(dossier, cle, champ)


def altered(dossier_id: Any) -> str:
    """Return what was changed behind the journal's back, in French; nothing where it verifies."""
    version = broken_at(events(dossier_id))
    if version is not None:
        return f"le journal ne se vérifie plus à partir de l’événement {version}"
    if falsified(contents(dossier_id)):
        return "un contenu du journal n’est plus celui qui a été confirmé"
    return ""


def _event(row: models.InscriptionGardee) -> Inscription:
    return Inscription(cle=_cle(row), **_fields(row, _EVENT))


def _cle(row: models.Place) -> Endroit:
    return Endroit(row.genre, row.champ, row.ligne, row.site)  # type: ignore[arg-type]


def _fields(record: object, names: Iterable[str]) -> dict[str, Any]:
    """Return these fields of a row, or of what it keeps: they bear the same names."""
    return {name: getattr(record, name) for name in names}


def _where(cle: Endroit) -> dict[str, Any]:
    return _fields(cle, Endroit.__struct_fields__)


def _keep(dossier: models.DossierSuivi, content: Contenu) -> None:
    models.ContenuGarde.objects.get_or_create(
        dossier=dossier, empreinte=content.empreinte, defaults={"sel": content.sel, "texte": content.texte}
    )


def _project(dossier: models.DossierSuivi, cle: Endroit, champ: Champ) -> None:
    """Make the rows of a field those of its values."""
    rows = models.ValeurCourante.objects.filter(dossier=dossier, **_where(cle))
    rows.exclude(version__in=[one.version for one in champ.versions]).delete()
    known = set(rows.values_list("version", flat=True))
    models.ValeurCourante.objects.bulk_create(
        models.ValeurCourante(dossier=dossier, **_where(cle), **_fields(one, _GIVEN))
        for one in champ.versions
        if one.version not in known
    )
