"""Keras as networks here are built and trained with it, whatever the user has set.

``keras.json`` in the user's home, variables of the environment and code of the user change what
Keras does by default: its float type, the order of a picture's axes, how long it trains.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from backbones.networks.catalog import import_keras

#: Settings of ``keras.config``, each with the only value that numbers are computed with.
_PINS: dict[str, Any] = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "max_epochs": None,
    "max_steps_per_epoch": None,
}
_POLICY = "float32"


class _Blocks:
    """How many blocks are being run, in all threads, and what the user had set before the first."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running = 0
        self.before: dict[str, Any] = {}


_BLOCKS = _Blocks()


@contextmanager
def pinned() -> Iterator[None]:
    """Keras's settings are ours in this block, and the user's again behind the last of all threads.

    Also a decorator of functions.
    """
    config = import_keras().config
    with _BLOCKS.lock:
        if not _BLOCKS.running:
            _BLOCKS.before = {name: getattr(config, name)() for name in _PINS}
            _set(config, _PINS)
        _BLOCKS.running += 1
    policy = config.dtype_policy()  # each thread has its own
    try:
        config.set_dtype_policy(_POLICY)
        yield
    finally:
        config.set_dtype_policy(policy)
        with _BLOCKS.lock:
            _BLOCKS.running -= 1
            if not _BLOCKS.running:
                _set(config, _BLOCKS.before)


def _set(config: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        getattr(config, f"set_{name}")(value)
