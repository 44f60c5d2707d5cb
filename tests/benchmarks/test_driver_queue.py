"""The simulated driver against what is known of such queues."""

from __future__ import annotations

import pytest

from benchmarks.driver_queue import photos_a_second

BLOCK, WORKER = 32, 2.0


@pytest.mark.parametrize("workers", [1, 10, 100, 1000])
@pytest.mark.parametrize("driver", [0.002, 0.02, 0.2])
def test_the_slower_of_workers_and_driver_is_the_limit(workers: int, driver: float) -> None:
    found = photos_a_second(workers, WORKER, driver, BLOCK)
    limit = min(workers * BLOCK / WORKER, BLOCK / driver)
    assert found <= limit * 1.02
    # Near the point where both are the limit they wait for each other; elsewhere hardly.
    near = 0.5 < workers * driver / WORKER < 2
    assert found > limit * (0.8 if near else 0.97)


def test_a_hundred_times_the_workers_give_less_once_the_driver_is_busy() -> None:
    ten, thousand = (photos_a_second(n, WORKER, 0.02, BLOCK) for n in (10, 1000))
    assert thousand / ten == pytest.approx(10, rel=0.05)
