"""The files of an export: found, bounded in their size, and read without running what they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element  # nosec B405

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeTree

from backbones.errors import InputError
from backbones.files import read_file

#: Bytes of a file of a whole collection: that of COCO, of 860,000 objects, has 450 MB.
LARGE = 600_000_000

#: Bytes of a file about one photo.
SMALL = 20_000_000


def find_files(path: Path, suffix: str) -> list[Path]:
    """The file, or the files of a folder, and below it, with this suffix, in order.

    Raises
    ------
    InputError
        There is none, or `path` is an archive.
    """
    if path.is_dir():
        files = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() == suffix
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        if not files:
            raise InputError(
                f"{path} holds no file that ends in {suffix}; name the folder of the annotations"
            )
        return files
    if not path.is_file():
        raise InputError(f"there is no file or folder {path}; data.objects.path says where")
    return [path]


def read_bounded(path: Path, limit: int) -> bytes:
    """The bytes of a file.

    Raises
    ------
    InputError
        It cannot be read, is an archive, or longer than `limit` bytes.
    """
    _check(path, limit)
    return read_file(path)


def _check(path: Path, limit: int) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise InputError(f"{path}: it cannot be read: {error.strerror}") from None
    if size > limit:
        raise InputError(
            f"{path} has {size:,} bytes, more than the {limit:,} that are read of a file of "
            "annotations; is it another file? Else split it"
        )
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise InputError(f"{path} is an archive, as tools export it; unpack it, and name its file")


def read_lines(path: Path) -> list[str]:
    """The lines of a text in UTF-8.

    Raises
    ------
    InputError
        As ``read_bounded``; or it is no such text.
    """
    data = read_bounded(path, SMALL)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path} is no text in UTF-8 (line {line}); save it as such") from None
    return text.splitlines()


def read_json(path: Path) -> Any:
    """The content of a file of JSON.

    Raises
    ------
    InputError
        As ``read_bounded``; or it is no JSON.
    """
    data = read_bounded(path, LARGE)
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        reason = f"line {error.lineno}: {error.msg}"
    except RecursionError:
        reason = "its lists and mappings lie too deep in each other"
    except UnicodeDecodeError:
        reason = "it is no text"
    except ValueError as error:  # a number of thousands of digits
        reason = str(error)[:200]
    raise InputError(f"{path} is not JSON: {reason}; export it again")


def read_xml(path: Path) -> Element:
    """The root of a small file of XML.

    Raises
    ------
    InputError
        As ``read_bounded``; or it is no XML, or declares a type or entities of its own.
    """
    data = read_bounded(path, SMALL)
    try:
        root: Element = SafeTree.fromstring(data, forbid_dtd=True)
    except Exception as error:
        raise _no_xml(path, error) from None
    return root


def walk_xml(path: Path, tags: Sequence[str]) -> Iterator[Element]:
    """The root of a large file, yet empty; then each element below with one of these tags.

    What was looked at is let go, so that memory stays flat. Errors as ``read_xml``.
    """
    _check(path, LARGE)
    try:
        with path.open("rb") as file:
            events = SafeTree.iterparse(file, events=("start", "end"), forbid_dtd=True)
            _, root = next(events)
            yield root
            for event, element in events:
                if event == "end" and element.tag in tags:
                    yield element
                    root.clear()
    except InputError:
        raise
    except Exception as error:
        raise _no_xml(path, error) from None


def _no_xml(path: Path, error: Exception) -> InputError:
    if isinstance(error, DefusedXmlException):
        return InputError(
            f"{path} declares a document type or entities, which no export does and which are not "
            "read; delete its <!DOCTYPE ...>"
        )
    return InputError(f"{path} is not XML: {str(error)[:200]}; export it again")
