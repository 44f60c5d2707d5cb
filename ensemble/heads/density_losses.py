"""The losses that the ``density`` head is trained by, of whole photos and of parts of them."""

from __future__ import annotations

from typing import Any

from backbones.networks.catalog import import_keras

#: Weight of the count's loss relative to the map's: with 1 the head overfits the counts.
_COUNT_WEIGHT = 0.05

#: Weight of the loss of the cover, the cells with any object. A large object adds little to the
#: map's loss, as each of its cells has a small density; in the cover its cells count fully.
_COVER_WEIGHT = 1e-4

#: Of the losses, by the names of the trainer's outputs.
WEIGHTS = {"density": 1.0, "count": _COUNT_WEIGHT, "cover": _COVER_WEIGHT}


def losses(in_parts: bool) -> dict[str, Any]:
    """Return the loss of each of the trainer's outputs.

    `in_parts`, a truth has what is labelled beside each value, in its last axis.
    """
    if in_parts:
        return {"density": _error_inside, "count": _huber_known, "cover": _cross_entropy_inside}
    huber = import_keras().losses.Huber()
    return {"density": _squared_error, "count": huber, "cover": _cross_entropy}


def _squared_error(truth: Any, density: Any) -> Any:
    """Return the squared error of each photo, summed over cells, in the target's unit squared."""
    ops = import_keras().ops
    return ops.sum(ops.square(density - truth), axis=(1, 2))


def _error_inside(truth: Any, density: Any) -> Any:
    """The same of what lies in the area: of a cell that is cut, its density times its share."""
    ops = import_keras().ops
    return ops.sum(ops.square(density * truth[..., 1] - truth[..., 0]), axis=(1, 2))


def _cross_entropy(truth: Any, logits: Any) -> Any:
    """Return the cross-entropy of each photo, summed over its cells."""
    ops = import_keras().ops
    return ops.sum(ops.binary_crossentropy(truth, logits, from_logits=True), axis=(1, 2))


def _cross_entropy_inside(truth: Any, logits: Any) -> Any:
    """The same, each cell weighted by its share in the area."""
    ops = import_keras().ops
    each = ops.binary_crossentropy(truth[..., 0], logits, from_logits=True)
    return ops.sum(each * truth[..., 1], axis=(1, 2))


def _huber_known(truth: Any, counts: Any) -> Any:
    """Return Huber's loss of each photo, summed over its counts that are known."""
    keras = import_keras()
    each = keras.losses.huber(truth[..., 0, None], counts[..., None])
    return keras.ops.sum(each * truth[..., 1], axis=1)
