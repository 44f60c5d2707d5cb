from __future__ import annotations

from typing import Any

import pytest

from ensemble.report.checks.members import SilentMember, WideTarget
from tests.ensemble.report.made_up import MEMBERS, evidence, numbers


def test_a_member_that_says_next_to_nothing_is_named() -> None:
    assert SilentMember()(evidence()) is None
    oof = numbers()
    oof[MEMBERS[1]] = 10 + 0.01 * oof["target"]
    found = SilentMember()(evidence(oof))
    assert found is not None
    assert f"{MEMBERS[1]} (1.0%)" in found.seen
    assert MEMBERS[0] not in found.seen


WIDE: list[tuple[float, dict[str, Any], bool]] = [
    (1.0, {}, False),
    (4.0, {}, True),
    (
        4.0,
        {
            "backbones": [
                {"application": "MobileNet", "heads": [{"head": "ridge", "target": "log1p"}]}
            ]
        },
        False,
    ),
]


@pytest.mark.parametrize(("power", "settings", "wide"), WIDE)
def test_a_target_of_wide_scale_asks_for_a_narrower_one(
    power: float, settings: dict[str, Any], wide: bool
) -> None:
    oof = numbers()
    oof["target"] **= power
    found = WideTarget()(evidence(oof, settings))
    assert (found is not None) == wide
    if found is not None:
        assert "log1p" in found.advice


def test_a_target_below_nothing_is_left_alone() -> None:
    oof = numbers()
    oof["target"] = oof["target"] ** 4 - 100
    assert WideTarget()(evidence(oof)) is None
