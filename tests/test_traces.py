"""The drawings of scores: well-formed, nothing cut, nothing that runs, nothing told by a colour alone."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from fabrique import HOSTILES
from hypothesis import given, settings
from hypothesis import strategies as st

from certif_rules.documents.autodiagnostic.traces import Trace, bars, folded, radar, wide

SVG = "{http://www.w3.org/2000/svg}"


def trace(nom: str, *valeurs: int | None, label: bool = False) -> Trace:
    mots = tuple("sans objet" if v is None else f"{v} %" for v in valeurs)
    return Trace(nom=nom, intitule=f"{nom} – intitulé", valeurs=valeurs, mots=mots, label=label)


FIVE = [trace(f"Critère {n}", v) for n, v in enumerate((67, 33, None, 100, 0), 1)]


def read(content: bytes | None) -> ET.Element:
    assert content is not None
    return ET.fromstring(content)


def box(root: ET.Element) -> tuple[float, float, float, float]:
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    return left, top, left + width, top + height


def room(node: ET.Element) -> tuple[float, float, float, float]:
    """The box of a text, by a width of letters of our own."""
    size = float(node.attrib["font-size"])
    width = len(node.text or "") * size * 0.55
    x, y = float(node.attrib["x"]), float(node.attrib["y"])
    start = x - {"start": 0.0, "middle": width / 2, "end": width}[node.attrib["text-anchor"]]
    return start, y - size, start + width, y


def outside(root: ET.Element) -> list[str]:
    """Texts of which a part is out of the drawing, by a width of letters of our own."""
    left, top, right, bottom = box(root)
    found = []
    for node in root.iter(f"{SVG}text"):
        start, upper, end, lower = room(node)
        if start < left or end > right or upper < top or lower > bottom:
            found.append(node.text or "")
    return found


def texts(root: ET.Element) -> list[str]:
    return [node.text or "" for node in root.iter(f"{SVG}text")]


def test_a_drawing_says_what_it_is() -> None:
    """A picture for assistive tools: role, a short title, a description."""
    for content in (bars(FIVE, ("",), "Titre", "Tout en mots"), radar(FIVE, ("",), "Titre", "Tout en mots")):
        root = read(content)
        assert root.attrib["role"] == "img"
        named = root.attrib["aria-labelledby"].split()
        said = {node.attrib.get("id"): node.text for node in root}
        assert [said[place] for place in named] == ["Titre", "Tout en mots"]


def test_values_are_written_and_missing_ones_are_words() -> None:
    """Each value stands in letters; what has none is neither a bar nor a point."""
    root = read(bars(FIVE, ("",), "t", "d"))
    assert {"67 %", "33 %", "100 %", "0 %", "sans objet"} <= set(texts(root))
    # One frame per criterion, one bar per score, and the paper.
    assert len(root.findall(f"{SVG}rect")) == 5 + 4 + 1
    shape = read(radar(FIVE, ("",), "t", "d"))
    assert {"67 %", "sans objet", "Critère 3"} <= set(texts(shape))
    marks = [c for c in shape.iter(f"{SVG}circle") if "cx" in c.attrib]
    assert len(marks) == 4


def test_the_scale_is_fixed() -> None:
    """A hundred is the same length whatever the other values are."""

    def length(*values: int) -> float:
        root = read(bars([trace("C", v) for v in values], ("",), "t", "d"))
        full = [r for r in root.findall(f"{SVG}rect") if r.attrib["fill"] not in ("none", "#ffffff")]
        return float(full[0].attrib["width"])

    assert length(50) == length(50, 100) == length(50, 0, 3) == length(100) / 2
    shape = read(radar([trace("C", v) for v in (1, 2, 3)], ("",), "t", "d"))
    centre = list(shape.iter(f"{SVG}circle"))
    assert float(centre[3].attrib["r"]) == 4 * float(centre[0].attrib["r"])


def test_the_line_breaks_at_an_axis_without_a_score() -> None:
    """A closed shape when every axis has a score; otherwise segments between neighbours that have one."""

    def lines(*values: int | None) -> list[str]:
        root = read(radar([trace("C", v) for v in values], ("",), "t", "d"))
        return [p.attrib["d"] for p in root.iter(f"{SVG}path") if p.attrib.get("stroke-width") == "2.2"]

    assert [d.endswith("Z") for d in lines(10, 20, 30, 40)] == [True]
    assert len(lines(10, 20, None, 40, 50)) == 3
    assert len(lines(10, None, 30, None, 50, None)) == 0
    assert not any(d.endswith("Z") for d in lines(10, 20, None, 40))


def test_no_radar_under_three_scores() -> None:
    """Two axes are no shape, however many have no score beside them."""
    assert radar([trace("C", 10), trace("C", 20)], ("",), "t", "d") is None
    assert radar([trace("C", 10), trace("C", 20), trace("C", None)], ("",), "t", "d") is None
    assert radar([trace("C", 10), trace("C", 20), trace("C", 0)], ("",), "t", "d") is not None


def test_two_series_differ_without_colour() -> None:
    """By the line, by the mark, and by a word."""
    both = [trace(f"C{n}", n * 10, n * 20) for n in range(1, 5)]
    root = read(radar(both, ("avant", "après"), "t", "d"))
    shapes = [p for p in root.iter(f"{SVG}path") if p.attrib["d"].endswith("Z")]
    assert ["stroke-dasharray" in p.attrib for p in shapes] == [True, False]
    assert {"avant", "après", "10\u00a0% → 20\u00a0%"} <= set(texts(root))
    assert {"avant – 10 %", "après – 20 %"} <= set(texts(read(bars(both, ("avant", "après"), "t", "d"))))


def test_a_label_is_hatched_and_red() -> None:
    """Its sign and its word are in its name; the hatching is read in black and white."""
    root = read(bars([trace("★ label – Critère 8", 50, label=True), trace("Critère 1", 50)], ("",), "t", "d"))
    fills = [r.attrib["fill"] for r in root.findall(f"{SVG}rect")]
    assert fills.count("url(#hachures)") == 1
    assert any(text.startswith("★ label") for text in texts(root))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=60), st.one_of(st.none(), st.integers(0, 100)), st.booleans()),
        min_size=3,
        max_size=14,
    )
)
def test_whatever_the_names_it_is_well_formed_and_whole(items: list[tuple[str, int | None, bool]]) -> None:
    """No name breaks the drawing, and no label leaves it."""
    traces = [trace(f"Critère {nom}", valeur, label=label) for nom, valeur, label in items]
    assert outside(read(bars(traces, ("",), "t", "d"))) == []
    shape = radar(traces, ("",), "t", "d")
    if shape is not None:
        assert outside(read(shape)) == []


@pytest.mark.parametrize("texte", HOSTILES)
def test_names_are_text(texte: str) -> None:
    """A name that attacks is printed."""
    hostile = [trace(texte, 10), trace(texte, 20), trace(texte, 30)]
    for content in (bars(hostile, (texte,), texte, texte), radar(hostile, (texte,), texte, texte)):
        root = read(content)
        allowed = {"svg", "title", "desc", "defs", "pattern", "rect", "path", "circle", "text"}
        assert {node.tag.removeprefix(SVG) for node in root.iter()} <= allowed
        names = {name for node in root.iter() for name in node.attrib}
        assert not any(name.startswith("on") or name.endswith("href") for name in names)


def test_long_names_are_whole() -> None:
    """A title over a bar is on as many lines as it takes, and nothing of it is lost."""
    assert folded("Un nom qui tient", 400) == ["Un nom qui tient"]
    lines = folded("mot " * 60, 390)
    assert len(lines) > 3
    assert " ".join(lines) == ("mot " * 60).strip()
    letters = folded(f"avant {'W' * 200} après", 390)
    assert "".join(letters).replace(" ", "") == f"avant{'W' * 200}après"
    assert max(wide(line, bold=True) for line in (*lines, *letters)) <= 390


def test_no_title_over_a_bar_is_cut() -> None:
    """The longest title of a drawing is read in it to its last word."""
    long = "Adapter aux publics la prestation, l’accueil, l’accompagnement, le suivi et l’évaluation en œuvre"
    said = texts(read(bars([Trace(nom="3", intitule=long, valeurs=(50,), mots=("50 %",))], ("",), "t", "d")))
    assert long in " ".join(said)
    assert not any("…" in line for line in said)


@given(st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=12))
def test_no_words_cross_the_frame_of_a_bar(valeurs: list[int | None]) -> None:
    """They are whole within it or whole beyond it."""
    root = read(bars([trace("Critère", v) for v in valeurs], ("",), "t", "d"))
    edge = max(float(node.attrib["width"]) for node in list(root.iter(f"{SVG}rect"))[3:])
    said = [node for node in root.iter(f"{SVG}text") if "%" in (node.text or "") or node.text == "sans objet"]
    assert len(said) == len(valeurs)
    for node in said:
        start, _, end, _ = room(node)
        assert end < edge or start > edge


@pytest.mark.parametrize("count", range(3, 17))
def test_no_words_of_the_axes_overlap(count: int) -> None:
    """From three axes to sixteen, one series or two."""
    for series in (("",), ("avant", "après")):
        traces = [trace(f"Critère {n} ★", *([50] * len(series)), label=True) for n in range(1, count + 1)]
        boxes = [
            room(node)
            for node in read(radar(traces, series, "t", "d")).iter(f"{SVG}text")
            if "★" in (node.text or "") or "%" in (node.text or "")
        ]
        pairs = [(one, two) for rank, one in enumerate(boxes) for two in boxes[:rank]]
        assert not [
            (one, two)
            for one, two in pairs
            if one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
        ]


def test_same_values_same_bytes() -> None:
    """Nothing but the values decides."""
    assert radar(FIVE, ("",), "t", "d") == radar(list(FIVE), ("",), "t", "d")
