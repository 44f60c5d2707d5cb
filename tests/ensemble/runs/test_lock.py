from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from ensemble.runs.lock import only_writer


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_a_second_writer_waits_for_the_first_to_end(tmp_path: Path) -> None:
    entered: list[str] = []

    def second() -> None:
        with only_writer(tmp_path / "run"):
            entered.append("second")

    thread = threading.Thread(target=second)
    with only_writer(tmp_path / "run"):
        thread.start()
        thread.join(0.2)
        entered.append("first")
    thread.join(60)
    assert entered == ["first", "second"]


def test_writers_of_other_folders_do_not_wait(tmp_path: Path) -> None:
    with only_writer(tmp_path / "a"), only_writer(tmp_path / "b"):
        assert {path.name for path in tmp_path.iterdir()} == {"a", "b"}
