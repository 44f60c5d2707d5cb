"""Features of photos with the columns of their table beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backbones.features.maps import Maps
from backbones.key import key
from ensemble.config.member import Member
from ensemble.heads.encoder import VERSION
from ensemble.photos.features import StoredFeatures
from ensemble.photos.tabular import Tabular

Numbers = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.floating]

#: What a head predicts from.
Known = Matrix | Maps


@dataclass(frozen=True)
class FeaturesBeside:
    """What a head that takes columns learns from: columns alone, or behind the features."""

    features: StoredFeatures  #: of no backbone, where the head takes columns alone
    columns: Tabular  #: of the same photos

    @property
    def key(self) -> str:
        """SHA-256 (hex) of all that decides them."""
        features = self.features.key if self.features.backbones else None
        return key(["columns", VERSION, features, self.columns.key])

    @contextmanager
    def open(self) -> Iterator[Numbers]:
        """The matrix float64 (n, d + k). Errors as ``StoredFeatures.open``."""
        if not self.features.backbones:
            yield self.columns.values
            return
        with self.features.open() as matrix:
            assert not isinstance(matrix, Maps)  # no head on maps takes columns
            yield beside(matrix, self.columns.values)


def known_of(member: Member, features: Matrix | Maps | None, columns: Numbers | None) -> Known:
    """What a member predicts from: features (n, d), columns (n, k), or both, as in its fit.

    Where it has no backbone, there are no features.
    """
    if not member.takes_columns:
        assert features is not None
        return features
    assert columns is not None
    assert not isinstance(features, Maps)
    return columns if features is None else beside(features, columns)


def beside(features: Matrix, columns: Numbers) -> Numbers:
    """Features (n, d) and columns (n, k) behind them: float64 (n, d + k)."""
    return np.hstack([features.astype(np.float64), columns])
