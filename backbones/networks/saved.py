"""Saved networks, ``.keras``: opened without running code of theirs, or taking their word."""

from __future__ import annotations

import re
from math import prod
from pathlib import Path
from typing import Any

from backbones.errors import InputError
from backbones.networks.archive import SavedConfig, read_saved
from backbones.networks.catalog import import_keras, unallocated

#: Bytes that weights may take without lying in the file: the states of random layers.
_SMALL = 1 << 24


def load_saved(path: Path) -> Any:
    """Open a saved network with its weights, not compiled.

    Raises
    ------
    InputError
        The file is damaged, holds code or parts that are none of Keras's, leads to other files,
        or declares more weights than it holds; nothing of that is read, run or allocated.
    """
    config = read_saved(path)
    with unallocated() as scope:
        model = _build(path, config)
        scope.initialize_variables = True
    try:
        model.load_weights(path)
    except Exception as error:  # Keras raises exceptions of many classes
        raise InputError(
            f"{path} cannot be opened: {first_line(error)}; save the network again, with the Keras "
            "that is installed here"
        ) from None
    return model


def build_saved(path: Path) -> Any:
    """Build a saved network without weights, within ``unallocated``; errors as ``load_saved``."""
    return _build(path, read_saved(path))


def first_line(error: Exception) -> str:
    """What an error of another library says, short enough for a line."""
    # Keras puts the whole config before what went wrong in it.
    lines = str(error).rpartition("Exception encountered: ")[2].strip().splitlines()
    text = lines[0] if lines else type(error).__name__
    return text if len(text) <= 200 else f"{text[:200]}..."


def _build(path: Path, config: SavedConfig) -> Any:
    """Build it from its config, in a scope in which no weight is allocated."""
    try:
        model = import_keras().saving.deserialize_keras_object(config.layers, safe_mode=True)
    except Exception as error:  # Keras raises exceptions of many classes
        raise InputError(
            f"{path} cannot be opened: {first_line(error)}; save the network again, with the Keras "
            "that is installed here"
        ) from None
    declared = sum(_size(weight) for weight in getattr(model, "variables", ()))
    if declared > 2 * config.stored + _SMALL:
        raise InputError(
            f"{path} cannot be opened: its layers take {declared:,} bytes of weights, and the file "
            f"holds {config.stored:,}; it is damaged: save the network again"
        )
    return model


def _size(weight: Any) -> int:
    """Bytes of a weight."""
    bits = re.search(r"\d+", weight.dtype)
    return int(prod(weight.shape)) * (int(bits[0]) if bits else 8) // 8
