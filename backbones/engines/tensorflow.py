"""Feature networks in TensorFlow: on any machine, and on a GPU where there is one."""

from __future__ import annotations

from typing import Any

import numpy as np

from backbones.engines.engine import Done, Photos

#: Of a batch: 32 photos of 224 x 224. Activations of MobileNetV2 then take about 0.3 GB.
BATCH_PIXELS = 32 * 224 * 224


class TensorFlowEngine:
    """The forward pass of a Keras network, one batch at a time."""

    def __init__(self, network: Any) -> None:
        import tensorflow as tf

        # One graph serves every n; Keras's predict would trace another for the last batch.
        signature = [tf.TensorSpec(network.input_shape, tf.uint8)]

        @tf.function(input_signature=signature, autograph=False)  # type: ignore[untyped-decorator]
        def graph(photos: Any) -> Any:
            return network(photos, training=False)

        self._graph = graph
        _, height, width, _ = network.input_shape
        self.batch = max(1, min(32, BATCH_PIXELS // (height * width)))

    def start(self, photos: Photos, done: Done) -> None:
        done(np.asarray(self._graph(photos), dtype=np.float32))

    def wait(self) -> None:
        """Nothing is ever pending."""


def has_gpu() -> bool:
    """Whether TensorFlow would run on a GPU. Imports it: some seconds."""
    from backbones.catalog import import_keras

    import_keras()
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
