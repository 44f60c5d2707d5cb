"""A head that learns where the objects of a photo lie, and counts by adding up."""

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
from ensemble.heads import density_network
from ensemble.heads.density_map import Boxes, density_map
from ensemble.heads.saved import forward_of, keras_of

#: Photos at once when predicting: 10 MB of maps.
_BATCH = 16


class Density(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A small convolutional network from feature maps to how much lies in each cell of a photo.

    The sum over the cells is the prediction, never below 0. It learns from boxes or points, from
    the target alone for a photo that has neither, or from a mixture. It is seeded throughout.

    Parameters
    ----------
    stride : int
        Pixels of the network's input along a side of a cell.
    width : int
        Channels after the first layer; a third of them after the others.
    epochs : int
        Passes of the training photos.
    least_steps : int
        Batches at least, where the photos are few.
    batch_size : int
    learning_rate : float
        The highest, of AdamW.
    random_state : int, RandomState or None
        Decides the first weights, the order of the photos and which are mirrored.

    Attributes
    ----------
    history_ : dict of str to list of float
        The losses of ``map`` and ``count`` of each pass.
    network_ : keras.Model
        Maps float16 (n, h, w, c) each to a density float32 (n, rows, columns).

    References
    ----------
    Lempitsky & Zisserman (2010), Learning to count objects in images, NIPS.

    Examples
    --------
    Photos of 4 x 6 cells, in each of which lies an object or none, as their one channel tells:

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from backbones.features.store import FeatureStore
    >>> seen = np.random.default_rng(0).integers(0, 2, (48, 24))
    >>> counts = seen.sum(axis=1).astype(np.float64)
    >>> photos = [f"{number:064x}" for number in range(48)]
    >>> with TemporaryDirectory() as folder:
    ...     store = FeatureStore(Path(folder), 24, "float16")
    ...     store.write(photos, seen)
    ...     maps = Maps(store, photos, (64, 96), ((4, 6, 1),))
    ...     head = Density(width=24, learning_rate=0.005).fit(maps[range(40)], counts[:40])
    ...     errors = head.predict(maps[range(40, 48)]) - counts[40:]
    ...     store.close()
    >>> bool(abs(errors).mean() < 0.5)
    True
    """

    #: Its network standardises the maps.
    standardises: ClassVar[bool] = True

    #: Keras trains on all of them, so that several at once gain nothing.
    uses_all_cores: ClassVar[bool] = True

    #: It needs the maps of a photo, not a row of features, takes boxes, and has ``densities``.
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
        epochs: int = 6,
        least_steps: int = 600,
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
    ) -> Density:
        """Trains on the maps X of n photos, the target y (n,) and weights (n,).

        `boxes` holds for each photo the places of its objects, float64 (m, 4), as fractions
        (xmin, ymin, xmax, ymax) of the frame that the network saw; None where they are unknown.

        Raises
        ------
        InputError
            A target is below 0, or training diverges.
        """
        self._validate_params()
        if (y < 0).any():
            raise InputError(
                f"density: a density cannot add up to less than 0, and {(y < 0).sum()} targets "
                "are; take another head"
            )
        random = check_random_state(self.random_state)
        grid = (math.ceil(X.size[0] / self.stride), math.ceil(X.size[1] / self.stride))
        training = _training(X, y, sample_weight, boxes, grid)
        model = density_network.build(training, grid, self.width, random)
        batches = math.ceil(len(y) / self.batch_size)
        self.history_ = density_network.train(
            model,
            training,
            random,
            steps=max(self.epochs * batches, self.least_steps),
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
        )
        self._network = model
        return self

    def predict(self, X: Maps) -> npt.NDArray[np.float64]:
        """Predictions float64 (n,) for the maps of n photos."""
        sums = [one.sum(axis=(1, 2), dtype=np.float64) for one in self.densities(X)]
        return np.concatenate(sums)

    def densities(self, X: Maps) -> Iterator[npt.NDArray[np.float32]]:
        """What lies in each cell, float32 (some, rows, columns), some photos at a time."""
        check_is_fitted(self)
        return density_network.predict(forward_of(self._network), X, _BATCH)

    @property
    def network_(self) -> Any:
        """The trained network; read from its file when it is first asked for."""
        return keras_of(self._network)


def _training(
    maps: Maps,
    target: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64] | None,
    boxes: Sequence[Boxes | None] | None,
    grid: tuple[int, int],
) -> density_network.Training:
    placed = [None] * len(target) if boxes is None else boxes
    densities = [np.zeros(grid) if one is None else density_map(one, grid) for one in placed]
    weights = np.ones(len(target)) if weights is None else weights / weights.mean()
    return density_network.Training(
        maps,
        target.astype(np.float32),
        np.stack(densities).astype(np.float32),
        np.array([one is not None for one in placed], dtype=np.float32),
        weights.astype(np.float32),
    )
