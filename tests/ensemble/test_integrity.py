"""Damage to any file of a cache and a run: no other number, no traceback, no signal.

Each kind of file by itself: ``test_sealed``, ``test_soundness``, ``test_crossfit`` and others.
"""

from __future__ import annotations

import logging
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from backbones.errors import InputError
from backbones.features import environment
from ensemble.run import open_run
from ensemble.training import fit
from tests.backbones.disk.damage import damage
from tests.ensemble.brightness import draw_photos, maps_entry, pooled_entry, save_network
from tests.ensemble.project import read_files

#: Damages a project many times in one process, which a signal would end.
CHILD = """
import sys
from pathlib import Path
from tests.ensemble.test_integrity import damage_often
print(damage_often(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
"""


def config(place: Path, engine: str) -> dict[str, Any]:
    model = str(place / "small.keras")
    return {
        "data": {
            "folder": str(place),
            "images": ".",
            "columns": {"name": "photo", "target": "light"},
        },
        "backbones": [pooled_entry(model), maps_entry(model)],
        "folds": {"n": 3},
        "engine": engine,
        "cache_dir": str(place / "cache"),
    }


def numbers(place: Path, engine: str) -> tuple[Any, Any]:
    """What a fit and a prediction make."""
    run = fit(config(place, engine), run_dir=place / "run")
    return run.oof, open_run(place / "run").predict(place / "photos", keep=True, keep_maps=True)


def make(place: Path, engine: str) -> tuple[Any, Any]:
    table = draw_photos(place / "photos", 18)
    table["photo"] = [f"photos/{Path(name).name}" for name in table["photo"]]
    table.to_csv(place / "train.csv", index=False)
    save_network(place / "small.keras")
    found = numbers(place, engine)
    for folder in ("cache", "run"):
        shutil.copytree(place / folder, place / f"whole-{folder}")
    return found


def restore(place: Path, which: str) -> list[Path]:
    """The whole files again; returns those of the cache, or of the run."""
    for folder in ("cache", "run"):
        shutil.rmtree(place / folder, ignore_errors=True)  # a fit may have been refused
        shutil.copytree(place / f"whole-{folder}", place / folder)
    if which == "cache":  # or the run is only opened
        shutil.rmtree(place / "run")
    files = [path for path in (place / which).rglob("*") if path.is_file()]
    return sorted(path for path in files if path.name not in ("about.json", "lock.mdb"))


class Said(logging.Handler):
    """The warnings since it was cleared."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def damage_often(place: Path, seed: int, times: int, engine: str) -> dict[str, int]:
    """How often damage had no effect, was healed with a word, or refused with file and remedy."""
    draw, said, ends = random.Random(seed), Said(), Counter[str]()
    logger = logging.getLogger("ensemble")
    logger.addHandler(said)
    right = make(place, engine)
    for _ in range(times):
        which = draw.choice(["cache", "cache", "run"])
        file = draw.choice(restore(place, which))
        sys.stdout.write(f"{file}\n")
        damage(file, draw)
        environment._CLOSED.clear()
        said.lines.clear()
        if which == "run" and (refusal := refused(place, right[1])):
            assert str(place / "run") in refusal, refusal
            ends["refused"] += 1
        try:
            found = numbers(place, engine)
        except InputError as error:  # for files of somebody else may lie there
            ends[f"{file.name}: {error}"] += 1
            continue
        assert all(a.equals(b) for a, b in zip(found, right, strict=True)), file
        healed = [line for line in said.lines if "than knowing nothing" not in line]
        assert all("is damaged (" in line or "not as" in line for line in healed), healed
        ends["healed" if healed else "no effect"] += 1
    logger.removeHandler(said)
    strange = ends.keys() - {"healed", "no effect", "refused"}
    assert all("manifest.json is not a manifest" in end for end in strange), strange
    return dict(ends)


def refused(place: Path, right: Any) -> str:
    """What is said of a run that is not opened; where it is, its predictions are right."""
    try:
        assert open_run(place / "run").predict(place / "photos").equals(right)
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
def test_hundreds_of_damaged_files_change_no_number(tmp_path: Path, seed: int) -> None:
    engine = ["tensorflow", "auto"][seed % 2]
    command = [sys.executable, "-c", CHILD, str(tmp_path), str(seed), "100", engine]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout.splitlines()[-1:], done.stderr[-2000:])


@pytest.mark.slow
def test_a_changed_photo_is_noticed_by_its_content(tmp_path: Path) -> None:
    make(tmp_path, "tensorflow")
    before = read_files(tmp_path / "run")["oof.csv"]
    shutil.copyfile(tmp_path / "photos" / "01.png", tmp_path / "photos" / "00.png")
    fit(config(tmp_path, "tensorflow"), run_dir=tmp_path / "run")
    assert read_files(tmp_path / "run")["oof.csv"] != before
