"""The whole ensemble as a regressor of scikit-learn."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from backbones.engines import EngineChoice
from backbones.home import expand_home
from backbones.key import key
from backbones.photos.digests import photo_digests
from backbones.progress import Silent
from backbones.remote.folder import find_urls
from ensemble.config.columns import LOWER, STACK, UPPER
from ensemble.config.config import default_cache
from ensemble.config.experiment import Experiment, resolve_experiment, warn_of_fallbacks
from ensemble.estimators.labels import label_photos
from ensemble.estimators.paths import column_names, refuse_columns, validate_paths
from ensemble.metric import MetricName
from ensemble.photos.newphotos import NewPhotos
from ensemble.photos.usable import Usable
from ensemble.prediction import Predictor
from ensemble.report.scores_table import html_table, scores_table
from ensemble.run import Run
from ensemble.runs.writable import check_writable
from ensemble.scoring.members import FittedMembers
from ensemble.scoring.result import FitResult
from ensemble.scoring.worth import worth_warnings
from ensemble.training import fit_ensemble, save

Numbers = npt.NDArray[np.float64]

_LOG = logging.getLogger("ensemble")


class BackboneEnsemble(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Frozen networks, a regressor or more on the features of each, and a stack over all.

    It is what ``ensemble.fit`` trains, on photos and targets at hand in place of tables. Features
    and fitted heads are kept in the cache, so that a second fit computes only what is new.

    Parameters
    ----------
    backbones : sequence of mapping
        As in a config: ``{"application": "MobileNetV2", "heads": ["ridge"]}``.
    joint : sequence of mapping
        Heads on several of them: ``{"backbones": ["MobileNetV2", "VGG16"], "heads": ["ridge"]}``.
    folds : int or mapping
        How many, or what a config says of them: ``{"n": 5, "method": "stratified"}``.
    stack : str or mapping
        How members become one prediction: ``"auto"``, ``"mean"``, ``"huber"``, ...
    minimum, maximum : float, optional
        Between which every prediction lies, in the target's unit.
    set_aside_above : float, optional
        Photos with a larger target teach the heads, but neither the stack nor its score.
    metric : {"rmse", "mae", "mape", "rmsle", "r2"}
        Decides the order of ``leaderboard_`` and the choice of the stack.
    coverage : float
        Of the prediction intervals.
    random_state : int
        Decides folds and heads.
    engine : {"auto", "openvino", "tensorflow"}
    cache_dir : path, optional
        By default ``ENSEMBLE_CACHE`` or a folder in the home.

    Attributes
    ----------
    leaderboard_ : DataFrame
        ``name, kind, rmse, standard_error, mae, rmse_all, photos``, best first; those of another
        `metric` come before.
    oof_ : DataFrame
        ``name, fold, target``, a column a member, ``stack, lower, upper``; a row a photo and
        repeat, by predictions that saw neither. Ordered by fold and name.
    result_ : FitResult
        All that the fit found.
    n_features_in_ : int
        Always 1, the column of paths.

    Examples
    --------
    >>> model = BackboneEnsemble([{"application": "MobileNetV2", "heads": ["ridge", "svr"]}])
    >>> model.set_params(folds=10).folds
    10
    """

    def __init__(
        self,
        backbones: Sequence[Mapping[str, Any]] = (),
        *,
        joint: Sequence[Mapping[str, Any]] = (),
        folds: int | Mapping[str, Any] = 5,
        stack: str | Mapping[str, Any] = "auto",
        minimum: float | None = None,
        maximum: float | None = None,
        set_aside_above: float | None = None,
        metric: MetricName = "rmse",
        coverage: float = 0.9,
        random_state: int = 0,
        engine: EngineChoice = "auto",
        cache_dir: str | Path | None = None,
    ) -> None:
        self.backbones = backbones
        self.joint = joint
        self.folds = folds
        self.stack = stack
        self.minimum = minimum
        self.maximum = maximum
        self.set_aside_above = set_aside_above
        self.metric = metric
        self.coverage = coverage
        self.random_state = random_state
        self.engine = engine
        self.cache_dir = cache_dir

    def fit(
        self, X: Any, y: Any, groups: Any = None, sample_weight: Any = None
    ) -> BackboneEnsemble:
        """Train on the photos with the paths X.

        Parameters
        ----------
        X : array-like of paths of shape (n,) or (n, 1)
        y : array-like of shape (n,)
            The target, in its own unit.
        groups : array-like of shape (n,), optional
            Photos of one group are never on both sides of a split.
        sample_weight : array-like of shape (n,), optional

        Raises
        ------
        ConfigError
            Every mistake of the parameters at once.
        InputError
            Photos, targets, groups or weights are not usable.
        """
        given = validate_paths(X)
        experiment = self._experiment(groups is not None, sample_weight is not None)
        warn_of_fallbacks(experiment)
        paths = find_urls(given, experiment.config.cache)
        photos = label_photos(tuple(paths), y, groups, sample_weight, experiment.config.data.limits)
        usable = Usable(photos, photo_digests(photos.paths, experiment.config.cache))
        self.result_: FitResult = fit_ensemble(experiment, usable, Silent())
        for line in worth_warnings(self.result_.worth()):
            _LOG.warning(line)
        config, fitted = experiment.config, FittedMembers.from_result(self.result_)
        self.predictor_ = Predictor(fitted, config.engine, config.cache)
        self.leaderboard_ = self.result_.leaderboard.table()
        self.oof_ = self.result_.out_of_fold()
        self.n_features_in_ = 1
        names = column_names(X)
        if names is not None:
            self.feature_names_in_ = np.array(names, dtype=object)
        return self

    def predict(self, X: Any) -> Numbers:
        """Predictions float64 (n,) of the photos with the paths X, in the target's unit.

        Raises
        ------
        InputError
            Photos that cannot be used, all of them.
        """
        return self._table(X)[STACK].to_numpy(dtype=np.float64)

    def predict_interval(self, X: Any) -> Numbers:
        """The lower and upper ends float64 (n, 2) of the intervals around the predictions."""
        return self._table(X)[[LOWER, UPPER]].to_numpy(dtype=np.float64)

    def save(self, folder: str | Path) -> Run:
        """Write the run that ``ensemble.open_run`` and ``python -m ensemble.submit`` open.

        Raises
        ------
        InputError
            The folder holds files that are not of a run.
        """
        check_is_fitted(self)
        cache, folder = self.result_.experiment.config.cache, expand_home(folder)
        check_writable(folder, cache, from_command=False)
        photos = self.result_.photos
        content = ["estimator", photos.names.tolist(), photos.target.tolist(), repr(self)]
        return Run(save(self.result_, folder, key(content)), self.result_.experiment)

    def _table(self, X: Any) -> pd.DataFrame:
        check_is_fitted(self)
        paths = find_urls(validate_paths(X), self.predictor_.cache)
        names = np.array([str(path) for path in paths])
        return self.predictor_.predict(NewPhotos(names, tuple(paths)), keep=True)

    def _experiment(self, grouped: bool, weighted: bool) -> Experiment:
        columns = {"group": "group" if grouped else None, "weight": "weight" if weighted else None}
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        content = {
            "data": {"folder": ".", "columns": columns, **limits},
            "backbones": [dict(entry) for entry in self.backbones],
            "joint": [dict(entry) for entry in self.joint],
            "folds": dict(self.folds) if isinstance(self.folds, Mapping) else {"n": self.folds},
            "stack": self.stack,
            "score": {"set_aside_above": self.set_aside_above, "metric": self.metric},
            "intervals": {"coverage": self.coverage},
            "seed": self.random_state,
            "engine": self.engine,
            "cache_dir": str(self.cache_dir or default_cache()),
        }
        refuse_columns([*self.backbones, *self.joint])
        return resolve_experiment(content, "the estimator")

    def _repr_mimebundle_(self, **arguments: Any) -> dict[str, str]:
        if not hasattr(self, "result_"):
            bundle: dict[str, str] = super()._repr_mimebundle_(**arguments)
            return bundle
        limit = self.set_aside_above
        table = scores_table(self.result_.leaderboard, limit)
        return {"text/plain": repr(self), "text/html": html_table(table, type(self).__name__)}

    def _repr_html_(self) -> str:
        """The leaderboard once it is fitted; scikit-learn's diagram before."""
        return self._repr_mimebundle_().get("text/html", "")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags
