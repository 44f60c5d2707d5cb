"""The weights of a network: located, downloaded, verified and identified by a digest."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backbones.errors import InputError
from backbones.files import hash_file
from backbones.networks.catalog import application, import_keras, unallocated
from backbones.networks.download import Download, DownloadError, bring
from backbones.networks.pinned import pinned
from backbones.networks.spec import BackboneSpec

_LOG = logging.getLogger("ensemble")


@dataclass(frozen=True)
class Weights:
    """The weights of a backbone."""

    source: str  #: imagenet, random or file
    digest: str  #: SHA-256 of the file; for random weights, the seed and Keras's version
    path: Path | None = None
    fell_back: bool = False  #: random, because imagenet weights could not be fetched


class _DownloadFound(Exception):  # noqa: N818 - it is no error
    """Stops a builder at its request for a weight file, and carries that request."""


#: The builders look `get_file` up in a module, and warnings are filtered, for the whole process.
_PROCESS_STATE = threading.RLock()


@contextmanager
def replace_get_file(replacement: Callable[..., Any]) -> Iterator[None]:
    """Replace the function that keras.applications gets its weight files from, in this block.

    Only a builder knows the name of its file, and with ``weights="imagenet"`` some build another
    graph than with the path of the same file, so that the path cannot be handed to them.

    Other threads wait at their own block; in one thread, blocks may be nested.
    """
    module: Any = sys.modules[import_keras().utils.get_file.__module__]
    with _PROCESS_STATE, warnings.catch_warnings():
        # Keras warns of every size other than those the imagenet weights were trained at,
        # and only warns where a file leaves some layers without weights.
        warnings.filterwarnings("ignore", message="`input_shape` is undefined or non-square")
        warnings.filterwarnings("error", message="Skipping nested container")
        original = module.get_file
        module.get_file = replacement
        try:
            yield
        finally:
            module.get_file = original


@pinned()
def imagenet_download(spec: BackboneSpec, size: tuple[int, int]) -> Download:
    """Return the file that ``keras.applications`` downloads for this entry at this input size.

    Raises
    ------
    InputError
        Keras has no imagenet weights for these arguments.
    """

    def locate(fname: str, origin: str, *, file_hash: str | None = None, **_: Any) -> None:
        raise _DownloadFound(Download(fname, origin, file_hash))

    assert spec.application is not None
    builder = application(spec.application)
    try:
        with unallocated(), replace_get_file(locate):
            builder.build(
                include_top=False, weights="imagenet", input_shape=(*size, 3), **spec.arguments
            )
    except _DownloadFound as located:
        download: Download = located.args[0]
        return download
    except (ValueError, TypeError) as error:
        raise InputError(
            f"weights: imagenet: {error}; change what is said of {spec.application}, or set "
            "weights: random, or a file of your own"
        ) from error
    raise InputError(
        f"weights: imagenet: Keras has none for {spec.application}; "
        "set weights: random, or a file of your own"
    )


def find(spec: BackboneSpec, download: Download | None, keras_version: str) -> Weights:
    """Return the weights of an entry: downloaded if needed, or random if its fallback allows it.

    Raises
    ------
    InputError
        The file is missing, is not the one that Keras expects, or cannot be downloaded.
    """
    if spec.weights_file is not None:
        return _weights_of_file("file", spec.weights_file, "model" if spec.model else "weights")
    if spec.weights == "random":
        return _random_weights(spec, keras_version)
    assert download is not None
    try:
        fetch(download)
    except InputError:
        if spec.fallback is None:
            raise
        return _random_weights(spec, keras_version, fell_back=True)
    return _weights_of_file("imagenet", download.path)


def fetch(download: Download) -> None:
    """Download the file to where Keras looks for it; one there is checked.

    Raises
    ------
    InputError
        The download failed; the message names the file, its path and three remedies.
    """
    path = download.path
    if not path.is_file():
        _LOG.info("fetching %s from %s", download.file, download.url)
    try:
        bring(download)
    except DownloadError as error:
        raise InputError(
            f"weights: imagenet: {download.file} is not at {path} and could not be fetched "
            f"({error.reason}). Three ways on: run once with a network; bring the file from "
            f"{download.url} to that place, or to models/ of another folder named in KERAS_HOME; "
            "or set weights: to a file of your own, or to random (fallback: random does so only "
            "where the file is missing)"
        ) from error


def _weights_of_file(source: str, path: Path, key: str = "weights") -> Weights:
    if not path.is_file():
        raise InputError(f"{key}: there is no file {path}; name one that is there")
    return Weights(source, hash_file(path), path)


def _random_weights(spec: BackboneSpec, keras_version: str, fell_back: bool = False) -> Weights:
    digest = f"random-{spec.weights_seed}-keras-{keras_version}"
    return Weights("random", digest, fell_back=fell_back)
