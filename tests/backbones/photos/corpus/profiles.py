"""Profiles of wider colours than sRGB."""

from __future__ import annotations

import struct

import numpy as np

from tests.backbones.photos.corpus.jpegs import jpeg
from tests.backbones.photos.corpus.kind import Kind, shows
from tests.backbones.photos.samples import COLOURS, PHOTO, SRGB, encode

#: What red, green and blue weigh in X, Y and Z, under the white of profiles.
SRGB_PRIMARIES = np.array(
    [[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410]]
)
P3 = np.array(
    [[0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407]]
)
ADOBE = np.array(
    [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]]
)


def profile(primaries: np.ndarray) -> bytes:
    """That of sRGB, with other primaries."""
    changed = bytearray(SRGB)
    for name, weights in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True):
        entry = SRGB.index(name)
        at = struct.unpack(">I", SRGB[entry + 4 : entry + 8])[0]
        struct.pack_into(">3i", changed, at + 8, *np.round(weights * 65536).astype(int))
    return bytes(changed)


def in_srgb(primaries: np.ndarray) -> np.ndarray:
    """The photo's colours under these primaries."""
    stored = COLOURS / 255
    light = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    seen = np.clip(light @ primaries @ np.linalg.inv(SRGB_PRIMARIES), 0, 1)
    shown = np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)
    return np.round(shown * 255)


KINDS: dict[str, Kind] = {
    "png of a phone, p3": shows(encode(PHOTO, "PNG", icc_profile=profile(P3)), in_srgb(P3), 2),
    "png of a camera": shows(encode(PHOTO, "PNG", icc_profile=profile(ADOBE)), in_srgb(ADOBE), 2),
    "jpeg of a camera": shows(jpeg(icc_profile=profile(ADOBE)), in_srgb(ADOBE), 6),
}
