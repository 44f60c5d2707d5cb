"""Tests of ensemble.heads.catalog."""

from __future__ import annotations

import pytest

from backbones.errors import InputError
from ensemble.heads import catalog


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("ridge", "RidgeLOO"),
        ("svr", "KernelSVR"),
        ("mlp", "MLP"),
        ("Ridge", "Ridge"),
        ("HistGradientBoostingRegressor", "HistGradientBoostingRegressor"),
    ],
)
def test_a_head_is_found_by_its_name(head: str, name: str) -> None:
    assert catalog.regressor_class(head).__name__ == name


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("StackingRegressor", "it is made of other estimators (estimators)"),
        ("MultiOutputRegressor", "it is made of other estimators (estimator)"),
        ("CCA", "it predicts several targets at once"),
        ("IsotonicRegression", "it takes a single feature"),
        ("TransformedTargetRegressor", "set target: log1p or target: sqrt on another head"),
    ],
)
def test_a_regressor_that_cannot_be_a_head_is_refused(head: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        catalog.regressor_class(head)
    assert str(caught.value).startswith(f"{head} cannot be a head: {reason}")


def test_only_regressors_that_exist_are_refused() -> None:
    assert catalog.REFUSED.keys() <= catalog._sklearn_regressors().keys()
    assert catalog.FIXED.keys() <= catalog._sklearn_regressors().keys()


def test_a_classifier_is_no_head() -> None:
    with pytest.raises(InputError, match="there is no head 'LogisticRegression'"):
        catalog.regressor_class("LogisticRegression")


@pytest.mark.parametrize(
    ("head", "parameters", "message"),
    [
        (
            "svr",
            {"c": 1, "epsilom": 2},
            "svr has no parameter 'c'; did you mean C?; and no parameter 'epsilom'; "
            "did you mean epsilon?",
        ),
        ("svr", {"C": -1}, "The 'C' parameter of KernelSVR must be a float in the range"),
        ("SVR", {"C": -1}, "The 'C' parameter of SVR must be a float in the range"),
        ("ridge", {"alphas": [0, 1]}, "alphas must be finite and above 0, not [0, 1]"),
        ("ridge", {"alphas": "many"}, "alphas must be a list of numbers, not 'many'"),
        ("mlp", {"optimizer": "adm"}, "optimizer: 'adm' is unknown; did you mean adam or"),
        ("mlp", {"loss": "mean_square_error"}, "did you mean mean_squared_error or"),
        ("mlp", {"layers": [64, 0.5]}, "layers must be whole numbers above 0, not [64, 0.5]"),
        (
            "KNeighborsRegressor",
            {"algorithm": "kd_tree"},
            "KNeighborsRegressor must have algorithm: brute, not 'kd_tree', to be saved",
        ),
    ],
)
def test_a_wrong_parameter_is_named(head: str, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        catalog.check_parameters(head, parameters)
    assert message in str(caught.value)


def test_a_seed_goes_where_one_is_taken_and_none_is_given() -> None:
    assert catalog.regressor("mlp", {}, seed=7).random_state == 7
    assert catalog.regressor("mlp", {"random_state": 1}, seed=7).random_state == 1
    assert "random_state" not in catalog.regressor("SVR", {}, seed=7).get_params()


def test_neighbours_are_searched_by_brute_force() -> None:
    assert catalog.regressor("KNeighborsRegressor", {}, seed=0).algorithm == "brute"
