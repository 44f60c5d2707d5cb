"""Tests of ensemble.heads.spec."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ensemble.heads import HeadSpec


def test_a_bare_name_is_a_whole_entry() -> None:
    spec = HeadSpec.model_validate("ridge")
    assert spec.model_dump() == {
        "head": "ridge",
        "name": "ridge",
        "target": "none",
        "parameters": {},
    }


def test_a_mapping_says_all() -> None:
    entry = {"head": "svr", "name": "svr_sqrt", "target": "sqrt", "parameters": {"C": 3.0}}
    assert HeadSpec.model_validate(entry).model_dump() == entry


def test_what_is_dumped_is_read_back() -> None:
    spec = HeadSpec(head="Ridge", parameters={"alpha": 10})
    assert HeadSpec.model_validate(spec.model_dump(mode="json")) == spec


def test_a_spec_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        HeadSpec(head="ridge").name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("entry", "key", "message"),
    [
        ("rigde", "head", "there is no head 'rigde'; did you mean ridge or Ridge?"),
        ({"head": "VotingRegressor"}, "head", "made of other estimators (estimators)"),
        ({"head": "ridge", "name": "a b"}, "name", "should match pattern"),
        ({"head": "ridge", "target": "log"}, "target", "'none', 'log1p' or 'sqrt'"),
        ({"head": "ridge", "targets": "sqrt"}, "targets", "unknown key; did you mean target?"),
        (
            {"head": "svr", "parameters": {"epsilom": 1}},
            "parameters",
            "svr has no parameter 'epsilom'; did you mean epsilon?",
        ),
        ({"name": "ridge"}, "head", "Field required"),
    ],
)
def test_a_mistake_is_named_with_what_is_right(entry: object, key: str, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        HeadSpec.model_validate(entry)
    (mistake,) = caught.value.errors()
    assert mistake["loc"] == (key,)
    assert message in mistake["msg"]


def test_all_mistakes_come_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        HeadSpec.model_validate({"head": "rigde", "name": "a b", "target": "log", "C": 1})
    assert {one["loc"] for one in caught.value.errors()} == {
        ("head",),
        ("name",),
        ("target",),
        ("C",),
    }
