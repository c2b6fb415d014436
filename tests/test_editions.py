"""An edition that a third plugin declares from a later day: which one answers, and what is refused."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from greffons import DONNEES, registry, seal

from certif_rules.audit.demande import Demande
from certif_rules.audit.precedent import PrecedentDit
from certif_rules.blocs.arbre import Titre
from certif_rules.documents.dossier.composition import study
from certif_rules.echanges.calendrier import document
from certif_rules.echanges.champs import as_bytes
from certif_rules.echanges.dossier import document as of_file
from certif_rules.echanges.echantillon import document as sample_document
from certif_rules.errors import DataError, Issue, UsageError
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.services.calendrier import Saisie, make_calendar
from certif_rules.services.dossier import open_file
from certif_rules.services.echantillon import make_sample
from certif_rules.services.validation import validate
from certif_rules.source.schema import check
from certif_rules.vie.echantillon import DemandeTirage, Prelevement
from certif_rules.vie.echeancier import Echeancier

LABEL = "certifregion"


def later(folder: Path, *, remplace: bool, mois: int = 36) -> Path:
    """V6 of the label from 1 January 2027: V5 copied, its validity in months changed."""
    donnees = folder / "donnees"
    for nature, source, id_ in (("exigence", "V5", "V6"), ("regles", "presentation-2023", "regles-v6")):
        copy = donnees / nature / id_
        shutil.copytree(DONNEES[LABEL] / nature / source, copy)
        path = copy / "couche.yaml"
        text = path.read_text(encoding="utf-8")
        for before, after in (
            (f"\nid: {source}\n", f"\nid: {id_}\n"),
            ('du: "2023-01-01"\nau', 'du: "2027-01-01"\nau'),
            ('pour: ["V5"]', 'pour: ["V6"]'),
        ):
            text = text.replace(before, after)
        assert 'du: "2027-01-01"' in text
        if remplace and nature == "exigence":
            text = text.replace("\nnature:", "\nremplace: V5\nnature:", 1)
        path.write_text(text, encoding="utf-8")
    cycle = donnees / "regles" / "regles-v6" / "vie" / "cycle.yaml"
    text = cycle.read_text(encoding="utf-8")
    assert text.count("mois: 36") == 1
    cycle.write_text(text.replace("mois: 36", f"mois: {mois}"), encoding="utf-8")
    for nature, id_ in (("exigence", "V6"), ("regles", "regles-v6")):
        seal(donnees / nature / id_)
        seal_life(donnees / nature / id_)
    return donnees


def seal_life(layer: Path) -> None:
    """Write in the last revision of a layer the digest of its folder vie/."""
    from certif_rules.plugins.couche import read_header, read_life

    path = layer / "couche.yaml"
    en_tete = read_header(path, layer.parent.parent, "essai")
    corps = read_life(en_tete)
    if corps is not None and corps.non_declaree:
        text = path.read_text(encoding="utf-8")
        declared = en_tete.couche.revisions[-1].empreinte_vie
        assert declared
        path.write_text(text.replace(declared, corps.empreinte), encoding="utf-8")


def three(folder: Path, **options: Any) -> Registry:
    return registry(**{nom: DONNEES[nom] for nom in ("qualiopi", LABEL)}, tiers=later(folder, **options))


def calendar(known: Registry, *evenements: str, **demande: Any) -> Echeancier:
    return make_calendar(known, Demande(referentiel=LABEL, **demande), Saisie(evenements=evenements))


@pytest.mark.parametrize(
    ("evenements", "edition"),
    [
        # The only event, before 2027: V5 was in force.
        (("notification=2026-06-30",), "V5"),
        (("notification=2026-12-31",), "V5"),
        (("notification=2027-01-01",), "V6"),
        # The first of two events that are no audit.
        (("notification=2026-12-31", "dernier_audit_interne=2027-03-01"), "V5"),
        # An audit decides, although the application came first.
        (("depot=2026-11-02", "audit_initial=2027-02-01"), "V6"),
        # Of two audits, the first: the cycle is the one that it opened.
        (("audit_initial=2026-02-02", "audit_surveillance=2027-06-01"), "V5"),
    ],
)
def test_the_edition_is_that_of_the_events(tmp_path: Path, evenements: tuple[str, ...], edition: str) -> None:
    """In force on the day of the first audit, else of the first event: never the latest by itself."""
    value = calendar(three(tmp_path, remplace=True), *evenements)
    assert (value.regime.referentiel.edition, value.editions, value.autres) == (edition, (edition,), ())
    assert value.titre.endswith(f"édition {edition}")
    assert value.avertissements == ()


def test_the_audit_of_a_file_decides(tmp_path: Path) -> None:
    """The date of a profile goes before any event."""
    known = three(tmp_path, remplace=True)
    value = calendar(known, "notification=2026-06-30", date="2027-02-01", type_audit="surveillance")
    assert value.regime.referentiel.edition == "V6"


def test_before_all_editions_it_is_said(tmp_path: Path) -> None:
    """The first edition answers, with a warning: what ruled then is not known."""
    value = calendar(three(tmp_path, remplace=True), "notification=2022-05-12")
    assert value.regime.referentiel.edition == "V5"
    assert [a.code for a in value.avertissements] == ["edition_hors_periode"]
    audited = calendar(
        three(tmp_path / "b", remplace=True), "audit_initial=2022-11-30", "notification=2023-02-10"
    )
    assert [a.code for a in audited.avertissements] == ["edition_hors_periode"], "the audit decides"


def test_where_nothing_decides_both_are_shown(tmp_path: Path) -> None:
    """Alike but for their name, once and both named; otherwise, the other beside."""
    alike = calendar(three(tmp_path / "a", remplace=True))
    assert alike.titre.endswith("éditions V5 et V6")
    assert alike.autres == ()
    known = three(tmp_path / "b", remplace=True, mois=24)
    same_list = calendar(known)
    assert same_list.titre.endswith("éditions V5 et V6"), "without events, both ask for the same ones"
    meetings = make_calendar(known, Demande(referentiel=LABEL), Saisie(comites=("2027-03-01",)))
    assert document(meetings)["editions"] == ["V5", "V6"]


def test_an_edition_that_asks_for_other_events_is_beside(tmp_path: Path) -> None:
    """Its whole calendar, under its own name."""
    folder = later(tmp_path, remplace=True)
    cycle = folder / "regles" / "regles-v6" / "vie" / "cycle.yaml"
    text = cycle.read_text(encoding="utf-8")
    cycle.write_text(
        text.replace("titre: Demande de renouvellement", "titre: Renouvellement"), encoding="utf-8"
    )
    seal_life(folder / "regles" / "regles-v6")
    known = registry(qualiopi=DONNEES["qualiopi"], certifregion=DONNEES[LABEL], tiers=folder)
    value = calendar(known)
    assert value.titre.endswith("édition V6")
    assert [other.titre.rpartition(" ")[2] for other in value.autres] == ["V5"]
    written = document(value)
    assert "editions" not in written
    assert [other["referentiel"]["edition"] for other in written["autres_editions"]] == ["V5"]
    assert calendar(known, edition="V5").autres == (), "a name chooses"


def issue_of(known: Registry, day: str) -> Issue:
    with pytest.raises(DataError) as refused:
        known.resolve(LABEL, day=day)
    (issue,) = refused.value.issues
    return issue


def test_two_editions_the_same_day_are_refused(tmp_path: Path) -> None:
    """Both are named; the day before, and by its name, each answers."""
    known = three(tmp_path, remplace=False)
    issue = issue_of(known, "2027-03-01")
    assert issue.code == "editions-concurrentes"
    assert "le 2027-03-01 : V5 (depuis le 2023-01-01) et V6 (depuis le 2027-01-01)" in issue.message
    assert known.resolve(LABEL, day="2026-12-31").referentiel.edition == "V5"
    assert known.resolve(LABEL, day="2027-03-01", edition="V6").referentiel.edition == "V6"
    with pytest.raises(DataError):
        calendar(known, "notification=2027-03-01")


def test_an_edition_replaced_is_over(tmp_path: Path) -> None:
    """The day before, it answers; from that day on, the other."""
    known = three(tmp_path, remplace=True)
    days = {date(2026, 12, 31): "V5", date(2027, 1, 1): "V6", date(2030, 1, 1): "V6"}
    assert {d: known.resolve(LABEL, day=d.isoformat()).referentiel.edition for d in days} == days


@pytest.mark.parametrize("remplace", [True, False])
def test_valider_refuses_what_a_run_would(tmp_path: Path, remplace: bool) -> None:
    """Beside the installed label; nothing to say where one replaces the other."""
    folder = later(tmp_path, remplace=remplace)
    installed = [(nom, Donnees(dossier=DONNEES[nom])) for nom in ("qualiopi", LABEL)]
    issues = validate([folder], installed, here=tmp_path).problemes
    assert [issue.code for issue in issues] == ([] if remplace else ["editions-concurrentes"])


def test_valider_knows_what_is_replaced(tmp_path: Path) -> None:
    """An edition that nobody declares cannot end."""
    folder = later(tmp_path, remplace=True)
    path = folder / "exigence" / "V6" / "couche.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("remplace: V5", "remplace: V4"), encoding="utf-8"
    )
    seal(path.parent)
    installed = [(nom, Donnees(dossier=DONNEES[nom])) for nom in ("qualiopi", LABEL)]
    issues = validate([folder], installed, here=tmp_path).problemes
    assert sorted({issue.code for issue in issues}) == ["edition-inconnue", "editions-concurrentes"]


def other_layer(folder: Path, nature: str, source: str, *, remplace: str | None) -> Path:
    """A plugin that declares for Qualiopi one more layer, obligatory from 1 January 2027."""
    donnees = folder / "donnees"
    copy = donnees / nature / "nouvelle"
    shutil.copytree(DONNEES["qualiopi"] / nature / source, copy)
    path = copy / "couche.yaml"
    text = path.read_text(encoding="utf-8").replace(f"\nid: {source}\n", "\nid: nouvelle\n")
    lines = [line for line in text.splitlines() if not line.startswith(("admis_du:", "du:"))]
    text = "\n".join((*lines, 'du: "2027-01-01"', *([f"remplace: {remplace}"] if remplace else []), ""))
    path.write_text(text, encoding="utf-8")
    seal(copy)
    seal_life(copy)
    return donnees


#: The layers in force on that day for the edition 2019: one of rules, one guide.
OTHERS = [("regles", "arrete-2023-05-31", "couches de règles"), ("guide", "V9", "guides obligatoires")]


@pytest.mark.parametrize(("nature", "source", "noms"), OTHERS)
def test_two_layers_the_same_day_are_refused(tmp_path: Path, nature: str, source: str, noms: str) -> None:
    """Both are named, at run time and by `valider`; the day before, nothing is wrong."""
    folder = other_layer(tmp_path, nature, source, remplace=None)
    known = registry(qualiopi=DONNEES["qualiopi"], tiers=folder)
    with pytest.raises(DataError) as refused:
        known.resolve("qualiopi", day="2027-01-01", edition="2019")
    (issue,) = refused.value.issues
    assert issue.code == "couches-concurrentes"
    assert f"qualiopi a deux {noms} en vigueur le 2027-01-01 : {source} (" in issue.message
    assert issue.message.endswith("et nouvelle (depuis le 2027-01-01)")
    before = known.resolve("qualiopi", day="2026-12-31", edition="2019").referentiel
    assert source in [c.couche.id for c in before.couches]
    if nature == "guide":
        named = known.resolve("qualiopi", day="2027-01-01", edition="2019", guide="nouvelle").referentiel
        assert named.guide == "nouvelle", "a name chooses among guides"
    installed = [("qualiopi", Donnees(dossier=DONNEES["qualiopi"]))]
    issues = validate([folder], installed, here=tmp_path).problemes
    assert [one.code for one in issues] == ["couches-concurrentes"]


def test_a_guide_is_chosen_by_its_name_among_those_of_the_edition() -> None:
    """V8 on a day of V9 warns, with its own days; V99 is refused, and those that exist are named."""
    known = registry(qualiopi=DONNEES["qualiopi"])
    earlier = known.resolve("qualiopi", day="2026-06-30", edition="2019", guide="V8")
    assert earlier.referentiel.guide == "V8"
    assert "guide_hors_periode" in [a.code for a in earlier.avertissements]
    with pytest.raises(UsageError) as refused:
        known.resolve("qualiopi", day="2026-06-30", edition="2019", guide="V99")
    (issue,) = refused.value.issues
    assert (issue.code, issue.hint) == ("guide-introuvable", "guides : V1-V6, V7, V8, V9")


@pytest.mark.parametrize(("nature", "source", "noms"), OTHERS)
def test_a_layer_replaced_is_over(tmp_path: Path, nature: str, source: str, noms: str) -> None:
    """The day before, it rules; from that day on, the other alone; an unknown one cannot end."""
    folder = other_layer(tmp_path / "a", nature, source, remplace=source)
    known = registry(qualiopi=DONNEES["qualiopi"], tiers=folder)
    for day, id_ in (("2026-12-31", source), ("2027-01-01", "nouvelle")):
        resolution = known.resolve("qualiopi", day=day, edition="2019")
        assert [c.couche.id for c in resolution.referentiel.couches if c.couche.nature == nature] == [id_]
        assert "guides_admis" not in [a.code for a in resolution.avertissements]
    installed = [("qualiopi", Donnees(dossier=DONNEES["qualiopi"]))]
    assert validate([folder], installed, here=tmp_path).problemes == ()
    folder = other_layer(tmp_path / "b", nature, source, remplace="absente")
    issues = validate([folder], installed, here=tmp_path).problemes
    assert sorted(one.code for one in issues) == ["couche-inconnue", "couches-concurrentes"], noms


def test_an_application_is_not_judged_by_chance(tmp_path: Path) -> None:
    """Where editions answer alike, once and both named; otherwise both are shown, unless a day decides."""
    alike = open_file(three(tmp_path / "a", remplace=True), Demande(referentiel=LABEL))
    assert (alike.edition, alike.editions, alike.autres) == ("V6", ("V5", "V6"), ())
    assert study(alike).pied.startswith("Certif’Région Occitanie, éditions V5 et V6.")
    folder = later(tmp_path / "b", remplace=True)
    path = folder / "regles" / "regles-v6" / "vie" / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count("titre: Deux devis non signés") == 1
    path.write_text(text.replace("titre: Deux devis non signés", "titre: Trois devis"), encoding="utf-8")
    seal_life(folder / "regles" / "regles-v6")
    known = registry(qualiopi=DONNEES["qualiopi"], certifregion=DONNEES[LABEL], tiers=folder)
    both = open_file(known, Demande(referentiel=LABEL))
    assert (both.editions, [other.edition for other in both.autres]) == (("V6",), ["V5"])
    written = json.loads(as_bytes(of_file(both)))
    assert written["referentiel"]["edition"] == "V6"
    assert [other["referentiel"]["edition"] for other in written["autres_editions"]] == ["V5"]
    assert check(written, "sortiedossier") == []
    shown = study(both)
    headings = [bloc.texte for bloc in shown.blocs if isinstance(bloc, Titre) and bloc.niveau == 2]
    assert headings == ["Édition V6", "Édition V5"]
    assert ("Trois devis" in str(shown), "Deux devis non signés" in str(shown)) == (True, True)
    assert shown.pied.startswith("Certif’Région Occitanie, éditions V5 et V6.")
    filed = Demande(referentiel=LABEL, dossier={"depot": "2026-06-30"})
    assert (open_file(known, filed).edition, open_file(known, filed).autres) == ("V5", ())
    # The earlier audit of a file is an audit that is given: it decides, before the day of the application.
    earlier = PrecedentDit(type="initial", date="2027-02-01")
    assert open_file(known, Demande(referentiel=LABEL, precedent=earlier)).edition == "V6"
    later_ = Demande(referentiel=LABEL, precedent=earlier, dossier={"depot": "2026-11-30"})
    assert open_file(known, later_).edition == "V6"
    too_early = Demande(referentiel=LABEL, dossier={"depot": "2022-06-30"})
    assert "edition_hors_periode" in [a.code for a in open_file(known, too_early).etude.avertissements]


def sampled(known: Registry, depuis: str | None = None, **demande: Any) -> Prelevement:
    asked = DemandeTirage(objet="dossiers", population=("a", "b", "c"), graine="1", taille=2, depuis=depuis)
    return make_sample(known, Demande(referentiel=LABEL, **demande), asked)


def test_a_sample_names_the_edition_that_answers(tmp_path: Path) -> None:
    """Alike, both are named; otherwise both are shown; the day of the earlier audit decides."""
    alike = sampled(three(tmp_path / "a", remplace=True))
    assert (alike.editions, alike.autres) == (("V5", "V6"), ())
    folder = later(tmp_path / "b", remplace=True)
    path = folder / "regles" / "regles-v6" / "vie" / "echantillon.yaml"
    rules = "format: 1\nechantillon: {dossiers: [{texte: Des dossiers récents, sources: [S07]}]}\n"
    path.write_text(rules, encoding="utf-8")
    seal_life(folder / "regles" / "regles-v6")
    known = registry(qualiopi=DONNEES["qualiopi"], certifregion=DONNEES[LABEL], tiers=folder)
    both = sampled(known)
    editions = [one.regime.referentiel.edition for one in (both, *both.autres)]
    assert (both.editions, editions) == (("V6",), ["V6", "V5"])
    written = sample_document(both)
    assert check(written, "sortieechantillon") == []
    assert written["liste"] == written["autres_editions"][0]["liste"], "the seed and the names give the list"
    assert sampled(known, "2026-06-30").regime.referentiel.edition == "V5"
    assert sampled(known, date="2027-02-01").editions == ("V6",)
