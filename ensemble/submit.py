"""Predicts new photos with a run: ``python -m ensemble.submit [RUN]``."""

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
    from ensemble.run import Run
    from ensemble.runs.submission import Submission
    from ensemble.terminal.console import Console

from backbones.home import expand_home
from ensemble.terminal.flags import add_flags
from ensemble.version import add_version

EPILOG = """\
examples:
  python -m ensemble.submit                          the newest run, the test photos of its config
  python -m ensemble.submit runs/demo --images new   every photo in the folder new
  python -m ensemble.submit my.pack --images new     with a run packed by ensemble.pack

Exit codes: 0 done, 1 the run failed, 2 wrong use, 130 stopped by Ctrl-C or SIGTERM.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m ensemble.submit",
        usage="%(prog)s [RUN] [--test CSV] [--images DIR] [--out FILE] ...",
        description="Predict photos with a trained ensemble and write a submission.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "run",
        nargs="?",
        type=expand_home,
        metavar="RUN",
        help="a run's folder, or its pack (default: newest in runs/)",
    )
    made.add_argument(
        "--test",
        type=expand_home,
        metavar="CSV",
        help="table of the photos (default: the config's)",
    )
    made.add_argument(
        "--images",
        metavar="DIR",
        help="their folder or URL; without --test, all photos in it",
    )
    made.add_argument(
        "--out",
        type=expand_home,
        metavar="FILE",
        help="the submission (default: RUN/submission.csv; of a pack, NAME-submission.csv here)",
    )
    made.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="what differs here, as backbones.NAME.model=PATH",
    )
    made.add_argument(
        "--keep-maps",
        action="store_true",
        help="keep whole feature maps, up to 0.6 MB a photo",
    )
    made.add_argument(
        "--on-bad-photo",
        choices=("error", "skip", "fill"),
        default="error",
        metavar="WAY",
        help="error, skip, or fill with the fit's median target",
    )
    made.add_argument(
        "--report",
        action="store_true",
        help="a page, too: how like those of the fit the photos are",
    )
    made.add_argument(
        "--force",
        action="store_true",
        help="write over files that others wrote or changed",
    )
    add_flags(made)
    add_version(made)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    from ensemble.terminal.command import run_command

    return run_command(parser(), _submit, arguments)


def _submit(asked: argparse.Namespace, console: Console) -> Mapping[str, Any]:
    from backbones.plural import count
    from ensemble.report.outlook import find_in
    from ensemble.reporting import describe_new, report_new
    from ensemble.run import open_run
    from ensemble.runs.folder import newest_run
    from ensemble.runs.sample import refuse_other_rows
    from ensemble.runs.submission import check_may_skip, photos_asked_for
    from ensemble.runs.submitted import Submitted

    place = asked.run or newest_run(Path("runs"))
    run = open_run(place, asked.settings)
    if asked.on_bad_photo == "skip":
        check_may_skip(run.config.data, asked.test, asked.images)
    with_absent = asked.on_bad_photo != "error"
    photos = photos_asked_for(
        run.config.data, asked.test, asked.images, with_absent, run.config.cache
    )
    if asked.test is None and asked.images is None and place.is_dir():  # a pack keeps no rows
        refuse_other_rows(run.config.data, photos)
    submission = _open_submission(asked, place, run, photos.local)
    console.line(f"{count(len(photos), 'photo')} to predict")
    predictions = run.predict_usable(
        photos, asked.on_bad_photo, keep=True, keep_maps=asked.keep_maps, progress=console
    )
    if asked.on_bad_photo == "skip":
        photos = photos.take([row for row in range(len(photos)) if row not in predictions.rejected])
    rows = submission.write(predictions, photos)
    submitted = Submitted.measure(submission, rows, photos, predictions)
    columns, novelty = run.config.data.columns, run.predictor.fitted.novelty
    new = describe_new(
        str(place), columns, run.files, novelty, photos, predictions, submitted.scores
    )
    for finding in find_in(new):
        if finding.serious:
            console.warning(f"{finding.seen} {finding.advice}")
    if submission.reports:
        report_new(new, submission)
    for line in submitted.summary():
        console.line(line)
    return submitted.content()


def _open_submission(
    asked: argparse.Namespace, place: Path, run: Run, photos: Sequence[Path]
) -> Submission:
    """The submission to be; every place that will be written is tried."""
    from backbones.places import check_folder
    from ensemble.config.config import CACHE_DIR
    from ensemble.runs.opening import cache_folder
    from ensemble.runs.submission import open_submission
    from ensemble.storage.outputs import Outputs

    check_folder(run.config.cache, CACHE_DIR)
    # The folder of a pack lies in the cache, where nobody looks for a submission; it is a cache
    # itself, but one that the next pack of that name does not have.
    packed = place.is_file()
    beside = Path(f"{place.stem}-submission.csv") if packed else place / "submission.csv"
    cache = cache_folder(asked.settings) if packed else run.config.cache
    return open_submission(
        asked.out or beside,
        run.config,
        Outputs(cache, asked.force),
        lists_rejected=asked.on_bad_photo != "error",
        reports=asked.report,
        run=run.files,
        inputs=[*(path for path in (place, asked.test) if path is not None), *photos],
    )


if __name__ == "__main__":
    sys.exit(main())
