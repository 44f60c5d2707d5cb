"""Tests of ensemble.heads.regressor."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.heads import (
    HeadSpec,
    build,
    fit,
    history,
    is_network,
    predict_alike,
    takes_weights,
)


def _problem(n: int = 60) -> tuple[Any, Any]:
    draw = np.random.default_rng(0)
    X = draw.normal(size=(n, 4)).astype(np.float32) * np.float32(50)
    X[:, 3] = 0.1
    return X, np.abs(X[:, 0]).astype(np.float64) / 10 + 1


@pytest.mark.parametrize(
    ("entry", "steps"),
    [
        ("ridge", ["standardscaler", "ridgeloo"]),
        ("svr", ["standardscaler", "kernelsvr"]),
        ("Ridge", ["standardscaler", "ridge"]),
    ],
)
def test_features_are_standardised_before_the_regressor(entry: str, steps: list[str]) -> None:
    head: Any = build(HeadSpec.model_validate(entry), seed=0)
    assert [name for name, _ in head.steps] == steps


def test_an_mlp_standardises_in_its_network() -> None:
    head = build(HeadSpec(head="mlp", parameters={"epochs": 3}), seed=4)
    assert repr(head) == "MLP(epochs=3, random_state=4)"


def test_the_seed_of_the_entry_wins() -> None:
    spec = HeadSpec(head="ExtraTreeRegressor", parameters={"random_state": 1})
    assert build(spec, seed=4)[-1].random_state == 1  # type: ignore[index]


@pytest.mark.parametrize("head", ["ridge", "svr", "KNeighborsRegressor", "DummyRegressor"])
@pytest.mark.parametrize("target", ["none", "log1p", "sqrt"])
def test_a_constant_column_leaves_predictions_finite(head: str, target: Any) -> None:
    X, y = _problem()
    fitted = fit(build(HeadSpec(head=head, target=target), seed=0), X, y)
    X[:, 3] = 5
    predictions = fitted.predict(X)
    assert predictions.shape == (60,)
    assert np.isfinite(predictions).all()


@pytest.mark.parametrize("target", ["none", "sqrt"])
@pytest.mark.parametrize("head", ["ridge", "svr", "LinearRegression"])
def test_weights_reach_the_regressor(head: str, target: Any) -> None:
    """Rows of weight 0 with a wild target change nothing."""
    X, y = _problem()
    weights = np.r_[np.ones(50), np.zeros(10)]
    wild = np.r_[y[:50], np.full(10, 1e4)]
    spec = HeadSpec(head=head, target=target)
    assert takes_weights(spec.head)
    calm = fit(build(spec, seed=0), X, y, weights).predict(X)
    np.testing.assert_allclose(fit(build(spec, seed=0), X, wild, weights).predict(X), calm)
    assert np.abs(fit(build(spec, seed=0), X, wild).predict(X) - calm).max() > 0.1


def test_a_head_without_weights_says_so() -> None:
    X, y = _problem()
    spec = HeadSpec(head="KNeighborsRegressor", target="sqrt")
    assert not takes_weights(spec.head)
    with pytest.raises(InputError) as caught:
        fit(build(spec, seed=0), X, y, np.ones(60))
    assert str(caught.value) == (
        "KNeighborsRegressor takes no sample weights; leave out the weights or this head"
    )


@pytest.mark.parametrize(
    ("entry", "y", "message"),
    [
        ({"head": "GammaRegressor"}, -1.0, r"^GammaRegressor cannot be fitted: Some value\(s\)"),
        ({"head": "ridge"}, np.nan, "^RidgeLOO cannot be fitted: Input y contains NaN"),
        ({"head": "ridge", "target": "sqrt"}, -1.0, "^target: sqrt needs a target 0 or above"),
    ],
)
def test_rows_that_cannot_be_fitted_name_the_head(entry: Any, y: float, message: str) -> None:
    X, _ = _problem()
    head = build(HeadSpec.model_validate(entry), seed=0)
    with pytest.raises(InputError, match=message):
        fit(head, X, np.full(60, y))


@pytest.mark.parametrize("target", ["none", "sqrt"])
def test_the_history_is_that_of_an_mlp(target: Any) -> None:
    parameters = {"layers": [4], "epochs": 2}
    mlp = build(HeadSpec(head="mlp", target=target, parameters=parameters), seed=0)
    curves = history(fit(mlp, *_problem()))
    assert {name: values.shape for name, values in curves.items()} == {
        "loss": (2,),
        "val_loss": (2,),
    }
    assert history(fit(build(HeadSpec(head="ridge", target=target), seed=0), *_problem())) == {}


def test_an_mlp_is_a_network() -> None:
    assert is_network(HeadSpec(head="mlp"))
    assert not is_network(HeadSpec(head="ridge"))


def test_only_an_mlp_imports_tensorflow_and_only_a_head_imports_scikit_learn() -> None:
    script = """
import sys, tempfile
from pathlib import Path
import ensemble.heads as heads
assert "sklearn" not in sys.modules
specs = [heads.HeadSpec.model_validate(name) for name in ("ridge", "svr", "mlp")]
assert "sklearn.linear_model" not in sys.modules
specs.append(heads.HeadSpec(head="Ridge"))
import numpy as np
X, y = np.eye(6, dtype=np.float32), np.arange(6.0)
for spec in specs:
    head = heads.build(spec, seed=0)
    if spec.head != "mlp":
        with tempfile.TemporaryDirectory() as folder:
            heads.save(heads.fit(head, X, y), Path(folder))
            heads.load(Path(folder)).predict(X)
sys.exit("tensorflow" in sys.modules or "keras" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


@pytest.mark.parametrize("head", ["ridge", "svr", "KNeighborsRegressor"])
def test_rows_are_predicted_alike_whichever_are_predicted_together(head: str) -> None:
    draw = np.random.default_rng(0)
    X, new = draw.normal(size=(2, 200, 700)).astype(np.float32)
    fitted = fit(build(HeadSpec(head=head), 0), X, X[:, :5].sum(axis=1).astype(np.float64))
    together = predict_alike(fitted, new)
    np.testing.assert_allclose(together, fitted.predict(new), rtol=1e-9)
    for size in (1, 3, 33):
        parts = [predict_alike(fitted, new[start : start + size]) for start in range(0, 200, size)]
        np.testing.assert_array_equal(np.concatenate(parts), together)
