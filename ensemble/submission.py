"""The submission file: exactly the rows asked for, checked before it is said to be there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from backbones.errors import InputError
from ensemble import dataset, table
from ensemble.config import Config, Data
from ensemble.console import Console
from ensemble.dataset import Photos
from ensemble.leaderboard import STACK
from ensemble.scores import score


def photos_asked_for(data: Data, test: Path | None, images: Path | None) -> Photos:
    """The photos of a table, of a folder, or of the config's own test table.

    Raises
    ------
    InputError
        There is no such table or folder, or it lists photos that do not exist.
    """
    if test is None and images is not None:
        return dataset.read_folder(images)
    if test is None and data.test is None:
        raise InputError("the config has no data.test: say --test CSV or --images DIR")
    path = test if test is not None else data.path(str(data.test))
    folder = images if images is not None else data.path(data.images)
    return dataset.read_test(path, folder, data.columns.name, data.columns.target)


def write(
    predictions: pd.DataFrame, photos: Photos, config: Config, out: Path, console: Console
) -> None:
    """Writes `out` and, beside it, ``predictions.csv`` with every member's prediction.

    Raises
    ------
    InputError
        The file does not read back as the rows, order and columns that were asked for.
    """
    name, target = config.data.columns.name, config.data.columns.target
    columns = _columns(config, name, target)
    submission = pd.DataFrame({name: photos.names, target: predictions[STACK]})[columns]
    out.parent.mkdir(parents=True, exist_ok=True)
    details = out.with_name("predictions.csv")
    if details == out:
        raise InputError(f"--out {out}: predictions.csv is written beside it; take another name")
    for content, path in ((submission, out), (predictions, details)):
        partial = path.with_name(path.name + ".partial")
        content.to_csv(partial, index=False)
        partial.replace(path)
    _check(out, columns, photos, name, target)
    console.head(submission)
    console.line(f"{len(submission)} rows in {out}; every member's prediction in {details}")
    if photos.target is not None:
        held_out = score(submission[target].to_numpy(), photos.target)
        console.line(
            f"score on these {held_out.photos} photos: RMSE {held_out.rmse:.3f} "
            f"± {held_out.standard_error:.3f}, MAE {held_out.mae:.3f}"
        )


def _columns(config: Config, name: str, target: str) -> list[str]:
    """The columns of the sample submission, which must be the name and the target."""
    sample = config.data.sample_submission
    if sample is None:
        return [name, target]
    path = config.data.path(sample)
    columns = [str(column) for column in table.read(path, [name, target]).columns]
    if len(columns) != 2:
        raise InputError(f"{path} has columns {columns}; only {name} and {target} can be filled")
    return columns


def _check(out: Path, columns: list[str], photos: Photos, name: str, target: str) -> None:
    back = table.read(out, columns)
    table.numbers(back, target, out)
    if list(back.columns) != columns or back[name].tolist() != photos.names.tolist():
        raise InputError(f"{out} does not hold the rows asked for; is the disk full?")
