"""The formats of annotation tools, and their readers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ensemble.config.annotations import AnnotationFormat
from ensemble.photos.annotations import coco, cvat, label_studio, voc, yolo
from ensemble.photos.annotations.annotated import Reader
from ensemble.photos.annotations.source import find_files
from ensemble.photos.annotations.yolo_classes import class_file

READERS: dict[AnnotationFormat, Reader] = {
    "coco": coco.read,
    "cvat": cvat.read,
    "label_studio": label_studio.read,
    "voc": voc.read,
    "yolo": yolo.read,
}

_SUFFIXES: dict[AnnotationFormat, str] = {
    "coco": ".json",
    "cvat": ".xml",
    "label_studio": ".json",
    "voc": ".xml",
}


def annotation_files(form: AnnotationFormat, path: Path) -> Sequence[Path]:
    """All files that the places come from, in order. Errors as ``find_files``."""
    if form != "yolo":
        return find_files(path, _SUFFIXES[form])
    classes = class_file(path)
    return [*yolo.label_files(path), *([] if classes is None else [classes])]
