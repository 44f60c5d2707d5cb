"""Classes that heads of older versions name by another module than today's."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from ensemble.heads import canonical

_SCHEMA = "schema.json"

#: Module and class as a file may name them -> as they are named today. Attributes are the same.
MOVED = {
    ("ensemble.forms", "InUnits"): ("ensemble.stacking.forms", "TargetScaled"),
    ("ensemble.forms", "Mean"): ("ensemble.stacking.forms", "Mean"),
    ("ensemble.forms", "Single"): ("ensemble.stacking.forms", "Single"),
}


def open_archive(file: Path) -> BinaryIO:
    """A skops archive in which every class has the name of today; the file stays as it is."""
    with zipfile.ZipFile(file) as archive:
        schema = json.loads(archive.read(_SCHEMA))
    if not _rename(schema):
        return file.open("rb")
    members = {**canonical.read_zip(file.read_bytes()), _SCHEMA: json.dumps(schema).encode()}
    return io.BytesIO(canonical.write_zip(members))


def _rename(node: Any) -> int:
    """Renames in place, at any depth; how many classes it has renamed."""
    if isinstance(node, list):
        return sum(map(_rename, node))
    if not isinstance(node, dict):
        return 0
    renamed = sum(map(_rename, node.values()))
    today = MOVED.get((str(node.get("__module__")), str(node.get("__class__"))))
    if today is None:
        return renamed
    node["__module__"], node["__class__"] = today
    return renamed + 1
