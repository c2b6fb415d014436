"""How long an audit lasts: base, supplements of the categories, sampled sites; each part with its source.

A part that no source gives makes the whole unknown: nothing is estimated. Days are exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec import Struct

from certif_rules.model.base import Appui
from certif_rules.rules.contexte import Contexte
from certif_rules.rules.faits import resolve_all
from certif_rules.rules.motifs import rests_on
from certif_rules.rules.mots import MOTS, Cas, judge
from certif_rules.rules.trivalent import Trivalent, either

if TYPE_CHECKING:
    from certif_rules.model.bareme import Bareme, BaremeDerogatoire, Duree, DureeSansBareme, Tranche
    from certif_rules.model.base import Regle, Texte
    from certif_rules.model.referentiel import Referentiel
    from certif_rules.model.vie import Incoherence
    from certif_rules.vie.regime import Regime


class Poste(Appui, frozen=True, kw_only=True):
    """A part of the duration has its ``jours``: ``None`` where nothing gives it, and ``texte`` says why."""

    texte: str
    jours: Fraction | None


class SitesEchantillonnes(Appui, frozen=True, kw_only=True):
    """The audit samples so many sites, ``None`` where it is not known; ``texte`` says why."""

    nombre: int | None
    texte: str


class Calcul(Struct, frozen=True, kw_only=True):
    """The duration of one audit is reckoned; ``sans_bareme`` stands alone where no table rules its type."""

    bareme: Bareme | None
    postes: tuple[Poste, ...]
    sans_bareme: DureeSansBareme | None = None

    @property
    def jours(self) -> Fraction | None:
        """Return the sum, in days; ``None`` as soon as a part is not known."""
        known = [poste.jours for poste in self.postes if poste.jours is not None]
        whole = self.bareme is not None and len(known) == len(self.postes)
        return sum(known, Fraction(0)) if whole else None


class DureeAudit(Struct, frozen=True, kw_only=True):
    """The duration of one audit comes with what it was computed from."""

    regime: Regime
    contexte: Contexte
    duree: Duree
    calcul: Calcul
    sites: int | None

    @property
    def remarques(self) -> tuple[Texte, ...]:
        """Return what must be known of the table, then of all durations; nothing where no table was used."""
        bareme = self.calcul.bareme
        return (*bareme.remarques, *self.duree.remarques) if bareme else ()

    @property
    def incoherences(self) -> tuple[Incoherence, ...]:
        """Return the contradictions of the sources that touch this duration."""
        sans_bareme = self.calcul.sans_bareme
        known = {key: value for vie in self.regime.vies for key, value in vie.incoherences.items()}
        return tuple(known[key] for key in sans_bareme.incoherences) if sans_bareme else ()


def duration(
    duree: Duree, referentiel: Referentiel, contexte: Contexte, chiffre_affaires: int,
    sites: SitesEchantillonnes,
) -> Calcul:  # fmt: skip
    """Return the duration of the audit of ``contexte``, by the tables of ``duree``.

    Args:
        duree: what the référentiel says of durations.
        referentiel: it declares the audit type, the categories and the facts.
        contexte: the audit asked for.
        chiffre_affaires: turnover of the activity, in euros, before tax.
        sites: the sites that the audit samples.
    """
    code = referentiel.types_audit[contexte.type_audit].code
    titres = {c.id: f"{c.titre} ({c.id})" for c in referentiel.categories.values()}
    sans_bareme = next((item for item in duree.sans_bareme if code in item.types), None)
    bareme = next((b for b in duree.baremes.values() if code in b.types), None)
    derogation, doubt = _derogation(duree, code, referentiel, contexte)
    if derogation is not None:
        bareme = duree.baremes[derogation.bareme]
    if bareme is None:
        return Calcul(bareme=None, postes=(), sans_bareme=sans_bareme)
    postes = [*_parts(bareme, titres, contexte, chiffre_affaires, sites)]
    postes += _supplements(duree, code, referentiel, contexte)
    if derogation is not None:
        postes.insert(0, _reason(derogation, Fraction(0)))
    elif doubt is not None:
        other = duree.baremes[doubt.bareme]
        same = [p.jours for p in _parts(other, titres, contexte, chiffre_affaires, sites)]
        if same != [p.jours for p in _parts(bareme, titres, contexte, chiffre_affaires, sites)]:
            postes.append(_reason(doubt, None))
    return Calcul(bareme=bareme, postes=tuple(postes))


def holds(regle: Regle, referentiel: Referentiel, contexte: Contexte) -> Trivalent:
    """Return whether a rule that speaks of no line holds, for one category of the audit at least."""
    line = next(iter(referentiel.indicateurs.values()))
    faits = resolve_all(referentiel, contexte)
    return either(judge(regle, Cas(referentiel, contexte, faits, line, c), MOTS).valeur for c in faits)


def _derogation(
    duree: Duree, code: str, referentiel: Referentiel, contexte: Contexte
) -> tuple[BaremeDerogatoire | None, BaremeDerogatoire | None]:
    """Return the derogation that holds, else the first that may."""
    values = [
        (item, holds(item.garde, referentiel, contexte)) for item in duree.derogations if code in item.types
    ]
    sure = next((item for item, value in values if value is True), None)
    return sure, None if sure else next((item for item, value in values if value is None), None)


def _reason(derogation: BaremeDerogatoire, jours: Fraction | None) -> Poste:
    garde = derogation.garde
    return Poste(texte=garde.inconnu or garde.motif or "", jours=jours, **rests_on(garde))


def _parts(
    bareme: Bareme, titres: Mapping[str, str], contexte: Contexte, chiffre_affaires: int,
    sites: SitesEchantillonnes,
) -> Iterator[Poste]:  # fmt: skip
    """Yield what a table gives: its base, each category, the sampled sites."""
    band = next(t for t in bareme.tranches if t.moins_de is None or chiffre_affaires < t.moins_de)
    yield _cell(bareme, band, "base", band.base)
    added = bareme.categories == "ajoutees"
    for categorie in contexte.ajouts.categories if added else contexte.categories:
        yield _cell(bareme, band, titres[categorie], band.supplements.get(categorie))
    if added and not contexte.ajouts.categories:
        texte = "aucune catégorie ajoutée : les sources ne donnent pas la durée d’un ajout de site seul"
        yield Poste(texte=texte, jours=None, **rests_on(bareme))
    if sites.nombre is None:
        yield Poste(texte=sites.texte, jours=None, **rests_on(sites))
    elif sites.nombre:
        each = _cell(bareme, band, sites.texte, band.par_site)
        yield Poste(
            texte=each.texte,
            jours=None if each.jours is None else each.jours * sites.nombre,
            **rests_on(each, sites),
        )


def _cell(bareme: Bareme, band: Tranche, texte: str, days: str | None) -> Poste:
    return Poste(
        texte=texte if days is not None else f"{texte} : {bareme.cherche or 'case absente du barème'}",
        jours=None if days is None else Fraction(days),
        **rests_on(bareme, band),
    )


def _supplements(duree: Duree, code: str, referentiel: Referentiel, contexte: Contexte) -> Iterator[Poste]:
    for item in duree.supplements:
        value = holds(item.garde, referentiel, contexte) if code in item.types else False
        if value is False:
            continue
        nom = item.garde.mots.get("fait")
        question = referentiel.faits[nom].question if isinstance(nom, str) else item.texte
        yield Poste(
            texte=item.texte if value else f"à renseigner : {question}",
            jours=Fraction(item.jours) if value else None,
            **rests_on(item.garde),
        )
