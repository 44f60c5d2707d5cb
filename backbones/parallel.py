"""Work in threads, with results in the order of the items."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar, cast

#: Most items submitted ahead of the consumer of the results.
AHEAD = max(32, 2 * (os.cpu_count() or 1))

#: Stands for the end of what is read ahead.
_END = object()

In = TypeVar("In")
Out = TypeVar("Out")


def map_in_order(
    work: Callable[[In], Out], items: Iterable[In], threads: int | None = None
) -> Iterator[Out]:
    """Map in threads, by default on all cores, in order; at most `AHEAD` results are in memory.

    >>> list(map_in_order(abs, [-2, 1]))
    [2, 1]
    """
    if isinstance(items, Sized) and len(items) == 1:  # threads would cost more than they save
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
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


def read_ahead(items: Iterator[Out]) -> Generator[Out, None, None]:
    """Yield the same items; the next one is made in a thread while one is in use.

    >>> list(read_ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = thread.submit(next, items, _END)
            yield cast(Out, item)
