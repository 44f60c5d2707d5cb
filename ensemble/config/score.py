"""The part of a config about what a run is judged by."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from backbones.section import Section
from ensemble.config.limit import Limit
from ensemble.metric import MetricName


class Score(Section):
    """What the leaderboard's score is, and the photos that it is computed on."""

    unsaid = ("metric",)

    metric: MetricName = "rmse"
    """Decides order, the best member, `stack: auto`, and what gains are measured in.

    Root mean squared error, mean absolute error, mean absolute percentage error (a share: 0.2 is
    20 %; no target may be 0), root mean squared error of log(1 + target) (targets above -1; set
    `data.minimum`, lest a prediction have no logarithm), or the coefficient of determination. Heads
    keep their own losses.
    """
    set_aside_above: Limit = None
    """The stack and its score leave out photos with a larger target.

    The heads are fitted on them too, and the score over all photos is reported as well. Of several
    targets one number for all, or a mapping, as `data.minimum`.
    """

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, data: Any) -> Any:
        return {"metric": data} if isinstance(data, str) else data

    @property
    def only_above(self) -> float | None:
        """``set_aside_above``, in the config of a single target."""
        assert not isinstance(self.set_aside_above, dict)
        return self.set_aside_above
