"""What a person sees in the terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TextIO

from rich.console import Console as Terminal
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from backbones.progress import Advance

#: How a row of a table is emphasised.
_STYLES = {"strong": "bold green", "faint": "dim", "": ""}


class Console:
    """Lines, progress bars and tables; plain text where the output is not a terminal.

    As a context it prints what the library logs. It is a ``backbones.progress.Progress``.
    """

    def __init__(self) -> None:
        self._terminal = _terminal(file=sys.stdout)
        self._handler = _LogLines(self)

    def __enter__(self) -> Console:
        logger = logging.getLogger("ensemble")
        logger.addHandler(self._handler)
        logger.setLevel(logging.INFO)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        logger = logging.getLogger("ensemble")
        logger.removeHandler(self._handler)
        logger.setLevel(logging.NOTSET)

    def line(self, text: str) -> None:
        """Print a line."""
        self._terminal.print(Text(text))

    def warning(self, text: str) -> None:
        """Print a line that is not to be missed."""
        self._terminal.print(Text.assemble(("WARNING", "bold yellow"), " ", (text, "yellow")))

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:
        """A bar that the function it gives moves on."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Bar(*columns, console=self._terminal) as bar:
            task = bar.add_task(name, total=total)
            yield lambda done: bar.advance(task, done)

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        emphasis: Sequence[str] = (),
        left: int = 1,
    ) -> None:
        """Print rows of text under a header; the first columns to the `left`, the others right.

        `emphasis` is ``strong``, ``faint`` or empty for each row.
        """
        table = Table(box=None, pad_edge=False, header_style="dim")
        for number, title in enumerate(header):
            table.add_column(Text(title), justify="left" if number < left else "right")
        for number, row in enumerate(rows):
            style = _STYLES[emphasis[number]] if emphasis else ""
            table.add_row(*map(Text, row), style=style)
        self._terminal.print(table)


class _LogLines(logging.Handler):
    """Prints log records as lines."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        show = self._console.warning if record.levelno >= logging.WARNING else self._console.line
        show(record.getMessage())


def fail(error: Exception | str) -> None:
    """Print an error on stderr, as it is: no traceback."""
    _terminal(stderr=True).print(Text.assemble(("error:", "bold red"), " ", str(error)))


def _terminal(file: TextIO | None = None, stderr: bool = False) -> Terminal:
    """Every text is printed as it is, without rich's markup and names of emoji."""
    return Terminal(
        file=file, stderr=stderr, highlight=False, soft_wrap=True, markup=False, emoji=False
    )
