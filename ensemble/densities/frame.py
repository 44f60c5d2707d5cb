"""Where the cells of a density lie in the photo that a network saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backbones.photos.framing import View, boxes_in_frame

Numbers = npt.NDArray[np.float64]
Size = tuple[int, int]


def seen_in_photo(photo: Size, view: View) -> tuple[float, float, float, float]:
    """Where the frame lies that a network saw: left, top, right, bottom in pixels of the photo.

    `photo` is its height and width. The frame reaches beyond it where it was padded.

    >>> seen_in_photo((100, 100), ((100, 200), "letterbox"))
    (-50.0, 0.0, 150.0, 100.0)
    """
    size, resize = view
    whole = np.array([[0.0, 0.0, 1.0, 1.0]])
    left, top, right, bottom = boxes_in_frame(whole, photo, size, resize)[0].tolist()
    across, down = photo[1] / (right - left), photo[0] / (bottom - top)
    # Not -left, which may be -0.0.
    return (0 - left) * across, (0 - top) * down, (1 - left) * across, (1 - top) * down


@dataclass(frozen=True)
class Axis:
    """The cells along one side of a photo, of which the outermost end where the photo does."""

    edges: Numbers  #: (cells + 1,), pixels of the photo, increasing
    before: int  #: cells of the density that lie in the padding before the photo
    length: int  #: of that side, pixels
    cell: float  #: of a whole cell, pixels
    start: float = 0.0  #: of the density, pixels; below 0 where it begins in the padding

    @classmethod
    def between(cls, start: float, end: float, cells: int, length: int) -> Axis:
        """From `cells` equal ones over a frame from `start` to `end`, in pixels of the photo."""
        edges = np.linspace(start, end, cells + 1)
        # A sliver of a pixel's thousandth comes from rounding, and is no cell of the photo.
        inside = (edges[1:] > 1e-3) & (edges[:-1] < length - 1e-3)
        first, last = np.flatnonzero(inside)[[0, -1]]
        kept = edges[first : last + 2].clip(0, length)
        return cls(kept, int(first), length, float((end - start) / cells), float(start))

    @property
    def cells(self) -> int:
        return len(self.edges) - 1

    def fold(self, density: Numbers) -> Numbers:
        """Add what lies in the padding to the outermost cells of the photo, along the first axis.

        It belongs to objects at the border: the head spreads each over two cells at least.
        """
        end = self.before + self.cells
        folded = density[self.before : end].copy()
        folded[0] += density[: self.before].sum(axis=0)
        folded[-1] += density[end:].sum(axis=0)
        return folded

    def shares(self, start: npt.ArrayLike, end: npt.ArrayLike) -> Numbers:
        """The share of each cell that lies in each of n ranges, float64 (n, cells).

        >>> Axis(np.array([0.0, 4.0, 8.0]), 0, 8, 4.0).shares([0.0], [5.0])
        array([[1.  , 0.25]])
        """
        low, high = np.asarray(start)[:, np.newaxis], np.asarray(end)[:, np.newaxis]
        covered = np.minimum(self.edges[1:], high) - np.maximum(self.edges[:-1], low)
        shares: Numbers = covered.clip(0) / np.diff(self.edges)
        return shares

    def place(self, position: float) -> float:
        """Where a position in cells of the whole density lies in the photo, pixels."""
        whole = self.start + position * self.cell
        return min(max(whole, 0.0), float(self.length))

    def even(self) -> Numbers:
        """The edges of equal cells over the whole side, about as long as those of the density."""
        return np.linspace(0, self.length, max(1, round(self.length / self.cell)) + 1)


@dataclass(frozen=True)
class Frame:
    """The cells of a density in the pixels of its photo, as a viewer shows it."""

    down: Axis
    across: Axis

    @classmethod
    def of(cls, photo: Size, view: View, grid: Size) -> Frame:
        """Of a photo of this height and width; `grid` is the density's rows and columns."""
        left, top, right, bottom = seen_in_photo(photo, view)
        return cls(
            Axis.between(top, bottom, grid[0], photo[0]),
            Axis.between(left, right, grid[1], photo[1]),
        )

    @property
    def seen(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of what the network saw of the photo, pixels of the photo."""
        across, down = self.across.edges, self.down.edges
        return float(across[0]), float(down[0]), float(across[-1]), float(down[-1])

    def fold(self, density: npt.NDArray[np.floating]) -> Numbers:
        """The density without the padding, float64 (rows, columns), with the same sum."""
        return self.across.fold(self.down.fold(density.astype(np.float64)).T).T

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point in cells of the density lies: x and y in pixels of the photo."""
        return self.across.place(x), self.down.place(y)

    def even(self, folded: Numbers) -> Numbers:
        """A folded density over equal cells from corner to corner of the photo; the same sum."""
        down, across = self.down.even(), self.across.even()
        rows = self.down.shares(down[:-1], down[1:])
        columns = self.across.shares(across[:-1], across[1:])
        even: Numbers = rows @ folded @ columns.T
        return even

    def sums(self, folded: Numbers, boxes: Numbers) -> Numbers:
        """What of a folded density lies in boxes (n, 4), pixels of the photo: float64 (n,).

        A cell that a border cuts counts by the share inside.
        """
        columns = self.across.shares(boxes[:, 0], boxes[:, 2])
        rows = self.down.shares(boxes[:, 1], boxes[:, 3])
        sums: Numbers = np.einsum("nr,rc,nc->n", rows, folded, columns)
        return sums
