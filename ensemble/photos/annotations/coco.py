"""COCO: one file of JSON with images, categories and annotations (cocodataset.org/#format-data)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backbones.errors import InputError
from ensemble.photos.annotations.annotated import Annotated, Annotations, Corners, Marked
from ensemble.photos.annotations.mistakes import Mistakes
from ensemble.photos.annotations.shapes import around
from ensemble.photos.annotations.source import find_files, read_json
from ensemble.photos.annotations.values import entries, numbers, shown, size

_BOX = (
    "annotations need a bbox: [x, y, width, height], finite numbers, with neither of the last two "
    "below 0"
)


def read(path: Path) -> Annotations:
    """Read a file of COCO, or all of a folder. See ``Reader``."""
    photos: list[Annotated] = []
    classes: dict[str, None] = {}
    for file in find_files(path, ".json"):
        content = read_json(file)
        images, marks = _lists(file, content)
        mistakes = Mistakes(file)
        names = _categories(content, mistakes)
        known = _images(images, mistakes)
        marked = _annotations(marks, set(known), names, mistakes)
        mistakes.refuse()
        classes |= dict.fromkeys(names.values())
        photos += [_photo(file, known[one], marked[one]) for one in known]
    return Annotations(tuple(photos), tuple(classes))


def _lists(file: Path, content: Any) -> tuple[Sequence[Any], Sequence[Any]]:
    images, marks = entries(content, "images"), entries(content, "annotations")
    if images is not None and marks is not None:
        return images, marks
    way_on = ""
    if isinstance(content, list):
        way_on = (
            "; its top is a list, as Label Studio writes: set data.objects.format: label_studio"
        )
    elif isinstance(content, dict):
        way_on = f"; it has {', '.join(map(shown, list(content)[:10])) or 'nothing'}"
    raise InputError(
        f"{file} is not of COCO: it must have the lists images and annotations{way_on}"
    )


def _categories(content: Any, mistakes: Mistakes) -> dict[Any, str]:
    """Id -> name."""
    names: dict[Any, str] = {}
    for place, one in enumerate(entries(content, "categories") or []):
        where = f"categories[{place}]"
        if not _has_id(one) or not isinstance(one.get("name"), str):
            mistakes.add("a category needs an id and a name", f"{where}: {shown(one)}")
        elif names.setdefault(one["id"], one["name"]) != one["name"]:
            mistakes.add("categories of one id", f"{where}: id {one['id']!r}")
    return names


def _images(images: Sequence[Any], mistakes: Mistakes) -> dict[Any, dict[str, Any]]:
    """Id -> image."""
    known: dict[Any, dict[str, Any]] = {}
    for place, one in enumerate(images):
        where = f"images[{place}]"
        if not _has_id(one) or not isinstance(one.get("file_name"), str):
            mistakes.add("an image needs an id and a file_name", f"{where}: {shown(one)}")
        elif one["id"] in known:
            mistakes.add("images of one id", f"{where}: id {one['id']!r}")
        else:
            known[one["id"]] = one
    return known


def _annotations(
    marks: Sequence[Any], images: set[Any], names: dict[Any, str], mistakes: Mistakes
) -> dict[Any, list[Marked]]:
    """Id of an image -> its objects."""
    marked = defaultdict(list)
    for place, one in enumerate(marks):
        where = f"annotations[{place}]"
        image, category = (_reference(one, key) for key in ("image_id", "category_id"))
        if image not in images:
            mistakes.add("annotations whose image_id no image has", f"{where}: {image!r}")
        elif category not in names:
            mistakes.add("annotations whose category_id no category has", f"{where}: {category!r}")
        elif (found := _place(one)) is None:
            mistakes.add(_BOX, f"{where}: {shown(one.get('bbox'))}")
        else:
            corners, shape = found
            crowd = bool(one.get("iscrowd"))
            marked[image].append(Marked(names[category], corners, where, shape, crowd))
    return marked


def _place(one: dict[str, Any]) -> tuple[Corners, str] | None:
    """Where an object is, and how it was drawn; None where that is not said."""
    keypoints = numbers(one.get("keypoints"))
    if keypoints and len(keypoints) == 3 and keypoints[2]:  # one that was marked is a point
        x, y, _ = keypoints
        return (x, y, x, y), "point"
    if not one.get("bbox"):
        return _outline(one.get("segmentation"))
    box = numbers(one["bbox"])
    if box is None or len(box) != 4 or min(box[2:]) < 0:
        return None
    x, y, width, height = box
    return (x, y, x + width, y + height), "box"


def _outline(segmentation: object) -> tuple[Corners, str] | None:
    if not isinstance(segmentation, list) or not segmentation:
        return None
    parts = [numbers(part) for part in segmentation]
    if any(part is None or len(part) < 6 or len(part) % 2 for part in parts):
        return None
    return around([place for part in parts if part for place in part]), "polygon"


def _photo(file: Path, image: dict[str, Any], marked: Sequence[Marked]) -> Annotated:
    name = image["file_name"]
    stated = size(image.get("width"), image.get("height"))
    return Annotated((name,), f"{file.name}: {name!r}", stated, tuple(marked))


def _has_id(one: object) -> bool:
    return isinstance(one, dict) and _reference(one, "id") is not None


def _reference(one: object, key: str) -> Any:
    """An id, by which entries refer to each other; None where it is no number and no text."""
    found = one.get(key) if isinstance(one, dict) else None
    return found if isinstance(found, (int, str)) and not isinstance(found, bool) else None
