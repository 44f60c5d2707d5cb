"""Building, fitting and describing the regressor of a head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.features.maps import Maps
from ensemble.heads import catalog, target
from ensemble.heads.counted import counted
from ensemble.heads.density_map import Boxes
from ensemble.heads.encoder import Kind, encoder
from ensemble.heads.parts import Part
from ensemble.heads.spec import HeadSpec
from ensemble.heads.threads import one_thread

#: Rows are predicted in multiples of so many; see ``predict_alike``.
_TILE = 32


class Regressor(Protocol):
    """The methods of a scikit-learn regressor that this project uses."""

    def fit(self, X: Any, y: Any, **parameters: Any) -> Any: ...

    def predict(self, X: Any) -> Any: ...


def build(spec: HeadSpec, seed: int, kinds: Sequence[Kind] = ()) -> Regressor:
    """Build the unfitted regressor of a head, from features float32 (n, d) to the target (n,).

    Features are standardised by the statistics of the training rows; columns that are constant
    there become 0. `seed` is its ``random_state``, unless the spec sets one.

    With `kinds` the last columns, float64, are those of a table: beside the features where the spec
    takes both, else alone; see ``ensemble.heads.encoder``.

    >>> head = build(HeadSpec(head="svr", parameters={"C": 3.0}), seed=0)
    >>> head[-1]
    KernelSVR(C=3.0)
    """
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    regressor = catalog.regressor(spec.head, spec.parameters, seed)
    if kinds:
        regressor = make_pipeline(encoder(regressor, kinds, spec.columns), regressor)
    elif not getattr(regressor, "standardises", False):
        regressor = make_pipeline(StandardScaler(), regressor)
    wrapped: Regressor = target.wrap(regressor, spec.target)
    return wrapped


def takes_weights(head: str) -> bool:
    """Return whether the head of this name can be fitted with sample weights."""
    return _takes_weights(catalog.regressor_class(head))


def fit(
    head: Regressor,
    X: npt.NDArray[np.float32] | Maps,
    y: npt.NDArray[np.float64],
    sample_weight: npt.NDArray[np.float64] | None = None,
    boxes: Sequence[Boxes | None] | None = None,
    parts: Sequence[Part | None] | None = None,
) -> Regressor:
    """Fit a head from ``build`` on features (n, d), or maps, and target (n,), and return it.

    `sample_weight` (n,) weights the rows in the regressor, not in the standardisation. `boxes`, of
    the objects in each photo, and the `parts` that are labelled are passed only to a head that
    takes maps.

    Raises
    ------
    InputError
        The head takes no weights, or cannot be fitted on these rows.
    """
    prefix, regressor = _last_step(head)
    weights = {} if sample_weight is None else {f"{prefix}sample_weight": sample_weight}
    is_density = getattr(regressor, "takes_maps", False)
    places = {"boxes": boxes, "parts": parts} if is_density else {}
    if weights and not _takes_weights(type(regressor)):
        raise InputError(
            f"{regressor_name(head)} takes no sample weights; leave out the weights or this head"
        )
    try:
        head.fit(X, y, **weights, **places)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(
            f"{regressor_name(head)} cannot be fitted: {error}; change its parameters, or leave "
            "it out"
        ) from error
    return head


def predict_alike(
    regressor: Regressor, rows: npt.NDArray[np.floating] | Maps
) -> npt.NDArray[np.float64]:
    """Predictions (n,) that are the same to the bit, whichever rows are predicted together.

    BLAS takes full tiles of rows, and what is left over in another way, with other last bits: so
    there is nothing left over, and one thread. Maps go through a network, each by itself.
    """
    if isinstance(rows, Maps):
        return np.asarray(regressor.predict(rows), dtype=np.float64)
    missing = -len(rows) % _TILE
    filled = np.concatenate([rows, np.repeat(rows[-1:], missing, axis=0)])
    with one_thread():
        return np.asarray(regressor.predict(filled), dtype=np.float64)[: len(rows)]


def predict_with_densities(
    head: Any, maps: Maps, parts: Sequence[Part | None] | None = None
) -> tuple[npt.NDArray[np.float64], Sequence[npt.NDArray[np.float16]]]:
    """Return the predictions (n,) and the densities (n, rows, columns) of a head that takes maps.

    Of photos in tiles, whose canvases differ, these are a list. The densities sum to the
    predictions, except for rounding, and for photos of which `parts` say that only they are
    counted; one forward pass computes both.
    """
    sums, densities = [], []
    for found, batch in counted(head.densities(maps), parts):
        sums.append(found)
        densities.append(np.minimum(batch, np.finfo(np.float16).max).astype(np.float16))
    if maps.layouts is not None:
        return np.concatenate(sums), [one for batch in densities for one in batch]
    together: Any = np.concatenate(densities)
    return np.concatenate(sums), together


def regressor_name(head: Regressor) -> str:
    """Return the class name of a head's regressor, for messages."""
    return type(_last_step(head)[1]).__name__


def _last_step(head: Any) -> tuple[str, Any]:
    """Return the prefix for parameters of the inner regressor's ``fit``, and that regressor."""
    from sklearn.pipeline import Pipeline

    inner = getattr(head, "regressor", head)  # of a TransformedTargetRegressor
    if not isinstance(inner, Pipeline):
        return "", inner
    name, regressor = inner.steps[-1]
    return f"{name}__", regressor


def _takes_weights(regressor_class: type[Any]) -> bool:
    from sklearn.utils.validation import has_fit_parameter

    return bool(has_fit_parameter(regressor_class, "sample_weight"))


def history(head: Regressor) -> dict[str, npt.NDArray[np.float64]]:
    """Return the training curves of a fitted head, one value an epoch; empty if it has none."""
    inner = getattr(head, "regressor_", head)  # of a TransformedTargetRegressor
    return {name: np.asarray(values) for name, values in getattr(inner, "history_", {}).items()}


def is_network(spec: HeadSpec) -> bool:
    """Return whether TensorFlow trains the head, whose threads decide its last bits."""
    return getattr(catalog.regressor_class(spec.head), "is_network", False)
