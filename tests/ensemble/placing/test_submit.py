"""Maps, regions and points of new photos, by the command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ensemble.fit import main as fit_main
from ensemble.submit import main as submit_main


@pytest.fixture
def work(
    fitted: Path, truth: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A working directory with the run, and the new photos in ``new``."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(fitted / "run", tmp_path / "run")
    shutil.copytree(fitted / "new", tmp_path / "new")
    return tmp_path


def submit(*options: str) -> int:
    return submit_main(["run", "--images", "new", "--out", "out/submission.csv", *options])


def test_maps_add_up_to_the_submission_and_lie_over_the_whole_photo(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submit("--density") == 0
    assert "maps and overlays in out/density; a row a photo in out/density/density.csv" in (
        capsys.readouterr().out
    )
    index = pd.read_csv("out/density/density.csv")
    submission = pd.read_csv("out/submission.csv")
    assert index["photo"].tolist() == submission["photo"].tolist()
    for row in index.itertuples():
        with Image.open(f"out/density/{row.file}") as image:
            assert image.mode == "F"
            values = np.asarray(image)
        with Image.open(f"new/{row.photo}") as photo, Image.open(f"out/density/{row.overlay}") as o:
            assert photo.size == o.size
            width, height = photo.size
        assert values.shape == (row.rows, row.columns)
        assert row.rows * row.cell_height == pytest.approx(height)
        assert row.columns * row.cell_width == pytest.approx(width)
        assert values.sum() * row.scale == pytest.approx(row.sum, rel=1e-5)
    # Every number of the stack is above 0 here, so that nothing was clipped.
    np.testing.assert_allclose(index["sum"], submission["dots"], rtol=1e-9)
    np.testing.assert_allclose(
        index["member_sum"], pd.read_csv("out/predictions.csv")["seen.density"], rtol=1e-5
    )


def test_dots_lie_where_maps_and_points_say(work: Path, truth: pd.DataFrame) -> None:
    assert submit("--density", "maps", "--points") == 0
    index = pd.read_csv("maps/density.csv").set_index("photo")
    points = pd.read_csv("out/predicted_points.csv")
    assert list(points) == ["photo", "x", "y", "score"]
    assert abs(len(points) - len(truth)) <= 1
    for name, dots in truth.groupby("photo"):
        row = index.loc[str(name)]
        with Image.open(f"maps/{row['file']}") as image:
            values = np.asarray(image)
        down, across = row["cell_height"], row["cell_width"]
        found = points[points["photo"] == name][["x", "y"]].to_numpy()
        for x, y in dots[["x", "y"]].to_numpy():
            top, left = int(y / down), int(x / across)
            around = values[max(0, top - 1) : top + 2, max(0, left - 1) : left + 2].sum()
            assert around > 0.25
            assert np.abs(found - [x, y]).max(axis=1).min() <= max(down, across)


def test_a_photo_that_exif_turns_is_as_a_viewer_shows_it(work: Path) -> None:
    with Image.open("new/00.png") as photo:
        upright = photo.copy()
    shutil.rmtree("new")
    Path("new").mkdir()
    exif = Image.Exif()
    exif[274] = 6  # stored lying on its left side
    upright.rotate(90, expand=True).save("new/turned.jpg", quality=100, subsampling=0, exif=exif)
    upright.save("new/upright.jpg", quality=100, subsampling=0)
    assert submit("--density", "--points") == 0
    index = pd.read_csv("out/density/density.csv").drop(columns=["photo", "file", "overlay"])
    assert index["rows"].nunique() == index["columns"].nunique() == 1
    maps = []
    for name in ("turned", "upright"):
        with Image.open(f"out/density/{name}.jpg.density.tif") as image:
            maps.append(np.asarray(image))
        with Image.open(f"out/density/{name}.jpg.overlay.jpg") as overlay:
            assert overlay.size == upright.size
    np.testing.assert_allclose(*maps, atol=0.05)
    points = pd.read_csv("out/predicted_points.csv")
    found = [points[points["photo"] == f"{name}.jpg"] for name in ("turned", "upright")]
    np.testing.assert_allclose(*(one[["x", "y"]].to_numpy() for one in found), atol=1)


def test_regions_add_up_to_the_whole(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("00.png", "POLYGON ((0 0, 192 0, 192 128, 0 128))", "all")]
    rows += [("00.png", "POLYGON ((0 0, 192 0, 192 128))", "upper")]
    rows += [("00.png", "POLYGON ((0 0, 192 128, 0 128))", "lower")]
    pd.DataFrame(rows, columns=["photo", "outline", "region"]).to_csv("polygons.csv", index=False)
    assert submit("--regions", "polygons.csv") == 0
    assert "3 regions, counted, in out/predicted_regions.csv" in capsys.readouterr().out
    found = pd.read_csv("out/predicted_regions.csv")
    assert list(found) == ["photo", "region", "count", "lower", "upper"]
    assert found["region"].tolist() == ["all", "upper", "lower"]
    whole = pd.read_csv("out/submission.csv")["dots"][0]
    assert found["count"][0] == pytest.approx(whole)
    assert found["count"][1:].sum() == pytest.approx(whole)
    assert (found["lower"] <= found["count"]).all()
    assert (found["count"] <= found["upper"]).all()
    boxes = pd.DataFrame(
        [("00", 0, 0, 192, 128)], columns=["photo", "xmin", "ymin", "xmax", "ymax"]
    )
    boxes.to_csv("boxes.csv", index=False)
    assert submit("--regions", "boxes.csv") == 0
    again = pd.read_csv("out/predicted_regions.csv")
    assert again["count"][0] == pytest.approx(whole)
    assert again["upper"][0] == pytest.approx(found["upper"][0])


def test_what_was_computed_is_kept_and_the_predictions_are_those_without(
    work: Path, computed: dict[str, int]
) -> None:
    empty = ("--set", f"cache_dir={work}/cache")
    assert submit(*empty) == 0
    before = Path("out/predictions.csv").read_bytes()
    computed.update(photos=0)
    assert submit("--density", *empty) == 0
    assert computed["photos"] == 8
    assert Path("out/predictions.csv").read_bytes() == before
    index = Path("out/density/density.csv").read_bytes()
    assert submit("--density", "--points", *empty) == 0
    assert computed["photos"] == 8
    assert Path("out/density/density.csv").read_bytes() == index


def test_json_names_the_files(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert submit("--density", "--points", "--json") == 0
    paths = json.loads(capsys.readouterr().out)["paths"]
    assert paths["density"] == str(work / "out" / "density" / "density.csv")
    assert paths["points"] == str(work / "out" / "predicted_points.csv")
    assert "regions" not in paths


def test_files_of_the_user_and_wrong_tables_are_named_before_anything_is_predicted(
    work: Path, computed: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    computed.update(photos=0)
    (work / "maps").mkdir()
    (work / "maps" / "00.png.overlay.jpg").write_text("mine")
    (work / "out").mkdir()
    (work / "out" / "predicted_points.csv").write_text("mine")
    (work / "r.csv").write_text("photo,xmin,ymin,xmax,ymax\n00.png,0,0,999,9\nno.png,0,0,9,9\n")
    for options, message in {
        ("--density", "maps"): "density: maps has files that would be written over",
        ("--density", "run"): "--density: run is a run; name it first (submit run --density)",
        ("--points",): "out/predicted_points.csv is there, and nothing in the cache says",
        ("--regions", "r.csv"): "line 2: from 0, 0 to 999, 9, beyond '00.png' of 192 x 128 pixels",
        ("--regions", "none.csv"): "regions: there is no file none.csv",
    }.items():
        assert submit(*options) == 1
        assert message in " ".join(capsys.readouterr().err.split())
    assert computed["photos"] == 0
    assert (work / "maps" / "00.png.overlay.jpg").read_text() == "mine"
    assert not (work / "out" / "submission.csv").exists()
    shutil.copy("r.csv", "predicted_regions.csv")
    assert (
        submit_main(
            ["run", "--images", "new", "--out", "s.csv", "--regions", "predicted_regions.csv"]
        )
        == 1
    )
    assert "predicted_regions.csv is read by this command" in capsys.readouterr().err


def test_photos_that_cannot_be_used_have_neither_map_nor_count(work: Path) -> None:
    data = Path("new/00.png").read_bytes()
    Path("new/00.png").write_bytes(data[: len(data) // 2])
    Path("r.csv").write_text("photo,xmin,ymin,xmax,ymax\n00.png,0,0,99,99\n01.png,0,0,99,99\n")
    for way, rows in (("skip", 7), ("fill", 8)):
        assert submit("--density", "--points", "--regions", "r.csv", "--on-bad-photo", way) == 0
        assert len(pd.read_csv("out/submission.csv")) == rows
        assert "00.png" not in pd.read_csv("out/density/density.csv")["photo"].tolist()
        regions = pd.read_csv("out/predicted_regions.csv")
        assert regions["count"].isna().tolist() == [True, False]
        assert not Path("out/density/00.png.density.tif").exists()


def test_runs_that_cannot_tell_say_so(
    work: Path, fitted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = json.loads(Path("run/manifest.json").read_text())
    del manifest["files"]["places.json"]
    Path("run/manifest.json").write_text(json.dumps(manifest))
    assert submit("--points") == 1
    assert "run the fit again" in capsys.readouterr().err
    assert submit("--density") == 0  # maps need no rule
    assert len(pd.read_csv("out/density/density.csv")) == 8


def test_maps_beside_columns_are_those_of_their_rows(
    work: Path, fitted: Path, truth: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLDER", str(fitted))
    table = pd.read_csv(fitted / "data" / "train.csv")
    table.assign(hint=table["dots"] % 3).to_csv("train.csv", index=False)
    settings = [
        f"data.train={work / 'train.csv'}",
        "data.columns.features=[hint]",
        "tabular={heads: [ridge]}",
    ]
    options = [option for setting in settings for option in ("--set", setting)]
    assert fit_main([str(fitted / "dots.yaml"), "--run-dir", "beside", *options]) == 0
    names = sorted(path.name for path in Path("new").iterdir())
    pd.DataFrame({"photo": names, "hint": range(len(names))}).to_csv("new.csv", index=False)
    test = ["--test", "new.csv", "--images", "new", "--out", "out/submission.csv", "--density"]
    assert submit_main(["beside", *test]) == 0
    index, rows = pd.read_csv("out/density/density.csv"), pd.read_csv("out/predictions.csv")
    assert rows["columns.ridge"].nunique() > 1
    np.testing.assert_allclose(index["member_sum"], rows["seen.density"], rtol=1e-5)
