"""A member of the ensemble: a head, and the features and columns that it learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from backbones.key import key_together
from backbones.networks.backbone import Backbone, largest
from backbones.photos.framing import View
from ensemble.config.columns import TABULAR
from ensemble.heads import HeadSpec, Kind

#: How a head learns from items of several photos: from photo after photo, or from an item's views
#: side by side.
Views = Literal["apart", "together"]
VIEWS: tuple[Views, ...] = get_args(Views)


@dataclass(frozen=True)
class Member:
    """A head on one backbone or several; its predictions are a column of the out-of-fold table.

    One without a backbone learns from columns of the tables alone.
    """

    backbones: tuple[Backbone, ...]
    head: HeadSpec
    #: of the columns that it takes, once the table is read; empty before, and where it takes none
    kinds: tuple[Kind, ...] = ()
    views: Views | None = None  #: None where photos are learned that are of no items

    @property
    def name(self) -> str:
        """Column name, as ``mobilenet_v2.ridge`` or ``mobilenet_v2+squeezenet.density``,
        or ``columns.ridge``.

        Of photos of items: ``mobilenet_v2.ridge.together``. Also the name of its folder in a run.
        """
        way = [] if self.views is None else [self.views]
        source = "+".join(backbone.name for backbone in self.backbones)
        return ".".join([source or TABULAR, self.head.name, *way])

    @property
    def takes_columns(self) -> bool:
        """Whether it learns from columns of the tables, alone or beside features."""
        return self.head.columns or not self.backbones

    @property
    def sees_tiles(self) -> bool:
        """Whether it sees photos in tiles."""
        return any(backbone.spec.tile is not None for backbone in self.backbones)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of everything that determines the features of a photo."""
        return key_together([backbone.fingerprint for backbone in self.backbones])

    @property
    def view(self) -> View:
        """The frame over which a density lies: that of the largest input."""
        return largest(self.backbones).view
