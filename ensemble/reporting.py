"""From a run to its report: the tables are read, photos found, the page and its data written."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from backbones.errors import InputError
from backbones.home import expand_home
from ensemble.config.columns import FILLED, LOWER, STACK, UPPER, Columns
from ensemble.config.config import Config
from ensemble.photos.newphotos import NewPhotos
from ensemble.report.analysis import analyse
from ensemble.report.contents import Finding
from ensemble.report.evidence import Evidence, by_photo
from ensemble.report.outlook import look_at
from ensemble.report.page.card import render_card
from ensemble.report.page.densities import Overlays, read_overlays
from ensemble.report.page.html import render_page
from ensemble.report.page.outlook import render_outlook
from ensemble.report.page.thumbnails import find_thumbnails, thumbnails
from ensemble.report.predicted import Predicted
from ensemble.runs import record
from ensemble.runs.damage import named
from ensemble.runs.folder import RunFolder, open_run_folder
from ensemble.runs.items import read_items
from ensemble.runs.lock import only_writer
from ensemble.runs.opening import read_run_config, read_table
from ensemble.runs.predictions import Predictions
from ensemble.runs.several import refuse_several
from ensemble.runs.submission import Submission
from ensemble.runs.targets import read_targets
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.novelty import Novelty
from ensemble.scoring.scores import Scores
from ensemble.storage.outputs import Outputs

_LOG = logging.getLogger("ensemble")

PAGE, DATA, CARD = "report.html", "report.json", "MODEL_CARD.md"


def report(run: str | Path, *, out: str | Path | None = None, force: bool = False) -> Path:
    """Write the report of a run again, as ``python -m ensemble.report`` does; its path.

    Parameters
    ----------
    run : path
        The folder of the run.
    out : path, optional
        Where the page goes, by default ``report.html`` in the run; beside it lie its data, of the
        same name with ``.json``, and ``MODEL_CARD.md``.
    force : bool
        Write over files that this program did not write.

    Raises
    ------
    InputError
        There is no complete run, or a file of the user lies where one is to be written.
    """
    files = open_run_folder(expand_home(run))
    refuse_several(files, "python -m ensemble.report")
    page = files.path(PAGE) if out is None else expand_home(out)
    return write_report(files, page, force=force)


def report_fit(files: RunFolder, times: Mapping[str, float] | None, force: bool) -> None:
    """Write the report of a run that is complete without it.

    A page that somebody has worked on stays, with a warning, unless by `force`.
    """
    try:
        with only_writer(files.folder):
            write_report(files, files.path(PAGE), times, force)
    except InputError as error:
        _LOG.warning("the report is not written: %s", error)


def write_report(
    files: RunFolder,
    page: Path,
    times: Mapping[str, float] | None = None,
    force: bool = False,
) -> Path:
    """Write the page of a run and, beside it, its data as JSON and a model card.

    `times` are the seconds of each stage; by default those of the report before. Photos that are
    no longer where they were at the fit are left out of the page. Errors as ``report``.
    """
    config = read_run_config(files)
    outputs = Outputs(config.cache, force)
    data, card = page.with_suffix(".json"), page.with_name(CARD)
    for path in (page, data, card):
        files.refuse_own(path, "--out")
        outputs.check(path, "--out")
    contents = analyse(read_evidence(files, config, _times(files, outputs, times)))
    overlays = _overlays(files)
    pictures = find_thumbnails(config, contents.shown, read_items(files))
    html = render_page(contents, pictures, overlays)
    words = render_card(contents, str(files.folder))
    _write(outputs, {data: contents.to_json(), card: words, page: html})
    return page


def read_evidence(files: RunFolder, config: Config, times: Mapping[str, float]) -> Evidence:
    """The tables of a run.

    Raises
    ------
    InputError
        One of them cannot be read.
    """
    leaderboard_file, oof_file = files.path(record.LEADERBOARD), files.path(record.OUT_OF_FOLD)
    with named(leaderboard_file):
        leaderboard = Leaderboard.read(leaderboard_file)
    oof = read_table(files, record.OUT_OF_FOLD)
    with named(oof_file):
        oof = oof[["name", "fold", "target", *leaderboard.members, STACK, LOWER, UPPER]]
    return Evidence(
        run=str(files.folder),
        config=config,
        config_text=files.path(record.CONFIG).read_text(encoding="utf-8"),
        versions=files.json(record.VERSIONS),
        metrics=files.json(record.METRICS),
        leaderboard=leaderboard,
        oof=oof,
        curves=read_curves(files),
        near_copies=_table(files, record.NEAR_COPIES),
        folds=_table(files, record.FOLDS),
        appearance=_table(files, record.APPEARANCE),
        times=times,
    )


def describe_new(
    run: str,
    columns: Columns,
    files: RunFolder,
    novelty: Novelty | None,
    photos: NewPhotos,
    predictions: Predictions,
    scores: Scores | None,
) -> Predicted:
    """New photos beside those of the fit.

    Parameters
    ----------
    run : str
        What the run is called.
    columns : Columns
        Those of the run's tables.
    novelty : Novelty, optional
        That of the run.
    photos : NewPhotos
        Those that have a row in `predictions`, in their order.
    scores : Scores, optional
        Of the predictions, where targets are known.

    Raises
    ------
    InputError
        The run has no out-of-fold table.
    """
    oof = read_table(files, record.OUT_OF_FOLD)
    with named(files.path(record.OUT_OF_FOLD)):
        known = by_photo(oof, ["target", STACK])
    targets = read_targets(files)
    if targets is not None:
        known = known.reindex(targets.index).assign(target=targets)
    rows = predictions.table[~predictions.filled].set_index(columns.key)
    return Predicted(
        run,
        columns.only_target,
        rows.drop(columns=FILLED, errors="ignore"),
        dict(zip(photos.names.tolist(), photos.files, strict=True)),
        known,
        None if novelty is None else novelty.own[~np.isnan(novelty.own)],
        len(predictions.lost),
        scores,
        columns.noun,
    )


def report_new(new: Predicted, findings: tuple[Finding, ...], submission: Submission) -> None:
    """Write the page of a submission and, beside it, its data as JSON.

    `findings` are those of ``ensemble.report.outlook.find_in``.

    Raises
    ------
    InputError
        A file of the user has come to lie there.
    """
    outlook = look_at(new, findings)
    pictures = thumbnails({name: new.paths[name] for name in outlook.shown})
    html = render_outlook(outlook, pictures)
    _write(submission.outputs, {submission.page_data: outlook.to_json(), submission.page: html})


def _write(outputs: Outputs, texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        with outputs.write(path, "--out") as partial:
            partial.write_text(text, encoding="utf-8")


def read_curves(files: RunFolder) -> dict[str, pd.DataFrame]:
    """``left_out, epoch`` and a column a curve, by member; see ``ensemble.runs.record``."""
    found = {}
    for file in sorted(files.files):
        if file.startswith("curves/"):
            with named(files.path(file)) as path:
                table = pd.read_csv(path, dtype={"left_out": str}, keep_default_na=False)
            found[file.removeprefix("curves/").removesuffix(".csv")] = table
    return found


def _table(files: RunFolder, file: str) -> pd.DataFrame | None:
    """A table that not every run has."""
    return read_table(files, file) if file in files.files else None


def _times(
    files: RunFolder, outputs: Outputs, times: Mapping[str, float] | None
) -> Mapping[str, float]:
    """Those given, or those of the report before, if it is as this program has written it."""
    before = files.path(DATA)
    if times is not None or not (before.is_file() and outputs.wrote(before)):
        return times or {}
    content: Any = json.loads(before.read_text(encoding="utf-8"))
    return dict(content.get("times", ()))


def _overlays(files: RunFolder) -> Overlays:
    if record.DENSITIES not in files.files:
        return Overlays()
    with named(files.path(record.DENSITIES)) as path:
        return read_overlays(path)
