"""A case of a self-assessment: a profile, answers, and what the synthesis must say, in the words of people.

The format is that of ``schemas/casautodiagnostic.schema.json``. Criteria and lines go by printed number.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

from certif_rules.audit.demande import Demande, from_profile, parse_name
from certif_rules.audit.reponses import Questionnaire, ReponseDite
from certif_rules.errors import IssuesError
from certif_rules.plugins.registry import Registry
from certif_rules.services.autodiagnostic import compare_syntheses, synthesis
from certif_rules.services.formats import FORMATS, write_document
from certif_rules.testing.fichier import refused, unlike
from certif_rules.vie.autodiagnostic import Axe, Synthese, contradictions
from certif_rules.vie.progression import Comparaison

_COMPARED = ("changements", "changements_criteres")
#: The key of answers that stands for every line asked which is not named.
AUTRES = "autres"


def differences(case: Mapping[str, Any], registry: Registry) -> list[str]:
    """Return what the case expects and does not get, in French; empty when all holds."""
    expected = case["attendu"]
    try:
        synthese = _synthesis(case, case["reponses"], registry)
        compared = None
        if "reponses_avant" in case:
            compared = compare_syntheses(_synthesis(case, case["reponses_avant"], registry), synthese)
    except IssuesError as error:
        return refused(error, expected.get("erreur"))
    if "erreur" in expected:
        return [f"refus attendu ({expected['erreur']}), synthèse obtenue"]
    texts = []
    for key, value in expected.items():
        if key in _COMPARED:
            texts += _compared(compared, key, value)
        else:
            texts += _CHECKS[key](synthese, value)
    return texts


def _synthesis(case: Mapping[str, Any], answers: Mapping[Any, Any], registry: Registry) -> Synthese:
    nom, edition = parse_name(case["referentiel"])
    demande = from_profile(case["profil"])
    typed = Demande(referentiel=nom, edition=edition)
    given = {str(key): value for key, value in answers.items()}
    others = given.pop(AUTRES, None)
    dites = tuple(_answer(key, value) for key, value in given.items())
    etendue = case.get("etendue")
    if others is not None:
        empty = Questionnaire(nom="", reponses=(), demande=demande)
        cadre = synthesis(registry, empty, typed, etendue=etendue).cadre
        names = {*given}
        left = [
            li.indicateur for li in cadre.retenues if not {li.indicateur.id, li.indicateur.numero} & names
        ]
        dites += tuple(_answer(line.id, others) for line in left)
    questionnaire = Questionnaire(nom="cas", reponses=dites, demande=demande)
    return synthesis(registry, questionnaire, typed, etendue=etendue)


def _answer(ligne: str, value: Any) -> ReponseDite:
    """Return a level alone, or « sans_objet » with its reason."""
    if isinstance(value, Mapping):
        return ReponseDite(ligne=ligne, niveau=value.get("niveau"), raison=value.get("raison"))
    return ReponseDite(ligne=ligne, niveau=value)


def _axes(synthese: Synthese) -> dict[str, Axe]:
    return {axe.critere.numero if axe.critere else "": axe for axe in synthese.axes}


def _scores(synthese: Synthese, value: Mapping[Any, Mapping[str, Any]]) -> list[str]:
    axes = _axes(synthese)
    texts = []
    for key, wanted in value.items():
        axe = axes.get(str(key))
        if axe is None:
            texts.append(f"critère {key} : absent (obtenus : {', '.join(axes)})")
            continue
        obtained = {
            "score": f"{axe.score.points}/{axe.score.maximum}",
            "pourcent": axe.score.pourcent,
            "repondues": axe.score.repondues,
            "applicables": axe.score.applicables,
            "etat": axe.etat,
            "plus_bas": [c.ligne.indicateur.numero for c in axe.plus_bas],
        }
        for name, expected in wanted.items():
            shown = [str(x) for x in expected] if isinstance(expected, list) else expected
            if obtained[name] != shown:
                texts.append(f"critère {key}, {name} : {unlike(shown, obtained[name])}")
    return texts


def _equal(getter: Callable[[Synthese], list[str]]) -> Callable[[Synthese, Any], list[str]]:
    def check(synthese: Synthese, value: list[Any]) -> list[str]:
        obtained, wanted = getter(synthese), [str(item) for item in value]
        return [] if obtained == wanted else [f"attendu {', '.join(wanted)} ; obtenu {', '.join(obtained)}"]

    return check


def _list(synthese: Synthese, *, answered: bool) -> list[str]:
    return [
        p.cotation.ligne.indicateur.numero
        for p in synthese.priorites
        if not answered or p.cotation.appreciation.niveau is not None
    ]


def _groups(synthese: Synthese, value: Mapping[Any, str]) -> list[str]:
    obtained: dict[str, str] = {p.cotation.ligne.indicateur.numero: p.groupe for p in synthese.priorites}
    return [
        f"ligne {key} : {unlike(wanted, obtained.get(str(key)))}"
        for key, wanted in value.items()
        if obtained.get(str(key)) != wanted
    ]


def _whole(synthese: Synthese, value: str) -> list[str]:
    obtained = f"{synthese.ensemble.points}/{synthese.ensemble.maximum}"
    return [] if obtained == value else [f"ensemble : {unlike(value, obtained)}"]


def _told(synthese: Synthese, value: list[str]) -> list[str]:
    obtained = list(contradictions(synthese.cadre))
    return [] if sorted(obtained) == sorted(value) else [f"incohérences : {unlike(value, obtained)}"]


def _mention(synthese: Synthese, value: str) -> list[str]:
    mention = synthese.cadre.regles.mention
    return [] if mention and value in mention.texte else [f"mention : « {value} » absent"]


def _page(synthese: Synthese, value: list[str]) -> list[str]:
    """Compare the texts of the printed page, tags and typography aside, each after the one before."""
    written = write_document("synthese", FORMATS["html"], synthese).decode()
    body = re.sub(r"<(style|script|nav)\b.*?</\1>", " ", written, flags=re.DOTALL)
    page = _spaced(html.unescape(re.sub(r"<[^>]+>", " ", body)))
    at = 0
    for text in value:
        place = page.find(_spaced(text), at)
        if place < 0:
            after = "absent de la page" if _spaced(text) not in page else "n’est pas après le précédent"
            return [f"page : « {text} » {after}"]
        at = place + len(_spaced(text))
    return []


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


_CHECKS: Mapping[str, Callable[[Synthese, Any], list[str]]] = {
    "criteres": _scores,
    "priorites": _equal(lambda s: _list(s, answered=False)),
    "priorites_repondues": _equal(lambda s: _list(s, answered=True)),
    "groupes": _groups,
    "ensemble": _whole,
    "lignes": _equal(lambda s: [c.ligne.indicateur.numero for c in s.cotations]),
    "ecartees": _equal(lambda s: [li.indicateur.numero for li in s.cadre.ecartees]),
    "a_confirmer": _equal(
        lambda s: [c.ligne.indicateur.numero for c in s.cotations if c.ligne.etat == "a_confirmer"]
    ),
    "incoherences": _told,
    "mention": _mention,
    "page": _page,
}


def _compared(comparaison: Comparaison | None, key: str, value: Mapping[Any, str]) -> list[str]:
    if comparaison is None:
        return [f"{key} : attendu d’un cas sans « reponses_avant »"]
    obtained: dict[str, str]
    if key == "changements":
        moved = (c for c in comparaison.changements if c.sens != "inchange")
        obtained = {c.apres.ligne.indicateur.numero: c.sens for c in moved}
    else:
        obtained = {
            axe.critere.numero if axe.critere else "": f"{axe.avant.points}/{axe.avant.maximum} puis"
            f" {axe.apres.points}/{axe.apres.maximum}"
            for axe in comparaison.axes
        }
        obtained = {numero: text for numero, text in obtained.items() if numero in map(str, value)}
    wanted = {str(name): text for name, text in value.items()}
    return [] if obtained == wanted else [f"{key} : {unlike(wanted, obtained)}"]
