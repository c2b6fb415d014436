"""How a long work goes, in a line of words on a terminal; nothing where standard error is a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from certif_rules.cli.console import PLAIN
from certif_rules.francais import noun


@contextmanager
def progress(how_many: Callable[[], int], one: str, several: str) -> Iterator[Callable[[int, bool], None]]:
    """Give what is to be called with a number of things that are done, and whether they were so before.

    The line has no colour and no bar: how many, of how many, how fast, how long still. What was done before
    counts for none of the last two. A terminal that cannot write a line again is shown nothing.

    Args:
        how_many: how many there are, or so; 0 when it is not known. It is not asked where nothing is shown.
        one: what one is called.
        several: what several are called.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _number, _before: None
        return
    before, total = 0, how_many()

    def words(_: object) -> str:
        done = before + bar.pos
        text = f"{_grouped(done)} {noun(done, one, several)}"
        if total:
            text += f" sur {_grouped(max(total, done))}"
        if bar.pos and bar.time_per_iteration:
            text += f", {_grouped(round(1 / bar.time_per_iteration))} par seconde"
        if total and bar.eta_known and not bar.finished:
            text += f", reste {_duration(round(bar.eta))}"
        return text

    def advance(count: int, already: bool) -> None:
        nonlocal before
        if already:
            before += count
            bar.length = max(1, total - before)
            bar.render_progress()
        else:
            bar.update(count)

    # As it is, not through what keeps a terminal from being driven: nothing of a file is written there.
    with open(sys.stderr.fileno(), "w", encoding=sys.stderr.encoding, errors=PLAIN, closefd=False) as stream:
        bar = click.progressbar(
            length=max(1, total), file=stream, item_show_func=words, show_eta=False, show_percent=False,
            bar_template="%(info)s", width=0,
        )  # fmt: skip
        with bar:
            yield advance


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _duration(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02}"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
