"""The number of threads of linear algebra, which decides the last bits of its sums."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from backbones.blocks import SharedBlock


def one_thread() -> AbstractContextManager[None]:
    """In this block, of the whole process, BLAS and OpenMP take one thread each.

    Heads are small: several are fitted side by side, and one is no faster with more threads.
    However many the machine or ``OMP_NUM_THREADS`` allows, the numbers are then the same to the
    bit. Behind the last block of all threads there are as many as before the first.
    """
    return _ONE.entered()


@cache
def _controller() -> Any:
    """Of the libraries that are loaded by then: so those of SciPy and scikit-learn come first."""
    import scipy.linalg  # noqa: F401
    import sklearn.utils._openmp_helpers  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


_ONE = SharedBlock(lambda: _controller().limit(limits=1))
