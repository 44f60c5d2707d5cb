"""What a person sees in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pandas as pd
from rich.console import Console as Terminal
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from ensemble.scoring.leaderboard import Leaderboard

Advance = Callable[[int], None]


class Console:
    """Lines, progress bars and tables; plain text where the output is not a terminal."""

    def __init__(self) -> None:
        self._terminal = Terminal(file=sys.stdout, highlight=False, soft_wrap=True)

    def line(self, text: str) -> None:
        self._terminal.print(escape(text))

    def warning(self, text: str) -> None:
        self._terminal.print(f"[bold yellow]WARNING[/] [yellow]{escape(text)}[/]")

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Advance]:
        """A bar that the function it gives moves on."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._terminal) as bar:
            task = bar.add_task(escape(what), total=total)
            yield lambda done: bar.advance(task, done)

    def leaderboard(self, leaderboard: Leaderboard, set_aside_above: float | None) -> None:
        """The table of scores, best first, the stack in bold."""
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("")
        table.add_column("RMSE", justify="right")
        table.add_column("± s.e.", justify="right")
        table.add_column("MAE", justify="right")
        if set_aside_above is not None:
            table.add_column("RMSE, all photos", justify="right")
        for name, scores in leaderboard.scores.items():
            cells = [f"{scores.rmse:.3f}", f"{scores.standard_error:.3f}", f"{scores.mae:.3f}"]
            if set_aside_above is not None:
                cells.append(f"{scores.rmse_all:.3f}")
            kind = leaderboard.kinds[name]
            style = {"stack": "bold green", "reference": "dim"}.get(kind, "")
            table.add_row(escape(name), *cells, style=style)
        self._terminal.print(table)

    def head(self, table: pd.DataFrame, rows: int = 5) -> None:
        """The first rows of a table."""
        self.line(table.head(rows).to_string(index=False))


def fail(error: Exception | str) -> None:
    """An error on stderr, as it is: no traceback."""
    Terminal(stderr=True, highlight=False, soft_wrap=True).print(
        f"[bold red]error:[/] {escape(str(error))}"
    )
