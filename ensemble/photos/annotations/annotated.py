"""What an export of an annotation tool says, before it is held against the photos."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

#: xmin, ymin, xmax and ymax; of a point x, y, x and y.
Corners = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Marked:
    """One object of a photo."""

    label: str  #: its class
    corners: Corners  #: of the box around it, in the units of the photo's frame
    where: str  #: its entry, for messages
    shape: str = "box"  #: as it was drawn
    is_crowd: bool = False  #: it stands for many objects that were not marked one by one


@dataclass(frozen=True, slots=True)
class Annotated:
    """One photo of an export."""

    names: tuple[str, ...]  #: what it may be called among the photos, the surest first
    where: str  #: its file, or entry, for messages
    frame: tuple[float, float] | None  #: width and height that places are in; None: not stated
    objects: tuple[Marked, ...]
    is_share: bool = False  #: `frame` is a scale, such as 1 or 100, and not a size in pixels


@dataclass(frozen=True)
class Annotations:
    """All that an export says."""

    photos: tuple[Annotated, ...]
    classes: tuple[str, ...]  #: those that it declares, which objects may have or not
    notes: tuple[str, ...] = ()  #: what was left out or taken otherwise, a line each


class Reader(Protocol):
    """Reads the files of one format."""

    def __call__(self, path: Path) -> Annotations:
        """Read a file, or the files of a folder.

        Raises
        ------
        InputError
            They are of another format, or have mistakes: all of one kind.
        """
        ...
