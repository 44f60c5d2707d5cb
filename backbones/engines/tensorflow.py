"""The TensorFlow engine, for any machine, on a GPU if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from backbones.engines.engine import Callback, Features, Photos
from backbones.networks.pinned import pinned

#: Photos of 224 x 224 a batch. More are no faster on a CPU; a GPU needs more to be busy.
BATCH, GPU_BATCH = 32, 256

#: Pixels of one of those photos. The activations of 32 in MobileNetV2 take about 0.3 GB.
PIXELS = 224 * 224


def batch_size(size: tuple[int, int], at_most: int = BATCH) -> int:
    """Photos of this height and width, pixels, a batch; `at_most` is for those of 224 x 224."""
    return max(1, min(at_most, at_most * PIXELS // (size[0] * size[1])))


class TensorFlowEngine:
    """Runs a Keras network, one batch at a time, on a GPU if there is one.

    It computes in single precision on either device.
    """

    def __init__(self, network: Any) -> None:
        import tensorflow as tf

        # One graph serves every batch size; Keras's predict would trace another for the last batch.
        signature = [tf.TensorSpec(network.input_shape, tf.uint8)]

        @tf.function(input_signature=signature, autograph=False)  # type: ignore[untyped-decorator]
        def graph(photos: Any) -> Any:
            return network(photos, training=False)

        self._graph = graph
        self._too_large = tf.errors.ResourceExhaustedError
        gpu = bool(tf.config.list_physical_devices("GPU"))
        self.batch = batch_size(network.input_shape[1:3], GPU_BATCH if gpu else BATCH)

    def start(self, photos: Photos, done: Callback) -> None:
        done(self._features(photos))

    def wait(self) -> None:
        """Return at once: `start` leaves nothing pending."""

    def _features(self, photos: Photos) -> Features:
        try:
            with pinned():  # the graph is traced at the first call
                return np.asarray(self._graph(photos), dtype=np.float32)
        except self._too_large:  # on this GPU; halving also makes later batches fit
            if len(photos) == 1:
                raise
            self.batch = half = (len(photos) + 1) // 2
            parts = [self._features(part) for part in (photos[:half], photos[half:])]
            return np.concatenate(parts)


def as_given(network: Any, inputs: Sequence[Any]) -> Any:
    """Inputs of a Keras network, in order, in the structure that it was built with."""
    from backbones.networks.catalog import import_keras

    keras = import_keras()
    if isinstance(network, keras.models.Sequential):
        return inputs[0]
    return keras.tree.pack_sequence_as(network.input, list(inputs))


def inference_graph(network: Any) -> Any:
    """The concrete TensorFlow function of a Keras network, of any batch size, without training."""
    import tensorflow as tf

    signature = [tf.TensorSpec(one.shape, one.dtype) for one in network.inputs]

    @tf.function(input_signature=signature, autograph=False)  # type: ignore[untyped-decorator]
    def graph(*inputs: Any) -> Any:
        return network(as_given(network, inputs), training=False)

    return graph.get_concrete_function()


def has_gpu() -> bool:
    """Return whether TensorFlow finds a GPU. Importing TensorFlow takes some seconds."""
    from backbones.networks.catalog import import_keras

    import_keras()
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
