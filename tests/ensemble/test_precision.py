"""A run with a network in bfloat16: packed, and opened where it can be computed and where not."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backbones.engines import precision
from backbones.errors import InputError
from ensemble import BackboneFeatures, pack
from ensemble.config.settings import ConfigError
from ensemble.run import open_run
from ensemble.training import fit
from tests.ensemble.runs.small import change, config, fit_small

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(bfloat16: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs that differ in the precision of one of their backbones, and a pack of the first."""
    folder = tmp_path_factory.mktemp("precision")
    own, tiny = config(folder)["backbones"]
    settings: dict[str, Any] = {"folds": {"n": 2}, "stack": "mean", "engine": "openvino"}
    fit_small(folder, backbones=[{**own, "precision": "bfloat16"}, tiny], **settings)
    fit(config(folder, **settings), run_dir=folder / "exact")
    assert pack.main([str(folder / "run"), str(folder / "my.pack")]) == 0
    return folder


@pytest.fixture
def incapable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "can_compute", lambda _: False)
    monkeypatch.setattr(precision, "processor", lambda: "i386")


def test_its_predictions_are_close_to_those_of_float32_and_not_the_same(place: Path) -> None:
    coarse, exact = (open_run(place / run).predict(place / "new") for run in ("run", "exact"))
    assert not np.array_equal(coarse["own.ridge"], exact["own.ridge"])
    np.testing.assert_allclose(coarse["own.ridge"], exact["own.ridge"], rtol=0.02)
    np.testing.assert_array_equal(coarse["tiny.svr"], exact["tiny.svr"])


def test_a_pack_of_it_predicts_bit_for_bit_with_an_empty_cache(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))
    expected = open_run(place / "run").predict(place / "new")
    found = open_run(place / "my.pack").predict(place / "new")
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_a_processor_that_rounds_otherwise_is_told_by_the_probe(
    place: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Versions are the same; only the recorded features are as from elsewhere."""
    open_run(place / "run").predict(place / "new")
    assert caplog.messages == []
    run = shutil.copytree(place / "run", tmp_path / "run")
    with np.load(run / "probe.npz") as numbers:
        content = dict(numbers)
    content["features/own"] = content["features/own"] * 1.01
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **content)
    change(run, "probe.npz", stream.getvalue())
    with pytest.raises(InputError) as caught:
        open_run(run).predict(place / "new")
    assert "with the same versions: this processor rounds otherwise; run the fit again." in str(
        caught.value
    )
    assert "features of own: 0.0099 apart, 0.002 allowed" in caught.value.mistakes


@pytest.mark.parametrize("run", ["run", "my.pack"])
def test_where_it_cannot_be_computed_it_opens_and_does_not_predict(
    place: Path, incapable: None, run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))
    opened = open_run(place / run)
    assert "own.ridge" in set(opened.leaderboard["name"])
    with pytest.raises(InputError, match=r"^backbone own: precision: bfloat16: this processor"):
        opened.predict(place / "new")


def test_with_tensorflow_it_opens_and_does_not_predict(place: Path) -> None:
    opened = open_run(place / "run", ["engine=tensorflow"])
    with pytest.raises(InputError, match=r"^backbone own: precision: bfloat16 needs OpenVINO"):
        opened.predict(place / "new")


def test_a_fit_is_refused_before_any_photo_is_read(
    place: Path, incapable: None, tmp_path: Path
) -> None:
    content = config(place, engine="openvino")
    for entry in content["backbones"]:
        entry["precision"] = "bfloat16"
    with pytest.raises(ConfigError) as caught:
        fit(content, run_dir=tmp_path / "run")
    assert [one.partition(" has ")[0] for one in caught.value.mistakes] == [
        "backbones.own: precision: bfloat16: this processor (i386)",
        "backbones.tiny: precision: bfloat16: this processor (i386)",
    ]
    content["engine"] = "tensorflow"
    with pytest.raises(ConfigError, match=r"backbones\.tiny: precision: bfloat16 needs OpenVINO"):
        fit(content, run_dir=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_transformer_takes_it(place: Path, tmp_path: Path) -> None:
    paths = sorted((place / "images").glob("*.png"))[:4]
    shutil.copy(place / "small.keras", tmp_path)
    own: dict[str, Any] = {
        "model": tmp_path / "small.keras",
        "preprocessing": "tf",
        "engine": "openvino",
        "cache_dir": tmp_path / "cache",
    }
    exact = BackboneFeatures(**own).fit_transform(paths)
    coarse = BackboneFeatures(precision="bfloat16", **own).fit_transform(paths)
    assert 0 < np.abs(coarse - exact).max() < 0.02 * np.abs(exact).max()
    with pytest.raises(InputError, match=r"precision\n?.*: must be 'float32', "):
        BackboneFeatures(precision="half", **own).fit(paths)
