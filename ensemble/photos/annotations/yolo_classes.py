"""What classes of YOLO, which are numbers in its files, are called."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backbones.errors import InputError
from ensemble.config.document import parse
from ensemble.photos.annotations.source import SMALL, read_bounded, read_lines
from ensemble.photos.annotations.values import shown

#: Files of names, one a line.
_NAMES = ("classes.txt", "obj.names")

#: Texts that are about no photo.
LISTS = ("classes.txt", "labels.txt", "notes.txt", "train.txt", "val.txt", "valid.txt", "test.txt")

_YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class Classes:
    """The names of classes."""

    names: dict[int, str] = field(default_factory=dict)  #: none, if no file says them
    source: str = ""  #: the file
    points: int = 0  #: numbers behind the box of a pose

    def name(self, number: int) -> str:
        """Its number, where it has no name."""
        return self.names.get(number, str(number))

    @property
    def notes(self) -> tuple[str, ...]:
        return (
            () if self.names else ("no file names the classes, which are called by their number",)
        )


def class_file(path: Path) -> Path | None:
    """The file of names in a folder of labels, or in one of the two folders above it."""
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    for place in (folder, *folder.parents[:2]):
        try:
            files = sorted(one for one in place.iterdir() if one.is_file())
        except OSError:
            continue
        for file in files:
            if file.name in _NAMES or (file.suffix in _YAML and _names_in(file) is not None):
                return file
    return None


def read_classes(path: Path) -> Classes:
    """The names that belong to a folder of labels, or to one of its files.

    Raises
    ------
    InputError
        Their file has none, or not as it must.
    """
    file = class_file(path)
    if file is None:
        return Classes()
    if file.suffix not in _YAML:
        lines = [line.strip() for line in read_lines(file)]
        return Classes({number: line for number, line in enumerate(lines) if line}, file.name)
    content = _content(file)
    return Classes(_listed(file, content["names"]), file.name, _points(file, content))


def _names_in(file: Path) -> Any:
    """What a file of YAML says of names; None, where it is another, such as a config of ours."""
    try:
        content = _content(file)
    except InputError:
        if file.stem == "data":  # as all tools call it
            raise
        return None
    return content.get("names") if isinstance(content, dict) else None


def _content(file: Path) -> Any:
    return parse(read_bounded(file, SMALL), str(file))


def _listed(file: Path, names: Any) -> dict[int, str]:
    listed = dict(enumerate(names)) if isinstance(names, list) else names
    if not isinstance(listed, dict) or not all(str(key).isdecimal() for key in listed):
        raise InputError(
            f"{file}: names must be a list, or numbers with a name each, not {shown(names)}"
        )
    return {int(key): str(name) for key, name in listed.items()}


def _points(file: Path, content: dict[str, Any]) -> int:
    """How many numbers follow the box of a pose."""
    shape = content.get("kpt_shape")
    if shape is None:
        return 0
    right = isinstance(shape, list) and len(shape) == 2
    if not right or not all(type(one) is int and one > 0 for one in shape):
        raise InputError(f"{file}: kpt_shape must be two whole numbers, not {shown(shape)}")
    return int(shape[0] * shape[1])
