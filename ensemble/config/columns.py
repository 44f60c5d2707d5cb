"""The columns of the tables that are read, and of those that are written beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from backbones.section import Section
from ensemble.config.document import brief
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


def _check_targets(value: Any) -> Any:
    """One name as it is, several as a tuple; a list of one is that one."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"must be the name of a column, or a list of names, not {brief(value)}")
    if not value:
        raise ValueError("the list is empty; name a column at least")
    return value[0] if len(value) == 1 else tuple(value)


class Columns(Section):
    """Column names of the tables."""

    unsaid = ("item", "view", "features")

    name: str = "name"
    """The photos' names, in every table."""
    target: Annotated[str | tuple[str, ...], BeforeValidator(_check_targets)] = "target"
    """The number to learn, in `train`, or a list of several: each has members and a stack."""
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
    """A part of a photo as `POLYGON ((x y, ...))`, in place of `box`, in all tables of parts."""
    count: str = "count"
    """How many objects are in a part, in `counts`."""

    @model_validator(mode="after")
    def _check_columns_differ(self) -> Columns:
        single = {"name": self.name, "group": self.group or "", "weight": self.weight or ""}
        single |= {"item": self.item or "", "view": self.view or ""}
        named = [(key, column) for key, column in single.items() if column]
        named[1:1] = [("target", column) for column in self.targets]
        for key, columns in (("box", self.box), ("point", self.point)):
            _refuse_doubles([("name", self.name), *((key, column) for column in columns)])
        part = [("name", self.name), ("polygon", self.polygon), ("count", self.count)]
        _refuse_doubles([*part, *(("box", column) for column in self.box)])
        _refuse_doubles(named)
        for column in self.features:
            _refuse_doubles([*named[: 1 + len(self.targets)], ("features", column)])
        return self

    @model_validator(mode="after")
    def _check_name(self) -> Columns:
        for key, column in (("name", self.name), ("item", self.item)):
            if column in WRITTEN:
                raise ValueError(f"{key}: {describe_clash(column, WRITTEN)}")
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

    @property
    def targets(self) -> tuple[str, ...]:
        """The numbers to learn, in the order of the config."""
        return (self.target,) if isinstance(self.target, str) else self.target

    @property
    def only_target(self) -> str:
        """The number to learn, in the config of a single one."""
        (target,) = self.targets
        return target


def names_of(target: str, members: Sequence[str]) -> Mapping[str, str]:
    """The columns of one of several targets in a table of predictions of all: its own -> there.

    >>> names_of("weight", ["vgg16.ridge"])["vgg16.ridge"]
    'weight.vgg16.ridge'
    """
    return {column: f"{target}.{column}" for column in (*members, STACK, LOWER, UPPER)}


def shown_columns(target: str | tuple[str, ...]) -> dict[str, str]:
    """The columns of a submission -> those of the predictions which they show.

    >>> shown_columns("weight"), shown_columns(("weight", "length"))
    ({'weight': 'stack'}, {'weight': 'weight.stack', 'length': 'length.stack'})
    """
    if isinstance(target, str):
        return {target: STACK}
    return {one: names_of(one, [])[STACK] for one in target}


def describe_clash(column: str, written: Sequence[str]) -> str:
    """What is wrong with a column of the tables that is called as one of those written."""
    return (
        f"{column!r} is a column of what is written beside the names ({', '.join(written)}); "
        "rename it in the tables"
    )


def check_written_names(columns: Columns, members: Sequence[str]) -> None:
    """Refuse several targets whose predictions would share a column, or have that of the names.

    Raises
    ------
    ValueError
        They would.
    """
    if len(columns.targets) == 1:
        return
    names = [columns.key, NOVELTY, FILLED]
    for target in columns.targets:
        names += names_of(target, members).values()
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise ValueError(
            f"data.columns: {', '.join(map(repr, doubles))} would be two columns of the "
            "predictions, which are named TARGET.MEMBER and TARGET.stack; rename a column of the "
            "tables, or a head"
        )


def _refuse_doubles(named: list[tuple[str, str]]) -> None:
    """Raise ``ValueError`` where two of these keys, or two places of one, name one column."""
    columns = [column for _, column in named]
    for column in dict.fromkeys(columns):
        if columns.count(column) > 1:
            keys = " and ".join(dict.fromkeys(key for key, one in named if one == column))
            raise ValueError(f"{keys}: {column!r} is named twice; each must be a column of its own")
