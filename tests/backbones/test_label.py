from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import BaseModel

from backbones.label import read_label, write_label


class Sign(BaseModel):
    name: str
    size: tuple[int, int] = (1, 2)


def test_a_label_is_read_as_it_was_written_and_the_last_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "about.json"
    for name in ("one", "zwölf"):
        write_label(path, Sign(name=name))
        assert read_label(path, Sign) == Sign(name=name)
    assert os.listdir(path.parent) == ["about.json"]


def test_the_same_label_again_only_changes_its_date(tmp_path: Path) -> None:
    path = tmp_path / "about.json"
    write_label(path, Sign(name="one"))
    os.utime(path, (0, 0))
    before = path.stat()
    write_label(path, Sign(name="one"))
    after = path.stat()
    assert after.st_ino == before.st_ino
    assert after.st_mtime > before.st_mtime


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"size": [1, 2]}', b"\xff\xfe"])
def test_a_damaged_label_is_none_and_is_written_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "about.json"
    path.write_bytes(content)
    assert read_label(path, Sign) is None
    write_label(path, Sign(name="one"))
    assert read_label(path, Sign) == Sign(name="one")


def test_what_a_later_version_adds_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "about.json"
    path.write_text('{"name": "one", "new": 3}')
    assert read_label(path, Sign) == Sign(name="one")


def test_a_label_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "about.json"
    write_label(path, Sign(name="one"))
    assert read_label(path, Sign) is None


def test_many_may_write_one_label_at_once(tmp_path: Path) -> None:
    path = tmp_path / "about.json"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: write_label(path, Sign(name=f"{n % 3}")), range(200)))
    write_label(path, Sign(name="last"))
    assert read_label(path, Sign) == Sign(name="last")
