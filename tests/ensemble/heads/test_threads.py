from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from ensemble import heads
from ensemble.heads.threads import one_thread


def threads() -> dict[str, int]:
    return {one["filepath"]: one["num_threads"] for one in threadpool_info()}


def test_every_library_takes_one_thread_and_then_as_many_as_before() -> None:
    with threadpool_limits(3):
        before = threads()
        with one_thread():
            assert set(threads().values()) == {1}
        assert before.items() <= threads().items()


def test_blocks_that_do_not_end_in_turn_leave_as_many_threads_as_before() -> None:
    with threadpool_limits(3):
        with one_thread():
            pass
        before = threads()
        first, second = one_thread(), one_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert set(threads().values()) == {1}
        second.__exit__(None, None, None)
        assert threads() == before


@pytest.mark.parametrize("head", ["ridge", "svr", "KernelRidge"])
def test_predictions_have_the_same_bits_with_any_number_of_threads(head: str) -> None:
    draw = np.random.default_rng(0)
    X = draw.standard_normal((300, 1280)).astype(np.float32)
    y = X[:, :5].sum(axis=1).astype(np.float64)
    fitted = heads.fit(heads.build(heads.HeadSpec(head=head), seed=0), X[:200], y[:200])
    found = []
    for threads in (1, 2, 3, 8):
        with threadpool_limits(threads):
            found.append(heads.predict_alike(fitted, X[200:]).tobytes())
    assert len(set(found)) == 1
