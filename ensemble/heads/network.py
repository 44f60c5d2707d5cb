"""The Keras network of the ``mlp`` head: building, training, prediction and loading.

No function changes the random state of the process or any global state of Keras.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.networks.catalog import import_keras
from backbones.networks.pinned import pinned
from backbones.networks.saved import load_saved

Floats = npt.NDArray[np.float32]

#: Rows a batch when predicting: 20 MB of features; larger batches are no faster.
_BATCH = 1024

#: Learning rates where Keras's own is no good: with its 0.001, 50 epochs of Adadelta end far from
#: the optimum (RMSE 2.06 on the face photos; 1.61 with this).
_RATES = {"adadelta": 0.1}


@dataclass(frozen=True)
class Rows:
    """Features (n, d), target (n,) and weights (n,), all float32."""

    X: Floats
    y: Floats
    weights: Floats

    def take(self, index: npt.NDArray[np.intp]) -> Rows:
        """Return the rows at `index`, in its order."""
        return Rows(self.X[index], self.y[index], self.weights[index])


@pinned()
def build(rows: Rows, layers: Sequence[int], dropout: float, random: np.random.RandomState) -> Any:
    """Build the untrained network, from features (n, d) to predictions (n, 1).

    It standardises features and target by the statistics of `rows`, so that it starts near the mean
    and learning rates suit targets of any scale.
    """
    keras = import_keras()
    kl, initializers = keras.layers, keras.initializers
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(rows.X)
    inputs = keras.Input((rows.X.shape[1],), name="features")
    # Layers are named, as Keras would number them by how many the process has built.
    standardised = kl.Normalization(
        mean=scaler.mean_, variance=np.square(scaler.scale_), name="standardisation"
    )
    output = standardised(inputs)
    for number, units in enumerate(layers, start=1):
        first = initializers.GlorotUniform(seed=_seed(random))
        dense = kl.Dense(int(units), "relu", kernel_initializer=first, name=f"dense_{number}")
        drop = kl.Dropout(dropout, seed=_seed(random), name=f"dropout_{number}")
        output = drop(dense(output))
    first = initializers.GlorotUniform(seed=_seed(random))
    output = kl.Dense(1, kernel_initializer=first, name="standardised_target")(output)
    spread = float(rows.y.std()) or 1.0
    output = kl.Rescaling(spread, float(rows.y.mean()), name="target")(output)
    return keras.Model(inputs, output, name="mlp")


@pinned()
def optimizer(name: str, learning_rate: float | None) -> Any:
    """Create one of Keras's optimisers; None is its own learning rate, for Adadelta 0.1."""
    rate = _RATES.get(name) if learning_rate is None else learning_rate
    settings = {} if rate is None else {"learning_rate": float(rate)}
    return import_keras().optimizers.get({"class_name": name, "config": settings})


@pinned()
def train(
    model: Any,
    training: Rows,
    validation: Rows | None,
    random: np.random.RandomState,
    *,
    loss: str,
    optimizer: Any,
    epochs: int,
    batch_size: int,
    patience: int | None,
) -> dict[str, list[float]]:
    """Train `model` in place and return the losses of every epoch.

    With validation rows, training stops after `patience` epochs without a lower validation loss,
    and the best weights are restored.
    """
    keras = import_keras()
    callbacks = keras.callbacks

    # The model itself stays uncompiled, or its file would contain the optimiser's state too.
    trainer = keras.Model(model.input, model.output, name="trainer")
    # On a CPU an epoch compiled by XLA takes two to four times as long.
    trainer.compile(optimizer, loss, jit_compile=False)
    stopping: list[Any] = [callbacks.TerminateOnNaN()]
    held_out = None
    if validation is not None:
        held_out = (validation.X, validation.y[:, np.newaxis], validation.weights)
        stopping.append(callbacks.EarlyStopping(patience=patience, restore_best_weights=True))
    history = trainer.fit(
        _batches(training, batch_size, random),
        steps_per_epoch=math.ceil(len(training.y) / batch_size),
        epochs=epochs,
        validation_data=held_out,
        callbacks=stopping,
        shuffle=False,  # _batches shuffles them
        verbose=0,
    )
    return {name: [float(loss) for loss in losses] for name, losses in history.history.items()}


def predict(forward: Callable[[Floats], Any], X: Floats) -> npt.NDArray[np.float64]:
    """Predict float64 (n,) with a Keras network, or with a function of any engine.

    The network is called directly: Keras's ``predict`` would trace a graph, which costs more.
    """
    parts = [
        np.asarray(forward(X[start : start + _BATCH]))[:, 0] for start in range(0, len(X), _BATCH)
    ]
    return np.concatenate(parts).astype(np.float64)


@pinned()
def load(path: Path) -> Any:
    """Load the network in a ``.keras`` file, without executing code from it.

    Raises
    ------
    InputError
        The file is missing, damaged, or contains more than layers of Keras.
    """
    return load_saved(path)


def _batches(
    rows: Rows, size: int, random: np.random.RandomState
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Yield batches of the rows endlessly, in a new order every epoch."""
    while True:
        order = random.permutation(len(rows.y))
        for start in range(0, len(order), size):
            batch = rows.take(order[start : start + size])
            yield batch.X, batch.y[:, np.newaxis], batch.weights


def _seed(random: np.random.RandomState) -> int:
    return int(random.randint(2**31 - 1))
