from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import ensemble
from backbones.errors import InputError
from ensemble import locate, open_run
from ensemble.fit import main as fit_main
from tests.ensemble.placing.dots import CONFIG


def test_it_gives_what_the_command_writes(
    fitted: Path, truth: pd.DataFrame, tmp_path: Path
) -> None:
    run = open_run(fitted / "run")
    photos = [fitted / "new" / f"{number:02d}.png" for number in (0, 1)]
    table = pd.DataFrame({"photo": list(map(str, photos)), "outline": "POLYGON ((0 0, 9 0, 9 9))"})
    table.to_csv(tmp_path / "regions.csv", index=False)
    found = locate(
        run, photos, density=tmp_path / "maps", regions=tmp_path / "regions.csv", points=True
    )
    assert found.maps is not None
    assert found.regions is not None
    assert found.points is not None
    np.testing.assert_array_equal(
        found.predictions["stack"], run.predict(photos)["stack"].to_numpy()
    )
    assert found.maps["sum"].to_numpy() == pytest.approx(found.predictions["stack"].clip(0))
    assert found.regions["region"].tolist() == ["1", "1"]
    written = [one.relative_to(tmp_path / "maps") for one in (tmp_path / "maps").rglob("*.tif")]
    assert len(written) == 2  # names that are whole paths lead nowhere else
    assert {str(one) for one in written} == set(found.maps["file"])


@pytest.mark.parametrize(
    ("photos", "options", "message"),
    [
        ("new", {}, "locate: ask for density, regions or points"),
        (Image.new("RGB", (9, 9)), {"points": True}, "of files, not of photos in memory"),
    ],
)
def test_what_cannot_be_told_is_an_error(
    fitted: Path, truth: pd.DataFrame, photos: object, options: dict[str, bool], message: str
) -> None:
    given = str(fitted / "new") if photos == "new" else photos
    with pytest.raises(InputError, match=message):
        locate(open_run(fitted / "run"), given, **options)  # type: ignore[arg-type]


def test_a_run_without_a_density_or_known_places_says_so(
    fitted: Path, truth: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLDER", str(fitted))
    config = tmp_path / "dots.yaml"
    config.write_text(CONFIG)
    pooled = ["backbones.seen.pooling=avg", "backbones.seen.heads=[ridge]", "data.points=null"]
    options = [word for one in pooled for word in ("--set", one)]
    assert fit_main([str(config), "--run-dir", str(tmp_path / "pooled"), *options]) == 0
    run = open_run(tmp_path / "pooled")
    assert "places" not in run.metrics
    assert not (tmp_path / "pooled" / "places.json").exists()
    with pytest.raises(InputError, match=r"points: no member of .* sees where in a photo"):
        locate(run, fitted / "new", points=True)


@pytest.mark.parametrize(
    ("columns", "asked", "messages"),
    [
        ({"name": "score"}, ["points"], ["points: data.columns.name: 'score' is a column of what"]),
        ({"name": "score"}, ["density", "regions"], []),
        ({"point": ("across", "score")}, ["points"], ["points: data.columns.point: 'score' is a"]),
        (
            {"name": "file", "point": ("x", "score")},
            ["density", "points"],
            [
                "density: data.columns.name: 'file' is a column of what is written beside",
                "points: data.columns.point: 'score' is a column of what is written beside",
            ],
        ),
        ({"name": "region"}, ["regions"], ["regions: data.columns.name: 'region' is a column of"]),
        ({"name": "region"}, ["points", "density"], []),
    ],
)
def test_no_table_has_two_columns_of_a_name(
    fitted: Path,
    truth: pd.DataFrame,
    tmp_path: Path,
    columns: dict[str, Any],
    asked: list[str],
    messages: list[str],
) -> None:
    run = open_run(fitted / "run")
    data = run.config.data
    called = data.columns.model_copy(update=columns)
    config = run.config.model_copy(update={"data": data.model_copy(update={"columns": called})})
    run.experiment = replace(run.experiment, config=config)
    photos = [fitted / "new" / "00.png"]
    row = {called.name: [str(photos[0])], "outline": ["POLYGON ((0 0, 9 0, 9 9))"]}
    pd.DataFrame(row).to_csv(tmp_path / "regions.csv", index=False)
    places = {"density": tmp_path / "maps", "regions": tmp_path / "regions.csv", "points": True}
    options = {one: places[one] for one in asked}
    if messages:
        with pytest.raises(InputError, match="two columns of what is written") as caught:
            locate(run, photos, **options)
        assert len(caught.value.mistakes) == len(messages)
        assert all(one in str(caught.value) for one in messages)
        assert not (tmp_path / "maps").exists()
        return
    found = locate(run, photos, **options)
    tables = (found.predictions, found.maps, found.regions, found.points)
    assert all(table is None or table.columns.is_unique for table in tables)


def test_the_names_are_public() -> None:
    assert ensemble.locate is locate
