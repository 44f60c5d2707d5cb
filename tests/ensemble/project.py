"""A small project that the end-to-end tests fit, and the files that it leaves."""

from __future__ import annotations

from pathlib import Path

CONFIG = """\
data:
  folder: ${FOLDER}/data
  test: test.csv
  boxes: boxes.csv
  columns: {name: photo, target: faces}
  render: {train: 40, test: 10}
backbones:
  - name: tiny
    application: MobileNet
    arguments: {alpha: 0.25}
    weights: random
    image_size: [64, 64]
    layers: [conv_pw_3_relu]
    heads: [ridge, {head: svr, target: sqrt}]
  - name: other
    application: MobileNet
    arguments: {alpha: 0.25}
    weights: random
    weights_seed: 1
    image_size: [48, 48]
    layers: [conv_pw_2_relu]
    heads: [ridge]
folds: {n: 3}
engine: tensorflow
cache_dir: ${FOLDER}/cache
"""


#: What tells of the time that a fit took and of its folder, and the record of it.
REPORT = ("report.html", "report.json", "MODEL_CARD.md", "outputs.json")


def read_files(folder: Path) -> dict[str, bytes]:
    """The files of a run, of which equal fits have the same: all but its report."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name not in REPORT)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
