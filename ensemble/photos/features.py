"""Features of photos: brought up to date, then read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backbones.engines import EngineChoice
from backbones.errors import InputError
from backbones.features import extract
from backbones.features.job import open_store
from backbones.features.maps import Maps
from backbones.networks.backbone import Backbone
from backbones.photos.digests import forget_digests
from ensemble.terminal.console import Console


def update_features(
    paths: Sequence[Path],
    digests: Sequence[str],
    backbones: Sequence[Backbone],
    cache: Path,
    engine: EngineChoice,
    console: Console,
) -> None:
    """Extracts what the store lacks of photos; `digests` in the order of `paths`.

    Raises
    ------
    InputError
        NewPhotos that cannot be used, all of them.
    """
    photos: dict[str, list[Path]] = {}
    for digest, path in zip(digests, paths, strict=True):
        photos.setdefault(digest, []).append(path)
    due: set[str] = set()
    for backbone in backbones:
        missing = extract.missing(backbone, cache, list(photos))
        due.update(missing)
        console.line(_state(backbone, len(missing), len(photos)))
    if due:
        todo = {digest: files for digest, files in photos.items() if digest in due}
        with console.progress("extracting", len(todo)) as advance:
            try:
                extract.extract(todo, backbones, cache, engine, advance)
            except InputError:
                forget_digests(cache)  # a photo may have changed behind its date
                raise


@contextmanager
def open_features(
    backbone: Backbone, cache: Path, digests: Sequence[str]
) -> Iterator[npt.NDArray[np.float32] | Maps]:
    """The features of photos that the store holds: a matrix (n, d), or maps that are read later."""
    store = open_store(backbone, cache)
    try:
        if backbone.spec.keeps_maps:
            yield Maps(store, digests, backbone.size, backbone.shapes)
        else:
            yield store.read(digests)
    finally:
        store.close()


def _state(backbone: Backbone, missing: int, photos: int) -> str:
    height, width = backbone.size
    state = f"{missing} of {photos} photos to extract" if missing else f"{photos} photos at hand"
    return f"  {backbone.name}: {height} x {width}, {backbone.length} features, {state}"
