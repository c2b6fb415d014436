"""Forms posted with anything in their fields: refused in French or recorded; every page still opens after."""

from __future__ import annotations

import os
import random
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote_plus

import pytest
from espaces import addresses, begun, plain, sent, text, version

pytest.importorskip("django")

BALISE = "<zz onx=1>\"'"
#: What a field may be given by whoever writes a request by hand; bytes are sent as they are.
ABIMES: tuple[str | bytes, ...] = (
    "", " ", "x", BALISE, "a\x00b", "\u202e", f"a\u2028{BALISE}", b"%ED%A0%80", b"%FF%FE", "x" * 100_000,
    "9" * 5_000, "1e999", "-1", "0", "99999999999999999999", "NaN", "\u0663", "2024-02-30", "0000-00-00",
    "99999-01-01", "9999-12-31", "qualiopi/999", "../x", "x" * 301, "|", "constat||99999", "\r\n", "a,b;c",
)  # fmt: skip
NOMS = (
    "inconnu", "fait.x", "fait.\x00", "site.9.id", "personne.x.role", "certificat.x.echeance", "geste",
    "lignes", "constat@x", "ecart.x", "quoi", "genre", "base", "rang", "creneau", "precedent", "aller",
    "filtre", "jusque", "delier", "accord", "une", "toutes", "champ", "x" * 300,
)  # fmt: skip
PERMIS = {200, 302, 303, 400, 403, 404, 409, 413, 422}


class Formulaires(HTMLParser):
    """The forms of a page that post: the address, and the fields with their values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.inside = page, False
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self.choice = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("method", "").lower() == "post"
            if self.inside:
                action = given.get("action") or self.page
                self.forms.append((self.page + action if action.startswith("?") else action, []))
        elif tag == "select":
            self.choice = given.get("name", "")
        elif self.inside and tag == "option" and self.choice:
            self.forms[-1][1].append((self.choice, given.get("value", "")))
            self.choice = ""
        elif self.inside and tag in ("input", "textarea", "button") and "name" in given:
            self.forms[-1][1].append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


def spoilt(fields: list[tuple[str, str]], drawing: random.Random) -> list[tuple[str, str | bytes]]:
    """The fields of a form, one or two of them absent, doubled, under another name, or given anything."""
    pairs: list[tuple[str, str | bytes]] = list(fields)
    for _ in range(drawing.choice((1, 1, 2))):
        rank, value = drawing.randrange(len(pairs)), drawing.choice(ABIMES)
        name, before = pairs[rank]
        pairs[rank : rank + 1] = drawing.choice(
            (
                [(name, value)],
                [(name, value)],
                [(name, value), (name, before)],
                [(name, before), (drawing.choice(NOMS), value)],
                [(drawing.choice(NOMS), before)] if len(pairs) > 1 else [(name, value)],
                [] if len(pairs) > 1 else [(name, value)],
            )
        )
    return pairs


def encoded(pairs: list[tuple[str, str | bytes]]) -> str:
    """The body of a request that posts these fields."""
    return "&".join(
        f"{quote_plus(name)}={value.decode() if isinstance(value, bytes) else quote_plus(value)}"
        for name, value in pairs
    )


@pytest.mark.lent
def test_a_form_with_anything_in_it_is_refused_or_recorded(navigateur: Any) -> None:
    """Every form in turn, spoilt: an answer in French, no markup, and all pages, files, journal as before."""
    from certif_rules.web import depot

    drawing = random.Random(int(os.environ.get("FUZZ_SEED", "1")))
    navigateur.raise_request_exception = False
    root = navigateur.post("/exemple").headers["Location"].rpartition("/")[0]
    pages = ["/", "/moi", "/nouveau?referentiel=qualiopi", *addresses(root), f"{root}/fichiers/constats.json"]
    opened = [page for page in pages if navigateur.get(page).status_code == 200]
    forms = []
    for page in opened:
        reader = Formulaires(page)
        reader.feed(text(navigateur.get(page)))
        forms += [one for one in reader.forms if one[1] and not one[0].endswith(("/travaux", "/exemple"))]
    drawing.shuffle(forms)
    faulty, since = [], []
    for count, (action, fields) in enumerate(forms[: int(os.environ.get("FUZZ_N", "24"))], start=1):
        pairs = spoilt(fields, drawing)
        since.append((action.removeprefix(root), [(name, value[:40]) for name, value in pairs]))
        kind = "application/x-www-form-urlencoded"
        response = navigateur.generic("POST", action, encoded(pairs), content_type=kind)
        shown = response.content.decode(errors="replace")
        if response.status_code not in PERMIS or "<zz" in shown:
            faulty.append((response.status_code, since[-1]))
        if count % 12 == 0:
            wrong = [
                page
                for page in opened
                if (seen := navigateur.get(page)).status_code != 200
                or ("<zz" in text(seen) and not page.endswith(".json"))
            ]
            altered = depot.altered(root.rpartition("/")[2])
            faulty += [(wrong, altered, since)] if wrong or altered else []
            since = []
    assert faulty == []


def test_a_control_is_refused_and_what_is_not_seen_is_nothing(navigateur: Any) -> None:
    """NUL in a name: refused, with what was typed; a change of direction alone is an empty field."""
    root = begun(navigateur)
    given = {"base": version(root), "sens": "favorable", "par": "Ada\x00", "le": "2023-02-01"}
    refused = navigateur.post(f"{root}/acte/evaluation", given)
    assert refused.status_code == 422
    assert "caractère invisible U+0000" in plain(refused)
    assert "par : Ada<" in plain(refused)
    navigateur.post(f"{root}/acte/evaluation", {**given, "par": "Ada", "sens": "\u202e"})
    data = navigateur.get(f"{root}/fichiers/constats.json").json()
    assert data["evaluation"] == {"par": ["Ada"], "le": "2023-02-01"}
    assert navigateur.get(f"{root}/fichiers/conclusion.json").status_code == 200


def test_what_follows_a_gap_of_no_line_is_refused(navigateur: Any) -> None:
    """A line, or a site, that the audit does not have: nothing is recorded, it still concludes."""
    root = begun(navigateur)
    before = version(root)
    for where in ("ligne=qualiopi/999", "ligne=", "ligne=qualiopi/1&site=ailleurs"):
        refused = navigateur.post(f"{root}/ecarts?{where}", {"base": before, "ecart.causes": "x"})
        assert refused.status_code == 404
        assert "n’est pas de cet audit" in plain(refused)
    assert version(root) == before
    assert navigateur.get(f"{root}/fichiers/conclusion.json").status_code == 200


@pytest.mark.parametrize(
    "asked", [{"aller": "qualiopi/999"}, {"aller": "x" * 9_000}, {"filtre": "x" * 9_000}]
)
def test_a_line_is_recorded_whatever_is_asked_next(navigateur: Any, asked: dict[str, str]) -> None:
    """The line to go to, or the filter, is nothing known: what was typed is recorded, a line follows."""
    root = begun(navigateur)
    given = {"base": version(root), "constat": "conforme", "commentaire": "Vu.", **asked}
    response = navigateur.post(f"{root}/saisir?ligne=qualiopi/1", given)
    assert response.status_code == 302
    assert navigateur.get(response.headers["Location"]).status_code == 200
    assert "Vu." in plain(navigateur.get(f"{root}/saisir?ligne=qualiopi/1"))


def test_an_answer_where_a_file_is_awaited_is_told(navigateur: Any) -> None:
    """A text in place of a file, a file that holds nothing read: one sentence, and nothing is recorded."""
    root = begun(navigateur)
    before = version(root)
    for page in ("apporter", "autodiagnostic"):
        assert "aucun fichier" in plain(navigateur.post(f"{root}/{page}", {"fichier": "texte"}))
        refused = navigateur.post(f"{root}/{page}", {"fichier": sent(b"\x00" * 99, "a.json")})
        assert refused.status_code == 422
    assert version(root) == before
