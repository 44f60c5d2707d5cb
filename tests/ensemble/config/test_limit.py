"""Numbers that are one for all targets, or one for each."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ensemble.config.config import Config
from ensemble.config.document import ConfigError
from ensemble.config.experiment import resolve_experiment
from ensemble.config.targets import by_target

TWO = ["weight", "length"]


def content(data: dict[str, Any], target: Any = TWO, **sections: Any) -> dict[str, Any]:
    entry = {"name": "one", "application": "MobileNet", "weights": "random", "heads": ["ridge"]}
    data = {"folder": ".", "columns": {"target": target}, **data}
    return {"data": data, "backbones": [entry], **sections}


def test_each_target_has_its_own() -> None:
    given = content(
        {"minimum": {"weight": "0", "length": None}, "maximum": 9},
        score={"set_aside_above": {"length": 5}},
    )
    experiment = resolve_experiment(given, "it")
    whole = experiment.config.model_dump(mode="json")
    assert whole["data"]["minimum"] == {"weight": 0.0, "length": None}
    assert whole["score"] == {"set_aside_above": {"length": 5.0}}
    assert Config.model_validate(whole) == experiment.config
    weight, length = (one.config for one in by_target(experiment).values())
    assert (weight.data.minimum, weight.data.maximum, weight.score.only_above) == (0, 9, None)
    assert (length.data.minimum, length.data.maximum, length.score.only_above) == (None, 9, 5)
    assert weight.data.limits == (0, 9)
    assert weight.metric.lowest == 0
    alone = content({"minimum": 0, "maximum": 9}, "weight")
    assert resolve_experiment(alone, "it").config == weight


def test_one_number_is_that_of_all() -> None:
    given = content({"minimum": 0}, score={"set_aside_above": 5})
    for one in by_target(resolve_experiment(given, "it")).values():
        assert one.config.data.limits == (0, float("inf"))
        assert one.config.score.only_above == 5


@pytest.mark.parametrize(
    ("given", "mistakes"),
    [
        (
            content({"minimum": {"weigth": 0, "size": 1}, "maximum": {"size": 1}}),
            [
                "data: minimum: there is no target 'weigth'; did you mean weight or length?; "
                "minimum: there is no target 'size'; known: length, weight; "
                "maximum: there is no target 'size'; known: length, weight"
            ],
        ),
        (
            content({"minimum": {"weight": 3, "length": 1}, "maximum": {"weight": 3}}),
            ["data: minimum: 3 of 'weight' must be below maximum: 3"],
        ),
        (
            content({"minimum": {"weight": 3, "length": 1}, "maximum": 1}),
            [
                "data: minimum: 3 of 'weight' must be below maximum: 1; "
                "minimum: 1 of 'length' must be below maximum: 1"
            ],
        ),
        (content({"minimum": 3, "maximum": 2}), ["data: minimum: 3 must be below maximum: 2"]),
        (
            content({"minimum": {"weight": 0}}, "weight"),
            ["data: minimum: 'weight' is the only target; give its number alone, not a mapping"],
        ),
        (content({"maximum": {}}, ["weight"]), ["data: maximum: 'weight' is the only target"]),
        (
            content({}, "weight", score={"set_aside_above": {"weight": 0}}),
            ["score.set_aside_above: 'weight' is the only target; give its number alone"],
        ),
        (
            content({}, score={"set_aside_above": {"width": 0}}),
            ["score.set_aside_above: there is no target 'width'; known: length, weight"],
        ),
        (
            content(
                {"minimum": {"weight": True, "length": "low"}, "maximum": {"weight": float("inf")}}
            ),
            [
                "data.minimum.weight: must be a number, not true; null stands for none",
                "data.minimum.length: must be a valid number, unable to parse",
                "data.maximum.weight: must be a finite number, not inf",
            ],
        ),
        (
            content({"minimum": {2020: 1, "weight": 0}}),
            ["data.minimum: 2020 must be in quotes, as the name of a column: '2020'"],
        ),
        (content({"minimum": [0, 1]}), ["data.minimum: must be a valid number, not [0, 1]"]),
        (
            content({"minimum": {"weight": -2, "length": -1}}, score={"metric": "rmsle"}),
            ["data.minimum.weight: -2 and data.minimum.length: -1 leave room for predictions"],
        ),
        (
            content({"minimum": {"length": 0.5}}, stack={"round": True}),
            ["data.minimum.length: 0.5: with stack.round predictions are whole numbers"],
        ),
    ],
)
def test_what_cannot_be_is_named(given: dict[str, Any], mistakes: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve_experiment(given, "it")
    for found, expected in zip(caught.value.mistakes, mistakes, strict=True):
        assert found.startswith(expected)


def test_the_rest_of_a_config_is_still_held_against_a_wrong_one() -> None:
    with pytest.raises(ValidationError) as caught:
        Config.model_validate(content({"minimum": {"weight": "x"}, "maximum": "y"}, seed=-1))
    assert len(caught.value.errors()) == 3
