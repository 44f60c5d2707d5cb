from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import ensemble
from backbones.errors import InputError
from ensemble.config.document import parse
from ensemble.proposal.findings import Entry
from ensemble.proposal.networks import find_networks
from ensemble.proposal.proposing import Proposal
from ensemble.proposal.text import first_lines, render
from tests.ensemble.proposal.drawn import (
    draw_cells,
    draw_labelled,
    write_lines,
)

NAMES = [f"p{number:02d}.jpg" for number in range(24)]


def draw(folder: Path, table: str, header: str = "f,v", row: str = "{name},{number}") -> None:
    draw_labelled(folder, NAMES, folder / table, header, row)


def data(proposal: Proposal) -> dict[str, Any]:
    content: dict[str, Any] = parse(proposal.text, "the proposal")
    return dict(content["data"])


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


def test_rows_without_a_number_are_left_out_and_said(here: Path) -> None:
    draw(here / "d", "t.csv")
    text = (here / "d/t.csv").read_text().replace("p05.jpg,5\n", "p05.jpg,\n")
    (here / "d/t.csv").write_text(text)
    proposal = ensemble.init("d")
    assert "p05.jpg" not in (here / "d-labels.csv").read_text()
    assert proposal.cautions == ("t.csv has 1 row without 'v': left out",)


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


def test_places_that_a_fit_would_refuse_are_left_out_and_said(here: Path) -> None:
    centres = {name: draw_cells(here / "d" / name, n) for n, name in enumerate(NAMES)}
    write_lines(here / "d/n.csv", ["f,v", *(f"{name},{len(one)}" for name, one in centres.items())])
    points = [f"{name},{x / 96:.4f},{y / 64:.4f}" for name, one in centres.items() for x, y in one]
    write_lines(here / "d/p.csv", ["f,x,y", *points])
    proposal = ensemble.init("d")
    assert "points" not in data(proposal)
    assert "they must be in pixels" in proposal.cautions[0]


def test_counts_come_from_the_places_where_no_table_has_numbers(here: Path) -> None:
    centres = {name: draw_cells(here / "d" / name, n) for n, name in enumerate(NAMES[:20])}
    draw_cells(here / "d" / "none.jpg", 50)
    points = [f"{name},{x},{y}" for name, found in centres.items() for x, y in found]
    write_lines(here / "d/p.csv", ["f,x,y", *points])
    proposal = ensemble.init("d")
    rows = (here / "d-labels.csv").read_text().splitlines()
    assert rows == ["f,count", *(f"{name},{len(one)}" for name, one in centres.items())]
    assert proposal.cautions[0].startswith("1 photo without a row in d/p.csv are not learned from")


@pytest.mark.parametrize(
    ("header", "row", "asked", "message"),
    [
        ("f,v", "{name},7", {}, "the target is 7 for all 24 photos"),
        ("f,v", "{name},{number} kg", {}, "numbers stand without a unit, as 'kg' in '0 kg'"),
        ("f,v", "{name},{number}", {"names": "g"}, "'g'; known: 'f', 'v'"),
        ("f,v", "{name},{number}", {"group": "g"}, "'g'; known: 'f', 'v'"),
        ("f,v", "p00.jpg,{number}", {}, "nothing says a number for the photos"),
        ("f,v", "{name},{number}", {"config": "d"}, "d is a folder; name a file in it"),
    ],
)
def test_what_cannot_be_learned_from_is_an_error_with_a_way_on(
    header: str, row: str, asked: dict[str, str], message: str, here: Path
) -> None:
    draw(here / "d", "t.csv", header, row)
    with pytest.raises(InputError) as caught:
        ensemble.init("d", **asked)  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert not (here / "d.yaml").exists()


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


def test_columns_without_a_name_that_excel_leaves_are_passed_over(here: Path) -> None:
    draw(here / "d", "t.csv", "f;v;;", "{name};{number};;")
    assert data(ensemble.init("d"))["columns"] == {"name": "f", "target": "v"}


def test_a_decimal_sign_that_may_be_one_of_thousands_is_told_of(here: Path) -> None:
    draw(here / "d", "t.csv", "f;v", "{name};1{number}.250")
    (caution,) = ensemble.init("d").cautions
    assert "'v' has '10.250', read with '.' as the decimal sign; if it stands for" in caution


def test_a_test_table_of_another_folder_is_left_to_submit(here: Path) -> None:
    draw_labelled(here / "d/train", NAMES, here / "d/train.csv", "f,v", "{name},{number}")
    draw_labelled(here / "d/test", NAMES[:5], here / "d/test.csv", "f", "{name}")
    proposal = ensemble.init("d")
    assert data(proposal)["images"] == "train"
    assert "test" not in data(proposal)
    way = "python -m ensemble.submit --test d/test.csv --images d/test"
    assert f"test table d/test.csv: to predict it, {way}" in proposal.seen


def test_several_tables_to_learn_from_are_named(here: Path) -> None:
    draw(here / "d", "a.csv")
    draw(here / "d", "b.csv", row="{name},1{number}")
    with pytest.raises(InputError) as caught:
        ensemble.init("d")
    assert "say with --table FILE which one to learn from:" in str(caught.value)
    assert "d/a.csv: 24 rows, columns 'f', 'v'" in str(caught.value)
    assert data(ensemble.init("d", table="d/b.csv"))["train"] == "b.csv"


def test_a_folder_that_a_config_would_read_as_a_variable_is_refused(here: Path) -> None:
    draw(here / "a ${X}", "t.csv")
    with pytest.raises(InputError, match="stands for a variable there"):
        ensemble.init("a ${X}", config="a.yaml")
    assert not (here / "a.yaml").exists()


def test_a_network_that_does_not_scale_pixels_is_left_out_with_the_reason(
    here: Path, no_weights: Path, tmp_path: Path
) -> None:
    from tests.ensemble.brightness import save_network

    save_network(no_weights / "plain.keras")
    found = find_networks(tmp_path / "cache")
    assert [network.name for network in found.chosen] == ["tiny_net"]
    assert "plain.keras is left out: it does not scale pixels itself" in found.seen[-1]


def test_a_config_begins_with_its_command_and_says_its_reasons() -> None:
    entries = (
        Entry("data", (Entry("folder", "a: b", "two\nlines"), Entry("separator", "\t"))),
        Entry("backbones", [Entry("", (Entry("name", "n"), Entry("heads", ["ridge"])), "why")]),
        Entry("folds", {"n": 3}, "long " * 30),
    )
    text = render(Path("c.yaml"), Path("d"), entries)
    assert text.splitlines()[:3] == first_lines(Path("c.yaml"), Path("d"))
    assert "# two\\nlines\n" in text
    assert YAML(typ="safe").load(text) == {
        "data": {"folder": "a: b", "separator": "\t"},
        "backbones": [{"name": "n", "heads": ["ridge"]}],
        "folds": {"n": 3},
    }
