"""Work on all cores, with results in the order of the items."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

#: Items that are worked on ahead of whoever takes the results.
AHEAD = max(32, 2 * (os.cpu_count() or 1))

In = TypeVar("In")
Out = TypeVar("Out")


def map_in_order(work: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
    """`map` in threads on all cores, in order, never more than `AHEAD` ahead: memory stays flat.

    >>> list(map_in_order(abs, [-2, 1]))
    [2, 1]
    """
    if isinstance(items, Sized) and len(items) == 1:  # threads would cost more than they save
        yield from map(work, items)
        return
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ahead: deque[Future[Out]] = deque()
        try:
            for item in items:
                ahead.append(pool.submit(work, item))
                if len(ahead) >= AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()
