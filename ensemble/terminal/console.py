"""What a person sees in the terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console as Terminal
from rich.table import Table
from rich.text import Text

from backbones.progress import Advance
from ensemble.terminal.pace import Pace
from ensemble.terminal.stages import Bars, Lines

#: How a row of a table is emphasised.
_STYLES = {"strong": "bold green", "faint": "dim", "": ""}


class Console:
    """Lines, progress and tables; plain text where the output is not a terminal.

    As a context it prints what the library logs. It is a ``backbones.progress.Progress``.

    Parameters
    ----------
    file : text file, optional
        Where to; by default the standard output.
    quiet : bool
        Print warnings alone.
    """

    def __init__(self, file: TextIO | None = None, quiet: bool = False) -> None:
        self._terminal = _terminal(file=file or sys.stdout)
        self._quiet = quiet
        self._handler = _LogLines(self)
        self._stages = Bars(self._terminal) if self._is_live else Lines(self.line)
        self.warnings: list[str] = []  #: those that were printed

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
        if not self._quiet:
            self._terminal.print(Text(text))

    def warning(self, text: str) -> None:
        """Print a line that is not to be missed."""
        self.warnings.append(text)
        self._terminal.print(Text.assemble(("WARNING", "bold yellow"), " ", (text, "yellow")))

    @contextmanager
    def stage(self, name: str, total: int, unit: str = "step") -> Iterator[Advance]:
        """How far a stage is, how fast, and how long it will take; see ``Progress.stage``.

        A bar in a terminal; else a line after ten seconds, one now and then, and one at the end.
        """
        pace = Pace(total, unit)
        if self._quiet:
            yield pace.advance
            return
        with self._stages.stage(name, pace) as advance:
            yield advance

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        emphasis: Sequence[str] = (),
        left: int = 1,
    ) -> None:
        """Print rows of text under a header; the first columns to the `left`, the others right.

        Where they are too wide together, the first columns go on in the next line; in a file they
        may take 80. `emphasis` is ``strong``, ``faint`` or empty for each row.
        """
        if self._quiet:
            return
        cells = [list(column) for column in zip(header, *rows, strict=True)]
        for column in cells[left:]:  # by hand, as rich takes away the blanks behind a number
            width = max(map(cell_len, column))
            column[:] = [" " * (width - cell_len(text)) + text for text in column]
        table = Table(box=None, pad_edge=False, header_style="dim")
        for number, (title, *_) in enumerate(cells):
            table.add_column(Text(title), overflow="fold", no_wrap=number >= left)
        for number, row in enumerate(list(zip(*cells, strict=True))[1:]):
            style = _STYLES[emphasis[number]] if emphasis else ""
            table.add_row(*map(Text, row), style=style)
        self._terminal.print(table, soft_wrap=False)

    @property
    def _is_live(self) -> bool:
        """Whether bars can move: not in a file, nor in a terminal that takes no control codes."""
        return self._terminal.is_terminal and not self._terminal.is_dumb_terminal


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
