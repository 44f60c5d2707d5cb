"""Commands in processes of their own that are ended at any moment, and what they leave behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import lmdb

from tests.ensemble.brightness import save_network

ROOT = Path(__file__).parents[2]

#: Photos to learn from.
PHOTOS = 100

#: A hundred drawn photos; pooled features with two heads, and maps with a density head.
CONFIG = """\
data:
  folder: ${FOLDER}/data
  test: test.csv
  boxes: boxes.csv
  columns: {name: photo, target: faces}
  render: {train: 100, test: 20}
backbones:
  - name: pooled
    model: small.keras
    preprocessing: tf
    layers: [first, second]
    heads: [ridge, {head: svr, target: sqrt}]
  - name: maps
    model: small.keras
    preprocessing: tf
    layers: [first]
    pooling: none
    heads:
      - {head: density, parameters: {stride: 8, width: 6, epochs: 1, least_steps: 2}}
folds: {n: 2}
stack: mean
cache_dir: ${FOLDER}/cache
"""

assert f"train: {PHOTOS}," in CONFIG

#: From nothing to a submission.
COMMANDS = (("fit", "all.yaml", "--run-dir", "run"), ("submit", "run"))

#: Imports what commands need once, and has each of them in a fork: a third of the time of a fit.
#: Reads the arguments of a command, in JSON; prints its process id, then how it ended.
_FORKS = """
import json, os, sys
import openvino, matplotlib.pyplot, sklearn.svm, skops.io
from backbones.networks.catalog import import_keras
import_keras()
import ensemble.fit, ensemble.submit, ensemble.training, ensemble.report.page, ensemble.__main__
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        command = json.loads(line)
        os.chdir(command["folder"])
        os.environ["FOLDER"] = command["folder"]
        said = os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1); os.dup2(said, 2); os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.argv[1:] = command["words"]
        sys.exit(ensemble.__main__.main())
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Project:
    """A folder with a config, and what commands have made in it."""

    folder: Path

    def write(self) -> Project:
        """Make the folder, the config and its network."""
        self.folder.mkdir(parents=True)
        save_network(self.folder / "small.keras")
        (self.folder / "all.yaml").write_text(CONFIG)
        return self

    def start(
        self, *command: str, said: str = "said", before: tuple[str, ...] = (), **variables: str
    ) -> subprocess.Popen[bytes]:
        """Begin a command in a new process; what it prints goes to the file `said`."""
        environment = {"PYTHONPATH": str(ROOT), "FOLDER": str(self.folder), **variables}
        # What a shell runs behind itself has no Ctrl-C, and neither would the command.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with (self.folder / said).open("wb") as output:
            return subprocess.Popen(
                [*before, sys.executable, "-m", f"ensemble.{command[0]}", *command[1:]],
                cwd=self.folder,
                env={**os.environ, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        """What the last command printed."""
        return (self.folder / "said").read_text(errors="replace")

    def tables(self) -> dict[str, bytes]:
        """What must be the same, however it came to be."""
        names = ("oof.csv", "submission.csv", "predictions.csv", "leaderboard.csv")
        return {name: (self.folder / "run" / name).read_bytes() for name in names}

    def finished(self) -> dict[str, tuple[int, int]]:
        """Inode and date of each finished file of the cache, which no later run may write again."""
        found = {}
        for pattern in ("heads/*", "networks/*.xml", "networks/*.json", "pictures/*"):
            for path in (self.folder / "cache").glob(pattern):
                if re.fullmatch(r"[0-9a-f]{32,64}(\.\w+)?", path.name):
                    state = path.stat()
                    found[f"{path.parent.name}/{path.name}"] = state.st_ino, state.st_mtime_ns
        return found

    def extracted(self) -> dict[str, int]:
        """How many photos each store holds, by the backbone's name."""
        counts = {}
        for label in (self.folder / "cache" / "features").glob("*/about.json"):
            name = json.loads(label.read_text())["name"]
            with lmdb.open(str(label.parent), readonly=True, lock=False, max_dbs=1) as store:
                keys = store.open_db(b"keys", create=False)
                with store.begin() as reading:
                    counts[name] = reading.stat(keys)["entries"]
        return counts

    def unfinished(self) -> list[str]:
        """What a process was writing when it ended."""
        found = [*self.folder.rglob("*.partial"), *self.folder.glob("cache/*/tmp*")]
        found += self.folder.glob("cache/networks/*.*.xml")
        return [path.relative_to(self.folder).as_posix() for path in found]


def to_extract(said: str) -> dict[str, int]:
    """The photos whose features a fit has found missing, by the backbone's name."""
    lines = re.findall(r"^ *(\w+): .* features, (?:(\d+) of )?\d+ photos", said, re.M)
    return {name: int(count or 0) for name, count in lines}


class Forks:
    """Runs commands in forks of one process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _FORKS],
            env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        project: Project,
        command: tuple[str, ...],
        after: float | None = None,
        number: signal.Signals = signal.SIGKILL,
    ) -> tuple[int, float]:
        """Run a command, and end it by a signal after some seconds; its exit code, and seconds."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"folder": str(project.folder), "words": command}) + "\n")
        process.stdin.flush()
        child, began = int(process.stdout.readline()), time.monotonic()
        if after is not None:
            time.sleep(after)
            with suppress(ProcessLookupError):  # it was faster
                os.kill(child, number)
        return int(process.stdout.readline()), time.monotonic() - began

    def close(self) -> None:
        self._process.communicate(timeout=600)


@contextmanager
def forks() -> Iterator[Forks]:
    """Commands in forks, until the block ends."""
    opened = Forks()
    try:
        yield opened
    finally:
        opened.close()


def catches_signals(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process has got as far as the program's own first line."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.M)
    return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)
