"""Validation of the decision trees in a head that was loaded from a file.

scikit-learn's compiled code follows the indices in a tree without bounds checks, so that a crafted
file could make it read memory outside the tree; skops therefore does not trust trees.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

#: The types of scikit-learn that contain the nodes of a tree.
TREE = "sklearn.tree._tree.Tree"
TREE_PREDICTOR = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"


def check(head: Any) -> None:
    """Raise a ``ValueError`` if a tree in a loaded head refers to missing nodes or features."""
    _check(head, np.iinfo(np.int64).max)


def _check(part: Any, features: int) -> None:
    from sklearn.base import BaseEstimator

    kind = f"{type(part).__module__}.{type(part).__qualname__}"
    if kind in _VALIDATORS:
        if not _VALIDATORS[kind](part, features):
            raise ValueError("a tree in it leads out of its nodes or features")
    elif isinstance(part, BaseEstimator):
        # Only an estimator with a number of features compares it with the rows to predict.
        features = min(features, getattr(part, "n_features_in_", 0))
        _check_all(vars(part).values(), features)
    elif isinstance(part, dict):
        _check_all(part.values(), features)
    elif isinstance(part, list | tuple) or (isinstance(part, np.ndarray) and part.dtype == object):
        _check_all(part, features)


def _check_all(parts: Iterable[Any], features: int) -> None:
    for part in parts:
        _check(part, features)


def _is_valid_tree(tree: Any, features: int) -> bool:
    if not 1 <= tree.node_count <= tree.capacity:  # first, as the other checks read that many nodes
        return False
    return tree.n_outputs == 1 == tree.max_n_classes and _children_follow(
        tree.children_left, tree.children_right, tree.feature, tree.children_left == -1, features
    )


def _is_valid_predictor(predictor: Any, features: int) -> bool:
    nodes = predictor.nodes
    if not len(nodes) or nodes["is_categorical"].any():  # features are numeric
        return False
    return _children_follow(
        nodes["left"].astype(np.int64),
        nodes["right"].astype(np.int64),
        nodes["feature_idx"],
        nodes["is_leaf"] != 0,
        features,
    )


_VALIDATORS = {TREE: _is_valid_tree, TREE_PREDICTOR: _is_valid_predictor}


def _children_follow(
    left: npt.NDArray[Any],
    right: npt.NDArray[Any],
    feature: npt.NDArray[Any],
    leaf: npt.NDArray[np.bool_],
    features: int,
) -> bool:
    """Return whether every split uses an existing feature and leads to later nodes of the tree."""
    split = np.flatnonzero(~leaf)
    children = np.concatenate([left[split], right[split]])
    later = (children > np.tile(split, 2)) & (children < len(leaf))
    existing = (feature[split] >= 0) & (feature[split] < features)
    return bool(later.all() and existing.all())
