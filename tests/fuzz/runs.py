"""The reader of runs and packs: one file of a run changed, with a manifest that vouches for it."""

from __future__ import annotations

import os
import shutil
import warnings
from pathlib import Path
from tempfile import mkdtemp

import atheris

with atheris.instrument_imports(include=["ensemble.runs", "ensemble.heads", "skops", "zipfile"]):
    from ensemble import heads
    from ensemble.heads.canonical import read_zip, write_zip
    from ensemble.run import Run, open_run
    from ensemble.runs.folder import open_run_folder
    from ensemble.runs.opening import read_intervals

from tests.ensemble.runs.small import change, newer_run
from tests.fuzz.fuzzer import fuzz

#: Stands for what a head says of its objects, within its archive.
SCHEMA = "stack/head.skops/schema.json"

#: The first byte of an input says which of these the rest replaces; the last is a pack.
FILES = (
    "manifest.json",
    "config.yaml",
    "backbones.json",
    "versions.json",
    "intervals.json",
    "leaderboard.csv",
    "metrics.json",
    "oof.csv",
    "members/small.ridge/head.skops",
    "members/small.svr/head.skops",
    "stack/head.skops",
    SCHEMA,
    "",
)

FOLDER = Path(mkdtemp(prefix="runs"))


def read(data: bytes) -> None:
    if not data:
        return
    file = FILES[data[0] % len(FILES)]
    if file == "":
        (FOLDER / "a.pack").write_bytes(data[1:])
        try:
            open_run(FOLDER / "a.pack", [f"cache_dir={FOLDER / 'cache'}"])
        finally:
            shutil.rmtree(FOLDER / "cache", ignore_errors=True)
        return
    run = FOLDER / "run"
    if file == SCHEMA:
        _look_at_schema(run / "stack" / "head.skops", data[1:])
        return
    before = {name: (run / name).read_bytes() for name in ("manifest.json", file)}
    try:
        if file == "manifest.json":
            (run / file).write_bytes(data[1:])
        else:
            change(run, file, data[1:])
        _look(run, file)
    finally:
        for name, content in before.items():
            (run / name).write_bytes(content)


def _look_at_schema(head: Path, schema: bytes) -> None:
    before = head.read_bytes()
    head.write_bytes(write_zip({**read_zip(before), "schema.json": schema}))
    try:
        heads.load(head.parent)
    finally:
        head.write_bytes(before)


def _look(run: Path, file: str) -> None:
    if file.endswith(".skops"):
        heads.load((run / file).parent)
        return
    opened = Run(open_run_folder(run), None)  # type: ignore[arg-type]
    looks = {
        "leaderboard.csv": lambda: opened.leaderboard,
        "metrics.json": lambda: opened.metrics,
        "oof.csv": lambda: opened.oof,
        "intervals.json": lambda: read_intervals(opened.files),
        "manifest.json": lambda: None,
    }
    looks.get(file, lambda: open_run(run))()


def main() -> None:
    warnings.simplefilter("ignore")
    newer_run(FOLDER)
    os.chdir(FOLDER)  # where its network is found
    open_run(FOLDER / "run")
    heads.load(FOLDER / "run" / "stack")  # what is imported then is not of an input
    fuzz(read)


if __name__ == "__main__":
    main()
