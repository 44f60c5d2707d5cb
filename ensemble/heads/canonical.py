"""Rewriting skops and Keras archives so that the same content has the same bytes.

As saved, they contain memory addresses, dates and random names. Here objects are numbered in order
of appearance, and every date is the earliest that a zip file can state.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

_DATE = (1980, 1, 1, 0, 0, 0)

#: Node types of skops's schema that describe values, which are never shared by reference.
_VALUES = ("JsonNode", "TypeNode", "FunctionNode")


def skops(data: bytes) -> bytes:
    """Rewrite a skops archive with its objects and files numbered."""
    members = read_zip(data)
    schema = json.loads(members.pop("schema.json"))
    numbers: dict[str, int] = {}
    _number_objects(schema, numbers)
    files = {_rename(name, numbers): _zero_padding(content) for name, content in members.items()}
    files["schema.json"] = json.dumps(schema).encode()
    return write_zip(files)


def keras(data: bytes) -> bytes:
    """Rewrite a Keras archive without its date and its memory addresses.

    The addresses mark objects that layers share; in these networks that is only their data type.
    """
    members = read_zip(data)
    metadata = json.loads(members["metadata.json"])
    metadata["date_saved"] = "1980-01-01@00:00:00"
    config = json.loads(members["config.json"], object_hook=_drop_shared_ids)
    written = {"metadata.json": json.dumps(metadata), "config.json": json.dumps(config)}
    return write_zip({**members, **{name: text.encode() for name, text in written.items()}})


def _number_objects(node: Any, numbers: dict[str, int]) -> None:
    """Replace each id and file name by its number, in place and depth first."""
    if isinstance(node, list):
        for child in node:
            _number_objects(child, numbers)
    elif isinstance(node, dict):
        if isinstance(node.get("file"), str):
            node["file"] = _rename(node["file"], numbers, extend=True)
        for child in node.values():
            _number_objects(child, numbers)
        if node.get("__loader__") in _VALUES:
            node.pop("__id__", None)
        elif isinstance(node.get("__id__"), int):
            node["__id__"] = numbers.setdefault(str(node["__id__"]), len(numbers) + 1)


def _drop_shared_ids(node: dict[str, Any]) -> dict[str, Any]:
    node.pop("shared_object_id", None)
    return node


def _rename(name: str, numbers: dict[str, int], extend: bool = False) -> str:
    stem, _, suffix = name.partition(".")
    if extend:
        numbers.setdefault(stem, len(numbers) + 1)
    return f"{numbers[stem]}.{suffix}"


def _zero_padding(content: bytes) -> bytes:
    """Zero the padding between the fields of the records of an ``.npy`` file.

    For the nodes of a tree that was itself loaded from a file, it is uninitialised memory.
    """
    if not content.startswith(b"\x93NUMPY"):
        return content
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.dtype.names is None:
        return content
    clean = np.zeros(array.shape, array.dtype)
    for name in array.dtype.names:
        clean[name] = array[name]
    buffer = io.BytesIO()
    np.save(buffer, clean, allow_pickle=False)
    return buffer.getvalue()


def check_stored(file: Path) -> None:
    """Raise a ``ValueError`` if reading an archive's members would take more than its own size."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    packed = [one.filename for one in members if one.compress_type != zipfile.ZIP_STORED]
    if packed:
        raise ValueError(f"{packed[0]} in it is compressed, as nothing is that was written here")
    total, size = sum(member.file_size for member in members), file.stat().st_size
    if total > size:
        raise ValueError(f"its {size:,} bytes claim to hold {total:,}")


def read_zip(data: bytes) -> dict[str, bytes]:
    """The members of a zip file by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_zip(members: dict[str, bytes]) -> bytes:
    """Write an uncompressed zip file; compressed bytes would depend on the version of zlib."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, _DATE)
            member.create_system = 3  # Unix; the default depends on the machine
            archive.writestr(member, content)
    return buffer.getvalue()
