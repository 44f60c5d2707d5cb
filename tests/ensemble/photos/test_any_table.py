"""Any table ends in photos with numbers or in a mistake that is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backbones.errors import InputError
from ensemble.config.data import Data
from ensemble.photos.newphotos import read_test
from ensemble.photos.objects import locate_objects
from ensemble.photos.training_table import read_training
from tests.examples import few, in_time, many

PHOTOS = ("a.png", "b.png", "c d.png", "é.png")

FIELDS = st.sampled_from(
    [
        *(*PHOTOS, "name", "target", "group", "a", "../a.png", "/a.png", "x\\a.png", "folder.png"),
        *("NA", "", "1", "-2.5", "1,5", "1e400", "nan", "inf", "0x1f", "1_0", " 3 ", "٣", "½"),
        "1\u00a0000",
    ]
)

#: What stands between, around and in front of fields.
MARKS = st.sampled_from(
    [*",;\t|\n\r\"'\\\0\x1a\x85\u2028\ufeff ", "\r\n", '""', '"a\nb"', "\n\n", "sep=;\n", "#"]
)

ROWS = st.lists(st.lists(FIELDS, min_size=1, max_size=4), max_size=6).map(
    lambda rows: "\n".join(",".join(row) for row in rows)
)

TEXTS = st.one_of(
    ROWS.map(lambda rows: f"name,target,group\n{rows}\n"),
    ROWS.map(lambda rows: f"name,xmin,ymin,xmax,ymax\n{rows}\n"),
    st.lists(st.one_of(FIELDS, MARKS), max_size=40).map("".join),
    st.lists(st.one_of(FIELDS, MARKS), max_size=30).map("".join).map(lambda t: f"name,target\n{t}"),
    st.text(),
)

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"])

TABLES = st.one_of(
    st.binary(),
    st.builds(lambda text, encoding: text.encode(encoding, "replace"), TEXTS, ENCODINGS),
)

COLUMNS = st.sampled_from(
    [{}, {"group": "group"}, {"weight": "group"}, {"name": "target", "target": "name"}]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tables")
    (made / "images" / "folder.png").mkdir(parents=True)
    for name in PHOTOS:
        Image.new("RGB", (8, 6)).save(made / "images" / name)
    return made


def read_any(folder: Path, table: bytes, boxes: bytes | None, columns: dict[str, Any]) -> None:
    (folder / "train.csv").write_bytes(table)
    (folder / "boxes.csv").write_bytes(boxes or b"")
    places = {"boxes": "boxes.csv"} if boxes is not None else {}
    data = Data.model_validate({"folder": str(folder), "columns": columns, **places})
    with in_time():
        try:
            photos = read_training(data, seed=0)
            assert np.isfinite(photos.target).all()
            assert len(photos.names) == len(photos.target) == len(set(photos.names)) > 0
            if boxes is not None:
                locate_objects(photos)
        except InputError as error:
            assert "csv" in str(error) or "images" in str(error)  # noqa: PT017


def read_any_test(folder: Path, table: bytes) -> None:
    (folder / "test.csv").write_bytes(table)
    with in_time():
        try:
            assert len(read_test(folder / "test.csv", folder / "images", "name", "target"))
        except InputError as error:
            assert "csv" in str(error) or "images" in str(error)  # noqa: PT017


@few
@given(TABLES, COLUMNS)
def test_any_table_of_targets(folder: Path, table: bytes, columns: dict[str, Any]) -> None:
    read_any(folder, table, None, columns)


@few
@given(TABLES)
def test_any_table_of_boxes(folder: Path, boxes: bytes) -> None:
    read_any(folder, b"name,target\na.png,1\nb.png,2\n", boxes, {})


@few
@given(TABLES)
def test_any_table_of_new_photos(folder: Path, table: bytes) -> None:
    read_any_test(folder, table)


@pytest.mark.slow
@many
@given(TABLES, st.one_of(st.none(), TABLES), COLUMNS)
def test_any_table_for_long(
    folder: Path, table: bytes, boxes: bytes | None, columns: dict[str, Any]
) -> None:
    read_any(folder, table, boxes, columns)
    read_any_test(folder, table)
