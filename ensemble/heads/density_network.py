"""The Keras network of the ``density`` head: building, training and prediction."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.features.maps import Maps
from backbones.networks.catalog import import_keras
from backbones.networks.pinned import pinned
from backbones.parallel import read_ahead
from ensemble.heads.density_batches import Training, batches
from ensemble.heads.density_losses import WEIGHTS, losses

Floats = npt.NDArray[np.float32]

#: Number of photos whose maps give the mean and variance of each channel.
_SAMPLE = 128

#: Name of the layer that outputs the density; the cover is computed from the same input.
_LAST = "last"


@pinned()
def build(
    training: Training, grid: tuple[int, int], width: int, random: np.random.RandomState
) -> Any:
    """Build the untrained network, from maps (n, h, w, c) each to a density (n, rows, columns).

    Maps of equal size are concatenated; each size is convolved and resampled to the grid; two 3 x 3
    convolutions and the output follow. It starts near the mean count, spread evenly.
    """
    keras = import_keras()
    layers = keras.layers
    inputs = [
        keras.Input(shape, dtype="float16", name=f"maps_{number}")
        for number, shape in enumerate(training.maps.shapes)
    ]
    conv = _Convolutions(random)
    by_size: dict[tuple[int, int], list[Any]] = {}
    for tensor, scaled in zip(inputs, _standardise(inputs, training, random), strict=True):
        by_size.setdefault(tensor.shape[1:3], []).append(scaled)
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
    # In units of the mean: far below 1, softplus is exponential, and errors are multiplicative.
    # The scaling reduces the RMSE on the face photos by 0.07.
    unit = max(training.mean_count, 1e-3) / math.prod(grid)
    density = layers.Rescaling(unit, name="unit")(density)
    return keras.Model(inputs, layers.Reshape(grid, name="density")(density), name="density")


@pinned()
def train(
    model: Any,
    training: Training,
    random: np.random.RandomState,
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
) -> dict[str, list[float]]:
    """Train `model` in place; return the losses of map and count of each epoch.

    The learning rate rises over the first twentieth of the steps and falls along a cosine.

    Raises
    ------
    InputError
        Training diverges.
    """
    counts = None if training.labelled is None else training.labelled.counts.shape[1]
    trainer = compile_trainer(model, random, steps, learning_rate, counts)
    epoch_steps = min(steps, math.ceil(len(training.target) / batch_size))
    history: dict[str, list[float]] = {"map": [], "count": []}
    with closing(read_ahead(batches(training, batch_size, random))) as coming:
        for _ in range(math.ceil(steps / epoch_steps)):
            losses = _train_epoch(trainer, islice(coming, epoch_steps))
            history["map"].append(losses["density_loss"])
            history["count"].append(losses["count_loss"])
    return history


def predict(forward: Callable[[list[Any]], Any], maps: Maps, batch_size: int) -> Iterator[Floats]:
    """Yield densities (batch, rows, columns) of the photos in order, by a network of any engine.

    Each is the mean of the photo's density and the mirrored density of its mirror image.
    """
    for start in range(0, len(maps), batch_size):
        read = maps.read(np.arange(start, min(start + batch_size, len(maps))))
        plain = np.asarray(forward(read))
        mirrored = np.asarray(forward([one[:, :, ::-1] for one in read]))
        yield (plain + mirrored[:, :, ::-1]) / 2


def _train_epoch(trainer: Any, coming: Iterator[tuple[Any, Any, Any]]) -> dict[str, float]:
    """Take a step for each batch, and return their mean losses.

    Not by Keras's ``fit``, whose input pipeline takes a sixth of the time.
    """
    steps = []
    for batch in coming:
        losses = trainer.train_on_batch(*batch, return_dict=True)
        if not np.isfinite(losses["loss"]):
            raise InputError("density: training diverged; lower learning_rate")
        steps.append(losses)
    return {name: float(np.mean([losses[name] for losses in steps])) for name in steps[0]}


def compile_trainer(
    model: Any,
    random: np.random.RandomState,
    steps: int,
    learning_rate: float,
    counts: int | None = None,
) -> Any:
    """Compile `model`, extended by its training outputs: the count and the cover.

    The cover, logits (n, rows, columns), tells which cells any object covers. It is an auxiliary
    task that reduces the RMSE on the face photos by 1 %. Where labels are of parts of photos, so
    many `counts` of a photo are sums over regions, which are a further input.
    """
    keras = import_keras()
    density = model.output
    inputs = list(model.inputs)
    if counts is None:
        count = keras.ops.sum(density, axis=(1, 2))[:, None]  # a loss is a mean over the last axis
    else:
        inputs.append(keras.Input((*density.shape[1:], counts), name="regions"))
        count = keras.ops.sum(density[..., None] * inputs[-1], axis=(1, 2))
    seen = model.get_layer(_LAST).input
    cover = _Convolutions(random)(1, 1, activation=None, name="cover")(seen)
    cover = keras.layers.Reshape(density.shape[1:])(cover)
    outputs = {"density": density, "count": count, "cover": cover}
    trainer = keras.Model(inputs, outputs, name="trainer")
    warm_up = max(1, steps // 20)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, alpha=0.02, warmup_target=learning_rate, warmup_steps=warm_up
    )
    trainer.compile(
        keras.optimizers.AdamW(rate, weight_decay=1e-4, clipnorm=1.0),
        loss=losses(in_parts=counts is not None),
        loss_weights=WEIGHTS,
        jit_compile=False,
    )
    # Or the first step would be traced twice, as it would make the optimiser's variables.
    trainer.optimizer.build(trainer.trainable_variables)
    return trainer


class _Convolutions:
    """Creates seeded and named convolutions.

    Keras would number unnamed layers by how many the process has built.
    """

    def __init__(self, random: np.random.RandomState) -> None:
        self.random = random
        self.made = 0

    def __call__(self, channels: int, kernel: int, **settings: Any) -> Any:
        keras = import_keras()
        self.made += 1
        defaults = {"activation": "relu", "padding": "same", "name": f"convolution_{self.made}"}
        first = keras.initializers.GlorotUniform(seed=int(self.random.randint(2**31 - 1)))
        return keras.layers.Conv2D(
            channels, kernel, kernel_initializer=first, **defaults | settings
        )


def _standardise(
    inputs: Sequence[Any], training: Training, random: np.random.RandomState
) -> list[Any]:
    """Standardise every channel of each map by the statistics of a sample of training photos."""
    normalization = import_keras().layers.Normalization
    count = len(training.maps)
    sample = np.sort(random.permutation(count)[:_SAMPLE])
    return [
        normalization(
            mean=read.mean(axis=(0, 1, 2), dtype=np.float64),
            variance=np.maximum(read.var(axis=(0, 1, 2), dtype=np.float64), 1e-6),
            name=f"standardisation_{number}",
            dtype="float32",
        )(tensor)
        for number, (tensor, read) in enumerate(
            zip(inputs, training.maps.read(sample), strict=True)
        )
    ]


def _resample(
    grid: tuple[int, int], size: tuple[int, int], maps: Any, width: int, conv: _Convolutions
) -> Any:
    """Resample maps (n, *size, c) to (n, *grid, width // 3), finer maps by strided convolution."""
    finer = max(1, round(size[0] / grid[0]))
    mixed = conv(width // 2 if finer > 1 else width, finer, strides=finer)(maps)
    narrow = conv(width // 3, 1, activation=None)(mixed)
    if narrow.shape[1:3] == grid:
        return narrow
    name = "from_{}_x_{}".format(*size)
    return import_keras().layers.Resizing(*grid, interpolation="bilinear", name=name)(narrow)
