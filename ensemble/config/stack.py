"""The part of a config about the stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import StrictBool, model_validator

from backbones.section import Section, nearest
from ensemble.heads import catalog
from ensemble.metric import MetricName

#: The stacks that `auto` chooses from, besides each single member.
STACK_FORMS = ("mean", "nnls", "ridge", "huber")

#: Those that it chooses from too, by the metric that they suit.
SUITED_FORMS: Mapping[MetricName, tuple[str, ...]] = {
    "mae": ("median",),
    "mape": ("relative", "relative_log"),
    "rmsle": ("log",),
}

#: The stacks that are not named by a regressor's class.
BUILT_IN = ("auto", *STACK_FORMS, *(one for forms in SUITED_FORMS.values() for one in forms))


class StackSpec(Section):
    """How the members' predictions are combined."""

    unsaid = ("round",)

    method: str = "auto"
    """`auto`, a form of ours, or a regressor of scikit-learn by its class name.

    `mean` has no fitted weights; `nnls` is non-negative least squares with an intercept; `ridge`
    chooses its strength; `huber` is robust to a few photos that all members get wrong. `median` has
    the least absolute errors, `relative` the least absolute percentage errors; `relative_log` is
    nnls of the logarithms of members and target, times the factor of least absolute percentage
    error (targets above 0); `log` is nnls of the logarithms of 1 + target (targets above -1).
    `auto` is whichever of the first four, of those that suit `score.metric` (`median` for mae,
    `relative` and `relative_log` for mape, `log` for rmsle), or of the single members, scores best
    by that metric on folds that it was not fitted on.
    """
    parameters: dict[str, Any] = {}
    """Of the regressor, as in scikit-learn; of `ridge`, those of RidgeCV."""
    round: StrictBool = False
    """Where targets are whole numbers: round the stack's predictions, if its score gains by it.

    The nested score by `score.metric` decides, and the fit says what came of it. Intervals are
    those of the numbers that are predicted.
    """

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, data: Any) -> Any:
        return {"method": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _check_method(self) -> StackSpec:
        if self.method == "ridge":
            catalog.check_parameters("RidgeCV", self.parameters)
        elif self.method in BUILT_IN:
            if self.parameters:
                raise ValueError(f"parameters: {self.method} takes none; leave them out")
        elif self.method not in catalog.names():
            methods = [*BUILT_IN, *catalog.names()]
            raise ValueError(f"there is no stack {self.method!r}; {nearest(self.method, methods)}")
        else:
            catalog.check_parameters(self.method, self.parameters)
        return self

    @property
    def is_fitted(self) -> bool:
        """Whether it is fitted on the out-of-fold table, so that its score has to be nested."""
        return self.method != "mean"
