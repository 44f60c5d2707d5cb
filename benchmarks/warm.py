"""What a run that stays loaded takes for new photos; `python -m benchmarks.startup` shows it.

One MobileNetV2 at 224 x 224 with a ridge. The peer does what cannot be left out: it decodes the
same file and runs the same compiled network on it, one photo after the other.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from backbones.features.forward_pass import open_passes
from backbones.photos.images import views
from benchmarks.workload import photos, seconds
from ensemble import Run, fit, open_run


def fitted(folder: Path, count: int) -> tuple[Run, list[Path]]:
    """A run on drawn or real photos, and 32 photos more."""
    paths = photos(folder / "images", count + 32)
    rows = (f"{path.name},{len(path.read_bytes()) % 10}\n" for path in paths[:count])
    (folder / "train.csv").write_text("name,target\n" + "".join(rows))
    entry = {"application": "MobileNetV2", "weights": "random", "heads": ["ridge"]}
    config = {
        "data": {"folder": folder},
        "backbones": [entry],
        "stack": "mean",
        "cache_dir": folder / "cache",
    }
    return fit(config, run_dir=folder / "run"), paths[count:]


def peer(run: Run) -> Callable[[list[Path]], None]:
    """Decoding and the forward pass by themselves."""
    (forward_pass,) = open_passes(run.experiment.backbones, run.config.cache, run.config.engine)
    engine, view = forward_pass.engine, forward_pass.view

    def work(paths: list[Path]) -> None:
        for path in paths:
            photo = views(path.read_bytes(), str(path), {view})[view]
            engine.start(photo[np.newaxis], lambda features: None)
            engine.wait()

    return work


def memory() -> float:
    """Of the process, MiB, by Linux's own account."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measured(folder: Path, count: int, rounds: int) -> pd.DataFrame:
    """Medians over the rounds, a row for one photo and one for 32."""
    run, new = fitted(folder, count)
    alone = peer(run)
    rows = []
    for paths in (new[:1], new):
        run.predict(paths)
        alone(paths)
        pairs = [
            (seconds(partial(run.predict, paths)), seconds(partial(alone, paths)))
            for _ in range(rounds)
        ]
        ours, theirs = (1000 * median(times) for times in zip(*pairs, strict=True))
        rows.append({"photos": len(paths), "ms": ours, "peer, ms": theirs, "times": ours / theirs})
    return pd.DataFrame(rows)


def growth(folder: Path, predictions: int) -> pd.DataFrame:
    """The memory of the process after the first hundred predictions of one photo, and at the end.

    The run is opened anew, by a process that has imported no TensorFlow if it can do without.
    """
    run, photo = open_run(folder / "run"), folder / "images" / "00000.jpg"
    rows = []
    for count in (100, predictions):
        done = rows[-1]["predictions"] if rows else 0
        for _ in range(int(count - done)):
            run.predict(photo)
        rows.append({"predictions": count, "memory, MiB": memory()})
    return pd.DataFrame(rows)
