"""What the schema says of a head's parameters is what the head takes, value by value."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from jsonschema import Draft7Validator

from backbones.errors import InputError
from docs.parameters import parameters
from docs.schema import schema
from ensemble.heads import catalog

HEADS = [*catalog.OWN, *catalog.names()]

#: What YAML can give. Without `true` for a number, which scikit-learn takes for 1, and without
#: 5.0, which JSON takes for a whole number.
VALUES: list[Any] = [
    None,
    *(-1, 0, 1, 2, 3, 7, 100, 2**32, -0.5, 0.25, 0.5, 1.5, 1e9 + 0.5),
    *("", "auto", "brute", "nonsense", "deprecated"),
    *([], [1], [0], [1.5], [-1], ["a"], [1, 2, 3], {}, {"a": 1}),
]


def takes(head: str, key: str, value: Any) -> bool:
    try:
        catalog.check_parameters(head, {key: value})
    except InputError:
        return False
    return True


def words(head: str, key: str) -> set[str]:
    """Every word in the schema of a parameter."""
    one = parameters(head)["properties"][key]
    kinds = one.get("anyOf", [one])
    return {word for kind in kinds for word in kind.get("enum", []) if isinstance(word, str)}


#: Of ridge's strengths there must be one; a mapping without keys is no list of units; and where a
#: whole number is a number of things, 1 is no share of them, but JSON knows 1.0 only as 1.
UNLIKE = [("alphas", []), ("layers", {})]
UNLIKE += [("max_features", 1), ("min_samples", 0), ("min_samples_split", 1)]


@pytest.mark.filterwarnings("ignore:Class PassiveAggressiveRegressor:FutureWarning")
@pytest.mark.parametrize("head", HEADS)
def test_each_value_is_taken_where_the_head_takes_it(head: str) -> None:
    check = Draft7Validator(parameters(head))
    unlike = [
        (key, value, takes(head, key, value))
        for key in inspect.signature(catalog.regressor_class(head)).parameters
        for value in [*VALUES, *sorted(words(head, key))]
        if check.is_valid({key: value}) != takes(head, key, value)
    ]
    assert [one for one in unlike if one[:2] not in UNLIKE] == []


@pytest.mark.parametrize("head", HEADS)
def test_an_unknown_parameter_is_refused(head: str) -> None:
    assert not Draft7Validator(parameters(head)).is_valid({"no_such_parameter": 1})


def test_defaults_and_sentences_of_our_heads_are_those_of_the_code() -> None:
    for head in catalog.OWN:
        kind = catalog.regressor_class(head)
        for name, value in parameters(head)["properties"].items():
            default = inspect.signature(kind).parameters[name].default
            assert value["description"].endswith("."), (head, name)
            if name != "random_state" and default is not None:
                said = value["default"]
                assert (tuple(said) if isinstance(default, tuple) else said) == default


def test_infinity_is_taken_where_it_is_a_choice() -> None:
    check = Draft7Validator(parameters("RANSACRegressor"))
    assert check.is_valid({"max_trials": float("inf")})
    assert not check.is_valid({"max_trials": 1.5})


def test_every_head_is_in_the_schema() -> None:
    shown = {name for name in schema()["$defs"] if name.startswith("parameters.")}
    assert shown == {f"parameters.{head}" for head in HEADS}
