"""Pascal VOC: a file of XML a photo, as LabelImg and others write them.

Pixels are counted from 1, and the last one belongs to the box (VOC 2012 development kit, 2.4), so
that a box of the whole photo is 1, 1, width, height: its minima are one less here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element  # nosec B405

from backbones.errors import InputError
from backbones.plural import count
from ensemble.photos.annotations.annotated import Annotated, Annotations, Marked
from ensemble.photos.annotations.mistakes import Mistakes
from ensemble.photos.annotations.source import find_files, read_xml
from ensemble.photos.annotations.values import number, shown, size

_ENDS = ("xmin", "ymin", "xmax", "ymax")

_BOX = (
    "an object needs a name, and a bndbox of four numbers with each minimum not above its maximum"
)


def read(path: Path) -> Annotations:
    """Read a file of Pascal VOC, or all of a folder. See ``Reader``."""
    mistakes, marks = Mistakes(path), Counter[str]()
    photos = []
    for file in find_files(path, ".xml"):
        root = read_xml(file)
        _refuse_others(file, root)
        place = PurePosixPath(file.relative_to(path).as_posix() if file != path else file.name)
        found = tuple(_objects(root, str(place), mistakes))
        marks.update(_marks(root))
        stated = size(root.findtext("size/width"), root.findtext("size/height"))
        photos.append(Annotated(_names(root, place), str(place), stated, found))
    mistakes.refuse()
    notes = [f"{count(marks[one], 'object')} marked {one} count like others" for one in marks]
    return Annotations(tuple(photos), (), tuple(notes))


def _refuse_others(file: Path, root: Element) -> None:
    if root.tag == "annotation":
        return
    cvat = ", as CVAT writes: set data.objects.format: cvat" if root.tag == "annotations" else ""
    raise InputError(
        f"{file} is not of Pascal VOC: its root is <{root.tag[:40]}>{cvat}; it must be <annotation>"
    )


def _names(root: Element, place: PurePosixPath) -> tuple[str, ...]:
    """The photo is the one of `filename`, beside the file or in a folder that it names."""
    named = (root.findtext("filename") or "").strip()
    parents = "/".join("JPEGImages" if one == "Annotations" else one for one in place.parent.parts)
    stem = str(place.with_suffix(""))
    ways = [f"{parents}/{named}" if parents else "", named] if named else []
    return tuple(dict.fromkeys(one for one in (*ways, stem, place.stem) if one))


def _objects(root: Element, place: str, mistakes: Mistakes) -> Iterator[Marked]:
    for index, one in enumerate(root.iterfind("object"), start=1):
        where = f"{place}: object {index}"
        label = (one.findtext("name") or "").strip()
        said = [one.findtext(f"bndbox/{end}") for end in _ENDS]
        left, top, right, bottom = map(number, said)
        if (
            not label
            or left is None
            or top is None
            or right is None
            or bottom is None
            or left > right
            or top > bottom
        ):
            mistakes.add(_BOX, f"{where}: {shown([label, *said])}")
        else:
            yield Marked(label, (left - 1, top - 1, right, bottom), where)


def _marks(root: Element) -> Iterator[str]:
    for one in root.iterfind("object"):
        for mark in ("difficult",):
            if (one.findtext(mark) or "").strip() == "1":
                yield mark
