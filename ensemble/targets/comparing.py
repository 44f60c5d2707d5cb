"""Runs of several targets side by side: which of their runs are held against each other."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from backbones.errors import InputError
from ensemble.runs.folder import open_run_folder
from ensemble.runs.several import is_of_several, open_targets

_LOG = logging.getLogger("ensemble")


def folders_by_target(runs: Sequence[Path]) -> dict[str, list[Path]]:
    """The folders of each target's runs, in the order of `runs`; empty if none is of several.

    Raises
    ------
    InputError
        A run is not complete; some are of several targets and others are not, or they have none
        in common.
    """
    opened = {run: open_run_folder(run) for run in runs}
    several = {run: open_targets(files)[1] for run, files in opened.items() if is_of_several(files)}
    if not several:
        return {}
    first = next(iter(several))
    if alone := [str(run) for run in opened if run not in several]:
        ways = [str(part.folder) for part in several[first].values()]
        raise InputError(
            f"{', '.join(alone)} of a single target cannot be compared with {first} of several; "
            "name the run of one of its targets:",
            ways,
        )
    common = [target for target in several[first] if all(target in one for one in several.values())]
    if not common:
        named = "; ".join(f"{run}: {', '.join(parts)}" for run, parts in several.items())
        raise InputError(f"these runs have no target in common ({named}); compare others")
    for run, parts in several.items():
        if others := [target for target in parts if target not in common]:
            _LOG.warning("%s: not in all runs, and left out: %s", run, ", ".join(others))
    return {target: [several[run][target].folder for run in runs] for target in common}
