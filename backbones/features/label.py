"""The label of a feature store: which backbone its numbers come from."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from backbones.label import read_label, write_label
from backbones.networks.backbone import Backbone

_FILE = "about.json"


class StoreLabel(BaseModel):
    """What a person knows a backbone by. Its name is the one that the last config gave it."""

    model_config = ConfigDict(frozen=True)

    name: str
    network: str  #: a builder of keras.applications, or a ``.keras`` file
    weights: str | None  #: imagenet, random, or a file; None: the network's own
    size: tuple[int, int]  #: height, width in pixels
    layers: tuple[str, ...]  #: empty: the last one
    pooling: str
    precision: str = "float32"  #: as before it could be chosen
    tile: tuple[int, int] | None = None  #: height, width in pixels of the photo, where it is cut
    length: int  #: features of a photo, or a tile, in numbers
    dtype: str
    fingerprint: str  #: SHA-256 (hex) of all that decides the features


def label_store(folder: Path, backbone: Backbone) -> None:
    """Writes the label of the store in `folder`, or marks it as used now."""
    spec = backbone.spec
    label = StoreLabel(
        name=backbone.name,
        network=spec.application or str(spec.model),
        weights=spec.weights if spec.application else None,
        size=backbone.size,
        layers=spec.layers,
        pooling=spec.pooling if isinstance(spec.pooling, str) else f"grid {spec.pooling.grid}",
        precision=spec.precision,
        tile=None if spec.tile is None else spec.tile.size,
        length=backbone.length,
        dtype=backbone.dtype,
        fingerprint=backbone.fingerprint,
    )
    write_label(folder / _FILE, label)


def read_store_label(folder: Path) -> StoreLabel | None:
    """The label of the store in `folder`; None where an older version has written it."""
    return read_label(folder / _FILE, StoreLabel)
