"""What is predicted: a row a photo, with the columns beside it where heads take any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from backbones.key import key

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Photos by their keys, one of which may stand in several rows of a table.

    >>> rows = Rows(["0a", "0b", "0a"], np.array([[1.0], [1.0], [2.0]]))
    >>> len(set(rows.keys)), rows.of(["0a"]).photos, Rows(["0a", "0a"]).of(["0a"]).keys
    (3, ['0a', '0a'], ['0a'])
    """

    photos: Sequence[str]  #: the key of each row's photo, as its SHA-256 (hex)
    columns: Numbers | None = None  #: (n, k), beside them

    def __len__(self) -> int:
        return len(self.photos)

    @cached_property
    def keys(self) -> list[str]:
        """Of each row; the same where photo and columns are. Without columns, the photos' own."""
        if self.columns is None:
            return list(self.photos)
        return [
            key([photo, row.tobytes().hex()])
            for photo, row in zip(self.photos, self.columns, strict=True)
        ]

    def of(self, photos: Iterable[str]) -> Rows:
        """The rows of these photos, each once, in the order of the photos."""
        order = {photo: number for number, photo in enumerate(photos)}
        first = {one: number for number, one in reversed(list(enumerate(self.keys)))}
        found = [row for row in first.values() if self.photos[row] in order]
        found.sort(key=lambda row: (order[self.photos[row]], row))
        columns = None if self.columns is None else self.columns[found]
        return Rows([self.photos[row] for row in found], columns)
