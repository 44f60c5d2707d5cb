"""Heads: features of one backbone to a prediction of the target."""

from ensemble.heads.archive import load, save
from ensemble.heads.catalog import regressor
from ensemble.heads.regressor import Regressor, build, fit, history, takes_weights, uses_all_cores
from ensemble.heads.spec import HeadSpec

__all__ = [
    "HeadSpec",
    "Regressor",
    "build",
    "fit",
    "history",
    "load",
    "regressor",
    "save",
    "takes_weights",
    "uses_all_cores",
]
