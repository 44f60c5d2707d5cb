"""What the fuzzer starts from: files as they should be, and such that are refused."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from ensemble.heads.canonical import read_zip
from ensemble.runs.unpacking import CONTENTS, describe
from tests.backbones.photos.test_corpus import CORPUS
from tests.ensemble.runs.small import newer_run

#: Of a seed, in bytes: the fuzzer changes small ones faster.
_AT_MOST = 1 << 15

TABLES = (
    "name,target,group\na.png,1,x\nb.png,2.5,y\n",
    '\ufeffname;target;group\r\n"a.png";1,5;x\r\nb.png;2;"y\nz"\r\n',
    "name\ttarget\tgroup\na.png\t-1e3\t\nc.png\tnan\tx\n",
)

#: Small ones: of these, most changes change what matters.
CONFIGS = (
    "data: {folder: .}\nbackbones:\n- {model: small.keras, preprocessing: tf, heads: [ridge]}\n",
    "data: {folder: .}\nbackbones: [{application: VGG16, heads: [{head: svr, target: sqrt}]}]\n",
    "backbones: []\nseed: 1\nstack: mean\n",
)

PLACES = ("name,xmin,ymin,xmax,ymax\na.png,1,1,3,4\nb.png,0,0,9,7\n", "name,xmin\na.png,1\n", "")


def photos() -> list[bytes]:
    return [kind.data for kind in CORPUS.values() if len(kind.data) <= _AT_MOST]


def tables(border: bytes) -> list[bytes]:
    return [table.encode() + border + places.encode() for table in TABLES for places in PLACES]


def runs(files: tuple[str, ...]) -> list[bytes]:
    with TemporaryDirectory() as folder:
        run = newer_run(Path(folder))
        seeds = [bytes([number]) + _content(run, file) for number, file in enumerate(files) if file]
        seeds += [bytes([files.index("config.yaml")]) + config.encode() for config in CONFIGS]
        return [*seeds, bytes([files.index("")]) + _pack(run)]


def _content(run: Path, file: str) -> bytes:
    if (run / file).is_file():
        return (run / file).read_bytes()
    archive, _, member = file.rpartition("/")
    return read_zip((run / archive).read_bytes())[member]


def _pack(run: Path) -> bytes:
    members = {f"run/{path.relative_to(run).as_posix()}": path for path in run.rglob("*.*")}
    listed = {name: describe(path) for name, path in members.items() if path.is_file()}
    content = {"format": 1, "run": "", "keras": "3.13.0", "weights": {}, "files": listed}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(CONTENTS, json.dumps(content))
        for name in listed:
            archive.write(members[name], name)
    return packed.getvalue()
