from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from ensemble.storage.inventory import take_inventory
from ensemble.storage.kind import KINDS
from ensemble.storage.summary import HEADER, Row, format_size, summarize
from tests.ensemble.storage.folder import (
    FIT,
    HEAD,
    OTHER_LABEL,
    STORE,
    date,
    fill,
    label_fits,
    label_store,
)


def table(cache: Path) -> list[Row]:
    return summarize(take_inventory(cache))


def test_a_row_a_backbone_a_row_a_member_and_one_a_kind(tmp_path: Path) -> None:
    fill(tmp_path)
    label_store(tmp_path)
    label_fits(tmp_path, "tiny.svr", FIT, HEAD)
    date(tmp_path, 3)
    day = f"{datetime.now() - timedelta(days=3):%Y-%m-%d}"
    rows = table(tmp_path)
    what = "MobileNet (random), 32 x 48, one layer, pooling avg, 1,234 features a photo"
    size = format_size(5100 + (tmp_path / STORE / "about.json").stat().st_size)
    assert rows[0] == ("features", "tiny", what, size, day)
    assert rows[1] == ("heads", "tiny.svr", "svr, target sqrt, 2 fits", "730 B", day)
    assert rows[2] == ("heads", "unlabelled", "1 fit", "77 B", day)
    assert rows[3] == ("predictions", "", "1 store", "11 B", day)
    listed = [row[0] for row in rows]
    assert listed == ["features", "heads", *[kind.name for kind in KINDS[1:]], "total"]
    assert {len(row) for row in rows} == {len(HEADER)}
    assert rows[-1][3] == format_size(take_inventory(tmp_path).size)


def test_a_precision_that_was_chosen_is_listed(tmp_path: Path) -> None:
    fill(tmp_path)
    label_store(tmp_path, precision="bfloat16")
    assert ", pooling avg, bfloat16, 1,234 features a photo" in table(tmp_path)[0][2]


def test_features_of_tiles_are_listed_as_such(tmp_path: Path) -> None:
    fill(tmp_path)
    label_store(tmp_path, tile=(64, 96))
    assert ", pooling avg, 1,234 features a tile of 64 x 96" in table(tmp_path)[0][2]


def test_a_store_without_a_label_is_called_by_its_key(tmp_path: Path) -> None:
    fill(tmp_path, {f"{STORE}/data.mdb": 5000})
    assert table(tmp_path)[0][:4] == ("features", "a" * 32 + ", unlabelled", "", "5.0 kB")


def test_the_largest_of_a_kind_comes_first(tmp_path: Path) -> None:
    sizes = {"a": 10, "b": 3000, "c": 200}
    fill(tmp_path, {f"features/{name * 32}/data.mdb": size for name, size in sizes.items()})
    assert [row[1][0] for row in table(tmp_path)[:3]] == ["b", "c", "a"]


def test_members_of_one_name_in_two_runs_share_a_row(tmp_path: Path) -> None:
    fill(tmp_path)
    label_fits(tmp_path, "tiny.svr", FIT)
    label_fits(tmp_path, "tiny.svr", HEAD, label=OTHER_LABEL)
    heads = [row[1:4] for row in table(tmp_path) if row[0] == "heads"]
    assert heads[0] == ("tiny.svr", "svr, target sqrt, 2 fits", "730 B")


def test_files_of_others_are_named(tmp_path: Path) -> None:
    fill(tmp_path, {FIT: 1, "a.txt": 10, "heads/b.txt": 20, "c/d.txt": 30, "z": 1})
    row = table(tmp_path)[-2]
    assert row[0] == "other files"
    assert row[2] == "not of this program, never removed: a.txt, c and 2 more"
    assert row[3] == "61 B"
