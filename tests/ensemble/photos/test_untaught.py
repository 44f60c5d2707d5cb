from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from PIL import Image

from backbones.errors import InputError
from backbones.photos.framing import View
from backbones.photos.tiles import Tiling
from ensemble import fit
from ensemble.heads import Part
from ensemble.photos.dataset import Dataset
from ensemble.photos.untaught import refuse_counts_alone
from tests.ensemble.placing.dots import save_network
from tests.ensemble.test_tiles import config, draw

VIEW: View = ((64, 64), Tiling((64, 64), 0.25))


@pytest.fixture
def photos(tmp_path: Path) -> Dataset:
    """Two large ones, a small one, and one that is none; with two objects each."""
    for name, size in [("a.png", (100, 80)), ("b.png", (64, 65)), ("c.png", (64, 64))]:
        Image.new("RGB", size).save(tmp_path / name)
    (tmp_path / "d.png").write_bytes(b"no photo")
    names = np.array(["a.png", "b.png", "c.png", "d.png"])
    return Dataset(names, tuple(tmp_path / one for one in names), np.full(4, 2.0))


def test_all_photos_of_several_tiles_are_named(photos: Dataset) -> None:
    with pytest.raises(InputError, match="photos whose count no tile holds") as caught:
        refuse_counts_alone(photos, [VIEW, VIEW])
    assert caught.value.mistakes == ["a.png: 2 in 6 tiles", "b.png: 2 in 2 tiles"]


def test_photos_that_are_seen_as_a_whole_are_not_even_opened(photos: Dataset) -> None:
    gone = replace(photos, paths=tuple(path / "gone" for path in photos.paths))
    refuse_counts_alone(gone, [((64, 64), "squash")])
    refuse_counts_alone(gone, [])


def test_known_places_areas_and_regions_teach(photos: Dataset) -> None:
    columns = ["name", "xmin", "ymin", "xmax", "ymax"]
    objects = pd.DataFrame([("a.png", 1, 1, 5, 5), ("a.png", 9, 9, 9, 9)], columns=columns)
    area = Part(area=shapely.box(0, 0, 9, 9))
    region = Part(regions=(shapely.box(0, 0, 60, 60),), counts=(1.0,))
    for part in (area, region):
        refuse_counts_alone(replace(photos, objects=objects, parts={"b.png": part}), [VIEW])
    wide = Part(regions=(shapely.box(0, 0, 64, 65),), counts=(1.0,))
    with pytest.raises(InputError) as caught:
        refuse_counts_alone(replace(photos, objects=objects, parts={"b.png": wide}), [VIEW])
    assert caught.value.mistakes == ["b.png: 2 in 2 tiles"]


def test_photos_without_objects_teach(photos: Dataset) -> None:
    refuse_counts_alone(replace(photos, target=np.zeros(4)), [VIEW])


def test_regions_cut_as_tiles_are_held_whatever_is_rounded(tmp_path: Path) -> None:
    """A third of a photo that is brought to 64 / 1000 of its size, or 64 / 333."""
    for side in (1000, 333, 777):
        Image.new("RGB", (3 * side, side)).save(tmp_path / "a.png")
        regions = tuple(shapely.box(side * n, 0, side * (n + 1), side) for n in range(3))
        tiling: View = ((64, 64), Tiling((side, side), 0.0))
        for kept in range(3):
            part = Part(regions=(regions[kept],), counts=(2.0,))
            photos = Dataset(
                np.array(["a.png"]), (tmp_path / "a.png",), np.full(1, 2.0), parts={"a.png": part}
            )
            refuse_counts_alone(photos, [tiling])


def test_a_fit_refuses_them_before_its_networks_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, _ = draw(tmp_path / "data" / "images", 12, seed=0)
    counts.to_csv(tmp_path / "data" / "train.csv", index=False)
    save_network(tmp_path / "seen.keras")
    made = config(tmp_path)
    made["data"] = {**made["data"], "points": None}  # type: ignore[dict-item]
    monkeypatch.setattr("ensemble.training.extract_features", lambda *_: pytest.fail("too late"))
    with pytest.raises(InputError, match="photos whose count no tile holds"):
        fit(made, run_dir=tmp_path / "run")
