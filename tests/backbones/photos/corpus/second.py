"""The second decoder: OpenCV, on white, upright, as 8-bit RGB."""

from __future__ import annotations

import cv2
import numpy as np

#: Kinds of which OpenCV shows other pixels, or none, and why. One that it has come to show as we
#: do has no place here.
DIFFERENT: dict[str, str] = {
    **dict.fromkeys(
        [
            "jpeg of a camera",
            "jpeg, profile",
            "jpeg, profile in parts",
            "png of a camera",
            "png of a phone, p3",
            "png profile",
            "webp profile",
            "avif profile",
            "tiff profile",
        ],
        "it leaves profiles alone",
    ),
    **dict.fromkeys(
        ["jpeg, orientation in xmp", "png orientation in xmp"], "it reads no XMP, as viewers do"
    ),
    **dict.fromkeys(
        ["png grey, one clear", "png grey of 1 bit, one clear"], "it shows a clear grey as opaque"
    ),
    **dict.fromkeys(
        ["avif orientation", "avif orientation 5"], "it leaves the turns of an AVIF alone"
    ),
    "png without its end": "it wants the last chunk, which holds nothing",
    "png, checksum of its pixels": "it refuses them, although they are whole",
    "png of an unknown chunk": "it refuses a chunk that is not of the standard",
    "gif without colours": "without a table each decoder has colours of its own",
    "gif, a frame beyond its screen": "it refuses what stands over; browsers enlarge the screen",
    "gif without its end": "it wants the last byte, which holds nothing",
    "gif of 0 columns": "it refuses the screen; browsers take that of the frame",
    "bmp 32, masks": "it takes a fourth byte without a mask for alpha",
    **dict.fromkeys(
        ["tiff of tiles", "tiff 16-bit grey, tiles"], "it refuses tiles of less than 32 pixels"
    ),
    **dict.fromkeys(["tiff zstd", "tiff lzma"], "its libtiff is built without"),
    **dict.fromkeys(["tiff rgba", "tiff rgba, multiplied"], "it multiplies colours by their alpha"),
    "tiff rgb and something": "it takes any fourth channel for alpha",
    "tiff grey and alpha": "it drops the alpha of grey",
    "tiff of five channels": "it refuses more than four",
    "tiff lab": "its libtiff takes another white",
}


def decode(data: bytes) -> np.ndarray | None:
    """The first frame, uint8 (height, width, 3), or None where OpenCV cannot read the file."""
    buffer = np.frombuffer(data, dtype=np.uint8)
    try:
        shown = cv2.imdecode(buffer, cv2.IMREAD_COLOR_RGB)
        stored = cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if stored is None or shown is None:
        return None
    if stored.dtype == np.uint16:
        stored = np.round(stored / 257).astype(np.uint8)
        if stored.ndim == 2 or stored.shape[2] == 3:
            shown = stored[..., None].repeat(3, 2) if stored.ndim == 2 else stored[..., ::-1]
    if stored.ndim == 3 and stored.shape[2] == 4:
        alpha = stored[..., 3:] / 255
        shown = np.round(stored[..., 2::-1] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    return shown
