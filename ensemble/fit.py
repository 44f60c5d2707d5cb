"""Trains the ensemble of a config: ``python -m ensemble.fit [CONFIG]``."""

from __future__ import annotations

if __name__ == "__main__":  # before anything else is imported: Ctrl-C may come at once
    from ensemble.terminal.stopping import end_at_signals

    end_at_signals()

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ensemble.run import Run, TargetsRun
    from ensemble.terminal.console import Console

from backbones.home import expand_home
from ensemble.terminal.flags import add_flags
from ensemble.version import add_version

EPILOG = """\
example:
  python -m ensemble.fit configs/face_counting.yaml --set folds.n=10

What was computed is kept: after a change, or after Ctrl-C, only the rest is done.
Exit codes: 0 done, 1 failed, 2 wrong use or wrong config, 130 stopped by Ctrl-C or SIGTERM.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m ensemble.fit",
        description="Train a multi-backbone ensemble that turns photos into a number.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "config",
        nargs="?",
        type=expand_home,
        default=Path("configs/demo.yaml"),
        metavar="CONFIG",
        help="a YAML file (default: %(default)s, which needs no data)",
    )
    made.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change a value of the config, as folds.n=10 or backbones.NAME.flip=true",
    )
    made.add_argument(
        "--run-dir",
        type=expand_home,
        metavar="DIR",
        help="where the run goes (default: runs/ and the config's name)",
    )
    made.add_argument(
        "--force",
        action="store_true",
        help="write into the run's folder, and draw, over files that this program did not write",
    )
    add_flags(made)
    add_version(made)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    from ensemble.terminal.command import run_command

    return run_command(parser(), _fit, arguments)


def _fit(asked: argparse.Namespace, console: Console) -> Mapping[str, Any]:
    from ensemble.run import TargetsRun
    from ensemble.training import fit

    run = fit(
        asked.config, asked.settings, run_dir=asked.run_dir, force=asked.force, progress=console
    )
    return _tell_of_targets(run, console) if isinstance(run, TargetsRun) else _tell(run, console)


def _tell(run: Run, console: Console, is_part: bool = False) -> Mapping[str, Any]:
    """What is said of a run, or of a part of one, and the same for another program."""
    from ensemble.report.scores_table import scores_table
    from ensemble.report.summary import fit_summary
    from ensemble.reporting import PAGE
    from ensemble.runs.record import LEADERBOARD, METRICS, OUT_OF_FOLD, PICTURE

    table = scores_table(run.scores, run.config.score.only_above)
    console.table(table.header, table.aligned, table.emphasis)
    *lines, way_on = fit_summary(run.metrics, run.folder)
    for line in lines if is_part else [*lines, way_on]:
        console.line(line)
    console.line(f"report: {run.files.path(PAGE)}")
    files = {
        "report": PAGE,
        "leaderboard": LEADERBOARD,
        "metrics": METRICS,
        "out_of_fold": OUT_OF_FOLD,
        "picture": PICTURE,
    }
    return {
        "scores": run.leaderboard.to_dict("records"),
        "stack": run.metrics["stack"],
        "intervals": run.metrics["intervals"],
        "paths": {"run": run.folder, **{name: run.files.path(one) for name, one in files.items()}},
    }


def _tell_of_targets(run: TargetsRun, console: Console) -> Mapping[str, Any]:
    """The same of several targets, one after the other."""
    from ensemble.reporting import PAGE
    from ensemble.runs.record import LEADERBOARD

    content = {}
    for target, one in run.targets.items():
        console.line(f"target {target}:")
        content[target] = _tell(one, console, is_part=True)
    console.line(f"run of all: {run.folder}; now: python -m ensemble.submit {run.folder}")
    console.line(f"report of all: {run.files.path(PAGE)}")
    files = {"report": PAGE, "leaderboard": LEADERBOARD}
    paths = {"run": run.folder, **{name: run.files.path(one) for name, one in files.items()}}
    return {"targets": content, "paths": paths}


if __name__ == "__main__":
    sys.exit(main())
