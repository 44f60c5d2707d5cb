"""The formats of photos: those that are decoded, and those that are known by their suffix only."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import find_spec
from types import MappingProxyType

from PIL import Image, features


def _decoded() -> tuple[str, ...]:
    """Pillow's names of the decoders that may run; some of its others start programs."""
    names = ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "DIB"]
    Image.init()
    if "AVIF" in Image.OPEN and features.check("avif"):
        names.append("AVIF")
    if find_spec("pillow_heif"):
        with suppress(ImportError):  # an installation that is broken: as if there were none
            from pillow_heif import register_heif_opener

            register_heif_opener()
            names.append("HEIF")
    return tuple(names)


#: The decoders of Pillow that are allowed.
FORMATS = _decoded()

#: The suffix of a photo, in lower case -> its format. An MPO is a JPEG with further pictures.
SUFFIXES = MappingProxyType(
    {
        **dict.fromkeys((".jif", ".jfi", ".pjp", ".pjpeg"), "JPEG"),
        **{
            suffix: "JPEG" if format == "MPO" else format
            for suffix, format in Image.registered_extensions().items()
            if format in (*FORMATS, "MPO")
        },
    }
)

_CONVERT = "convert to JPEG or PNG"

#: Suffixes of photos that need more than the core -> what they need.
_EXTRA = {
    **dict.fromkeys(
        (".heic", ".heics", ".heif", ".heifs", ".hif"),
        f"python -m pip install 'backbone-ensemble[heif]', or {_CONVERT}",
    ),
    **dict.fromkeys((".avif", ".avifs"), f"python -m pip install -U pillow, or {_CONVERT}"),
}

#: Of cameras, of programs, and of other kinds.
_OTHERS = """
.3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .fff .iiq .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .raw
.rw2 .rwl .sr2 .srf .srw .x3f
.psb .psd .xcf .svg .svgz .eps .ai .cdr .kra
.bpg .dcm .dds .exr .fit .fits .flif .hdr .icns .ico .j2c .j2k .jls .jp2 .jpc .jpf .jpx .jxl .jxr
.hdp .wdp .pbm .pcx .pfm .pgm .pnm .ppm .qoi .ras .sgi .tga .xbm .xpm
"""

#: Suffixes of photos that are not decoded, in lower case -> the way on.
NOT_READ = MappingProxyType(
    {
        suffix: remedy
        for suffix, remedy in {**dict.fromkeys(_OTHERS.split(), _CONVERT), **_EXTRA}.items()
        if suffix not in SUFFIXES
    }
)

#: How files of these kinds go on behind their first four bytes, whatever their suffix.
_BRANDS = {b"ftypavif": ".avif", b"ftypavis": ".avif"}
_BRANDS |= dict.fromkeys(
    (b"ftypheic", b"ftypheix", b"ftypheim", b"ftypheis", b"ftyphevc", b"ftypmif1", b"ftypmsf1"),
    ".heic",
)

#: How photos begin -> the suffix of their format. Of a BMP, two letters are not enough.
_STARTS = {
    b"\xff\xd8\xff": ".jpg",
    b"\x89PNG\r\n\x1a\n": ".png",
    b"GIF87a": ".gif",
    b"GIF89a": ".gif",
    **dict.fromkeys((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), ".tif"),
}

#: First bytes of a file that tell its format.
START = 16


def way_on(name: str, data: bytes) -> str | None:
    """What a photo needs that is not decoded, by its first bytes or its suffix, if that is known.

    >>> way_on("scan.JP2", b"")
    'convert to JPEG or PNG'
    """
    return NOT_READ.get(_BRANDS.get(data[4:12], os.path.splitext(name)[1].lower()))


def suffix_of(start: bytes) -> str | None:
    """The suffix of the photo that begins with these bytes; None where it is none that is known.

    >>> suffix_of(b"GIF89a" + bytes(10))
    '.gif'
    """
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return ".webp"
    if start[:2] == b"BM" and start[6:10] == bytes(4) and len(start) >= START:  # no text has zeros
        return ".bmp"
    known = (suffix for first, suffix in _STARTS.items() if start.startswith(first))
    return next(known, _BRANDS.get(start[4:12]))
