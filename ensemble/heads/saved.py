"""The trained network of a head, in memory or in its file, run by the engine of the config."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from backbones.engines import EngineChoice, choose_engine
from backbones.engines.openvino import convert, load_function
from ensemble.heads import network

#: What a network makes of the features, or the list of maps, of n photos: float32 (n, ...).
Forward = Callable[[Any], Any]


@dataclass(frozen=True)
class SavedNetwork:
    """A ``.keras`` file, opened when it is first needed.

    Keras is imported only where it is the engine, or where OpenVINO has not converted a file of
    this content before. What was converted is kept in `cache`, by the digest of the file.
    """

    file: Path
    engine: EngineChoice = "tensorflow"
    cache: Path | None = None  #: needed where OpenVINO may be the engine

    @cached_property
    def keras(self) -> Any:
        """The Keras model; errors as ``network.load``."""
        return network.load(self.file)

    @cached_property
    def forward(self) -> Forward:
        """The network as a function, with the same numbers from either engine (to 1e-5)."""
        place = self.convert()
        return self.keras if place is None else load_function(place)

    def convert(self) -> Path | None:
        """Where OpenVINO is the engine, the file that it runs: made now, if it is not there."""
        if self.cache is None or choose_engine(self.engine) == "tensorflow":
            return None
        with self.file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        return convert(lambda: self.keras, self.cache / "networks" / f"{digest[:32]}.xml")


def forward_of(trained: Any) -> Forward:
    """A head's network as a function: a Keras model as it is, or a ``SavedNetwork``."""
    return trained.forward if isinstance(trained, SavedNetwork) else trained


def keras_of(trained: Any) -> Any:
    """A head's network as a Keras model, whether it is one or a ``SavedNetwork``."""
    return trained.keras if isinstance(trained, SavedNetwork) else trained
