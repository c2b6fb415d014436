"""The domain, the organisation as a référentiel sees it: its categories and the facts asked of it."""

from msgspec import Struct

from certif_rules.model.base import Appui, Comparaison, NomCategorie, NomFait, NomSource


class Vocabulaire(Struct, frozen=True, kw_only=True):
    """A vocabulary gives the words that a référentiel chooses for what every one of them has.

    ``categorie`` is one category, ``categories`` heads a list of them and ``ajoutees`` that of those added;
    ``fiche`` is the sheet of one gap of the report, and ``fiches`` all of them.
    The default ones are those of the national reference.
    """

    categorie: str = "catégorie d’actions"
    categories: str = "catégories"
    ajoutees: str = "catégories ajoutées"
    fiche: str = "fiche de non-conformité"
    fiches: str = "fiches de non-conformité"


class Categorie(Struct, frozen=True, kw_only=True):
    """This is a category of action; ``a_qui`` completes « réservé … » (« à l'apprentissage »).

    ``implicite``: nobody declared it; it is that of a référentiel which parts organisations into none.
    """

    id: str
    titre: str
    a_qui: str
    synonymes: tuple[str, ...] = ()
    sources: tuple[NomSource, ...] = ()
    implicite: bool = False


class ParNature(Appui, frozen=True, kw_only=True):
    """A fact always holds for this category, and ``texte`` says why."""

    categorie: NomCategorie
    texte: str
    emplacement: str = ""


class Nombre(Struct, frozen=True, kw_only=True):
    """A number is asked of the organisation, with the threshold that makes the fact true.

    ``comparaison`` says how the number must stand to ``seuil`` (« 12 », « 1.5 »). While no source gives the
    threshold it is ``None``, and ``attend`` says what is waited for.
    """

    unite: str
    comparaison: Comparaison
    seuil: str | None = None
    attend: str | None = None


class Fait(Appui, frozen=True, kw_only=True):
    """A fact is about the organisation: it has a question to ask, and the words for each answer.

    ``a_invoquer``: a derogation; not given means not claimed. ``region`` is where alone it may be.
    ``implique``: facts that follow from this one when it is true. ``nombre``: the answer is a number.
    """

    id: str
    question: str
    vrai: str
    faux: str
    par_nature: tuple[ParNature, ...]
    implique: tuple[NomFait, ...]
    a_invoquer: bool = False
    region: str | None = None
    note: str | None = None
    nombre: Nombre | None = None
    emplacement: str = ""


#: The one category of a référentiel that declares none: every organisation is in it, and nobody names it.
ENTIER = Categorie(id="TOUT", titre="tout organisme", a_qui="à tout organisme", implicite=True)
