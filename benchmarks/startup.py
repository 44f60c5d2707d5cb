"""What the commands take from the shell: `python -m benchmarks.startup --json startup.json`.

And what a run that stays loaded takes: see `benchmarks.warm`. Five minutes on 2 cores, once a first
fit has filled the cache. It fits configs/face_counting.yaml
where FACE_COUNTING_DATA and KERAS_HOME say where its data are, else the demo. Files are read from
the page cache. On a shared machine only the multiples of the peer count: the time of
`python -c "import sklearn, pandas"`, taken in turn with that of each command.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess  # nosec B404
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd
from PIL import Image

from benchmarks import warm

ROUNDS = 5
PEER = ["-c", "import sklearn, pandas"]
DATA = [os.environ.get(name, "") for name in ("FACE_COUNTING_DATA", "KERAS_HOME")]
CONFIG = "configs/face_counting.yaml" if all(map(os.path.isdir, DATA)) else "configs/demo.yaml"
STACKS = ("ridge", "nnls")


def seconds(arguments: list[str]) -> float:
    """From the start of Python to its end."""
    began = perf_counter()
    command = [sys.executable, *arguments]  # nothing of anybody else
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # nosec B603
    return perf_counter() - began


def fit(run: Path, *more: str) -> list[str]:
    return ["-m", "ensemble.fit", CONFIG, "--run-dir", str(run), *more]


def photo(folder: Path, seed: int) -> Path:
    """A new folder with one photo, of noise, that no cache has seen."""
    pixels = np.random.default_rng([seed, os.getpid()]).integers(0, 256, (408, 612, 3), np.uint8)
    folder.mkdir()
    Image.fromarray(pixels).save(folder / "photo.jpg")
    return folder


def commands(place: Path, number: int) -> dict[tuple[str, float], list[str]]:
    """What is timed in one round, by its name and the seconds it may take."""
    run, changed = place / "run", place / "changed"
    new, out = photo(place / f"new{number}", number), place / "submission.csv"
    submit = ["-m", "ensemble.submit", str(run), "--images", str(new), "--out", str(out)]
    return {
        ("import ensemble", 0.05): ["-c", "import ensemble"],
        ("fit --help", 0.1): ["-m", "ensemble.fit", "--help"],
        ("submit --help", 0.1): ["-m", "ensemble.submit", "--help"],
        ("fit, nothing changed", 3): fit(run),
        ("fit, another stack", 4): fit(changed, "--set", f"stack={STACKS[number % 2]}"),
        ("submit, one new photo", 4): submit,
    }


def measured(place: Path) -> pd.DataFrame:
    """One row a command and round."""
    seconds(fit(place / "run"))
    seconds(fit(place / "changed"))
    return pd.DataFrame(
        {"command": name, "at most": limit, "peer": seconds(PEER), "seconds": seconds(command)}
        for number in range(ROUNDS)
        for (name, limit), command in commands(place, number).items()
    )


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """The medians of each command, and of its multiples of the peer."""
    rows = rows.assign(multiple=rows["seconds"] / rows["peer"])
    return rows.groupby("command", sort=False).median()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=os.devnull, help="where to keep the figures")
    parser.add_argument(
        "--predictions",
        type=int,
        default=10_000,
        help="of one photo, after which memory is looked at (default: %(default)s)",
    )
    asked = parser.parse_args()
    with TemporaryDirectory() as place, TemporaryDirectory() as folder:
        tables = {
            "commands": summary(measured(Path(place))).reset_index(),
            "warm": warm.measured(Path(folder), count=200, rounds=50),
            "memory": warm.growth(Path(folder), asked.predictions),
        }
    sys.stdout.write(f"{CONFIG}\n")
    for table in tables.values():
        sys.stdout.write(f"{table.to_string(index=False, float_format='{:.2f}'.format)}\n\n")
    kept = {name: table.to_dict(orient="records") for name, table in tables.items()}
    asked.json.write_text(json.dumps(kept, indent=1))


if __name__ == "__main__":
    main()
