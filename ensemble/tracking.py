"""A run told to a store of runs: its config, scores, curves, tables and report."""

from __future__ import annotations

import importlib.util
import json
import logging
import math
import os
import re
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import pandas as pd

from backbones.errors import InputError
from ensemble.config.config import Config
from ensemble.config.tracking import Tracking
from ensemble.reporting import CARD, DATA, PAGE, read_curves
from ensemble.runs import record
from ensemble.runs.folder import RunFolder
from ensemble.runs.several import run_name
from ensemble.scoring.gains import Gain

_LOG = logging.getLogger("ensemble")

#: The experiment of configs that name none.
_EXPERIMENT = "ensemble"

#: What a run in the store is known again by.
_ORIGIN = "ensemble.origin"

#: Of a user, in the address that the environment names.
_PASSWORD = re.compile(r"://[^/@\s]+@")

#: What goes into the store as files, where it is there.
_FILES = (
    *(PAGE, DATA, CARD),
    *(record.CONFIG, record.METRICS, record.LEADERBOARD, record.OUT_OF_FOLD, record.FOLDS),
)

#: MLflow takes so many values, and values of so many letters, at a time.
_METRICS, _PARAMETERS, _LETTERS = 1000, 100, 6000

#: MLflow's own settings, unless the environment has others: nobody is told of the use, and a server
#: that does not answer is given up after some ten seconds, not after four minutes.
_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
}


def check_tracking(tracking: Tracking | None) -> None:
    """Raise an ``InputError`` where runs are to be told of, and the package for it is missing."""
    if tracking is not None and importlib.util.find_spec("mlflow") is None:
        raise InputError(
            "tracking: mlflow is not installed: python -m pip install 'backbone-ensemble[mlflow]', "
            "or leave tracking out"
        )


def track(files: RunFolder, origin: str, config: Config) -> None:
    """Tell the store that the config names of a run, unless it knows of it.

    The run is complete without it: what goes wrong is logged, with the way to try again.

    Parameters
    ----------
    origin : str
        What the run comes from; see ``ensemble.runs.origin``.
    """
    if config.tracking is None:
        return
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        told = _tell(files, origin, config.tracking)
    except Exception as error:  # MLflow and its stores raise exceptions of many packages
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        _LOG.warning(
            "tracking: %s could not be told of %s (%s); the run is complete, and the same command "
            "tries again",
            _PASSWORD.sub("://***@", config.tracking.uri or "MLflow"),
            files.folder,
            _PASSWORD.sub("://***@", reason)[:300],
        )
    else:
        _LOG.info("tracking: %s", told)


def _tell(files: RunFolder, origin: str, tracking: Tracking) -> str:
    """Write the run into the store; what was done, in words."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param

    client, name = MlflowClient(tracking.uri), run_name(files.folder)
    title = tracking.experiment or _EXPERIMENT
    known = client.get_experiment_by_name(title)
    experiment = client.create_experiment(title) if known is None else known.experiment_id
    run = _find(client, experiment, origin, name)
    if run is not None and run.info.status == "FINISHED":
        return f"MLflow has {name} in {title}"
    if run is None:
        run = client.create_run(experiment, run_name=name, tags=_tags(files, origin))
    number, at = run.info.run_id, run.info.start_time or int(1000 * time.time())
    for parameters in _batches(_parameters(files), _PARAMETERS):
        client.log_batch(number, params=[Param(*one) for one in parameters])
    for metrics in _batches(_metrics(files), _METRICS):
        client.log_batch(number, metrics=[Metric(key, x, at, step) for key, x, step in metrics])
    for file in _FILES:
        if files.path(file).is_file():
            client.log_artifact(number, str(files.path(file)))
    client.set_terminated(number)
    return f"{name} is in MLflow, in {title}"


def _find(client: Any, experiment: str, origin: str, name: str) -> Any:
    """The run of this origin and name; one that was not finished was killed on the way."""
    found = client.search_runs([experiment], f"tags.`{_ORIGIN}` = '{origin}'")
    return next((run for run in found if run.info.run_name == name), None)


def _tags(files: RunFolder, origin: str) -> dict[str, str]:
    versions = {f"version.{name}": str(one) for name, one in files.json(record.VERSIONS).items()}
    return {_ORIGIN: origin, **versions}


def _parameters(files: RunFolder) -> Iterator[tuple[str, str]]:
    """Each value of the run's config, under its keys with dots between them."""
    from ensemble.config.settings import read_mapping

    path = files.path(record.CONFIG)
    for name, value in _flatten(read_mapping(path, str(path)), ""):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield usable_name(name), text[:_LETTERS]


def _flatten(content: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(content, Mapping) and content:
        for key, value in content.items():
            yield from _flatten(value, f"{name}.{key}" if name else str(key))
    elif isinstance(content, list) and any(isinstance(one, Mapping) for one in content):
        for number, value in enumerate(content):
            named = value.get("name", number) if isinstance(value, Mapping) else number
            yield from _flatten(value, f"{name}.{named}")
    else:
        yield name, content


def _metrics(files: RunFolder) -> Iterator[tuple[str, float, int]]:
    """Name, value and step of each score, and of each value of a training curve."""
    metrics = files.json(record.METRICS)
    for name, scores in metrics["scores"].items():
        for measure, value in scores.items():
            if measure != "photos":
                yield usable_name(f"{name}.{measure}"), value, 0
    for over, gain in metrics["gains"].items():
        yield usable_name(f"gain over {over}"), Gain.from_json(gain).size, 0
    measured = metrics["intervals"]["measured"]["all"]
    yield "intervals.share", measured["share"], 0
    for member, table in read_curves(files).items():
        yield from _curves(table, member)


def _curves(table: pd.DataFrame, member: str) -> Iterator[tuple[str, float, int]]:
    names = [column for column in table.columns if column not in ("left_out", "epoch")]
    for folds, rows in table.groupby("left_out", sort=False):
        fit = f"without {folds!s}" if folds else "final"
        for name in names:
            values = pd.to_numeric(rows[name], errors="coerce")  # those that diverged are empty
            for epoch, value in zip(rows["epoch"], values, strict=True):
                if math.isfinite(value):
                    yield usable_name(f"{member}/{name}/{fit}"), float(value), int(epoch)


def _batches(values: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(islice(values, size)):
        yield batch


def usable_name(name: str) -> str:
    """A name as MLflow takes it: letters, digits and some signs.

    >>> usable_name("lite0+lite2.density"), usable_name("größe: 3 %")
    ('lite0_lite2.density', 'größe: 3 _')
    """
    return re.sub(r"[^\w\-. :/]", "_", name)
