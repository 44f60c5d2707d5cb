"""Fits in the cache: each is sealed, and found again only if it is whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from backbones.disk.arrays import Arrays, read_arrays
from backbones.disk.sealed import is_sealed_folder, seal_folder, write_sealed
from backbones.errors import InputError
from backbones.files import temporary_folder
from ensemble import heads

#: What a fit made elsewhere comes as: the content of its file, or of each file of a head's folder.
Content = bytes | Mapping[str, bytes]


def keep_head(path: Path, head: heads.Regressor) -> None:
    """Save the folder of a head atomically; keep the folder of a process that was faster."""
    _keep_folder(path, lambda folder: heads.save(head, folder))


def pack_head(head: heads.Regressor) -> dict[str, bytes]:
    """The files of a head's folder, for ``keep_content``."""
    with temporary_folder() as folder:
        heads.save(head, folder)
        return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def keep_content(path: Path, content: Content) -> None:
    """Keep a fit that was made elsewhere, as if it had been made here."""
    if isinstance(content, bytes):
        write_sealed(path, content)
        return

    def write(folder: Path) -> None:
        folder.mkdir()
        for name, one in content.items():
            (folder / name).write_bytes(one)

    _keep_folder(path, write)


def _keep_folder(path: Path, write: Callable[[Path], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(path.parent) as partial:
        write(partial / "head")
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
    return read_arrays(path)


def read_fit(path: Path) -> Arrays:
    """The arrays of a fit that was found before.

    Raises
    ------
    InputError
        Another process has removed it since, or it was damaged.
    """
    arrays = read_arrays(path)
    if arrays is None:
        raise InputError(f"{path} was removed, or damaged, while it was in use; run again")
    return arrays
