"""How well a run tells photos that are unlike those of its fit.

`python -m benchmarks.novelty RUN [--other FOLDER]`, with the run's photos at hand. Two minutes on 2
cores, Linux, for three networks.

New photos of the run's test table are predicted as they are, and changed: blurred, dark, grey,
upside down; those of other folders as they are. A row has the share of them that lies beyond 1, of
which the photos of the fit have 5 %, and the area under the ROC curve against the unchanged ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter
from sklearn.metrics import roc_auc_score

import ensemble
from backbones.photos.images import decode
from benchmarks.report import parser, show
from ensemble.photos.newphotos import read_folder
from ensemble.run import Run
from ensemble.runs.asked import photos_asked_for

Novelty = npt.NDArray[np.float64]

CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as they are": lambda photo: photo,
    "blurred, by a sixtieth of the longer side": lambda photo: photo.filter(
        ImageFilter.GaussianBlur(max(photo.size) / 60)
    ),
    "dark, a sixth as bright": lambda photo: photo.point(lambda value: value / 6),
    "grey": lambda photo: photo.convert("L").convert("RGB"),
    "upside down": lambda photo: photo.rotate(180),
}


def main() -> None:
    made = parser(__doc__, photos=250)
    made.add_argument("run", type=Path, help="the folder of a run")
    made.add_argument("--other", type=Path, nargs="*", default=[], help="folders of other photos")
    asked = made.parse_args()
    run = ensemble.open_run(asked.run)
    paths = _draw(list(photos_asked_for(run.config.data, None, None).paths), asked.photos)
    found = {name: _novelty(run, paths, change) for name, change in CHANGES.items()}
    for folder in asked.other:
        others = _draw(list(read_folder(folder).paths), asked.photos)
        found[f"others: {folder.name}"] = _novelty(run, others, lambda photo: photo)
    show([_row(name, novelty, found["as they are"]) for name, novelty in found.items()], asked.json)


def _draw(paths: list[Path], count: int) -> list[Path]:
    drawn = np.random.default_rng(0).permutation(len(paths))[:count]
    return [paths[row] for row in drawn]


def _novelty(run: Run, paths: list[Path], change: Callable[[Image.Image], Image.Image]) -> Novelty:
    """In blocks, since photos in memory are large."""
    blocks = [paths[start : start + 32] for start in range(0, len(paths), 32)]
    found = []
    for block in blocks:
        photos = [change(decode(path.read_bytes(), str(path)).convert("RGB")) for path in block]
        found.append(run.predict(photos)["novelty"].to_numpy())
    return np.concatenate(found)


def _row(name: str, novelty: Novelty, usual: Novelty) -> dict[str, str | float]:
    known = np.repeat([0, 1], [len(usual), len(novelty)])
    area = float(roc_auc_score(known, np.concatenate([usual, novelty])))
    return {"photos": name, "beyond 1": f"{(novelty > 1).mean():.0%}", "area": area}


if __name__ == "__main__":
    sys.exit(main())
