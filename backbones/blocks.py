"""Settings of the whole process that hold while any of its threads needs them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any


class SharedBlock:
    """A context that the first of all threads enters, and the last one leaves.

    Entered by each for itself, it would end with the settings that one thread has found from
    another.

    Parameters
    ----------
    make : callable
        Gives the context, anew each time that nobody is in it.

    >>> @contextmanager
    ... def noted():
    ...     print("in")
    ...     yield
    ...     print("out")
    >>> shared = SharedBlock(noted)
    >>> with shared.entered(), shared.entered():
    ...     print("both")
    in
    both
    out
    """

    def __init__(self, make: Callable[[], AbstractContextManager[Any]]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._inside = 0
        self._context: AbstractContextManager[Any] | None = None

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be in the context with whoever else is."""
        with self._lock:
            if self._context is None:
                context = self._make()
                context.__enter__()
                self._context = context
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    left, self._context = self._context, None
                    left.__exit__(None, None, None)
