from __future__ import annotations

from pathlib import Path, PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from ensemble.placing.file_names import file_names


def test_sub_folders_stay_and_names_that_one_file_would_have_differ() -> None:
    photos = ["a/b.jpg", "A/B.jpg", "a\\b.jpg", "é.jpg", "e\u0301.jpg", "x" * 300 + ".jpg"]
    names = file_names(photos)
    assert list(names.values())[:5] == [
        "a/b.jpg",
        "A/B.jpg~2",
        "a/b.jpg~3",
        "é.jpg",
        "e\u0301.jpg~2",
    ]
    assert len(names[photos[5]]) <= 180


@given(st.lists(st.text(max_size=30), max_size=8, unique=True))
def test_no_name_leads_out_and_no_two_are_one(photos: list[str]) -> None:
    names = file_names(photos)
    assert list(names) == photos
    for name in names.values():
        parts = PurePosixPath(name).parts
        assert parts
        assert ".." not in parts
        assert not Path(name).is_absolute()
    assert len({name.casefold() for name in names.values()}) == len(photos)
