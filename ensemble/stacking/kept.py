"""Fits in the cache: each is sealed, and found again only if it is whole."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.disk.sealed import is_sealed_folder, read_sealed, seal_folder, write_sealed
from backbones.errors import InputError
from backbones.files import temporary_folder
from ensemble import heads

Arrays = dict[str, npt.NDArray[Any]]


def keep_arrays(path: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write the arrays of a fit that left out photos."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)  # type: ignore[arg-type]
    write_sealed(path, file.getvalue())


def keep_head(path: Path, head: heads.Regressor) -> None:
    """Save the folder of a head atomically; keep the folder of a process that was faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(path.parent) as partial:
        heads.save(head, partial / "head")
        seal_folder(partial / "head", path.name)
        try:
            (partial / "head").replace(path)
        except OSError:
            if not path.exists():
                raise


def find_fit(path: Path, is_head: bool) -> Arrays | None:
    """The arrays of a fit, none of a head; None where it is missing, or was damaged."""
    if is_head:
        return {} if is_sealed_folder(path) else None
    content = read_sealed(path)
    return None if content is None else _arrays(content)


def read_arrays(path: Path) -> Arrays:
    """The arrays of a fit that was found before.

    Raises
    ------
    InputError
        Another process has removed it since, or it was damaged.
    """
    content = read_sealed(path)
    if content is None:
        raise InputError(f"{path} was removed, or damaged, while it was in use; run again")
    return _arrays(content)


def _arrays(content: bytes) -> Arrays:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)
