from __future__ import annotations

import pytest
from pydantic import ValidationError

from backbones.section import Section, nearest


class Inner(Section):
    depth: int = 0


class Outer(Section):
    inner: Inner = Inner()
    width: int = 1


def messages(error: ValidationError) -> dict[tuple[object, ...], str]:
    return {one["loc"]: one["msg"] for one in error.errors()}


def test_every_mistake_comes_at_once_with_its_place_and_the_nearest_key() -> None:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"widht": 2, "width": "x", "inner": {"dept": 1}})
    assert messages(caught.value) == {
        ("widht",): "unknown key; did you mean width?",
        ("width",): "must be a valid integer, unable to parse string as an integer",
        ("inner", "dept"): "unknown key; did you mean depth?",
    }


def test_it_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Outer().width = 3  # type: ignore[misc]


def test_nearest_lists_all_where_none_is_near() -> None:
    assert nearest("q", ["beta", "alpha"]) == "known: alpha, beta"
