"""Named arrays in one file, sealed."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.disk.sealed import read_sealed, write_sealed

Arrays = dict[str, npt.NDArray[Any]]


def write_arrays(path: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write arrays, whole or not at all, in NumPy's own form.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_arrays(Path(folder) / "a", {"ones": np.ones(2)})
    ...     read_arrays(Path(folder) / "a")
    {'ones': array([1., 1.])}
    """
    write_sealed(path, pack_arrays(arrays))


def pack_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """The content of the file of ``write_arrays``, before it is sealed."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def read_arrays(path: Path) -> Arrays | None:
    """The arrays of a file; None where there is none, or a damaged one, now discarded.

    Raises
    ------
    OSError
        This machine refuses to read it: it is left as it is.
    """
    content = read_sealed(path)
    if content is None:
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)
