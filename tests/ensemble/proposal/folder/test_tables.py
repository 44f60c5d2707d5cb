from __future__ import annotations

from pathlib import Path

import pytest

import ensemble
from backbones.errors import InputError
from tests.ensemble.proposal.drawn import data, draw


def test_several_tables_to_learn_from_are_named(here: Path) -> None:
    draw(here / "d", "a.csv")
    draw(here / "d", "b.csv", row="{name},1{number}")
    with pytest.raises(InputError) as caught:
        ensemble.init("d")
    assert "say with --table FILE which one to learn from:" in str(caught.value)
    assert "d/a.csv: 24 rows, columns 'f', 'v'" in str(caught.value)
    assert data(ensemble.init("d", table="d/b.csv"))["train"] == "b.csv"
