"""A member of the ensemble: a head, and the backbones whose features it learns from."""

from __future__ import annotations

from dataclasses import dataclass

from backbones.key import key_together
from backbones.networks.backbone import Backbone, largest
from backbones.photos.images import View
from ensemble.heads import HeadSpec


@dataclass(frozen=True)
class Member:
    """A head on one backbone or several; its predictions are a column of the out-of-fold table."""

    backbones: tuple[Backbone, ...]
    head: HeadSpec

    @property
    def name(self) -> str:
        """Column name, as ``mobilenet_v2.ridge`` or ``mobilenet_v2+squeezenet.density``.

        Also the name of its folder in a run.
        """
        return f"{'+'.join(backbone.name for backbone in self.backbones)}.{self.head.name}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of everything that determines the features of a photo."""
        return key_together([backbone.fingerprint for backbone in self.backbones])

    @property
    def view(self) -> View:
        """The frame over which a density lies: that of the largest input."""
        backbone = largest(self.backbones)
        return backbone.size, backbone.spec.resize
