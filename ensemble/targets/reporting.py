"""The page of a run of several targets, which leads to the page of each."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from backbones.errors import InputError
from ensemble.report.contents import as_json
from ensemble.report.page.targets import TargetView, render_targets
from ensemble.report.scores_table import scores_table
from ensemble.reporting import CARD, DATA, PAGE, write_report
from ensemble.runs.damage import named
from ensemble.runs.folder import RunFolder
from ensemble.runs.lock import only_writer
from ensemble.runs.opening import read_run_config
from ensemble.runs.record import LEADERBOARD, METRICS
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.worth import describe_constant
from ensemble.storage.outputs import Outputs

__all__ = ["PAGE", "report_targets", "write_targets_report"]

_LOG = logging.getLogger("ensemble")


def report_targets(files: RunFolder, runs: Mapping[str, RunFolder], force: bool) -> None:
    """Write the page of a run that is complete without it.

    A page that somebody has worked on stays, with a warning, unless by `force`.
    """
    try:
        with only_writer(files.folder):
            _write(files, runs, force)
    except InputError as error:
        _LOG.warning("the report is not written: %s", error)


def write_targets_report(
    files: RunFolder, runs: Mapping[str, RunFolder], force: bool = False
) -> Path:
    """Write the page of each target again, and that which leads to them; the path of the latter.

    Raises
    ------
    InputError
        A file of the user lies where one is to be written.
    """
    for run in runs.values():
        write_report(run, run.path(PAGE), force=force)
    return _write(files, runs, force)


def _write(files: RunFolder, runs: Mapping[str, RunFolder], force: bool) -> Path:
    outputs = Outputs(read_run_config(files).cache, force)
    page, data = files.path(PAGE), files.path(DATA)
    for path in (page, data):
        outputs.check(path, "the report")
    outputs.remove(files.path(CARD))  # of a single target, fitted here before
    boards = {target: _leaderboard(run) for target, run in runs.items()}
    views = []
    for target, run in runs.items():
        limit = read_run_config(run).score.only_above
        place = run.folder.relative_to(files.folder).as_posix()
        views.append(TargetView(target, f"{place}/{PAGE}", scores_table(boards[target], limit)))
    content = {target: board.table().to_dict("records") for target, board in boards.items()}
    html = render_targets(files.folder.name, views, _describe_constant(runs, boards))
    texts = {data: as_json({"targets": content}), page: html}
    for path, text in texts.items():
        with outputs.write(path, "the report") as partial:
            partial.write_text(text, encoding="utf-8")
    return page


def _describe_constant(runs: Mapping[str, RunFolder], boards: Mapping[str, Leaderboard]) -> str:
    """What the constant is, in words: folds and metric are the same for all targets."""
    target, run = next(iter(runs.items()))
    with named(run.path(METRICS)):
        return describe_constant(run.json(METRICS), boards[target].metric)


def _leaderboard(run: RunFolder) -> Leaderboard:
    with named(run.path(LEADERBOARD)) as path:
        return Leaderboard.read(path)
