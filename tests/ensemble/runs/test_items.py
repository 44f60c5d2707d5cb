from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.photos.dataset import Dataset
from ensemble.photos.items import Items
from ensemble.runs.folder import RunFolder, RunWriter, open_run_folder
from ensemble.runs.items import VIEWS, read_items, read_views, write_items

ITEMS = Items(np.array(["a.jpg", "b.jpg", "c.jpg"]), np.array([0, 0, 1]), np.array(["x", "y", "x"]))
PHOTOS = Dataset(
    np.array(["01", "NA"]), tuple(map(Path, ITEMS.photos)), np.array([1.0, 2.0]), items=ITEMS
)


def written(folder: Path, views: tuple[str, ...] = ("y", "x"), text: str = "") -> RunFolder:
    run = RunWriter(folder / "run", "key")
    write_items(PHOTOS, views, run)
    if text:
        run.text(VIEWS, text)
    run.close()
    return open_run_folder(folder / "run")


def test_items_and_the_order_of_their_views_come_back(tmp_path: Path) -> None:
    files = written(tmp_path)
    assert files.path("items.csv").read_text() == (
        "item,name,view\n01,a.jpg,x\n01,b.jpg,y\nNA,c.jpg,x\n"
    )
    assert read_items(files) == {"01": ["a.jpg", "b.jpg"], "NA": ["c.jpg"]}
    assert read_views(files) == ("y", "x")


def test_a_run_without_them_has_none(tmp_path: Path) -> None:
    assert VIEWS not in written(tmp_path, views=()).files
    RunWriter(tmp_path / "other", "key").close()
    files = open_run_folder(tmp_path / "other")
    assert (read_items(files), read_views(files)) == ({}, ())


@pytest.mark.parametrize("text", ['{"a": 1}', "[1]", '["a", "a"]', "null", "["])
def test_views_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=rf"{VIEWS} is not as a fit writes it"):
        read_views(written(tmp_path, text=text))
