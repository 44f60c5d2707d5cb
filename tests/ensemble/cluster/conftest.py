"""A Ray of this machine, and a project that is fitted on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backbones.cluster.session import Cluster
from tests.ensemble.brightness import draw_photos, maps_entry, pooled_entry, save_network

Draw = Callable[[int], dict[str, Any]]


@pytest.fixture(scope="module")
def started() -> Iterator[Cluster]:
    """A Ray of two cores, which every fit of a module finds."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(os, "sched_getaffinity", lambda _: {0, 1})
        with Cluster("local") as cluster:
            assert cluster.machines.cores == 2
            yield cluster


@pytest.fixture(scope="module")
def draw(tmp_path_factory: pytest.TempPathFactory) -> Draw:
    """Draws so many photos, and gives a config with a pooled and a density head."""

    def drawn(photos: int) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("photos")
        table = draw_photos(folder / "images", photos)
        table["photo"] = [Path(one).name for one in table.photo]
        table.to_csv(folder / "train.csv", index=False)
        model = save_network(folder / "small.keras")
        return {
            "data": {
                "folder": str(folder),
                "images": "images",
                "train": "train.csv",
                "columns": {"name": "photo", "target": "light"},
            },
            "backbones": [{**pooled_entry(model), "name": "pooled"}, maps_entry(model)],
            "folds": {"n": 2},
            "stack": "mean",
        }

    return drawn
