"""What fitted members say of tiles, kept until a photo has all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import prod

import numpy as np
import numpy.typing as npt

from backbones.features.cuts import Cuts
from backbones.features.store import Store, TransientStore
from backbones.networks.backbone import Backbone
from backbones.photos.framing import View
from ensemble import heads
from ensemble.config.member import Member
from ensemble.heads.blending import blend
from ensemble.photos.channels import channel_means, count_channels
from ensemble.photos.features import features_in
from ensemble.scoring.members import FittedMembers

Floats = npt.NDArray[np.float32]


class Tiles:
    """Rows of numbers by the keys of tiles: the density of each member, and means of channels.

    A photo of 100 megapixels has 700 tiles of 512 x 512 pixels, whose maps are as large as it is;
    the densities of a member are 3 MB.

    Parameters
    ----------
    head : callable
        The fitted head of a member's name.
    cuts : Cuts
        Of the photos, for the members' backbones.
    stores : mapping of View to Store, optional
        Of rows as long as ``row_lengths`` says; by default they are in memory alone.
    """

    def __init__(
        self,
        fitted: FittedMembers,
        head: Callable[[str], heads.Regressor],
        cuts: Cuts,
        stores: Mapping[View, Store] | None = None,
    ) -> None:
        self.cuts = cuts
        self._head = head
        self._sheets = {view: _Sheet(fitted, view) for view in cuts.layouts}
        self._stores = stores or {
            view: TransientStore(length) for view, length in row_lengths(fitted).items()
        }

    def missing(self, photos: Sequence[str]) -> list[str]:
        """The keys of tiles of these photos that lack a row, each once; of each photo one at least.

        They are in an order that is the same in every process.
        """
        found: dict[str, None] = {}
        for view, store in self._stores.items():
            for photo in photos:
                keys = self.cuts.keys_in(view, [photo])
                found.update(dict.fromkeys(store.missing(keys) or keys[-1:]))
        return list(found)

    def keep(self, photos: Iterable[str]) -> None:
        """Forget rows that are in memory alone, but for those of these photos."""
        for view, store in self._stores.items():
            if isinstance(store, TransientStore):
                store.keep(self.cuts.keys_in(view, photos))

    def lacks(self, member: Member, photos: Sequence[str]) -> bool:
        """Whether some tiles of these photos have no density of a member."""
        keys = self.cuts.keys_in(member.view, photos)
        return bool(self._stores[member.view].missing(keys))

    def take(self, keys: Sequence[str], stores: Mapping[str, Store]) -> None:
        """Make the rows of those keys that are of tiles, whose maps are in the `stores`."""
        for view, sheet in self._sheets.items():
            seen = self.cuts.tiles_of(view, keys)
            if not seen:
                continue
            parts = [
                np.concatenate(
                    list(self._densest(one).densities(features_in(stores, one.backbones, seen)))
                )
                for one in sheet.members
            ]
            if sheet.compared is not None:
                parts.append(channel_means(features_in(stores, [sheet.compared], seen)))
            rows = np.hstack([part.reshape(len(seen), -1) for part in parts])
            self._stores[view].write(seen, rows)

    def densities(self, member: Member, photos: Sequence[str]) -> Iterator[Floats]:
        """The density (rows, columns) that a member sees in each photo, on its canvas."""
        head, sheet = self._densest(member), self._sheets[member.view]
        grid = head.grid(member.view[0])
        for photo in photos:
            layout = self.cuts.layouts[member.view][photo]
            rows = self._stores[member.view].read(self.cuts.keys_in(member.view, [photo]))
            tiles = rows[:, sheet.columns(member)].reshape(-1, *grid)
            yield from blend(iter(tiles), [layout], head.stride)

    def predict(self, member: Member, photos: Sequence[str]) -> npt.NDArray[np.float64]:
        """A member's predictions of photos, (n,)."""
        return np.array([one.sum(dtype=np.float64) for one in self.densities(member, photos)])

    def means(self, compared: Backbone, photos: Sequence[str]) -> Floats:
        """The means of a backbone's channels over the tiles of each photo, (n, channels)."""
        columns, store = self._sheets[compared.view].means, self._stores[compared.view]
        keys = [self.cuts.keys(compared, [photo]) for photo in photos]
        each = [store.read(one)[:, columns].mean(axis=0) for one in keys]
        return np.stack(each)

    def _densest(self, member: Member):  # type: ignore[no-untyped-def]
        return self._head(member.name)


class _Sheet:
    """What the rows of tiles in one view hold."""

    def __init__(self, fitted: FittedMembers, view: View) -> None:
        self.members = [one for one in fitted.members if one.sees_tiles and one.view == view]
        name = None if fitted.novelty is None else fitted.novelty.backbone
        compared = [one for one in fitted.backbones if one.name == name and one.view == view]
        self.compared = compared[0] if compared else None
        ends = np.cumsum([0, *(prod(_grid(one)) for one in self.members)]).tolist()
        self._spans = {
            one.name: slice(*span) for one, span in zip(self.members, pairwise(ends), strict=True)
        }
        self.length = ends[-1] + (count_channels(self.compared) if self.compared else 0)
        self.means = slice(ends[-1], self.length)

    def columns(self, member: Member) -> slice:
        """Where the density of a member is."""
        return self._spans[member.name]


def row_lengths(fitted: FittedMembers) -> dict[View, int]:
    """How many numbers there are of a tile in each view that is in tiles."""
    views = {one.view for one in fitted.backbones if one.spec.tile is not None}
    return {view: _Sheet(fitted, view).length for view in views}


def _grid(member: Member) -> tuple[int, int]:
    head = heads.regressor(member.head.head, member.head.parameters, 0)
    rows, columns = head.grid(member.view[0])
    return int(rows), int(columns)
