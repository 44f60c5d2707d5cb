"""One kind of a file: its bytes, and what must become of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.backbones.photos.samples import COLOURS, GREYS, as_rgb

GREY_COLOURS = as_rgb(GREYS)

#: Messages of files that are refused.
UNKNOWN = "not a whole photo of "
DAMAGED = "damaged or cut short "
LARGE = "too large to open safely "


@dataclass(frozen=True)
class Kind:
    """A file, and its six colours (2, 3, 3) or the reason for which it is refused."""

    data: bytes
    colours: np.ndarray | None = None  #: None where only the second decoder knows
    tolerance: int = 0  #: of one of these colours
    refused: str | None = None  #: how the message goes on after the name, a regular expression
    apart: float = 1.5  #: most mean distance from the second decoder, of 255


def shows(
    data: bytes, colours: np.ndarray = COLOURS, tolerance: int = 0, apart: float = 1.5
) -> Kind:
    return Kind(data, colours, tolerance, apart=apart)


def as_the_second(data: bytes, apart: float = 1.5) -> Kind:
    """Its pixels are those that the second decoder finds."""
    return Kind(data, apart=apart)


def refused(data: bytes, reason: str) -> Kind:
    return Kind(data, refused=reason)
