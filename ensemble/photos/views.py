"""How a head learns from items of several photos: photo by photo, or from their views together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError, first_ten
from backbones.features.maps import Maps
from backbones.key import key
from backbones.networks.backbone import Backbone
from ensemble import heads
from ensemble.config.member import Views
from ensemble.photos.features import StoredFeatures
from ensemble.photos.items import Items, Rows

#: Of features float32; with columns of a table behind them float64.
Matrix = npt.NDArray[np.floating]

#: The most views whose features stand side by side: a row is so many times as long.
MOST = 32


@dataclass(frozen=True)
class Apart:
    """The features of items photo by photo: indexed by positions of items, it has fewer of them."""

    photos: Matrix  #: (photos, d)
    items: Items

    def __len__(self) -> int:
        """How many items there are."""
        return len(self.items)

    def __getitem__(self, items: Rows) -> Apart:
        rows, taken = self.items.take(items)
        return Apart(self.photos[rows], taken)


def arrange(features: Matrix, items: Items, how: Views, order: Sequence[str]) -> Matrix | Apart:
    """What a head takes of items, from the features (photos, d) of their photos.

    Parameters
    ----------
    order : sequence of str
        The views that stand side by side; none where the photos' mean is all.
    """
    return Apart(features, items) if how == "apart" else stand_together(features, items, order)


def stand_together(features: Matrix, items: Items, order: Sequence[str]) -> Matrix:
    """The features (photos, d) of each item's views side by side, (items, views x d).

    Of several photos of one view it is their mean; of a view that an item lacks, the mean of all
    its photos, also of those whose views are not in the order. Without any, that mean alone.

    >>> items = Items(np.array(["a", "b", "c"]), np.array([0, 0, 1]), np.array(["up", "in", "in"]))
    >>> stand_together(np.array([[1], [3], [5]], dtype=np.float32), items, ["in", "up"])
    array([[3., 1.],
           [5., 5.]], dtype=float32)
    """
    mean = items.mean(features).astype(np.float32)
    if not order:
        return mean
    blocks, seen = [], np.array(items.views_of(np.arange(len(features))))
    for view in order:
        shown = np.flatnonzero(seen == view)
        block = mean.copy()
        if len(shown):
            having, ones = items.keep(shown)
            block[having] = ones.mean(features[shown]).astype(np.float32)
        blocks.append(block)
    return np.hstack(blocks)


def predict_known(head: heads.Regressor, known: Matrix | Maps | Apart) -> npt.NDArray[np.float64]:
    """A fitted head's predictions (n,) of photos, or of items.

    They are the same to the bit, whichever are predicted together.
    """
    if isinstance(known, Apart):
        return known.items.mean(heads.predict_alike(head, known.photos))
    return heads.predict_alike(head, known)


def order_of(items: Items | None, ways: Collection[Views | None]) -> tuple[str, ...]:
    """The views of the photos to learn from, in the order in which they stand side by side.

    None, where there are none, or no head learns in that one of the `ways`.

    Raises
    ------
    InputError
        There are too many of them to be views.
    """
    if items is None or items.view is None or "together" not in ways:
        return ()
    found = tuple(np.unique(items.view).tolist())
    if len(found) > MOST:
        raise InputError(
            f"data.columns.view names {len(found)} views, and {MOST} at most stand side by side: a "
            "view is what photos of many items show. Leave it out, or say views: apart; it has:",
            first_ten(list(found)),
        )
    return found


@dataclass(frozen=True)
class ItemFeatures:
    """The features of items by some backbones; see ``ensemble.stacking.crossfit.Features``."""

    stored: StoredFeatures  #: of their photos
    items: Items
    how: Views
    order: tuple[str, ...]  #: see ``order_of``

    @property
    def backbones(self) -> Sequence[Backbone]:
        """Whose features they are."""
        return self.stored.backbones

    @property
    def key(self) -> str:
        """SHA-256 (hex) of all that decides them, but for the photos of the items."""
        return key([self.stored.key, self.how, self.order])

    @contextmanager
    def open(self) -> Iterator[Matrix | Apart]:
        """The matrix (items, d), or the photos by item. Errors as ``StoredFeatures.open``."""
        with self.stored.open() as features:
            assert isinstance(features, np.ndarray)  # a config with items has no heads on maps
            yield arrange(features, self.items, self.how, self.order)
