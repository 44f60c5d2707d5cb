from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from backbones.errors import InputError
from backbones.networks.hdf5 import declared_bytes


def external_link(file: h5py.File) -> None:
    file["layers/a"] = h5py.ExternalLink("/etc/passwd", "/x")


def soft_link(file: h5py.File) -> None:
    file["layers/a"] = h5py.SoftLink("/elsewhere")


def external_numbers(file: h5py.File) -> None:
    file.create_dataset("layers/a", (4,), "u1", external=[("/etc/passwd", 0, 4)])


def virtual_numbers(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
    file.create_virtual_dataset("layers/a", layout)


def petabytes(file: h5py.File) -> None:
    file.create_dataset("layers/a", (10**9, 10**6), "f4", chunks=(1000, 1000), compression="gzip")


WRONG: list[tuple[Callable[[h5py.File], None], str]] = [
    (external_link, "/layers/a, a link into another file, '/etc/passwd'"),
    (soft_link, "/layers/a, a link to '/elsewhere'"),
    (external_numbers, "/layers/a, numbers that lie in another file, '/etc/passwd'"),
    (virtual_numbers, "/layers/a, numbers that are drawn from other files (virtual)"),
    (petabytes, "/layers/a, 4,000,000,000,000,000 bytes of numbers, of which 0 are stored"),
]


@pytest.mark.parametrize(("write", "message"), WRONG)
def test_what_leads_out_or_is_not_there_is_named(
    write: Callable[[h5py.File], None], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers/right"] = np.ones(3, "f4")
        write(file)
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        declared_bytes(path, "a.weights.h5")
    assert len(caught.value.mistakes) == 1


def test_numbers_are_counted_once_also_in_a_circle(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["layers/a"] = np.ones((3, 5), "f4")
        file["layers/b"] = np.float64(1)
        file["layers/again"] = file["layers"]
    assert declared_bytes(path, "a.h5") == 3 * 5 * 4 + 8


def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["layers/conv/vars/0"] = np.ones((3, 5), "f4")
    whole, draw, refused = path.read_bytes(), np.random.default_rng(0), 0
    for _ in range(300):
        content = bytearray(whole)
        for place in draw.integers(0, len(content), draw.integers(1, 20)):
            content[place] = draw.integers(256)
        try:
            declared_bytes(io.BytesIO(content), "a.h5")
        except InputError:
            refused += 1
    assert 30 < refused < 300


@pytest.mark.parametrize("content", [b"", b"no hdf5 at all", b"\x89HDF\r\n\x1a\n" + bytes(90)])
def test_what_is_no_file_of_weights_is_said(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.h5 is no whole file of weights \(HDF5\)"):
        declared_bytes(path, str(path))
