"""Heads: features of one backbone to a prediction of the target."""

from ensemble.heads.archive import load, save
from ensemble.heads.regressor import build, fit, takes_weights
from ensemble.heads.spec import HeadSpec

__all__ = ["HeadSpec", "build", "fit", "load", "save", "takes_weights"]
