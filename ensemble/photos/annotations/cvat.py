"""CVAT for images 1.1: one file of XML with an element an image, and its shapes below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element  # nosec B405

from backbones.errors import InputError
from backbones.plural import count
from ensemble.photos.annotations.annotated import Annotated, Annotations, Corners, Marked
from ensemble.photos.annotations.mistakes import Mistakes
from ensemble.photos.annotations.shapes import around, around_ellipse, around_turned
from ensemble.photos.annotations.source import find_files, walk_xml
from ensemble.photos.annotations.values import number, shown, size

_PLACE = (
    "a shape needs a label and the numbers of its places, with each minimum not above its maximum"
)


def read(path: Path) -> Annotations:
    """Read a file of CVAT, or all of a folder. See ``Reader``."""
    photos: list[Annotated] = []
    classes: dict[str, None] = {}
    tags = 0
    mistakes = Mistakes(path)
    for file in find_files(path, ".xml"):
        elements = walk_xml(file, ("meta", "image", "track"))
        _refuse_others(file, next(elements))
        for one in elements:
            if one.tag == "meta":
                classes |= dict.fromkeys(_labels(one))
            elif one.tag == "track":
                raise InputError(
                    f"{file} has tracks of a video; export the frames as CVAT for images 1.1"
                )
            else:
                photos.append(_photo(file, one, mistakes))
                tags += len(one.findall("tag"))
    mistakes.refuse()
    notes = (f"{count(tags, 'tag')} of whole photos left out",) if tags else ()
    return Annotations(tuple(photos), tuple(classes), notes)


def _refuse_others(file: Path, root: Element) -> None:
    if root.tag != "annotations":
        voc = ", as Pascal VOC has: set data.objects.format: voc"
        raise InputError(
            f"{file} is not of CVAT: its root is <{root.tag[:40]}>"
            f"{voc if root.tag == 'annotation' else ''}; it must be <annotations>"
        )


def _labels(meta: Element) -> Iterator[str]:
    """Those of the task; the points of a skeleton are no objects of their own."""
    for one in meta.iter("label"):
        name = (one.findtext("name") or "").strip()
        if name and not (one.findtext("parent") or "").strip():
            yield name


def _photo(file: Path, image: Element, mistakes: Mistakes) -> Annotated:
    name = (image.get("name") or "").strip()
    where = f"image {image.get('id')!r}, {name!r}"
    if not name:
        mistakes.add("an image needs a name", f"{file.name}: {where}")
    marked: list[Marked] = []
    seen = Counter[str]()
    for one in image:
        if one.tag not in _SHAPES:
            if one.tag not in ("tag", "attribute"):
                mistakes.add(f"shapes other than {', '.join(_SHAPES)}", f"{where}: <{one.tag}>")
            continue
        seen[one.tag] += 1
        entry = f"{where}: {one.tag} {seen[one.tag]}"
        label, places = (one.get("label") or "").strip(), _SHAPES[one.tag](one)
        if not label or not places or any(at[0] > at[2] or at[1] > at[3] for at in places):
            mistakes.add(_PLACE, f"{entry}: {shown(dict(one.attrib))}")
        else:
            drawn = _drawn(one)
            marked += [Marked(label, corners, entry, drawn) for corners in places]
    stated = size(image.get("width"), image.get("height"))
    return Annotated((name,), f"{file.name}: {where}", stated, tuple(marked))


def _drawn(shape: Element) -> str:
    if shape.tag == "box":
        return "turned box" if number(shape.get("rotation")) else "box"
    return "point" if shape.tag == "points" else shape.tag


def _numbers(shape: Element, *keys: str) -> list[float] | None:
    found = [number(shape.get(key)) for key in keys]
    return None if None in found else [one for one in found if one is not None]


def _points(text: str | None) -> list[float] | None:
    """``1,2;3,4`` as x, y, x, y."""
    places: list[float] = []
    for pair in (text or "").split(";"):
        x, _, y = pair.partition(",")
        at = number(x), number(y)
        if at[0] is None or at[1] is None:
            return None
        places += [at[0], at[1]]
    return places


def _box(shape: Element) -> list[Corners]:
    ends = _numbers(shape, "xtl", "ytl", "xbr", "ybr")
    if ends is None:
        return []
    box = ends[0], ends[1], ends[2], ends[3]
    turn = number(shape.get("rotation", "0"))
    if turn is None:
        return []
    is_turned = turn and box[0] <= box[2] and box[1] <= box[3]
    return [around_turned(box, turn) if is_turned else box]


def _ellipse(shape: Element) -> list[Corners]:
    found, turn = _numbers(shape, "cx", "cy", "rx", "ry"), number(shape.get("rotation", "0"))
    if found is None or turn is None or min(found[2:]) < 0:
        return []
    return [around_ellipse(found[0], found[1], (found[2], found[3]), turn)]


def _outline(shape: Element) -> list[Corners]:
    places = _points(shape.get("points"))
    return [around(places)] if places else []


def _each(shape: Element) -> list[Corners]:
    """Each point of a shape is an object: annotators click one after the other."""
    places = _points(shape.get("points")) or []
    return [(x, y, x, y) for x, y in zip(places[::2], places[1::2], strict=True)]


def _mask(shape: Element) -> list[Corners]:
    found = _numbers(shape, "left", "top", "width", "height")
    if found is None:
        return []
    left, top, width, height = found
    return [(left, top, left + width, top + height)]


def _skeleton(shape: Element) -> list[Corners]:
    inside = [one for one in shape.iterfind("points") if one.get("outside") != "1"]
    parts = [_points(one.get("points")) for one in inside]
    if not parts or any(part is None for part in parts):
        return []
    return [around([place for part in parts if part for place in part])]


def _cuboid(shape: Element) -> list[Corners]:
    keys = [
        f"{axis}{end}{side}" for end in ("tl", "bl", "tr", "br") for side in (1, 2) for axis in "xy"
    ]
    places = _numbers(shape, *keys)
    return [] if places is None else [around(places)]


#: The places of a shape by its element; none, where they are not said as they must be.
_SHAPES: dict[str, Callable[[Element], list[Corners]]] = {
    "box": _box,
    "points": _each,
    "polygon": _outline,
    "polyline": _outline,
    "ellipse": _ellipse,
    "mask": _mask,
    "skeleton": _skeleton,
    "cuboid": _cuboid,
}
