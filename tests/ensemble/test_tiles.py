"""Photos that are seen in tiles, from the fit to the maps of new ones."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from backbones.errors import InputError
from backbones.photos import images, parts, tiles
from ensemble import Run, fit, open_run
from ensemble.submit import main as submit_main
from tests.ensemble.placing.dots import dots, make_project, write_dots

#: Heights and widths of the photos, which are drawn at the scale of the network.
SIZES = ((150, 300), (230, 180), (60, 90))


def draw(folder: Path, photos: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Photos with dots of 4 pixels; how many each has, and their centres."""
    random = np.random.default_rng(seed)
    return write_dots(folder, (_halved(random, *SIZES[one % len(SIZES)]) for one in range(photos)))


def _halved(random: np.random.Generator, height: int, width: int) -> tuple[Any, Any]:
    most = height * width // 4000
    pixels, centres = dots(random, (2 * height, 2 * width), int(random.integers(0, most + 1)))
    return pixels[::2, ::2], [(x / 2, y / 2) for x, y in centres]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tiles")
    make_project(made, draw(made / "data" / "images", 36, seed=0))
    return made


def config(folder: Path, **changes: object) -> dict[str, object]:
    return {
        "cache_dir": folder / "cache",
        "data": {
            "folder": folder / "data",
            "points": "points.csv",
            "columns": {"name": "photo", "target": "dots"},
            "minimum": 0,
        },
        "backbones": [
            {
                "name": "seen",
                "model": str(folder / "seen.keras"),
                "preprocessing": "tf",
                "layers": ["fine"],
                "pooling": "none",
                "tile": {"size": [64, 96], "overlap": 0.25},
                "heads": [
                    {
                        "head": "density",
                        "parameters": {
                            "stride": 8,
                            "width": 24,
                            "least_steps": 150,
                            "learning_rate": 0.01,
                        },
                    }
                ],
            }
        ],
        "folds": {"n": 2},
        "stack": "mean",
        "engine": "tensorflow",
        **changes,
    }


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return fit(config(folder), run_dir=folder / "run")


@pytest.fixture(scope="module")
def truth(folder: Path) -> pd.DataFrame:
    return draw(folder / "new", 6, seed=1)[0]


def test_a_fit_counts_photos_of_all_sizes(run: Run) -> None:
    error = run.oof["seen.density"] - run.oof["target"]
    assert np.sqrt((error**2).mean()) < 0.5 * run.oof["target"].std()
    assert run.metrics["places"]["points"]["recall"] > 0.9


def test_new_photos_are_counted(run: Run, folder: Path, truth: pd.DataFrame) -> None:
    found = run.predict(folder / "new")
    np.testing.assert_allclose(found["seen.density"], truth["dots"], atol=1.5)


def test_files_and_photos_in_memory_are_predicted_alike(
    run: Run, folder: Path, truth: pd.DataFrame
) -> None:
    paths = [folder / "new" / name for name in truth["photo"]]
    files = run.predict(paths)
    memory = run.predict([np.asarray(Image.open(path)) for path in paths])
    np.testing.assert_allclose(files["seen.density"], memory["seen.density"], rtol=1e-5)
    np.testing.assert_allclose(files["novelty"], memory["novelty"], atol=2e-3)


def test_training_photos_are_predicted_as_by_the_head(run: Run, folder: Path) -> None:
    """Tile by tile as tiles come, it is what the head says of all of them together."""
    from backbones.photos.digests import compute_digests
    from ensemble.photos.features import StoredFeatures

    paths = sorted((folder / "data" / "images").iterdir())[:6]
    (backbone,) = run.predictor.fitted.backbones
    stored = StoredFeatures(
        [backbone], folder / "cache", "tensorflow", paths, compute_digests(paths)
    )
    with stored.open() as maps:
        expected = run.predictor.loaded.head("seen.density").predict(maps)
    found = run.predict(paths)["seen.density"]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_a_submission_with_maps_regions_and_points(
    run: Run, folder: Path, truth: pd.DataFrame
) -> None:
    regions = pd.DataFrame(
        [(name, 0, 0, 45, 30) for name in truth["photo"]],
        columns=["photo", "xmin", "ymin", "xmax", "ymax"],
    )
    regions.to_csv(folder / "regions.csv", index=False)
    out = folder / "out" / "submission.csv"
    asked = [str(run.folder), "--images", str(folder / "new"), "--out", str(out)]
    places = ["--density", "--regions", str(folder / "regions.csv"), "--points"]
    assert submit_main([*asked, *places]) == 0
    index = pd.read_csv(out.parent / "density" / "density.csv")
    predicted = pd.read_csv(out)
    np.testing.assert_allclose(index["sum"], predicted["dots"], rtol=1e-5)
    sizes = [SIZES[number % len(SIZES)] for number in range(len(index))]
    assert list(zip(index["rows"], index["columns"], strict=True)) == [
        (round(height / 8), round(width / 8)) for height, width in sizes
    ]
    points = pd.read_csv(out.parent / "predicted_points.csv")
    _, centres = draw(folder / "again", 6, seed=1)
    shutil.rmtree(folder / "again")
    assert abs(len(points) - len(centres)) <= 0.15 * len(centres)
    for row in points.itertuples():
        of_photo = centres[centres["photo"] == row.photo]
        away = np.hypot(of_photo["x"] - row.x, of_photo["y"] - row.y).min()
        assert away < 12
    counted = pd.read_csv(out.parent / "predicted_regions.csv")
    inside = centres[(centres["x"] < 45) & (centres["y"] < 30)].groupby("photo").size()
    expected = counted["photo"].map(inside).fillna(0)
    np.testing.assert_allclose(counted["count"], expected, atol=1.5)


def test_photos_with_a_count_alone_are_refused_by_name(folder: Path) -> None:
    changed = config(folder)
    data = {**changed["data"], "points": None}  # type: ignore[dict-item]
    with pytest.raises(InputError, match="photos whose count no tile holds") as caught:
        fit({**changed, "data": data}, run_dir=folder / "bare")
    counts = pd.read_csv(folder / "data" / "train.csv")
    several = [number for number in range(36) if number % 3 != 2]
    bad = [name for row, (name, n) in enumerate(counts.to_numpy()) if n and row in several]
    assert [one.split(":")[0] for one in caught.value.mistakes[:10]] == bad[:10]


def test_a_run_opened_elsewhere_checks_its_probe(
    run: Run, folder: Path, truth: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = run.predict(folder / "new")
    monkeypatch.setattr("ensemble.run.single.differences", lambda *_: {"numpy": ("1", "2")})
    again = open_run(run.folder)
    assert isinstance(again, Run)
    pd.testing.assert_frame_equal(again.predict(folder / "new"), expected)


def test_what_a_kill_leaves_is_not_computed_again(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even within a photo: the numbers of its tiles are kept as they come."""
    from backbones.engines.tensorflow import TensorFlowEngine
    from ensemble.photos.newphotos import given_photos
    from ensemble.prediction import Predictor, predictor

    pixels = np.random.default_rng(3).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    path = tmp_path / "large.png"
    Image.fromarray(pixels).save(path)
    warm = run.predictor
    expected = warm.predict(given_photos(path))
    cold = Predictor(warm.fitted, warm.engine, tmp_path / "cache")
    monkeypatch.setattr(predictor, "BLOCK", 8)
    seen: list[int] = []
    start = TensorFlowEngine.start

    def counting(engine: TensorFlowEngine, photos: np.ndarray, done: object) -> None:
        if sum(seen) >= 24:
            raise KeyboardInterrupt
        seen.append(len(photos))
        start(engine, photos, done)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(TensorFlowEngine, "start", counting)
        with pytest.raises(KeyboardInterrupt):
            cold.predict(given_photos(path), keep=True)
    assert sum(seen) == 24
    seen.clear()
    monkeypatch.setattr(
        TensorFlowEngine,
        "start",
        lambda engine, photos, done: seen.append(len(photos)) or start(engine, photos, done),
    )
    found = cold.predict(given_photos(path), keep=True)
    layout = warm.fitted.members[0].view[1].layout((300, 400), (64, 96))  # type: ignore[union-attr]
    assert sum(seen) == len(layout.tiles) - 24
    np.testing.assert_allclose(found["seen.density"], expected["seen.density"], rtol=1e-5)
    seen.clear()
    again = cold.predict(given_photos(path), keep=True)
    pd.testing.assert_frame_equal(again, found)
    assert not seen


def test_the_maps_of_a_few_tiles_are_held_at_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backbones.features.store import TransientStore
    from ensemble.prediction import predictor

    monkeypatch.setattr(predictor, "BLOCK", 8)
    held: list[int] = []
    write = TransientStore.write

    def counting(store: TransientStore, keys: list[str], rows: np.ndarray) -> None:
        write(store, keys, rows)
        if store.dtype == np.float16:  # as maps are kept
            held.append(len(store._rows))

    monkeypatch.setattr(TransientStore, "write", counting)
    run.predict(np.zeros((400, 600, 3), dtype=np.uint8))
    assert len(held) > 10
    assert max(held) == 8


def test_bad_photos_among_large_ones_are_left_out_by_name(
    run: Run, folder: Path, tmp_path: Path, truth: pd.DataFrame
) -> None:
    shutil.copy(folder / "new" / "00.png", tmp_path / "a.png")
    whole = (folder / "new" / "01.png").read_bytes()
    (tmp_path / "b.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "c.png").write_bytes(b"no photo")
    paths = [tmp_path / f"{name}.png" for name in "abc"]
    with pytest.raises(InputError) as caught:
        run.predict(paths)
    assert [str(path) in one for path, one in zip(paths[1:], caught.value.mistakes, strict=True)]
    assert len(caught.value.mistakes) == 2


def decode_in_part(monkeypatch: pytest.MonkeyPatch) -> list[parts.Parts | None]:
    """From now on, as photos of many megapixels are; what is opened so."""
    pytest.importorskip("pyvips")
    monkeypatch.setattr(parts, "LARGE", 0)
    monkeypatch.setattr(tiles, "_BAND", 64 * 300)
    opened: list[parts.Parts | None] = []
    plain = parts.open_parts
    monkeypatch.setattr(
        images, "open_parts", lambda *given: opened.append(plain(*given)) or opened[-1]
    )
    return opened


def test_photos_that_are_decoded_in_part_are_counted_as_whole_ones(
    run: Run, folder: Path, truth: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [folder / "new" / name for name in truth["photo"]]
    whole = run.predict(paths)
    opened = decode_in_part(monkeypatch)
    found = run.predict(paths)
    assert len(opened) > 2 * len(paths)
    assert all(opened)
    numbers = whole.columns.drop(["photo", "novelty"], errors="ignore")
    pd.testing.assert_frame_equal(found[numbers], whole[numbers], rtol=1e-5)


def test_a_photo_whose_lower_part_is_lost_is_left_out_by_name(
    run: Run, folder: Path, truth: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = decode_in_part(monkeypatch)
    photos, out = tmp_path / "photos", tmp_path / "submission.csv"
    photos.mkdir()
    for name in ("00.png", "01.png"):
        shutil.copy(folder / "new" / name, photos / name)
    data = (folder / "new" / "01.png").read_bytes()
    (photos / "02.png").write_bytes(data[: len(data) * 3 // 4])
    with pytest.raises(InputError, match=r"02\.png: damaged or cut short") as caught:
        run.predict(sorted(photos.iterdir()))
    assert len(caught.value.mistakes) == 1
    command = [str(run.folder), "--images", str(photos), "--out", str(out)]
    for _ in range(2):  # what is kept of its upper part by then does not count
        assert submit_main([*command, "--on-bad-photo", "skip"]) == 0
        assert pd.read_csv(out)["photo"].tolist() == ["00.png", "01.png"]
        out.unlink()
    assert all(opened)


@pytest.mark.slow
def test_tiles_stand_beside_whole_photos_and_other_tiles(folder: Path) -> None:
    base = config(folder)
    (entry,) = base["backbones"]  # type: ignore[misc]
    small = {"head": "density", "parameters": {"stride": 8, "width": 12, "least_steps": 5}}
    changed = {
        **base,
        "backbones": [
            {**entry, "heads": [small]},
            {
                "name": "whole",
                "model": str(folder / "seen.keras"),
                "preprocessing": "tf",
                "layers": ["fine"],
                "heads": ["ridge"],
            },
            {**entry, "name": "wide", "heads": [small], "tile": {"size": [128, 192]}},
        ],
        "joint": [],
    }
    found = fit(changed, run_dir=folder / "beside")
    paths = sorted((folder / "data" / "images").iterdir())[:4]
    files = found.predict(paths)
    assert list(files.columns[1:4]) == ["seen.density", "whole.ridge", "wide.density"]
    memory = found.predict([np.asarray(Image.open(path)) for path in paths])
    for column in files.columns[1:4]:
        np.testing.assert_allclose(files[column], memory[column], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("asked", [[], ["--density", "--points"]])
def test_photos_that_cannot_be_used_are_skipped(
    run: Run, folder: Path, tmp_path: Path, truth: pd.DataFrame, asked: list[str]
) -> None:
    photos, out = tmp_path / "photos", tmp_path / "out" / "submission.csv"
    photos.mkdir()
    shutil.copy(folder / "new" / "00.png", photos / "a.png")
    (photos / "b.png").write_bytes(b"no photo")
    common = [str(run.folder), "--images", str(photos), "--out", str(out)]
    assert submit_main([*common, "--on-bad-photo", "skip", *asked]) == 0
    assert pd.read_csv(out)["photo"].tolist() == ["a.png"]


def test_photos_that_are_done_take_no_memory(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backbones.features.store import TransientStore
    from ensemble.prediction import predictor

    paths = sorted((folder / "data" / "images").iterdir())[:12]
    most: dict[int, int] = {}
    write = TransientStore.write

    def counting(store: TransientStore, keys: list[str], rows: np.ndarray) -> None:
        write(store, keys, rows)
        held = len(store._rows)
        most[store.length] = max(most.get(store.length, 0), held)

    monkeypatch.setattr(TransientStore, "write", counting)
    monkeypatch.setattr(predictor, "BLOCK", 8)
    run.predict(paths)
    tiling = run.predictor.fitted.members[0].view[1]
    largest = max(len(tiling.layout(size, (64, 96)).tiles) for size in SIZES)  # type: ignore[union-attr]
    del most[run.predictor.fitted.numbers]
    assert max(most.values()) <= largest + 8
