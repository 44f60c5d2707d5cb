"""A run, opened: its scores, and predictions of new photos."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from backbones.progress import Progress
from ensemble.config.columns import STACK
from ensemble.config.config import Config
from ensemble.config.experiment import Experiment
from ensemble.heads.archive import HeadFileError
from ensemble.photos.cells import given_cells
from ensemble.photos.newitems import label_items
from ensemble.photos.newphotos import NewPhotos, given_photos
from ensemble.photos.rejected import OnBadPhoto
from ensemble.prediction import Predictor
from ensemble.probing import Differences, check_probe, explain, feature_lengths
from ensemble.report.scores_table import html_table, scores_table
from ensemble.runs.damage import named
from ensemble.runs.fitted import read_fitted
from ensemble.runs.folder import RunFolder
from ensemble.runs.opening import read_table
from ensemble.runs.predictions import Predictions, predict_usable, target_median
from ensemble.runs.probe import PICTURE, Probe
from ensemble.runs.record import LEADERBOARD, METRICS, OUT_OF_FOLD, VERSIONS
from ensemble.runs.versions import describe_differences, differences, versions_with_engine
from ensemble.scoring.leaderboard import Leaderboard

_LOG = logging.getLogger("ensemble")


class Run:
    """What a fit left behind, with the ensemble loaded when it first predicts.

    It stays warm: networks and heads are loaded once. Threads may share a run; they take turns.

    Examples
    --------
    ``open_run("runs/my").predict("new-photos")`` has the rows of ``predictions.csv``.
    """

    def __init__(self, files: RunFolder, experiment: Experiment) -> None:
        self.files = files
        self.experiment = experiment
        self._opening = threading.Lock()
        self._predictor: Predictor | None = None

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        return self.files.folder

    @property
    def config(self) -> Config:
        """The config of the fit, with every default."""
        return self.experiment.config

    @property
    def targets(self) -> Mapping[str, Run]:
        """The run of each target, by the name of its column."""
        return {self.config.data.columns.only_target: self}

    @property
    def leaderboard(self) -> pd.DataFrame:
        """``name, kind, rmse, standard_error, mae, rmse_all, photos``, the metric before them."""
        return self.scores.table()

    @cached_property
    def scores(self) -> Leaderboard:
        """The scores of members, references and stack, best first."""
        with named(self.files.path(LEADERBOARD)) as path:
            return Leaderboard.read(path)

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The content of ``metrics.json``."""
        with named(self.files.path(METRICS)):
            return dict(self.files.json(METRICS))

    @property
    def oof(self) -> pd.DataFrame:
        """``name, fold, target``, members, ``stack, lower, upper``: ``FitResult.out_of_fold``."""
        return read_table(self.files, OUT_OF_FOLD)

    @property
    def predictor(self) -> Predictor:
        """The fitted ensemble.

        Where other versions are installed than at the fit, or a network is computed in less than
        float32, the run's probe decides whether they make the same numbers.

        Raises
        ------
        InputError
            An older version has written the run, a head cannot be read, or a part of the ensemble
            makes other numbers here than at the fit.
        """
        with self._opening:  # threads that come first together share what one of them loads
            if self._predictor is None:
                self._predictor = self._open_checked()
            return self._predictor

    def _open_checked(self) -> Predictor:
        now = versions_with_engine(self.config.engine)
        with named(self.files.path(VERSIONS)):
            differing = differences(self.files.json(VERSIONS), now)
        try:
            predictor = self._open_predictor(now)
            if differing or self.experiment.depends_on_processor:
                self._check(predictor, differing)
        except HeadFileError as error:
            raise explain(error, differing) from None
        return predictor

    def _open_predictor(self, now: dict[str, str]) -> Predictor:
        config = self.config
        return Predictor(read_fitted(self.files, self.experiment, now), config.engine, config.cache)

    def _check(self, predictor: Predictor, differing: Differences) -> None:
        if self.files.format > 1:
            lengths = feature_lengths(self.experiment.backbones, self.files.path(PICTURE))
            columns = len(self.config.data.columns.features)
            taken = Probe.read(self.files, lengths, len(self.experiment.members), columns)
            check_probe(predictor, taken, differing, self.folder)
            return
        for one in self.experiment.members:
            predictor.loaded.head(one.name)
        _LOG.warning(
            "%s was fitted with other versions (%s); a run of its format has no probe, and nothing "
            "tells whether they make the same numbers",
            self.folder,
            describe_differences(differing),
        )

    def predict(
        self,
        photos: Any,
        *,
        items: Sequence[Any] | None = None,
        views: Sequence[Any] | None = None,
        keep: bool = False,
        keep_maps: bool = False,
        on_bad_photo: OnBadPhoto = "error",
        columns: Any = None,
        progress: Progress | None = None,
    ) -> pd.DataFrame:
        """Predict new photos; the rows of ``predictions.csv``.

        Parameters
        ----------
        photos : path, URL, PIL image, uint8 array, or sequence of these
            A folder, or a URL that does not end as a photo, stands for all photos in it; arrays are
            RGB (height, width, 3).
        items : sequence of length n, optional
            What each photo is of, where the run predicts items of several photos.
        views : sequence of length n, optional
            What each photo shows of its item.
        keep : bool
            Keep in the cache what is computed of files, so that a second time, or after a kill,
            only the rest is.
        keep_maps : bool
            Keep whole feature maps, too: up to 0.6 MB a photo.
        on_bad_photo : {"error", "skip", "fill"}
            Photos that cannot be used are an error; or are logged, and have no row; or are logged,
            and have the fit's median target as ``stack`` and True in a column ``filled``.
        columns : DataFrame or mapping, optional
            What heads take beside the photos, if any do: the columns of the config's
            ``data.columns.features``, a row a photo.
        progress : Progress, optional
            Shows how far it is.

        Returns
        -------
        DataFrame
            A row a photo, or item, in their order: their column of the config, a column a member,
            ``stack``, ``lower`` and ``upper``, in the target's unit; then ``novelty``, how far it
            lies from those of the fit, of which five in a hundred are beyond 1. Where the number
            lies in each photo: ``ensemble.locate``.

        Raises
        ------
        InputError
            Photos that cannot be used, all of them; with `on_bad_photo`, if there is no other.
            Columns that heads take are missing, or hold no numbers where those of the fit do.
        """
        if not isinstance(photos, NewPhotos):
            photos = given_photos(photos, self.config.cache if keep else None)
        features = list(self.config.data.columns.features)
        if columns is not None and features:
            photos = replace(photos, cells=given_cells(columns, features, len(photos.photos)))
        if items is not None:
            photos = label_items(photos, items, views)
        return self.predict_usable(
            photos, on_bad_photo, keep=keep, keep_maps=keep_maps, progress=progress
        ).table

    def predict_usable(
        self,
        photos: NewPhotos,
        on_bad_photo: OnBadPhoto,
        *,
        keep: bool = False,
        keep_maps: bool = False,
        progress: Progress | None = None,
        by: Predictor | None = None,
    ) -> Predictions:
        """What ``predict`` says, `by` a predictor, and what is wrong with unusable photos."""
        predict = (by or self.predictor).predict
        predict = partial(predict, keep=keep, keep_maps=keep_maps, progress=progress)
        name = self.config.data.columns.key
        return predict_usable(predict, photos, on_bad_photo, self._medians, name)

    def _medians(self) -> dict[str, float]:
        """What a photo that cannot be used is predicted as, by the column of the predictions."""
        return {STACK: target_median(self.files)}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    def _repr_html_(self) -> str:
        """The leaderboard, for notebooks."""
        limit = self.config.score.only_above
        return html_table(scores_table(self.scores, limit), escape(repr(self)))
