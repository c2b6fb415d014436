"""What the builders of a layer share: the names that may be cited, and the small things all files hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from msgspec import NODEFAULT, Struct, field
from msgspec.structs import FieldInfo, fields

from certif_rules.errors import Issue, Location, from_emplacement, nearest
from certif_rules.model.base import Appui, Lacune, Nomme, Regle, Source
from certif_rules.model.referentiel import Referentiel
from certif_rules.rules.mots import MOTS_ORGANISME
from certif_rules.source.yaml import place

_SANS_MOT = frozenset({"sauf", "inconnu", "motif", *Appui.__struct_fields__})


_Record = TypeVar("_Record", bound=Struct)


class Lecteur(Struct):
    """A reader keeps the state of one build: names known so far, by kind, and the issues found.

    ``noms`` maps a kind (« source », « catégorie », « fait »…) to the names declared by this layer and by
    those below it. ``origine`` is the référentiel whose short codes are understood. ``lignes_libres`` accepts
    any line: a layer that serves several editions names lines that the one being resolved may not have.
    ``sans_references`` checks no name at all: a header is read before the sources it cites. ``dessous`` is
    what the names known beforehand come from. ``retires`` are where an edition withdrew what the rules that
    it takes from an earlier one, ``reprises``, may still name, by kind and name.
    """

    origine: str
    noms: dict[str, set[str]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    lignes_libres: bool = False
    sans_references: bool = False
    dessous: str = "la base"
    reprises: str | None = None
    retires: Mapping[tuple[str, str], Location] = field(default_factory=dict)

    def know(self, kind: str, names: Iterable[str]) -> None:
        """Add ``names`` to those that may be cited as a ``kind``."""
        self.noms.setdefault(kind, set()).update(names)

    def know_referentiel(self, referentiel: Referentiel) -> None:
        """Add all that a resolved référentiel declares, sources excepted."""
        self.know("référentiel", referentiel.origines)
        self.know("catégorie", (c.id for c in referentiel.categories.values() if not c.implicite))
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
                message = f"{kind} « {name} » : nom déjà déclaré par {self.dessous}"
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
        """Return ``name`` if it is a known ``kind``; otherwise an issue that suggests the nearest one."""
        if (kind, name) in self.retires:
            self.issues.append(self._withdrawn(kind, name, node, key))
            return name
        known = self.noms.get(kind, set())
        free = self.sans_references or (kind == "indicateur" and self.lignes_libres)
        if name not in known and not free:
            message, hint = self._unknown(kind, name)
            self.refuse(_CODES[kind], message, node, key, hint)
        return name

    def _withdrawn(self, kind: str, name: str, node: Any, key: str | int | None) -> Issue:
        """Return the issue of a name that an edition withdraws, and that the rules it takes over cite."""
        message = (
            f"{kind} « {name} » : retiré ici, mais les règles reprises de l’édition {self.reprises} le citent"
        )
        hint = "écrire les règles de cette édition (une couche `regles`, `pour`), ou ne pas le retirer"
        related = ((place(node, key), "cité ici"),)
        return Issue("retrait-cite", message, self.retires[kind, name], hint, related)

    def cite_all(self, kind: str, node: Any, key: str) -> tuple[str, ...]:
        """Return the list at ``node[key]`` (empty when absent), each member a known ``kind``."""
        names = node.get(key) or ()
        return tuple(self.cite(kind, name, names, index) for index, name in enumerate(names))

    def qualify(self, code: str) -> str:
        """Return ``origine/code`` from a short code or an id already qualified."""
        return code if "/" in code else f"{self.origine}/{code}"

    def read(self, kind: type[_Record], node: Any, **given: Any) -> _Record:
        """Return the record that ``node`` holds, each field as its type asks; those of ``given`` as they are.

        What is absent, null or an empty list is the default of its field, else nothing.

        Raises:
            KeyError: something that cannot be absent is.
        """
        return kind(**self.values(kind, node, (f for f in _fields_of(kind) if f not in given)), **given)

    def values(self, kind: type[Struct], node: Any, names: Iterable[str]) -> dict[str, Any]:
        """Return these fields of a record, by name, as :meth:`read` does."""
        values: dict[str, Any] = {}
        readers = _fields_of(kind)
        for name in names:
            read, absent = readers[name]
            if name == "emplacement":
                values[name] = where(node)
            elif (value := node.get(name)) is None or value == []:
                values[name] = absent() if absent else node[name]
            else:
                values[name] = read(self, node, name)
        return values

    def read_all(self, kind: type[_Record], node: Any, key: str) -> tuple[_Record, ...]:
        """Return the records of the list at ``node[key]``, none when it is absent."""
        return tuple(self.read(kind, item) for item in node.get(key) or ())

    def name(self, nomme: Nomme, node: Any, key: str | int) -> str:
        """Return the name at ``node[key]``, which must be known, as the model keeps it."""
        written: str = node[key]
        full = self.qualify(written) if nomme.qualifie else written
        self.cite(nomme.sorte, full, node, key)
        return written if nomme.court else full

    def lacunes(self, node: Any, ligne: str | None = None) -> tuple[Lacune, ...]:
        """Return the gaps that ``node`` declares, about ``ligne`` if any."""
        return tuple(self.lacune(item, ligne) for item in node.get("lacunes") or ())

    def lacune(self, node: Any, ligne: str | None = None) -> Lacune:
        """Return a gap, with the rules that say for whom it matters."""
        si = tuple(self.regle(rule, MOTS_ORGANISME) for rule in node.get("si") or ())
        return self.read(Lacune, node, ligne=ligne, si=si)

    def regle(
        self, node: Any, allowed: frozenset[str], *,
        ignored: frozenset[str] = frozenset(), default: Mapping[str, Any] | None = None,
    ) -> Regle:  # fmt: skip
        """Return a rule made of the words of ``allowed``.

        ``ignored`` are keys that belong to what carries the rule; ``default`` is used when it has no word.
        """
        mots: dict[str, Any] = {}
        for mot in node:
            if mot in _SANS_MOT or mot in ignored:
                continue
            if mot not in allowed:
                message, hint = (
                    f"le mot « {mot} » n’a pas de sens dans cette règle",
                    ", ".join(sorted(allowed)),
                )
                self.refuse("mot-deplace", message, node, mot, f"mots admis ici : {hint}")
                continue
            mots[mot] = self._value(mot, node)
        mots = mots or dict(default or {})
        if not mots and "inconnu" not in node:
            self.refuse("regle-vide", "une règle a au moins un mot", node, None, "écrire `toutes: true`")
        sauf = self.regle(node["sauf"], allowed) if node.get("sauf") else None
        return self.read(Regle, node, mots=mots, sauf=sauf)

    def unknown(self, regle: Regle) -> Iterator[Issue]:
        """Yield the names that a rule cites and nothing declares: it was read before they were known."""
        for each in regle.emboitees:
            for mot, value in each.mots.items():
                kind = _NOMMES.get(mot)
                for name in value if isinstance(value, tuple) else (value,):
                    if kind and name not in self.noms.get(kind, ()):
                        message, hint = self._unknown(kind, str(name))
                        yield Issue(_CODES[kind], message, from_emplacement(each.emplacement), hint)

    def _unknown(self, kind: str, name: str) -> tuple[str, str]:
        """Return what is said of a name that nothing declares, and what to do."""
        hint = nearest(name, sorted(self.noms.get(kind, ())))
        return f"{kind} « {name} » : nom inconnu", hint or "le déclarer, ou corriger le nom"

    def _value(self, mot: str, node: Any) -> Any:
        if mot == "lignes":
            codes = node[mot] or ()
            return tuple(self.cite("indicateur", self.qualify(c), codes, i) for i, c in enumerate(codes))
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
    "décision": "decision-inconnue",
    "date": "date-inconnue",
    "incohérence": "incoherence-inconnue",
    "barème": "bareme-inconnu",
    "étape": "etape-inconnue",
    "question": "question-inconnue",
    "réponse": "reponse-inconnue",
    "voie": "voie-inconnue",
    "pièce": "piece-inconnue",
    "acteur": "acteur-inconnu",
    "intervention": "intervention-inconnue",
    "décision des règles": "decision-inconnue",
    "événement": "evenement-inconnu",
    "date du cycle": "date-du-cycle-inconnue",
}


def where(node: Any) -> str:
    """Return ``file:line`` of a node, as rules remember it."""
    location = place(node)
    return f"{location.file}:{location.line}"


#: How the value at ``node[key]`` is read.
_Read = Callable[[Lecteur, Any, Any], Any]


@cache
def _fields_of(kind: type[Struct]) -> Mapping[str, tuple[_Read, Callable[[], Any] | None]]:
    """Return how each field of a record is read, and what an absent one is worth, if it may be."""
    return {f.name: (_reader(f.type), _absent(f)) for f in fields(kind)}


def _absent(f: FieldInfo) -> Callable[[], Any] | None:
    if f.default_factory is not NODEFAULT:
        return f.default_factory  # type: ignore[no-any-return]
    if f.default is not NODEFAULT:
        return lambda: f.default
    if get_origin(f.type) is tuple:
        return tuple
    return (lambda: None) if NoneType in get_args(f.type) else None


def _reader(kind: Any) -> _Read:
    """Return how a value of this type is read: names checked, lists and records walked."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return lambda lecteur, node, key: lecteur.name(args[1], node, key)
    if origin in {Union, UnionType}:
        inner = _reader(next(arg for arg in args if arg is not NoneType))
        return lambda lecteur, node, key: None if node[key] is None else inner(lecteur, node, key)
    if origin is tuple:
        each = _reader(args[0])
        return lambda lecteur, node, key: tuple(each(lecteur, node[key], i) for i in range(len(node[key])))
    if origin is Mapping:
        return _mapping_reader(*args)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return lambda lecteur, node, key: (
            lecteur.lacune(node[key]) if kind is Lacune else lecteur.read(kind, node[key])
        )
    convert = kind if kind in {str, Fraction} else lambda value: value
    return lambda _, node, key: convert(node[key])


def _mapping_reader(of_key: Any, of_value: Any) -> _Read:
    """Return a mapping, whose keys may be names; records written as a list are kept by their id."""
    named, each = _named(of_key), _reader(of_value)
    under = _named(get_args(of_value)[0]) if get_origin(of_value) is tuple else None

    def read(lecteur: Lecteur, node: Any, key: Any) -> dict[str, Any]:
        content = node[key]
        if isinstance(content, list):
            return {item["id"]: each(lecteur, content, i) for i, item in enumerate(content)}
        if named:
            for name in content:
                lecteur.cite(named.sorte, name, content, name)
        if named and under:
            return {name: _under(lecteur, named, under, content, name) for name in content}
        return {name: each(lecteur, content, name) for name in content}

    return read


def _under(lecteur: Lecteur, named: Nomme, under: Nomme, node: Any, key: str) -> tuple[str, ...]:
    """Check names that hold under their key, as answers do under their question."""
    if key in lecteur.noms.get(named.sorte, ()):
        for index, name in enumerate(node[key]):
            lecteur.cite(under.sorte, f"{key}={name}", node[key], index)
    return tuple(node[key])


def _named(kind: Any) -> Nomme | None:
    return get_args(kind)[1] if get_origin(kind) is Annotated else None


def read_sources(lecteur: Lecteur, body: Mapping[str, Any], known: Mapping[str, Source]) -> dict[str, Source]:
    """Return the sources a layer declares; one that is known already must be declared alike."""
    sources = {}
    for identifiant, node in (body.get("sources") or {}).items():
        source = lecteur.read(Source, node, id=identifiant)
        if identifiant in known and known[identifiant] != source:
            message = f"la source « {identifiant} » est déclarée autrement par une autre couche"
            lecteur.refuse("source-differente", message, node, None, "reprendre la même, ou changer de code")
        sources[identifiant] = source
    lecteur.know("source", sources)
    return sources
