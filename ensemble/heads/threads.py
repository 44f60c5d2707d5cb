"""The number of threads of linear algebra, which decides the last bits of its sums."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any


class _Blocks:
    """How many blocks are being run, in all threads, and the limit that the first has set."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running = 0
        self.limit: AbstractContextManager[Any] | None = None


_BLOCKS = _Blocks()


@contextmanager
def one_thread() -> Iterator[None]:
    """In this block, of the whole process, BLAS and OpenMP take one thread each.

    Heads are small: several are fitted side by side, and one is no faster with more threads.
    However many the machine or ``OMP_NUM_THREADS`` allows, the numbers are then the same to the
    bit. Behind the last block of all threads there are as many as before the first.
    """
    with _BLOCKS.lock:
        if not _BLOCKS.running:
            _BLOCKS.limit = _controller().limit(limits=1)  # it holds from here on
        _BLOCKS.running += 1
    try:
        yield
    finally:
        with _BLOCKS.lock:
            _BLOCKS.running -= 1
            if not _BLOCKS.running and _BLOCKS.limit is not None:
                _BLOCKS.limit.__exit__(None, None, None)
                _BLOCKS.limit = None


@cache
def _controller() -> Any:
    """Of the libraries that are loaded by then: so those of SciPy and scikit-learn come first."""
    import scipy.linalg  # noqa: F401
    import sklearn.utils._openmp_helpers  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
