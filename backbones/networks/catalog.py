"""The networks of the installed keras.applications, by name."""

from __future__ import annotations

import inspect
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from backbones.errors import InputError
from backbones.section import nearest

#: Into how many parts TensorFlow splits a sum, and so in which order it adds: a number for each
#: machine would make other features, and other heads, on each. With more than four, heads that are
#: trained side by side wait for each other.
THREADS = 4


#: While Keras and TensorFlow are being imported, other threads find halves of them.
IMPORTS = threading.RLock()


def import_keras() -> ModuleType:
    """Import Keras on TensorFlow (some seconds, once) without its start-up messages.

    Raises
    ------
    InputError
        Keras is to run on something else, or cannot be imported.
    """
    with IMPORTS:
        return _import_keras()


def _import_keras() -> ModuleType:
    if "keras" not in sys.modules:
        _refuse_backend(os.environ.get("KERAS_BACKEND") or "tensorflow", "unset it")
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with _stderr_kept_for_errors():
            try:
                import keras
            except ValueError as error:
                home = os.environ.get("KERAS_HOME", "~/.keras")
                raise InputError(
                    f"{home}/keras.json: Keras cannot be imported with it: {error}; correct the "
                    "file, or delete it"
                ) from None
            import tensorflow as tf

            pin_threads()
            tf.config.get_visible_devices()  # or a missing GPU is reported later, unsilenced
    import keras  # which waits where a thread of the user's is importing it

    _refuse_backend(keras.config.backend(), "set it to tensorflow before Keras is imported")
    pin_threads()
    module: ModuleType = keras
    return module


def pin_threads() -> None:
    """Set TensorFlow's threads to ours, unless the user has set them or it has run already."""
    import tensorflow as tf

    if not tf.config.threading.get_intra_op_parallelism_threads():
        with suppress(RuntimeError):  # what has run keeps its threads
            tf.config.threading.set_intra_op_parallelism_threads(THREADS)


def _refuse_backend(backend: str, way_on: str) -> None:
    if backend != "tensorflow":
        raise InputError(
            f"KERAS_BACKEND: Keras is to run on {backend}, and networks are built and trained on "
            f"TensorFlow here; {way_on}"
        )


@contextmanager
def unallocated() -> Iterator[Any]:
    """Build networks in this block without memory for their weights; they do not outlive it.

    Yields Keras's scope: with ``initialize_variables`` set to true, they get weights at its end.
    """
    keras = import_keras()
    scope = keras.StatelessScope(initialize_variables=False)
    try:
        with scope:
            yield scope
    finally:
        if not scope.initialize_variables:  # or the end of the next scope would allocate them
            keras.utils.clear_session(free_memory=False)


@contextmanager
def _stderr_kept_for_errors() -> Iterator[None]:
    """Hold back stderr, compiled code's too, in this block; print it if the block fails."""
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as messages:
        os.dup2(messages.fileno(), 2)
        try:
            yield
        except BaseException:
            messages.seek(0)
            os.write(stderr, messages.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


#: Default size, pixels a side, for networks without an input size of their own (MobileNetV3).
_CUSTOMARY = 224


@dataclass(frozen=True)
class Application:
    """A builder of keras.applications and its preprocessing function."""

    name: str
    build: Callable[..., Any]
    preprocess: Callable[..., Any]

    def native_size(self) -> tuple[int, int]:
        """Return the height and width that the network was trained at.

        Keras states them only as the input shape of the whole network, classifier included.
        """
        with unallocated():
            height, width = self.build(weights=None).input_shape[1:3]
        return height or _CUSTOMARY, width or _CUSTOMARY


@cache
def applications() -> dict[str, Application]:
    """Return every builder of the installed ``keras.applications`` by its name.

    A builder is a public function with an ``include_top`` argument. The last part of the name of
    its module is its family; the family's public module holds ``preprocess_input``.

    >>> applications()["MobileNetV2"].native_size()
    (224, 224)
    """
    public = import_keras().applications
    families = dict(inspect.getmembers(public, inspect.ismodule))
    builders = {}
    for name, build in inspect.getmembers(public, inspect.isfunction):
        family = families.get(build.__module__.rpartition(".")[2])
        if family is not None and "include_top" in inspect.signature(build).parameters:
            builders[name] = Application(name, build, family.preprocess_input)
    return builders


def application(name: str) -> Application:
    """Return the builder of this name; an ``InputError`` suggests names if there is none."""
    builders = applications()
    if name not in builders:
        raise InputError(f"application: Keras has no builder {name!r}; {nearest(name, builders)}")
    return builders[name]
