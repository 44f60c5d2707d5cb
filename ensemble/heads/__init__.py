"""Features of one backbone and the target go in; a fitted regressor and predictions come out."""

from ensemble.heads.archive import load, prepare, save
from ensemble.heads.catalog import regressor, takes_columns, takes_maps, version
from ensemble.heads.density_map import Boxes
from ensemble.heads.encoder import Kind
from ensemble.heads.parts import Part
from ensemble.heads.regressor import (
    Regressor,
    build,
    fit,
    history,
    is_network,
    predict_alike,
    predict_with_densities,
    takes_weights,
)
from ensemble.heads.spec import HeadSpec
from ensemble.heads.threads import one_thread

__all__ = [
    "Boxes",
    "HeadSpec",
    "Kind",
    "Part",
    "Regressor",
    "build",
    "fit",
    "history",
    "is_network",
    "load",
    "one_thread",
    "takes_columns",
    "takes_maps",
    "predict_alike",
    "predict_with_densities",
    "prepare",
    "regressor",
    "save",
    "takes_weights",
    "version",
]
