"""Folds in the order of time: blocks of photos, each predicted from the blocks before it.

References
----------
- Tashman, "Out-of-sample tests of forecasting accuracy: an analysis and review", International
  Journal of Forecasting 16 (2000): an origin that rolls on, and all before it to learn from. As
  ``sklearn.model_selection.TimeSeriesSplit``, where no two photos have one time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.plural import count
from ensemble.config.folds import FoldsSpec
from ensemble.photos.copies import Copies
from ensemble.photos.dataset import Dataset
from ensemble.photos.times import Times

Rows = npt.NDArray[np.intp]

_LOG = logging.getLogger("ensemble")

#: Fewest photos of the first block.
_LEAST = 2

#: What becomes of the photos of a block.
LEARNED, PREDICTED, SCORED = "learned from", "predicted by members", "scored"


@dataclass(frozen=True)
class Block:
    """Photos of consecutive times."""

    block: int  #: its number, from 0
    photos: int
    first: str  #: the times of its first and its last photo
    last: str
    use: str  #: ``LEARNED``, of the first; ``PREDICTED``, but by no stack; or ``SCORED``


def read_blocks(metrics: Mapping[str, Any]) -> tuple[Block, ...]:
    """The blocks in the content of ``metrics.json``; none where folds are others."""
    return tuple(Block(**one) for one in metrics.get("blocks", ()))


def only_scored(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Those of which the scores are."""
    return tuple(one for one in blocks if one.use == SCORED)


def cut_blocks(photos: Dataset, spec: FoldsSpec) -> Rows:
    """Return the block of each photo, (n,): 0, which is never predicted, to ``spec.n``.

    Photos of one time are in one block. Blocks are of one size as nearly as that allows; what is
    left over makes the first one larger.

    Raises
    ------
    InputError
        There are fewer different times than blocks, the first block is a single photo, or one holds
        no photo that counts; or the photos have no times.
    """
    if photos.time is None:
        raise InputError(
            "folds.method: time is of tables, which say when each photo was taken, and there is "
            "none; leave the method out"
        )
    moments, place = np.unique(photos.time.moment, return_inverse=True)
    if len(moments) <= spec.n:
        raise InputError(
            f"folds.n: {spec.n} blocks after a first one need {spec.n + 1} different times in "
            f"{spec.column}, not {len(moments)}; take fewer folds, or times that are finer"
        )
    ends = np.cumsum(np.bincount(place))  # photos up to each moment
    number = np.searchsorted(_starts(ends, spec.n), place, side="right")
    if (number == 0).sum() < _LEAST:
        raise InputError(
            f"folds.n: the first of {spec.n + 1} blocks of time has but one photo, and nothing can "
            "be learned from that; take fewer folds"
        )
    _refuse_weightless(photos, number)
    return number


def _starts(ends: Rows, n: int) -> Rows:
    """The moments (n,) at which blocks after the first begin, as near to equal sizes as they go.

    `ends` counts the photos up to each moment. Each block is left one moment at least.

    >>> _starts(np.array([1, 2, 3, 4, 5, 6, 7]), 3)
    array([4, 5, 6])
    >>> _starts(np.array([1, 9, 10]), 2)
    array([1, 2])
    """
    photos, found = int(ends[-1]), [0]
    for block in range(n):
        wanted = photos - (n - block) * (photos // (n + 1))
        before = ends[found[-1] : len(ends) - (n - block)]  # of each moment that is left to it
        found.append(found[-1] + 1 + int(np.abs(before - wanted).argmin()))
    return np.array(found[1:], dtype=np.intp)


def _refuse_weightless(photos: Dataset, number: Rows) -> None:
    if photos.weight is None:
        return
    mass = np.bincount(number, weights=photos.weight)
    empty = np.flatnonzero(mass == 0)
    if len(empty):
        raise InputError(
            "each photo of these blocks of time has a weight of 0, so that nothing is to be "
            "learned or scored there; take fewer folds, or other weights:",
            first_ten([f"block {block}: {_span(photos, number == block)}" for block in empty]),
        )


def list_blocks(photos: Dataset, number: Rows, scored_from: int) -> list[Block]:
    """Describe the blocks (n,) of photos; those from `scored_from` on are scored."""
    texts = np.array(_times(photos).texts())
    found = []
    for block in range(int(number.max()) + 1):
        rows = _in_order(photos, number == block)
        use = LEARNED if block == 0 else SCORED if block >= scored_from else PREDICTED
        first, last = str(texts[rows[0]]), str(texts[rows[-1]])
        found.append(Block(block, len(rows), first, last, use))
    return found


def tell_of_blocks(photos: Dataset, number: Rows, spec: FoldsSpec, stack_is_fitted: bool) -> None:
    """Log the times of the blocks (n,), and what each is for."""
    blocks = list_blocks(photos, number, 2 if stack_is_fitted else 1)
    _LOG.info(describe_blocks(blocks, str(spec.column), photos.noun))


def describe_blocks(blocks: Sequence[Block], column: str, noun: str = "photo") -> str:
    """Say in a line which photos, or items, are predicted, and from what.

    >>> one, two = Block(0, 9, "2024", "2024", LEARNED), Block(1, 5, "2025", "2026", SCORED)
    >>> describe_blocks([one, two], "year")
    'blocks of year: 0: 2024 (9 photos, learned from); 1: 2025 to 2026 (5 photos, scored)'
    """
    told = [f"{one.block}: {between(one)} ({count(one.photos, noun)}, {one.use})" for one in blocks]
    return f"blocks of {column}: {'; '.join(told)}"


def between(*blocks: Block) -> str:
    """The times of some blocks in a row, from the first to the last."""
    first, last = blocks[0].first, blocks[-1].last
    return first if first == last else f"{first} to {last}"


def tell_of_seen(
    photos: Dataset, number: Rows, digests: Sequence[str], copies: Copies | None
) -> None:
    """Warn of predicted photos of which heads have seen a copy, or others of the same group."""
    again = seen_before(number, np.asarray(digests))
    if again.any():
        names = photos.names[_in_order(photos, again)].tolist()
        title = (
            f"{count(len(names), 'photo', 'is')} byte for byte the same as one of an earlier "
            "block, whose target heads have learned: scores are better than they will be on new "
            "photos; leave the later ones out of the table:"
        )
        _LOG.warning("%s", "\n  - ".join([title, *first_ten(names)]))
    near = 0 if copies is None else int((seen_before(number, copies.group) & ~again).sum())
    if near:
        _LOG.warning(
            "%s nearly the same as one of an earlier block: scores are better than they will be on "
            "new photos, unless these repeat known ones as often",
            count(near, "predicted photo", "is"),
        )
    if photos.group is None:
        return
    known = int(seen_before(number, photos.group).sum())
    if known:
        _LOG.warning(
            "%s of a group that heads have learned from in earlier blocks: where new photos will "
            "be of new groups, scores are better than they will be; see folds.method: group",
            count(known, "predicted photo", "is"),
        )


def seen_before(number: Rows, label: npt.NDArray[np.str_] | Rows) -> npt.NDArray[np.bool_]:
    """Which photos (n,) share their label (n,) with one of an earlier block (n,).

    >>> seen_before(np.array([0, 1, 1, 2]), np.array(["a", "b", "a", "c"]))
    array([False, False,  True, False])
    """
    earliest = pd.Series(number).groupby(np.asarray(label)).transform("min")
    return np.asarray(number > earliest.to_numpy(), dtype=bool)


def _times(photos: Dataset) -> Times:
    assert photos.time is not None  # as long as the blocks are those of its times
    return photos.time


def _in_order(photos: Dataset, chosen: npt.NDArray[np.bool_]) -> Rows:
    """The positions of the chosen photos by their time; those of one time by name."""
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(_times(photos).moment[rows], kind="stable")]


def _span(photos: Dataset, chosen: npt.NDArray[np.bool_]) -> str:
    rows, texts = _in_order(photos, chosen), _times(photos).texts()
    return between(Block(0, len(rows), texts[rows[0]], texts[rows[-1]], LEARNED))
