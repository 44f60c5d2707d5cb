from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from backbones.errors import InputError
from backbones.photos import lookup
from backbones.photos.folder import list_photos
from backbones.photos.lookup import find_photos
from tests.backbones.photos.album import album


def found(folder: Path, name: str) -> str:
    """The name of the photo that a name stands for, or what is wrong."""
    result = find_photos(folder, [name])
    if name in result.mistakes:
        return result.mistakes[name]
    return result.paths[name].relative_to(folder).as_posix()


def test_names_become_files(tmp_path: Path) -> None:
    names = ["sub/deep/b c.png", "a.jpg", "ü/Ä ß.jpg", "a.jpg", ".hidden.jpg"]
    result = find_photos(album(tmp_path, *names), names)
    assert result.paths == {name: tmp_path / name for name in names}
    assert result.mistakes == {}
    listed = list_photos(tmp_path).names
    assert find_photos(tmp_path, listed).paths == {name: tmp_path / name for name in listed}
    with pytest.raises(InputError, match="there is no folder"):
        find_photos(tmp_path / "none", ["a.jpg"])


@pytest.mark.parametrize(("here", "asked"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_letters_may_be_composed_otherwise(here: Any, asked: Any, tmp_path: Path) -> None:
    name = unicodedata.normalize(here, "grün/Café é.jpg")
    album(tmp_path, name)
    for spelled in ("grün/Café é.jpg", "grün/Café é", "GRÜN\\CAFÉ É.JPG"):
        assert found(tmp_path, unicodedata.normalize(asked, spelled)) == name


MEANT = [
    ("10001", "10001.jpg"),
    ("sub/x.1", "sub/x.1.png"),
    (r"sub\x.1.png", "sub/x.1.png"),
    (r".\sub\x.1.png", "sub/x.1.png"),
    ("./10001.jpg", "10001.jpg"),
    ("images/10001.jpg", "10001.jpg"),
    (r"images\sub\X.1.PNG", "sub/x.1.png"),
    ("my/images/10001", "10001.jpg"),
    ("10001.JPG", "10001.jpg"),
    ("10001.jpeg", "10001.jpg"),
    ("img_2", "IMG_2.JPG"),
    ("b", "b.jpg"),
    ("B", "B.jpg"),
    ("twin.png", "twin.png"),
    ("images/inner.jpg", "images/inner.jpg"),
]

PHOTOS = ["10001.jpg", "sub/x.1.png", "IMG_2.JPG", "b.jpg", "B.jpg", "twin.png", "twin.jpg"]
PHOTOS += ["images/inner.jpg", "inner.jpg", "C.jpg", "c.jpg", "007.jpg"]


@pytest.mark.parametrize(("name", "meant"), MEANT)
def test_a_photo_is_found_where_it_is_meant_without_doubt(
    name: str, meant: str, tmp_path: Path
) -> None:
    assert found(album(tmp_path / "my" / "images", *PHOTOS), name) == meant


DOUBTFUL = [
    ("twin", "may be any of 'twin.jpg', 'twin.png'"),
    ("c.JPG", "may be any of 'C.jpg', 'c.jpg'"),
    ("10001.png", "is not there; did you mean '10001.jpg'?"),
    ("x.1.png", "is not there; did you mean 'sub/x.1.png'?"),
    ("other/10001.jpg", "is not there; did you mean '10001.jpg'?"),
    ("raw.jpg", "is not there; did you mean 'raw.cr2'? (convert to JPEG or PNG)"),
    ("~~~~", "is not there"),
    ("7", "is not there; did you mean '007.jpg'?"),
    ("7.0", "is not there; did you mean '007.jpg'?"),
    ("../images/10001.jpg", "leads out of the folder; did you mean '10001.jpg'?"),
    ("sub/../10001.jpg", "leads out of the folder; did you mean '10001.jpg'?"),
    (r"..\images\10001.jpg", "leads out of the folder; did you mean '10001.jpg'?"),
    ("/etc/passwd", "leads out of the folder"),
    (r"C:\my\images\10001.jpg", "leads out of the folder; did you mean '10001.jpg'?"),
    (r"\\server\images\10001.jpg", "leads out of the folder; did you mean '10001.jpg'?"),
    ("a\0b", "leads out of the folder"),
    ("x" * 5000, "is not there"),
    ("~\ud800~", "is not there"),
]


@pytest.mark.parametrize(("name", "message"), DOUBTFUL)
def test_no_photo_is_guessed(name: str, message: str, tmp_path: Path) -> None:
    folder = album(tmp_path / "my" / "images", *PHOTOS, "raw.cr2")
    assert found(folder, name) == message


def test_an_absolute_name_within_the_folder_is_one_of_its_photos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = album(tmp_path / "in", "a.jpg", "sub/b.jpg")
    (tmp_path / "entrance").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    for entrance in (folder, tmp_path / "entrance", Path("in")):
        result = find_photos(entrance, [str(folder / "a.jpg"), str(folder / "sub" / "b")])
        assert list(result.paths.values()) == [entrance / "a.jpg", entrance / "sub" / "b.jpg"]


def test_links_in_the_folder_are_followed(tmp_path: Path) -> None:
    folder = album(tmp_path / "in", "a.jpg")
    album(tmp_path / "out", "c.jpg")
    (folder / "link.jpg").symlink_to(tmp_path / "out" / "c.jpg")
    (folder / "linked").symlink_to(tmp_path / "out")
    for name in list_photos(folder).names:
        assert found(folder, name) == name
    assert found(folder, "linked/c") == "linked/c.jpg"


def test_the_folder_is_searched_once_and_only_where_a_name_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{number}.jpg" for number in range(30)]
    album(tmp_path, *names)
    searches, search = [], lookup.search_folder
    monkeypatch.setattr(
        lookup, "search_folder", lambda *given: searches.append(given) or search(*given)
    )
    find_photos(tmp_path, names)
    assert searches == []
    find_photos(tmp_path, [name.removesuffix(".jpg") for name in names] + ["none", "nothing"])
    assert len(searches) == 1


def test_absent_photos_have_the_place_where_they_would_lie(tmp_path: Path) -> None:
    album(tmp_path, "a.jpg", "b.jpg", "b.png")
    names = ["a.jpg", "gone.jpg", "b", "../a.jpg", "a\0.jpg"]
    found = find_photos(tmp_path, names).with_absent(tmp_path)
    assert found.paths == {name: tmp_path / name for name in ("a.jpg", "gone.jpg")}
    assert found.mistakes.keys() == {"b", "../a.jpg", "a\0.jpg"}


@pytest.mark.parametrize("name", ["alias/a.jpg", r"alias\a.jpg", "alias/a", r"alias\a", "alias/B"])
def test_a_photo_is_found_by_the_link_that_lists_it_under_another_name(
    name: str, tmp_path: Path
) -> None:
    folder = album(tmp_path / "in", "real/a.jpg", "real/B.JPG")
    (folder / "alias").symlink_to(folder / "real")
    photo = "B.JPG" if name.endswith("B") else "a.jpg"
    assert found(folder, name) == f"alias/{photo}"


def test_two_photos_below_a_link_are_not_guessed_between(tmp_path: Path) -> None:
    folder = album(tmp_path / "in", "real/a.jpg", "real/a.png")
    (folder / "alias").symlink_to(folder / "real")
    assert found(folder, "alias/a").startswith("may be any of 'alias/a.jpg', 'alias/a.png'")
