"""Trains the ensemble of a config: ``python -m ensemble.fit [CONFIG]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ensemble.version import add_version

EPILOG = """\
example:
  python -m ensemble.fit configs/face_counting.yaml --set folds.n=10

What was computed is kept: after a change, or after Ctrl-C, only the rest is done.
Exit codes: 0 done, 1 failed, 2 wrong use or wrong config, 130 stopped by Ctrl-C.
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
        type=Path,
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
        type=Path,
        metavar="DIR",
        help="where the run goes (default: runs/ and the config's name)",
    )
    add_version(made)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    from ensemble.terminal.command import run_command

    return run_command(lambda: _fit(asked), "the same command goes on from here")


def _fit(asked: argparse.Namespace) -> None:
    from ensemble.config.experiment import open_experiment
    from ensemble.terminal.console import Console
    from ensemble.training import train

    experiment = open_experiment(asked.config, asked.settings)
    folder = asked.run_dir or Path("runs") / asked.config.stem
    train(experiment, folder, Console())


if __name__ == "__main__":
    sys.exit(main())
