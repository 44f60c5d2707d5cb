from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from backbones.errors import InputError
from ensemble import BackboneEnsemble, BackboneFeatures
from tests.ensemble.brightness import draw_photos, pooled_entry, save_network


@pytest.fixture
def photos(tmp_path: Path) -> pd.DataFrame:
    return draw_photos(tmp_path / "images", count=12)


@pytest.fixture
def features(tmp_path: Path) -> BackboneFeatures:
    model = save_network(tmp_path / "small.keras")
    return BackboneFeatures(
        model=model,
        preprocessing="tf",
        layers=["first", "second"],
        engine="tensorflow",
        cache_dir=tmp_path / "cache",
    )


def test_it_is_a_step_of_a_pipeline(features: BackboneFeatures, photos: pd.DataFrame) -> None:
    model = make_pipeline(features, Ridge()).fit(photos["photo"], photos["light"])
    assert model.score(photos["photo"], photos["light"]) > 0.9
    assert clone(features).get_params()["layers"] == ["first", "second"]


def test_it_takes_a_column_of_a_table(features: BackboneFeatures, photos: pd.DataFrame) -> None:
    table = photos.assign(area=np.arange(12.0), index=range(100, 112)).set_index("index")
    columns = make_column_transformer(
        (features, ["photo"]), ("passthrough", ["area"]), verbose_feature_names_out=False
    ).set_output(transform="pandas")
    found = columns.fit_transform(table)
    assert list(found) == [*(f"small_{n}" for n in range(10)), "area"]
    assert found.index.tolist() == table.index.tolist()
    alone = features.fit(table[["photo"]])
    assert alone.feature_names_in_.tolist() == ["photo"]
    np.testing.assert_array_equal(found.iloc[:, :10], alone.transform(table["photo"]))


def test_features_are_those_that_the_ensemble_learns_from(
    features: BackboneFeatures, photos: pd.DataFrame, computed: dict[str, int]
) -> None:
    matrix = features.fit_transform(photos["photo"])
    assert matrix.shape == (12, 10)
    assert matrix.dtype == np.float32
    assert computed["photos"] == 12
    entry = {**pooled_entry(str(features.model)), "heads": ["ridge"]}
    model = BackboneEnsemble(
        [entry], folds=3, engine="tensorflow", cache_dir=features.cache_dir
    ).fit(photos["photo"], photos["light"])
    assert computed["photos"] == 12
    assert model.result_.experiment.backbones[0].fingerprint == features.backbone_.fingerprint


def test_the_order_of_rows_is_that_of_the_paths(
    features: BackboneFeatures, photos: pd.DataFrame
) -> None:
    paths = photos["photo"].tolist()
    matrix = features.fit_transform(paths)
    np.testing.assert_array_equal(features.transform([*paths[::-1], paths[3]])[:12], matrix[::-1])


WRONG = [
    ({"pooling": "none"}, "pooling: none keeps whole maps; a transformer gives rows"),
    ({"layers": ["third"]}, "layers: small has no layer 'third'; known: first"),
    ({"preprocessing": None}, "a saved model needs preprocessing: tf, caffe, torch or none"),
    ({"application": "MobileNetV2"}, "give one of application"),
    ({"resize": "stretch"}, "parameters that do not fit:\n  - resize: must be"),
    ({"model": None, "preprocessing": None}, "application or model must be given"),
]


@pytest.mark.parametrize(("parameters", "message"), WRONG, ids=lambda v: str(v)[:20])
def test_wrong_parameters_are_named_when_it_is_fitted(
    features: BackboneFeatures, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message.replace("[", r"\[")):
        features.set_params(**parameters).fit(["a.png"])


def test_photos_that_are_not_there_are_all_named(
    features: BackboneFeatures, photos: pd.DataFrame
) -> None:
    features.fit(photos["photo"])
    with pytest.raises(InputError) as caught:
        features.transform([photos["photo"][0], "x.png", "y.png"])
    assert len(caught.value.mistakes) == 2
