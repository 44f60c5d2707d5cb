"""One driver that sends blocks to workers and writes what comes back, event by event."""

from __future__ import annotations

import heapq


def photos_a_second(
    workers: int, worker_seconds: float, driver_seconds: float, block: int, blocks: int = 2000
) -> float:
    """What a cluster does in the long run, with two blocks at each worker, as in an extraction.

    Parameters
    ----------
    workers : int
    worker_seconds, driver_seconds : float
        What a block of photos takes of a worker, and of the driver: to read, send and write it.
    block : int
        Photos of a block.
    blocks : int
        How many are simulated, after as many as it takes to fill all queues.

    One worker that takes ten times as long as the driver is busy all the time:

    >>> round(photos_a_second(1, 1.0, 0.1, block=10), 1)
    10.0

    With a hundred of them the driver is:

    >>> round(photos_a_second(100, 1.0, 0.1, block=10), 1)
    100.0
    """
    free = [0.0] * workers  # when each worker has done what it has
    back = [(0.0, worker) for worker in range(workers) for _ in range(2)]  # and asks for more
    heapq.heapify(back)
    driver, began, first = 0.0, 0.0, 2 * len(back)
    for number in range(first + blocks):
        if number == first:
            began = driver
        ready, worker = heapq.heappop(back)
        driver = max(driver, ready) + driver_seconds
        free[worker] = max(free[worker], driver) + worker_seconds
        heapq.heappush(back, (free[worker], worker))
    return blocks * block / (driver - began)
