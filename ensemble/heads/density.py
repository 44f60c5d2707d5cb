"""The ``density`` head: predicts the density of objects in a photo and sums it to a count."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from backbones.errors import InputError
from backbones.features.maps import Maps
from backbones.plural import count
from ensemble.heads import density_network
from ensemble.heads.blending import blend
from ensemble.heads.density_labels import training_data
from ensemble.heads.density_map import Boxes
from ensemble.heads.parts import Part
from ensemble.heads.saved import forward_of, keras_of
from ensemble.heads.tile_labels import tiled_data

#: Photos a batch when predicting: 10 MB of maps.
_BATCH = 16


class Density(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A small convolutional network from feature maps to the density of objects in grid cells.

    The prediction is the sum over the cells, never below 0. Training uses boxes or points, and the
    target alone for photos without them. All randomness is seeded.

    Parameters
    ----------
    stride : int
        Side of a cell, in pixels of the backbone's input.
    width : int
        Channels after the first layer; the other layers have a third of it.
    epochs : int
        Passes over the training photos.
    least_steps : int
        Least number of batches, for small data sets.
    batch_size : int
        Photos, or tiles, a batch; at most an eighth of all, as smaller batches count no worse, and
        take less.
    learning_rate : float
        Peak learning rate of AdamW.
    random_state : int, RandomState or None
        Determines the initial weights, the order of the photos and which are mirrored.

    Attributes
    ----------
    history_ : dict of str to list of float
        The losses ``map`` and ``count`` of each epoch.
    network_ : keras.Model
        From maps, float16 (n, h, w, c) each, to a density float32 (n, rows, columns).

    References
    ----------
    Lempitsky & Zisserman (2010), Learning to count objects in images, NIPS.

    Examples
    --------
    Photos of 4 x 6 cells with one or no object each, which their only channel states:

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from backbones.features.maps import Source
    >>> from backbones.features.store import FeatureStore
    >>> seen = np.random.default_rng(0).integers(0, 2, (48, 24))
    >>> counts = seen.sum(axis=1).astype(np.float64)
    >>> photos = [f"{number:064x}" for number in range(48)]
    >>> with TemporaryDirectory() as folder:
    ...     store = FeatureStore(Path(folder), 24, "float16")
    ...     store.write(photos, seen)
    ...     maps = Maps((Source(store, ((4, 6, 1),)),), photos, (64, 96))
    ...     head = Density(width=24, learning_rate=0.005).fit(maps[range(40)], counts[:40])
    ...     errors = head.predict(maps[range(40, 48)]) - counts[40:]
    ...     store.close()
    >>> bool(abs(errors).mean() < 0.5)
    True
    """

    #: The network standardises the maps itself.
    standardises: ClassVar[bool] = True

    #: Of its fits, which have five epochs by default; see ``ensemble.heads.catalog``.
    version: ClassVar[int] = 3

    #: TensorFlow trains it.
    is_network: ClassVar[bool] = True

    #: It takes feature maps instead of rows, uses boxes, and has ``densities``.
    takes_maps: ClassVar[bool] = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "stride": [Interval(Integral, 1, None, closed="left")],
        "width": [Interval(Integral, 6, None, closed="left")],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "least_steps": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        stride: int = 16,
        width: int = 192,
        epochs: int = 5,
        least_steps: int = 400,
        batch_size: int = 16,
        learning_rate: float = 0.003,
        random_state: Any = 0,
    ) -> None:
        self.stride = stride
        self.width = width
        self.epochs = epochs
        self.least_steps = least_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.random_state = random_state

    def fit(
        self,
        X: Maps,
        y: npt.NDArray[np.float64],
        sample_weight: npt.NDArray[np.float64] | None = None,
        boxes: Sequence[Boxes | None] | None = None,
        parts: Sequence[Part | None] | None = None,
    ) -> Density:
        """Train on the maps X of n photos, the target y (n,) and weights (n,).

        `boxes` has for each photo the boxes of its objects, float64 (m, 4), as fractions
        (xmin, ymin, xmax, ymax) of the frame that the backbone saw, or of the canvas of its tiles;
        None if they are unknown.
        `parts` says of photos that are not labelled as a whole what is, in fractions of the frame:
        only cells in the area teach the map, and each count the sum over the cells of its region.

        Raises
        ------
        InputError
            A target is below 0, or training diverges.
        """
        self._validate_params()
        if below := int(np.count_nonzero(y < 0)):
            raise InputError(
                f"density: a density cannot add up to less than 0, and "
                f"{count(below, 'target', 'is')}; take another head"
            )
        random = check_random_state(self.random_state)
        grid = self.grid(X.size)
        if X.layouts is None:
            training = training_data(X, y, sample_weight, boxes, parts, grid)
        else:
            training = tiled_data(X, y, sample_weight, boxes, parts, self.stride)
        model = density_network.build(training, grid, self.width, random)
        frames = len(training.target)
        batch_size = min(self.batch_size, max(1, frames // 8))
        batches = math.ceil(frames / batch_size)
        self.history_ = density_network.train(
            model,
            training,
            random,
            steps=max(self.epochs * batches, self.least_steps),
            batch_size=batch_size,
            learning_rate=self.learning_rate,
        )
        self._network = model
        return self

    def grid(self, size: tuple[int, int]) -> tuple[int, int]:
        """Rows and columns of the density over a network's input of this height and width."""
        return math.ceil(size[0] / self.stride), math.ceil(size[1] / self.stride)

    def predict(self, X: Maps) -> npt.NDArray[np.float64]:
        """Predict float64 (n,) for the maps of n photos."""
        sums = [batch.sum(axis=(1, 2), dtype=np.float64) for batch in self.densities(X)]
        return np.concatenate(sums)

    def densities(self, X: Maps) -> Iterator[npt.NDArray[np.float32]]:
        """Yield the densities float32 (batch, rows, columns) of the photos, batch by batch.

        Of photos in tiles each comes alone, over its canvas.
        """
        check_is_fitted(self)
        found = density_network.predict(forward_of(self._network), X.frames, _BATCH)
        if X.layouts is None:
            return found
        tiles = (tile for batch in found for tile in batch)
        return (one[np.newaxis] for one in blend(tiles, X.layouts, self.stride))

    @property
    def network_(self) -> Any:
        """The trained network; read from its file on first access."""
        return keras_of(self._network)
