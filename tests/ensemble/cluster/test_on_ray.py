"""The same fit on threads and on a Ray of this machine, undisturbed and with workers killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ensemble
from backbones.cluster.session import Cluster
from backbones.features.store import FeatureStore
from backbones.progress import Advance, Silent
from ensemble.cluster import fits
from ensemble.stacking.kept import Content, keep_content
from tests.ensemble.cluster.conftest import Draw
from tests.ensemble.cluster.processes import kill_one, wait_until

pytest.importorskip("ray", reason="the extra ray is not installed")
pytest.importorskip("openvino", reason="the extra openvino is not installed")
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux")

PHOTOS = 200


@pytest.fixture(scope="module")
def config(draw: Draw) -> dict[str, Any]:
    """Photos of which one is none, with a pooled and a density head."""
    drawn = draw(PHOTOS)
    (Path(drawn["data"]["folder"]) / "images" / "07.png").write_bytes(b"no photo")
    drawn["data"]["on_bad_photo"] = "skip"
    return drawn


def fit(config: dict[str, Any], folder: Path, backend: str, progress: Any = None) -> ensemble.Run:
    """A fit whose cache lies beside its run."""
    given = {**config, "cache_dir": str(folder / "cache")}
    return ensemble.fit(
        given, [f"parallel.backend={backend}"], run_dir=folder / "run", progress=progress
    )


@pytest.fixture(scope="module")
def on_threads(config: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> ensemble.Run:
    return fit(config, tmp_path_factory.mktemp("threads"), "threads")


TABLES = ("oof.csv", "leaderboard.csv", "rejected.csv", "appearance.csv", "folds.csv")


def tables(run: ensemble.Run) -> dict[str, bytes]:
    found = {name: (run.folder / name).read_bytes() for name in TABLES}
    photos = Path(run.config.data.folder) / "images"
    predicted = run.predict([photos / f"{number:02d}.png" for number in range(20, 40)])
    return {**found, "predictions": predicted.to_csv(index=False).encode()}


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2])
def test_tables_and_predictions_are_those_of_threads_to_the_byte(
    started: Cluster, config: dict[str, Any], count: int, tmp_path: Path
) -> None:
    """Of pooled features, and beside them of whole maps."""
    some = {**config, "backbones": config["backbones"][:count]}
    run = fit(some, tmp_path / "ray", "ray")
    assert tables(run) == tables(fit(some, tmp_path / "threads", "threads"))
    rejected = pd.read_csv(run.folder / "rejected.csv")
    assert list(rejected.iloc[:, 0]) == ["07.png"]
    assert "parallel" not in (run.folder / "config.yaml").read_text()


class Disturbed(Silent):
    """Kills a worker once the first photos, and once the first fits, have come back."""

    def __init__(self) -> None:
        self.killed: dict[str, int] = {}
        self.told: Counter[str] = Counter()

    @contextmanager
    def stage(self, name: str, total: int, unit: str = "step") -> Iterator[Advance]:
        title = {"photo": "ray::_Actor", "fit": "ray::make_elsewhere"}.get(unit)

        def kill() -> bool:
            self.killed[name] = kill_one(str(title))
            return self.killed[name] > 0

        def advance(done: int) -> None:
            self.told[name] += done
            if title is not None and name not in self.killed:
                wait_until(kill, 0.5)

        yield advance


@pytest.mark.slow
def test_workers_that_are_killed_cost_no_more_than_what_they_had_in_hand(
    started: Cluster,
    config: dict[str, Any],
    on_threads: ensemble.Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: Counter[tuple[Path, str]] = Counter()
    kept: Counter[Path] = Counter()
    write = FeatureStore.write

    def count_rows(store: FeatureStore, keys: Sequence[str], rows: np.ndarray) -> None:
        written.update((store.folder, key) for key in keys)
        write(store, keys, rows)

    def count_fits(path: Path, content: Content) -> None:
        kept[path] += 1
        keep_content(path, content)

    monkeypatch.setattr(FeatureStore, "write", count_rows)
    monkeypatch.setattr(fits, "keep_content", count_fits)
    disturbed = Disturbed()
    run = fit(config, tmp_path, "ray", disturbed)
    assert disturbed.killed["pooled+maps"] >= 1
    assert disturbed.killed["maps.density"] >= 1
    assert disturbed.told["pooled+maps"] >= PHOTOS - 1
    assert set(written.values()) == {1}
    assert set(kept.values()) == {1}
    assert tables(run) == tables(on_threads)


@pytest.mark.slow
def test_what_threads_have_made_is_not_made_again_on_ray(
    started: Cluster,
    on_threads: ensemble.Run,
    config: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fits, "keep_content", lambda *_: pytest.fail("a fit was made again"))
    made = (on_threads.folder / "oof.csv").stat()
    fit(config, on_threads.folder.parent, "ray")
    again = (on_threads.folder / "oof.csv").stat()
    assert (made.st_ino, made.st_mtime_ns) == (again.st_ino, again.st_mtime_ns)
