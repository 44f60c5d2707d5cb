"""Tests of ensemble.heads.canonical."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from ensemble.heads import canonical


def _regressor() -> Any:
    head = LinearRegression()
    head.coef_ = head.again_ = np.arange(3.0)
    head.raw_ = b"bytes"
    head.twin_ = [head.raw_, 1, "text"]
    return head


def test_the_same_content_has_the_same_bytes() -> None:
    raw = skops.io.dumps(_regressor()), skops.io.dumps(_regressor())
    assert raw[0] != raw[1]
    assert canonical.skops(raw[0]) == canonical.skops(raw[1])


def test_other_content_has_other_bytes() -> None:
    other = _regressor()
    other.coef_ = np.arange(3.0) + 1
    assert canonical.skops(skops.io.dumps(other)) != canonical.skops(skops.io.dumps(_regressor()))


def test_what_was_one_object_stays_one() -> None:
    head = skops.io.loads(canonical.skops(skops.io.dumps(_regressor())))
    assert head.coef_.tolist() == [0, 1, 2]
    assert head.again_ is head.coef_
    assert head.raw_ == b"bytes"
    assert head.twin_ == [b"bytes", 1, "text"]


def test_files_are_numbered_and_dated_alike() -> None:
    data = canonical.skops(skops.io.dumps(_regressor()))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names[-1] == "schema.json"
    assert all(name.partition(".")[0].isdigit() for name in names[:-1])


def test_the_memory_between_the_fields_of_records_is_cleared() -> None:
    padded = np.dtype([("left", "i8"), ("leaf", "u1")], align=True)
    clean, dirty = (
        np.frombuffer(bytearray(filling * 2 * padded.itemsize), dtype=padded)
        for filling in (b"\x00", b"\xff")
    )
    for name in ("left", "leaf"):
        clean[name] = dirty[name] = [1, 2]
    assert _npy(dirty) != _npy(clean)
    assert canonical._zero_padding(_npy(dirty)) == canonical._zero_padding(_npy(clean))
    read = np.load(io.BytesIO(canonical._zero_padding(_npy(dirty))))
    assert read.tolist() == [(1, 1), (2, 2)]


@pytest.mark.parametrize("content", [b"bytes", None], ids=["bytes", "plain"])
def test_other_files_are_left_as_they_are(content: bytes | None) -> None:
    content = content or _npy(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    assert canonical._zero_padding(content) is content


def test_a_keras_archive_loses_dates_and_addresses() -> None:
    first, second = (
        _archive(
            {
                "metadata.json": json.dumps({"keras_version": "3", "date_saved": date}).encode(),
                "config.json": json.dumps([{"name": "a", "shared_object_id": address}]).encode(),
                "model.weights.h5": b"weights",
            }
        )
        for date, address in (("2026-01-01@10:00:00", 1234), ("2027-02-02@11:11:11", 99))
    )
    assert canonical.keras(first) == canonical.keras(second)
    with zipfile.ZipFile(io.BytesIO(canonical.keras(first))) as archive:
        assert json.loads(archive.read("config.json")) == [{"name": "a"}]
        assert json.loads(archive.read("metadata.json"))["keras_version"] == "3"
        assert archive.read("model.weights.h5") == b"weights"


def _npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def _archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
