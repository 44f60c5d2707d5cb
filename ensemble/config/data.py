"""The part of a config about the photos and their tables."""

from __future__ import annotations

import codecs
import math
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field, StrictInt, field_validator, model_validator

from backbones.section import Section, Seed, usable_place
from ensemble.config.columns import Columns
from ensemble.digits import format_given

Positive = Annotated[StrictInt, Field(ge=1)]


def _refuse_truth(number: object) -> object:
    if isinstance(number, bool):
        raise ValueError(f"must be a number, not {str(number).lower()}; null stands for none")
    return number


Finite = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_refuse_truth)]


#: Encodings of Python's own, in which no file is written.
_OF_PYTHON = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")


class TableFormat(NamedTuple):
    """How tables are written."""

    separator: str = ","
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"


#: As this program writes them, too.
COMMAS = TableFormat()


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
    separator: str = ","  #: between the fields of every table above, and of ``submit --test``
    decimal: Literal[".", ","] = "."  #: in their numbers; what holds the separator is in quotes
    encoding: str = "utf-8"  #: of their text, with or without a BOM
    minimum: Finite | None = None  #: lower limit of targets and predictions
    maximum: Finite | None = None  #: upper limit of both
    limit: Positive | None = None  #: number of training photos to draw, seeded, for a quick trial
    render: Render | None = None
    #: Photos that are missing, damaged or of an unknown format: an error, or left out and listed.
    on_bad_photo: Literal["error", "skip"] = "error"

    def path(self, file: str) -> Path:
        """Return the path of one of the files above."""
        return Path(self.folder).expanduser() / Path(file).expanduser()

    @field_validator("separator")
    @classmethod
    def _check_separator(cls, separator: str) -> str:
        separator = "\t" if separator == r"\t" else separator
        if len(separator) != 1 or separator.isalnum() or separator in '"\r\n\0.+-_\ufeff':
            raise ValueError(
                """must be one character, such as ";", "|" or "\\t" (a tab), in quotes, """
                f"not {separator!r}"
            )
        return separator

    @field_validator("encoding")
    @classmethod
    def _check_encoding(cls, encoding: str) -> str:
        try:
            right = codecs.lookup(encoding).name.replace("_", "-") not in _OF_PYTHON
            right &= "a,1;\n".encode(encoding).decode(encoding) == "a,1;\n"
        except (LookupError, ValueError):
            right = False
        if not right:
            raise ValueError(f"must be an encoding of text, as utf-8 or cp1252, not {encoding!r}")
        return encoding

    @model_validator(mode="after")
    def _check_limits(self) -> Data:
        lowest, highest = self.limits
        if lowest >= highest:
            raise ValueError(
                f"minimum: {format_given(lowest)} must be below maximum: {format_given(highest)}"
            )
        return self

    @field_validator(*_PLACES)
    @classmethod
    def _check_places(cls, place: str | None) -> str | None:
        return None if place is None else usable_place(place)

    @property
    def table_format(self) -> TableFormat:
        """How the tables are written."""
        return TableFormat(self.separator, self.decimal, self.encoding)

    @property
    def skips_bad_photos(self) -> bool:
        return self.on_bad_photo == "skip"

    @property
    def limits(self) -> tuple[float, float]:
        """``minimum`` and ``maximum``, infinite if not set."""
        return (
            -math.inf if self.minimum is None else self.minimum,
            math.inf if self.maximum is None else self.maximum,
        )
