"""What decodes photos: libraries whose versions decide pixels."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version

#: Pillow's names for itself, and for the libraries of formats and colours that it was built with.
_LIBRARIES = (
    "pil",
    "libjpeg_turbo",
    "jpg",
    "jpg_2000",
    "zlib",
    "zlib_ng",
    "libtiff",
    "webp",
    "avif",
    "littlecms2",
)

#: What reads other formats, or large photos, where it is installed.
_PLUGINS = ("pillow-heif", "pyvips", "pyvips-binary")


@cache
def decoder_versions() -> dict[str, str]:
    """The version of each decoder that is there.

    >>> "pil" in decoder_versions()
    True
    """
    from PIL import features

    known = features.modules.keys() | features.codecs.keys() | features.features.keys()
    there = (name for name in _LIBRARIES if name in known and features.check(name))
    found = {name: str(features.version(name)) for name in there}
    for name in _PLUGINS:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
