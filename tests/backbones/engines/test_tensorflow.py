from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from backbones.engines import Features, Photos
from backbones.engines.tensorflow import TensorFlowEngine
from backbones.networks.network import build
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights
from tests.backbones.networks.forward import through


def test_it_is_keras_predict_for_any_number_of_photos(tiny: BackboneSpec) -> None:
    network = build([tiny], (32, 48), Weights("random", "random-0"))
    engine = TensorFlowEngine(network)
    photos = np.random.default_rng(0).integers(0, 256, (5, 32, 48, 3), dtype=np.uint8)
    for batch in (photos, photos[:2], photos[:1]):
        found = through(engine, batch)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, network.predict(batch, verbose=0), rtol=1e-5)


@pytest.mark.parametrize(
    ("size", "gpus", "batch"),
    [
        ((224, 224), [], 32),
        ((32, 48), [], 32),
        ((448, 448), [], 8),
        ((224, 224), ["GPU:0"], 256),
        ((448, 448), ["GPU:0"], 64),
        ((4000, 3000), ["GPU:0"], 1),
    ],
)
def test_a_gpu_takes_larger_batches(
    size: tuple[int, int], gpus: list[str], batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Network:
        input_shape = (None, *size, 3)

    monkeypatch.setattr(tf.config, "list_physical_devices", {"GPU": gpus}.get)
    assert TensorFlowEngine(Network()).batch == batch


def test_a_batch_that_does_not_fit_is_halved(tiny: BackboneSpec) -> None:
    network = build([tiny], (32, 48), Weights("random", "random-0"))
    engine, seen = TensorFlowEngine(network), []
    plain = engine._graph

    def small_memory(photos: Photos) -> Features:
        seen.append(len(photos))
        if len(photos) > 3:
            raise tf.errors.ResourceExhaustedError(None, None, "OOM")
        return plain(photos)

    engine._graph = small_memory
    photos = np.random.default_rng(0).integers(0, 256, (11, 32, 48, 3), dtype=np.uint8)
    np.testing.assert_allclose(
        through(engine, photos), network.predict(photos, verbose=0), rtol=1e-4, atol=1e-12
    )
    assert seen == [11, 6, 3, 3, 5, 3, 2]
    assert engine.batch == 3


def test_one_photo_that_does_not_fit_is_an_error(tiny: BackboneSpec) -> None:
    engine = TensorFlowEngine(build([tiny], (32, 48), Weights("random", "random-0")))

    def no_memory(_: Photos) -> Features:
        raise tf.errors.ResourceExhaustedError(None, None, "OOM")

    engine._graph = no_memory
    with pytest.raises(tf.errors.ResourceExhaustedError):
        through(engine, np.zeros((2, 32, 48, 3), dtype=np.uint8))
