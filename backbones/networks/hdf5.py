"""What a file of weights says that it holds, read before anything of it is."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

from backbones.errors import InputError, first_ten

#: Bytes that a set of numbers may take without that they lie in the file.
_SMALL = 1 << 20

#: How many times the bytes in the file its numbers may take: compressed weights shrink by a third.
_EXPANSION = 100


def declared_bytes(file: Path | BinaryIO, name: str) -> int:
    """The bytes that all numbers in an HDF5 file take, without reading them.

    `name` is what messages call the file.

    Raises
    ------
    InputError
        It is no HDF5 file, points to other files, or declares far more than lies in it.
    """
    import h5py

    try:
        with h5py.File(file, "r") as opened:
            sizes, mistakes = _survey(opened)
    except Exception as error:  # on damaged files, h5py raises exceptions of any class
        raise InputError(
            f"{name} is no whole file of weights (HDF5): {error}; copy it again"
        ) from None
    if mistakes:
        raise InputError(
            f"{name} is not opened; save the weights again with Keras alone, as it holds:",
            first_ten(mistakes),
        )
    return sizes


def _survey(file: Any) -> tuple[int, list[str]]:
    """The bytes of all numbers in it, and what in it is not to be read."""
    total, mistakes = 0, []
    for name, found in _entries(file):
        if isinstance(found, str):
            mistakes.append(f"{name}, {found}")
            continue
        size = prod(found.shape or (1,)) * found.dtype.itemsize
        stored = found.id.get_storage_size()
        total += size
        if found.external:
            mistakes.append(f"{name}, numbers that lie in another file, {found.external[0][0]!r}")
        elif found.is_virtual:
            mistakes.append(f"{name}, numbers that are drawn from other files (virtual)")
        elif size > max(_SMALL, _EXPANSION * stored):
            mistakes.append(f"{name}, {size:,} bytes of numbers, of which {stored:,} are stored")
    return total, mistakes


def _entries(file: Any) -> Iterator[tuple[str, Any]]:
    """Each set of numbers of the file, or what is wrong about a link, by its name."""
    import h5py

    waiting, seen = [file], set()
    while waiting:
        group = waiting.pop()
        number = h5py.h5o.get_info(group.id).addr
        if number in seen:  # a group may lie in itself
            continue
        seen.add(number)
        for key in group:
            name = f"{group.name.rstrip('/')}/{key}"
            link = group.get(key, getlink=True)
            if isinstance(link, h5py.ExternalLink):
                yield name, f"a link into another file, {link.filename!r}"
            elif isinstance(link, h5py.SoftLink):
                yield name, f"a link to {link.path!r}"
            elif isinstance(child := group[key], h5py.Group):
                waiting.append(child)
            elif isinstance(child, h5py.Dataset):
                yield name, child
