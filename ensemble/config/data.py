"""What a config file may say of the photos and their tables."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

from pydantic import Field, StrictInt, model_validator

from backbones.section import Section

Positive = Annotated[StrictInt, Field(ge=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Columns(Section):
    """Names of the columns of the tables."""

    name: str = "name"
    target: str = "target"
    group: str | None = None
    weight: str | None = None
    box: tuple[str, str, str, str] = ("xmin", "ymin", "xmax", "ymax")
    point: tuple[str, str] = ("x", "y")


class Render(Section):
    """Pictures that are drawn instead of found; see ``ensemble.photos.render``."""

    train: Positive = 300
    test: Positive = 100
    seed: StrictInt = 0


class Data(Section):
    """Where the photos and the tables lie, and between which ends the target does."""

    folder: str
    images: str = "images"
    train: str = "train.csv"
    test: str | None = None
    boxes: str | None = None  #: a row an object, in pixels of the photo as a viewer shows it
    points: str | None = None  #: likewise, for objects of which only the place is known
    sample_submission: str | None = None
    columns: Columns = Columns()
    minimum: Finite | None = None  #: no target lies below, and no prediction will
    maximum: Finite | None = None  #: nor above
    limit: Positive | None = None  #: a seeded choice of so many training photos, for a quick try
    render: Render | None = None

    def path(self, file: str) -> Path:
        """The place of one of the files above."""
        return Path(self.folder).expanduser() / file

    @model_validator(mode="after")
    def _check_limits(self) -> Data:
        lowest, highest = self.limits
        if lowest >= highest:
            raise ValueError(f"minimum: {lowest:g} must be below maximum: {highest:g}")
        return self

    @property
    def limits(self) -> tuple[float, float]:
        """``minimum`` and ``maximum``, infinite where there is none."""
        return (
            -math.inf if self.minimum is None else self.minimum,
            math.inf if self.maximum is None else self.maximum,
        )
