"""A folder of synthetic photos with its tables; see ``ensemble.photos.drawn``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.files import atomic_write, hash_file
from backbones.places import check_folder
from ensemble.config.data import Data, Render
from ensemble.config.table_format import COMMAS
from ensemble.photos.drawn import SIZE, Box, draw_picture

#: Keys of the data section that determine the written files.
_IN_TABLES: Any = {
    "images": True,
    "train": True,
    "test": True,
    "boxes": True,
    "separator": True,
    "encoding": True,
    "columns": {"name", "target", "box"},
}


def render(data: Data, spec: Render, force: bool = False) -> None:
    """Draw the training and test photos of a config, unless the folder holds them already.

    The tables have the columns that the config names; the test table includes the target, so that
    a submission can be scored.

    Raises
    ------
    InputError
        The folder cannot be written; or, without `force`, files would be written over that were
        not drawn, or that were changed since.
    """
    folder = Path(data.folder).expanduser()
    tables = _tables(data)
    asked = {"size": SIZE, "render": spec.model_dump(), "tables": tables}
    marker = folder / "rendered.json"
    before = _Drawn.read(marker)
    as_before = {"size": SIZE, **spec.model_dump(), **tables}  # what versions to 0.1.0 wrote
    if before is not None and before.asked in (asked, as_before):
        return
    check_folder(folder, "data.folder")
    files = _files(data, spec)
    if before is not None and not force:
        _refuse_others(folder, files, before)
    (folder / data.images).mkdir(parents=True, exist_ok=True)
    _write(marker, _UNFINISHED)
    _draw(folder, data, spec)
    stay = before.files if before else {}  # of a larger drawing before this one
    _Drawn(asked, stay | {file: hash_file(folder / file) for file in files}).write(marker)


#: What the marker holds until all is drawn; until then all names are the program's. Versions up to
#: 0.1.0 left it empty.
_UNFINISHED = "{}"

#: How a marker begins, of this version and of those up to 0.1.0, which a kill could cut short.
_STARTS = (f'{{"asked": {{"size": {SIZE}, ', f'{{"size": {SIZE}, ')


@dataclass(frozen=True)
class _Drawn:
    """What was asked for, and what was drawn."""

    asked: Any
    files: dict[str, str]  #: below the folder -> SHA-256 (hex)

    @classmethod
    def read(cls, marker: Path) -> _Drawn | None:
        """What a folder's marker says; None where drawing was not finished."""
        try:
            text = marker.read_text().strip("\0")  # a crash of the machine can leave those
            if not text or _is_torn(text):
                return None
            content = json.loads(text)
            if content == {}:
                return None
            return cls(content.get("asked", content), dict(content.get("files", {})))
        except (OSError, ValueError, TypeError, AttributeError):  # none, or somebody else's
            return cls(None, {})

    def write(self, marker: Path) -> None:
        _write(marker, json.dumps({"asked": self.asked, "files": self.files}))


def _write(marker: Path, text: str) -> None:
    with atomic_write(marker) as partial:
        partial.write_text(text)


def _is_torn(text: str) -> bool:
    """Whether it begins as a marker of this program, and ends too early."""
    try:
        json.loads(text)
    except ValueError:
        return any(start.startswith(text[: len(start)]) for start in _STARTS)
    return False


def _tables(data: Data) -> Any:
    """What decides the tables; a form that is the usual one is not stated, as in 0.1.0."""
    tables = data.model_dump(mode="json", include=_IN_TABLES)
    usual = {"separator": COMMAS.separator, "encoding": COMMAS.encoding}
    return {name: value for name, value in tables.items() if usual.get(name) != value}


def _files(data: Data, spec: Render) -> list[str]:
    """All that is drawn, below the folder."""
    prefixes = {"train": spec.train, "test": 0 if data.test is None else spec.test}
    pictures = [
        f"{data.images}/{_name(prefix, index)}"
        for prefix, count in prefixes.items()
        for index in range(count)
    ]
    return [one for one in (data.train, data.boxes, data.test) if one is not None] + pictures


def _refuse_others(folder: Path, files: list[str], before: _Drawn) -> None:
    """Refuse to write over what was not drawn, or was changed since."""
    if not before.files and folder.is_dir() and any(folder.iterdir()):
        raise InputError(
            f"data.folder: {folder} holds files that were not drawn; data.render would write over "
            "them. Name another folder, leave out data.render, or say --force"
        )
    others = [
        file
        for file in files
        if (folder / file).exists() and hash_file(folder / file) != before.files.get(file)
    ]
    if others:
        raise InputError(
            f"data.folder: {folder} holds files that were not drawn, or were changed since, and "
            "data.render would write over them. Name another folder, leave out data.render, or say "
            "--force:",
            first_ten(others),
        )


def _draw(folder: Path, data: Data, spec: Render) -> None:
    draw = np.random.default_rng(spec.seed)
    form: Any = {"sep": data.separator, "encoding": data.encoding, "index": False}
    boxes = _pictures(folder / data.images, "train", spec.train, draw)
    _counts(boxes, data).to_csv(folder / data.train, **form)
    if data.boxes is not None:
        rows = [(name, *box) for name, faces in boxes.items() for box in faces]
        columns = [data.columns.name, *data.columns.box]
        pd.DataFrame(rows, columns=columns).to_csv(folder / data.boxes, **form)
    if data.test is not None:
        test_boxes = _pictures(folder / data.images, "test", spec.test, draw)
        _counts(test_boxes, data).to_csv(folder / data.test, **form)


def _name(prefix: str, index: int) -> str:
    return f"{prefix}_{index:04d}.jpg"


def _counts(boxes: dict[str, list[Box]], data: Data) -> pd.DataFrame:
    return pd.DataFrame(
        {
            data.columns.name: list(boxes),
            data.columns.only_target: [len(faces) for faces in boxes.values()],
        }
    )


def _pictures(
    folder: Path, prefix: str, count: int, draw: np.random.Generator
) -> dict[str, list[Box]]:
    boxes = {}
    for index in range(count):
        name = _name(prefix, index)
        picture, boxes[name] = draw_picture(draw)
        content = BytesIO()  # on a full disk, Pillow ends quietly
        picture.save(content, "JPEG", quality=92)
        with atomic_write(folder / name) as partial:  # two fits may draw at once
            partial.write_bytes(content.getvalue())
    return boxes
