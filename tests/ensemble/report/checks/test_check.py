from __future__ import annotations

from ensemble.report.checks import CHECKS
from tests.ensemble.report.made_up import evidence


def test_every_check_has_a_code_of_its_own_and_finds_nothing_where_all_is_well() -> None:
    codes = [check.code for check in CHECKS]
    assert len(set(codes)) == len(codes)
    assert all(check.title for check in CHECKS)
    assert [check.code for check in CHECKS if check(evidence()) is not None] == []
