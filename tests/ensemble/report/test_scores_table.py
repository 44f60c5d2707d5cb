from __future__ import annotations

from ensemble.report.scores_table import html_table, scores_table
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.scores import Measured, Scores

BOARD = Leaderboard(
    {"stack": Scores(1.0, 0.25, 0.5, 2.0, 9), "a<b": Scores(1.5, 0.1, 0.75, 3.0, 9)},
    {"stack": "stack", "a<b": "member"},
)


def test_all_photos_have_a_column_only_where_some_are_set_aside() -> None:
    table = scores_table(BOARD, None)
    assert table.header == ["", "RMSE", "± s.e.", "MAE"]
    assert table.rows[0] == ["stack", "1.00", "0.25", "0.50"]
    assert table.emphasis == ["strong", ""]
    table = scores_table(BOARD, 40)
    assert table.header[-1] == "RMSE, all photos"
    assert [row[-1] for row in table.rows] == ["2.00", "3.00"]


def test_digits_follow_the_standard_error_and_points_lie_below_each_other() -> None:
    prices = {
        "stack": Scores(397_084.8, 11_950.0, 301_222.2, 397_084.8, 9),
        "constant": Scores(1_054_234.1, 101_000.0, 800_000.0, 2e6, 9),
    }
    counts = {"stack": Scores(0.83579, 0.0293, 0.6, 1, 9), "constant": Scores(12.0, 3.2, 9, 1, 9)}
    kinds = {"stack": "stack", "constant": "reference"}
    assert scores_table(Leaderboard(prices, kinds), None).rows == [
        ["stack", "397,000", "12,000", "301,000"],
        ["constant", "1,050,000", "100,000", "800,000"],
    ]
    assert scores_table(Leaderboard(counts, kinds), None).aligned == [
        ["stack", "0.836", "0.029", "0.600"],
        ["constant", "12.0  ", "3.2  ", "9.0  "],
    ]


def test_html_is_escaped() -> None:
    html = html_table(scores_table(BOARD, None), "Run")
    assert "<td>a&lt;b</td>" in html
    assert html.count("<tr") == 3
    assert '<tr style="font-weight:bold"><td>stack</td>' in html


def test_the_metric_stands_first_and_the_others_beside_it() -> None:
    scores = Scores(397_084.8, 11_950.0, 301_222.2, 4e5, 9, Measured("mape", 0.28349, 0.0123, 0.3))
    table = scores_table(Leaderboard({"stack": scores}, {"stack": "stack"}), 40)
    assert table.header == ["", "MAPE", "± s.e.", "RMSE", "MAE", "MAPE, all photos"]
    assert table.rows == [["stack", "0.283", "0.012", "397,000", "301,000", "0.300"]]
    absolute = Scores(2.0, 0.25, 1.5, 2.0, 9, Measured("mae", 1.5, 0.125, 1.5))
    table = scores_table(Leaderboard({"stack": absolute}, {"stack": "stack"}), None)
    assert (table.header, table.rows) == (
        ["", "MAE", "± s.e.", "RMSE"],
        [["stack", "1.50", "0.12", "2.00"]],
    )
