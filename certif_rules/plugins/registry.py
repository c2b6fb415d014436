"""The one object that holds state: every layer the plugins declare, and the référentiels resolved so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from certif_rules.construction.assemblage import Matiere, assemble
from certif_rules.errors import DataError, Issue, Location, UsageError, from_emplacement, suggestion
from certif_rules.model.base import Avertissement
from certif_rules.model.referentiel import Couche, CoucheRetenue, Nature, Referentiel, TextesDonnes
from certif_rules.noms import retrouver
from certif_rules.plugins.choix import base_moved, choose_edition, choose_guide, choose_rules
from certif_rules.plugins.couche import HEADER, LIFE, Corps, EnTete, read_body, read_header, read_life
from certif_rules.plugins.empreinte import digest_of_referentiel
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.source.yaml import place

if TYPE_CHECKING:
    from certif_rules.model.vie import Vie

Cle = tuple[str, str, str]


class Resolution(Struct, frozen=True, kw_only=True):
    """A référentiel for one day, its digest, and what the choice of its layers calls for saying.

    ``textes`` are those that a body gave for lines without any: the digest of the rules ignores them.
    """

    referentiel: Referentiel
    empreinte: str
    avertissements: tuple[Avertissement, ...]
    textes: TextesDonnes | None = None


class Registry:
    """Layers by key, in the folders that plugins declare; nothing depends on the order of the plugins.

    Args:
        donnees: (plugin name, declaration) pairs.
        thorough: put every body read through the schemas, and check the lines of every edition (``valider``).
        names_from: name files relative to this folder, where they are under it, rather than to their package.
    """

    def __init__(
        self,
        donnees: Iterable[tuple[str, Donnees]],
        *,
        thorough: bool = False,
        names_from: Path | None = None,
    ) -> None:
        self._thorough = thorough
        self._names_from = names_from
        #: Problems that make a plugin's data unusable, by plugin name.
        self.problemes: dict[str, list[Issue]] = {}
        self._refuses: dict[str, list[Issue]] = {}
        self._layers: dict[Cle, EnTete] = {}
        self._bodies: dict[Cle, Corps] = {}
        self._resolutions: dict[tuple[str, str | None, str, str | None], Resolution] = {}
        #: Référentiels and their digests, by the layers they are made of: many days have the same.
        self._assembled: dict[tuple[Cle, ...], Referentiel] = {}
        self._digests: dict[Referentiel, str] = {}
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
        key = (nom, edition, day, guide)
        if key not in self._resolutions:
            referentiel, warnings = self._resolve(nom, day, edition, guide)
            if referentiel not in self._digests:
                self._digests[referentiel] = digest_of_referentiel(referentiel)
            self._resolutions[key] = Resolution(
                referentiel=referentiel,
                empreinte=self._digests[referentiel],
                avertissements=tuple(warnings),
            )
        return self._resolutions[key]

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

    def _resolve(
        self, nom: str, day: str, edition: str | None, guide: str | None
    ) -> tuple[Referentiel, list[Avertissement]]:
        editions = self.layers(nom, "exigence")
        if not editions:
            raise self._unknown_referentiel(nom)
        exigence, warnings = choose_edition(editions, nom, day, edition)
        base: Referentiel | None = None
        if exigence.base is not None:
            self._stack(exigence)
            base_nom, _, base_edition = exigence.base.partition("@")
            self._check_base(exigence, base_nom, base_edition)
            base, below = self._resolve(base_nom, day, base_edition, guide)
            warnings += (a for a in below if a.code != "edition_hors_periode")
            warnings += base_moved(exigence, self.layers(base_nom, "exigence"), day)
            guide = None
        regles, about_rules = choose_rules(exigence, self.layers(nom, "regles"), day)
        own_guide, about_guide = choose_guide(exigence, self.layers(nom, "guide"), day, guide)
        retenues = [CoucheRetenue(couche=exigence, contenu=exigence), regles]
        if own_guide is not None:
            retenues.append(own_guide)
        under = base.couches if base is not None else ()
        made_of = tuple(cle for r in (*under, *retenues) for cle in (r.couche.cle, r.contenu.cle))
        if made_of not in self._assembled:
            self._assembled[made_of] = self._assemble(exigence, tuple(retenues), base)
        return self._assembled[made_of], [*warnings, *about_rules, *about_guide]

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

    def _assemble(
        self, exigence: Couche, retenues: tuple[CoucheRetenue, ...], base: Referentiel | None
    ) -> Referentiel:
        bodies = {retenue.couche.nature: self.body(retenue.contenu) for retenue in retenues}
        sections: dict[str, dict[str, Any]] = {n: dict(body.sections) for n, body in bodies.items()}
        for retenue in retenues:
            if retenue.couche is not retenue.contenu:
                own = self.body(retenue.couche).sections.get("sources") or {}
                section = sections[retenue.couche.nature]
                section["sources"] = {**own, **(section.get("sources") or {})}
        undeclared = [body.non_declaree for body in bodies.values() if body.non_declaree]
        checked = self._thorough or bool(undeclared)
        matiere = Matiere(
            exigence=exigence,
            retenues=retenues,
            corps=sections,
            base=base,
            editions=tuple(c.id for n in self._stack(exigence) for c in self.layers(n, "exigence")),
            autres_lignes=self._lines_of_other_editions(exigence, retenues) if checked else None,
        )
        try:
            referentiel = assemble(matiere)
        except DataError as error:
            raise DataError([*error.issues, *undeclared]) from error
        if undeclared:
            raise DataError(undeclared)
        return referentiel

    def body(self, couche: Couche) -> Corps:
        """Return the body of a layer, read once.

        Raises:
            DataError: its files are wrong.
        """
        if couche.cle not in self._bodies:
            self._bodies[couche.cle] = read_body(self._layers[couche.cle], thorough=self._thorough)
        return self._bodies[couche.cle]

    def latest_day(self, edition: Couche) -> str:
        """Return a day (ISO) of the edition on which its latest rules and guide are in force.

        For what is asked of an edition and not of a day: its description, the dates of a cycle.
        """
        layers = [c for kind in ("regles", "guide") for c in self.layers(edition.referentiel, kind)]
        latest = max([edition.du, *(c.admis_du for c in layers if edition.id in c.pour)])
        return edition.au if edition.au is not None and latest > edition.au else latest

    def life(self, referentiel: Referentiel) -> tuple[Vie, ...]:
        """Return what the rules layers of a resolved référentiel say around the audit, base first.

        An origin whose layer says nothing is left out.

        Raises:
            DataError: the data are wrong; every problem is listed.
        """
        from certif_rules.construction.vie import build_life  # a checklist needs none of it

        lives: list[Vie] = []
        for retenue in referentiel.couches:
            if retenue.couche.nature != "regles":
                continue
            corps = read_life(self._layers[retenue.contenu.cle], thorough=self._thorough)
            if corps is None:
                continue
            undeclared = [corps.non_declaree] if corps.non_declaree else []
            try:
                vie = build_life(retenue.couche.referentiel, corps.sections, referentiel, tuple(lives))
            except DataError as error:
                raise DataError([*error.issues, *undeclared]) from error
            if undeclared:
                raise DataError(undeclared)
            lives.append(vie)
        return tuple(lives)

    def _lines_of_other_editions(self, exigence: Couche, retenues: tuple[CoucheRetenue, ...]) -> list[str]:
        served = {edition for retenue in retenues for edition in retenue.contenu.pour}
        nom = exigence.referentiel
        return [
            f"{nom}/{line['code']}"
            for couche in self.layers(nom, "exigence")
            if couche.id in served and couche.id != exigence.id
            for line in self.body(couche).sections.get("indicateurs") or ()
        ]

    def _stack(self, exigence: Couche) -> list[str]:
        """Return the référentiel and its bases, top first; a base that refers back is refused."""
        names: list[str] = [exigence.referentiel]
        couche: Couche | None = exigence
        while couche is not None and couche.base is not None:
            nom, _, edition = couche.base.partition("@")
            if nom in names:
                raise DataError(
                    [
                        Issue(
                            "renvoi-circulaire",
                            f"la base {couche.base} renvoie à {names[0]}",
                            from_emplacement(couche.emplacement),
                        )
                    ]
                )
            names.append(nom)
            couche = next((c for c in self.layers(nom, "exigence") if c.id == edition), None)
        return names

    # ---- finding the layers ------------------------------------------------------------------------

    def _index(self, donnees: Sequence[tuple[str, Donnees]]) -> None:
        declared: dict[Cle, list[EnTete]] = {}
        for plugin, declaration in donnees:
            dossier = declaration.dossier
            own = self._names_from is not None and dossier.is_relative_to(self._names_from)
            racine = self._names_from if own and self._names_from else dossier.parent.parent
            try:
                issues = list(_astray(dossier, racine))
                paths = sorted(dossier.glob(f"*/*/{HEADER}"))
            except (OSError, ValueError) as error:
                reason = f"lecture impossible : {type(error).__name__}"
                issues, paths = [Issue("fichier-illisible", reason, Location(str(dossier)))], []
            if issues:
                self.problemes.setdefault(plugin, []).extend(issues)
            for path in paths:
                try:
                    en_tete = read_header(path, racine, plugin)
                except DataError as error:
                    self.problemes.setdefault(plugin, []).extend(error.issues)
                    continue
                declared.setdefault(en_tete.couche.cle, []).append(en_tete)
        self._refuse_duplicates(declared)
        for cle, en_tetes in declared.items():
            if en_tetes[0].plugin in self.problemes:
                self._refuses.setdefault(cle[0], []).extend(self.problemes[en_tetes[0].plugin])
            else:
                self._layers[cle] = en_tetes[0]

    def _refuse_duplicates(self, declared: dict[Cle, list[EnTete]]) -> None:
        """Refuse both of two plugins that declare the same layer, whatever the order."""
        for cle, en_tetes in declared.items():
            if len(en_tetes) < 2:
                continue
            names = " et ".join(f"« {e.plugin} »" for e in en_tetes)
            message = f"{cle[0]} {cle[1]}/{cle[2]} est déclaré par {names} : tous sont refusés"
            for en_tete in en_tetes:
                related = tuple(
                    (from_emplacement(e.couche.emplacement), f"greffon {e.plugin}")
                    for e in en_tetes
                    if e is not en_tete
                )
                hint = "désinstaller l’un des deux, ou l’écarter avec --sans-plugin"
                issue = Issue(
                    "couche-en-double", message, from_emplacement(en_tete.couche.emplacement), hint, related
                )
                self.problemes.setdefault(en_tete.plugin, []).append(issue)

    def _unknown_referentiel(self, nom: str) -> DataError | UsageError:
        """Broken data of a plugin that declares it, or simply a name nobody declares."""
        if nom in self._refuses:
            return DataError(self._refuses[nom])
        hint = suggestion(nom, self.referentiels(), "référentiels")
        return UsageError([Issue("referentiel-inconnu", f"aucun référentiel « {nom} »", None, hint)])


def _astray(dossier: Path, racine: Path) -> Iterator[Issue]:
    """Yield what would be left out in silence: a layer without its header, a file that is not YAML."""
    layers = sorted(path for path in dossier.glob("*/*") if path.is_dir())
    for layer in layers:
        files = sorted(path for path in layer.iterdir() if not path.name.startswith((".", "__")))
        name = layer.relative_to(racine).as_posix()
        if files and not (layer / HEADER).exists():
            message = f"cette couche n’a pas d’en-tête {HEADER}"
            yield Issue(
                "en-tete-manquant", message, Location(name), "écrire l’en-tête, ou retirer le dossier"
            )
        yield from _ignored(files, name)
        if (layer / LIFE).is_dir():
            inside = (layer / LIFE).iterdir()
            around = sorted(path for path in inside if not path.name.startswith((".", "__")))
            yield from _ignored(around, f"{name}/{LIFE}")
    if not layers:
        message = f"aucune couche dans ce dossier (<nature>/<id>/{HEADER})"
        yield Issue("dossier-vide", message, Location(dossier.name))


def _ignored(files: Iterable[Path], folder: str) -> Iterator[Issue]:
    """Files that nobody reads; only a rules layer has a folder ``vie``."""
    for path in files:
        if path.suffix == ".yaml" or (path.name == LIFE and path.is_dir() and _holds_rules(path.parent)):
            continue
        message = "ce fichier ne sera pas lu : une couche est faite de fichiers .yaml"
        hint = "le renommer en .yaml, ou le retirer"
        yield Issue("fichier-ignore", message, Location(f"{folder}/{path.name}"), hint)


def _holds_rules(layer: Path) -> bool:
    return layer.parent.name == "regles"
