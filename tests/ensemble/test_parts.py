"""Fits on photos of which a part is labelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble import fit
from ensemble.config.document import ConfigError
from ensemble.config.experiment import open_experiment
from tests.ensemble.brightness import maps_entry, pooled_entry, save_network

#: Width and height of the photos.
SIZE = (64, 32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos with bright points, and the tables of what lies in their left half, or in quarters."""
    draw = np.random.default_rng(0)
    (tmp_path / "images").mkdir()
    points, areas, counts, empty, whole = [], [], [], [], []
    for number in range(12):
        name, photo = f"{number:02d}.png", Image.new("RGB", SIZE, (30, 40, 50))
        places = draw.integers((1, 1), (62, 30), (number % 4 + 1, 2))
        for x, y in places.tolist():
            photo.paste((250, 240, 230), (x - 1, y - 1, x + 2, y + 2))
        photo.save(tmp_path / "images" / name)
        left = places[:, 0] < 32
        points += [(name, *place) for place in places[left].tolist()]
        areas.append((name, 0, 0, 32, 32))
        counts.append((name, 0, 0, 32, 32, int(left.sum())))
        empty.append((name, ""))
        whole.append((name, len(places)))
    corners = ["name", "xmin", "ymin", "xmax", "ymax"]
    for file, rows, columns in (
        ("points.csv", points, ["name", "x", "y"]),
        ("areas.csv", areas, corners),
        ("counts.csv", counts, [*corners, "count"]),
        ("empty.csv", empty, ["name", "target"]),
        ("whole.csv", whole, ["name", "target"]),
    ):
        pd.DataFrame(rows, columns=columns).to_csv(tmp_path / file, index=False)
    save_network(tmp_path / "small.keras")
    return tmp_path


def config(folder: Path, stack: str = "mean", **data: Any) -> dict[str, Any]:
    return {
        "data": {"folder": str(folder), **data},
        "backbones": [maps_entry(str(folder / "small.keras"))],
        "folds": {"n": 3},
        "stack": stack,
        "engine": "tensorflow",
        "cache_dir": str(folder / "cache"),
    }


def run(folder: Path, name: str, content: dict[str, Any]) -> Path:
    fit(content, run_dir=folder / name)
    return folder / name


def _metrics(made: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((made / "metrics.json").read_text())
    return content


AREAS = {"train": "empty.csv", "points": "points.csv", "areas": "areas.csv"}
COUNTS = {"train": "empty.csv", "counts": "counts.csv"}


@pytest.mark.parametrize(
    "labels",
    [pytest.param(AREAS, id="areas"), pytest.param(COUNTS, id="counts")],
)
@pytest.mark.slow
def test_photos_without_a_whole_count_are_scored_by_that_of_their_parts(
    folder: Path, labels: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    made = run(folder, "run", config(folder, **labels))
    table = pd.read_csv(made / "oof.csv").sort_values("name")
    assert table["target"].tolist() == pd.read_csv(folder / "counts.csv")["count"].tolist()
    assert _metrics(made)["photos_in_parts"] == 12
    assert "12 of 12 photos counted in a part alone" in caplog.text
    settings = (made / "config.yaml").read_text()
    assert f"{'areas' if 'areas' in labels else 'counts'}: " in settings


@pytest.mark.slow
def test_the_tables_are_part_of_what_a_run_comes_from(folder: Path) -> None:
    made = run(folder, "run", config(folder, **COUNTS))
    before = (made / "oof.csv").read_bytes()
    assert (run(folder, "run", config(folder, **COUNTS)) / "oof.csv").read_bytes() == before
    counts = pd.read_csv(folder / "counts.csv")
    counts.assign(count=counts["count"] + 1).to_csv(folder / "counts.csv", index=False)
    assert (run(folder, "run", config(folder, **COUNTS)) / "oof.csv").read_bytes() != before


@pytest.mark.slow
def test_an_area_teaches_beside_whole_counts_and_says_so_nowhere(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = run(folder, "whole", config(folder, train="whole.csv"))
    labels = {**AREAS, "train": "whole.csv"}
    areas = run(folder, "areas", config(folder, "nnls", **labels))
    tables = [pd.read_csv(one / "oof.csv").sort_values("name") for one in (whole, areas)]
    assert tables[0]["target"].tolist() == tables[1]["target"].tolist()
    assert tables[0]["maps.density"].tolist() != tables[1]["maps.density"].tolist()
    assert "counted in a part alone" not in caplog.text
    assert "photos_in_parts" not in _metrics(areas)
    for key in ("areas:", "counts:", "polygon:", "count:"):
        assert key not in (whole / "config.yaml").read_text()


def test_what_learns_from_whole_photos_alone_is_named(folder: Path) -> None:
    content = config(folder, "auto", **AREAS, minimum=1)
    content["backbones"].append({"name": "pooled", **pooled_entry(str(folder / "small.keras"))})
    with pytest.raises(InputError) as caught:
        fit(content, run_dir=folder / "run")
    assert str(caught.value).splitlines()[:2] == [
        "12 of 12 photos have no count of the whole, but of a part; fill in their target, or leave "
        "out pooled.ridge, pooled.svr, which learn from whole photos; and set stack: mean, as "
        "auto is fitted on whole photos; and set data.minimum: 0, as a part may hold less than a "
        "photo:",
        "  - 00.png",
    ]
    assert not (folder / "run").exists()
    assert not (folder / "cache" / "features").exists()


BAD: list[tuple[dict[str, Any], str]] = [
    ({"areas": "areas.csv"}, "data: areas: they say where objects are labelled; boxes, points"),
    ({"counts": "no.csv"}, "data.counts: there is no file"),
    (
        {"render": {"train": 4, "test": 1}, "counts": "counts.csv"},
        "data: render: drawn photos are labelled as a whole; leave out areas and counts, or render",
    ),
    ({"counts": "s3://a/b.csv"}, "data.counts: must be on this machine"),
    (
        {"counts": "counts.csv", "columns": {"count": "xmin"}},
        "data.columns: count and box: 'xmin' is named twice; each must be a column of its own",
    ),
]


@pytest.mark.parametrize(("data", "message"), BAD)
def test_mistakes_in_a_config_are_named(folder: Path, data: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_experiment(config(folder, **{"train": "whole.csv", **data}))
    assert message in str(caught.value)


def test_without_a_density_head_parts_are_refused(folder: Path) -> None:
    content = config(folder, **COUNTS)
    content["backbones"] = [{"name": "pooled", **pooled_entry(str(folder / "small.keras"))}]
    with pytest.raises(ConfigError, match="only density heads learn from them; add one"):
        open_experiment(content)
