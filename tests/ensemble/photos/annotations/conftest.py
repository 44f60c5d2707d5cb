from __future__ import annotations

from pathlib import Path

import pytest

from tests.ensemble.photos.annotations.exports import draw


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos and their table."""
    return draw(tmp_path)
