"""The file of the photos that new ones are held against."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.runs.folder import RunFolder, RunWriter, open_run_folder
from ensemble.runs.novelty import FILE, read_novelty, write_novelty
from ensemble.scoring.novelty import Novelty

ROWS = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
TAKEN = Novelty.among("one", ROWS, np.arange(20) % 2)


def written(folder: Path, novelty: Novelty = TAKEN) -> RunFolder:
    run = RunWriter(folder, "key")
    write_novelty(novelty, run)
    run.close()
    return open_run_folder(folder)


def test_it_is_read_as_it_was_written_and_has_the_same_bytes_every_time(tmp_path: Path) -> None:
    files = written(tmp_path / "a")
    assert files.files == written(tmp_path / "b").files
    found = read_novelty(files, {"one": 3})
    assert found is not None
    assert found.identity == TAKEN.identity
    np.testing.assert_array_equal(found.own, TAKEN.own)
    np.testing.assert_array_equal(found.measure(ROWS), TAKEN.measure(ROWS))


def test_runs_of_before_have_none(tmp_path: Path) -> None:
    RunWriter(tmp_path / "run", "key").close()
    assert read_novelty(open_run_folder(tmp_path / "run"), {"one": 3}) is None


@pytest.mark.parametrize(
    ("change", "channels"),
    [
        ({}, {"one": 4}),
        ({}, {"two": 3}),
        ({"mean": np.zeros(4, np.float32)}, {"one": 3}),
        ({"own": np.zeros(19)}, {"one": 3}),
        ({"rows": np.zeros(3, np.float16)}, {"one": 3}),
    ],
)
def test_it_must_fit_the_run(
    tmp_path: Path, change: dict[str, Any], channels: dict[str, int]
) -> None:
    files = written(tmp_path, replace(TAKEN, **change))
    with pytest.raises(InputError, match=rf"{FILE} is not as a fit writes it"):
        read_novelty(files, channels)


def test_a_pickle_is_not_opened(tmp_path: Path) -> None:
    files, content = written(tmp_path), io.BytesIO()
    np.savez(content, allow_pickle=True, backbone=np.array([print], dtype=object))
    files.path(FILE).write_bytes(content.getvalue())
    with pytest.raises(InputError, match=rf"{FILE} is not as a fit writes it"):
        read_novelty(files, {"one": 3})


def test_of_items_there_may_be_fewer_numbers_than_photos(tmp_path: Path) -> None:
    files = written(tmp_path, replace(TAKEN, own=np.arange(5.0)))
    found = read_novelty(files, {"one": 3}, of_items=True)
    assert found is not None
    assert found.own.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    files = written(tmp_path, replace(TAKEN, own=np.arange(21.0)))
    with pytest.raises(InputError, match=rf"{FILE} is not as a fit writes it"):
        read_novelty(files, {"one": 3}, of_items=True)
