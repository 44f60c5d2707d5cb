"""The leaderboard as rows of text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from ensemble.digits import align_points, format_score
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.scores import Scores

#: How the rows of a kind stand out.
_EMPHASIS = {"stack": "strong", "reference": "faint", "member": ""}


@dataclass(frozen=True)
class ScoresTable:
    """Text for a terminal or a page, best first."""

    header: list[str]
    rows: list[list[str]]
    emphasis: list[str]  #: strong, faint or empty, a row each

    @property
    def aligned(self) -> list[list[str]]:
        """The rows with blanks behind numbers, for letters of one width."""
        names, *columns = zip(*self.rows, strict=True)
        return [list(row) for row in zip(names, *map(align_points, columns), strict=True)]


def scores_table(leaderboard: Leaderboard, set_aside_above: float | None) -> ScoresTable:
    """The scores, that of the metric first; that over all photos where some are set aside."""
    label, with_all = leaderboard.metric.label, set_aside_above is not None
    header = ["", label, "± s.e.", *next(iter(leaderboard.scores.values())).others]
    rows = [[name, *_cells(one, with_all)] for name, one in leaderboard.scores.items()]
    emphasis = [_EMPHASIS[leaderboard.kinds[name]] for name in leaderboard.scores]
    return ScoresTable(header + [f"{label}, all photos"] * with_all, rows, emphasis)


def _cells(scores: Scores, with_all: bool) -> list[str]:
    """The scores to the places that standard errors decide."""
    found = scores.headline
    error = found.standard_error
    values = [(found.value, error), (error, error), *scores.others.values()]
    return [format_score(*value) for value in values + [(found.value_all, error)] * with_all]


def html_table(table: ScoresTable, caption: str) -> str:
    """An HTML table, escaped but for the `caption`; it needs no style sheet."""
    styles = {"strong": ' style="font-weight:bold"', "faint": ' style="opacity:.6"', "": ""}
    head = "".join(f"<th>{escape(title)}</th>" for title in table.header)
    rows = "".join(
        f"<tr{styles[emphasis]}>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for row, emphasis in zip(table.rows, table.emphasis, strict=True)
    )
    return f"<table><caption>{caption}</caption><tr>{head}</tr>{rows}</table>"
