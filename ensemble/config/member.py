"""A member of the ensemble: a backbone and one of its heads."""

from __future__ import annotations

from dataclasses import dataclass

from backbones.networks.backbone import Backbone
from ensemble.heads import HeadSpec


@dataclass(frozen=True)
class Member:
    """A backbone and one of its heads; its predictions are a column of the out-of-fold table."""

    backbone: Backbone
    head: HeadSpec

    @property
    def name(self) -> str:
        """Column name, as ``mobilenet_v2.ridge``; also the name of its folder in a run."""
        return f"{self.backbone.name}.{self.head.name}"
