"""Predicts new photos with a run: ``python -m ensemble.submit [RUN]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ensemble.version import add_version

EPILOG = """\
examples:
  python -m ensemble.submit                          the newest run, the test photos of its config
  python -m ensemble.submit runs/demo --images new   every photo in the folder new

Exit codes: 0 done, 1 the run failed, 2 wrong use, 130 stopped by Ctrl-C.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m ensemble.submit",
        description="Predict photos with a trained ensemble and write a submission.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "run", nargs="?", type=Path, metavar="RUN", help="a run's folder (default: newest in runs/)"
    )
    made.add_argument(
        "--test", type=Path, metavar="CSV", help="table of the photos (default: the config's)"
    )
    made.add_argument(
        "--images",
        type=Path,
        metavar="DIR",
        help="folder of the photos; without --test, all photos in it are predicted",
    )
    made.add_argument(
        "--out", type=Path, metavar="FILE", help="the submission (default: RUN/submission.csv)"
    )
    add_version(made)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    from ensemble.terminal.command import run_command

    return run_command(lambda: _submit(asked), "the same command goes on from here")


def _submit(asked: argparse.Namespace) -> None:
    from ensemble.prediction import open_predictor, predict
    from ensemble.runs.folder import newest_run, open_run_folder
    from ensemble.runs.submission import open_submission, photos_asked_for
    from ensemble.terminal.console import Console

    run = open_run_folder(asked.run or newest_run(Path("runs")))
    console = Console()
    predictor = open_predictor(run)
    photos = photos_asked_for(predictor.config.data, asked.test, asked.images)
    submission = open_submission(asked.out or run.path("submission.csv"), predictor.config)
    submission.write(predict(predictor, photos, console), photos, console)


if __name__ == "__main__":
    sys.exit(main())
