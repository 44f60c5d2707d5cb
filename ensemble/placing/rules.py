"""What a run knows of where the number lies in photos."""

from __future__ import annotations

from collections.abc import Sequence

from backbones.errors import InputError
from ensemble import heads
from ensemble.run import Run
from ensemble.runs.places import read_places
from ensemble.runs.several import refuse_several
from ensemble.scoring.places import PlaceRules


def rules_of(run: Run, wanted: Sequence[str]) -> PlaceRules:
    """The rules of a run, for what of density, regions and points is wanted.

    Raises
    ------
    InputError
        It is of several targets; no member of it has densities; it was fitted before there were
        such rules; or no photo of the fit says where its objects are, which points need.
    """
    refuse_several(run.files, "python -m ensemble.submit")
    what, takes_maps = ", ".join(wanted), heads.takes_maps
    members = [one.name for one in run.experiment.members if takes_maps(one.head.head)]
    if not members:
        raise InputError(
            f"{what}: no member of {run.folder} sees where in a photo the number lies; a head "
            "`density` does, on a backbone with pooling: none"
        )
    rules = read_places(run.files)
    if rules is None:
        if set(wanted) - {"density"}:
            raise InputError(
                f"{what}: {run.folder} was fitted before a fit measured how well parts of photos "
                "are counted and points are found; run the fit again"
            )
        return PlaceRules(next(one for one in run.scores.scores if one in members), None, None)
    if rules.member not in members:
        raise InputError(f"{run.folder} has no member {rules.member!r}; run the fit again")
    if "points" in wanted and rules.points is None:
        raise InputError(
            f"points: no photo that {run.folder} was fitted on says where its objects are, or no "
            "peak lies on one, and so nothing tells which peaks are objects; name data.boxes, "
            "data.points or data.objects, and run the fit again"
        )
    return rules
