"""The page of several targets."""

from __future__ import annotations

import pytest

from ensemble.report.page.targets import TargetView, render_targets
from ensemble.report.scores_table import ScoresTable

REFERENCES = ["mean", "constant", "columns alone", "photos alone"]


@pytest.mark.parametrize("count", [2, 4])
def test_it_says_what_references_are(count: int) -> None:
    names = ["stack", *REFERENCES[:count]]
    emphasis = ["strong", *["faint"] * count]
    table = ScoresTable(["", "MAE"], [[name, "1"] for name in names], emphasis)
    views = [TargetView("<a>", "targets/a b/report.html", table)]
    page = render_targets("fish", views, "the median target of the other folds")
    assert "<em>constant</em> the median target of the other folds" in page
    assert ("<em>alone</em> is the stack of the members of one source." in page) == (count == 4)
    assert '<a href="targets/a%20b/report.html">&lt;a&gt;</a>' in page
