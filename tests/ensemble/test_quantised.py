"""Runs with networks in whole numbers, which hang on the photos of the fit."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from backbones.engines import quantisation
from backbones.errors import InputError
from ensemble import BackboneEnsemble, BackboneFeatures, pack
from ensemble.config.settings import ConfigError
from ensemble.run import Run, open_run
from ensemble.training import fit
from tests.ensemble.runs.small import change, config, fit_small

#: int8 takes OpenVINO, NNCF and a fit or two each.
pytestmark = pytest.mark.slow

_SETTINGS: dict[str, Any] = {"folds": {"n": 2}, "stack": "mean", "engine": "openvino"}


def int8(folder: Path, **changes: Any) -> dict[str, Any]:
    """The small config with one of its two networks in whole numbers."""
    own, tiny = config(folder)["backbones"]
    return {"backbones": [own, {**tiny, "precision": "int8"}], **_SETTINGS, **changes}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a network in whole numbers, one without, and a pack of the first."""
    for package in ("openvino", "nncf"):
        pytest.importorskip(package, reason="the extras openvino and int8 are not installed")
    folder = tmp_path_factory.mktemp("int8")
    fit_small(folder, **int8(folder))
    fit(config(folder, **_SETTINGS), run_dir=folder / "exact")
    assert pack.main([str(folder / "run"), str(folder / "my.pack")]) == 0
    return folder


def refit(place: Path, folder: Path, **changes: Any) -> Run:
    """The fit again, from an empty cache."""
    content = config(place, **int8(place, cache_dir=str(folder / "cache"), **changes))
    return fit(content, run_dir=folder / "run")


def quantised_anew(caplog: pytest.LogCaptureFixture) -> bool:
    said = "  tiny: in whole numbers, on 20 photos, its features move by "
    return any(message.startswith(said) for message in caplog.messages)


def test_its_predictions_are_close_to_those_of_float32_and_not_the_same(place: Path) -> None:
    coarse, exact = (open_run(place / run).predict(place / "new") for run in ("run", "exact"))
    assert not np.array_equal(coarse["tiny.svr"], exact["tiny.svr"])
    np.testing.assert_allclose(coarse["tiny.svr"], exact["tiny.svr"], rtol=0.1)
    np.testing.assert_array_equal(coarse["own.ridge"], exact["own.ridge"])


def test_its_features_are_those_of_nncf_on_the_same_photos(place: Path) -> None:
    """Quantised here from the converted network, without any of our code but the conversion."""
    import nncf
    import openvino

    from backbones.features.forward_pass import converted_path

    exact = next(
        one for one in open_run(place / "exact").experiment.backbones if one.name == "tiny"
    )
    core = openvino.Core()
    model = core.read_model(converted_path([exact], place / "cache"))
    photos = [
        np.array(Image.open(path).convert("RGB").resize((64, 64), Image.Resampling.BILINEAR))[None]
        for path in sorted((place / "images").iterdir())
    ]
    quantised = nncf.quantize(model, nncf.Dataset(photos), subset_size=len(photos))
    peer = core.compile_model(quantised, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    ours = core.compile_model(
        core.read_model(place / "run" / "networks" / "tiny.xml"),
        "CPU",
        {"INFERENCE_PRECISION_HINT": "f32"},
    )
    for photo in photos:
        np.testing.assert_allclose(ours(photo)[0], peer(photo)[0], rtol=0.02, atol=0.02)


def test_it_has_the_same_bytes_from_an_empty_cache(place: Path, tmp_path: Path) -> None:
    again = refit(place, tmp_path).files.files
    before = open_run(place / "run").files.files
    assert {"networks/tiny.bin", "networks/tiny.xml"} <= before.keys()
    differing = {name for name in before if before[name] != again.get(name)}
    assert differing <= {"config.yaml"}  # it names the cache


def test_photos_that_are_added_change_its_key(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "images", tmp_path / "images")
    shutil.copy(place / "small.keras", tmp_path)
    table = pd.read_csv(place / "train.csv").iloc[:-4]
    table.to_csv(tmp_path / "train.csv", index=False)
    less = fit(config(tmp_path, **int8(tmp_path)), run_dir=tmp_path / "run")
    fingerprints = {
        one.fingerprint
        for run in (less, open_run(place / "run"))
        for one in run.experiment.quantised
    }
    assert len(fingerprints) == 2


@pytest.mark.parametrize("run", ["run", "my.pack"])
def test_it_predicts_bit_for_bit_with_an_empty_cache(
    place: Path, run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = open_run(place / "run").predict(place / "new")
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "other"))
    settings = [f"cache_dir={tmp_path / 'cache'}"] if run == "run" else []
    monkeypatch.setattr(quantisation, "_quantise", None)  # nothing is quantised again
    found = open_run(place / run, settings).predict(place / "new")
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_a_run_that_is_as_it_was_is_opened_and_predicts(place: Path) -> None:
    again = fit(config(place, **int8(place)), run_dir=place / "run")
    expected = open_run(place / "run").predict(place / "new")
    pd.testing.assert_frame_equal(again.predict(place / "new"), expected, check_exact=True)


def test_a_damaged_network_in_the_cache_is_made_again(
    place: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first = refit(place, tmp_path)
    (one,) = first.experiment.quantised
    assert quantised_anew(caplog)
    caplog.clear()
    (network,) = [
        path
        for path in (tmp_path / "cache" / "networks").glob("*.bin")
        if path.read_bytes() == (first.folder / "networks" / "tiny.bin").read_bytes()
    ]
    network.write_bytes(b"other" + network.read_bytes()[5:])
    shutil.rmtree(tmp_path / "cache" / "features")
    again = refit(place, tmp_path, folds={"n": 3})
    assert again.experiment.quantised[0].fingerprint == one.fingerprint
    assert quantised_anew(caplog)
    network.write_bytes(b"other")
    open_run(again.folder).predict(place / "new")  # from the run's


def test_features_that_move_much_are_told_of(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is shown to the quantisation is far darker than the photos are."""
    quantise = quantisation._quantise

    def in_the_dark(model: Any, photos: list[Any]) -> Any:
        return quantise(model, [photo // 64 for photo in photos])

    monkeypatch.setattr(quantisation, "_quantise", in_the_dark)
    refit(place, tmp_path)
    (warning,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert "of their spread: little may be left of them; set precision: float32" in warning


def test_weights_that_are_no_numbers_are_refused(place: Path, tmp_path: Path) -> None:
    import keras

    network = keras.saving.load_model(place / "small.keras")
    first = network.get_layer("first")
    first.set_weights([np.full_like(one, np.nan) for one in first.get_weights()])
    network.save(tmp_path / "small.keras")
    own, _ = int8(place)["backbones"]
    damaged = {**own, "model": str(tmp_path / "small.keras"), "precision": "int8"}
    with pytest.raises(InputError, match=r"^backbone own: its network gives numbers that are not"):
        refit(place, tmp_path, backbones=[damaged])


def test_another_network_in_a_run_is_refused(place: Path, tmp_path: Path) -> None:
    run = shutil.copytree(place / "run", tmp_path / "run")
    change(run, "networks/tiny.bin", (run / "networks" / "tiny.bin").read_bytes()[::-1])
    with pytest.raises(InputError, match=r"tiny\.xml is not the network of the run; run the fit"):
        open_run(run)


def test_photos_that_cannot_be_decoded_show_nothing(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "images", tmp_path / "images")
    shutil.copy(place / "small.keras", tmp_path)
    shutil.copy(place / "train.csv", tmp_path)
    whole = sorted((tmp_path / "images").iterdir())
    for path in whole[3:5]:
        path.write_bytes(path.read_bytes()[:200])
    content = config(tmp_path, **int8(tmp_path))
    with pytest.raises(InputError, match="photos that cannot be used") as caught:
        fit(content, run_dir=tmp_path / "run")
    assert len(caught.value.mistakes) == 2
    content["data"]["on_bad_photo"] = "skip"
    assert fit(content, run_dir=tmp_path / "run").metrics["rejected"] == 2
    for path in whole:
        path.write_bytes(b"no photo")
    with pytest.raises(InputError, match="photos that cannot be used"):
        fit(content, run_dir=tmp_path / "run")


def test_two_of_one_network_have_a_pass_each(place: Path, tmp_path: Path) -> None:
    own, tiny = int8(place)["backbones"]
    other = {**tiny, "name": "other", "layers": ["conv_pw_1_relu"], "heads": ["ridge"]}
    run = refit(place, tmp_path, backbones=[own, tiny, other])
    assert {"networks/tiny.xml", "networks/other.xml"} <= run.files.files.keys()
    alone = open_run(place / "run").predict(place / "new")
    np.testing.assert_array_equal(run.predict(place / "new")["tiny.svr"], alone["tiny.svr"])


def test_the_estimator_takes_it_and_the_transformer_does_not(place: Path, tmp_path: Path) -> None:
    table = pd.read_csv(place / "train.csv")
    paths = [place / "images" / name for name in table["photo"]]
    entry = {**int8(place)["backbones"][1], "heads": ["ridge"]}
    model = BackboneEnsemble([entry], folds=3, engine="openvino", cache_dir=tmp_path / "cache")
    expected = model.fit(paths, table["light"]).predict(paths)
    run = model.save(tmp_path / "run")
    np.testing.assert_array_equal(run.predict(paths)["stack"], expected)
    del entry["name"], entry["heads"], entry["precision"]
    with pytest.raises(InputError, match="a transformer learns nothing"):
        BackboneFeatures(precision="int8", **entry).fit(paths)


def test_what_cannot_do_it_is_named_before_any_photo_is_read(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = config(place, **int8(place, engine="tensorflow"))
    with pytest.raises(ConfigError, match=r"backbones\.tiny: precision: int8 needs OpenVINO"):
        fit(content, run_dir=tmp_path / "run")
    monkeypatch.setattr(quantisation.importlib.util, "find_spec", lambda _: None)
    content["engine"] = "openvino"
    with pytest.raises(ConfigError, match=r"precision: int8 needs NNCF to fit: pip install"):
        fit(content, run_dir=tmp_path / "run")
    open_run(place / "run").predict(place / "new")  # which does not need it
