"""What is known of each network of keras.applications without building it, which takes minutes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from backbones.networks.download import weights_path


@dataclass(frozen=True)
class Published:
    """A network as ``weights: imagenet`` takes it, without its classifier.

    All but the accuracy is tested against the networks that Keras builds. The accuracy is that of
    the whole network on ImageNet's validation photos, copied by hand from
    https://keras.io/api/applications/, which says how far the figures compare; of MobileNetV3 from
    the docstring in Keras, the only ones that the installed package states and a test compares.
    """

    name: str  #: of the builder
    side: int  #: of the square photos that it was trained on, pixels
    parameters: int
    features: int  #: length of a row with ``pooling: avg``
    top1: float | None  #: photos whose class it names first, %; none where Keras states none
    file: str  #: of the weights

    @property
    def path(self) -> Path:
        """Where Keras looks for the weights."""
        return weights_path(self.file)

    @property
    def is_at_hand(self) -> bool:
        """Whether a file of that name is there; it is checked when it is used."""
        return self.path.is_file()


@cache
def published() -> dict[str, Published]:
    """Return every network by its name, in alphabetical order.

    >>> published()["MobileNetV2"].features
    1280
    """
    text = resources.files("backbones.networks").joinpath("published.csv").read_text("utf-8")
    return {row["name"]: _read(row) for row in csv.DictReader(text.splitlines())}


def _read(row: dict[str, str]) -> Published:
    return Published(
        name=row["name"],
        side=int(row["side"]),
        parameters=int(row["parameters"]),
        features=int(row["features"]),
        top1=float(row["top1"]) if row["top1"] else None,
        file=row["file"],
    )
