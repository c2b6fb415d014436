"""The words that every format for people shares: states, reasons, natures, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final, Literal

from msgspec.structs import replace

from certif_rules.audit.aggravation import worst
from certif_rules.audit.certificats import ARRETS
from certif_rules.audit.checklist import Checklist, Ligne, Point, point_key
from certif_rules.audit.sites import gaps
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import INSECABLE, clean, day, prose
from certif_rules.francais import count
from certif_rules.model.base import Appui, Confiance, Texte
from certif_rules.model.cycle import RegleDate
from certif_rules.model.personnes import DonneesSensibles, NatureSensible
from certif_rules.model.referentiel import Critere, Evolution, Indicateur, Nature
from certif_rules.noms import cle
from certif_rules.rules.contexte import Certificat
from certif_rules.rules.motifs import CodeMotif, Etat, Motif

SIGNES: Final[Mapping[Etat, b.Signe]] = {
    "a_auditer": b.Signe("à auditer", "●", "[X]", "a_auditer"),
    "a_confirmer": b.Signe("à confirmer", "?", "[?]", "a_confirmer"),
    "non_audite": b.Signe("non audité", "–", "[-]", "non_audite"),
    "non_applicable": b.Signe("non applicable", "∅", "[/]", "non_applicable"),
}

#: Of lines in a state, one and several, where the words of the state take an ending.
_ACCORDS: Final[Mapping[Etat, tuple[str, str]]] = {
    "non_audite": ("non auditée", "non auditées"),
    "non_applicable": ("non applicable", "non applicables"),
}

#: What a state means, for the legend of a document.
SENS: Final[Mapping[Etat, str]] = {
    "a_auditer": "s’applique à l’organisme et est à voir à cet audit",
    "a_confirmer": "un fait, une règle ou un texte manque pour trancher",
    "non_audite": "n’est pas à voir à cet audit",
    "non_applicable": "ne s’applique pas à l’organisme",
}

Forme = Literal["grave", "ecart", "fait", "hors"]
#: The one shape of each kind of finding, on screens and on paper; what weighs most comes first.
FORMES: Final[dict[Forme, b.Signe]] = {
    "grave": b.Signe("l’écart le plus grave", "■", "!!", "grave"),
    "ecart": b.Signe("un écart", "△", "!", "ecart"),
    "fait": b.Signe("ce qui convient", "✓", "v", "fait"),
    "hors": b.Signe("hors champ", "∅", "0", "hors"),
}

LABEL: Final = b.Signe("label", "★", "*")
MARQUE: Final = f"{LABEL.symbole} {LABEL.mot}"
SENS_MARQUE: Final = "ligne ajoutée par le label à sa base"

NATURES: Final[Mapping[Nature, str]] = {
    "exigence": "Exigences",
    "regles": "Règles d’audit",
    "guide": "Guide de lecture",
}

CONFIANCES: Final[Mapping[Confiance, str]] = {
    "elevee": "élevée",
    "moyenne": "moyenne",
    "faible": "faible",
    "non_verifiee": "non vérifiée",
}

#: A confidence that is not high, beside a text.
_DOUTES: Final[Mapping[Confiance, str]] = {
    "moyenne": "confiance moyenne",
    "faible": "confiance faible",
    "non_verifiee": "non vérifié",
}

MOTIFS: Final[Mapping[CodeMotif, str]] = {
    "applicable": "applicable",
    "hors_categorie": "hors catégorie",
    "condition_non_remplie": "condition non remplie",
    "condition_inconnue": "condition à renseigner",
    "portee_inconnue": "portée inconnue",
    "perimetre": "dans le périmètre de l’audit",
    "perimetre_inconnu": "périmètre à confirmer",
    "hors_perimetre": "hors du périmètre de l’audit",
    "constat_precedent": "constat précédent",
    "precedent_inconnu": "audit précédent à renseigner",
    "non_vue": "non vue à l’audit précédent",
    "ajout": "ajout",
    "derogation": "dérogation",
    "pieces": "pièces à la place de l’audit",
    "equivalence": "équivalence",
}

#: The reasons that put a line in its state. Those of a weaker pair (another category) are not among them.
_DECISIFS: Final[Mapping[Etat, frozenset[CodeMotif]]] = {
    "a_auditer": frozenset(
        {"applicable", "perimetre", "constat_precedent", "non_vue", "ajout", "derogation"}
    ),
    "a_confirmer": frozenset(
        {"condition_inconnue", "portee_inconnue", "perimetre_inconnu", "precedent_inconnu"}
    ),
    "non_audite": frozenset(
        {"hors_perimetre", "pieces", "equivalence", "condition_inconnue", "portee_inconnue"}
    ),
    "non_applicable": frozenset({"hors_categorie", "condition_non_remplie"}),
}

#: What gaps and changes are about, in French; a test asks for the word of every field that shipped data name.
CHAMPS: Final[Mapping[str, str]] = {
    "adaptations": "adaptations",
    "alias": "autre code",
    "au": "date de fin",
    "commentaires": "commentaires",
    "critere": "critère",
    "criteres": "critères",
    "donnees_sensibles": "données sensibles",
    "du": "date de début",
    "echeance": "échéance",
    "etiquettes": "étiquettes",
    "evolution": "évolution",
    "exigence": "énoncé",
    "gravite": "gravité d’un écart",
    "guide": "guide de lecture",
    "niveau_attendu": "niveau attendu",
    "numero": "numéro",
    "perimetre": "périmètre",
    "portee": "catégories concernées",
    "preambule": "préambule",
    "precisions": "précisions",
    "preuves": "exemples de preuves",
    "regles": "règles d’audit",
    "titre": "intitulé",
    "variantes": "autres rédactions",
}

_EVOLUTIONS: Final[Mapping[str, str]] = {
    "fond": "modifié sur le fond depuis l’édition",
    "forme": "modifié dans la forme depuis l’édition",
    "aucune": "inchangé depuis l’édition",
    "nouveau": "nouveau depuis l’édition",
}

#: What an earlier audit found of a check, in the middle of a sentence.
RESULTATS_PRECEDENTS: Mapping[str, str] = {
    "satisfaite": "satisfaite",
    "non_satisfaite": "non satisfaite",
    "levee": "non satisfaite (levée)",
}
#: What is written of a gap after its audit, as people call it.
_SUIVI: Final[Mapping[str, str]] = {
    "enonce": "énoncé",
    "action_corrective": "action corrective",
    "plan_recu_le": "plan reçu le",
    "plan_accepte_le": "plan accepté le",
}

#: What notes may reveal, in words; never a symbol alone.
SENSIBLES: Final[Mapping[NatureSensible, str]] = {"sante": "Santé"}
DONNEES_SENSIBLES: Final = "Données sensibles"

ABSENT: Final = "texte absent de la source"
SANS_CRITERE: Final = "Sans critère connu"
REFORMULATION: Final = (
    f"Les exigences sont reformulées avec nos propres mots{INSECABLE}: seul le texte officiel fait foi."
)
CITATIONS: Final = (
    "Ce qui est entre guillemets est cité mot pour mot et porte sa source, avec sa diapositive"
    " quand elle vient d’une présentation."
)


def disclaimer(checklist: Checklist) -> str:
    """Return what the texts of this document are worth; quotations are spoken of where there are some."""
    return f"{REFORMULATION} {CITATIONS}" if any(map(quotes, checklist.lignes)) else REFORMULATION


def quotes(ligne: Ligne) -> bool:
    """Return whether some text of ``ligne`` is a quotation."""
    indicateur = ligne.indicateur
    textes = (
        indicateur.niveau_attendu, indicateur.gravite, *ligne.preuves, *ligne.precisions, *ligne.adaptations,
        *indicateur.commentaires, *indicateur.variantes,
    )  # fmt: skip
    return (indicateur.citation and indicateur.exigence is not None) or any(t and t.citation for t in textes)


def lines_in(etat: Etat, number: int) -> str:
    """Return how many lines are in a state, in words that agree: « 5 non auditées »."""
    return count(number, *_ACCORDS.get(etat, (SIGNES[etat].mot, SIGNES[etat].mot))).replace(" ", INSECABLE, 1)


def mode(texte: str) -> str:
    """Return how an audit is held, as it is read, whether its words or their code were given."""
    return "à distance" if cle(texte) == cle("à distance") else clean(texte).replace("_", " ")


def groups(checklist: Checklist) -> tuple[tuple[Critere | None, tuple[Ligne, ...]], ...]:
    """Return the lines by criterion; those without a known one last, whatever line comes first."""
    return tuple(sorted(checklist.groupes, key=lambda groupe: groupe[0] is None))


def categories(checklist: Checklist, ligne: Ligne) -> tuple[str, ...]:
    """Return the categories that a line is due for, as printed: none where there are none to tell apart."""
    return () if checklist.referentiel.sans_categories else tuple(map(clean, ligne.categories))


def of_label(checklist: Checklist, origine: str) -> bool:
    """Return whether what comes from ``origine`` was added by a label to its base."""
    return checklist.referentiel.base is not None and origine == checklist.referentiel.id


def criterion(critere: Critere | None) -> str:
    """Return the heading of a group of lines."""
    if critere is None:
        return SANS_CRITERE
    titre = prose(critere.titre) if critere.titre else f"intitulé {ABSENT.removeprefix('texte ')}"
    return f"Critère {clean(critere.numero)} – {titre}"


def title(ligne: Ligne, most: int = 0) -> str:
    """Return the title of a line, else its requirement quoted, cut at ``most`` characters (0: whole)."""
    indicateur = ligne.indicateur
    if indicateur.titre is not None:
        return prose(indicateur.titre)
    if indicateur.exigence is None:
        return ABSENT
    texte = clean(indicateur.exigence)
    if most and len(texte) > most:
        texte = texte[:most].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
    return quoted(texte) if indicateur.citation else prose(texte)


def enonce(indicateur: Indicateur) -> str:
    """Return the requirement, quoted when it is a quotation; its absence where no source gives it."""
    if indicateur.exigence is None:
        return f"Énoncé{INSECABLE}: {ABSENT}"
    return quoted(indicateur.exigence) if indicateur.citation else prose(indicateur.exigence)


def quoted(texte: str) -> str:
    """Return ``texte`` inside guillemets."""
    return prose(f"« {clean(texte)} »")


def mentioned(checklist: Checklist, indicateur: Indicateur) -> tuple[Texte, ...]:
    """Return what its tags say of a line: what a source makes of it among the others."""
    known = checklist.referentiel.mentions
    return tuple(known[tag] for tag in indicateur.etiquettes if tag in known)


def wording(texte: Texte) -> str:
    """Return a text as it is read: quoted when it is a quotation."""
    return quoted(texte.texte) if texte.citation else prose(texte.texte)


def remarks(*appuis: Appui) -> list[str]:
    """Return what stands beside a text: what it is for, then how far it may be trusted."""
    words: list[str] = []
    for appui in appuis:
        if isinstance(appui, Texte):
            words += [prose(appui.situation)] if appui.situation else []
            words += [", ".join(map(clean, appui.categories))] if appui.categories else []
        words += ["lecture"] if appui.lecture else []
        words += [_DOUTES[appui.confiance]] if appui.confiance != "elevee" else []
        words += [f"voir {', '.join(map(clean, appui.incoherences))}"] if appui.incoherences else []
    return list(dict.fromkeys(words))


def reason_remarks(checklist: Checklist, motif: Motif) -> list[str]:
    """Return what stands beside a reason: its categories too, if the organisation has several."""
    several = motif.categories and len(checklist.contexte.categories) > 1
    return remarks(motif) + ([f"pour {', '.join(map(clean, motif.categories))}"] if several else [])


def aside(remarques: Iterable[str], sources: Iterable[str] = ()) -> str:
    """Return what follows a text, after a blank: remarks in parentheses, sources in brackets."""
    inside = ", ".join(remarques)
    return "".join(f" {part}" for part in (f"({inside})" if inside else "", cite(tuple(sources))) if part)


def at_length(appui: Appui) -> list[str]:
    """Return in a sentence each, for an explanation, that a text is a reading and that it is not sure."""
    words = ["lecture de la source, qui l’implique sans le dire"] if appui.lecture else []
    if appui.confiance != "elevee":
        words.append(prose(f"confiance : {CONFIANCES[appui.confiance]}"))
    return words


def deciding(ligne: Ligne) -> tuple[Motif, ...]:
    """Return the reasons that put the line in its state, or all of them when none is of the expected kind."""
    motifs = tuple(motif for motif in ligne.motifs if motif.code in _DECISIFS[ligne.etat])
    return motifs or ligne.motifs


def sensitive(value: DonneesSensibles) -> str:
    """Return what notes on a line may reveal, and what to write instead."""
    return prose(f"{SENSIBLES[value.nature]}. {value.texte}")


def evolution(value: Evolution) -> str:
    """Return how a line changed, in one phrase."""
    phrase = f"{_EVOLUTIONS[value.nature]} {clean(value.depuis)}"
    return prose(f"{phrase} : {value.texte}") if value.texte else phrase


def field_name(champ: str) -> str:
    """Return a field of the data as people call it."""
    return CHAMPS.get(champ, clean(champ).replace("_", " "))


def finding(checklist: Checklist, constat: str) -> str:
    """Return a finding as people read it."""
    declared = checklist.referentiel.constats.get(constat)
    return prose(declared.titre) if declared else clean(constat)


def held(certificat: Certificat) -> str:
    """Return the days of a certificate, what it covers where it does not cover all, and whether it stands."""
    words = [f"du {day(certificat.notification)} au {day(certificat.echeance)}"]
    if certificat.categories is not None:
        words.append(f"pour {', '.join(map(clean, certificat.categories))}")
    if certificat.sites is not None:
        words.append(f"{count(len(certificat.sites), 'site')} : {', '.join(map(clean, certificat.sites))}")
    if certificat.etat is not None:
        words.append(f"{ARRETS[certificat.etat]} le jour de l’audit")
    return ", ".join(words)


def followed(checklist: Checklist, ligne: str) -> list[str]:
    """Return what was written of what the earlier audit left open on a line, or a check, by name."""
    precedent = checklist.contexte.precedent
    texts = precedent.followed(ligne) if precedent else {}
    return [f"{_SUIVI.get(cle, field_name(cle))}{INSECABLE}: {clean(texte)}" for cle, texte in texts.items()]


def earlier_check(checklist: Checklist, value: Point) -> list[str]:
    """Return what the earlier audit found of a check, then what was written of it where it is still open."""
    precedent = checklist.contexte.precedent
    result = ((precedent.resultats if precedent else None) or {}).get(value.id)
    if result is None or value not in checklist.verifications:
        return []
    return [RESULTATS_PRECEDENTS[result], *followed(checklist, point_key(value))]


def marked(texte: str, sources: tuple[str, ...] = (), remarques: Iterable[str] = ()) -> b.Texte:
    """Return a text of the program or the data, its remarks and its sources beside it."""
    beside = aside(remarques)
    return (b.Morceau(texte), b.Morceau(beside or " ", "discret", sources)) if beside or sources else texte


def weighed(checklist: Checklist, constat: str, origine: str) -> b.Signe | None:
    """Return a gap on a line of ``origine`` in words, with a sign for its gravity; nothing for no gap."""
    forme = shape(checklist, constat, origine)
    return replace(FORMES[forme], mot=finding(checklist, constat)) if forme in ("grave", "ecart") else None


def shape(checklist: Checklist, constat: str, origine: str) -> Forme | None:
    """Return the shape of a finding on a line of ``origine``.

    Where no finding is known to be a gap, none is known to be good: only what is out of scope has a shape.
    """
    referentiel = checklist.referentiel
    ecarts, declared = gaps(referentiel, origine), referentiel.constats.get(constat)
    if constat in ecarts:
        return "grave" if constat in worst(referentiel.jugements.values()) else "ecart"
    if declared is not None and declared.hors_portee:
        return "hors"
    return "fait" if ecarts else None


def shape_failed(checklist: Checklist, point: Point) -> Forme:
    """Return the shape of a check that fails: of the gap it counts as, of any gap where none is."""
    grave = point.constat and shape(checklist, point.constat, point.compte_pour) == "grave"
    return "grave" if grave else "ecart"


def in_figures(value: Fraction | None) -> str:
    """Return a measure as an exact number, a fraction where it is not whole."""
    return "sans valeur" if value is None else str(value)


def cite(sources: tuple[str, ...]) -> str:
    """Return ids of sources in brackets, or nothing."""
    return f"[{', '.join(map(clean, sources))}]" if sources else ""


def sense(regle: RegleDate) -> str:
    """Return the kind of day of a rule: a limit to keep, an earliest day, an aim; nothing for a term."""
    if regle.visee:
        return "visée, pas une règle"
    if regle.forme == "a_partir_du":
        return "à partir de ce jour"
    return "au plus tard" if regle.ouvre or regle.forme == "tous_les" else ""
