"""How many examples hypothesis draws, and how long one may take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, settings

#: Of the normal run: the same examples each time.
few = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

#: Of the slow run: others each time.
many = settings(few, max_examples=5000, derandomize=False)


@contextmanager
def in_time(seconds: float = 5) -> Iterator[None]:
    """What takes longer, of this process's own time, has no bound that a user would wait for."""
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds
