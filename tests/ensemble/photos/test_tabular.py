"""Tests of ensemble.photos.tabular and ensemble.photos.cells."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble.config.table_format import COMMAS, TableFormat
from ensemble.photos import table
from ensemble.photos.cells import Cells, given_cells
from ensemble.photos.tabular import Tabular, encode_columns, read_columns

AUTO: Mapping[str, Any] = {"rooms": "auto", "zip": "auto"}


def cells(text: str, folder: Path, form: TableFormat = COMMAS) -> Cells:
    path = folder / "t.csv"
    path.write_text(text)
    return Cells(table.read_table(path, [], form), path, form)


def test_kinds_are_seen_in_the_cells_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="ensemble")
    found = read_columns(cells("rooms,zip\n2,x9\n3.5,\n ,b7\n1,x9\n", tmp_path), AUTO)
    assert found.kinds == ("number", "category")
    assert found.columns[1].categories == ("b7", "x9")
    np.testing.assert_array_equal(found.values, [[2, 1], [3.5, np.nan], [np.nan, 0], [1, 1]])
    assert caplog.messages == [
        "columns: rooms: number, 1 to 3.5, 1 empty; zip: category, 2 labels, 1 empty"
    ]


def test_what_is_declared_decides(tmp_path: Path) -> None:
    text = "rooms,zip\n2,10\n3,9\n"
    found = read_columns(cells(text, tmp_path), {"rooms": "category", "zip": "category"})
    assert [one.categories for one in found.columns] == [("2", "3"), ("9", "10")]  # by size
    assert read_columns(cells(text, tmp_path), AUTO).kinds == ("number", "number")


@pytest.mark.parametrize(
    ("text", "declared", "message"),
    [
        ("rooms\n2\nmany\ninf\n", "number", "rooms must be a number:\n  - line 3: 'many'"),
        ("rooms\n2\nnan\n", "number", "line 3: 'nan'"),
        ("rooms\n2\n1e999\n", "number", "line 3: '1e999'"),
        ("rooms\n2\n5 kg\n", "number", "numbers stand without a unit"),
        ("rooms\n2\n-1e39\n", "number", "between -1e+38 and 1e+38:\n  - line 3: -1e39"),
        ("rooms\n950\n1.250\n", "auto", "'.' may stand for thousands"),
        ("rooms\na\nb \n", "auto", "line 3: 'b '"),
        ("rooms,o\n,1\n ,2\n", "auto", "rooms is empty in every row; leave it out of"),
    ],
)
def test_cells_that_cannot_be_used_are_named(
    tmp_path: Path, text: str, declared: Any, message: str
) -> None:
    with pytest.raises(InputError) as error:
        read_columns(cells(text, tmp_path), {"rooms": declared})
    assert message in str(error.value)
    assert str(tmp_path / "t.csv") in str(error.value)


def test_a_few_words_among_numbers_are_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = read_columns(cells("rooms\n1\n2\n3\nn/a\n", tmp_path), {"rooms": "auto"})
    assert found.kinds == ("category",)
    assert "1 of 4 cells is no number (line 5: 'n/a')" in caplog.text
    assert "data.columns.features: {rooms: number}" in caplog.text


def test_numbers_are_read_as_the_table_writes_them(tmp_path: Path) -> None:
    form = TableFormat(separator=";", decimal=",")
    found = read_columns(cells("rooms;zip\n1,5;1\n2,5;2\n", tmp_path, form), AUTO)
    np.testing.assert_array_equal(found.values, [[1.5, 1], [2.5, 2]])


def learned(folder: Path) -> Tabular:
    return read_columns(cells("rooms,zip\n2,x9\n3,b7\n", folder), AUTO)


def test_labels_that_the_fit_did_not_know_are_unknown_and_named_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    columns = learned(tmp_path).columns
    values = encode_columns(cells("zip,rooms\nnew,1\nx9,\nnew,7\n,1\n", tmp_path), columns)
    np.testing.assert_array_equal(values, [[1, 2], [np.nan, 1], [7, 2], [1, np.nan]])
    assert caplog.messages == [
        "zip: no row of the fit has these labels, which count as unknown, of 2 of 4 rows: 'new'"
    ]


def test_a_column_that_has_become_words_is_an_error(tmp_path: Path) -> None:
    columns = learned(tmp_path).columns
    with pytest.raises(InputError, match="rooms must be a number:\n  - line 2: 'two'"):
        encode_columns(cells("rooms,zip\ntwo,b7\n", tmp_path), columns)


def test_a_column_may_be_empty_in_new_rows(tmp_path: Path) -> None:
    values = encode_columns(cells("name,rooms,zip\na,,\n", tmp_path), learned(tmp_path).columns)
    assert np.isnan(values).all()


def test_the_key_hangs_on_values_kinds_and_categories_and_not_on_names(tmp_path: Path) -> None:
    text = "rooms,zip\n2,1\n3,2\n"
    kinds: list[Any] = [{"rooms": "number", "zip": one} for one in ("number", "category")]
    first, second = (read_columns(cells(text, tmp_path), one).key for one in kinds)
    other = read_columns(cells(text.replace("3", "4"), tmp_path), kinds[0]).key
    labels = read_columns(cells(text.replace(",2", ",7"), tmp_path), kinds[1]).key
    renamed = cells(text.replace("rooms", "beds"), tmp_path)
    same = read_columns(renamed, {"beds": "number", "zip": "number"}).key
    assert len({first, second, other, labels}) == 4
    assert same == first


def test_a_frame_has_what_a_table_of_it_would_have() -> None:
    frame = pd.DataFrame({"zip": [91901.0, np.nan, 92276.0], "n": [1.5, 2, None], "o": 1})
    found = given_cells(frame, ["n", "zip"], 3)
    assert found.texts.to_numpy().tolist() == [["1.5", "91901"], ["2", ""], ["", "92276"]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"a": [1, 2]}, r"columns lack 'b'; known: 'a'"),
        ({"a": [1], "b": [2]}, r"columns have 1 row; one for each of 2 photos is needed"),
        (3, r"columns must be a DataFrame, or a mapping of columns, not int"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused(given: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        given_cells(given, ["a", "b"], 2)
