"""Items of several photos, with columns beside them and two targets, on threads and on Ray."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import ensemble
from backbones.cluster.session import Cluster
from tests.ensemble.itemised import draw_project, item_config

pytest.importorskip("ray", reason="the extra ray is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux"),
]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("items")
    table = draw_project(folder)
    number = table["thing"].str.split().str[1].astype(int)
    label = number.map(lambda one: "ab"[one % 2])
    table.assign(height=3.0 * number, label=label, dark=-table["light"]).to_csv(
        folder / "train.csv", index=False
    )
    made = item_config(folder)
    made["data"]["columns"] |= {"features": ["height", "label"], "target": ["light", "dark"]}
    made["backbones"][0]["heads"] = ["ridge", {"head": "ridge", "name": "both", "columns": True}]
    return made | {"tabular": {"heads": ["ridge"]}}


def test_they_are_those_of_threads_to_the_byte(
    started: Cluster, config: dict[str, Any], tmp_path: Path
) -> None:
    runs = {}
    for backend in ("threads", "ray"):
        given = config | {"cache_dir": str(tmp_path / backend)}
        settings = [f"parallel.backend={backend}"]
        runs[backend] = ensemble.fit(given, settings, run_dir=tmp_path / f"{backend}_run")
    on_threads, on_ray = runs.values()
    assert list(on_ray.targets) == ["light", "dark"]
    for target, run in on_ray.targets.items():
        for name in ("oof.csv", "leaderboard.csv", "items.csv", "intervals.json"):
            there = on_threads.targets[target].folder / name
            assert (run.folder / name).read_bytes() == there.read_bytes(), name
        assert len(pd.read_csv(run.folder / "oof.csv")) == 24
