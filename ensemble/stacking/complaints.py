"""What a member's fits complain of, said with the member's name."""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError

_LOG = logging.getLogger("ensemble")

#: Warnings that tell of the data and the parameters; others tell a programmer of the code.
TOLD: tuple[type[Warning], ...] = (UserWarning, RuntimeWarning)


@contextmanager
def name_warnings(member: str) -> Iterator[None]:
    """Log what the libraries warn of in a member's fits: a line for each kind of warning.

    In place of the text that Python prints, which names a line of scikit-learn and no member. The
    fits may run in threads.
    """
    with warnings.catch_warnings(record=True) as caught:
        for kind in TOLD:
            warnings.simplefilter("always", kind)
        yield
    registry: dict[Any, int] = {}  # so that Python shows each of the others once
    told: Counter[tuple[str, str]] = Counter()
    for one in caught:
        if issubclass(one.category, TOLD):
            told[one.category.__name__, " ".join(str(one.message).split())] += 1
        else:
            warnings.warn_explicit(
                one.message, one.category, one.filename, one.lineno, registry=registry
            )
    for category in dict.fromkeys(name for name, _ in told):
        messages = [(count, text) for (name, text), count in told.items() if name == category]
        times = sum(count for count, _ in messages)
        often = f", {times} times" if times > 1 else ""
        _LOG.warning("%s: %s%s: %s", member, category, often, max(messages)[1])


@contextmanager
def name_errors(member: str) -> Iterator[None]:
    """Turn what a regressor says of its rows or parameters into an ``InputError`` of the member."""
    try:
        yield
    except InputError as error:  # says what to do
        raise InputError(f"{member}: {error}") from error
    except (ValueError, ArithmeticError) as error:
        way_on = "change its parameters, or leave it out"
        raise InputError(f"{member}: {error}; {way_on}") from error


def refuse_no_numbers(
    member: str,
    predictions: npt.NDArray[np.float64],
    photos: str = "photos that it was not fitted on",
) -> None:
    """Raise an ``InputError`` where a member's predictions of photos are not all finite."""
    wrong = int(np.count_nonzero(~np.isfinite(predictions)))
    if wrong:
        raise InputError(
            f"{member} predicts no number (NaN or infinite) for {wrong} of {predictions.size} "
            f"{photos}; change the parameters or the target of this head, or leave it out"
        )
