"""What a fit writes into its run directory."""

from __future__ import annotations

import platform
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from ensemble import heads
from ensemble.scoring.calibration import Calibration
from ensemble.config.config import default_cache
from ensemble.stacking.crossfit import MemberFits
from ensemble.photos.dataset import Dataset
from ensemble.config.experiment import Experiment
from ensemble.stacking.folds import Folds
from ensemble.scoring.intervals import LOWER, UPPER
from ensemble.scoring.leaderboard import STACK, Leaderboard
from ensemble.stacking.outoffold import OutOfFold
from ensemble.report.picture import draw_leaderboard
from ensemble.report.contact_sheet import contact_sheet
from ensemble.runs.folder import RunFolder, RunWriter
from ensemble.scoring.scores import rmse_interval
from ensemble.stacking.stack import Stack

CONFIG = "config.yaml"
BACKBONES = "backbones.json"
METRICS = "metrics.json"
LEADERBOARD = "leaderboard.csv"
INTERVALS = "intervals.json"
PICTURE = "leaderboard.png"
SHEET = "contact_sheet.png"
MEMBERS = "members"
STACK_FOLDER = "stack"

#: Packages whose versions decide the numbers of a run.
_PACKAGES = ("keras", "numpy", "pandas", "pillow", "scikit-learn", "scipy", "skops", "tensorflow")


def record(
    experiment: Experiment,
    photos: Dataset,
    folds: Folds,
    fits: list[MemberFits],
    table: OutOfFold,
    stack: Stack,
    leaderboard: Leaderboard,
    calibration: Calibration,
    run: RunWriter,
) -> RunFolder:
    """Writes the run: tables as CSV, the rest as YAML and JSON, models as skops and .keras."""
    run.text(CONFIG, _yaml(resolved(experiment)))
    run.json(BACKBONES, {one.name: _backbone(one) for one in experiment.backbones})
    run.json("versions.json", versions())
    run.text("folds.csv", folds.table().to_csv(index=False))
    run.text("oof.csv", _out_of_fold(table, photos, stack, calibration).to_csv(index=False))
    run.text(LEADERBOARD, leaderboard.table().to_csv(index=False))
    limit, unit = experiment.config.score.set_aside_above, experiment.config.data.columns.target
    run.json(METRICS, _metrics(leaderboard, table, photos, stack, calibration, limit))
    run.json(INTERVALS, calibration.intervals.to_json())
    run.bytes(PICTURE, _picture(experiment, photos, table, stack, leaderboard, calibration))
    cache = experiment.config.cache
    sheet = contact_sheet(photos, folds, fits, leaderboard, limit, unit, cache)
    if sheet is not None:
        run.bytes(SHEET, sheet)
    for one in fits:
        run.copy(f"{MEMBERS}/{one.member.name}", one.fitted)
        if one.histories:
            run.text(f"curves/{one.member.name}.csv", _curves(one).to_csv(index=False))
    with TemporaryDirectory() as saved:
        heads.save(stack.regressor, Path(saved))
        run.copy(STACK_FOLDER, Path(saved))
    return run.close()


def resolved(experiment: Experiment) -> dict[str, Any]:
    """The config with every default but the cache's place, which belongs to the machine."""
    content = experiment.resolved_config.model_dump(mode="json")
    if content["cache_dir"] == default_cache():
        del content["cache_dir"]
    return content


def _yaml(content: Any) -> str:
    text = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(content, text)
    return text.getvalue()


def _backbone(backbone: Any) -> dict[str, Any]:
    weights = backbone.weights
    return {
        "fingerprint": backbone.fingerprint,
        "image_size": list(backbone.size),
        "features": backbone.length,
        "weights": weights.source,
        "weights_digest": weights.digest,
        "fell_back_to_random": weights.fell_back,
    }


def versions() -> dict[str, str]:
    """What the numbers of a run depend on, beside its config and data."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def _out_of_fold(
    table: OutOfFold, photos: Dataset, stack: Stack, calibration: Calibration
) -> pd.DataFrame:
    columns = dict(zip(table.members, table.predictions.T, strict=True))
    identity = {
        "name": photos.names[table.photo],
        "fold": table.fold,
        "target": photos.target[table.photo],
    }
    ends = {LOWER: calibration.lower, UPPER: calibration.upper}
    return pd.DataFrame({**identity, **columns, STACK: stack.nested, **ends})


def _picture(
    experiment: Experiment,
    photos: Dataset,
    table: OutOfFold,
    stack: Stack,
    leaderboard: Leaderboard,
    calibration: Calibration,
) -> bytes:
    data = experiment.config.data
    ends = partial(calibration.intervals.around, limits=data.limits)
    target = photos.target[table.photo]
    return draw_leaderboard(leaderboard, target, stack.nested, ends, data.columns.target)


def _metrics(
    leaderboard: Leaderboard,
    table: OutOfFold,
    photos: Dataset,
    stack: Stack,
    calibration: Calibration,
    limit: float | None,
) -> dict[str, Any]:
    nested = table.by_photo(stack.nested)
    interval = rmse_interval(nested, photos.target, photos.weight, limit)
    return {
        "photos": len(photos),
        "stack": {"form": stack.form, **asdict(leaderboard.stack), "rmse_interval": interval},
        "intervals": calibration.metrics,
        "best_member": leaderboard.best_member,
        "scores": {name: asdict(scores) for name, scores in leaderboard.scores.items()},
    }


def _curves(fits: MemberFits) -> pd.DataFrame:
    """``left_out, epoch`` and a column a curve; ``left_out`` is empty for the final head."""
    final = heads.history(heads.load(fits.fitted))
    tables = [
        pd.DataFrame(
            {
                "left_out": "+".join(map(str, held)),
                "epoch": np.arange(1, 1 + len(next(iter(curves.values())))),
                **curves,
            }
        )
        for held, curves in [*fits.histories.items(), ((), final)]
    ]
    return pd.concat(tables)
