"""What lies among photos and is none, and formats whose decoders are left out."""

from __future__ import annotations

import struct
import zlib

from tests.backbones.photos.corpus.kind import UNKNOWN, Kind, refused
from tests.backbones.photos.samples import PHOTO, encode

#: Starts Ghostscript, where a decoder of it is allowed.
EPS = (
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 48 32\n%%EndComments\n"
    b"(/tmp/broken-into) (w) file closefile\nshowpage\n%%EOF\n"
)

KINDS: dict[str, Kind] = {
    "nothing": refused(b"", f"{UNKNOWN}.* it is empty"),
    "a byte": refused(b"\xff", UNKNOWN),
    "zeros": refused(bytes(5000), UNKNOWN),
    "a page": refused(b"<!DOCTYPE html><html><body>404 Not Found</body></html>", UNKNOWN),
    "a text": refused(b"version https://git-lfs.github.com/spec/v1\noid sha256:0", UNKNOWN),
    "eps": refused(EPS, UNKNOWN),
    "eps of windows": refused(
        b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 32, len(EPS)) + bytes(20) + EPS, UNKNOWN
    ),
    "pdf": refused(b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF", UNKNOWN),
    "svg": refused(b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", UNKNOWN),
    "wmf": refused(b"\xd7\xcd\xc6\x9a" + bytes(40), UNKNOWN),
    "psd": refused(b"8BPS\0\1" + bytes(40), UNKNOWN),
    "heic": refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40), UNKNOWN),
    "jpeg 2000": refused(encode(PHOTO, "JPEG2000"), UNKNOWN),
    "ico": refused(encode(PHOTO, "ICO"), UNKNOWN),
    "icns": refused(b"icns\0\0\0\x10" + bytes(8), UNKNOWN),
    "ppm": refused(encode(PHOTO, "PPM"), UNKNOWN),
    "pcx": refused(encode(PHOTO, "PCX"), UNKNOWN),
    "tga": refused(encode(PHOTO, "TGA"), UNKNOWN),
    "dds": refused(encode(PHOTO, "DDS"), UNKNOWN),
    "sgi": refused(encode(PHOTO, "SGI"), UNKNOWN),
    "fits": refused(b"SIMPLE  =                    T" + b" " * 2850, UNKNOWN),
    "a zip": refused(b"PK\3\4" + bytes(60), UNKNOWN),
    "a gzip of zeros": refused(b"\x1f\x8b" + zlib.compress(bytes(10**6)), UNKNOWN),
    "a program": refused(b"\x7fELF" + bytes(60), UNKNOWN),
}
