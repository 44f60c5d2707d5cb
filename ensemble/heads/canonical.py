"""Archives of skops and Keras with the same bytes for the same content.

As written, they hold memory addresses, dates and random names. Here objects are numbered in the
order in which they appear, and every date is the first that a zip file can hold.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np

_DATE = (1980, 1, 1, 0, 0, 0)

#: Parts of skops's schema that hold no object of which a second use would have to be told.
_VALUES = ("JsonNode", "TypeNode", "FunctionNode")


def skops(data: bytes) -> bytes:
    """A skops archive with its objects and files numbered."""
    members = read_zip(data)
    schema = json.loads(members.pop("schema.json"))
    numbers: dict[str, int] = {}
    _number_objects(schema, numbers)
    files = {_rename(name, numbers): _zero_padding(content) for name, content in members.items()}
    files["schema.json"] = json.dumps(schema).encode()
    return write_zip(files)


def keras(data: bytes) -> bytes:
    """A Keras archive of the ``mlp`` head without its date and its memory addresses.

    Those tell which layers share an object; here it is never more than their data type.
    """
    members = read_zip(data)
    metadata = json.loads(members["metadata.json"])
    metadata["date_saved"] = "1980-01-01@00:00:00"
    config = json.loads(members["config.json"], object_hook=_drop_shared_ids)
    written = {"metadata.json": json.dumps(metadata), "config.json": json.dumps(config)}
    return write_zip({**members, **{name: text.encode() for name, text in written.items()}})


def _number_objects(node: Any, numbers: dict[str, int]) -> None:
    """Replaces, in place and depth first, each id and each file's name by its order."""
    if isinstance(node, list):
        for one in node:
            _number_objects(one, numbers)
    elif isinstance(node, dict):
        if isinstance(node.get("file"), str):
            node["file"] = _rename(node["file"], numbers, extend=True)
        for one in node.values():
            _number_objects(one, numbers)
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
    """An ``.npy`` file with zeros between the fields of its records.

    The nodes of a tree that was itself read from a file have arbitrary memory there.
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


def read_zip(data: bytes) -> dict[str, bytes]:
    """The members of a zip file by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_zip(members: dict[str, bytes]) -> bytes:
    """A zip file of the members: the same bytes for the same members, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, _DATE)
            member.create_system = 3  # else it is that of the machine
            # Stored, not deflated: the bytes would depend on the version of zlib.
            archive.writestr(member, content)
    return buffer.getvalue()
