from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from backbones.disk.sealed import (
    SEAL,
    broken,
    is_sealed_folder,
    open_row,
    read_sealed,
    seal_files,
    seal_folder,
    seal_row,
    write_sealed,
)
from backbones.errors import InputError

CONTENT = b"what was computed"


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    path = tmp_path / "piece"
    write_sealed(path, CONTENT)
    return path


def test_a_piece_comes_back(piece: Path) -> None:
    assert read_sealed(piece) == CONTENT
    assert read_sealed(piece.with_name("other")) is None


def test_a_change_of_any_byte_and_a_cut_anywhere_is_noticed(piece: Path) -> None:
    whole = piece.read_bytes()
    for at in range(len(whole)):
        for changed in (whole[:at], whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :]):
            piece.write_bytes(changed)
            assert read_sealed(piece) is None
            assert not piece.exists()


def test_what_is_damaged_is_said(piece: Path, caplog: pytest.LogCaptureFixture) -> None:
    piece.write_bytes(b"")
    assert read_sealed(piece) is None
    assert [(one.name, one.levelname, one.getMessage()) for one in caplog.records] == [
        (
            "ensemble",
            "WARNING",
            f"{piece} is damaged (its digest is another one): discarded, and computed again",
        )
    ]
    assert list(piece.parent.iterdir()) == []


def test_a_piece_in_the_place_of_another_is_not_taken_for_it(piece: Path) -> None:
    other = piece.with_name("other")
    piece.rename(other)
    assert read_sealed(other) is None


def test_a_folder_in_the_place_of_a_piece_makes_way(tmp_path: Path) -> None:
    (tmp_path / "piece" / "deep").mkdir(parents=True)
    assert read_sealed(tmp_path / "piece") is None
    assert list(tmp_path.iterdir()) == []


def refuse_reading(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(path: Path, *args: Any, **kwargs: Any) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "read_bytes", refuse)


REFUSALS = [errno.EACCES, errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM, errno.ESTALE]


@pytest.mark.parametrize("number", REFUSALS)
def test_what_the_machine_refuses_to_read_stays(
    piece: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    folder = folder_of(piece.parent / "folder")
    with monkeypatch.context() as patched:
        refuse_reading(patched, number)
        for read, path in ((read_sealed, piece), (is_sealed_folder, folder)):
            with pytest.raises(OSError, match=os.strerror(number)):
                read(path)
    assert read_sealed(piece) == CONTENT
    assert is_sealed_folder(folder)


def test_what_cannot_be_discarded_is_named_with_the_remedy(
    piece: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece.write_bytes(b"")

    def refuse(path: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(InputError, match=rf"{piece} is damaged .*Permission denied.*delete it"):
        read_sealed(piece)


def folder_of(place: Path) -> Path:
    place.mkdir()
    (place / "a").write_bytes(b"1")
    (place / "b").write_bytes(b"2")
    seal_folder(place, place.name)
    return place


def test_a_folder_is_whole_or_discarded(tmp_path: Path) -> None:
    assert is_sealed_folder(folder_of(tmp_path / "whole"))
    assert not is_sealed_folder(tmp_path / "absent")
    for number, change in enumerate(
        [
            lambda folder: (folder / "a").write_bytes(b"3"),
            lambda folder: (folder / "a").unlink(),
            lambda folder: (folder / "c").write_bytes(b""),
            lambda folder: (folder / SEAL).unlink(),
            lambda folder: (folder / SEAL).write_bytes(b"[]"),
            lambda folder: (folder / SEAL).write_bytes(b"\xff"),
        ]
    ):
        folder = folder_of(tmp_path / str(number))
        change(folder)
        assert not is_sealed_folder(folder)
        assert not folder.exists()


def test_two_folders_that_were_exchanged_are_discarded(tmp_path: Path) -> None:
    folder_of(tmp_path / "one").rename(tmp_path / "other")
    assert not is_sealed_folder(tmp_path / "other")


def test_a_file_in_the_place_of_a_folder_makes_way(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("")
    assert not is_sealed_folder(tmp_path / "one")
    assert list(tmp_path.iterdir()) == []


def test_files_beside_a_seal_are_told_apart(tmp_path: Path) -> None:
    files, seal = [tmp_path / "one.xml", tmp_path / "one.bin"], tmp_path / "one.seal"
    for file in files:
        file.write_text(file.name)
    seal_files(files, seal, "one")
    assert broken(files, seal, "one") == ""
    assert broken(files, seal, "other") == "it is of one"
    files[0].write_text("two.xml")
    assert broken(files, seal, "one") == "one.xml has another digest"


def test_any_change_of_a_row_is_noticed() -> None:
    sealed = seal_row(b"store", b"key", b"row")
    assert open_row(b"store", b"key", sealed) == b"row"
    assert open_row(b"other", b"key", sealed) is None
    assert open_row(b"stor", b"ekey", sealed) is None
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        assert open_row(b"store", b"key", changed) is None
        assert open_row(b"store", b"key", sealed[:at]) is None
