from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from backbones.features.cuts import WHOLE
from backbones.features.store import TransientStore
from ensemble.prediction.due import forget_spent


class NoTiles:
    """Stands for ``Tiles`` that keep nothing."""

    cuts = WHOLE

    def keep(self, photos: object) -> None: ...


def test_features_stay_of_photos_that_wait_and_of_no_tiles() -> None:
    stores = {name: TransientStore(1) for name in ("whole", "tiled")}
    for store in stores.values():
        store.write(["a", "b"], np.zeros((2, 1)))
    backbones = [
        SimpleNamespace(fingerprint=name, spec=SimpleNamespace(tile=tile))
        for name, tile in (("whole", None), ("tiled", "tile"))
    ]
    forget_spent(backbones, stores, NoTiles(), {"b", "c"})  # type: ignore[arg-type]
    assert stores["whole"].missing(["a", "b", "c"]) == ["a", "c"]
    assert stores["tiled"].missing(["a", "b"]) == ["a", "b"]
