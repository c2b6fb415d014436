"""What is in a PDF or a DOCX file, read by other libraries than those that made it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


#: What pdfium gives for a hyphen at the end of a line.
_COUPURE = "\ufffe"


def squashed(text: str) -> str:
    """A text without its blanks, which lines and pages change."""
    return re.sub(r"\s", "", text)


def pdf_text(content: bytes) -> str:
    """The text of the pages, in reading order; a line ends where the page ends it."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return "\n".join(pages).replace("\r\n", "\n").replace(_COUPURE, "-")


def letters(content: bytes) -> Iterator[tuple[int, str, tuple[float, float, float, float]]]:
    """Each character with its page and its box (left, bottom, right, top), in points."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        for number, page in enumerate(document):
            text = page.get_textpage()
            whole = text.get_text_range()
            for index in range(text.count_chars()):
                if index < len(whole) and not whole[index].isspace():
                    yield number, whole[index].replace(_COUPURE, "-"), text.get_charbox(index)
    finally:
        document.close()


def pdf_tags(content: bytes) -> list[tuple[str, Any]]:
    """The elements of the structure, depth first: their role, and their attributes or alternative text."""
    import pypdf

    found: list[tuple[str, Any]] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((str(node["/S"])[1:], node.get("/Alt") or node.get("/T") or node.get("/A")))
            if "/K" in node:
                walk(node["/K"])

    walk(pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"])
    return found


def docx_part(content: bytes, name: str = "word/document.xml") -> ElementTree.Element:
    """A part of the package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return ElementTree.fromstring(package.read(name))


def docx_text(content: bytes) -> str:
    """The text of the body, a paragraph per line."""
    return "\n".join(_words(p) for p in docx_part(content).iter(f"{W}p"))


def docx_rows(content: bytes) -> list[list[str]]:
    """The rows of all tables, a text per cell."""
    return [
        ["\n".join(_words(p) for p in cell.iter(f"{W}p")) for cell in row.iter(f"{W}tc")]
        for row in docx_part(content).iter(f"{W}tr")
    ]


def _words(node: ElementTree.Element) -> str:
    signs = {f"{W}br": "\n", f"{W}tab": "\t"}
    return "".join(n.text or "" if n.tag == f"{W}t" else signs.get(n.tag, "") for n in node.iter())
