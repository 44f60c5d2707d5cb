from __future__ import annotations

from ensemble.report.scores_table import html_table, scores_table
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.scores import Scores

BOARD = Leaderboard(
    {"stack": Scores(1.0, 0.25, 0.5, 2.0, 9), "a<b": Scores(1.5, 0.1, 0.75, 3.0, 9)},
    {"stack": "stack", "a<b": "member"},
)


def test_all_photos_have_a_column_only_where_some_are_set_aside() -> None:
    table = scores_table(BOARD, None)
    assert table.header == ["", "RMSE", "± s.e.", "MAE"]
    assert table.rows[0] == ["stack", "1.000", "0.250", "0.500"]
    assert table.emphasis == ["strong", ""]
    table = scores_table(BOARD, 40)
    assert table.header[-1] == "RMSE, all photos"
    assert [row[-1] for row in table.rows] == ["2.000", "3.000"]


def test_html_is_escaped() -> None:
    html = html_table(scores_table(BOARD, None), "Run")
    assert "<td>a&lt;b</td>" in html
    assert html.count("<tr") == 3
    assert '<tr style="font-weight:bold"><td>stack</td>' in html
