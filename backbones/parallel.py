"""Parallel mapping over all cores, with results in the order of the items."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

#: Most items submitted ahead of the consumer of the results.
AHEAD = max(32, 2 * (os.cpu_count() or 1))

In = TypeVar("In")
Out = TypeVar("Out")


def map_in_order(work: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
    """Map in threads on all cores, in order; at most `AHEAD` results are held in memory.

    >>> list(map_in_order(abs, [-2, 1]))
    [2, 1]
    """
    if isinstance(items, Sized) and len(items) == 1:  # threads would cost more than they save
        yield from map(work, items)
        return
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        pending: deque[Future[Out]] = deque()
        try:
            for item in items:
                pending.append(pool.submit(work, item))
                if len(pending) >= AHEAD:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
