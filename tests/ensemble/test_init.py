"""A config is proposed for a folder, and fitted as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

import ensemble
from ensemble.fit import main as fit_main
from ensemble.init import main
from tests.ensemble.proposal.drawn import (
    draw_cells,
    draw_labelled,
    save_mapping_network,
    write_lines,
)

#: A head of places that is trained at once, and knows little.
SMALL = "{head: density, parameters: {width: 6, epochs: 1, least_steps: 3}}"


def read(path: str) -> Any:
    return YAML(typ="safe").load(Path(path).read_text())


def values_by_folder(here: Path) -> dict[str, float]:
    names = [f"{value}/{number}.jpg" for value in ("1.5", "3", "12.5") for number in range(8)]
    for seed, name in enumerate(names):
        draw_cells(here / "photos" / name, seed)
    return {name: float(name.partition("/")[0]) for name in names}


def semicolons(here: Path) -> dict[str, float]:
    names = [f"b{number:02d}.png" for number in range(24)]
    for number, name in enumerate(names):
        draw_cells(here / "photos" / "bilder" / name, number)
    rows = [f"{name};{number},25" for number, name in enumerate(names)]
    write_lines(here / "photos" / "werte.csv", ["datei;größe", *rows], "cp1252")
    return {name: number + 0.25 for number, name in enumerate(names)}


def ids(here: Path) -> dict[str, float]:
    names = [f"images/{number:04d}.jpg" for number in range(24)]
    row = "{stem},{number}"
    draw_labelled(here / "photos", names, here / "photos/train.csv", "id,score", row)
    return {Path(name).stem: float(number) for number, name in enumerate(names)}


def sub_folders(here: Path) -> dict[str, float]:
    """Named without their folders, in a table beside them: the config needs a table of its own."""
    names = [f"{'abc'[number % 3]}/p{number}.jpg" for number in range(24)]
    row = "{stem}.jpg,{number}.5"
    draw_labelled(here / "photos", names, here / "ages.csv", "file,age", row)
    return {name: number + 0.5 for number, name in enumerate(names)}


def broken(here: Path) -> dict[str, float]:
    names = [f"p{number:02d}.jpg" for number in range(24)]
    draw_labelled(here / "photos", names, here / "photos/t.csv", "file,age", "{name},{number}")
    damaged = here / "photos" / names[3]
    damaged.write_bytes(damaged.read_bytes()[:500])
    return {name: float(number) for number, name in enumerate(names) if number != 3}


FOLDERS = [
    semicolons,
    *(pytest.param(one, marks=pytest.mark.slow) for one in (values_by_folder, ids, sub_folders)),
    pytest.param(broken, marks=pytest.mark.slow),
]


@pytest.mark.parametrize("draw", FOLDERS)
def test_a_proposal_is_fitted_as_it_is(
    draw: Callable[[Path], dict[str, float]], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = draw(here)
    assert main(["photos"]) == 0
    shown = capsys.readouterr().out
    assert "photos.yaml is written; look at it, then: python -m ensemble.fit photos.yaml" in shown
    assert read("photos.yaml")["backbones"][0]["name"] == "tiny_net"
    assert fit_main(["photos.yaml", "--set", "engine=tensorflow"]) == 0
    oof = pd.read_csv("runs/photos/oof.csv", dtype={"name": str})
    assert dict(zip(oof["name"], oof["target"], strict=True)) == truth
    assert np.isfinite(oof["stack"]).all()


@pytest.mark.slow
def test_cells_with_points_get_a_head_that_counts_by_place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    no_weights: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))
    centres = {
        f"c{n:02d}.png": draw_cells(tmp_path / f"cells/pics/c{n:02d}.png", n) for n in range(24)
    }
    counts = [f"{name};{len(points)}" for name, points in centres.items()]
    write_lines(tmp_path / "cells/counts.csv", ["image;cells", *counts])
    points = [f"{name};{x},5;{y},5" for name, found in centres.items() for x, y in found]
    write_lines(tmp_path / "cells/points.csv", ["image;x;y", *points])
    assert main(["cells"]) == 0
    shown = capsys.readouterr().out
    assert "mobilenet_v2 falls back to random weights" in shown
    config = read("cells.yaml")
    assert config["data"] == {
        "folder": "cells",
        "images": "pics",
        "train": "counts.csv",
        "points": "points.csv",
        "columns": {"name": "image", "target": "cells"},
        "separator": ";",
        "decimal": ",",
        "minimum": 0,
    }
    maps, pooled = config["backbones"]
    assert maps["heads"] == ["density"]
    assert maps["image_size"] == pooled["image_size"] == [64, 96]
    settings = ["engine=tensorflow", f"backbones.mobilenet_v2.heads=[{SMALL}]", "stack=mean"]
    given = [word for setting in settings for word in ("--set", setting)]
    assert fit_main(["cells.yaml", *given]) == 0
    board = pd.read_csv("runs/cells/leaderboard.csv")
    assert {"mobilenet_v2.density", "mobilenet_v2_pooled.svr"} <= set(board["name"])


@pytest.mark.slow
def test_networks_with_maps_share_a_head_that_counts_by_place(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centres = {f"c{n:02d}.png": draw_cells(here / f"cells/c{n:02d}.png", n) for n in range(24)}
    points = [f"{name},{x},{y}" for name, found in centres.items() for x, y in found]
    write_lines(here / "cells/points.csv", ["image,x,y", *points])
    for seed, name in enumerate(("one", "two")):
        save_mapping_network(tmp_path / "networks" / f"{name}.keras", seed)
    save_mapping_network(tmp_path / "networks" / "open.keras", scales=False)
    assert main(["cells", "--networks", str(tmp_path / "networks")]) == 0
    shown = capsys.readouterr().out
    assert "open waits in the config as a comment" in shown
    text = Path("cells.yaml").read_text()
    assert "  #   preprocessing: '?'\n" in text
    assert "# one head on the maps of 2 networks, which errs less" in text
    config = read("cells.yaml")
    (joint,) = config["joint"]
    assert sorted(joint["backbones"]) == ["one", "two"]
    assert joint["heads"] == ["density"]
    joined = f"joint=[{{backbones: [one, two], heads: [{SMALL}]}}]"
    assert fit_main(["cells.yaml", "--set", "engine=tensorflow", "--set", joined]) == 0
    board = pd.read_csv("runs/cells/leaderboard.csv").set_index("name")
    assert np.isfinite(board.loc["one+two.density", "rmse"])


@pytest.mark.slow
def test_the_faces_get_boxes_and_all_their_tables(
    face_counting: Path, keras_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENSEMBLE_CACHE", str(tmp_path / "cache"))
    proposal = ensemble.init(face_counting, config=tmp_path / "faces.yaml")
    config = read(str(tmp_path / "faces.yaml"))
    assert proposal.written == (tmp_path / "faces.yaml",)
    assert config["data"] == {
        "folder": str(face_counting),
        "images": "images",
        "train": "train.csv",
        "test": "test.csv",
        "sample_submission": "sample_submission.csv",
        "boxes": "bbox_train.csv",
        "columns": {"name": "Name", "target": "HeadCount"},
        "minimum": 0,
    }
    assert config["backbones"][0]["application"] == "MobileNetV2"
    assert "density" in str(config)
    settings = ["data.limit=20", "folds.n=3", "engine=tensorflow", "stack=mean"]
    (joint,) = config.get("joint") or [{}]
    if joint:
        settings += [f"joint=[{{backbones: [{', '.join(joint['backbones'])}], heads: [{SMALL}]}}]"]
    else:
        settings += [f"backbones.mobilenet_v2.heads=[{SMALL}]"]
    run = ensemble.fit(tmp_path / "faces.yaml", settings, run_dir=tmp_path / "run")
    named = "+".join(joint.get("backbones", ["mobilenet_v2"]))
    assert f"{named}.density" in {member.name for member in run.experiment.members}


def test_nothing_is_written_over_without_force(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids(here)
    (here / "photos.yaml").write_text("mine")
    assert main(["photos"]) == 1
    assert "photos.yaml is there already; name another config with --config PATH" in (
        capsys.readouterr().err
    )
    assert (here / "photos.yaml").read_text() == "mine"
    assert main(["photos", "--config", "new/other.yaml"]) == 0
    assert (here / "new" / "other.yaml").is_file()
    assert main(["photos", "--force"]) == 0
    assert read("photos.yaml")["data"]["train"] == "train.csv"


def test_a_table_beside_the_config_is_not_written_over_either(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values_by_folder(here)
    (here / "photos-labels.csv").write_text("mine")
    assert main(["photos"]) == 1
    assert "photos-labels.csv is there already" in capsys.readouterr().err
    assert (here / "photos-labels.csv").read_text() == "mine"
    assert not (here / "photos.yaml").exists()


def test_a_guess_between_two_columns_is_the_users(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"p{number}.jpg" for number in range(12)]
    row = "{name},{number},1{number}.5"
    draw_labelled(here / "photos", names, here / "photos/t.csv", "file,age,size", row)
    assert main(["photos"]) == 1
    told = capsys.readouterr().err
    assert "may be any of 2 columns of numbers; name one with --target COLUMN:" in told
    assert "'age': whole numbers from 0 to 11" in told
    assert "'size': numbers from 10.5 to 111.5" in told
    assert main(["photos", "--target", "size"]) == 0
    assert read("photos.yaml")["data"]["columns"]["target"] == "size"


def test_where_nothing_fits_one_error_says_what_was_looked_for_and_found(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(4):
        draw_cells(here / "photos" / f"cats/{number}.jpg", number)
    write_lines(here / "photos/other.csv", ["file,age", "x.jpg,3", "y.jpg,4"])
    (here / "photos/labels.xlsx").write_bytes(b"PK\x03\x04")
    assert main(["photos"]) == 1
    told = capsys.readouterr().err
    assert "photos: nothing says a number for the photos. Looked for: a table" in told
    assert "photos: 4 photos in 1 folder (cats), as cats/0.jpg" in told
    assert "labels.xlsx: only text is read; save it as CSV in UTF-8" in told
    assert "other.csv: no column names photos that are in photos" in told
    assert "its first row has file: 'x.jpg', age: '3'" in told
    assert not (here / "photos.yaml").exists()


def test_from_python_it_says_what_the_command_says(here: Path) -> None:
    ids(here)
    proposal = ensemble.init("photos", config="mine.yaml")
    assert proposal.config == Path("mine.yaml")
    assert proposal.text == Path("mine.yaml").read_text()
    schema, command, *_ = proposal.text.splitlines()
    assert schema.startswith("# yaml-language-server: $schema=/")
    assert Path(schema.partition("=")[2]).is_file()
    assert command == "# python -m ensemble.fit mine.yaml"
    assert "'id' names 24 photos; the target is 'score'" in proposal.seen[0]
    assert proposal.cautions == ()
