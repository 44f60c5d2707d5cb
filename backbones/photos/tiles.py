"""Photos in tiles that overlap, each of which a network sees as it sees a whole photo."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from backbones.key import key

Size = tuple[int, int]

#: Pixels of a canvas that are made together, unless a row of tiles has more: 50 MB.
_BAND = 2**24

#: Tiles begin at multiples of so many pixels of what the network sees, so that their cells lie on
#: one grid: those of every map, and of a density whose cells divide it.
STEP = 32


class Tile(NamedTuple):
    """The upper left corner of a tile, in pixels of the canvas."""

    top: int
    left: int


@dataclass(frozen=True)
class Band:
    """Rows of a photo that is brought to the scale of its tiles."""

    photo: Size  #: height and width of all of it at that scale
    top: int  #: the first of the rows


@dataclass(frozen=True)
class Side:
    """The tiles along one side of a photo, in pixels of what the network sees."""

    length: int  #: of the photo
    tile: int  #: of a tile
    starts: tuple[int, ...]  #: of the tiles, increasing

    @classmethod
    def cut(cls, length: int, tile: int, overlap: float) -> Side:
        """As few tiles, evenly spread, as overlap by this share of a tile at least.

        Those of ``STEP`` pixels, which is the least that tiles lie apart, do not overlap.

        >>> Side.cut(1000, 512, 0.25)
        Side(length=1000, tile=512, starts=(0, 256, 512))
        """
        steps = max(0, math.ceil((length - tile) / STEP))
        most = max(1, math.floor(tile * (1 - overlap) / STEP))
        gaps = math.ceil(steps / most)
        return cls(length, tile, tuple(STEP * (steps * n // max(1, gaps)) for n in range(gaps + 1)))

    @property
    def end(self) -> int:
        """Where the last tile ends: with the photo, or behind it."""
        return self.starts[-1] + self.tile


@dataclass(frozen=True)
class Layout:
    """Where the tiles of a photo lie on its canvas: the photo, and what is behind its ends.

    The canvas is that of the network: a photo is brought to its scale first.
    """

    down: Side
    across: Side

    @property
    def photo(self) -> Size:
        """Height and width of the photo on the canvas, from its upper left corner."""
        return self.down.length, self.across.length

    @property
    def canvas(self) -> Size:
        """Height and width of all tiles together."""
        return self.down.end, self.across.end

    @cached_property
    def tiles(self) -> tuple[Tile, ...]:
        """Row by row."""
        return tuple(Tile(top, left) for top in self.down.starts for left in self.across.starts)

    @cached_property
    def bands(self) -> dict[int, tuple[int, int]]:
        """The first row of the photo that is made with tiles of each ``top``, and how many are."""
        height, width = self.photo
        most = max(self.down.tile, _BAND // width)
        found: dict[int, tuple[int, int]] = {}
        for tops in _within(self.down.starts, most - self.down.tile):
            end = min(height, tops[-1] + self.down.tile)
            found.update(dict.fromkeys(tops, (tops[0], end - tops[0])))
        return found

    def keys(self, digest: str) -> list[str]:
        """SHA-256 (hex) of each tile of the photo with this digest, in the order of `tiles`."""
        frame = (self.down.tile, self.across.tile)
        return [key(["tile", digest, self.photo, frame, tile]) for tile in self.tiles]


@dataclass(frozen=True)
class Tiling:
    """How photos are cut; a network sees each tile in the size of its input."""

    size: Size  #: height and width of a tile, pixels of the photo
    overlap: float  #: the least share of its side that a tile has in common with the next

    def layout(self, photo: Size, frame: Size) -> Layout:
        """The tiles of a photo of this height and width; `frame` is that of the network's input.

        >>> Tiling((1024, 1024), 0.25).layout((3000, 4000), (512, 512)).photo
        (1500, 2000)
        """
        down, across = (
            Side.cut(max(1, round(length * seen / tile)), seen, self.overlap)
            for length, seen, tile in zip(photo, frame, self.size, strict=True)
        )
        return Layout(down, across)


def _within(starts: Sequence[int], most: int) -> Iterator[list[int]]:
    """Increasing starts, in groups of which the last lies so far from the first at most."""
    group: list[int] = []
    for start in starts:
        if group and start - group[0] > most:
            yield group
            group = []
        group.append(start)
    yield group
