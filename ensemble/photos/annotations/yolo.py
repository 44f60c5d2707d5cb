"""YOLO: a folder with a text a photo and a line an object, in fractions of the photo.

A line is ``class x y width height``, about the middle, perhaps with a confidence; or ``class`` and
the corners of a polygon or a turned box (docs.ultralytics.com/datasets).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from ensemble.photos.annotations.annotated import Annotated, Annotations, Corners, Marked
from ensemble.photos.annotations.mistakes import Mistakes
from ensemble.photos.annotations.shapes import around
from ensemble.photos.annotations.source import find_files, read_lines
from ensemble.photos.annotations.values import numbers, shown
from ensemble.photos.annotations.yolo_classes import LISTS, Classes, read_classes

_LINE = (
    "a line must be a class, a whole number, and x y width height, or the corners of a polygon: "
    "numbers between blanks, in fractions of the photo"
)


def read(path: Path) -> Annotations:
    """Read a file of YOLO, or all of a folder. See ``Reader``."""
    classes = read_classes(path)
    mistakes = Mistakes(path)
    photos = []
    for file in label_files(path):
        place = PurePosixPath(file.relative_to(path).as_posix() if file != path else file.name)
        found = tuple(_objects(read_lines(file), str(place), classes, mistakes))
        photos.append(Annotated(_names(place), str(place), (1.0, 1.0), found, is_share=True))
    mistakes.refuse()
    return Annotations(tuple(photos), tuple(classes.names.values()), classes.notes)


def label_files(path: Path) -> list[Path]:
    """The files of a folder that are about a photo."""
    return [file for file in find_files(path, ".txt") if file == path or not _is_list(file)]


def _is_list(file: Path) -> bool:
    """Whether it lists classes or photos, or tells of the export: by its name, and by its lines."""
    if file.name.lower() not in LISTS and not file.name.lower().startswith("readme"):
        return False
    return not any(numbers(line.split()) for line in read_lines(file) if len(line.split()) > 4)


def _names(place: PurePosixPath) -> tuple[str, ...]:
    """The photo lies beside the file, or in a folder ``images`` where it lies in ``labels``."""
    parts = place.with_suffix("").parts
    ways = [
        parts,
        tuple("images" if part == "labels" else part for part in parts),
        tuple(part for part in parts if part not in ("labels", "obj_train_data")),
    ]
    return tuple(dict.fromkeys("/".join(one) for one in ways if one))


def _objects(
    lines: Sequence[str], place: str, classes: Classes, mistakes: Mistakes
) -> Iterator[Marked]:
    for index, line in enumerate(lines, start=1):
        fields = line.split()
        if not fields:
            continue
        where = f"{place}: line {index}"
        label, values = fields[0], numbers(fields[1:])
        found = None if values is None else _place(values, classes.points)
        if not (label.isascii() and label.isdigit()) or found is None:
            mistakes.add(_LINE, f"{where}: {shown(line)}")
        elif classes.names and int(label) not in classes.names:
            known = f"0 to {max(classes.names)}"
            mistakes.add(
                f"classes that {classes.source} does not name ({known})", f"{where}: {label}"
            )
        else:
            corners, shape = found
            yield Marked(classes.name(int(label)), corners, where, shape)


def _place(values: Sequence[float], points: int) -> tuple[Corners, str] | None:
    """The box around what a line says, and how it was drawn; poses have `points` numbers more."""
    if len(values) in (4, 5) or (points and len(values) == 4 + points):
        x, y, width, height = values[:4]
        if min(width, height) < 0:
            return None
        return (x - width / 2, y - height / 2, x + width / 2, y + height / 2), "box"
    if len(values) < 6 or len(values) % 2:
        return None
    return around(values), "turned box" if len(values) == 8 else "polygon"
