"""The one object that holds state: every layer the plugins declare, and the référentiels resolved so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.errors import DataError, Issue, UsageError, suggestion
from certif_rules.model.base import Avertissement
from certif_rules.model.referentiel import Couche, CoucheRetenue, Nature, Referentiel, TextesDonnes
from certif_rules.noms import retrouver
from certif_rules.plugins.cache import Cache
from certif_rules.plugins.choix import (
    Pile,
    base_moved,
    choose_edition,
    choose_guide,
    choose_rules,
    drafts,
    latest_day,
)
from certif_rules.plugins.couche import Corps, EnTete, Fichiers, files_of, read_body
from certif_rules.plugins.empreinte import digest
from certif_rules.plugins.filiation import broken, descended, stack
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.index import duplicates, headers_in
from certif_rules.source.yaml import place

if TYPE_CHECKING:
    from certif_rules.model.vie import Vie

Cle = tuple[str, str, str]
#: What tells a stack of layers from another: those retained, and those read in their place.
_Cles = tuple[tuple[Cle, Cle], ...]
_T = TypeVar("_T")


class Resolution(Struct, frozen=True, kw_only=True):
    """A resolution has a référentiel for one day, its digest, what the choice of its layers calls for saying.

    ``textes`` are those that a body gave for lines without any: the digest of the rules ignores them.
    """

    referentiel: Referentiel
    empreinte: str
    avertissements: tuple[Avertissement, ...]
    textes: TextesDonnes | None = None


class Registry:
    """A registry has layers by key, in the folders plugins declare; nothing depends on the plugins' order.

    Args:
        donnees: (plugin name, declaration) pairs.
        thorough: put every body read through the schemas, and check the lines of every edition (``valider``).
        names_from: name files relative to this folder, where they are under it, rather than to their package.
        cache: where compiled forms are, which spare reading YAML that did not change.
        fautes: take what is wrong of each référentiel, and make what can be of the rest.
    """

    def __init__(
        self,
        donnees: Iterable[tuple[str, Donnees]],
        *,
        thorough: bool = False,
        names_from: Path | None = None,
        cache: Cache | None = None,
        fautes: list[Issue] | None = None,
    ) -> None:
        self._thorough = thorough
        self._cache = cache
        self._fautes = fautes
        self._names_from = names_from
        #: Problems that make a plugin's data unusable, by plugin name.
        self.problemes: dict[str, list[Issue]] = {}
        self._refuses: dict[str, list[Issue]] = {}
        self._declared: dict[Cle, EnTete] = {}
        self._layers: dict[Cle, EnTete] = {}
        self._fichiers: dict[Cle, Fichiers] = {}
        self._bodies: dict[Cle, Corps] = {}
        #: By the layers they are made of, which many days share: what YAML gives, and what is resolved.
        #: Nothing is kept by day: visitors choose as many as they like.
        self._assembled: dict[_Cles, Referentiel] = {}
        self._compiled: dict[_Cles, tuple[Referentiel, str]] = {}
        self._index(sorted(donnees, key=lambda pair: (pair[0], str(pair[1].dossier))))

    # ---- what there is -----------------------------------------------------------------------------

    def referentiels(self) -> tuple[str, ...]:
        """Return names of the référentiels that have an edition, sorted."""
        return tuple(sorted({key[0] for key in self._layers if key[1] == "exigence"}))

    def layers(self, referentiel: str, nature: Nature) -> list[Couche]:
        """Return the layers of one kind, oldest first."""
        couches = [e.couche for key, e in self._layers.items() if key[:2] == (referentiel, nature)]
        return sorted(couches, key=lambda c: (c.admis_du, c.id))

    def all_layers(self) -> list[Couche]:
        """Return every layer that can be used, by key."""
        return [self._layers[cle].couche for cle in sorted(self._layers)]

    def plugin_of(self, couche: Couche) -> str:
        """Return the name of the plugin that declares a layer."""
        return self._layers[couche.cle].plugin

    def header(self, couche: Couche) -> EnTete:
        """Return the header of a layer as it was read."""
        return self._layers[couche.cle]

    # ---- resolving ---------------------------------------------------------------------------------

    def resolve(
        self, nom: str, *, day: str, edition: str | None = None, guide: str | None = None
    ) -> Resolution:
        """Return the référentiel in force on ``day`` (ISO date of the audit).

        Args:
            nom: name of the référentiel.
            day: date of the audit; it chooses the layers, never today's date.
            edition: id of an edition that wins over the date, with a warning when it is not in force.
            guide: id of a guide that wins over the latest published.

        Raises:
            UsageError: no such référentiel, edition or guide, or no edition in force that day.
            DataError: the data of one of the layers are wrong; every problem is listed.
        """
        nom = self.identify(nom)
        pile, warnings = self._choose(nom, day, edition, guide)
        referentiel, empreinte = self._referentiel(pile)
        return Resolution(referentiel=referentiel, empreinte=empreinte, avertissements=tuple(warnings))

    def identify(self, texte: str) -> str:
        """Return the id of the référentiel that ``texte`` names: its id or its name, however it is spelt.

        Raises:
            UsageError: several are spelt alike.
        """
        known = self.referentiels()
        names = {nom: [c.nom for c in self.layers(nom, "exigence") if c.nom] for nom in known}
        ids = retrouver(texte, names)
        if len(ids) > 1:
            message = f"« {texte} » désigne plusieurs référentiels : {', '.join(ids)}"
            raise UsageError(
                [Issue("referentiel-ambigu", message, None, "écrire l’un de ces noms, tel quel")]
            )
        return ids[0] if ids else texte

    def _choose(
        self, nom: str, day: str, edition: str | None, guide: str | None
    ) -> tuple[Pile, list[Avertissement]]:
        editions = self.layers(nom, "exigence")
        if not editions:
            if nom in self._refuses:
                raise DataError(self._refuses[nom])
            hint = suggestion(nom, self.referentiels(), "référentiels")
            raise UsageError([Issue("referentiel-inconnu", f"aucun référentiel « {nom} »", None, hint)])
        exigence, warnings = choose_edition(editions, nom, day, edition)
        self._check_departure(exigence)
        base: Pile | None = None
        if exigence.base is not None:
            self._editions(exigence)
            base_nom, _, base_edition = exigence.base.partition("@")
            self._check_base(exigence, base_nom, base_edition)
            own = any(couche.id == guide for couche in self.layers(nom, "guide"))
            base, below = self._choose(base_nom, day, base_edition, None if own else guide)
            warnings += (a for a in below if a.code != "edition_hors_periode")
            warnings += base_moved(exigence, self.layers(base_nom, "exigence"), day)
            guide = guide if own else None
        regles, about_rules = choose_rules(exigence, self.layers(nom, "regles"), day)
        own_guide, about_guide = choose_guide(exigence, self.layers(nom, "guide"), day, guide)
        retenues = [CoucheRetenue(couche=exigence, contenu=exigence), regles]
        if own_guide is not None:
            retenues.append(own_guide)
        pile = Pile(exigence=exigence, retenues=tuple(retenues), base=base)
        read = [*self._lineage(exigence), *(retenue.contenu for retenue in retenues)]
        return pile, [*warnings, *about_rules, *about_guide, *drafts(read)]

    def _referentiel(self, pile: Pile) -> tuple[Referentiel, str]:
        """Return what the layers retained make, with its digest, once for all the days that retain them.

        Headers are not compiled with what is made of them: those of the registry are shared.
        """

        def make() -> tuple[Referentiel, str]:
            referentiel = self._assemble(pile)
            return replace(referentiel, couches=()), digest(referentiel)

        couches = pile.couches
        keys = _keys(couches)
        if keys not in self._compiled:
            referentiel, empreinte = self._through(couches, "regles", tuple[Referentiel, str], make, ())
            self._compiled[keys] = replace(referentiel, couches=couches), empreinte
        return self._compiled[keys]

    def _through(
        self, couches: tuple[CoucheRetenue, ...], what: str, kind: Any, make: Callable[[], _T],
        others: Sequence[Fichiers],
    ) -> _T:  # fmt: skip
        """Return what ``make`` draws from the files of a stack, and ``others``, unless the cache has it.

        The key is all that they hold: where one cannot be read, ``make`` says so.
        """
        if self._cache is None:
            return make()
        read = (c for r in couches for c in (*self._lineage(r.couche), r.couche, r.contenu))
        cles = list(dict.fromkeys(c.cle for c in read))
        headers = [(str(cle), self._layers[cle].contenu) for cle in cles]
        files = [file for fichiers in (*(self._files(cle) for cle in cles), *others) for file in fichiers]
        exigence = next(r.couche for r in reversed(couches) if r.couche.nature == "exigence")
        key = self._cache.key_of([*headers, *files], what, _keys(couches), self._editions(exigence))
        if key is None:
            return make()
        donnees = self._layers[exigence.cle].dossier.parent.parent
        parts = (exigence.referentiel, what, _keys(couches))
        return self._cache.through(donnees, parts, key, kind, make)

    def _files(self, cle: Cle) -> Fichiers:
        """Return the files of a body, read once: what is compiled is what the key was made of."""
        if cle not in self._fichiers:
            self._fichiers[cle] = files_of(self._layers[cle])
        return self._fichiers[cle]

    def _editions(self, exigence: Couche) -> tuple[str, ...]:
        return tuple(c.id for nom in stack(exigence, self.layers) for c in self.layers(nom, "exigence"))

    def _lineage(self, couche: Couche) -> list[Couche]:
        """Return the editions that a layer is a change of, if it is one, the earliest first."""
        cles = ((couche.referentiel, couche.nature, nom) for nom in reversed(couche.lignee))
        return [self._layers[cle].couche for cle in cles]

    def _check_departure(self, exigence: Couche) -> None:
        """Refuse an edition written as a change of one that is not there, or that does not fit."""
        issue = broken(exigence, self._layers) if exigence.depuis is not None else None
        if issue is not None:
            absent = issue.code == "depart-introuvable"
            raise DataError((absent and self._refuses.get(exigence.referentiel)) or [issue])

    def _check_base(self, exigence: Couche, nom: str, edition: str) -> None:
        """Refuse a label whose base is not there: its own header is to blame."""
        if not any(couche.id == edition for couche in self.layers(nom, "exigence")):
            problems = self._refuses.get(nom)
            if problems:
                raise DataError(problems)
            data = self._layers[exigence.cle].data
            message = (
                f"{exigence.referentiel}@{exigence.id} repose sur {exigence.base}, "
                "qu’aucun greffon actif ne déclare"
            )
            hint = f"installer ou réactiver le greffon de « {nom} », ou corriger `base`"
            raise DataError([Issue("base-introuvable", message, place(data, "base"), hint)])

    def _assemble(self, pile: Pile) -> Referentiel:
        # What is compiled needs none of it.
        from certif_rules.construction.assemblage import Matiere, assemble

        keys = _keys(pile.couches)
        if keys in self._assembled:
            return self._assembled[keys]
        base = self._assemble(pile.base) if pile.base else None
        exigence, retenues = pile.exigence, pile.retenues
        bodies = {retenue.couche.nature: self.body(retenue.contenu) for retenue in retenues}
        sections: dict[str, dict[str, Any]] = {n: dict(body.sections) for n, body in bodies.items()}
        for retenue in retenues:
            if retenue.couche is not retenue.contenu:
                own = self.body(retenue.couche).sections.get("sources") or {}
                section = sections[retenue.couche.nature]
                section["sources"] = {**own, **(section.get("sources") or {})}
        lineage = self._lineage(exigence)
        earlier = {couche.id: self.body(couche) for couche in lineage}
        read = (*earlier.values(), *bodies.values())
        undeclared = [body.non_declaree for body in read if body.non_declaree]
        drafted = any(c.brouillon for c in (*lineage, *(r.contenu for r in retenues)))
        checked = self._thorough or bool(undeclared) or drafted
        matiere = Matiere(
            exigence=exigence,
            retenues=retenues,
            corps=sections,
            base=base,
            editions=self._editions(exigence),
            autres_lignes=self._lines_of_other_editions(exigence, retenues) if checked else None,
            lignee={nom: body.sections for nom, body in earlier.items()},
            fautes=self._fautes,
        )
        try:
            referentiel = assemble(matiere)
        except DataError as error:
            raise DataError([*error.issues, *undeclared]) from error
        if undeclared:
            raise DataError(undeclared)
        self._assembled[keys] = referentiel
        return referentiel

    def body(self, couche: Couche) -> Corps:
        """Return the body of a layer, read once.

        Raises:
            DataError: its files are wrong.
        """
        if couche.cle not in self._bodies:
            en_tete = self._layers[couche.cle]
            self._bodies[couche.cle] = read_body(en_tete, self._files(couche.cle), thorough=self._thorough)
        return self._bodies[couche.cle]

    def overlaid(self, projet: Registry) -> Registry:
        """Return a registry where the layers of another stand beside these, and for those of the same key."""
        registry = Registry(())
        registry._declared = {**self._declared, **projet._declared}
        registry._layers = descended(registry._declared)
        registry._refuses = self._refuses
        return registry

    def latest_day(self, edition: Couche) -> str:
        """Return a day (ISO) of the edition on which its latest rules and guide are in force.

        For what is asked of an edition and not of a day: its description, the dates of a cycle.
        """
        regles, guides = (self.layers(edition.referentiel, kind) for kind in ("regles", "guide"))
        return latest_day(edition, regles, guides)

    def life(self, referentiel: Referentiel) -> tuple[Vie, ...]:
        """Return what the rules layers of a resolved référentiel say around the audit, base first.

        An origin whose layer says nothing is left out.

        Raises:
            DataError: the data are wrong; every problem is listed.
        """
        from certif_rules.model.vie import Vie  # a checklist needs none of it

        couches = referentiel.couches
        rules = [(r, self._layers[r.contenu.cle]) for r in couches if r.couche.nature == "regles"]
        files = [files_of(en_tete, life=True) for _, en_tete in rules]
        own = self._compiled.get(_keys(couches))

        def build() -> tuple[Vie, ...]:
            from certif_rules.plugins.autour import build_lives

            changed = [r.couche for r in couches if r.couche.lignee] if self._thorough else []
            lines = {
                c.referentiel: {e.id: self.body(e).sections for e in (*self._lineage(c), c)} for c in changed
            }
            read = [(*pair, fichiers) for pair, fichiers in zip(rules, files, strict=True)]
            return build_lives(referentiel, read, thorough=self._thorough, lines=lines)

        if own is None or own[0] is not referentiel:  # the body gave texts: its sources may be cited
            return build()
        return self._through(couches, "vie", tuple[Vie, ...], build, files)

    def _lines_of_other_editions(self, exigence: Couche, retenues: tuple[CoucheRetenue, ...]) -> list[str]:
        served = {edition for retenue in retenues for edition in retenue.contenu.pour}
        nom = exigence.referentiel
        others = [c for c in self.layers(nom, "exigence") if c.id in served and c.id != exigence.id]
        bodies = (self.body(c).sections for other in others for c in (*self._lineage(other), other))
        added = ((body.get("ajouts") or body).get("indicateurs") or () for body in bodies)
        return [f"{nom}/{line['code']}" for lines in added for line in lines]

    # ---- finding the layers ------------------------------------------------------------------------

    def _index(self, donnees: Sequence[tuple[str, Donnees]]) -> None:
        declared: dict[Cle, list[EnTete]] = {}
        for plugin, declaration in donnees:
            dossier = declaration.dossier
            own = self._names_from is not None and dossier.is_relative_to(self._names_from)
            racine = self._names_from if own and self._names_from else dossier.parent.parent
            en_tetes, issues = headers_in(declaration, racine, plugin, self._cache)
            if issues:
                self.problemes.setdefault(plugin, []).extend(issues)
            for en_tete in en_tetes:
                declared.setdefault(en_tete.couche.cle, []).append(en_tete)
        for plugin, issue in duplicates(declared):
            self.problemes.setdefault(plugin, []).append(issue)
        for cle, en_tetes in declared.items():
            if en_tetes[0].plugin in self.problemes:
                self._refuses.setdefault(cle[0], []).extend(self.problemes[en_tetes[0].plugin])
            else:
                self._declared[cle] = en_tetes[0]
        self._layers = descended(self._declared)


def _keys(couches: tuple[CoucheRetenue, ...]) -> _Cles:
    return tuple((retenue.couche.cle, retenue.contenu.cle) for retenue in couches)
