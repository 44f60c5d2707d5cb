"""The Keras network of the ``mlp`` head: built, trained, run, and read from its file.

No function touches the random state of the process, nor any other state of Keras.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.networks.catalog import import_keras

Floats = npt.NDArray[np.float32]

#: Rows predicted at once: 20 MB of features, and more gain no speed.
_BATCH = 1024


@dataclass(frozen=True)
class Rows:
    """Features (n, d), target (n,) and weights (n,), all float32."""

    X: Floats
    y: Floats
    weights: Floats

    def take(self, index: npt.NDArray[np.intp]) -> Rows:
        """These rows, in the order of `index`."""
        return Rows(self.X[index], self.y[index], self.weights[index])


def build(rows: Rows, layers: Sequence[int], dropout: float, random: np.random.RandomState) -> Any:
    """The untrained network, from features (n, d) to predictions (n, 1).

    It standardises features and target by the statistics of `rows`; so it starts near the mean,
    and an optimiser's steps are right for targets of any size.
    """
    keras = import_keras()
    kl, initializers = keras.layers, keras.initializers
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(rows.X)
    inputs = keras.Input((rows.X.shape[1],), name="features")
    # Names are given, since Keras would number them by how many models the process has built.
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


def optimizer(name: str, learning_rate: float | None) -> Any:
    """One of Keras's optimisers, with its own learning rate by default."""
    settings = {} if learning_rate is None else {"learning_rate": float(learning_rate)}
    return import_keras().optimizers.get({"class_name": name, "config": settings})


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
    """Trains `model` in place and returns the losses of every epoch.

    With validation rows it stops after `patience` epochs without a better loss on them, and ends
    with the best weights.
    """
    keras = import_keras()
    callbacks = keras.callbacks

    # The network itself stays uncompiled: compiled, its file would hold the optimiser's state too.
    trainer = keras.Model(model.input, model.output, name="trainer")
    # On a CPU an epoch compiled by XLA takes two to four times as long.
    trainer.compile(optimizer, loss, jit_compile=False)
    stops: list[Any] = [callbacks.TerminateOnNaN()]
    held_out = None
    if validation is not None:
        held_out = (validation.X, validation.y[:, np.newaxis], validation.weights)
        stops.append(callbacks.EarlyStopping(patience=patience, restore_best_weights=True))
    history = trainer.fit(
        _batches(training, batch_size, random),
        steps_per_epoch=math.ceil(len(training.y) / batch_size),
        epochs=epochs,
        validation_data=held_out,
        callbacks=stops,
        shuffle=False,  # by Keras, that is: the batches come shuffled
        verbose=0,
    )
    return {name: [float(one) for one in values] for name, values in history.history.items()}


def predict(forward: Callable[[Floats], Any], X: Floats) -> npt.NDArray[np.float64]:
    """Predictions float64 (n,) of a network, of Keras or as a function of any engine.

    Keras traces no graph in a call: that would cost more than the call.
    """
    parts = [
        np.asarray(forward(X[start : start + _BATCH]))[:, 0] for start in range(0, len(X), _BATCH)
    ]
    return np.concatenate(parts).astype(np.float64)


def load(path: Path) -> Any:
    """The network in a ``.keras`` file; nothing in the file is executed.

    Raises
    ------
    InputError
        The file is missing, damaged, or holds more than layers of Keras.
    """
    try:
        return import_keras().saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path} is not a network that can be read: {error}") from error


def _batches(
    rows: Rows, size: int, random: np.random.RandomState
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """The rows in batches without end, shuffled anew for each epoch."""
    while True:
        order = random.permutation(len(rows.y))
        for start in range(0, len(order), size):
            batch = rows.take(order[start : start + size])
            yield batch.X, batch.y[:, np.newaxis], batch.weights


def _seed(random: np.random.RandomState) -> int:
    return int(random.randint(2**31 - 1))
