"""Application files: laws of their study, what people are shown. Cases are in YAML."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from console import DOSSIER, Console, process
from depots import BOOLS, DAYS, GOOD, LABELS, PRECEDENTS, deposits, vie
from greffons import DONNEES, registry, seal
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from certif_rules.audit.demande import Demande
from certif_rules.documents.dossier.composition import study as composed
from certif_rules.services.dossier import open_file
from certif_rules.source.yaml import read_bytes
from certif_rules.vie.declaration import Depot, DevisDit
from certif_rules.vie.dossier import Etude, study

RANK = {"incomplet": 0, "a_confirmer": 1, "complet": 2}


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def studied(label: str, depot: Depot) -> Etude:
    candidature = vie(label).dossier
    assert candidature is not None
    return study(candidature, vie(label).instances, depot)


# ---- laws ----------------------------------------------------------------------------------------------


@given(deposits(), st.data())
def test_one_more_document_never_makes_a_file_less_complete(
    told: tuple[str, Depot], data: st.DataObject
) -> None:
    """A document provided in order, or any quote, leaves the result as it was or nearer to complete."""
    label, depot = told
    candidature = vie(label).dossier
    assert candidature is not None
    before = RANK[studied(label, depot).resultat]
    plain = [p.id for p in candidature.pieces.values() if not (p.devis or p.certificat)]
    piece = data.draw(st.sampled_from(plain))
    wanted = candidature.pieces[piece].signe
    more = replace(depot, pieces={**(depot.pieces or {}), piece: replace(GOOD, signe=wanted)})
    assert RANK[studied(label, more).resultat] >= before
    devis = DevisDit(
        auditeur=data.draw(st.sampled_from(sorted(candidature.auditeurs))),
        signe=data.draw(BOOLS),
        financement=data.draw(st.sampled_from([None, False, "oui"])),
        expire_le=data.draw(DAYS),
    )
    more = replace(depot, devis=(*(depot.devis or ()), devis))
    assert RANK[studied(label, more).resultat] >= before


def blocks(etude: Etude) -> dict[str, Any]:
    return {element.piece.id: element.bloque for element in etude.elements}


def answers(label: str, depot: Depot) -> list[Depot]:
    """The file with one unknown answered, each in turn."""
    candidature = vie(label).dossier
    assert candidature is not None
    found = [replace(depot, type=t) for t in LABELS[label] if depot.type is None]
    found += [replace(depot, precedent=t) for t in PRECEDENTS[label] if depot.precedent is None]
    for question in candidature.questions.values():
        if question.choix and question.id not in depot.reponses:
            found += [replace(depot, reponses={**depot.reponses, question.id: c.id}) for c in question.choix]
    return found


@pytest.mark.lent
@given(deposits())
def test_an_answer_never_changes_what_was_decided(told: tuple[str, Depot]) -> None:
    """What blocks, what does not, and who pays, once decided, stay so whatever else is learnt."""
    label, depot = told
    before = studied(label, depot)
    for more in answers(label, depot):
        after = studied(label, more)
        later = blocks(after)
        for piece, blocked in blocks(before).items():
            if blocked is not None:
                assert later.get(piece, False) is blocked, (piece, more)
        paid = {p.financement.id: p.accorde for p in after.payeurs}
        for payeur in before.payeurs:
            if payeur.accorde is not None:
                assert paid.get(payeur.financement.id, False) is payeur.accorde
        if before.resultat != "a_confirmer":
            assert after.resultat == before.resultat


@pytest.mark.lent
@given(deposits())
def test_money_is_exact(told: tuple[str, Depot]) -> None:
    """Nothing is paid that a quote does not say; shares and what is left make the amount again."""
    label, depot = told
    for devis in studied(label, depot).devis:
        if devis.part is None or devis.reste is None:
            assert devis.part is None
            assert devis.reste is None
        else:
            assert devis.devis.montant == devis.part + devis.reste
            assert 0 <= devis.part <= devis.devis.montant


# ---- the data of the label -----------------------------------------------------------------------------


def shipped() -> str:
    folder = DONNEES["certifregion"] / "regles" / "presentation-2023" / "vie"
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml")))


#: Digests of the names of the persons of the presentation, which are written nowhere here.
PERSONNES = {
    "76e1a14496484fbe",
    "312f3a417ad56c18",
    "ced09c27768478f2",
    "299d76c6e5922daa",
    "97cf94ea5536d9ce",
    "62d708fc049b4219",
}


def test_no_person_ships() -> None:
    """No e-mail, telephone or name of a person of the presentation; public pages may."""
    text = shipped()
    assert "mailto:" not in text
    assert re.findall(r"[\w.]+@[\w.]+", text) == []
    assert re.findall(r"\b0[1-9](?:[ .]?\d\d){4}\b", text) == []
    found = {sha256(word.encode()).hexdigest()[:16] for word in re.findall(r"\w+", text.casefold())}
    assert found & PERSONNES == set()


def test_every_contradiction_that_touches_the_command_is_met_by_a_rule() -> None:
    """An inconsistency said to touch ``dossier`` is cited by a rule, and shown beside it."""
    label = vie("certifregion")
    folder = DONNEES["certifregion"] / "regles" / "presentation-2023" / "vie"
    cited: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, Mapping):
            cited.update(node.get("incoherences") or () if isinstance(node.get("id"), str | None) else ())
            for key, value in node.items():
                if key != "incoherences":
                    walk(value)
        elif isinstance(node, list):
            for item in node:
                walk(item)

    for name in ("dossier", "etapes", "acteurs", "attribution"):
        walk(read_bytes((folder / f"{name}.yaml").read_bytes(), name))
    told = {i.id for i in label.incoherences.values() if "dossier" in i.commandes}
    assert told - cited == set()
    assert {
        "INC-01",
        "INC-07",
        "INC-11",
        *(f"INC-{n}" for n in (*range(14, 23), 26, 27, 31, 32, 37)),
    } <= cited


@pytest.mark.parametrize("nom", ["INC-19"])
def test_the_award_shows_what_it_meets(call: Console, nom: str) -> None:
    """Rhythms: a minimum, and what was announced for a year, told apart with the contradiction."""
    text = call("dossier", "certifregion", "--attribution").out.decode()
    assert f"{nom} : " in text.replace("\u00a0", " ")
    assert "au moins une fois par trimestre (un minimum) (voir INC-19)" in " ".join(text.split())
    assert "six en 2023 (annoncé pour cette année-là)" in " ".join(text.split())


def test_the_award_gives_five_things_and_is_published_twice(call: Console) -> None:
    """Letter, two certificates, two guides to date and sign; the national list and the label's page."""
    found = call("dossier", "certifregion", "--format", "json").json["attribution"]
    assert {r["id"]: (r["a_dater"], r["a_signer"]) for r in found["remises"]} == {
        "courrier": (False, False),
        "certificat_label": (False, False),
        "certificat_qualiopi": (False, False),
        "guide_logo_label": (True, True),
        "guide_logo_qualiopi": (True, True),
    }
    assert [p["id"] for p in found["publications"]] == ["liste_nationale", "page_label"]
    assert {s["id"]: (s["motivee"], s["date"]) for s in found["suites"]} == {
        "attribution": (False, "notification"),
        "maintien": (False, None),
        "rejet": (True, "nouvelle_demande"),
    }


def test_the_six_steps_in_order(call: Console) -> None:
    """Their numbers, the optional one, and public pages with their titles."""
    etapes = call("dossier", "certifregion", "--format", "json").json["etapes"]
    assert [e["id"] for e in etapes] == ["1", "2", "3", "4", "5", "6"]
    assert [e["id"] for e in etapes if e["facultative"]] == ["4"]
    pages = [page for e in etapes for page in e["ressources"]]
    assert len(pages) > 8
    assert all(page["titre"] and page["adresse"].startswith("https://") for page in pages)


# ---- what people see -----------------------------------------------------------------------------------


def test_the_result_comes_first_and_says_what_is_missing(call: Console) -> None:
    """At 80 columns, in words and signs; the status is 0 whatever the result."""
    reponse = call("dossier", "--profil", "-", stdin=DOSSIER)
    assert reponse.status == 0
    text = reponse.out.decode()
    assert max(len(line) for line in text.splitlines() if "https://" not in line) <= 80
    head = text.split("\nÀ demander")[0]
    assert "Dossier incomplet" in head
    assert "Formation «\u00a0Référent handicap\u00a0»." in head
    assert "×\u00a0manquante\u00a0: 1" in head
    flat = " ".join(text.split())
    assert "Formation par ACCEIS sur 2 jours. [S23]" in flat
    assert "prise en charge à 100 % par l’Agefiph [S23]" in flat
    assert "conforme" not in head


def test_no_heading_stands_over_nothing(call: Console) -> None:
    """Where the rules name no firm and no quote is filed, nothing is said of them; where they do, it is."""
    asked = ("--type", "surveillance", "--date", "2024-03-18")
    assert "Auditeur et devis" not in call("dossier", "qualiopi", *asked).text
    assert "Auditeur et devis" in call("dossier", "certifregion", *asked).text


@pytest.mark.parametrize("format_", ["table", "json", "md", "html"])
def test_the_same_file_gives_the_same_bytes(call: Console, format_: str) -> None:
    """In every format, and nothing typed is lost."""
    first = call("dossier", "--profil", "-", "--format", format_, stdin=DOSSIER)
    assert first.status == 0, first.err
    assert first.out == call("dossier", "--profil", "-", "--format", format_, stdin=DOSSIER).out
    assert "Écoute" in first.out.decode()


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_what_is_typed_is_never_markup(call: Console) -> None:
    """Neither in HTML nor in Markdown, nor for a terminal."""
    hostile = DOSSIER.replace(
        "Écoute & <b>Cie</b>", "<script>alert(1)</script> [x](http://y) | `z` \\u001b[31m"
    )
    refused = call("dossier", "--profil", "-", stdin=hostile)
    assert (refused.status, refused.codes) == (1, ["caractere-de-controle"])
    hostile = hostile.replace("\\u001b", "")
    page = call("dossier", "--profil", "-", "--format", "html", stdin=hostile).out.decode()
    tags = Tags(page).found
    assert "script" not in {tag for tag, _ in tags}
    assert ("html", {"lang": "fr"}) in tags
    text = call("dossier", "--profil", "-", "--format", "md", stdin=hostile).out.decode()
    assert "<script>" not in text
    assert "\\[x\\](http\\://y)" in text
    assert "<http" not in text.split("## À demander")[0]
    assert "<https://www.cariforefoccitanie.fr/" in text


def test_every_table_has_its_caption_and_heads(call: Console) -> None:
    """For assistive tools: a caption per table, headers, one h1, no level skipped."""
    tags = Tags(call("dossier", "--profil", "-", "--format", "html", stdin=DOSSIER).out.decode()).found
    names = [tag for tag, _ in tags]
    assert names.count("table") == names.count("caption") > 2
    assert names.count("h1") == 1
    levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_an_old_console_gets_other_signs() -> None:
    """cp1252 lacks some of our signs: each has a plain one, and the words are whole."""
    reponse = process("dossier", "certifregion", "--type", "initial", env={"PYTHONIOENCODING": "cp1252"})
    assert reponse.status == 0, reponse.err
    text = " ".join(reponse.out.decode("cp1252").split())
    assert "[ ] à fournir" in text
    assert "?à" not in text.replace("? à", "")


def test_a_file_is_written_whole_and_not_replaced(call: Console, tmp_path: Path) -> None:
    """The suffix gives the format; a second time is refused."""
    path = tmp_path / "dossier.html"
    assert call("dossier", "certifregion", "-o", path).status == 0
    assert path.read_bytes().startswith(b"<!DOCTYPE html>")
    assert call("dossier", "certifregion", "-o", path).codes == ["fichier-existant"]
    other = tmp_path / "d.json"
    assert call("dossier", "certifregion", "-o", other).status == 0
    assert json.loads(other.read_bytes())["resultat"] == "a_confirmer"


# ---- who decides ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["md", "html"])
def test_whoever_always_decides_is_told(call: Console, format_: str) -> None:
    """The made-up prefect decides whatever is asked: a step without « si » is one that always holds."""
    text = call("dossier", "enseigne", "--format", format_).out.decode().replace("\u00a0", " ")
    flat = re.sub(r"\s+", " ", re.sub(r"<[^>]+>|[\\*|]", " ", text))
    assert "décide : le préfet" in flat
    assert "donne un avis : la commission des vitrines" in flat


def test_who_decides_is_told_without_an_application_file(call: Console, tmp_path: Path) -> None:
    """A label whose sources tell of actors only: they are told, and that nobody describes the file."""
    folder = tmp_path / "donnees"
    shutil.copytree(DONNEES["enseigne"], folder)
    layer = folder / "regles" / "reglement"
    path = layer / "vie" / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text("format: 1\n" + text[text.index("acteurs:\n") :], encoding="utf-8")
    demande = Demande(referentiel="enseigne")
    seal(layer)
    registre = registry(fictif=DONNEES["fictif"], enseigne=folder)
    dossier = open_file(registre, demande, attribution=True)
    assert [(i.id, v) for i, v in dossier.etude.interventions if not i.si] == [
        ("avis", True),
        ("decision", True),
    ]
    assert dossier.etude.resultat == "a_confirmer"
    texts = str(composed(dossier))
    assert "Dossier non décrit" in texts
    assert "le préfet" in texts
