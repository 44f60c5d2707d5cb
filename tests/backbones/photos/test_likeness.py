from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from backbones.photos.images import views
from backbones.photos.likeness import MOST_BITS, VIEW, perceptual_hash


def scene(seed: int) -> Image.Image:
    """A photo's worth of smooth structure: noise with the spectrum of natural images."""
    draw = np.random.default_rng(seed)
    height, width = 240, 360
    frequency = np.hypot(np.fft.fftfreq(height)[:, np.newaxis], np.fft.fftfreq(width))
    spectrum = np.fft.fft2(draw.normal(size=(3, height, width))) / np.maximum(frequency, 1 / width)
    pixels = np.fft.ifft2(spectrum).real
    pixels = 128 + 50 * (pixels - pixels.mean()) / pixels.std()
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8).transpose(1, 2, 0))


def saved(photo: Image.Image, quality: int = 95) -> bytes:
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=quality)
    return file.getvalue()


def differing(one: bytes, other: bytes) -> int:
    return int(np.bitwise_count(hashed(one) ^ hashed(other)).sum())


def hashed(data: bytes) -> np.ndarray:
    return perceptual_hash(views(data, "photo", [VIEW])[VIEW])


CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "quality": lambda photo: saved(photo, quality=20),
    "size": lambda photo: saved(photo.resize((200, 100))),
    "brightness": lambda photo: saved(ImageEnhance.Brightness(photo).enhance(1.3)),
    "grey": lambda photo: saved(photo.convert("L")),
    "edges": lambda photo: saved(photo.crop((6, 4, 354, 236))),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_photo_saved_in_another_way_is_a_near_copy(change: str) -> None:
    for seed in range(2):
        photo = scene(seed)
        assert differing(saved(photo), CHANGES[change](photo)) <= MOST_BITS


def test_other_scenes_are_none() -> None:
    hashes = np.stack([hashed(saved(scene(seed))) for seed in range(8)])
    distances = np.bitwise_count(hashes[:, np.newaxis] ^ hashes).sum(axis=2)
    distances = distances[np.triu_indices(8, 1)]
    assert distances.min() > MOST_BITS + 10
    assert np.mean(distances) == pytest.approx(128, abs=4)


def test_flat_photos_have_no_hash() -> None:
    draw = np.random.default_rng(0)
    for level in (0, 200, 255):
        pixels = np.clip(draw.normal(level, 1, (64, 64, 3)), 0, 255).astype(np.uint8)
        assert not perceptual_hash(pixels).any()
    assert perceptual_hash(np.asarray(scene(0).resize((64, 64)))).any()
