from __future__ import annotations

from pathlib import Path

import pytest

from backbones.files import atomic_write


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("before")

    def interrupted() -> None:
        with atomic_write(tmp_path / "a") as partial:
            partial.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "before"}
