from __future__ import annotations

import os
from pathlib import Path

import pytest

from backbones.errors import InputError
from backbones.photos import folder as module
from backbones.photos.folder import list_photos
from backbones.photos.formats import SUFFIXES
from tests.backbones.photos.album import album


def names(folder: Path) -> list[str]:
    return list(list_photos(folder).names)


def test_photos_are_found_in_all_folders(tmp_path: Path) -> None:
    photos = ["B.JPG", "a b.jpeg", "sub/deep/ä.webp", "sub/c.png", *(f"x{s}" for s in SUFFIXES)]
    album(tmp_path, *photos, "notes.txt", "sub/jpg", "folder.jpg/readme.md")
    listing = list_photos(tmp_path)
    assert list(listing.names) == sorted(photos)
    assert listing.warning == ""


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list_photos(album(tmp_path, "notes.txt", "x.cr2"))
    assert str(caught.value) == (
        f"{tmp_path} holds no photos ({', '.join(sorted(SUFFIXES))}); hidden files, folders of "
        f"tools, runs and caches are passed over; {tmp_path}: 1 file is left out, being no photo "
        "that is read: x.cr2; convert to JPEG or PNG"
    )
    with pytest.raises(InputError, match=r"there is no folder .*none"):
        list_photos(tmp_path / "none")


def test_what_programs_and_systems_leave_is_passed_over(tmp_path: Path) -> None:
    hidden = [".a.jpg", "._a.jpg", ".ipynb_checkpoints/a-checkpoint.jpg", "b/.git/x/a.png"]
    tools = ["__MACOSX/a.jpg", "s/@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "$RECYCLE.BIN/S-1/a.jpg"]
    tools += ["lost+found/a.jpg", "#recycle/a.jpg", "__pycache__/a.png", "web/node_modules/x/a.gif"]
    album(tmp_path / ".root", *hidden, *tools, "a.jpg", "b/c.jpg", "Thumbs.db", "desktop.ini")
    assert names(tmp_path / ".root") == ["a.jpg", "b/c.jpg"]


@pytest.mark.parametrize(
    "tool",
    [
        *("Photos Library.photoslibrary", "2024 Previews.lrdata", "iPod Photo Cache", "wandb"),
        *("mlruns", "lightning_logs", "site-packages", "dist-packages"),
    ],
)
def test_folders_of_tools_are_passed_over_with_all_below(tool: str, tmp_path: Path) -> None:
    album(tmp_path, "a.jpg", f"{tool}/b.jpg", f"sub/{tool}/deep/c.jpg", "wandb 2/d.jpg")
    assert names(tmp_path) == ["a.jpg", "wandb 2/d.jpg"]
    assert names(tmp_path / tool) == ["b.jpg"]  # who names it means it


def test_what_is_foreign_is_passed_over_with_all_below(tmp_path: Path) -> None:
    album(tmp_path, "a.jpg", "run/picture.png", "run/below/picture.png", "running/b.jpg")
    found = list_photos(tmp_path, lambda folder: folder.name == "run")
    assert found.names == ("a.jpg", "running/b.jpg")


def test_the_folder_itself_is_never_foreign_and_files_may_be(tmp_path: Path) -> None:
    folder = album(tmp_path / "run", "a.jpg", "picture.png", "picture.psd", "sub/run/b.jpg")
    (folder / "again").symlink_to(folder)
    for root in (folder, folder / ".." / "run"):
        found = list_photos(root, lambda path: path.name == "run" or path.stem == "picture")
        assert found.names == ("a.jpg",)
        assert not found.left_out


def test_photos_that_are_not_read_are_named_with_the_way_on(tmp_path: Path) -> None:
    album(tmp_path, "a.jpg", "c.NEF", "sub/d.psd", ".e.psd", "f.txt")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    listing = list_photos(tmp_path)
    assert listing.names == ("a.jpg",)
    assert listing.warning == (
        f"{tmp_path}: 3 files are left out, being no photo that is read: c.NEF, gone.jpg, "
        "sub/d.psd; convert to JPEG or PNG; a link that leads nowhere has to be mended"
    )
    album(tmp_path, *(f"{n:02}.svg" for n in range(20)))
    assert "23 files are left out" in list_photos(tmp_path).warning
    assert list_photos(tmp_path).warning.count(".svg") == 10


PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def test_photos_whose_suffix_says_nothing_are_named(tmp_path: Path) -> None:
    album(tmp_path, "a.jpg", "x.cr2", "notes.txt", "empty", ".hidden", ".git/object", "@eaDir/x")
    for name in ("nosuffix", "k.png ", "c.png_large", ".hidden", ".git/object", "@eaDir/x"):
        (tmp_path / name).write_bytes(PNG)
    (tmp_path / "image.php").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    listing = list_photos(tmp_path)
    assert listing.names == ("a.jpg",)
    assert listing.warning == (
        f"{tmp_path}: 5 files are left out, being no photo that is read: c.png_large, image.php, "
        "'k.png ', nosuffix, x.cr2; what is PNG is read where its name ends in .png; what is JPEG "
        "is read where its name ends in .jpg; convert to JPEG or PNG"
    )


def test_a_folder_of_photos_whose_suffix_says_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "nosuffix").write_bytes(PNG)
    with pytest.raises(InputError, match=r"holds no photos .*: nosuffix; .* name ends in \.png$"):
        list_photos(tmp_path)


def test_a_photo_that_needs_more_than_a_suffix_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NOT_READ", {".heic": "install it"})
    monkeypatch.setattr(module, "SUFFIXES", {".jpg": "JPEG"})
    (album(tmp_path, "a.jpg") / "b").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0")
    told = list_photos(tmp_path).left_out["b"]
    assert told == "what is HEIC is read where its name ends in .heic, and then: install it"


def test_what_cannot_be_opened_or_is_no_file_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    album(tmp_path, "a.jpg")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("closed", "open"):
        (tmp_path / name).write_bytes(PNG)

    def opened(path: str, *args: object, **kwargs: object) -> object:  # root may open every file
        assert not path.endswith((".jpg", "pipe"))
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return open(path, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(module, "open", opened, raising=False)
    listing = list_photos(tmp_path)
    assert listing.names == ("a.jpg",)
    assert list(listing.left_out) == ["open"]


def test_linked_folders_are_followed_once(tmp_path: Path) -> None:
    folder = album(tmp_path / "in", "z/a.jpg", "b.jpg")
    outside = album(tmp_path / "out", "c.jpg", "deep/d.jpg")
    for link, target in {
        "a link": folder / "z",  # lists what lies in the folder under its own name
        "y": outside,
        "y again": outside,
        "z/loop": folder,
        "z/up": tmp_path,
    }.items():
        (folder / link).symlink_to(target)
    (outside / "deep" / "round").symlink_to(outside)
    (folder / "linked.jpg").symlink_to(outside / "c.jpg")
    assert names(folder) == ["b.jpg", "linked.jpg", "y/c.jpg", "y/deep/d.jpg", "z/a.jpg"]
    (tmp_path / "entrance").symlink_to(folder)
    assert names(tmp_path / "entrance") == names(folder)


def test_a_folder_that_cannot_be_searched_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    album(tmp_path, "a.jpg", "closed/b.jpg")
    scandir = os.scandir

    def closed(path: str) -> object:  # root may look into every folder
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(InputError, match="closed: it cannot be searched for photos: Permission"):
        list_photos(tmp_path)
