"""Label Studio: one file of JSON, as its export named JSON writes it, with an entry a task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from backbones.errors import InputError
from backbones.photos.formats import SUFFIXES
from backbones.plural import count
from ensemble.photos.annotations.annotated import Annotated, Annotations, Marked
from ensemble.photos.annotations.mistakes import Mistakes
from ensemble.photos.annotations.regions import UNREADABLE, Region, place
from ensemble.photos.annotations.source import find_files, read_json
from ensemble.photos.annotations.values import entries, shown, size

_PHOTO = (
    "a task needs one photo, an entry of its data that ends as photos do, such as "
    "'/data/upload/1/a.jpg'"
)

_SEVERAL = (
    "tasks with several annotations, whose objects would count several times; mark one of each as "
    "ground truth, or delete the others"
)

_MASKED = (
    "brushes, bit masks and vectors say no places to read; export as COCO, which has a box of "
    "each, or draw boxes"
)

_PLACE = (
    "a region needs one label, its numbers in per cent of the photo, and an image_rotation of 0"
)


def read(path: Path) -> Annotations:
    """Read a file of Label Studio, or all of a folder. See ``Reader``."""
    photos: list[Annotated] = []
    unmarked, others = 0, Counter[str]()
    mistakes = Mistakes(path)
    for file in find_files(path, ".json"):
        for index, task in enumerate(_tasks(file, read_json(file))):
            where = f"{file.name}: task {task.get('id', index)!r}"
            results = _results(task, where, mistakes)
            if results is None:
                unmarked += 1
                continue
            regions, left_out = _regions(results)
            others.update(left_out)
            photos.append(_photo(task, regions, where, mistakes))
    mistakes.refuse()
    notes = [f"{others[kind]:,} of the kind {kind} left out: they have no place" for kind in others]
    if unmarked:
        notes.append(f"{count(unmarked, 'task')} without an annotation left out")
    return Annotations(tuple(photos), (), tuple(notes))


def _tasks(file: Path, content: Any) -> Sequence[dict[str, Any]]:
    if not isinstance(content, list):
        coco = entries(content, "images") is not None
        way_on = "; it looks like COCO: set data.objects.format: coco" if coco else ""
        raise InputError(f"{file} is not of Label Studio: it must be a list of tasks{way_on}")
    wrong = [
        index
        for index, one in enumerate(content)
        if not isinstance(one, dict)
        or not isinstance(one.get("data"), dict)
        or entries(one, "annotations") is None
    ]
    if wrong:
        raise InputError(
            f"{file}: {len(wrong):,} of {count(len(content), 'task')} without data or annotations, "
            f"the first at [{wrong[0]}]; export as JSON, not as JSON-MIN"
        )
    return content


def _results(task: dict[str, Any], where: str, mistakes: Mistakes) -> Sequence[Any] | None:
    """What the one annotation of a task has; None, if nobody has annotated it."""
    done = [
        one
        for one in task["annotations"]
        if isinstance(one, dict)
        and not one.get("was_cancelled")
        and entries(one, "result") is not None
    ]
    if not done:
        return None
    if len(done) > 1:
        done = [one for one in done if one.get("ground_truth") is True]
    if len(done) != 1:
        mistakes.add(_SEVERAL, where)
        return ()
    return entries(done[0], "result")


def _regions(results: Sequence[Any]) -> tuple[list[Region], Counter[str]]:
    """The places of an annotation, with the labels of each; and the kinds of what has no place.

    Where labels stand apart from shapes, as the tags ``Labels`` and ``Rectangle`` have it, two
    results of one id are one region.
    """
    regions: dict[Any, Region] = {}
    left_out = Counter[str]()
    for index, one in enumerate(results):
        found = Region.of(one)
        if found is None:
            left_out[str(one.get("type") if isinstance(one, dict) else one)[:40]] += 1
            continue
        key = found.id or index
        regions[key] = regions[key].joined(found) if key in regions else found
    return list(regions.values()), left_out


def _photo(
    task: dict[str, Any], regions: Sequence[Region], where: str, mistakes: Mistakes
) -> Annotated:
    names = _photos(task["data"])
    if len(names) != 1:
        mistakes.add(_PHOTO, f"{where}: {shown(task['data'])}")
        names = [""]
    stated = next((found for one in regions if (found := size(*one.stated))), None)
    frame = stated or (100.0, 100.0)
    marked = tuple(_marked(regions, frame, where, mistakes))
    return Annotated((names[0],), f"{where}, {names[0]!r}", frame, marked, is_share=stated is None)


def _photos(data: dict[str, Any]) -> list[str]:
    """Addresses of photos among the data of a task; the one that is called image, if there is."""
    found = {key: value for key, value in data.items() if _is_photo(value)}
    return [found["image"]] if "image" in found else list(found.values())


def _is_photo(value: object) -> bool:
    if not isinstance(value, str):
        return False
    path = unquote(value.partition("?d=")[2] or value.partition("?")[0])
    return path.lower().endswith(tuple(SUFFIXES))


def _marked(
    regions: Sequence[Region], frame: tuple[float, float], where: str, mistakes: Mistakes
) -> Iterator[Marked]:
    for one in regions:
        entry = f"{where}: region {one.id!r}"
        if one.kind in UNREADABLE:
            mistakes.add(_MASKED, entry)
            continue
        found = place(one, frame)
        if found is None or len(one.labels) != 1:
            mistakes.add(_PLACE, f"{entry}: {shown(one.value)}")
        else:
            corners, shape = found
            yield Marked(one.labels[0], corners, entry, shape)
