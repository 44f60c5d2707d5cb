"""Features of photos: brought up to date, then read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backbones import extract
from backbones.backbone import Backbone
from backbones.engines import Choice
from backbones.job import open_store
from ensemble.console import Console


def update(
    paths: Sequence[Path],
    backbones: Sequence[Backbone],
    cache: Path,
    engine: Choice,
    console: Console,
) -> list[str]:
    """Extracts what the store lacks; the digest of each photo, in the order of `paths`."""
    digests = extract.digests(paths)
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
            extract.extract(todo, backbones, cache, engine, advance)
    return digests


def matrix(backbone: Backbone, cache: Path, digests: Sequence[str]) -> npt.NDArray[np.float32]:
    """The features float32 (n, d) of photos that the store holds."""
    store = open_store(backbone, cache)
    try:
        return store.read(digests)
    finally:
        store.close()


def _state(backbone: Backbone, missing: int, photos: int) -> str:
    height, width = backbone.size
    state = f"{missing} of {photos} photos to extract" if missing else f"{photos} photos at hand"
    return f"  {backbone.name}: {height} x {width}, {backbone.length} features, {state}"
