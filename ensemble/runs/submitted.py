"""What a submission came to: what is said of it when it is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from backbones.plural import count
from ensemble.config.columns import shown_columns
from ensemble.digits import format_measured, format_score
from ensemble.metric import RMSE, Metric
from ensemble.photos.newphotos import NewPhotos
from ensemble.report.first_rows import first_rows, usual_error
from ensemble.runs.predictions import Predictions
from ensemble.runs.submission import Submission
from ensemble.scoring.scores import Scores, score


@dataclass(frozen=True)
class Submitted:
    """A submission that was written."""

    submission: Submission
    rows: pd.DataFrame  #: those of the file
    predictions: Predictions
    scores: Scores | None  #: of what was predicted, and not filled; None where no target is known
    unknown: str = ""  #: why the scores are without the run's metric, where they are

    @classmethod
    def measure(
        cls,
        submission: Submission,
        rows: pd.DataFrame,
        photos: NewPhotos,
        predictions: Predictions,
        metric: Metric = RMSE,
    ) -> Submitted:
        """Score the rows by the run's metric, where the photos have targets that it takes."""
        if photos.target is None:
            return cls(submission, rows, predictions, None)
        kept = ~predictions.filled
        (column,) = shown_columns(submission.target)
        predicted, target = rows[column].to_numpy()[kept], photos.target[kept]
        unknown = metric.undefined(predicted, target)
        found = score(predicted, target, metric=RMSE if unknown else metric)
        return cls(submission, rows, predictions, found, unknown)

    @property
    def files(self) -> dict[str, Path]:
        """The files that were written, by what they are."""
        one = self.submission
        files = {"submission": one.out, "predictions": one.details}
        if one.reports:
            files |= {"report": one.page, "report_data": one.page_data}
        return files | ({"rejected": one.rejected} if one.lists_rejected else {})

    def summary(self) -> list[str]:
        """Lines for the terminal: the first rows, the files, the score of what was predicted."""
        (target,) = shown_columns(self.submission.target)
        lines = first_rows(self.rows, {target: usual_error(self.predictions.table)})
        lines += self.places()
        if self.scores is not None:
            lines.append(self.score_line(self.scores))
        return lines

    def places(self) -> list[str]:
        """Lines that say what lies where."""
        one, rows = self.submission, count(len(self.rows), "row")
        lines = [f"{rows} in {one.out}; every member's prediction in {one.details}"]
        if one.lists_rejected:
            lines.append(f"photos that cannot be used, with reasons: {one.rejected}")
        if one.reports:
            lines.append(f"how like those of the fit the photos are: {one.page}")
        return lines

    def content(self) -> dict[str, Any]:
        """The same for another program."""
        return {
            f"{self.submission.noun}s": len(self.rows),
            "rejected": [one.content() for one in self.predictions.rejected.values()],
            "scores": None if self.scores is None else self.scores.columns(),
            "paths": self.files,
        }

    def score_line(self, found: Scores) -> str:
        """How far the predictions are off."""
        filled = self.predictions.filled.sum()
        without = f", without those that were filled ({filled})" if filled else ""
        metric, others = found.headline, found.others
        said = ", ".join(f"{label} {format_score(*one)}" for label, one in others.items())
        return (
            f"score on {count(found.photos, self.submission.noun)}{without}: {metric.label} "
            f"{format_measured(metric.value, metric.standard_error)}, {said}"
            f"{f' ({self.unknown})' if self.unknown else ''}"
        )
