from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from backbones.features.maps import Maps, Source
from backbones.features.store import FeatureStore


def test_each_map_is_read_in_its_shape_and_in_the_order_asked_for(tmp_path: Path) -> None:
    rows = np.arange(3 * 14, dtype=np.float16).reshape(3, 14)
    store = FeatureStore(tmp_path, 14, "float16")
    store.write(["0a", "0b", "0c"], rows)
    maps = Maps((Source(store, ((2, 2, 3), (1, 1, 2))),), ["0a", "0b", "0c"], (4, 4))
    first, second = maps.read(np.array([2, 0]))
    np.testing.assert_array_equal(first, rows[[2, 0], :12].reshape(2, 2, 2, 3))
    np.testing.assert_array_equal(second, rows[[2, 0], 12:].reshape(2, 1, 1, 2))
    assert first.dtype == np.float16

    some = maps[np.array([1, 2])]
    assert len(some) == 2
    np.testing.assert_array_equal(some.read(np.array([1]))[0][0], first[0])
    with pytest.raises(InputError, match="0d was removed or damaged"):
        Maps(maps.sources, ["0d"], (4, 4)).read(np.array([0]))
    store.close()
