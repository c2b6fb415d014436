"""What the forms share: fields, the script with its tools, and the policy under which nothing else runs."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from certif_rules.blocs.arbre import Signe
from certif_rules.blocs.typographie import prose
from certif_rules.documents.formats.balises import Html, el, void

#: What every form runs before its own script: words and files, then what is typed, kept and followed.
_COMMUNS: Final = tuple(Path(__file__).with_name(name) for name in ("outils.js", "saisie.js"))


def script(paths: Iterable[Path]) -> Html:
    """Return the script of a form, what all forms share before it."""
    return Html("\n".join(p.read_text(encoding="utf-8") for p in (*_COMMUNS, *paths)))


def choice(kind: str, name: str, value: str, words: str, champ: str, sign: Signe | None = None) -> Html:
    """Return a radio button or a tick box inside its label.

    ``champ`` is what its script calls it; ``sign`` shows the gravity of a gap, by its shape and its colour.
    """
    box = void("input", type=kind, name=name, value=value, data_champ=champ, autocomplete="off")
    if sign is None:
        return el("label", box, f" {words}")
    mark = el("span", sign.symbole, class_="signe", aria_hidden="true")
    return el("label", box, mark, f" {words}", class_=sign.genre)


def area(rang: int, champ: str, words: str, hint: str = "", *, asked: bool = False) -> Html:
    """Return a field of several lines; ``asked``: the line may say that it lacks it."""
    place = f"{champ}-{rang}"
    named = [words, el("span", f" ({hint})", class_="aide")] if hint else [words]
    described = {"aria_describedby": f"manque-{rang}"} if asked else {}
    area = el("textarea", "", id=place, rows="2", autocomplete="off", data_champ=champ, **described)
    return el("div", el("label", *named, for_=place), area, class_="champ")


def field(place: str, words: str, control: Html) -> Html:
    """Return a control under its label."""
    return el("div", el("label", words, for_=place), control, class_="champ")


def text(place: str, champ: str) -> Html:
    """Return a field of one line."""
    return void("input", id=place, type="text", autocomplete="off", data_champ=champ)


def date(place: str, champ: str = "") -> Html:
    """Return a field for a day; ``champ`` names what it fills of a line."""
    named = {"data_champ": champ} if champ else {}
    return void("input", id=place, type="date", autocomplete="off", **named)


def sites(place: str, known: Iterable[str], champ: str = "") -> Html:
    """Return a field for a site of the organisation, or none of them."""
    return options(place, {"": "tous", **{site: site for site in known}}, champ)


def options(place: str, choices: Mapping[str, str], champ: str = "") -> Html:
    """Return a field for one of several values, each with its words."""
    named = {"data_champ": champ} if champ else {}
    shown = (el("option", prose(words), value=value) for value, words in choices.items())
    return el("select", *shown, id=place, autocomplete="off", **named)


def fold(summary: str, *children: Html | None) -> Html:
    """Return what is folded until it is asked for."""
    return el("details", el("summary", summary), *children)


def bar(words: str) -> Html:
    """Return what stays in sight, called ``words``: how much is done, whether it is saved, ways on."""
    return el(
        "div",
        el("p", "", id="avancement"),
        el("progress", "", id="jauge", value="0", max="1", aria_labelledby="avancement"),
        el("p", "", id="etat", role="status"),
        el(
            "div",
            el("button", "Précédente", id="precedente", type="button", aria_label="Ligne précédente"),
            el("button", "Suivante", id="suivante", type="button", aria_label="Ligne suivante"),
            el("button", "À faire", id="afaire", type="button", aria_label="Prochaine ligne à faire"),
            class_="aller",
        ),
        class_="barre",
        role="region",
        aria_label=words,
    )


def fingerprint(content: str) -> str:
    """Return what a content security policy calls an inline script or style by."""
    return "sha256-" + b64encode(sha256(content.encode("utf-8")).digest()).decode("ascii")


def canonical(value: Any) -> str:
    """Return canonical JSON in ASCII: keys sorted, a lone surrogate as its escape."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
