"""The targets that a run has learned from."""

from __future__ import annotations

import pandas as pd

from ensemble.runs.folder import RunFolder
from ensemble.runs.opening import read_table
from ensemble.runs.record import FOLDS


def read_targets(files: RunFolder) -> pd.Series | None:
    """The target of each photo of the fit, by its name, where folds go by time.

    None where they do not: then the out-of-fold table has them all.

    Raises
    ------
    InputError
        The table of folds cannot be read.
    """
    if FOLDS not in files.files:  # as in runs that nobody has fitted
        return None
    folds = read_table(files, FOLDS)
    return folds.set_index("name")["target"] if "target" in folds else None
