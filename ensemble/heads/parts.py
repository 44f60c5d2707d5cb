"""Parts of photos that labels are of, where they are not of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Part:
    """What is labelled of a photo: the objects in an area, or counts in regions.

    Shapes are in one unit: pixels of the photo, or fractions of the frame that a network sees.
    """

    area: BaseGeometry | None = None  #: in which every object has its place; None if there is none
    regions: tuple[BaseGeometry, ...] = ()  #: of which none overlaps another
    counts: tuple[float, ...] = ()  #: of objects in each region, in the target's unit
    is_whole: bool = True  #: whether the target is the whole photo's, and not that of these parts

    @property
    def shapes(self) -> tuple[BaseGeometry, ...]:
        """The area, or the regions."""
        return self.regions if self.area is None else (self.area,)

    def content(self) -> Iterator[bytes]:
        """All that it says, for digests."""
        yield b"whole" if self.is_whole else b"part"
        yield b"area" if self.area is not None else repr(self.counts).encode()
        for shape in self.shapes:
            yield shape.wkb
