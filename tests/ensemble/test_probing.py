"""A run opened with other versions than those it was fitted with."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble.heads import archive
from ensemble.run import open_run, single
from ensemble.runs import versions
from tests.ensemble.runs.small import change, fit_small


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probing")
    fit_small(folder)
    return folder


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets packages seem to be of version 9.9."""

    def to_have(*packages: str) -> None:
        found = lambda name: "9.9" if name in packages else version(name)  # noqa: E731
        monkeypatch.setattr(versions, "version", found)

    return to_have


def with_probe(place: Path, folder: Path, **numbers: Any) -> Path:
    """A copy of the run whose probe has other numbers."""
    shutil.copytree(place / "run", folder / "run")
    with np.load(place / "run" / "probe.npz") as content:
        changed = {name: numbers.get(name, lambda same: same)(content[name]) for name in content}
    written = BytesIO()
    np.savez(written, **changed)
    change(folder / "run", "probe.npz", written.getvalue())
    return folder / "run"


def test_other_versions_open_it_where_the_probe_agrees(
    place: Path, pretend: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    expected = open_run(place / "run").predict(place / "new")
    assert "probe" not in caplog.text
    pretend("keras", "scikit-learn", "pandas")
    found = open_run(place / "run").predict(place / "new", keep=True)
    pd.testing.assert_frame_equal(found, expected, rtol=1e-6)
    assert f"(keras {version('keras')}, here 9.9; scikit-learn" in caplog.text
    assert "pandas" not in caplog.text
    assert "its probe agrees: features to 0 of the largest, predictions to 0 of" in caplog.text


def test_the_same_versions_ask_no_probe(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(single, "check_probe")
    assert len(open_run(place / "run").predict(place / "new")) == 2


@pytest.mark.slow
def test_another_engine_is_judged_by_the_probe(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("openvino")
    expected = open_run(place / "run").predict(place / "new")
    found = open_run(place / "run", ["engine=openvino"]).predict(place / "new")
    pd.testing.assert_frame_equal(found, expected, rtol=1e-3)
    assert "engine tensorflow, here openvino" in caplog.text
    assert "its probe agrees" in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("numbers", "parts"),
    [
        ({"features/own": lambda row: row * 1.1}, ["features of own", "head own.ridge"]),
        ({"members": lambda both: both + 0.1}, ["head own.ridge", "head tiny.svr", "stack"]),
        ({"stack": lambda one: one + 1.0}, ["stack", "the whole"]),
        ({"stack": lambda one: one * np.nan}, ["stack", "the whole"]),
    ],
)
def test_parts_that_differ_are_named_with_both_versions(
    place: Path,
    tmp_path: Path,
    pretend: Callable[..., None],
    numbers: dict[str, Any],
    parts: list[str],
) -> None:
    run = with_probe(place, tmp_path, **numbers)
    pretend("numpy")
    with pytest.raises(
        InputError, match=rf"fitted \(numpy {version('numpy')}, here 9\.9\)"
    ) as caught:
        open_run(run).predict(place / "new")
    assert [mistake.partition(":")[0] for mistake in caught.value.mistakes] == parts
    assert "apart, " in caught.value.mistakes[0]


@pytest.mark.slow
def test_a_head_of_another_scikit_learn_says_what_to_install(
    place: Path, pretend: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = tuple(one for one in archive.TRUSTED if not one.endswith("RidgeLOO"))
    monkeypatch.setattr(archive, "TRUSTED", known)
    with pytest.raises(InputError, match="RidgeLOO, which no head saved here holds; do not use"):
        open_run(place / "run").predict(place / "new")
    pretend("scikit-learn")
    then = version("scikit-learn")
    message = (
        rf"scikit-learn {then}, here 9\.9.* pip install scikit-learn=={then}, or run .*\n.*RidgeLOO"
    )
    with pytest.raises(InputError, match=message):
        open_run(place / "run").predict(place / "new")
