"""How fast density heads are trained on whole maps, against Keras's `fit` on the same batches.

`python -m benchmarks.training`, two minutes on 2 cores, Linux. Two heads of one shape are trained
on maps of noise, as large as one network's at 416 x 608 pixels: by `fit` one after the other, and
as folds of a member are, side by side, with batches read ahead. Each way has a process of its own;
`cold`: what the operating system keeps of the maps in memory is given up before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from math import ceil, prod
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np

from backbones.features.maps import Maps, Source
from backbones.features.store import FeatureStore
from backbones.networks.catalog import import_keras
from benchmarks.report import parser, show
from ensemble.heads import density_network
from ensemble.heads.density import Density
from ensemble.heads.density_batches import Training, batches

SHAPES = ((26, 38, 96), (13, 19, 160))
SIZE, GRID = (416, 608), (26, 38)
HEADS, EPOCHS, BATCH, WIDTH, RATE = 2, 4, 16, 192, 0.003

Seconds = tuple[float, float]


def draw(folder: Path, photos: int) -> None:
    """Maps of noise in a store."""
    store, random = _store(folder), np.random.default_rng(0)
    for start in range(0, photos, BATCH):
        keys = _keys(photos)[start : start + BATCH]
        store.write(keys, random.normal(size=(len(keys), store.length)).astype(np.float16))
    store.close()


def by_keras(maps: Maps, target: Any) -> None:
    """One head after the other, by Keras's `fit`."""
    n = len(maps)
    ones = np.ones(n, dtype=np.float32)
    training = Training(maps, target, np.zeros((n, *GRID), dtype=np.float32), ones, ones)
    steps = ceil(n / BATCH)
    for seed in range(HEADS):
        random = np.random.RandomState(seed)
        model = density_network.build(training, GRID, WIDTH, random)
        trainer = density_network.compile_trainer(model, random, EPOCHS * steps, RATE)
        coming = batches(training, BATCH, random)
        trainer.fit(coming, steps_per_epoch=steps, epochs=EPOCHS, shuffle=False, verbose=0)


def ours(maps: Maps, target: Any) -> None:
    """Side by side, as `ensemble.stacking.crossfit` has them."""
    boxes = [np.zeros((0, 4))] * len(maps)

    def fit(seed: int) -> None:
        head = Density(epochs=EPOCHS, least_steps=1, batch_size=BATCH, random_state=seed)
        head.fit(maps, target, boxes=boxes)

    with ThreadPoolExecutor(HEADS) as threads:
        list(threads.map(fit, range(HEADS)))


def measured(way: Callable[[Maps, Any], None], folder: Path, photos: int) -> Seconds:
    """Wall time and processor time of a way, from the first batch to the trained heads."""
    import_keras()
    store = _store(folder)
    maps = Maps((Source(store, SHAPES),), _keys(photos), SIZE)
    target = np.random.default_rng(0).integers(1, 9, photos).astype(np.float32)
    start, start_process = perf_counter(), process_time()
    way(maps, target)
    return perf_counter() - start, process_time() - start_process


def rows(folder: Path, photos: int, rounds: int) -> list[dict[str, Any]]:
    """A row for each way, medians over the rounds."""
    draw(folder, photos)
    ways = {
        ("Keras's fit", "cached"): by_keras,
        ("ours", "cached"): ours,
        ("ours", "cold"): ours,
    }
    found: dict[tuple[str, str], list[Seconds]] = {way: [] for way in ways}
    for _ in range(rounds):
        for (name, maps), way in ways.items():
            _set_cache(folder, kept=maps == "cached")
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                found[name, maps].append(process.submit(measured, way, folder, photos).result())
    peer = median(wall for wall, _ in found["Keras's fit", "cached"])
    return [
        {
            "training": name,
            "maps": maps,
            "photos/s": HEADS * EPOCHS * photos / median(wall for wall, _ in times),
            "times Keras": peer / median(wall for wall, _ in times),
            "cores": median(processor / wall for wall, processor in times),
        }
        for (name, maps), times in found.items()
    ]


def _set_cache(folder: Path, kept: bool) -> None:
    """Read the file into the operating system's memory, or have it given up."""
    path = folder / "data.mdb"
    with path.open("rb") as file:
        os.fsync(file)
        if kept:
            while file.read(1 << 24):
                pass
        else:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _store(folder: Path) -> FeatureStore:
    return FeatureStore(folder, sum(prod(shape) for shape in SHAPES), "float16")


def _keys(photos: int) -> list[str]:
    return [f"{number:064x}" for number in range(photos)]


def main() -> None:
    asked = parser(__doc__, photos=640, rounds=3).parse_args()
    with TemporaryDirectory() as folder:
        show(rows(Path(folder), asked.photos, asked.rounds), asked.json)


if __name__ == "__main__":
    main()
