from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from PIL import Image

from backbones.engines import Photos
from backbones.errors import InputError
from backbones.features import extract
from backbones.features.cuts import WHOLE, Canvas, Cuts, Mistakes
from backbones.features.store import open_store
from backbones.networks.backbone import Backbone, joint_network, resolve
from backbones.networks.spec import BackboneSpec, Tile
from backbones.photos import tiles
from backbones.photos.digests import compute_digests
from backbones.photos.framing import GREY, Wanted
from backbones.photos.tiles import Band, Tiling
from backbones.progress import Silent
from tests.backbones.features.test_extract import Passes, passed, passes
from tests.backbones.networks.forward import forward

__all__ = ["passes"]


@pytest.fixture
def tiled(tiny: BackboneSpec) -> BackboneSpec:
    return tiny.model_copy(
        update={
            "name": "tiled",
            "layers": ("conv_pw_3_relu",),
            "pooling": "none",
            "image_size": (32, 64),
            "tile": Tile(size=(32, 64), overlap=0.0),
        }
    )


@pytest.fixture
def large(tmp_path: Path) -> list[Path]:
    """Photos of 70 x 100 pixels, but for the last one, of 20 x 30."""
    random = np.random.default_rng(0)
    paths = []
    for number in range(4):
        shape = (70, 100, 3) if number < 3 else (20, 30, 3)
        path = tmp_path / f"{number}.png"
        Image.fromarray(random.integers(0, 255, shape, dtype=np.uint8)).save(path)
        paths.append(path)
    return paths


def update(
    paths: list[Path], backbones: list[Backbone], cache: Path, rejected: Mistakes | None = None
) -> list[str]:
    digests = compute_digests(paths)
    photos = {one: [path] for one, path in zip(digests, paths, strict=True)}
    extract.extract(photos, backbones, cache, "tensorflow", Silent(), (), rejected)
    return digests


def test_the_store_holds_what_the_network_says_of_each_tile(
    tiled: BackboneSpec, large: list[Path], tmp_path: Path, passes: Passes
) -> None:
    cache = tmp_path / "cache"
    (backbone,) = resolve([tiled], cache)
    digests = update(large, [backbone], cache)
    # Three by two tiles, from 0, 32, 64 and 0, 64 to 96 and 128; the small one has one.
    assert passed(passes) == {(32, 64): 3 * 6 + 1}
    files = {one: [path] for one, path in zip(digests, large, strict=True)}
    cuts = Cuts.of_files([backbone], files, cache)
    seen = []
    for path in large:
        pixels = np.asarray(Image.open(path))
        whole = np.full((96, 128, 3), 128, dtype=np.uint8)
        whole[: pixels.shape[0], : pixels.shape[1]] = pixels
        corners = [(top, left) for top in (0, 32, 64) for left in (0, 64)]
        corners = corners if len(pixels) > 20 else [(0, 0)]
        seen += [whole[top : top + 32, left : left + 64] for top, left in corners]
    found = open_store(backbone, cache, "tensorflow").read(cuts.keys(backbone, digests))
    expected = forward(joint_network([backbone]), np.stack(seen))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-6)


def test_tiles_are_extracted_once_and_a_removed_one_again(
    tiled: BackboneSpec, large: list[Path], tmp_path: Path, passes: Passes
) -> None:
    cache = tmp_path / "cache"
    (backbone,) = resolve([tiled], cache)
    update(large[:2], [backbone], cache)
    assert passed(passes) == {(32, 64): 12}
    digests = update(large[:3], [backbone], cache)
    assert passed(passes) == {(32, 64): 6}
    photos = {one: [path] for one, path in zip(digests, large, strict=False)}
    assert (
        extract.missing(
            backbone, cache, "tensorflow", photos, Cuts.of_files([backbone], photos, cache)
        )
        == []
    )
    later = {**photos, **dict(zip(compute_digests(large[3:]), [[large[3]]], strict=True))}
    assert (
        extract.missing(
            backbone, cache, "tensorflow", later, Cuts.of_files([backbone], later, cache)
        )
        == list(later)[-1:]
    )


def test_whole_photos_and_tiles_of_two_kinds_are_seen_side_by_side(
    tiny: BackboneSpec, tiled: BackboneSpec, large: list[Path], tmp_path: Path, passes: Passes
) -> None:
    cache = tmp_path / "cache"
    wide = tiled.model_copy(
        update={"name": "wide", "image_size": (32, 32), "tile": Tile(size=(64, 64), overlap=0.0)}
    )
    close = tiled.model_copy(update={"name": "close", "tile": Tile(size=(32, 64), overlap=0.25)})
    update(large, resolve([tiny, tiled, wide, close], cache), cache)
    found = passed(passes)
    assert found[32, 48] == 4
    # Half of 70 x 100 is 35 x 50: two by two tiles of 32 x 32.
    assert found[32, 32] == 3 * 4 + 1
    # Tiles that overlap are three by three; the photo of one tile is one in either.
    assert found[32, 64] == (3 * 6 + 1) + (3 * 3 * 3 + 1)


def test_a_damaged_photo_is_told_of_once(
    tiled: BackboneSpec, large: list[Path], tmp_path: Path
) -> None:
    cut = large[1].read_bytes()[:9000]
    large[1].write_bytes(cut)
    (backbone,) = resolve([tiled], tmp_path / "cache")
    with pytest.raises(InputError) as caught:
        update(large, [backbone], tmp_path / "cache")
    assert [str(large[1]) in one for one in caught.value.mistakes] == [True]
    rejected: Mistakes = {}
    digests = update(large, [backbone], tmp_path / "cache", rejected)
    assert list(rejected) == [digests[1]]
    assert len(rejected[digests[1]]) == 1


def test_a_file_that_is_no_photo_is_told_of_as_without_tiles(
    tiled: BackboneSpec, large: list[Path], tmp_path: Path
) -> None:
    large[2].write_bytes(b"no photo")
    (backbone,) = resolve([tiled], tmp_path / "cache")
    rejected: Mistakes = {}
    digests = update(large, [backbone], tmp_path / "cache", rejected)
    assert list(rejected) == [digests[2]]
    assert "not a whole photo of JPEG" in rejected[digests[2]][0]


def test_a_photo_is_decoded_once_and_let_go(tiled: BackboneSpec, tmp_path: Path) -> None:
    (backbone,) = resolve([tiled], tmp_path / "cache")
    view = backbone.view
    decoded: list[Collection[Wanted]] = []

    def load(wanted: Collection[Wanted]) -> dict[Wanted, Photos]:
        decoded.append(wanted)
        return {(size, band): np.zeros((*size, 3), dtype=np.uint8) for size, band in wanted}

    cuts = Cuts.of([backbone], lambda: {"aa": (70, 100)})
    keys = cuts.keys(backbone, ["aa"])
    loads = cuts.loads({"aa": load}, set(keys[1:]))
    assert list(loads) == keys[1:]
    for one in loads.values():
        assert one({view})[view].shape == (32, 64, 3)
    assert decoded == [{((70, 100), Band((70, 100), 0))}]
    loads[keys[1]]({view})  # after the last one it is decoded anew
    assert len(decoded) == 2


@pytest.mark.parametrize(
    ("whole", "expected"), [(False, [(0, 64), (64, 64), (128, 22)]), (True, [(0, 64)])]
)
def test_a_large_photo_is_decoded_band_by_band_or_held_whole(
    whole: bool,
    expected: list[tuple[int, int]],
    tiled: BackboneSpec,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tiles, "_BAND", 64 * 100)
    (backbone,) = resolve([tiled], tmp_path / "cache")
    pixels = np.random.default_rng(0).integers(0, 255, (150, 100, 3), dtype=np.uint8)
    decoded: list[tuple[int, int]] = []

    def load(wanted: Collection[Wanted]) -> dict[Wanted, Photos]:
        ((size, band),) = wanted
        assert isinstance(band, Band)
        decoded.append((band.top, size[0]))
        return {(size, band): pixels if whole else pixels[band.top :][: size[0]]}

    cuts = Cuts.of([backbone], lambda: {"aa": (150, 100)})
    keys = cuts.keys(backbone, ["aa"])
    (layout,) = cuts.layouts_of(backbone, ["aa"]) or ()
    in_turn = list(range(len(keys)))
    # Two threads that change places at the end of a band do not decode one twice.
    for order in (in_turn, [0, 1, 2, 4, 3, 5, 7, 6, *in_turn[8:]]):
        loads = cuts.loads({"aa": load}, set(keys))
        for number in order:
            found = loads[keys[number]]({backbone.view})[backbone.view]
            top, left = layout.tiles[number]
            there = pixels[top:, left:][:32, :64]
            np.testing.assert_array_equal(found[: there.shape[0], : there.shape[1]], there)
        assert decoded == expected
        decoded.clear()


def test_what_is_wrong_with_a_lower_band_lets_go_the_upper_one(
    tiled: BackboneSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "_BAND", 64 * 100)
    view = resolve([tiled], tmp_path / "cache")[0].view
    assert isinstance(view[1], Tiling)
    layout = view[1].layout((150, 100), view[0])

    def load(wanted: Collection[Wanted]) -> dict[Wanted, Photos]:
        ((size, band),) = wanted
        if isinstance(band, Band) and band.top:
            raise InputError("cut short")
        return {(size, band): np.zeros((*size, 3), dtype=np.uint8)}

    canvas = Canvas(load, layout, layout.tiles)
    canvas.cut(layout.tiles[0], {view})
    for tile in layout.tiles[4:6]:
        with pytest.raises(InputError, match="cut short"):
            canvas.cut(tile, {view})
    assert not canvas._bands


def test_without_tiles_keys_are_those_of_photos(tiny: BackboneSpec, tmp_path: Path) -> None:
    (backbone,) = resolve([tiny], tmp_path / "cache")

    def sizes() -> dict[str, tuple[int, int]]:
        raise AssertionError("no photo needs to be measured")

    cuts = Cuts.of([backbone], sizes)
    assert cuts == WHOLE
    assert cuts.keys(backbone, ["a", "b"]) == ["a", "b"]
    assert cuts.layouts_of(backbone, ["a"]) is None
    assert cuts.loads({"a": dict, "b": dict}, {"b"}) == {"b": dict}


def test_grey_is_behind_the_ends(tiled: BackboneSpec, tmp_path: Path) -> None:
    (backbone,) = resolve([tiled], tmp_path / "cache")
    pixels = np.zeros((20, 30, 3), dtype=np.uint8)
    cuts = Cuts.of([backbone], lambda: {"aa": (20, 30)})
    ((_, load),) = cuts.loads(
        {"aa": lambda wanted: dict.fromkeys(wanted, pixels)}, set(cuts.keys(backbone, ["aa"]))
    ).items()
    found = load({backbone.view})[backbone.view]
    assert (found[:20, :30] == 0).all()
    assert (found[20:] == GREY).all()
    assert (found[:, 30:] == GREY).all()


def test_a_photo_is_cut_as_the_first_of_its_files_that_is_there(
    tiled: BackboneSpec, large: list[Path], tmp_path: Path, passes: Passes
) -> None:
    cache = tmp_path / "cache"
    (backbone,) = resolve([tiled], cache)
    digests = compute_digests(large)
    photos = {one: [tmp_path / "gone.png", path] for one, path in zip(digests, large, strict=True)}
    extract.extract(photos, [backbone], cache, "tensorflow", Silent())
    assert passed(passes) == {(32, 64): 3 * 6 + 1}


def test_loads_of_many_photos_take_time_in_proportion(tiled: BackboneSpec, tmp_path: Path) -> None:
    (backbone,) = resolve([tiled], tmp_path / "cache")
    photos = {f"{number:064x}": (20, 30) for number in range(300)}
    cuts = Cuts.of([backbone], lambda: photos)
    due = {*cuts.keys(backbone, photos), *map(str, range(300_000))}
    start = process_time()
    assert len(cuts.loads(dict.fromkeys(photos, dict), due)) == len(photos)
    assert process_time() - start < 1
