"""How far new photos lie from those of the fit, by what a frozen network sees in them.

The distance of a photo is that to the nearest photo of the fit, between channel means that are
standardised over the photos of the fit; its unit is a distance that one in twenty photos of the fit
exceeds. These are held against the photos of other folds, since photos of one thing, and copies,
lie in one fold, and new photos are of new things; of folds ordered by time, against earlier photos.
Of an item it is the mean over its photos.

References
----------
- Sun, Ming, Zhu and Li, "Out-of-Distribution Detection with Deep Nearest Neighbors", ICML 2022: the
  distance to neighbours among features, and the unit. One neighbour, and features that are
  standardised, not brought to one length, tell other, blurred and dark photos best from new ones of
  the same kind: ``python -m benchmarks.novelty``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ensemble.config.experiment import Experiment
from ensemble.photos.channels import channel_means, count_channels, fewest_channels
from ensemble.photos.features import StoredFeatures
from ensemble.photos.items import Items
from ensemble.stacking.folds import Folds

Numbers = npt.NDArray[np.float64]
Single = npt.NDArray[np.float32]
Half = npt.NDArray[np.float16]

#: Of the photos of the fit, that lie farther than 1 from the others.
SHARE = 0.05

#: Photos of the fit that others are held against, at most, and at least: more tell new ones apart
#: no better. In between, so many that they have no more numbers than these.
MOST, _LEAST, _NUMBERS = 1000, 60, 1 << 20


@dataclass(frozen=True)
class Novelty:
    """Photos of the fit that new ones are held against.

    >>> means = np.array([[0.0, 1], [2, 1], [0, 3], [2, 3]], dtype=np.float32)
    >>> novelty = Novelty.among("tiny", means, fold=np.array([0, 0, 1, 1]))
    >>> novelty.own
    array([1., 1., 1., 1.])
    >>> novelty.measure(np.array([[2, 1], [2, 7]], dtype=np.float32))
    array([0., 2.])
    """

    backbone: str  #: the name of the one whose features are compared
    rows: Half  #: standardised means (m, d)
    mean: Single  #: of each channel, (d,)
    spread: Single
    unit: float  #: the distance that is 1, standardised
    #: how far each of the m photos, or their items, lies from those of other folds, in units; NaN
    #: where folds are ordered, and it is of the first one
    own: Numbers

    @classmethod
    def among(
        cls,
        backbone: str,
        means: Single,
        fold: npt.NDArray[np.intp],
        is_ordered: bool = False,
        items: Items | None = None,
    ) -> Novelty:
        """From the channel means (m, d) of photos of the fit, and the fold (m,) of each.

        With folds in an order, those of one are held against those of earlier ones. Where the
        photos are of `items`, the unit is that of these.
        """
        mean, spread = means.mean(axis=0), means.std(axis=0)
        spread = np.where(spread > 0, spread, np.float32(1))
        rows = ((means - mean) / spread).astype(np.float16)
        own = np.full(len(rows), np.nan)
        for one in np.unique(fold)[is_ordered:]:
            held_out, others = fold == one, fold < one if is_ordered else fold != one
            own[held_out] = _nearest(rows[held_out].astype(np.float32), rows[others])
        own = own if items is None else items.mean(own)
        unit = float(np.nanquantile(own, 1 - SHARE)) or 1.0
        return cls(backbone, rows, mean, spread, unit, own / unit)

    def measure(self, means: Single) -> Numbers:
        """How far photos lie from those of the fit, (n,), from their channel means (n, d)."""
        return _nearest((means - self.mean) / self.spread, self.rows) / self.unit

    @cached_property
    def identity(self) -> str:
        """SHA-256 (hex) of all that decides what is measured."""
        digest = hashlib.sha256(self.backbone.encode())
        for part in (self.rows, self.mean, self.spread, np.float64(self.unit)):
            digest.update(part.tobytes())
        return digest.hexdigest()


def take_novelty(
    experiment: Experiment, photos: StoredFeatures, folds: Folds, items: Items | None = None
) -> Novelty | None:
    """That of a fit, by the backbone with the fewest channels.

    None if one fold has all photos, or no backbone sees them.

    Parameters
    ----------
    photos : StoredFeatures
        Of the photos of the fit, in the order of the folds; its backbones do not matter.
    items : Items, optional
        What the folds are of, where that is not photos.
    """
    read = [one for member in experiment.members for one in member.backbones]
    if not read:
        return None
    backbone = fewest_channels(read)
    number = folds.number[0]
    if items is not None:
        number = items.spread(number)
    rows = draw_rows(len(number), count_channels(backbone), experiment.config.seed)
    if items is not None:
        rows, items = _whole(items, rows)
    if len(np.unique(number[rows])) == 1:
        return None
    drawn = replace(
        photos,
        backbones=[backbone],
        paths=[photos.paths[row] for row in rows],
        digests=[photos.digests[row] for row in rows],
    )
    with drawn.open() as features:
        means = channel_means(features)
    return Novelty.among(backbone.name, means, number[rows], folds.is_ordered, items)


def _whole(items: Items, rows: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], Items]:
    """Photos of whole items, hardly more than these: every so manieth of the items of these."""
    drawn = np.unique(items.item[rows])
    step = -(-len(items.take(drawn)[0]) // len(rows))
    return items.take(drawn[::step])


def draw_rows(photos: int, channels: int, seed: int) -> npt.NDArray[np.intp]:
    """Positions of photos that new ones are to be held against, increasing."""
    count = min(photos, MOST, max(_LEAST, _NUMBERS // channels))
    return np.sort(np.random.default_rng(seed).choice(photos, count, replace=False))


def _nearest(rows: Single, others: Half) -> Numbers:
    """The distance to the nearest of the others, (n,): the same whichever rows come together."""
    from scipy.spatial.distance import cdist

    return np.asarray(cdist(rows, others.astype(np.float32)).min(axis=1), dtype=np.float64)
