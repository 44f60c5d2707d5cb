"""Photos of which heads that see tiles could learn nothing, found by their headers alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from backbones.photos.framing import View
from backbones.photos.sizes import photo_sizes
from backbones.photos.tiles import Tiling
from backbones.remote.photo import Photo
from ensemble.photos.dataset import Dataset
from ensemble.photos.parts.tiles import refuse_untaught


def refuse_counts_alone(photos: Dataset, views: Iterable[View], cache: Path | None = None) -> None:
    """Refuse photos whose counts are of more than a tile in one of the views; see ``parts.tiles``.

    Of photos behind URLs the folder `cache` has the sizes. Those without any are passed over:
    whoever decodes them says what is wrong.

    Raises
    ------
    InputError
        As ``refuse_untaught``.
    """
    for size, framing in dict.fromkeys(views):
        if not isinstance(framing, Tiling):
            continue
        rows, sizes = _counted_alone(photos, cache)
        names = [str(photos.names[row]) for row in rows]
        parts = [photos.parts.get(name) for name in names]
        target = photos.target[rows]
        refuse_untaught(names, sizes, [None] * len(rows), parts, target, (size, framing))


def _counted_alone(photos: Dataset, cache: Path | None) -> tuple[list[int], list[tuple[int, int]]]:
    """The positions, and the sizes, of photos whose objects lie in unknown places, if any do."""
    located = set() if photos.objects is None else set(photos.objects["name"])
    located |= {name for name, part in photos.parts.items() if part.area is not None}
    rows = [row for row, name in enumerate(photos.names.tolist()) if name not in located]
    unsized: dict[Photo, list[str]] = {}
    sizes = photo_sizes([photos.paths[row] for row in rows], cache, unsized)
    kept = [place for place, row in enumerate(rows) if photos.paths[row] not in unsized]
    return [rows[place] for place in kept], [sizes[place] for place in kept]
