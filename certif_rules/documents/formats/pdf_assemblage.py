"""Stretches of one document, each a tagged PDF, put end to end as one: pages, tags, outline, links.

The first stretch gives what is said of the whole: title, language, metadata, conformance to PDF/UA-1.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

if TYPE_CHECKING:
    from pikepdf import Pdf

#: Address, in the first stretch, of a link to the heading of this number.
LIEN: Final = "titre:{}"
_LIEN: Final = re.compile(r"titre:(\d+)")
_PAGES: Final = re.compile(rb"(<xmpTPg:NPages>)\d+(?=</)")


class Repere(Struct, frozen=True):
    """Where a heading is: ``page`` from 0 in its stretch, ``haut`` in points from the foot of the page."""

    page: int
    haut: float


class Partie(Struct, frozen=True, kw_only=True):
    """A stretch as a PDF: how many pages it has, and where its headings are, in their order."""

    contenu: bytes
    pages: int
    reperes: tuple[Repere, ...]


def read(contenu: bytes) -> Partie:
    """A stretch, its pages counted and its headings found."""
    import pikepdf

    with pikepdf.open(io.BytesIO(contenu)) as pdf:
        rank: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages)}
        found: list[Repere] = []
        stack = [pdf.Root.Outlines.First] if "/Outlines" in pdf.Root else []
        while stack:
            item = stack.pop()
            found.append(Repere(rank[item.Dest[0].objgen], float(item.Dest[3])))
            stack += [item[key] for key in ("/Next", "/First") if key in item]
        return Partie(contenu=contenu, pages=len(pdf.pages), reperes=tuple(found))


def assemble(parts: Sequence[Partie], titles: Sequence[tuple[int, str]]) -> bytes:
    """One PDF of ``parts``; ``titles`` are the level and text of every heading, in their order.

    Same parts, same bytes.
    """
    import pikepdf

    with ExitStack() as opened:
        # A stretch stays open until the whole is written: its content is copied only then.
        whole, *others = (opened.enter_context(pikepdf.open(io.BytesIO(part.contenu))) for part in parts)
        for number, source in enumerate(others, start=1):
            _add(whole, source, number)
        starts = accumulate((part.pages for part in parts), initial=0)
        targets = [
            _target(whole, start + mark.page, mark.haut)
            for start, part in zip(starts, parts, strict=False)
            for mark in part.reperes
        ]
        _outline(whole, targets, titles)
        _link(whole, targets)
        about = whole.Root.Metadata
        about.write(_PAGES.sub(rb"\g<1>%d" % len(whole.pages), about.read_bytes()))
        made = io.BytesIO()
        whole.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()


def _add(whole: Pdf, source: Pdf, number: int) -> None:
    """The pages of ``source`` after those of ``whole``, with their tags."""
    root = whole.Root.StructTreeRoot
    first = int(root.ParentTreeNextKey)
    _rename(source, first, number)
    whole.pages.extend(source.pages)
    tags = whole.copy_foreign(source.Root.StructTreeRoot)
    document = root.K[0]
    for child in tags.K[0].K:
        child.P = document
        document.K.append(child)
    nums = root.ParentTree.Nums
    for index, value in enumerate(list(tags.ParentTree.Nums)):
        nums.append(value if index % 2 else int(value) + first)
    root.ParentTreeNextKey = first + int(tags.ParentTreeNextKey)
    if "/IDTree" in tags:
        _names(root, tags)
    for role, standard in tags.get("/RoleMap", {}).items():
        root.RoleMap[role] = standard


def _names(root: Any, tags: Any) -> None:
    import pikepdf

    if "/IDTree" not in root:
        root.IDTree = tags.IDTree
        return
    names = [*root.IDTree.Names, *tags.IDTree.Names]
    pairs = sorted(zip(names[::2], names[1::2], strict=True), key=lambda pair: bytes(pair[0]))
    root.IDTree.Names = pikepdf.Array([item for pair in pairs for item in pair])
    if "/Limits" in root.IDTree:
        del root.IDTree["/Limits"]


def _rename(source: Pdf, first: int, number: int) -> None:
    """Keys of the tree of parents moved on by ``first``; names of cells made those of this stretch alone."""
    import pikepdf

    def own(name: Any) -> Any:
        return pikepdf.String(f"{number:04}-{name}")

    for thing in source.objects:
        if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            continue
        for key in ("/StructParents", "/StructParent"):
            if key in thing:
                thing[key] = int(thing[key]) + first
        if thing.get("/Type") != "/StructElem":
            continue
        if "/ID" in thing:
            thing.ID = own(thing.ID)
        attributes = thing.get("/A")
        for attribute in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
            if isinstance(attribute, pikepdf.Dictionary) and "/Headers" in attribute:
                attribute.Headers = pikepdf.Array([own(name) for name in attribute.Headers])
    tree = source.Root.StructTreeRoot.get("/IDTree")
    if tree is not None:
        names = list(tree.Names)
        tree.Names = pikepdf.Array([n if i % 2 else own(n) for i, n in enumerate(names)])


def _target(whole: Pdf, page: int, top: float) -> Any:
    import pikepdf

    return pikepdf.Array([whole.pages[page].obj, pikepdf.Name.XYZ, 0, round(top, 3), 0])


def _outline(whole: Pdf, targets: Sequence[Any], titles: Sequence[tuple[int, str]]) -> None:
    """The outline of the whole, in place of that of the first stretch."""
    from pikepdf import OutlineItem

    with whole.open_outline() as outline:
        outline.root.clear()
        above: list[tuple[int, Any]] = []
        for (level, title), target in zip(titles, targets, strict=True):
            item = OutlineItem(title, destination=target)
            item.is_closed = level > 1
            while above and above[-1][0] >= level:
                above.pop()
            (above[-1][1].children if above else outline.root).append(item)
            above.append((level, item))


def _link(whole: Pdf, targets: Sequence[Any]) -> None:
    """The links of the table of contents to where their headings are."""
    for page in whole.pages:
        for note in page.get("/Annots", []):
            action = note.get("/A")
            found = _LIEN.fullmatch(str(action.get("/URI", ""))) if action is not None else None
            if found:
                del note["/A"]
                note.Dest = targets[int(found[1])]
