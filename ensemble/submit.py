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
    from ensemble.photos.newphotos import NewPhotos
    from ensemble.placing.placing import Placing
    from ensemble.run import Run
    from ensemble.runs.submission import Submission
    from ensemble.terminal.console import Console

from backbones.home import expand_home
from ensemble.terminal.flags import add_flags
from ensemble.version import add_version

EPILOG = """\
example:
  python -m ensemble.submit runs/demo --images new   every photo in the folder new

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
        help="the submission (default: submission.csv in the run)",
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
        "--density",
        nargs="?",
        const="",
        metavar="DIR",
        help="maps of where the number lies (default: RUN/density)",
    )
    made.add_argument(
        "--regions",
        type=expand_home,
        metavar="CSV",
        help="count these boxes or polygons of the photos",
    )
    made.add_argument(
        "--points",
        action="store_true",
        help="find each object",
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
    from ensemble.placing.output import PlacedFiles
    from ensemble.report.outlook import find_in
    from ensemble.reporting import describe_new, report_new
    from ensemble.run import TargetsRun, open_run
    from ensemble.runs.asked import check_may_skip
    from ensemble.runs.folder import newest_run
    from ensemble.runs.sample import refuse_other_rows
    from ensemble.runs.submitted import Submitted
    from ensemble.targets.submitting import SubmittedTargets, photos_by_target

    place = asked.run or newest_run(Path("runs"))
    run = open_run(place, asked.settings)
    if asked.on_bad_photo == "skip":
        check_may_skip(run.config.data, asked.test, asked.images)
    with_absent = asked.on_bad_photo != "error"
    by_target = photos_by_target(run, asked.test, asked.images, with_absent)
    photos = next(iter(by_target.values()))
    if asked.test is None and asked.images is None and place.is_dir():  # a pack keeps no rows
        refuse_other_rows(run.config.data, photos)
    submission = _open_submission(asked, place, run, photos.local)
    placing = _open_placing(asked, run, submission, photos)
    console.line(f"{count(len(photos), photos.noun)} to predict")
    predictions = run.predict_usable(
        photos,
        asked.on_bad_photo,
        keep=True,
        keep_maps=asked.keep_maps,
        progress=console,
        by=None if placing is None else placing.predictor,
    )
    if asked.on_bad_photo == "skip":
        kept = [row for row in range(len(photos)) if row not in predictions.lost]
        by_target = {target: one.take(kept) for target, one in by_target.items()}
        photos = next(iter(by_target.values()))
    rows = submission.write(predictions, photos)
    if isinstance(run, TargetsRun):
        told = SubmittedTargets.measure(str(place), run, submission, rows, by_target, predictions)
        return told.tell(console)
    submitted = Submitted.measure(submission, rows, photos, predictions, run.config.metric)
    columns, novelty = run.config.data.columns, run.predictor.fitted.novelty
    new = describe_new(
        str(place), columns, run.files, novelty, photos, predictions, submitted.scores
    )
    findings = find_in(new)
    for finding in findings:
        if finding.serious:
            console.warning(f"{finding.seen} {finding.advice}")
    if submission.reports:
        report_new(new, findings, submission)
    for line in submitted.summary():
        console.line(line)
    content = dict(submitted.content())
    if placing is not None:
        placing.place(photos, predictions, console)
        placed = PlacedFiles(placing, submission)
        placed.write()
        for line in placed.summary():
            console.line(line)
        content["paths"] = {**content["paths"], **placed.paths}
    return content


def _open_placing(
    asked: argparse.Namespace, run: Run, submission: Submission, photos: NewPhotos
) -> Placing | None:
    """What makes maps, counts of regions and points; None where nothing of it is asked for."""
    from ensemble.placing.output import want
    from ensemble.placing.placing import open_placing

    wanted = want(submission, asked.density, asked.regions, asked.points)
    if not wanted.named:
        return None
    return open_placing(run, wanted, photos, asked.on_bad_photo != "error", asked.force)


def _open_submission(
    asked: argparse.Namespace, place: Path, run: Run, photos: Sequence[Path]
) -> Submission:
    """The submission to be; every place that will be written is tried."""
    from backbones.places import check_folder
    from ensemble.config.config import CACHE_DIR
    from ensemble.placing.output import tables_of
    from ensemble.run import TargetsRun
    from ensemble.runs.opening import cache_folder
    from ensemble.runs.submission import open_submission
    from ensemble.storage.outputs import Outputs
    from ensemble.targets.submitting import check_pages

    check_folder(run.config.cache, CACHE_DIR)
    # The folder of a pack lies in the cache, where nobody looks for a submission; it is a cache
    # itself, but one that the next pack of that name does not have.
    packed = place.is_file()
    beside = Path(f"{place.stem}-submission.csv") if packed else place / "submission.csv"
    cache = cache_folder(asked.settings) if packed else run.config.cache
    opened = open_submission(
        asked.out or beside,
        run.config,
        Outputs(cache, asked.force),
        lists_rejected=asked.on_bad_photo != "error",
        reports=asked.report,
        run=run.files,
        inputs=[one for one in (place, asked.test, asked.regions, *photos) if one is not None],
        tables=tables_of(asked.regions, asked.points),
    )
    if isinstance(run, TargetsRun):
        check_pages(opened)
    return opened


if __name__ == "__main__":
    sys.exit(main())
