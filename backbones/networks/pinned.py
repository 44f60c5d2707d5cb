"""Keras as networks here are built and trained with it, whatever the user has set.

``keras.json`` in the user's home, variables of the environment and code of the user change what
Keras does by default: its float type, the order of a picture's axes, how long it trains.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from backbones.blocks import SharedBlock
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


@contextmanager
def pinned() -> Iterator[None]:
    """Keras's settings are ours in this block, and the user's again behind the last of all threads.

    Also a decorator of functions.
    """
    config = import_keras().config
    policy = config.dtype_policy()  # each thread has its own
    with _OURS.entered():
        try:
            config.set_dtype_policy(_POLICY)
            yield
        finally:
            config.set_dtype_policy(policy)


@contextmanager
def _our_settings() -> Iterator[None]:
    config = import_keras().config
    before = {name: getattr(config, name)() for name in _PINS}
    _set(config, _PINS)
    try:
        yield
    finally:
        _set(config, before)


_OURS = SharedBlock(_our_settings)


def _set(config: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        getattr(config, f"set_{name}")(value)
