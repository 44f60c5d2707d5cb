"""The columns of the tables that are read, and of those that are written beside them."""

from __future__ import annotations

from pydantic import model_validator

from backbones.section import Section
from ensemble.config.features import Features

#: The column of the stack's predictions, and the stack's row in the leaderboard.
STACK = "stack"

#: The columns of a prediction's interval.
LOWER, UPPER = "lower", "upper"

#: The column that tells how far a photo lies from those of the fit.
NOVELTY = "novelty"

#: The column that marks rows of photos that were not predicted.
FILLED = "filled"

#: What is wrong with a photo, in the table of those that were left out, and whether its item was.
REASON, LEFT_OUT = "reason", "left_out"

#: What comes before a head's name in the name of a member that learns from columns alone.
TABULAR = "columns"

#: Columns that stand beside the one of names.
WRITTEN = (STACK, LOWER, UPPER, NOVELTY, FILLED, REASON, LEFT_OUT)


class Columns(Section):
    """Column names of the tables."""

    unsaid = ("item", "view", "features")

    name: str = "name"
    """The photos' names, in every table."""
    target: str = "target"
    """The number to learn, in `train`."""
    group: str | None = None
    """What photos of one thing share, in `train`: they are kept in one fold."""
    weight: str | None = None
    """How much a photo counts in fitting and scoring, in `train`."""
    item: str | None = None
    """What the photo is of, where several photos are of one thing; it gets one prediction.

    Rows of one item agree in all that is said of it: target, group, weight and fold.
    """
    view: str | None = None
    """What the photo shows of its item, as `front` or `kitchen`, in every table."""
    features: Features = {}
    """Columns beside the photos, in every table, that heads learn from; see `tabular`.

    A list, `[bedrooms, zipcode]`, or a mapping, `{bedrooms: number, zipcode: category}`. Where
    nothing is said, a column whose cells are all numbers holds numbers, another categories. Cells
    may be empty; a category that no photo to learn from has is unknown.
    """
    box: tuple[str, str, str, str] = ("xmin", "ymin", "xmax", "ymax")
    """The ends of a box, in `boxes`."""
    point: tuple[str, str] = ("x", "y")
    """The place of an object, in `points`."""
    polygon: str = "polygon"
    """A part of a photo as `POLYGON ((x y, ...))`, in place of `box`: in `areas` and `counts`."""
    count: str = "count"
    """How many objects are in a part, in `counts`."""

    @model_validator(mode="after")
    def _check_columns_differ(self) -> Columns:
        single = {"name": self.name, "target": self.target}
        single |= {"group": self.group or "", "weight": self.weight or ""}
        single |= {"item": self.item or "", "view": self.view or ""}
        named = [(key, column) for key, column in single.items() if column]
        for key, columns in (("box", self.box), ("point", self.point)):
            _refuse_doubles([("name", self.name), *((key, column) for column in columns)])
        part = [("name", self.name), ("polygon", self.polygon), ("count", self.count)]
        _refuse_doubles([*part, *(("box", column) for column in self.box)])
        _refuse_doubles(named)
        for column in self.features:
            _refuse_doubles([*named[:2], ("features", column)])
        return self

    @model_validator(mode="after")
    def _check_name(self) -> Columns:
        for key, column in (("name", self.name), ("item", self.item)):
            if column in WRITTEN:
                raise ValueError(
                    f"{key}: {column!r} is a column of what is written beside the names "
                    f"({', '.join(WRITTEN)}); rename it in the tables"
                )
        return self

    @model_validator(mode="after")
    def _check_view(self) -> Columns:
        if self.view is not None and self.item is None:
            raise ValueError(
                f"view: {self.view!r} tells the photos of one item apart; name the column of items "
                "as item, or leave view out"
            )
        return self

    @property
    def key(self) -> str:
        """The column that names what is predicted: items, or photos where there are no items."""
        return self.name if self.item is None else self.item

    @property
    def noun(self) -> str:
        """What is predicted."""
        return "photo" if self.item is None else "item"


def _refuse_doubles(named: list[tuple[str, str]]) -> None:
    """Raise ``ValueError`` where two of these keys, or two places of one, name one column."""
    columns = [column for _, column in named]
    for column in dict.fromkeys(columns):
        if columns.count(column) > 1:
            keys = " and ".join(dict.fromkeys(key for key, one in named if one == column))
            raise ValueError(f"{keys}: {column!r} is named twice; each must be a column of its own")
