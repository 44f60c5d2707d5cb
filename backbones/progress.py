"""How long work tells whoever waits for it how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter
from typing import Protocol

#: Called with the number of items done since the last call.
Advance = Callable[[int], None]


class Progress(Protocol):
    """Shows the progress of stages of work, one after the other or side by side."""

    def stage(self, name: str, total: int, unit: str = "step") -> AbstractContextManager[Advance]:
        """Open a stage of `total` items; the function it gives is called as items are done.

        `unit` is what one item is called: photo, fit.
        """


class Silent:
    """Progress that nobody looks at.

    >>> with Silent().stage("extracting", 3) as advance:
    ...     advance(1)
    """

    @contextmanager
    def stage(self, name: str, total: int, unit: str = "step") -> Iterator[Advance]:
        """See ``Progress.stage``."""
        yield lambda done: None


class Timed:
    """Progress shown by another, with the time that its stages take.

    >>> timed = Timed(Silent())
    >>> with timed.stage("one", 1), timed.stage("other", 1):
    ...     pass
    >>> list(timed.seconds)
    ['one, other']
    """

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._open = 0
        self._names: list[str] = []
        self._start = 0.0
        self.seconds: dict[str, float] = {}  #: of each stage, or of those side by side together

    @contextmanager
    def stage(self, name: str, total: int, unit: str = "step") -> Iterator[Advance]:
        """See ``Progress.stage``; the times of stages of one name add up."""
        if not self._open:
            self._names, self._start = [], perf_counter()
        self._names.append(name)
        self._open += 1
        try:
            with self._shown.stage(name, total, unit) as advance:
                yield advance
        finally:
            self._open -= 1
            if not self._open:
                together = ", ".join(self._names)
                passed = perf_counter() - self._start
                self.seconds[together] = self.seconds.get(together, 0.0) + passed
