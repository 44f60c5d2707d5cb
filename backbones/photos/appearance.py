"""How bright and how sharp a photo is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from backbones.photos.framing import View

#: The pixels that are measured.
VIEW: View = ((64, 64), "squash")

#: What is measured.
NAMES = ("brightness", "sharpness")

#: Below this brightness a photo counts as dark, as in cleanvision 0.3.
DARK = 0.32

#: Below this sharpness a photo counts as blurred. Of 200 of the face counting photos the softest
#: has 0.34, half have 0.76 and more; blurred by 1 % of their longer side they have 0.16 to 0.66,
#: half of them below 0.36; by 2 % 0.29 at most.
BLURRED = 0.3

#: Changes with whatever decides the numbers.
METHOD = f"appearance {VIEW}"


def measure_appearance(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return brightness and sharpness, float32 (2,), of a photo's `VIEW`, uint8 (64, 64, 3).

    The brightness is the level of grey, from 0 to 1, that one pixel in a hundred exceeds. The
    sharpness is the spread of the photo's Laplacian, in spreads of its grey levels, so that it does
    not depend on contrast; that of a photo without any is 1: it is not blurred.

    References
    ----------
    Pech-Pacheco, Cristobal, Chamorro-Martinez and Fernandez-Valdivia (2000), Diatom autofocusing in
    brightfield microscopy, ICPR: the variance of the Laplacian.
    """
    from scipy.ndimage import laplace

    grey = np.asarray(Image.fromarray(pixels).convert("L"), dtype=np.float64)
    spread = grey.std()
    sharpness = laplace(grey).std() / spread if spread > 0 else 1.0
    return np.array([np.percentile(grey, 99) / 255, sharpness], dtype=np.float32)
