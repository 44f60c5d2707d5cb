"""The columns of the tables, one target or several."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ensemble.config.columns import Columns
from ensemble.config.config import Config


def test_a_target_or_a_list_of_them() -> None:
    one, also, two = (Columns(target=target) for target in ("a", ("a",), ("a", "b")))
    assert one == also
    assert one.model_dump()["target"] == one.only_target == "a"
    assert one.targets == ("a",)
    assert two.targets == ("a", "b")
    assert two.model_dump(mode="json")["target"] == ["a", "b"]


def of(columns: dict[str, Any], **more: Any) -> Config:
    entry = {"application": "VGG16", "heads": [more.pop("head", "ridge")]}
    data = {"folder": ".", "columns": columns, **more}
    return Config.model_validate({"data": data, "backbones": [entry]})


@pytest.mark.parametrize(
    ("columns", "more", "message"),
    [
        ({"target": []}, {}, "the list is empty; name a column"),
        (
            {"target": ["a", 3]},
            {},
            "name of a column, or a list of names, not ['a', 3]",
        ),
        ({"target": None}, {}, "or a list of names, not None"),
        ({"target": ["a", "b", "a"]}, {}, "target: 'a' is named twice"),
        ({"target": ["a", "w"], "weight": "w"}, {}, "target and weight: 'w' is named twice"),
        ({"target": ["a", "name"]}, {}, "name and target: 'name' is named twice"),
        ({"target": ["a", "b"], "group": "b"}, {}, "target and group: 'b' is named twice"),
        ({"target": ["a", "b"]}, {"render": {"train": 5}}, "render: they tell of one target"),
        ({"target": ["a", "b"]}, {"boxes": "b.csv", "points": "p.csv"}, "boxes and points: they"),
        ({"target": ["a", "b"], "name": "b.stack"}, {}, "'b.stack' would be two columns of the"),
        (
            {"target": ["a", "a.VGG16"]},
            {"head": {"head": "ridge", "name": "lower"}},
            "'a.VGG16.lower' would be two columns",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    columns: dict[str, Any], more: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        of(columns, **more)
    assert message in str(caught.value)
