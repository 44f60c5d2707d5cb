from __future__ import annotations

from pathlib import Path

import pytest

import ensemble
from backbones.errors import InputError
from tests.ensemble.proposal.drawn import data, draw, draw_cells, write_lines


def test_its_own_tables_are_never_taken_for_those_of_other_photos(here: Path) -> None:
    for value in ("1", "2"):
        for number in range(4):
            draw_cells(here / f"first/{value}/{number}.jpg", number)
            draw_cells(here / f"second/x{value}/{number}.jpg", number)
    ensemble.init("first")
    assert (here / "first-labels.csv").is_file()
    with pytest.raises(InputError) as caught:
        ensemble.init("second")
    assert "first-labels.csv" not in str(caught.value)


def test_a_broken_table_in_the_folder_is_told_of_before_one_beside_it_is_read(here: Path) -> None:
    draw(here / "d", "../other.csv")
    write_lines(here / "d/t.csv", ["f,v", "p00.jpg,1,5"])
    with pytest.raises(InputError, match="a decimal comma, needs quotes"):
        ensemble.init("d")


def test_two_columns_that_name_photos_are_a_question(here: Path) -> None:
    names = [(f"p{number:02d}.jpg", f"q{number:02d}.jpg") for number in range(24)]
    for number, (before, after) in enumerate(names):
        draw_cells(here / "d" / before, number)
        draw_cells(here / "d" / after, number + 50)
    rows = [f"{before},{after},{number}" for number, (before, after) in enumerate(names)]
    write_lines(here / "d/t.csv", ["before,after,v", *rows])
    with pytest.raises(InputError, match=r"in .before. and in .after.; say which with --names"):
        ensemble.init("d")
    assert data(ensemble.init("d", names="after"))["columns"]["name"] == "after"
