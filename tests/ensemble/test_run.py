from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from backbones.engines.tensorflow import TensorFlowEngine
from backbones.errors import InputError
from backbones.features.store import open_store
from ensemble import Run, fit, heads
from ensemble.prediction import Predictor
from ensemble.prediction import loaded as warm
from ensemble.prediction import predictor as prediction
from tests.ensemble.brightness import draw_photos, maps_entry, pooled_entry, save_network


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, list[str]]:
    """A run of pooled heads and a density head on one forward pass, and nine new photos."""
    folder = tmp_path_factory.mktemp("fitted")
    train = draw_photos(folder / "images")
    train["photo"] = train["photo"].map(lambda path: Path(path).name)
    train.to_csv(folder / "train.csv", index=False)
    model = save_network(folder / "small.keras")
    config = {
        "data": {"folder": folder, "columns": {"name": "photo", "target": "light"}},
        "backbones": [pooled_entry(model), maps_entry(model)],
        "folds": {"n": 2},
        "stack": "mean",  # so that few heads are trained
        "engine": "tensorflow",
        "cache_dir": folder / "cache",
    }
    new = draw_photos(folder / "new", count=9, seed=1)["photo"].tolist()
    return fit(config, run_dir=folder / "run"), new


@pytest.fixture
def cold(fitted: tuple[Run, list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The run with nothing loaded yet, and with a cache of its own."""
    monkeypatch.setattr(prediction, "BLOCK", 4)
    run = Run(fitted[0].files, fitted[0].experiment)
    warm = run.predictor
    elsewhere = Predictor(warm.fitted, warm.engine, tmp_path / "cache")
    monkeypatch.setattr(Run, "predictor", elsewhere)
    return run


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the batches that went through a network."""
    sizes: list[int] = []
    start = TensorFlowEngine.start

    def count(engine: Any, photos: Any, done: Any) -> None:
        sizes.append(len(photos))
        start(engine, photos, done)

    monkeypatch.setattr(TensorFlowEngine, "start", count)
    return sizes


def stores(run: Run, kind: str) -> list[Path]:
    return sorted((run.predictor.cache / kind).glob("*/data.mdb"))


def test_whatever_way_photos_come_they_get_the_same_numbers(
    cold: Run, fitted: tuple[Run, list[str]]
) -> None:
    _, new = fitted
    table = cold.predict(new)
    members = ["small.ridge", "small.svr", "maps.density"]
    assert list(table) == ["photo", *members, "stack", "lower", "upper", "novelty"]
    assert table["photo"].tolist() == new
    numbers = table.drop(columns="photo")
    images = [Image.open(BytesIO(Path(path).read_bytes())) for path in new]
    for given in (Path(new[0]).parent, images, np.stack([np.asarray(one) for one in images])):
        pd.testing.assert_frame_equal(cold.predict(given).drop(columns="photo"), numbers)
    kept = cold.predict(new, keep=True)
    pd.testing.assert_frame_equal(kept, table)


def test_it_writes_nothing_unless_asked(cold: Run, fitted: tuple[Run, list[str]]) -> None:
    cold.predict(fitted[1])
    assert not cold.predictor.cache.exists()


def test_what_is_kept_is_not_computed_again(
    cold: Run, fitted: tuple[Run, list[str]], passed: list[int]
) -> None:
    _, new = fitted
    table = cold.predict(new[:6], keep=True)
    assert passed == [4, 2]
    assert len(stores(cold, "predictions")) == 1
    pd.testing.assert_frame_equal(cold.predict(new[:6], keep=True), table)
    assert passed == [4, 2]
    assert len(cold.predict(new, keep=True)) == 9
    assert passed == [4, 2, 3]
    pooled, maps = cold.experiment.backbones
    features = cold.predictor.cache / "features"
    count = {one.name: len(list(map(str, new))) for one in (pooled, maps)}
    for one in (pooled, maps):
        store = open_store(one, cold.predictor.cache, cold.predictor.engine)
        count[one.name] -= len(store.missing(digests(new)))
        store.close()
    assert count == {"small": 9, "maps": 0}
    assert cold.predict(new, keep=True, keep_maps=True) is not None
    assert passed == [4, 2, 3, 4, 4, 1]
    assert features.is_dir()
    cold.predict(new, keep=True, keep_maps=True)
    assert passed == [4, 2, 3, 4, 4, 1]


def digests(paths: list[str]) -> list[str]:
    import hashlib

    return [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in paths]


def test_a_kill_costs_a_block_and_the_result_is_that_of_an_undisturbed_run(
    cold: Run, fitted: tuple[Run, list[str]], passed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, new = fitted
    expected = cold.predict(new)
    passed.clear()
    predict_block, blocks = cold.predictor.predict_block, []

    def killed(keys: list[str], *given: Any) -> Any:
        blocks.append(keys)
        if len(blocks) == 2:
            raise KeyboardInterrupt
        return predict_block(keys, *given)

    monkeypatch.setattr(cold.predictor, "predict_block", killed)
    with pytest.raises(KeyboardInterrupt):
        cold.predict(new, keep=True)
    monkeypatch.undo()
    monkeypatch.setattr(prediction, "BLOCK", 4)
    again = cold.predict(new, keep=True)
    assert [len(keys) for keys in blocks] == [4, 4]
    pd.testing.assert_frame_equal(again, expected, check_exact=True)


def test_it_stays_warm(
    cold: Run, fitted: tuple[Run, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    load, open_passes = heads.load, warm.open_passes
    monkeypatch.setattr(heads, "load", lambda *a: loaded.append(a[0].name) or load(*a))
    monkeypatch.setattr(warm, "open_passes", lambda *a: loaded.append("network") or open_passes(*a))
    for path in fitted[1][:3]:
        cold.predict(path)
    assert sorted(loaded) == ["maps.density", "network", "small.ridge", "small.svr"]


def test_a_photo_has_the_same_bits_alone_and_among_others(
    cold: Run, fitted: tuple[Run, list[str]]
) -> None:
    _, new = fitted
    together = cold.predict(new)
    for size in (1, 2, 5):
        parts = [cold.predict(new[start : start + size]) for start in range(0, len(new), size)]
        pd.testing.assert_frame_equal(
            pd.concat(parts, ignore_index=True), together, check_exact=True
        )


def test_threads_share_it(cold: Run, fitted: tuple[Run, list[str]]) -> None:
    _, new = fitted
    alone = [cold.predict(path)["stack"][0] for path in new]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda path: cold.predict(path)["stack"][0], new * 3))
        kept = list(pool.map(lambda path: cold.predict(path, keep=True)["stack"][0], new))
    assert together == alone * 3
    assert kept == alone


def test_bad_photos_are_named_together_and_the_others_kept(
    cold: Run, fitted: tuple[Run, list[str]], passed: list[int], tmp_path: Path
) -> None:
    _, new = fitted
    bad = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in bad:
        path.write_bytes(path.name.encode())
    mixed = [*new[:2], str(bad[0]), *new[2:7], str(bad[1])]
    with pytest.raises(InputError) as caught:
        cold.predict(mixed, keep=True)
    assert [str(path) in mistake for path, mistake in zip(bad, caught.value.mistakes, strict=True)]
    assert sum(passed) == 7
    assert len(cold.predict(new[:7], keep=True)) == 7
    assert sum(passed) == 7
    with pytest.raises(InputError, match="photos that cannot be read"):
        cold.predict([*new, "none.png"], keep=True)


def test_a_copy_of_a_photo_is_a_row_of_its_own(cold: Run, fitted: tuple[Run, list[str]]) -> None:
    _, new = fitted
    table = cold.predict([new[0], new[1], new[0]], keep=True)
    assert table["stack"][0] == table["stack"][2] != table["stack"][1]


def test_a_notebook_shows_the_leaderboard(cold: Run) -> None:
    assert repr(cold) == f"Run({str(cold.folder)!r})"
    html = cold._repr_html_()
    assert html.startswith("<table><caption>Run(")
    assert html.count("<tr") == 1 + len(cold.leaderboard)


@pytest.mark.slow
def test_runs_whose_members_stand_in_another_order_share_no_predictions(
    fitted: tuple[Run, list[str]], tmp_path: Path
) -> None:
    run, new = fitted
    content = run.config.model_dump(mode="json")
    content["backbones"][0]["heads"].reverse()
    other = fit(content, run_dir=tmp_path / "other")
    one, two = run.predict(new, keep=True), other.predict(new, keep=True)
    assert list(one) != list(two)
    pd.testing.assert_frame_equal(two[list(one)], one, rtol=1e-9)


def test_threads_that_come_first_load_it_once(cold: Run, fitted: tuple[Run, list[str]]) -> None:
    run = Run(cold.files, cold.experiment)
    with ThreadPoolExecutor(4) as pool:
        assert len({id(one) for one in pool.map(lambda _: run.predictor, range(4))}) == 1
