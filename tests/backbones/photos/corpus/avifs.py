"""AVIF files, where Pillow reads them."""

from __future__ import annotations

from PIL import Image, features

from tests.backbones.photos.corpus.jpegs import SWAPPED, TURNS
from tests.backbones.photos.corpus.kind import DAMAGED, UNKNOWN, Kind, refused, shows
from tests.backbones.photos.samples import (
    COLOURS,
    GREY,
    PHOTO,
    encode,
    exif_with,
    on_white,
    with_alpha,
)


def avif(image: Image.Image = PHOTO, **options: object) -> bytes:
    return encode(image, "AVIF", **{"quality": 100, "subsampling": "4:4:4", "speed": 10, **options})


def _kinds() -> dict[str, Kind]:
    grey = GREY.convert("RGB")
    return {
        "avif": shows(avif(), tolerance=3),
        "avif 4:2:0": shows(avif(subsampling="4:2:0"), tolerance=4, apart=3),
        "avif alpha": shows(avif(with_alpha(PHOTO)), on_white(COLOURS), 4),
        "avif animated": shows(avif(save_all=True, append_images=[grey]), tolerance=4),
        "avif orientation": shows(avif(exif=exif_with(6)), TURNS[6](COLOURS), 3),
        "avif orientation 5": shows(avif(exif=exif_with(5)), TURNS[5](COLOURS), 3),
        "avif profile": shows(avif(icc_profile=SWAPPED), COLOURS[..., [1, 0, 2]], 5),
        "avif, bytes after it": shows(avif() + b"\xa5" * 99, tolerance=3),
        "avif cut": refused(avif()[:-100], f"{DAMAGED}|{UNKNOWN}"),
        "avif, only its head": refused(avif()[:40], f"{DAMAGED}|{UNKNOWN}"),
    }


KINDS = _kinds() if features.check("avif") else {}
