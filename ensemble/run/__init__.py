"""A folder that a fit left behind, or the pack of it, goes in; a run that predicts comes out."""

from ensemble.run.opening import open_run
from ensemble.run.several import TargetsRun
from ensemble.run.single import Run

__all__ = ["Run", "TargetsRun", "open_run"]
