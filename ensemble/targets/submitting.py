"""A submission of several targets: each is scored, looked at and told of by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ensemble.config.columns import FILLED, NOVELTY, names_of
from ensemble.photos.newphotos import NewPhotos
from ensemble.report.contents import Finding
from ensemble.report.first_rows import first_rows, usual_error
from ensemble.report.outlook import find_in
from ensemble.report.predicted import Predicted
from ensemble.reporting import describe_new, report_new
from ensemble.run import Run
from ensemble.runs.asked import photos_asked_for
from ensemble.runs.predictions import Predictions
from ensemble.runs.several import folders_of
from ensemble.runs.submission import Submission
from ensemble.runs.submitted import Submitted

if TYPE_CHECKING:
    from ensemble.terminal.console import Console


def photos_by_target(
    run: Run, test: Path | None, images: Path | str | None, with_absent: bool
) -> dict[str, NewPhotos]:
    """The photos asked for, with each target where their table has it; in the same order.

    Arguments and errors as of ``photos_asked_for``.
    """
    found: dict[str, NewPhotos] = {}
    for target, one in run.targets.items():
        if found and test is None and images is not None:  # a folder knows of no target
            found[target] = next(iter(found.values()))
            continue
        config = one.config
        found[target] = photos_asked_for(config.data, test, images, with_absent, config.cache)
    return found


def part_of(submission: Submission, target: str) -> Submission:
    """The part of one of several targets, with the place of its page."""
    assert not isinstance(submission.target, str)
    place = folders_of(submission.target)[target].rpartition("/")[2]
    out = submission.out.with_name(f"{submission.out.stem}-{place}.csv")
    columns = [submission.name, target]
    return replace(submission, out=out, target=target, columns=columns)


def check_pages(submission: Submission) -> None:
    """Look at the places of the pages of several targets, before anything is predicted.

    Raises
    ------
    InputError
        One is part of the run, or a file of the user's, or cannot be written.
    """
    for target in submission.target if submission.reports else ():
        part = part_of(submission, target)
        for path in (part.page, part.page_data):
            if submission.run is not None:
                submission.run.refuse_own(path, "--out")
            submission.outputs.check(path, "--out")


@dataclass(frozen=True)
class SubmittedTargets:
    """A submission of several targets that was written."""

    submission: Submission
    rows: pd.DataFrame  #: those of the file
    parts: Mapping[str, Submitted]  #: by target
    new: Mapping[str, Predicted]  #: the photos beside those of the fit, by target

    @classmethod
    def measure(
        cls,
        called: str,
        run: Run,
        submission: Submission,
        rows: pd.DataFrame,
        photos: Mapping[str, NewPhotos],
        predictions: Predictions,
    ) -> SubmittedTargets:
        """Score the rows of each target that is known; `called` is what the run is called."""
        parts, new = {}, {}
        novelty = run.predictor.fitted.novelty  # that which the photos were measured by
        for target, one in run.targets.items():
            own = _predictions_of(one, target, predictions)
            part = part_of(submission, target)
            parts[target] = Submitted.measure(part, rows, photos[target], own, one.config.metric)
            columns, scores = one.config.data.columns, parts[target].scores
            new[target] = describe_new(
                called, columns, one.files, novelty, photos[target], own, scores
            )
        return cls(submission, rows, parts, new)

    def tell(self, console: Console) -> dict[str, Any]:
        """Write the pages that were asked for, and tell of all; the same for another program."""
        for line in self.warnings():
            console.warning(line)
        if self.submission.reports:
            self.report()
        for line in self.summary():
            console.line(line)
        return self.content()

    def warnings(self) -> list[str]:
        """What is serious about the photos; what is so for every target, once."""
        said = {
            f"{finding.seen} {finding.advice}": None
            for findings in self._findings.values()
            for finding in findings
            if finding.serious
        }
        return list(said)

    def report(self) -> None:
        """Write a page of each target; errors as of ``report_new``."""
        for target, part in self.parts.items():
            report_new(self.new[target], self._findings[target], part.submission)

    def summary(self) -> list[str]:
        """Lines for the terminal: the first rows, the files, the score of each target."""
        errors = {name: usual_error(part.predictions.table) for name, part in self.parts.items()}
        return [*first_rows(self.rows, errors), *self._files(), *self._scores()]

    def content(self) -> dict[str, Any]:
        """The same for another program."""
        first = next(iter(self.parts.values()))
        pages = {
            f"{what}_{target}": path
            for target, part in self.parts.items()
            for what, path in part.files.items()
            if what.startswith("report")
        }
        one = replace(first, submission=replace(self.submission, reports=False))
        scores = {name: part.scores for name, part in self.parts.items()}
        return {
            **one.content(),
            "scores": {name: None if one is None else asdict(one) for name, one in scores.items()},
            "paths": {**one.files, **pages},
        }

    @cached_property
    def _findings(self) -> dict[str, tuple[Finding, ...]]:
        """What the checks of the photos found, by target."""
        return {target: find_in(new) for target, new in self.new.items()}

    def _files(self) -> Iterator[str]:
        """Those of all targets, then the page of each."""
        first = next(iter(self.parts.values()))
        yield from replace(first, submission=replace(self.submission, reports=False)).places()
        for target, part in self.parts.items():
            if self.submission.reports:
                yield f"{target}, how like those of the fit the photos are: {part.submission.page}"

    def _scores(self) -> Iterator[str]:
        for target, part in self.parts.items():
            if part.scores is not None:
                yield f"{target}: {part.score_line(part.scores)}"


def _predictions_of(run: Run, target: str, predictions: Predictions) -> Predictions:
    """Those of one target, as its run would make them alone."""
    table = predictions.table
    own = names_of(target, [member.name for member in run.experiment.members])
    shared = [run.config.data.columns.key, NOVELTY, FILLED]
    there = {name: name for name in shared if name in table} | {own[name]: name for name in own}
    return replace(predictions, table=table[[*there]].rename(columns=there))
