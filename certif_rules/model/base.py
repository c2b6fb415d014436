"""What every part of a référentiel is made of: sources, confidence, texts, rules, gaps, warnings.

Every class is immutable and keyword-only. ``emplacement`` is the ``file:line`` a thing was written at,
relative to the package that ships it: it explains, it never decides, so it takes no part in equality
nor in the digest of a référentiel.

The type of a field says what its text names (``NomSource``…): readers check names by it. No module of this
folder puts off the evaluation of annotations, since every command that reads rules asks for them.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter, ge, gt, le, lt
from typing import Annotated, Any, Final, Literal

from msgspec import Struct

Confiance = Literal["elevee", "moyenne", "faible", "non_verifiee"]
Comparaison = Literal["au_moins", "plus_de", "au_plus", "moins_de"]

#: How a number must stand to a threshold, by the word that says it.
COMPARAISONS: Final[Mapping[Comparaison, Callable[[Any, Any], bool]]] = {
    "au_moins": ge, "plus_de": gt, "au_plus": le, "moins_de": lt
}  # fmt: skip


#: Value of a word of a rule: a flag, a text, or a list of texts, as in the YAML.
Valeur = bool | str | tuple[str, ...]


#: Fields that say where a record was written: they explain, they never decide.
PLACES = frozenset({"emplacement", "lieu", "lieux"})


class Situe(Struct, frozen=True, eq=False, gc=False):
    """A placed record knows where it was written: two that differ by their place only are equal."""

    def __eq__(self, other: object) -> bool:
        kind = type(self)
        return kind is type(other) and _VALUES[kind](self) == _VALUES[kind](other)

    def __ne__(self, other: object) -> bool:
        return not self == other  # that of Struct compares every field

    def __hash__(self) -> int:
        kind = type(self)
        return hash((kind, _VALUES[kind](self)))


class _Values(dict[type, Callable[[Any], Any]]):
    """This table gives what reads the fields that decide, of each type of records that know their place."""

    def __missing__(self, kind: type[Struct]) -> Callable[[Any], Any]:
        read = self[kind] = attrgetter(*(name for name in kind.__struct_fields__ if name not in PLACES))
        return read


_VALUES = _Values()


class Nomme(Struct, frozen=True):
    """This mark says that the texts of a field are names of declared things of one ``sorte``.

    ``qualifie``: a short code stands for ``origine/code``, which is what is kept unless ``court``. Names in
    the lists of a mapping hold under their key: « question=answer ».
    """

    sorte: str
    qualifie: bool = False
    court: bool = False


NomSource = Annotated[str, Nomme("source")]
NomCategorie = Annotated[str, Nomme("catégorie")]
NomFait = Annotated[str, Nomme("fait")]
NomConstat = Annotated[str, Nomme("constat")]
NomEtiquette = Annotated[str, Nomme("étiquette")]
NomReferentiel = Annotated[str, Nomme("référentiel")]
#: A line, a criterion or an audit type by its id; an audit type by its code.
IdLigne = Annotated[str, Nomme("indicateur", qualifie=True)]
IdCritere = Annotated[str, Nomme("critère", qualifie=True)]
IdTypeAudit = Annotated[str, Nomme("type d’audit", qualifie=True)]
CodeTypeAudit = Annotated[str, Nomme("type d’audit", qualifie=True, court=True)]
CodePrecedent = Annotated[str, Nomme("audit précédent")]
NomIncoherence = Annotated[str, Nomme("incohérence")]


class Source(Struct, frozen=True, kw_only=True):
    """A source is a text that a rule or a wording rests on."""

    id: str
    titre: str
    reference: str
    nature: str | None = None


class Appui(Situe, frozen=True, kw_only=True):
    """An appui is what a rule or a text rests on: its sources, and how far they may be trusted.

    ``lecture`` marks what the sources imply without saying, ``incoherences`` are the contradictions of the
    sources that it meets.
    """

    sources: tuple[NomSource, ...] = ()
    confiance: Confiance = "elevee"
    lecture: bool = False
    incoherences: tuple[NomIncoherence, ...] = ()


class Regle(Appui, frozen=True, kw_only=True):
    """A rule is written in the closed vocabulary: all of its words must hold, ``sauf`` excepted.

    ``inconnu`` is the reason why the rule answers « unknown » where its words hold. ``motif`` is what an
    auditor reads when the rule makes a line due.
    """

    mots: Mapping[str, Valeur]
    sauf: "Regle | None" = None
    inconnu: str | None = None
    motif: str | None = None
    emplacement: str = ""

    @property
    def emboitees(self) -> "tuple[Regle, ...]":
        """Return itself, what it excepts, and so on."""
        return (self, *(self.sauf.emboitees if self.sauf else ()))


class Lacune(Situe, frozen=True, kw_only=True):
    """A lacune is something the sources do not give: which fields are absent, what was looked for, where.

    ``si`` is for whom it matters, one of its rules being enough; none: for everybody.
    """

    ligne: str | None = None
    champs: tuple[str, ...]
    cherche: str
    sources: tuple[NomSource, ...]
    si: tuple[Regle, ...] = ()
    emplacement: str = ""


class Texte(Appui, frozen=True, kw_only=True):
    """A texte is a piece of text on a line: evidence, precision, adaptation, comment.

    ``categories``, ``fait`` and ``types`` restrict it to an organisation or an audit; ``situation`` says in
    words when it matters. ``citation`` marks a quotation of the presentation.
    """

    texte: str
    categories: tuple[NomCategorie, ...] | None = None
    fait: NomFait | None = None
    types: tuple[str, ...] | None = None
    situation: str | None = None
    citation: bool = False


class Avertissement(Struct, frozen=True):
    """A warning tells something true of the whole checklist that its reader must know."""

    code: str
    message: str
    sources: tuple[str, ...] = ()

    @property
    def rappel(self) -> bool:
        """Return whether it holds at every audit of its type: it is printed last, and nobody is warned."""
        return self.code == "rappel"
