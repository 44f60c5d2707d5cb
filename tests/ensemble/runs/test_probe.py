"""The file of a probe."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble.photos.drawn import SIZE
from ensemble.runs import probe
from ensemble.runs.folder import RunFolder, RunWriter, open_run_folder
from ensemble.runs.probe import Probe

ROW = np.array([0.0, -4.0, 1.0], dtype=np.float16)


def taken() -> Probe:
    return Probe(probe.draw(), {"one": ROW, "two": ROW[:2]}, np.array([1.0, 3.0]), 2.0, 10.0)


def written(folder: Path) -> RunFolder:
    run = RunWriter(folder, "key")
    taken().write(run)
    run.close()
    return open_run_folder(folder)


def test_it_is_read_as_it_was_written_and_has_the_same_bytes_every_time(tmp_path: Path) -> None:
    files = written(tmp_path / "a")
    assert files.files == written(tmp_path / "b").files
    found = Probe.read(files, {"one": 3, "two": 2}, 2)
    assert found.features["one"].dtype == ROW.dtype
    np.testing.assert_array_equal(found.features["one"], ROW)
    assert (found.members.tolist(), found.stack, found.spread) == ([1.0, 3.0], 2.0, 10.0)
    with Image.open(BytesIO(found.picture)) as picture:
        assert (picture.size, picture.mode) == ((SIZE, SIZE), "RGB")


@pytest.mark.parametrize(
    ("lengths", "members", "message"),
    [
        ({"one": 3, "two": 9}, 2, "is of other networks or heads"),
        ({"one": 3}, 3, "not 3, members"),
        ({"three": 3}, 2, "is not as a fit writes it .*features/three"),
    ],
)
def test_it_must_fit_the_run(
    tmp_path: Path, lengths: dict[str, int], members: int, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Probe.read(written(tmp_path), lengths, members)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04N."])
def test_what_is_no_file_of_numbers_is_refused(tmp_path: Path, content: bytes) -> None:
    files = written(tmp_path)
    files.path(probe.NUMBERS).write_bytes(content)
    with pytest.raises(InputError, match=r"probe\.npz is not as a fit writes it"):
        Probe.read(files, {"one": 3}, 2)


def test_distances_are_shares_of_the_largest_feature_and_of_the_spread() -> None:
    now = {"one": ROW + np.float16(1), "two": ROW[:2]}
    assert taken().feature_distances(now) == {"one": 0.25, "two": 0.0}
    assert taken().prediction_distance([1.0, 3.0], [1.0, 2.0]) == 0.1
    assert taken().prediction_distance(2.0, float("nan")) == float("inf")
