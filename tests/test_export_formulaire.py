"""The form as it is written: complete, closed to what is typed, the same on two runs.

What it does once opened is tested in ``navigateur``.
"""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fabrique import EMPREINTE, HOSTILES, LIGNES, checklist, contexte, organisme
from imprimes import html
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.errors import UsageError
from certif_rules.formulaires import checklist as formulaire
from certif_rules.rules.contexte import Organisme
from certif_rules.services.formats import choose

#: Out by a fact: the auditor may bring it back.
HORS = replace(
    LIGNES[3],
    indicateur=replace(LIGNES[3].indicateur, id="atelier/6", code="6", numero="6"),
    etat="non_applicable",
)


class Lecture(HTMLParser):
    """Tags with their attributes, and the content of scripts and styles."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        tag = self.tags[-1][0] if self.tags else ""
        if tag in self.inside:
            self.inside[tag].append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t == tag and all(a.get(k) == v for k, v in wanted.items())]


def data_of(value: Checklist) -> Any:
    return json.loads(Lecture(formulaire.render(value)).inside["script"][0])


def test_two_runs_give_the_same_bytes() -> None:
    """The same checklist gives the same form, byte for byte."""
    assert formulaire.render(checklist()) == formulaire.render(checklist())


def test_every_line_is_there_and_only_those_with_a_choice_have_fields() -> None:
    """Lines out of the audit are shown without a field to fill."""
    value = checklist(lignes=(*LIGNES, HORS))
    read = Lecture(formulaire.render(value))
    articles = [a["data-ligne"] for a in read.all("article")]
    assert sorted(map(int, filter(None, articles))) == list(range(len(value.lignes) + 1)), "one check"
    with_fields = {int(a["name"].split("-")[1]) for a in read.all("input", type="radio")}  # type: ignore[union-attr]
    expected = {
        i
        for i, ligne in enumerate(value.lignes)
        if ligne.etat in ("a_auditer", "a_confirmer") or ligne is HORS
    }
    assert with_fields == expected | {len(value.lignes)}


def test_findings_are_those_permitted_and_none_is_chosen() -> None:
    """The form offers the findings allowed on each line and chooses none."""
    value = checklist()
    read = Lecture(formulaire.render(value))
    for rang, ligne in enumerate(value.lignes):
        radios = [a["value"] for a in read.all("input", name=f"constat-{rang}")]
        if radios:
            assert radios == ["a_evaluer", *ligne.constats_permis]
    assert not any("checked" in attributes for _, attributes in read.tags)


def test_the_texts_of_the_page_are_all_there() -> None:
    """What the HTML checklist says of a line, the form says too."""

    def texts(content: bytes) -> set[str]:
        return set(re.findall(r'<div class="bloc(?: absent)?">.*?</div>', content.decode(), re.DOTALL))

    assert texts(html(checklist())) <= texts(formulaire.render(checklist()))


def test_the_head_of_the_findings_is_the_request() -> None:
    """What the form exports carries the audit that it was made for."""
    data = data_of(checklist())
    tete = data["tete"]
    assert tete["format"] == 1
    assert tete["referentiel"]["empreinte"] == EMPREINTE
    assert tete["audit"]["date"] == "2024-09-01"
    assert tete["organisme"]["faits"] == {"machines": True}
    assert tete["precedent"]["leves"] == ["atelier/3"]
    assert data["nom_de_fichier"] == "constats_2024-09-01_etabli_v5.json"


@pytest.mark.parametrize(
    "other",
    [
        checklist(empreinte="sha256:" + "0" * 64),
        checklist(organisme=organisme("Un autre atelier")),
        checklist(contexte=contexte(mode="a_distance")),
        checklist(contexte=contexte(ajouts=replace(contexte().ajouts, sites=()))),
    ],
    ids=["rules", "organisation", "audit", "additions"],
)
def test_each_dossier_has_its_key(other: Checklist) -> None:
    """Two audits in one browser do not share what is typed."""
    assert data_of(checklist())["cle"] == data_of(checklist())["cle"]
    assert data_of(other)["cle"] != data_of(checklist())["cle"]


def test_what_the_auditor_must_justify() -> None:
    """A line out by a fact that is brought back needs a note, whatever is found; staying out needs none."""
    data = data_of(checklist(lignes=(HORS,)))
    assert data["lignes"][0]["a_motiver"] == ["conforme", "nc_mineure", "nc_majeure"]


@pytest.mark.parametrize("nom", [*HOSTILES, "</script><script>alert(1)</script>", "<!--<script>", "\ud800"])
def test_what_is_typed_never_becomes_markup(nom: str) -> None:
    """A hostile name adds no tag to the form and does not leave its script."""
    typed = organisme(nom, sites=({"id": nom, "commune": nom},))
    asked = contexte(organisme=Organisme(categories=("MEN",), nom=nom))
    hostile = Lecture(formulaire.render(checklist(organisme=typed, contexte=asked)))
    tame = organisme("x", sites=({"id": "x", "commune": "x"},))
    plain = Lecture(formulaire.render(checklist(organisme=tame, contexte=asked)))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    data = json.loads(hostile.inside["script"][0])
    assert data["tete"]["organisme"]["nom"] == nom
    assert "<" not in hostile.inside["script"][0]


def test_nothing_runs_but_our_script_and_nothing_is_fetched() -> None:
    """The policy of the page allows its own script and style, and no address."""
    content = formulaire.render(checklist())
    read = Lecture(content)
    policy = read.all("meta")[1]["content"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    for kind, inside in (("script", read.inside["script"][1]), ("style", read.inside["style"][0])):
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not any({"src", "srcset", "action", "style"} & a.keys() for _, a in read.tags)
    assert all((a["href"] or "").startswith("#") for a in read.all("a"))
    assert not any(name.startswith("on") for _, a in read.tags for name in a)


def test_the_script_makes_no_markup_and_calls_nobody() -> None:
    """The script has no way to write markup or to call the network."""
    script = Path(formulaire.__file__).with_suffix(".js").read_text(encoding="utf-8")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "document.write",
        "eval(",
        "Function(",
        "fetch(",
        "XMLHttp",
    ):
        assert word not in script
    assert "</" not in script
    assert "<!--" not in script


def test_the_format_is_asked_for_by_its_name() -> None:
    """A .html file is a plain page unless the form is asked for by name."""
    assert choose("checklist", "formulaire", Path("audit.html")).name == "formulaire"
    assert choose("checklist", None, Path("audit.html")).name == "html"
    with pytest.raises(UsageError):
        choose("checklist", "formulaires", None)
