"""The part of a config about the photos and their tables."""

from __future__ import annotations

import codecs
import math
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StrictInt, ValidationInfo, field_validator, model_validator

from backbones.remote.folder import Folder, open_folder
from backbones.remote.url import is_url, parse_url
from backbones.section import Section, Seed, usable_place
from ensemble.config.annotations import Annotations
from ensemble.config.columns import Columns
from ensemble.config.limit import Limit, limit_mistakes, limit_of, order_mistakes
from ensemble.config.table_format import TableFormat

Positive = Annotated[StrictInt, Field(ge=1)]


#: Encodings of Python's own, in which no file is written.
_OF_PYTHON = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")


class Render(Section):
    """Synthetic photos to draw; see ``ensemble.photos.render``."""

    train: Positive = 300
    """Photos to learn from."""
    test: Positive = 100
    """Photos to predict."""
    seed: Seed = 0
    """Decides what is drawn."""


#: The keys that name files and folders.
_PLACES = (
    "folder",
    "images",
    "train",
    "test",
    "boxes",
    "points",
    "areas",
    "counts",
    "sample_submission",
)


class Data(Section):
    """The photos, the tables and the limits of the target."""

    folder: str
    """Holds the photos and the tables."""
    images: str = "images"
    """The folder of the photos, in `folder`, or the URL of one: s3://, gs:// or https://."""
    train: str = "train.csv"
    """The table of the photos to learn from, in `folder`: a row a photo, with name and target."""
    test: str | None = None
    """The table of the photos to predict; without it, `submit --test` or `--images` names them."""
    boxes: str | None = None
    """The table of where the objects are: a row an object, in pixels of the upright photo."""
    points: str | None = None
    """Likewise, for objects with a position but no extent."""
    objects: Annotations | None = None
    """In place of these tables: where the objects are, as annotation tools export it."""
    areas: str | None = None
    """The table of the areas in which objects are labelled, of photos that are labelled in part.

    A row an area, a box or a polygon in pixels of the upright photo; several of a photo count
    together. An object belongs to the area that holds its centre. The target stays the count of the
    whole photo, and is left empty where that is not known: then the photo is scored by the count in
    its areas, density heads alone learn from it, and the stack is their `mean`.
    """
    counts: str | None = None
    """The table of counts in regions of photos, without places: a row a region, as in `areas`.

    Each teaches a density head the sum over the region. Targets as with `areas`.
    """
    sample_submission: str | None = None
    """The table whose header and order of rows the submission takes."""
    columns: Columns = Columns()
    """What the columns of the tables are called."""
    separator: str = ","
    """Between the fields of every table above, and of `submit --test`."""
    decimal: Literal[".", ","] = "."
    """In the tables' numbers; what holds the separator is in quotes."""
    encoding: str = "utf-8"
    """Of the tables' text, with or without a BOM."""
    minimum: Limit = None
    """Lower limit of targets and predictions; of several targets one for all, or a mapping.

    As `{weight: 0, length: 1}`; those left out have none.
    """
    maximum: Limit = None
    """Upper limit, likewise."""
    limit: Positive | None = None
    """Number of training photos, or items, to draw, seeded, for a quick trial."""
    render: Render | None = None
    """Draws photos of simple faces into `folder`, as the demo does."""
    on_bad_photo: Literal["error", "skip"] = "error"
    """Whether photos that are missing or damaged are an error, or are left out and listed."""

    def path(self, file: str) -> Path:
        """Return the path of one of the files above."""
        return Path(self.folder).expanduser() / Path(file).expanduser()

    def photos_folder(self, cache: Path | None = None) -> Folder:
        """Return the folder of the photos; of one behind a URL, `cache` keeps what is downloaded.

        Errors as ``open_folder``.
        """
        return open_folder(self.images, cache) if is_url(self.images) else self.path(self.images)

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
        lowest, highest, targets = self.minimum, self.maximum, self.columns.targets
        mistakes = [
            *limit_mistakes("minimum", lowest, targets),
            *limit_mistakes("maximum", highest, targets),
            *order_mistakes(lowest, highest, targets),
        ]
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self

    @model_validator(mode="after")
    def _check_objects(self) -> Data:
        others = {"boxes": self.boxes, "points": self.points, "render": self.render}
        said = [key for key, value in others.items() if value is not None]
        if self.objects is not None and said:
            raise ValueError(
                f"objects: they stand in place of {' and '.join(said)}; leave out the one or the "
                "other"
            )
        return self

    @model_validator(mode="after")
    def _check_parts(self) -> Data:
        if self.areas is not None and (self.boxes or self.points or self.objects) is None:
            raise ValueError(
                "areas: they say where objects are labelled; boxes, points or objects must say "
                "where these are (counts are for regions of which only the number is known)"
            )
        if self.render is not None and (self.areas or self.counts) is not None:
            raise ValueError(
                "render: drawn photos are labelled as a whole; leave out areas and counts, or "
                "render"
            )
        return self

    @property
    def has_parts(self) -> bool:
        """Whether photos are labelled in part."""
        return (self.areas or self.counts) is not None

    @model_validator(mode="after")
    def _check_items(self) -> Data:
        if self.columns.item is not None and (told := self._told_of_photos()):
            raise ValueError(
                f"columns.item: {told} tell of single photos, of which no item has "
                "several; leave out the one or the other"
            )
        return self

    @model_validator(mode="after")
    def _check_targets(self) -> Data:
        if len(self.columns.targets) > 1 and (told := self._told_of_photos()):
            raise ValueError(
                f"{told}: they tell of one target, and columns.target names "
                f"{len(self.columns.targets)}; leave them out, or take a config of its own for the "
                "target that they count"
            )
        return self

    def _told_of_photos(self) -> str:
        """The keys that are given of those that tell of single photos, and of one target."""
        keys = ("boxes", "points", "objects", "areas", "counts", "render")
        return " and ".join(key for key in keys if getattr(self, key) is not None)

    @field_validator(*_PLACES)
    @classmethod
    def _check_places(cls, place: str | None, info: ValidationInfo) -> str | None:
        if place is None or not is_url(place):
            return None if place is None else usable_place(place)
        if info.field_name != "images":
            raise ValueError("must be on this machine; only images may be a URL")
        parse_url(place)
        return place

    @model_validator(mode="after")
    def _check_drawn(self) -> Data:
        if self.render is not None and is_url(self.images):
            raise ValueError("render: photos are drawn on this machine; leave out images or render")
        return self

    @property
    def table_format(self) -> TableFormat:
        """How the tables are written."""
        return TableFormat(self.separator, self.decimal, self.encoding)

    @property
    def skips_bad_photos(self) -> bool:
        return self.on_bad_photo == "skip"

    @property
    def limits(self) -> tuple[float, float]:
        """``minimum`` and ``maximum`` of the only target, infinite if not set."""
        return self.limits_of(self.columns.only_target)

    def limits_of(self, target: str) -> tuple[float, float]:
        """The same of one of several targets."""
        lowest, highest = limit_of(self.minimum, target), limit_of(self.maximum, target)
        return -math.inf if lowest is None else lowest, math.inf if highest is None else highest
