"""How a run counts parts of photos and finds points in them, as it is kept in the run."""

from __future__ import annotations

from ensemble.runs.damage import named
from ensemble.runs.folder import RunFolder, RunWriter
from ensemble.scoring.places import PlaceRules

FILE = "places.json"


def write_places(rules: PlaceRules, run: RunWriter) -> None:
    """Add them to a run."""
    run.json(FILE, rules.to_json())


def read_places(files: RunFolder) -> PlaceRules | None:
    """Those of a run; None in one that was fitted before there were any, or without densities.

    Raises
    ------
    InputError
        The file holds something else.
    """
    if FILE not in files.files:
        return None
    with named(files.path(FILE)):
        return PlaceRules.from_json(files.json(FILE))
