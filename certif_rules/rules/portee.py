"""Portée: does this line apply to this organisation, for this category? With the reason.

This is where an indicator's scope is decided: its rules are in the exigence layer (``portee:``), or in the
guide when the exigence leaves the matter to it; one of them must hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from certif_rules.model.base import Regle
from certif_rules.model.organisme import Categorie
from certif_rules.rules.faits import Origine, origin, why_unknown
from certif_rules.rules.motifs import CodeMotif, Motif, Reponse, dedupe
from certif_rules.rules.mots import MOTS, Cas, RegleJugee, judge, reason
from certif_rules.rules.trivalent import either


def portee(cas: Cas) -> Reponse:
    """Return whether ``cas.indicateur`` applies to ``cas.categorie``, and why."""
    verdicts = [judge(regle, cas, MOTS) for regle in cas.indicateur.portee]
    valeur = either([verdict.valeur for verdict in verdicts])
    decisive = [verdict for verdict in verdicts if verdict.valeur is valeur]
    if valeur is True:
        return Reponse(valeur, dedupe([_motif("applicable", _why_true(v, cas), [v], cas) for v in decisive]))
    if valeur is None:
        return Reponse(valeur, dedupe(_unknown(verdict, cas) for verdict in decisive))
    return Reponse(valeur, (_out(decisive, cas),))


def _why_true(verdict: RegleJugee, cas: Cas) -> str:
    conditions = _conditions(verdict, cas)
    if conditions:
        return " ; ".join(conditions)
    if cas.referentiel.sans_categories:
        return "applicable à tout organisme"
    return f"applicable à cette {cas.referentiel.vocabulaire.categorie}"


def _conditions(verdict: RegleJugee, cas: Cas) -> list[str]:
    """Return the fact of the rule, in the words of its answer."""
    nom = verdict.regle.mots.get("fait")
    if not isinstance(nom, str):
        return []
    fait = cas.referentiel.faits[nom]
    answer = verdict.mots["fait"]
    if answer is None:
        return [why_unknown(fait)]
    derived = _origin(cas, nom)
    if derived:
        return [derived.texte]
    return [fait.vrai if answer else fait.faux]


def _unknown(verdict: RegleJugee, cas: Cas) -> Motif:
    conditions = _conditions(verdict, cas) if verdict.mots.get("fait", True) is None else []
    if conditions:
        return _motif("condition_inconnue", " ; ".join(conditions), [verdict], cas)
    return _motif("portee_inconnue", verdict.regle.inconnu or "", [verdict], cas)


def _out(verdicts: Sequence[RegleJugee], cas: Cas) -> Motif:
    """Return why it is out for every rule: by category when no rule is open to it, else by a condition."""
    open_to_category = [verdict for verdict in verdicts if verdict.mots.get("categories", True)]
    if not open_to_category:
        named = {c for verdict in verdicts for c in _tuple(verdict.regle.mots.get("categories"))}
        admitted = [c for c in cas.referentiel.categories.values() if c.id in named]
        return _motif("hors_categorie", _reserved_to(admitted), verdicts, cas)
    texts = [text for verdict in open_to_category for text in _conditions(verdict, cas)]
    texts = list(dict.fromkeys(texts)) or [
        v.regle.motif or "exclue par la portée" for v in open_to_category[:1]
    ]
    return _motif("condition_non_remplie", " ; ".join(texts), open_to_category, cas)


def _origin(cas: Cas, nom: str) -> Origine | None:
    return origin(cas.referentiel, cas.contexte, cas.categorie, nom, cas.faits[cas.categorie])


def _reserved_to(categories: Sequence[Categorie]) -> str:
    names = [f"{categorie.a_qui} ({categorie.id})" for categorie in categories]
    listed = " et ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return f"réservé {listed}"


def _tuple(valeur: object) -> tuple[str, ...]:
    return valeur if isinstance(valeur, tuple) else ()


def _motif(code: CodeMotif, texte: str, verdicts: Sequence[RegleJugee], cas: Cas) -> Motif:
    parts: list[Regle | Origine] = [verdict.regle for verdict in verdicts]
    if code in ("applicable", "condition_non_remplie"):
        names = [str(verdict.regle.mots["fait"]) for verdict in verdicts if "fait" in verdict.regle.mots]
        parts += [one for nom in sorted({*names}) if (one := _origin(cas, nom)) is not None] if names else []
    return reason(code, texte, cas, *parts)
