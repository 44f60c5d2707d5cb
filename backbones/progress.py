"""How long work tells whoever waits for it how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
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
