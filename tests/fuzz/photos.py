"""The photo reader."""

from __future__ import annotations

import warnings

import atheris

with atheris.instrument_imports(include=["PIL", "backbones"]):
    from PIL import Image

    from backbones.photos.images import views

from tests.fuzz.fuzzer import fuzz

#: Larger ones take most of the time, and no other lines.
Image.MAX_IMAGE_PIXELS = 1 << 20

WANTED = (((32, 32), "squash"), ((24, 48), "letterbox"))


def read(data: bytes) -> None:
    for pixels in views(data, "photo", WANTED).values():
        assert pixels.dtype == "uint8"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    fuzz(read)
