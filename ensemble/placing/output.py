"""What is written of where the number lies, beside a submission, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from backbones.errors import InputError
from backbones.plural import count
from ensemble.placing.block import Taker
from ensemble.placing.placing import Placing, Wanted
from ensemble.runs.submission import Submission
from ensemble.storage.ownership import is_run

#: The tables of regions and of points, and the folder of maps.
REGIONS, POINTS, DENSITY = "predicted_regions.csv", "predicted_points.csv", "density"

_FILES = {"regions": REGIONS, "points": POINTS}


def tables_of(regions: Path | None, points: bool) -> tuple[str, ...]:
    """The names of the tables that are asked for."""
    return tuple(name for name, asked in ((REGIONS, regions), (POINTS, points)) if asked)


def want(submission: Submission, density: str | None, regions: Path | None, points: bool) -> Wanted:
    """What is asked for; an empty `density` is a folder beside the submission.

    Raises
    ------
    InputError
        The folder is that of a run.
    """
    if not density:
        folder = None if density is None else submission.beside(DENSITY)
        return Wanted(folder, regions, points)
    folder = Path(density).expanduser()
    if is_run(folder):
        raise InputError(
            f"--density: {folder} is a run; name it first (submit {folder} --density), or another "
            "folder for the maps"
        )
    return Wanted(folder, regions, points)


@dataclass(frozen=True)
class PlacedFiles:
    """The tables and maps that were written."""

    placing: Placing
    submission: Submission

    def write(self) -> None:
        """Write the tables; the maps are there already.

        Raises
        ------
        InputError
            A file of the user has come to lie there.
        """
        for key, rows in self._tables.items():
            self.submission.write_table(_FILES[key], rows)

    @property
    def paths(self) -> dict[str, Path]:
        """The files, by what they are."""
        found = {key: self.submission.beside(_FILES[key]) for key in self._tables}
        maps = self.placing.maps
        return found if maps is None else {**found, "density": maps.index}

    def summary(self) -> list[str]:
        """Lines for the terminal."""
        lines, paths = [], self.paths
        if self.placing.maps is not None:
            folder = paths["density"].parent
            lines.append(f"maps and overlays in {folder}; a row a photo in {paths['density']}")
        if "regions" in self._tables:
            regions = count(len(self._tables["regions"]), "region")
            lines.append(f"{regions}, counted, in {paths['regions']}")
        if "points" in self._tables:
            points = count(len(self._tables["points"]), "point")
            lines.append(f"{points} in {paths['points']}")
        return lines

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        made: dict[str, Taker | None] = {
            "regions": self.placing.regions,
            "points": self.placing.points,
        }
        return {key: taker.table() for key, taker in made.items() if taker is not None}
