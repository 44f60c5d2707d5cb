"""Tests of ensemble.heads.trees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    BaggingRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from ensemble.heads import trees

_RNG = np.random.default_rng(0)
X = _RNG.normal(size=(80, 4))
y = X[:, 0] * 3 + X[:, 3]


@pytest.mark.parametrize(
    "regressor",
    [
        DecisionTreeRegressor(),
        DecisionTreeRegressor(max_leaf_nodes=5),
        RandomForestRegressor(n_estimators=3),
        BaggingRegressor(n_estimators=3, max_features=0.5),
        GradientBoostingRegressor(n_estimators=3),
        HistGradientBoostingRegressor(max_iter=3, min_samples_leaf=2),
    ],
    ids=lambda one: type(one).__name__,
)
def test_trees_as_fitted_can_be_walked(regressor: Any) -> None:
    pipeline = make_pipeline(StandardScaler(), clone(regressor))
    for head in (regressor, TransformedTargetRegressor(pipeline)):
        trees.check(head.fit(X, y))


def _tree(field: str, node: int, value: int) -> Any:
    head = DecisionTreeRegressor(max_depth=2).fit(X, y)
    state = head.tree_.__getstate__()
    state["nodes"] = state["nodes"].copy()
    state["nodes"][field][node] = value
    head.tree_.__setstate__(state)
    return head


@pytest.mark.parametrize(
    ("field", "node", "value"),
    [
        ("left_child", 0, 10**9),
        ("right_child", 0, -7),
        ("right_child", 1, 0),  # a walk in a circle
        ("feature", 0, 4),
        ("feature", 0, -2),
    ],
)
def test_a_tree_that_leads_out_is_refused(field: str, node: int, value: int) -> None:
    with pytest.raises(ValueError, match="leads out of its nodes or features"):
        trees.check(_tree(field, node, value))


def test_more_nodes_than_there_are_is_refused() -> None:
    head = DecisionTreeRegressor(max_depth=2).fit(X, y)
    state = head.tree_.__getstate__()
    head.tree_.__setstate__({**state, "node_count": state["node_count"] + 1})
    with pytest.raises(ValueError, match="leads out"):
        trees.check(head)


@pytest.mark.parametrize("features", [1, None])
def test_an_estimator_that_would_let_narrower_rows_pass_is_refused(features: int | None) -> None:
    head = RandomForestRegressor(n_estimators=1).fit(X, y)
    if features is None:
        del head.n_features_in_
    else:
        head.n_features_in_ = features
    with pytest.raises(ValueError, match="leads out"):
        trees.check(head)


@pytest.mark.parametrize(
    ("field", "value"), [("left", 10**6), ("right", 0), ("feature_idx", 4), ("is_categorical", 1)]
)
def test_a_boosted_tree_that_leads_out_is_refused(field: str, value: int) -> None:
    head = HistGradientBoostingRegressor(max_iter=2, min_samples_leaf=2).fit(X, y)
    head._predictors[1][0].nodes[field][0] = value
    with pytest.raises(ValueError, match="leads out"):
        trees.check(head)
