"""What gets a prediction: a photo, or an item of several."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from backbones.features.store import Store
from backbones.key import key
from ensemble.photos.items import Items, digest_item

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Subject:
    """A photo, or the photos of an item that can be used, with the columns beside.

    >>> Subject.of_item(["a1", "b2"], ["front", "back"]).without({"a1"})
    Subject(photos=('b2',), views=('back',), columns=None)
    """

    photos: tuple[str, ...]  #: their keys in the stores
    views: tuple[str, ...] | None = None  #: what each shows of its item; None: it is just a photo
    columns: bytes | None = None  #: float64 (k,), beside, where heads take any

    @classmethod
    def of_item(
        cls, photos: Sequence[str], views: Sequence[str], columns: bytes | None = None
    ) -> Subject:
        return cls(tuple(photos), tuple(views), columns)

    @property
    def key(self) -> str:
        """Of what is computed of it; of items SHA-256 (hex)."""
        seen = self.photos[0] if self.views is None else digest_item(self.photos, self.views)
        return seen if self.columns is None else key([seen, self.columns.hex()])

    def without(self, mistakes: Collection[str]) -> Subject | None:
        """It without the photos of these keys; None if it has no other."""
        kept = [row for row, photo in enumerate(self.photos) if photo not in mistakes]
        if not kept:
            return None
        views = None if self.views is None else tuple(self.views[row] for row in kept)
        return Subject(tuple(self.photos[row] for row in kept), views, self.columns)


def subjects_of(
    items: Items | None, keys: Sequence[str], columns: Numbers | None = None
) -> list[Subject]:
    """What gets a prediction, by the keys of all photos, with columns (n, k) beside."""
    count = len(keys) if items is None else len(items)
    beside = [None] * count if columns is None else [row.tobytes() for row in columns]
    if items is None:
        return [Subject((one,), None, row) for one, row in zip(keys, beside, strict=True)]
    return [
        Subject.of_item([keys[photo] for photo in photos], items.views_of(photos), row)
        for photos, row in zip(map(items.rows, range(count)), beside, strict=True)
    ]


def columns_of(subjects: Sequence[Subject]) -> Numbers | None:
    """The columns beside them, float64 (n, k); None where no head takes any."""
    rows = [np.frombuffer(one.columns) for one in subjects if one.columns is not None]
    return np.stack(rows) if rows else None


def usable(subjects: Iterable[Subject], mistakes: Collection[str]) -> list[Subject]:
    """Those that have photos without mistakes, with these alone."""
    left = (one.without(mistakes) for one in subjects)
    return [one for one in left if one is not None]


def rows_of(predictions: Store, subjects: Iterable[Subject], mistakes: Collection[str]) -> Numbers:
    """What a store has of those that have photos without mistakes, in their order."""
    found = predictions.read([one.key for one in usable(subjects, mistakes)])
    return np.asarray(found, dtype=np.float64)


def gathered(subjects: Sequence[Subject]) -> tuple[list[str], Items]:
    """The keys of all their photos, one after the other, and which are of which."""
    photos = [photo for one in subjects for photo in one.photos]
    views = [one.views or ("",) * len(one.photos) for one in subjects]
    return photos, Items.of_parts([one.photos for one in subjects], views)


class Pending:
    """Subjects whose photos come block by block, or their tiles.

    Parameters
    ----------
    parts : mapping of str to str, optional
        The photo of each key that comes, where some come in several.

    >>> pair = Subject.of_item(["a", "b"], ["", ""])
    >>> pending = Pending([pair, Subject(("c",))])
    >>> pending.take(["c", "a"], {}), sorted(pending.waiting)
    ([Subject(photos=('c',), views=None, columns=None)], ['a', 'b'])
    >>> pending.take([], {"b": ["no photo"]}), sorted(pending.waiting)
    ([Subject(photos=('a',), views=('',), columns=None)], [])
    """

    def __init__(
        self, subjects: Iterable[Subject], parts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._photo_of = parts
        self._parts: dict[str, set[str]] = {}
        for part, photo in parts.items():
            self._parts.setdefault(photo, set()).add(part)
        self._left = {one: set(one.photos) for one in subjects}
        self._of: dict[str, list[Subject]] = {}
        for one, photos in self._left.items():
            for photo in photos:
                self._of.setdefault(photo, []).append(one)
        self._begun: set[Subject] = set()
        self._told = 0  # of the mistakes

    @property
    def waiting(self) -> set[str]:
        """The photos of subjects that wait for the rest of theirs."""
        return {photo for one in self._begun for photo in one.photos}

    def take(self, keys: Iterable[str], mistakes: Collection[str]) -> list[Subject]:
        """Those that are complete once these keys, and more mistakes of photos, have come."""
        new = list(islice(mistakes, self._told, None))
        self._told += len(new)
        photos = [photo for part in keys for photo in self._whole(part)]
        ready = [one for photo in (*photos, *new) for one in self._come(photo)]
        return usable(ready, mistakes)

    def _whole(self, part: str) -> Iterator[str]:
        """The photo, where nothing is left of it but this."""
        photo = self._photo_of.get(part, part)
        left = self._parts.get(photo, set())
        left.discard(part)
        if left:
            self._begun.update(self._of.get(photo, ()))
        else:
            yield photo

    def _come(self, photo: str) -> Iterator[Subject]:
        for one in self._of.pop(photo, ()):
            self._left[one].discard(photo)
            self._begun.add(one)
            if not self._left[one]:
                self._begun.discard(one)
                yield one
