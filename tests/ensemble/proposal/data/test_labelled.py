from __future__ import annotations

from pathlib import Path

import pytest

import ensemble
from tests.ensemble.proposal.drawn import NAMES, data, draw, draw_cells, write_lines


def test_a_table_without_a_header_is_written_with_one(here: Path) -> None:
    draw(here / "d", "t.csv")
    write_lines(here / "d/t.csv", (here / "d/t.csv").read_text().splitlines()[1:])
    proposal = ensemble.init("d")
    assert data(proposal)["columns"] == {"name": "column_1", "target": "column_2"}
    assert data(proposal)["train"] == "../d-labels.csv"
    rows = (here / "d-labels.csv").read_text().splitlines()
    assert rows[:2] == ["column_1,column_2", "p00.jpg,0"]
    assert len(rows) == 25
    assert "d-labels.csv is written: t.csv has no header row" in proposal.seen


@pytest.mark.slow
def test_rows_without_a_number_are_left_out_and_said(here: Path) -> None:
    draw(here / "d", "t.csv")
    text = (here / "d/t.csv").read_text().replace("p05.jpg,5\n", "p05.jpg,\n")
    (here / "d/t.csv").write_text(text)
    proposal = ensemble.init("d")
    assert "p05.jpg" not in (here / "d-labels.csv").read_text()
    assert proposal.cautions == ("t.csv has 1 row without 'v': left out",)


@pytest.mark.slow
def test_objects_of_a_table_in_other_words_are_written_in_those_of_the_config(here: Path) -> None:
    centres = {name: draw_cells(here / "d" / name, n) for n, name in enumerate(NAMES)}
    labels = [f"{name},{len(found)}" for name, found in centres.items() if name != "p00.jpg"]
    write_lines(here / "d/train.csv", ["f,cells", *labels])
    points = [f"{Path(name).stem};{x};{y}" for name, found in centres.items() for x, y in found]
    write_lines(here / "d/points.csv", ["image;x;y", *points])
    proposal = ensemble.init("d")
    assert data(proposal)["points"] == "../d-points.csv"
    rows = (here / "d-points.csv").read_text().splitlines()
    assert rows[0] == "f,x,y"
    assert rows[1].startswith("p01.jpg,")  # not of p00.jpg, which has no number
    assert len(rows) == 1 + len(points) - len(centres["p00.jpg"])


@pytest.mark.slow
def test_counts_come_from_the_places_where_no_table_has_numbers(here: Path) -> None:
    centres = {name: draw_cells(here / "d" / name, n) for n, name in enumerate(NAMES[:20])}
    draw_cells(here / "d" / "none.jpg", 50)
    points = [f"{name},{x},{y}" for name, found in centres.items() for x, y in found]
    write_lines(here / "d/p.csv", ["f,x,y", *points])
    proposal = ensemble.init("d")
    rows = (here / "d-labels.csv").read_text().splitlines()
    assert rows == ["f,count", *(f"{name},{len(one)}" for name, one in centres.items())]
    assert proposal.cautions[0].startswith("not learned from: 1 photo without a row in d/p.csv;")


def test_columns_without_a_name_that_excel_leaves_are_passed_over(here: Path) -> None:
    draw(here / "d", "t.csv", "f;v;;", "{name};{number};;")
    assert data(ensemble.init("d"))["columns"] == {"name": "f", "target": "v"}


def test_a_decimal_sign_that_may_be_one_of_thousands_is_told_of(here: Path) -> None:
    draw(here / "d", "t.csv", "f;v", "{name};1{number}.250")
    (caution,) = ensemble.init("d").cautions
    assert "'v' has '10.250', read with '.' as the decimal sign; if it stands for" in caution
