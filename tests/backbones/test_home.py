from __future__ import annotations

from pathlib import Path

import pytest

from backbones.home import expand_home


def test_a_home_is_found_as_a_shell_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert expand_home("~/runs") == Path("/home/me/runs")
    assert expand_home(Path("~")) == Path("/home/me")
    for path in ("runs/~", "/x", "", "~surely-nobody/x"):
        assert expand_home(path) == Path(path)
