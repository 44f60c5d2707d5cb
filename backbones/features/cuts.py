"""How photos are cut for networks that see tiles: the keys of these, and how each is loaded."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from backbones.engines import Photos
from backbones.errors import InputError, UnreachableError
from backbones.networks.backbone import Backbone
from backbones.photos.framing import GREY, View, Wanted
from backbones.photos.sizes import Size, photo_sizes
from backbones.photos.tiles import Band, Layout, Tile, Tiling
from backbones.remote.photo import Photo

#: What is wrong with photos that cannot be decoded, by their keys, of each of a photo's files.
Mistakes = dict[str, list[str]]

#: Decodes one photo, or tile, into the views asked for; raises an ``InputError`` where it cannot.
Load = Callable[[Collection[Wanted]], dict[Wanted, Photos]]


@dataclass(frozen=True)
class Cuts:
    """The layouts of photos, by their keys, in each view that is in tiles.

    Networks see a tile under a key of its own; without such views, a photo under its own. So does
    one whose size cannot be read: loading it says what is wrong with it.
    """

    layouts: Mapping[View, Mapping[str, Layout]] = field(default_factory=dict)

    @classmethod
    def of(cls, backbones: Iterable[Backbone], sizes: Callable[[], Mapping[str, Size]]) -> Cuts:
        """For these backbones; the photos' heights and widths are asked for where one needs them.

        Photos of unknown size have 0 and 0.
        """
        tiled = {one.view for one in backbones if isinstance(one.view[1], Tiling)}
        known = sizes() if tiled else {}
        return cls(
            {
                (size, tiling): {
                    photo: tiling.layout(found, size)
                    for photo, found in known.items()
                    if all(found)
                }
                for size, tiling in tiled
                if isinstance(tiling, Tiling)
            }
        )

    @classmethod
    def of_files(
        cls, backbones: Iterable[Backbone], photos: Mapping[str, Sequence[Photo]], cache: Path
    ) -> Cuts:
        """For these backbones, of photos by their digests."""
        return cls.of(backbones, partial(_sizes, photos, cache))

    def layouts_of(self, backbone: Backbone, photos: Sequence[str]) -> list[Layout] | None:
        """Those of photos; None where the network of a backbone sees them whole."""
        known = self.layouts.get(backbone.view)
        return None if known is None else [known[photo] for photo in photos]

    def keys(self, backbone: Backbone, photos: Iterable[str]) -> list[str]:
        """What the network of a backbone sees of photos, one after the other."""
        return self.keys_in(backbone.view, photos)

    def keys_in(self, view: View, photos: Iterable[str]) -> list[str]:
        """What is seen of photos in a view, one after the other."""
        if view not in self.layouts:
            return list(photos)
        known = self._keys[view]
        return [key for photo in photos for key in known.get(photo, [photo])]

    @property
    def noun(self) -> str:
        """What comes one after the other."""
        return "tile" if self.layouts else "photo"

    def seen_by(self, backbone: Backbone, keys: Collection[str]) -> list[str]:
        """Those of the keys, of photos and of tiles, that the network of a backbone sees."""
        if not self.layouts:
            return list(keys)
        own, cut = self._tiles.get(backbone.view, set()), self.layouts.get(backbone.view, {})
        others = [tiles for view, tiles in self._tiles.items() if view != backbone.view]
        return [
            key
            for key in keys
            if key in own or not (key in cut or any(key in tiles for tiles in others))
        ]

    def tiles_of(self, view: View, keys: Iterable[str]) -> list[str]:
        """Those of the keys that are of tiles in a view."""
        return [key for key in keys if key in self._tiles[view]]

    @cached_property
    def _keys(self) -> dict[View, dict[str, list[str]]]:
        """The keys of each photo's tiles in each view: one string for all who ask."""
        return {
            view: {photo: layout.keys(photo) for photo, layout in layouts.items()}
            for view, layouts in self.layouts.items()
        }

    @cached_property
    def _tiles(self) -> dict[View, set[str]]:
        return {
            view: {key for keys in known.values() for key in keys}
            for view, known in self._keys.items()
        }

    def owners(self, photos: Iterable[str]) -> dict[str, str]:
        """The photo of each key of a tile."""
        return {
            key: photo
            for photo in photos
            for known in self._keys.values()
            for key in known.get(photo, [photo])
        }

    def photos(self, keys: Collection[str], photos: Iterable[str]) -> list[str]:
        """Those of the photos of which a network sees any of these keys, in their order."""
        if not self.layouts:
            return list(keys)
        owners, found = self.owners(photos), set(keys)
        wanted = {owners.get(key, key) for key in found}
        return [photo for photo in photos if photo in wanted]

    def loads(self, photos: Mapping[str, Load], due: set[str]) -> dict[str, Load]:
        """How to load those of the photos and of their tiles that are due, photo by photo."""
        if not self.layouts:
            return {photo: load for photo, load in photos.items() if photo in due}
        found: dict[str, Load] = {}
        for photo, load in photos.items():
            if photo in due:
                found[photo] = load
            for view, layouts in self.layouts.items():
                if photo in layouts:
                    pairs = zip(self._keys[view][photo], layouts[photo].tiles, strict=True)
                    tiles = {key: one for key, one in pairs if key in due and key not in found}
                    found.update(_loads_of(load, layouts[photo], tiles))
        return found


#: Every photo is seen whole.
WHOLE = Cuts()


def by_photo(said: Mistakes, owners: Mapping[str, str]) -> Mistakes:
    """What is said of photos, and of tiles that have `owners`, by photo."""
    return {owners.get(key, key): mistakes for key, mistakes in said.items()}


def noun(view: View) -> str:
    """What a network sees in a view."""
    return "tile" if isinstance(view[1], Tiling) else "photo"


def _sizes(photos: Mapping[str, Sequence[Photo]], cache: Path) -> dict[str, Size]:
    """Height and width of each photo, from the first of its files that has them; else 0 and 0."""
    found: dict[str, Size] = {}
    left, copy = dict(photos), 0
    while left:
        files = [copies[copy] for copies in left.values()]
        found.update(zip(left, photo_sizes(files, cache, {}), strict=True))
        copy += 1
        left = {
            photo: copies
            for photo, copies in left.items()
            if not all(found[photo]) and len(copies) > copy
        }
    return found


def _loads_of(load: Load, layout: Layout, tiles: Mapping[str, Tile]) -> Iterator[tuple[str, Load]]:
    """How to load some tiles of a photo."""
    canvas = Canvas(load, layout, tiles.values())
    for key, tile in tiles.items():
        yield key, partial(canvas.cut, tile)


class Canvas:
    """A photo that is decoded band by band: each for the first of its tiles, until the last one.

    One that is decoded whole is held until its last tile. What is wrong is found out once.
    """

    def __init__(self, load: Load, layout: Layout, tiles: Iterable[Tile]) -> None:
        self._load = load
        self._layout = layout
        self._left = Counter(layout.bands[tile.top] for tile in tiles)
        self._bands: dict[tuple[int, int], Photos] = {}
        self._whole: Photos | None = None
        self._failed: InputError | None = None
        self._lock = threading.Lock()

    def cut(self, tile: Tile, wanted: Collection[Wanted]) -> dict[Wanted, Photos]:
        """A tile, uint8 (height, width, 3), which all wanted views have in common: one or more."""
        (height, width), _ = next(iter(wanted))
        found = np.full((height, width, 3), GREY, dtype=np.uint8)
        pixels, first = self._take(tile)
        part = pixels[tile.top - first :][:height, tile.left : tile.left + width]
        found[: part.shape[0], : part.shape[1]] = part
        return dict.fromkeys(wanted, found)

    def _take(self, tile: Tile) -> tuple[Photos, int]:
        """The rows that a tile lies in, and the first of them."""
        band = self._layout.bands[tile.top]
        with self._lock:
            if self._failed is not None:
                raise self._failed
            pixels, first = self._whole, 0
            if pixels is None:
                pixels, first = self._bands.get(band), band[0]
            if pixels is None:
                pixels = self._decode(*band)
                if len(pixels) == band[1]:
                    self._bands[band] = pixels
                else:  # it is decoded whole, and came so
                    self._whole, first = pixels, 0
            self._count(band)
            return pixels, first

    def _count(self, band: tuple[int, int]) -> None:
        """A tile of a band is taken; let go what no other needs."""
        self._left[band] -= 1
        if self._left[band] <= 0:
            del self._left[band]
            self._bands.pop(band, None)
        if not self._left:
            self._whole = None

    def _decode(self, top: int, rows: int) -> Photos:
        view: Wanted = ((rows, self._layout.photo[1]), Band(self._layout.photo, top))
        try:
            return self._load({view})[view]
        except UnreachableError:
            raise
        except InputError as error:
            self._failed = error
            self._bands.clear()
            raise
