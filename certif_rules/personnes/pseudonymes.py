"""Where people type freely in a request and in findings: the personal data there, and the same without.

Every text is taken for typed, but those listed in ``_GARDES``: a field added to a finding is looked into
without being named here. What identifies the file stays: the name of the organisation (no personal
data: it is who is audited), its numbers, ids of sites and lines, dates, codes. Initials and roles stay too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.compte_rendu import CompteRendu
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.demande import Demande
from certif_rules.audit.reponses import Questionnaire, ReponseDite
from certif_rules.colonnes import CHAMPS, signatures
from certif_rules.colonnes import fields as columns
from certif_rules.errors import Location
from certif_rules.model.base import Avertissement

if TYPE_CHECKING:
    from certif_rules.personnes.detection import Nature, Trouvaille

T = TypeVar("T", Demande, Dossier, Checklist, Questionnaire)

#: What nobody types freely of a finding.
_D_UN_CONSTAT: Final = (*columns("constat", "annotations", "jour", "site"), "leve_le", "leve_constat")
#: What nobody types freely of an earlier audit: all but what was written of its gaps.
_D_UN_PRECEDENT: Final = (
    "type", "date", "edition", "indicateurs_audites", "lieu",
    *(f"constats.{part}" for part in ("cle", "constat", "apres", "lieu")),
    *(f"verifications.{part}" for part in ("cle", "constat", "apres", "lieu")),
)  # fmt: skip
#: What follows the audit: opinions, decisions, notifications.
_ACTES: Final = ("avis", "decision", "notification")
#: What nobody types freely, by its path without ranks: names of lines, codes, days, places, the organisation.
_GARDES: Final = frozenset(
    {
        "ligne", *_D_UN_CONSTAT, "niveau", "lieu", "lieux",
        "empreinte", "notifie_le", "couches",
        *(f"organisme.{key}" for key in ("nom", "siren", "siret", "nda", "chiffre_affaires", "categories")),
        "organisme.faits", "site",
        *(f"{key}sites.{part}" for key in ("", "organisme.") for part in ("id", "etiquettes")),
        *(f"par_site.{key}" for key in _D_UN_CONSTAT), "par_site.lieu", "par_site.lieux", "a_revoir.raison",
        "a_revoir.revu_le",
        "a_revoir.releve.lieu", "a_revoir.releve.lieux", "a_revoir.releve.ligne", "par_site.ligne",
        *(f"{key}a_accorder.{part}" for key in ("", "par_site.") for part in ("champ", "valeurs.lieu")),
        *(f"{key}{part}" for key in ("precedent.", "precedent.precedent.") for part in _D_UN_PRECEDENT),
        "dossier.auditeur", "dossier.devis.auditeur",
        *(f"compte_rendu.{key}.lieu" for key in ("seances", "echantillons", "evaluation", *_ACTES)),
        *(f"compte_rendu.{key}" for key in ("seances.site", "echantillons.site", "echantillons.categorie",
          "echantillons.empreinte")),
        *(f"compte_rendu.{key}.objet" for key in _ACTES),
    }
)  # fmt: skip
#: Fields that hold somebody, beside those named by a role: a full name there needs no role beside it.
_PERSONNES: Final = frozenset(
    {"contact", "contacts", "leve_par", "revu_par", "nom", "noms", "par", *signatures("texte")}
)
#: What a request holds that is typed freely.
_DEMANDE: Final = ("mode", "organisme", "dossier", "precedent")

#: The field of a findings file that only a report uses.
_RAPPORT: Final = "compte_rendu"

_NOMS: Final[Mapping[Nature, str]] = {
    "courriel": "une adresse électronique",
    "telephone": "un numéro de téléphone",
    "nir": "un numéro de sécurité sociale",
    "nom": "un nom de personne",
}
_CONSEILS: Final[Mapping[Nature, str]] = {
    "courriel": "écrire plutôt la fonction, ou une référence de document",
    "telephone": "l’ôter, ou écrire une référence de document",
    "nir": "l’ôter, et écrire une référence de dossier",
    "nom": "écrire plutôt des initiales (« J. D. ») ou la fonction",
}
_CHAMPS: Final[Mapping[str, str]] = {
    **{colonne.champ: colonne.libelle for colonne in CHAMPS},
    "leve_par": "levé par",
}


class DonneePersonnelle(Struct, frozen=True, kw_only=True):
    """A field holds personal data: what, where in the text, on which line (``None``: the request)."""

    trouvaille: Trouvaille
    ligne: str | None
    lieu: Location | None


def personal_data(value: Demande | Dossier | Questionnaire) -> tuple[DonneePersonnelle, ...]:
    """Return the personal data of a request, of findings or of answers, in reading order."""
    return tuple(trace for part in _parts(value) for trace in _traces(part))


def personal_warnings(
    value: Demande | Dossier | Questionnaire, numeros: Mapping[str, str] | None = None
) -> list[Avertissement]:
    """Return one warning for each kind of data and each place; what was found is never repeated in it.

    Args:
        value: what was typed; of a findings file, all but its request, which has its own.
        numeros: the printed number of each line, by id.
    """
    parts = (part for part in _parts(value) if part is value or not isinstance(part, Demande))
    seen: dict[tuple[str, ...], Avertissement] = {}
    for trace in (trace for part in parts for trace in _traces(part)):
        hit = trace.trouvaille
        where = _where(trace, numeros or {})
        if trace.lieu is not None:
            where = f"{trace.lieu} : {where}"
        message = f"{where} contient {_NOMS[hit.nature]} : {_CONSEILS[hit.nature]}"
        seen.setdefault((where, hit.nature), Avertissement("donnee_personnelle", message))
    return list(seen.values())


def pseudonymised(value: T) -> T:
    """Return the same request, findings or checklist, personal data replaced wherever people typed."""
    if isinstance(value, Demande):
        return replace(value, **{name: _hidden(getattr(value, name), name) for name in _DEMANDE})
    if isinstance(value, Dossier):
        others = {*value.__struct_fields__} - {"demande", "releves", "verifications", "depart"}
        return replace(
            value,
            demande=pseudonymised(value.demande),
            releves=tuple(_hidden(releve, "") for releve in value.releves),
            verifications=tuple(_hidden(releve, "") for releve in value.verifications),
            **{name: _hidden(getattr(value, name), name) for name in others},
        )
    if isinstance(value, Questionnaire):
        demande = value.demande and pseudonymised(value.demande)
        return replace(value, demande=demande, reponses=tuple(_hidden(r, "") for r in value.reponses))
    organisme = value.contexte.organisme
    contexte = replace(
        value.contexte,
        mode=_hidden(value.contexte.mode, "mode"),
        precedent=_hidden(value.contexte.precedent, "precedent"),
        organisme=replace(organisme, sites=_hidden(organisme.sites, "sites")),
    )
    return replace(value, contexte=contexte, organisme=_hidden(value.organisme, "organisme"))


def without_personal_warnings(checklist: Checklist) -> Checklist:
    """Return the same without the warnings of :func:`personal_warnings`, once it is replaced."""
    others = (a for a in checklist.avertissements if a.code != "donnee_personnelle")
    return replace(checklist, avertissements=tuple(others))


def summary(replaced: tuple[DonneePersonnelle, ...]) -> str:
    """Return what was replaced, counted, in one phrase; empty when nothing was."""
    counts = Counter(trace.trouvaille.nature for trace in replaced)
    parts = [f"{_NOMS[nature].partition(' ')[2]} ({n})" for nature, n in sorted(counts.items())]
    return f"Pseudonymisé : {', '.join(parts)}." if parts else "Pseudonymisé : rien à remplacer."


# ---- walking --------------------------------------------------------------------------------------------


#: What is looked into by itself.
_Partie = Demande | Releve | ReponseDite | CompteRendu


def _parts(value: Demande | Dossier | Questionnaire) -> Iterator[_Partie]:
    """Yield what a request, findings or answers are made of, in reading order."""
    if isinstance(value, Demande):
        yield value
        return
    if value.demande is not None:
        yield value.demande
    if isinstance(value, Questionnaire):
        yield from value.reponses
    else:
        yield from (*value.releves, *value.verifications)
        yield value.compte_rendu


def _traces(part: _Partie) -> Iterator[DonneePersonnelle]:
    ligne = None if isinstance(part, Demande | CompteRendu) else part.ligne
    names = _DEMANDE if isinstance(part, Demande) else part.__struct_fields__
    above = _RAPPORT if isinstance(part, CompteRendu) else ""
    for name in names:
        for champ, texte in _texts(getattr(part, name), _under(above, name)):
            for hit in _hits(texte, champ):
                yield DonneePersonnelle(trouvaille=hit, ligne=ligne, lieu=_place(part, champ))


def _hits(texte: str, champ: str) -> tuple[Trouvaille, ...]:
    from certif_rules.personnes.detection import find  # most requests hold nothing that is typed

    return find(texte, champ, personne=_of_somebody(_bare(champ)))


def _texts(value: Any, champ: str, rang: str = "") -> Iterator[tuple[str, str]]:
    """Yield (field, text) of what was typed at ``champ`` and below: « ecart.causes », « preuves_vues[1] »."""
    if champ in _GARDES:
        return
    if isinstance(value, str):
        yield f"{champ}{rang}", value
    elif isinstance(value, list | tuple):
        for rank, child in enumerate(value):
            yield from _texts(child, champ, f"{rang}[{rank}]")
    else:
        for key, child in _children(value):
            yield from _texts(child, _under(champ, key), rang)


def _hidden(value: Any, champ: str) -> Any:
    """Return what :func:`_texts` reads, replaced; everything else as it is."""
    if champ in _GARDES:
        return value
    if isinstance(value, str):
        from certif_rules.personnes.detection import pseudonymise  # most requests hold nothing that is typed

        return pseudonymise(value, personne=_of_somebody(champ))
    if isinstance(value, tuple):
        return tuple(_hidden(child, champ) for child in value)
    if isinstance(value, list):
        # What was read from a file keeps its places.
        items = copy(value)
        items[:] = [_hidden(child, champ) for child in value]
        return items
    changed = {key: _hidden(child, _under(champ, key)) for key, child in _children(value)}
    if isinstance(value, Mapping):
        entries = copy(value) if isinstance(value, dict) else {}
        entries.update(changed)
        return entries
    return replace(value, **changed) if changed else value


def _children(value: Any) -> list[tuple[str, Any]]:
    """Return what is in a mapping or in a value of the model, by name; nothing in anything else."""
    if isinstance(value, Mapping):
        return [(str(key), child) for key, child in value.items()]
    if isinstance(value, Struct):
        return [(name, getattr(value, name)) for name in value.__struct_fields__]
    return []


def _under(champ: str, key: str) -> str:
    return f"{champ}.{key}" if champ else key


def _of_somebody(champ: str) -> bool:
    """Return whether a field says who: « leve_par », « organisme.contact »."""
    words = {word for part in champ.split(".") for word in (part, *part.split("_"))}
    from certif_rules.personnes.detection import is_role

    return bool(words & _PERSONNES) or any(map(is_role, words))


def _bare(champ: str) -> str:
    """Return the path of a field without its ranks."""
    return champ.partition("[")[0]


def _place(value: _Partie, champ: str) -> Location | None:
    bare = _bare(champ)
    if isinstance(value, CompteRendu):
        return None
    if isinstance(value, ReponseDite):
        return value.lieu
    if isinstance(value, Releve):
        return value.lieux.get(bare) or value.lieu
    return value.lieu(".".join(bare.split(".")[:2])) or value.lieu("organisme")


def _where(trace: DonneePersonnelle, numeros: Mapping[str, str]) -> str:
    champ = _bare(trace.trouvaille.champ)
    label = _CHAMPS.get(champ, champ.removeprefix("ecart.").removeprefix("organisme.").replace("_", " "))
    if trace.ligne is None and champ.startswith(f"{_RAPPORT}."):
        return f"rapport, « {champ.removeprefix(_RAPPORT + '.').replace('_', ' ')} »"
    if trace.ligne is None:
        return f"profil, « {label} »"
    return f"ligne {numeros.get(trace.ligne, trace.ligne)}, « {label} »"
