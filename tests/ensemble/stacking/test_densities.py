from __future__ import annotations

import numpy as np

from backbones.disk.arrays import pack_arrays
from ensemble.stacking.densities import pack_densities, take_densities


def test_densities_of_one_grid_are_one_array() -> None:
    densities = np.arange(24, dtype=np.float16).reshape(2, 3, 4)
    packed = pack_densities(densities)
    assert list(packed) == ["densities"]
    assert packed["densities"] is densities
    found = take_densities({**packed, "predictions": np.zeros(2)})
    np.testing.assert_array_equal(np.stack(found), densities)


def test_those_of_several_come_back_as_they_were() -> None:
    random = np.random.default_rng(0)
    densities = [random.random(grid).astype(np.float16) for grid in [(3, 4), (1, 1), (10, 2)]]
    packed = pack_densities(densities)
    pack_arrays(packed)  # as files of fits are
    arrays = {**packed, "predictions": np.zeros(3)}
    found = take_densities(arrays)
    assert list(arrays) == ["predictions"]
    assert [one.tolist() for one in found] == [one.tolist() for one in densities]


def test_a_file_without_any_has_none() -> None:
    assert len(take_densities({"predictions": np.zeros(3)})) == 0
