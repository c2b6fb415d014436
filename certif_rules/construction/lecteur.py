"""What the builders of a layer share: the names that may be cited, and the small things all files hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from certif_rules.errors import Issue, nearest
from certif_rules.model.base import Lacune, Regle, Source, Texte
from certif_rules.model.referentiel import Referentiel
from certif_rules.source.yaml import place

_SANS_MOT = frozenset({"sauf", "inconnu", "motif", "sources", "confiance", "lecture"})


class Lecteur(Struct):
    """The state of one build: names known so far, by kind, and the issues found.

    ``noms`` maps a kind (« source », « catégorie », « fait »…) to the names declared by this layer and by
    those below it. ``origine`` is the référentiel whose short codes are understood. ``lignes_libres`` accepts
    any line: a layer that serves several editions names lines that the one being resolved may not have.
    ``sans_references`` checks no name at all: a header is read before the sources it cites.
    """

    origine: str
    noms: dict[str, set[str]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    lignes_libres: bool = False
    sans_references: bool = False

    def know(self, kind: str, names: Iterable[str]) -> None:
        """Add ``names`` to those that may be cited as a ``kind``."""
        self.noms.setdefault(kind, set()).update(names)

    def know_referentiel(self, referentiel: Referentiel) -> None:
        """Add all that a resolved référentiel declares, sources excepted."""
        self.know("référentiel", referentiel.origines)
        self.know("catégorie", referentiel.categories)
        self.know("fait", referentiel.faits)
        self.know("critère", referentiel.criteres)
        self.know("indicateur", referentiel.indicateurs)
        self.know("étiquette", (e for line in referentiel.indicateurs.values() for e in line.etiquettes))
        self.know("constat", referentiel.constats)
        self.know("type d’audit", referentiel.types_audit)
        self.know("audit précédent", (t.code for t in referentiel.types_audit.values()))

    def know_only(self, kind: str, names: Iterable[str]) -> None:
        """Forget the names of a ``kind`` for these: names that hold within one part of the layer."""
        self.noms[kind] = set(names)

    def declare(self, kind: str, nodes: Iterable[Any], *, qualified: bool = False) -> None:
        """Make the ``id`` of each node a known ``kind``: declared once, and by none of the layers below."""
        first: dict[str, Any] = {}
        for node in nodes:
            name = self.qualify(node["id"]) if qualified else node["id"]
            if name in first:
                related = ((first[name], "première déclaration"),)
                message = f"{kind} « {name} » : nom déclaré deux fois"
                self.refuse("identifiant-en-double", message, node, "id", "choisir un autre code", related)
            elif name in self.noms.get(kind, ()):
                message = f"{kind} « {name} » : nom déjà déclaré par la base"
                self.refuse("identifiant-en-double", message, node, "id", "choisir un autre code")
            first.setdefault(name, node)
        self.know(kind, first)

    def refuse(
        self, code: str, message: str, node: Any, key: str | int | None = None, hint: str | None = None,
        related: tuple[tuple[Any, str], ...] = (),
    ) -> None:  # fmt: skip
        """Record a problem at ``node`` (at its item ``key``); ``related`` pairs other nodes with words."""
        places = tuple((place(other), words) for other, words in related)
        self.issues.append(Issue(code, message, place(node, key), hint, places))

    def cite(self, kind: str, name: str, node: Any, key: str | int | None = None) -> str:
        """``name`` if it is a known ``kind``; otherwise an issue that suggests the nearest one."""
        known = self.noms.get(kind, set())
        free = self.sans_references or (kind == "indicateur" and self.lignes_libres)
        if name not in known and not free:
            code = _CODES[kind]
            hint = nearest(name, sorted(known)) or "le déclarer, ou corriger le nom"
            self.refuse(code, f"{kind} « {name} » : nom inconnu", node, key, hint)
        return name

    def cite_all(self, kind: str, node: Any, key: str) -> tuple[str, ...]:
        """The list at ``node[key]`` (empty when absent), each member a known ``kind``."""
        names = node.get(key) or ()
        return tuple(self.cite(kind, name, names, index) for index, name in enumerate(names))

    def qualify(self, code: str) -> str:
        """``origine/code`` from a short code or an id already qualified."""
        return code if "/" in code else f"{self.origine}/{code}"

    def cite_lines(self, node: Any, key: str) -> tuple[str, ...]:
        """The lines at ``node[key]``, as ids."""
        codes = node.get(key) or ()
        return tuple(self.cite("indicateur", self.qualify(c), codes, i) for i, c in enumerate(codes))

    def sources(self, node: Any) -> tuple[str, ...]:
        """The sources that ``node`` cites."""
        return self.cite_all("source", node, "sources")

    def texte(self, node: Any) -> Texte:
        """A text with what restricts it."""
        return Texte(
            texte=node["texte"],
            sources=self.sources(node),
            categories=self.cite_all("catégorie", node, "categories") if node.get("categories") else None,
            fait=self.cite("fait", node["fait"], node, "fait") if node.get("fait") else None,
            types=tuple(node["types"]) if node.get("types") else None,
            situation=node.get("situation"),
            citation=node.get("citation", False),
            confiance=node.get("confiance", "elevee"),
        )

    def textes(self, node: Any, key: str) -> tuple[Texte, ...]:
        """The list of texts at ``node[key]``, empty when absent."""
        return tuple(self.texte(item) for item in node.get(key) or ())

    def lacunes(self, node: Any, ligne: str | None = None) -> tuple[Lacune, ...]:
        """The gaps that ``node`` declares, about ``ligne`` if any."""
        return tuple(
            Lacune(
                champs=tuple(item["champs"]),
                cherche=item["cherche"],
                sources=self.sources(item),
                ligne=ligne,
                emplacement=where(item),
            )
            for item in node.get("lacunes") or ()
        )

    def regle(
        self, node: Any, allowed: frozenset[str], *,
        ignored: frozenset[str] = frozenset(), default: Mapping[str, Any] | None = None,
    ) -> Regle:  # fmt: skip
        """A rule made of the words of ``allowed``.

        ``ignored`` are keys that belong to what carries the rule; ``default`` is used when it has no word.
        """
        mots: dict[str, Any] = {}
        for mot in node:
            if mot in _SANS_MOT or mot in ignored:
                continue
            if mot not in allowed:
                self.refuse("mot-deplace", f"le mot « {mot} » n’a pas de sens dans cette règle", node, mot)
                continue
            mots[mot] = self._value(mot, node)
        mots = mots or dict(default or {})
        if not mots and "inconnu" not in node:
            self.refuse("regle-vide", "une règle a au moins un mot", node, None, "écrire `toutes: true`")
        return Regle(
            mots=mots,
            sauf=self.regle(node["sauf"], allowed) if node.get("sauf") else None,
            inconnu=node.get("inconnu"),
            motif=node.get("motif"),
            sources=self.sources(node),
            confiance=node.get("confiance", "elevee"),
            lecture=node.get("lecture", False),
            emplacement=where(node),
        )

    def _value(self, mot: str, node: Any) -> Any:
        if mot == "lignes":
            return self.cite_lines(node, mot)
        if mot == "comme":
            return self.cite("type d’audit", self.qualify(node[mot]), node, mot)
        if mot in _NOMMES:
            value = node[mot]
            if isinstance(value, list):
                return self.cite_all(_NOMMES[mot], node, mot)
            return self.cite(_NOMMES[mot], value, node, mot)
        value = node[mot]
        return tuple(value) if isinstance(value, list) else value


#: What each word of a rule names, when it names something declared.
_NOMMES: Mapping[str, str] = {
    "categories": "catégorie",
    "fait": "fait",
    "etiquette": "étiquette",
    "origine": "référentiel",
    "edition": "édition",
    "constat_precedent": "constat",
    "constat_ouvert": "constat",
    "constat_exclu": "constat",
    "type_precedent": "audit précédent",
}

_CODES: Mapping[str, str] = {
    "source": "source-inconnue",
    "catégorie": "categorie-inconnue",
    "fait": "fait-inconnu",
    "étiquette": "etiquette-inconnue",
    "référentiel": "origine-inconnue",
    "édition": "edition-inconnue",
    "constat": "constat-inconnu",
    "audit précédent": "type-inconnu",
    "type d’audit": "type-inconnu",
    "indicateur": "ligne-inconnue",
    "critère": "critere-inconnu",
    "mesure": "mesure-inconnue",
    "date": "date-inconnue",
    "incohérence": "incoherence-inconnue",
    "barème": "bareme-inconnu",
    "étape": "etape-inconnue",
    "question": "question-inconnue",
    "réponse": "reponse-inconnue",
    "voie": "voie-inconnue",
    "pièce": "piece-inconnue",
    "acteur": "acteur-inconnu",
    "événement": "evenement-inconnu",
    "date du cycle": "date-du-cycle-inconnue",
}


def where(node: Any) -> str:
    """``file:line`` of a node, as rules remember it."""
    location = place(node)
    return f"{location.file}:{location.line}"


def read_sources(lecteur: Lecteur, body: Mapping[str, Any], known: Mapping[str, Source]) -> dict[str, Source]:
    """The sources a layer declares; one that is known already must be declared alike."""
    sources = {}
    for identifiant, node in (body.get("sources") or {}).items():
        source = Source(
            id=identifiant, titre=node["titre"], reference=node["reference"], nature=node.get("nature")
        )
        if identifiant in known and known[identifiant] != source:
            message = f"la source « {identifiant} » est déclarée autrement par une autre couche"
            lecteur.refuse("source-differente", message, node, None, "reprendre la même, ou changer de code")
        sources[identifiant] = source
    lecteur.know("source", sources)
    return sources
