"""Tests of ensemble.heads.moved."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ensemble.heads import canonical, load, moved, save
from ensemble.stacking import forms

STACK = Path(__file__).parents[2] / "data" / "run_format_1" / "run" / "stack"


@pytest.mark.parametrize(("old", "new"), moved.MOVED.items())
def test_a_class_is_found_under_its_name_of_then(
    tmp_path: Path, old: tuple[str, str], new: tuple[str, str]
) -> None:
    X, y = np.arange(12.0).reshape(6, 2), np.arange(6.0)
    parameters = {"regressor": forms.LinearRegression()} if new[1] == "TargetScaled" else {}
    stack = getattr(forms, new[1])(**parameters).fit(X, y)
    save(stack, tmp_path)
    file = tmp_path / "head.skops"
    members = canonical.read_zip(file.read_bytes())
    schema = json.loads(members["schema.json"])
    assert (schema["__module__"], schema["__class__"]) == new
    schema["__module__"], schema["__class__"] = old
    file.write_bytes(canonical.write_zip({**members, "schema.json": json.dumps(schema).encode()}))
    loaded = load(tmp_path)
    assert type(loaded) is type(stack)
    np.testing.assert_array_equal(loaded.predict(X), stack.predict(X))


def test_a_file_stays_as_it_is() -> None:
    before = (STACK / "head.skops").read_bytes()
    with moved.open_archive(STACK / "head.skops") as archive:
        assert "ensemble.forms" not in zipfile.ZipFile(archive).read("schema.json").decode()
    assert isinstance(load(STACK), forms.TargetScaled)
    assert (STACK / "head.skops").read_bytes() == before
