"""The submission that an earlier version, or an earlier run, has left in a run's folder."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from backbones.files import hash_file
from ensemble.runs.manifest import MANIFEST
from ensemble.runs.several import TARGETS
from ensemble.scoring.leaderboard import STACK
from ensemble.storage.outputs import Outputs

_LOG = logging.getLogger("ensemble")


def adopt_earlier(
    outputs: Outputs, out: Path, details: Path, columns: Sequence[str], name: str
) -> None:
    """Record a submission as the program's where its two files agree in every row.

    One that was edited differs from the predictions beside it, and stays the user's; so does a
    file without the other.

    Parameters
    ----------
    out, details : Path
        The submission, and every member's prediction.
    columns : sequence of str
        Those of the submission: the `name` and the target.
    """
    if outputs.knows(out) or outputs.knows(details):
        return
    try:
        submission, predictions = _read(out), _read(details)
    except (OSError, ValueError):  # there is none, or it is no table
        return
    if len(columns) != 2:  # of several targets: no earlier version has written such
        return
    (target,) = (column for column in columns if column != name)
    if list(submission) != list(columns) or [name, STACK] != [
        one for one in predictions if one in (name, STACK)
    ]:
        return
    if submission[name].equals(predictions[name]) and submission[target].equals(
        predictions[STACK].rename(target)
    ):
        outputs.remember(out, hash_file(out))
        outputs.remember(details, hash_file(details))


def name_stale(folder: Path, current: Sequence[str] = ()) -> None:
    """Say so where a submission lies in the folder of a run that was just written.

    Runs of targets that are not its own are named as well; `current` are the folders of its own.
    """
    runs = (path.parent.relative_to(folder) for path in folder.glob(f"{TARGETS}/*/{MANIFEST}"))
    others = sorted({run.as_posix() for run in runs} - set(current))
    if others:
        _LOG.warning(
            "%s: of a fit before, and no part of this run any more: %s; delete what is not needed",
            folder,
            ", ".join(others),
        )
    names = ("submission.csv", "predictions.csv")
    stale = [name for name in names if (folder / name).exists()]
    if stale:
        _LOG.warning(
            "%s: of a fit before, to be written anew by ensemble.submit: %s",
            folder,
            " and ".join(stale),
        )


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)
