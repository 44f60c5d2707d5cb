"""The trained network of a head, in memory or in a file, run by the configured engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from backbones.engines import EngineChoice, choose_engine, converted_network
from backbones.engines.openvino import load_function
from backbones.files import hash_file
from ensemble.heads import network

#: From the features, or the list of maps, of n photos to float32 (n, ...).
Forward = Callable[[Any], Any]


@dataclass(frozen=True)
class SavedNetwork:
    """A ``.keras`` file, loaded on first use.

    Keras is imported only if TensorFlow is the engine, or if OpenVINO has not yet converted a file
    of this content. Converted networks are cached in `cache`, by the digest of the file.
    """

    file: Path
    engine: EngineChoice = "tensorflow"
    cache: Path | None = None  #: needed if OpenVINO may be the engine

    @cached_property
    def keras(self) -> Any:
        """The Keras model; raises the errors of ``network.load``."""
        return network.load(self.file)

    @cached_property
    def forward(self) -> Forward:
        """The network as a function; both engines agree to 1e-5."""
        converted = self.convert()
        return self.keras if converted is None else load_function(converted)

    def convert(self) -> Path | None:
        """Convert the network if OpenVINO runs it, and return its file; else return None."""
        if self.cache is None or choose_engine(self.engine) == "tensorflow":
            return None
        digest = hash_file(self.file)
        path = self.cache / "networks" / f"{digest[:32]}.xml"
        return converted_network(self.engine, lambda: self.keras, path, f"the head {self.file}")


def forward_of(trained: Any) -> Forward:
    """Return a head's network, a Keras model or a ``SavedNetwork``, as a function."""
    return trained.forward if isinstance(trained, SavedNetwork) else trained


def keras_of(trained: Any) -> Any:
    """Return a head's network, a Keras model or a ``SavedNetwork``, as a Keras model."""
    return trained.keras if isinstance(trained, SavedNetwork) else trained
