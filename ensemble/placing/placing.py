"""From new photos to where the number lies in them: what is asked for is checked, then made."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from backbones.errors import InputError
from backbones.photos.digests import files_by_digest, photo_digests
from backbones.photos.sizes import photo_sizes
from backbones.progress import Progress
from backbones.remote.photo import Photo
from ensemble.config.columns import STACK, Columns, describe_clash
from ensemble.densities.frame import Frame
from ensemble.photos.newphotos import NewPhotos
from ensemble.photos.regions import read_regions
from ensemble.photos.subjects import subjects_of
from ensemble.placing.block import Placed, Taker
from ensemble.placing.density_predictor import DensityPredictor
from ensemble.placing.maps import Maps
from ensemble.placing.point_table import PointTable
from ensemble.placing.region_counts import RegionCounts
from ensemble.placing.rules import rules_of
from ensemble.prediction import BLOCK
from ensemble.run import Run
from ensemble.runs.predictions import Predictions
from ensemble.storage.output_folder import OutputFolder

_LOG = logging.getLogger("ensemble")


@dataclass(frozen=True)
class Wanted:
    """What of new photos is asked for."""

    density: Path | None = None  #: the folder of maps
    regions: Path | None = None  #: the table of regions
    points: bool = False

    @property
    def named(self) -> list[str]:
        """The names of what is asked for."""
        return [name for name, value in vars(self).items() if value]


@dataclass(frozen=True)
class Placing:
    """What makes it, ready to go."""

    predictor: DensityPredictor
    maps: Maps | None
    regions: RegionCounts | None
    points: PointTable | None

    def place(self, photos: NewPhotos, predictions: Predictions, progress: Progress) -> None:
        """Make it, block by block; photos that were filled have no place.

        Parameters
        ----------
        photos : NewPhotos
            Those that have a row in `predictions`, in their order; ``predictor`` has predicted
            them.
        """
        kept = np.flatnonzero(~predictions.filled)
        totals = predictions.table[STACK].to_numpy(dtype=np.float64)[kept].clip(0)
        usable = photos.take(kept.tolist())
        takers: list[Taker] = [t for t in (self.maps, self.regions, self.points) if t is not None]
        with progress.stage("placing", len(usable), "photo") as advance:
            for block in self._blocks(usable, totals, progress):
                for taker in takers:
                    taker.take(block)
                advance(len(block))
        if self.maps is not None:
            self.maps.close()

    def _blocks(
        self, photos: NewPhotos, totals: np.ndarray, progress: Progress
    ) -> Iterator[list[Placed]]:
        """Photos with the densities that the cache has of them."""
        cache = self.predictor.cache
        digests = photo_digests(photos.paths, cache, None, progress)
        columns = self.predictor.fitted.encode(photos.cells, quietly=True)
        subjects = subjects_of(None, digests, columns)
        files = files_by_digest(digests, photos.paths)
        with self.predictor.open_densities(files) as densities_of:
            for start in range(0, len(photos), BLOCK):
                rows = range(start, min(start + BLOCK, len(photos)))
                densities = densities_of([subjects[row] for row in rows])
                sizes = photo_sizes([photos.paths[row] for row in rows], cache)
                yield [
                    Placed(
                        str(photos.names[row]),
                        photos.paths[row],
                        self.predictor.frame(size),
                        density,
                        float(totals[row]),
                    )
                    for row, size, density in zip(rows, sizes, densities, strict=True)
                ]


def open_placing(
    run: Run, wanted: Wanted, photos: NewPhotos, with_bad: bool = False, force: bool = False
) -> Placing:
    """Look, before anything is predicted, whether it can be made, and get ready.

    Parameters
    ----------
    with_bad : bool
        Photos may be such as cannot be used.
    force : bool
        Files of the user may be written over.

    Raises
    ------
    InputError
        The run does not tell it; a table or a folder is not usable; two columns of what is written
        would be called the same; or photos lie in memory alone.
    """
    if len(photos.paths) < len(photos):
        raise InputError("where the number lies is told of files, not of photos in memory")
    rules, data = rules_of(run, wanted.named), run.config.data
    names, columns = photos.names.tolist(), data.columns
    _refuse_clashes(columns, wanted)
    predictor = DensityPredictor(run.predictor, rules.member)
    maps = regions = points = None
    if wanted.density is not None:
        maps = Maps(OutputFolder(wanted.density, force), names, columns.name, rules.member)
        maps.check("density")
    if wanted.regions is not None:
        frames_of = partial(_frames, photos, predictor, with_bad)
        listed = read_regions(wanted.regions, data, names, frames_of)
        if rules.intervals is None:
            _LOG.warning(
                "regions: no photo of the fit says where its objects are, and so nothing tells how "
                "far off the counts may be: they come without intervals"
            )
        regions = RegionCounts(listed, columns.name, rules.intervals, data.limits)
    if wanted.points and rules.points is not None:
        points = PointTable(rules.points, columns.name, columns.point)
    return Placing(predictor, maps, regions, points)


def _refuse_clashes(columns: Columns, wanted: Wanted) -> None:
    """Refuse columns of names, and of places, that are called as others beside them.

    Raises
    ------
    InputError
        Some are, all of them.
    """
    written = {
        "density": Maps.COLUMNS,
        "regions": RegionCounts.COLUMNS,
        "points": PointTable.COLUMNS,
    }
    mistakes = [
        f"{one}: data.columns.name: {describe_clash(columns.name, written[one])}"
        for one in wanted.named
        if columns.name in written[one]
    ]
    if wanted.points:
        mistakes += [
            f"points: data.columns.point: {describe_clash(column, PointTable.COLUMNS)}"
            for column in columns.point
            if column in PointTable.COLUMNS
        ]
    if mistakes:
        raise InputError(
            "two columns of what is written would have one name; once renamed, run the fit again:",
            mistakes,
        )


def _frames(
    photos: NewPhotos, predictor: DensityPredictor, with_bad: bool, named: set[str]
) -> dict[str, Frame]:
    """The frame of each photo, by name; of some that cannot be used there is none."""
    photos = photos.take([row for row, name in enumerate(photos.names) if name in named])
    unsized: dict[Photo, list[str]] = {}
    sizes = photo_sizes(photos.paths, predictor.cache, unsized if with_bad else None)
    pairs = zip(photos.names.tolist(), sizes, strict=True)
    return {name: predictor.frame(size) for name, size in pairs if size != (0, 0)}
