"""One mapping of a config file, checked strictly."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

#: A name that is also a folder and a column: no separators, no spaces.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: the nearest right ones, or all.

    >>> nearest("MobilNetV2", ["MobileNetV2", "VGG16"])
    'did you mean MobileNetV2?'
    >>> nearest("zzz", ["b", "a"])
    'known: a, b'
    """
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(names)}"


class Section(BaseModel):
    """A frozen mapping that refuses unknown keys and names the nearest right ones.

    All mistakes of a mapping, and of the mappings in it, come in one ``ValidationError``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    @model_validator(mode="wrap")
    @classmethod
    def _suggest_keys(cls, data: Any, handler: Any) -> Any:
        try:
            return handler(data)
        except ValidationError as error:
            details = [cls._detail(dict(one)) for one in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(cls.__name__, details) from None

    @classmethod
    def _detail(cls, error: dict[str, Any]) -> InitErrorDetails:
        message = error["msg"].removeprefix("Value error, ")
        location = error["loc"]
        if error["type"] == "extra_forbidden" and len(location) == 1:
            message = f"unknown key; {nearest(str(location[0]), cls.model_fields)}"
        kind = PydanticCustomError(error["type"], "{text}", {"text": message})
        return InitErrorDetails(type=kind, loc=location, input=error["input"])
