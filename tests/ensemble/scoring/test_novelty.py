from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from ensemble.photos.items import Items
from ensemble.scoring.novelty import MOST, SHARE, Novelty, draw_rows

FOLD = np.arange(400) % 4


def rows(count: int, shift: float = 0.0, seed: int = 0) -> npt.NDArray[np.float32]:
    draw = np.random.default_rng(seed)
    return (3 + shift + 2 * draw.normal(size=(count, 8))).astype(np.float32)


def test_photos_of_the_same_kind_are_near_and_others_far() -> None:
    novelty = Novelty.among("tiny", rows(400), FOLD)
    assert (novelty.own > 1).mean() == pytest.approx(SHARE, abs=0.005)
    alike, others = novelty.measure(rows(400, seed=1)), novelty.measure(rows(400, shift=8, seed=1))
    assert (alike > 1).mean() < 2 * SHARE
    assert (others > 1).mean() > 0.95


def test_photos_of_one_fold_are_not_held_against_each_other() -> None:
    """Else copies, which lie in one fold, would let every new photo seem far."""
    copied = np.repeat(rows(100), 4, axis=0)
    together = Novelty.among("tiny", copied, np.repeat(np.arange(100) % 4, 4))
    assert together.own.min() > 0
    apart = Novelty.among("tiny", copied, FOLD)
    assert apart.own.max() == 0


def test_in_order_photos_are_held_against_those_of_earlier_folds_alone() -> None:
    means = np.float32([[0, 0], [4, 0], [1, 0], [4, 1]])
    novelty = Novelty.among("tiny", means, np.array([0, 1, 2, 2]), is_ordered=True)
    first, *own = (novelty.own * novelty.unit).tolist()
    assert np.isnan(first)
    one, other = means.std(axis=0)
    assert own == pytest.approx([4 / one, 1 / one, 1 / other], rel=1e-2)
    assert novelty.measure(means[:1]).tolist() == pytest.approx([0.0], abs=1e-3)


def test_a_photo_has_the_same_number_alone_and_among_others() -> None:
    novelty, new = Novelty.among("tiny", rows(400), FOLD), rows(37, seed=1)
    alone = np.concatenate([novelty.measure(one[np.newaxis]) for one in new])
    np.testing.assert_array_equal(alone, novelty.measure(new))


def test_the_scale_of_a_channel_does_not_matter() -> None:
    scale = np.float32([1, 1000, 1e-3, 1, 1, 1, 1, 1])
    plain = Novelty.among("tiny", rows(400), FOLD).measure(rows(9, seed=1))
    scaled = Novelty.among("tiny", rows(400) * scale, FOLD).measure(rows(9, seed=1) * scale)
    np.testing.assert_allclose(plain, scaled, rtol=1e-2)


def test_channels_and_photos_that_are_all_the_same_are_no_fault() -> None:
    same = np.ones((8, 3), dtype=np.float32)
    novelty = Novelty.among("tiny", same, np.arange(8) % 2)
    assert novelty.own.tolist() == [0.0] * 8
    assert novelty.measure(np.float32([[1, 1, 1], [1, 1, 4]])).tolist() == [0.0, 3.0]


def test_its_identity_changes_with_all_that_is_measured_by() -> None:
    one = Novelty.among("tiny", rows(400), FOLD)
    assert one.identity == Novelty.among("tiny", rows(400), FOLD).identity
    others = [
        Novelty.among("other", rows(400), FOLD),
        Novelty.among("tiny", rows(400, seed=1), FOLD),
        Novelty.among("tiny", rows(400), np.repeat(np.arange(4), 100)),
    ]
    assert len({one.identity, *(other.identity for other in others)}) == 4


@pytest.mark.parametrize(
    ("photos", "channels", "count"),
    [(40, 8, 40), (5000, 8, MOST), (5000, 1 << 13, 128), (99, 1 << 30, 60)],
)
def test_so_many_photos_are_kept(photos: int, channels: int, count: int) -> None:
    drawn = draw_rows(photos, channels, seed=0)
    assert len(set(drawn.tolist())) == len(drawn) == count
    assert (np.diff(drawn) > 0).all()
    assert 0 <= drawn[0] <= drawn[-1] < photos
    np.testing.assert_array_equal(drawn, draw_rows(photos, channels, seed=0))


def test_of_items_it_is_the_mean_over_their_photos_and_so_is_its_unit() -> None:
    names, item = np.array([str(row) for row in range(400)]), np.repeat(np.arange(100), 4)
    items, fold = Items(names, item), np.repeat(np.arange(100) % 4, 4)
    found, plain = (Novelty.among("tiny", rows(400), fold, items=one) for one in (items, None))
    assert len(found.own) == 100
    assert (found.own > 1).mean() == pytest.approx(SHARE, abs=0.005)
    np.testing.assert_allclose(found.own * found.unit, items.mean(plain.own) * plain.unit)
    new = rows(40, seed=1)
    np.testing.assert_allclose(found.measure(new) * found.unit, plain.measure(new) * plain.unit)
