"""A photo with the density that a head which has not seen it sees in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backbones.photos.framing import View
from backbones.remote.photo import Photo
from ensemble.densities.frame import seen_in_photo
from ensemble.photos.dataset import Dataset
from ensemble.stacking.crossfit import MemberFits
from ensemble.stacking.folds import Folds, Rows


@dataclass(frozen=True)
class DensityView:
    """A photo that a report shows."""

    name: str
    path: Photo
    density: npt.NDArray[np.float16]  #: (rows, columns), over the frame that the network saw
    view: View  #: how the photo came to that frame
    objects: npt.NDArray[np.float64]  #: (m, 4) as in ``Dataset.objects``, pixels of the photo

    def frame(self, height: int, width: int) -> tuple[float, float, float, float]:
        """Where the frame lies that the network saw: left, right, bottom, top.

        In pixels of the photo, which is `height` x `width`; beyond it where the photo was padded.
        """
        left, top, right, bottom = seen_in_photo((height, width), self.view)
        return left, right, bottom, top


def density_views(
    positions: Rows, photos: Dataset, fits: MemberFits, folds: Folds
) -> list[DensityView]:
    """The photos at these positions, as a head with densities saw them in the first repeat."""
    found: dict[int, DensityView] = {}
    number = folds.number[0, positions]
    for fold in np.unique(number).tolist():
        densities, held_out = fits.densities(fold), folds.held_out(fold)
        for position in positions[number == fold].tolist():
            found[position] = DensityView(
                name=str(photos.names[position]),
                path=photos.paths[position],
                # Those of the whole fold would stay in memory with a view of them.
                density=densities[np.searchsorted(held_out, position)].copy(),
                view=fits.member.view,
                objects=_objects(photos, photos.names[position]),
            )
    return [found[position] for position in positions.tolist()]


def _objects(photos: Dataset, name: str) -> npt.NDArray[np.float64]:
    if photos.objects is None:
        return np.empty((0, 4))
    rows = photos.objects[photos.objects["name"] == name]
    return rows[["xmin", "ymin", "xmax", "ymax"]].to_numpy(dtype=np.float64)
