"""What XlsxWriter takes to write given cells, run in its own environment; JSON on the output.

    python reference_xlsxwriter.py CALLS TURNS

The calls are those that our program made of it (``travaux.py``): same cells, formats, widths and rules.
"""

from __future__ import annotations

import io
import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # noqa: TID253 - what is measured


class Rang(int):
    """The rank of a format among those that a workbook was given."""


def replay(calls: list[Any]) -> bytes:
    """Return the workbook that calls make, each on the book (-1), or on the sheet of that rank."""
    out = io.BytesIO()
    book: Any = None
    formats: list[Any] = []
    sheets: list[Any] = []

    for rank, name, arguments, options in calls:
        if name == "Workbook":
            book = xlsxwriter.Workbook(out, *arguments, **options)
            continue
        plain = [
            formats[a] if type(a) is Rang else _with_formats(a, formats) if type(a) is dict else a
            for a in arguments
        ]
        result = getattr(book if rank < 0 else sheets[rank], name)(*plain, **options)
        if name == "add_format":
            formats.append(result)
        elif name == "add_worksheet":
            sheets.append(result)
    return out.getvalue()


def _with_formats(given: dict[str, Any], formats: list[Any]) -> dict[str, Any]:
    return {key: formats[item] if type(item) is Rang else item for key, item in given.items()}


def decoded(given: Any) -> Any:
    """Return a value with its dates and the ranks of its formats, which JSON has not."""
    if isinstance(given, dict):
        if "date!" in given:
            return datetime.fromisoformat(given["date!"])
        if "format!" in given:
            return Rang(given["format!"])
        return {key: decoded(item) for key, item in given.items()}
    return [decoded(item) for item in given] if isinstance(given, list) else given


def measure(path: Path, turns: int) -> dict[str, Any]:
    """Return the seconds of processor of each turn, and the size of the file."""
    calls = decoded(json.loads(path.read_text(encoding="utf-8")))
    times = []
    size = len(replay(calls))
    for _ in range(turns):
        start = time.process_time()
        replay(calls)
        times.append(time.process_time() - start)
    return {"secondes": times, "octets": size}


if __name__ == "__main__":
    json.dump(measure(Path(sys.argv[1]), int(sys.argv[2])), sys.stdout)
