"""The number of threads of linear algebra, which decides the last bits of its sums."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """In this block, of the whole process, BLAS and OpenMP take one thread each.

    Heads are small: several are fitted side by side, and one is no faster with more threads.
    However many the machine or ``OMP_NUM_THREADS`` allows, the numbers are then the same to the
    bit.
    """
    limits: AbstractContextManager[Any] = _controller().limit(limits=1)
    return limits


@cache
def _controller() -> Any:
    """Of the libraries that are loaded by then: so those of SciPy and scikit-learn come first."""
    import scipy.linalg  # noqa: F401
    import sklearn.utils._openmp_helpers  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
