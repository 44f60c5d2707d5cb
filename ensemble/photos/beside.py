"""Features of photos with the columns of their table beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from backbones.features.maps import Maps
from backbones.key import key
from ensemble.config.member import Member
from ensemble.heads.encoder import VERSION
from ensemble.photos.features import StoredFeatures
from ensemble.photos.items import Items
from ensemble.photos.tabular import Tabular
from ensemble.photos.views import Apart, ItemFeatures, arrange

Numbers = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.floating]

#: What a head learns and predicts from.
Known = Matrix | Maps | Apart


@dataclass(frozen=True)
class FeaturesBeside:
    """What a head that takes columns learns from: columns alone, or behind the features."""

    features: StoredFeatures | ItemFeatures  #: of no backbone, where it takes columns alone
    columns: Tabular  #: of the same photos, or items

    @property
    def key(self) -> str:
        """SHA-256 (hex) of all that decides them."""
        features = self.features.key if self.features.backbones else None
        return key(["columns", VERSION, features, self.columns.key])

    @contextmanager
    def open(self) -> Iterator[Numbers | Apart]:
        """The matrix float64 (n, d + k), or items so. Errors as ``StoredFeatures.open``."""
        if not self.features.backbones:
            yield self.columns.values
            return
        with self.features.open() as matrix:
            assert not isinstance(matrix, Maps)  # no head on maps takes columns
            yield beside(matrix, self.columns.values)


def known_of(
    member: Member,
    features: Matrix | Maps | None,
    columns: Numbers | None,
    items: Items,
    order: Sequence[str],
) -> Known:
    """What a member predicts from: features of photos, columns (n, k), or both, as in its fit.

    Where it has no backbone, there are no features. See ``arrange`` for `items` and `order`; of
    photos that are of no items, each is one.
    """
    known: Known | None = features
    if member.views is not None:
        assert isinstance(features, np.ndarray)  # no head on maps learns items
        known = arrange(features, items, member.views, order)
    if not member.takes_columns:
        assert known is not None
        return known
    assert columns is not None
    assert not isinstance(known, Maps)
    return columns if known is None else beside(known, columns)


@overload
def beside(features: Matrix, columns: Numbers) -> Numbers: ...


@overload
def beside(features: Apart, columns: Numbers) -> Apart: ...


def beside(features: Matrix | Apart, columns: Numbers) -> Numbers | Apart:
    """Features (n, d) and columns (n, k) behind them: float64 (n, d + k).

    Photo by photo, each has the columns of its item.
    """
    if isinstance(features, Apart):
        items = features.items
        return Apart(beside(features.photos, items.spread(columns)), items)
    return np.hstack([features.astype(np.float64), columns])
