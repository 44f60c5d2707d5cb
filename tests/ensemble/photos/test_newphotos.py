from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backbones.errors import InputError
from ensemble.config.table_format import TableFormat
from ensemble.photos import newphotos
from ensemble.photos.newphotos import given_photos

VIEW: Any = ((4, 6), "squash")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, name in enumerate(("a.png", "c.png", "sub dir/ü.png")):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 6), (50 * number, 10, 20)).save(path)
    return tmp_path


def test_a_test_table_keeps_its_order_and_its_target_where_it_has_one(folder: Path) -> None:
    (folder / "test.csv").write_text("photo\nc.png\na.png\n")
    found = newphotos.read_test(folder / "test.csv", folder / "images", "photo", "n")
    assert (found.names.tolist(), found.target) == (["c.png", "a.png"], None)
    (folder / "test.csv").write_text("photo,n\nc.png,5\n")
    found = newphotos.read_test(folder / "test.csv", folder / "images", "photo", "n")
    assert found.target is not None
    assert found.target.tolist() == [5.0]
    (folder / "test.csv").write_text("photo,n\nc.png,5\na.png,1.250\n")
    with pytest.raises(InputError, match=r"test\.csv: n has '1\.250' beside '5'"):
        newphotos.read_test(folder / "test.csv", folder / "images", "photo", "n")


@pytest.mark.parametrize("value", ["0", "-1", "NA"])
def test_a_target_that_is_the_same_everywhere_is_a_placeholder(
    value: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = folder / "test.csv"
    table.write_text(f"photo;n\nc;{value}\na;{value}\n")
    form = TableFormat(separator=";")
    with caplog.at_level(logging.WARNING, "ensemble"):
        found = newphotos.read_test(table, folder / "images", "photo", "n", form)
    assert (found.names.tolist(), found.target) == (["c", "a"], None)
    assert [path.name for path in found.paths] == ["c.png", "a.png"]
    assert caplog.messages == [
        f"{table}: n is {value} in all of 2 rows, which looks like a placeholder: no score is given"
    ]


def test_a_folder_gives_all_its_photos(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    found = newphotos.read_folder(folder / "images")
    assert found.names.tolist() == ["a.png", "c.png", "sub dir/ü.png"]
    assert found.paths == tuple(folder / "images" / name for name in found.names)
    assert caplog.messages == []


def test_what_is_no_photo_in_a_folder_is_passed_over_or_told_of(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    images = folder / "images"
    entry = {"bytes": 1, "sha256": "0"}
    for place, manifest in {
        "run": {"format": 2, "origin": "o", "files": {"leaderboard.png": entry}},
        "other": {"files": {"d.png": entry}},
        "theirs": {"files": {"d.png": "a description"}},
    }.items():
        (images / place).mkdir()
        (images / place / "manifest.json").write_text(json.dumps(manifest))
        (images / place / "d.png").write_bytes((images / "a.png").read_bytes())
    for place in ("unfinished/manifest.unfinished.json", "cache/digests/data.mdb", "x.cr2"):
        (images / place).parent.mkdir(parents=True, exist_ok=True)
        (images / place).touch()
    for place in ("unfinished", "cache/probe"):
        (images / place).mkdir(exist_ok=True)
        (images / place / "e.png").touch()
    with caplog.at_level(logging.WARNING, "ensemble"):
        found = newphotos.read_folder(images)
    assert found.names.tolist() == [
        *("a.png", "c.png", "other/d.png", "sub dir/ü.png", "theirs/d.png")
    ]
    (message,) = caplog.messages
    assert "1 file is left out, being no photo that is read: x.cr2" in message
    (images / "line\nbreak.png").touch()
    with pytest.raises(InputError, match=r"rename them:\n  - 'line\\nbreak.png'"):
        given_photos(images)


def pixels(photos: newphotos.NewPhotos) -> list[list[int]]:
    """The first pixel of the view of each photo."""
    return [photos.load(row)({VIEW})[VIEW][0, 0].tolist() for row in range(len(photos))]


def test_files_images_and_arrays_of_the_same_photos_are_the_same(folder: Path) -> None:
    paths = [folder / "images" / name for name in ("c.png", "a.png")]
    images = [Image.open(BytesIO(path.read_bytes())) for path in paths]
    arrays = [np.asarray(image) for image in images]
    expected = [[50, 10, 20], [0, 10, 20]]
    for given in (paths, list(map(str, paths)), images, arrays, np.stack(arrays), tuple(paths)):
        found = given_photos(given)
        assert pixels(found) == expected
        assert len(found.paths) in (0, 2)
    assert given_photos(paths).names.tolist() == list(map(str, paths))
    assert given_photos(images).names.tolist() == ["0", "1"]
    assert pixels(given_photos(arrays[0])) == pixels(given_photos(paths[0])) == expected[:1]
    assert pixels(given_photos(images[0])) == expected[:1]
    assert len(given_photos(folder / "images")) == 3


def test_an_image_stays_as_it_was_given(folder: Path) -> None:
    image = Image.new("RGBA", (5, 4), (9, 9, 9, 0))
    image.getexif()[0x0112] = 6  # on its side
    assert pixels(given_photos([image])) == [[255, 255, 255]]
    assert (image.size, image.mode) == ((5, 4), "RGBA")


def test_a_grey_array_is_a_photo(folder: Path) -> None:
    assert pixels(given_photos(np.full((3, 5), 7, np.uint8))) == [[7, 7, 7]]


WRONG = [
    (3, "must be a folder, paths, PIL images or uint8 arrays, not int"),
    ([], "the sequence is empty"),
    ([1.5], "photo 0: must be a path, a PIL image or a uint8 array, not float"),
    (np.zeros((2, 2, 3)), "photo 0: an array must be uint8 of (height, width, 3) or (height, "),
    (np.zeros((2, 2, 4), np.uint8), "not uint8 of (2, 2, 4)"),
    (np.zeros((0, 2, 3), np.uint8), "not uint8 of (0, 2, 3)"),
    ([np.zeros((2, 2, 3), np.uint8), None, "a", 1], "photo 3: must be a path"),
]


@pytest.mark.parametrize(("given", "message"), WRONG, ids=range(len(WRONG)))
def test_what_is_no_photo_is_named(given: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        given_photos(given)
    assert message in str(caught.value)


def test_a_file_that_is_not_there_or_damaged_is_named(folder: Path) -> None:
    (folder / "bad.png").write_bytes(b"no photo")
    with pytest.raises(InputError, match=r"none\.png: it cannot be read: No such file"):
        given_photos(folder / "none.png").load(0)({VIEW})
    with pytest.raises(InputError, match=r"bad\.png: not a whole photo"):
        given_photos(folder / "bad.png").load(0)({VIEW})
    cut = folder / "cut.png"
    Image.effect_noise((64, 64), 90).save(cut)
    cut.write_bytes(cut.read_bytes()[:1000])
    with Image.open(cut) as image, pytest.raises(InputError, match="0: damaged or cut short"):
        given_photos(image).load(0)({VIEW})


def test_a_file_that_is_replaced_while_it_is_read_band_by_band_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (9, 9), "red").save(path)
    load = given_photos(path).load(0)
    np.testing.assert_array_equal(load({VIEW})[VIEW], load({VIEW})[VIEW])
    Image.new("RGB", (9, 9), "blue").save(path)
    with pytest.raises(InputError, match=r"a\.png: it changed while it was read; predict again"):
        load({VIEW})


def test_threads_may_share_an_image(tmp_path: Path) -> None:
    Image.effect_noise((1200, 1200), 90).convert("RGB").save(tmp_path / "large.png")
    expected = given_photos(tmp_path / "large.png").load(0)({VIEW})[VIEW]
    for _ in range(5):
        with Image.open(tmp_path / "large.png") as image, ThreadPoolExecutor(4) as pool:
            photos = given_photos([image] * 4)
            found = list(pool.map(lambda row: photos.load(row)({VIEW})[VIEW], range(4)))  # noqa: B023
        for one in found:
            np.testing.assert_array_equal(one, expected)


def test_a_deep_tiff_in_which_0_is_white_is_the_same_as_a_file_and_as_an_image(
    tmp_path: Path,
) -> None:
    pixels = np.linspace(0, 65535, 48).astype(np.uint16).reshape(6, 8)
    path = tmp_path / "deep.tif"
    Image.fromarray(pixels).save(path, tiffinfo={262: 0})
    with Image.open(path) as image:
        np.testing.assert_array_equal(
            given_photos(image).load(0)({VIEW})[VIEW], given_photos(path).load(0)({VIEW})[VIEW]
        )


def test_an_image_whose_decoder_starts_programs_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.eps")
    refused = pytest.raises(InputError, match="0: its format is EPS, not one of JPEG, PNG")
    with Image.open(tmp_path / "a.eps") as image, refused:
        given_photos(image).load(0)({VIEW})
