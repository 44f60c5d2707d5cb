from __future__ import annotations

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.config.stack import BUILT_IN, StackSpec
from ensemble.stacking.targets import refuse_unsuited

NAMES = np.array(["a.jpg", "b.jpg", "c.jpg"])


def test_targets_that_are_no_whole_numbers_are_counted_and_named() -> None:
    spec = StackSpec(round=True)
    with pytest.raises(InputError, match=r"stack\.round: .* and 2 of 3 targets are not") as raised:
        refuse_unsuited(NAMES, np.array([1.5, 2.0, -0.25]), spec)
    assert raised.value.mistakes == ["a.jpg: 1.5", "c.jpg: -0.25"]
    refuse_unsuited(NAMES, np.array([1.0, 2.0, -3.0]), spec)


@pytest.mark.parametrize(
    ("form", "target", "needed", "shown"),
    [
        ("relative", [0.0, -1.0, 1.0], "that are not 0, and 1 of 3 targets is not", ["a.jpg: 0"]),
        ("relative_log", [0.0, -1.0, 1.0], "above 0, and 2 of 3", ["a.jpg: 0", "b.jpg: -1"]),
        ("log", [0.0, -1.0, 1.0], "above -1, and 1 of 3 targets is not", ["b.jpg: -1"]),
    ],
)
def test_targets_that_do_not_suit_a_form_are_named(
    form: str, target: list[float], needed: str, shown: list[str]
) -> None:
    with pytest.raises(InputError, match=f"stack: {form} needs targets {needed}") as raised:
        refuse_unsuited(NAMES, np.array(target), StackSpec(method=form))
    assert raised.value.mistakes == shown


@pytest.mark.parametrize("form", BUILT_IN)
def test_any_form_takes_targets_above_0(form: str) -> None:
    refuse_unsuited(NAMES, np.array([0.5, 1.25, 3.0]), StackSpec(method=form))


@pytest.mark.parametrize("form", ["auto", "mean", "nnls", "ridge", "huber", "median"])
def test_most_take_any_targets(form: str) -> None:
    refuse_unsuited(NAMES, np.array([-2.0, 0.0, 3.0]), StackSpec(method=form))
