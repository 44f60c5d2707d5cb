from __future__ import annotations

from pathlib import Path

import pytest

from backbones.photos.folder import list_photos
from ensemble.proposal.folder.album import Album, Naming
from ensemble.proposal.folder.sheet import read_sheet
from tests.ensemble.proposal.drawn import draw_cells, write_lines


def naming(folder: Path, photos: list[str], rows: list[str], header: str = "n,v") -> Naming | None:
    for number, photo in enumerate(photos):
        draw_cells(folder / photo, number)
    write_lines(folder / "t.csv", [header, *rows])
    found = Album(list_photos(folder)).namings(read_sheet(folder / "t.csv"))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("photos", "names", "images", "is_direct"),
    [
        (["a.jpg", "b.jpg"], ["a.jpg", "b.jpg"], ".", True),
        (["i/a.jpg", "i/b.jpg"], ["a", "b"], "i", True),
        (["i/a.jpg", "i/b.jpg"], ["A.JPEG", "b.jpg"], "i", True),
        (["x/a.jpg", "y/b.jpg"], ["x\\a.jpg", "y\\b.jpg"], ".", True),
        (["i/x/a.jpg", "i/y/b.jpg"], ["x/a.jpg", "y/b.jpg"], "i", True),
        (["x/a.jpg", "y/b.jpg"], ["a.jpg", "b.jpg"], ".", False),
        (["i/a.jpg", "i/b.jpg"], ["/old/place/a.jpg", "/old/place/b.jpg"], "i", False),
        (["i/007.jpg", "i/012.jpg"], ["7", "12"], "i", False),
    ],
)
def test_names_are_found_from_their_folder(
    photos: list[str], names: list[str], images: str, is_direct: bool, tmp_path: Path
) -> None:
    found = naming(tmp_path, photos, [f"{name},{10 * row + 90}" for row, name in enumerate(names)])
    assert found is not None
    assert (found.column, found.images, found.is_direct) == ("n", images, is_direct)
    assert [found.photos[name].relative_to(tmp_path).as_posix() for name in names] == photos


def test_what_is_missing_is_known(tmp_path: Path) -> None:
    found = naming(tmp_path, ["a.jpg", "b.jpg"], ["a.jpg,1", "b.jpg,2", "c.jpg,3"])
    assert found is not None
    assert found.missing == ("c.jpg",)
    assert found.share == pytest.approx(2 / 3)


def test_numbers_beside_names_of_files_name_nothing(tmp_path: Path) -> None:
    assert naming(tmp_path, ["1.jpg", "2.jpg"], ["x.jpg,1", "y.jpg,2"]) is None


def test_photos_of_one_name_in_two_folders_are_not_guessed_at(tmp_path: Path) -> None:
    rows = ["a.jpg,1", "b.jpg,2", "c.jpg,3"]
    found = naming(tmp_path, ["x/a.jpg", "y/a.jpg", "x/b.jpg", "y/c.jpg"], rows)
    assert found is not None
    assert found.photos.keys() == {"b.jpg", "c.jpg"}
    assert not found.is_direct
