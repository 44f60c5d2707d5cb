from __future__ import annotations

import numpy as np

from backbones.engines.tensorflow import TensorFlowEngine
from backbones.network import build
from backbones.spec import BackboneSpec
from backbones.weights import Weights
from tests.backbones.forward import through


def test_it_is_keras_predict_for_any_number_of_photos(tiny: BackboneSpec) -> None:
    network = build([tiny], (32, 48), Weights("random", "random-0"))
    engine = TensorFlowEngine(network)
    photos = np.random.default_rng(0).integers(0, 256, (5, 32, 48, 3), dtype=np.uint8)
    for batch in (photos, photos[:2], photos[:1]):
        found = through(engine, batch)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, network.predict(batch, verbose=0), rtol=1e-5)
