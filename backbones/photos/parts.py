"""Large photos that are decoded in part, so that no more of them is in memory."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from backbones.photos.colours import tiff_tags, to_rgb
from backbones.photos.orientation import Box, orientation, size_when_upright, stored_box, turn

#: Photos of more pixels are decoded in part.
LARGE = 2**24

#: Formats and modes of Pillow that libvips decodes to the same samples -> what does so.
_DECODERS = MappingProxyType(
    {
        (format, mode): decoder
        for formats, modes, decoder in (
            (("JPEG", "MPO"), ("L", "RGB"), "jpegload_source"),
            (("PNG",), ("L", "LA", "RGB", "RGBA"), "pngload_source"),
            (("TIFF",), ("L", "RGB"), "tiffload_source"),
        )
        for format in formats
        for mode in modes
    }
)

#: Pixels to crop together of a photo that is decoded from its start on for each box.
RESTARTED = 2**24

#: In a TIFF, 0 stands for white.
_INVERTED = 0


class Parts:
    """A large photo, upright and in RGB of 8 bits as ``decode`` gives it, any box of it at a time.

    libvips decodes a JPEG, PNG or TIFF from its first row on, and holds few of them. Boxes that lie
    below each other in the file are read in one go; for others it begins anew.

    References
    ----------
    Martinez and Cupitt (2005), VIPS: a highly tuned image processing software architecture, ICIP.
    """

    def __init__(self, data: bytes, header: Image.Image) -> None:
        self._data = data
        self._header = header
        self._decoder = _DECODERS[header.format or "", header.mode]
        self._turn = orientation(header)
        self._reader: _Reader | None = None
        self.height, self.width = size_when_upright(header)

    def crop(self, box: Box) -> Image.Image:
        """The pixels in a box (left, top, right, bottom), as Pillow's ``crop`` of a photo.

        Raises
        ------
        OSError
            The file is damaged or cut short above the lower end of the box, or its compression is
            none that libvips was built for.
        """
        left, top, right, bottom = stored_box(box, self._turn, (self.height, self.width))
        error = _vips().Error
        try:
            if self._reader is None or not self._reader.reaches(left, top, right):
                self._reader = _Reader(self._open(), left, right)
            samples = self._reader.read(top, bottom)
        except error as caught:
            raise OSError(" ".join(str(caught).split())) from None
        part = Image.fromarray(samples if samples.shape[2] > 1 else samples[:, :, 0])
        part.info.update(self._header.info)
        return to_rgb(turn(part, self._turn), tiff_tags(self._header))

    @property
    def restarts(self) -> bool:
        """Whether a box does not lie below the one before it in the file."""
        return self._turn >= 3

    def is_sound(self) -> bool:
        """Whether libvips finds in the header what Pillow does."""
        try:
            found = self._open()
        except _vips().Error:
            return False
        lies = (found.height, found.width) if self._turn >= 5 else (found.width, found.height)
        return (lies, found.bands, found.format) == (
            (self.width, self.height),
            len(self._header.getbands()),
            "uchar",
        )

    def _open(self) -> Any:
        vips = _vips()
        load, source = getattr(vips.Image, self._decoder), vips.Source.new_from_memory(self._data)
        return load(source, access="sequential", fail_on="error")


class _Reader:
    """Some columns of an image that is read once, from above; the last rows read are kept."""

    def __init__(self, image: Any, left: int, right: int) -> None:
        self._columns = left, right
        self._region = _vips().Region.new(image)
        self._rows = np.empty((0, right - left, image.bands), dtype=np.uint8)
        self._end = 0  #: of the rows that were read

    def reaches(self, left: int, top: int, right: int) -> bool:
        """Whether these columns can be read from this row on."""
        return self._columns == (left, right) and top >= self._end - len(self._rows)

    def read(self, top: int, bottom: int) -> npt.NDArray[np.uint8]:
        """The rows (height, width, bands) from `top` to `bottom`."""
        found = np.empty((bottom - top, *self._rows.shape[1:]), dtype=np.uint8)
        known = max(0, self._end - top)
        kept = self._rows[len(self._rows) - known :][: len(found)]
        found[: len(kept)] = kept
        for row in range(len(kept), len(found)):  # libvips holds some of as many as it is asked for
            samples = self._region.fetch(self._columns[0], top + row, found.shape[1], 1)
            found[row] = np.frombuffer(samples, dtype=np.uint8).reshape(found.shape[1:])
        if bottom > self._end:
            self._rows, self._end = found, bottom
        return found


def open_parts(data: bytes, header: Image.Image) -> Parts | None:
    """Open a photo, of which Pillow has read the header, to decode it in part.

    None where it is not large, is in a form that is decoded whole, or the extra ``large`` is not
    installed.
    """
    if header.width * header.height <= LARGE or (header.format, header.mode) not in _DECODERS:
        return None
    if tiff_tags(header).get(ExifTags.Base.PhotometricInterpretation) == _INVERTED:
        return None
    if _vips() is None:
        return None
    parts = Parts(data, header)
    return parts if parts.is_sound() else None


@cache
def _vips() -> Any:
    """The module; None where it is not installed, or libvips is not."""
    try:
        import pyvips
    except (ImportError, OSError):
        return None
    pyvips.cache_set_max(0)  # else it keeps the last hundred decoders, with all that they hold
    return pyvips
