"""A backbone and one of its heads: one column of the out-of-fold table."""

from __future__ import annotations

from dataclasses import dataclass

from backbones.networks.backbone import Backbone
from ensemble.heads import HeadSpec


@dataclass(frozen=True)
class Member:
    """What one column of the out-of-fold table comes from."""

    backbone: Backbone
    head: HeadSpec

    @property
    def name(self) -> str:
        """As ``mobilenet_v2.ridge``; also the name of its folder in a run."""
        return f"{self.backbone.name}.{self.head.name}"
