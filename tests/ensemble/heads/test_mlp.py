"""Tests of ensemble.heads.mlp."""

from __future__ import annotations

import copy
import pickle
import random
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from backbones.errors import InputError
from ensemble.heads.mlp import LOSSES, MLP, OPTIMIZERS

_FAST = {"layers": (16,), "optimizer": "adam", "learning_rate": 0.01, "epochs": 3}
_EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": "rows are drawn for validation and for "
    "batches one by one, so that a row twice is not a row of weight two"
}


@pytest.mark.slow
@parametrize_with_checks(
    [MLP(**{**_FAST, "epochs": 20})], expected_failed_checks=lambda _: _EXPECTED
)
def test_is_a_scikit_learn_estimator(estimator: Any, check: Any) -> None:
    check(estimator)


def _problem(n: int = 300) -> tuple[Any, Any]:
    draw = np.random.default_rng(0)
    X = draw.normal(size=(n, 5)).astype(np.float32) * [1, 10, 100, 1, 0] + [0, 5, 0, 1e3, 0.1]
    return X.astype(np.float32), 1000 * np.abs(X[:, 0]) + 10 * X[:, 1] + 5000


@pytest.fixture(scope="module")
def fitted() -> MLP:
    return MLP(**{**_FAST, "epochs": 60, "dropout": 0.0}).fit(*_problem())


def test_learns_what_a_constant_cannot(fitted: MLP) -> None:
    """Columns of unlike size, one constant, and a target far from 0 are no trouble."""
    X, y = _problem()
    error = np.abs(fitted.predict(X) - y).mean()
    assert error < 0.3 * np.abs(np.median(y) - y).mean()


def test_the_network_goes_from_features_to_predictions(fitted: MLP) -> None:
    X, _ = _problem()
    outputs = fitted.network_.predict(X, verbose=0)
    assert outputs.shape == (300, 1)
    np.testing.assert_allclose(outputs[:, 0], fitted.predict(X), rtol=1e-5)


def test_keeps_the_history_and_stops_early(fitted: MLP) -> None:
    X, y = _problem()
    assert list(fitted.history_) == ["loss", "val_loss"]
    assert fitted.history_["loss"][0] > 3 * fitted.history_["loss"][-1]
    head = MLP(**{**_FAST, "epochs": 50, "learning_rate": 0.5, "patience": 1}).fit(X, y)
    losses = head.history_["val_loss"]
    assert len(losses) < 50
    assert losses[-1] >= min(losses)


def test_the_best_weights_are_restored() -> None:
    X, y = _problem()
    head = MLP(**{**_FAST, "epochs": 50, "learning_rate": 0.5, "patience": 2})
    held_out = head._split(_rows(X, y), np.random.RandomState(0))[1]
    assert held_out is not None
    head.fit(X, y)
    error = np.abs(head.predict(held_out.X) - held_out.y).mean()
    assert error == pytest.approx(min(head.history_["val_loss"]), rel=1e-4)


def test_without_patience_all_rows_train() -> None:
    head = MLP(**_FAST, patience=None)
    X, y = _problem()
    training, validation = head._split(_rows(X, y), np.random.RandomState(0))
    assert validation is None
    assert len(training.y) == 300
    assert {key: len(value) for key, value in head.fit(X, y).history_.items()} == {"loss": 3}


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bits_whatever_the_process_drew() -> None:
    import keras

    X, y = _problem()
    first = MLP(**_FAST).fit(X, y).predict(X)
    keras.utils.set_random_seed(5)
    states = random.getstate(), np.random.get_state()[1].tolist()
    second = MLP(**_FAST).fit(X, y).predict(X)
    np.testing.assert_array_equal(first, second)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == states
    assert np.abs(MLP(**_FAST, random_state=1).fit(X, y).predict(X) - first).max() > 1


def test_weights_weigh() -> None:
    """Two groups of equal rows; the network follows the one that weighs."""
    X = np.zeros((100, 2), dtype=np.float32)
    y = np.tile([0.0, 10.0], 50)
    head = MLP(**{**_FAST, "epochs": 40}, loss="mean_squared_error", dropout=0.0, patience=None)
    low = head.fit(X, y, np.where(y == 0, 9.0, 1.0)).predict(X[:1])
    assert low == pytest.approx(1, abs=0.5)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_predict_the_same(fitted: MLP, copied: Any) -> None:
    X, _ = _problem()
    np.testing.assert_array_equal(copied(fitted).predict(X), fitted.predict(X))


def test_a_clone_is_unfitted(fitted: MLP) -> None:
    fresh = clone(fitted)
    assert fresh.get_params() == fitted.get_params()
    assert not hasattr(fresh, "history_")


def test_all_named_losses_and_optimisers_are_keras_own() -> None:
    import keras

    for name in LOSSES:
        assert callable(keras.losses.get(name))
    for name in OPTIMIZERS:
        assert keras.optimizers.get(name).__class__.__name__.lower() == name


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"optimizer": "adadleta"}, "optimizer: 'adadleta' is unknown; did you mean adadelta?"),
        ({"loss": "hubert"}, "loss: 'hubert' is unknown; did you mean huber?"),
        ({"layers": [8, 0]}, "layers must be whole numbers above 0, not [8, 0]"),
        ({"epochs": 0}, "The 'epochs' parameter of MLP must be an int in the range"),
        ({"dropout": 1.0}, "The 'dropout' parameter of MLP must be a float in the range"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"is unknown|must be") as caught:
        MLP(**parameters).fit(*_problem())
    assert str(caught.value).startswith(message)


def test_a_training_that_diverges_is_told() -> None:
    X, y = _problem()
    head = MLP(**{**_FAST, "learning_rate": 1e30, "loss": "mean_squared_error"})
    with pytest.raises(InputError, match=r"^MLP: training with adam diverged in epoch \d; lower"):
        head.fit(X, y)


def _rows(X: Any, y: Any) -> Any:
    from ensemble.heads.network import Rows

    return Rows(X, y.astype(np.float32), np.ones(len(y), np.float32))
