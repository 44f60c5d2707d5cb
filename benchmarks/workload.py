"""Photos and backbones that the benchmarks run on, and the way to them."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from PIL import Image

from backbones.engines import EngineChoice
from backbones.features import extract
from backbones.networks.backbone import Backbone, resolve
from backbones.networks.spec import BackboneSpec
from backbones.photos.digests import compute_digests
from backbones.progress import Silent

#: Their weights play no part in speed, so that none has to be fetched.
NETWORKS = ("MobileNetV2", "EfficientNetB0", "ResNet50V2")

#: Of a phone's camera.
TWELVE_MEGAPIXELS = (4032, 3024)


def photos(folder: Path, count: int, size: tuple[int, int] | None = None) -> list[Path]:
    """`count` JPEG files in `folder`: the real photos of FACE_COUNTING_DATA, or drawn ones.

    Each has its number behind the end of the image, so that no two have the same bytes. With `size`
    (width, height) they are enlarged to it, with a little noise, as of a sensor.
    """
    folder.mkdir(parents=True)
    found = []
    for number, data in enumerate(islice(cycle(_sources(size)), count)):
        found.append(folder / f"{number:05d}.jpg")
        found[-1].write_bytes(data + b"%d" % number)
    return found


def backbones(cache: Path, networks: Sequence[str], side: int = 224) -> list[Backbone]:
    """Each network at side x side with random weights, its last layer averaged."""
    specs = [
        BackboneSpec(name=one, application=one, weights="random", image_size=(side, side))
        for one in networks
    ]
    return resolve(specs, cache)


def features_anew(
    paths: Sequence[Path], some: Sequence[Backbone], cache: Path, engine: EngineChoice
) -> None:
    """From files to stored features; networks that were converted before are kept."""
    shutil.rmtree(cache / "features", ignore_errors=True)
    files = {one: [path] for one, path in zip(compute_digests(paths), paths, strict=True)}
    extract.extract(files, some, cache, engine, Silent())


def seconds(work: Callable[[], Any]) -> float:
    """What the work takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def _sources(size: tuple[int, int] | None) -> list[bytes]:
    real = Path(os.environ.get("FACE_COUNTING_DATA", "data/face-counting")) / "images"
    found = [path.read_bytes() for path in sorted(real.glob("*.jpg"))]
    found = found or [_drawn(seed) for seed in range(20)]
    return found if size is None else [_enlarged(data, size) for data in found[:20]]


def _drawn(seed: int) -> bytes:
    coarse = np.random.default_rng(seed).integers(0, 256, (24, 35, 3), dtype=np.uint8)
    return _jpeg(Image.fromarray(coarse).resize((560, 384)))


def _enlarged(data: bytes, size: tuple[int, int]) -> bytes:
    photo = Image.open(io.BytesIO(data)).convert("RGB").resize(size)
    pixels = np.asarray(photo) + np.random.default_rng(0).normal(0, 4, (*size[::-1], 3))
    return _jpeg(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)))


def _jpeg(photo: Image.Image) -> bytes:
    stream = io.BytesIO()
    photo.save(stream, "JPEG", quality=90)
    return stream.getvalue()
