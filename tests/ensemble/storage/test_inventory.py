from __future__ import annotations

import re
from pathlib import Path

import pytest

from ensemble.config.settings import ConfigError
from ensemble.storage.inventory import Entry, Inventory, take_inventory
from ensemble.storage.kind import KINDS
from tests.ensemble.storage.folder import (
    FILES,
    FIT,
    HEAD,
    LABEL,
    LOOSE,
    OTHER_LABEL,
    STORE,
    date,
    fill,
    label_fits,
    label_store,
)


def at(inventory: Inventory, place: str) -> Entry:
    return next(
        one for one in inventory.entries if one.paths[0].as_posix() == f"{inventory.cache}/{place}"
    )


def test_every_file_is_counted_once(tmp_path: Path) -> None:
    fill(tmp_path)
    fill(tmp_path, {"heads/notes.txt": 1000, "mine/deep/film.mp4": 10000})
    label_store(tmp_path)
    label_fits(tmp_path, "tiny.svr", FIT)
    inventory = take_inventory(tmp_path)
    on_disk = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert inventory.size == sum(path.stat().st_size for path in on_disk)
    covered = [
        file
        for one in (*inventory.entries, *inventory.others)
        for path in one.paths
        for file in ([path] if path.is_file() else path.rglob("*"))
        if file.is_file()
    ]
    assert sorted(covered) == sorted(on_disk)
    assert {one.kind for one in inventory.entries} == set(KINDS)
    others = [one.paths[0].relative_to(tmp_path).as_posix() for one in inventory.others]
    assert others == ["heads/notes.txt", "mine"]
    assert [one.size for one in inventory.others] == [1000, 10000]


def test_sizes_and_labels_of_entries(tmp_path: Path) -> None:
    fill(tmp_path)
    label_store(tmp_path, "mine")
    label_fits(tmp_path, "mine.svr", FIT, HEAD)
    inventory = take_inventory(tmp_path)
    store = at(inventory, STORE)
    assert store.size == 5100 + (tmp_path / STORE / "about.json").stat().st_size
    assert at(inventory, HEAD).size == 330
    names = [one.label and one.label.name for one in (store, at(inventory, FIT))]
    assert names == ["mine", "mine.svr"]
    assert at(inventory, LOOSE).label is None


def test_a_store_is_as_old_as_its_newest_file(tmp_path: Path) -> None:
    fill(tmp_path)
    label_store(tmp_path)
    date(tmp_path, 50)
    old = at(take_inventory(tmp_path), STORE).used
    assert old == pytest.approx((tmp_path / STORE).stat().st_mtime)
    date(tmp_path, 7, f"{STORE}/about.json")
    assert at(take_inventory(tmp_path), STORE).used == pytest.approx(old + 43 * 86400, abs=60)


def test_a_shared_fit_is_as_old_as_its_newest_label_and_has_its_name(tmp_path: Path) -> None:
    fill(tmp_path)
    label_fits(tmp_path, "new.svr", FIT, label=OTHER_LABEL)
    label_fits(tmp_path, "old.svr", FIT, HEAD)
    date(tmp_path, 50)
    date(tmp_path, 2, OTHER_LABEL)
    inventory = take_inventory(tmp_path)
    shared, alone = at(inventory, FIT), at(inventory, HEAD)
    assert shared.used - alone.used == pytest.approx(48 * 86400, abs=60)
    names = [one.label and one.label.name for one in (shared, alone)]
    assert names == ["new.svr", "old.svr"]


def test_damaged_labels_leave_entries_unlabelled(tmp_path: Path) -> None:
    fill(tmp_path, {**FILES, f"{STORE}/about.json": 3, LABEL: 3})
    inventory = take_inventory(tmp_path)
    assert {one.label for one in inventory.entries} == {None}


def test_the_two_files_of_a_network_are_one_entry_the_xml_first(tmp_path: Path) -> None:
    fill(tmp_path)
    found = [one for one in take_inventory(tmp_path).entries if len(one.paths) > 1]
    assert [[path.suffix for path in one.paths] for one in found] == [[".xml", ".bin"]]
    assert found[0].size == 77


def test_links_are_others_and_what_they_lead_to_is_not_counted(tmp_path: Path) -> None:
    cache, away = fill(tmp_path / "cache"), fill(tmp_path / "away")
    (cache / "features" / ("9" * 32)).symlink_to(away / STORE)
    (cache / "heads" / ("9" * 32)).symlink_to(away / FIT)
    (cache / "more").symlink_to(away)
    inventory = take_inventory(cache)
    assert len(inventory.others) == 3
    assert sum(one.size for one in inventory.entries) == sum(FILES.values())
    assert sum(one.size for one in inventory.others) < 1000


def test_a_linked_room_is_not_walked(tmp_path: Path) -> None:
    away = fill(tmp_path / "away")
    cache = fill(tmp_path / "cache", {FIT: 1})
    (cache / "features").symlink_to(away / "features")
    inventory = take_inventory(cache)
    assert [one.paths[0].name for one in inventory.others] == ["features"]


def test_an_empty_folder_is_an_empty_cache(tmp_path: Path) -> None:
    assert take_inventory(tmp_path) == Inventory(tmp_path, (), ())


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"thesis.tex": 1, "images/a.png": 1}, "does not look like a cache.* images, thesis.tex"),
        ({"thesis.tex": 1, "features/notes.txt": 1}, "does not look like a cache.* thesis.tex"),
    ],
)
def test_another_folder_is_refused(tmp_path: Path, files: dict[str, int], message: str) -> None:
    fill(tmp_path, files)
    with pytest.raises(ConfigError, match=f"{re.escape(str(tmp_path))} {message}"):
        take_inventory(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere is not a folder"):
        take_inventory(tmp_path / "nowhere")
