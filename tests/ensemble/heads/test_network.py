"""Tests of ensemble.heads.network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.heads import network


def _rows(n: int = 40) -> network.Rows:
    draw = np.random.default_rng(0)
    X = draw.normal(size=(n, 3)).astype(np.float32)
    X[:, 2] = 0.1
    return network.Rows(X, (X[:, 0] * 5 + 20).astype(np.float32), np.ones(n, np.float32))


def test_layers_have_names_of_their_own() -> None:
    model = network.build(_rows(), (8, 4), 0.2, np.random.RandomState(0))
    assert [layer.name for layer in model.layers] == [
        "features",
        "standardisation",
        "dense_1",
        "dropout_1",
        "dense_2",
        "dropout_2",
        "standardised_target",
        "target",
    ]


def test_an_untrained_network_starts_near_the_target() -> None:
    rows = _rows()
    model = network.build(rows, (8, 4), 0.2, np.random.RandomState(0))
    first = network.predict(model, rows.X)
    assert abs(first.mean() - rows.y.mean()) < 2 * rows.y.std()


def test_dropout_is_at_work_in_training_and_not_in_prediction() -> None:
    rows = _rows()
    model = network.build(rows, (8,), 0.5, np.random.RandomState(0))
    drawn = [np.asarray(model(rows.X, training=True)) for _ in range(2)]
    assert np.abs(drawn[0] - drawn[1]).max() > 0.1
    np.testing.assert_array_equal(network.predict(model, rows.X), network.predict(model, rows.X))


def test_every_epoch_has_each_row_once_in_a_new_order() -> None:
    rows = network.Rows(
        np.zeros((10, 1), np.float32), np.arange(10, dtype=np.float32), np.ones(10, np.float32)
    )
    batches = network._batches(rows, 4, np.random.RandomState(0))
    epochs = [np.concatenate([next(batches)[1][:, 0] for _ in range(3)]) for _ in range(2)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(10))
    assert epochs[0].tolist() != epochs[1].tolist()


def test_the_learning_rate_is_keras_own_unless_given_but_for_adadelta() -> None:
    assert float(network.optimizer("adam", None).learning_rate) == pytest.approx(0.001)
    assert float(network.optimizer("adadelta", None).learning_rate) == pytest.approx(0.1)
    assert float(network.optimizer("adadelta", 1.0).learning_rate) == 1


def test_predicts_more_rows_than_a_batch() -> None:
    rows = _rows(2500)
    model = network.build(rows, (4,), 0.0, np.random.RandomState(0))
    whole = np.asarray(model(rows.X))[:, 0]
    np.testing.assert_allclose(network.predict(model, rows.X), whole, rtol=1e-5)


def test_a_network_that_would_run_code_is_refused(tmp_path: Path) -> None:
    import keras

    path = tmp_path / "network.keras"
    inputs = keras.Input((3,))
    keras.Model(inputs, keras.layers.Lambda(lambda x: x * 2)(inputs)).save(path)
    with pytest.raises(InputError, match=r"network\.keras cannot be opened: it holds Lambda"):
        network.load(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "network.keras"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"network\.keras cannot be opened: "):
        network.load(path)
