"""A plugin begun: the next edition of a référentiel, whole or as a change, a label, another.

No wording is invented nor carried over unread: what is to be written is a gap that the data declare, and of
a change, so is all that it leaves as it was.
"""

from __future__ import annotations

import itertools
import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import asdict

from certif_rules.audit.examen import parse_day, refusal
from certif_rules.echanges.champs import Ecrivain
from certif_rules.errors import Fautes, Issue, UsageError, lacking, suggestion
from certif_rules.model.base import Source
from certif_rules.model.organisme import Categorie, Fait, Nombre, ParNature, Vocabulaire
from certif_rules.model.referentiel import Constat, Couche, Critere, Indicateur, Referentiel
from certif_rules.plugins.choix import period
from certif_rules.plugins.registry import Registry
from certif_rules.services.atelier import Atelier
from certif_rules.services.modeles import Brut, Mots, comment, fill, keys, listed

#: The templates: the next edition, the same as a change of the one before, a label on a base, one without a
#: base, one that is scored.
Modele = Literal["edition", "suite", "label", "referentiel", "notation"]
#: Those of a référentiel that is there already.
_EDITIONS: Final = ("edition", "suite")
_NOM: Final = re.compile(r"[a-z][a-z0-9_-]*")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: What templates call the text to name.
_SOURCES: Final = ("REF", "TEXTE")
#: Width of the comments that tell what the edition before said.
_LARGEUR: Final = 100


class Projet(Struct, frozen=True, kw_only=True):
    """A project is what is asked of a new plugin, as it was typed."""

    modele: Modele
    nom: str
    edition: str | None = None
    du: str | None = None
    titre: str | None = None
    base: str | None = None
    depuis: str | None = None


class Squelette(Struct, frozen=True, kw_only=True):
    """A squelette is a plugin ready to be written: the name of its distribution, and its files by path."""

    distribution: str
    fichiers: Mapping[str, bytes]


def begin(atelier: Atelier, projet: Projet) -> Squelette:
    """Return the files of a new plugin.

    Raises:
        UsageError, DataError: something asked is missing, wrong, or there already; everything is listed.
    """
    registry = atelier.registry
    faults = Fautes(*_wrong(registry, projet))
    source: Referentiel | None = None
    with faults:
        if projet.modele in _EDITIONS:
            source = _latest(registry, projet.nom, projet.depuis)
            if projet.modele == "suite":
                faults.issues += _overlapping(source, projet.du)
        elif projet.base is not None:
            nom, _, edition = projet.base.partition("@")
            source = _latest(registry, nom, edition or "?")
    if faults.issues:
        raise refusal(faults.issues)
    assert projet.edition is not None
    assert projet.du is not None
    short = f"{projet.nom}-{projet.edition}".lower() if projet.modele in _EDITIONS else projet.nom
    distribution = f"certif-rules-{re.sub(r'[^a-z0-9]+', '-', short)}"
    mots: dict[str, str] = {
        "certif_rules_paquet_modele": re.sub(r"[^a-z0-9]+", "_", f"certif_rules_{short}"),
        "certif-rules-greffon-modele": distribution,
        "greffon-modele": re.sub(r"[^a-z0-9]+", "-", short),
        "nom_modele": projet.nom,
        "EDITION-MODELE": projet.edition,
        "2000-01-01": projet.du,
        "DEPENDANCE-MODELE": Brut(),
        "Titre modele": projet.titre or _titled(projet, source),
    }
    choses: dict[str, list[Mots]] = {}
    if source is not None:
        mots |= _of_source(atelier, projet, source)
        below = _base(registry, source)
        choses = dict(_things(source, below)) if projet.modele == "edition" else {}
        if projet.modele == "suite":
            mots |= _inherited(registry, source)
            choses = {"types": list(_types(source, projet.du))}
    return Squelette(distribution=distribution, fichiers=fill(projet.modele, mots, choses))


# ---- what is asked ----------------------------------------------------------------------------------------


def _wrong(registry: Registry, projet: Projet) -> Iterator[Issue]:
    """Yield what is missing, or wrong, whatever is installed."""
    needs = [("l’édition", projet.edition, "edition"), ("le jour où elle commence", projet.du, "du")]
    if projet.modele == "label":
        needs.append(("la base", projet.base, "base"))
    yield from lacking(needs)
    if projet.base is not None and projet.modele != "label":
        yield Issue("usage", f"--base n’a pas de sens pour « {projet.modele} »", None, "modèle : label")
    if not _NOM.fullmatch(projet.nom):
        message = f"« {projet.nom} » n’est pas un nom de référentiel"
        yield Issue("nom-invalide", message, None, "minuscules sans accent, chiffres, tirets, soulignés")
    if projet.edition is not None and not _CODE.fullmatch(projet.edition):
        message = f"« {projet.edition} » n’est pas un code d’édition"
        yield Issue("nom-invalide", message, None, "lettres sans accent, chiffres, point, tiret, souligné")
    if projet.titre is not None and (not projet.titre.strip() or not projet.titre.isprintable()):
        yield Issue(
            "nom-invalide", "le titre est vide, ou ne tient pas sur une ligne", None, "l’écrire en clair"
        )
    if projet.du is not None:
        faults = Fautes()
        with faults:
            parse_day(projet.du, "premier jour")
        yield from faults.issues
    known = [couche.id for couche in registry.layers(projet.nom, "exigence")]
    if projet.modele not in _EDITIONS and known:
        message = f"le référentiel « {projet.nom} » est déjà installé"
        yield Issue(
            "referentiel-existant", message, None, "commencer son édition suivante, ou choisir un autre nom"
        )
    if projet.modele in _EDITIONS and projet.edition in known:
        message = f"{projet.nom} a déjà une édition « {projet.edition} »"
        yield Issue("referentiel-existant", message, None, f"éditions : {', '.join(known)}")


def _overlapping(source: Referentiel, du: str | None) -> list[Issue]:
    """Return that a change cannot open before what it changes, nor while that one says that it stands."""
    couche = _layer(source)
    if du is None or (du > couche.du and (couche.au is None or du > couche.au)):
        return []
    message = f"{source.id}@{couche.id} vaut le {du} : une édition qui la change commence après"
    return [Issue("periode-incoherente", message, None, f"cette édition est en vigueur {period(couche)}")]


def _latest(registry: Registry, nom: str, edition: str | None) -> Referentiel:
    """Return an installed edition, by default the latest, with its latest rules and guide."""
    layers = registry.layers(nom, "exigence")
    chosen = [couche for couche in layers if edition in (None, couche.id)]
    if not chosen:
        known = [f"{n}@{c.id}" for n in registry.referentiels() for c in registry.layers(n, "exigence")]
        asked = nom if edition in (None, "?") else f"{nom}@{edition}"
        message = f"aucune édition installée « {asked} »"
        own = [name for name in known if name.startswith(f"{nom}@")]
        hint = f"éditions : {', '.join(own)}" if own else suggestion(asked, known, "éditions")
        raise UsageError([Issue("edition-introuvable", message, None, hint)])
    day = registry.latest_day(chosen[-1])
    return registry.resolve(nom, day=day, edition=chosen[-1].id).referentiel


def _base(registry: Registry, source: Referentiel) -> Referentiel | None:
    """Return what an edition rests on, if it does."""
    if source.base is None:
        return None
    nom, _, edition = source.base.partition("@")
    return _latest(registry, nom, edition)


# ---- what replaces the words of templates -----------------------------------------------------------------


def _titled(projet: Projet, source: Referentiel | None) -> str:
    if projet.modele in _EDITIONS and source is not None:
        return f"{source.titre}, édition {projet.edition} (titre à écrire)"
    return f"{projet.nom} (titre à écrire)"


def _of_source(atelier: Atelier, projet: Projet, source: Referentiel) -> dict[str, str]:
    """Return the words that come from the base of a label, or from the edition before."""
    own = _own_lines(source)
    exigence = _layer(source)
    plugin = atelier.registry.plugin_of(exigence)
    distribution = {etat.nom: etat.distribution for etat in atelier.plugins.etats}.get(plugin)
    words = {
        "base_modele@BASE-MODELE": f"{source.id}@{source.edition}",
        "base_modele": source.id,
        "BASE-MODELE": source.edition,
        "PRECEDENTE-MODELE": source.edition,
        **_who(source),
        **_free(source),
        "DEPENDANCE-MODELE": Brut(f'    "{distribution}",\n' if distribution else ""),
    }
    if projet.modele == "label":
        return words | {"CONSTATS-MODELE": listed(source.constats)}
    return words | {
        "NOM-MODELE": source.titre,
        "BASE-LIGNE": keys("", {"base": source.base}),
        "MOTS-LIGNE": keys("", {"mots": _vocabulary(source, _base(atelier.registry, source))}),
        "LIGNES-MODELE": listed(line.code for line in own),
        "CONSTATS-MODELE": listed(source.constats),
        "LIGNE-MODELE": own[0].id,
    }


def _who(source: Referentiel) -> dict[str, str]:
    """Return who the first audit is of: an organisation of some category, or of none if none is declared."""
    first = next(iter(source.categories.values()))
    if first.implicite:
        return {'{categories: ["CATEGORIE-MODELE"]}': Brut("{}"), " --categorie CATEGORIE-MODELE": ""}
    return {"CATEGORIE-MODELE": first.id}


def _free(source: Referentiel) -> dict[str, str]:
    """Return another code for the source of a skeleton, where what it rests on has that one already."""
    words: dict[str, str] = {}
    for code in [code for code in _SOURCES if code in source.sources]:
        other = next(f"{code}{n}" for n in itertools.count(2) if f"{code}{n}" not in source.sources)
        words |= {place.format(code): Brut(place.format(other)) for place in ("[{}]", "  {}:\n", "`{}`")}
    return words


def _vocabulary(source: Referentiel, below: Referentiel | None) -> dict[str, str]:
    """Return the words that an edition chooses itself."""
    default = asdict(below.vocabulaire if below else Vocabulaire())
    return {mot: texte for mot, texte in asdict(source.vocabulaire).items() if texte != default[mot]}


def _layer(referentiel: Referentiel) -> Couche:
    own = (r.couche for r in referentiel.couches if r.couche.referentiel == referentiel.id)
    return next(couche for couche in own if couche.nature == "exigence")


def _inherited(registry: Registry, source: Referentiel) -> dict[str, str]:
    """Return the words of an edition written as a change: how many lines, the gaps that it takes over."""
    couche = _layer(source)
    line = [c for c in registry.layers(source.id, "exigence") if c.id in (couche.id, *couche.lignee)]
    written = {c.id: registry.header(c).data.get("lacunes") or () for c in line}
    nodes = next((written[nom] for nom in (couche.id, *couche.lignee) if written[nom]), ())
    entries = "".join(f"  - {json.dumps(node, ensure_ascii=False)}\n" for node in nodes)
    note = f"  # De l’édition {couche.id} : à ôter si elle est comblée.\n" if nodes else ""
    return {"NOMBRE-MODELE": Brut(len(source.indicateurs)), "LACUNES-MODELE": Brut(note + entries)}


def _types(source: Referentiel, du: str | None) -> Iterator[Mots]:
    """Yield the audit types of an edition that an audit of nothing else can be of, with what they ask for."""
    for each in source.types_audit.values():
        if each.origine == source.id and not any(e.mot == "ajout" for e in each.exige):
            names = [n for e in each.exige if e.mot == "certificat_valide" for n in e.valeur]
            held = {nom: {"notification": du, "echeance": du} for nom in names}
            yield {"ID-MODELE": each.code, "CERTIFICATS-MODELE": keys("      ", {"certificats": held})}


def _own_lines(source: Referentiel) -> list[Indicateur]:
    return [line for line in source.indicateurs.values() if line.origine == source.id]


def _things(source: Referentiel, below: Referentiel | None) -> Iterator[tuple[str, list[Mots]]]:
    """Yield what the blocks of the template of an edition repeat, of what it declares itself."""
    declared = [c for c in source.categories.values() if not c.implicite]
    categories = [c for c in declared if not below or c.id not in below.categories]
    faits = [f for f in source.faits.values() if not below or f.id not in below.faits]
    constats = [c for c in source.constats.values() if not below or c.id not in below.constats]
    natures = [nature for fait in faits for nature in fait.par_nature]
    cited = {nom for lists in (categories, faits, constats, natures) for one in lists for nom in one.sources}
    yield "sources", [_source(s) for s in source.sources.values() if s.id in cited]
    yield "categories", [_categorie(c) for c in categories]
    yield "faits", [_fait(f) for f in faits]
    yield "constats", [_constat(c) for c in constats]
    yield "criteres", [_critere(source, c) for c in source.criteres.values() if c.origine == source.id]
    yield "indicateurs", [_indicateur(source, line) for line in _own_lines(source)]
    own = (t for t in source.types_audit.values() if t.origine == source.id)
    yield "types", [{"ID-MODELE": t.code, "TITRE-MODELE": t.titre} for t in own]


def _source(source: Source) -> Mots:
    return {"ID-MODELE": source.id, "TITRE-MODELE": source.titre, "REFERENCE-MODELE": source.reference}


def _categorie(categorie: Categorie) -> Mots:
    return {
        "ID-MODELE": categorie.id,
        "TITRE-MODELE": categorie.titre,
        "A-QUI-MODELE": categorie.a_qui,
        "SUITE-MODELE": _fields(categorie, ["synonymes"]),
        "SOURCES-MODELE": listed(categorie.sources),
    }


def _fait(fait: Fait) -> Mots:
    more = ("par_nature", "implique", "nombre", "a_invoquer", "region", "note")
    return {
        "ID-MODELE": fait.id,
        "QUESTION-MODELE": fait.question,
        "VRAI-MODELE": fait.vrai,
        "FAUX-MODELE": fait.faux,
        "SUITE-MODELE": _fields(fait, more),
        "SOURCES-MODELE": listed(fait.sources),
        "CONFIANCE-MODELE": fait.confiance,
    }


#: What data say of a fact by nature, and of a number: its bound, or what its bound waits for.
_ecrire: Final = Ecrivain(
    {
        ParNature: "categorie=categorie texte sources confiance",
        Nombre: "unite=unite comparaison seuil attend?",
    }
)


def _fields(chose: Struct, names: Iterable[str]) -> Brut:
    """Return fields as data say them, on a line each; one that says nothing is left out."""
    return keys("    ", {name: _ecrire(getattr(chose, name)) for name in names})


def _constat(constat: Constat) -> Mots:
    more = ("hors_portee", "commentaire_requis", "valeur", "ecart")
    return {
        "ID-MODELE": constat.id,
        "TITRE-MODELE": constat.titre,
        "SUITE-MODELE": _fields(constat, more),
        "SOURCES-MODELE": listed(constat.sources),
    }


def _critere(source: Referentiel, critere: Critere) -> Mots:
    return {
        "CODE-MODELE": critere.code,
        "NUMERO-MODELE": critere.numero,
        "TEXTE-MODELE": _before(source, ("titre", critere.titre)),
    }


def _indicateur(source: Referentiel, line: Indicateur) -> Mots:
    own = f"{source.id}/"
    critere = json.dumps(line.critere.removeprefix(own)) if line.critere else "null"
    fields = ("titre", "exigence", "portee") if line.critere else ("titre", "exigence", "critere", "portee")
    return {
        "CODE-MODELE": line.code,
        "NUMERO-MODELE": line.numero,
        '"CRITERE-MODELE"': Brut(critere),
        "TEXTE-MODELE": _before(source, ("titre", line.titre), ("exigence", line.exigence)),
        "CHAMPS-MODELE": listed(fields),
    }


def _before(source: Referentiel, *texts: tuple[str, str | None]) -> Brut:
    """Return what the edition before says, as comments: nobody has read yet whether it still does."""
    lines = [f"Édition {source.edition} :"]
    for champ, texte in texts:
        words = texte if texte is not None else "absent de la source"
        lines += textwrap.wrap(f"  {champ} : {words}", _LARGEUR, subsequent_indent="    ")
    return comment("    ", lines)
