"""Pictures that may stand in a document, and those that are refused, each for its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from images import SVG, jpeg, png, svg

from certif_rules.errors import Issue, Location
from certif_rules.habillage.logo import MAX_BYTES, MAX_PIXELS, check_logo
from certif_rules.habillage.modele import Logo

ICI = Location("corps.yaml", 3, 7)


def checked(content: bytes) -> Logo | Issue:
    return check_logo(content, ICI, texte="Le logo", largeur=40)


@pytest.mark.parametrize(
    ("content", "nature"),
    [
        (png(), "png"),
        (jpeg(), "jpeg"),
        (SVG.encode(), "svg"),
        (b"\xef\xbb\xbf" + SVG.encode(), "svg"),
        (f'<?xml version="1.0"?>\n<!-- dessin -->\n{SVG}'.encode(), "svg"),
        (f'<?xml version="1.0" encoding="UTF-16"?>{SVG}'.encode("utf-16"), "svg"),
        (svg(attributes='width="80mm" height="20mm"'), "svg"),
    ],
    ids=["png", "jpeg", "svg", "svg-bom", "svg-xml", "svg-utf16", "svg-mm"],
)
def test_a_sound_picture_is_told_by_its_content(content: bytes, nature: str) -> None:
    """The kind and the size of a picture are read from its bytes, not its name."""
    found = checked(content)
    assert isinstance(found, Logo)
    assert (found.nature, found.contenu, found.rapport, found.hauteur) == (nature, content, 0.25, 10)


@pytest.mark.parametrize(
    "inside",
    [
        '<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/>',
        "<rect style=\"fill:url( '#a' )\"/>",
        '<g id="a"/><use href="#a"/><use xlink:href="#a"/>',
        "<style>.a{fill:#123}</style><path class='a' d='M0 0L1 1'/>",
        '<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" r:about="http://x.invalid/"/></metadata>',
        '<g id="Logo (2024)" aria-label="Logo (2024)" data-x="a(b)" transform="translate(1 2) rotate(3)"/>',
        '<style>/* une note */ .a:not(.b){fill:rgb(1,2,3)}</style><path d="M0 0l.5e-3 1"/>',
        '<text xml:space="preserve">https://exemple.invalid/</text>',
    ],
)
def test_plain_drawing_is_accepted(inside: str) -> None:
    """A drawing that runs and fetches nothing may be a logo."""
    assert isinstance(checked(svg(inside)), Logo)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)"/>',
        '<image href="https://exemple.invalid/a.png"/>',
        '<image href="data:image/png;base64,AAAA"/>',
        '<use href="https://exemple.invalid/a.svg#a"/>',
        '<use xlink:href="a.svg#a"/>',
        '<a href="https://exemple.invalid/"><rect/></a>',
        '<rect fill="url(https://exemple.invalid/#a)"/>',
        "<rect style=\"fill:url('//exemple.invalid/a')\"/>",
        r'<rect style="fill:\75rl(a)"/>',
        "<style>@import 'https://exemple.invalid/a.css';</style>",
        "<style>.a{background:url(a.png)}</style>",
        "<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>",
        "<b xmlns='http://www.w3.org/1999/xhtml'>x</b>",
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<animate attributeName="fill"/>',
        '<filter id="a"/>',
        '<g xml:base="https://exemple.invalid/"/>',
        "<rect style=\"fill:cross-fade('http://x.invalid/a')\"/>",
        "<rect style=\"background:image('http://x.invalid/a')\"/>",
        '<rect fill="u/**/rl(http://x.invalid/a)"/>',
        "<style>.a{fill:u/* */rl(http://x.invalid/a)}</style>",
        '<i:script xmlns:i="http://www.inkscape.org/namespaces/inkscape">alert(1)</i:script>',
        '<?xml-stylesheet href="https://exemple.invalid/a.css"?>',
    ],
)
def test_what_could_run_or_fetch_is_refused(inside: str) -> None:
    """A drawing with a script, an event or an address is refused, with its place."""
    found = checked(svg(inside))
    assert isinstance(found, Issue)
    assert (found.code, found.location) == ("image-active", ICI)


def test_a_document_type_is_refused() -> None:
    """A drawing that declares a document type, and so entities, is refused."""
    for doctype in (
        '<!DOCTYPE svg [<!ENTITY a "b">]>',
        '<!DOCTYPE svg PUBLIC "-//W3C" "http://x.invalid/s.dtd">',
    ):
        found = checked(f"{doctype}{SVG}".encode())
        assert isinstance(found, Issue)
        assert found.code == "image-active"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (png() + b"\0" * MAX_BYTES, "fichier-trop-grand"),
        (png(MAX_PIXELS + 1, 1000), "fichier-trop-grand"),
        (jpeg(1000, MAX_PIXELS + 1), "fichier-trop-grand"),
        (svg("<g>" * 100 + "</g>" * 100), "fichier-trop-grand"),
        (svg("<g/>" * 30_000), "fichier-trop-grand"),
        (svg('<use href="#a"/>' * 13), "fichier-trop-grand"),
        (png()[:-20], "fichier-tronque"),
        (png().replace(b"\x7f", b"\x7e", 1).replace(b"IDAT", b"IDAX"), "fichier-tronque"),
        (jpeg()[:-2], "fichier-tronque"),
        (jpeg()[:24] + b"\xff\xd9", "fichier-tronque"),
        (SVG.encode()[:-5], "fichier-tronque"),
        (b"", "image-inconnue"),
        (b"GIF89a" + b"\0" * 50, "image-inconnue"),
        (b"<html><body/></html>", "image-inconnue"),
        (svg(attributes='width="100%" height="100%"'), "image-inconnue"),
        (svg(attributes='viewBox="0 0 0 10"'), "image-inconnue"),
        (svg(attributes='width="1e300" height="1e300"'), "fichier-trop-grand"),
        (svg(attributes='width="2000000" height="1000000"'), "image-inconnue"),
        (svg(attributes='width="1e-9" height="1e-9"'), "image-inconnue"),
        (svg(attributes='width="2" height="1" viewBox="0 0 1e9 1"'), "image-inconnue"),
        (svg('<path d="M0 0L1e300 1"/>'), "fichier-trop-grand"),
        (b'<?xml version="1.0" encoding="xyz"?>' + SVG.encode(), "fichier-tronque"),
        (png(4000, 1), "image-inconnue"),
    ],
)  # fmt: skip
def test_what_is_too_big_damaged_or_unknown_is_refused(content: bytes, code: str) -> None:
    """A file that cannot be a logo is refused with the reason."""
    found = checked(content)
    assert isinstance(found, Issue)
    assert (found.code, found.location) == (code, ICI)


@given(st.binary(max_size=200), st.sampled_from([b"", png()[:33], jpeg()[:20], b"<svg "]))
def test_any_content_is_a_picture_or_an_issue(rest: bytes, start: bytes) -> None:
    """No sequence of bytes makes the check of a logo crash."""
    assert isinstance(checked(start + rest), Logo | Issue)
