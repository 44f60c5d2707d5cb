"""What an estimator is given beside the paths: targets, groups, weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from backbones.errors import InputError, first_ten
from backbones.remote.photo import Photo
from ensemble.digits import format_given
from ensemble.photos.dataset import Dataset
from ensemble.scoring.intervals import Limits

Numbers = npt.NDArray[np.float64]


def label_photos(
    paths: tuple[Photo, ...], y: Any, groups: Any, sample_weight: Any, limits: Limits
) -> Dataset:
    """The labelled photos, ordered by path, so that the order of the rows plays no part.

    Raises
    ------
    InputError
        Other lengths than that of `paths`, targets or weights that are no finite numbers or lie
        outside of the limits.
    """
    if y is None:
        raise InputError(
            "y is None: this regressor requires y to be passed, but the target y is None"
        )
    target = _numbers(y, "y")
    weight = None if sample_weight is None else _numbers(sample_weight, "sample_weight")
    group = None if groups is None else _groups(groups)
    try:
        check_consistent_length(paths, target, weight, group)
    except ValueError as error:
        raise InputError(f"X, y, groups and sample_weight need as many rows: {error}") from None
    if len(target) < 2:
        raise InputError("X has 1 sample; photos are needed in two folds at least")
    lowest, highest = limits
    outside = (target < lowest) | (target > highest)
    _refuse(
        outside,
        target,
        f"y must lie from minimum {format_given(lowest)} to maximum {format_given(highest)}",
    )
    if weight is not None:
        _refuse(weight < 0, weight, "sample_weight must not be negative")
        if not weight.any():
            raise InputError("sample_weight is zero for every photo; give some a weight above 0")
    names = np.array([str(path) for path in paths])
    return Dataset(names, paths, target, group, weight).take(np.argsort(names, kind="stable"))


def _numbers(values: Any, name: str) -> Numbers:
    try:
        found: Numbers = check_array(
            column_or_1d(values, warn=True), dtype=np.float64, ensure_2d=False, input_name=name
        )
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
    return found


def _groups(groups: Any) -> npt.NDArray[np.str_]:
    column: npt.NDArray[Any] = column_or_1d(groups)
    missing = np.flatnonzero(pd.isna(column))
    if len(missing):
        rows = [f"row {row}" for row in missing]
        raise InputError("groups must be given for every photo; missing in:", first_ten(rows))
    return column.astype(str)


def _refuse(wrong: npt.NDArray[np.bool_], values: Numbers, title: str) -> None:
    if wrong.any():
        rows = [f"row {row}: {format_given(values[row])}" for row in np.flatnonzero(wrong)]
        raise InputError(f"{title}:", first_ten(rows))
