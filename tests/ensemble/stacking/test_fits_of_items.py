"""Fits of heads that learn items photo by photo."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pytest

from ensemble.config.member import Member
from ensemble.heads import HeadSpec
from ensemble.heads.ridge import RidgeLOO
from ensemble.photos.items import Items
from ensemble.photos.views import Apart
from ensemble.stacking.fits import Fits, Labels, make_content
from ensemble.stacking.folds import Folds
from tests.ensemble.stacking.test_stack import Case

ITEM = np.repeat(np.arange(12), [1, 2, 3] * 4)
FOLD = np.arange(12) % 3
DRAW = np.random.default_rng(0)
PHOTOS = DRAW.normal(size=(len(ITEM), 4)).astype(np.float32)
TARGET = np.arange(12.0) + 1
WEIGHT = DRAW.uniform(1, 2, 12)


@pytest.fixture
def features() -> Apart:
    return Apart(PHOTOS, Items(np.array([str(row) for row in range(len(ITEM))]), ITEM))


def fits(target: str = "none") -> Fits:
    spec = HeadSpec(head="ridge", target=target)  # type: ignore[arg-type]
    member = Member((Case.backbone(None, 0),), spec, views="apart")  # type: ignore[arg-type]
    labels = Labels([f"{n:064x}" for n in range(12)], TARGET, WEIGHT)
    folds = Folds(np.array([f"{n:02}" for n in range(12)]), FOLD[np.newaxis])
    return Fits(member, labels, folds, 0)


@pytest.mark.parametrize("left_out", [(0,), (0, 2)])
def test_photos_have_their_items_target_and_weight_and_items_the_mean(
    features: Apart, left_out: tuple[int, ...]
) -> None:
    held_out = np.isin(FOLD, left_out)
    learned = ~held_out[ITEM]
    mean, spread = PHOTOS[learned].mean(axis=0), PHOTOS[learned].std(axis=0)
    rows = (PHOTOS - mean) / spread
    head = RidgeLOO().fit(rows[learned], TARGET[ITEM][learned], WEIGHT[ITEM][learned])
    photos = head.predict(rows)
    expected = [photos[item == ITEM].mean() for item in np.flatnonzero(held_out)]
    content = make_content(fits(), features, left_out)
    found = make_content(fits(), pickle.loads(pickle.dumps(features)), left_out)
    assert content == found  # as another process of a cluster makes it
    assert isinstance(content, bytes)
    np.testing.assert_allclose(_predictions(content), expected, rtol=1e-5)


def test_the_mean_is_in_the_targets_own_unit(features: Apart) -> None:
    """Not that of logarithms, which is less."""
    content = make_content(fits("log1p"), features, (1,))
    learned = FOLD[ITEM] != 1
    mean, spread = PHOTOS[learned].mean(axis=0), PHOTOS[learned].std(axis=0)
    rows = (PHOTOS - mean) / spread
    head = RidgeLOO().fit(rows[learned], np.log1p(TARGET[ITEM][learned]), WEIGHT[ITEM][learned])
    photos = np.expm1(head.predict(rows))
    expected = [photos[item == ITEM].mean() for item in np.flatnonzero(FOLD == 1)]
    assert isinstance(content, bytes)
    np.testing.assert_allclose(_predictions(content), expected, rtol=1e-5)


def test_the_head_on_all_items_has_learned_every_photo(features: Apart) -> None:
    content = make_content(fits(), features, ())
    assert not isinstance(content, bytes)
    assert list(content) == ["head.skops"]


def _predictions(content: bytes) -> np.ndarray:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return np.asarray(arrays["predictions"])
