"""A number that says something of a target: one for all targets, or one for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter

from backbones.section import nearest
from ensemble.digits import format_given


def _refuse_truth(number: object) -> object:
    if isinstance(number, bool):
        raise ValueError(f"must be a number, not {str(number).lower()}; null stands for none")
    return number


Finite = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_refuse_truth)]

_NUMBER: TypeAdapter[float | None] = TypeAdapter(Finite | None)

_BY_TARGET: TypeAdapter[dict[str, float | None]] = TypeAdapter(dict[str, Finite | None])


def _check(given: Any) -> Any:
    """Validate a number or a mapping by itself: messages then name no type of the other."""
    if not isinstance(given, Mapping):
        return _NUMBER.validate_python(given)
    if mistakes := [
        f"{one!r} must be in quotes, as the name of a column: '{one}'"
        for one in given
        if not isinstance(one, str)
    ]:
        raise ValueError("; ".join(mistakes))
    return _BY_TARGET.validate_python(given)


#: A number for all targets, or a mapping of some of them to their own; None stands for none.
Limit = Annotated[float | dict[str, float | None] | None, BeforeValidator(_check)]


def limit_of(limit: Limit, target: str) -> float | None:
    """The number that is set for a target.

    >>> limit_of(3.0, "weight"), limit_of({"weight": 0.0}, "weight"), limit_of({}, "weight")
    (3.0, 0.0, None)
    """
    return limit.get(target) if isinstance(limit, dict) else limit


def numbers_in(key: str, limit: Limit) -> Iterator[tuple[str, float]]:
    """The numbers that are set, each with the key that leads to it.

    >>> list(numbers_in("minimum", {"weight": 0.0, "length": None}))
    [('minimum.weight', 0.0)]
    """
    by_target = limit if isinstance(limit, dict) else {None: limit}
    for target, number in by_target.items():
        if number is not None:
            yield (key if target is None else f"{key}.{target}"), number


def limit_mistakes(key: str, limit: Limit, targets: Sequence[str]) -> list[str]:
    """What is wrong with a mapping beside the targets that the config names."""
    if not isinstance(limit, dict):
        return []
    if len(targets) == 1:
        return [
            f"{key}: {targets[0]!r} is the only target; give its number alone, not a mapping of "
            "targets"
        ]
    return [
        f"{key}: there is no target {one!r}; {nearest(one, targets)}"
        for one in limit
        if one not in targets
    ]


def order_mistakes(minimum: Limit, maximum: Limit, targets: Sequence[str]) -> list[str]:
    """What is wrong with limits of which the lower is not below the upper."""
    is_by_target = isinstance(minimum, dict) or isinstance(maximum, dict)
    mistakes = []
    for target in targets if is_by_target else targets[:1]:
        lowest, highest = limit_of(minimum, target), limit_of(maximum, target)
        if lowest is not None and highest is not None and lowest >= highest:
            whose = f" of {target!r}" if is_by_target else ""
            mistakes.append(
                f"minimum: {format_given(lowest)}{whose} must be below maximum: "
                f"{format_given(highest)}"
            )
    return mistakes
