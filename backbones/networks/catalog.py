"""What keras.applications offers, read from the installed Keras."""

from __future__ import annotations

import inspect
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from backbones.errors import InputError
from backbones.section import nearest


def import_keras() -> ModuleType:
    """Keras on TensorFlow, imported on first use (some seconds), without its start-up chatter."""
    if "keras" not in sys.modules:
        os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with _stderr_kept_for_errors():
            import keras  # noqa: F401
            import tensorflow as tf

            tf.config.get_visible_devices()  # looks for a GPU now, or says later that it has none
    return sys.modules["keras"]


@contextmanager
def _stderr_kept_for_errors() -> Iterator[None]:
    """What compiled code writes to stderr is shown only if the block fails."""
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(stderr, kept.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


#: Pixels a side of ImageNet training, for the networks (MobileNetV3) that leave their size open.
_CUSTOMARY = 224


@dataclass(frozen=True)
class Application:
    """A builder of keras.applications and the preprocessing that belongs to it."""

    name: str
    build: Callable[..., Any]
    preprocess: Callable[..., Any]

    def native_size(self) -> tuple[int, int]:
        """Height and width that the network was trained at.

        Keras says it only in the shape of the whole network, top and all.
        In a stateless scope no weight of that is allocated.
        """
        keras = import_keras()
        with keras.StatelessScope():
            height, width = self.build(weights=None).input_shape[1:3]
        return height or _CUSTOMARY, width or _CUSTOMARY


@cache
def applications() -> dict[str, Application]:
    """Every builder of the installed ``keras.applications``, by its name.

    A builder is a public function with an ``include_top`` argument; its family, whose public
    module holds ``preprocess_input``, is the last part of the module that defines it.

    >>> applications()["MobileNetV2"].native_size()
    (224, 224)
    """
    offered = import_keras().applications
    families = dict(inspect.getmembers(offered, inspect.ismodule))
    found = {}
    for name, build in inspect.getmembers(offered, inspect.isfunction):
        family = families.get(build.__module__.rpartition(".")[2])
        if family is not None and "include_top" in inspect.signature(build).parameters:
            found[name] = Application(name, build, family.preprocess_input)
    return found


def application(name: str) -> Application:
    """The builder of that name; an ``InputError`` with the nearest names where there is none."""
    known = applications()
    if name not in known:
        raise InputError(f"application: Keras has no builder {name!r}; {nearest(name, known)}")
    return known[name]
