"""The part of a config about annotations as the tools write them."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from backbones.section import Section, usable_place

#: What `data.objects` reads.
AnnotationFormat = Literal["coco", "yolo", "voc", "label_studio", "cvat"]


class Annotations(Section):
    """Where the objects are, as an annotation tool exports it."""

    format: AnnotationFormat
    """How it is written: COCO, YOLO, Pascal VOC, Label Studio (JSON), or CVAT for images (XML)."""
    path: str
    """Its file, or the folder of its files, in `folder`."""
    classes: tuple[str, ...] | None = None
    """The classes that count, by name; all, by default."""
    unlisted: Literal["error", "skip"] = "error"
    """Whether objects of photos that `train` does not list are an error, or are left out."""

    @field_validator("path")
    @classmethod
    def _check_path(cls, path: str) -> str:
        return usable_place(path)

    @field_validator("classes", mode="before")
    @classmethod
    def _check_list(cls, classes: object) -> object:
        if isinstance(classes, str):
            raise ValueError(f"must be a list, as [{classes}]")
        numbers = [one for one in classes if type(one) is int] if isinstance(classes, list) else []
        if numbers:
            raise ValueError(f"{numbers[0]} must be in quotes, as a name: ['{numbers[0]}']")
        return classes

    @field_validator("classes")
    @classmethod
    def _check_classes(cls, classes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if classes is not None and not classes:
            raise ValueError("must name a class; leave it out for all of them")
        twice = [one for one in dict.fromkeys(classes or ()) if (classes or ()).count(one) > 1]
        if twice:
            raise ValueError(f"{twice[0]!r} is named twice")
        return classes
