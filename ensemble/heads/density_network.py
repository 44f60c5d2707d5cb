"""The Keras network of the ``density`` head: feature maps to how much lies in each cell."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.features.maps import Maps
from backbones.networks.catalog import import_keras

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]

#: Photos whose maps give the mean and the spread of each channel.
_SAMPLE = 128

#: Weight of the error of the count beside that of the map: with 1 the head learns counts by heart.
_COUNT_WEIGHT = 0.05

#: Weight of the error of where an object lies at all. An object that covers many cells adds next to
#: nothing to the error of the map, as each holds a small part of it; here every cell of it counts.
_COVER_WEIGHT = 1e-4

#: The layer that gives the density, and from whose input the cover is read as well.
_LAST = "last"


@dataclass(frozen=True)
class Training:
    """What the network learns from, one entry a photo."""

    maps: Maps
    target: Floats  #: (n,)
    density: Floats  #: (n, rows, columns)
    located: Floats  #: (n,), 1 where the density is known, 0 where only the count is
    weights: Floats  #: (n,)


def build(
    training: Training, grid: tuple[int, int], width: int, random: np.random.RandomState
) -> Any:
    """The untrained network, from maps (n, h, w, c) each to a density (n, rows, columns).

    Maps of one size are taken together; each size is mixed by a convolution of 1 x 1 and brought
    to the grid; then three layers look around. It starts from the mean count, spread evenly.
    """
    keras = import_keras()
    layers = keras.layers
    inputs = [
        keras.Input(shape, dtype="float16", name=f"maps_{number}")
        for number, shape in enumerate(training.maps.shapes)
    ]
    conv = _Convolutions(random)
    by_size: dict[tuple[int, int], list[Any]] = {}
    for one, scaled in zip(inputs, _standardise(inputs, training, random), strict=True):
        by_size.setdefault(one.shape[1:3], []).append(scaled)
    branches = []
    for size, maps in by_size.items():
        if len(maps) > 1:
            maps = [layers.Concatenate(name="maps_of_{}_x_{}".format(*size))(maps)]
        branches.append(_resample(grid, size, maps[0], width, conv))
    if len(branches) > 1:
        branches = [layers.Add(name="together")(branches)]
    mixed = layers.ReLU(name="mixed")(branches[0])
    for dilation in (1, 2):
        mixed = conv(width // 3, 3, dilation_rate=dilation)(mixed)
    start = keras.initializers.Constant(math.log(math.expm1(1)))
    density = conv(1, 1, activation="softplus", bias_initializer=start, name=_LAST)(mixed)
    # In units of the mean: a softplus of far less than 1 is an exponential, and those err by
    # factors. It is worth 0.07 RMSE on the face photos.
    count = float(np.average(training.target, weights=training.weights))
    density = layers.Rescaling(max(count, 1e-3) / math.prod(grid), name="unit")(density)
    return keras.Model(inputs, layers.Reshape(grid, name="density")(density), name="density")


def train(
    model: Any,
    training: Training,
    random: np.random.RandomState,
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
) -> dict[str, list[float]]:
    """Trains `model` in place; the losses of map and count, one value for each pass of the photos.

    The learning rate rises over the first twentieth of the steps and falls along a cosine.

    Raises
    ------
    InputError
        Training diverges.
    """
    keras = import_keras()
    warm_up = max(1, steps // 20)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, alpha=0.02, warmup_target=learning_rate, warmup_steps=warm_up
    )
    trainer = _trainer(model, random)
    trainer.compile(
        keras.optimizers.AdamW(rate, weight_decay=1e-4, clipnorm=1.0),
        loss={"density": _squared_error, "count": keras.losses.Huber(), "cover": _cross_entropy},
        loss_weights={"density": 1.0, "count": _COUNT_WEIGHT, "cover": _COVER_WEIGHT},
        jit_compile=False,
    )
    epoch = min(steps, math.ceil(len(training.target) / batch_size))
    history = trainer.fit(
        _batches(training, batch_size, random),
        steps_per_epoch=epoch,
        epochs=math.ceil(steps / epoch),
        callbacks=[keras.callbacks.TerminateOnNaN()],
        shuffle=False,  # by Keras, that is: the batches come shuffled
        verbose=0,
    )
    if not np.isfinite(history.history["loss"][-1]):
        raise InputError("density: training diverged; lower learning_rate")
    return {
        name: [float(one) for one in history.history[key]]
        for name, key in (("map", "density_loss"), ("count", "count_loss"))
    }


def predict(forward: Callable[[list[Any]], Any], maps: Maps, batch_size: int) -> Iterator[Floats]:
    """Densities (batch, rows, columns) of the photos in their order, by a network of any engine.

    Each is the mean with that of the mirror image, turned back.
    """
    for start in range(0, len(maps), batch_size):
        read = maps.read(np.arange(start, min(start + batch_size, len(maps))))
        plain = np.asarray(forward(read))
        mirrored = np.asarray(forward([one[:, :, ::-1] for one in read]))
        yield (plain + mirrored[:, :, ::-1]) / 2


def _trainer(model: Any, random: np.random.RandomState) -> Any:
    """What is trained: `model`, the sum of its cells, and which of them any object covers.

    Nobody asks for the cover later, logits (n, rows, columns): it teaches the layers below what an
    object looks like, which is worth 1 % of the RMSE on the face photos.
    """
    keras = import_keras()
    density = model.output
    count = keras.ops.sum(density, axis=(1, 2))[:, None]  # a loss is a mean over the last axis
    seen = model.get_layer(_LAST).input
    cover = _Convolutions(random)(1, 1, activation=None, name="cover")(seen)
    cover = keras.layers.Reshape(density.shape[1:])(cover)
    outputs = {"density": density, "count": count, "cover": cover}
    return keras.Model(model.inputs, outputs, name="trainer")


class _Convolutions:
    """Makes convolutions, seeded and named.

    Layers without a name Keras would number by how many the process has built.
    """

    def __init__(self, random: np.random.RandomState) -> None:
        self.random = random
        self.made = 0

    def __call__(self, channels: int, kernel: int, **settings: Any) -> Any:
        keras = import_keras()
        self.made += 1
        usual = {"activation": "relu", "padding": "same", "name": f"convolution_{self.made}"}
        first = keras.initializers.GlorotUniform(seed=int(self.random.randint(2**31 - 1)))
        return keras.layers.Conv2D(channels, kernel, kernel_initializer=first, **usual | settings)


def _standardise(
    inputs: Sequence[Any], training: Training, random: np.random.RandomState
) -> list[Any]:
    """Each map with mean 0 and spread 1 in every channel, by some of the training photos."""
    normalization = import_keras().layers.Normalization
    count = len(training.maps)
    some = np.sort(random.permutation(count)[:_SAMPLE])
    return [
        normalization(
            mean=read.mean(axis=(0, 1, 2), dtype=np.float64),
            variance=np.maximum(read.var(axis=(0, 1, 2), dtype=np.float64), 1e-6),
            name=f"standardisation_{number}",
            dtype="float32",
        )(one)
        for number, (one, read) in enumerate(zip(inputs, training.maps.read(some), strict=True))
    ]


def _resample(
    grid: tuple[int, int], size: tuple[int, int], maps: Any, width: int, conv: _Convolutions
) -> Any:
    """Maps (n, *size, c) as (n, *grid, width // 3): finer ones are mixed cell by cell."""
    finer = max(1, round(size[0] / grid[0]))
    mixed = conv(width // 2 if finer > 1 else width, finer, strides=finer)(maps)
    narrow = conv(width // 3, 1, activation=None)(mixed)
    if narrow.shape[1:3] == grid:
        return narrow
    name = "from_{}_x_{}".format(*size)
    return import_keras().layers.Resizing(*grid, interpolation="bilinear", name=name)(narrow)


def _squared_error(truth: Any, density: Any) -> Any:
    """The squared error of each photo, summed over its cells: in the target's unit, squared."""
    ops = import_keras().ops
    return ops.sum(ops.square(density - truth), axis=(1, 2))


def _cross_entropy(truth: Any, logits: Any) -> Any:
    """The cross-entropy of each photo, summed over its cells."""
    ops = import_keras().ops
    return ops.sum(ops.binary_crossentropy(truth, logits, from_logits=True), axis=(1, 2))


def _batches(
    training: Training, size: int, random: np.random.RandomState
) -> Iterator[tuple[Any, Any, Any]]:
    """The photos in batches without end, shuffled anew each time, half of them mirrored."""
    while True:
        order = random.permutation(len(training.target))
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            mirror = random.rand(len(rows)) < 0.5
            density = _mirror(training.density[rows], mirror)
            maps = [_mirror(one, mirror) for one in training.maps.read(rows)]
            truth = {
                "density": density,
                "count": training.target[rows, np.newaxis],
                "cover": (density > 0).astype(np.float32),
            }
            weights = training.weights[rows]
            located = weights * training.located[rows]
            yield tuple(maps), truth, {"density": located, "count": weights, "cover": located}


def _mirror(maps: Any, which: npt.NDArray[np.bool_]) -> Any:
    return np.where(which.reshape(-1, *[1] * (maps.ndim - 1)), maps[:, :, ::-1], maps)
