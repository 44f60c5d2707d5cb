from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from backbones.files import atomic_write, check_place


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("before")

    def interrupted() -> None:
        with atomic_write(tmp_path / "a") as partial:
            partial.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "before"}


def test_a_place_is_looked_at_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    check_place(tmp_path / "new" / "deep", "--out")
    check_place(tmp_path / "file", "--out")
    with pytest.raises(InputError, match=r"--out: .*new cannot be made: .*file is a file; name"):
        check_place(tmp_path / "file" / "new", "--out")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
