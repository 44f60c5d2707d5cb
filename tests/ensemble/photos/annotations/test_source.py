from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.photos.annotations import source


@pytest.mark.parametrize("reads", [source.read_lines, source.read_xml, source.read_json])
def test_files_of_any_length_are_not_read(tmp_path: Path, reads: Callable[[Path], object]) -> None:
    with (tmp_path / "long").open("wb") as file:
        os.truncate(file.fileno(), 700_000_000)  # has no bytes on the disk
    with pytest.raises(InputError, match="long has 700,000,000 bytes, more than the"):
        reads(tmp_path / "long")


def test_a_large_file_of_xml_is_looked_at_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    inside = "".join(f"<one><two>{number}</two></one>" for number in range(20_000))
    path.write_text(f"<top>{inside}</top>")
    elements = source.walk_xml(path, ("one",))
    root = next(elements)
    assert root.tag == "top"
    longest = 0
    for number, one in enumerate(elements):
        assert one.findtext("two") == str(number)
        longest = max(longest, len(root))
    assert number == 19_999
    assert longest < 5_000


def test_a_file_that_ends_early_is_no_xml(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<top><one>x</one>")
    elements = source.walk_xml(tmp_path / "a.xml", ("one",))
    with pytest.raises(InputError, match=r"a\.xml is not XML: no element found: line 1, column 17"):
        list(elements)


def test_files_are_in_order_and_hidden_ones_left_out(tmp_path: Path) -> None:
    for name in ("b.xml", "a/c.XML", ".hidden/d.xml", "._e.xml", "f.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = source.find_files(tmp_path, ".xml")
    assert [str(file.relative_to(tmp_path)) for file in found] == ["a/c.XML", "b.xml"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no file or folder .*none; data\.objects\.path"):
        source.find_files(tmp_path / "none", ".xml")
