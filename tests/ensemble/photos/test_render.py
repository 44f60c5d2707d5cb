from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble.config.data import Data
from ensemble.photos.drawn import SIZE
from ensemble.photos.render import render
from ensemble.photos.training_table import read_training


def data(folder: Path, **changes: Any) -> Data:
    return Data.model_validate(
        {
            "folder": str(folder / "drawn"),
            "test": "test.csv",
            "boxes": "boxes.csv",
            "columns": {"name": "photo", "target": "faces"},
            "render": {"train": 6, "test": 3},
            **changes,
        }
    )


def drawn(spec: Data) -> dict[str, bytes]:
    assert spec.render is not None
    render(spec, spec.render)
    folder = Path(spec.folder)
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_tables_say_what_is_in_the_pictures(tmp_path: Path) -> None:
    spec = data(tmp_path)
    assert len(drawn(spec)) == 9 + 4
    photos = read_training(spec, seed=0)
    assert photos.objects is not None
    counts = photos.objects.groupby("name").size().reindex(photos.names, fill_value=0)
    assert counts.tolist() == photos.target.tolist()
    assert list(pd.read_csv(spec.path("test.csv"))) == ["photo", "faces"]
    with Image.open(photos.paths[0]) as picture:
        assert picture.size == (SIZE, SIZE)


def test_the_seed_decides_and_the_same_is_drawn_once(tmp_path: Path) -> None:
    first = drawn(data(tmp_path))
    picture = tmp_path / "drawn" / "images" / "train_0000.jpg"
    picture.write_bytes(b"touched")
    assert drawn(data(tmp_path))["images/train_0000.jpg"] == b"touched"
    changed = data(tmp_path, render={"train": 6, "test": 3, "seed": 1})
    with pytest.raises(InputError, match="not drawn, or were changed since") as caught:
        drawn(changed)
    assert caught.value.mistakes == ["images/train_0000.jpg"]
    picture.unlink()
    other = drawn(changed)
    assert other["images/train_0000.jpg"] != first["images/train_0000.jpg"]
    assert drawn(data(tmp_path)) == first


def test_other_columns_are_written_anew(tmp_path: Path) -> None:
    drawn(data(tmp_path))
    drawn(data(tmp_path, columns={"name": "file", "target": "n"}))
    assert list(pd.read_csv(tmp_path / "drawn" / "train.csv")) == ["file", "n"]


def test_tables_are_written_as_they_will_be_read(tmp_path: Path) -> None:
    spec = data(tmp_path, separator=";", encoding="utf-16")
    drawn(spec)
    assert spec.path("boxes.csv").read_text("utf-16").startswith("photo;xmin;ymin;xmax;ymax")
    assert len(read_training(spec, seed=0)) == 6


def test_it_never_draws_over_files_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "drawn").mkdir()
    (tmp_path / "drawn" / "train.csv").write_text("mine")
    with pytest.raises(InputError, match="holds files that were not drawn"):
        drawn(data(tmp_path))
    assert (tmp_path / "drawn" / "train.csv").read_text() == "mine"


def test_what_is_written_over_by_force(tmp_path: Path) -> None:
    (tmp_path / "drawn").mkdir()
    (tmp_path / "drawn" / "train.csv").write_text("mine")
    spec = data(tmp_path)
    assert spec.render is not None
    render(spec, spec.render, force=True)
    assert list(pd.read_csv(tmp_path / "drawn" / "train.csv")) == ["photo", "faces"]


def test_fewer_pictures_and_then_more_are_no_trouble(tmp_path: Path) -> None:
    first = drawn(data(tmp_path))
    drawn(data(tmp_path, render={"train": 2, "test": 3}))
    again = drawn(data(tmp_path))
    assert again == first


def test_what_was_not_finished_is_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ensemble.photos.render._counts", stopped)
        with pytest.raises(KeyboardInterrupt):
            drawn(data(tmp_path))
    assert len(drawn(data(tmp_path))) == 9 + 4


def test_a_marker_that_is_not_ours_stands_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "drawn").mkdir()
    (tmp_path / "drawn" / "rendered.json").write_text("my notes")
    with pytest.raises(InputError, match="holds files that were not drawn"):
        drawn(data(tmp_path))


def older(spec: Data) -> dict[str, Any]:
    """What versions up to 0.1.0 wrote into the marker."""
    assert spec.render is not None
    keys: Any = {"images": True, "train": True, "test": True, "boxes": True}
    keys["columns"] = {"name", "target", "box"}
    tables = spec.model_dump(mode="json", include=keys)
    return {"size": SIZE, **spec.render.model_dump(), **tables}


def test_what_an_older_version_drew_is_not_drawn_again(tmp_path: Path) -> None:
    spec = data(tmp_path)
    drawn(spec)
    marker, picture = (tmp_path / "drawn" / name for name in ("rendered.json", "train.csv"))
    marker.write_text(json.dumps(older(spec)))
    picture.write_text("touched")
    assert drawn(spec)["train.csv"] == b"touched"
    with pytest.raises(InputError, match="holds files that were not drawn"):
        drawn(data(tmp_path, separator=";"))


@pytest.mark.parametrize("whole", [{"asked": {"size": SIZE, "render": {}}, "files": {}}, None])
def test_a_marker_that_was_cut_short_is_drawn_again(tmp_path: Path, whole: Any) -> None:
    spec = data(tmp_path)
    before = drawn(spec)
    begun = json.dumps(whole or older(spec))
    for text in (begun[:30], begun[:5], "\0" * 40, ""):
        (tmp_path / "drawn" / "rendered.json").write_text(text)
        assert drawn(spec) == before
