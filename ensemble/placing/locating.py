"""Where the number lies in new photos, from Python."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from backbones.errors import InputError
from backbones.home import expand_home
from backbones.progress import Progress, Silent
from ensemble.photos.newphotos import given_photos
from ensemble.placing.placing import Wanted, open_placing
from ensemble.run import Run


@dataclass(frozen=True)
class Located:
    """What was asked for of photos; the rest is None."""

    predictions: pd.DataFrame  #: as ``Run.predict`` gives them
    maps: pd.DataFrame | None  #: a row a map, as ``density.csv`` in their folder
    regions: pd.DataFrame | None  #: name, ``region, count, lower, upper``; a row a region
    points: pd.DataFrame | None  #: name, x and y in pixels of the photo, ``score``; a row a point


def locate(
    run: Run,
    photos: Any,
    *,
    density: str | Path | None = None,
    regions: str | Path | None = None,
    points: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Located:
    """Predict photos, and say where the number lies in them; as ``python -m ensemble.submit`` does.

    Counts and maps add up to the stack's prediction of each photo, spread as the best member with
    a density says.

    Parameters
    ----------
    run : Run
        With a member that has a ``density`` head.
    photos : path, URL, or sequence of these
        A folder stands for all photos in it. Regions call the photos as the predictions do.
    density : path, optional
        The folder that takes a map and an overlay of each photo, and ``density.csv``.
    regions : path, optional
        A CSV: the config's column of names, its columns of a box in pixels of the photo or its
        column of polygons in well-known text, and perhaps ``region``, a label.
    points : bool
        Find each object.
    force : bool
        Write over files in `density` that this program did not write.
    progress : Progress, optional
        Shows how far it is.

    Raises
    ------
    InputError
        Nothing is asked for; the run does not tell it; photos or regions cannot be used, all of
        them.
    """
    folder, table = (None if one is None else expand_home(one) for one in (density, regions))
    wanted = Wanted(folder, table, points)
    if not wanted.named:
        raise InputError("locate: ask for density, regions or points")
    progress = progress or Silent()
    given = given_photos(photos, run.config.cache)
    placing = open_placing(run, wanted, given, force=force)
    predictions = run.predict_usable(
        given, "error", keep=True, progress=progress, by=placing.predictor
    )
    placing.place(given, predictions, progress)
    takers = (placing.maps, placing.regions, placing.points)
    maps, counts, found = (None if one is None else one.table() for one in takers)
    return Located(predictions.table, maps, counts, found)
