"""Tests of ensemble.heads.encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from ensemble.heads import HeadSpec, Kind, build, fit, load, save
from ensemble.heads.archive import HeadFileError
from ensemble.heads.regressor import predict_alike
from ensemble.heads.ridge import RidgeLOO

KINDS: tuple[Kind, ...] = ("number", "category", "number")

#: Regressors of every way to encode: trees with and without NaN, others, alone and inside others.
HEADS = (
    "ridge",
    "svr",
    "HistGradientBoostingRegressor",
    "GradientBoostingRegressor",
    "ExtraTreesRegressor",
    "RandomForestRegressor",
    "DecisionTreeRegressor",
    "AdaBoostRegressor",
    "BaggingRegressor",
    "KNeighborsRegressor",
)


def rows(features: int = 0) -> tuple[Any, Any]:
    """Numbers, four labels, and numbers with gaps; the target hangs on the first two."""
    draw = np.random.default_rng(0)
    X = draw.normal(size=(80, features + 3))
    X[:, -2] = draw.integers(0, 4, size=80)
    y = 10 + X[:, -3] + np.array([0, 3, -2, 1])[X[:, -2].astype(int)]
    X[::9, -1] = np.nan
    X[::11, -2] = np.nan
    return X, y


def fitted(head: str, columns: bool = False) -> Any:
    X, y = rows(5 if columns else 0)
    return fit(build(HeadSpec(head=head, columns=columns), 0, KINDS), X, y)


def test_ridge_is_the_pipeline_of_scikit_learn() -> None:
    X, y = rows()
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    labels = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    encode = ColumnTransformer([("n", numbers, [0, 2]), ("c", labels, [1])])
    expected = make_pipeline(encode, RidgeLOO()).fit(X, y)
    new = np.array([[0.5, 2, 1.0], [np.nan, 9, np.nan], [1.0, np.nan, 0.0]])
    np.testing.assert_allclose(fitted("ridge").predict(new), expected.predict(new), rtol=1e-12)


def test_trees_are_the_pipeline_of_scikit_learn() -> None:
    X, y = rows()
    labels = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    encode = ColumnTransformer([("n", "passthrough", [0, 2]), ("c", labels, [1])])
    expected = make_pipeline(encode, HistGradientBoostingRegressor(random_state=0)).fit(X, y)
    new = np.array([[0.5, 2, 1.0], [np.nan, 9, np.nan]])
    head = fitted("HistGradientBoostingRegressor")
    np.testing.assert_array_equal(head.predict(new), expected.predict(new))


@pytest.mark.parametrize("columns", [False, True])
@pytest.mark.parametrize("head", HEADS)
def test_the_same_head_has_the_same_bytes_and_predicts_what_it_did(
    tmp_path: Path, head: str, columns: bool
) -> None:
    first = fitted(head, columns)
    save(first, tmp_path / "first")
    save(fitted(head, columns), tmp_path / "second")
    save(load(tmp_path / "first"), tmp_path / "third")
    files = [(tmp_path / name / "head.skops").read_bytes() for name in ("first", "second", "third")]
    assert files[0] == files[1] == files[2]
    new = rows(5 if columns else 0)[0]
    new[0, -2], new[1, -3:] = 7, np.nan  # a label of no training row, and nothing known
    np.testing.assert_array_equal(
        predict_alike(load(tmp_path / "first"), new), predict_alike(first, new)
    )
    assert np.isfinite(first.predict(new)).all()


def test_features_keep_their_own_scale_beside_columns() -> None:
    X, _ = rows(5)
    encode = fitted("ridge", columns=True)[0]
    np.testing.assert_allclose(
        encode.transform(X)[:, :5], StandardScaler().fit_transform(X[:, :5]), atol=1e-12
    )
    assert encode.transform(X).shape == (80, 5 + 2 + 5)  # four labels, and missing ones


def test_a_column_that_is_missing_in_all_training_rows_says_nothing() -> None:
    X, y = rows()
    X[:, 0] = np.nan
    for head in ("ridge", "HistGradientBoostingRegressor", "GradientBoostingRegressor"):
        found = fit(build(HeadSpec(head=head), 0, KINDS), X, y)
        assert np.isfinite(found.predict(rows()[0])).all()


def test_labels_of_many_kinds_share_a_feature_beyond_a_bound() -> None:
    X = np.column_stack([np.repeat(np.arange(300.0), 2), np.zeros(600)])
    head = fit(build(HeadSpec(head="ridge"), 0, ("category", "number")), X, X[:, 0])
    assert head[0].transform(X).shape == (600, 256 + 1)


def test_a_tree_behind_columns_that_leads_out_of_its_features_is_refused(tmp_path: Path) -> None:
    head = fitted("HistGradientBoostingRegressor")
    nodes = head[-1]._predictors[0][0].nodes
    nodes["feature_idx"][~nodes["is_leaf"].astype(bool)] = 3
    save(head, tmp_path)
    with pytest.raises(HeadFileError, match="a tree in it leads out of its nodes or features"):
        load(tmp_path)
