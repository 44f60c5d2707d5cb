"""How long work tells whoever waits for it how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter
from typing import Protocol

#: Called with the number of items done since the last call.
Advance = Callable[[int], None]


class Progress(Protocol):
    """Shows the progress of one stage of work after the other."""

    def stage(self, name: str, total: int) -> AbstractContextManager[Advance]:
        """Open a stage of `total` items; the function it gives is called as items are done."""


class Silent:
    """Progress that nobody looks at.

    >>> with Silent().stage("extracting", 3) as advance:
    ...     advance(1)
    """

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:
        """See ``Progress.stage``."""
        yield lambda done: None


class Timed:
    """Progress shown by another, with the time that its stages take."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self.seconds: dict[str, float] = {}  #: of each stage, in their order

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:
        """See ``Progress.stage``; the times of stages of one name add up."""
        start = perf_counter()
        try:
            with self._shown.stage(name, total) as advance:
                yield advance
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start
