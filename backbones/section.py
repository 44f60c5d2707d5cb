"""The strictly validated base class of every mapping in a config file."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

#: A name that also serves as a folder and as a column: no separators, no spaces, and short enough
#: for one of a backbone and one of a head together.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=100)]

#: A seed of random numbers: NumPy's take 32 bits, and repeats count on from it.
Seed = Annotated[StrictInt, Field(ge=0, lt=2**31)]


def usable_place(place: str) -> str:
    """Return a path of a config as it is, if a file could have it.

    Raises
    ------
    ValueError
        It holds what no path can, is longer than any, or begins with the home of nobody.
    """
    parts = os.fsencode(place).split(b"/")
    if "\0" in place or max(map(len, parts)) > 255 or len(os.fsencode(place)) > 4095:
        raise ValueError(f"no file can have the name {place[:40]!r}...")
    try:
        Path(place).expanduser()
    except RuntimeError:
        raise ValueError(f"{place.split('/')[0]} is the home of nobody here") from None
    return place


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the suggestion for an unknown word: the closest valid words, or else all of them.

    Words that differ only in their case are the closest.

    >>> nearest("vgg16", ["VGG16", "VGG19"])
    'did you mean VGG16?'
    >>> nearest("MobilNetV2", ["MobileNetV2", "VGG16"])
    'did you mean MobileNetV2?'
    >>> nearest("zzz", ["b", "a"])
    'known: a, b'
    """
    names = sorted(known)
    same = [name for name in names if name.casefold() == word.casefold()]
    close = same or difflib.get_close_matches(word, names, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(names)}"


class Section(BaseModel):
    """A frozen mapping that rejects unknown keys and suggests the closest valid ones.

    One ``ValidationError`` reports all mistakes of a mapping and of the mappings nested in it.
    The text below a key is its description, of which ``docs/config.md`` shows the first sentence.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, use_attribute_docstrings=True
    )

    #: Keys that a dump leaves out while they hold their default: those that came later, so that
    #: what was written, or keyed, before them stays the same.
    unsaid: ClassVar[tuple[str, ...]] = ()

    @model_serializer(mode="wrap")
    def _leave_out_unsaid(self, handler: Any) -> Any:
        content = handler(self)
        for key in self.unsaid:
            if getattr(self, key) == type(self).model_fields[key].get_default():
                content.pop(key, None)
        return content

    @model_validator(mode="wrap")
    @classmethod
    def _suggest_keys(cls, data: Any, handler: Any) -> Any:
        try:
            return handler(data)
        except ValidationError as error:
            details = [cls._detail(dict(mistake)) for mistake in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(cls.__name__, details) from None

    @classmethod
    def _detail(cls, error: dict[str, Any]) -> InitErrorDetails:
        message = error["msg"].removeprefix("Value error, ").replace("Input should ", "must ")
        location = error["loc"]
        if error["type"] == "extra_forbidden" and len(location) == 1:
            message = f"unknown key; {nearest(str(location[0]), cls.model_fields)}"
        kind = PydanticCustomError(error["type"], "{text}", {"text": message})
        return InitErrorDetails(type=kind, loc=location, input=error["input"])
