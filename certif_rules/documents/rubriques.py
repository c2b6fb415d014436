"""What every document for people says besides its lines, as rows of plain strings ready to lay out.

Typed text (a name, a town) is cleaned, never given typography: it is printed as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from certif_rules.audit.checklist import (
    RECEPTIONS,
    RESULTATS,
    Checklist,
    Point,
    SitesAudites,
    elsewhere,
)
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import cited
from certif_rules.blocs.typographie import FINE, INSECABLE, clean, day, prose
from certif_rules.documents import emetteur
from certif_rules.documents.faits import SUITE, answer, yes
from certif_rules.documents.mots import (
    CONFIANCES,
    NATURES,
    RESULTATS_PRECEDENTS,
    aside,
    field_name,
    finding,
    followed,
    held,
    marked,
    mode,
    remarks,
    wording,
)
from certif_rules.francais import capital, noun
from certif_rules.model.base import Lacune, Source
from certif_rules.model.referentiel import CoucheRetenue, Critere, Indicateur, Reconnaissance, Referentiel
from certif_rules.rules.contexte import VERIFICATION

#: What :func:`retention` is about, and :data:`NOTES` is a reminder of.
CONSERVATION = "Notes et durée de conservation"
#: What stands in every document to fill.
NOTES = (
    "Noter le moins possible sur les personnes : des initiales ou une référence de dossier, ni nom complet, "
    "ni adresse électronique, ni téléphone, ni numéro de sécurité sociale."
)
#: What a digest of rules is for, said where an auditor reads one.
EMPREINTE = "deux documents qui ont la même appliquent les mêmes textes et les mêmes règles"
#: A label and its value; :data:`Rangee` is one whose value rests on sources.
Rang = tuple[str, str]
Rangee = tuple[str, b.Texte]


class CoucheImprimee(Struct, frozen=True, kw_only=True):
    """This row prints a layer; ``lecture`` says whether it was read, and what was read in its place."""

    nature: str
    origine: str
    id: str
    titre: str
    periode: str
    confiance: str
    lecture: str
    notes: tuple[b.Texte, ...]
    revision: str


class LacuneImprimee(Struct, frozen=True, kw_only=True):
    """This row prints a gap: of what, which fields, what was looked for.

    Equal gaps of several lines are one row.
    """

    objet: str
    champs: str
    cherche: str
    sources: tuple[str, ...]


def heading(checklist: Checklist) -> str:
    """Return the title of the document."""
    return f"Grille d’audit – {prose(checklist.referentiel.titre)}"


def labelled(row: Rang) -> str:
    """Return a row in one phrase; a question needs no colon."""
    label, value = row
    return f"{label} {value}" if label.endswith("?") else f"{label}{INSECABLE}: {value}"


def identity(checklist: Checklist) -> list[Rang]:
    """Return what the checklist is, and for which audit."""
    referentiel, contexte = checklist.referentiel, checklist.contexte
    type_audit = checklist.type_audit
    rows = [
        ("Émetteur du document", emetteur.name(checklist)),
        ("Type d’audit", prose(type_audit.titre)),
        ("Date de l’audit", day(contexte.date)),
        ("Mode", mode(contexte.mode or "")),
        ("Référentiel", f"{prose(referentiel.titre)} ({clean(referentiel.id)})"),
        ("Édition", clean(referentiel.edition)),
        ("Base", clean(referentiel.base or "aucune")),
        ("Guide de lecture", clean(referentiel.guide or "aucun pour cette édition")),
    ]
    return [row for row in rows if row[1]]


def layers(checklist: Checklist) -> list[CoucheImprimee]:
    """Return the layers applied, in order."""
    return [_layer(checklist.referentiel, retenue) for retenue in checklist.referentiel.couches]


def organisation(checklist: Checklist) -> list[Rang]:
    """Return the organisation as declared, facts excepted."""
    declared = dict(checklist.organisme)
    declared.pop("faits", None)
    rows = [(label, _declared(declared.pop(cle, None))) for cle, label in _IDENTITE.items()]
    chiffre = declared.pop("chiffre_affaires", None)
    if isinstance(chiffre, int):
        rows.append(("Chiffre d’affaires", f"{chiffre:,}{INSECABLE}€".replace(",", FINE)))
    elif chiffre is not None:
        rows.append(("Chiffre d’affaires", _declared(chiffre)))
    declared.pop("categories", None)
    referentiel = checklist.referentiel
    if not referentiel.sans_categories:
        own = _categories(referentiel, checklist.contexte.organisme.categories)
        rows.append((capital(referentiel.vocabulaire.categories), own))
    rows.append(("Sites", SUITE.join(map(_site, declared.pop("sites", None) or ()))))
    rows.extend((clean(str(cle)).replace("_", " "), _declared(valeur)) for cle, valeur in declared.items())
    return [row for row in rows if row[1]]


def circumstances(checklist: Checklist) -> list[Rang]:
    """Return what the audit adds, the earlier audit and the certificates, where they were declared."""
    contexte = checklist.contexte
    rows: list[Rang] = []
    if contexte.ajouts.categories:
        label = capital(checklist.referentiel.vocabulaire.ajoutees)
        rows.append((label, _categories(checklist.referentiel, contexte.ajouts.categories)))
    if contexte.ajouts.sites:
        rows.append(("Sites ajoutés", ", ".join(map(clean, contexte.ajouts.sites))))
    rows.append(("Audit précédent", _earlier(checklist)))
    rows.extend(_certificate(checklist, nom) for nom in contexte.certificats)
    return rows


def _certificate(checklist: Checklist, nom: str) -> Rang:
    """Return a certificate by the name that an equivalence gives it, and whether it exempts of nothing."""
    contexte, type_audit = checklist.contexte, checklist.type_audit.id
    named = [e for e in checklist.referentiel.equivalences if e.certificat == nom]
    titre = f"Certificat {prose(named[0].titre if named else checklist.referentiel.nom_de(nom))}"
    words = held(contexte.certificats[nom])
    here = any(not e.types or type_audit in e.types for e in named)
    if here and all(contexte.holds(nom, categorie) is False for categorie in contexte.categories):
        words += f"{INSECABLE}: à cet audit, il ne dispense de rien"
    return titre, words


def facts(checklist: Checklist) -> list[Rang]:
    """Return every fact asked for, with its answer, less the derogations of a region where no site is."""
    faits = checklist.referentiel.faits.values()
    return [(prose(f.question), answer(checklist, f)) for f in faits if not elsewhere(checklist, f)]


def gaps(checklist: Checklist) -> list[LacuneImprimee]:
    """Return the declared gaps, those of several lines that say the same put together."""
    grouped: dict[tuple[str, tuple[str, ...], str, tuple[str, ...]], list[str]] = {}
    for lacune in checklist.lacunes:
        word, name = _subject(checklist.referentiel, lacune)
        names = grouped.setdefault((word, lacune.champs, lacune.cherche, lacune.sources), [])
        if name not in names:
            names.append(name)
    return [
        LacuneImprimee(
            objet=prose(f"{noun(len(names), word) if word else word} {', '.join(names)}"),
            champs=", ".join(map(field_name, champs)),
            cherche=prose(cherche),
            sources=sources,
        )
        for (word, champs, cherche, sources), names in grouped.items()
    ]


def retention(checklist: Checklist) -> list[Rangee]:
    """Return how long records are kept, by référentiel, base first, or that no source says it."""
    referentiel = checklist.referentiel
    rows: list[Rangee] = []
    for origine in referentiel.origines:
        rule = referentiel.conservations.get(origine)
        if rule is None:
            rows.append((clean(origine), "durée absente des sources"))
            continue
        parts = [prose(rule.duree)] if rule.duree else []
        words = " – ".join([*parts, prose(rule.texte)])
        rows.append((clean(origine), (b.Morceau(f"{words}{aside(remarks(rule))}", sources=rule.sources),)))
    return rows


def point(checklist: Checklist, value: Point) -> str:
    """Return a document required or a check to make, with what it becomes when it fails."""
    parts = [prose(value.texte)]
    if value.reception:
        parts.append(RECEPTIONS[value.reception])
    if not value.certain:
        parts.append("à confirmer")
    if value.constat:
        parts.append(f"à défaut{INSECABLE}: {finding(checklist, value.constat)}")
    if value.note:
        parts.append(prose(value.note))
    return " – ".join(parts)


#: What may be found of a check, in words.
MOTS_RESULTATS: Mapping[str, str] = dict(zip(RESULTATS, ("Satisfaite", "Non satisfaite"), strict=True))
#: A check of which nothing was found.
A_FAIRE = "À faire"


def sources(known: Iterable[Source], blocs: Iterable[b.Bloc]) -> tuple[Source, ...]:
    """Return those of ``known`` that ``blocs`` cite, in the order they are declared."""
    ids = set(cited(tuple(blocs)))
    return tuple(source for source in known if source.id in ids)


def bibliography(known: Iterable[Source], blocs: Iterable[b.Bloc]) -> tuple[b.Bibliographie, ...]:
    """Return those of ``known`` that ``blocs`` cite as one block, or none."""
    shown = tuple(
        b.Reference(
            id=clean(s.id), titre=prose(s.titre), nature=prose(s.nature or ""), adresse=prose(s.reference)
        )
        for s in sources(known, blocs)
    )
    return (b.Bibliographie(sources=shown),) if shown else ()


def sites(value: SitesAudites) -> str:
    """Return the sites an extension brings to the audit."""
    named = ", ".join(map(clean, value.sites)) if value.sites is not None else "non connus"
    return f"{named or 'aucun'} – {prose(value.texte)}{aside(remarks(value))}"


_IDENTITE: Mapping[str, str] = {"nom": "Nom", "siren": "SIREN", "nda": "Numéro de déclaration d’activité"}


def recognition(value: Reconnaissance) -> str:
    """Return a period of recognition in one phrase: by whom, its decision, or that it is awaited."""
    period = f"du {day(value.du)} au {day(value.au)} par {prose(value.par)}"
    head = f"Reconnaissance en attente {period}" if value.en_attente else f"Reconnu {period}"
    number = f" n°{INSECABLE}{clean(value.numero)}" if value.numero else ""
    of_day = f" du {day(value.le)}" if value.le else ""
    decision = [f"{prose(value.decision)}{number}{of_day}"] if value.decision else []
    words = [*decision, *([prose(value.note)] if value.note else []), *remarks(value)]
    return head + (f" ({SUITE.join(words)})" if words else "")


def _changes(referentiel: Referentiel, origine: str) -> Iterator[b.Texte]:
    """Yield what a label does to its base: of what, the other wordings that it gives, and why."""
    nodes: Mapping[str, Mapping[str, Critere | Indicateur]] = {
        "critere": referentiel.criteres,
        "indicateur": referentiel.indicateurs,
    }
    for change in referentiel.changements:
        if change.origine != origine:
            continue
        named = f"{'Critère' if change.nature == 'critere' else 'Indicateur'} {clean(change.numero)}"
        done = f"modifié ({', '.join(map(field_name, change.champs))})" if change.champs else "retiré"
        by = f" par l’édition {clean(change.edition)}" if change.edition else ""
        yield marked(f"{named} {done}{by}{INSECABLE}: {prose(change.motif)}", change.sources)
        if "variantes" in change.champs and change.cible in nodes[change.nature]:
            for texte in nodes[change.nature][change.cible].variantes:
                words = f"{named}, autre rédaction{INSECABLE}: {wording(texte)}"
                yield marked(words, texte.sources, remarks(texte))


def _mentions(referentiel: Referentiel, origine: str) -> Iterator[b.Texte]:
    """Yield what a tag says of the lines of ``origine`` that bear it, with their numbers."""
    own = [line for line in referentiel.indicateurs.values() if line.origine == origine]
    for tag, texte in referentiel.mentions.items():
        numbers = [clean(line.numero) for line in own if tag in line.etiquettes]
        if numbers:
            named = f"{noun(len(numbers), 'Indicateur')} {', '.join(numbers)}"
            yield marked(f"{named}{INSECABLE}: {wording(texte)}", texte.sources, remarks(texte))


def _layer(referentiel: Referentiel, retenue: CoucheRetenue) -> CoucheImprimee:
    couche, contenu = retenue.couche, retenue.contenu
    if contenu.cle != couche.cle:
        lecture = f"non lue, contenu de {clean(contenu.id)}"
    else:
        lecture = "lue" if couche.lue else "non lue"
    notes: list[b.Texte] = [prose(note) for note in dict.fromkeys((couche.note, contenu.note)) if note]
    notes.extend(map(recognition, couche.reconnaissance))
    if couche.nature == "exigence":
        notes.extend(_changes(referentiel, couche.referentiel))
        notes.extend(_mentions(referentiel, couche.referentiel))
    revision = contenu.revisions[-1] if contenu.revisions else None
    return CoucheImprimee(
        nature=NATURES[couche.nature],
        origine=clean(couche.referentiel),
        id=clean(couche.id),
        titre=prose(couche.titre),
        periode=_period(couche.admis_du, couche.du, couche.au),
        confiance=CONFIANCES[couche.confiance],
        lecture=lecture,
        notes=tuple(notes),
        revision=f"révision {revision.numero} du {day(revision.date)}" if revision else "",
    )


def _period(admis_du: str, du: str, au: str | None) -> str:
    end = f" au {day(au)}" if au else ", sans fin connue"
    early = f"admis dès le {day(admis_du)}, obligatoire " if admis_du != du else ""
    return f"{early}du {day(du)}{end}" if au else f"{early}depuis le {day(du)}{end}"


def _categories(referentiel: Referentiel, ids: Iterable[str]) -> str:
    declared = referentiel.categories
    return SUITE.join(f"{clean(i)}, {prose(declared[i].titre)}" if i in declared else clean(i) for i in ids)


def _declared(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{clean(str(cle))}{INSECABLE}: {_declared(v)}" for cle, v in value.items())
    if isinstance(value, list | tuple):
        return SUITE.join(map(_declared, value))
    return clean(str(value))


def _site(site: Mapping[str, Any]) -> str:
    """Name a site: its identifier, where it is, what it is."""
    rest = [part for cle, valeur in site.items() if cle != "id" for part in _listed(valeur)]
    return " – ".join(filter(None, [clean(str(site.get("id", ""))), ", ".join(rest)]))


def _listed(value: object) -> list[str]:
    return [clean(str(part)) for part in (value if isinstance(value, list | tuple) else [value])]


def _earlier(checklist: Checklist) -> str:
    precedent = checklist.contexte.precedent
    if precedent is None:
        return "non renseigné"
    titres = {t.code: t.titre for t in checklist.referentiel.types_audit.values()}
    parts = [prose(titres.get(precedent.type, precedent.type)) if precedent.type else "type non renseigné"]
    if isinstance(precedent.date, date):
        parts[0] += f" du {day(precedent.date)}"
    if precedent.constats is None:
        parts.append("constats non renseignés")
    else:
        lines = (
            f"{_number(checklist.referentiel, cle)} {finding(checklist, constat.constat)}"
            f"{'' if constat.ouvert else ' (levé)'}"
            for cle, constat in precedent.constats.items()
        )
        parts.append("constats – " + (", ".join(lines) or "aucun"))
    if precedent.verifications:
        results = (
            f"{prose(nom.replace('_', ' '))} {RESULTATS_PRECEDENTS[resultat]}"
            f"{aside(followed(checklist, f'{VERIFICATION}{nom}'))}"
            for nom, resultat in (precedent.resultats or {}).items()
        )
        parts.append("vérifications – " + ", ".join(results))
    if precedent.indicateurs_audites is not None:
        seen = [_number(checklist.referentiel, i) for i in _ordered(checklist, precedent.indicateurs_audites)]
        parts.append("lignes vues – " + (", ".join(seen) or "aucune"))
    return SUITE.join(parts)


def _ordered(checklist: Checklist, ids: frozenset[str]) -> list[str]:
    known = [i for i in checklist.referentiel.indicateurs if i in ids]
    return known + sorted(ids.difference(known))


def _number(referentiel: Referentiel, ligne: str) -> str:
    indicateur = referentiel.indicateurs.get(ligne)
    return clean(indicateur.numero if indicateur else ligne)


def _subject(referentiel: Referentiel, lacune: Lacune) -> Rang:
    """Return what a gap is about, a noun and a name; a line and a criterion may share an id."""
    if lacune.ligne is not None:
        critere = referentiel.criteres.get(lacune.ligne)
        if critere and lacune in critere.lacunes:
            return ("Critère", clean(critere.numero))
        return ("Indicateur", _number(referentiel, lacune.ligne))
    types = ((t.titre, t.lacunes) for t in referentiel.types_audit.values())
    layers = ((c.contenu.titre, c.contenu.lacunes) for c in referentiel.couches)
    holders = (titre for titre, lacunes in (*types, *layers) if lacune in lacunes)
    return ("", next(holders, referentiel.titre))
