"""Stages of work as a person sees them: bars in a terminal, lines now and then in a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, ProgressColumn, Task
from rich.text import Text

from backbones.progress import Advance
from ensemble.terminal.pace import Pace

#: Seconds until the first line of a stage in a log, and between the others.
FIRST, EVERY = 10.0, 30.0

#: Columns of a bar, and the most of a stage's name before it: all fits into 80.
_BAR, _NAME = 10, 24


class Bars:
    """Bars below all that is printed, one a stage; several may be open at once."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._progress: Progress | None = None
        self._open = 0

    @contextmanager
    def stage(self, name: str, pace: Pace) -> Iterator[Advance]:
        """A bar that the function it gives moves on; it stays when the stage is over."""
        if self._progress is None:
            columns = (_Name(), BarColumn(bar_width=_BAR), _Pace())
            self._progress = Progress(*columns, console=self._terminal)
            self._progress.start()
        progress = self._progress
        task = progress.add_task(name, total=pace.total, pace=pace)
        self._open += 1

        def advance(done: int) -> None:
            pace.advance(done)
            progress.advance(task, done)

        try:
            yield advance
        finally:
            progress.update(task, end=pace.describe_end())
            self._open -= 1
            if not self._open:
                progress.stop()
                self._progress = None


class Lines:
    """Lines about stages that take long, and one when a stage is over."""

    def __init__(self, line: Callable[[str], None], clock: Callable[[], float] = monotonic) -> None:
        self._line = line
        self._clock = clock

    @contextmanager
    def stage(self, name: str, pace: Pace) -> Iterator[Advance]:
        """See ``Bars.stage``; of one that ends in an error nothing more is said."""
        due = self._clock() + FIRST

        def advance(done: int) -> None:
            nonlocal due
            pace.advance(done)
            if self._clock() >= due and pace.done < pace.total:
                due = self._clock() + EVERY
                self._line(f"{name}: {pace.describe()}")

        yield advance
        self._line(f"{name}: {pace.describe_end()}")


class _Name(ProgressColumn):
    def render(self, task: Task) -> Text:
        """The stage's name, its middle left out where it is long."""
        return Text(shorten(task.description, _NAME))


class _Pace(ProgressColumn):
    def render(self, task: Task) -> Text:
        """How far it is, how fast, and how long it will take, or took."""
        pace: Pace = task.fields["pace"]
        return Text(task.fields.get("end") or pace.describe())


def shorten(name: str, length: int) -> str:
    """A name with its middle left out, where it is longer.

    >>> [shorten("mobilenet_v2.ridge", 28), shorten("a_long_name.ridge", 9)]
    ['mobilenet_v2.ridge', 'a_lo…idge']
    """
    if len(name) <= length:
        return name
    half = length // 2
    return f"{name[: length - half - 1]}…{name[-half:]}"
