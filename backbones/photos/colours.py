"""A photo's colours to RGB of 8 bits."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms


def to_rgb(photo: Image.Image, tags: Mapping[int, Any]) -> Image.Image:
    profile = photo.info.get("icc_profile")
    if photo.mode.startswith("I;16"):
        photo = _to_eight_bits(photo, tags)
    alpha = photo.convert("RGBA").getchannel("A") if photo.has_transparency_data else None
    if alpha is not None:
        photo = photo.getchannel("L") if photo.mode == "LA" else photo.convert("RGBA")
    space, to_srgb = _to_srgb(profile) if profile else ("", None)
    if to_srgb is not None and (space == photo.mode or (space == "RGB" and photo.mode != "CMYK")):
        photo = to_srgb.apply(photo.convert(space))
    photo = photo if photo.mode == "RGB" else photo.convert("RGB")
    if alpha is not None:
        photo = Image.composite(photo, Image.new("RGB", photo.size, "white"), alpha)
    return photo


def tiff_tags(photo: Image.Image) -> Mapping[int, Any]:
    """Return the tags of a TIFF, which a copy of the image loses."""
    tags: Mapping[int, Any] = getattr(photo, "tag_v2", {})
    return tags


def _to_eight_bits(photo: Image.Image, tags: Mapping[int, Any]) -> Image.Image:
    """Scale grey of 12 or 16 bits to 8; invert a TIFF in which 0 is white, as Pillow does not."""
    pixels, bits = np.asarray(photo), tags.get(ExifTags.Base.BitsPerSample, (16,))[0]
    grey = np.round(pixels * np.float32(255 / (2**bits - 1))).astype(np.uint8)
    if tags.get(ExifTags.Base.PhotometricInterpretation) == 0:
        grey = 255 - grey
    grey[pixels == photo.info.get("transparency", -1)] = 255
    return Image.fromarray(grey)


@lru_cache(maxsize=8)
def _to_srgb(profile: bytes) -> tuple[str, ImageCms.ImageCmsTransform | None]:
    """Return a profile's image mode and its transform to sRGB, None if it is sRGB or broken."""
    with suppress(ImageCms.PyCMSError, OSError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = {"GRAY": "L", "CMYK": "CMYK"}.get(source.profile.xcolor_space.strip(), "RGB")
        srgb = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, srgb, space, "RGB")
        sample = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        transformed = transform.apply(Image.fromarray(sample).convert(space))
        same = np.allclose(np.asarray(transformed), sample, rtol=0, atol=2)
        return space, None if same else transform
    return "", None
