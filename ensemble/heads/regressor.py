"""The regressor of a head: built, and fitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.features.maps import Maps
from ensemble.heads import catalog, target
from ensemble.heads.density_map import Boxes
from ensemble.heads.spec import HeadSpec


class Regressor(Protocol):
    """A scikit-learn regressor, as far as this project asks."""

    def fit(self, X: Any, y: Any, **parameters: Any) -> Any: ...

    def predict(self, X: Any) -> Any: ...


def build(spec: HeadSpec, seed: int) -> Regressor:
    """The unfitted regressor of a head, from features float32 (n, d) to the target (n,).

    Features are standardised by statistics of the rows it is fitted on; columns that are
    constant there become 0. `seed` is its ``random_state``, unless the spec gives one.

    >>> head = build(HeadSpec(head="svr", parameters={"C": 3.0}), seed=0)
    >>> head[-1]
    KernelSVR(C=3.0)
    """
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    regressor = catalog.regressor(spec.head, spec.parameters, seed)
    if not getattr(regressor, "standardises", False):
        regressor = make_pipeline(StandardScaler(), regressor)
    wrapped: Regressor = target.wrap(regressor, spec.target)
    return wrapped


def takes_weights(head: str) -> bool:
    """Whether the head of that name can be fitted with weights of the rows."""
    return _takes_weights(catalog.regressor_class(head))


def fit(
    head: Regressor,
    X: npt.NDArray[np.float32] | Maps,
    y: npt.NDArray[np.float64],
    sample_weight: npt.NDArray[np.float64] | None = None,
    boxes: Sequence[Boxes | None] | None = None,
) -> Regressor:
    """Fits a head of ``build`` on features (n, d), or maps, and target (n,), and returns it.

    `sample_weight` (n,) weighs the rows in the regressor, not in the standardisation. `boxes`
    say, to a head that looks at places, where the objects of each photo lie.

    Raises
    ------
    InputError
        The head takes no weights, or cannot be fitted on these rows.
    """
    prefix, regressor = _last_step(head)
    weights = {} if sample_weight is None else {f"{prefix}sample_weight": sample_weight}
    places = {"boxes": boxes} if getattr(regressor, "takes_maps", False) else {}
    if weights and not _takes_weights(type(regressor)):
        raise InputError(
            f"{regressor_name(head)} takes no sample weights; leave out the weights or this head"
        )
    try:
        head.fit(X, y, **weights, **places)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{regressor_name(head)} cannot be fitted: {error}") from error
    return head


def predict_with_densities(
    head: Any, maps: Maps
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float16]]:
    """Predictions (n,) of a fitted head that looks at places, and what lies in each cell.

    The densities (n, rows, columns) add up to the predictions, but for their rounding; one pass
    gives both.
    """
    sums, densities = [], []
    for some in head.densities(maps):
        sums.append(some.sum(axis=(1, 2), dtype=np.float64))
        densities.append(np.minimum(some, np.finfo(np.float16).max).astype(np.float16))
    return np.concatenate(sums), np.concatenate(densities)


def regressor_name(head: Regressor) -> str:
    """The class of the regressor that a head comes down to, for messages."""
    return type(_last_step(head)[1]).__name__


def _last_step(head: Any) -> tuple[str, Any]:
    """The regressor proper, and what a parameter of its ``fit`` is prefixed with."""
    from sklearn.pipeline import Pipeline

    inner = getattr(head, "regressor", head)  # of a head on another scale of the target
    if not isinstance(inner, Pipeline):
        return "", inner
    name, regressor = inner.steps[-1]
    return f"{name}__", regressor


def _takes_weights(regressor_class: type[Any]) -> bool:
    from sklearn.utils.validation import has_fit_parameter

    return bool(has_fit_parameter(regressor_class, "sample_weight"))


def history(head: Regressor) -> dict[str, npt.NDArray[np.float64]]:
    """The training curves of a fitted head, one value an epoch; empty where it keeps none."""
    inner = getattr(head, "regressor_", head)  # of a head on another scale of the target
    return {name: np.asarray(values) for name, values in getattr(inner, "history_", {}).items()}


def uses_all_cores(spec: HeadSpec) -> bool:
    """Whether one fit keeps all cores busy, so that several at once gain nothing."""
    return getattr(catalog.regressor_class(spec.head), "uses_all_cores", False)
