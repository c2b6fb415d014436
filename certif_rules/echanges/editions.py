"""Two editions compared, as JSON: lists of ids for programs, then each line with its words."""

from __future__ import annotations

from typing import Any

from certif_rules.audit.editions import (
    CoucheRemplacee,
    EditionsComparees,
    LigneComparee,
    Mutation,
    Recomposition,
    Redaction,
    cited,
)
from certif_rules.audit.incidences import Incidence, PourOrganisme, Repris
from certif_rules.echanges.champs import RESUME, Ecrivain, with_sources
from certif_rules.model.base import Avertissement
from certif_rules.model.referentiel import Evolution, Indicateur, Referentiel

_ecrire = Ecrivain(
    {
        Referentiel: f"{RESUME} base guide empreinte",
        LigneComparee: "id=apres.id numero=apres.numero titre=apres.titre reformulation redactions evolution"
        " portee_modifiee constats_permis_modifies guide",
        Redaction: "champ avant apres mots",
        Evolution: "depuis nature texte issu_de? sources",
        Mutation: "sorte id titre sens",
        Recomposition: "de vers indice",
        # A line goes by its id.
        Indicateur: lambda line: line.id,
        CoucheRemplacee: "referentiel nature avant apres",
        PourOrganisme: "nom categories type_audit incidences constats",
        Incidence: "id numero sens avant apres motifs",
        Repris: "id numero constat sort raison",
        Avertissement: "code message sources",
    }
)


_deplacer = Ecrivain(
    {
        LigneComparee: "de=avant.id vers=apres.id numero_avant=avant.numero numero_apres=apres.numero indice",
    }
)


def document(compared: EditionsComparees) -> dict[str, Any]:
    """Return the comparison as the values that are written; keys may be added to them, never renamed."""
    sides = zip((compared.avant, compared.apres), compared.empreintes, strict=True)
    avant, apres = (_ecrire(referentiel, empreinte=digest) for referentiel, digest in sides)
    written = {
        "format": 1,
        "avant": avant,
        "apres": apres,
        "ajoutes": compared.ajoutees,
        "retires": compared.retirees,
        "reformules": [line.apres for line in compared.reformulees],
        "renumerotes": _deplacer([line for line in compared.lignes if line.renumerotee]),
        "inchanges": [line.apres for line in compared.inchangees],
        "sans_texte": [line.apres for line in compared.sans_texte],
        "divises_ou_reunis": compared.recompositions,
        "proches": [{"de": a, "vers": z} for a, z in compared.proches],
        "lignes": [_line(line) for line in compared.lignes if _differs(line)],
        "couches": compared.couches,
        "autres": compared.mutations,
        "organisme": compared.organisme,
        "avertissements": compared.avertissements,
    }
    sources = {**compared.avant.sources, **compared.apres.sources}
    return with_sources(_ecrire(written), sources.values(), cited(compared))


def _differs(line: LigneComparee) -> bool:
    return bool(line.reformulation or line.redactions or line.regles or line.guide)


def _line(line: LigneComparee) -> Any:
    texts = [
        _ecrire(
            one,
            avant=getattr(line.avant, one.champ),
            apres=getattr(line.apres, one.champ),
            mots=[{"signe": passe.operation, "texte": passe.texte} for passe in one.passes],
        )
        for one in line.redactions
    ]
    return _ecrire(
        line,
        redactions=texts,
        portee_modifiee="portee" in line.regles,
        constats_permis_modifies="constats_permis" in line.regles,
    )
