"""Fits in processes of their own that are ended at any moment, and what they leave behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import lmdb

ROOT = Path(__file__).parents[2]

#: Some hundred drawn photos; pooled features with two heads, and maps with a density head.
CONFIG = """\
data:
  folder: ${FOLDER}/data
  test: test.csv
  boxes: boxes.csv
  columns: {name: photo, target: faces}
  render: {train: 100, test: 20}
backbones:
  - name: pooled
    application: MobileNet
    arguments: {alpha: 0.25}
    weights: random
    image_size: [64, 64]
    layers: [conv_pw_3_relu]
    heads: [ridge, {head: svr, target: sqrt}]
  - name: maps
    application: MobileNet
    arguments: {alpha: 0.25}
    weights: random
    image_size: [96, 96]
    layers: [conv_pw_3_relu]
    pooling: none
    heads: [{head: density, parameters: {width: 12, epochs: 1, least_steps: 4}}]
folds: {n: 3}
cache_dir: ${FOLDER}/cache
"""

#: From nothing to a submission.
COMMANDS = (("fit", "all.yaml", "--run-dir", "run"), ("submit", "run"))


@dataclass
class Project:
    """A folder with a config, and the environment of the commands run in it."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "all.yaml").write_text(CONFIG)

    def start(self, *command: str, before: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """Begin a command; what it prints goes to the file ``said``."""
        environment = {"PYTHONPATH": str(ROOT), "FOLDER": str(self.folder)}
        with (self.folder / "said").open("wb") as said:
            return subprocess.Popen(
                [*before, sys.executable, "-m", f"ensemble.{command[0]}", *command[1:]],
                cwd=self.folder,
                env={**os.environ, **environment, **self.variables},
                stdout=said,
                stderr=subprocess.STDOUT,
                # What runs in the background of a shell has no Ctrl-C.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text(errors="replace")

    def finish(self, *commands: tuple[str, ...], before: tuple[str, ...] = ()) -> float:
        """Run commands to their ends, which must be good; returns seconds."""
        began = time.monotonic()
        for command in commands:
            code = self.start(*command, before=before).wait(600)
            assert code == 0, self.said
        return time.monotonic() - began

    def tables(self) -> dict[str, bytes]:
        """What must be the same, however it came to be."""
        names = ("oof.csv", "submission.csv", "predictions.csv", "leaderboard.csv")
        return {name: (self.folder / "run" / name).read_bytes() for name in names}

    def finished(self) -> dict[str, tuple[int, int]]:
        """Each finished file of the cache that no later run may write again: inode and date."""
        found = {}
        for pattern in ("heads/*", "networks/*.xml", "networks/*.json", "pictures/*"):
            for path in (self.folder / "cache").glob(pattern):
                if re.fullmatch(r"[0-9a-f]{32,64}(\.\w+)?", path.name):
                    state = path.stat()
                    found[path.relative_to(self.folder).as_posix()] = state.st_ino, state.st_mtime_ns
        return found

    def extracted(self) -> dict[int, int]:
        """The photos that each store holds, by the store's length."""
        return {length: photos for length, photos in map(_count, self._stores())}

    def _stores(self) -> list[Path]:
        return [path.parent for path in (self.folder / "cache" / "features").glob("*/data.mdb")]

    def unfinished(self) -> list[str]:
        """What a process was writing when it ended."""
        found = [*self.folder.rglob("*.partial"), *self.folder.glob("cache/*/tmp*")]
        found += self.folder.glob("cache/networks/*.*.xml")
        return [path.relative_to(self.folder).as_posix() for path in found]


def to_extract(said: str) -> dict[str, int]:
    """The photos whose features a fit has found missing, by backbone."""
    missing = re.findall(r"^ *(\w+): .* features, (\d+) of \d+ photos to extract$", said, re.M)
    at_hand = re.findall(r"^ *(\w+): .* features, \d+ photos at hand$", said, re.M)
    return {**{name: int(count) for name, count in missing}, **dict.fromkeys(at_hand, 0)}


def _count(store: Path) -> tuple[int, int]:
    raise NotImplementedError


def catches_signals(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process has got as far as the program's own first line."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.M)
    return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)
