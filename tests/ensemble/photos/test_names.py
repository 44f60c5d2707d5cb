from __future__ import annotations

import logging
import os
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble.photos.names import find_named, is_writable, read_labels, refuse_unwritable
from tests.backbones.photos.album import album


def column(*texts: str) -> pd.DataFrame:
    """A table of one column, from the third line on."""
    return pd.DataFrame({"c": texts}, index=range(3, 3 + len(texts)), dtype=object)


def found(folder: Path, *names: str) -> tuple[list[str], list[str]]:
    spelled, paths = find_named(column(*names), "c", Path("t.csv"), folder)
    return spelled.tolist(), [path.relative_to(folder).as_posix() for path in paths]


def test_names_stay_as_the_table_spells_them(tmp_path: Path) -> None:
    album(tmp_path / "images", "1.jpg", "sub/a.png", "x .jpg")
    names = ["images/1.JPG", r"sub\a", "x "]
    assert found(tmp_path / "images", *names) == (names, ["1.jpg", "sub/a.png", "x .jpg"])


WRONG = [
    (["a.jpg", ""], "t.csv: c is empty:\n  - line 4: ''"),
    (
        ["a.jpg", "b\nc.jpg", "d\x85"],
        "t.csv: c holds control characters, which no table keeps:\n"
        "  - line 4: 'b\\nc.jpg'\n  - line 5: 'd\\x85'",
    ),
    (
        ["~~~~", "a.jpg", "../a.jpg", "twin"],
        "t.csv: 3 of 4 photos are not in {}:\n  - line 3: '~~~~' is not there\n"
        "  - line 5: '../a.jpg' leads out of the folder; did you mean 'a.jpg'?\n"
        "  - line 6: 'twin' may be any of 'twin.jpg', 'twin.png'",
    ),
    (
        ["a.jpg\u200b", " a.jpg", "\u00a0zzz"],
        "t.csv: 3 of 3 photos are not in {}:\n"
        "  - line 3: 'a.jpg\\u200b' has blanks or invisible letters at its ends; 'a.jpg' is there\n"
        "  - line 4: ' a.jpg' has blanks or invisible letters at its ends; 'a.jpg' is there\n"
        "  - line 5: '\\xa0zzz' is not there",
    ),
    (
        ["a.jpg", "twin.png", "a", "a.jpg"],
        "t.csv: a photo may be listed once:\n  - line 5: 'a', as 'a.jpg' in line 3\n"
        "  - line 6: 'a.jpg', as 'a.jpg' in line 3",
    ),
]


@pytest.mark.parametrize(("names", "message"), WRONG)
def test_names_that_mean_no_one_photo_are_refused(
    names: list[str], message: str, tmp_path: Path
) -> None:
    folder = album(tmp_path / "images", "a.jpg", "twin.jpg", "twin.png")
    with pytest.raises(InputError) as caught:
        found(folder, *names)
    assert str(caught.value) == message.format(folder)


def test_one_photo_in_two_unicode_forms_is_one_photo(tmp_path: Path) -> None:
    names = [unicodedata.normalize(form, "é.jpg") for form in ("NFC", "NFD")]
    with pytest.raises(InputError, match="listed once"):
        found(album(tmp_path, names[0]), *names)


def test_names_of_files_that_no_table_holds_are_refused(tmp_path: Path) -> None:
    assert is_writable('ä b, "c";\'\u200d.jpg')
    names = ["a\tb.jpg", "c\rd.jpg", os.fsdecode(b"\xff.jpg"), "fine.jpg"]
    with pytest.raises(InputError) as caught:
        refuse_unwritable(names, tmp_path)
    assert caught.value.mistakes == [r"'a\tb.jpg'", r"'c\rd.jpg'", r"'\udcff.jpg'"]


def test_groups_keep_their_labels() -> None:
    labels = ["7", "NA", "a b", "a b", "Köln", "007"]
    assert read_labels(column(*labels), "c", Path("t.csv")).tolist() == labels


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a", ""], "t.csv: c is empty:\n  - line 4: ''"),
        (
            ["a", "a ", "\ufeffb", "c\u00a0"],
            "t.csv: c has blanks or invisible letters at its ends:\n"
            "  - line 4: 'a '\n  - line 5: '\\ufeffb'\n  - line 6: 'c\\xa0'",
        ),
        (
            ["K\xf6ln", "x", "Ko\u0308ln", "a b", "a\u00a0b", "a\u200b b"],
            "t.csv: labels in c that read the same, but are written in different letters; write "
            "each in one way:\n  - 'K\\xf6ln' (line 3) and 'Ko\\u0308ln' (line 5)\n"
            "  - 'a b' (line 6) and 'a\\xa0b' (line 7) and 'a\\u200b b' (line 8)",
        ),
    ],
)
def test_labels_that_only_look_the_same_are_refused(labels: list[str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_labels(column(*labels), "c", Path("t.csv"))
    assert str(caught.value) == message


def test_labels_that_differ_in_case_are_told_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "ensemble"):
        assert len(set(read_labels(column("A", "b", "a"), "c", Path("t.csv")))) == 3
    assert caplog.messages == [
        "t.csv: labels in c that differ in their case alone count as different groups: 'A' and 'a'"
    ]


@pytest.mark.parametrize(
    ("labels", "decimal", "told"),
    [
        (["1", "b", "1.0", "01"], ".", "'1' and '1.0' and '01'"),
        (["0", "2,50", "2,5", "-0"], ",", "'0' and '-0', '2,50' and '2,5'"),
        (["12345678901234567890", "12345678901234567891", "1.0x", "1", "1e0"], ".", None),
    ],
)
def test_labels_that_are_equal_as_numbers_are_told_of(
    labels: list[str], decimal: str, told: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "ensemble"):
        assert read_labels(column(*labels), "c", Path("t.csv"), decimal).tolist() == labels
    assert caplog.messages == told_of(told)


def told_of(labels: str | None) -> list[str]:
    title = "t.csv: labels in c that are equal as numbers count as different groups:"
    return [] if labels is None else [f"{title} {labels}"]
