"""Runs a feature network over batches of photos."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Photos = npt.NDArray[np.uint8]
Features = npt.NDArray[np.float32]
Engine = Callable[[Photos], Features]


def open_tensorflow(network: Any) -> Engine:
    """The forward pass of a Keras network: uint8 (n, height, width, 3) to float32 (n, d).

    One graph serves every n; Keras's ``predict`` would trace another for the last batch.
    """
    import tensorflow as tf

    signature = [tf.TensorSpec(network.input_shape, tf.uint8)]

    @tf.function(input_signature=signature, autograph=False)
    def graph(photos: Any) -> Any:
        return network(photos, training=False)

    def forward(photos: Photos) -> Features:
        return np.asarray(graph(photos), dtype=np.float32)

    return forward
