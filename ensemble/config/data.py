"""The part of a config about the photos and their tables."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

from pydantic import Field, StrictInt, field_validator, model_validator

from backbones.section import Section, Seed, usable_place

Positive = Annotated[StrictInt, Field(ge=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Columns(Section):
    """Column names of the tables."""

    name: str = "name"
    target: str = "target"
    group: str | None = None
    weight: str | None = None
    box: tuple[str, str, str, str] = ("xmin", "ymin", "xmax", "ymax")
    point: tuple[str, str] = ("x", "y")


class Render(Section):
    """Synthetic photos to draw; see ``ensemble.photos.render``."""

    train: Positive = 300
    test: Positive = 100
    seed: Seed = 0


#: The keys that name files and folders.
_PLACES = ("folder", "images", "train", "test", "boxes", "points", "sample_submission")


class Data(Section):
    """The photos, the tables and the limits of the target."""

    folder: str
    images: str = "images"
    train: str = "train.csv"
    test: str | None = None
    boxes: str | None = None  #: one row an object, in pixels of the upright photo
    points: str | None = None  #: likewise, for objects with a position but no extent
    sample_submission: str | None = None
    columns: Columns = Columns()
    minimum: Finite | None = None  #: lower limit of targets and predictions
    maximum: Finite | None = None  #: upper limit of both
    limit: Positive | None = None  #: number of training photos to draw, seeded, for a quick trial
    render: Render | None = None

    def path(self, file: str) -> Path:
        """Return the path of one of the files above."""
        return Path(self.folder).expanduser() / file

    @model_validator(mode="after")
    def _check_limits(self) -> Data:
        lowest, highest = self.limits
        if lowest >= highest:
            raise ValueError(f"minimum: {lowest:g} must be below maximum: {highest:g}")
        return self

    @field_validator(*_PLACES)
    @classmethod
    def _check_places(cls, place: str | None) -> str | None:
        return None if place is None else usable_place(place)

    @property
    def limits(self) -> tuple[float, float]:
        """``minimum`` and ``maximum``, infinite if not set."""
        return (
            -math.inf if self.minimum is None else self.minimum,
            math.inf if self.maximum is None else self.maximum,
        )
