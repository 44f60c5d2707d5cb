"""The same fit on threads and on two nodes, with files of their own and with shared ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ensemble
from backbones.cluster import pool
from backbones.cluster.worker import Found
from backbones.features.shards import SUFFIX
from ensemble.cluster import fits
from tests.ensemble.cluster.conftest import Draw

pytest.importorskip("ray", reason="the extra ray is not installed")
pytest.importorskip("openvino", reason="the extra openvino is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux"),
]


@pytest.fixture(scope="module")
def nodes() -> Iterator[list[str]]:
    """Two nodes of one core each; this process is on the first."""
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    ray.init(cluster.address, logging_level="error", log_to_driver=False)
    yield [one["NodeID"] for one in ray.nodes()]
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture(scope="module")
def config(draw: Draw) -> dict[str, Any]:
    return draw(256)


def fit(config: dict[str, Any], folder: Path, *settings: str) -> ensemble.Run:
    given = {**config, "cache_dir": str(folder / "cache")}
    return ensemble.fit(given, settings, run_dir=folder / "run")


TABLES = ("oof.csv", "leaderboard.csv", "appearance.csv", "novelty.npz", "intervals.json")


@pytest.mark.parametrize("shared", [False, True])
def test_two_nodes_make_what_threads_make(
    nodes: list[str],
    config: dict[str, Any],
    shared: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both nodes take part; where they share files, this process writes no features."""
    blocks: list[Found] = []
    placed: list[fits.PlacedMaps] = []
    extract_blocks, place = pool.extract_blocks, fits.PlacedMaps.of

    def count_blocks(*given: Any) -> Iterator[Found]:
        for found in extract_blocks(*given):
            blocks.append(found)
            yield found

    def note_maps(*given: Any) -> fits.PlacedMaps:
        placed.append(place(*given))
        return placed[-1]

    monkeypatch.setattr("backbones.cluster.extraction.extract_blocks", count_blocks)
    monkeypatch.setattr(fits.PlacedMaps, "of", note_maps)
    settings = ["parallel.backend=ray", "parallel.cores=1", f"parallel.shared={shared}"]
    on_ray = fit(config, tmp_path / "ray", *settings)
    on_threads = fit(config, tmp_path / "threads")
    for name in TABLES:
        assert (on_ray.folder / name).read_bytes() == (on_threads.folder / name).read_bytes(), name
    written = [rows is None for found in blocks for several in found.rows for _, rows in several]
    assert all(written) == shared
    shards = list((tmp_path / "ray" / "cache").glob(f"*/*/shards/*{SUFFIX}"))
    # Of two networks, looks and hashes; in three blocks each, as a photo of the probe comes to 256.
    assert len(shards) == shared * 4 * 3
    assert [one.shared for one in placed] == [shared]
