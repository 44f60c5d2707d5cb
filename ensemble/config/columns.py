"""The columns of the tables that are read, and of those that are written beside them."""

from __future__ import annotations

from pydantic import model_validator

from backbones.section import Section

#: The column of the stack's predictions, and the stack's row in the leaderboard.
STACK = "stack"

#: The columns of a prediction's interval.
LOWER, UPPER = "lower", "upper"

#: The column that marks rows of photos that were not predicted.
FILLED = "filled"

#: What is wrong with a photo, in the table of those that were left out.
REASON = "reason"

#: Columns that stand beside the one of names.
_WRITTEN = (STACK, LOWER, UPPER, FILLED, REASON)


class Columns(Section):
    """Column names of the tables."""

    name: str = "name"
    target: str = "target"
    group: str | None = None
    weight: str | None = None
    box: tuple[str, str, str, str] = ("xmin", "ymin", "xmax", "ymax")
    point: tuple[str, str] = ("x", "y")

    @model_validator(mode="after")
    def _check_name(self) -> Columns:
        if self.name == self.target:
            raise ValueError(f"name and target must be two columns, not both {self.name!r}")
        if self.name in _WRITTEN:
            raise ValueError(
                f"name: {self.name!r} is a column of what is written beside the names "
                f"({', '.join(_WRITTEN)}); rename it in the tables"
            )
        return self
