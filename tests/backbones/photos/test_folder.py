from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backbones.errors import InputError
from backbones.photos.folder import SUFFIXES, find_photos, list_photos


def album(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_photos_are_found_in_all_folders(tmp_path: Path) -> None:
    names = ["B.JPG", "a b.jpeg", "sub/deep/ä.webp", "sub/c.png", *(f"x{s}" for s in SUFFIXES)]
    album(tmp_path, *names, "notes.txt", "sub/jpg", "folder.jpg/readme.md")
    assert list_photos(tmp_path) == sorted(names)


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list_photos(album(tmp_path, "notes.txt"))
    suffixes = ".bmp, .gif, .jpeg, .jpg, .png, .tif, .tiff, .webp"
    assert str(caught.value) == f"{tmp_path} holds no photos ({suffixes})"
    for look in (list_photos, lambda folder: find_photos(folder, ["a.jpg"])):
        with pytest.raises(InputError) as caught:
            look(tmp_path / "none")
        assert str(caught.value) == f"there is no folder {tmp_path / 'none'}"


def test_names_become_files_in_their_order(tmp_path: Path) -> None:
    names = ["sub/deep/b c.png", "a.jpg", "ü/Ä ß.jpg", "a.jpg"]
    assert find_photos(album(tmp_path, *names), names) == [tmp_path / name for name in names]
    assert find_photos(tmp_path, list_photos(tmp_path)) == [
        tmp_path / n for n in list_photos(tmp_path)
    ]


@pytest.mark.parametrize(("here", "asked"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_letters_may_be_composed_otherwise(here: Any, asked: Any, tmp_path: Path) -> None:
    name = unicodedata.normalize(here, "grün/Café é.jpg")
    (found,) = find_photos(album(tmp_path, name), [unicodedata.normalize(asked, name)])
    assert found == tmp_path / name
    assert found.is_file()


def test_all_missing_photos_are_named_with_the_nearest(tmp_path: Path) -> None:
    album(tmp_path, "train_01.jpg", "sub/IMG 7.png")
    names = np.array(["train_01.jpg", "train_1.jpg", "IMG 7.png", *(f"{n}?" for n in range(10))])
    with pytest.raises(InputError) as caught:
        find_photos(tmp_path, list(names))
    assert str(caught.value).splitlines() == [
        f"{tmp_path}: 12 of 13 photos are not in it:",
        "  - 'train_1.jpg' is not there; did you mean 'train_01.jpg'?",
        "  - 'IMG 7.png' is not there; did you mean 'sub/IMG 7.png'?",
        *(f"  - '{n}?' is not there" for n in range(8)),
        "  - and 2 more",
    ]


def test_names_that_lead_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    folder = album(tmp_path / "in", "a.jpg", "sub/b.jpg")
    album(tmp_path / "out", "c.jpg")
    (folder / "inner.jpg").symlink_to(folder / "sub" / "b.jpg")
    (folder / "link.jpg").symlink_to(tmp_path / "out" / "c.jpg")
    (folder / "linked").symlink_to(tmp_path / "out")
    (tmp_path / "entrance").symlink_to(folder)
    fine = ["a.jpg", "inner.jpg"]
    bad = ["../out/c.jpg", "sub/../a.jpg", str(folder / "a.jpg"), "link.jpg", "linked/c.jpg"]
    for entrance in (folder, tmp_path / "entrance"):
        assert find_photos(entrance, fine) == [entrance / name for name in fine]
    with pytest.raises(InputError) as caught:
        find_photos(folder, [*fine, "zzz", *bad])
    assert str(caught.value).splitlines() == [
        f"{folder}: 6 of 8 photos are not in it:",
        *(f"  - {name!r} leads out of the folder" for name in sorted(bad)),
        "  - 'zzz' is not there",
    ]


def test_absent_photos_have_the_place_where_they_would_lie(tmp_path: Path) -> None:
    folder = album(tmp_path, "a.jpg")
    found = find_photos(folder, ["b.jpg", "a.jpg"], with_absent=True)
    assert found == [folder / "b.jpg", folder / "a.jpg"]
    for name in ("../a.jpg", "/etc/passwd", "a\0.jpg"):
        with pytest.raises(InputError) as caught:
            find_photos(folder, ["b.jpg", name], with_absent=True)
        assert len(caught.value.mistakes) == 1
    with pytest.raises(InputError, match="there is no folder"):
        find_photos(tmp_path / "none", ["a.jpg"], with_absent=True)
