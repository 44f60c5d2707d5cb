"""Several runs side by side: their scores on the photos that all of them have predicted."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.home import expand_home
from backbones.plural import count, part
from ensemble.config.columns import STACK
from ensemble.config.config import Config
from ensemble.metric import METRICS, RMSE, Metric
from ensemble.report.evidence import by_photo, not_set_aside
from ensemble.report.page.comparison import render_comparison
from ensemble.report.page.thumbnails import find_thumbnails
from ensemble.runs.damage import named
from ensemble.runs.folder import open_run_folder
from ensemble.runs.items import read_items
from ensemble.runs.opening import read_run_config, read_table
from ensemble.runs.record import OUT_OF_FOLD
from ensemble.runs.several import refuse_several
from ensemble.scoring.comparison import Difference, difference, most_different, score_runs
from ensemble.scoring.scores import Scores
from ensemble.storage.outputs import Outputs

_LOG = logging.getLogger("ensemble")

#: Columns of the scores that say nothing here, where no photo is set aside.
_LEFT_OUT = ("photos", *(f"{name}_all" for name in METRICS))

#: Photos that a comparison names.
SHOWN = 24


@dataclass(frozen=True)
class Comparison:
    """Runs on the same photos; the first is what the others are held against."""

    unit: str
    config: Config  #: of the first run
    photos: pd.DataFrame  #: ``target`` and the stack's prediction of each run, by photo's name
    scores: dict[str, Scores]  #: by the name of the run
    differences: dict[str, Difference]  #: of the others from the first
    apart: list[str]  #: photos on which the runs differ most
    metric: Metric = RMSE  #: that of all runs; RMSE where they have several
    #: the names of the photos of each item, where the runs are of items
    items: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def table(self) -> pd.DataFrame:
        """``run, rmse, standard_error, mae, difference, low, high``; a row a run.

        Of another metric than RMSE its own come before: ``mape, mape_standard_error``.
        """
        rows = []
        for name, one in self.scores.items():
            found = self.differences.get(name)
            beside = (found.size, found.low, found.high) if found else (np.nan,) * 3
            numbers = {key: value for key, value in one.columns().items() if key not in _LEFT_OUT}
            ends = dict(zip(("difference", "low", "high"), beside, strict=True))
            rows.append({"run": name, **numbers, **ends})
        return pd.DataFrame(rows)


def compare(runs: Sequence[str | Path]) -> Comparison:
    """Score runs on the photos that all of them have predicted out of fold.

    Photos above the first run's ``score.set_aside_above`` are left out; weights are not used. Runs
    are compared in their metric, or in RMSE where they have several, which is said.

    Parameters
    ----------
    runs : sequence of path
        The folders of two runs or more.

    Raises
    ------
    InputError
        There are less than two, a run is not complete, two are the same, they predict other
        targets for a photo, or no photo is in all of them.
    """
    folders = [expand_home(run) for run in runs]
    _refuse_doubles(folders)
    opened = {str(folder): open_run_folder(folder) for folder in folders}
    for files in opened.values():
        refuse_several(files, "python -m ensemble.compare")
    configs = {name: read_run_config(files) for name, files in opened.items()}
    tables = {}
    for name, files in opened.items():
        rows = read_table(files, OUT_OF_FOLD)
        with named(files.path(OUT_OF_FOLD)):
            tables[name] = by_photo(rows, ["target", STACK])
    photos = put_together(tables)
    config = next(iter(configs.values()))
    counted = not_set_aside(photos, config.score.only_above)
    if counted.empty:
        raise InputError("no photo that all runs have in common counts; see score.set_aside_above")
    target, metric = counted["target"].to_numpy(), _metric(configs, counted)
    predictions = {name: counted[name].to_numpy() for name in tables}
    first, *others = predictions
    return Comparison(
        unit=config.data.columns.only_target,
        config=config,
        photos=counted,
        scores=score_runs(predictions, target, metric),
        differences={
            name: difference(predictions[first], predictions[name], target, metric)
            for name in others
        },
        apart=most_different(predictions, counted.index, SHOWN),
        metric=metric,
        items=read_items(next(iter(opened.values()))),
    )


def _metric(configs: Mapping[str, Config], photos: pd.DataFrame) -> Metric:
    """The metric of all runs; RMSE where they have several, or theirs has no value here."""
    named = {run: Metric(config.score.metric) for run, config in configs.items()}
    metric = next(iter(named.values()))
    if len(set(named.values())) > 1:
        said = ", ".join(f"{run} {one.label}" for run, one in named.items())
        _LOG.warning("runs are judged by different metrics (%s): compared in RMSE", said)
        return RMSE
    if why := metric.undefined(photos.iloc[:, 1:].to_numpy().T, photos["target"].to_numpy()):
        _LOG.warning("%s: compared in RMSE", why)
        return RMSE
    return metric


def write_comparison(found: Comparison, page: Path, force: bool = False) -> None:
    """Write a comparison as a page.

    Raises
    ------
    InputError
        A file of the user lies there, without `force`.
    """
    outputs = Outputs(found.config.cache, force)
    outputs.check(page, "--out")
    pictures = find_thumbnails(found.config, found.apart, found.items)
    text = render_comparison(
        found.unit, found.photos, found.scores, found.differences, found.apart, pictures
    )
    with outputs.write(page, "--out") as partial:
        partial.write_text(text, encoding="utf-8")


def _refuse_doubles(folders: Sequence[Path]) -> None:
    if len(folders) < 2:
        raise InputError(f"a comparison needs two runs or more, and {len(folders)} is named")
    places = [os.path.realpath(folder) for folder in folders]
    doubles = sorted({str(f) for f, p in zip(folders, places, strict=True) if places.count(p) > 1})
    if doubles:
        raise InputError(f"runs are named twice: {', '.join(doubles)}; name each once")


def put_together(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """``target`` and a column a run, of the photos that all have; what differs is said.

    Raises
    ------
    InputError
        There is none, or targets differ.
    """
    common = sorted(set.intersection(*(set(table.index) for table in tables.values())))
    if not common:
        counts = ", ".join(f"{name} {count(len(table), 'photo')}" for name, table in tables.items())
        raise InputError(f"no photo is in all of these runs ({counts}): nothing to compare")
    targets = pd.DataFrame({name: table["target"][common] for name, table in tables.items()})
    differing: npt.NDArray[np.bool_] = np.ptp(targets.to_numpy(), axis=1) > 0
    if differing.any():
        shown = [
            f"{photo}: {', '.join(f'{value:g}' for value in row)}"
            for photo, *row in targets[differing].itertuples(name=None)
        ]
        raise InputError(
            f"{count(len(shown), 'photo', 'has')} another target in one run than in another, so "
            "that errors cannot be compared; fit the runs on one table:",
            first_ten(shown),
        )
    for name, table in tables.items():
        if len(table) > len(common):
            _LOG.warning(
                "%s: %s not in all runs, and left out",
                name,
                part(len(table) - len(common), len(table), "photo", "is"),
            )
    photos = pd.DataFrame({name: table[STACK][common] for name, table in tables.items()})
    photos.insert(0, "target", targets.iloc[:, 0])
    return photos
